//! The agencies' yearly word that their list (6 § förordning (1982:668)) lacks nothing.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Result, Tx};
use crate::{clock, sql};

/// The day as of which an organisation last said that its list is complete.
///
/// # Errors
/// As the engine says.
pub async fn latest(tx: &mut Tx, organisation: &str) -> Result<Option<NaiveDate>> {
    let row: Option<(NaiveDate,)> =
        sql!("SELECT as_of FROM declaration WHERE organisation_code = $1 ORDER BY as_of DESC, declared_at DESC LIMIT 1", organisation)
            .optional(tx)
            .await?;
    Ok(row.map(|(as_of,)| as_of))
}

/// Writes that an organisation's list is complete as of a day.
///
/// # Errors
/// As the engine says.
pub async fn add(tx: &mut Tx, organisation: &str, as_of: NaiveDate, at: DateTime<Utc>, person: Option<Uuid>) -> Result<()> {
    sql!(
        "INSERT INTO declaration (id, organisation_code, as_of, declared_at, person_id) VALUES ($1, $2, $3, $4, $5)",
        clock::new_id(),
        organisation,
        as_of,
        at,
        person,
    )
    .run(tx)
    .await?;
    Ok(())
}
