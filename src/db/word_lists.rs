//! The versions of the word list for search.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx};
use crate::sql;

/// A version of the list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Saved {
    /// From 1.
    pub version: i64,
    /// The list as it was typed.
    pub words: String,
    /// What was changed, in the words of whoever did.
    pub note: String,
    /// The organisation of whoever saved it, by code.
    pub organisation_code: String,
    /// Who saved it; none once taken out.
    pub person_id: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The number of the last version; 0 where nobody has saved any.
///
/// # Errors
/// As the engine says.
pub async fn last_version(tx: &mut Tx) -> Result<i64> {
    let (version,): (i64,) = sql!("SELECT COALESCE(MAX(version), 0) FROM word_list").one(tx).await?;
    Ok(version)
}

/// A version.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, version: i64) -> Result<Option<Saved>> {
    sql!("SELECT version, words, note, organisation_code, person_id, at FROM word_list WHERE version = $1", version).optional(tx).await
}

/// The latest versions, the last first.
///
/// # Errors
/// As the engine says.
pub async fn latest(tx: &mut Tx, most: i64) -> Result<Vec<Saved>> {
    sql!("SELECT version, words, note, organisation_code, person_id, at FROM word_list ORDER BY version DESC LIMIT $1", most).all(tx).await
}

/// Writes a version.
///
/// # Errors
/// As the engine says, also where somebody else has just saved the same number.
pub async fn add(tx: &mut Tx, saved: &Saved) -> Result<()> {
    sql!(
        "INSERT INTO word_list (version, words, note, organisation_code, person_id, at) VALUES ($1, $2, $3, $4, $5, $6)",
        saved.version,
        &saved.words,
        &saved.note,
        &saved.organisation_code,
        saved.person_id,
        saved.at,
    )
    .run(tx)
    .await?;
    Ok(())
}
