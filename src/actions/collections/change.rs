//! Changing a collection by a file: what the file does not name stays.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{Circumstances, add_event, differences, in_words, next_number, write_version};
use crate::actions::consultations::closed;
use crate::actions::consultations::withdrawing::{Gone, withdraw_with};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::register::{self, Identity, Known};
use crate::db::{Tx, decisions, rounds};
use crate::domain::collection::{Collection, open_from};
use crate::domain::field::Field;
use crate::domain::life;
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::ordinance;
use crate::domain::revision::{changed_fields, keep_unsaid};
use crate::domain::round::{Round, same_occasions};
use crate::domain::terms::Status;
use crate::error::{Error, Result};

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

impl Change {
    /// The code in events.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Changed => "changed",
            Self::Revised => "revised",
        }
    }

    /// What has this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::None, Self::Changed, Self::Revised].into_iter().find(|change| change.code() == code)
    }
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
    register::lock(tx, known.id).await?;
    let (newest, in_force) = both(tx, known.id).await?;
    if says_the_same(new, &in_force, given) {
        return Ok(Change::None);
    }
    let mut parts = new.parts().clone();
    // what ends is what is in force: a change that was planned lapses, as it does when a person ends the collection
    let ends = parts.status == Status::Ended && in_force.status == Status::Decided;
    let newest = if ends { in_force.clone() } else { newest };
    keep_unsaid(&mut parts, &newest.as_parts(), given);
    life::check(newest.status, parts.status).map_err(Error::Invalid)?;
    if ends {
        check_only_ends(&in_force, &parts)?;
    }
    // what is in force was decided on its day: other content is decided only if it says on which other day
    let new_day = parts.content.decided_on.is_some() && parts.content.decided_on != in_force.content.decided_on;
    let decided = known.decided_version;
    // a file does not say how much it changes an enkät (3 §): its decision is registered by somebody who does
    let is_survey = [in_force.content.kind, parts.content.kind].into_iter().any(ordinance::survey_sections_apply);
    let unjudged = is_survey && parts.status == Status::Decided && !is_another_day_only(&newest, &in_force, &parts);
    let revised = decided.is_some() && (parts.status == Status::Planned || (parts.status == Status::Decided && (!new_day || unjudged)));
    if revised && unjudged {
        parts.content.decided_on = in_force.content.decided_on;
    }
    let next = Next { id: known.id, decided, latest: known.latest_version, newest: &newest, in_force: &in_force, revised };
    let decided_by_file = decided.filter(|_| !revised && parts.status == Status::Decided);
    // a case about what was planned until now, looked for before that is written over
    let same_decision = ends || is_another_day_only(&newest, &in_force, &parts);
    let rests = match decided {
        // it ends, or a slip in the day is put right
        Some(decided) if same_decision => decisions::rests_on(tx, known.id, decided).await?,
        _ if !revised && parts.status == Status::Decided => closed::of_file(tx, (known.id, decided), &parts.content).await?,
        _ => None,
    };
    let Some(version) = next.write(tx, parts, at).await? else { return Ok(Change::None) };
    if let Some(decided) = decided_by_file.filter(|_| newest.version == in_force.version) {
        // a file says nothing of who decided: what is known of that stays
        let mut decision = decisions::get(tx, known.id, decided).await?;
        if !same_decision {
            // how much it changes nobody has judged
            (decision.significance, decision.significance_reason) = (None, None);
        }
        decisions::put(tx, known.id, version, &decision).await?;
    }
    if rests.is_some() {
        decisions::rest(tx, known.id, version, rests).await?;
    }
    if ends {
        let gone = Gone { action: "collection.ended", after: 0, reason: None };
        withdraw_with(tx, at.origin.as_ref(), at, known.id, gone).await?;
    }
    Ok(if revised { Change::Revised } else { Change::Changed })
}

/// Refuses a file that ends an enkät and changes it too: nobody has judged the change (3 §).
fn check_only_ends(in_force: &Collection, parts: &CollectionParts) -> Result<()> {
    let old = in_force.as_parts();
    if ![old.content.kind, parts.content.kind].into_iter().any(ordinance::survey_sections_apply) {
        return Ok(());
    }
    let changed = changed_fields(&old, parts).into_iter().filter(|field| !matches!(field, Field::Status | Field::DecidedOn));
    let changed: Vec<&str> = changed.map(Field::label).collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "Filen avslutar enkäten och ändrar samtidigt något i den ({}). Låt det stå som det är beslutat när du avslutar den.",
        changed.join(", ")
    )))
}

/// Whether nothing is changed but the day of the decision in force: a slip put right, not another decision.
fn is_another_day_only(newest: &Collection, in_force: &Collection, parts: &CollectionParts) -> bool {
    newest.version == in_force.version && differs_in_day_only(&in_force.as_parts(), parts)
}

/// Whether nothing differs but the day of the decision.
#[must_use]
pub fn differs_in_day_only(old: &CollectionParts, new: &CollectionParts) -> bool {
    changed_fields(old, new).iter().all(|field| matches!(field, Field::DecidedOn | Field::Status))
}

/// The newest version and the one in force.
pub(super) async fn both(tx: &mut Tx, id: Uuid) -> Result<(Collection, Collection)> {
    let newest = collections::load(tx, &[id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let in_force = collections::load(tx, &[id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
    Ok((newest, in_force))
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

/// A version that follows what the register has.
pub(super) struct Next<'a> {
    /// The collection.
    pub id: Uuid,
    /// Its version in force.
    pub decided: Option<i64>,
    /// Its newest version there is.
    pub latest: i64,
    /// What the newest version says.
    pub newest: &'a Collection,
    /// What the version in force says.
    pub in_force: &'a Collection,
    /// Whether it is planned beside the decided one.
    pub revised: bool,
}

impl Next<'_> {
    /// Writes the version, if it differs from the newest one, and tells its number.
    ///
    /// # Errors
    /// `Invalid` where it lacks something; `Conflict` where somebody else changed the collection meanwhile.
    pub async fn write(&self, tx: &mut Tx, mut parts: CollectionParts, at: &Circumstances) -> Result<Option<i64>> {
        let Self { id, newest, in_force, revised, .. } = *self;
        if !revised {
            keep_begun(&in_force.rounds, &mut parts.rounds, at.today);
        }
        let parts = NewCollection::new(parts).map_err(|faults| Error::Invalid(in_words(&faults)))?;
        let parts = parts.parts();
        let mut changes = differences(tx, &newest.as_parts(), parts).await?;
        // a planned change leaves a decided collection decided, on its day
        changes.retain(|change| !(revised && matches!(change.field, Field::Status | Field::DecidedOn)));
        if changes.is_empty() {
            return Ok(None);
        }
        let version = self.latest + 1;
        let number = match newest.number {
            Some(number) => number,
            None => next_number(tx, at).await?,
        };
        let identity = Identity { number: Some(number), ..self.identity(parts, version, at) };
        let lineages = register::lineages(tx, id).await?;
        write_version(tx, (id, version), parts, lineages, (identity.decided_version == Some(version), at)).await?;
        rounds::clear_proposal(tx, id, in_force.version).await?;
        if revised {
            rounds::insert(tx, id, version, &parts.rounds).await?;
        } else {
            rounds::replace(tx, id, version, &parts.rounds, at.today).await?;
        }
        if !register::update(tx, &identity, newest.changed_at, at.now).await? {
            return Err(Error::Conflict);
        }
        let action = if revised { "collection.revised" } else { "collection.changed" };
        // the old values were hidden, even if the change opens the collection
        let hidden = !in_force.is_open_on(at.today) || !identity.is_open_on(at.today);
        add_event(tx, at, action, (id, hidden), &json!({ "version": version }), &changes).await?;
        Ok(Some(version))
    }

    /// Identity and life when `version` has been written.
    fn identity(&self, parts: &CollectionParts, version: i64, at: &Circumstances) -> Identity {
        let (newest, in_force, revised) = (self.newest, self.in_force, self.revised);
        let decided = !revised && (parts.status == Status::Decided || (parts.status == Status::Ended && self.decided.is_some()));
        // what is to be hidden is hidden at once, whatever else waits for a decision
        let open_from = match revised {
            true if parts.visibility == newest.visibility => in_force.open_from,
            true => later(in_force.open_from, open_on(newest.created_at, parts, &in_force.rounds)),
            false => open_on(newest.created_at, parts, &parts.rounds),
        };
        Identity {
            id: self.id,
            number: newest.number,
            status: if revised { newest.status } else { parts.status },
            open_from,
            owner_code: at.owner.clone(),
            own_reference: parts.own_reference.clone(),
            decided_version: if decided { Some(version) } else { self.decided },
            planned_version: (!decided).then_some(version),
        }
    }
}

/// The later of two first days on which something is shown, where none is never: what is only planned hides at once, but opens nothing.
fn later(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Option<NaiveDate> {
    one.zip(other).map(|(one, other)| one.max(other))
}

/// The first day on which a collection registered at `registered` is shown openly.
pub(super) fn open_on(registered: DateTime<Utc>, parts: &CollectionParts, rounds: &[Round]) -> Option<NaiveDate> {
    open_from(parts.visibility, clock::swedish_day(registered), rounds)
}

/// Adds the old rounds that have begun and that the new ones leave out: what went out cannot be undone.
pub(super) fn keep_begun(old: &[Round], new: &mut Vec<Round>, today: NaiveDate) {
    let places = same_occasions(old, new);
    let missing = old.iter().enumerate().filter(|(at, round)| !places.contains(&Some(*at)) && round.has_begun(today));
    let missing: Vec<Round> = missing.map(|(_, round)| round.clone()).collect();
    new.extend(missing);
    new.sort_by_key(Round::order);
}
