//! Cases that came by mail: what is written of them beside what every case has.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Result, Tx, unknown_code};
use crate::domain::consultation::asking::Asking;
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
    /// Which organisation entered it, by code; none where it is not known.
    pub entered_by: Option<&'a str>,
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
           opinion = $9, answer = $10, answered_at = $11, entered_by = $12
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
        one.entered_by,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes how and when a case ended, and what the agency said then.
///
/// # Errors
/// As the engine says.
pub async fn close(tx: &mut Tx, id: Uuid, (outcome, closing): (Outcome, Option<&str>), at: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE consultation SET outcome = $2, closing = $3, closed_at = $4 WHERE id = $1", id, outcome.code(), closing, at)
        .run(tx)
        .await?;
    Ok(())
}

/// Puts another body's part beside those of a case.
///
/// # Errors
/// As the engine says.
pub async fn add_part(tx: &mut Tx, id: Uuid, body: &str, position: i64, at: DateTime<Utc>) -> Result<()> {
    sql!(
        "INSERT INTO consultation_body (consultation_id, body_code, position, state, since, body_seconds, agency_seconds, revision)
         VALUES ($1, $2, $3, $4, $5, 0, 0, 0)",
        id,
        body,
        position,
        State::Requested.code(),
        at,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes anew what was asked for and when, of a case that was entered wrongly.
///
/// # Errors
/// As the engine says.
pub async fn correct(tx: &mut Tx, id: Uuid, asking: &Asking, at: DateTime<Utc>) -> Result<()> {
    sql!(
        "UPDATE consultation SET kind = $2, form_unchanged = $3, wanted_on = $4, selection = $5, timing = $6, discussed = $7,
           diary_number = $8, requested_at = $9
         WHERE id = $1",
        id,
        asking.kind.code(),
        asking.form_unchanged,
        asking.wanted_on,
        &asking.selection,
        &asking.timing,
        &asking.discussed,
        &asking.diary_number,
        at,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes when the agency confirmed a case that came by mail; none: it has to be confirmed again.
///
/// # Errors
/// As the engine says.
pub async fn confirm(tx: &mut Tx, id: Uuid, at: Option<DateTime<Utc>>) -> Result<()> {
    sql!("UPDATE consultation SET confirmed_at = $2 WHERE id = $1 AND entered", id, at).run(tx).await?;
    Ok(())
}

/// Takes away a case that was entered by mistake: it is kept as withdrawn, and did not end in any way.
///
/// # Errors
/// As the engine says.
pub async fn remove(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!(
        "UPDATE consultation SET removed_at = $2, withdrawn_at = $2, outcome = NULL, closing = NULL, closed_at = NULL WHERE id = $1",
        id,
        now
    )
    .run(tx)
    .await?;
    let withdrawn = State::Withdrawn.code();
    sql!("UPDATE consultation_body SET state = $2, since = $3, revision = revision + 1 WHERE consultation_id = $1", id, withdrawn, now)
        .run(tx)
        .await?;
    Ok(())
}

/// The cases about a collection that were asked between two moments and entered afterwards, the first first; neither withdrawn nor removed.
///
/// # Errors
/// As the engine says.
pub async fn known(tx: &mut Tx, collection: Uuid, (from, before): (DateTime<Utc>, DateTime<Utc>)) -> Result<Vec<ConsultationNumber>> {
    let rows: Vec<(String,)> = sql!(
        "SELECT number FROM consultation
         WHERE entered AND collection_id = $1 AND requested_at >= $2 AND requested_at < $3 AND withdrawn_at IS NULL ORDER BY number",
        collection,
        from,
        before
    )
    .all(tx)
    .await?;
    rows.into_iter().map(|(number,)| ConsultationNumber::parse(&number).ok_or_else(|| unknown_code("number", &number))).collect()
}
