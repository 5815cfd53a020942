//! Decisions: who decided on a version of a collection, and how much it changed.

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
