//! Signing in by a link, and signing out.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use tower_sessions::Session;

use super::browser;
use super::source::NetworkSource;
use crate::actions::sign_in::{self, Asking, Opening};
use crate::domain::person;
use crate::domain::sign_in::{Purpose, Refusal, first_page, onward};
use crate::error::Error;
use crate::state::AppState;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::{CSRF, Fields, Posted, is_foreign};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{self, Visitor, refused_form, unreadable_form};
use crate::{actions, clock, secret};

/// Where to go on to after signing in.
#[derive(Debug, Default, Deserialize)]
pub struct Onward {
    #[serde(default)]
    vidare: String,
}

/// What the sign-in page may be asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    vidare: String,
    #[serde(default)]
    skickat: String,
}

/// `GET /logga-in`: whoever asks to sign in gets a cookie by which the browser is known.
///
/// # Errors
/// The operating system gave no chance.
pub async fn ask(State(state): State<AppState>, visitor: Visitor, jar: CookieJar, Query(asked): Query<Asked>) -> PageResult {
    let layout = Layout::new(&state, visitor, "/logga-in");
    if !asked.skickat.is_empty() {
        return page(&SentPage { layout, minutes: Purpose::SignIn.lifetime().num_minutes() });
    }
    let (jar, secret) = browser::known(jar, &state)?;
    let onward = onward(&asked.vidare).unwrap_or_default().to_owned();
    let question = email_question("", None);
    let answer = page(&AskPage { layout, secret, onward, question, errors: Vec::new() })?;
    Ok((jar, answer).into_response())
}

/// `POST /logga-in`: sends a link, if the address belongs to somebody who may sign in.
///
/// # Errors
/// The database does not answer; the form comes from another site.
pub async fn send(
    State(state): State<AppState>,
    visitor: Visitor,
    jar: CookieJar,
    NetworkSource(source): NetworkSource,
    headers: HeaderMap,
    body: Bytes,
) -> PageResult {
    if is_foreign(&headers, &state.config.base_url) {
        return Err(refused_form());
    }
    let fields = Fields::read(&body).ok_or_else(unreadable_form)?;
    let onward_to = onward(fields.get("vidare"));
    let known = browser::secret_of(&jar).filter(|known| secret::same(known, fields.get(CSRF)));
    let message = match (known, person::email(fields.get("epost"))) {
        (Some(browser), Ok(email)) => {
            let origin = actions::origin(&state);
            let asked = sign_in::Asked { email: &email, browser, source: &source, onward: onward_to, origin: &origin };
            let outcome = sign_in::ask(&state.db, asked, clock::now()).await?;
            state.nudge.mail();
            return answer_asked(&state, visitor, outcome);
        }
        (None, _) => "Försök en gång till. Registret behöver en kaka för att känna igen din webbläsare.".to_owned(),
        (_, Err(message)) => message,
    };
    let question = email_question(fields.get("epost"), Some(message));
    let errors = question.error_line().into_iter().collect();
    let onward = onward_to.unwrap_or_default().to_owned();
    let (jar, secret) = browser::known(jar, &state)?;
    let answer = page(&AskPage { layout: Layout::new(&state, visitor, "/logga-in"), secret, onward, question, errors })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, jar, answer).into_response())
}

fn answer_asked(state: &AppState, visitor: Visitor, asking: Asking) -> PageResult {
    match asking {
        Asking::Answered => {
            state.nudge.mail();
            Ok(Redirect::to("/logga-in?skickat=ja").into_response())
        }
        Asking::TooMany => {
            let answer = page(&TooManyPage { layout: Layout::new(state, visitor, "/logga-in") })?;
            Ok((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "3600")], answer).into_response())
        }
    }
}

fn email_question(value: &str, error: Option<String>) -> Question {
    let mut question = Question::new("epost", "E-postadress").kind("email").typed(value).wrong(error);
    question.autocomplete = Some("email");
    question
}

/// `GET /logga-in/{token}`: a button. Nothing is used up, so that a program that looks through mail does no harm.
///
/// # Errors
/// The database does not answer.
pub async fn confirm(
    State(state): State<AppState>,
    visitor: Visitor,
    jar: CookieJar,
    Path(token): Path<String>,
    Query(onward_to): Query<Onward>,
) -> PageResult {
    let opening = opening(&state, &token, &jar);
    let found = sign_in::look(&mut state.db.read().await?, opening, clock::now()).await?;
    let layout = Layout::new(&state, visitor, "");
    match found {
        Ok(person) => {
            let onward = onward(&onward_to.vidare).unwrap_or_default().to_owned();
            page(&ConfirmPage { layout, token, onward, role: person.role.label() })
        }
        Err(refusal) => refused(layout, refusal),
    }
}

/// `POST /logga-in/{token}`: signs in, under a session of its own.
///
/// # Errors
/// The database does not answer.
pub async fn enter(
    State(state): State<AppState>,
    visitor: Visitor,
    session: Session,
    jar: CookieJar,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> PageResult {
    if is_foreign(&headers, &state.config.base_url) {
        return Err(refused_form());
    }
    let fields = Fields::read(&body).ok_or_else(unreadable_form)?;
    let now = clock::now();
    let entered = sign_in::use_link(&state.db, opening(&state, &token, &jar), now).await?;
    let person = match entered {
        Ok(person) => person,
        Err(refusal) => return refused(Layout::new(&state, visitor, ""), refusal),
    };
    user::sign_in(&session, person.id, now).await?;
    let target = onward(fields.get("vidare")).unwrap_or_else(|| first_page(person.role));
    Ok((browser::forgotten(jar), Redirect::to(target)).into_response())
}

/// `POST /logga-ut`
///
/// # Errors
/// The session could not be ended.
pub async fn leave(session: Session, _: Posted) -> Result<Redirect, crate::web::failure::Failure> {
    session.flush().await.map_err(Error::internal)?;
    Ok(Redirect::to("/"))
}

fn opening<'a>(state: &AppState, token: &'a str, jar: &'a CookieJar) -> Opening<'a> {
    Opening { token, browser: browser::secret_of(jar), demonstration: state.demonstration_links }
}

/// A page that says why a link signs nobody in, and what to do.
fn refused(layout: Layout, refusal: Refusal) -> PageResult {
    let (status, heading, text) = match refusal {
        Refusal::Unknown => {
            (StatusCode::NOT_FOUND, "Länken fungerar inte", "Kontrollera att hela adressen kom med från mejlet, eller begär en ny länk.")
        }
        Refusal::Used => (StatusCode::GONE, "Länken är redan använd", "En inloggningslänk fungerar en gång. Begär en ny länk."),
        Refusal::Expired => (StatusCode::GONE, "Länken har gått ut", "Begär en ny länk."),
        Refusal::OtherBrowser => (
            StatusCode::FORBIDDEN,
            "Länken hör till en annan webbläsare",
            "Öppna länken i samma webbläsare som du begärde den i, eller begär en ny länk här.",
        ),
    };
    let answer: Response = page(&RefusedPage { layout, heading, text })?;
    Ok((status, answer).into_response())
}

/// Where one asks for a link.
#[derive(Debug, Template)]
#[template(path = "account/ask.html")]
pub struct AskPage {
    /// The frame.
    pub layout: Layout,
    /// The secret of the browser, which the form carries.
    pub secret: String,
    /// Where to go on to, or empty.
    pub onward: String,
    /// The e-mail address.
    pub question: Question,
    /// What is wrong with it.
    pub errors: Vec<ErrorLine>,
}

/// What everybody is told who has asked.
#[derive(Debug, Template)]
#[template(path = "account/sent.html")]
pub struct SentPage {
    /// The frame.
    pub layout: Layout,
    /// How long the link works.
    pub minutes: i64,
}

/// What is said to whoever asks too often.
#[derive(Debug, Template)]
#[template(path = "account/too_many.html")]
pub struct TooManyPage {
    /// The frame.
    pub layout: Layout,
}

/// The button of a link.
#[derive(Debug, Template)]
#[template(path = "account/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub layout: Layout,
    /// What the address holds.
    pub token: String,
    /// Where to go on to, or empty.
    pub onward: String,
    /// The role that one gets.
    pub role: &'static str,
}

/// Why a link signs nobody in.
#[derive(Debug, Template)]
#[template(path = "account/refused.html")]
pub struct RefusedPage {
    /// The frame.
    pub layout: Layout,
    /// What is wrong with it.
    pub heading: &'static str,
    /// What to do.
    pub text: &'static str,
}
