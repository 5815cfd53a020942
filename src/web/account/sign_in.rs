//! Signing in by a link, and signing out.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use tower_sessions::Session;

use super::browser;
use crate::actions::sign_in::{self, Opening};
use crate::clock;
use crate::domain::sign_in::{Refusal, first_page, onward};
use crate::error::Error;
use crate::state::AppState;
use crate::web::form::{Fields, Posted, is_foreign};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{self, Visitor, refused_form};

/// Where to go on to after signing in.
#[derive(Debug, Default, Deserialize)]
pub struct Onward {
    #[serde(default)]
    vidare: String,
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
    body: axum::body::Bytes,
) -> PageResult {
    if is_foreign(&headers, &state.config.base_url) {
        return Err(refused_form());
    }
    let fields = Fields::parse(&body);
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
