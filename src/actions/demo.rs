//! Building the demonstration register.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::collections::{Circumstances, register};
use super::sign_in::{event_of, make_link};
use super::{Origin, demo_cases, import, reference, watching};
use crate::clock;
use crate::db::events::Event;
use crate::db::{Db, Tx, collections, consultations, events, people, settings, sign_in, wipe};
use crate::domain::access::Role;
use crate::domain::person::Person;
use crate::domain::reference::ReferenceData;
use crate::domain::sign_in::Purpose;
use crate::domain::watching::{Pace, Watch};
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

/// The function mailbox of the agency that asks for consultation in the demonstration.
const CONSULTING: &str = "statistik@skolverket.example";
/// The function mailbox of the body that is consulted.
const CONSULTED: &str = "samrad@skr.example";

/// Within which time whoever has begun to write the examples of consultation has written the first one.
const WRITING: TimeDelta = TimeDelta::minutes(1);

/// The function mailbox of the analyst who watches new consultations.
const WATCHING: &str = "analys@skatteverket.example";

/// Those who may be tried out in a demonstration: role, organisation, function mailbox, and whether it looks after others.
const CAST: [(Role, &str, &str, bool); 5] = [
    (Role::Admin, "202100-6883", "registret@digg.example", false),
    (Role::Agency, "202100-4185", CONSULTING, true),
    (Role::Skr, "SKR", CONSULTED, true),
    (Role::Municipality, "2580", "samordning@lulea.example", true),
    (Role::Analyst, "202100-5448", WATCHING, false),
];

/// A way in to a demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// As what one comes in.
    pub role: Role,
    /// For which organisation, by code.
    pub organisation: &'static str,
    /// What the address holds.
    pub token: String,
}

/// Makes a link for each role, in place of those of the latest start. They work again and again while the demonstration runs.
///
/// # Errors
/// As the database says.
pub async fn open_doors(db: &Db, now: DateTime<Utc>) -> Result<Vec<Door>> {
    let mut tx = db.write().await?;
    // instances that start at the same moment do this one after the other: the later one finds the people of the earlier
    settings::set(&mut tx, settings::DEMONSTRATION, "yes").await?;
    sign_in::delete_all(&mut tx, Purpose::Demonstration).await?;
    let mut doors = Vec::new();
    for (role, organisation, email, manager) in CAST {
        let known = people::by_email(&mut tx, email).await?;
        let id = known.as_ref().map_or_else(clock::new_id, |person| person.id);
        let is_new = known.is_none();
        let person = Person {
            id,
            email: Some(email.to_owned()),
            name: known.as_ref().and_then(|person| person.name.clone()),
            organisation: organisation.to_owned(),
            role,
            manager,
            created_at: known.as_ref().map_or(now, |person| person.created_at),
            last_seen_at: known.as_ref().and_then(|person| person.last_seen_at),
            warned_at: None,
            closed_at: None,
            erased_at: None,
        };
        people::put(&mut tx, &person).await?;
        if is_new {
            events::add(&mut tx, &event_of(&person, None, "person.invited", now)).await?;
        }
        let token = make_link(&mut tx, id, Purpose::Demonstration, None, now).await?;
        doors.push(Door { role, organisation, token });
    }
    tx.commit().await?;
    Ok(doors)
}

/// Writes the examples of consultation, once there are those whom they are between: after [`open_doors`]. Where there are consultations
/// already, or another instance is writing the examples, nothing is done: whatever was done since stands.
///
/// # Errors
/// As the database says.
pub async fn consult(db: &Db, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    settings::lock(&mut tx).await?;
    let begun = settings::get(&mut tx, settings::DEMONSTRATION_CASES).await?.and_then(|at| at.parse::<DateTime<Utc>>().ok());
    // an instance that was ended as it wrote them has not come to the first one: another goes on after a while
    if consultations::is_any(&mut tx).await? || begun.is_some_and(|begun| now - begun < WRITING) {
        return Ok(());
    }
    settings::set(&mut tx, settings::DEMONSTRATION_CASES, &now.to_rfc3339()).await?;
    tx.commit().await?;
    watch(db, origin, now).await?;
    demo_cases::build(db, origin, (CONSULTING, CONSULTED), now).await
}

/// Lets the analyst watch all new consultations.
async fn watch(db: &Db, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.read().await?;
    let analyst = people::by_email(&mut tx, WATCHING).await?.ok_or(Error::NotFound)?;
    let acting = people::acting(&mut tx, analyst.id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let everything = Watch { agency: None, area: None, pace: Pace::AtOnce };
    watching::add(db, origin, &acting.actor, &everything, now).await?.map_err(|(_, why)| Error::Invalid(why))
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
