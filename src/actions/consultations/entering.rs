//! Entering a case that came by mail, once its days have passed: either side may, and the other is told.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::letters::{Letters, Told, name_of, to_agency, to_bodies};
use super::{Seen, Side, add_event, joining, visible};
use crate::actions::Origin;
use crate::actions::collections::retried;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::entered::{self, Standing};
use crate::db::consultations::{self, Asked, Case, Part, steps};
use crate::db::involved::{self, Involved, living};
use crate::db::{Db, Tx, case, events, register};
use crate::domain::access::{Action, Actor, Role, may};
use crate::domain::collection::Collection;
use crate::domain::consultation::State;
use crate::domain::consultation::asking::{Asking, suggested};
use crate::domain::consultation::clocks::Clocks;
use crate::domain::consultation::entered::{Answered, Closed, Entered, EnteredFault, EnteredPart, Judging};
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::domain::terms::{RespondentKind, Status};
use crate::error::{Error, Result};
use crate::text;

/// How many days apart two cases about the same thing may have come before nobody asks whether they are one.
const NEAR: i64 = 14;

/// What the agency is asked for that stands for what a body entered.
pub(super) const CONFIRM: &str =
    "Läs det och bekräfta att det stämmer. Gör det inte det kan ni skriva vad som är fel, eller ta bort ärendet.";
/// What the others are asked for.
pub(super) const READ: &str = "Läs det. Stämmer det inte kan ni skriva vad som är fel.";

/// What somebody says that a case is about.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The collection.
    pub collection: CollectionNumber,
    /// Whether the change that is planned was asked about, and not what is in force.
    pub planned: bool,
    /// Whether it is another case than one that came a few days before or after.
    pub apart: bool,
}

/// Another case about the same thing, that came a few days before or after.
#[derive(Debug, Clone, Copy)]
pub struct Near {
    /// Its number.
    pub number: ConsultationNumber,
    /// When it came.
    pub day: NaiveDate,
    /// Whether the body that was asked stands in it already.
    pub is_in_it: bool,
}

/// Why a case is not entered.
#[derive(Debug)]
pub enum Refusal {
    /// Another case about the same thing came a few days before or after: whether they are one is asked.
    Near(Near),
    /// What is entered is wrong.
    Parts(Vec<EnteredFault>),
    /// The rights of the actor or the database.
    Error(Error),
}

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// What the register knows of the collection that a case is about.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Its parties and life.
    pub known: Involved,
    /// The newest version.
    pub newest: Collection,
    /// Codes of the bodies that the actor can enter a case for: its own, or where the agency enters it those that can be consulted.
    pub bodies: Vec<String>,
    /// Whether the actor speaks for the body.
    pub by_body: bool,
}

impl Ground {
    /// Reads it for whoever may enter a case about the collection.
    ///
    /// # Errors
    /// `NotFound` where there is none that the actor may know of; `Forbidden`; `Invalid` where the actor's body can not be consulted.
    pub async fn read(tx: &mut Tx, actor: &Actor, number: CollectionNumber, today: NaiveDate) -> Result<Self> {
        let known = involved::by_number(tx, number, today).await?.ok_or(Error::NotFound)?;
        let parties = known.parties(today);
        if !may(actor, Action::Read(parties)) {
            return Err(Error::NotFound);
        }
        if !may(actor, Action::EnterCase(parties)) {
            return Err(Error::Forbidden);
        }
        let newest = collections::load(tx, &[known.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
        let configured = suggested(&consultations::configured(tx).await?, RespondentKind::ALL);
        let by_body = actor.role == Role::Skr;
        let own = |code: &String| !by_body || *code == actor.organisation;
        let bodies: Vec<String> = configured.into_iter().filter(own).collect();
        if bodies.is_empty() {
            let why = "Ingen samrådspart är inställd som ni kan föra in ärenden för. En administratör ställer in vilka det är.";
            return Err(Error::Invalid(why.to_owned()));
        }
        Ok(Self { known, newest, bodies, by_body })
    }

    /// The version that was asked about: the one in force, or what is planned.
    #[must_use]
    pub fn version(&self, planned: bool) -> i64 {
        let decided = self.known.decided_version.filter(|_| !(planned && self.known.has_revision()));
        decided.or(self.known.planned_version).unwrap_or(self.newest.version)
    }
}

/// Enters a case of a collection. The same case entered by the same person is one, however often it is sent.
///
/// # Errors
/// Everything that is wrong with what is entered; `NotFound`, `Forbidden`.
pub async fn enter(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    about: About,
    one: &Entered,
    now: DateTime<Utc>,
) -> Result<ConsultationNumber, Refusal> {
    // only what the database says is tried again
    let work = || async {
        match enter_once(db, origin, actor, about, one, now).await {
            Err(Refusal::Error(error)) => Err(error),
            other => Ok(other),
        }
    };
    retried(work).await?
}

async fn enter_once(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    about: About,
    one: &Entered,
    now: DateTime<Utc>,
) -> Result<ConsultationNumber, Refusal> {
    let today = clock::swedish_day(now);
    let mut tx = db.write().await?;
    let id = Ground::read(&mut tx, actor, about.collection, today).await?.known.id;
    register::lock(&mut tx, id).await?;
    let ground = Ground::read(&mut tx, actor, about.collection, today).await?;
    let version = ground.version(about.planned);
    let by = Judging { known: &ground.bodies, today, others: &[] };
    let body = one.asking.bodies.first().map(String::as_str).unwrap_or_default();
    let cases = of_day(&mut tx, id, one.came_on, now).await?;
    if let Some(known) = cases.iter().find(|case| case.parts.iter().any(|part| part.body == body)) {
        one.check(by).map_err(Refusal::Parts)?;
        if says_the_same(known, body, one) && is_by(&mut tx, known.number, actor).await? {
            return Ok(known.number); // sent twice
        }
        let why = format!("Ett ärende om insamlingen som kom den dagen är redan infört: {}.", known.number);
        return Err(Refusal::Parts(vec![(EnteredPart::CameOn, why)]));
    }
    if let Some(other) = cases.iter().find(|case| case.version.1 == version) {
        if about.apart {
            let why = format!(
                "Ett ärende om insamlingen som kom den dagen är redan infört: {}. Ta bort krysset om det är samma begäran. Är det en annan, \
                 skriv den dag då den kom.",
                other.number
            );
            return Err(Refusal::Parts(vec![(EnteredPart::CameOn, why)]));
        }
        joining::check(&mut tx, other).await?;
        // several were asked at once: it is one case, and counts once
        let is_party = may_see(&mut tx, actor, other.number, today).await?;
        let one = joining::fitted(other, one, by, is_party).map_err(Refusal::Parts)?;
        joining::join(&mut tx, origin, actor, (&ground, other), &one, now).await?;
        tx.commit().await?;
        return Ok(other.number);
    }
    one.check(by).map_err(Refusal::Parts)?;
    if one.closed.is_none() {
        open_fault(&mut tx, &ground, version).await?;
    }
    if !about.apart {
        near_fault(&mut tx, actor, (id, version), (body, one.came_on), now).await?;
    }
    let entered = write(&mut tx, origin, actor, (&ground, version), one, now).await?;
    tx.commit().await?;
    Ok(entered)
}

/// The cases about a collection that came on a day.
pub(super) async fn of_day(tx: &mut Tx, collection: Uuid, day: NaiveDate, now: DateTime<Utc>) -> Result<Vec<Case>> {
    let numbers = entered::known(tx, collection, day_of(day, now)).await?;
    cases_of(tx, &numbers).await
}

/// The cases with these numbers.
async fn cases_of(tx: &mut Tx, numbers: &[ConsultationNumber]) -> Result<Vec<Case>> {
    let mut cases = Vec::with_capacity(numbers.len());
    for number in numbers {
        cases.extend(consultations::by_number(tx, *number).await?);
    }
    Ok(cases)
}

/// Whether somebody may see a case.
async fn may_see(tx: &mut Tx, actor: &Actor, number: ConsultationNumber, today: NaiveDate) -> Result<bool> {
    match visible(tx, actor, number, today).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Asks about a case of the same version that came a few days before or after, the nearest that the actor may see.
async fn near_fault(
    tx: &mut Tx,
    actor: &Actor,
    of: (Uuid, i64),
    (body, came_on): (&str, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let around = (day_of(came_on - TimeDelta::days(NEAR), now).0, day_of(came_on + TimeDelta::days(NEAR), now).1);
    let numbers = entered::known(tx, of.0, around).await?;
    let mut near = Vec::new();
    for case in cases_of(tx, &numbers).await?.into_iter().filter(|case| case.version == of) {
        if may_see(tx, actor, case.number, clock::swedish_day(now)).await? {
            let is_in_it = case.parts.iter().any(|part| part.body == body);
            near.push(Near { number: case.number, day: clock::swedish_day(case.requested_at), is_in_it });
        }
    }
    let nearest = near.into_iter().min_by_key(|near| (came_on - near.day).num_days().abs());
    nearest.map_or(Ok(()), |near| Err(Refusal::Near(near)))
}

/// Refuses a case that would be open though what it is about is over, or beside another that is.
async fn open_fault(tx: &mut Tx, ground: &Ground, version: i64) -> Result<(), Refusal> {
    if matches!(ground.known.status, Status::Ended | Status::Withdrawn) {
        let why = format!("Insamlingen är {}. Ange hur samrådet slutade.", ground.known.status);
        return Err(Refusal::Parts(vec![(EnteredPart::Outcome, why)]));
    }
    match steps::open_about(tx, (ground.known.id, version)).await? {
        Some(open) => {
            let why = format!("Samråd {open} om samma insamling pågår redan. Skriv där, eller ange hur det här slutade.");
            Err(Refusal::Parts(vec![(EnteredPart::Outcome, why)]))
        }
        None => Ok(()),
    }
}

/// When a day begins and ends in Sweden.
fn day_of(day: NaiveDate, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let begins = clock::swedish_midnight(day).unwrap_or(now);
    let next = day.succ_opt().and_then(clock::swedish_midnight);
    (begins, next.unwrap_or(begins + TimeDelta::days(1)))
}

/// The moment that stands for a day: noon, but never one that has not come.
pub(super) fn moment_of(day: NaiveDate, now: DateTime<Utc>) -> DateTime<Utc> {
    (day_of(day, now).0 + TimeDelta::hours(12)).min(now)
}

/// What was entered of a body's part of a case.
#[must_use]
pub fn of_case(case: &Case, part: &Part) -> Entered {
    let day = clock::swedish_day;
    let answered = part.opinion.zip(part.answered_at);
    let closed = case.outcome.zip(case.closed_at);
    Entered {
        asking: Asking { bodies: vec![part.body.clone()], ..case.asking.clone() },
        came_on: day(case.requested_at),
        body_diary: part.diary_number.clone(),
        answered: answered.map(|(opinion, at)| Answered { on: day(at), opinion, words: part.answer.clone() }),
        closed: closed.map(|(outcome, at)| Closed { on: day(at), outcome, words: case.closing.clone() }),
    }
}

/// Whether a case says of a body what is entered.
fn says_the_same(case: &Case, body: &str, one: &Entered) -> bool {
    let one = if case.parts.len() > 1 { joining::filled(case, one) } else { one.clone() };
    case.parts.iter().find(|part| part.body == body).is_some_and(|part| of_case(case, part) == one)
}

/// Whether this person entered a case.
async fn is_by(tx: &mut Tx, number: ConsultationNumber, actor: &Actor) -> Result<bool> {
    let events = events::of(tx, "consultation", &number.to_string()).await?;
    Ok(events.iter().any(|one| one.action == "consultation.entered" && one.person == Some(actor.person)))
}

async fn write(
    tx: &mut Tx,
    origin: &Origin,
    actor: &Actor,
    (ground, version): (&Ground, i64),
    one: &Entered,
    now: DateTime<Utc>,
) -> Result<ConsultationNumber> {
    let today = clock::swedish_day(now);
    let own = !ground.by_body && ground.known.responsible.contains(&actor.organisation);
    let asked = Asked {
        id: clock::new_id(),
        version: (ground.known.id, version),
        entered: true,
        agency: if own { actor.organisation.clone() } else { living(tx, &ground.known.owner, today).await? },
        person: (!ground.by_body).then_some(actor.person),
        at: moment_of(one.came_on, now),
    };
    // it is counted in the year in which it came, and numbered with that year
    let number = consultations::insert(tx, &asked, &one.asking, i64::from(one.came_on.year())).await?;
    steps::lock(tx, number, now).await?;
    let body = one.asking.bodies.first().map(String::as_str).unwrap_or_default();
    let assignee = ground.by_body.then_some(actor.person);
    entered::put_part(tx, asked.id, body, standing(one, ground.by_body, (assignee, Some(&actor.organisation)), now)).await?;
    if let Some(closed) = &one.closed {
        entered::close(tx, asked.id, (closed.outcome, closed.words.as_deref()), moment_of(closed.on, now)).await?;
    }
    // the agency stands for its own words
    entered::confirm(tx, asked.id, (!ground.by_body).then_some(now)).await?;
    case::touch(tx, ground.known.id, now).await?;
    let seen = visible(tx, actor, number, today).await?;
    let letters = tell(tx, origin, &seen, one, now).await?;
    let detail = letters.with(json!({ "collection": seen.collection.to_string(), "came_on": one.came_on }));
    add_event(tx, actor, "consultation.entered", number, detail, now).await?;
    Ok(number)
}

/// Where the body's part stands: the time between the days is the body's, as nothing is known of questions in between.
pub(super) fn standing<'a>(
    one: &'a Entered,
    by_body: bool,
    (assignee, entered_by): (Option<Uuid>, Option<&'a str>),
    now: DateTime<Utc>,
) -> Standing<'a> {
    let state = one.state(by_body);
    let came_at = moment_of(one.came_on, now);
    let until = one.waited_until().map(|day| moment_of(day, now));
    let clocks = until.map_or_else(Clocks::default, |until| Clocks::default().until(State::Requested, came_at, until));
    let answered_at = one.answered.as_ref().map(|answered| moment_of(answered.on, now));
    let closed_at = one.closed.as_ref().map(|closed| moment_of(closed.on, now));
    Standing {
        state,
        since: closed_at.or(answered_at).unwrap_or(came_at),
        clocks,
        assignee,
        diary_number: one.body_diary.as_deref(),
        entered_by,
        answer: one.answered.as_ref().zip(answered_at).map(|(answered, at)| (answered.opinion, answered.words.as_deref(), at)),
    }
}

/// Writes to those who did not enter the case.
pub(super) async fn tell(tx: &mut Tx, origin: &Origin, seen: &Seen, one: &Entered, now: DateTime<Utc>) -> Result<Letters> {
    let who = name_of(tx, &seen.organisation).await?;
    let body = name_of(tx, one.asking.bodies.first().map_or("", String::as_str)).await?;
    let came_on = text::written_date(one.came_on);
    let mut what = format!("{who} har i efterhand fört in ett samråd som skedde per mejl. Begäran till {body} kom den {came_on}");
    if let Some(answered) = &one.answered {
        what.push_str(&format!(", besvarades den {} ({})", text::written_date(answered.on), answered.opinion));
    }
    if let Some(closed) = &one.closed {
        what.push_str(&format!(", avslutades den {} ({})", text::written_date(closed.on), closed.outcome));
    }
    // only the agency confirms, and only what a body has entered of what is the agency's to say
    let told = |ask: &str| Told { subject: "infört i efterhand", what: format!("{what}. {ask}"), ..Told::default() };
    let (confirm, read) = (told(CONFIRM), told(READ));
    to_sides(tx, origin, seen, (if seen.is_view_unconfirmed() { &confirm } else { &read }, &read), now).await
}

/// Writes to every side of a case but the own.
pub(super) async fn to_others(tx: &mut Tx, origin: &Origin, seen: &Seen, told: &Told<'_>, now: DateTime<Utc>) -> Result<Letters> {
    to_sides(tx, origin, seen, (told, told), now).await
}

/// The same, with words of its own for the agency and for the bodies.
pub(super) async fn to_sides(
    tx: &mut Tx,
    origin: &Origin,
    seen: &Seen,
    (agency, bodies): (&Told<'_>, &Told<'_>),
    now: DateTime<Utc>,
) -> Result<Letters> {
    let mut letters = to_bodies(tx, origin, seen, bodies, now).await?;
    if seen.side != Side::Agency {
        let many = to_agency(tx, origin, seen, agency, now).await?;
        letters.add(&seen.case.agency, many);
    }
    Ok(letters)
}
