//! One consultation as an archive of its own, for those who are in it. A consulted body gets what it keeps to itself too: its notes and
//! files, and what experts and reference municipalities have answered it.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::case::{LargePage, MOST_BYTES, Packed, Params};
use super::consulted::{self, Consulted};
use super::list::file;
use crate::actions::consultations::places::place_name;
use crate::actions::consultations::points::{items, subject};
use crate::actions::consultations::{Seen, visible};
use crate::db::collections::{self, Version};
use crate::db::consultations::points::{self, Point};
use crate::db::consultations::reference::{self, Request};
use crate::db::consultations::{forwarding, said};
use crate::db::{Tx, attachments, pairs};
use crate::domain::consultation::reference::{Answerable, FoundIn, hours_of};
use crate::error::{Error, Result};
use crate::publish::case::Entry;
use crate::publish::delimited;
use crate::state::AppState;
use crate::web::consultations::thread::{Line, notes};
use crate::web::consultations::{Named, number_of};
use crate::web::failure::Failure;
use crate::web::layout::{Layout, Today};
use crate::web::page::page;
use crate::web::user::{User, Visitor};

/// `GET /samrad/{nr}/arende.zip`; where the attached files are too large together, 422 with a page that leads to each.
///
/// # Errors
/// There is no such case that the user may read.
pub async fn archive(
    State(state): State<AppState>,
    user: User,
    Today(today): Today,
    Path(number): Path<String>,
    Query(params): Query<Params>,
) -> Result<Response, Failure> {
    visible(&mut state.db.read().await?, &user.actor, number_of(&number)?, today).await?;
    let place = state.sending.one_for(user.actor.person).await.map_err(|_| Error::Busy)?;
    let _packing = state.packing.soon().await.ok_or(Error::Busy)?;
    let mut tx = state.db.read().await?;
    let seen = visible(&mut tx, &user.actor, number_of(&number)?, today).await?;
    let mut case = consulted::one(&mut tx, &seen).await?;
    let own = seen.own_part().map(|part| part.body.clone());
    let is_own = |one: &attachments::Attachment| own.as_ref().is_some_and(|own| one.internal && one.body.as_ref() == Some(own));
    case.files.extend(attachments::of_case(&mut tx, seen.case.id).await?.into_iter().map(|(one, _)| one).filter(is_own));
    let size: i64 = case.files.iter().map(|file| file.size).sum();
    if size > MOST_BYTES && !params.is_without_files() {
        let layout = Layout::new(&state, Visitor(Some(user)), "/samrad");
        let shown = LargePage::new(layout, &format!("/samrad/{number}"), number, size, &[case]);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response());
    }
    let mut entries = std::mem::take(&mut case.entries);
    if let Some(own) = &own {
        entries.extend(kept(&mut tx, &seen, own).await?);
        entries.extend(own_files(&case)?);
    }
    let mut packed = Packed::new(&state, entries).await?;
    if !params.is_without_files() {
        packed = packed.with_files(&mut tx, &case).await?;
    }
    drop(tx);
    let left_out = if params.is_without_files() { "\r\nBilagorna är utelämnade." } else { "" };
    let inner = if own.is_some() { "\r\nInnehåller också det som bara ni själva läser: egna/." } else { "" };
    let base_url = &state.config.base_url;
    let about = format!("Samråd {number} i Insamlingsregistret\r\nUttaget den {today} ur {base_url}/samrad/{number}{left_out}{inner}");
    Ok(file("application/zip", &format!("arende-{number}.zip"), packed.finish(about, place).await?))
}

/// The files that a body keeps to itself: where each stands in the archive, and what it is called.
fn own_files(case: &Consulted) -> Result<Option<Entry>> {
    let own = case.files.iter().enumerate().filter(|(_, file)| file.internal);
    let rows: Vec<Vec<String>> = own.map(|(at, file)| vec![case.path(at, file), file.name.clone(), file.digest.clone()]).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let table = delimited::write(&["Fil", "Namn", "SHA-256"], rows)?;
    Ok(Some((format!("samrad/{}/egna/bilagor.csv", case.number), table)))
}

/// What a body keeps to itself in a case, as tables.
async fn kept(tx: &mut Tx, seen: &Seen, own: &str) -> Result<Vec<Entry>> {
    let folder = format!("samrad/{}/egna", seen.case.number);
    let messages = said::messages(tx, seen.case.id).await?;
    let experts = forwarding::experts(tx, seen.case.id).await?;
    let named = Named::of(tx, seen, messages.iter().map(|one| &one.organisation)).await?;
    let mut entries = Vec::new();
    // organisations are named, no person is
    let notes = notes(&messages, &experts, seen, (&named, &HashMap::new()));
    if !notes.is_empty() {
        let row = |one: &Line| vec![one.iso.clone(), one.who.clone(), one.what.clone(), one.words.clone().unwrap_or_default()];
        let table = delimited::write(&["Tidpunkt", "Vem", "Vad", "Text"], notes.iter().map(row).collect::<Vec<_>>())?;
        entries.push((format!("{folder}/anteckningar.csv"), table));
    }
    let mut points = points::points(tx, seen.case.id).await?;
    points.retain(|one| one.body == own && one.sent_at.is_none());
    if !points.is_empty() {
        let items = items(tx, seen).await?;
        let row = |one: &Point| vec![one.position.to_string(), one.at.to_rfc3339(), subject(one, &items), one.written.words.clone()];
        let table = delimited::write(&["Nr", "Skriven", "Gäller", "Text"], points.iter().map(row).collect::<Vec<_>>())?;
        entries.push((format!("{folder}/forberedda-synpunkter.csv"), table));
    }
    let asked: Vec<Request> = reference::of_case(tx, seen.case.id).await?.into_iter().filter(|one| one.body == own).collect();
    if !asked.is_empty() {
        entries.extend(references(tx, seen, &folder, &asked).await?);
    }
    Ok(entries)
}

/// Those whom a body asked to look at the draft, with what they answered: as wholes, and item by item.
async fn references(tx: &mut Tx, seen: &Seen, folder: &str, asked: &[Request]) -> Result<Vec<Entry>> {
    let mut names = HashMap::new();
    for one in asked {
        names.insert(one.id, place_name(tx, &one.organisation).await?);
    }
    let name = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |one: &Request| {
        let at = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
        let hours = one.minutes.map(hours_of).unwrap_or_default();
        vec![
            name(&one.id),
            at(Some(one.at)),
            one.last_day.to_string(),
            at(one.taken_back_at),
            at(one.answered_at),
            hours,
            text(&one.words),
            text(&one.comment),
        ]
    };
    let headings = ["Kommun eller region", "Tillfrågad", "Svar senast", "Återtagen", "Svarade", "Timmar", "Frågan", "Kommentar"];
    let whole = delimited::write(&headings, asked.iter().map(row).collect::<Vec<_>>())?;
    let (id, version) = seen.case.version;
    let items = collections::load(tx, &[id], Version::Numbered(version)).await?.pop().ok_or(Error::NotFound)?.content.items;
    let labels: HashMap<Uuid, String> =
        pairs::lineages(tx, id, version).await?.into_iter().zip(items.into_iter().map(|one| one.label)).collect();
    let said = reference::items(tx, seen.case.id).await?.into_iter().filter(|(id, _)| names.contains_key(id));
    let rows: Vec<Vec<String>> = said
        .map(|(id, one)| {
            let label = labels.get(&one.item).cloned().unwrap_or_default();
            let answerable = one.answerable.map_or("", Answerable::label).to_owned();
            vec![name(&id), label, answerable, one.found_in.map_or("", FoundIn::label).to_owned(), text(&one.words)]
        })
        .collect();
    let by_item = delimited::write(&["Kommun eller region", "Uppgift", "Kan lämnas", "Finns", "Kommentar"], rows)?;
    Ok(vec![(format!("{folder}/referenskommuner.csv"), whole), (format!("{folder}/referenskommuner-uppgifter.csv"), by_item)])
}
