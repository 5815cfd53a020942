//! The form that is attached to one of the demonstration's consultations: most of it is what the collection is registered with, some is not.

use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::consultations::visible;
use crate::clock;
use crate::db::attachments::{self, Attachment};
use crate::db::collections::{self, Version};
use crate::db::events::Event;
use crate::db::{Db, events};
use crate::domain::access::Actor;
use crate::domain::consultation::attachment::MediaType;
use crate::domain::documents::model::{Block, Document};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::intake::attachment::text::text;
use crate::publish::docx::docx;

/// How many of the registered items the form asks for.
const ITEMS: usize = 6;
/// What it asks for beside them.
const BESIDE: [&str; 2] = ["Hur många timmar tog det att ta fram uppgifterna?", "Beskriv hur uppgifterna kvalitetssäkras i verksamheten"];

/// Attaches the form on behalf of the agency that asks.
///
/// # Errors
/// As the database says.
pub(super) async fn attach(db: &Db, agency: &Actor, number: ConsultationNumber, at: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let seen = visible(&mut tx, agency, number, clock::swedish_day(at)).await?;
    let version = Version::Numbered(seen.case.version.1);
    let asked = collections::load(&mut tx, &[seen.case.version.0], version).await?.pop().ok_or(Error::NotFound)?;
    let items = asked.content.items.iter().take(ITEMS).map(|item| format!("Ange {}", item.label.to_lowercase()));
    let questions = (1..).zip(items.chain(BESIDE.map(str::to_owned))).map(|(at, words): (usize, _)| format!("{at}. {words}"));
    let lead = Block::paragraph("Exempelformulär som är skrivet för demonstrationen.");
    let document = Document {
        title: "Formulär (exempel)".to_owned(),
        subject: asked.content.title,
        sender: "Exempeltext".to_owned(),
        diary_number: None,
        number: seen.collection.to_string(),
        date: None,
        blocks: [lead].into_iter().chain(questions.map(Block::paragraph)).collect(),
    };
    let bytes = docx(&document)?;
    let attachment = Attachment {
        id: clock::new_id(),
        body: None,
        internal: false,
        name: "Formulär (exempel).docx".to_owned(),
        media: MediaType::Docx,
        size: i64::try_from(bytes.len()).map_err(Error::internal)?,
        digest: Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        organisation: agency.organisation.clone(),
        person: Some(agency.person),
        at,
    };
    let read = text(attachment.media, &bytes).ok();
    attachments::insert(&mut tx, seen.case.id, &attachment, read.as_deref(), &bytes).await?;
    attachments::mark_changed(&mut tx, seen.case.id, at).await?;
    let event = Event {
        id: clock::new_id(),
        at,
        actor: agency.organisation.clone(),
        person: Some(agency.person),
        action: "consultation.attached".to_owned(),
        subject_kind: "consultation".to_owned(),
        subject: number.to_string(),
        detail: json!({ "media_type": attachment.media.code(), "size": attachment.size, "digest": attachment.digest, "internal": false }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(())
}
