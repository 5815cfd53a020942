//! Every decision on the pairs that somebody may know of: what groups of collections and items are made of.

use std::collections::HashMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use super::review::Sight;
use super::{ItemPair, portions};
use crate::domain::overlap::groups::Decision;
use crate::domain::overlap::verdict::VerdictKind;
use crate::domain::terms::{Periodicity, Status};
use crate::sql;

/// A decision on a pair of collections, with the items that are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The collections and what was decided of them.
    pub decision: Decision<Uuid>,
    /// The items that are the same, of the first collection and of the second.
    pub items: Vec<ItemPair>,
}

/// One decision for each pair that has any: the latest that holds, or else the latest.
///
/// # Errors
/// As the engine says.
pub async fn settled(tx: &mut Tx, sight: Sight) -> Result<Vec<Settled>> {
    type Row = (Uuid, Uuid, Uuid, String, Json<Vec<ItemPair>>, bool);
    let rows: Vec<Row> = sql!(
        "SELECT o.id, o.collection_id, o.other_id, v.kind, v.items, v.substance = o.substance AND v.other_substance = o.other_substance
         FROM overlap_verdict v JOIN overlap o ON o.id = v.overlap_id
         JOIN collection c ON c.id = o.collection_id JOIN collection d ON d.id = o.other_id
         WHERE c.number IS NOT NULL AND c.status <> 'draft' AND d.number IS NOT NULL AND d.status <> 'draft'
           AND ($1 OR (c.open_from <= $2 AND d.open_from <= $2))
         ORDER BY v.at DESC, v.id DESC",
        sight.hidden,
        sight.today,
    )
    .all(tx)
    .await?;
    let mut settled: HashMap<Uuid, Settled> = HashMap::new();
    for (overlap, collection, other, kind, Json(items), holds) in rows {
        let decision = Decision { ends: (collection, other), kind: term!(VerdictKind, kind)?, holds };
        let one = settled.entry(overlap).or_insert_with(|| Settled { decision, items: items.clone() });
        if holds && !one.decision.holds {
            *one = Settled { decision, items };
        }
    }
    Ok(settled.into_values().collect())
}

/// A collection as groups name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The number.
    pub number: String,
    /// The title in force.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// How often, by the register's own words.
    pub periodicity: Periodicity,
    /// How often, by the agency's.
    pub periodicity_words: Option<String>,
}

/// These collections, as far as they have numbers.
///
/// # Errors
/// As the engine says.
pub async fn members(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Member>> {
    let mut members = HashMap::with_capacity(ids.len());
    for some in portions(ids) {
        let rows: Vec<(Uuid, String, String, String, String, Option<String>)> = sql!(
            "SELECT c.id, c.number, v.title, c.status, v.periodicity, v.periodicity_words FROM collection c
             JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
             WHERE c.number IS NOT NULL AND c.id IN ($1..)"
        )
        .list(some)
        .all(tx)
        .await?;
        for (id, number, title, status, periodicity, periodicity_words) in rows {
            let (status, periodicity) = (term!(Status, status)?, term!(Periodicity, periodicity)?);
            members.insert(id, Member { number, title, status, periodicity, periodicity_words });
        }
    }
    Ok(members)
}
