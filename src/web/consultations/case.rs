//! The page of a case, and how it answers what is done on it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::case_page::CasePage;
use super::done::said;
use super::forms::{Form, Sent};
use super::number_of;
use crate::actions::consultations::steps::Doing;
use crate::actions::{self, Origin};
use crate::clock;
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::form::{Fields, Posted};
use crate::web::page::{PageResult, page};
use crate::web::user::User;

/// Said when somebody else was quicker; what they did stands on the page.
const CONFLICT: &str =
    "Någon annan hann göra något i ärendet medan du skrev. Läs det som är nytt. Det du skrev finns kvar, så att du kan skicka det igen.";

/// Said when the case has got somebody since the page was made, or has had somebody all along.
const TAKEN: &str = "Ärendet har redan en handläggare. Läs vem det är. Vill du ändå ta över det, tryck en gång till.";

/// What the address may say beside the number.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// What was just done.
    sparat: Option<String>,
}

/// `GET /samrad/{nr}`
///
/// # Errors
/// There is no such case that the user may read.
pub async fn show(State(state): State<AppState>, user: User, Path(number): Path<String>, Query(params): Query<Params>) -> PageResult {
    let number = number_of(&number)?;
    let said = match &params.sparat {
        Some(code) => said(&mut state.db.read().await?, &user.actor, number, code).await?,
        None => None,
    };
    page(&CasePage { said, ..CasePage::read(&state, user, number, None).await? })
}

/// A form of a case as it came.
pub(super) struct Came {
    /// The case.
    pub number: ConsultationNumber,
    /// Who sent it.
    pub user: User,
    /// What it says.
    pub fields: Fields,
    /// The register, as its letters name it.
    pub origin: Origin,
    revision: i64,
}

impl Came {
    /// Reads the form; the revision that it names is missing where it names none, and then nothing matches it.
    ///
    /// # Errors
    /// The address names no case.
    pub fn read(state: &AppState, number: &str, posted: Posted) -> Result<Self> {
        let Posted { user, fields } = posted;
        let revision = fields.get("revision").parse().unwrap_or(-1);
        Ok(Self { number: number_of(number)?, origin: actions::origin(state), revision, user, fields })
    }

    /// Who does what, for the action.
    pub fn doing(&self) -> Doing<'_> {
        Doing { origin: &self.origin, actor: &self.user.actor, number: self.number, revision: self.revision, now: clock::now() }
    }

    /// Answers what came of it: the page that says so, or the page again with what was typed.
    pub async fn answer(self, state: &AppState, form: Form, done: Result<()>, code: &str) -> PageResult {
        let number = self.number;
        let (status, sent) = match done {
            Ok(()) => {
                state.nudge.mail();
                return Ok(went(number, code));
            }
            Err(Error::Conflict) => {
                let why = if form == Form::Take { TAKEN } else { CONFLICT };
                (StatusCode::CONFLICT, Sent::refused(form, self.fields, why.to_owned()))
            }
            Err(Error::Invalid(why)) => (StatusCode::UNPROCESSABLE_ENTITY, Sent::refused(form, self.fields, why)),
            Err(other) => return Err(other.into()),
        };
        again(state, self.user, number, status, sent).await
    }

    /// The page again with what stands in the form, which is not sent yet.
    pub async fn go_on(self, state: &AppState, form: Form) -> PageResult {
        let sent = Sent { form, fields: self.fields, faults: Vec::new(), top: None };
        again(state, self.user, self.number, StatusCode::OK, sent).await
    }

    /// The page again, with what is wrong at its fields.
    pub async fn wrong(self, state: &AppState, form: Form, faults: Vec<(String, String)>) -> PageResult {
        let sent = Sent { form, fields: self.fields, faults, top: None };
        again(state, self.user, self.number, StatusCode::UNPROCESSABLE_ENTITY, sent).await
    }
}

async fn again(state: &AppState, user: User, number: ConsultationNumber, status: StatusCode, sent: Sent) -> PageResult {
    let shown = CasePage::read(state, user, number, Some(&sent)).await?;
    Ok((status, page(&shown)?).into_response())
}

pub(super) fn went(number: ConsultationNumber, code: &str) -> Response {
    Redirect::to(&format!("/samrad/{number}?sparat={code}")).into_response()
}
