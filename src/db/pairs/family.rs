//! Collections that were copied from each other: they say the same on purpose, and are never an overlap with one another.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::{Result, Tx};
use crate::domain::identifier::CollectionNumber;
use crate::sql;

/// A collection, what it was copied from, however far back, and every copy of any of them.
///
/// # Errors
/// As the engine says.
pub async fn family(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>> {
    Ok(families(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

/// The same of the collection with this number: what a new copy of it belongs to. Nothing where there is none.
///
/// # Errors
/// As the engine says.
pub async fn family_of_number(tx: &mut Tx, number: CollectionNumber) -> Result<Vec<Uuid>> {
    let row: Option<(Uuid,)> = sql!("SELECT id FROM collection WHERE number = $1", number.to_string()).optional(tx).await?;
    match row {
        Some((id,)) => family(tx, id).await,
        None => Ok(Vec::new()),
    }
}

/// The families of several collections, each with at least itself.
///
/// # Errors
/// As the engine says.
pub async fn families(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    // a collection has one source, so that its family hangs on the first one
    let rows: Vec<(Uuid, Uuid)> = sql!(
        "WITH RECURSIVE up (member, id, source) AS (
           SELECT id, id, copied_from FROM collection WHERE id IN ($1..)
           UNION SELECT u.member, c.id, c.copied_from FROM up u JOIN collection c ON c.id = u.source),
         down (member, id) AS (
           SELECT member, id FROM up WHERE source IS NULL
           UNION SELECT d.member, c.id FROM down d JOIN collection c ON c.copied_from = d.id)
         SELECT member, id FROM down",
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    let mut families: HashMap<Uuid, Vec<Uuid>> = ids.iter().map(|id| (*id, vec![*id])).collect();
    for (member, id) in rows.into_iter().filter(|(member, id)| member != id) {
        families.entry(member).or_default().push(id);
    }
    Ok(families)
}
