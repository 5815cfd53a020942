//! What the administrator chooses for consultation beside the settings: bodies to choose among, and the counts of earlier years.

use chrono::{DateTime, Utc};

use super::super::{Result, Tx, settings};
use crate::domain::consultation::statistics::EarlierYear;
use crate::sql;

/// The bodies that may be consulted: code and name, in Swedish order.
///
/// # Errors
/// As the engine says.
pub async fn bodies(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    sql!("SELECT code, name FROM organisation WHERE kind = 'body' AND ended_on IS NULL ORDER BY name COLLATE \"sv-x-icu\", code")
        .all(tx)
        .await
}

/// The years of which only the number of cases is known, by body and year.
///
/// # Errors
/// As the engine says.
pub async fn years(tx: &mut Tx) -> Result<Vec<EarlierYear>> {
    let rows: Vec<(String, i64, i64, String)> =
        sql!("SELECT body_code, year, cases, source FROM consultation_year ORDER BY year, body_code").all(tx).await?;
    Ok(rows.into_iter().map(|(body, year, cases, source)| EarlierYear { body, year, cases, source }).collect())
}

/// What is known of one year of a body.
///
/// # Errors
/// As the engine says.
pub async fn year(tx: &mut Tx, body: &str, year: i64) -> Result<Option<EarlierYear>> {
    let row: Option<(i64, String)> =
        sql!("SELECT cases, source FROM consultation_year WHERE body_code = $1 AND year = $2", body, year).optional(tx).await?;
    Ok(row.map(|(cases, source)| EarlierYear { body: body.to_owned(), year, cases, source }))
}

/// Writes what is known of a year, in place of what was known before.
///
/// # Errors
/// As the engine says.
pub async fn put_year(tx: &mut Tx, one: &EarlierYear) -> Result<()> {
    sql!(
        "INSERT INTO consultation_year (body_code, year, cases, source) VALUES ($1, $2, $3, $4)
         ON CONFLICT (body_code, year) DO UPDATE SET cases = excluded.cases, source = excluded.source",
        &one.body,
        one.year,
        one.cases,
        &one.source,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Takes away what is known of a year.
///
/// # Errors
/// As the engine says.
pub async fn delete_year(tx: &mut Tx, body: &str, year: i64) -> Result<()> {
    sql!("DELETE FROM consultation_year WHERE body_code = $1 AND year = $2", body, year).run(tx).await?;
    Ok(())
}

/// Notes that the administrator has changed the years: figures that are kept follow, and the reference data leave them alone from then on.
///
/// # Errors
/// As the engine says.
pub async fn mark_years(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    settings::set(tx, settings::CONSULTATION_YEARS_CHANGED, &now.to_rfc3339()).await
}
