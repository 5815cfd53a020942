//! Attaching files to a case: judged and read before anything is written, and written whole or not at all.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use super::letters::{Letters, Told, name_of, to_agency, to_bodies};
use super::steps::Doing;
use super::{Seen, Side, add_event, locked, visible};
use crate::actions::collections::retried;
use crate::actions::configuring::Number;
use crate::actions::reading;
use crate::clock;
use crate::db::attachments::{self, Attachment};
use crate::db::{Db, Tx};
use crate::domain::access::Actor;
use crate::domain::consultation::attachment::{MOST_CASE_BYTES, MOST_FILES, MediaType, shown_name};
use crate::domain::consultation::configured::in_bytes;
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::intake::attachment::judge;
use crate::state::Reading;

pub use crate::intake::attachment::too_large;

/// A file as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its name as typed.
    pub name: String,
    /// All of it.
    pub bytes: Arc<Vec<u8>>,
    /// Only the body that attaches it is to see it.
    pub internal: bool,
}

/// A file that was judged and read.
#[derive(Debug)]
pub struct Judged {
    sent: Sent,
    media: MediaType,
    digest: String,
    text: Option<String>,
}

impl Judged {
    /// Under which name it is shown.
    pub(super) fn name(&self) -> String {
        shown_name(&self.sent.name, self.media)
    }

    /// Whether both hold the same, whatever they are called.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

/// Judges a file of at most `most` bytes and reads its text as far as that is done by `until`, before anything is written. Whoever calls it
/// holds a place of `reading`, since before the file was taken into memory.
///
/// # Errors
/// `Invalid` with why the file is not taken.
pub async fn judged(reading: &Reading, sent: Sent, most: usize, until: Instant) -> Result<Judged> {
    if sent.bytes.len() > most {
        return Err(Error::Invalid(too_large(sent.bytes.len(), most)));
    }
    let bytes = Arc::clone(&sent.bytes);
    // a large file takes its time, which is not taken from the requests that the same thread serves
    let (media, digest) = tokio::task::spawn_blocking(move || judge(&bytes).map(|media| (media, digest(&bytes))))
        .await
        .map_err(Error::internal)?
        .map_err(Error::Invalid)?;
    let text = if media.has_text() { reading::text(reading, media, &sent.bytes, until).await? } else { None };
    Ok(Judged { sent, media, digest, text })
}

/// For how long after a file the next one of the same side is not told of: drafts come in several files.
const TOLD: TimeDelta = TimeDelta::hours(1);

/// Attaches a file to a case and tells the other side. Sent twice by the same side it is there once.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for neither side; `Invalid` where the case is over or full, or the file is not taken.
pub async fn attach(db: &Db, reading: &Reading, doing: Doing<'_>, sent: Sent) -> Result<Uuid> {
    // whoever may not is told so before the file is looked at
    let today = clock::swedish_day(doing.now);
    let mut tx = db.read().await?;
    may_attach(&visible(&mut tx, doing.actor, doing.number, today).await?, sent.internal)?;
    let most = in_bytes(Number::Megabytes.get(&mut tx).await?);
    drop(tx);
    let judged = judged(reading, sent, most, clock::deadline(reading::MOST_TIME)).await?;
    retried(|| attach_once(db, doing, &judged)).await
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn attach_once(db: &Db, doing: Doing<'_>, judged: &Judged) -> Result<Uuid> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let internal = judged.sent.internal;
    may_attach(&seen, internal)?;
    let body = seen.own_part().map(|part| part.body.clone());
    let held: Vec<Attachment> = attachments::of_case(&mut tx, seen.case.id).await?.into_iter().map(|(one, _)| one).collect();
    let is_of_side = |one: &&Attachment| one.body == body && one.internal == internal && one.organisation == actor.organisation;
    if let Some(same) = held.iter().filter(is_of_side).find(|one| one.digest == judged.digest) {
        let name = judged.name();
        if same.name == name {
            return Ok(same.id); // sent twice
        }
        return Err(Error::Invalid(format!("Samma innehåll som ”{name}” är redan bifogat som ”{}”.", same.name)));
    }
    let size = i64::try_from(judged.sent.bytes.len()).map_err(Error::internal)?;
    // what a body keeps to itself takes no room from the others, who could not see what is in the way
    let beside: Vec<&Attachment> = held.iter().filter(|one| one.internal == internal && (!internal || one.body == body)).collect();
    if beside.len() as i64 >= MOST_FILES || beside.iter().map(|one| one.size).sum::<i64>() + size > MOST_CASE_BYTES {
        let most = MOST_CASE_BYTES / 1024 / 1024;
        let which = if internal { "Ni har redan så många interna filer" } else { "Samrådet har redan så många bilagor" };
        return Err(Error::Invalid(format!("{which} som ryms: högst {MOST_FILES} filer och tillsammans {most} MB.")));
    }
    let is_told = internal || held.iter().filter(is_of_side).any(|one| now - one.at < TOLD);
    let attachment = store(&mut tx, &seen, actor, judged, now).await?;
    attachments::mark_changed(&mut tx, seen.case.id, now).await?;
    let letters = if is_told { Letters::default() } else { tell(&mut tx, &seen, doing).await? };
    let detail = json!({
        "attachment": attachment.id, "media_type": attachment.media.code(), "size": size, "digest": &attachment.digest, "internal": internal
    });
    add_event(&mut tx, actor, "consultation.attached", number, letters.with(detail), now).await?;
    tx.commit().await?;
    Ok(attachment.id)
}

/// Writes a file into a case for the side of `seen`.
///
/// # Errors
/// As the database says.
pub(super) async fn store(tx: &mut Tx, seen: &Seen, actor: &Actor, judged: &Judged, now: DateTime<Utc>) -> Result<Attachment> {
    let attachment = Attachment {
        id: clock::new_id(),
        body: seen.own_part().map(|part| part.body.clone()),
        internal: judged.sent.internal,
        name: judged.name(),
        media: judged.media,
        size: i64::try_from(judged.sent.bytes.len()).map_err(Error::internal)?,
        digest: judged.digest.clone(),
        organisation: actor.organisation.clone(),
        person: Some(actor.person),
        at: now,
    };
    attachments::insert(tx, seen.case.id, &attachment, judged.text.as_deref(), &judged.sent.bytes).await?;
    Ok(attachment)
}

/// Writes to the other side that there is a file.
async fn tell(tx: &mut Tx, seen: &Seen, doing: Doing<'_>) -> Result<Letters> {
    let name = name_of(tx, &doing.actor.organisation).await?;
    let what = format!("{name} har bifogat en fil i samrådet. Fler kan följa.");
    let told = Told { subject: "ny bilaga", what, ..Told::default() };
    match seen.side {
        Side::Body => Ok(to_agency(tx, doing.origin, seen, &told, doing.now).await?.into()),
        _ => to_bodies(tx, doing.origin, seen, &told, doing.now).await,
    }
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
    // what came by mail is entered afterwards, with the files that belong to it
    let is_entered = seen.case.entered && seen.case.withdrawn_at.is_none();
    if !is_entered && seen.case.parts.iter().any(|part| part.state.is_over()) {
        return Err(Error::Invalid("Samrådet är över, så inget mer kan bifogas.".to_owned()));
    }
    Ok(())
}

/// Takes a file away that the actor's side attached. Its content is gone; that it was there, under which name, and who took it back stays.
///
/// # Errors
/// `NotFound` where there is none that the actor may know of; `Forbidden` where the other side attached it; `Invalid` where it is too late.
pub async fn take_back(db: &Db, doing: Doing<'_>, id: Uuid) -> Result<()> {
    retried(|| take_back_once(db, doing, id)).await
}

async fn take_back_once(db: &Db, doing: Doing<'_>, id: Uuid) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let one = attachments::get(&mut tx, seen.case.id, id).await?.filter(|one| is_seen(&seen, one)).ok_or(Error::NotFound)?;
    may_take_back(&seen, &one)?;
    attachments::remove(&mut tx, id).await?;
    attachments::mark_changed(&mut tx, seen.case.id, now).await?;
    // what a body keeps to itself is not named to others
    let name = Some(&one.name).filter(|_| !one.internal);
    let detail = json!({ "attachment": id, "name": name, "size": one.size, "digest": &one.digest, "internal": one.internal });
    add_event(&mut tx, actor, "consultation.attachment_taken_back", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the reader of a case may take back a file of it now: until somebody has answered, who has read it.
///
/// # Errors
/// Why not.
pub fn may_take_back(seen: &Seen, one: &Attachment) -> Result<()> {
    let own = match seen.side {
        Side::Agency => one.body.is_none(),
        Side::Body => one.body.as_deref() == Some(seen.organisation.as_str()),
        Side::Reader => false,
    };
    if !own {
        return Err(Error::Forbidden);
    }
    may_attach(seen, one.internal)?;
    let answered = |body: &str| seen.case.parts.iter().any(|part| part.opinion.is_some() && (body.is_empty() || part.body == body));
    if !seen.case.entered && answered(one.body.as_deref().unwrap_or_default()) {
        return Err(Error::Invalid("Ett yttrande är lämnat, så bilagan kan inte återtas.".to_owned()));
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
