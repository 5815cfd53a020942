//! Subject areas and counties.

use super::{Result, Tx};
use crate::sql;

/// Code and name of every subject area, by name.
///
/// # Errors
/// As the engine says.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    sql!("SELECT code, name FROM area ORDER BY name COLLATE \"sv-x-icu\"").all(tx).await
}

/// Adds an area or renames it.
///
/// # Errors
/// As the engine says.
pub async fn put(tx: &mut Tx, code: &str, name: &str) -> Result<()> {
    sql!("INSERT INTO area (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name", code, name).run(tx).await?;
    Ok(())
}

/// Adds a county or renames it.
///
/// # Errors
/// As the engine says.
pub async fn put_county(tx: &mut Tx, code: &str, name: &str) -> Result<()> {
    sql!("INSERT INTO county (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name", code, name)
        .run(tx)
        .await?;
    Ok(())
}
