//! Facts about this register itself.

use super::{Result, Tx};
use crate::sql;

/// The key under which the version of the loaded reference data stands.
pub const REFERENCE_VERSION: &str = "reference_version";
/// The key that marks a demonstration register.
pub const DEMONSTRATION: &str = "demonstration";
/// The key of when somebody last began to write the examples of consultation: of instances that start at the same moment one does it.
pub const DEMONSTRATION_CASES: &str = "demonstration_cases";
/// The key of how many working days a body has at least to answer before the agency must say why it gets fewer: the administrator's choice.
pub const CONSULTATION_WORKING_DAYS: &str = "consultation_working_days";
/// The key of how many megabytes an attached file may have at most: the administrator's choice.
pub const ATTACHMENT_MEGABYTES: &str = "attachment_megabytes";
/// The key that marks that the administrator has chosen which bodies are consulted.
pub const CONSULTED_CHOSEN: &str = "consulted_chosen";
/// The key of when the administrator last changed what is known of earlier years.
pub const CONSULTATION_YEARS_CHANGED: &str = "consultation_years_changed";
/// The key that whoever asks for a link sets first: of several at once each then counts the attempts before its own.
pub const SIGN_IN_QUEUE: &str = "sign_in_queue";

/// The value of a setting, if it is set.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sql!("SELECT value FROM setting WHERE key = $1", key).optional(tx).await?;
    Ok(row.map(|(value,)| value))
}

/// Lets nobody else choose anything until the transaction ends: what is read after this is what a choice goes back on.
///
/// # Errors
/// As the engine says.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    sql!("UPDATE setting SET value = value WHERE key = $1", REFERENCE_VERSION).run(tx).await?;
    Ok(())
}

/// Sets a setting.
///
/// # Errors
/// As the engine says.
pub async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    sql!("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
        .run(tx)
        .await?;
    Ok(())
}

/// Sets a setting that nobody has set. Answers false where somebody has; a second instance that tries at the same time waits for the first.
///
/// # Errors
/// As the engine says.
pub async fn claim(tx: &mut Tx, key: &str, value: &str) -> Result<bool> {
    let set = sql!("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", key, value).run(tx).await?;
    Ok(set > 0)
}
