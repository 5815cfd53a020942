//! Which collections have been compared with all others, up to which change of theirs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Result, Tx};
use crate::sql;

/// A collection that is to be compared.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// Identity.
    pub id: Uuid,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// When it, or something that is shown with it, was last written: what the index must have read.
    pub touched_at: DateTime<Utc>,
}

/// At most `most` collections that changed since they were compared, or were compared by an earlier version of the method; the first
/// registered first.
///
/// # Errors
/// As the engine says.
pub async fn due(tx: &mut Tx, method: i64, most: i64) -> Result<Vec<Due>> {
    sql!(
        "SELECT c.id, c.changed_at, c.touched_at FROM collection c LEFT JOIN overlap_check k ON k.collection_id = c.id
         WHERE c.number IS NOT NULL AND c.status <> 'draft'
           AND (k.collection_id IS NULL OR k.method < $1 OR k.changed_at <> c.changed_at)
         ORDER BY c.id LIMIT $2",
        method,
        most,
    )
    .all(tx)
    .await
}

/// Writes up to which change collections have been compared.
///
/// # Errors
/// As the engine says.
pub async fn done(tx: &mut Tx, compared: &[Due], method: i64) -> Result<()> {
    for one in compared {
        sql!(
            "INSERT INTO overlap_check (collection_id, changed_at, method) VALUES ($1, $2, $3)
             ON CONFLICT (collection_id) DO UPDATE SET changed_at = excluded.changed_at, method = excluded.method",
            one.id,
            one.changed_at,
            method,
        )
        .run(tx)
        .await?;
    }
    Ok(())
}

/// Has a collection compared once more.
///
/// # Errors
/// As the engine says.
pub async fn again(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!("DELETE FROM overlap_check WHERE collection_id = $1", id).run(tx).await?;
    Ok(())
}
