//! The pairs of collections that ask for the same data: found by the method, answered by agencies, decided by people.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

pub mod checks;
pub mod common;
mod confirmed;
pub mod decided;
mod family;
pub mod review;
mod said;
pub mod waiting;

pub use confirmed::{Confirmed, confirmed_of};
pub use family::{families, family, family_of_number};
pub use said::{Answered, Judged, Remark, Said, Sent, add_answer, add_remark, add_verdict, answers, remarks, verdicts};

use super::{Result, Tx};
use crate::clock;
use crate::domain::overlap::verdict::Same;
use crate::sql;

/// The most values of a list in one statement.
const MOST_VALUES: usize = 500;

/// These identities, each once, in portions that both engines take in one statement.
fn portions(ids: &[Uuid]) -> Vec<Vec<Uuid>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids.chunks(MOST_VALUES).map(<[Uuid]>::to_vec).collect()
}

/// Two items that are alike, by lineage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ItemPair {
    /// The item of the collection that asks.
    pub item: Uuid,
    /// The item of the other one.
    pub other: Uuid,
    /// How alike, comparable across collections.
    pub score: f64,
}

impl ItemPair {
    /// Which items, without how alike they are.
    #[must_use]
    pub fn same(&self) -> Same {
        Same { item: self.item, other: self.other }
    }
}

/// A pair as the method finds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The collection registered later, whose agency is asked.
    pub collection: Uuid,
    /// The other one.
    pub other: Uuid,
    /// How likely it is that they ask for the same data, 0 to 1.
    pub probability: f64,
    /// Which items.
    pub items: Vec<ItemPair>,
    /// Digest of the substance of the first.
    pub substance: String,
    /// Digest of the substance of the other.
    pub other_substance: String,
    /// The version of the method.
    pub method: i64,
}

/// A pair as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Identity.
    pub id: Uuid,
    /// What was found.
    pub found: Found,
    /// Since when it is flagged without a break.
    pub found_at: DateTime<Utc>,
    /// Since when the method no longer flags it.
    pub gone_at: Option<DateTime<Utc>>,
}

/// Writes a pair that the method flags, in place of what it found before, and answers its identity.
///
/// # Errors
/// As the engine says.
pub async fn put(tx: &mut Tx, found: &Found, now: DateTime<Utc>) -> Result<Uuid> {
    let (id,): (Uuid,) = sql!(
        "INSERT INTO overlap (id, collection_id, other_id, probability, items, amount, substance, other_substance, method, found_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (collection_id, other_id) DO UPDATE SET probability = excluded.probability, items = excluded.items,
           amount = excluded.amount, substance = excluded.substance, other_substance = excluded.other_substance, method = excluded.method,
           found_at = CASE WHEN overlap.gone_at IS NULL THEN overlap.found_at ELSE excluded.found_at END, gone_at = NULL
         RETURNING id",
        clock::new_id(),
        found.collection,
        found.other,
        found.probability,
        Json(&found.items),
        found.items.iter().map(|item| item.score).sum::<f64>(),
        &found.substance,
        &found.other_substance,
        found.method,
        now,
    )
    .one(tx)
    .await?;
    Ok(id)
}

/// Marks a pair that the method no longer flags, with the substance of both that it saw.
///
/// # Errors
/// As the engine says.
pub async fn mark_gone(tx: &mut Tx, id: Uuid, (substance, other_substance): (&str, &str), now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE overlap SET gone_at = $2, substance = $3, other_substance = $4 WHERE id = $1", id, now, substance, other_substance,)
        .run(tx)
        .await?;
    Ok(())
}

type Row = (Uuid, Uuid, Uuid, f64, Json<Vec<ItemPair>>, String, String, i64, DateTime<Utc>, Option<DateTime<Utc>>);

fn overlap((id, collection, other, probability, Json(items), substance, other_substance, method, found_at, gone_at): Row) -> Overlap {
    Overlap { id, found: Found { collection, other, probability, items, substance, other_substance, method }, found_at, gone_at }
}

/// The pair with this identity.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Overlap>> {
    let row: Option<Row> = sql!(
        "SELECT id, collection_id, other_id, probability, items, substance, other_substance, method, found_at, gone_at FROM overlap
         WHERE id = $1",
        id,
    )
    .optional(tx)
    .await?;
    Ok(row.map(overlap))
}

/// The pair of a collection that asks and another one, if there is or was one.
///
/// # Errors
/// As the engine says.
pub async fn between(tx: &mut Tx, collection: Uuid, other: Uuid) -> Result<Option<Overlap>> {
    let row: Option<Row> = sql!(
        "SELECT id, collection_id, other_id, probability, items, substance, other_substance, method, found_at, gone_at FROM overlap
         WHERE collection_id = $1 AND other_id = $2",
        collection,
        other,
    )
    .optional(tx)
    .await?;
    Ok(row.map(overlap))
}

/// The pairs of which a collection is part, the likeliest first; those that are gone only where somebody has said something of them.
///
/// # Errors
/// As the engine says.
pub async fn of_collection(tx: &mut Tx, collection: Uuid) -> Result<Vec<Overlap>> {
    let rows: Vec<Row> = sql!(
        "SELECT o.id, o.collection_id, o.other_id, o.probability, o.items, o.substance, o.other_substance, o.method, o.found_at, o.gone_at
         FROM overlap o WHERE (o.collection_id = $1 OR o.other_id = $1)
           AND (o.gone_at IS NULL OR EXISTS (SELECT 1 FROM overlap_answer a WHERE a.overlap_id = o.id)
             OR EXISTS (SELECT 1 FROM overlap_verdict v WHERE v.overlap_id = o.id))
         ORDER BY o.probability DESC, o.id",
        collection,
    )
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(overlap).collect())
}

/// The numbers of the two collections of a pair.
///
/// # Errors
/// As the engine says; `RowNotFound` where either has none.
pub async fn numbers(tx: &mut Tx, found: &Found) -> Result<[String; 2]> {
    let mut numbers = [String::new(), String::new()];
    for (number, id) in numbers.iter_mut().zip([found.collection, found.other]) {
        let (held,): (String,) = sql!("SELECT number FROM collection WHERE id = $1 AND number IS NOT NULL", id).one(tx).await?;
        *number = held;
    }
    Ok(numbers)
}

/// Writes what both collections of a pair say now, as digests: a decision is made of that before the two are compared anew.
///
/// # Errors
/// As the engine says.
pub async fn set_substances(tx: &mut Tx, id: Uuid, (substance, other_substance): &(String, String)) -> Result<()> {
    sql!("UPDATE overlap SET substance = $2, other_substance = $3 WHERE id = $1", id, substance, other_substance).run(tx).await?;
    Ok(())
}

/// An item as its collection words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worded {
    /// What it is called.
    pub label: String,
    /// What it means.
    pub definition: Option<String>,
}

/// How these collections word their items in the version in force, by collection and lineage.
///
/// # Errors
/// As the engine says.
pub async fn worded(tx: &mut Tx, collections: &[Uuid]) -> Result<HashMap<(Uuid, Uuid), Worded>> {
    let mut worded = HashMap::new();
    for some in portions(collections) {
        let rows: Vec<(Uuid, Uuid, String, Option<String>)> = sql!(
            "SELECT i.collection_id, i.lineage, i.label, i.definition FROM item i
             JOIN collection c ON c.id = i.collection_id AND i.version = COALESCE(c.decided_version, c.planned_version)
             WHERE i.collection_id IN ($1..)"
        )
        .list(some)
        .all(tx)
        .await?;
        let keyed = |(collection, lineage, label, definition): (Uuid, Uuid, String, Option<String>)| {
            ((collection, lineage), Worded { label, definition })
        };
        worded.extend(rows.into_iter().map(keyed));
    }
    Ok(worded)
}

/// Locks a pair until the transaction ends: two people who decide on it at once do so one after the other.
///
/// # Errors
/// As the engine says.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!("UPDATE overlap SET id = id WHERE id = $1", id).run(tx).await?;
    Ok(())
}

/// The lineages of the items of a version, in the order of its items.
///
/// # Errors
/// As the engine says.
pub async fn lineages(tx: &mut Tx, collection: Uuid, version: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> =
        sql!("SELECT lineage FROM item WHERE collection_id = $1 AND version = $2 ORDER BY position", collection, version).all(tx).await?;
    Ok(rows.into_iter().map(|(lineage,)| lineage).collect())
}
