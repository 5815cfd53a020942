//! What the administrator chooses for consultation. Each choice is made of what its page showed: nobody's choice is written over.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::collections::retried;
use crate::clock;
use crate::db::consultations::{self, configured};
use crate::db::events::Event;
use crate::db::{Db, Tx, events, settings};
use crate::domain::access::{Action, Actor, may};
use crate::domain::consultation::configured::{megabytes, working_days};
use crate::domain::consultation::statistics::EarlierYear;
use crate::domain::terms::RespondentKind;
use crate::error::{Error, Result};

/// A number that is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Working days below which the time for an answer asks for a reason.
    WorkingDays,
    /// The largest attached file, in megabytes.
    Megabytes,
}

impl Number {
    fn key(self) -> &'static str {
        match self {
            Self::WorkingDays => settings::CONSULTATION_WORKING_DAYS,
            Self::Megabytes => settings::ATTACHMENT_MEGABYTES,
        }
    }

    /// The number as it is now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn get(self, tx: &mut Tx) -> Result<i64> {
        let kept = settings::get(tx, self.key()).await?;
        Ok(match self {
            Self::WorkingDays => working_days(kept.as_deref()),
            Self::Megabytes => megabytes(kept.as_deref()),
        })
    }
}

fn check(actor: &Actor) -> Result<()> {
    if may(actor, Action::Administer) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Chooses a number in place of `seen`.
///
/// # Errors
/// `Forbidden` unless an administrator does; `Conflict` where somebody has chosen another since.
pub async fn set_number(db: &Db, actor: &Actor, which: Number, (seen, new): (i64, i64), now: DateTime<Utc>) -> Result<()> {
    check(actor)?;
    let work = || async {
        let mut tx = db.write().await?;
        settings::lock(&mut tx).await?;
        let old = which.get(&mut tx).await?;
        if old == new {
            return Ok(()); // sent twice, or as it was
        }
        if old != seen {
            return Err(Error::Conflict);
        }
        settings::set(&mut tx, which.key(), &new.to_string()).await?;
        add_event(&mut tx, actor, which.key(), json!({ "old": old, "new": new }), now).await?;
        tx.commit().await?;
        Ok(())
    };
    retried(work).await
}

/// Which bodies are suggested for each kind of respondents, as a form carries it to tell what it was made of.
#[must_use]
pub fn fingerprint(configured: &BTreeMap<RespondentKind, Vec<String>>) -> String {
    let mut all: Vec<String> =
        configured.iter().flat_map(|(kind, bodies)| bodies.iter().map(move |body| format!("{}={body}", kind.code()))).collect();
    all.sort_unstable();
    all.join(";")
}

/// Chooses which bodies are suggested for each kind of respondents. `seen`: the fingerprint of what the page showed.
///
/// # Errors
/// `Forbidden` unless an administrator does; `Invalid` where a body is none that may be consulted; `Conflict` where somebody has chosen
/// otherwise since.
pub async fn set_bodies(db: &Db, actor: &Actor, seen: &str, new: &BTreeMap<RespondentKind, Vec<String>>, now: DateTime<Utc>) -> Result<()> {
    check(actor)?;
    let work = || async {
        let mut tx = db.write().await?;
        settings::lock(&mut tx).await?;
        let known = configured::bodies(&mut tx).await?;
        if new.values().flatten().any(|body| !known.iter().any(|(code, _)| code == body)) {
            return Err(Error::Invalid("Välj bland dem som står i listan.".to_owned()));
        }
        let old = fingerprint(&consultations::configured(&mut tx).await?);
        if old == fingerprint(new) {
            return Ok(());
        }
        if old != seen {
            return Err(Error::Conflict);
        }
        consultations::configure(&mut tx, new).await?;
        // also where nobody is chosen any more: the reference data leave it alone from now on
        settings::set(&mut tx, settings::CONSULTED_CHOSEN, "yes").await?;
        add_event(&mut tx, actor, "consulted_body", json!({ "old": old, "new": fingerprint(new) }), now).await?;
        tx.commit().await?;
        Ok(())
    };
    retried(work).await
}

/// Writes how many cases a body had in an earlier year. `seen`: what the page showed of that year; none where it is new.
///
/// # Errors
/// `Forbidden` unless an administrator does; `Invalid` where the year is entered already; `Conflict` where somebody has changed it since.
pub async fn put_year(db: &Db, actor: &Actor, seen: Option<&EarlierYear>, new: &EarlierYear, now: DateTime<Utc>) -> Result<()> {
    check(actor)?;
    let work = || async {
        let mut tx = db.write().await?;
        settings::lock(&mut tx).await?;
        let old = configured::year(&mut tx, &new.body, new.year).await?;
        if old.as_ref() == Some(new) {
            return Ok(()); // sent twice
        }
        if seen.is_none() && old.is_some() {
            return Err(Error::Invalid("Året finns redan. Ändra det i listan.".to_owned()));
        }
        if old.as_ref() != seen {
            return Err(Error::Conflict);
        }
        configured::put_year(&mut tx, new).await?;
        let count = |one: &EarlierYear| json!({ "cases": one.cases, "source": one.source });
        let detail = json!({ "body": new.body, "year": new.year, "old": old.as_ref().map(count), "new": count(new) });
        finish_year(tx, actor, detail, now).await
    };
    retried(work).await
}

/// Takes away how many cases a body had in a year. One that is gone already is no fault.
///
/// # Errors
/// `Forbidden` unless an administrator does.
pub async fn remove_year(db: &Db, actor: &Actor, body: &str, year: i64, now: DateTime<Utc>) -> Result<()> {
    check(actor)?;
    let work = || async {
        let mut tx = db.write().await?;
        settings::lock(&mut tx).await?;
        let Some(old) = configured::year(&mut tx, body, year).await? else { return Ok(()) };
        configured::delete_year(&mut tx, body, year).await?;
        let detail = json!({ "body": body, "year": year, "old": { "cases": old.cases, "source": old.source }, "new": null });
        finish_year(tx, actor, detail, now).await
    };
    retried(work).await
}

async fn finish_year(mut tx: Tx, actor: &Actor, detail: Value, now: DateTime<Utc>) -> Result<()> {
    configured::mark_years(&mut tx, now).await?;
    add_event(&mut tx, actor, "consultation_year", detail, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn add_event(tx: &mut Tx, actor: &Actor, subject: &str, detail: Value, now: DateTime<Utc>) -> Result<()> {
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: "consultation.configured".to_owned(),
        subject_kind: "register".to_owned(),
        subject: subject.to_owned(),
        detail,
    };
    events::add(tx, &event).await?;
    Ok(())
}
