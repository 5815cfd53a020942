//! The word list for search, which administrators edit.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::failure::Failure;
use super::fields::{ErrorLine, Question};
use super::form::Posted;
use super::layout::Layout;
use super::page::{PageResult, page};
use super::user::{User, Visitor};
use super::view::written_moment;
use crate::actions::word_list::{self, Typed};
use crate::clock;
use crate::db::{Tx, organisations, word_lists};
use crate::domain::access::Action;
use crate::domain::word_list::WordList;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;

/// How many earlier versions the page lists.
const MOST_VERSIONS: i64 = 20;
/// The most characters of a note.
const MOST_NOTE: usize = 300;
/// The lines of the box that the list is edited in.
const LINES: usize = 24;

/// What the page is asked for in its address.
#[derive(Debug, Default, Deserialize)]
pub struct Params {
    sparat: Option<String>,
    /// The version to take up again.
    fran: Option<i64>,
}

/// A version as the page lists it.
#[derive(Debug)]
struct Row {
    version: i64,
    at: String,
    who: String,
    note: String,
    added: Vec<String>,
    removed: Vec<String>,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "words.html")]
struct Page {
    layout: Layout,
    notice: Option<String>,
    errors: Vec<ErrorLine>,
    /// The version that is edited.
    seen: i64,
    words: Question,
    note: Question,
    /// How many groups the list has, in words.
    groups: String,
    versions: Vec<Row>,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Attempt {
    words: String,
    note: String,
    words_fault: Option<String>,
    note_fault: Option<String>,
    /// The version that the page was made of.
    seen: i64,
}

/// `GET /administration/ordlista`
///
/// # Errors
/// `Forbidden` unless an administrator asks; there is no such version.
pub async fn show(State(state): State<AppState>, user: User, Query(params): Query<Params>) -> PageResult {
    user.require(Action::Administer)?;
    let mut tx = state.db.read().await?;
    let (seen, current) = word_list::current(&mut tx).await?;
    let attempt = match params.fran {
        Some(version) => {
            let (_, words) = word_list::version_of(&mut tx, version).await?;
            Attempt { words, note: format!("Tar tillbaka version {version}."), seen, ..Attempt::default() }
        }
        None => Attempt { words: current, seen, ..Attempt::default() },
    };
    let mut shown = Page::read(&mut tx, Layout::new(&state, Visitor(Some(user)), "/administration"), attempt).await?;
    shown.notice = match (params.sparat.as_deref(), params.fran) {
        (Some("ja"), _) => Some(format!("Version {seen} är sparad. Sökningen följer den inom några sekunder.")),
        (_, Some(version)) => Some(format!("Version {version} står i rutan. Spara för att använda den igen.")),
        _ => None,
    };
    page(&shown)
}

/// `POST /administration/ordlista`
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn save(State(state): State<AppState>, posted: Posted) -> Result<Response, Failure> {
    let Posted { user, fields } = posted;
    user.require(Action::Administer)?;
    let words = fields.get("ord").replace("\r\n", "\n");
    let (note, seen) = (fields.get("anteckning").trim().to_owned(), fields.get("version").parse().unwrap_or(-1));
    let read = WordList::parse(&words);
    let note_fault = match note.chars().count() {
        0 => Some("Skriv vad du har ändrat, så att andra förstår historiken.".to_owned()),
        _ if note.chars().any(char::is_control) => Some("Skriv på en rad, utan styrtecken.".to_owned()),
        many if many > MOST_NOTE => Some(format!("Skriv högst {MOST_NOTE} tecken.")),
        _ => None,
    };
    let mut attempt = Attempt { words, note, note_fault, seen, words_fault: read.as_ref().err().map(|faults| faults.join(" ")) };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let (Ok(read), None) = (&read, &attempt.note_fault) {
        let typed = Typed { words: &attempt.words, read, note: &attempt.note };
        match word_list::save(&state.db, &user.actor, seen, &typed, clock::now()).await {
            Ok(_) => return Ok(Redirect::to("/administration/ordlista?sparat=ja").into_response()),
            Err(Error::Conflict) => {
                status = StatusCode::CONFLICT;
                let told = "Någon annan har sparat listan under tiden. Jämför med den senaste versionen nedan, och spara sedan igen.";
                attempt.words_fault = Some(told.to_owned());
            }
            Err(other) => return Err(other.into()),
        }
    }
    let mut tx = state.db.read().await?;
    if status == StatusCode::CONFLICT {
        attempt.seen = word_lists::last_version(&mut tx).await?; // the next press is made of what is shown now
    }
    let shown = Page::read(&mut tx, Layout::new(&state, Visitor(Some(user)), "/administration"), attempt).await?;
    Ok((status, page(&shown)?).into_response())
}

impl Page {
    async fn read(tx: &mut Tx, layout: Layout, attempt: Attempt) -> Result<Self> {
        let words = Question::new("ord", "Listan")
            .hint("Ett likhetstecken mellan namn som betyder samma sak, och en grupp på varje rad. Rader som börjar med # är rubriker.")
            .lines(LINES)
            .typed(attempt.words)
            .wrong(attempt.words_fault);
        let note = Question::new("anteckning", "Vad har du ändrat?").typed(attempt.note).wrong(attempt.note_fault);
        let errors = [&words, &note].into_iter().filter_map(Question::error_line).collect();
        let (current, list) = word_list::current(tx).await?;
        let groups = WordList::parse(&list).map_or(0, |list| list.groups().len());
        let groups = text::counted(i64::try_from(groups).unwrap_or(i64::MAX), "grupp", "grupper");
        let versions = versions(tx, current).await?;
        Ok(Self { layout, notice: None, errors, seen: attempt.seen, words, note, groups, versions })
    }
}

/// The versions, the last first, each with what it changed, and the one that came with the program.
async fn versions(tx: &mut Tx, current: i64) -> Result<Vec<Row>> {
    let saved = word_lists::latest(tx, MOST_VERSIONS).await?;
    let codes: Vec<String> = saved.iter().map(|one| one.organisation_code.clone()).collect();
    let names: std::collections::HashMap<String, String> = organisations::names(tx, &codes).await?.into_iter().collect();
    let mut rows = Vec::with_capacity(saved.len() + 1);
    for one in saved {
        let (_, before) = word_list::version_of(tx, one.version - 1).await?;
        let (new, old) = (WordList::parse(&one.words).unwrap_or_default(), WordList::parse(&before).unwrap_or_default());
        rows.push(Row {
            version: one.version,
            at: written_moment(one.at),
            who: names.get(&one.organisation_code).cloned().unwrap_or(one.organisation_code),
            note: one.note,
            added: new.added_to(&old),
            removed: old.added_to(&new),
            is_current: one.version == current,
        });
    }
    if rows.last().is_none_or(|row| row.version == 1) {
        let note = "Listan som följer med registret.".to_owned();
        rows.push(Row {
            version: 0,
            at: String::new(),
            who: String::new(),
            note,
            added: Vec::new(),
            removed: Vec::new(),
            is_current: current == 0,
        });
    }
    Ok(rows)
}
