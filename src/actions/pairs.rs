//! What people do with flagged overlaps: the agency that asks answers, the other one may object, reviewers decide.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

mod deciding;
mod waiting;

pub use deciding::{Reviewed, Seen, Sides, decide, mark};
pub use waiting::{News, Settled, Waiting, Word, all_unanswered, news, settled, standings, unanswered};

use self::deciding::{held, hold_to};
use super::Origin;
use super::collections::retried;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::events::Event;
use crate::db::involved::{self, Involved};
use crate::db::pairs::review::Sight;
use crate::db::pairs::{self, Answered, Overlap, Remark, Said, Sent};
use crate::db::{Db, Tx, case, events, organisations, outbox, people};
use crate::domain::access::{Action, Actor, Parties, Role, may};
use crate::domain::collection::Collection;
use crate::domain::identifier::CollectionNumber;
use crate::domain::overlap::answer::{Answer, AnswerKind};
use crate::domain::overlap::words_fault;
use crate::domain::terms::Status;
use crate::error::{Error, Result};
use crate::mail::messages::{Coordinate, Named};

/// A pair as somebody may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// What was found.
    pub overlap: Overlap,
    /// The collection whose agency is asked.
    pub asking: Involved,
    /// The other one.
    pub met: Involved,
    /// Their numbers, in the same order.
    pub numbers: [CollectionNumber; 2],
    /// Codes of the agencies that are responsible for both today: where there is any, nobody else is asked twice, and nobody is written to.
    pub shared: Vec<String>,
}

/// The pair, if `actor` may know of both its collections and has to do with it: as a party of either, or as a reviewer.
///
/// # Errors
/// `NotFound` where there is none that the actor may know of.
pub async fn pair(tx: &mut Tx, actor: &Actor, id: Uuid, today: NaiveDate) -> Result<Pair> {
    let overlap = pairs::get(tx, id).await?.ok_or(Error::NotFound)?;
    let [asking, met] = pairs::numbers(tx, &overlap.found).await?;
    let number = |text: &str| CollectionNumber::parse(text).ok_or(Error::NotFound);
    let numbers = [number(&asking)?, number(&met)?];
    let asking = involved::by_number(tx, numbers[0], today).await?.ok_or(Error::NotFound)?;
    let met = involved::by_number(tx, numbers[1], today).await?.ok_or(Error::NotFound)?;
    let sees = |one: &Involved| may(actor, Action::Read(one.parties(today)));
    let concerned =
        [&asking, &met].into_iter().any(|one| may(actor, Action::Edit(one.parties(today)))) || may(actor, Action::ReviewOverlaps);
    if !(sees(&asking) && sees(&met) && concerned) {
        return Err(Error::NotFound);
    }
    let mut shared = BTreeSet::new();
    for code in asking.in_common(&met) {
        shared.insert(involved::living(tx, code, today).await?);
    }
    Ok(Pair { shared: shared.into_iter().collect(), overlap, asking, met, numbers })
}

/// What of the pairs `actor` may know of in lists, on `today`: also collections that are not open where the actor may read any.
#[must_use]
pub fn sight(actor: &Actor, today: NaiveDate) -> Sight {
    let of_others = Parties { status: Status::Planned, open: false, responsible: &[], collectors: &[] };
    Sight { today, hidden: may(actor, Action::Read(of_others)) }
}

/// Writes what the agency that asks does about an overlap, once it has looked at both collections. Where it wants to join, the other
/// agency gets a letter.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor does not speak for the collection that asks; `Conflict` where either collection changed in
/// substance after the page was made; `Invalid` where it proposes to join a collection that the other agency may not know of.
pub async fn answer(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    (id, seen): (Uuid, Seen<'_>),
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<()> {
    retried(|| answer_once(db, origin, actor, (id, seen), answer, now)).await
}

async fn answer_once(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    (id, seen): (Uuid, Seen<'_>),
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = db.write().await?;
    let mut pair = held(&mut tx, actor, id, clock::swedish_day(now)).await?;
    if !may(actor, Action::Edit(pair.asking.parties(clock::swedish_day(now)))) {
        return Err(Error::Forbidden);
    }
    let sides = Sides::read(&mut tx, &pair).await?;
    hold_to(&mut tx, &mut pair, &sides, seen).await?;
    answer_within(&mut tx, origin, actor, &pair, answer, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The same within somebody else's transaction.
///
/// # Errors
/// As [`answer`].
pub(super) async fn answer_within(
    tx: &mut Tx,
    origin: &Origin,
    actor: &Actor,
    pair: &Pair,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<()> {
    let (id, today) = (pair.overlap.id, clock::swedish_day(now));
    if !may(actor, Action::Edit(pair.asking.parties(today))) {
        return Err(Error::Forbidden);
    }
    pairs::lock(tx, id).await?;
    if answer.kind == AnswerKind::Coordinate && !pair.asking.parties(today).open {
        let why = "Er insamling visas inte öppet, så den andra myndigheten får inte veta att den finns. Visa den öppet först.";
        return Err(Error::Invalid(why.to_owned()));
    }
    let earlier = pairs::answers(tx, &[id]).await?;
    // one letter is enough, however often somebody changes their mind
    let is_proposed = earlier.iter().any(|one| one.answer.kind == AnswerKind::Coordinate && one.sent.letters > 0);
    let latest = earlier.into_iter().next();
    let found = &pair.overlap.found;
    let is_same = |latest: &Answered| latest.answer == *answer && latest.said.organisation == actor.organisation && latest.fits(found);
    let proposes = answer.kind == AnswerKind::Coordinate && !is_proposed && pair.shared.is_empty();
    let sent = if proposes { propose(tx, origin, pair, answer, now).await? } else { Sent::default() };
    if sent.letters == 0 && latest.as_ref().is_some_and(is_same) {
        return Ok(()); // sent twice
    }
    let detail = json!({ "met": pair.numbers[1].to_string(), "answer": answer.kind.code(), "letters": sent.letters });
    let substances = (found.substance.clone(), found.other_substance.clone());
    pairs::add_answer(tx, &Answered { overlap: id, answer: answer.clone(), substances, sent, said: said(actor, now) }).await?;
    shown_anew(tx, pair, now).await?;
    events::add(tx, &event(actor, "overlap.answered", id, detail, now)).await?;
    Ok(())
}

/// Writes the letter that proposes to join, to the function mailbox of the collection that was met, or else to each of those who register
/// for its agency.
async fn propose(tx: &mut Tx, origin: &Origin, pair: &Pair, answer: &Answer, now: DateTime<Utc>) -> Result<Sent> {
    let today = clock::swedish_day(now);
    let asking = in_force(tx, pair.asking.id).await?;
    let met = in_force(tx, pair.met.id).await?;
    let living = involved::living(tx, &pair.met.owner, today).await?;
    let mailbox = met.content.contact_email.clone();
    let recipients = match &mailbox {
        Some(mailbox) => vec![mailbox.clone()],
        None => registering(tx, &living).await?,
    };
    let from = involved::living(tx, &pair.asking.owner, today).await?;
    let from = organisations::get(tx, &from).await?.map(|organisation| organisation.name).unwrap_or_default();
    let named = |number: CollectionNumber, collection: &Collection| Named {
        number: number.to_string(),
        title: collection.content.title.clone(),
        address: format!("{}/insamlingar/{number}", origin.base_url),
    };
    let message = Coordinate {
        origin: origin.clone(),
        from,
        planned: named(pair.numbers[0], &asking),
        met: named(pair.numbers[1], &met),
        words: answer.reason.clone(),
        contact: asking.content.contact_email.clone(),
        address: format!("{}/liknande/{}", origin.base_url, pair.overlap.id),
    };
    for recipient in &recipients {
        outbox::add(tx, &message.letter(recipient, now)?, now).await?;
    }
    Ok(Sent { letters: i64::try_from(recipients.len()).unwrap_or(i64::MAX), mailbox })
}

async fn in_force(tx: &mut Tx, id: Uuid) -> Result<Collection> {
    collections::load(tx, &[id], Version::InForce).await?.pop().ok_or(Error::NotFound)
}

/// The addresses of those who register for an organisation.
async fn registering(tx: &mut Tx, organisation: &str) -> Result<Vec<String>> {
    let people = people::of_organisation(tx, organisation).await?.into_iter();
    Ok(people.filter(|person| person.role == Role::Agency && person.closed_at.is_none()).filter_map(|person| person.email).collect())
}

/// Writes a remark of either agency: an objection, or a word in their conversation.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for neither; `Invalid` where nothing is said or too much.
pub async fn remark(db: &Db, actor: &Actor, id: Uuid, words: &str, objects: bool, now: DateTime<Utc>) -> Result<()> {
    let words = words.trim();
    if words.is_empty() {
        return Err(Error::Invalid("Skriv vad ni vill säga.".to_owned()));
    }
    if let Some(fault) = words_fault(words) {
        return Err(Error::Invalid(fault));
    }
    retried(|| remark_once(db, actor, id, words, objects, now)).await
}

async fn remark_once(db: &Db, actor: &Actor, id: Uuid, words: &str, objects: bool, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let today = clock::swedish_day(now);
    pairs::lock(&mut tx, id).await?;
    let pair = pair(&mut tx, actor, id, today).await?;
    let speaks = |one: &Involved| may(actor, Action::Edit(one.parties(today)));
    if !speaks(&pair.asking) && !speaks(&pair.met) {
        return Err(Error::Forbidden);
    }
    let said = said(actor, now);
    let written = pairs::remarks(&mut tx, &[id]).await?;
    let is_repeated = |last: &Remark| last.words == words && last.objects == objects && last.said.organisation == actor.organisation;
    if written.last().is_some_and(is_repeated) {
        return Ok(()); // sent twice
    }
    pairs::add_remark(&mut tx, &Remark { overlap: id, objects, words: words.to_owned(), said }).await?;
    if objects {
        // everyone reads that somebody objects, though not to what
        shown_anew(&mut tx, &pair, now).await?;
    }
    let detail = json!({ "asking": pair.numbers[0].to_string(), "objects": objects });
    events::add(&mut tx, &event(actor, "overlap.remarked", id, detail, now)).await?;
    tx.commit().await?;
    Ok(())
}

/// Marks both collections: their pages tell of what was confirmed and answered.
async fn shown_anew(tx: &mut Tx, pair: &Pair, now: DateTime<Utc>) -> Result<()> {
    for one in [&pair.asking, &pair.met] {
        case::touch(tx, one.id, now).await?;
    }
    Ok(())
}

fn said(actor: &Actor, now: DateTime<Utc>) -> Said {
    Said { organisation: actor.organisation.clone(), person: Some(actor.person), at: now }
}

fn event(actor: &Actor, action: &str, overlap: Uuid, detail: serde_json::Value, now: DateTime<Utc>) -> Event {
    Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: action.to_owned(),
        subject_kind: "overlap".to_owned(),
        subject: overlap.to_string(),
        detail,
    }
}
