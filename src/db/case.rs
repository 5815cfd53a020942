//! What holds of a collection whatever version is in force: when it was confirmed, and what its parties call it.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Result, Tx};
use crate::sql;

/// Writes on which day a collection was last said to hold unchanged; `read_as`: when it was last changed as it was read. That is no change
/// of it. `false` where it has been changed since, or somebody else has said so on that day.
///
/// # Errors
/// As the engine says.
pub async fn confirm(tx: &mut Tx, id: Uuid, read_as: DateTime<Utc>, on: NaiveDate, now: DateTime<Utc>) -> Result<bool> {
    let written = sql!(
        "UPDATE collection SET confirmed_on = $2, reminded_at = NULL, touched_at = $3
         WHERE id = $1 AND changed_at = $4 AND (confirmed_on IS NULL OR confirmed_on <> $2)",
        id,
        on,
        now,
        read_as
    )
    .run(tx)
    .await?;
    Ok(written > 0)
}

/// Writes the owner's own reference: it is that of the case, whatever version is in force.
///
/// # Errors
/// As the engine says: a unique violation where the owner has the reference already.
pub async fn set_own_reference(tx: &mut Tx, id: Uuid, reference: Option<&str>, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE collection SET own_reference = $2, changed_at = $3, touched_at = $3 WHERE id = $1", id, reference, now).run(tx).await?;
    Ok(())
}

/// Writes a responsible agency's own diarienummer, in every version: it is that of the case.
///
/// # Errors
/// As the engine says.
pub async fn set_diary_number(tx: &mut Tx, id: Uuid, agency: &str, number: Option<&str>, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE collection_agency SET diary_number = $3 WHERE collection_id = $1 AND agency_code = $2", id, agency, number)
        .run(tx)
        .await?;
    touch(tx, id, now).await
}

/// Writes the collector's own diarienummer.
///
/// # Errors
/// As the engine says.
pub async fn set_collector_diary_number(tx: &mut Tx, id: Uuid, number: Option<&str>, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE collection SET collector_diary_number = $2 WHERE id = $1", id, number).run(tx).await?;
    touch(tx, id, now).await
}

/// Marks a collection, so that the index and whoever keeps it in memory read it again.
///
/// # Errors
/// As the engine says.
pub async fn touch(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE collection SET touched_at = $2 WHERE id = $1", id, now).run(tx).await?;
    Ok(())
}

/// Writes which collection a new one was copied from: see [`super::pairs::family`].
///
/// # Errors
/// As the engine says.
pub async fn set_copied_from(tx: &mut Tx, number: &str, source: &str) -> Result<()> {
    sql!("UPDATE collection SET copied_from = (SELECT s.id FROM collection s WHERE s.number = $2) WHERE number = $1", number, source)
        .run(tx)
        .await?;
    Ok(())
}
