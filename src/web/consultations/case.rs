//! The page of a case, and how it answers what is done on it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::case_page::{CasePage, GONE, Shown, shown_name};
use super::done::ALREADY;
use super::forms::ONESELF;
use super::number_of;
use super::sent::{Form, Sent};
use crate::actions::consultations::steps::Doing;
use crate::actions::consultations::{points, visible};
use crate::actions::{self, Origin};
use crate::clock;
use crate::db::events::Event;
use crate::db::{events, people};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::form::{Fields, Posted};
use crate::web::page::{PageResult, page};
use crate::web::user::User;
use crate::web::view::written_moment;

/// Said when somebody else was quicker; what they did stands on the page.
const CONFLICT: &str = "Någon annan hann göra något i ärendet medan du skrev. Läs det som är nytt.";

/// Said when the case has got somebody since the page was made, or has had somebody all along.
const TAKEN: &str = "Ärendet har redan en handläggare. Läs vem det är. Vill du ändå ta över det, tryck en gång till.";

/// Said when what is prepared is not what the page showed.
const POINTS: &str = "En förberedd synpunkt har tillkommit, ändrats eller tagits bort. Läs hur det är nu och skicka igen.";

/// Said when a point that is prepared is not as the page showed it any more.
const POINT: &str = "Synpunkten ändrades eller togs bort medan du skrev. Läs hur det är nu.";

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
    page(&CasePage::read(&state, user, number_of(&number)?, params.sparat.as_deref().map(Shown::Done).unwrap_or_default()).await?)
}

/// `GET` of a step, which is only sent: leads to the case.
///
/// # Errors
/// There is no such case that the user may read.
pub async fn lead(State(state): State<AppState>, user: User, Path(path): Path<Vec<(String, String)>>) -> Result<Redirect, Failure> {
    let number = path.iter().find(|(name, _)| name == "nr").map(|(_, number)| number_of(number)).ok_or(Error::NotFound)??;
    visible(&mut state.db.read().await?, &user.actor, number, clock::swedish_day(clock::now())).await?;
    Ok(Redirect::to(&format!("/samrad/{number}")))
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
    now: DateTime<Utc>,
}

impl Came {
    /// Reads the form; the revision that it names is missing where it names none, and then nothing matches it.
    ///
    /// # Errors
    /// The address names no case.
    pub fn read(state: &AppState, number: &str, posted: Posted) -> Result<Self> {
        let Posted { user, fields } = posted;
        let revision = fields.get("revision").parse().unwrap_or(-1);
        Ok(Self { number: number_of(number)?, origin: actions::origin(state), revision, user, fields, now: clock::now() })
    }

    /// Who does what, for the action.
    pub fn doing(&self) -> Doing<'_> {
        Doing { origin: &self.origin, actor: &self.user.actor, number: self.number, revision: self.revision, now: self.now }
    }

    /// Which prepared points the page showed.
    pub fn shown(&self) -> &str {
        self.fields.get("synpunkter")
    }

    /// Why something crossed it.
    async fn crossed_by(&self, state: &AppState, form: Form) -> Result<&'static str> {
        match form {
            Form::Take => return Ok(TAKEN),
            Form::PointChange(_) => return Ok(POINT),
            Form::SendPoints | Form::Answer | Form::AskAgency => {}
            _ => return Ok(CONFLICT),
        }
        let mut tx = state.db.read().await?;
        let seen = visible(&mut tx, &self.user.actor, self.number, clock::swedish_day(clock::now())).await?;
        let mark = points::mark_of(&points::visible_points(&mut tx, &seen).await?);
        Ok(if mark == self.shown() { CONFLICT } else { POINTS })
    }

    /// The page of the case, as [`went`] has it.
    pub async fn went(&self, state: &AppState, code: &str) -> PageResult {
        went(state, self.number, (self.user.actor.person, self.now), code).await
    }

    /// Answers what came of it: the page that says so, or the page again with what was typed.
    pub async fn answer(self, state: &AppState, form: Form, done: Result<()>, code: &str) -> PageResult {
        let number = self.number;
        let (status, sent) = match done {
            Ok(()) => return self.went(state, code).await,
            Err(Error::Conflict) => {
                let why = self.crossed_by(state, form).await?;
                (StatusCode::CONFLICT, Sent { crossed: form != Form::Take, ..Sent::refused(form, self.fields, why.to_owned()) })
            }
            Err(Error::Invalid(why)) => (StatusCode::UNPROCESSABLE_ENTITY, Sent::refused(form, self.fields, why)),
            Err(other) => return Err(other.into()),
        };
        again(state, self.user, number, status, sent).await
    }

    /// The page again with what stands in the form, which is not sent yet.
    pub async fn go_on(self, state: &AppState, form: Form) -> PageResult {
        again(state, self.user, self.number, StatusCode::OK, Sent { top: None, ..Sent::refused(form, self.fields, String::new()) }).await
    }

    /// The page again, with what is wrong at its fields.
    pub async fn wrong(self, state: &AppState, form: Form, faults: Vec<(String, String)>) -> PageResult {
        let sent = Sent { faults, top: None, ..Sent::refused(form, self.fields, String::new()) };
        again(state, self.user, self.number, StatusCode::UNPROCESSABLE_ENTITY, sent).await
    }

    /// Says that the body has given its opinion already, by whom and when; none where it has not.
    pub async fn given(&self, state: &AppState) -> Result<Option<String>> {
        let mut tx = state.db.read().await?;
        let seen = visible(&mut tx, &self.user.actor, self.number, clock::swedish_day(clock::now())).await?;
        let Some((part, at)) = seen.own_part().and_then(|part| Some((part, part.answered_at?))) else { return Ok(None) };
        let who = match part.answered_by {
            Some(person) if person == self.user.actor.person => ONESELF.to_owned(),
            Some(person) => people::get(&mut tx, person).await?.map_or_else(|| GONE.to_owned(), |person| shown_name(&person)),
            None => GONE.to_owned(),
        };
        Ok(Some(format!("Yttrandet är redan lämnat av {who} den {}.", written_moment(at))))
    }

    /// The page again, as something was done before that cannot be done twice.
    pub async fn too_late(self, state: &AppState, form: Form, why: String) -> PageResult {
        again(state, self.user, self.number, StatusCode::CONFLICT, Sent::refused(form, self.fields, why)).await
    }
}

async fn again(state: &AppState, user: User, number: ConsultationNumber, status: StatusCode, sent: Sent) -> PageResult {
    let shown = CasePage::read(state, user, number, Shown::Again(&sent)).await?;
    Ok((status, page(&shown)?).into_response())
}

async fn trail(state: &AppState, number: ConsultationNumber) -> Result<Vec<Event>> {
    Ok(events::of(&mut state.db.read().await?, "consultation", &number.to_string()).await?)
}

/// The page of a case, which tells what a person did at a moment; or that it had been done before, where the trail has nothing of it.
pub(super) async fn went(state: &AppState, number: ConsultationNumber, (person, at): (Uuid, DateTime<Utc>), code: &str) -> PageResult {
    state.nudge.mail();
    let is_this = |one: &Event| one.at == at && one.person == Some(person);
    let code = match trail(state, number).await {
        Ok(events) if !events.iter().any(is_this) => ALREADY,
        Ok(_) => code,
        Err(error) => {
            // it is done: who was told of a failure would do it again
            tracing::warn!(%error, %number, "what was just done cannot be read");
            code
        }
    };
    Ok(Redirect::to(&format!("/samrad/{number}?sparat={code}")).into_response())
}
