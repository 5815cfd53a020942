//! Saving the word list for search.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::collections::retried;
use crate::clock;
use crate::db::events::Event;
use crate::db::word_lists::{self, Saved};
use crate::db::{Db, Tx, events};
use crate::domain::access::{Action, Actor, may};
use crate::domain::word_list::{FIRST, WordList};
use crate::error::{Error, Result};

/// The list as it is searched with now, and its version: 0 for the one that comes with the program.
///
/// # Errors
/// As the database says.
pub async fn current(tx: &mut Tx) -> Result<(i64, String)> {
    let version = word_lists::last_version(tx).await?;
    version_of(tx, version).await
}

/// A version of the list.
///
/// # Errors
/// `NotFound` where there is no such version; else as the database says.
pub async fn version_of(tx: &mut Tx, version: i64) -> Result<(i64, String)> {
    if version == 0 {
        return Ok((0, FIRST.to_owned()));
    }
    let saved = word_lists::get(tx, version).await?.ok_or(Error::NotFound)?;
    Ok((version, saved.words))
}

/// Saves a list, made of version `seen`. It is searched with from the index's next look at the database on, within seconds.
///
/// # Errors
/// `Forbidden` unless `actor` is an administrator; `Conflict` where somebody else has saved since.
pub async fn save(db: &Db, actor: &Actor, seen: i64, list: &Typed<'_>, now: DateTime<Utc>) -> Result<i64> {
    if !may(actor, Action::Administer) {
        return Err(Error::Forbidden);
    }
    // two presses at once write the same version: the later one finds at its next try that it is saved
    retried(|| save_once(db, actor, seen, list, now)).await
}

async fn save_once(db: &Db, actor: &Actor, seen: i64, list: &Typed<'_>, now: DateTime<Utc>) -> Result<i64> {
    let mut tx = db.write().await?;
    let (last, words) = current(&mut tx).await?;
    if last - 1 == seen
        && words == list.words
        && word_lists::get(&mut tx, last).await?.is_some_and(|one| one.person_id == Some(actor.person))
    {
        return Ok(last); // sent twice
    }
    if last != seen {
        return Err(Error::Conflict);
    }
    let saved = Saved {
        version: last + 1,
        words: list.words.to_owned(),
        note: list.note.to_owned(),
        organisation_code: actor.organisation.clone(),
        person_id: Some(actor.person),
        at: now,
    };
    word_lists::add(&mut tx, &saved).await?;
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: "words.changed".to_owned(),
        subject_kind: "register".to_owned(),
        subject: "words".to_owned(),
        detail: json!({ "version": saved.version, "groups": list.read.groups().len() }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(saved.version)
}

/// A list as it was typed, that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed<'a> {
    /// As it was typed.
    pub words: &'a str,
    /// What it says.
    pub read: &'a WordList,
    /// What was changed.
    pub note: &'a str,
}
