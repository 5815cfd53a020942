//! Asking for consultation about what is planned or decided.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::attachments::{Judged, store};
use super::letters::{Told, name_of, to_bodies};
use super::{add_event, visible};
use crate::actions::collections::{Right, check_living, involved, retried};
use crate::actions::configuring::Number;
use crate::actions::pairs::{Waiting, unanswered};
use crate::actions::{Origin, watching};
use crate::clock;
use crate::db::attachments::Attachment;
use crate::db::collections::{self, Version};
use crate::db::consultations::{self, Asked, Case, steps};
use crate::db::involved::{Involved, living};
use crate::db::{Db, Tx, case, register};
use crate::domain::access::Actor;
use crate::domain::collection::Collection;
use crate::domain::consultation::CaseKind;
use crate::domain::consultation::asking::{Asking, AskingFault, Judging, is_over, may_ask, suggested, suggested_kind};
use crate::domain::field::Field;
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::domain::life::is_in_substance;
use crate::domain::ordinance::survey_sections_apply;
use crate::domain::revision::changed_fields;
use crate::domain::terms::RespondentKind;
use crate::domain::working_days;
use crate::error::{Error, Result};
use crate::text;

/// Why consultation is not asked for.
#[derive(Debug)]
pub enum Refusal {
    /// What is asked for is wrong.
    Parts(Vec<AskingFault>),
    /// Overlaps wait for the agency's answer.
    Unanswered(Vec<Waiting>),
    /// The life of the collection, the rights of the actor or the database.
    Error(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What an asking stands on: the version that is asked about, and what the register knows before the agency writes anything.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The collection's parties and life.
    pub known: Involved,
    /// The version that is asked about: the planned one, else the one in force.
    pub newest: Collection,
    /// What it says otherwise than the one in force; none where nothing is in force.
    pub changed: Option<Vec<Field>>,
    /// The flagged overlaps that the agency has not answered.
    pub waiting: Vec<Waiting>,
    /// The bodies that are suggested for each kind of respondents.
    pub configured: BTreeMap<RespondentKind, Vec<String>>,
    /// Working days below which the time asks for a reason.
    pub working_days: i64,
    /// The case about this version that is not over.
    pub open: Option<ConsultationNumber>,
}

impl Ground {
    /// Reads it for whoever may change the collection.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub async fn read(tx: &mut Tx, actor: &Actor, number: CollectionNumber, today: NaiveDate) -> Result<Self> {
        let known = involved(tx, actor, number, Right::Edit, today).await?;
        let newest = collections::load(tx, &[known.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
        let changed = match known.decided_version {
            Some(_) => {
                let in_force = collections::load(tx, &[known.id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
                Some(changed_fields(&in_force.as_parts(), &newest.as_parts()))
            }
            None => None,
        };
        let waiting = unanswered(tx, actor, known.id, today).await?;
        let configured = consultations::configured(tx).await?;
        let working_days = Number::WorkingDays.get(tx).await?;
        let open = steps::open_about(tx, (known.id, newest.version)).await?;
        Ok(Self { known, newest, changed, waiting, configured, working_days, open })
    }

    /// Why consultation cannot be asked for, whatever is written; what waits for an answer is told by itself.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let open =
            self.open.map(|number| format!("Samråd {number} om samma version är inte avslutat. Skriv där, eller återkalla det först."));
        may_ask(self.known.status).err().or(open)
    }

    /// Codes of the bodies that can be consulted.
    #[must_use]
    pub fn bodies(&self) -> Vec<String> {
        let kinds: Vec<RespondentKind> = RespondentKind::ALL.to_vec();
        suggested(&self.configured, &kinds)
    }

    /// Those that are suggested for who is asked here.
    #[must_use]
    pub fn suggested(&self) -> Vec<String> {
        let kinds: Vec<RespondentKind> = self.newest.content.respondents.iter().map(|group| group.kind).collect();
        suggested(&self.configured, &kinds)
    }

    /// What the case is counted as, where the register knows it.
    #[must_use]
    pub fn suggested_kind(&self, today: NaiveDate) -> Option<CaseKind> {
        let changed = self.changed.as_ref().is_some_and(|fields| !fields.is_empty());
        let repeated = self.newest.rounds.iter().any(|round| is_over(round, today));
        suggested_kind(self.changed.is_some(), changed, repeated, self.newest.content.periodicity)
    }

    /// Whether the form can be as it was: something is in force, and nothing changes in substance.
    #[must_use]
    pub fn may_be_unchanged(&self) -> bool {
        self.changed.as_ref().is_some_and(|fields| !is_in_substance(fields))
    }

    /// Whether overlaps wait for the agency's answer before it can ask. With a form that is as it was they go along as they are: nothing new
    /// is asked for.
    #[must_use]
    pub fn demands(&self, unchanged: bool) -> bool {
        let goes_along = unchanged && self.may_be_unchanged();
        !self.waiting.is_empty() && !goes_along
    }

    /// The first day with as many working days as the administrator wants.
    #[must_use]
    pub fn wanted_on(&self, today: NaiveDate) -> NaiveDate {
        working_days::after(today, usize::try_from(self.working_days).unwrap_or_default())
    }

    /// What an asking is judged by.
    #[must_use]
    pub fn judging<'a>(&self, known: &'a [String], today: NaiveDate) -> Judging<'a> {
        let survey = survey_sections_apply(self.newest.content.kind);
        Judging { today, working_days: self.working_days, known, survey, entered: false }
    }
}

/// Asks for consultation about the newest version of a collection, with the files that show the form. The same asking by the same person is
/// one case, however often it is sent.
///
/// # Errors
/// Everything that is wrong with what is asked for; overlaps that wait for an answer; `NotFound`, `Forbidden`; `Invalid` where its life does
/// not allow it or a case about the same version is open.
pub async fn ask(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    number: CollectionNumber,
    (asking, files): (&Asking, &[Judged]),
    now: DateTime<Utc>,
) -> Result<ConsultationNumber, Refusal> {
    // only what the database says is tried again
    let work = || async {
        match ask_once(db, origin, actor, number, (asking, files), now).await {
            Err(Refusal::Error(error)) => Err(error),
            other => Ok(other),
        }
    };
    retried(work).await?
}

async fn ask_once(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    number: CollectionNumber,
    (asking, files): (&Asking, &[Judged]),
    now: DateTime<Utc>,
) -> Result<ConsultationNumber, Refusal> {
    let today = clock::swedish_day(now);
    let mut tx = db.write().await.map_err(Error::from)?;
    let id = involved(&mut tx, actor, number, Right::Edit, today).await?.id;
    register::lock(&mut tx, id).await.map_err(Error::from)?;
    let ground = Ground::read(&mut tx, actor, number, today).await?;
    if let Some(open) = ground.open {
        let open = consultations::by_number(&mut tx, open).await.map_err(Error::from)?;
        if let Some(open) = open.filter(|open| is_same(open, actor, asking)) {
            return Ok(open.number); // sent twice
        }
    }
    if let Some(refusal) = ground.refusal() {
        return Err(Error::Invalid(refusal).into());
    }
    check_living(&mut tx, &actor.organisation, today).await?;
    let bodies = ground.bodies();
    asking.check(&ground.judging(&bodies, today)).map_err(Refusal::Parts)?;
    if ground.demands(asking.form_unchanged) {
        return Err(Refusal::Unanswered(ground.waiting));
    }
    let asked = write(&mut tx, origin, actor, &ground, (asking, files), now).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(asked)
}

/// Whether an open case is the very asking of the same person.
fn is_same(open: &Case, actor: &Actor, asking: &Asking) -> bool {
    open.person == Some(actor.person) && open.asking == *asking
}

async fn write(
    tx: &mut Tx,
    origin: &Origin,
    actor: &Actor,
    ground: &Ground,
    (asking, files): (&Asking, &[Judged]),
    now: DateTime<Utc>,
) -> Result<ConsultationNumber> {
    let today = clock::swedish_day(now);
    let responsible = ground.known.responsible.contains(&actor.organisation);
    // a collector asks on behalf of whoever is responsible
    let agency = if responsible { actor.organisation.clone() } else { living(tx, &ground.known.owner, today).await? };
    let asked = Asked {
        id: clock::new_id(),
        version: (ground.known.id, ground.newest.version),
        entered: false,
        agency,
        person: Some(actor.person),
        at: now,
    };
    let number = consultations::insert(tx, &asked, asking, i64::from(today.year())).await?;
    case::touch(tx, ground.known.id, now).await?;
    let seen = visible(tx, actor, number, today).await?;
    let (mut attached, mut left_out) = (Vec::new(), Vec::new());
    for (nth, file) in files.iter().enumerate() {
        if let Some(same) = files[..nth].iter().find(|other| other.is_same(file)) {
            // chosen twice
            left_out.extend(Some(file.name()).filter(|name| *name != same.name()));
            continue;
        }
        attached.push(store(tx, &seen, actor, file, now).await?);
    }
    let agency = name_of(tx, &asked.agency).await?;
    let told = Told {
        subject: "begäran om samråd",
        what: format!("{agency} begär samråd och vill ha svar senast den {}.", text::written_date(asking.wanted_on)),
        asks: true,
        facts: facts(asking, &attached),
        ..Told::default()
    };
    let letters = to_bodies(tx, origin, &seen, &told, now).await?;
    let attached: Vec<Uuid> = attached.iter().map(|file| file.id).collect();
    let watchers = watching::tell(tx, origin, &seen, now).await?;
    let detail = json!({ "collection": seen.collection.to_string(), "bodies": asking.bodies, "attachments": attached, "left_out": left_out, "watchers": watchers });
    add_event(tx, actor, "consultation.requested", number, letters.with(detail), now).await?;
    Ok(number)
}

/// What the letter tells in short: what is needed to file the request and to plan for it.
fn facts(asking: &Asking, attached: &[Attachment]) -> Vec<(String, String)> {
    let names: Vec<&str> = attached.iter().map(|file| file.name.as_str()).collect();
    let all = [
        ("Svar önskas senast", Some(text::written_date(asking.wanted_on))),
        ("Varför tiden är kort", asking.short_time_reason.clone()),
        ("Myndighetens diarienummer", asking.diary_number.clone()),
        ("Bilagor", Some(names.join(", ")).filter(|names| !names.is_empty())),
    ];
    all.into_iter().filter_map(|(term, value)| Some((term.to_owned(), value?))).collect()
}
