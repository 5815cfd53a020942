//! What an administrator does with mail that has not left.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::clock;
use crate::db::events::Event;
use crate::db::{Db, Tx, events, outbox};
use crate::domain::access::{Action, Actor, may};
use crate::error::{Error, Result};

/// Makes a mail that waits or was given up due at once. `false` where there is nothing to send any more, or it is being sent now.
///
/// # Errors
/// `Forbidden` unless `actor` is an administrator; else as the database says.
pub async fn try_again(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = begin(db, actor).await?;
    let kind = outbox::again(&mut tx, id, now).await?;
    finish(tx, actor, id, kind, "mail.tried_again", now).await
}

/// Takes away a mail that has not been sent. `false` where it has been, or is being sent now.
///
/// # Errors
/// `Forbidden` unless `actor` is an administrator; else as the database says.
pub async fn remove(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = begin(db, actor).await?;
    let kind = outbox::remove(&mut tx, id, now).await?;
    finish(tx, actor, id, kind, "mail.removed", now).await
}

async fn begin(db: &Db, actor: &Actor) -> Result<Tx> {
    if may(actor, Action::Administer) { Ok(db.write().await?) } else { Err(Error::Forbidden) }
}

/// Writes the event of what was done, which names neither recipient nor content.
async fn finish(mut tx: Tx, actor: &Actor, id: Uuid, kind: Option<String>, action: &str, now: DateTime<Utc>) -> Result<bool> {
    let Some(kind) = kind else { return Ok(false) };
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: action.to_owned(),
        subject_kind: "mail".to_owned(),
        subject: id.to_string(),
        detail: json!({ "kind": kind }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(true)
}
