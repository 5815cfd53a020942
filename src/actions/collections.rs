//! Registering collections, and what every write to one shares. What happens to a collection after that stands beside: [`change`] by a
//! file, [`revise`] by a form, [`steps`] of its life, and the parties' own [`diary`] numbers.

pub mod change;
pub mod diary;
pub mod revise;
pub mod steps;

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Origin;
use crate::clock;
use crate::db::events::{Event, HIDDEN};
use crate::db::involved::{self, Involved};
use crate::db::register::{self, Collector, Identity};
use crate::db::{Tx, events, organisations, rounds};
use crate::domain::access::{Action, Actor, Parties, may};
use crate::domain::collection::open_from;
use crate::domain::field::{Fault, Field};
use crate::domain::history::{self, FieldChange, Names};
use crate::domain::identifier::CollectionNumber;
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::revision::changed_fields;
use crate::domain::terms::Status;
use crate::error::{Error, Result};
use crate::text;

/// How often work is tried that somebody else's work got in the way of.
const MOST_TRIES: u32 = 4;

/// How long the first wait before another try is.
const FIRST_WAIT: Duration = Duration::from_millis(15);

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
    /// The register as its letters name it, where a write may be told to others.
    pub origin: Option<Origin>,
}

impl Circumstances {
    /// A write at `now` on behalf of `owner`.
    #[must_use]
    pub fn new(now: DateTime<Utc>, owner: impl Into<String>, source: &'static str) -> Self {
        let owner = owner.into();
        Self { now, today: clock::swedish_day(now), acting: owner.clone(), person: None, owner, source, origin: None }
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
    write_version(tx, (identity.id, 1), parts, register::Lineages::new(), (decided, at)).await?;
    rounds::insert(tx, identity.id, 1, &parts.rounds).await?;
    add_event(tx, at, "collection.registered", (identity.id, !identity.is_open_on(at.today)), &json!({ "version": 1 }), &[]).await?;
    Ok(number)
}

async fn next_number(tx: &mut Tx, at: &Circumstances) -> Result<CollectionNumber> {
    Ok(register::next_number(tx, i64::from(at.today.year())).await?)
}

/// Writes a version with its agencies. `in_force`: it is decided as it is written.
async fn write_version(
    tx: &mut Tx,
    key: (Uuid, i64),
    parts: &CollectionParts,
    lineages: register::Lineages,
    (in_force, at): (bool, &Circumstances),
) -> Result<()> {
    let collector = collector(tx, parts).await?;
    register::insert_version(tx, key, parts, &collector, lineages, (in_force, at.now)).await?;
    register::insert_agencies(tx, key, &parts.responsible, parts.diary_number.as_deref()).await?;
    Ok(())
}

/// The collector by code where the register knows it, else in words.
async fn collector(tx: &mut Tx, parts: &CollectionParts) -> Result<Collector> {
    let Some(text) = parts.collector.clone() else { return Ok(Collector::default()) };
    Ok(match organisations::get(tx, &text).await? {
        Some(organisation) => Collector { code: Some(organisation.code), words: None },
        None => Collector { code: None, words: Some(text) },
    })
}

/// Does work in a transaction of its own, and again where another's work got in its way. What remains a conflict is one: somebody else
/// changed the same collection.
///
/// # Errors
/// As the work says.
pub async fn retried<T, F: Future<Output = Result<T>>>(work: impl Fn() -> F) -> Result<T> {
    let mut wait = FIRST_WAIT;
    for _ in 1..MOST_TRIES {
        match work().await {
            Err(Error::Conflict) => tokio::time::sleep(wait).await,
            done => return done,
        }
        wait *= 3;
    }
    work().await
}

/// What a party needs the right to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Change what the collection says.
    Edit,
    /// Take a step of its life.
    Decide,
}

impl Right {
    /// The question to [`crate::domain::access`].
    #[must_use]
    pub fn on(self, parties: Parties<'_>) -> Action<'_> {
        match self {
            Self::Edit => Action::Edit(parties),
            Self::Decide => Action::Decide(parties),
        }
    }
}

/// The collection that `actor` wants to do something with.
///
/// # Errors
/// `NotFound` where there is none that the actor may know of; `Forbidden` where the actor lacks the right.
pub async fn involved(tx: &mut Tx, actor: &Actor, number: CollectionNumber, right: Right, today: NaiveDate) -> Result<Involved> {
    let known = involved::by_number(tx, number, today).await?.ok_or(Error::NotFound)?;
    let parties = known.parties(today);
    if !may(actor, Action::Read(parties)) {
        return Err(Error::NotFound);
    }
    if may(actor, right.on(parties)) { Ok(known) } else { Err(Error::Forbidden) }
}

/// Refuses what an organisation that has ended by `today` would begin, register or decide: who took over does that.
///
/// # Errors
/// `Invalid`, in Swedish, with the name of the successor.
pub async fn check_living(tx: &mut Tx, code: &str, today: NaiveDate) -> Result<()> {
    let own = organisations::get(tx, code).await?.ok_or(Error::NotFound)?;
    let Some(ended_on) = own.ended_on.filter(|day| *day <= today) else { return Ok(()) };
    let living = involved::living(tx, code, today).await?;
    let successor = if living == code { None } else { organisations::get(tx, &living).await? };
    let instead = successor.map_or_else(
        || "Den kan inte längre registrera, besluta om eller ändra insamlingar.".to_owned(),
        |successor| format!("{} har tagit över insamlingarna och sköter dem i stället.", successor.name),
    );
    Err(Error::Invalid(format!("{} upphörde den {}. {instead}", own.name, text::written_date(ended_on))))
}

/// What differs between two records, with the names that their codes stand for.
async fn differences(tx: &mut Tx, old: &CollectionParts, new: &CollectionParts) -> Result<Vec<FieldChange>> {
    let fields = changed_fields(old, new);
    let mut codes: Vec<String> = Vec::new();
    for parts in [old, new] {
        if fields.contains(&Field::Responsible) {
            codes.extend(parts.responsible.iter().cloned());
        }
        if fields.contains(&Field::Collector) {
            codes.extend(parts.collector.clone());
        }
        if fields.contains(&Field::Area) {
            codes.extend(parts.content.area.clone());
        }
    }
    let names = Names::new(organisations::names(tx, &codes).await?);
    Ok(history::changes(old, new, &names))
}

/// Faults as one text, each under its heading.
fn in_words(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{}: {}", fault.field.label(), fault.message)).collect::<Vec<_>>().join(" ")
}

/// Writes what was done to a collection: which fields with their old and new values, and `more` as the action defines it. Of the contact
/// only that it changed: the trail is never emptied, and a mailbox may turn out to be somebody's own. `hidden`: everyone might not read the
/// collection before it and after it.
async fn add_event(
    tx: &mut Tx,
    at: &Circumstances,
    action: &str,
    (id, hidden): (Uuid, bool),
    more: &Value,
    changes: &[FieldChange],
) -> Result<()> {
    let fields: Vec<&str> = changes.iter().map(|change| change.field.code()).collect();
    let told: Vec<&FieldChange> =
        changes.iter().filter(|change| !matches!(change.field, Field::ContactFunction | Field::ContactEmail)).collect();
    let mut detail = json!({ "source": at.source, "fields": fields, "changes": told });
    for (key, value) in more.as_object().into_iter().flatten() {
        detail[key] = value.clone();
    }
    // what is said while only the parties may read it stays with them, also once the collection is open
    if hidden {
        detail[HIDDEN] = true.into();
    }
    let event = Event {
        id: clock::new_id(),
        at: at.now,
        actor: at.acting.clone(),
        person: at.person,
        action: action.to_owned(),
        subject_kind: "collection".to_owned(),
        subject: id.to_string(),
        detail,
    };
    events::add(tx, &event).await?;
    Ok(())
}
