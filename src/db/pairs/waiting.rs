//! The pairs that wait for somebody at an organisation: flagged and perhaps not answered, or lately spoken of.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::{Result, Tx};
use super::{Found, Overlap, portions};
use crate::sql;

/// The flagged pairs whose asking collection any of these organisations is a party of, the likeliest first, without their items: there may
/// be many.
///
/// # Errors
/// As the engine says.
pub async fn asked(tx: &mut Tx, codes: &[String]) -> Result<Vec<Overlap>> {
    type Row = (Uuid, Uuid, Uuid, f64, String, String, i64, DateTime<Utc>);
    let rows: Vec<Row> = sql!(
        "WITH own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($1..))
         SELECT o.id, o.collection_id, o.other_id, o.probability, o.substance, o.other_substance, o.method, o.found_at
         FROM overlap o WHERE o.gone_at IS NULL AND o.collection_id IN (SELECT id FROM own) ORDER BY o.probability DESC, o.id",
    )
    .list(codes.iter())
    .all(tx)
    .await?;
    let convert = |(id, collection, other, probability, substance, other_substance, method, found_at): Row| Overlap {
        id,
        found: Found { collection, other, probability, items: Vec::new(), substance, other_substance, method },
        found_at,
        gone_at: None,
    };
    Ok(rows.into_iter().map(convert).collect())
}

/// A pair that somebody has said something of.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Spoken {
    /// Its identity.
    pub id: Uuid,
    /// The collection that asks.
    pub collection: Uuid,
    /// The other one.
    pub other: Uuid,
    /// Whether any of the organisations is a party of the one that asks: 1, else 0.
    pub asks: i64,
}

/// The pairs of which any of these organisations is a party on either side, and of which something was said after `since`.
///
/// # Errors
/// As the engine says.
pub async fn spoken(tx: &mut Tx, codes: &[String], since: DateTime<Utc>) -> Result<Vec<Spoken>> {
    sql!(
        "WITH own AS (SELECT DISTINCT p.collection_id AS id FROM collection_party p WHERE p.code IN ($2..))
         SELECT o.id, o.collection_id AS collection, o.other_id AS other, (SELECT COUNT(*) FROM own WHERE own.id = o.collection_id) AS asks
         FROM overlap o WHERE (o.collection_id IN (SELECT id FROM own) OR o.other_id IN (SELECT id FROM own))
           AND (EXISTS (SELECT 1 FROM overlap_answer a WHERE a.overlap_id = o.id AND a.at > $1)
             OR EXISTS (SELECT 1 FROM overlap_remark r WHERE r.overlap_id = o.id AND r.at > $1))",
        since,
    )
    .list(codes.iter())
    .all(tx)
    .await
}

/// A collection as lists name it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Titled {
    /// Identity.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// The title in force.
    pub title: String,
    /// From when everyone may read it.
    pub open_from: Option<NaiveDate>,
}

/// These collections as lists name them, in no order.
///
/// # Errors
/// As the engine says.
pub async fn titled(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Titled>> {
    let mut titled = Vec::new();
    for some in portions(ids) {
        let query = sql!(
            "SELECT c.id, c.number, v.title, c.open_from FROM collection c
             JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
             WHERE c.number IS NOT NULL AND c.id IN ($1..)",
        );
        titled.extend(query.list(some).all::<Titled>(tx).await?);
    }
    Ok(titled)
}
