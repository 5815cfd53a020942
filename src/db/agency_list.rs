//! What stands in an agency's list (6 § förordning (1982:668)).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::collections::{self, Version};
use super::{Result, Tx};
use crate::domain::collection::Collection;
use crate::sql;

/// The planned and decided collections that any of `codes` answers for, in the version in force, by title in Swedish order: those open on
/// `today`, and with `hidden` the others too.
///
/// # Errors
/// As the engine says.
pub async fn collections(tx: &mut Tx, codes: &[String], today: NaiveDate, hidden: bool) -> Result<Vec<Collection>> {
    let rows: Vec<(Uuid, String, String)> = sql!(
        "SELECT c.id, v.title, c.number FROM collection_agency ca JOIN collection c ON c.id = ca.collection_id
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         WHERE ca.version = v.version AND c.status IN ('planned', 'decided') AND c.number IS NOT NULL AND ($2 OR c.open_from <= $1)
           AND ca.agency_code IN ($3..) ORDER BY v.title COLLATE \"sv-x-icu\", c.number",
        today,
        hidden,
    )
    .list(codes.iter())
    .all(tx)
    .await?;
    // a collection that several of the codes answer for is one collection
    let mut seen = HashSet::new();
    let ids: Vec<Uuid> = rows.into_iter().map(|(id, _, _)| id).filter(|id| seen.insert(*id)).collect();
    let place: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut list = collections::load(tx, &ids, Version::InForce).await?;
    list.sort_by_key(|collection| place.get(&collection.id).copied());
    Ok(list)
}
