//! Points: what a body wants changed. The agency replies, and only the body checks off.

use serde_json::json;
use uuid::Uuid;

use super::letters::{Told, about_point, name_of};
use super::steps::{Doing, check_words};
use super::{Seen, add_event, for_agency, locked, own};
use crate::actions::collections::retried;
use crate::clock;
use crate::db::consultations::said::{self, Point, Written};
use crate::db::{Db, Tx, pairs};
use crate::domain::consultation::State;
use crate::domain::consultation::point::{Check, Reply, may_check, may_reply, may_write};
use crate::domain::wording;
use crate::error::{Error, Result};

/// The most characters of what a body says as it checks a point off.
const MOST_OF_NOTE: usize = 2_000;

/// Writes a point of the actor's body.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for no body of the case; `Invalid` where nothing is said, the body has not begun or has
/// answered, or the item is not asked for.
pub async fn add(db: &Db, doing: Doing<'_>, point: &Written) -> Result<()> {
    check_words(&point.words, "Skriv vad ni vill att myndigheten ändrar.").map_err(Error::Invalid)?;
    retried(|| add_once(db, doing, point)).await
}

async fn add_once(db: &Db, doing: Doing<'_>, point: &Written) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let last = said::points(&mut tx, seen.case.id).await?.into_iter().rfind(|one| one.body == part.body);
    if last.is_some_and(|last| last.written == *point) {
        return Ok(()); // sent twice
    }
    may_write(part.state).map_err(Error::Invalid)?;
    if let Some(item) = point.item {
        let items = pairs::lineages(&mut tx, seen.case.version.0, seen.case.version.1).await?;
        if !items.contains(&item) {
            return Err(Error::Invalid("Uppgiften begärs inte. Välj en i listan.".to_owned()));
        }
    }
    let id = clock::new_id();
    said::add_point(&mut tx, seen.case.id, id, &part.body, point, (actor.person, now)).await?;
    let name = name_of(&mut tx, &part.body).await?;
    let told = Told { subject: "ny synpunkt", what: format!("{name} har skrivit en synpunkt."), words: Some(&point.words) };
    let letters = about_point(&mut tx, doing, &seen, &told, (id, &part.body)).await?;
    add_event(&mut tx, actor, "consultation.pointed", number, json!({ "kind": point.kind.code(), "letters": letters }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes the agency's reply to a point, in place of what it replied before.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor does not speak for the agency; `Invalid` where the body has checked it off or the case is over.
pub async fn reply(db: &Db, doing: Doing<'_>, id: Uuid, reply: &Reply) -> Result<()> {
    retried(|| reply_once(db, doing, id, reply)).await
}

async fn reply_once(db: &Db, doing: Doing<'_>, id: Uuid, reply: &Reply) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let point = point_of(&mut tx, &seen, id).await?;
    for_agency(&seen)?;
    if point.reply.as_ref() == Some(reply) {
        return Ok(()); // sent twice
    }
    may_reply(state_of(&seen, &point.body), point.check).map_err(Error::Invalid)?;
    said::reply(&mut tx, id, reply, actor.person, now).await?;
    let name = name_of(&mut tx, &seen.case.agency).await?;
    let what = format!("{name} har svarat på er synpunkt {}: {}.", point.position, reply.kind);
    let told = Told { subject: "svar på en synpunkt", what, words: reply.reason.as_deref() };
    let letters = about_point(&mut tx, doing, &seen, &told, (id, &point.body)).await?;
    let detail = json!({ "point": point.position, "reply": reply.kind.code(), "letters": letters });
    add_event(&mut tx, actor, "consultation.point_replied", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Checks a point off against the form that was sent, or says that it is not done; none takes back what was said.
///
/// # Errors
/// `NotFound`; `Forbidden` where the point is not the actor's body's; `Invalid` where the body has not answered or the case is withdrawn.
pub async fn check(db: &Db, doing: Doing<'_>, id: Uuid, check: Option<Check>, note: &str) -> Result<()> {
    let note = note.trim();
    if let Some(fault) = wording::fault(note, MOST_OF_NOTE) {
        return Err(Error::Invalid(fault));
    }
    retried(|| check_once(db, doing, id, check, note)).await
}

async fn check_once(db: &Db, doing: Doing<'_>, id: Uuid, check: Option<Check>, note: &str) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let point = point_of(&mut tx, &seen, id).await?;
    if own(&seen)?.body != point.body {
        return Err(Error::Forbidden);
    }
    let note = Some(note).filter(|note| !note.is_empty());
    if point.check == check && point.check_note.as_deref() == note {
        return Ok(()); // sent twice
    }
    may_check(state_of(&seen, &point.body)).map_err(Error::Invalid)?;
    said::check(&mut tx, id, (check, note), actor.person, now).await?;
    let name = name_of(&mut tx, &point.body).await?;
    let told = match check {
        Some(check) => {
            let what = format!("{name} har stämt av synpunkt {} mot det formulär som skickades: {check}.", point.position);
            Told { subject: "synpunkt avprickad", what, words: note }
        }
        None => {
            let what = format!("{name} har tagit bort avprickningen av synpunkt {}.", point.position);
            Told { subject: "avprickning borttagen", what, words: note }
        }
    };
    let letters = about_point(&mut tx, doing, &seen, &told, (id, &point.body)).await?;
    let detail = json!({ "point": point.position, "checked": check.map(Check::code), "letters": letters });
    add_event(&mut tx, actor, "consultation.point_checked", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn point_of(tx: &mut Tx, seen: &Seen, id: Uuid) -> Result<Point> {
    said::points(tx, seen.case.id).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
}

fn state_of(seen: &Seen, body: &str) -> State {
    seen.case.parts.iter().find(|part| part.body == body).map_or(State::Withdrawn, |part| part.state)
}
