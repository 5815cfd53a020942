//! What forwarding to a sakkunnig and asking reference municipalities have in common: a case seen without an account, tokens, and how many forms
//! a network may send.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::letters::{Told, name_of, to_body};
use super::{Seen, Side};
use crate::actions::Origin;
use crate::db::attachments::{self, Attachment};
use crate::db::collections::{self, Version};
use crate::db::consultations::{self, Part, forwarding, reference};
use crate::db::events::Event;
use crate::db::{Db, Tx, events, involved, outbox, pairs, people, sign_in};
use crate::domain::access::{Action, Actor, may};
use crate::domain::collection::Collection;
use crate::domain::consultation::forwarding::{ADDRESS_KEPT, MOST_PER_SOURCE};
use crate::domain::identifier::ConsultationNumber;
use crate::domain::sign_in::WINDOW;
use crate::error::{Error, Result};
use crate::mail::messages::Named;
use crate::{clock, secret};

/// How long the address of a reference municipality is kept after its answer day: it is proposed the next time. Two years are promised, and
/// what is swept once a day may be a day and more late.
const REFERENCE_ADDRESS_KEPT: TimeDelta = TimeDelta::days(728);

/// Said to whoever sends too many forms.
pub const TOO_MANY: &str = "Många svar har skickats från ert nätverk den senaste timmen. Vänta en stund och skicka sedan igen.";

/// The draft of a case, as somebody without an account reads it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The case, seen by nobody's side.
    pub seen: Seen,
    /// The version that is asked about.
    pub asked: Collection,
    /// The lineages of its items, in their order.
    pub lineages: Vec<Uuid>,
    /// The name of the agency.
    pub agency: String,
    /// The name of the body that shows it.
    pub body: String,
    /// Whether the collection is not open.
    pub hidden: bool,
}

impl Draft {
    /// The draft of a case that a body shows.
    ///
    /// # Errors
    /// `NotFound` where the body has no part in it.
    pub async fn read(tx: &mut Tx, number: ConsultationNumber, body: &str, today: NaiveDate) -> Result<Self> {
        let seen = seen(tx, number, body, today).await?;
        let (id, version) = seen.case.version;
        // of what is planned now the rounds are those of the plan
        let which = if seen.known.planned_version == Some(version) { Version::Newest } else { Version::Numbered(version) };
        let asked = collections::load(tx, &[id], which).await?.pop().ok_or(Error::NotFound)?;
        let lineages = pairs::lineages(tx, id, version).await?;
        let agency = name_of(tx, &seen.case.agency).await?;
        let body = name_of(tx, body).await?;
        let hidden = !seen.known.parties(today).open;
        Ok(Self { seen, asked, lineages, agency, body, hidden })
    }

    /// The part of the body that shows it.
    ///
    /// # Errors
    /// `NotFound` where it has none.
    pub fn part(&self) -> Result<&Part> {
        part_of(&self.seen, &self.seen.organisation)
    }

    /// The collection, as a letter names it: what is not open is called nothing there.
    #[must_use]
    pub fn named(&self) -> Named {
        let title = if self.hidden { String::new() } else { self.asked.content.title.clone() };
        Named { number: self.seen.collection.to_string(), title, address: String::new() }
    }
}

/// A case as a body's guest sees it: for nobody's side.
pub(super) async fn seen(tx: &mut Tx, number: ConsultationNumber, body: &str, today: NaiveDate) -> Result<Seen> {
    let case = consultations::by_number(tx, number).await?.ok_or(Error::NotFound)?;
    let collection = consultations::collection_number(tx, case.version.0).await?;
    let known = involved::by_number(tx, collection, today).await?.ok_or(Error::NotFound)?;
    let seen = Seen { case, known, collection, side: Side::Reader, organisation: body.to_owned() };
    part_of(&seen, body)?;
    Ok(seen)
}

/// The part of a body in a case.
pub(super) fn part_of<'a>(seen: &'a Seen, body: &str) -> Result<&'a Part> {
    seen.case.parts.iter().find(|part| part.body == body).ok_or(Error::NotFound)
}

/// Whether a guest may read a file: what the agency attached and, for a sakkunnig, what the body that asks has shown the agency.
#[must_use]
pub fn is_shown(one: &Attachment, body: Option<&str>) -> bool {
    !one.internal && one.body.as_deref().is_none_or(|of| body == Some(of))
}

/// A file of a case with its content, if a guest may read it.
///
/// # Errors
/// `NotFound`.
pub(super) async fn file(tx: &mut Tx, case: Uuid, id: Uuid, body: Option<&str>) -> Result<(Attachment, Vec<u8>)> {
    let attachment = attachments::get(tx, case, id).await?.filter(|one| is_shown(one, body)).ok_or(Error::NotFound)?;
    let content = attachments::content(tx, id).await?;
    Ok((attachment, content))
}

/// A new token and what is kept of it.
pub(super) fn token() -> Result<(String, String)> {
    let token = secret::new().map_err(Error::internal)?;
    let digest = secret::digest(&token);
    Ok((token, digest))
}

/// How long it is from `now` until a day is over in Sweden.
pub(super) fn until_end_of(day: NaiveDate, now: DateTime<Utc>) -> TimeDelta {
    let over = day.succ_opt().and_then(clock::swedish_midnight);
    over.map_or(TimeDelta::zero(), |over| (over - now).max(TimeDelta::zero()))
}

/// Counts a form that is sent without an account. Answers whether the network it comes from may send it.
///
/// # Errors
/// As the database says.
pub async fn may_send(db: &Db, source: &str, now: DateTime<Utc>) -> Result<bool> {
    let key = secret::digest(&format!("outside {source}"));
    let mut tx = db.write().await?;
    if sign_in::attempts(&mut tx, &key, now - WINDOW).await? >= MOST_PER_SOURCE {
        return Ok(false);
    }
    sign_in::add_attempt(&mut tx, &key, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Tells those who have a body's part that somebody outside has answered; what was answered stands in the register only.
pub(super) async fn tell(tx: &mut Tx, origin: &Origin, seen: &Seen, what: String, now: DateTime<Utc>) -> Result<usize> {
    let part = part_of(seen, &seen.organisation)?;
    to_body(tx, origin, seen, part, &Told { subject: "svar utifrån", what, ..Told::default() }, now).await
}

/// Writes what somebody without an account, or the program itself, did to a case on behalf of an organisation.
pub(super) async fn add_event(
    tx: &mut Tx,
    actor: &str,
    action: &str,
    number: ConsultationNumber,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.to_owned(),
        person: None,
        action: action.to_owned(),
        subject_kind: "consultation".to_owned(),
        subject: number.to_string(),
        detail,
    };
    events::add(tx, &event).await?;
    Ok(())
}

/// Takes away the addresses that are of no use any more at `now`.
///
/// # Errors
/// As the database says.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<()> {
    let ended = now - ADDRESS_KEPT;
    let mut tx = db.write().await?;
    forwarding::sweep(&mut tx, ended, clock::swedish_day(ended)).await?;
    reference::sweep(&mut tx, clock::swedish_day(now - REFERENCE_ADDRESS_KEPT)).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes an address away from everything that was asked of it: whoever has it is taken out. Answers from how many questions.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, email: &str) -> Result<u64> {
    Ok(forwarding::forget(tx, email).await? + reference::forget(tx, email).await?)
}

/// Takes the address of a guest away before its time, with the letters to it. Answers from how many questions.
///
/// # Errors
/// `Forbidden` unless `actor` is an administrator; `Invalid` where the address is somebody's who has an account.
pub async fn forget_guest(db: &Db, actor: &Actor, email: &str, now: DateTime<Utc>) -> Result<u64> {
    if !may(actor, Action::Administer) {
        return Err(Error::Forbidden);
    }
    let mut tx = db.write().await?;
    if people::by_email(&mut tx, email).await?.is_some() {
        let why = "Adressen hör till ett konto. Ta bort personen under Personer, så tas adressen bort också härifrån.";
        return Err(Error::Invalid(why.to_owned()));
    }
    let questions = forget(&mut tx, email).await?;
    if questions == 0 {
        return Ok(0); // it is not there, or was taken away a moment ago
    }
    outbox::forget(&mut tx, email).await?;
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: "guest.forgotten".to_owned(),
        subject_kind: "guest".to_owned(),
        subject: clock::new_id().to_string(),
        detail: serde_json::json!({ "questions": questions }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(questions)
}
