//! Collections that nobody has said anything of for long, and when their agencies were reminded.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::involved::last_said;
use super::{Result, Tx, unknown_code};
use crate::domain::terms::Status;
use crate::sql;

/// A collection of which nothing has been said for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// Identity.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// The agency that registered it, by code.
    pub owner: String,
    /// The function mailbox for questions about it.
    pub contact_email: Option<String>,
    /// The day on which it was last registered, changed or confirmed.
    pub last_said: NaiveDate,
    /// When its agency was last reminded.
    pub reminded_at: Option<DateTime<Utc>>,
}

/// The planned and decided collections that have not changed since `since`, by owner and number.
///
/// # Errors
/// As the engine says.
pub async fn silent(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<Silent>> {
    type Row = (Uuid, String, String, String, String, Option<String>, Option<NaiveDate>, DateTime<Utc>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = sql!(
        "SELECT c.id, c.number, v.title, c.status, c.owner_code, v.contact_email, c.confirmed_on, c.changed_at, c.reminded_at
         FROM collection c
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         WHERE c.status IN ('planned', 'decided') AND c.number IS NOT NULL AND c.changed_at <= $1 ORDER BY c.owner_code, c.number",
        since,
    )
    .all(tx)
    .await?;
    let convert = |(id, number, title, status, owner, contact_email, confirmed_on, changed_at, reminded_at): Row| {
        let status = term!(Status, status)?;
        Ok(Silent { id, number, title, status, owner, contact_email, last_said: last_said(confirmed_on, changed_at), reminded_at })
    };
    rows.into_iter().map(convert).collect()
}

/// Writes that a collection's agency is reminded, unless somebody else has done so since `before`. Answers whether it was written.
///
/// # Errors
/// As the engine says.
pub async fn mark(tx: &mut Tx, id: Uuid, before: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<bool> {
    let changed = match before {
        None => sql!("UPDATE collection SET reminded_at = $2 WHERE id = $1 AND reminded_at IS NULL", id, now).run(tx).await?,
        Some(before) => sql!("UPDATE collection SET reminded_at = $2 WHERE id = $1 AND reminded_at = $3", id, now, before).run(tx).await?,
    };
    Ok(changed > 0)
}
