//! Points: what a body wants changed, with every reply of the agency.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use crate::domain::consultation::point::{Check, PointKind, Reply, ReplyKind};
use crate::sql;

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

/// A reply of the agency's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replied {
    /// What it says.
    pub reply: Reply,
    /// When it was given.
    pub at: DateTime<Utc>,
    /// For which organisation, by code: the agency, or who collects for it.
    pub organisation: String,
}

/// What the agency had replied as the body gave its opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then<'a> {
    /// Nothing, or the opinion is not given.
    Nothing,
    /// This.
    Reply(&'a Replied),
    /// It is not known: it was changed before replies were kept.
    Unknown,
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
    /// When it was sent; none while it is prepared and only the body sees it.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the body took it back, and why.
    pub taken_back: Option<(DateTime<Utc>, String)>,
    /// Every reply of the agency's, the first first.
    pub replies: Vec<Replied>,
    /// The number of the reply that stood as the body gave its opinion, 0 where it is not known.
    pub opinion_reply: Option<i64>,
    /// What the body found.
    pub check: Option<Check>,
    /// In words.
    pub check_note: Option<String>,
    /// When.
    pub checked_at: Option<DateTime<Utc>>,
}

impl Point {
    /// The agency's newest reply.
    #[must_use]
    pub fn reply(&self) -> Option<&Replied> {
        self.replies.last()
    }

    /// The reply that stood as the body gave its opinion: what was issued does not change afterwards.
    #[must_use]
    pub fn then(&self) -> Then<'_> {
        match self.opinion_reply.map(usize::try_from) {
            Some(Ok(0)) => Then::Unknown,
            Some(Ok(number)) => self.replies.get(number - 1).map_or(Then::Unknown, Then::Reply),
            _ => Then::Nothing,
        }
    }

    /// Whether it is sent and the body stands by it: only then it counts.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.sent_at.is_some() && self.taken_back.is_none()
    }
}

/// Writes a point as the body's next; it is not sent.
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

/// Changes what a point says that is not sent.
///
/// # Errors
/// As the engine says.
pub async fn change_point(tx: &mut Tx, id: Uuid, one: &Written, (by, at): (Uuid, DateTime<Utc>)) -> Result<()> {
    sql!(
        "UPDATE consultation_point SET kind = $2, item_lineage = $3, words = $4, written_at = $5, written_by = $6
         WHERE id = $1 AND sent_at IS NULL",
        id,
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

/// Takes away a point that is not sent; `after`: those of the body that follow it in their order, which close the gap.
///
/// # Errors
/// As the engine says.
pub async fn remove_point(tx: &mut Tx, id: Uuid, after: &[Uuid]) -> Result<()> {
    sql!("DELETE FROM consultation_point WHERE id = $1 AND sent_at IS NULL", id).run(tx).await?;
    // one by one in their order: no two have the same place at any time
    for one in after {
        sql!("UPDATE consultation_point SET position = position - 1 WHERE id = $1 AND sent_at IS NULL", *one).run(tx).await?;
    }
    Ok(())
}

/// Sends what a body has prepared.
///
/// # Errors
/// As the engine says.
pub async fn send_points(tx: &mut Tx, case: Uuid, body: &str, at: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE consultation_point SET sent_at = $3 WHERE consultation_id = $1 AND body_code = $2 AND sent_at IS NULL", case, body, at)
        .run(tx)
        .await?;
    Ok(())
}

/// Writes that a body does not stand by a point any more.
///
/// # Errors
/// As the engine says.
pub async fn take_back_point(tx: &mut Tx, id: Uuid, reason: &str, at: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE consultation_point SET taken_back_at = $2, taken_back_reason = $3 WHERE id = $1", id, at, reason).run(tx).await?;
    Ok(())
}

/// Keeps, for what is issued with a body's opinion, which reply stands to each of its points.
///
/// # Errors
/// As the engine says.
pub async fn freeze_replies(tx: &mut Tx, case: Uuid, body: &str) -> Result<()> {
    sql!(
        "UPDATE consultation_point SET opinion_reply = (SELECT MAX(r.number) FROM point_reply r WHERE r.point_id = consultation_point.id)
         WHERE consultation_id = $1 AND body_code = $2",
        case,
        body
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
    sent_at: Option<DateTime<Utc>>,
    taken_back_at: Option<DateTime<Utc>>,
    taken_back_reason: Option<String>,
    opinion_reply: Option<i64>,
    checked: Option<String>,
    checked_note: Option<String>,
    checked_at: Option<DateTime<Utc>>,
}

impl PointRow {
    fn into_point(self, replies: Vec<Replied>) -> Result<Point> {
        Ok(Point {
            id: self.id,
            body: self.body_code,
            position: self.position,
            written: Written { kind: term!(PointKind, self.kind)?, item: self.item_lineage, words: self.words },
            at: self.written_at,
            sent_at: self.sent_at,
            taken_back: self.taken_back_at.map(|at| (at, self.taken_back_reason.unwrap_or_default())),
            replies,
            opinion_reply: self.opinion_reply,
            check: self.checked.map(|code| term!(Check, code)).transpose()?,
            check_note: self.checked_note,
            checked_at: self.checked_at,
        })
    }
}

/// The points of a case, each body's in their order, also those that are not sent: whoever shows them sees to it who may read them.
///
/// # Errors
/// As the engine says.
pub async fn points(tx: &mut Tx, case: Uuid) -> Result<Vec<Point>> {
    let rows: Vec<PointRow> = sql!(
        "SELECT p.id, p.body_code, p.position, p.kind, p.item_lineage, p.words, p.written_at, p.sent_at, p.taken_back_at,
                p.taken_back_reason, p.opinion_reply, p.checked, p.checked_note, p.checked_at
         FROM consultation_point p JOIN consultation_body b ON b.consultation_id = p.consultation_id AND b.body_code = p.body_code
         WHERE p.consultation_id = $1 ORDER BY b.position, p.position",
        case
    )
    .all(tx)
    .await?;
    let mut replies = replies(tx, case).await?;
    let mut points = Vec::with_capacity(rows.len());
    for row in rows {
        let of = replies.remove(&row.id).unwrap_or_default();
        points.push(row.into_point(of)?);
    }
    Ok(points)
}

/// The replies to the points of a case, by point, each the first first.
async fn replies(tx: &mut Tx, case: Uuid) -> Result<HashMap<Uuid, Vec<Replied>>> {
    type Row = (Uuid, String, Option<String>, DateTime<Utc>, String);
    let rows: Vec<Row> = sql!(
        "SELECT r.point_id, r.reply, r.reason, r.at, r.organisation_code
         FROM consultation_point p JOIN point_reply r ON r.point_id = p.id WHERE p.consultation_id = $1 ORDER BY r.point_id, r.number",
        case
    )
    .all(tx)
    .await?;
    let mut replies: HashMap<Uuid, Vec<Replied>> = HashMap::new();
    for (point, kind, reason, at, organisation) in rows {
        let reply = Reply { kind: term!(ReplyKind, kind)?, reason };
        replies.entry(point).or_default().push(Replied { reply, at, organisation });
    }
    Ok(replies)
}

/// Writes the agency's reply to a point, beside what it replied before.
///
/// # Errors
/// As the engine says.
pub async fn reply(tx: &mut Tx, point: Uuid, reply: &Reply, (organisation, by): (&str, Uuid), at: DateTime<Utc>) -> Result<()> {
    sql!(
        "INSERT INTO point_reply (point_id, number, reply, reason, at, organisation_code, person_id)
         SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6 FROM point_reply WHERE point_id = $1",
        point,
        reply.kind.code(),
        &reply.reason,
        at,
        organisation,
        by
    )
    .run(tx)
    .await?;
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
