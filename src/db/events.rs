//! The trail: append-only events, one for every write.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Result, Tx};
use crate::sql;

/// The mark in the detail of an event that was written while only its parties might read the collection.
pub const HIDDEN: &str = "hidden";

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Identity.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: an organisation or the part of the program; never a person's name or address.
    pub actor: String,
    /// Which person, by identity; none for the program itself.
    pub person: Option<Uuid>,
    /// What was done: `collection.registered`, `collection.changed`, …
    pub action: String,
    /// To what kind of thing: `collection`, `register`.
    pub subject_kind: String,
    /// To which: its identity as text.
    pub subject: String,
    /// More, as the action defines it.
    pub detail: Value,
}

/// Writes an event.
///
/// # Errors
/// As the engine says.
pub async fn add(tx: &mut Tx, event: &Event) -> Result<()> {
    sql!(
        "INSERT INTO event (id, at, actor, person_id, action, subject_kind, subject, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        event.id,
        event.at,
        &event.actor,
        event.person,
        &event.action,
        &event.subject_kind,
        &event.subject,
        Json(&event.detail),
    )
    .run(tx)
    .await?;
    Ok(())
}

/// What was done to one thing, newest first.
///
/// # Errors
/// As the engine says.
pub async fn of(tx: &mut Tx, subject_kind: &str, subject: &str) -> Result<Vec<Event>> {
    type Row = (Uuid, DateTime<Utc>, String, Option<Uuid>, String, String, String, Json<Value>);
    let rows: Vec<Row> = sql!(
        "SELECT id, at, actor, person_id, action, subject_kind, subject, detail FROM event
         WHERE subject_kind = $1 AND subject = $2 ORDER BY at DESC, id DESC",
        subject_kind,
        subject,
    )
    .all(tx)
    .await?;
    let convert = |(id, at, actor, person, action, subject_kind, subject, Json(detail)): Row| Event {
        id,
        at,
        actor,
        person,
        action,
        subject_kind,
        subject,
        detail,
    };
    Ok(rows.into_iter().map(convert).collect())
}

/// How many events there are of other actions than `action`.
///
/// # Errors
/// As the engine says.
pub async fn count_but(tx: &mut Tx, action: &str) -> Result<i64> {
    let (count,): (i64,) = sql!("SELECT COUNT(*) FROM event WHERE action <> $1", action).one(tx).await?;
    Ok(count)
}
