//! The queue of consultations: whose cases somebody works with, and who of a body has which.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::collections::retried;
use super::consultations::locked;
use crate::clock;
use crate::db::consultations::queue::{self, Scope};
use crate::db::events::Event;
use crate::db::{Db, Tx, events, involved, people};
use crate::domain::access::{Action, Actor, Role, may};
use crate::domain::identifier::ConsultationNumber;
use crate::domain::person::Person;
use crate::error::{Error, Result};

/// The cases that `actor` works with: a body's own, those of an agency and of whom it took over from, or everybody's.
///
/// # Errors
/// `NotFound` where the actor has nothing to do with consultation.
pub async fn scope(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<Scope> {
    if !may(actor, Action::Consult) {
        return Err(Error::NotFound);
    }
    Ok(match actor.role {
        Role::Admin => Scope { all: true, ..Scope::default() },
        Role::Skr => Scope { body: actor.organisation.clone(), ..Scope::default() },
        _ => Scope { agencies: involved::stands_for(tx, &actor.organisation, today).await?, ..Scope::default() },
    })
}

/// Those who can have a body's cases: its handläggare with open accounts.
///
/// # Errors
/// As the database says.
pub async fn colleagues(tx: &mut Tx, body: &str) -> Result<Vec<Person>> {
    let people = people::of_organisation(tx, body).await?.into_iter();
    Ok(people.filter(|person| person.role == Role::Skr && person.is_open()).collect())
}

/// Gives a part of a case to a handläggare of its body, or to none. `seen`: who had it when the page was made.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor does not speak for a body of the case; `Invalid` where the person does not either, or the case is
/// over; `Conflict` where somebody else has given it to somebody meanwhile.
pub async fn assign(
    db: &Db,
    actor: &Actor,
    number: ConsultationNumber,
    person: Option<Uuid>,
    seen: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    retried(|| assign_once(db, actor, number, person, seen, now)).await
}

async fn assign_once(
    db: &Db,
    actor: &Actor,
    number: ConsultationNumber,
    person: Option<Uuid>,
    seen: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = db.write().await?;
    let case = locked(&mut tx, actor, number, now).await?;
    let part = case.own_part().ok_or(Error::Forbidden)?;
    if part.state.is_over() {
        return Err(Error::Invalid("Ärendet är avslutat eller återkallat.".to_owned()));
    }
    if part.assignee == person {
        return Ok(()); // sent twice
    }
    if let Some(person) = person
        && !colleagues(&mut tx, &part.body).await?.iter().any(|one| one.id == person)
    {
        return Err(Error::Invalid("Välj en handläggare som står i listan.".to_owned()));
    }
    if part.assignee != seen || !queue::assign(&mut tx, case.case.id, &part.body, person, seen).await? {
        return Err(Error::Conflict);
    }
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: "consultation.assigned".to_owned(),
        subject_kind: "consultation".to_owned(),
        subject: number.to_string(),
        detail: json!({ "body": part.body, "released": person.is_none() }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(())
}
