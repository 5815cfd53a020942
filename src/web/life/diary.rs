//! A party's own diarienummer.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;

use super::{Subject, done, subject_for};
use crate::actions::collections::Right;
use crate::actions::collections::diary::{self, Party};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::involved::stands_for;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::fields::{Asked, ErrorLine, Question};
use crate::web::form::Posted;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// `GET /insamlingar/{nr}/diarienummer`
///
/// # Errors
/// There is no such collection of which the user's organisation is a party.
pub async fn show(State(state): State<AppState>, user: User, Today(today): Today, Path(number): Path<String>) -> PageResult {
    page(&DiaryPage::read(&state, user, &number, today, None).await?)
}

/// `POST /insamlingar/{nr}/diarienummer`
///
/// # Errors
/// There is no such collection of which the user's organisation is a party.
pub async fn set(
    State(state): State<AppState>,
    Today(today): Today,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let Posted { user, fields } = posted;
    let Subject { number: parsed, .. } = subject_for(&mut state.db.read().await?, &user, &number, Right::Edit, today).await?;
    let typed = fields.get("diarienummer");
    match diary::set(&state.db, &user.actor, parsed, typed, clock::now()).await {
        Ok(()) => Ok(done(parsed, "diarienummer")),
        Err(Error::Invalid(message)) => {
            let wrong = Some((typed.to_owned(), message));
            let answer = page(&DiaryPage::read(&state, user, &number, today, wrong).await?)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The form of a party's own diarienummer.
#[derive(Debug, Template)]
#[template(path = "life/diary.html")]
pub struct DiaryPage {
    /// The frame.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The number.
    pub question: Question,
    /// The other parties' numbers: name and number.
    pub others: Vec<(String, String)>,
}

impl DiaryPage {
    async fn read(state: &AppState, user: User, number: &str, today: NaiveDate, wrong: Option<(String, String)>) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let Subject { number, known } = subject_for(&mut tx, &user, number, Right::Edit, today).await?;
        let newest = collections::load(&mut tx, &[known.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
        let own = stands_for(&mut tx, &user.actor.organisation, today).await?;
        let party = Party::of(&newest, &own);
        let known_number = party.as_ref().and_then(|party| party.number(&newest)).unwrap_or_default().to_owned();
        let (typed, fault) = wrong.map_or((known_number, None), |(typed, fault)| (typed, Some(fault)));
        let question = Question::new("diarienummer", "Ert diarienummer")
            .hint("Det nummer som ärendet har i er eget diarium. Lämna tomt för att ta bort det.")
            .typed(typed)
            .short()
            .asked(Asked::Register)
            .wrong(fault);
        let is_own = |code: &str| party == Some(Party::Responsible(code.to_owned()));
        let responsible = newest.responsible.iter().filter(|one| !is_own(&one.organisation.code));
        let responsible = responsible.filter_map(|one| Some((one.organisation.name.clone(), one.diary_number.clone()?)));
        let collector = newest.collector.as_ref().filter(|_| party != Some(Party::Collector));
        let collector = collector.and_then(|one| Some((one.name.clone(), newest.collector_diary_number.clone()?)));
        Ok(Self {
            layout: Layout::new(state, Visitor(Some(user)), "/insamlingar"),
            number: number.to_string(),
            title: newest.content.title.clone(),
            errors: question.error_line().into_iter().collect(),
            question,
            others: responsible.chain(collector).collect(),
        })
    }
}
