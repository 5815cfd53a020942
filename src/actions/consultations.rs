//! Consultation (*samråd*, 3 §): an agency asks those who represent the respondents, and both sides write in one case.

pub mod answering;
pub mod asking;
pub mod attachments;
pub mod closed;
pub mod entered;
pub mod entering;
pub mod forwarding;
mod joining;
pub mod letters;
pub mod outside;
pub mod places;
pub mod point_replies;
pub mod points;
pub mod reference;
pub mod steps;
pub mod withdrawing;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use crate::clock;
use crate::db::consultations::{self, Case, Part, steps as written};
use crate::db::events::Event;
use crate::db::involved::{self, Involved};
use crate::db::{Tx, events};
use crate::domain::access::{Action, Actor, CaseParties, may};
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::error::{Error, Result};

/// For whom somebody speaks in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The agency that asks.
    Agency,
    /// The body that the person's organisation is.
    Body,
    /// Nobody: an administrator reads.
    Reader,
}

/// A case as somebody may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The case.
    pub case: Case,
    /// The collection that is asked about.
    pub known: Involved,
    /// The collection's number.
    pub collection: CollectionNumber,
    /// For whom the reader speaks.
    pub side: Side,
    /// The reader's organisation, by code.
    pub organisation: String,
}

impl Seen {
    /// The part of the body that the reader speaks for.
    #[must_use]
    pub fn own_part(&self) -> Option<&Part> {
        let own = |part: &&Part| part.body == self.organisation;
        self.case.parts.iter().find(own).filter(|_| self.side == Side::Body)
    }

    /// Whether the reader may see what a body keeps to itself.
    #[must_use]
    pub fn reads_internal(&self, body: &str) -> bool {
        self.own_part().is_some_and(|part| part.body == body)
    }

    /// Whether the collection says something else now than what is asked about.
    #[must_use]
    pub fn is_changed_since(&self) -> bool {
        self.known.planned_version.or(self.known.decided_version) != Some(self.case.version.1)
    }

    /// Counts the steps of all parts, so that whoever closes or withdraws finds out that something was done meanwhile.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.case.parts.iter().map(|part| part.revision).sum()
    }
}

/// The case with this number, if `actor` may read it.
///
/// # Errors
/// `NotFound` where there is none that the actor may know of.
pub async fn visible(tx: &mut Tx, actor: &Actor, number: ConsultationNumber, today: NaiveDate) -> Result<Seen> {
    let case = consultations::by_number(tx, number).await?.ok_or(Error::NotFound)?;
    let collection = consultations::collection_number(tx, case.version.0).await?;
    let known = involved::by_number(tx, collection, today).await?.ok_or(Error::NotFound)?;
    let parties = CaseParties { collection: known.parties(today), bodies: &case.asking.bodies };
    if !may(actor, Action::ReadCase(parties)) {
        return Err(Error::NotFound);
    }
    let side = if may(actor, Action::ActAsAgency(known.parties(today))) {
        Side::Agency
    } else if case.asking.bodies.iter().any(|body| may(actor, Action::ActAsBody(body))) {
        Side::Body
    } else {
        Side::Reader
    };
    Ok(Seen { case, known, collection, side, organisation: actor.organisation.clone() })
}

/// The same for a write: nobody else writes the case until the transaction ends.
pub(super) async fn locked(tx: &mut Tx, actor: &Actor, number: ConsultationNumber, now: DateTime<Utc>) -> Result<Seen> {
    written::lock(tx, number, now).await?;
    visible(tx, actor, number, clock::swedish_day(now)).await
}

/// The part of the body that somebody speaks for.
fn own(seen: &Seen) -> Result<&Part> {
    seen.own_part().ok_or(Error::Forbidden)
}

/// Refuses whoever does not speak for the agency.
fn for_agency(seen: &Seen) -> Result<()> {
    if seen.side == Side::Agency { Ok(()) } else { Err(Error::Forbidden) }
}

/// Writes what was done to a case.
async fn add_event(tx: &mut Tx, actor: &Actor, action: &str, number: ConsultationNumber, detail: Value, now: DateTime<Utc>) -> Result<()> {
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: action.to_owned(),
        subject_kind: "consultation".to_owned(),
        subject: number.to_string(),
        detail,
    };
    events::add(tx, &event).await?;
    Ok(())
}
