//! What holds of a collection whatever version is in force: when it was changed and confirmed, and what its parties call it.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::{Result, Tx};
use crate::sql;

/// When a collection is changed and touched, as it is to be written. Neither ever goes back: whoever began first may write last, and whoever
/// follows what changes would then not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    /// The moment of a change.
    pub changed: DateTime<Utc>,
    /// The moment of a touch.
    pub touched: DateTime<Utc>,
}

/// `now`, or the first moment after what is held.
fn after(held: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    now.max(held + TimeDelta::microseconds(1))
}

/// The moments with which a collection is written by somebody who began `now`; none where there is no such collection. Everyone else who
/// writes it waits until the transaction ends.
///
/// # Errors
/// As the engine says.
pub async fn moments(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Option<Moments>> {
    let held: Option<(DateTime<Utc>, DateTime<Utc>)> =
        sql!("UPDATE collection SET id = id WHERE id = $1 RETURNING changed_at, touched_at", id).optional(tx).await?;
    Ok(held.map(|(changed, touched)| Moments { changed: after(changed, now), touched: after(touched.max(changed), now) }))
}

/// Writes on which day a collection was last said to hold unchanged; `read_as`: when it was last changed as it was read. That is no change
/// of it. `false` where it has been changed since, or somebody else has said so on that day.
///
/// # Errors
/// As the engine says.
pub async fn confirm(tx: &mut Tx, id: Uuid, read_as: DateTime<Utc>, on: NaiveDate, now: DateTime<Utc>) -> Result<bool> {
    let Some(Moments { touched, .. }) = moments(tx, id, now).await? else { return Ok(false) };
    let written = sql!(
        "UPDATE collection SET confirmed_on = $2, reminded_at = NULL, touched_at = $3
         WHERE id = $1 AND changed_at = $4 AND (confirmed_on IS NULL OR confirmed_on <> $2)",
        id,
        on,
        touched,
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
    let Some(Moments { changed, touched }) = moments(tx, id, now).await? else { return Ok(()) };
    sql!("UPDATE collection SET own_reference = $2, changed_at = $3, touched_at = $4 WHERE id = $1", id, reference, changed, touched)
        .run(tx)
        .await?;
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
    let is_touched = sql!("UPDATE collection SET touched_at = $2 WHERE id = $1 AND touched_at < $2", id, now).run(tx).await? > 0;
    if !is_touched && let Some(Moments { touched, .. }) = moments(tx, id, now).await? {
        sql!("UPDATE collection SET touched_at = $2 WHERE id = $1", id, touched).run(tx).await?;
    }
    Ok(())
}

/// Marks the collections that name an organisation, so that the index and whoever keeps them in memory read them again.
///
/// # Errors
/// As the engine says.
pub async fn touch_of_organisation(tx: &mut Tx, code: &str, now: DateTime<Utc>) -> Result<()> {
    let touched: Vec<(Uuid,)> = sql!(
        "UPDATE collection SET touched_at = $2
         WHERE touched_at < $2 AND id IN (SELECT collection_id FROM collection_agency WHERE agency_code = $1
                      UNION SELECT collection_id FROM collection_version WHERE collector_code = $1
                      UNION SELECT collection_id FROM respondent_listed WHERE organisation_code = $1) RETURNING id",
        code,
        now,
    )
    .all(tx)
    .await?;
    let named: Vec<(Uuid,)> = sql!(
        "SELECT collection_id FROM collection_agency WHERE agency_code = $1
         UNION SELECT collection_id FROM collection_version WHERE collector_code = $1
         UNION SELECT collection_id FROM respondent_listed WHERE organisation_code = $1",
        code,
    )
    .all(tx)
    .await?;
    touch_others(tx, named, &touched, now).await
}

/// Marks the collections of a subject area, so that the index reads them again.
///
/// # Errors
/// As the engine says.
pub async fn touch_of_area(tx: &mut Tx, code: &str, now: DateTime<Utc>) -> Result<()> {
    let touched: Vec<(Uuid,)> = sql!(
        "UPDATE collection SET touched_at = $2
         WHERE touched_at < $2 AND id IN (SELECT collection_id FROM collection_version WHERE area_code = $1) RETURNING id",
        code,
        now,
    )
    .all(tx)
    .await?;
    let named: Vec<(Uuid,)> = sql!("SELECT DISTINCT collection_id FROM collection_version WHERE area_code = $1", code).all(tx).await?;
    touch_others(tx, named, &touched, now).await
}

/// Marks those that were not `touched` together with the others, since they have been touched by somebody who began later.
async fn touch_others(tx: &mut Tx, named: Vec<(Uuid,)>, touched: &[(Uuid,)], now: DateTime<Utc>) -> Result<()> {
    let touched: HashSet<Uuid> = touched.iter().map(|(id,)| *id).collect();
    for id in named.into_iter().map(|(id,)| id).filter(|id| !touched.contains(id)).collect::<BTreeSet<Uuid>>() {
        touch(tx, id, now).await?;
    }
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
