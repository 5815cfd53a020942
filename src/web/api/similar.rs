//! Overlaps as JSON. Whether something is flagged, and why, is told only to those who are signed in: automatic flags are never public.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};

use crate::actions::overlaps::{self, DEFAULT_MATCHES, Question, Readable};
use crate::db::collections::{self, Version};
use crate::db::{areas, pairs};
use crate::error::Error;
use crate::publish::similar::Similar;
use crate::search::overlap::Asker;
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::form::is_foreign;
use crate::web::layout::Today;
use crate::web::life;
use crate::web::user::Visitor;

/// The most bytes of a planned collection that is asked about.
pub(super) const MOST_BYTES: usize = 512 * 1024;

/// `POST /api/v1/similar`: what already asks for what one planned collection would ask for. It changes nothing, so it needs no secret of
/// a form; but it tells of what is not open, so no page of another site may ask.
pub(super) async fn ask(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    headers: HeaderMap,
    body: String,
) -> Result<Json<Similar>, Failure> {
    let user = visitor.0.ok_or(Error::Forbidden)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if is_foreign(&headers, &state.config.base_url) || !kind.starts_with("application/json") {
        return Err(Failure::bad_request("Skicka en planerad insamling som application/json från registrets egna sidor.".to_owned()));
    }
    let line = overlaps::read_one(&body).map_err(Error::Invalid)?;
    let mut tx = state.db.read().await?;
    let readable = Readable::by(&mut tx, Some(&user.actor), today).await?;
    let question = Question::planned(&areas::all(&mut tx).await?, &line);
    drop(tx);
    Ok(Json(answer(&state, question, readable).await?))
}

/// `GET /api/v1/collections/{nr}/similar`: what resembles a collection that the visitor may read.
pub(super) async fn of_collection(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    Path(number): Path<String>,
) -> Result<Json<Similar>, Failure> {
    let mut tx = state.db.read().await?;
    let subject = life::subject(&mut tx, &visitor, &number, today).await?;
    let collection = collections::load(&mut tx, &[subject.known.id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
    let actor = visitor.0.as_ref().map(|user| &user.actor);
    let readable = Readable::by(&mut tx, actor, today).await?;
    let asker = if actor.is_some() { Asker::SignedIn } else { Asker::Anyone };
    let question = Question::registered(asker, &collection, pairs::family(&mut tx, collection.id).await?);
    drop(tx);
    let mut found = answer(&state, question, readable).await?;
    if actor.is_none() {
        for matched in &mut found.matches {
            matched.flagged = None;
            matched.why.clear();
        }
    }
    Ok(Json(found))
}

async fn answer(state: &AppState, question: Question, readable: Readable) -> Result<Similar, Error> {
    let found = overlaps::in_register(&state.db, &state.index, question, readable, DEFAULT_MATCHES, &state.config.base_url).await?;
    Ok(found.rounded())
}
