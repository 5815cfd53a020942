//! The steps of a collection's life that a responsible agency takes: decide, end, withdraw, confirm.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::change::{both, keep_begun, open_on};
use super::revise::in_sentences;
use super::{Circumstances, Right, add_event, check_living, differences, in_words, involved, retried};
use crate::actions::Origin;
use crate::actions::consultations::closed;
use crate::actions::consultations::withdrawing::{Gone, withdraw_with};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::involved::Involved;
use crate::db::register::{self, Identity};
use crate::db::{Db, Tx, case, decisions, rounds};
use crate::domain::access::Actor;
use crate::domain::collection::Collection;
use crate::domain::decision::{self, Decision, Judging};
use crate::domain::field::Field;
use crate::domain::history::FieldChange;
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::domain::life::{self, Step};
use crate::domain::new_collection::NewCollection;
use crate::domain::terms::Status;
use crate::error::{Error, Result};

/// What is said when something is decided.
#[derive(Debug, Clone)]
pub struct Deciding {
    /// When the collection was last changed as whoever decides has read it.
    pub based_on: DateTime<Utc>,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// Who decided, and on what ground consultation was left out if it was. What is said of significance here is used only where the
    /// planned version does not say it: a file plans a change without it.
    pub decision: Decision,
    /// The closed case that says with whom consultation took place, as whoever decides was shown it.
    pub consultation: Option<ConsultationNumber>,
}

/// Decides what is planned: the planned version becomes the one in force. An enkät must state the five points of 4 §.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` where the collection has changed since it was read; `Invalid` with everything that is missing.
pub async fn decide(db: &Db, actor: &Actor, number: CollectionNumber, deciding: &Deciding, now: DateTime<Utc>) -> Result<()> {
    retried(|| decide_once(db, actor, number, deciding, now)).await
}

async fn decide_once(db: &Db, actor: &Actor, number: CollectionNumber, deciding: &Deciding, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let (known, at) = begin(&mut tx, actor, number, Step::Decide, now).await?;
    if known.changed_at != deciding.based_on {
        return Err(Error::Conflict);
    }
    let (newest, in_force) = both(&mut tx, known.id).await?;
    let version = newest.version;
    let said = decisions::get(&mut tx, known.id, version).await?;
    let decision = judged(&known, said, &deciding.decision);
    let mut parts = newest.as_parts();
    parts.status = Status::Decided;
    parts.content.decided_on = Some(deciding.decided_on);
    let held = closed::fill(&mut tx, &known, &mut parts.content, deciding.consultation).await?;
    let said_now = match &held {
        Some(held) => !held.is_named,
        None => life::leave_out(&mut parts.content, decision.exemption),
    };
    let in_scope = newest.responsible.iter().any(|one| one.organisation.in_ordinance_scope);
    let in_force_parts = known.decided_version.map(|_| in_force.as_parts());
    let by = Judging {
        significance: in_force_parts.is_some(),
        decided_on: Some(deciding.decided_on),
        at_once: false,
        ground: in_scope && life::asks_for_ground(decision.significance, in_force_parts.as_ref(), &parts),
        today: at.today,
    };
    decision.check(&by).map_err(|faults| Error::Invalid(in_sentences(&faults)))?;
    if known.has_revision() {
        keep_begun(&in_force.rounds, &mut parts.rounds, at.today);
    }
    let parts = NewCollection::new(parts).map_err(|faults| Error::Invalid(in_words(&faults)))?;
    let parts = parts.parts();
    // a planned change has no day yet: the new day takes the place of the one in force
    let mut before = newest.as_parts();
    before.content.decided_on = in_force.content.decided_on;
    let changes = differences(&mut tx, &before, parts).await?;
    if said_now {
        register::state_consultation(&mut tx, (known.id, version), &parts.content).await?;
    }
    let rests = match held {
        Some(held) => Some(held.id),
        None => closed::carried(&mut tx, (known.id, known.decided_version), &parts.content, decision.significance).await?,
    };
    register::date_decision(&mut tx, (known.id, version), deciding.decided_on, &parts.rounds, now).await?;
    if known.has_revision() {
        // the proposal's copies must not be taken for what is in force: the begun rounds keep their identity and version
        rounds::clear_proposal(&mut tx, known.id, in_force.version).await?;
        rounds::replace(&mut tx, known.id, version, &parts.rounds, at.today).await?;
    }
    let identity = Identity {
        status: Status::Decided,
        open_from: open_on(newest.created_at, parts, &parts.rounds),
        decided_version: Some(version),
        planned_version: None,
        ..identity_of(&known, &newest)
    };
    update(&mut tx, &known, &identity, now).await?;
    decisions::put(&mut tx, known.id, version, &decision).await?;
    decisions::rest(&mut tx, known.id, version, rests).await?;
    let changes: Vec<FieldChange> = changes.into_iter().filter(|change| change.field != Field::RoundLabel).collect();
    let hidden = !known.parties(at.today).open || !identity.is_open_on(at.today);
    add_event(&mut tx, &at, "collection.decided", (known.id, hidden), &json!({ "version": version }), &changes).await?;
    tx.commit().await?;
    Ok(())
}

/// The decision with what holds of its significance: that of the planned version, else what is said now; none for what is new.
fn judged(known: &Involved, planned: Decision, now: &Decision) -> Decision {
    if known.decided_version.is_none() {
        return Decision { significance: None, significance_reason: None, ..now.clone() };
    }
    match planned.significance {
        Some(_) => Decision { significance: planned.significance, significance_reason: planned.significance_reason, ..now.clone() },
        None => now.clone(),
    }
}

/// Drops the change that is planned beside what is decided, which stays as it is; a consultation about it is withdrawn. `based_on`: when the collection was last changed as
/// whoever drops the change has read it.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` where the collection has changed since it was read; `Invalid` where no change is planned.
pub async fn discard(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    number: CollectionNumber,
    based_on: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    retried(|| discard_once(db, origin, actor, number, based_on, now)).await
}

async fn discard_once(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    number: CollectionNumber,
    based_on: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = db.write().await?;
    let (known, at) = begin(&mut tx, actor, number, Step::Discard, now).await?;
    register::lock(&mut tx, known.id).await?;
    if known.changed_at != based_on {
        return Err(Error::Conflict);
    }
    let in_force = collections::load(&mut tx, &[known.id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
    rounds::clear_proposal(&mut tx, known.id, in_force.version).await?;
    // what only the change would have hidden is shown again
    let open_from = open_on(in_force.created_at, &in_force.as_parts(), &in_force.rounds);
    let identity = Identity { open_from, planned_version: None, ..identity_of(&known, &in_force) };
    update(&mut tx, &known, &identity, now).await?;
    add_event(
        &mut tx,
        &at,
        "collection.discarded",
        (known.id, !known.parties(at.today).open),
        &json!({ "version": known.planned_version }),
        &[],
    )
    .await?;
    let gone = Gone { action: "collection.discarded", after: known.decided_version.unwrap_or_default(), reason: None };
    withdraw_with(&mut tx, Some(origin), &at, known.id, gone).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a decided collection: no more rounds are carried out, a change that was planned lapses, and so does what is still consulted about.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` where its life does not allow it.
pub async fn end(db: &Db, origin: &Origin, actor: &Actor, number: CollectionNumber, now: DateTime<Utc>) -> Result<()> {
    retried(|| close_once(db, origin, actor, number, (Step::End, None), now)).await
}

/// Withdraws a collection that will not be carried out, for a reason that its history shows, and with it what is still consulted about.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` where its life does not allow it or the reason is missing.
pub async fn withdraw(db: &Db, origin: &Origin, actor: &Actor, number: CollectionNumber, reason: &str, now: DateTime<Utc>) -> Result<()> {
    let reason = reason.trim();
    check_reason(reason).map_err(Error::Invalid)?;
    retried(|| close_once(db, origin, actor, number, (Step::Withdraw, Some(reason)), now)).await
}

/// Judges the reason for withdrawing.
///
/// # Errors
/// What is wrong with it, in Swedish.
pub fn check_reason(reason: &str) -> Result<(), String> {
    if reason.trim().is_empty() {
        return Err("Skriv varför insamlingen återkallas.".to_owned());
    }
    decision::check_reason(reason)
}

async fn close_once(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    number: CollectionNumber,
    (step, reason): (Step, Option<&str>),
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = db.write().await?;
    let (known, at) = begin(&mut tx, actor, number, step, now).await?;
    register::lock(&mut tx, known.id).await?;
    let newest = collections::load(&mut tx, &[known.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let (status, action) =
        if step == Step::End { (Status::Ended, "collection.ended") } else { (Status::Withdrawn, "collection.withdrawn") };
    if let (true, Some(decided)) = (known.has_revision(), known.decided_version) {
        rounds::clear_proposal(&mut tx, known.id, decided).await?;
    }
    let planned_version = known.planned_version.filter(|_| !known.has_revision());
    // what was withdrawn before it went out is never shown, whatever day it was to go out
    let open_from = known.open_from.filter(|from| step != Step::Withdraw || *from <= at.today);
    let identity = Identity { status, open_from, planned_version, ..identity_of(&known, &newest) };
    update(&mut tx, &known, &identity, now).await?;
    let change = FieldChange { field: Field::Status, old: known.status.label().to_owned(), new: status.label().to_owned() };
    let more = reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
    add_event(&mut tx, &at, action, (known.id, !known.parties(at.today).open), &more, &[change]).await?;
    withdraw_with(&mut tx, Some(origin), &at, known.id, Gone { action, after: 0, reason }).await?;
    tx.commit().await?;
    Ok(())
}

/// Says that a collection still holds as it stands.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` where its life does not allow it or it was said today already.
pub async fn confirm(db: &Db, actor: &Actor, number: CollectionNumber, now: DateTime<Utc>) -> Result<()> {
    retried(|| confirm_once(db, actor, number, now)).await
}

async fn confirm_once(db: &Db, actor: &Actor, number: CollectionNumber, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let (known, at) = begin(&mut tx, actor, number, Step::Confirm, now).await?;
    if !case::confirm(&mut tx, known.id, known.changed_at, at.today, now).await? {
        return Err(Error::Conflict);
    }
    add_event(&mut tx, &at, "collection.confirmed", (known.id, !known.parties(at.today).open), &json!({}), &[]).await?;
    tx.commit().await?;
    Ok(())
}

/// The collection of a step, once the actor may take it and its life allows it.
async fn begin(tx: &mut Tx, actor: &Actor, number: CollectionNumber, step: Step, now: DateTime<Utc>) -> Result<(Involved, Circumstances)> {
    let today = clock::swedish_day(now);
    let known = involved(tx, actor, number, Right::Decide, today).await?;
    known.standing(today).check(step).map_err(Error::Invalid)?;
    if step == Step::Decide {
        // what there is may still be ended or withdrawn: nobody may have taken over
        check_living(tx, &actor.organisation, today).await?;
    }
    let at = Circumstances::by(actor, known.owner.clone(), now, "form");
    Ok((known, at))
}

/// Identity and life as they are.
fn identity_of(known: &Involved, newest: &Collection) -> Identity {
    Identity {
        id: known.id,
        number: newest.number,
        status: known.status,
        open_from: known.open_from,
        owner_code: known.owner.clone(),
        own_reference: newest.own_reference.clone(),
        decided_version: known.decided_version,
        planned_version: known.planned_version,
    }
}

async fn update(tx: &mut Tx, known: &Involved, identity: &Identity, now: DateTime<Utc>) -> Result<()> {
    if register::update(tx, identity, known.changed_at, now).await? { Ok(()) } else { Err(Error::Conflict) }
}
