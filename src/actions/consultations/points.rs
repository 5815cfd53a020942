//! Points: what a body wants changed. It prepares them for itself and sends them together, and takes back what it does not stand by.

use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::letters::{Told, about_points, name_of};
use super::steps::{Doing, check_words};
use super::{Seen, add_event, locked, own};
use crate::actions::collections::retried;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::Part;
use crate::db::consultations::points::{self as kept, Point, Written};
use crate::db::{Db, Tx, pairs};
use crate::domain::consultation::State;
use crate::domain::consultation::point::{about, may_write};
use crate::domain::wording;
use crate::error::{Error, Result};
use crate::text;

/// The points of a case that its reader may see: what is prepared, only the body that prepares it.
///
/// # Errors
/// As the database says.
pub async fn visible_points(tx: &mut Tx, seen: &Seen) -> Result<Vec<Point>> {
    let mut points = kept::points(tx, seen.case.id).await?;
    points.retain(|one| one.sent_at.is_some() || seen.reads_internal(&one.body));
    Ok(points)
}

/// What is asked for, by lineage: what points may be about.
///
/// # Errors
/// As the database says.
pub async fn items(tx: &mut Tx, seen: &Seen) -> Result<Vec<(Uuid, String)>> {
    let (collection, version) = seen.case.version;
    let lineages = pairs::lineages(tx, collection, version).await?;
    let asked = collections::load(tx, &[collection], Version::Numbered(version)).await?.pop().ok_or(Error::NotFound)?;
    Ok(lineages.into_iter().zip(asked.content.items.into_iter().map(|item| item.label)).collect())
}

/// What a point is about, in words: its kind and its item.
#[must_use]
pub fn subject(point: &Point, items: &[(Uuid, String)]) -> String {
    let item = point.written.item.and_then(|id| items.iter().find(|(lineage, _)| *lineage == id));
    about(point.written.kind, item.map(|(_, label)| label.as_str()))
}

/// Points as a letter tells them, each under its number and what it is about; once the body has answered with what the agency has replied.
pub(super) fn told(points: &[Point], items: &[(Uuid, String)], answered: bool) -> Vec<(String, String)> {
    let reply = |one: &Point| match one.reply() {
        Some(replied) => format!("\n\nMyndighetens svar: {}", replied.reply.in_words()),
        None => "\n\nMyndigheten har inte svarat på synpunkten.".to_owned(),
    };
    let one = |one: &Point| {
        let reply = if answered { reply(one) } else { String::new() };
        (format!("Synpunkt {}. {}", one.position, subject(one, items)), format!("{}{reply}", one.written.words))
    };
    points.iter().map(one).collect()
}

/// Prepares a point of the actor's body: nobody else sees it until it is sent.
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
    let last = kept::points(&mut tx, seen.case.id).await?.into_iter().rfind(|one| one.body == part.body);
    if last.is_some_and(|last| last.written == *point && last.taken_back.is_none()) {
        return Ok(()); // sent twice
    }
    may_write(part.state).map_err(Error::Invalid)?;
    check_item(&mut tx, &seen, point).await?;
    kept::add_point(&mut tx, seen.case.id, clock::new_id(), &part.body, point, (actor.person, now)).await?;
    add_event(&mut tx, actor, "consultation.point_prepared", number, json!({ "kind": point.kind.code() }), now).await?;
    tx.commit().await?;
    Ok(())
}

async fn check_item(tx: &mut Tx, seen: &Seen, point: &Written) -> Result<()> {
    let Some(item) = point.item else { return Ok(()) };
    let items = pairs::lineages(tx, seen.case.version.0, seen.case.version.1).await?;
    if items.contains(&item) { Ok(()) } else { Err(Error::Invalid("Uppgiften begärs inte. Välj en i listan.".to_owned())) }
}

/// Changes a point that is prepared, or with none takes it away. `read`: the moment of writing of what whoever does it has read.
///
/// # Errors
/// As [`add`]; `Invalid` where it has been sent; `Conflict` where somebody has changed it since, or has taken away what is to be changed.
pub async fn change(db: &Db, doing: Doing<'_>, id: Uuid, point: Option<&Written>, read: Option<DateTime<Utc>>) -> Result<()> {
    if let Some(point) = point {
        check_words(&point.words, "Skriv vad ni vill att myndigheten ändrar.").map_err(Error::Invalid)?;
    }
    retried(|| change_once(db, doing, id, point, read)).await
}

async fn change_once(db: &Db, doing: Doing<'_>, id: Uuid, point: Option<&Written>, read: Option<DateTime<Utc>>) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let points: Vec<Point> = kept::points(&mut tx, seen.case.id).await?.into_iter().filter(|one| one.body == part.body).collect();
    let Some(at) = points.iter().position(|one| one.id == id) else {
        // gone already: a form that was sent twice, or a colleague's work
        return if point.is_none() { Ok(()) } else { Err(Error::Conflict) };
    };
    if point.is_some_and(|point| points[at].written == *point) {
        return Ok(());
    }
    // what was never sent is taken away also once the case is over
    if point.is_some() || !part.state.is_over() {
        may_write(part.state).map_err(Error::Invalid)?;
    }
    if points[at].sent_at.is_some() {
        return Err(Error::Invalid("Synpunkten är redan skickad. Ta tillbaka den och skriv en ny om den ska ändras.".to_owned()));
    }
    if read != Some(points[at].at) {
        return Err(Error::Conflict);
    }
    let action = if let Some(point) = point {
        check_item(&mut tx, &seen, point).await?;
        kept::change_point(&mut tx, id, point, (actor.person, now)).await?;
        "consultation.point_changed"
    } else {
        let after: Vec<Uuid> = points[at + 1..].iter().map(|one| one.id).collect();
        kept::remove_point(&mut tx, id, &after).await?;
        "consultation.point_removed"
    };
    add_event(&mut tx, actor, action, number, json!({ "point": points[at].position }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Which points are prepared, and how they are worded: what a page showed, as it says it when they are sent. Empty: none.
#[must_use]
pub fn mark_of<'a>(points: impl IntoIterator<Item = &'a Point>) -> String {
    let mut digest = Sha256::new();
    let mut any = false;
    for one in points.into_iter().filter(|one| one.sent_at.is_none()) {
        any = true;
        digest.update(format!("{} {}\n", one.id, one.at.timestamp_micros()));
    }
    if any { digest.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect() } else { String::new() }
}

/// Sends what the actor's body has prepared, in one letter. `shown`: the [`mark_of`] what whoever does it has read; none: whatever it is.
///
/// # Errors
/// As [`add`]; `Conflict` where something else is prepared now.
pub async fn send(db: &Db, doing: Doing<'_>, shown: Option<&str>) -> Result<()> {
    retried(|| send_once(db, doing, shown)).await
}

async fn send_once(db: &Db, doing: Doing<'_>, shown: Option<&str>) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    if kept::points(&mut tx, seen.case.id).await?.iter().all(|one| one.body != part.body || one.sent_at.is_some()) {
        return Ok(()); // sent twice
    }
    may_write(part.state).map_err(Error::Invalid)?;
    let sent = send_along(&mut tx, &seen, part, shown, now).await?;
    let first = sent.first().ok_or(Error::Conflict)?;
    let name = name_of(&mut tx, &part.body).await?;
    let many = in_number(&sent);
    let told = Told {
        subject: &many,
        what: format!("{name} har skickat {many} om insamlingen. Svara på var och en av dem i ärendet."),
        asks: true,
        texts: told(&sent, &items(&mut tx, &seen).await?, false),
        ..Told::default()
    };
    let letters = about_points(&mut tx, doing, &seen, &told, (&part.body, &format!("#synpunkt-{}", first.id))).await?;
    add_event(&mut tx, actor, "consultation.pointed", number, json!({ "points": numbers(&sent), "letters": letters }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends what a body has prepared with a step of its own, whose letter tells of it. Answers the points.
///
/// # Errors
/// `Conflict` where something else is prepared than was shown, as [`send`] has it.
pub(super) async fn send_along(tx: &mut Tx, seen: &Seen, part: &Part, shown: Option<&str>, now: DateTime<Utc>) -> Result<Vec<Point>> {
    let mut points = kept::points(tx, seen.case.id).await?;
    points.retain(|one| one.body == part.body && one.sent_at.is_none());
    if shown.is_some_and(|shown| shown != mark_of(&points)) {
        return Err(Error::Conflict);
    }
    if !points.is_empty() {
        kept::send_points(tx, seen.case.id, &part.body, now).await?;
    }
    Ok(points)
}

/// How many points there are: `en synpunkt`, `3 synpunkter`.
pub(super) fn in_number(points: &[Point]) -> String {
    match points.len() {
        1 => "en synpunkt".to_owned(),
        many => text::counted(i64::try_from(many).unwrap_or(i64::MAX), "synpunkt", "synpunkter"),
    }
}

/// The numbers of points, for the event.
pub(super) fn numbers(points: &[Point]) -> Vec<i64> {
    points.iter().map(|one| one.position).collect()
}

/// Takes back a point that was sent: it is kept and marked, and counts no more.
///
/// # Errors
/// As [`add`]; `Invalid` where no reason is given or the point is not sent.
pub async fn take_back(db: &Db, doing: Doing<'_>, id: Uuid, reason: &str) -> Result<()> {
    let reason = reason.trim();
    check_words(reason, NO_REASON).map_err(Error::Invalid)?;
    retried(|| take_back_once(db, doing, id, reason)).await
}

/// Said where a point is taken back without a reason.
pub const NO_REASON: &str = "Skriv varför ni tar tillbaka synpunkten.";

async fn take_back_once(db: &Db, doing: Doing<'_>, id: Uuid, reason: &str) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let point = point_of(&mut tx, &seen, id).await?;
    if point.body != part.body {
        return Err(Error::Forbidden);
    }
    if point.taken_back.is_some() {
        return Ok(()); // sent twice
    }
    may_write(part.state).map_err(Error::Invalid)?;
    if point.sent_at.is_none() {
        return Err(Error::Invalid("Synpunkten är inte skickad. Ändra den eller ta bort den i stället.".to_owned()));
    }
    kept::take_back_point(&mut tx, id, reason, now).await?;
    let name = name_of(&mut tx, &part.body).await?;
    let what = format!("{name} har tagit tillbaka synpunkt {}. Ni behöver inte svara på den.", point.position);
    let told = Told { subject: "synpunkt tillbakatagen", what, words: Some(reason), ..Told::default() };
    let letters = about_points(&mut tx, doing, &seen, &told, (&point.body, &format!("#synpunkt-{id}"))).await?;
    let detail = json!({ "point": point.position, "letters": letters });
    add_event(&mut tx, actor, "consultation.point_taken_back", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// A point of a case that the reader may see.
pub(super) async fn point_of(tx: &mut Tx, seen: &Seen, id: Uuid) -> Result<Point> {
    visible_points(tx, seen).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
}

/// Where the part of a body is.
#[must_use]
pub fn state_of(seen: &Seen, body: &str) -> State {
    seen.case.parts.iter().find(|part| part.body == body).map_or(State::Withdrawn, |part| part.state)
}

/// The numbers of points as a sentence has them: `synpunkt 1`, `synpunkterna 1, 2 och 4`.
#[must_use]
pub fn enumerated(numbers: &[i64]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{} {}", if words.len() == 1 { "synpunkt" } else { "synpunkterna" }, wording::enumerated(&words))
}
