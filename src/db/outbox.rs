//! Mail to send: rows, rendered, that are written together with what causes them.

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
