//! The page of a reference municipality: the draft that a body asks about, and what the municipality says of it. It is reached by the link of a
//! letter, or by somebody of the municipality who is signed in.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::draft::DraftPart;
use super::reference_form::{ReferenceForm, Values};
use super::{GuestForm, ended, secret, secret_file};
use crate::actions;
use crate::actions::consultations::outside::{TOO_MANY, may_send};
use crate::actions::consultations::reference::{self, Opened, Way, answered};
use crate::clock;
use crate::domain::access::Role;
use crate::domain::consultation::forwarding::Ended;
use crate::domain::consultation::reference::{At, ReferenceAnswer};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::fields::ErrorLine;
use crate::web::form::{Fields, Posted};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// Said when somebody else with the same link was quicker.
const CONFLICT: &str =
    "Någon annan hos er sparade ett svar medan du skrev. Det du skrev står kvar här. Sparar du nu ersätter det den andras svar.";
/// What the address says once an answer is saved.
const SAVED: &str = "sparat=ja";

/// The page.
#[derive(Debug, Template)]
#[template(path = "outside/municipality.html")]
pub struct MunicipalityPage {
    /// The frame.
    pub layout: Layout,
    /// Where the answer is sent.
    pub action: String,
    /// Who is asked.
    pub asked: String,
    /// What the body wants to know beside the questions of the page.
    pub words: Option<String>,
    /// The last day to answer.
    pub last_day: String,
    /// The draft.
    pub draft: DraftPart,
    /// Whether the answer has just been saved.
    pub done: bool,
    /// When it was last saved.
    pub saved: Option<String>,
    /// Why no answer is taken.
    pub closed: Option<String>,
    /// Whether what stands in the form was typed and is not saved.
    pub unsaved: bool,
    /// The form with what stands in it.
    pub form: ReferenceForm,
}

/// Who opens the page, by what right and under which address.
struct Reader<'a> {
    layout: Layout,
    base: String,
    way: Way<'a>,
}

impl<'a> Reader<'a> {
    /// Somebody with the link of a letter. Whoever is signed in is nobody here.
    fn with_link(state: &AppState, token: &'a str) -> Self {
        Self { layout: Layout::new(state, Visitor(None), ""), base: format!("/referens/{token}"), way: Way::Token(token) }
    }

    /// Somebody of the municipality.
    fn of(state: &AppState, user: &'a User, id: Uuid) -> Self {
        let layout = Layout::new(state, Visitor(Some(user.clone())), "/skrivbord");
        Self { layout, base: format!("/skrivbord/referens/{id}"), way: Way::Member(&user.actor, id) }
    }
}

/// What was typed and what is wrong with it.
struct Typed {
    fields: Fields,
    faults: Vec<(At, String)>,
    top: Option<String>,
}

impl MunicipalityPage {
    async fn read(state: &AppState, reader: Reader<'_>, opened: Opened, typed: Option<Typed>, now: DateTime<Utc>) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let draft = DraftPart::read(&mut tx, &opened.draft, &reader.base, None, clock::swedish_day(now)).await?;
        let saved = answered(&mut tx, opened.draft.seen.case.id, &opened.request).await?;
        drop(tx);
        let lineages = &opened.draft.lineages;
        let unsaved = typed.is_some();
        let (values, faults, top) = match typed {
            Some(typed) => (Values::typed(&typed.fields, lineages.len()), typed.faults, typed.top),
            None => (Values::saved(saved.as_ref(), lineages), Vec::new(), None),
        };
        let mut form = ReferenceForm::new(&draft, &values, &faults, opened.request.revision);
        // a question that is closed has no form to lead to
        let href = if opened.closed.is_some() { "#svar" } else { "#f-timmar" };
        form.errors.splice(0..0, top.map(|text| ErrorLine { href: href.to_owned(), text }));
        Ok(Self {
            layout: reader.layout,
            action: reader.base,
            asked: opened.asked,
            words: opened.request.words,
            last_day: text::written_date(opened.request.last_day),
            draft,
            done: false,
            saved: opened.request.answered_at.map(|at| text::written_date(clock::swedish_day(at))),
            closed: opened.closed,
            unsaved,
            form,
        })
    }
}

/// Keeps a page to its reader where its address is a secret. A page of somebody who is signed in is like any other.
fn kept(way: Way<'_>, response: Response) -> Response {
    if matches!(way, Way::Token(_)) { secret(response) } else { response }
}

async fn shown(state: &AppState, reader: Reader<'_>, typed: Option<Typed>, status: StatusCode, done: bool) -> PageResult {
    let now = clock::now();
    let way = reader.way;
    let opened = reference::open(&mut state.db.read().await?, way, now).await?;
    let answer = match opened {
        Ok(opened) => {
            let shown = MunicipalityPage { done, ..MunicipalityPage::read(state, reader, opened, typed, now).await? };
            (status, page(&shown)?).into_response()
        }
        Err(why) => over(reader, why)?,
    };
    Ok(kept(way, answer))
}

/// What is said where a question shows nothing any more; to somebody who is signed in one that was never put does not exist.
fn over(reader: Reader<'_>, why: Ended) -> PageResult {
    match reader.way {
        Way::Member(..) if why == Ended::Unknown => Err(Error::NotFound.into()),
        way => Ok(kept(way, ended(reader.layout, why)?)),
    }
}

async fn saved(state: &AppState, reader: Reader<'_>, fields: Fields) -> PageResult {
    let now = clock::now();
    let opened = match reference::open(&mut state.db.read().await?, reader.way, now).await? {
        Ok(opened) => opened,
        Err(why) => return over(reader, why),
    };
    let lineages = opened.draft.lineages;
    let given = ReferenceAnswer::parse(&Values::typed(&fields, lineages.len()).answer(&lineages));
    let given = match given {
        Ok(given) => given,
        Err(faults) => {
            let typed = Typed { fields, faults, top: None };
            return shown(state, reader, Some(typed), StatusCode::UNPROCESSABLE_ENTITY, false).await;
        }
    };
    let revision = fields.get("revision").parse().unwrap_or(-1);
    let (status, top) = match reference::answer(&state.db, &actions::origin(state), reader.way, &given, revision, now).await {
        Ok(Ok(())) => {
            state.nudge.mail();
            return Ok(kept(reader.way, Redirect::to(&format!("{}?{SAVED}", reader.base)).into_response()));
        }
        Ok(Err(why)) => return over(reader, why),
        Err(Error::Invalid(why)) => (StatusCode::UNPROCESSABLE_ENTITY, why),
        Err(Error::Conflict) => (StatusCode::CONFLICT, CONFLICT.to_owned()),
        Err(other) => return Err(other.into()),
    };
    shown(state, reader, Some(Typed { fields, faults: Vec::new(), top: Some(top) }), status, false).await
}

/// `GET /referens/{token}`: opening a link uses nothing up.
///
/// # Errors
/// The database does not answer.
pub async fn show(State(state): State<AppState>, Path(token): Path<String>, address: Uri) -> PageResult {
    let done = address.query() == Some(SAVED);
    shown(&state, Reader::with_link(&state, &token), None, StatusCode::OK, done).await
}

/// `POST /referens/{token}`: the answer, in place of an earlier one.
///
/// # Errors
/// The form comes from another site, or cannot be read.
pub async fn save(State(state): State<AppState>, Path(token): Path<String>, form: GuestForm) -> PageResult {
    let GuestForm { source, fields } = form;
    let reader = Reader::with_link(&state, &token);
    if !may_send(&state.db, &source, clock::now()).await? {
        let typed = Typed { fields, faults: Vec::new(), top: Some(TOO_MANY.to_owned()) };
        return shown(&state, reader, Some(typed), StatusCode::TOO_MANY_REQUESTS, false).await;
    }
    saved(&state, reader, fields).await
}

/// `GET /referens/{token}/bilagor/{id}`
///
/// # Errors
/// The link shows no such file.
pub async fn file(State(state): State<AppState>, Path((token, id)): Path<(String, String)>) -> Result<Response, Failure> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let (attachment, content) = reference::file(&mut state.db.read().await?, Way::Token(&token), id, clock::now()).await?;
    Ok(secret_file(&attachment, content))
}

/// The question in an address of the desk, for those whom it is put to.
fn question(user: &User, id: &str) -> Result<Uuid> {
    if user.actor.role != Role::Municipality {
        return Err(Error::Forbidden);
    }
    id.parse().map_err(|_| Error::NotFound)
}

/// `GET /skrivbord/referens/{id}`
///
/// # Errors
/// The user's municipality or region was asked no such question.
pub async fn show_own(State(state): State<AppState>, user: User, Path(id): Path<String>, address: Uri) -> PageResult {
    let done = address.query() == Some(SAVED);
    let id = question(&user, &id)?;
    shown(&state, Reader::of(&state, &user, id), None, StatusCode::OK, done).await
}

/// `POST /skrivbord/referens/{id}`
///
/// # Errors
/// The user's municipality or region was asked no such question.
pub async fn save_own(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    let id = question(&user, &id)?;
    saved(&state, Reader::of(&state, &user, id), fields).await
}

/// `GET /skrivbord/referens/{id}/bilagor/{fil}`
///
/// # Errors
/// The user's municipality or region was asked no such question, or it shows no such file.
pub async fn own_file(State(state): State<AppState>, user: User, Path((id, file)): Path<(String, String)>) -> Result<Response, Failure> {
    let file: Uuid = file.parse().map_err(|_| Error::NotFound)?;
    let way = Way::Member(&user.actor, question(&user, &id)?);
    let (attachment, content) = reference::file(&mut state.db.read().await?, way, file, clock::now()).await?;
    Ok(secret_file(&attachment, content))
}
