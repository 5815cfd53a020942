//! The steps of a case, each by one side: take, ask the agency, reply, close, withdraw; and what is written between them.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::letters::{Letters, Told, name_of, to_agency, to_bodies, to_body};
use super::{Seen, Side, add_event, for_agency, locked, own, points};
use crate::actions::Origin;
use crate::actions::collections::retried;
use crate::clock;
use crate::db::consultations::said::{self, Message};
use crate::db::consultations::{self, Part, forwarding, steps};
use crate::db::{Db, Tx, case};
use crate::domain::access::Actor;
use crate::domain::consultation::asking::MOST_CHARACTERS;
use crate::domain::consultation::life::{self, Step};
use crate::domain::consultation::{Outcome, State};
use crate::domain::identifier::ConsultationNumber;
use crate::domain::wording;
use crate::error::{Error, Result};
use crate::text;

/// Who does something in which case, when, and from which register.
#[derive(Debug, Clone, Copy)]
pub struct Doing<'a> {
    /// The register, as its letters name it.
    pub origin: &'a Origin,
    /// Who.
    pub actor: &'a Actor,
    /// The case.
    pub number: ConsultationNumber,
    /// The revision that whoever does it has read: of the body's part, or of all of them together where the agency closes or withdraws.
    pub revision: i64,
    /// When.
    pub now: DateTime<Utc>,
}

/// Judges what is written: something, and not too much.
///
/// # Errors
/// What is wrong with it, in Swedish.
pub fn check_words(words: &str, missing: &str) -> Result<(), String> {
    if text::is_empty_to_the_eye(words) {
        return Err(missing.to_owned());
    }
    wording::fault(words, MOST_CHARACTERS).map_or(Ok(()), Err)
}

/// Within this time the same words are a form that was sent twice, and not a reminder.
pub(super) const SENT_TWICE: TimeDelta = TimeDelta::minutes(2);

/// Takes a case: whoever does it reviews it for the body. `over`: the colleague from whom it is taken over.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for no body of it; `Invalid` where its life does not allow it; `Conflict`, also where
/// somebody else than `over` has it.
pub async fn take(db: &Db, doing: Doing<'_>, over: Option<Uuid>) -> Result<()> {
    retried(|| take_once(db, doing, over)).await
}

async fn take_once(db: &Db, doing: Doing<'_>, over: Option<Uuid>) -> Result<()> {
    let Doing { origin, actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    if part.assignee == Some(actor.person) && part.state == State::InReview {
        return Ok(()); // sent twice
    }
    life::after(part.state, Step::Take).map_err(Error::Invalid)?;
    // nobody loses a case unawares: whoever takes it over has read who has it
    if part.assignee.is_some_and(|holder| holder != actor.person && over != Some(holder)) {
        return Err(Error::Conflict);
    }
    advance(&mut tx, &seen, part, Step::Take, doing).await?;
    steps::assign(&mut tx, seen.case.id, &part.body, Some(actor.person)).await?;
    let name = name_of(&mut tx, &part.body).await?;
    let what = format!("{name} har börjat granska er begäran om samråd. Ni behöver inte göra något nu.");
    let told = Told { subject: "granskningen har börjat", what, ..Told::default() };
    let letters = to_agency(&mut tx, origin, &seen, &told, now).await?;
    add_event(&mut tx, actor, "consultation.taken", number, json!({ "letters": letters }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks the agency something: the body waits for its reply.
///
/// # Errors
/// As [`take`]; `Invalid` where nothing is asked.
pub async fn ask_agency(db: &Db, doing: Doing<'_>, words: &str, shown: Option<&str>) -> Result<()> {
    let words = words.trim();
    check_words(words, "Skriv vad ni vill veta.").map_err(Error::Invalid)?;
    retried(|| ask_agency_once(db, doing, words, shown)).await
}

async fn ask_agency_once(db: &Db, doing: Doing<'_>, words: &str, shown: Option<&str>) -> Result<()> {
    let Doing { origin, actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let asked = message(doing, (Some(part.body.clone()), Some(Step::AskAgency)), words);
    if part.state == State::AwaitingAgency && is_repeated(&mut tx, &seen, &asked).await? {
        return Ok(());
    }
    advance(&mut tx, &seen, part, Step::AskAgency, doing).await?;
    said::add_message(&mut tx, seen.case.id, &asked).await?;
    let sent = points::send_along(&mut tx, &seen, part, shown, now).await?;
    let name = name_of(&mut tx, &part.body).await?;
    let along = if sent.is_empty() { String::new() } else { format!(" Med frågorna följer {}.", points::in_number(&sent)) };
    let told = Told {
        subject: "frågor till er",
        what: format!("{name} har frågor och väntar på ert svar.{along}"),
        words: Some(words),
        asks: true,
        texts: points::told(&sent, &points::items(&mut tx, &seen).await?, false),
        ..Told::default()
    };
    let letters = to_agency(&mut tx, origin, &seen, &told, now).await?;
    let detail = json!({ "points": points::numbers(&sent), "letters": letters });
    add_event(&mut tx, actor, "consultation.asked", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Replies to what a body asked.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor does not speak for the agency; `Invalid`, `Conflict`.
pub async fn reply(db: &Db, doing: Doing<'_>, body: &str, words: &str) -> Result<()> {
    let words = words.trim();
    check_words(words, "Skriv ert svar.").map_err(Error::Invalid)?;
    retried(|| reply_once(db, doing, body, words)).await
}

async fn reply_once(db: &Db, doing: Doing<'_>, body: &str, words: &str) -> Result<()> {
    let Doing { origin, actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    for_agency(&seen)?;
    let part = seen.case.parts.iter().find(|part| part.body == body).ok_or(Error::NotFound)?;
    let replied = message(doing, (Some(part.body.clone()), Some(Step::Reply)), words);
    if part.state == State::InReview && is_repeated(&mut tx, &seen, &replied).await? {
        return Ok(());
    }
    advance(&mut tx, &seen, part, Step::Reply, doing).await?;
    said::add_message(&mut tx, seen.case.id, &replied).await?;
    let name = name_of(&mut tx, &seen.case.agency).await?;
    let what = format!("{name} har svarat på era frågor.");
    let told = Told { subject: "svar på era frågor", what, words: Some(words), ..Told::default() };
    let letters = to_body(&mut tx, origin, &seen, part, &told, now).await?;
    add_event(&mut tx, actor, "consultation.replied", number, json!({ "body": body, "letters": letters }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Judges what the agency says as it closes a case: where the two do not agree, its own view is told.
///
/// # Errors
/// What is wrong with it, in Swedish.
pub fn check_closing(outcome: Outcome, words: &str) -> Result<(), String> {
    if outcome == Outcome::NotAgreed {
        return check_words(words, "Skriv er syn. När ni inte är överens visas bådas syn öppet.");
    }
    wording::fault(words, MOST_CHARACTERS).map_or(Ok(()), Err)
}

/// Closes a case for all its bodies.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor does not speak for the agency; `Invalid`, `Conflict`.
pub async fn close(db: &Db, doing: Doing<'_>, outcome: Outcome, words: &str) -> Result<()> {
    let words = words.trim();
    check_closing(outcome, words).map_err(Error::Invalid)?;
    retried(|| close_once(db, doing, outcome, words)).await
}

async fn close_once(db: &Db, doing: Doing<'_>, outcome: Outcome, words: &str) -> Result<()> {
    let Doing { origin, actor, number, now, revision } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    for_agency(&seen)?;
    let closing = Some(words).filter(|words| !words.is_empty());
    if seen.case.outcome == Some(outcome) && seen.case.closing.as_deref() == closing {
        return Ok(()); // sent twice
    }
    let states: Vec<State> = seen.case.parts.iter().map(|part| part.state).collect();
    life::close(&states, outcome, seen.case.asking.wanted_on, clock::swedish_day(now)).map_err(Error::Invalid)?;
    if seen.revision() != revision {
        return Err(Error::Conflict);
    }
    end(&mut tx, &seen, State::Closed, now).await?;
    steps::close(&mut tx, seen.case.id, (outcome, closing), now).await?;
    // everyone reads it on the collection's page
    case::touch(&mut tx, seen.case.version.0, now).await?;
    let name = name_of(&mut tx, &seen.case.agency).await?;
    let told = Told { subject: "avslutat", what: format!("{name} har avslutat samrådet: {outcome}."), words: closing, ..Told::default() };
    let letters = to_bodies(&mut tx, origin, &seen, &told, now).await?;
    let detail = letters.with(json!({ "outcome": outcome.code() }));
    add_event(&mut tx, actor, "consultation.closed", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Withdraws a case.
///
/// # Errors
/// As [`close`].
pub async fn withdraw(db: &Db, doing: Doing<'_>) -> Result<()> {
    retried(|| withdraw_once(db, doing)).await
}

async fn withdraw_once(db: &Db, doing: Doing<'_>) -> Result<()> {
    let Doing { origin, actor, number, now, revision } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    for_agency(&seen)?;
    if seen.case.withdrawn_at.is_some() {
        return Ok(()); // sent twice
    }
    for part in &seen.case.parts {
        life::after(part.state, Step::Withdraw).map_err(Error::Invalid)?;
    }
    if seen.revision() != revision {
        return Err(Error::Conflict);
    }
    end(&mut tx, &seen, State::Withdrawn, now).await?;
    steps::withdraw(&mut tx, seen.case.id, now).await?;
    case::touch(&mut tx, seen.case.version.0, now).await?;
    let name = name_of(&mut tx, &seen.case.agency).await?;
    let what = format!("{name} har återkallat sin begäran om samråd. Ni behöver inte svara.");
    let told = Told { subject: "återkallat", what, ..Told::default() };
    let letters = to_bodies(&mut tx, origin, &seen, &told, now).await?;
    add_event(&mut tx, actor, "consultation.withdrawn", number, letters.with(json!({})), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes in the thread, or a note that only the own body reads.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for neither side, or notes without being the body; `Invalid` where nothing is written or
/// the case is over.
pub async fn say(db: &Db, doing: Doing<'_>, words: &str, internal: bool) -> Result<()> {
    let words = words.trim();
    check_words(words, "Skriv vad ni vill säga.").map_err(Error::Invalid)?;
    retried(|| say_once(db, doing, words, internal)).await
}

async fn say_once(db: &Db, doing: Doing<'_>, words: &str, internal: bool) -> Result<()> {
    let Doing { origin, actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = seen.own_part();
    if part.is_none() && (internal || seen.side != Side::Agency) {
        return Err(Error::Forbidden);
    }
    if !internal && let Some(over) = seen.case.parts.iter().find(|part| part.state.is_over()) {
        return Err(Error::Invalid(life::after(over.state, Step::Reply).err().unwrap_or_default()));
    }
    let body = part.map(|part| part.body.clone());
    let message = Message { internal, ..message(doing, (body, None), words) };
    if is_repeated(&mut tx, &seen, &message).await? {
        return Ok(());
    }
    said::add_message(&mut tx, seen.case.id, &message).await?;
    let name = name_of(&mut tx, &actor.organisation).await?;
    let what = format!("{name} har skrivit i samrådet.");
    let told = Told { subject: "nytt inlägg", what, words: Some(words), asks: true, ..Told::default() };
    let letters = match part {
        _ if internal => Letters::default(),
        Some(_) => to_agency(&mut tx, origin, &seen, &told, now).await?.into(),
        None => to_bodies(&mut tx, origin, &seen, &told, now).await?,
    };
    let action = if internal { "consultation.noted" } else { "consultation.wrote" };
    add_event(&mut tx, actor, action, number, letters.with(json!({})), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Moves a part on, if its life allows it and nobody has done anything to it since it was read.
pub(super) async fn advance(tx: &mut Tx, seen: &Seen, part: &Part, step: Step, doing: Doing<'_>) -> Result<()> {
    let next = life::after(part.state, step).map_err(Error::Invalid)?;
    if part.revision != doing.revision {
        return Err(Error::Conflict);
    }
    let clocks = part.clocks.until(part.state, part.since, doing.now);
    let moved = consultations::advance(tx, seen.case.id, &part.body, next, clocks, doing.now, part.revision).await?;
    if moved { Ok(()) } else { Err(Error::Conflict) }
}

/// Ends all parts of a case.
pub(super) async fn end(tx: &mut Tx, seen: &Seen, state: State, now: DateTime<Utc>) -> Result<()> {
    for part in &seen.case.parts {
        let clocks = part.clocks.until(part.state, part.since, now);
        if !consultations::advance(tx, seen.case.id, &part.body, state, clocks, now, part.revision).await? {
            return Err(Error::Conflict);
        }
    }
    // nobody is asked outside any more
    forwarding::unsend(tx, seen.case.id, None, now).await?;
    Ok(())
}

pub(super) fn message(doing: Doing<'_>, (body, step): (Option<String>, Option<Step>), words: &str) -> Message {
    Message {
        id: clock::new_id(),
        body,
        internal: false,
        step,
        words: words.to_owned(),
        organisation: doing.actor.organisation.clone(),
        person: Some(doing.actor.person),
        at: doing.now,
    }
}

/// Whether the last thing written in a case is the same, to the same readers, by the same person a moment ago: a form that was sent twice.
pub(super) async fn is_repeated(tx: &mut Tx, seen: &Seen, new: &Message) -> Result<bool> {
    let Some(last) = said::messages(tx, seen.case.id).await?.pop() else { return Ok(false) };
    let is_same = Message { id: new.id, at: new.at, ..last.clone() } == *new;
    Ok(is_same && new.at - last.at < SENT_TWICE)
}
