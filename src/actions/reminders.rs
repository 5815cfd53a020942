//! Reminding agencies of collections that nobody has changed or confirmed for a year.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use super::Origin;
use crate::clock;
use crate::db::events::Event;
use crate::db::reminders::{self, Silent};
use crate::db::{Db, Tx, events, involved, organisations, outbox, people};
use crate::domain::access::Role;
use crate::domain::life;
use crate::error::Result;
use crate::mail::messages::{Confirm, Named};

/// No collection is due sooner: what the database leaves out is not looked at.
const AT_LEAST: TimeDelta = TimeDelta::days(365);

/// Writes one letter to each function mailbox about all its collections that are due, and for those without a mailbox one to each person
/// who registers for the agency. Answers how many letters were written.
///
/// Several instances may do so at once: each collection is told of once.
///
/// # Errors
/// As the database says. What was written before stays.
pub async fn remind(db: &Db, origin: &Origin, now: DateTime<Utc>) -> Result<usize> {
    let today = clock::swedish_day(now);
    let silent = reminders::silent(&mut db.read().await?, now - AT_LEAST).await?;
    let mut by_owner: BTreeMap<String, Vec<Silent>> = BTreeMap::new();
    for one in silent.into_iter().filter(|one| is_due(one, today)) {
        by_owner.entry(one.owner.clone()).or_default().push(one);
    }
    let mut letters = 0;
    for (owner, due) in by_owner {
        let mut tx = db.write().await?;
        letters += remind_one(&mut tx, origin, &owner, due, now).await?;
        tx.commit().await?;
    }
    Ok(letters)
}

fn is_due(one: &Silent, today: NaiveDate) -> bool {
    life::is_reminder_due(one.status, one.last_said, one.reminded_at.map(clock::swedish_day), today)
}

/// Writes the letters of one agency.
async fn remind_one(tx: &mut Tx, origin: &Origin, owner: &str, due: Vec<Silent>, now: DateTime<Utc>) -> Result<usize> {
    let living = involved::living(tx, owner, clock::swedish_day(now)).await?;
    let Some(organisation) = organisations::get(tx, &living).await? else { return Ok(0) };
    let people = people::of_organisation(tx, &living).await?.into_iter();
    let people = people.filter(|person| person.role == Role::Agency && person.closed_at.is_none());
    let people: Vec<String> = people.filter_map(|person| person.email).collect();
    let mut to: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    let mut told = Vec::new();
    for one in due {
        let recipients = one.contact_email.clone().map_or_else(|| people.clone(), |mailbox| vec![mailbox]);
        // whom nobody can reach is not marked: somebody may be invited tomorrow
        if recipients.is_empty() || !reminders::mark(tx, one.id, one.reminded_at, now).await? {
            continue;
        }
        let address = format!("{}/insamlingar/{}", origin.base_url, one.number);
        told.push(one.number.clone());
        for recipient in recipients {
            let named = Named { number: one.number.clone(), title: one.title.clone(), address: address.clone() };
            to.entry(recipient).or_default().push(named);
        }
    }
    if told.is_empty() {
        return Ok(0);
    }
    let letters = to.len();
    for (recipient, collections) in to {
        let message = Confirm { origin: origin.clone(), organisation: organisation.name.clone(), collections };
        outbox::add(tx, &message.letter(&recipient, now)?, now).await?;
    }
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: "register".to_owned(),
        person: None,
        action: "organisation.reminded".to_owned(),
        subject_kind: "organisation".to_owned(),
        subject: living,
        detail: json!({ "collections": told, "letters": letters }),
    };
    events::add(tx, &event).await?;
    Ok(letters)
}
