//! The record that documents are built from, as whoever asks may read it.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::actions::consultations::closed;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::steps::{self, Listed};
use crate::db::involved::{self, Involved};
use crate::db::{Tx, decisions, organisations, versions};
use crate::domain::access::{Action, Parties, may};
use crate::domain::collection::Collection;
use crate::domain::decision::Decision;
use crate::domain::documents::Record;
use crate::domain::documents::consulted::{BodySaid, Consulted};
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::Organisation;
use crate::domain::respondent::Selection;
use crate::error::{Error, Result};
use crate::text;
use crate::web::user::Visitor;

/// The closed cases about a version.
#[derive(Debug, Default)]
pub struct Cases {
    /// The one on which its decision rests, or would rest where it is planned.
    pub rests_on: Option<Consulted>,
    /// The latest of those about rounds to come that were closed after it, or one whose basis it shares, came into force.
    pub later: Option<Consulted>,
}

/// A collection in one version, with what its documents need beside it.
#[derive(Debug)]
pub struct Readable {
    /// The collection in the version read.
    pub collection: Collection,
    /// What is known of that version as a decision.
    pub decision: Decision,
    /// Names of those who are asked one by one, in Swedish order.
    pub listed: Vec<String>,
    /// The closed cases that its documents tell of.
    pub cases: Cases,
    /// Whether whoever asks is one of its parties, or an administrator.
    pub is_party: bool,
    /// Whether a change is planned beside the decided version.
    pub has_revision: bool,
}

impl Readable {
    /// What the documents are built from.
    #[must_use]
    pub fn record<'a>(&'a self, base_url: &'a str, today: NaiveDate) -> Record<'a> {
        Record {
            collection: &self.collection,
            decision: &self.decision,
            consulted: self.cases.rests_on.as_ref(),
            later: self.cases.later.as_ref(),
            listed: &self.listed,
            base_url,
            today,
        }
    }
}

/// Whether whoever asks may read the collection even while it is not open: its parties and administrators.
fn is_party(visitor: &Visitor, involved: &Involved, today: NaiveDate) -> bool {
    let parties = Parties { open: false, ..involved.parties(today) };
    visitor.0.as_ref().is_some_and(|user| may(&user.actor, Action::Read(parties)))
}

/// The collection with this number. Its parties may ask for the planned version; everyone else has the one in force, where it is open.
///
/// # Errors
/// `NotFound` where there is none that whoever asks may read.
pub async fn readable(tx: &mut Tx, visitor: &Visitor, number: &str, planned: bool, today: NaiveDate) -> Result<Readable> {
    let number = CollectionNumber::parse(number).ok_or(Error::NotFound)?;
    let involved = involved::by_number(tx, number, today).await?.ok_or(Error::NotFound)?;
    let is_party = is_party(visitor, &involved, today);
    if !is_party && (!involved.parties(today).open || planned) {
        return Err(Error::NotFound);
    }
    let version = if planned { Version::Newest } else { Version::InForce };
    let collection = collections::load(tx, &[involved.id], version).await?.pop().ok_or(Error::NotFound)?;
    let decision = decisions::get(tx, involved.id, collection.version).await?;
    let listed = listed(tx, &collection).await?.into_iter().map(|one| one.name).collect();
    let cases = cases(tx, &collection, involved.decided_version).await?;
    Ok(Readable { collection, decision, listed, cases, is_party, has_revision: involved.has_revision() })
}

/// The decided versions before the one in force, oldest first, for a party that may read that one.
///
/// # Errors
/// As the engine says.
pub async fn decided_before(tx: &mut Tx, in_force: &Readable) -> Result<Vec<Readable>> {
    let mut earlier = Vec::new();
    for collection in versions::decided_before(tx, in_force.collection.id).await? {
        let decision = decisions::get(tx, collection.id, collection.version).await?;
        let listed = listed(tx, &collection).await?.into_iter().map(|one| one.name).collect();
        let cases = cases(tx, &collection, Some(collection.version)).await?;
        earlier.push(Readable { collection, decision, listed, cases, is_party: in_force.is_party, has_revision: false });
    }
    Ok(earlier)
}

/// The closed cases of which the documents of a version tell. `decided`: the decided version, this one or the one that this is planned
/// beside. A decision tells of the case that it rests on and of no other, whatever is closed or entered after it.
async fn cases(tx: &mut Tx, collection: &Collection, decided: Option<i64>) -> Result<Cases> {
    let parts = steps::of_collection(tx, collection.id).await?;
    if decided != Some(collection.version) {
        let held = closed::held(tx, (collection.id, decided), &collection.content).await?.filter(|held| held.is_same);
        return Ok(Cases { rests_on: held.and_then(|held| consulted(&parts, held.id)), later: None });
    }
    let version = (collection.id, collection.version);
    let rests_on = decisions::rests_on(tx, version.0, version.1).await?;
    let later = closed::later(tx, &parts, version).await?.and_then(|one| consulted(&parts, one.id));
    Ok(Cases { rests_on: rests_on.and_then(|case| consulted(&parts, case)), later })
}

/// What a closed case among these parts tells.
fn consulted(parts: &[Listed], case: Uuid) -> Option<Consulted> {
    let of_case = || parts.iter().filter(|one| one.id == case);
    let first = of_case().next()?;
    let (closed_at, outcome) = first.closed_at.zip(first.outcome)?;
    let day = clock::swedish_day;
    let said = |one: &Listed| BodySaid {
        name: one.name.clone(),
        opinion: one.opinion.zip(one.answered_at).map(|(opinion, at)| (opinion, day(at))),
        words: one.answer.clone(),
        retold_by: one.retold_by.clone(),
    };
    Some(Consulted { bodies: of_case().map(said).collect(), outcome, closing: first.closing.clone(), closed_on: day(closed_at) })
}

/// Those who are asked one by one, in Swedish order.
async fn listed(tx: &mut Tx, collection: &Collection) -> Result<Vec<Organisation>> {
    let codes = collection.content.respondents.iter().filter_map(|group| match &group.selection {
        Selection::Listed(codes) => Some(codes.as_slice()),
        Selection::All | Selection::Sample(_) => None,
    });
    let codes: Vec<String> = codes.flatten().cloned().collect();
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let mut listed = organisations::get_many(tx, &codes).await?;
    listed.sort_by(|a, b| text::swedish_order(&a.name, &b.name));
    Ok(listed)
}
