//! Sessions of those who are signed in. Their secret identity is kept as a digest only.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Result, Tx};
use crate::sql;

/// Writes a session; `false` where another one has the identity already.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, digest: &str, person: Option<Uuid>, data: &Value, expires_at: DateTime<Utc>) -> Result<bool> {
    let written = sql!(
        "INSERT INTO session (id_digest, person_id, data, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id_digest) DO NOTHING",
        digest,
        person,
        Json(data),
        expires_at
    )
    .run(tx)
    .await?;
    Ok(written > 0)
}

/// Changes a session. One that was ended meanwhile stays ended.
///
/// # Errors
/// As the engine says.
pub async fn update(tx: &mut Tx, digest: &str, person: Option<Uuid>, data: &Value, expires_at: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE session SET person_id = $2, data = $3, expires_at = $4 WHERE id_digest = $1", digest, person, Json(data), expires_at)
        .run(tx)
        .await?;
    Ok(())
}

/// The session with this identity, if it lasts beyond `now`, and until when.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, digest: &str, now: DateTime<Utc>) -> Result<Option<(Value, DateTime<Utc>)>> {
    let row: Option<(Json<Value>, DateTime<Utc>)> =
        sql!("SELECT data, expires_at FROM session WHERE id_digest = $1 AND expires_at > $2", digest, now).optional(tx).await?;
    Ok(row.map(|(Json(data), expires_at)| (data, expires_at)))
}

/// Ends one session.
///
/// # Errors
/// As the engine says.
pub async fn delete(tx: &mut Tx, digest: &str) -> Result<()> {
    sql!("DELETE FROM session WHERE id_digest = $1", digest).run(tx).await?;
    Ok(())
}

/// Ends every session of a person: signed out everywhere.
///
/// # Errors
/// As the engine says.
pub async fn delete_of(tx: &mut Tx, person: Uuid) -> Result<()> {
    sql!("DELETE FROM session WHERE person_id = $1", person).run(tx).await?;
    Ok(())
}

/// Takes away what has expired by `now`.
///
/// # Errors
/// As the engine says.
pub async fn sweep(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    sql!("DELETE FROM session WHERE expires_at <= $1", now).run(tx).await?;
    Ok(())
}
