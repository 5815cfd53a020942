//! Cases that came by mail: what is written of them beside what every case has.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Result, Tx, unknown_code};
use crate::domain::consultation::clocks::Clocks;
use crate::domain::consultation::{Opinion, Outcome, State};
use crate::domain::identifier::ConsultationNumber;
use crate::sql;

/// Where a body's part of such a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Its state.
    pub state: State,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How long it was with either side.
    pub clocks: Clocks,
    /// Who of the body has it.
    pub assignee: Option<Uuid>,
    /// The body's own diarienummer.
    pub diary_number: Option<&'a str>,
    /// What was answered: opinion, words, when.
    pub answer: Option<(Opinion, Option<&'a str>, DateTime<Utc>)>,
}

/// Writes where a body's part stands.
///
/// # Errors
/// As the engine says.
pub async fn put_part(tx: &mut Tx, id: Uuid, body: &str, one: Standing<'_>) -> Result<()> {
    sql!(
        "UPDATE consultation_body SET state = $3, since = $4, body_seconds = $5, agency_seconds = $6, assignee_id = $7, diary_number = $8,
           opinion = $9, answer = $10, answered_at = $11
         WHERE consultation_id = $1 AND body_code = $2",
        id,
        body,
        one.state.code(),
        one.since,
        one.clocks.body,
        one.clocks.agency,
        one.assignee,
        one.diary_number,
        one.answer.map(|(opinion, ..)| opinion.code()),
        one.answer.and_then(|(_, words, _)| words),
        one.answer.map(|(.., at)| at),
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes how and when such a case ended.
///
/// # Errors
/// As the engine says.
pub async fn close(tx: &mut Tx, id: Uuid, (outcome, closing): (Outcome, Option<&str>), at: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE consultation SET outcome = $2, closing = $3, closed_at = $4 WHERE id = $1", id, outcome.code(), closing, at)
        .run(tx)
        .await?;
    Ok(())
}

/// The case about a collection that a body was asked between two moments and that was entered afterwards, if there is one.
///
/// # Errors
/// As the engine says.
pub async fn known(
    tx: &mut Tx,
    collection: Uuid,
    body: &str,
    (from, before): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<ConsultationNumber>> {
    let row: Option<(String,)> = sql!(
        "SELECT c.number FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
         WHERE c.entered AND c.collection_id = $1 AND b.body_code = $2 AND c.requested_at >= $3 AND c.requested_at < $4
         ORDER BY c.number LIMIT 1",
        collection,
        body,
        from,
        before
    )
    .optional(tx)
    .await?;
    row.map(|(number,)| ConsultationNumber::parse(&number).ok_or_else(|| unknown_code("number", &number))).transpose()
}
