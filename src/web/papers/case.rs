//! The whole case of a collection as one archive, for the parties and the administrators.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::documents::AlonePage;
use super::list::file;
use super::read::{Readable, decided_before, readable};
use crate::db::events::{self, Event};
use crate::db::{Tx, attachments, organisations};
use crate::domain::documents::{DocumentKind, build};
use crate::domain::history::FieldChange;
use crate::error::{Error, Result};
use crate::publish::case::{self, Entry, Happening};
use crate::publish::docx::docx;
use crate::state::AppState;
use crate::web::api;
use crate::web::assets;
use crate::web::failure::Failure;
use crate::web::layout::Today;
use crate::web::life::history::event_row;
use crate::web::user::{User, Visitor};

/// `GET /insamlingar/{nr}/arende.zip`
///
/// # Errors
/// There is no such collection, or the person is none of its parties.
pub async fn archive(
    State(state): State<AppState>,
    user: User,
    Today(today): Today,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let visitor = Visitor(Some(user));
    let mut tx = state.db.read().await?;
    let in_force = readable(&mut tx, &visitor, &number, false, today).await?;
    if !in_force.is_party {
        return Err(Error::Forbidden.into());
    }
    let planned = match in_force.has_revision {
        true => Some(readable(&mut tx, &visitor, &number, true, today).await?),
        false => None,
    };
    let earlier = decided_before(&mut tx, &in_force).await?;
    let happenings = happenings(&mut tx, &in_force).await?;
    let attached = attached(&mut tx, in_force.collection.id).await?;
    drop(tx);
    let base_url = &state.config.base_url;
    let mut entries = of_version(&in_force, "", base_url, today)?;
    if let Some(planned) = &planned {
        entries.extend(of_version(planned, "planerad-andring/", base_url, today)?);
    }
    for version in &earlier {
        let folder = format!("tidigare-beslut/version-{}/", version.collection.version);
        entries.extend(documents(version, &folder, base_url, today, &[DocumentKind::Decision, DocumentKind::Basis])?);
        entries.push((format!("{folder}data/uppgifter.csv"), case::items(&version.collection)?));
        entries.push((format!("{folder}data/omgangar.csv"), case::rounds(&version.collection)?));
    }
    entries.extend(attached);
    entries.push(("historik.csv".to_owned(), case::history(&happenings)?));
    let title = &in_force.collection.content.title;
    let about = format!("Ärende {number} i Insamlingsregistret: {title}\r\nUttaget den {today} ur {base_url}/insamlingar/{number}");
    Ok(file("application/zip", &format!("arende-{number}.zip"), case::archive(&about, entries)?))
}

/// The documents and data of a version, under a folder.
fn of_version(readable: &Readable, folder: &str, base_url: &str, today: NaiveDate) -> Result<Vec<Entry>> {
    let collection = &readable.collection;
    let mut entries = documents(readable, folder, base_url, today, DocumentKind::ALL)?;
    entries.push((format!("{folder}data/insamling.json"), api::record(collection.clone(), today, base_url)?));
    entries.push((format!("{folder}data/uppgifter.csv"), case::items(collection)?));
    entries.push((format!("{folder}data/omgangar.csv"), case::rounds(collection)?));
    Ok(entries)
}

/// Those of `kinds` that the collection of a version has, under a folder.
fn documents(readable: &Readable, folder: &str, base_url: &str, today: NaiveDate, kinds: &[DocumentKind]) -> Result<Vec<Entry>> {
    let record = readable.record(base_url, today);
    let mut entries = Vec::new();
    for kind in DocumentKind::of(readable.collection.content.kind).filter(|kind| kinds.contains(kind)) {
        let Some(document) = build(kind, &record) else { continue };
        let name = format!("{folder}handlingar/{}", kind.code());
        entries.push((format!("{name}.docx"), docx(&document)?));
        let html = AlonePage { document }.render().map_err(|error| Error::Internal(error.into()))?;
        entries.push((format!("{name}.html"), html.into_bytes()));
    }
    entries.push((format!("{folder}handlingar/handling.css"), assets::bytes("css/document.css")?));
    Ok(entries)
}

/// The files that both sides see in the consultations about the collection, each under the number of its case.
async fn attached(tx: &mut Tx, collection: Uuid) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (case, number) in attachments::cases_of(tx, collection).await? {
        let files = attachments::of_case(tx, case).await?.into_iter().map(|(one, _)| one).filter(|one| !one.internal);
        for (at, one) in (1..).zip(files) {
            entries.push((format!("samrad/{number}/bilagor/{at:02}-{}", one.name), attachments::content(tx, one.id).await?));
        }
    }
    Ok(entries)
}

/// What happened to the collection, oldest first, with organisations by name.
async fn happenings(tx: &mut Tx, readable: &Readable) -> Result<Vec<Happening>> {
    let events = events::of(tx, "collection", &readable.collection.id.to_string()).await?;
    let codes: Vec<String> = events.iter().map(|event| event.actor.clone()).collect();
    let names: HashMap<String, String> = organisations::get_many(tx, &codes).await?.into_iter().map(|one| (one.code, one.name)).collect();
    let happening = |event: Event| {
        let told = event_row(&event, &names);
        let reason = told.reason.map(|reason| format!(" Skäl: {reason}")).unwrap_or_default();
        Happening {
            at: event.at,
            organisation: told.who.unwrap_or_else(|| event.actor.clone()),
            what: format!("{}{reason}", told.text),
            changes: changes(&event.detail),
        }
    };
    Ok(events.into_iter().rev().map(happening).collect())
}

/// The values before and after that an event keeps; older events keep the names of the fields only, which its text tells.
fn changes(detail: &Value) -> Vec<FieldChange> {
    serde_json::from_value(detail["changes"].clone()).unwrap_or_default()
}
