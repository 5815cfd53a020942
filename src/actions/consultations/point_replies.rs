//! What comes of points: the agency replies, and only the body checks off.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::letters::{Told, about_points, name_of};
use super::points::{point_of, state_of};
use super::steps::Doing;
use super::{Seen, add_event, for_agency, locked, own};
use crate::actions::collections::retried;
use crate::db::consultations::points as kept;
use crate::db::{Db, Tx, events};
use crate::domain::consultation::State;
use crate::domain::consultation::point::{Check, Reply, may_check, may_reply};
use crate::domain::wording;
use crate::error::{Error, Result};

/// The most characters of what a body says as it checks a point off.
const MOST_OF_NOTE: usize = 2_000;

/// For how long after a letter about replies, or about points that are checked off, those that follow are not written about: they come one by
/// one.
const TOLD: TimeDelta = TimeDelta::hours(1);

/// Said with the first, as no letter tells of the next.
const MORE: &str = "Fler kan följa inom en timme, utan att ni får nya mejl om dem.";

/// Writes the agency's reply to a point; what it replied before is kept.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor does not speak for the agency; `Invalid` where the body has checked it off or taken it back, or
/// the case is over.
pub async fn reply(db: &Db, doing: Doing<'_>, id: Uuid, reply: &Reply) -> Result<()> {
    retried(|| reply_once(db, doing, id, reply)).await
}

async fn reply_once(db: &Db, doing: Doing<'_>, id: Uuid, reply: &Reply) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let point = point_of(&mut tx, &seen, id).await?;
    for_agency(&seen)?;
    if point.reply().is_some_and(|replied| replied.reply == *reply) {
        return Ok(()); // sent twice
    }
    may_reply(state_of(&seen, &point.body), point.taken_back.is_some(), point.check).map_err(Error::Invalid)?;
    kept::reply(&mut tx, id, reply, (&actor.organisation, actor.person), now).await?;
    let name = name_of(&mut tx, &seen.case.agency).await?;
    let did = if point.replies.is_empty() { "svarat på" } else { "ändrat sitt svar på" };
    let more = if point.replies.is_empty() { format!(" {MORE}") } else { String::new() };
    let what = format!("{name} har {did} er synpunkt {}: {}.{more}", point.position, reply.kind);
    let told = Told { subject: "svar på en synpunkt", what, words: reply.reason.as_deref(), ..Told::default() };
    let of = (id, point.body.as_str());
    // what turns an answer that was told, or comes after the opinion, is never left to an earlier letter
    let is_news = !point.replies.is_empty() || state_of(&seen, &point.body) == State::Answered;
    let (letters, grouped) = match is_news {
        true => (about_points(&mut tx, doing, &seen, &told, (of.1, &format!("#synpunkt-{id}"))).await?, false),
        false => tell(&mut tx, doing, &seen, &told, of, "consultation.point_replied").await?,
    };
    let detail = json!({ "point": point.position, "body": point.body, "reply": reply.kind.code(), "letters": letters, "grouped": grouped });
    add_event(&mut tx, actor, "consultation.point_replied", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Checks a point off against the form that was sent, or says that it is not done; none takes back what was said.
///
/// # Errors
/// `NotFound`; `Forbidden` where the point is not the actor's body's; `Invalid` where the body has not answered or has taken it back, or the
/// case is withdrawn.
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
    may_check(state_of(&seen, &point.body), point.is_live()).map_err(Error::Invalid)?;
    kept::check(&mut tx, id, (check, note), actor.person, now).await?;
    let name = name_of(&mut tx, &point.body).await?;
    let (subject, did) = match check {
        Some(check) => ("synpunkt avprickad", format!("stämt av synpunkt {} mot det formulär som skickades: {check}", point.position)),
        None => ("avprickning borttagen", format!("tagit bort avprickningen av synpunkt {}", point.position)),
    };
    let told =
        Told { subject, what: format!("{name} har {did}. Läs de övriga synpunkterna i ärendet."), words: note, ..Told::default() };
    let of = (id, point.body.as_str());
    let (letters, grouped) = tell(&mut tx, doing, &seen, &told, of, "consultation.point_checked").await?;
    let detail = json!({
        "point": point.position, "body": point.body, "checked": check.map(Check::code), "note": note, "letters": letters, "grouped": grouped
    });
    add_event(&mut tx, actor, "consultation.point_checked", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes to the other side, unless it has been written to about the same thing within the hour. Answers how many letters there are, and
/// whether an earlier one stands for them.
async fn tell(
    tx: &mut Tx,
    doing: Doing<'_>,
    seen: &Seen,
    told: &Told<'_>,
    (point, body): (Uuid, &str),
    action: &str,
) -> Result<(usize, bool)> {
    let before = events::of(tx, "consultation", &seen.case.number.to_string()).await?;
    let is_told = before.iter().any(|one| {
        let of_side = one.action == action && one.detail["body"] == body;
        of_side && one.detail["letters"].as_i64().is_some_and(|letters| letters > 0) && doing.now - one.at < TOLD
    });
    if is_told {
        return Ok((0, true));
    }
    Ok((about_points(tx, doing, seen, told, (body, &format!("#synpunkt-{point}"))).await?, false))
}
