//! Who asks: everyone, or somebody who is signed in.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use tower_sessions::Session;
use uuid::Uuid;

use super::failure::Failure;
use super::session::{MOST_HOURS, PERSON};
use crate::db::people;
use crate::domain::access::{Action, Actor, may};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::{clock, secret};

/// How long somebody may do nothing and stay signed in.
const IDLE: TimeDelta = TimeDelta::hours(4);
/// How stale the note of the last request may be: a session is not written at every request.
const STALE: TimeDelta = TimeDelta::minutes(10);
/// The key under which a session keeps its times and its secret.
const SIGNED_IN: &str = "signed_in";

/// Somebody who is signed in. As an argument of a handler it sends everyone else to `/logga-in`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// What decides what may be done.
    pub actor: Actor,
    /// The person's name, or the role where it is not known.
    pub name: String,
    /// The name of the organisation.
    pub organisation_name: String,
    /// The secret that every form of this session carries.
    pub csrf: String,
}

impl User {
    /// The pages of the person's work, as addresses with names.
    #[must_use]
    pub fn menu(&self) -> Vec<(&'static str, &'static str)> {
        let own = self.actor.organisation.as_str();
        let all = [
            (true, "/skrivbord", "Skrivbord"),
            (may(&self.actor, Action::WorkFor(own)), "/insamlingar/ny", "Ny insamling"),
            (may(&self.actor, Action::Consult), "/samrad", "Samråd"),
            (may(&self.actor, Action::ReviewOverlaps), "/liknande", "Liknande uppgifter"),
            (may(&self.actor, Action::ManagePeople(own)), "/personer", "Personer"),
            (may(&self.actor, Action::ReadTrail(own)), "/handelser", "Händelser"),
            (may(&self.actor, Action::Administer), "/administration", "Administration"),
            (true, "/konto", "Konto"),
        ];
        all.into_iter().filter_map(|(shown, href, name)| shown.then_some((href, name))).collect()
    }

    /// Answers 403 unless the person may do `action`.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn require(&self, action: Action<'_>) -> Result<()> {
        if may(&self.actor, action) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// What a session keeps of a sign-in.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SignedIn {
    at: DateTime<Utc>,
    seen: DateTime<Utc>,
    csrf: String,
}

/// Makes the session that of a person, under a new identity: one that somebody planted in the browser is worth nothing.
///
/// # Errors
/// The session could not be written.
pub async fn sign_in(session: &Session, person: Uuid, now: DateTime<Utc>) -> Result<()> {
    session.clear().await;
    session.cycle_id().await.map_err(Error::internal)?;
    let csrf = secret::new().map_err(Error::internal)?;
    session.insert(SIGNED_IN, SignedIn { at: now, seen: now, csrf }).await.map_err(Error::internal)?;
    session.insert(PERSON, person.to_string()).await.map_err(Error::internal)
}

/// The person of a session, if it is still valid.
async fn user_of(session: &Session, state: &AppState) -> Result<Option<User>> {
    if session.id().is_none() {
        return Ok(None); // no cookie: nothing to look up
    }
    let now = clock::now();
    let Some(signed_in) = session.get::<SignedIn>(SIGNED_IN).await.map_err(Error::internal)? else { return Ok(None) };
    let person = session.get::<Uuid>(PERSON).await.map_err(Error::internal)?;
    let over = signed_in.at + TimeDelta::hours(MOST_HOURS) <= now || signed_in.seen + IDLE <= now;
    let acting = match person {
        Some(person) if !over => people::acting(&mut state.db.read().await?, person).await?,
        _ => None,
    };
    let Some(acting) = acting else {
        session.flush().await.map_err(Error::internal)?;
        return Ok(None);
    };
    if signed_in.seen + STALE <= now {
        session.insert(SIGNED_IN, SignedIn { seen: now, ..signed_in.clone() }).await.map_err(Error::internal)?;
    }
    let name = acting.name.unwrap_or_else(|| acting.actor.role.label().to_owned());
    Ok(Some(User { actor: acting.actor, name, organisation_name: acting.organisation_name, csrf: signed_in.csrf }))
}

/// Whoever asks: the user where somebody is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor(pub Option<User>);

impl Visitor {
    /// Whoever has this session. A session that cannot be read makes nobody of its owner; the fault goes to the log.
    pub async fn of(session: Option<&Session>, state: &AppState) -> Self {
        let Some(session) = session else { return Self(None) };
        Self(user_of(session, state).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a session could not be read");
            None
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    AppState: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone()); // one request, one look
        }
        let visitor = Self::of(parts.extensions.get::<Session>(), &AppState::from_ref(state)).await;
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for User
where
    AppState: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, state).await.unwrap_or_default();
        visitor.0.ok_or_else(|| {
            // a form that was sent is not sent again by coming back: the page that holds it is where to go on
            let onward = if parts.method == axum::http::Method::GET {
                parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
            } else {
                page_of(parts.uri.path())
            };
            Redirect::to(&format!("/logga-in?vidare={}", utf8_percent_encode(&onward, NON_ALPHANUMERIC))).into_response()
        })
    }
}

/// The page that holds a form which was sent to `path`; the page of a pair of collections then says that nothing was saved.
fn page_of(path: &str) -> String {
    match path.strip_prefix("/liknande/").and_then(|rest| rest.split_once('/')) {
        Some((pair, _)) => format!("/liknande/{pair}?sparat=inte"),
        None => path.to_owned(),
    }
}

/// Why a form was not taken, other than for what it says.
pub(super) fn refused_form() -> Failure {
    Failure::bad_request(
        "Formuläret kunde inte tas emot, troligen för att du har loggats ut. Gå tillbaka, läs in sidan på nytt och försök igen.".to_owned(),
    )
}

/// Why a form was not taken whose letters cannot be read.
pub(super) fn unreadable_form() -> Failure {
    Failure::bad_request("Formuläret innehåller tecken som inte går att läsa (de är inte kodade som UTF-8). Inget är sparat. Gå tillbaka, skriv om texten och försök igen.".to_owned())
}
