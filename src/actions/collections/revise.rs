//! Changing a collection by the form, on what somebody has read: nobody's change is written over.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::change::{Change, Next, both};
use super::{Circumstances, Right, add_event, in_words, involved};
use crate::actions::consultations::closed;
use crate::db::involved::Involved;
use crate::db::{Tx, case, decisions, register};
use crate::domain::access::{Action, Actor, may};
use crate::domain::collection::Collection;
use crate::domain::decision::{Decision, DecisionPart, Judging, PartFault, Significance};
use crate::domain::field::{Fault, Field};
use crate::domain::history::FieldChange;
use crate::domain::identifier::CollectionNumber;
use crate::domain::life::{self, Step};
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::revision::changed_fields;
use crate::domain::terms::Status;
use crate::error::{Error, Result};

/// Said of a change that would be decided together with one that is planned and was judged by itself.
const PENDING: &str = "En annan ändring är redan planerad, och beslutet skulle gälla den också. Lämna beslutsdagen tom här. Besluta sedan hela ändringen på insamlingens sida.";

/// Said to a collector that names other responsible agencies: whoever is responsible decides, and nobody takes that right by itself.
const ONLY_RESPONSIBLE: &str = "Bara en ansvarig myndighet kan ändra vilka myndigheter som är ansvariga. Låt dem stå som de stod.";

/// A change as the form sends it.
#[derive(Debug, Clone, Copy)]
pub struct Revising<'a> {
    /// The collection.
    pub number: CollectionNumber,
    /// When what the form started from was written: the collection's `changed_at` then.
    pub based_on: DateTime<Utc>,
    /// What the collection is to say.
    pub new: &'a NewCollection,
    /// How much the change of a decided collection changes and why, and with whom it is decided.
    pub decision: &'a Decision,
    /// The day on which an insignificant change was decided, where it is decided at once.
    pub decided_on: Option<NaiveDate>,
}

/// Why a change is not written.
#[derive(Debug)]
pub enum Refusal {
    /// What the collection would say is wrong.
    Fields(Vec<Fault>),
    /// What is said of the change as a decision is wrong.
    Parts(Vec<PartFault>),
    /// The life of the collection, the rights of the actor or the database.
    Error(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fields(faults) => Self::Invalid(in_words(&faults)),
            Refusal::Parts(faults) => Self::Invalid(in_sentences(&faults)),
            Refusal::Error(error) => error,
        }
    }
}

/// What is wrong with a decision as one text.
pub(super) fn in_sentences(faults: &[PartFault]) -> String {
    faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join(" ")
}

/// Writes a change in place of the planned version, or beside the decided one until it is decided. An insignificant change of a decided
/// collection is decided at once where it says on which day.
///
/// Takes part in the caller's transaction: the draft that the change comes from goes away in the same one.
///
/// # Errors
/// Everything that is wrong with what it says; `NotFound`, `Forbidden`; `Conflict` where somebody else changed the collection after
/// `based_on`; `Invalid` where its life does not allow it, in Swedish.
pub async fn revise(tx: &mut Tx, actor: &Actor, revising: &Revising<'_>, now: DateTime<Utc>) -> Result<Change, Refusal> {
    let Revising { number, based_on, new, decision, decided_on } = *revising;
    let today = crate::clock::swedish_day(now);
    let known = involved(tx, actor, number, Right::Edit, today).await?;
    known.standing(today).check(Step::Revise).map_err(Error::Invalid)?;
    if known.changed_at != based_on {
        return Err(Error::Conflict.into());
    }
    let at = Circumstances::by(actor, known.owner.clone(), now, "form");
    register::lock(tx, known.id).await.map_err(Error::from)?;
    let (newest, in_force) = both(tx, known.id).await?;
    if is_another_reference_only(&newest, new.parts(), decided_on) {
        return Ok(rename(tx, &known, &newest, new.parts(), &at).await?);
    }
    let decides = may(actor, Action::Decide(known.parties(today)));
    let was_decided = known.decided_version.is_some();
    let at_once = was_decided && decided_on.is_some();
    if at_once && !decides {
        return Err(Error::Forbidden.into());
    }
    let mut parts = new.parts().clone();
    if parts.responsible != newest.as_parts().responsible && !decides {
        return Err(Refusal::Fields(vec![Fault { field: Field::Responsible, index: None, message: ONLY_RESPONSIBLE.to_owned() }]));
    }
    parts.diary_number = diary_number(&newest, &parts);
    parts.status = if at_once { Status::Decided } else { Status::Planned };
    parts.content.decided_on = decided_on.filter(|_| at_once);
    let in_scope = newest.responsible.iter().any(|one| one.organisation.in_ordinance_scope);
    let by = Judging {
        significance: was_decided,
        decided_on: parts.content.decided_on,
        at_once,
        ground: at_once && in_scope && life::asks_for_ground(decision.significance, Some(&in_force.as_parts()), &parts),
        today,
    };
    let mut faults = decision.check(&by).err().unwrap_or_default();
    if at_once && known.has_revision() {
        faults.push(PartFault { part: DecisionPart::DecidedOn, message: PENDING.to_owned() });
    }
    if !faults.is_empty() {
        return Err(Refusal::Parts(faults));
    }
    let parts = NewCollection::new(parts).map_err(Refusal::Fields)?.parts().clone();
    let revised = was_decided && !at_once;
    let next =
        Next { id: known.id, decided: known.decided_version, latest: known.latest_version, newest: &newest, in_force: &in_force, revised };
    let content = parts.content.clone();
    let Some(version) = next.write(tx, parts, &at).await? else { return Ok(Change::None) };
    let pending =
        if known.has_revision() { decisions::get(tx, known.id, newest.version).await.map_err(Error::from)? } else { Decision::default() };
    decisions::put(tx, known.id, version, &judged(decision, was_decided, pending)).await.map_err(Error::from)?;
    if at_once {
        let rests = closed::carried(tx, (known.id, known.decided_version), &content, decision.significance).await?;
        decisions::rest(tx, known.id, version, rests).await.map_err(Error::from)?;
    }
    Ok(if revised { Change::Revised } else { Change::Changed })
}

/// Whether nothing is changed but what the owner calls the collection: no new version says the same, and nothing waits for a decision.
fn is_another_reference_only(newest: &Collection, parts: &CollectionParts, decided_on: Option<NaiveDate>) -> bool {
    let old = newest.as_parts();
    // a form says neither the status nor the diarienummer, and the day of decision only beside the other answers
    let unsaid = |field: &Field| matches!(field, Field::Status | Field::DecidedOn | Field::DiaryNumber);
    let changed: Vec<Field> = changed_fields(&old, parts).into_iter().filter(|field| !unsaid(field)).collect();
    decided_on.is_none() && changed == [Field::OwnReference]
}

/// Gives a collection another own reference.
async fn rename(tx: &mut Tx, known: &Involved, newest: &Collection, parts: &CollectionParts, at: &Circumstances) -> Result<Change> {
    case::set_own_reference(tx, known.id, parts.own_reference.as_deref(), at.now).await?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let change = FieldChange { field: Field::OwnReference, old: text(&newest.own_reference), new: text(&parts.own_reference) };
    add_event(tx, at, "collection.changed", (known.id, !known.parties(at.today).open), &json!({}), &[change]).await?;
    Ok(Change::Changed)
}

/// The diarienummer of whoever is named first now: each party sets its own, on a page of its own, and a form that was begun before that
/// must not bring back the old one.
fn diary_number(newest: &Collection, parts: &CollectionParts) -> Option<String> {
    let first = parts.responsible.first()?;
    newest.responsible.iter().find(|one| one.organisation.code == *first)?.diary_number.clone()
}

/// What is kept of how much a change changes: nothing where nothing was decided before; and a planned change that once was significant
/// stays so whatever is added to it, with both reasons.
fn judged(said: &Decision, was_decided: bool, pending: Decision) -> Decision {
    if !was_decided {
        return Decision { significance: None, significance_reason: None, ..said.clone() };
    }
    if pending.significance != Some(Significance::Significant) {
        return said.clone();
    }
    let mut reasons: Vec<String> = pending.significance_reason.into_iter().chain(said.significance_reason.clone()).collect();
    reasons.dedup();
    Decision { significance: Some(Significance::Significant), significance_reason: Some(reasons.join("\n")), ..said.clone() }
}
