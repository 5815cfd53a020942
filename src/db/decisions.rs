//! Decisions: who decided on a version of a collection, and how much it changed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::decision::{Decision, Exemption, Significance};
use crate::sql;

/// What is known of a version as a decision; empty where nothing has been said.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, collection: Uuid, version: i64) -> Result<Decision> {
    type Text = Option<String>;
    let row: Option<(Text, Text, Text, Text, Text, Text, Text)> = sql!(
        "SELECT significance, significance_reason, exemption, exemption_reason, decision_maker, rapporteur, participants FROM decision
         WHERE collection_id = $1 AND version = $2",
        collection,
        version,
    )
    .optional(tx)
    .await?;
    let Some((significance, significance_reason, exemption, exemption_reason, decision_maker, rapporteur, participants)) = row else {
        return Ok(Decision::default());
    };
    let significance = significance.map(|code| term!(Significance, code)).transpose()?;
    let exemption = exemption.map(|code| term!(Exemption, code)).transpose()?;
    Ok(Decision { significance, significance_reason, exemption, exemption_reason, decision_maker, rapporteur, participants })
}

/// Writes what is known of a version as a decision, in place of what was written before.
///
/// # Errors
/// As the engine says.
pub async fn put(tx: &mut Tx, collection: Uuid, version: i64, decision: &Decision) -> Result<()> {
    sql!(
        "INSERT INTO decision (collection_id, version, significance, significance_reason, exemption, exemption_reason, decision_maker,
           rapporteur, participants)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (collection_id, version) DO UPDATE SET significance = excluded.significance,
           significance_reason = excluded.significance_reason, exemption = excluded.exemption,
           exemption_reason = excluded.exemption_reason, decision_maker = excluded.decision_maker,
           rapporteur = excluded.rapporteur, participants = excluded.participants",
        collection,
        version,
        decision.significance.map(Significance::code),
        &decision.significance_reason,
        decision.exemption.map(Exemption::code),
        &decision.exemption_reason,
        &decision.decision_maker,
        &decision.rapporteur,
        &decision.participants,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// A version that has come into force, as its decision left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The version.
    pub version: i64,
    /// Since when it is in force.
    pub since: DateTime<Utc>,
    /// How much it changed; none where nobody has said.
    pub significance: Option<Significance>,
    /// The closed case on which the decision rests.
    pub case: Option<Uuid>,
}

/// The versions of a collection that have come into force, up to this one, the newest first.
///
/// # Errors
/// As the engine says.
pub async fn in_force(tx: &mut Tx, collection: Uuid, version: i64) -> Result<Vec<InForce>> {
    type Row = (i64, DateTime<Utc>, Option<String>, Option<Uuid>);
    let rows: Vec<Row> = sql!(
        "SELECT v.version, v.in_force_at, d.significance, d.consultation_id
         FROM collection_version v LEFT JOIN decision d ON d.collection_id = v.collection_id AND d.version = v.version
         WHERE v.collection_id = $1 AND v.version <= $2 AND v.in_force_at IS NOT NULL ORDER BY v.version DESC",
        collection,
        version,
    )
    .all(tx)
    .await?;
    let one = |(version, since, significance, case): Row| {
        let significance = significance.map(|code| term!(Significance, code)).transpose()?;
        Ok(InForce { version, since, significance, case })
    };
    rows.into_iter().map(one).collect()
}

/// On which closed case the decision on a version rests.
///
/// # Errors
/// As the engine says.
pub async fn rests_on(tx: &mut Tx, collection: Uuid, version: i64) -> Result<Option<Uuid>> {
    let row: Option<(Option<Uuid>,)> =
        sql!("SELECT consultation_id FROM decision WHERE collection_id = $1 AND version = $2", collection, version).optional(tx).await?;
    Ok(row.and_then(|(case,)| case))
}

/// Writes on which closed case the decision on a version rests.
///
/// # Errors
/// As the engine says.
pub async fn rest(tx: &mut Tx, collection: Uuid, version: i64, case: Option<Uuid>) -> Result<()> {
    sql!(
        "INSERT INTO decision (collection_id, version, consultation_id) VALUES ($1, $2, $3)
         ON CONFLICT (collection_id, version) DO UPDATE SET consultation_id = excluded.consultation_id",
        collection,
        version,
        case,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Whether any decision rests on a case.
///
/// # Errors
/// As the engine says.
pub async fn is_rested_on(tx: &mut Tx, case: Uuid) -> Result<bool> {
    let row: Option<(i64,)> = sql!("SELECT version FROM decision WHERE consultation_id = $1 LIMIT 1", case).optional(tx).await?;
    Ok(row.is_some())
}
