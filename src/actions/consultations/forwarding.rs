//! Forwarding a draft to a sakkunnig without an account, and what comes back: a note among the body's own.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::outside::{self, Draft, part_of};
use super::steps::Doing;
use super::{add_event, locked, own};
use crate::actions::Origin;
use crate::actions::collections::retried;
use crate::db::attachments::Attachment;
use crate::db::consultations::forwarding::{self as kept, Forwarding};
use crate::db::consultations::said::{self, Message};
use crate::db::consultations::steps as written;
use crate::db::{Db, Tx, outbox};
use crate::domain::consultation::forwarding::{
    Ended, ExpertAnswer, Forward, MOST_ANSWERS, MOST_LINKS, check_agreed, may_ask_outside, shows,
};
use crate::error::{Error, Result};
use crate::mail::messages::outside::Forwarded;
use crate::{clock, secret};

/// Forwards the draft of a case: a letter with a link is on its way. Answers the token, the only time that it is seen; none where the same was
/// forwarded a moment ago.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for no body of the case; `Invalid` where the case is over, or too many links hold.
pub async fn forward(db: &Db, doing: Doing<'_>, forward: &Forward) -> Result<Option<String>> {
    retried(|| forward_once(db, doing, forward)).await
}

async fn forward_once(db: &Db, doing: Doing<'_>, forward: &Forward) -> Result<Option<String>> {
    let Doing { actor, number, now, .. } = doing;
    let today = clock::swedish_day(now);
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    may_ask_outside(part.state).map_err(Error::Invalid)?;
    let draft = Draft::read(&mut tx, number, &part.body, today).await?;
    check_agreed(draft.hidden, forward.agreed).map_err(Error::Invalid)?;
    let links = kept::of_body(&mut tx, seen.case.id, &part.body).await?;
    let is_same = |one: &&Forwarding| one.email.as_deref() == Some(forward.email.as_str()) && one.words == forward.words;
    if links.iter().filter(is_same).any(|one| one.taken_back_at.is_none() && now - one.at < super::steps::SENT_TWICE) {
        return Ok(None);
    }
    let holds = |one: &&Forwarding| shows(one.last_day, one.taken_back_at.is_some(), part.state, today).is_ok();
    if links.iter().filter(holds).count() >= MOST_LINKS {
        let why = format!("Så många länkar som får gälla på en gång gäller redan: {MOST_LINKS}. Återta någon först.");
        return Err(Error::Invalid(why));
    }
    let (token, digest) = outside::token()?;
    let one = Forwarding {
        id: clock::new_id(),
        number,
        body: part.body.clone(),
        email: Some(forward.email.clone()),
        words: forward.words.clone(),
        last_day: forward.last_day(today),
        person: Some(actor.person),
        at: now,
        taken_back_at: None,
        answers: 0,
    };
    let message = Forwarded {
        origin: doing.origin.clone(),
        body: draft.body.clone(),
        agency: draft.agency.clone(),
        collection: draft.named(),
        words: one.words.clone(),
        address: format!("{}/delat/{token}", doing.origin.base_url),
        last_day: one.last_day,
        lasts: outside::until_end_of(one.last_day, now),
    };
    let mail = outbox::add(&mut tx, &message.letter(&forward.email, now)?, now).await?;
    kept::insert(&mut tx, seen.case.id, (&digest, mail), &one).await?;
    let detail = json!({ "link": one.id, "last_day": one.last_day, "agreed": draft.hidden });
    add_event(&mut tx, actor, "consultation.forwarded", number, detail, now).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// Takes a link back: from now on it shows nothing.
///
/// # Errors
/// `NotFound` where the actor's body has no such link to the case; `Forbidden` where the actor speaks for no body of it.
pub async fn take_back(db: &Db, doing: Doing<'_>, id: Uuid) -> Result<()> {
    retried(|| take_back_once(db, doing, id)).await
}

async fn take_back_once(db: &Db, doing: Doing<'_>, id: Uuid) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let links = kept::of_body(&mut tx, seen.case.id, &part.body).await?;
    let link = links.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    if link.taken_back_at.is_some() {
        return Ok(()); // sent twice
    }
    kept::take_back(&mut tx, id, now).await?;
    kept::unsend(&mut tx, seen.case.id, Some(id), now).await?;
    add_event(&mut tx, actor, "consultation.forwarding_taken_back", number, json!({ "link": id }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// What a link shows.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The link.
    pub link: Forwarding,
    /// The draft.
    pub draft: Draft,
    /// Why no answer is taken, where none is.
    pub closed: Option<String>,
}

/// Opens a link. Nothing is changed: it may be opened as often as somebody likes.
///
/// # Errors
/// As the database says.
pub async fn open(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Result<Opened, Ended>> {
    let today = clock::swedish_day(now);
    let Some(link) = kept::by_digest(tx, &secret::digest(token)).await? else { return Ok(Err(Ended::Unknown)) };
    let draft = Draft::read(tx, link.number, &link.body, today).await?;
    let state = draft.part()?.state;
    if let Err(ended) = shows(link.last_day, link.taken_back_at.is_some(), state, today) {
        return Ok(Err(ended));
    }
    let enough = usize::try_from(link.answers).unwrap_or(usize::MAX) >= MOST_ANSWERS;
    let closed = match state.is_over() {
        true => Some("Samrådet är avslutat, så inga fler svar tas emot.".to_owned()),
        false => enough.then(|| format!("Länken har tagit emot {MOST_ANSWERS} svar. Vill du säga mer kan du be om en ny länk.")),
    };
    Ok(Ok(Opened { link, draft, closed }))
}

/// A file of the draft that a link shows.
///
/// # Errors
/// `NotFound` where the link shows none like it.
pub async fn file(tx: &mut Tx, token: &str, id: Uuid, now: DateTime<Utc>) -> Result<(Attachment, Vec<u8>)> {
    let opened = open(tx, token, now).await?.map_err(|_| Error::NotFound)?;
    outside::file(tx, opened.draft.seen.case.id, id, Some(&opened.link.body)).await
}

/// Answers through a link: the words become a note that only the body reads.
///
/// # Errors
/// `Invalid` where no answer is taken any more.
pub async fn answer(db: &Db, origin: &Origin, token: &str, given: &ExpertAnswer, now: DateTime<Utc>) -> Result<Result<(), Ended>> {
    retried(|| answer_once(db, origin, token, given, now)).await
}

async fn answer_once(db: &Db, origin: &Origin, token: &str, given: &ExpertAnswer, now: DateTime<Utc>) -> Result<Result<(), Ended>> {
    let mut tx = db.write().await?;
    let Some(found) = kept::by_digest(&mut tx, &secret::digest(token)).await? else { return Ok(Err(Ended::Unknown)) };
    written::lock(&mut tx, found.number, now).await?;
    // taken back, or answered once more, while this waited
    let opened = match open(&mut tx, token, now).await? {
        Ok(opened) => opened,
        Err(ended) => return Ok(Err(ended)),
    };
    let (link, seen) = (&opened.link, &opened.draft.seen);
    if is_repeated(&mut tx, seen.case.id, link.id, given).await? {
        return Ok(Ok(()));
    }
    if let Some(why) = opened.closed {
        return Err(Error::Invalid(why));
    }
    let part = part_of(seen, &link.body)?;
    let note = Message {
        id: clock::new_id(),
        body: Some(part.body.clone()),
        internal: true,
        step: None,
        words: given.words.clone(),
        organisation: part.body.clone(),
        person: None,
        at: now,
    };
    said::add_message(&mut tx, seen.case.id, &note).await?;
    kept::add_answer(&mut tx, note.id, link.id, given.signed.as_deref()).await?;
    let what = "En sakkunnig som ni har frågat har svarat. Svaret står bland era egna anteckningar i ärendet.".to_owned();
    let letters = outside::tell(&mut tx, origin, seen, what, now).await?;
    let detail = json!({ "link": link.id, "letters": letters });
    outside::add_event(&mut tx, &part.body, "consultation.expert_answered", link.number, detail, now).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Whether the last answer through a link says the same: a form that was sent twice.
async fn is_repeated(tx: &mut Tx, case: Uuid, link: Uuid, given: &ExpertAnswer) -> Result<bool> {
    let experts = kept::experts(tx, case).await?;
    let own = |one: &Message| experts.get(&one.id).is_some_and(|expert| expert.forwarding == link);
    let last = said::messages(tx, case).await?.into_iter().rfind(own);
    Ok(last.is_some_and(|last| last.words == given.words))
}
