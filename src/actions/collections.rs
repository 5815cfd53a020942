//! Registering and changing collections.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::events::Event;
use crate::db::register::{self, Collector, Identity, Known};
use crate::db::{Tx, events, organisations, rounds};
use crate::domain::collection::open_from;
use crate::domain::field::Field;
use crate::domain::identifier::CollectionNumber;
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::revision::changed_fields;
use crate::domain::round::{Round, When};
use crate::domain::terms::Status;
use crate::error::{Error, Result};

/// Who writes, when and from what: what every write and its event need.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The moment of the write.
    pub now: DateTime<Utc>,
    /// The day in Sweden at that moment.
    pub today: NaiveDate,
    /// The organisation on whose behalf it is written, by code.
    pub owner: String,
    /// Where it comes from: `import`, `demonstration`.
    pub source: &'static str,
}

impl Circumstances {
    /// A write at `now` on behalf of `owner`.
    #[must_use]
    pub fn new(now: DateTime<Utc>, owner: impl Into<String>, source: &'static str) -> Self {
        Self { now, today: clock::swedish_day(now), owner: owner.into(), source }
    }
}

/// Registers a planned (or decided, or ended) collection under the year's next number.
///
/// # Errors
/// As the database says: `Conflict` where the owner has the own reference already.
pub async fn register(tx: &mut Tx, new: &NewCollection, at: &Circumstances) -> Result<CollectionNumber> {
    use chrono::Datelike;
    let parts = new.parts();
    let number = register::next_number(tx, i64::from(at.today.year())).await?;
    let decided = parts.status != Status::Planned;
    let identity = Identity {
        id: clock::new_id(),
        number: Some(number),
        status: parts.status,
        visibility: parts.visibility,
        open_from: open_from(parts.visibility, at.today, &parts.rounds),
        owner_code: at.owner.clone(),
        own_reference: parts.own_reference.clone(),
        decided_version: decided.then_some(1),
        planned_version: (!decided).then_some(1),
    };
    register::insert(tx, &identity, at.now).await?;
    register::put_agencies(tx, identity.id, &parts.responsible, parts.diary_number.as_deref()).await?;
    let collector = collector(tx, parts).await?;
    register::insert_version(tx, (identity.id, 1), &parts.content, &collector, &HashMap::new(), at.now).await?;
    rounds::insert(tx, identity.id, 1, &parts.rounds).await?;
    add_event(tx, at, "collection.registered", identity.id, 1, &[]).await?;
    Ok(number)
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

/// Brings a known collection up to date.
///
/// A planned one gets a new version in place of the old. A decided one stays in force, and the change is planned beside it, unless the
/// change is itself decided. Rounds that have been dispatched stay with the version they were dispatched under.
///
/// # Errors
/// As the database says.
pub async fn change(tx: &mut Tx, known: &Known, new: &NewCollection, at: &Circumstances) -> Result<Change> {
    let old = collections::load(tx, &[known.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let mut parts = new.parts().clone();
    if parts.rounds.is_empty() {
        parts.rounds.clone_from(&old.rounds); // a file without rounds says nothing of them
    } else {
        keep_dispatched(&old.rounds, &mut parts.rounds, at.today);
    }
    let fields = changed_fields(&old.as_parts(), &parts);
    let fields: Vec<Field> = fields.into_iter().filter(|field| !(*field == Field::Status && stays_decided(known, &parts))).collect();
    if fields.is_empty() {
        return Ok(Change::None);
    }
    let version = known.latest_version + 1;
    let revised = stays_decided(known, &parts);
    let decided = parts.status != Status::Planned;
    let identity = Identity {
        id: known.id,
        number: old.number,
        status: if revised { old.status } else { parts.status },
        visibility: parts.visibility,
        open_from: open_from(parts.visibility, clock::swedish_day(old.created_at), &parts.rounds),
        owner_code: at.owner.clone(),
        own_reference: parts.own_reference.clone(),
        decided_version: if decided { Some(version) } else { known.decided_version },
        planned_version: (!decided).then_some(version),
    };
    let lineages = register::lineages(tx, known.id, known.latest_version).await?;
    let collector = collector(tx, &parts).await?;
    register::insert_version(tx, (known.id, version), &parts.content, &collector, &lineages, at.now).await?;
    if old.rounds != parts.rounds {
        rounds::replace(tx, known.id, version, &parts.rounds).await?;
    }
    register::put_agencies(tx, known.id, &parts.responsible, parts.diary_number.as_deref()).await?;
    register::update(tx, &identity, at.now).await?;
    let action = if revised { "collection.revised" } else { "collection.changed" };
    add_event(tx, at, action, known.id, version, &fields).await?;
    Ok(if revised { Change::Revised } else { Change::Changed })
}

/// A planned change of a decided collection leaves it decided.
fn stays_decided(known: &Known, parts: &CollectionParts) -> bool {
    known.decided_version.is_some() && parts.status == Status::Planned
}

/// Adds the old rounds that have been dispatched and that the new ones leave out: what went out cannot be undone.
fn keep_dispatched(old: &[Round], new: &mut Vec<Round>, today: NaiveDate) {
    let dispatched = |round: &&Round| round.dispatch.as_ref().is_some_and(|when| when.counts_as() < today);
    let missing: Vec<Round> =
        old.iter().filter(dispatched).filter(|round| !new.iter().any(|other| other.is_same_occasion(round))).cloned().collect();
    new.splice(0..0, missing);
    new.sort_by_key(|round| round.deadline.as_ref().or(round.dispatch.as_ref()).map(When::counts_as));
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
        actor: at.owner.clone(),
        action: action.to_owned(),
        subject_kind: "collection".to_owned(),
        subject: id.to_string(),
        detail: json!({ "source": at.source, "version": version, "fields": fields }),
    };
    events::add(tx, &event).await?;
    Ok(())
}
