//! The whole case of a collection as one archive, for the parties and the administrators.

use std::collections::HashMap;
use std::io::Seek;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use super::consulted::{self, Consulted};
use super::documents::AlonePage;
use super::list::file;
use super::read::{Readable, decided_before, readable};
use super::sending::{sent, time_for};
use crate::db::attachments::{self, Attachment};
use crate::db::events::{self, Event};
use crate::db::{Tx, organisations};
use crate::domain::consultation::attachment::shown_size;
use crate::domain::documents::{DocumentKind, build};
use crate::domain::history::FieldChange;
use crate::error::{Error, Result};
use crate::publish::case::{self, Archive, Entry, Happening};
use crate::publish::docx::docx;
use crate::state::{AppState, Place};
use crate::web::api;
use crate::web::assets;
use crate::web::failure::Failure;
use crate::web::layout::{Layout, Today};
use crate::web::life::history::event_row;
use crate::web::page::page;
use crate::web::user::{User, Visitor};

/// The most bytes of attached files in one archive.
pub(super) const MOST_BYTES: i64 = 100 * 1024 * 1024;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// `nej`: without the files that are attached to consultations.
    bilagor: String,
}

impl Params {
    pub(super) fn is_without_files(&self) -> bool {
        self.bilagor == "nej"
    }
}

/// `GET /insamlingar/{nr}/arende.zip`; where the attached files are too large together, 422 with a page that leads to each.
///
/// # Errors
/// There is no such collection, or the person is none of its parties.
pub async fn archive(
    State(state): State<AppState>,
    user: User,
    Today(today): Today,
    Path(number): Path<String>,
    Query(params): Query<Params>,
) -> Result<Response, Failure> {
    let actor = user.actor.clone();
    let visitor = Visitor(Some(user));
    if !readable(&mut state.db.read().await?, &visitor, &number, false, today).await?.is_party {
        return Err(Error::Forbidden.into());
    }
    let place = state.sending.one_for(actor.person).await.map_err(|_| Error::Busy)?;
    let _packing = state.packing.soon().await.ok_or(Error::Busy)?;
    let mut tx = state.db.read().await?;
    let in_force = readable(&mut tx, &visitor, &number, false, today).await?;
    let planned = match in_force.has_revision {
        true => Some(readable(&mut tx, &visitor, &number, true, today).await?),
        false => None,
    };
    let earlier = decided_before(&mut tx, &in_force).await?;
    let mut consulted = consulted::all(&mut tx, &actor, in_force.collection.id, today).await?;
    let mut happenings = happenings(&mut tx, &in_force).await?;
    happenings.extend(consulted.iter_mut().flat_map(|one| std::mem::take(&mut one.happenings)));
    happenings.sort_by_key(|one| one.at);
    let without = params.is_without_files();
    let size: i64 = consulted.iter().flat_map(|one| &one.files).map(|file| file.size).sum();
    if size > MOST_BYTES && !without {
        let shown =
            LargePage::new(Layout::new(&state, visitor, "/insamlingar"), &format!("/insamlingar/{number}"), number, size, &consulted);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response());
    }
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
    entries.push(("historik.csv".to_owned(), case::history(&happenings)?));
    let mut packed = Packed::new(&state, entries).await?;
    for one in consulted {
        if !without {
            packed = packed.with_files(&mut tx, &one).await?;
        }
        packed = packed.with(one.entries).await?;
    }
    drop(tx);
    let title = &in_force.collection.content.title;
    let left_out = if without { "\r\nBilagorna till samråden är utelämnade." } else { "" };
    let about =
        format!("Ärende {number} i Insamlingsregistret: {title}\r\nUttaget den {today} ur {base_url}/insamlingar/{number}{left_out}");
    Ok(file("application/zip", &format!("arende-{number}.zip"), packed.finish(about, place).await?))
}

/// An archive in a file that has no name and goes with whoever reads it last: a hundred megabytes have no room in memory, and take their time.
pub(super) struct Packed(Archive<std::fs::File>);

impl Packed {
    pub(super) async fn new(state: &AppState, entries: Vec<Entry>) -> Result<Self> {
        let folder = state.config.data_dir.clone();
        let make = move || -> Result<Self> {
            std::fs::create_dir_all(&folder)?;
            Ok(Self(Archive::new(tempfile::tempfile_in(&folder)?)))
        };
        tokio::task::spawn_blocking(make).await.map_err(Error::internal)??.with(entries).await
    }

    async fn with(mut self, entries: Vec<Entry>) -> Result<Self> {
        let add = move || entries.iter().try_for_each(|entry| self.0.add(entry)).map(|()| self);
        tokio::task::spawn_blocking(add).await.map_err(Error::internal)?
    }

    /// Adds the files of a case, one at a time.
    pub(super) async fn with_files(mut self, tx: &mut Tx, case: &Consulted) -> Result<Self> {
        for (at, file) in case.files.iter().enumerate() {
            self = self.with(vec![(case.path(at, file), attachments::content(tx, file.id).await?)]).await?;
        }
        Ok(self)
    }

    /// The whole archive as it is given out to whoever has the place.
    pub(super) async fn finish(self, about: String, place: Place) -> Result<Body> {
        let finish = move || -> Result<(std::fs::File, u64)> {
            let mut file = self.0.finish(&about)?;
            file.rewind()?;
            let size = file.metadata()?.len();
            Ok((file, size))
        };
        let (file, size) = tokio::task::spawn_blocking(finish).await.map_err(Error::internal)??;
        Ok(sent(file, size, place, time_for(size)))
    }
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

/// A file that is fetched by itself.
#[derive(Debug)]
pub struct LargeFile {
    /// Where it is given out.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its size in words.
    pub size: String,
    /// The number of its case.
    pub case: String,
}

/// The page of a case whose files are too large together.
#[derive(Debug, Template)]
#[template(path = "documents/large.html")]
pub struct LargePage {
    /// The frame.
    pub layout: Layout,
    /// The address of what the archive is of.
    pub address: String,
    /// Its number.
    pub number: String,
    /// How large the files are together.
    pub size: String,
    /// How large they may be.
    pub most: String,
    /// The files.
    pub files: Vec<LargeFile>,
}

impl LargePage {
    pub(super) fn new(layout: Layout, address: &str, number: String, size: i64, consulted: &[Consulted]) -> Self {
        let files = consulted.iter().flat_map(|one| one.files.iter().map(|file| (one.number.to_string(), file)));
        let file = |(case, file): (String, &Attachment)| LargeFile {
            href: format!("/samrad/{case}/bilagor/{}", file.id),
            name: file.name.clone(),
            size: shown_size(file.size),
            case,
        };
        Self {
            layout,
            address: address.to_owned(),
            number,
            size: shown_size(size),
            most: shown_size(MOST_BYTES),
            files: files.map(file).collect(),
        }
    }
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
