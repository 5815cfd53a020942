//! Attaching files to a case: judged and read before anything is written, and written whole or not at all.

use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::collections::retried;
use super::consultations::{Seen, Side, visible};
use super::reading;
use crate::clock;
use crate::db::attachments::{self, Attachment};
use crate::db::events::Event;
use crate::db::{Db, Tx, events};
use crate::domain::access::Actor;
use crate::domain::consultation::attachment::{MOST_CASE_BYTES, MOST_FILES, MediaType, shown_name};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::intake::attachment::judge;
use crate::state::Reading;

pub use crate::intake::attachment::too_large;

/// A file as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Its name as typed.
    pub name: &'a str,
    /// All of it.
    pub bytes: &'a [u8],
    /// Only the body that attaches it is to see it.
    pub internal: bool,
}

/// A file that was judged and read.
#[derive(Debug)]
struct Judged<'a> {
    sent: Sent<'a>,
    media: MediaType,
    digest: String,
    text: Option<String>,
}

/// Attaches a file to a case. Sent twice by the same side it is there once.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for neither side; `Invalid` where the case is over or full, or the file is not taken.
pub async fn attach(
    db: &Db,
    reading: &Reading,
    actor: &Actor,
    number: ConsultationNumber,
    sent: Sent<'_>,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    // whoever may not is told so before the file is looked at
    may_attach(&visible(&mut db.read().await?, actor, number, clock::swedish_day(now)).await?, sent.internal)?;
    let place = reading.place().await;
    let media = judge(sent.bytes).map_err(Error::Invalid)?;
    let text = if media.has_text() { reading::text(reading, media, sent.bytes).await? } else { None };
    let digest = Sha256::digest(sent.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let judged = Judged { sent, media, digest, text };
    let written = retried(|| attach_once(db, actor, number, &judged, now)).await;
    drop(place);
    written
}

async fn attach_once(db: &Db, actor: &Actor, number: ConsultationNumber, judged: &Judged<'_>, now: DateTime<Utc>) -> Result<Uuid> {
    let mut tx = db.write().await?;
    let today = clock::swedish_day(now);
    let seen = visible(&mut tx, actor, number, today).await?;
    attachments::mark_changed(&mut tx, seen.case.id, now).await?;
    // as it is now that nobody else changes it
    let seen = visible(&mut tx, actor, number, today).await?;
    may_attach(&seen, judged.sent.internal)?;
    let body = seen.own_part().map(|part| part.body.clone());
    let held = attachments::of_case(&mut tx, seen.case.id).await?;
    let is_same = |one: &Attachment| {
        one.digest == judged.digest && one.body == body && one.internal == judged.sent.internal && one.organisation == actor.organisation
    };
    if let Some((same, _)) = held.iter().find(|(one, _)| is_same(one)) {
        return Ok(same.id);
    }
    let size = i64::try_from(judged.sent.bytes.len()).map_err(Error::internal)?;
    let all = held.iter().map(|(one, _)| one.size).sum::<i64>() + size;
    if held.len() as i64 >= MOST_FILES || all > MOST_CASE_BYTES {
        let most = MOST_CASE_BYTES / 1024 / 1024;
        let why = format!("Samrådet har redan så många bilagor som ryms: högst {MOST_FILES} filer och tillsammans {most} MB.");
        return Err(Error::Invalid(why));
    }
    let attachment = Attachment {
        id: clock::new_id(),
        body,
        internal: judged.sent.internal,
        name: shown_name(judged.sent.name, judged.media),
        media: judged.media,
        size,
        digest: judged.digest.clone(),
        organisation: actor.organisation.clone(),
        person: Some(actor.person),
        at: now,
    };
    attachments::insert(&mut tx, seen.case.id, &attachment, judged.text.as_deref(), judged.sent.bytes).await?;
    let detail =
        json!({ "media_type": attachment.media.code(), "size": size, "digest": &attachment.digest, "internal": attachment.internal });
    events::add(&mut tx, &event(actor, seen.case.id, detail, now)).await?;
    tx.commit().await?;
    Ok(attachment.id)
}

/// Whether the reader of a case may attach to it now.
///
/// # Errors
/// Why not.
pub fn may_attach(seen: &Seen, internal: bool) -> Result<()> {
    match seen.side {
        Side::Reader => return Err(Error::Forbidden),
        Side::Agency if internal => return Err(Error::Forbidden),
        Side::Agency | Side::Body => {}
    }
    if seen.case.parts.iter().all(|part| part.state.is_over()) {
        return Err(Error::Invalid("Samrådet är över, så inget mer kan bifogas.".to_owned()));
    }
    Ok(())
}

/// Whether the reader of a case may see an attached file.
#[must_use]
pub fn is_seen(seen: &Seen, attachment: &Attachment) -> bool {
    !attachment.internal || attachment.body.as_deref().is_some_and(|body| seen.reads_internal(body))
}

/// A file of a case with its content, if `actor` may see it.
///
/// # Errors
/// `NotFound` where there is none that the actor may know of.
pub async fn open(tx: &mut Tx, actor: &Actor, number: ConsultationNumber, id: Uuid, now: DateTime<Utc>) -> Result<(Attachment, Vec<u8>)> {
    let seen = visible(tx, actor, number, clock::swedish_day(now)).await?;
    let attachment = attachments::get(tx, seen.case.id, id).await?.filter(|one| is_seen(&seen, one)).ok_or(Error::NotFound)?;
    let content = attachments::content(tx, id).await?;
    Ok((attachment, content))
}

fn event(actor: &Actor, case: Uuid, detail: serde_json::Value, now: DateTime<Utc>) -> Event {
    Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: "consultation.attached".to_owned(),
        subject_kind: "consultation".to_owned(),
        subject: case.to_string(),
        detail,
    }
}
