//! What is written in a case: the thread with its notes, and the points.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use crate::domain::consultation::life::Step;
use crate::domain::consultation::point::{Check, PointKind, Reply, ReplyKind};
use crate::sql;

/// Something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Identity.
    pub id: Uuid,
    /// The body whose part it belongs to, by code; none where it is said to all.
    pub body: Option<String>,
    /// Whether only that body reads it.
    pub internal: bool,
    /// The step that it was written with.
    pub step: Option<Step>,
    /// The words.
    pub words: String,
    /// Who wrote it: the organisation, by code.
    pub organisation: String,
    /// The person; none once taken out.
    pub person: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes a message.
///
/// # Errors
/// As the engine says.
pub async fn add_message(tx: &mut Tx, case: Uuid, one: &Message) -> Result<()> {
    sql!(
        "INSERT INTO consultation_message (id, consultation_id, body_code, internal, step, words, organisation_code, person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        one.id,
        case,
        &one.body,
        one.internal,
        one.step.map(Step::code),
        &one.words,
        &one.organisation,
        one.person,
        one.at
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Everything that was written in a case, the first first, notes included: whoever shows them sees to it who may read them.
///
/// # Errors
/// As the engine says.
pub async fn messages(tx: &mut Tx, case: Uuid) -> Result<Vec<Message>> {
    type Row = (Uuid, Option<String>, bool, Option<String>, String, String, Option<Uuid>, DateTime<Utc>);
    let rows: Vec<Row> = sql!(
        "SELECT id, body_code, internal, step, words, organisation_code, person_id, at FROM consultation_message
         WHERE consultation_id = $1 ORDER BY at, id",
        case
    )
    .all(tx)
    .await?;
    let convert = |(id, body, internal, step, words, organisation, person, at): Row| {
        let step = step.map(|code| term!(Step, code)).transpose()?;
        Ok(Message { id, body, internal, step, words, organisation, person, at })
    };
    rows.into_iter().map(convert).collect()
}

/// A point as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it is about.
    pub kind: PointKind,
    /// The item that it is about, by lineage.
    pub item: Option<Uuid>,
    /// The words.
    pub words: String,
}

/// A point with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Identity.
    pub id: Uuid,
    /// The body, by code.
    pub body: String,
    /// Its place among the body's points, from 1.
    pub position: i64,
    /// What it says.
    pub written: Written,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The agency's reply.
    pub reply: Option<Reply>,
    /// When it was given.
    pub replied_at: Option<DateTime<Utc>>,
    /// What the body found.
    pub check: Option<Check>,
    /// In words.
    pub check_note: Option<String>,
    /// When.
    pub checked_at: Option<DateTime<Utc>>,
}

/// Writes a point as the body's next.
///
/// # Errors
/// As the engine says.
pub async fn add_point(tx: &mut Tx, case: Uuid, id: Uuid, body: &str, one: &Written, (by, at): (Uuid, DateTime<Utc>)) -> Result<()> {
    sql!(
        "INSERT INTO consultation_point (id, consultation_id, body_code, position, kind, item_lineage, words, written_at, written_by)
         SELECT $1, $2, $3, COALESCE(MAX(position), 0) + 1, $4, $5, $6, $7, $8 FROM consultation_point
         WHERE consultation_id = $2 AND body_code = $3",
        id,
        case,
        body,
        one.kind.code(),
        one.item,
        &one.words,
        at,
        by
    )
    .run(tx)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct PointRow {
    id: Uuid,
    body_code: String,
    position: i64,
    kind: String,
    item_lineage: Option<Uuid>,
    words: String,
    written_at: DateTime<Utc>,
    reply: Option<String>,
    reply_reason: Option<String>,
    replied_at: Option<DateTime<Utc>>,
    checked: Option<String>,
    checked_note: Option<String>,
    checked_at: Option<DateTime<Utc>>,
}

impl PointRow {
    fn into_point(self) -> Result<Point> {
        let reply = self.reply.map(|code| term!(ReplyKind, code)).transpose()?;
        Ok(Point {
            id: self.id,
            body: self.body_code,
            position: self.position,
            written: Written { kind: term!(PointKind, self.kind)?, item: self.item_lineage, words: self.words },
            at: self.written_at,
            reply: reply.map(|kind| Reply { kind, reason: self.reply_reason }),
            replied_at: self.replied_at,
            check: self.checked.map(|code| term!(Check, code)).transpose()?,
            check_note: self.checked_note,
            checked_at: self.checked_at,
        })
    }
}

/// The points of a case, each body's in their order.
///
/// # Errors
/// As the engine says.
pub async fn points(tx: &mut Tx, case: Uuid) -> Result<Vec<Point>> {
    let rows: Vec<PointRow> = sql!(
        "SELECT p.id, p.body_code, p.position, p.kind, p.item_lineage, p.words, p.written_at, p.reply, p.reply_reason, p.replied_at,
                p.checked, p.checked_note, p.checked_at
         FROM consultation_point p JOIN consultation_body b ON b.consultation_id = p.consultation_id AND b.body_code = p.body_code
         WHERE p.consultation_id = $1 ORDER BY b.position, p.position",
        case
    )
    .all(tx)
    .await?;
    rows.into_iter().map(PointRow::into_point).collect()
}

/// Writes the agency's reply to a point.
///
/// # Errors
/// As the engine says.
pub async fn reply(tx: &mut Tx, point: Uuid, reply: &Reply, by: Uuid, at: DateTime<Utc>) -> Result<()> {
    sql!(
        "UPDATE consultation_point SET reply = $2, reply_reason = $3, replied_at = $4, replied_by = $5 WHERE id = $1",
        point,
        reply.kind.code(),
        &reply.reason,
        at,
        by
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes what the body found of a point in the form that was sent; none takes back what it had found.
///
/// # Errors
/// As the engine says.
pub async fn check(tx: &mut Tx, point: Uuid, (check, note): (Option<Check>, Option<&str>), by: Uuid, at: DateTime<Utc>) -> Result<()> {
    sql!(
        "UPDATE consultation_point SET checked = $2, checked_note = $3, checked_at = $4, checked_by = $5 WHERE id = $1",
        point,
        check.map(Check::code),
        note,
        at,
        by
    )
    .run(tx)
    .await?;
    Ok(())
}
