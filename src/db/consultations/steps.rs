//! What the steps of a case write beside its states, and what stands of its cases beside a collection.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use super::entered;
use crate::domain::consultation::opinion::Answer;
use crate::domain::consultation::{Opinion, Outcome, State};
use crate::domain::identifier::ConsultationNumber;
use crate::sql;

/// Lets nobody else write a case until the transaction ends: what is read after this is what a write goes back on. The case is marked as
/// changed, which every write to it is: figures that are kept follow.
///
/// # Errors
/// As the engine says.
pub async fn lock(tx: &mut Tx, number: ConsultationNumber, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE consultation SET changed_at = $2 WHERE number = $1", number.to_string(), now).run(tx).await?;
    Ok(())
}

/// Gives a body's part to somebody.
///
/// # Errors
/// As the engine says.
pub async fn assign(tx: &mut Tx, id: Uuid, body: &str, person: Option<Uuid>) -> Result<()> {
    sql!("UPDATE consultation_body SET assignee_id = $3 WHERE consultation_id = $1 AND body_code = $2", id, body, person).run(tx).await?;
    Ok(())
}

/// Writes what a body answers.
///
/// # Errors
/// As the engine says.
pub async fn answer(tx: &mut Tx, id: Uuid, body: &str, one: &Answer, (by, at): (Uuid, DateTime<Utc>)) -> Result<()> {
    sql!(
        "UPDATE consultation_body SET coordination = $3, feasibility = $4, opinion = $5, answer = $6, diary_number = $7, answered_at = $8,
           answered_by = $9
         WHERE consultation_id = $1 AND body_code = $2",
        id,
        body,
        &one.coordination,
        &one.feasibility,
        one.opinion.code(),
        &one.answer,
        &one.diary_number,
        at,
        by
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes how a case ended. The states of its parts are moved beside.
///
/// # Errors
/// As the engine says.
pub async fn close(tx: &mut Tx, id: Uuid, (outcome, closing): (Outcome, Option<&str>), now: DateTime<Utc>) -> Result<()> {
    entered::close(tx, id, (outcome, closing), now).await?;
    // who closes stands for its own words, also where a body entered the case
    entered::confirm(tx, id, Some(now)).await
}

/// Writes that the agency withdrew a case.
///
/// # Errors
/// As the engine says.
pub async fn withdraw(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE consultation SET withdrawn_at = $2 WHERE id = $1", id, now).run(tx).await?;
    Ok(())
}

/// The case about a version of a collection that is neither closed nor withdrawn, if there is one.
///
/// # Errors
/// As the engine says.
pub async fn open_about(tx: &mut Tx, (collection, version): (Uuid, i64)) -> Result<Option<ConsultationNumber>> {
    let row: Option<(String,)> = sql!(
        "SELECT number FROM consultation WHERE collection_id = $1 AND version = $2 AND closed_at IS NULL AND withdrawn_at IS NULL
         ORDER BY requested_at DESC LIMIT 1",
        collection,
        version
    )
    .optional(tx)
    .await?;
    row.map(|(number,)| ConsultationNumber::parse(&number).ok_or_else(|| unknown_code("number", &number))).transpose()
}

/// The cases about versions of a collection after this one that are neither closed nor withdrawn.
///
/// # Errors
/// As the engine says.
pub async fn open_after(tx: &mut Tx, collection: Uuid, version: i64) -> Result<Vec<ConsultationNumber>> {
    let rows: Vec<(String,)> = sql!(
        "SELECT number FROM consultation WHERE collection_id = $1 AND version > $2 AND closed_at IS NULL AND withdrawn_at IS NULL
         ORDER BY number",
        collection,
        version
    )
    .all(tx)
    .await?;
    rows.into_iter().map(|(number,)| ConsultationNumber::parse(&number).ok_or_else(|| unknown_code("number", &number))).collect()
}

/// A body's part of one of a collection's cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The case.
    pub id: Uuid,
    /// The case's number.
    pub number: ConsultationNumber,
    /// The version that was asked about.
    pub version: i64,
    /// The case came by mail and was entered afterwards.
    pub entered: bool,
    /// Which organisation entered it, by name.
    pub entered_by: Option<String>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// How the case ended.
    pub outcome: Option<Outcome>,
    /// What the agency said as it closed the case. What a body has entered as the agency's view is none until the agency has confirmed it.
    pub closing: Option<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// A body has entered it, and the agency has not confirmed it.
    pub unconfirmed: bool,
    /// The body, by code.
    pub body: String,
    /// The body's name.
    pub name: String,
    /// Where its part is.
    pub state: State,
    /// What it answered; none where it did not.
    pub opinion: Option<Opinion>,
    /// In words.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
    /// Which organisation entered what the body is said to have answered, by name, where the body has not said it itself.
    pub retold_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    id: Uuid,
    number: String,
    version: i64,
    entered: bool,
    entered_by: Option<String>,
    requested_at: DateTime<Utc>,
    outcome: Option<String>,
    closing: Option<String>,
    closed_at: Option<DateTime<Utc>>,
    unconfirmed: bool,
    body_code: String,
    name: String,
    state: String,
    opinion: Option<String>,
    answer: Option<String>,
    answered_at: Option<DateTime<Utc>>,
    retold_by: Option<String>,
}

/// The parts of a collection's cases, the case asked for last first.
///
/// # Errors
/// As the engine says.
pub async fn of_collection(tx: &mut Tx, collection: Uuid) -> Result<Vec<Listed>> {
    let rows: Vec<ListedRow> = sql!(
        "SELECT c.id, c.number, c.version, c.entered, e.name AS entered_by, c.requested_at, c.outcome,
                c.closing, c.closed_at,
                (c.confirmed_at IS NULL AND COALESCE(f.entered_by = f.body_code, FALSE)) AS unconfirmed,
                b.body_code, o.name, b.state, b.opinion, b.answer, b.answered_at, r.name AS retold_by
         FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id JOIN organisation o ON o.code = b.body_code
         LEFT JOIN consultation_body f ON f.consultation_id = c.id AND f.position = 1
         LEFT JOIN organisation e ON e.code = f.entered_by
         LEFT JOIN organisation r ON r.code = b.entered_by AND b.entered_by <> b.body_code AND b.answered_by IS NULL
                                 AND (b.opinion IS NOT NULL OR b.revision = 0)
         WHERE c.collection_id = $1 ORDER BY c.requested_at DESC, c.number DESC, b.position",
        collection
    )
    .all(tx)
    .await?;
    rows.into_iter().map(ListedRow::into_listed).collect()
}

impl ListedRow {
    fn into_listed(self) -> Result<Listed> {
        Ok(Listed {
            id: self.id,
            number: ConsultationNumber::parse(&self.number).ok_or_else(|| unknown_code("number", &self.number))?,
            version: self.version,
            entered: self.entered,
            entered_by: self.entered_by,
            requested_at: self.requested_at,
            outcome: self.outcome.map(|code| term!(Outcome, code)).transpose()?,
            closing: self.closing.filter(|_| !self.unconfirmed),
            unconfirmed: self.unconfirmed,
            closed_at: self.closed_at,
            body: self.body_code,
            name: self.name,
            state: term!(State, self.state)?,
            opinion: self.opinion.map(|code| term!(Opinion, code)).transpose()?,
            answer: self.answer,
            answered_at: self.answered_at,
            retold_by: self.retold_by,
        })
    }
}
