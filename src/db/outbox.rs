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
