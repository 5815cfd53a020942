//! Beginning a change.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::actions::drafts;
use crate::clock;
use crate::domain::draft::Step;
use crate::domain::identifier::CollectionNumber;
use crate::error::Error;
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::form::Posted;

/// `POST /insamlingar/{nr}/andra`: the form of a change, or the one that the organisation has begun already.
///
/// # Errors
/// There is no such collection that the user may change, or its life does not allow it.
pub async fn begin(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> Result<Response, Failure> {
    let number = CollectionNumber::parse(&number).ok_or(Error::NotFound)?;
    let id = drafts::begin_change(&state.db, &posted.user.actor, number, clock::now()).await?;
    Ok(Redirect::to(&format!("/utkast/{id}/{}", Step::Basics.code())).into_response())
}
