//! Municipalities and regions that a body asks to look at a draft, and what they answer.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use crate::domain::consultation::reference::{Answerable, FoundIn, ItemAnswer, ReferenceAnswer};
use crate::domain::identifier::ConsultationNumber;
use crate::sql;

/// A municipality or region that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Identity.
    pub id: Uuid,
    /// The case.
    pub number: ConsultationNumber,
    /// The body that asked, by code.
    pub body: String,
    /// Who was asked, by code.
    pub organisation: String,
    /// At which address; none once that is taken away.
    pub email: Option<String>,
    /// What the body wants to know beside the questions of the page.
    pub words: Option<String>,
    /// The last day to answer.
    pub last_day: NaiveDate,
    /// Who asked; none once taken out.
    pub person: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was reminded.
    pub reminded_at: Option<DateTime<Utc>>,
    /// When the question was taken back.
    pub taken_back_at: Option<DateTime<Utc>>,
    /// When it last answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// How long it would take, in minutes; none where it does not know or has not answered.
    pub minutes: Option<i64>,
    /// What else it says.
    pub comment: Option<String>,
    /// Counts the answers.
    pub revision: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    body_code: String,
    organisation_code: String,
    email: Option<String>,
    words: Option<String>,
    last_day: NaiveDate,
    person_id: Option<Uuid>,
    at: DateTime<Utc>,
    reminded_at: Option<DateTime<Utc>>,
    taken_back_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    minutes: Option<i64>,
    comment: Option<String>,
    revision: i64,
}

impl Row {
    fn into_request(self) -> Result<Request> {
        Ok(Request {
            id: self.id,
            number: ConsultationNumber::parse(&self.number).ok_or_else(|| unknown_code("number", &self.number))?,
            body: self.body_code,
            organisation: self.organisation_code,
            email: self.email,
            words: self.words,
            last_day: self.last_day,
            person: self.person_id,
            at: self.at,
            reminded_at: self.reminded_at,
            taken_back_at: self.taken_back_at,
            answered_at: self.answered_at,
            minutes: self.minutes,
            comment: self.comment,
            revision: self.revision,
        })
    }
}

/// Writes a question to a municipality or region under the digest of its token, with the letter that brings it.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, case: Uuid, (digest, mail): (&str, Uuid), one: &Request) -> Result<()> {
    sql!(
        "INSERT INTO reference_request (id, consultation_id, body_code, organisation_code, token_digest, email, words, last_day, person_id,
           at, mail_id, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)",
        one.id,
        case,
        &one.body,
        &one.organisation,
        digest,
        &one.email,
        &one.words,
        one.last_day,
        one.person,
        one.at,
        mail
    )
    .run(tx)
    .await?;
    Ok(())
}

/// The question whose token, that of the first letter or of the reminder, has this digest.
///
/// # Errors
/// As the engine says.
pub async fn by_digest(tx: &mut Tx, digest: &str) -> Result<Option<Request>> {
    let row: Option<Row> =
        sql!("SELECT * FROM reference_asked WHERE token_digest = $1 OR reminder_digest = $1", digest).optional(tx).await?;
    row.map(Row::into_request).transpose()
}

/// The question with this identity.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Request>> {
    let row: Option<Row> = sql!("SELECT * FROM reference_asked WHERE id = $1", id).optional(tx).await?;
    row.map(Row::into_request).transpose()
}

/// Those whom the bodies of a case have asked, the first asked first.
///
/// # Errors
/// As the engine says.
pub async fn of_case(tx: &mut Tx, case: Uuid) -> Result<Vec<Request>> {
    let rows: Vec<Row> = sql!("SELECT * FROM reference_asked WHERE consultation_id = $1 ORDER BY at, id", case).all(tx).await?;
    rows.into_iter().map(Row::into_request).collect()
}

/// The questions to a municipality or region that it can still answer on `today`, the most urgent first.
///
/// # Errors
/// As the engine says.
pub async fn open_of(tx: &mut Tx, organisation: &str, today: NaiveDate) -> Result<Vec<Request>> {
    let rows: Vec<Row> = sql!(
        "SELECT * FROM reference_asked
         WHERE organisation_code = $1 AND last_day >= $2 AND taken_back_at IS NULL AND ended_at IS NULL ORDER BY last_day, id",
        organisation,
        today
    )
    .all(tx)
    .await?;
    rows.into_iter().map(Row::into_request).collect()
}

/// Those who have not answered, whose day comes within `until`, and who were never reminded, in cases that are not over.
///
/// # Errors
/// As the engine says.
pub async fn silent(tx: &mut Tx, today: NaiveDate, until: NaiveDate) -> Result<Vec<Request>> {
    let rows: Vec<Row> = sql!(
        "SELECT * FROM reference_asked
         WHERE last_day >= $1 AND last_day <= $2 AND answered_at IS NULL AND reminded_at IS NULL AND taken_back_at IS NULL
           AND email IS NOT NULL AND ended_at IS NULL ORDER BY last_day, id",
        today,
        until
    )
    .all(tx)
    .await?;
    rows.into_iter().map(Row::into_request).collect()
}

/// Writes that somebody is reminded under a token of its own, with the letter that brings it.
///
/// # Errors
/// As the engine says.
pub async fn remind(tx: &mut Tx, id: Uuid, (digest, mail): (&str, Uuid), now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE reference_request SET reminded_at = $4, reminder_digest = $2, reminder_mail_id = $3 WHERE id = $1", id, digest, mail, now)
        .run(tx)
        .await?;
    Ok(())
}

/// Writes that a question is taken back.
///
/// # Errors
/// As the engine says.
pub async fn take_back(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE reference_request SET taken_back_at = $2 WHERE id = $1", id, now).run(tx).await?;
    Ok(())
}

/// Writes an answer in place of an earlier one. Answers whether `revision` was still that of the question; where it was not, somebody else
/// has answered in between, and nothing is changed.
///
/// # Errors
/// As the engine says.
pub async fn answer(tx: &mut Tx, id: Uuid, answer: &ReferenceAnswer, revision: i64, now: DateTime<Utc>) -> Result<bool> {
    let changed = sql!(
        "UPDATE reference_request SET answered_at = $2, minutes = $3, comment = $4, revision = revision + 1 WHERE id = $1 AND revision = $5",
        id,
        now,
        answer.minutes,
        &answer.comment,
        revision
    )
    .run(tx)
    .await?;
    if changed == 0 {
        return Ok(false);
    }
    sql!("DELETE FROM reference_item WHERE request_id = $1", id).run(tx).await?;
    // both engines limit how many values one statement takes
    for some in answer.items.chunks(200) {
        sql!(
            "INSERT INTO reference_item (request_id, item_lineage, answerable, found_in, words) VALUES ($1, $2, $3, $4, $5)";
            one in some => id, one.item, one.answerable.map(Answerable::code), one.found_in.map(FoundIn::code), &one.words
        )
        .run(tx)
        .await?;
    }
    Ok(true)
}

/// What those whom the bodies of a case have asked say of its items, with the identity of each question.
///
/// # Errors
/// As the engine says.
pub async fn items(tx: &mut Tx, case: Uuid) -> Result<Vec<(Uuid, ItemAnswer)>> {
    type Row = (Uuid, Uuid, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = sql!(
        "SELECT i.request_id, i.item_lineage, i.answerable, i.found_in, i.words
         FROM reference_request r JOIN reference_item i ON i.request_id = r.id WHERE r.consultation_id = $1 ORDER BY r.at, r.id",
        case
    )
    .all(tx)
    .await?;
    let convert = |(request, item, answerable, found_in, words): Row| {
        let answerable = answerable.map(|code| term!(Answerable, code)).transpose()?;
        let found_in = found_in.map(|code| term!(FoundIn, code)).transpose()?;
        Ok((request, ItemAnswer { item, answerable, found_in, words }))
    };
    rows.into_iter().map(convert).collect()
}

/// The address at which a body last asked each municipality or region. A question that was taken back may have gone to the wrong one.
///
/// # Errors
/// As the engine says.
pub async fn addresses(tx: &mut Tx, body: &str) -> Result<Vec<(String, String)>> {
    sql!(
        "SELECT organisation_code, email FROM reference_request
         WHERE body_code = $1 AND email IS NOT NULL AND taken_back_at IS NULL ORDER BY at, id",
        body
    )
    .all(tx)
    .await
}

/// Lets the agency of a case read what a body's reference municipalities have answered. Answers whether it could not before.
///
/// # Errors
/// As the engine says.
pub async fn share(tx: &mut Tx, case: Uuid, body: &str, person: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let written = sql!(
        "INSERT INTO reference_share (consultation_id, body_code, person_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        case,
        body,
        person,
        now
    )
    .run(tx)
    .await?;
    Ok(written > 0)
}

/// The bodies that let the agency of a case read the answers, by code, with when they did.
///
/// # Errors
/// As the engine says.
pub async fn shared(tx: &mut Tx, case: Uuid) -> Result<Vec<(String, DateTime<Utc>)>> {
    sql!("SELECT body_code, at FROM reference_share WHERE consultation_id = $1 ORDER BY at", case).all(tx).await
}

/// Takes away the addresses of questions whose day was before this one.
///
/// # Errors
/// As the engine says.
pub async fn sweep(tx: &mut Tx, before: NaiveDate) -> Result<u64> {
    sql!("UPDATE reference_request SET email = NULL WHERE email IS NOT NULL AND last_day < $1", before).run(tx).await
}

/// Takes an address away from every question. Answers from how many.
///
/// # Errors
/// As the engine says.
pub async fn forget(tx: &mut Tx, email: &str) -> Result<u64> {
    sql!("UPDATE reference_request SET email = NULL WHERE email = $1", email).run(tx).await
}
