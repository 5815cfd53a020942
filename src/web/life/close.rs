//! Ending, withdrawing and confirming a collection.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::{Subject, done, sent_twice, subject_for};
use crate::actions::collections::{Right, steps};
use crate::actions::origin;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::steps::open_after;
use crate::domain::identifier::ConsultationNumber;
use crate::domain::life::Step;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::Posted;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// `GET /insamlingar/{nr}/avsluta`
///
/// # Errors
/// There is no such collection that the user may end.
pub async fn ask_end(State(state): State<AppState>, user: User, Path(number): Path<String>, today: Today) -> PageResult {
    page(&ClosePage::read(&state, user, &number, (Step::End, String::new(), None), today).await?)
}

/// `POST /insamlingar/{nr}/avsluta`
///
/// # Errors
/// There is no such collection that the user may end.
pub async fn end(State(state): State<AppState>, Path(number): Path<String>, today: Today, posted: Posted) -> Result<Response, Failure> {
    let Subject { number: parsed, known } = subject_of(&state, &posted.user, &number, today).await?;
    match steps::end(&state.db, &origin(&state), &posted.user.actor, parsed, clock::now()).await {
        Ok(()) => {
            state.nudge.mail();
            Ok(done(parsed, "avslutad"))
        }
        Err(Error::Invalid(_)) if sent_twice(&state, &posted.user, known.id, "collection.ended").await?.is_some() => {
            Ok(done(parsed, "avslutad"))
        }
        Err(Error::Invalid(message)) => refused(&state, posted.user, &number, (Step::End, String::new(), Some(message)), today).await,
        Err(other) => Err(other.into()),
    }
}

/// `GET /insamlingar/{nr}/aterkalla`
///
/// # Errors
/// There is no such collection that the user may withdraw.
pub async fn ask_withdraw(State(state): State<AppState>, user: User, Path(number): Path<String>, today: Today) -> PageResult {
    page(&ClosePage::read(&state, user, &number, (Step::Withdraw, String::new(), None), today).await?)
}

/// `POST /insamlingar/{nr}/aterkalla`
///
/// # Errors
/// There is no such collection that the user may withdraw.
pub async fn withdraw(
    State(state): State<AppState>,
    Path(number): Path<String>,
    today: Today,
    posted: Posted,
) -> Result<Response, Failure> {
    let Subject { number: parsed, known } = subject_of(&state, &posted.user, &number, today).await?;
    let reason = posted.fields.get("skal").to_owned();
    match steps::withdraw(&state.db, &origin(&state), &posted.user.actor, parsed, &reason, clock::now()).await {
        Ok(()) => {
            state.nudge.mail();
            Ok(done(parsed, "aterkallad"))
        }
        Err(Error::Invalid(message)) => {
            let written = sent_twice(&state, &posted.user, known.id, "collection.withdrawn").await?;
            if written.is_some_and(|written| written["reason"] == reason.as_str()) {
                return Ok(done(parsed, "aterkallad"));
            }
            refused(&state, posted.user, &number, (Step::Withdraw, reason, Some(message)), today).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /insamlingar/{nr}/andra/ta-bort`: drops the change that is planned beside what is decided.
///
/// # Errors
/// There is no such collection that the user may decide; no change is planned; somebody changed it meanwhile.
pub async fn discard(State(state): State<AppState>, Path(number): Path<String>, today: Today, posted: Posted) -> Result<Response, Failure> {
    let Subject { number: parsed, known } = subject_of(&state, &posted.user, &number, today).await?;
    known.standing(today.0).check(Step::Discard).map_err(Error::Invalid)?;
    let based_on: DateTime<Utc> = posted.fields.get("utgar_fran").parse().map_err(|_| Error::Conflict)?;
    steps::discard(&state.db, &origin(&state), &posted.user.actor, parsed, based_on, clock::now()).await?;
    state.nudge.mail();
    Ok(done(parsed, "planborttagen"))
}

/// `POST /insamlingar/{nr}/bekrafta`; with `till=skrivbord` back to the desk.
///
/// # Errors
/// There is no such collection that the user may confirm, or its life does not allow it.
pub async fn confirm(State(state): State<AppState>, Path(number): Path<String>, today: Today, posted: Posted) -> Result<Response, Failure> {
    let Subject { number: parsed, known } = subject_of(&state, &posted.user, &number, today).await?;
    match steps::confirm(&state.db, &posted.user.actor, parsed, clock::now()).await {
        Ok(()) => {}
        Err(Error::Invalid(_)) if sent_twice(&state, &posted.user, known.id, "collection.confirmed").await?.is_some() => {}
        Err(other) => return Err(other.into()),
    }
    if posted.fields.get("till") == "skrivbord" {
        return Ok(Redirect::to(&format!("/skrivbord?sparat=bekraftad&nummer={parsed}")).into_response());
    }
    Ok(done(parsed, "bekraftad"))
}

async fn subject_of(state: &AppState, user: &User, number: &str, Today(today): Today) -> Result<Subject> {
    subject_for(&mut state.db.read().await?, user, number, Right::Decide, today).await
}

/// The page again, with what was wrong.
async fn refused(
    state: &AppState,
    user: User,
    number: &str,
    form: (Step, String, Option<String>),
    today: Today,
) -> Result<Response, Failure> {
    let answer = page(&ClosePage::read(state, user, number, form, today).await?)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

/// The page that asks before a collection is ended or withdrawn.
#[derive(Debug, Template)]
#[template(path = "life/close.html")]
pub struct ClosePage {
    /// The frame.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Whether it is withdrawn; else ended.
    pub withdraws: bool,
    /// Whether a change is planned beside what is decided.
    pub revision: bool,
    /// The consultations that are withdrawn with it.
    pub cases: Vec<ConsultationNumber>,
    /// Why it cannot be done.
    pub refusal: Option<String>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLine>,
    /// Why it is withdrawn.
    pub reason: Question,
}

impl ClosePage {
    async fn read(
        state: &AppState,
        user: User,
        number: &str,
        (step, reason, fault): (Step, String, Option<String>),
        Today(today): Today,
    ) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let Subject { number, known } = subject_for(&mut tx, &user, number, Right::Decide, today).await?;
        let collection = collections::load(&mut tx, &[known.id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
        let cases = open_after(&mut tx, known.id, 0).await?;
        let refusal = known.standing(today).check(step).err();
        let reason = Question::new("skal", "Varför återkallas insamlingen?")
            .hint("Skälet visas i insamlingens historik.")
            .typed(reason)
            .wrong(fault.filter(|_| refusal.is_none()));
        Ok(Self {
            layout: Layout::new(state, Visitor(Some(user)), "/insamlingar"),
            number: number.to_string(),
            title: collection.content.title,
            withdraws: step == Step::Withdraw,
            revision: known.has_revision(),
            cases,
            refusal,
            errors: reason.error_line().into_iter().collect(),
            reason,
        })
    }
}
