//! Building the demonstration register.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::collections::{Circumstances, register};
use super::{import, reference};
use crate::clock;
use crate::db::events::Event;
use crate::db::{Db, Tx, collections, events, settings, wipe};
use crate::domain::reference::ReferenceData;
use crate::error::{Error, Result};
use crate::intake::demonstration;

/// The agency in whose name the directory is read; every collection is registered by its own.
const STATISTICS_SWEDEN: &str = "202100-0837";

/// The moment at which every demonstration collection was registered: numbers and dates are the same in every demonstration.
const REGISTERED_AT: DateTime<Utc> = match DateTime::from_timestamp(1_772_438_400, 0) {
    Some(moment) => moment,
    None => DateTime::<Utc>::UNIX_EPOCH,
};

/// Whether the register is a demonstration.
///
/// # Errors
/// As the database says.
pub async fn is_demonstration(db: &Db) -> Result<bool> {
    Ok(settings::get(&mut db.read().await?, settings::DEMONSTRATION).await?.is_some())
}

/// Loads the reference data and, on an empty register, the demonstration's collections; a demonstration that has been built is kept.
///
/// # Errors
/// `Invalid` where the register holds something else than a demonstration.
pub async fn build(db: &Db, data: &ReferenceData, now: DateTime<Utc>) -> Result<()> {
    if is_demonstration(db).await? {
        reference::load(db, data, now).await?;
        return Ok(());
    }
    reference::load(db, data, now).await?;
    let directory = import::directory(db, STATISTICS_SWEDEN).await?;
    let examples = demonstration::collections(&directory, clock::swedish_day(REGISTERED_AT)).map_err(Error::internal)?;
    let mut tx = db.write().await?;
    if !settings::claim(&mut tx, settings::DEMONSTRATION, "yes").await? {
        return Ok(()); // another instance built it meanwhile
    }
    if !is_unused(&mut tx).await? {
        let message = "Databasen innehåller redan ett register som inte är en demonstration. Ange en tom databas.";
        return Err(Error::Invalid(message.to_owned()));
    }
    for example in &examples {
        let owner = example.parts().responsible.first().cloned().unwrap_or_default();
        register(&mut tx, example, &Circumstances::new(REGISTERED_AT, owner, "demonstration")).await?;
    }
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: "register".to_owned(),
        person: None,
        action: "demonstration.built".to_owned(),
        subject_kind: "register".to_owned(),
        subject: "demonstration".to_owned(),
        detail: json!({ "collections": examples.len() }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(())
}

/// Empties a demonstration, so that the next [`build`] starts over. A register that is no demonstration is left alone.
///
/// # Errors
/// `Invalid` where the register is a real one; else as the database says.
pub async fn start_over(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let is_demonstration = settings::get(&mut tx, settings::DEMONSTRATION).await?.is_some();
    if !is_demonstration && !is_unused(&mut tx).await? {
        let message = "Databasen innehåller ett register som inte är en demonstration. Det töms inte.";
        return Err(Error::Invalid(message.to_owned()));
    }
    wipe::everything(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether nothing but reference data has ever been written.
async fn is_unused(tx: &mut Tx) -> Result<bool> {
    let written = events::count_but(tx, reference::LOADED).await?;
    Ok(written == 0 && collections::count(tx).await? == 0)
}
