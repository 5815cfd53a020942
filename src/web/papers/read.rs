//! The record that documents are built from, as whoever asks may read it.

use chrono::NaiveDate;

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

/// A collection in one version, with what its documents need beside it.
#[derive(Debug)]
pub struct Readable {
    /// The collection in the version read.
    pub collection: Collection,
    /// What is known of that version as a decision.
    pub decision: Decision,
    /// Names of those who are asked one by one, in Swedish order.
    pub listed: Vec<String>,
    /// The closed case about it, if there is one.
    pub consulted: Option<Consulted>,
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
            consulted: self.consulted.as_ref(),
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
    let consulted = consulted(tx, &collection).await?;
    Ok(Readable { collection, decision, listed, consulted, is_party, has_revision: involved.has_revision() })
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
        let consulted = consulted(tx, &collection).await?;
        earlier.push(Readable { collection, decision, listed, consulted, is_party: in_force.is_party, has_revision: false });
    }
    Ok(earlier)
}

/// The latest closed case about what a version says: what was asked about it, or about one that it goes on from.
async fn consulted(tx: &mut Tx, collection: &Collection) -> Result<Option<Consulted>> {
    let parts = steps::of_collection(tx, collection.id).await?;
    let ended = |one: &Listed| Some((one.closed_at?, one.outcome?)).filter(|_| one.version <= collection.version);
    let Some((latest, (closed_at, outcome))) = parts.iter().find_map(|one| Some((one, ended(one)?))) else { return Ok(None) };
    let day = clock::swedish_day;
    let said = |one: &Listed| BodySaid {
        name: one.name.clone(),
        opinion: one.opinion.zip(one.answered_at).map(|(opinion, at)| (opinion, day(at))),
        words: one.answer.clone(),
    };
    let bodies = parts.iter().filter(|one| one.number == latest.number).map(said).collect();
    Ok(Some(Consulted { bodies, outcome, closing: latest.closing.clone(), closed_on: day(closed_at) }))
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
