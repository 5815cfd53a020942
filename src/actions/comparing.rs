//! Comparing every collection with all others in the background: when it is registered or changes, and when the method does.
//!
//! Several collections are read at once, each is searched for without any transaction, and a few at a time are written, so that whoever
//! works in the register waits for moments only. What changed in between is left for the next round.

mod flags;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::slice::from_ref;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use self::flags::{Compared, Gone, Outcome, Surroundings};
pub(super) use self::flags::{digest, pair};
use super::collections::retried;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::events::Event;
use crate::db::pairs::checks::{self, Due};
use crate::db::pairs::{self, Found};
use crate::db::{Db, Tx, case, events, people};
use crate::domain::collection::Collection;
use crate::domain::overlap::weights::METHOD;
use crate::domain::overlap::{Planned, Tier};
use crate::error::{Error, Result};
use crate::search::Index;
use crate::search::overlap::{Overlap, Record};

/// Collections that are read and searched for before any is written: what is lost when the program is ended.
const BATCH: i64 = 50;
/// Collections written in one transaction.
const AT_ONCE: usize = 5;
/// How long others may write before the next transaction. On SQLite another program has no other chance.
const BREATH: Duration = Duration::from_millis(2);
/// How many of the likeliest are looked at for one collection, among them those that are registered later or are over.
const MOST: usize = 100;
/// How long a collection waits that could not be compared.
const FAULTY_WAITS: TimeDelta = TimeDelta::hours(1);
/// How long an instance has the turn to compare, once it took it: as long others wait when it is ended.
const TURN: TimeDelta = TimeDelta::seconds(60);

/// A round through the collections, from the one registered first to the last.
#[derive(Debug, Clone, Default)]
pub struct Round {
    /// How far it has come.
    after: Uuid,
    /// Collections that could not be compared, and until when they wait.
    faulty: HashMap<Uuid, DateTime<Utc>>,
    /// Which instance of the program goes it, and until when it has the turn; none: it goes it whoever else does.
    holder: Option<(Uuid, DateTime<Utc>)>,
}

impl Round {
    /// The round of an instance of the program, which others leave it to.
    #[must_use]
    pub fn of(instance: Uuid) -> Self {
        Self { holder: Some((instance, DateTime::UNIX_EPOCH)), ..Self::default() }
    }

    /// Takes the turn, or keeps it.
    async fn take_turn(&mut self, db: &Db, now: DateTime<Utc>) -> Result<bool> {
        let Some((holder, until)) = &mut self.holder else { return Ok(true) };
        if *until - now > TURN / 2 {
            return Ok(true);
        }
        let mut tx = db.write().await?;
        let is_taken = checks::take_turn(&mut tx, *holder, now, now + TURN).await?;
        tx.commit().await?;
        if is_taken {
            *until = now + TURN;
        }
        Ok(is_taken)
    }

    /// Gives the turn back, so that nobody waits for it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn leave_turn(&mut self, db: &Db) -> Result<()> {
        if let Some((holder, until)) = &mut self.holder
            && *until != DateTime::UNIX_EPOCH
        {
            let mut tx = db.write().await?;
            checks::leave_turn(&mut tx, *holder).await?;
            tx.commit().await?;
            *until = DateTime::UNIX_EPOCH;
        }
        Ok(())
    }
}

/// Goes a whole round at once, as a register that nobody works in meanwhile allows. Answers how many collections were compared.
///
/// # Errors
/// As [`compare_next`].
pub async fn compare_some(db: &Db, index: &Index, now: DateTime<Utc>) -> Result<usize> {
    let (mut round, mut all) = (Round::default(), 0);
    while let Some(some) = compare_next(db, index, &mut round, now).await? {
        all += some;
    }
    Ok(all)
}

/// Compares the next collections of a round that changed, or that another version of the method has compared. Answers how many; none at
/// the end of the round, where it is another instance's turn, or where the index has still to read what has changed: the next search would
/// not find it, and whoever has compared that may not have found what is compared now.
///
/// What is compared is the version in force; several instances may do so at once. A collection that cannot be compared is logged and
/// passed over.
///
/// # Errors
/// As database and index say; what was compared before stays.
pub async fn compare_next(db: &Db, index: &Index, round: &mut Round, now: DateTime<Utc>) -> Result<Option<usize>> {
    let mut tx = db.read().await?;
    // where nobody could answer, as in a register that is only read, there is nothing to do
    let mut due = if people::is_anybody(&mut tx).await? { checks::due(&mut tx, METHOD, round.after, BATCH).await? } else { Vec::new() };
    // after what is due was read: a change that comes later is due later
    let changed = if due.is_empty() { Vec::new() } else { checks::changed_since(&mut tx, index.complete_until()).await? };
    drop(tx);
    let Some(last) = due.last().map(|one| one.id) else {
        round.after = Uuid::nil();
        return Ok(None);
    };
    if !has_read(index, changed).await? || !round.take_turn(db, now).await? {
        return Ok(None);
    }
    round.faulty.retain(|_, until| *until > now);
    due.retain(|one| !round.faulty.contains_key(&one.id));
    let mut compared = 0;
    let mut outcomes = judge_all(db, index, &due, &mut round.faulty, now).await?;
    // what was searched for afterwards has seen the same already
    let mut afterwards = HashSet::new();
    for one in outcomes.iter_mut().rev() {
        one.asks.retain(|id| !afterwards.contains(id));
        afterwards.insert(one.due.id);
    }
    for some in outcomes.chunks(AT_ONCE) {
        compared += write_all(db, some, &mut round.faulty, now).await?;
        tokio::time::sleep(BREATH).await;
    }
    round.after = last;
    Ok(Some(compared))
}

/// Whether the finder knows these changes.
async fn has_read(index: &Index, changed: Vec<(Uuid, DateTime<Utc>)>) -> Result<bool> {
    let index = index.clone();
    let look = move || {
        let finder = index.finder()?;
        let knows = |(id, at): &(Uuid, DateTime<Utc>)| finder.stamp(*id).is_some_and(|stamp| stamp >= at.timestamp_micros());
        Ok(changed.iter().all(knows))
    };
    tokio::task::spawn_blocking(look).await.map_err(Error::internal)?
}

/// Notes that a collection could not be compared.
async fn note(db: &Db, one: &Due, error: &Error, faulty: &mut HashMap<Uuid, DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
    // a database that does not answer is no fault of a collection
    drop(db.read().await?);
    tracing::error!(collection = %one.id, %error, "a collection was not compared");
    faulty.insert(one.id, now + FAULTY_WAITS);
    Ok(())
}

/// Judges these; one by one where that fails, so that the fault of one is its own.
async fn judge_all(
    db: &Db,
    index: &Index,
    due: &[Due],
    faulty: &mut HashMap<Uuid, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Vec<Outcome>> {
    if let Ok(outcomes) = judge(db, index, due).await {
        return Ok(outcomes);
    }
    let mut outcomes = Vec::new();
    for one in due {
        match judge(db, index, from_ref(one)).await {
            Ok(outcome) => outcomes.extend(outcome),
            Err(error) => note(db, one, &error, faulty, now).await?,
        }
    }
    Ok(outcomes)
}

/// Writes these; one by one where that fails. Answers how many were as they had been read.
async fn write_all(db: &Db, outcomes: &[Outcome], faulty: &mut HashMap<Uuid, DateTime<Utc>>, now: DateTime<Utc>) -> Result<usize> {
    if let Ok(written) = retried(|| write(db, outcomes, now)).await {
        return Ok(written);
    }
    let mut written = 0;
    for one in outcomes {
        match retried(|| write(db, from_ref(one), now)).await {
            Ok(some) => written += some,
            Err(error) => note(db, &one.due, &error, faulty, now).await?,
        }
    }
    Ok(written)
}

/// Searches for what is like these, and tells what is to be written of it. What the index has not read yet is left out.
async fn judge(db: &Db, index: &Index, due: &[Due]) -> Result<Vec<Outcome>> {
    let ids: Vec<Uuid> = due.iter().map(|one| one.id).collect();
    let mut tx = db.read().await?;
    let read = collections::load(&mut tx, &ids, Version::InForce).await?;
    let mut families = pairs::families(&mut tx, &ids).await?;
    drop(tx);
    let mut read: HashMap<Uuid, Collection> = read.into_iter().map(|one| (one.id, one)).collect();
    let mut compared = Vec::new();
    for one in due {
        let Some(collection) = read.remove(&one.id).filter(|collection| collection.changed_at == one.changed_at) else { continue };
        if let Some(found) = search(index, &collection, families.remove(&one.id).unwrap_or_default()).await? {
            let is_cut = found.len() == MOST;
            compared.push(Compared { due: *one, collection, found, is_cut });
        }
    }
    let around = surroundings(db, &compared).await?;
    Ok(compared.iter().filter_map(|one| one.outcome(&around)).collect())
}

/// What is flagged for a collection, the likeliest first; nothing where the finder does not know it as it was
/// read. On a thread that may take its time.
async fn search(index: &Index, collection: &Collection, family: Vec<Uuid>) -> Result<Option<Vec<Overlap>>> {
    let (id, changed) = (collection.id, collection.changed_at.timestamp_micros());
    let planned = if collection.status.is_over() { None } else { Some(planned(collection)) };
    let index = index.clone();
    let search = move || {
        let finder = index.finder()?;
        if finder.stamp(id).is_none_or(|stamp| stamp < changed) {
            return Ok(None);
        }
        let found = planned.map(|planned| finder.find(&planned, MOST, |known| !family.contains(&known.id))).unwrap_or_default();
        Ok(Some(found.into_iter().filter(|one| one.judgement.tier == Tier::Flagged).collect()))
    };
    tokio::task::spawn_blocking(search).await.map_err(Error::internal)?
}

fn planned(collection: &Collection) -> Planned {
    let record = Record::of(collection, 0);
    Planned { title: record.title, purpose: record.purpose, area: record.area, items: record.items }
}

/// What stands at the other ends of the flags of these, old and new.
async fn surroundings(db: &Db, compared: &[Compared]) -> Result<Surroundings> {
    let own: Vec<Uuid> = compared.iter().map(|one| one.due.id).collect();
    let mut tx = db.read().await?;
    let flags = checks::flags_of(&mut tx, &own).await?;
    let flagged: BTreeSet<Uuid> = flags.iter().flat_map(|flag| [flag.found.collection, flag.found.other]).collect();
    let found: BTreeSet<Uuid> = compared.iter().flat_map(|one| one.found.iter().map(|found| found.id)).collect();
    let ends = checks::ends(&mut tx, METHOD, found.union(&flagged).copied()).await?;
    // only what a pair is written of is read whole: much may be found, and most of it was registered later
    let asked = compared.iter().filter_map(|one| one.sides(&ends, &flags)).flat_map(|sides| sides.asked).map(|one| one.id);
    let others: BTreeSet<Uuid> = asked.chain(flagged).collect();
    let ids: Vec<Uuid> = others.iter().copied().collect();
    let read = collections::load(&mut tx, &ids, Version::InForce).await?;
    let lineages = checks::lineages_of(&mut tx, others.into_iter().chain(own)).await?;
    Ok(Surroundings { flags, ends, others: read.into_iter().map(|one| (one.id, one)).collect(), lineages })
}

/// Writes what was found of a few collections, as far as everything is still as it was looked at. Answers of how many.
async fn write(db: &Db, outcomes: &[Outcome], now: DateTime<Utc>) -> Result<usize> {
    let mut tx = db.write().await?;
    let others: BTreeSet<Uuid> = outcomes.iter().flat_map(|one| one.others.keys().copied()).collect();
    let held = checks::changes(&mut tx, others).await?;
    let is_fresh = |one: &&Outcome| one.others.iter().all(|(id, at)| held.get(id) == Some(at));
    let fresh: BTreeMap<Uuid, &Outcome> = outcomes.iter().filter(is_fresh).map(|one| (one.due.id, one)).collect();
    let asks: BTreeSet<Uuid> = fresh.values().flat_map(|one| one.asks.iter().copied()).collect();
    let mut done = Vec::new();
    // rows are always taken in one order, so that two instances wait for each other but never both
    for id in fresh.keys().chain(&asks).copied().collect::<BTreeSet<Uuid>>() {
        if let Some(one) = fresh.get(&id)
            && checks::done(&mut tx, &one.due, METHOD, now).await?
        {
            done.push(*one);
        }
        if asks.contains(&id) {
            checks::again(&mut tx, id).await?;
        }
    }
    let new: usize = done.iter().map(|one| one.new).sum();
    write_flags(&mut tx, &done, now).await?;
    if new > 0 {
        events::add(&mut tx, &event(new, now)).await?;
    }
    tx.commit().await?;
    Ok(done.len())
}

async fn write_flags(tx: &mut Tx, done: &[&Outcome], now: DateTime<Utc>) -> Result<()> {
    let mut found: Vec<&Found> = done.iter().flat_map(|one| &one.found).collect();
    found.sort_by_key(|found| (found.collection, found.other));
    for found in found {
        pairs::put(tx, found, now).await?;
    }
    let mut gone: Vec<&Gone> = done.iter().flat_map(|one| &one.gone).collect();
    gone.sort_by_key(|gone| gone.collections);
    for Gone { id, substances: (own, other), .. } in &gone {
        pairs::mark_gone(tx, *id, (own, other), now).await?;
    }
    let mut rewritten: Vec<&Gone> = done.iter().flat_map(|one| &one.rewritten).collect();
    rewritten.sort_by_key(|gone| gone.collections);
    for Gone { id, substances, .. } in &rewritten {
        pairs::set_substances(tx, *id, substances).await?;
    }
    // what people confirmed of it may no longer hold, and both pages tell of that; the later one first, as where people answer
    for id in gone.iter().chain(&rewritten).flat_map(|gone| gone.collections).collect::<BTreeSet<Uuid>>().into_iter().rev() {
        case::touch(tx, id, now).await?;
    }
    Ok(())
}

fn event(new: usize, now: DateTime<Utc>) -> Event {
    Event {
        id: clock::new_id(),
        at: now,
        actor: "register".to_owned(),
        person: None,
        action: "overlap.flagged".to_owned(),
        subject_kind: "register".to_owned(),
        subject: "overlap".to_owned(),
        detail: json!({ "new": new }),
    }
}
