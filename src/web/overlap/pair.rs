//! What can be done on the page of a pair: look, answer, remark, decide.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::judging::TypedVerdict;
use super::pair_page::PairPage;
use crate::actions::pairs::{Reviewed, Sides, Waiting};
use crate::actions::{self, pairs};
use crate::clock;
use crate::domain::access::{Action, may};
use crate::domain::consultation::asking::may_ask;
use crate::domain::identifier::CollectionNumber;
use crate::domain::overlap::answer::{Answer, AnswerFaults};
use crate::domain::overlap::verdict::{Verdict, VerdictFaults};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::form::{Fields, Posted};
use crate::web::layout::Today;
use crate::web::page::{PageResult, page};
use crate::web::user::User;

/// What the address may say beside the pair.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// What was just done.
    sparat: Option<String>,
}

/// What was typed and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Choice, reason and what is wrong.
    pub(super) answer: Option<(String, String, AnswerFaults)>,
    /// Words, whether they object, and what is wrong.
    pub(super) remark: Option<(String, bool, String)>,
    /// What a reviewer typed.
    pub(super) verdict: Option<TypedVerdict>,
}

/// `GET /liknande/{id}`
///
/// # Errors
/// There is no such pair that the user may know of.
pub async fn show(
    State(state): State<AppState>,
    user: User,
    Today(today): Today,
    Path(id): Path<String>,
    Query(params): Query<Params>,
) -> PageResult {
    let done = match params.sparat.as_deref() {
        Some("svar") => Some("Ert svar är sparat."),
        Some("inlagg") => Some("Inlägget är sparat."),
        Some("beslut") => Some("Bedömningen är sparad."),
        Some("inte") => Some("Du var utloggad när du skickade formuläret, så det är inte sparat. Fyll i det igen."),
        _ => None,
    };
    let id = parse(&id)?;
    let onward = if params.sparat.as_deref() == Some("svar") { onward(&state, &user, id, today).await? } else { None };
    page(&PairPage { done, onward, ..PairPage::read(&state, user, id, today, Typed::default()).await? })
}

/// Where whoever has answered goes on.
#[derive(Debug)]
pub struct Onward {
    /// The collection that asks: consultation about it is asked for next.
    pub number: CollectionNumber,
    /// The overlaps of it that wait for an answer still.
    pub waiting: Vec<Waiting>,
}

/// Where whoever speaks for the collection that asks goes on; none where consultation about it is not asked for.
async fn onward(state: &AppState, user: &User, id: Uuid, today: NaiveDate) -> Result<Option<Onward>, Error> {
    let mut tx = state.db.read().await?;
    let pair = pairs::pair(&mut tx, &user.actor, id, today).await?;
    if !may(&user.actor, Action::Edit(pair.asking.parties(today))) || may_ask(pair.asking.status).is_err() {
        return Ok(None);
    }
    let waiting = pairs::unanswered(&mut tx, &user.actor, pair.asking.id, today).await?;
    Ok(Some(Onward { number: pair.numbers[0], waiting }))
}

/// `POST /liknande/{id}/svar`: what the agency that asks does about the overlap that the page showed.
///
/// # Errors
/// There is no such pair, or the user does not speak for the collection that asks.
pub async fn answer(State(state): State<AppState>, Today(today): Today, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    let id = parse(&id)?;
    let mut tx = state.db.read().await?;
    let pair = pairs::pair(&mut tx, &user.actor, id, today).await?;
    user.require(Action::Edit(pair.asking.parties(today)))?;
    let now = Sides::read(&mut tx, &pair).await?.digests();
    drop(tx);
    let seen = seen(&fields);
    let read = if seen == (now.0.as_str(), now.1.as_str()) {
        Answer::parse(fields.get("svar"), fields.get("skal")).map_err(Wrong::Typed)
    } else {
        Err(Wrong::Old)
    };
    let saved = match read {
        Ok(given) => match pairs::answer(&state.db, &actions::origin(&state), &user.actor, (id, seen), &given, clock::now()).await {
            Err(Error::Conflict) => Err(Wrong::Old),
            Err(Error::Invalid(why)) => Err(Wrong::Typed(AnswerFaults { kind: Some(why), ..AnswerFaults::default() })),
            other => Ok(other?),
        },
        Err(wrong) => Err(wrong),
    };
    let (status, faults) = match saved {
        Ok(()) => {
            state.nudge.mail();
            return Ok(done(id, "svar"));
        }
        Err(Wrong::Typed(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, faults),
        Err(Wrong::Old) => (StatusCode::CONFLICT, AnswerFaults { kind: Some(changed_since("svara")), ..AnswerFaults::default() }),
    };
    let typed = Typed { answer: Some((fields.get("svar").to_owned(), fields.get("skal").to_owned(), faults)), ..Typed::default() };
    Ok((status, page(&PairPage::read(&state, user, id, today, typed).await?)?).into_response())
}

/// Why an answer is not saved.
enum Wrong {
    /// Either collection has changed since the page was made.
    Old,
    /// It cannot be taken as it was typed.
    Typed(AnswerFaults),
}

/// The digests that the page was made of.
fn seen(fields: &Fields) -> (&str, &str) {
    (fields.get("innehall"), fields.get("andra_innehall"))
}

fn changed_since(what: &str) -> String {
    format!("En av insamlingarna har ändrats sedan du öppnade sidan. Nu visas den nya lydelsen. Läs igenom och {what} igen.")
}

/// `POST /liknande/{id}/inlagg`: a word of either agency.
///
/// # Errors
/// There is no such pair, or the user speaks for neither collection.
pub async fn remark(State(state): State<AppState>, Today(today): Today, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    let id = parse(&id)?;
    let pair = pairs::pair(&mut state.db.read().await?, &user.actor, id, today).await?;
    if !may(&user.actor, Action::Edit(pair.asking.parties(today))) {
        user.require(Action::Edit(pair.met.parties(today)))?;
    }
    let (words, objects) = (fields.get("inlagg"), fields.has("invander"));
    match pairs::remark(&state.db, &user.actor, id, words, objects, clock::now()).await {
        Ok(()) => Ok(done(id, "inlagg")),
        Err(Error::Invalid(message)) => {
            let typed = Typed { remark: Some((words.to_owned(), objects, message)), ..Typed::default() };
            refused(&PairPage::read(&state, user, id, today, typed).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /liknande/{id}/beslut`: what a reviewer decides, of what the page showed.
///
/// # Errors
/// There is no such pair, or the user is no reviewer, or reviews for the organisation that is asked.
pub async fn decide(State(state): State<AppState>, Today(today): Today, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    let id = parse(&id)?;
    user.require(Action::ReviewOverlaps)?;
    let mut tx = state.db.read().await?;
    let pair = pairs::pair(&mut tx, &user.actor, id, today).await?;
    user.require(Action::SettleOverlap(pair.asking.parties(today)))?;
    let sides = Sides::read(&mut tx, &pair).await?;
    drop(tx);
    let now = sides.digests();
    let seen = Reviewed { sides: seen(&fields), latest: fields.get("senaste") };
    if seen.sides != (now.0.as_str(), now.1.as_str()) {
        return stale(&state, user, id, today, &fields, changed_since("bedöm")).await;
    }
    let choices = sides.choices(&pair.overlap.found);
    let read = match TypedVerdict::read(&fields, VerdictFaults::default()).chosen() {
        Some(items) => {
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            Verdict::parse(fields.get("bedomning"), &items, &choices, fields.get("motivering"))
        }
        None => Err(VerdictFaults { items: Some("Välj en uppgift på varje sida, eller ingen.".to_owned()), ..VerdictFaults::default() }),
    };
    let faults = match read {
        Ok(verdict) => match pairs::decide(&state.db, &user.actor, id, &verdict, seen, clock::now()).await {
            Ok(()) => return Ok(done(id, "beslut")),
            Err(Error::Conflict) => return stale(&state, user, id, today, &fields, DECIDED_SINCE.to_owned()).await,
            Err(Error::Invalid(items)) => VerdictFaults { items: Some(items), ..VerdictFaults::default() },
            Err(other) => return Err(other.into()),
        },
        Err(faults) => faults,
    };
    refused(&PairPage::read(&state, user, id, today, judged(&fields, faults)).await?)
}

/// What a reviewer is told who decides on what is not as the page had it.
const DECIDED_SINCE: &str =
    "Någon annan har bedömt paret, eller insamlingarna har ändrats, sedan du öppnade sidan. Läs vad som har sagts och bedöm igen.";

/// The page as it is now, with what was typed and why it was not saved.
async fn stale(state: &AppState, user: User, id: Uuid, today: NaiveDate, fields: &Fields, why: String) -> PageResult {
    let faults = VerdictFaults { kind: Some(why), ..VerdictFaults::default() };
    let shown = PairPage::read(state, user, id, today, judged(fields, faults)).await?;
    Ok((StatusCode::CONFLICT, page(&shown)?).into_response())
}

fn judged(fields: &Fields, faults: VerdictFaults) -> Typed {
    Typed { verdict: Some(TypedVerdict::read(fields, faults)), ..Typed::default() }
}

fn parse(id: &str) -> Result<Uuid> {
    id.parse().map_err(|_| Error::NotFound)
}

fn done(id: Uuid, code: &str) -> Response {
    Redirect::to(&format!("/liknande/{id}?sparat={code}")).into_response()
}

fn refused(shown: &PairPage) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(shown)?).into_response())
}
