//! Registering and changing collections.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::events::Event;
use crate::db::register::{self, Collector, Identity, Known};
use crate::db::{Tx, events, organisations, rounds};
use crate::domain::access::Actor;
use crate::domain::collection::{Collection, open_from};
use crate::domain::field::{Fault, Field};
use crate::domain::identifier::CollectionNumber;
use crate::domain::life;
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::revision::{changed_fields, keep_unsaid};
use crate::domain::round::{Round, same_occasions};
use crate::domain::terms::Status;
use crate::error::{Error, Result};

/// Who writes, when and from what: what every write and its event need.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The moment of the write.
    pub now: DateTime<Utc>,
    /// The day in Sweden at that moment.
    pub today: NaiveDate,
    /// The organisation whose collection it is, by code.
    pub owner: String,
    /// The organisation that writes, by code: the owner, another responsible agency or the collector.
    pub acting: String,
    /// The person who writes; none on the command line.
    pub person: Option<Uuid>,
    /// Where it comes from: `form`, `import`, `demonstration`.
    pub source: &'static str,
}

impl Circumstances {
    /// A write at `now` on behalf of `owner`.
    #[must_use]
    pub fn new(now: DateTime<Utc>, owner: impl Into<String>, source: &'static str) -> Self {
        let owner = owner.into();
        Self { now, today: clock::swedish_day(now), acting: owner.clone(), person: None, owner, source }
    }

    /// A write at `now` by `actor` to a collection of `owner`.
    #[must_use]
    pub fn by(actor: &Actor, owner: impl Into<String>, now: DateTime<Utc>, source: &'static str) -> Self {
        Self { acting: actor.organisation.clone(), person: Some(actor.person), ..Self::new(now, owner, source) }
    }
}

/// Registers a planned, decided or ended collection under the year's next number.
///
/// # Errors
/// As the database says: `Conflict` where the owner has the own reference already.
pub async fn register(tx: &mut Tx, new: &NewCollection, at: &Circumstances) -> Result<CollectionNumber> {
    let parts = new.parts();
    let number = next_number(tx, at).await?;
    // what ended before it was registered was never decided here: nothing is known of its decision
    let decided = parts.status == Status::Decided;
    let identity = Identity {
        id: clock::new_id(),
        number: Some(number),
        status: parts.status,
        open_from: open_from(parts.visibility, at.today, &parts.rounds),
        owner_code: at.owner.clone(),
        own_reference: parts.own_reference.clone(),
        decided_version: decided.then_some(1),
        planned_version: (!decided).then_some(1),
    };
    register::insert(tx, &identity, at.now).await?;
    write_version(tx, (identity.id, 1), parts, register::Lineages::new(), at).await?;
    rounds::insert(tx, identity.id, 1, &parts.rounds).await?;
    add_event(tx, at, "collection.registered", identity.id, 1, &[]).await?;
    Ok(number)
}

async fn next_number(tx: &mut Tx, at: &Circumstances) -> Result<CollectionNumber> {
    Ok(register::next_number(tx, i64::from(at.today.year())).await?)
}

/// What came of comparing a collection with what the register has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It says the same; nothing was written.
    None,
    /// A new version took the place of the planned one, or was decided.
    Changed,
    /// A planned version stands beside the decided one, which stays in force.
    Revised,
}

/// Brings a known collection up to date. What `given` does not name stays as it is.
///
/// A planned one gets a new version in place of the old. A decided one stays in force, with its agencies, its openness and its rounds,
/// and the change is planned beside it, unless the change bears a later decision. Rounds that have begun stay with their version.
///
/// # Errors
/// `Invalid` where the collection's life does not allow it or the result lacks something, in Swedish; `Conflict` where somebody else
/// changed it meanwhile; else as the database says.
pub async fn change(tx: &mut Tx, known: &Known, new: &NewCollection, given: &BTreeSet<Field>, at: &Circumstances) -> Result<Change> {
    let newest = collections::load(tx, &[known.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let in_force = collections::load(tx, &[known.id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
    if says_the_same(new, &in_force, given) {
        return Ok(Change::None);
    }
    let mut parts = new.parts().clone();
    keep_unsaid(&mut parts, &newest.as_parts(), given);
    life::check(newest.status, parts.status).map_err(Error::Invalid)?;
    // what is in force was decided on its day: other content is decided only if it says on which other day
    let new_day = parts.content.decided_on.is_some() && parts.content.decided_on != in_force.content.decided_on;
    let revised = known.decided_version.is_some() && (parts.status == Status::Planned || (parts.status == Status::Decided && !new_day));
    if !revised {
        keep_begun(&in_force.rounds, &mut parts.rounds, at.today);
    }
    let parts = NewCollection::new(parts).map_err(|faults| Error::Invalid(in_words(&faults)))?;
    let parts = parts.parts();
    let mut fields = changed_fields(&newest.as_parts(), parts);
    fields.retain(|field| !(revised && *field == Field::Status)); // a planned change leaves a decided collection decided
    if fields.is_empty() {
        return Ok(Change::None);
    }
    let version = known.latest_version + 1;
    let identity = identity_after(known, &newest, parts, version, revised, at);
    let number = match newest.number {
        Some(number) => number,
        None => next_number(tx, at).await?,
    };
    // what is to be hidden is hidden at once, whatever else waits for a decision
    let open_from = match revised {
        true if parts.visibility == newest.visibility => in_force.open_from,
        true => open_from(parts.visibility, clock::swedish_day(newest.created_at), &in_force.rounds),
        false => identity.open_from,
    };
    let identity = Identity { number: Some(number), open_from, ..identity };
    let lineages = register::lineages(tx, known.id).await?;
    write_version(tx, (known.id, version), parts, lineages, at).await?;
    if revised {
        rounds::clear_proposal(tx, known.id, in_force.version).await?;
        rounds::insert(tx, known.id, version, &parts.rounds).await?;
    } else {
        rounds::replace(tx, known.id, version, &parts.rounds, at.today).await?;
    }
    if !register::update(tx, &identity, newest.changed_at, at.now).await? {
        return Err(Error::Conflict);
    }
    let action = if revised { "collection.revised" } else { "collection.changed" };
    add_event(tx, at, action, known.id, version, &fields).await?;
    Ok(if revised { Change::Revised } else { Change::Changed })
}

/// Whether `new` is what is in force, as far as it says anything: a revision beside that is left alone. Whether it calls itself planned or
/// decided makes no difference.
fn says_the_same(new: &NewCollection, in_force: &Collection, given: &BTreeSet<Field>) -> bool {
    let old = in_force.as_parts();
    let mut parts = new.parts().clone();
    keep_unsaid(&mut parts, &old, given);
    let may_differ = |field: &Field| *field == Field::Status && in_force.status == Status::Decided && parts.status == Status::Planned;
    changed_fields(&old, &parts).iter().all(may_differ)
}

/// Identity and life after a change whose content is `version`.
fn identity_after(known: &Known, old: &Collection, parts: &CollectionParts, version: i64, revised: bool, at: &Circumstances) -> Identity {
    let was_decided = known.decided_version.is_some();
    let decided = !revised && (parts.status == Status::Decided || (parts.status == Status::Ended && was_decided));
    Identity {
        id: known.id,
        number: old.number,
        status: if revised { old.status } else { parts.status },
        open_from: open_from(parts.visibility, clock::swedish_day(old.created_at), &parts.rounds),
        owner_code: at.owner.clone(),
        own_reference: parts.own_reference.clone(),
        decided_version: if decided { Some(version) } else { known.decided_version },
        planned_version: (!decided).then_some(version),
    }
}

/// Writes a version with its agencies.
async fn write_version(
    tx: &mut Tx,
    key: (Uuid, i64),
    parts: &CollectionParts,
    lineages: register::Lineages,
    at: &Circumstances,
) -> Result<()> {
    let collector = collector(tx, parts).await?;
    register::insert_version(tx, key, parts, &collector, lineages, at.now).await?;
    register::insert_agencies(tx, key, &parts.responsible, parts.diary_number.as_deref()).await?;
    Ok(())
}

/// Adds the old rounds that have begun and that the new ones leave out: what went out cannot be undone.
fn keep_begun(old: &[Round], new: &mut Vec<Round>, today: NaiveDate) {
    let places = same_occasions(old, new);
    let missing = old.iter().enumerate().filter(|(at, round)| !places.contains(&Some(*at)) && round.has_begun(today));
    let missing: Vec<Round> = missing.map(|(_, round)| round.clone()).collect();
    new.extend(missing);
    new.sort_by_key(Round::order);
}

/// Faults as one text, each under its heading.
fn in_words(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{}: {}", fault.field.label(), fault.message)).collect::<Vec<_>>().join(" ")
}

/// The collector by code where the register knows it, else in words.
async fn collector(tx: &mut Tx, parts: &CollectionParts) -> Result<Collector> {
    let Some(text) = parts.collector.clone() else { return Ok(Collector::default()) };
    Ok(match organisations::get(tx, &text).await? {
        Some(organisation) => Collector { code: Some(organisation.code), words: None },
        None => Collector { code: None, words: Some(text) },
    })
}

async fn add_event(tx: &mut Tx, at: &Circumstances, action: &str, id: Uuid, version: i64, fields: &[Field]) -> Result<()> {
    let fields: Vec<&str> = fields.iter().map(|field| field.code()).collect();
    let event = Event {
        id: clock::new_id(),
        at: at.now,
        actor: at.acting.clone(),
        person: at.person,
        action: action.to_owned(),
        subject_kind: "collection".to_owned(),
        subject: id.to_string(),
        detail: json!({ "source": at.source, "version": version, "fields": fields }),
    };
    events::add(tx, &event).await?;
    Ok(())
}
