//! The pages on which a body keeps its answer templates, and fetching one into an opinion.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::Named;
use super::case::Came;
use super::sent::Form;
use crate::actions::answer_templates::{self, Seen};
use crate::actions::consultations::visible;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::domain::consultation::template::{TemplatePart, Word, Wording};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::Posted;
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// What the address may say.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// What was just done.
    sparat: Option<String>,
}

/// A template in the list.
#[derive(Debug)]
pub struct Row {
    /// Its identity.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// What it says.
    pub words: String,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "consultations/templates.html")]
pub struct ListPage {
    /// The frame.
    pub layout: Layout,
    /// What was just done.
    pub said: Option<&'static str>,
    /// The templates.
    pub rows: Vec<Row>,
}

/// `GET /samrad/mallar`
///
/// # Errors
/// `Forbidden` where the user speaks for no body.
pub async fn list(State(state): State<AppState>, user: User, Query(params): Query<Params>) -> PageResult {
    let all = answer_templates::own(&mut state.db.read().await?, &user.actor).await?;
    let rows = all.into_iter().map(|one| Row { id: one.id, title: one.wording.title, words: one.wording.words }).collect();
    let said = match params.sparat.as_deref() {
        Some("ja") => Some("Mallen är sparad."),
        Some("bort") => Some("Mallen är borttagen."),
        _ => None,
    };
    page(&ListPage { said, rows, layout: Layout::new(&state, Visitor(Some(user)), "/samrad") })
}

/// The form of a template.
#[derive(Debug, Template)]
#[template(path = "consultations/template.html")]
pub struct TemplatePage {
    /// The frame.
    pub layout: Layout,
    /// The template; none where it is new.
    pub id: Option<Uuid>,
    /// When it was last changed as it was read.
    pub changed_at: String,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// Its name.
    pub title: Question,
    /// What it says.
    pub words: Question,
    /// The words in braces, each with what it stands for.
    pub known: Vec<(String, &'static str)>,
}

/// What stands in the form.
#[derive(Debug, Default)]
struct Typed {
    changed_at: String,
    title: String,
    words: String,
    faults: Vec<(TemplatePart, String)>,
    top: Option<String>,
}

impl TemplatePage {
    fn new(layout: Layout, id: Option<Uuid>, typed: Typed) -> Self {
        let fault = |part| typed.faults.iter().find(|(one, _)| *one == part).map(|(_, message)| message.clone());
        let title = Question::new("namn", "Vad heter mallen?").typed(typed.title).wrong(fault(TemplatePart::Title));
        let words = Question::new("ord", "Vad ska stå i yttrandet?").typed(typed.words).lines(10).wrong(fault(TemplatePart::Words));
        let top = typed.top.map(|text| ErrorLine { href: "#f-namn".to_owned(), text });
        let errors = top.into_iter().chain([&title, &words].into_iter().filter_map(Question::error_line)).collect();
        let known = Word::ALL.iter().map(|word| (format!("{{{}}}", word.code()), word.label())).collect();
        Self { layout, id, changed_at: typed.changed_at, errors, title, words, known }
    }
}

fn frame(state: &AppState, user: User) -> Layout {
    Layout::new(state, Visitor(Some(user)), "/samrad")
}

/// `GET /samrad/mallar/ny`
///
/// # Errors
/// `Forbidden` where the user speaks for no body.
pub async fn ask_new(State(state): State<AppState>, user: User) -> PageResult {
    answer_templates::own(&mut state.db.read().await?, &user.actor).await?;
    page(&TemplatePage::new(frame(&state, user), None, Typed::default()))
}

/// `GET /samrad/mallar/{id}`
///
/// # Errors
/// The user's body has no such template.
pub async fn show(State(state): State<AppState>, user: User, Path(id): Path<String>) -> PageResult {
    let kept = answer_templates::one(&mut state.db.read().await?, &user.actor, identity(&id)?).await?;
    let (changed_at, Wording { title, words }) = (kept.changed_at.to_rfc3339(), kept.wording);
    page(&TemplatePage::new(frame(&state, user), Some(kept.id), Typed { changed_at, title, words, ..Typed::default() }))
}

/// `POST /samrad/mallar/ny`
///
/// # Errors
/// `Forbidden` where the user speaks for no body.
pub async fn add(State(state): State<AppState>, posted: Posted) -> PageResult {
    save(&state, posted, None).await
}

/// `POST /samrad/mallar/{id}`
///
/// # Errors
/// The user's body has no such template.
pub async fn change(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let id = identity(&id)?;
    answer_templates::one(&mut state.db.read().await?, &posted.user.actor, id).await?;
    save(&state, posted, Some(id)).await
}

async fn save(state: &AppState, Posted { user, fields }: Posted, id: Option<Uuid>) -> PageResult {
    answer_templates::own(&mut state.db.read().await?, &user.actor).await?;
    let mut typed = Typed {
        changed_at: fields.get("utgar_fran").to_owned(),
        title: fields.get("namn").to_owned(),
        words: fields.get("ord").to_owned(),
        ..Typed::default()
    };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    match Wording::parse(&typed.title, &typed.words) {
        Err(faults) => typed.faults = faults,
        Ok(wording) => {
            // a form that does not say what it starts from is like one that starts from something else
            let seen = id.map(|id| Seen { id, changed_at: typed.changed_at.parse().unwrap_or(DateTime::<Utc>::UNIX_EPOCH) });
            match answer_templates::save(&state.db, &user.actor, seen, &wording, clock::now()).await {
                Ok(_) => return Ok(went("ja")),
                Err(Error::Invalid(why)) => typed.faults.push((TemplatePart::Title, why)),
                Err(Error::Conflict) => status = conflict(state, &user, id, &mut typed).await?,
                Err(other) => return Err(other.into()),
            }
        }
    }
    let shown = TemplatePage::new(frame(state, user), id, typed);
    Ok((status, page(&shown)?).into_response())
}

/// Tells that a colleague has changed the template, with what it says now; the next press is made of that.
async fn conflict(state: &AppState, user: &User, id: Option<Uuid>, typed: &mut Typed) -> Result<StatusCode> {
    let kept = answer_templates::one(&mut state.db.read().await?, &user.actor, id.unwrap_or_default()).await?;
    typed.changed_at = kept.changed_at.to_rfc3339();
    typed.top = Some(format!(
        "En kollega har ändrat mallen medan du skrev. Nu heter den ”{}” och säger: ”{}” Sparar du igen gäller det som står nedan.",
        kept.wording.title, kept.wording.words
    ));
    Ok(StatusCode::CONFLICT)
}

/// The page that asks before a template is taken away.
#[derive(Debug, Template)]
#[template(path = "consultations/template_remove.html")]
pub struct RemovePage {
    /// The frame.
    pub layout: Layout,
    /// The template.
    pub one: Row,
}

/// `GET /samrad/mallar/{id}/ta-bort`
///
/// # Errors
/// The user's body has no such template.
pub async fn ask_remove(State(state): State<AppState>, user: User, Path(id): Path<String>) -> PageResult {
    let kept = answer_templates::one(&mut state.db.read().await?, &user.actor, identity(&id)?).await?;
    let one = Row { id: kept.id, title: kept.wording.title, words: kept.wording.words };
    page(&RemovePage { layout: frame(&state, user), one })
}

/// `POST /samrad/mallar/{id}/ta-bort`
///
/// # Errors
/// `Forbidden` where the user speaks for no body.
pub async fn remove(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> PageResult {
    answer_templates::remove(&state.db, &posted.user.actor, identity(&id)?, clock::now()).await?;
    Ok(went("bort"))
}

fn identity(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| Error::NotFound)
}

fn went(code: &str) -> Response {
    Redirect::to(&format!("/samrad/mallar?sparat={code}")).into_response()
}

/// Answers «Hämta mall»: the form of the opinion again, with the template's words after what was typed. Nothing is saved.
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub(super) async fn fetch(state: &AppState, mut came: Came) -> PageResult {
    let Ok(id) = came.fields.get("mall").parse::<Uuid>() else {
        return came.wrong(state, Form::Answer, vec![("mall".to_owned(), "Välj en mall.".to_owned())]).await;
    };
    let mut tx = state.db.read().await?;
    let kept = match answer_templates::one(&mut tx, &came.user.actor, id).await {
        Ok(kept) => kept,
        Err(Error::NotFound) => {
            drop(tx);
            return came.wrong(state, Form::Answer, vec![("mall".to_owned(), "Mallen finns inte längre.".to_owned())]).await;
        }
        Err(other) => return Err(other.into()),
    };
    let seen = visible(&mut tx, &came.user.actor, came.number, clock::swedish_day(clock::now())).await?;
    let (id, version) = seen.case.version;
    let asked = collections::load(&mut tx, &[id], Version::Numbered(version)).await?.pop().ok_or(Error::NotFound)?;
    let named = Named::of(&mut tx, &seen, [].iter()).await?;
    drop(tx);
    let filled = kept.wording.filled(|word| match word {
        Word::Collection => format!("{} ({})", asked.content.title, seen.collection),
        Word::Agency => named.get(&seen.case.agency),
        Word::Number => seen.case.number.to_string(),
        Word::WantedOn => text::written_date(seen.case.asking.wanted_on),
    });
    let typed = came.fields.get("yttrande");
    let words = if typed.is_empty() { filled } else { format!("{typed}\n\n{filled}") };
    came.fields.set("yttrande", words);
    came.fields.set("mall", String::new());
    came.go_on(state, Form::Answer).await
}
