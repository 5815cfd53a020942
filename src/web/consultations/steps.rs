//! The steps of a case, as forms.

use axum::extract::{Path, State};

use super::case::Came;
use super::forms::field_of;
use super::sent::Form;
use super::templates::fetch;
use crate::actions::consultations::answering;
use crate::actions::consultations::steps::{self, check_words};
use crate::actions::consultations::{Side, visible};
use crate::clock;
use crate::domain::consultation::Outcome;
use crate::domain::consultation::opinion::{Answer, Typed};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::form::Posted;
use crate::web::page::PageResult;

/// For which side a form is.
async fn require(state: &AppState, came: &Came, side: Side) -> Result<()> {
    let mut tx = state.db.read().await?;
    let seen = visible(&mut tx, &came.user.actor, came.number, clock::swedish_day(clock::now())).await?;
    if seen.side == side { Ok(()) } else { Err(Error::Forbidden) }
}

/// `POST /samrad/{nr}/ta`
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn take(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    let over = came.fields.get("over").parse().ok();
    let done = steps::take(&state.db, came.doing(), over).await;
    came.answer(&state, Form::Take, done, "taget").await
}

/// `POST /samrad/{nr}/fraga`
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn ask_agency(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    require(&state, &came, Side::Body).await?;
    if let Err(why) = check_words(came.fields.get("ord"), "Skriv vad ni vill veta.") {
        return came.wrong(&state, Form::AskAgency, vec![("ord".to_owned(), why)]).await;
    }
    let done = steps::ask_agency(&state.db, came.doing(), came.fields.get("ord"), Some(came.shown())).await;
    came.answer(&state, Form::AskAgency, done, "fragat").await
}

/// `POST /samrad/{nr}/svara`
///
/// # Errors
/// There is no such case whose agency the user speaks for.
pub async fn reply(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    require(&state, &came, Side::Agency).await?;
    let name = format!("ord-{}", came.fields.get("organ"));
    if let Err(why) = check_words(came.fields.get(&name), "Skriv ert svar.") {
        return came.wrong(&state, Form::Reply, vec![(name, why)]).await;
    }
    let done = steps::reply(&state.db, came.doing(), came.fields.get("organ"), came.fields.get(&name)).await;
    came.answer(&state, Form::Reply, done, "svarat").await
}

/// `POST /samrad/{nr}/yttrande`
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn answer(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    require(&state, &came, Side::Body).await?;
    if came.fields.has("hamta") {
        return fetch(&state, came).await;
    }
    let typed = Typed {
        coordination: came.fields.get("samordning"),
        feasibility: came.fields.get("genomforbarhet"),
        opinion: came.fields.get("svar"),
        words: came.fields.get("yttrande"),
        diary_number: came.fields.get("diarienummer"),
    };
    let done = match Answer::parse(typed) {
        Ok(given) => Ok(answering::answer(&state.db, came.doing(), &given, Some(came.shown())).await),
        Err(faults) => Err(faults),
    };
    // what can be done only once is told as such, whatever else is wrong
    if !matches!(done, Ok(Ok(())))
        && let Some(why) = came.given(&state).await?
    {
        return came.too_late(&state, Form::Answer, why).await;
    }
    match done {
        Ok(done) => came.answer(&state, Form::Answer, done, "yttrat").await,
        Err(faults) => {
            let faults = faults.into_iter().map(|(part, message)| (field_of(part).to_owned(), message)).collect();
            came.wrong(&state, Form::Answer, faults).await
        }
    }
}

/// `POST /samrad/{nr}/avsluta`
///
/// # Errors
/// There is no such case whose agency the user speaks for.
pub async fn close(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    require(&state, &came, Side::Agency).await?;
    let Some(outcome) = Outcome::from_code(came.fields.get("utfall")) else {
        let fault = ("utfall".to_owned(), "Välj hur samrådet slutade.".to_owned());
        return came.wrong(&state, Form::Close, vec![fault]).await;
    };
    if let Err(why) = steps::check_closing(outcome, came.fields.get("avslut")) {
        return came.wrong(&state, Form::Close, vec![("avslut".to_owned(), why)]).await;
    }
    let done = steps::close(&state.db, came.doing(), outcome, came.fields.get("avslut")).await;
    came.answer(&state, Form::Close, done, "avslutat").await
}

/// `POST /samrad/{nr}/aterkalla`
///
/// # Errors
/// There is no such case whose agency the user speaks for.
pub async fn withdraw(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    let done = steps::withdraw(&state.db, came.doing()).await;
    came.answer(&state, Form::Withdraw, done, "aterkallat").await
}

/// `POST /samrad/{nr}/inlagg`: a word to the other side, or with `intern` a note.
///
/// # Errors
/// There is no such case with a side that the user speaks for.
pub async fn say(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    let internal = came.fields.has("intern");
    let (form, name, code) = if internal { (Form::Note, "anteckning", "anteckning") } else { (Form::Say, "inlagg", "inlagg") };
    if let Err(why) = check_words(came.fields.get(name), "Skriv vad ni vill säga.") {
        let mut tx = state.db.read().await?;
        let side = visible(&mut tx, &came.user.actor, came.number, clock::swedish_day(clock::now())).await?.side;
        drop(tx);
        if side == Side::Reader {
            return Err(Error::Forbidden.into());
        }
        return came.wrong(&state, form, vec![(name.to_owned(), why)]).await;
    }
    let done = steps::say(&state.db, came.doing(), came.fields.get(name), internal).await;
    came.answer(&state, form, done, code).await
}
