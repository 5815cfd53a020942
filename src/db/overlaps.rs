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
        "SELECT c.id FROM collection c
         WHERE c.status <> 'draft' AND (c.open_from IS NULL OR c.open_from > $1)
           AND c.id IN (SELECT p.collection_id FROM collection_party p WHERE p.code IN ($2..))",
        today,
    )
    .list(codes.iter())
    .all(tx)
    .await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}
