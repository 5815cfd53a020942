//! The points of a case, as forms.

use axum::extract::{Path, State};
use chrono::DateTime;
use uuid::Uuid;

use super::case::Came;
use super::sent::Form;
use crate::actions::consultations::steps::check_words;
use crate::actions::consultations::{Side, point_replies, points, visible};
use crate::clock;
use crate::db::consultations::points::Written;
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

/// A form that came from somebody who speaks for a body.
async fn from_body(state: &AppState, number: &str, posted: Posted) -> Result<Came> {
    let came = Came::read(state, number, posted)?;
    if side(state, &came).await? == Side::Body { Ok(came) } else { Err(Error::Forbidden) }
}

fn id_of(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Reads a point as it was typed; `end`: what the names of its fields end in.
///
/// # Errors
/// What is wrong with which field.
fn written(came: &Came, end: &str) -> Result<Written, Vec<(String, String)>> {
    let mut faults = Vec::new();
    let name = |field: &str| format!("{field}{end}");
    let kind = PointKind::from_code(came.fields.get(&name("punktslag")));
    if kind.is_none() {
        faults.push((name("punktslag"), "Välj vad synpunkten gäller.".to_owned()));
    }
    let words = came.fields.get(&name("synpunkt")).to_owned();
    if let Err(why) = check_words(&words, "Skriv vad ni vill att myndigheten ändrar.") {
        faults.push((name("synpunkt"), why));
    }
    let typed = came.fields.get(&name("uppgift"));
    let item: Option<Uuid> = typed.parse().ok();
    if item.is_none() && !typed.is_empty() {
        faults.push((name("uppgift"), "Välj en uppgift i listan.".to_owned()));
    }
    match kind {
        Some(kind) if faults.is_empty() => Ok(Written { kind, item, words }),
        _ => Err(faults),
    }
}

/// `POST /samrad/{nr}/punkter`: prepares a point of a body.
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn add(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = from_body(&state, &number, posted).await?;
    match written(&came, "") {
        Ok(point) => {
            let done = points::add(&state.db, came.doing(), &point).await;
            came.answer(&state, Form::Point, done, "synpunkt").await
        }
        Err(faults) => came.wrong(&state, Form::Point, faults).await,
    }
}

/// `POST /samrad/{nr}/punkter/skicka`: sends what is prepared.
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn send(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = from_body(&state, &number, posted).await?;
    let done = points::send(&state.db, came.doing(), Some(came.shown())).await;
    came.answer(&state, Form::SendPoints, done, "synpunkter").await
}

/// `POST /samrad/{nr}/punkter/{id}/andra`: changes a point that is prepared, or takes it away.
///
/// # Errors
/// There is no such point of a body that the user speaks for.
pub async fn change(State(state): State<AppState>, Path((number, id)): Path<(String, String)>, posted: Posted) -> PageResult {
    let came = from_body(&state, &number, posted).await?;
    let id = id_of(&id)?;
    let read = came.fields.get(&format!("last-{id}")).parse().ok().and_then(DateTime::from_timestamp_micros);
    if came.fields.has("bort") {
        let done = points::change(&state.db, came.doing(), id, None, read).await;
        return came.answer(&state, Form::PointChange(id), done, "synpunkt-borttagen").await;
    }
    match written(&came, &format!("-{id}")) {
        Ok(point) => {
            let done = points::change(&state.db, came.doing(), id, Some(&point), read).await;
            came.answer(&state, Form::PointChange(id), done, "synpunkt-andrad").await
        }
        Err(faults) => came.wrong(&state, Form::PointChange(id), faults).await,
    }
}

/// `POST /samrad/{nr}/punkter/{id}/ta-tillbaka`: takes back a point that was sent.
///
/// # Errors
/// There is no such point of a body that the user speaks for.
pub async fn take_back(State(state): State<AppState>, Path((number, id)): Path<(String, String)>, posted: Posted) -> PageResult {
    let came = from_body(&state, &number, posted).await?;
    let id = id_of(&id)?;
    let name = format!("varfor-{id}");
    if let Err(why) = check_words(came.fields.get(&name), points::NO_REASON) {
        return came.wrong(&state, Form::PointTakeBack(id), vec![(name, why)]).await;
    }
    let done = points::take_back(&state.db, came.doing(), id, came.fields.get(&name)).await;
    came.answer(&state, Form::PointTakeBack(id), done, "tillbakatagen").await
}

/// `POST /samrad/{nr}/punkter/{id}`: the agency replies, or the body checks it off.
///
/// # Errors
/// There is no such point of a case with a side that the user speaks for.
pub async fn handle(State(state): State<AppState>, Path((number, id)): Path<(String, String)>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    let side = side(&state, &came).await?;
    let id = id_of(&id)?;
    if side == Side::Agency { reply(&state, came, id).await } else { check(&state, came, id).await }
}

async fn reply(state: &AppState, came: Came, id: Uuid) -> PageResult {
    let names = [format!("svar-{id}"), format!("skal-{id}")];
    match Reply::parse(came.fields.get(&names[0]), came.fields.get(&names[1])) {
        Ok(reply) => {
            let done = point_replies::reply(&state.db, came.doing(), id, &reply).await;
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
    let done = point_replies::check(&state.db, came.doing(), id, check, note).await;
    came.answer(state, Form::PointCheck(id), done, if check.is_some() { "avprickad" } else { "oavprickad" }).await
}
