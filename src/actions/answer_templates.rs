//! Answer templates: what a body's handläggare keep for its opinions.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::collections::retried;
use crate::clock;
use crate::db::consultations::templates::{self, Template};
use crate::db::events::Event;
use crate::db::{Db, Tx, events};
use crate::domain::access::{Action, Actor, may};
use crate::domain::consultation::template::{MOST_TEMPLATES, Wording};
use crate::error::{Error, Result};

/// A template that is changed, as whoever changes it has read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub id: Uuid,
    /// When it was last changed then.
    pub changed_at: DateTime<Utc>,
}

/// The templates of the actor's body.
///
/// # Errors
/// `Forbidden` where the actor speaks for none.
pub async fn own(tx: &mut Tx, actor: &Actor) -> Result<Vec<Template>> {
    check(actor)?;
    Ok(templates::of_body(tx, &actor.organisation).await?)
}

/// One of them.
///
/// # Errors
/// `Forbidden` where the actor speaks for no body; `NotFound` where its body has no such template.
pub async fn one(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Template> {
    check(actor)?;
    templates::get(tx, &actor.organisation, id).await?.ok_or(Error::NotFound)
}

fn check(actor: &Actor) -> Result<()> {
    if may(actor, Action::ActAsBody(&actor.organisation)) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Writes a template of the actor's body: a new one, or in place of what somebody has read.
///
/// # Errors
/// `Forbidden`, `NotFound`; `Invalid` where another has the same name or there are too many; `Conflict` where somebody else changed it.
pub async fn save(db: &Db, actor: &Actor, seen: Option<Seen>, wording: &Wording, now: DateTime<Utc>) -> Result<Uuid> {
    check(actor)?;
    retried(|| save_once(db, actor, seen, wording, now)).await
}

async fn save_once(db: &Db, actor: &Actor, seen: Option<Seen>, wording: &Wording, now: DateTime<Utc>) -> Result<Uuid> {
    let mut tx = db.write().await?;
    templates::lock(&mut tx, &actor.organisation).await?;
    let all = templates::of_body(&mut tx, &actor.organisation).await?;
    let same = all.iter().find(|one| one.wording.title.to_lowercase() == wording.title.to_lowercase());
    if let Some(same) = same.filter(|same| same.wording == *wording && seen.is_none_or(|seen| seen.id == same.id)) {
        return Ok(same.id); // sent twice
    }
    if same.is_some_and(|same| seen.is_none_or(|seen| seen.id != same.id)) {
        return Err(Error::Invalid("En mall har redan det namnet. Ge den här ett annat.".to_owned()));
    }
    let id = match seen {
        Some(seen) => {
            let kept = all.iter().find(|one| one.id == seen.id).ok_or(Error::NotFound)?;
            if kept.changed_at != seen.changed_at {
                return Err(Error::Conflict);
            }
            templates::update(&mut tx, seen.id, wording, now).await?;
            seen.id
        }
        None if all.len() >= MOST_TEMPLATES => {
            return Err(Error::Invalid(format!("Ni har redan {MOST_TEMPLATES} mallar. Ta bort någon som inte används.")));
        }
        None => {
            let id = clock::new_id();
            templates::insert(&mut tx, id, &actor.organisation, wording, now).await?;
            id
        }
    };
    add_event(&mut tx, actor, "template.saved", id, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes a template of the actor's body away. One that is gone already is no fault.
///
/// # Errors
/// `Forbidden` where the actor speaks for no body.
pub async fn remove(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    check(actor)?;
    retried(|| remove_once(db, actor, id, now)).await
}

async fn remove_once(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    templates::lock(&mut tx, &actor.organisation).await?;
    if templates::get(&mut tx, &actor.organisation, id).await?.is_none() {
        return Ok(());
    }
    templates::delete(&mut tx, id).await?;
    add_event(&mut tx, actor, "template.removed", id, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn add_event(tx: &mut Tx, actor: &Actor, action: &str, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: action.to_owned(),
        subject_kind: "answer_template".to_owned(),
        subject: id.to_string(),
        detail: json!({}),
    };
    events::add(tx, &event).await?;
    Ok(())
}
