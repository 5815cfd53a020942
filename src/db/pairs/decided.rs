//! What people have decided, as cases to learn from.

use sqlx::types::Json;
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use super::ItemPair;
use crate::domain::overlap::verdict::VerdictKind;
use crate::sql;

/// A pair with the decision that holds for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The collection registered later.
    pub collection: Uuid,
    /// The other one.
    pub other: Uuid,
    /// How much is the same.
    pub kind: VerdictKind,
    /// The items that are the same: those that were marked, or where none was, all that were shown as alike.
    pub items: Vec<ItemPair>,
}

/// The pairs that a decision holds for, by the collection that asks.
///
/// # Errors
/// As the engine says.
pub async fn decided(tx: &mut Tx) -> Result<Vec<Decided>> {
    type Row = (Uuid, Uuid, String, Json<Vec<ItemPair>>, Json<Vec<ItemPair>>);
    let rows: Vec<Row> = sql!(
        "SELECT o.collection_id, o.other_id, v.kind, v.items, o.items FROM overlap o
         JOIN overlap_verdict v ON v.overlap_id = o.id AND v.substance = o.substance AND v.other_substance = o.other_substance
         WHERE NOT EXISTS (
           SELECT 1 FROM overlap_verdict later WHERE later.overlap_id = o.id AND later.substance = o.substance
             AND later.other_substance = o.other_substance AND (later.at > v.at OR (later.at = v.at AND later.id > v.id)))
         ORDER BY o.collection_id, o.other_id",
    )
    .all(tx)
    .await?;
    let convert = |(collection, other, kind, Json(marked), Json(shown)): Row| {
        let kind = term!(VerdictKind, kind)?;
        let items = match kind {
            VerdictKind::Rejected => Vec::new(),
            _ if marked.is_empty() => shown,
            _ => marked,
        };
        Ok(Decided { collection, other, kind, items })
    };
    rows.into_iter().map(convert).collect()
}

/// The two collections of every pair that no decision holds for: nobody knows yet whether they ask for the same.
///
/// # Errors
/// As the engine says.
pub async fn undecided(tx: &mut Tx) -> Result<Vec<(Uuid, Uuid)>> {
    sql!(
        "SELECT o.collection_id, o.other_id FROM overlap o WHERE NOT EXISTS (
           SELECT 1 FROM overlap_verdict v WHERE v.overlap_id = o.id AND v.substance = o.substance AND v.other_substance = o.other_substance)",
    )
    .all(tx)
    .await
}
