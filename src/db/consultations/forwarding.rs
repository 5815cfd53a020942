//! Drafts that are forwarded to somebody without an account, by links whose tokens are kept as digests.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::{Result, Tx, unknown_code};
use crate::domain::identifier::ConsultationNumber;
use crate::sql;

/// A draft that was forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarding {
    /// Identity.
    pub id: Uuid,
    /// The case.
    pub number: ConsultationNumber,
    /// The body that forwarded it, by code.
    pub body: String,
    /// To which address; none once that is taken away.
    pub email: Option<String>,
    /// What is asked.
    pub words: String,
    /// The last day on which the link holds.
    pub last_day: NaiveDate,
    /// Who forwarded it; none once taken out.
    pub person: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was taken back.
    pub taken_back_at: Option<DateTime<Utc>>,
    /// How many answers have come.
    pub answers: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    body_code: String,
    email: Option<String>,
    words: String,
    last_day: NaiveDate,
    person_id: Option<Uuid>,
    at: DateTime<Utc>,
    taken_back_at: Option<DateTime<Utc>>,
    answers: i64,
}

impl Row {
    fn into_forwarding(self) -> Result<Forwarding> {
        Ok(Forwarding {
            id: self.id,
            number: ConsultationNumber::parse(&self.number).ok_or_else(|| unknown_code("number", &self.number))?,
            body: self.body_code,
            email: self.email,
            words: self.words,
            last_day: self.last_day,
            person: self.person_id,
            at: self.at,
            taken_back_at: self.taken_back_at,
            answers: self.answers,
        })
    }
}

/// Writes a link of a case under the digest of its token, with the letter that brings it.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, case: Uuid, (digest, mail): (&str, Uuid), one: &Forwarding) -> Result<()> {
    sql!(
        "INSERT INTO forwarding (id, consultation_id, body_code, token_digest, email, words, last_day, person_id, at, mail_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        one.id,
        case,
        &one.body,
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

/// The link whose token has this digest.
///
/// # Errors
/// As the engine says.
pub async fn by_digest(tx: &mut Tx, digest: &str) -> Result<Option<Forwarding>> {
    let row: Option<Row> = sql!("SELECT * FROM forwarded WHERE token_digest = $1", digest).optional(tx).await?;
    row.map(Row::into_forwarding).transpose()
}

/// The links of a body to a case, the latest first.
///
/// # Errors
/// As the engine says.
pub async fn of_body(tx: &mut Tx, case: Uuid, body: &str) -> Result<Vec<Forwarding>> {
    let rows: Vec<Row> =
        sql!("SELECT * FROM forwarded WHERE consultation_id = $1 AND body_code = $2 ORDER BY at DESC, id DESC", case, body).all(tx).await?;
    rows.into_iter().map(Row::into_forwarding).collect()
}

/// Writes that a link is taken back.
///
/// # Errors
/// As the engine says.
pub async fn take_back(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE forwarding SET taken_back_at = $2 WHERE id = $1", id, now).run(tx).await?;
    Ok(())
}

/// Writes that a note was written by a sakkunnig, and as what.
///
/// # Errors
/// As the engine says.
pub async fn add_answer(tx: &mut Tx, message: Uuid, forwarding: Uuid, signed: Option<&str>) -> Result<()> {
    sql!("INSERT INTO forwarding_answer (message_id, forwarding_id, signed) VALUES ($1, $2, $3)", message, forwarding, signed)
        .run(tx)
        .await?;
    Ok(())
}

/// Who wrote a note: a sakkunnig whom the body asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expert {
    /// Through which link.
    pub forwarding: Uuid,
    /// As what, if that was said.
    pub signed: Option<String>,
    /// The address that was asked; none once that is taken away.
    pub email: Option<String>,
}

/// The notes of a case that were written by somebody whom a body asked.
///
/// # Errors
/// As the engine says.
pub async fn experts(tx: &mut Tx, case: Uuid) -> Result<HashMap<Uuid, Expert>> {
    type Row = (Uuid, Uuid, Option<String>, Option<String>);
    let rows: Vec<Row> = sql!(
        "SELECT a.message_id, a.forwarding_id, a.signed, f.email
         FROM forwarding f JOIN forwarding_answer a ON a.forwarding_id = f.id WHERE f.consultation_id = $1",
        case
    )
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(message, forwarding, signed, email)| (message, Expert { forwarding, signed, email })).collect())
}

/// Takes away the addresses of links that ended before a moment, and a day.
///
/// # Errors
/// As the engine says.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>, before_day: NaiveDate) -> Result<u64> {
    sql!("UPDATE forwarding SET email = NULL WHERE email IS NOT NULL AND (taken_back_at < $1 OR last_day < $2)", before, before_day)
        .run(tx)
        .await
}

/// Takes an address away from every link. Answers from how many.
///
/// # Errors
/// As the engine says.
pub async fn forget(tx: &mut Tx, email: &str) -> Result<u64> {
    sql!("UPDATE forwarding SET email = NULL WHERE email = $1", email).run(tx).await
}

/// Takes away the letters that bring links of a case, one link or all of them, and have not been sent: nobody needs them any more.
///
/// # Errors
/// As the engine says.
pub async fn unsend(tx: &mut Tx, case: Uuid, link: Option<Uuid>, now: DateTime<Utc>) -> Result<u64> {
    sql!(
        "DELETE FROM mail WHERE sent_at IS NULL AND (claimed_until IS NULL OR claimed_until < $3) AND id IN (
           SELECT mail_id FROM forwarding WHERE consultation_id = $1 AND id = COALESCE($2, id) AND mail_id IS NOT NULL
           UNION ALL
           SELECT mail_id FROM reference_request WHERE consultation_id = $1 AND id = COALESCE($2, id) AND mail_id IS NOT NULL
           UNION ALL
           SELECT reminder_mail_id FROM reference_request
           WHERE consultation_id = $1 AND id = COALESCE($2, id) AND reminder_mail_id IS NOT NULL)",
        case,
        link,
        now
    )
    .run(tx)
    .await
}
