//! What finding overlaps needs of the database.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Result, Tx};
use crate::sql;

/// The collections that are not open on `today` and of which any of these organisations is a party: what its people may know of beside
/// what everyone may.
///
/// # Errors
/// As the engine says.
pub async fn hidden_of(tx: &mut Tx, codes: &[String], today: NaiveDate) -> Result<Vec<Uuid>> {
    let ids: Vec<(Uuid,)> = sql!(
        "WITH party AS (SELECT code FROM organisation WHERE code IN ($2..))
         SELECT c.id FROM collection c
         WHERE c.status <> 'draft' AND (c.open_from IS NULL OR c.open_from > $1)
           AND (EXISTS (SELECT 1 FROM collection_agency a JOIN party p ON p.code = a.agency_code
                 WHERE a.collection_id = c.id AND (a.version = c.decided_version OR a.version = c.planned_version))
             OR EXISTS (SELECT 1 FROM collection_version w JOIN party p ON p.code = w.collector_code
                 WHERE w.collection_id = c.id AND (w.version = c.decided_version OR w.version = c.planned_version)))",
        today,
    )
    .list(codes.iter())
    .all(tx)
    .await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}
