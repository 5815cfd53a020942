//! The page of a sakkunnig: the draft that a body has forwarded, and the answer.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::draft::DraftPart;
use super::{GuestForm, ended, secret, secret_file, secret_page};
use crate::actions;
use crate::actions::consultations::forwarding::{self, Opened};
use crate::actions::consultations::outside::{TOO_MANY, may_send};
use crate::clock;
use crate::domain::consultation::forwarding::{AnswerFaults, ExpertAnswer, MOST_ANSWERS};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters;
use crate::web::layout::Layout;
use crate::web::page::PageResult;
use crate::web::user::Visitor;

/// The most bytes of an answer as it is sent: one text as long as it may be, with up to twelve bytes for a character.
pub const MOST_BYTES: usize = 256 * 1024;

/// The page of a link.
#[derive(Debug, Template)]
#[template(path = "outside/expert.html")]
pub struct ExpertPage {
    /// The frame. Nobody is signed in here: the page is the link's.
    pub layout: Layout,
    /// Where the answer is sent.
    pub action: String,
    /// What is asked.
    pub words: String,
    /// The last day on which the link holds.
    pub until: String,
    /// The draft.
    pub draft: DraftPart,
    /// Whether an answer has just been sent.
    pub done: bool,
    /// How many answers are left, in words, once one has been sent.
    pub left: Option<String>,
    /// Why no answer is taken.
    pub closed: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The answer.
    pub answer: Question,
    /// As what it is given.
    pub signed: Question,
}

/// What was typed and what is wrong with it.
#[derive(Debug, Default)]
struct Typed {
    words: String,
    signed: String,
    faults: AnswerFaults,
    top: Option<String>,
}

impl ExpertPage {
    async fn read(state: &AppState, token: &str, opened: Opened, typed: Typed, now: DateTime<Utc>) -> Result<Self> {
        let base = format!("/delat/{token}");
        let mut tx = state.db.read().await?;
        let (link, closed) = (opened.link, opened.closed);
        let draft = DraftPart::read(&mut tx, &opened.draft, &base, Some(&link.body), clock::swedish_day(now)).await?;
        drop(tx);
        let answer = Question::new("ord", "Ditt svar").typed(typed.words).wrong(typed.faults.words).lines(8);
        let signed = Question::new("funktion", "Din funktion (frivilligt)")
            .hint("Till exempel skolstatistiker. Skriv inte ditt namn.")
            .typed(typed.signed)
            .wrong(typed.faults.signed);
        let top = typed.top.map(|text| ErrorLine { href: "#f-ord".to_owned(), text });
        let errors = top.into_iter().chain([&answer, &signed].into_iter().filter_map(Question::error_line)).collect();
        let left = (MOST_ANSWERS as i64 - link.answers).max(0);
        Ok(Self {
            layout: Layout::new(state, Visitor(None), ""),
            action: base,
            words: link.words,
            until: text::written_date(link.last_day),
            draft,
            done: false,
            left: (link.answers > 0 && closed.is_none()).then(|| text::counted(left, "svar", "svar")),
            closed,
            errors,
            answer,
            signed,
        })
    }
}

/// `GET /delat/{token}`: opening a link uses nothing up.
///
/// # Errors
/// The database does not answer.
pub async fn show(State(state): State<AppState>, Path(token): Path<String>, address: Uri) -> PageResult {
    let now = clock::now();
    let opened = forwarding::open(&mut state.db.read().await?, &token, now).await?;
    match opened {
        Ok(opened) => {
            let shown = ExpertPage::read(&state, &token, opened, Typed::default(), now).await?;
            let done = address.query() == Some(SENT);
            secret_page(StatusCode::OK, &ExpertPage { done, ..shown })
        }
        Err(why) => ended(Layout::new(&state, Visitor(None), ""), why),
    }
}

/// What the address says once an answer has been sent.
const SENT: &str = "skickat=ja";

/// `POST /delat/{token}`: an answer.
///
/// # Errors
/// The form comes from another site, or cannot be read.
pub async fn answer(State(state): State<AppState>, Path(token): Path<String>, form: GuestForm) -> PageResult {
    let GuestForm { source, fields } = form;
    let now = clock::now();
    let (words, signed) = (fields.get("ord").to_owned(), fields.get("funktion").to_owned());
    let typed = Typed { words, signed, ..Typed::default() };
    let given = match ExpertAnswer::parse(&typed.words, &typed.signed) {
        Ok(given) => given,
        Err(faults) => return again(&state, &token, StatusCode::UNPROCESSABLE_ENTITY, Typed { faults, ..typed }, now).await,
    };
    if !may_send(&state.db, &source, now).await? {
        let top = Some(TOO_MANY.to_owned());
        return again(&state, &token, StatusCode::TOO_MANY_REQUESTS, Typed { top, ..typed }, now).await;
    }
    match forwarding::answer(&state.db, &actions::origin(&state), &token, &given, now).await {
        Ok(Ok(())) => {
            state.nudge.mail();
            Ok(secret(Redirect::to(&format!("/delat/{token}?{SENT}")).into_response()))
        }
        Ok(Err(why)) => ended(Layout::new(&state, Visitor(None), ""), why),
        Err(Error::Invalid(why)) => again(&state, &token, StatusCode::UNPROCESSABLE_ENTITY, Typed { top: Some(why), ..typed }, now).await,
        Err(other) => Err(other.into()),
    }
}

/// The page again, with what was typed.
async fn again(state: &AppState, token: &str, status: StatusCode, typed: Typed, now: DateTime<Utc>) -> PageResult {
    let opened = forwarding::open(&mut state.db.read().await?, token, now).await?;
    match opened {
        Ok(opened) => secret_page(status, &ExpertPage::read(state, token, opened, typed, now).await?),
        Err(why) => ended(Layout::new(state, Visitor(None), ""), why),
    }
}

/// `GET /delat/{token}/bilagor/{id}`
///
/// # Errors
/// The link shows no such file.
pub async fn file(State(state): State<AppState>, Path((token, id)): Path<(String, String)>) -> Result<Response, Failure> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let (attachment, content) = forwarding::file(&mut state.db.read().await?, &token, id, clock::now()).await?;
    Ok(secret_file(&attachment, content))
}
