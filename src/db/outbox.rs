//! Mail to send: rows, rendered, that are written together with what causes them.
//!
//! A sender claims a row for a while, sends, and tells what came of it. One that vanishes in between leaves a claim that lapses: the row
//! is then `uncertain`, because the mail may have left.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx};
use crate::clock;
pub use crate::domain::letter::Letter;
use crate::sql;

/// Puts a letter in the outbox, due at once. It is sent after the transaction is committed, or not at all.
///
/// # Errors
/// As the engine says.
pub async fn add(tx: &mut Tx, letter: &Letter, now: DateTime<Utc>) -> Result<Uuid> {
    let id = clock::new_id();
    sql!(
        "INSERT INTO mail (id, kind, recipient, subject, text_part, html_part, created_at, due_at, expires_at, attempts, uncertain)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, 0, 0)",
        id,
        letter.kind,
        &letter.recipient,
        &letter.subject,
        &letter.text,
        &letter.html,
        now,
        letter.expires_at
    )
    .run(tx)
    .await?;
    Ok(id)
}

/// Forgets a recipient: what has not been sent is taken away, and what has been, or could not be, no longer says to whom.
///
/// # Errors
/// As the engine says.
pub async fn forget(tx: &mut Tx, recipient: &str) -> Result<()> {
    sql!("DELETE FROM mail WHERE recipient = $1 AND sent_at IS NULL AND failed_at IS NULL", recipient).run(tx).await?;
    sql!("UPDATE mail SET recipient = NULL, text_part = NULL, html_part = NULL, last_error = NULL WHERE recipient = $1", recipient)
        .run(tx)
        .await?;
    Ok(())
}

/// A mail that somebody has claimed in order to send it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Claimed {
    /// Identity.
    pub id: Uuid,
    /// What it is about.
    pub kind: String,
    /// The address; none where it was taken away.
    pub recipient: Option<String>,
    /// The subject.
    pub subject: String,
    /// The part in plain text.
    pub text_part: Option<String>,
    /// The part in HTML.
    pub html_part: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it is of no use any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// How often it has been claimed, this time included.
    pub attempts: i64,
    /// How often it is unknown whether it left.
    pub uncertain: i64,
    /// How long the claim holds; it tells one claim of a mail from the next.
    pub claimed_until: DateTime<Utc>,
}

/// The mails that are due, oldest first, at most `most`.
///
/// # Errors
/// As the engine says.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>, most: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql!(
        "SELECT id FROM mail WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until < $1)
         ORDER BY due_at, id LIMIT $2",
        now,
        most
    )
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Claims a mail that is due, for this sender alone, until `until`. None where somebody else did, or it is not due any more.
///
/// # Errors
/// As the engine says.
pub async fn claim(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Option<Claimed>> {
    // of two that try at once the second waits for the first, looks at the row again and finds it claimed
    sql!(
        "UPDATE mail SET attempts = attempts + 1, uncertain = CASE WHEN claimed_until IS NULL THEN uncertain ELSE uncertain + 1 END,
           claimed_until = $3
         WHERE id = $1 AND sent_at IS NULL AND failed_at IS NULL AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until < $2)
         RETURNING id, kind, recipient, subject, text_part, html_part, created_at, expires_at, attempts, uncertain, claimed_until",
        id,
        now,
        until
    )
    .optional(tx)
    .await
}

/// Notes that a mail has left, whoever claims it by now: it must not leave again. What holds a secret, and so has an end, is emptied at
/// once.
///
/// # Errors
/// As the engine says.
pub async fn sent(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!(
        "UPDATE mail SET sent_at = $2, failed_at = NULL, claimed_until = NULL, last_error = NULL,
           text_part = CASE WHEN expires_at IS NULL THEN text_part END, html_part = CASE WHEN expires_at IS NULL THEN html_part END
         WHERE id = $1 AND sent_at IS NULL",
        id,
        now
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Lets a mail that did not leave, or of which that is not known, wait until `due_at`; nothing if the claim lapsed and it is somebody
/// else's now.
///
/// # Errors
/// As the engine says.
pub async fn wait(tx: &mut Tx, mail: &Claimed, due_at: DateTime<Utc>, reason: &str) -> Result<()> {
    sql!(
        "UPDATE mail SET due_at = $2, uncertain = $3, last_error = $4, claimed_until = NULL
         WHERE id = $1 AND sent_at IS NULL AND claimed_until = $5",
        mail.id,
        due_at,
        mail.uncertain,
        reason,
        mail.claimed_until
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Gives a mail up, unless the claim lapsed and it is somebody else's now. What has no use any more is emptied.
///
/// # Errors
/// As the engine says.
pub async fn fail(tx: &mut Tx, mail: &Claimed, now: DateTime<Utc>, reason: &str) -> Result<()> {
    sql!(
        "UPDATE mail SET failed_at = $2, uncertain = $3, last_error = $4, claimed_until = NULL,
           text_part = CASE WHEN expires_at <= $2 THEN NULL ELSE text_part END,
           html_part = CASE WHEN expires_at <= $2 THEN NULL ELSE html_part END
         WHERE id = $1 AND sent_at IS NULL AND claimed_until = $5",
        mail.id,
        now,
        mail.uncertain,
        reason,
        mail.claimed_until
    )
    .run(tx)
    .await?;
    Ok(())
}

/// A mail as the administrator sees it: without what it says.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// Identity.
    pub id: Uuid,
    /// What it is about.
    pub kind: String,
    /// The address it goes to.
    pub recipient: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it is tried next.
    pub due_at: DateTime<Utc>,
    /// When it is of no use any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// How often it has been tried.
    pub attempts: i64,
    /// Why it has not left; none where it has not been tried.
    pub last_error: Option<String>,
}

/// The mails that wait, the one that is next first, at most `most`.
///
/// # Errors
/// As the engine says.
pub async fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<Listed>> {
    sql!(
        "SELECT id, kind, recipient, created_at, due_at, expires_at, attempts, last_error FROM mail
         WHERE sent_at IS NULL AND failed_at IS NULL AND recipient IS NOT NULL ORDER BY due_at, id LIMIT $1",
        most
    )
    .all(tx)
    .await
}

/// The mails that were given up, the latest first, at most `most`.
///
/// # Errors
/// As the engine says.
pub async fn dead(tx: &mut Tx, most: i64) -> Result<Vec<Listed>> {
    sql!(
        "SELECT id, kind, recipient, created_at, due_at, expires_at, attempts, last_error FROM mail
         WHERE failed_at IS NOT NULL AND recipient IS NOT NULL ORDER BY failed_at DESC, id DESC LIMIT $1",
        most
    )
    .all(tx)
    .await
}

/// How many mails there are of each fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// To be sent.
    pub waiting: i64,
    /// Given up.
    pub dead: i64,
    /// Sent since the given moment.
    pub sent: i64,
}

/// How many mails wait, were given up, and were sent since `since`.
///
/// # Errors
/// As the engine says.
pub async fn counts(tx: &mut Tx, since: DateTime<Utc>) -> Result<Counts> {
    sql!(
        "SELECT COUNT(CASE WHEN sent_at IS NULL AND failed_at IS NULL AND recipient IS NOT NULL THEN 1 END) AS waiting,
           COUNT(CASE WHEN failed_at IS NOT NULL AND recipient IS NOT NULL THEN 1 END) AS dead,
           COUNT(CASE WHEN sent_at >= $1 THEN 1 END) AS sent FROM mail",
        since
    )
    .one(tx)
    .await
}

/// Makes a mail that was given up, or that waits, due at once as if it had never been tried; its kind. None where there is nothing to
/// send any more, or somebody is sending it now.
///
/// # Errors
/// As the engine says.
pub async fn again(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Option<String>> {
    let row: Option<(String,)> = sql!(
        "UPDATE mail SET due_at = $2, failed_at = NULL, claimed_until = NULL, attempts = 0, uncertain = 0
         WHERE id = $1 AND sent_at IS NULL AND recipient IS NOT NULL AND text_part IS NOT NULL
           AND (expires_at IS NULL OR expires_at > $2) AND (failed_at IS NOT NULL OR claimed_until IS NULL)
         RETURNING kind",
        id,
        now
    )
    .optional(tx)
    .await?;
    Ok(row.map(|(kind,)| kind))
}

/// Takes away a mail that has not been sent; its kind. None where it has, or somebody is sending it now.
///
/// # Errors
/// As the engine says.
pub async fn remove(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Option<String>> {
    let row: Option<(String,)> = sql!(
        "DELETE FROM mail WHERE id = $1 AND sent_at IS NULL AND (claimed_until IS NULL OR claimed_until < $2) RETURNING kind",
        id,
        now
    )
    .optional(tx)
    .await?;
    Ok(row.map(|(kind,)| kind))
}

/// Empties what was sent or given up before `before`: address, text and reason go, what it was about and when stay.
///
/// # Errors
/// As the engine says.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    sql!(
        "UPDATE mail SET recipient = NULL, text_part = NULL, html_part = NULL, last_error = NULL
         WHERE (sent_at < $1 OR failed_at < $1) AND recipient IS NOT NULL",
        before
    )
    .run(tx)
    .await
}
