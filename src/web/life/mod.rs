//! What the parties do with a collection after it is registered: decide, change, confirm, end, withdraw, give their diarienummer.

pub mod close;
pub mod decide;
mod decide_questions;
pub mod diary;
pub mod history;
pub mod panel;

use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::user::{User, Visitor};
use crate::actions::collections::{Right, involved};
use crate::db::involved::{self as parties, Involved};
use crate::db::{Tx, events};
use crate::domain::access::{Action, may};
use crate::domain::identifier::CollectionNumber;
use crate::error::{Error, Result};
use crate::state::AppState;

/// A collection that somebody may know of.
#[derive(Debug)]
pub struct Subject {
    /// Its number.
    pub number: CollectionNumber,
    /// Its parties and life.
    pub known: Involved,
}

/// The collection of an address, if the visitor may know of it.
///
/// # Errors
/// `NotFound`.
pub async fn subject(tx: &mut Tx, visitor: &Visitor, number: &str, today: NaiveDate) -> Result<Subject> {
    let number = CollectionNumber::parse(number).ok_or(Error::NotFound)?;
    let known = parties::by_number(tx, number, today).await?.ok_or(Error::NotFound)?;
    let access = known.parties(today);
    let readable = match &visitor.0 {
        Some(user) => may(&user.actor, Action::Read(access)),
        None => access.open,
    };
    if readable { Ok(Subject { number, known }) } else { Err(Error::NotFound) }
}

/// The collection of an address, for a party that has the right to do something with it.
///
/// # Errors
/// `NotFound` where the user may not know of it; `Forbidden` where the right is missing.
pub async fn subject_for(tx: &mut Tx, user: &User, number: &str, right: Right, today: NaiveDate) -> Result<Subject> {
    let number = CollectionNumber::parse(number).ok_or(Error::NotFound)?;
    let known = involved(tx, &user.actor, number, right, today).await?;
    Ok(Subject { number, known })
}

/// Whether the last thing done to a collection is `action`, by this very person: a form that was sent twice. Answers what was written of it.
///
/// # Errors
/// As the database says.
pub async fn sent_twice(state: &AppState, user: &User, collection: Uuid, action: &str) -> Result<Option<Value>> {
    let last = events::of(&mut state.db.read().await?, "collection", &collection.to_string()).await?.into_iter().next();
    Ok(last.filter(|last| last.action == action && last.person == Some(user.actor.person)).map(|last| last.detail))
}

/// The collection's page, which tells what was done: a code that [`said`] knows.
#[must_use]
pub fn done(number: CollectionNumber, code: &str) -> Response {
    Redirect::to(&format!("/insamlingar/{number}?sparat={code}")).into_response()
}

/// What the page says of what was just done.
#[must_use]
pub fn said(code: &str) -> Option<&'static str> {
    Some(match code {
        "registrerad" => "Insamlingen är registrerad. Skriv numret på blanketten och i utskicket.",
        "andrad" => "Ändringen är sparad.",
        "planerad" => "Ändringen är planerad. Det som är beslutat gäller tills ändringen har beslutats.",
        "oforandrad" => "Inget skiljer sig från det som redan var registrerat. Inget ändrades.",
        "planborttagen" => "Den planerade ändringen är borttagen. Det som är beslutat gäller oförändrat.",
        "beslutad" => "Beslutet är registrerat.",
        "bekraftad" => "Insamlingen är bekräftad. Uppgifterna gäller oförändrade.",
        "avslutad" => "Insamlingen är avslutad.",
        "aterkallad" => "Insamlingen är återkallad.",
        "diarienummer" => "Diarienumret är sparat.",
        _ => return None,
    })
}
