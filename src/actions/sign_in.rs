//! Signing in: making links, and using them.

use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use uuid::Uuid;

use super::Origin;
use crate::db::events::Event;
use crate::db::{Db, Tx, events, outbox, people, sessions, settings, sign_in};
use crate::domain::person::Person;
use crate::domain::sign_in::{Link, MOST_PER_ADDRESS, MOST_PER_SOURCE, Purpose, Refusal, WINDOW};
use crate::error::{Error, Result};
use crate::mail::messages::SignIn;
use crate::{clock, secret};

/// How long a link is kept after it has stopped working, so that whoever opens it late is told why.
const LINKS_KEPT: TimeDelta = TimeDelta::days(7);

/// Makes a link that signs a person in, and answers its token: the only time that it is seen.
///
/// # Errors
/// As the database says.
pub async fn make_link(tx: &mut Tx, person: Uuid, purpose: Purpose, browser: Option<&str>, now: DateTime<Utc>) -> Result<String> {
    let token = secret::new().map_err(Error::internal)?;
    let browser_digest = browser.map(secret::digest);
    let link = Link { person, purpose, browser_digest, expires_at: now + purpose.lifetime(), used_at: None };
    sign_in::insert(tx, &secret::digest(&token), &link, now).await?;
    Ok(token)
}

/// Somebody who asks for a link.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The e-mail address, in lower case.
    pub email: &'a str,
    /// The secret of the browser.
    pub browser: &'a str,
    /// The network address that the request came from.
    pub source: &'a str,
    /// Where to go on to after signing in.
    pub onward: Option<&'a str>,
    /// The register, for the letter.
    pub origin: &'a Origin,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// A letter is on its way, if the address belongs to somebody who may sign in. Nobody is told whether it does.
    Answered,
    /// The address or the network has asked for too many lately.
    TooMany,
}

/// Makes a link for whoever has the address and puts the letter in the outbox. An unknown address gets the same answer after the same
/// work, but for the rows that are not written.
///
/// # Errors
/// As the database says.
pub async fn ask(db: &Db, asked: Asked<'_>, now: DateTime<Utc>) -> Result<Asking> {
    let address_key = secret::digest(&format!("address {}", asked.email));
    let source_key = secret::digest(&format!("source {}", asked.source));
    let mut tx = db.write().await?;
    settings::set(&mut tx, settings::SIGN_IN_QUEUE, "").await?;
    for (key, most) in [(&address_key, MOST_PER_ADDRESS), (&source_key, MOST_PER_SOURCE)] {
        if sign_in::attempts(&mut tx, key, now - WINDOW).await? >= most {
            return Ok(Asking::TooMany);
        }
        sign_in::add_attempt(&mut tx, key, now).await?;
    }
    if let Some(found) = people::by_email(&mut tx, asked.email).await? {
        // whoever is taken out meanwhile gets no letter afterwards
        people::lock(&mut tx, found.id).await?;
    }
    let person = people::by_email(&mut tx, asked.email).await?.filter(Person::is_open);
    let token = match &person {
        Some(person) => make_link(&mut tx, person.id, Purpose::SignIn, Some(asked.browser), now).await?,
        None => secret::new().map_err(Error::internal)?,
    };
    let onward = asked.onward.map(|path| format!("?vidare={}", utf8_percent_encode(path, NON_ALPHANUMERIC))).unwrap_or_default();
    let address = format!("{}/logga-in/{token}{onward}", asked.origin.base_url);
    let message = SignIn { origin: asked.origin.clone(), address, minutes: Purpose::SignIn.lifetime().num_minutes() };
    let letter = message.letter(asked.email, now)?;
    if person.is_some() {
        outbox::add(&mut tx, &letter, now).await?;
    }
    tx.commit().await?;
    Ok(Asking::Answered)
}

/// Who opens a link, and where.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// What the address holds.
    pub token: &'a str,
    /// The secret of the browser, if it asked for a link.
    pub browser: Option<&'a str>,
    /// Whether the program runs a demonstration, whose links work again and again.
    pub demonstration: bool,
}

/// Whether a link would sign somebody in now. Nothing is changed: the programs that look through mail open every address.
///
/// # Errors
/// As the database says.
pub async fn look(tx: &mut Tx, opening: Opening<'_>, now: DateTime<Utc>) -> Result<Result<Person, Refusal>> {
    let Some(link) = sign_in::get(tx, &secret::digest(opening.token)).await? else { return Ok(Err(Refusal::Unknown)) };
    let browser = opening.browser.map(secret::digest);
    if let Err(refusal) = link.check(browser.as_deref(), opening.demonstration, now) {
        return Ok(Err(refusal));
    }
    let person = people::get(tx, link.person).await?.filter(Person::is_open);
    Ok(person.ok_or(Refusal::Unknown))
}

/// Uses a link and answers whom it signs in. Of several who use it at once, one is signed in.
///
/// # Errors
/// As the database says.
pub async fn use_link(db: &Db, opening: Opening<'_>, now: DateTime<Utc>) -> Result<Result<Person, Refusal>> {
    let digest = secret::digest(opening.token);
    let mut tx = db.write().await?;
    let person = match look(&mut tx, opening, now).await? {
        Ok(person) => person,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // closed or taken out while this waited: nobody is signed in
    people::lock(&mut tx, person.id).await?;
    let Some(person) = people::get(&mut tx, person.id).await?.filter(Person::is_open) else { return Ok(Err(Refusal::Unknown)) };
    let is_reusable = sign_in::get(&mut tx, &digest).await?.is_some_and(|link| link.purpose == Purpose::Demonstration);
    if !is_reusable && !sign_in::use_up(&mut tx, &digest, now).await? {
        return Ok(Err(Refusal::Used));
    }
    people::seen(&mut tx, person.id, now).await?;
    events::add(&mut tx, &event_of(&person, Some(person.id), "person.signed_in", now)).await?;
    tx.commit().await?;
    Ok(Ok(person))
}

/// Takes away the sessions, links and attempts that are of no use any more at `now`.
///
/// # Errors
/// As the database says.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    sessions::sweep(&mut tx, now).await?;
    sign_in::sweep(&mut tx, now - LINKS_KEPT, now - WINDOW).await?;
    tx.commit().await?;
    Ok(())
}

/// Something that was done to a person's account, by `by`; the trail names neither address nor name.
pub(super) fn event_of(person: &Person, by: Option<Uuid>, action: &str, now: DateTime<Utc>) -> Event {
    Event {
        id: clock::new_id(),
        at: now,
        actor: person.organisation.clone(),
        person: by,
        action: action.to_owned(),
        subject_kind: "person".to_owned(),
        subject: person.id.to_string(),
        detail: json!({ "role": person.role.code() }),
    }
}
