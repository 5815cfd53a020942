//! Each party's own diarienummer for the case.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Circumstances, Right, add_event, involved, retried};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::{Db, case, involved as parties, register};
use crate::domain::access::Actor;
use crate::domain::collection::Collection;
use crate::domain::field::Field;
use crate::domain::history::FieldChange;
use crate::domain::identifier::CollectionNumber;
use crate::error::{Error, Result};

/// Whose diarienummer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// A responsible agency, by code: the actor's own, or one that it took over from.
    Responsible(String),
    /// The collector.
    Collector,
}

impl Party {
    /// The party that an organisation is in a collection, where `stands_for` are the organisation and those that it took over from. Who is
    /// both has the number of a responsible agency.
    #[must_use]
    pub fn of(collection: &Collection, stands_for: &[String]) -> Option<Self> {
        let own = |code: &String| stands_for.contains(code);
        let responsible = collection.responsible.iter().map(|one| &one.organisation.code).find(|code| own(code));
        match (responsible, &collection.collector) {
            (Some(code), _) => Some(Self::Responsible(code.clone())),
            (None, Some(collector)) if own(&collector.code) => Some(Self::Collector),
            _ => None,
        }
    }

    /// The number that the party has now.
    #[must_use]
    pub fn number<'a>(&self, collection: &'a Collection) -> Option<&'a str> {
        match self {
            Self::Responsible(code) => {
                collection.responsible.iter().find(|one| one.organisation.code == *code).and_then(|one| one.diary_number.as_deref())
            }
            Self::Collector => collection.collector_diary_number.as_deref(),
        }
    }
}

/// Judges a diarienummer.
///
/// # Errors
/// What is wrong with it, in Swedish.
pub fn check(number: &str) -> Result<(), String> {
    let most = Field::DiaryNumber.most_characters();
    if number.chars().count() > most {
        return Err(format!("Diarienumret är {} tecken långt. Högst {most} får plats.", number.chars().count()));
    }
    if number.chars().any(char::is_control) {
        return Err("Diarienumret ska stå på en rad, utan tabbar och andra styrtecken.".to_owned());
    }
    Ok(())
}

/// Writes the actor's own diarienummer; an empty one takes it away.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` where the number is no line of text.
pub async fn set(db: &Db, actor: &Actor, number: CollectionNumber, diary_number: &str, now: DateTime<Utc>) -> Result<()> {
    let given = diary_number.trim();
    check(given).map_err(Error::Invalid)?;
    retried(|| set_once(db, actor, number, given, now)).await
}

async fn set_once(db: &Db, actor: &Actor, number: CollectionNumber, given: &str, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let today = clock::swedish_day(now);
    let known = involved(&mut tx, actor, number, Right::Edit, today).await?;
    register::lock(&mut tx, known.id).await?;
    let newest = collections::load(&mut tx, &[known.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let in_force = collections::load(&mut tx, &[known.id], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
    let stands_for = parties::stands_for(&mut tx, &actor.organisation, today).await?;
    // an agency that a planned change leaves out is responsible until the change is decided
    let found = Party::of(&newest, &stands_for).map(|party| (party, &newest));
    let (party, shown) = found.or_else(|| Party::of(&in_force, &stands_for).map(|party| (party, &in_force))).ok_or(Error::Forbidden)?;
    let old = party.number(shown).unwrap_or_default().to_owned();
    if old == given {
        return Ok(());
    }
    let new = Some(given).filter(|given| !given.is_empty());
    match &party {
        Party::Responsible(code) => case::set_diary_number(&mut tx, known.id, code, new, now).await?,
        Party::Collector => case::set_collector_diary_number(&mut tx, known.id, new, now).await?,
    }
    let at = Circumstances::by(actor, known.owner.clone(), now, "form");
    let change = FieldChange { field: Field::DiaryNumber, old, new: given.to_owned() };
    add_event(&mut tx, &at, "collection.diary_number", (known.id, !known.parties(today).open), &json!({}), &[change]).await?;
    tx.commit().await?;
    Ok(())
}
