//! Watching new consultations: what somebody watches, and who is told of what, at once or once a day.
//!
//! Nobody is told of a collection that is not open, whoever watches.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Origin;
use super::collections::retried;
use super::consultations::Seen;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::events::Event;
use crate::db::watching::{self, Case, Which};
use crate::db::{Db, Tx, areas, events, organisations, outbox, people};
use crate::domain::access::{Action, Actor, may};
use crate::domain::watching::{MOST, Pace, Watch, WatchPart};
use crate::error::{Error, Result};
use crate::mail::messages::{Named, NewCase, NewCases};

/// A summary is sent no sooner after the one before.
const BETWEEN: TimeDelta = TimeDelta::hours(20);
/// What was asked for so lately waits for the next summary: another instance may be about to write what bears an earlier moment.
const SETTLED: TimeDelta = TimeDelta::minutes(10);

/// Why a watch is not added, in Swedish.
pub type Fault = (WatchPart, String);

/// Adds a watch. One that watches the same gets its pace: what waited for a summary is told first, and nothing twice. Sent twice it is there
/// once. What is wrong with the watch is answered.
///
/// # Errors
/// `Forbidden`.
pub async fn add(db: &Db, origin: &Origin, actor: &Actor, watch: &Watch, now: DateTime<Utc>) -> Result<Result<(), Fault>> {
    retried(|| add_once(db, origin, actor, watch, now)).await
}

async fn add_once(db: &Db, origin: &Origin, actor: &Actor, watch: &Watch, now: DateTime<Utc>) -> Result<Result<(), Fault>> {
    allowed(actor)?;
    let mut tx = db.write().await?;
    people::lock(&mut tx, actor.person).await?;
    if let Some(code) = &watch.agency
        && organisations::get(&mut tx, code).await?.is_none()
    {
        return Ok(Err((WatchPart::Agency, "Välj en myndighet i listan.".to_owned())));
    }
    if let Some(code) = &watch.area
        && !areas::all(&mut tx).await?.iter().any(|(known, _)| known == code)
    {
        return Ok(Err((WatchPart::Area, "Välj ett område i listan.".to_owned())));
    }
    let held = watching::of_person(&mut tx, actor.person).await?;
    match held.iter().find(|one| one.watch.covers_same(watch)) {
        Some(same) if same.watch == *watch => return Ok(Ok(())), // sent twice
        Some(same) => {
            if watch.pace == Pace::AtOnce {
                summarise_until(&mut tx, origin, actor.person, (now, now)).await?;
            }
            watching::set_pace(&mut tx, same.id, watch.pace, now).await?;
        }
        None if held.len() >= MOST => {
            return Ok(Err((WatchPart::Number, format!("Du har redan {MOST} bevakningar. Ta bort någon först."))));
        }
        None => watching::add(&mut tx, clock::new_id(), actor.person, watch, now).await?,
    }
    // what is watched is the person's own affair
    let detail = json!({ "pace": watch.pace.code() });
    events::add(&mut tx, &event(actor, "person.watched", detail, now)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes a watch of the actor's away. Sent twice it is gone once.
///
/// # Errors
/// `Forbidden`.
pub async fn remove(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    allowed(actor)?;
    let mut tx = db.write().await?;
    if watching::remove(&mut tx, actor.person, id).await? {
        events::add(&mut tx, &event(actor, "person.unwatched", Value::Null, now)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Refuses whoever may not watch.
fn allowed(actor: &Actor) -> Result<()> {
    if may(actor, Action::Watch) { Ok(()) } else { Err(Error::Forbidden) }
}

fn event(actor: &Actor, action: &str, detail: Value, now: DateTime<Utc>) -> Event {
    Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: action.to_owned(),
        subject_kind: "person".to_owned(),
        subject: actor.person.to_string(),
        detail,
    }
}

/// Writes to those who want to know at once of a case that is asked for, but for whoever asks. Answers how many letters there are.
///
/// # Errors
/// As the database says.
pub(super) async fn tell(tx: &mut Tx, origin: &Origin, seen: &Seen, now: DateTime<Utc>) -> Result<usize> {
    let today = clock::swedish_day(now);
    if !seen.known.parties(today).open {
        return Ok(0);
    }
    // as everyone reads it: a change that is planned may be shown later
    let read = collections::load(tx, &[seen.known.id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
    let agencies: Vec<String> = seen.known.responsible.iter().chain([&seen.case.agency]).cloned().collect();
    let watchers = watching::at_once(tx, &agencies, read.content.area.as_deref(), today).await?;
    let name = organisations::get(tx, &seen.case.agency).await?.map_or_else(|| seen.case.agency.clone(), |one| one.name);
    let collection = named(origin, &seen.collection.to_string(), read.content.title);
    let case = NewCase { number: seen.case.number.to_string(), agency: name, collection, wanted_on: seen.case.asking.wanted_on };
    let told = watchers.into_iter().filter(|(actor, _)| may(actor, Action::Watch) && Some(actor.person) != seen.case.person);
    let mut letters = 0;
    for (_, email) in told {
        outbox::add(tx, &message(origin, vec![case.clone()]).letter(&email, now)?, now).await?;
        letters += 1;
    }
    Ok(letters)
}

/// Writes the summaries that are due. Answers how many letters were written. A fault with one of them goes to the log, and the others are
/// written.
///
/// Several instances may do so at once: each person is told of each case once.
///
/// # Errors
/// As the database says where it does not tell whose turn it is.
pub async fn summarise(db: &Db, origin: &Origin, now: DateTime<Utc>) -> Result<usize> {
    let mut letters = 0;
    for person in watching::due(&mut db.read().await?, now - BETWEEN).await? {
        match retried(|| summarise_one(db, origin, person, now)).await {
            Ok(told) => letters += usize::from(told),
            Err(error) => tracing::error!(%error, "somebody who watches was not told of new consultations"),
        }
    }
    Ok(letters)
}

async fn summarise_one(db: &Db, origin: &Origin, person: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = db.write().await?;
    // whoever else writes this summary now is waited for, and what is read after that has been told
    people::lock(&mut tx, person).await?;
    let told = summarise_until(&mut tx, origin, person, (now - SETTLED, now)).await?;
    tx.commit().await?;
    Ok(told)
}

/// Writes at `now` to a person, who is locked, of what its watches brought up until a moment. Answers whether there was anything.
async fn summarise_until(tx: &mut Tx, origin: &Origin, person: Uuid, (until, now): (DateTime<Utc>, DateTime<Utc>)) -> Result<bool> {
    let (known, acting) = (people::get(tx, person).await?, people::acting(tx, person).await?);
    let Some((email, acting)) = known.and_then(|one| one.email).zip(acting) else { return Ok(false) };
    let cases = watching::cases(tx, person, Which::Untold(until), clock::swedish_day(now)).await?;
    if cases.is_empty() || !may(&acting.actor, Action::Watch) {
        return Ok(false);
    }
    let case = |one: Case| NewCase {
        collection: named(origin, &one.collection, one.title),
        number: one.number,
        agency: one.agency,
        wanted_on: one.wanted_on,
    };
    let count = cases.len();
    let letter = message(origin, cases.into_iter().map(case).collect()).letter(&email, now)?;
    outbox::add(tx, &letter, now).await?;
    watching::told(tx, person, until).await?;
    let told = event(&acting.actor, "person.told", json!({ "cases": count }), now);
    events::add(tx, &Event { actor: "register".to_owned(), person: None, ..told }).await?;
    Ok(true)
}

fn named(origin: &Origin, number: &str, title: String) -> Named {
    Named { number: number.to_owned(), title, address: format!("{}/insamlingar/{number}", origin.base_url) }
}

fn message(origin: &Origin, cases: Vec<NewCase>) -> NewCases {
    NewCases { origin: origin.clone(), cases, address: format!("{}/bevakningar", origin.base_url) }
}
