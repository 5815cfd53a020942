//! Asking reference municipalities to look at a draft, what they answer without an account, and reminding them once.

use chrono::{DateTime, Days, Utc};
use serde_json::json;
use uuid::Uuid;

use super::letters::name_of;
use super::outside::{self, Draft};
use super::places::place_name;
use super::steps::{Doing, SENT_TWICE};
use super::{Seen, add_event, locked, own};
use crate::actions::Origin;
use crate::actions::collections::retried;
use crate::db::attachments::Attachment;
use crate::db::consultations::forwarding::unsend;
use crate::db::consultations::reference::{self as kept, Request};
use crate::db::consultations::steps as written;
use crate::db::{Db, Tx, outbox};
use crate::domain::access::{Actor, Role};
use crate::domain::consultation::forwarding::{Ended, check_agreed, may_ask_outside, shows};
use crate::domain::consultation::reference::{MOST_ASKED, ReferenceAnswer, ReferenceAsking, is_reminder_due, shown_until};
use crate::error::{Error, Result};
use crate::mail::messages::outside::{Reference, ReferenceReminder};
use crate::{clock, secret, text};

/// How many days ahead the answer days of those who are reminded may lie: two working days are never more than a long weekend away.
const AHEAD: Days = Days::new(10);

/// Asks municipalities and regions to look at the draft of a case: each gets a letter with a link of its own. Answers their tokens, the only
/// time that they are seen; none where the same were asked a moment ago. Or answers who is asked already.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for no body of the case; `Invalid` where the case is over, too many are asked, or the draft
/// is hidden and nothing agreed.
pub async fn ask(db: &Db, doing: Doing<'_>, asking: &ReferenceAsking) -> Result<Result<Vec<String>, Asked>> {
    retried(|| ask_once(db, doing, asking)).await
}

/// Somebody who cannot be asked because that is done already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its code.
    pub code: String,
    /// Why, in Swedish.
    pub why: String,
}

async fn ask_once(db: &Db, doing: Doing<'_>, asking: &ReferenceAsking) -> Result<Result<Vec<String>, Asked>> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    may_ask_outside(part.state).map_err(Error::Invalid)?;
    let earlier = kept::of_case(&mut tx, seen.case.id).await?.into_iter();
    let earlier: Vec<Request> = earlier.filter(|one| one.body == part.body && one.taken_back_at.is_none()).collect();
    let asked_now = |code: &String| earlier.iter().any(|one| one.organisation == *code && now - one.at < SENT_TWICE);
    if asking.asked.iter().all(|(code, _)| asked_now(code)) {
        return Ok(Ok(Vec::new())); // sent twice
    }
    if let Some((code, _)) = asking.asked.iter().find(|(code, _)| earlier.iter().any(|one| one.organisation == *code)) {
        let name = place_name(&mut tx, code).await?;
        let why = format!("{name} är redan tillfrågad. Återta den frågan först om ni vill fråga på nytt.");
        return Ok(Err(Asked { code: code.clone(), why }));
    }
    if earlier.len() + asking.asked.len() > MOST_ASKED {
        return Err(Error::Invalid(format!("Högst {MOST_ASKED} kommuner och regioner kan tillfrågas i ett ärende.")));
    }
    let draft = Draft::read(&mut tx, number, &part.body, clock::swedish_day(now)).await?;
    check_agreed(draft.hidden, asking.agreed).map_err(Error::Invalid)?;
    let mut tokens = Vec::new();
    for (code, email) in &asking.asked {
        let (token, digest) = outside::token()?;
        let one = request(doing, &seen, (code, email), asking);
        let letter = letter(&mut tx, doing.origin, &draft, &one, &token, now).await?;
        let mail = outbox::add(&mut tx, &letter.letter(email, now)?, now).await?;
        kept::insert(&mut tx, seen.case.id, (&digest, mail), &one).await?;
        tokens.push(token);
    }
    let codes: Vec<&String> = asking.asked.iter().map(|(code, _)| code).collect();
    let detail = json!({ "asked": codes, "last_day": asking.last_day, "agreed": draft.hidden });
    add_event(&mut tx, actor, "consultation.reference_asked", number, detail, now).await?;
    tx.commit().await?;
    Ok(Ok(tokens))
}

fn request(doing: Doing<'_>, seen: &Seen, (code, email): (&str, &str), asking: &ReferenceAsking) -> Request {
    Request {
        id: clock::new_id(),
        number: doing.number,
        body: seen.organisation.clone(),
        organisation: code.to_owned(),
        email: Some(email.to_owned()),
        words: asking.words.clone(),
        last_day: asking.last_day,
        person: Some(doing.actor.person),
        at: doing.now,
        reminded_at: None,
        taken_back_at: None,
        answered_at: None,
        minutes: None,
        comment: None,
        revision: 0,
    }
}

async fn letter(tx: &mut Tx, origin: &Origin, draft: &Draft, one: &Request, token: &str, now: DateTime<Utc>) -> Result<Reference> {
    Ok(Reference {
        origin: origin.clone(),
        body: draft.body.clone(),
        agency: draft.agency.clone(),
        asked: place_name(tx, &one.organisation).await?,
        collection: draft.named(),
        words: one.words.clone(),
        address: format!("{}/referens/{token}", origin.base_url),
        last_day: one.last_day,
        lasts: outside::until_end_of(one.last_day, now),
    })
}

/// Takes a question back: its link shows nothing from now on, and what was answered stays but does not count.
///
/// # Errors
/// `NotFound` where the actor's body has asked no such question; `Forbidden` where the actor speaks for no body of the case.
pub async fn take_back(db: &Db, doing: Doing<'_>, id: Uuid) -> Result<()> {
    retried(|| take_back_once(db, doing, id)).await
}

async fn take_back_once(db: &Db, doing: Doing<'_>, id: Uuid) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let one = kept::get(&mut tx, id).await?.filter(|one| one.number == number && one.body == part.body).ok_or(Error::NotFound)?;
    if one.taken_back_at.is_some() {
        return Ok(()); // sent twice
    }
    kept::take_back(&mut tx, id, now).await?;
    unsend(&mut tx, seen.case.id, Some(id), now).await?;
    let detail = json!({ "organisation": one.organisation });
    add_event(&mut tx, actor, "consultation.reference_taken_back", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets the agency of a case read what was answered, now and later.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for no body of the case; `Invalid` where nobody has answered.
pub async fn share(db: &Db, doing: Doing<'_>) -> Result<()> {
    retried(|| share_once(db, doing)).await
}

async fn share_once(db: &Db, doing: Doing<'_>) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let answers = kept::of_case(&mut tx, seen.case.id).await?;
    if !answers.iter().any(|one| one.body == part.body && one.taken_back_at.is_none() && one.answered_at.is_some()) {
        return Err(Error::Invalid("Ingen har svarat än, så det finns inget att dela.".to_owned()));
    }
    if !kept::share(&mut tx, seen.case.id, &part.body, actor.person, now).await? {
        return Ok(()); // sent twice
    }
    let name = name_of(&mut tx, &part.body).await?;
    let told = super::letters::Told {
        subject: "svar från referenskommuner",
        what: format!("{name} delar vad referenskommunerna har svarat om ert utkast."),
        ..super::letters::Told::default()
    };
    let letters = super::letters::to_agency(&mut tx, doing.origin, &seen, &told, now).await?;
    add_event(&mut tx, actor, "consultation.reference_shared", number, json!({ "letters": letters }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// By what right somebody opens a question.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// With the token of a letter.
    Token(&'a str),
    /// As somebody of the municipality or region that was asked.
    Member(&'a Actor, Uuid),
}

impl Way<'_> {
    async fn find(self, tx: &mut Tx) -> Result<Option<Request>> {
        match self {
            Self::Token(token) => Ok(kept::by_digest(tx, &secret::digest(token)).await?),
            Self::Member(actor, id) => {
                let own = |one: &Request| actor.role == Role::Municipality && one.organisation == actor.organisation;
                Ok(kept::get(tx, id).await?.filter(own))
            }
        }
    }
}

/// What a question shows.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The question.
    pub request: Request,
    /// What is called who was asked.
    pub asked: String,
    /// The draft.
    pub draft: Draft,
    /// Why no answer is taken, where none is.
    pub closed: Option<String>,
}

/// Opens a question. Nothing is changed.
///
/// # Errors
/// As the database says.
pub async fn open(tx: &mut Tx, way: Way<'_>, now: DateTime<Utc>) -> Result<Result<Opened, Ended>> {
    let today = clock::swedish_day(now);
    let Some(request) = way.find(tx).await? else { return Ok(Err(Ended::Unknown)) };
    let draft = Draft::read(tx, request.number, &request.body, today).await?;
    let state = draft.part()?.state;
    if let Err(ended) = shows(shown_until(request.last_day), request.taken_back_at.is_some(), state, today) {
        return Ok(Err(ended));
    }
    let asked = place_name(tx, &request.organisation).await?;
    let late = request.last_day < today;
    let closed = match state.is_over() {
        true => Some("Samrådet är avslutat, så inga fler svar tas emot.".to_owned()),
        false => late.then(|| format!("Svarstiden gick ut den {}.", text::written_date(request.last_day))),
    };
    Ok(Ok(Opened { request, asked, draft, closed }))
}

/// A file of the draft that a question shows.
///
/// # Errors
/// `NotFound` where it shows none like it.
pub async fn file(tx: &mut Tx, way: Way<'_>, id: Uuid, now: DateTime<Utc>) -> Result<(Attachment, Vec<u8>)> {
    let opened = open(tx, way, now).await?.map_err(|_| Error::NotFound)?;
    outside::file(tx, opened.draft.seen.case.id, id, None).await
}

/// Writes what a municipality or region answers, in place of what it answered before.
///
/// # Errors
/// `Invalid` where no answer is taken any more or an item is not asked for; `Conflict` where somebody else has answered since `revision`.
pub async fn answer(
    db: &Db,
    origin: &Origin,
    way: Way<'_>,
    given: &ReferenceAnswer,
    revision: i64,
    now: DateTime<Utc>,
) -> Result<Result<(), Ended>> {
    retried(|| answer_once(db, origin, way, given, revision, now)).await
}

async fn answer_once(
    db: &Db,
    origin: &Origin,
    way: Way<'_>,
    given: &ReferenceAnswer,
    revision: i64,
    now: DateTime<Utc>,
) -> Result<Result<(), Ended>> {
    let mut tx = db.write().await?;
    let Some(found) = way.find(&mut tx).await? else { return Ok(Err(Ended::Unknown)) };
    written::lock(&mut tx, found.number, now).await?;
    let opened = match open(&mut tx, way, now).await? {
        Ok(opened) => opened,
        Err(ended) => return Ok(Err(ended)),
    };
    if let Some(why) = opened.closed {
        return Err(Error::Invalid(why));
    }
    let (request, seen) = (&opened.request, &opened.draft.seen);
    if given.items.iter().any(|one| !opened.draft.lineages.contains(&one.item)) {
        return Err(Error::Invalid("En uppgift begärs inte. Läs in sidan på nytt.".to_owned()));
    }
    if is_repeated(&mut tx, seen.case.id, request, given).await? {
        return Ok(Ok(()));
    }
    if !kept::answer(&mut tx, request.id, given, revision, now).await? {
        return Err(Error::Conflict);
    }
    // the body is told once: what is changed later stands on the page
    let letters = match request.answered_at {
        Some(_) => 0,
        None => {
            let what = format!("{} har svarat på er fråga om utkastet.", opened.asked);
            outside::tell(&mut tx, origin, seen, what, now).await?
        }
    };
    let detail = json!({ "items": given.items.len(), "letters": letters });
    match way {
        Way::Token(_) => {
            outside::add_event(&mut tx, &request.organisation, "consultation.reference_answered", request.number, detail, now).await?;
        }
        Way::Member(actor, _) => add_event(&mut tx, actor, "consultation.reference_answered", request.number, detail, now).await?,
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// What a question was answered with, if it was.
///
/// # Errors
/// As the database says.
pub async fn answered(tx: &mut Tx, case: Uuid, request: &Request) -> Result<Option<ReferenceAnswer>> {
    if request.answered_at.is_none() {
        return Ok(None);
    }
    let own = kept::items(tx, case).await?.into_iter().filter(|(id, _)| *id == request.id);
    let items = own.map(|(_, one)| one).collect();
    Ok(Some(ReferenceAnswer { minutes: request.minutes, comment: request.comment.clone(), items }))
}

/// Whether the same stands there already: a form that was sent twice.
async fn is_repeated(tx: &mut Tx, case: Uuid, request: &Request, given: &ReferenceAnswer) -> Result<bool> {
    let Some(mut before) = answered(tx, case, request).await? else { return Ok(false) };
    let mut given = given.clone();
    before.items.sort_by_key(|one| one.item);
    given.items.sort_by_key(|one| one.item);
    Ok(before == given)
}

/// Reminds those who have not answered two working days before their day, each once and under a link of its own: the first one is kept as a
/// digest and cannot be sent again. Answers how many letters were written. A fault with one of them goes to the log, and the others are
/// written.
///
/// # Errors
/// As the database says where it does not tell who is silent.
pub async fn remind(db: &Db, origin: &Origin, now: DateTime<Utc>) -> Result<usize> {
    let today = clock::swedish_day(now);
    let until = today.checked_add_days(AHEAD).unwrap_or(today);
    let silent = kept::silent(&mut db.read().await?, today, until).await?;
    let mut letters = 0;
    for one in silent.into_iter().filter(|one| is_reminder_due(clock::swedish_day(one.at), one.last_day, today)) {
        match retried(|| remind_one(db, origin, &one, now)).await {
            Ok(reminded) => letters += usize::from(reminded),
            Err(error) => tracing::error!(%error, "a reference municipality was not reminded"),
        }
    }
    Ok(letters)
}

/// Reminds one of them, unless the case is over by now, it has answered, or another instance was first. Answers whether it was reminded.
///
/// # Errors
/// As the database says.
pub async fn remind_one(db: &Db, origin: &Origin, silent: &Request, now: DateTime<Utc>) -> Result<bool> {
    let today = clock::swedish_day(now);
    let mut tx = db.write().await?;
    written::lock(&mut tx, silent.number, now).await?;
    let Some(one) = kept::get(&mut tx, silent.id).await? else { return Ok(false) };
    let is_waited_for = one.answered_at.is_none() && one.reminded_at.is_none() && one.taken_back_at.is_none();
    let Some(email) = one.email.as_ref().filter(|_| is_waited_for) else { return Ok(false) };
    let draft = Draft::read(&mut tx, one.number, &one.body, today).await?;
    if may_ask_outside(draft.part()?.state).is_err() {
        return Ok(false);
    }
    let (token, digest) = outside::token()?;
    let of = letter(&mut tx, origin, &draft, &one, &token, now).await?;
    let message = ReferenceReminder { origin: origin.clone(), of };
    let mail = outbox::add(&mut tx, &message.letter(email, now)?, now).await?;
    kept::remind(&mut tx, one.id, (&digest, mail), now).await?;
    let detail = json!({ "organisation": one.organisation });
    outside::add_event(&mut tx, "register", "consultation.reference_reminded", one.number, detail, now).await?;
    tx.commit().await?;
    Ok(true)
}
