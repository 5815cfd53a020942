//! The end of a form: a registered collection, or a change of one.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{add_event, open};
use crate::actions::beside::{self, Answering, Unclear};
use crate::actions::collections::change::Change;
use crate::actions::collections::revise::{Refusal, Revising, revise};
use crate::actions::collections::{Circumstances, Right, check_living, involved, register, retried};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::drafts::{self, Draft};
use crate::db::{Db, Tx, case, events, involved as parties};
use crate::domain::access::{Action, Actor, may};
use crate::domain::decision::{Decision, DecisionPart, Exemption, PartFault, Significance};
use crate::domain::draft::{DraftForm, Known};
use crate::domain::field::{Fault, Field};
use crate::domain::identifier::CollectionNumber;
use crate::domain::new_collection::NewCollection;
use crate::domain::round::When;
use crate::error::{Error, Result};

/// What came of submitting a form.
#[derive(Debug)]
pub enum Submitted {
    /// A planned collection has its number.
    Registered(CollectionNumber),
    /// A collection is changed, or its change is planned beside it, or it said the same already.
    Changed(CollectionNumber, Change),
    /// Something is wrong: every fault, and the form stays.
    Faults(Vec<Fault>),
    /// What is said of the change as a decision is wrong.
    Undecided(Vec<PartFault>),
    /// What is answered for collections that ask for the same is wrong.
    Unclear(Unclear),
    /// The collection's life does not allow it, in Swedish.
    Refused(String),
    /// Somebody saved the form meanwhile: it must be read again before it is submitted.
    Saved,
    /// The collection was changed after the change was begun: what it says now, and when that was written.
    Overtaken(Box<DraftForm>, DateTime<Utc>),
}

/// Registers the collection of a form, or writes its change; the form goes away in the same transaction, and what it answers for
/// collections that ask for the same becomes answers to them.
///
/// # Errors
/// `NotFound` where the form is gone or somebody else's; `Forbidden` where the actor may not change the collection any more.
pub async fn submit(
    db: &Db,
    actor: &Actor,
    known: &Known,
    (id, revision): (Uuid, i64),
    answering: &Answering<'_>,
    now: DateTime<Utc>,
) -> Result<Submitted> {
    retried(|| submit_once(db, actor, known, (id, revision), answering, now)).await
}

async fn submit_once(
    db: &Db,
    actor: &Actor,
    known: &Known,
    (id, revision): (Uuid, i64),
    answering: &Answering<'_>,
    now: DateTime<Utc>,
) -> Result<Submitted> {
    let mut tx = db.write().await?;
    let draft = open(&mut tx, actor, id, now).await?;
    if draft.revision != revision {
        return Ok(Submitted::Saved);
    }
    match check_living(&mut tx, &actor.organisation, clock::swedish_day(now)).await {
        Err(Error::Invalid(message)) => return Ok(Submitted::Faults(vec![Fault { field: Field::Responsible, index: None, message }])),
        other => other?,
    }
    let new = match draft.form.parse(known) {
        Ok(new) => new,
        Err(faults) => return Ok(Submitted::Faults(faults)),
    };
    let (given, unclear) = answering.given(&draft.form);
    let unclear = beside::still_asked(&mut tx, draft.number, unclear, clock::swedish_day(now)).await?;
    if !unclear.is_empty() {
        return Ok(Submitted::Unclear(unclear));
    }
    let done = match (draft.number, draft.based_on) {
        (Some(number), Some(based_on)) => change(&mut tx, actor, &draft, (number, based_on), &new, now).await?,
        _ => register_new(&mut tx, actor, &draft, &new, now).await?,
    };
    let (number, change) = match done {
        Submitted::Registered(number) => (number, "registered"),
        Submitted::Changed(number, change) => (number, change.code()),
        other => return Ok(other),
    };
    if let (Submitted::Registered(_), Some(source)) = (&done, &draft.form.copied_from) {
        case::set_copied_from(&mut tx, &number.to_string(), source).await?;
    }
    let unclear = beside::answer(&mut tx, actor, answering.origin, number, &given, now).await?;
    if !unclear.is_empty() {
        return Ok(Submitted::Unclear(unclear)); // nothing of it is written
    }
    if !drafts::delete(&mut tx, id, revision).await? {
        return Err(Error::Conflict);
    }
    let detail = json!({ "source": "form", "collection": number.to_string(), "change": change });
    add_event(&mut tx, actor, "draft.submitted", id, detail, now).await?;
    tx.commit().await?;
    Ok(done)
}

/// What became of a form that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It was submitted.
    Submitted {
        /// The collection.
        number: CollectionNumber,
        /// What came of it; no change where it was registered.
        change: Option<Change>,
        /// Whether nothing has happened to the collection since.
        is_newest: bool,
    },
    /// It was taken away.
    Removed,
}

/// What became of a form that somebody of the actor's organisation has submitted or taken away: whoever presses the button twice is led on.
///
/// # Errors
/// As the database says.
pub async fn gone(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Option<Gone>> {
    let last = events::of(tx, "draft", &id.to_string()).await?.into_iter().next();
    let Some(last) = last.filter(|last| may(actor, Action::WorkFor(&last.actor))) else { return Ok(None) };
    let number = last.detail["collection"].as_str().and_then(CollectionNumber::parse);
    Ok(match (last.action.as_str(), number) {
        ("draft.submitted", Some(number)) => {
            let collection = parties::by_number(tx, number, clock::swedish_day(last.at)).await?;
            let is_newest = collection.is_some_and(|collection| collection.changed_at <= last.at);
            Some(Gone::Submitted { number, change: last.detail["change"].as_str().and_then(Change::from_code), is_newest })
        }
        ("draft.removed", _) => Some(Gone::Removed),
        _ => None,
    })
}

async fn register_new(tx: &mut Tx, actor: &Actor, draft: &Draft, new: &NewCollection, now: DateTime<Utc>) -> Result<Submitted> {
    if let Some(fault) = reference_fault(tx, actor, draft, new.parts().own_reference.as_deref(), now).await? {
        return Ok(Submitted::Faults(vec![fault]));
    }
    let today = clock::swedish_day(now);
    // what an agency that has ended began is registered by the one that took over
    let owner = parties::living(tx, &draft.organisation, today).await?;
    let at = Circumstances::by(actor, owner.clone(), now, "form");
    if owner == draft.organisation {
        return Ok(Submitted::Registered(register(tx, new, &at).await?));
    }
    let mut parts = new.parts().clone();
    parts.responsible.retain(|code| *code != draft.organisation && *code != owner);
    parts.responsible.insert(0, owner);
    match NewCollection::new(parts) {
        Ok(new) => Ok(Submitted::Registered(register(tx, &new, &at).await?)),
        Err(faults) => Ok(Submitted::Faults(faults)),
    }
}

/// Said of an own reference that another collection has.
const REFERENCE_TAKEN: &str = "En annan av myndighetens insamlingar har den egna referensen. Skriv en annan, eller lämna fältet tomt.";

/// Said to others than the agency that registered: the reference is that of its own system and of its files.
const ONLY_OWNER: &str = "Bara den myndighet som registrerade insamlingen kan ändra den egna referensen. Låt den stå som den stod.";

fn wrong_reference(message: &str) -> Fault {
    Fault { field: Field::OwnReference, index: None, message: message.to_owned() }
}

/// What only the register can tell is wrong with the own reference of a form: another collection has it, or it is not the actor's to change.
///
/// # Errors
/// `NotFound` where the collection is gone; else as the database says.
pub async fn reference_fault(
    tx: &mut Tx,
    actor: &Actor,
    draft: &Draft,
    reference: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<Fault>> {
    let today = clock::swedish_day(now);
    let (owner, own) = match draft.number {
        None => (draft.organisation.clone(), None),
        Some(number) => {
            let subject = parties::by_number(tx, number, today).await?.ok_or(Error::NotFound)?;
            let newest = collections::load(tx, &[subject.id], Version::Newest).await?.pop();
            (subject.owner, newest.and_then(|newest| newest.own_reference))
        }
    };
    if own.as_deref() == reference {
        return Ok(None);
    }
    if draft.number.is_some() && !parties::stands_for(tx, &actor.organisation, today).await?.contains(&owner) {
        return Ok(Some(wrong_reference(ONLY_OWNER)));
    }
    let Some(reference) = reference else { return Ok(None) };
    let line = parties::whole_line(tx, &owner, today).await?;
    let taken = drafts::has_reference(tx, &line, reference).await?;
    Ok(taken.then(|| wrong_reference(REFERENCE_TAKEN)))
}

async fn change(
    tx: &mut Tx,
    actor: &Actor,
    draft: &Draft,
    (number, based_on): (CollectionNumber, DateTime<Utc>),
    new: &NewCollection,
    now: DateTime<Utc>,
) -> Result<Submitted> {
    let subject = involved(tx, actor, number, Right::Edit, clock::swedish_day(now)).await?;
    if subject.changed_at != based_on {
        let newest = collections::load(tx, &[subject.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
        return Ok(Submitted::Overtaken(Box::new(DraftForm::of_change(&newest.as_parts())), newest.changed_at));
    }
    if let Some(fault) = reference_fault(tx, actor, draft, new.parts().own_reference.as_deref(), now).await? {
        return Ok(Submitted::Faults(vec![fault]));
    }
    let decided_on = match decided_on(&draft.form) {
        Ok(day) => day,
        Err(message) => return Ok(Submitted::Undecided(vec![PartFault { part: DecisionPart::DecidedOn, message }])),
    };
    let decision = decision(&draft.form);
    let revising = Revising { number, based_on, new, decision: &decision, decided_on };
    match revise(tx, actor, &revising, now).await {
        Ok(change) => Ok(Submitted::Changed(number, change)),
        Err(Refusal::Fields(faults)) => Ok(Submitted::Faults(faults)),
        Err(Refusal::Parts(faults)) => Ok(Submitted::Undecided(faults)),
        Err(Refusal::Error(Error::Invalid(message))) => Ok(Submitted::Refused(message)),
        Err(Refusal::Error(other)) => Err(other),
    }
}

/// The day on which an insignificant change was decided.
fn decided_on(form: &DraftForm) -> Result<Option<NaiveDate>, String> {
    match form.change.get("decided_on").map_or("", |typed| typed.trim()) {
        "" => Ok(None),
        typed => match When::parse(typed)? {
            When::Day(day) => Ok(Some(day)),
            other => Err(format!("”{other}” är ingen bestämd dag. Skriv beslutsdagen så här: 2027-03-15.")),
        },
    }
}

/// What the form says of its change as a decision.
fn decision(form: &DraftForm) -> Decision {
    let said = |part: DecisionPart| form.change.get(part.code()).map(|typed| typed.trim().to_owned()).filter(|typed| !typed.is_empty());
    Decision {
        significance: said(DecisionPart::Significance).and_then(|code| Significance::from_code(&code)),
        significance_reason: said(DecisionPart::SignificanceReason),
        exemption: said(DecisionPart::Exemption).and_then(|code| Exemption::from_code(&code)),
        exemption_reason: said(DecisionPart::ExemptionReason),
        decision_maker: said(DecisionPart::DecisionMaker),
        rapporteur: said(DecisionPart::Rapporteur),
        participants: said(DecisionPart::Participants),
    }
}

/// What the collection of a change says now, and when that was written.
///
/// # Errors
/// `NotFound` where the form changes no collection, or one that the actor may not know of; `Forbidden` where it is not the actor's to change.
pub async fn newest(tx: &mut Tx, actor: &Actor, draft: &Draft, now: DateTime<Utc>) -> Result<(DraftForm, DateTime<Utc>)> {
    let number = draft.number.ok_or(Error::NotFound)?;
    let subject = involved(tx, actor, number, Right::Edit, clock::swedish_day(now)).await?;
    let newest = collections::load(tx, &[subject.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    Ok((DraftForm::of_change(&newest.as_parts()), newest.changed_at))
}

/// Lets a change start from what the collection says now: the actor has seen both and chosen. `keep` are the fields in which the
/// collection's own answer is to stand.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` where the form or the collection was written meanwhile.
pub async fn rebase(
    db: &Db,
    actor: &Actor,
    (id, revision): (Uuid, i64),
    based_on: DateTime<Utc>,
    keep: &[Field],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = db.write().await?;
    let mut draft = open(&mut tx, actor, id, now).await?;
    let number = draft.number.ok_or(Error::NotFound)?;
    let subject = involved(&mut tx, actor, number, Right::Edit, clock::swedish_day(now)).await?;
    if draft.revision != revision || subject.changed_at != based_on {
        return Err(Error::Conflict);
    }
    let newest = collections::load(&mut tx, &[subject.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let theirs = DraftForm::of_change(&newest.as_parts());
    keep.iter().for_each(|field| draft.form.take(*field, &theirs));
    draft.based_on = Some(based_on);
    draft.form.begun.clone_from(&theirs.begun);
    if !drafts::update(&mut tx, &draft, actor.person, now).await? {
        return Err(Error::Conflict);
    }
    let fields: Vec<&str> = keep.iter().map(|field| field.code()).collect();
    add_event(&mut tx, actor, "draft.saved", id, json!({ "source": "form", "fields": fields }), now).await?;
    tx.commit().await?;
    Ok(())
}
