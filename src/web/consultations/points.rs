//! The points of a case, as forms.

use axum::extract::{Path, State};
use uuid::Uuid;

use super::case::Came;
use super::forms::Form;
use crate::actions::consultations::steps::check_words;
use crate::actions::consultations::{Side, points, visible};
use crate::clock;
use crate::db::consultations::said::Written;
use crate::domain::consultation::point::{Check, PointKind, Reply};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::form::Posted;
use crate::web::page::PageResult;

/// What the form says of a point that is not checked off after all.
pub(super) const UNCHECKED: &str = "ingen";

/// The side that the sender speaks for, which is one of the two.
async fn side(state: &AppState, came: &Came) -> Result<Side> {
    let mut tx = state.db.read().await?;
    match visible(&mut tx, &came.user.actor, came.number, clock::swedish_day(clock::now())).await?.side {
        Side::Reader => Err(Error::Forbidden),
        side => Ok(side),
    }
}

/// `POST /samrad/{nr}/punkter`: a point of a body.
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn add(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    if side(&state, &came).await? != Side::Body {
        return Err(Error::Forbidden.into());
    }
    let mut faults = Vec::new();
    let kind = PointKind::from_code(came.fields.get("punktslag"));
    if kind.is_none() {
        faults.push(("punktslag".to_owned(), "Välj vad synpunkten gäller.".to_owned()));
    }
    let words = came.fields.get("synpunkt").to_owned();
    if let Err(why) = check_words(&words, "Skriv vad ni vill att myndigheten ändrar.") {
        faults.push(("synpunkt".to_owned(), why));
    }
    let item = came.fields.get("uppgift");
    let chosen: Option<Uuid> = item.parse().ok();
    if chosen.is_none() && !item.is_empty() {
        faults.push(("uppgift".to_owned(), "Välj en uppgift i listan.".to_owned()));
    }
    match kind {
        Some(kind) if faults.is_empty() => {
            let done = points::add(&state.db, came.doing(), &Written { kind, item: chosen, words }).await;
            came.answer(&state, Form::Point, done, "synpunkt").await
        }
        _ => came.wrong(&state, Form::Point, faults).await,
    }
}

/// `POST /samrad/{nr}/punkter/{id}`: the agency replies, or the body checks it off.
///
/// # Errors
/// There is no such point of a case with a side that the user speaks for.
pub async fn handle(State(state): State<AppState>, Path((number, id)): Path<(String, String)>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    let side = side(&state, &came).await?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    if side == Side::Agency { reply(&state, came, id).await } else { check(&state, came, id).await }
}

async fn reply(state: &AppState, came: Came, id: Uuid) -> PageResult {
    let names = [format!("svar-{id}"), format!("skal-{id}")];
    match Reply::parse(came.fields.get(&names[0]), came.fields.get(&names[1])) {
        Ok(reply) => {
            let done = points::reply(&state.db, came.doing(), id, &reply).await;
            came.answer(state, Form::PointReply(id), done, "punktsvar").await
        }
        Err(faults) => {
            let told = names.into_iter().zip([faults.kind, faults.reason]);
            let faults = told.filter_map(|(name, fault)| fault.map(|fault| (name, fault))).collect();
            came.wrong(state, Form::PointReply(id), faults).await
        }
    }
}

async fn check(state: &AppState, came: Came, id: Uuid) -> PageResult {
    let name = format!("avprickad-{id}");
    let typed = came.fields.get(&name);
    let check = Check::from_code(typed);
    if check.is_none() && typed != UNCHECKED {
        let fault = (name, "Välj om synpunkten är införd.".to_owned());
        return came.wrong(state, Form::PointCheck(id), vec![fault]).await;
    }
    let note = came.fields.get(&format!("anteckning-{id}"));
    let done = points::check(&state.db, came.doing(), id, check, note).await;
    came.answer(state, Form::PointCheck(id), done, if check.is_some() { "avprickad" } else { "oavprickad" }).await
}
