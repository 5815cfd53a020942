//! Subject areas and counties.

use chrono::NaiveDate;

use super::{Result, Tx};
use crate::sql;

/// Code and name of every subject area, by name.
///
/// # Errors
/// As the engine says.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    sql!("SELECT code, name FROM area ORDER BY name COLLATE \"sv-x-icu\"").all(tx).await
}

/// Code, name and number of collections open on `today` of every subject area that has any, by name.
///
/// # Errors
/// As the engine says.
pub async fn counts(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(String, String, i64)>> {
    sql!(
        "SELECT ar.code, ar.name, COUNT(*) FROM collection c
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         JOIN area ar ON ar.code = v.area_code
         WHERE c.open_from <= $1 AND c.status <> 'draft'
         GROUP BY ar.code, ar.name ORDER BY ar.name COLLATE \"sv-x-icu\"",
        today,
    )
    .all(tx)
    .await
}

/// Adds an area or renames it. Answers whether anything changed.
///
/// # Errors
/// As the engine says.
pub async fn put(tx: &mut Tx, code: &str, name: &str) -> Result<bool> {
    let changed = sql!(
        "INSERT INTO area (code, name) VALUES ($1, $2)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE area.name <> excluded.name",
        code,
        name,
    )
    .run(tx)
    .await?;
    Ok(changed > 0)
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
