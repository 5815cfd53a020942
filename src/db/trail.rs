//! The trail as its readers see it: what was done, by which organisation and in which role.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::access::Role;
use crate::domain::terms::Status;
use crate::sql;

/// An event with the role of the person who did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// When.
    pub at: DateTime<Utc>,
    /// For which organisation, by code, or `register`.
    pub actor: String,
    /// The role of the person; none where the program itself did it.
    pub role: Option<Role>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// To which.
    pub subject: String,
    /// More, as the action defines it.
    pub detail: Value,
}

type Row = (DateTime<Utc>, String, Option<String>, String, String, String, Json<Value>);

fn told(rows: Vec<Row>) -> Result<Vec<Told>> {
    let convert = |(at, actor, role, action, subject_kind, subject, Json(detail)): Row| {
        let role = match role {
            Some(role) => Some(term!(Role, role)?),
            None => None,
        };
        Ok(Told { at, actor, role, action, subject_kind, subject, detail })
    };
    rows.into_iter().map(convert).collect()
}

/// Which part of the trail: how many events after how many, of one kind of thing or (empty) all.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The kind of thing that it was done to, or empty.
    pub kind: &'a str,
    /// The most events.
    pub limit: i64,
    /// How many newer ones are passed over.
    pub offset: i64,
}

/// What was done for an organisation, newest first.
///
/// # Errors
/// As the engine says.
pub async fn of_organisation(tx: &mut Tx, code: &str, part: Part<'_>) -> Result<Vec<Told>> {
    let rows: Vec<Row> = sql!(
        "SELECT e.at, e.actor, p.role, e.action, e.subject_kind, e.subject, e.detail FROM event e LEFT JOIN person p ON p.id = e.person_id
         WHERE e.actor = $1 AND ($2 = '' OR e.subject_kind = $2) ORDER BY e.at DESC, e.id DESC LIMIT $3 OFFSET $4",
        code,
        part.kind,
        part.limit,
        part.offset,
    )
    .all(tx)
    .await?;
    told(rows)
}

/// What was done by everybody, newest first.
///
/// # Errors
/// As the engine says.
pub async fn of_all(tx: &mut Tx, part: Part<'_>) -> Result<Vec<Told>> {
    let rows: Vec<Row> = sql!(
        "SELECT e.at, e.actor, p.role, e.action, e.subject_kind, e.subject, e.detail FROM event e LEFT JOIN person p ON p.id = e.person_id
         WHERE ($1 = '' OR e.subject_kind = $1) ORDER BY e.at DESC, e.id DESC LIMIT $2 OFFSET $3",
        part.kind,
        part.limit,
        part.offset,
    )
    .all(tx)
    .await?;
    told(rows)
}

/// A collection as the trail names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Identity.
    pub id: Uuid,
    /// The number, if it has one.
    pub number: Option<String>,
    /// The title in force or, before a decision, the planned one.
    pub title: String,
    /// Whether everyone may read it.
    pub open: bool,
}

/// What the collections with these identities are called, and whether they are open on `today`.
///
/// # Errors
/// As the engine says.
pub async fn collections(tx: &mut Tx, ids: &[Uuid], today: NaiveDate) -> Result<Vec<Named>> {
    type Row = (Uuid, Option<String>, String, String, Option<NaiveDate>);
    let rows: Vec<Row> = sql!(
        "SELECT c.id, c.number, v.title, c.status, c.open_from FROM collection c
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         WHERE c.id IN ($1..)"
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    let named = |(id, number, title, status, open_from): Row| {
        let open = term!(Status, status)? != Status::Draft && open_from.is_some_and(|from| from <= today);
        Ok(Named { id, number, title, open })
    };
    rows.into_iter().map(named).collect()
}
