//! What was decided earlier: a collection as each of its decided versions had it.

use sqlx::types::Json;
use uuid::Uuid;

use super::collections::{self, Version};
use super::{Result, Tx};
use crate::domain::collection::Collection;
use crate::domain::round::Round;
use crate::domain::terms::Status;
use crate::sql;

/// The decided versions of a collection before the one in force, oldest first, each as it was decided. Versions that were planned and never
/// decided are left out.
///
/// # Errors
/// As the engine says.
pub async fn decided_before(tx: &mut Tx, id: Uuid) -> Result<Vec<Collection>> {
    let rows: Vec<(i64, Option<Json<Vec<Round>>>)> = sql!(
        "SELECT v.version, v.decided_rounds FROM collection_version v JOIN collection c ON c.id = v.collection_id
         WHERE c.id = $1 AND v.in_force_at IS NOT NULL AND v.version < c.decided_version ORDER BY v.version",
        id,
    )
    .all(tx)
    .await?;
    let mut versions = Vec::with_capacity(rows.len());
    for (version, rounds) in rows {
        let Some(collection) = collections::load(tx, &[id], Version::Numbered(version)).await?.pop() else { continue };
        // later versions have taken over the rounds that had not begun
        let rounds = rounds.map_or_else(|| collection.rounds.clone(), |Json(rounds)| rounds);
        versions.push(Collection { status: Status::Decided, planned_version: None, rounds, ..collection });
    }
    Ok(versions)
}
