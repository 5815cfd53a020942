//! The people of the register: invited, changed, closed and taken out.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::Origin;
use super::consultations::outside;
use super::sign_in::{event_of, make_link};
use crate::clock;
use crate::db::{Db, Tx, events, organisations, outbox, people, sessions, sign_in, watching};
use crate::domain::access::{Action, Actor, Role, may, may_give};
use crate::domain::organisation::Organisation;
use crate::domain::person::{self, Due, Person};
use crate::domain::sign_in::Purpose;
use crate::error::{Error, Result};
use crate::mail::messages;

/// Whom to invite, where and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The e-mail address.
    pub email: String,
    /// The name, if it is known.
    pub name: Option<String>,
    /// The organisation, by code.
    pub organisation: String,
    /// The role.
    pub role: Role,
    /// Whether the person is to look after the organisation's people.
    pub manager: bool,
}

/// Invites from the command line: makes or updates a person, also one of another organisation, and answers the token of a link.
///
/// # Errors
/// `Invalid`, in Swedish, where the address, the organisation or the role does not do.
pub async fn invite(db: &Db, invitation: &Invitation, now: DateTime<Utc>) -> Result<String> {
    let mut tx = db.write().await?;
    let (_, person) = write_invited(&mut tx, invitation, None, now).await?;
    let token = make_link(&mut tx, person.id, Purpose::Invitation, None, now).await?;
    tx.commit().await?;
    Ok(token)
}

/// Invites from a page: the link goes by mail, in the same transaction.
///
/// # Errors
/// `Forbidden` where `actor` may not; `Invalid`, in Swedish, where the address, the organisation or the role does not do.
pub async fn invite_by_mail(db: &Db, invitation: &Invitation, actor: &Actor, origin: &Origin, now: DateTime<Utc>) -> Result<Person> {
    let mut tx = db.write().await?;
    let (organisation, person) = write_invited(&mut tx, invitation, Some(actor), now).await?;
    let token = make_link(&mut tx, person.id, Purpose::Invitation, None, now).await?;
    let message = messages::Invitation {
        origin: origin.clone(),
        organisation: organisation.name,
        role: person.role.label().to_owned(),
        address: format!("{}/logga-in/{token}", origin.base_url),
        days: Purpose::Invitation.lifetime().num_days(),
    };
    if let Some(email) = &person.email {
        outbox::add(&mut tx, &message.letter(email, now)?, now).await?;
    }
    tx.commit().await?;
    Ok(person)
}

/// Writes the person that is invited. `by`: who invites; none on the command line.
async fn write_invited(tx: &mut Tx, new: &Invitation, by: Option<&Actor>, now: DateTime<Utc>) -> Result<(Organisation, Person)> {
    let email = person::email(&new.email).map_err(Error::Invalid)?;
    let organisation = organisations::get(tx, &new.organisation)
        .await?
        .ok_or_else(|| Error::Invalid(format!("Det finns ingen organisation med koden {}.", new.organisation)))?;
    if organisation.ended_on.is_some_and(|day| day < clock::swedish_day(now)) {
        return Err(Error::Invalid(format!("{} har upphört. Ange den organisation som har tagit över.", organisation.name)));
    }
    if !new.role.fits(organisation.kind) {
        let (role, kind) = (new.role.label(), organisation.kind.label());
        return Err(Error::Invalid(format!("Rollen {role} passar inte {}, som är {kind}.", organisation.name)));
    }
    if by.is_some_and(|actor| !may_give(actor, new.role, &organisation.code)) {
        return Err(Error::Forbidden);
    }
    if let Some(found) = people::by_email(tx, &email).await? {
        people::lock_organisation_of(tx, found.id).await?;
        people::lock(tx, found.id).await?;
    }
    let known = people::by_email(tx, &email).await?;
    if let Some(known) = &known
        && let Some(actor) = by
        && (known.organisation != organisation.code || !may_touch(actor, known))
    {
        let message = "Adressen kan inte bjudas in hit. Kontakta den som driver registret om personen har bytt organisation.";
        return Err(Error::Invalid(message.to_owned()));
    }
    let fresh = Person {
        id: clock::new_id(),
        email: Some(email),
        name: None,
        organisation: organisation.code.clone(),
        role: new.role,
        manager: new.manager,
        created_at: now,
        last_seen_at: None,
        warned_at: None,
        closed_at: None,
        erased_at: None,
    };
    let person = match known {
        Some(known) => Person {
            organisation: organisation.code.clone(),
            role: new.role,
            manager: new.manager,
            name: new.name.clone().or(known.name),
            // the year without a sign-in is counted anew
            created_at: now,
            warned_at: None,
            closed_at: None,
            ..known
        },
        None => Person { name: new.name.clone(), ..fresh },
    };
    people::put(tx, &person).await?;
    let mut event = event_of(&person, by.map(|actor| actor.person), "person.invited", now);
    event.detail =
        json!({ "role": person.role.code(), "manager": person.manager, "source": if by.is_some() { "form" } else { "command" } });
    events::add(tx, &event).await?;
    Ok((organisation, person))
}

/// Whether `actor` looks after `person`: administrators are left to each other.
#[must_use]
pub fn may_touch(actor: &Actor, person: &Person) -> bool {
    may(actor, Action::ManagePeople(&person.organisation)) && (person.role != Role::Admin || actor.role == Role::Admin)
}

/// A person that is about to be written, as nobody else writes it meanwhile.
async fn locked(tx: &mut Tx, id: Uuid) -> Result<Person> {
    people::lock(tx, id).await?;
    people::get(tx, id).await?.filter(|person| person.erased_at.is_none()).ok_or(Error::NotFound)
}

/// The person that `actor` wants to do something to. Nobody else changes it, or who looks after its organisation, meanwhile.
async fn touched(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Person> {
    people::lock_organisation_of(tx, id).await?;
    let person = locked(tx, id).await?;
    if may_touch(actor, &person) { Ok(person) } else { Err(Error::Forbidden) }
}

/// Refuses to leave an organisation without anybody who looks after its people, unless that was confirmed.
async fn keep_a_manager(tx: &mut Tx, person: &Person, confirmed: bool) -> Result<()> {
    if confirmed || !person.manager || !person.is_open() || people::managers(tx, &person.organisation).await? > 1 {
        return Ok(());
    }
    Err(Error::Invalid(LAST_MANAGER.to_owned()))
}

/// What is said to whoever is about to leave an organisation without a manager.
pub const LAST_MANAGER: &str =
    "Organisationen får då ingen som ansvarar för dess personer. Bara den som driver registret kan bjuda in en ny.";

/// A change of what a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The role.
    pub role: Role,
    /// Whether the person looks after the organisation's people.
    pub manager: bool,
    /// Whether the actor has been told what it means to leave the organisation without a manager.
    pub confirmed: bool,
}

/// Changes a person's role and whether the person looks after others.
///
/// # Errors
/// `Forbidden`, `NotFound`; `Invalid` where the role does not do or the last manager would go.
pub async fn change(db: &Db, actor: &Actor, id: Uuid, change: Change, now: DateTime<Utc>) -> Result<Person> {
    let mut tx = db.write().await?;
    let old = touched(&mut tx, actor, id).await?;
    let organisation = organisations::get(&mut tx, &old.organisation).await?.ok_or(Error::NotFound)?;
    if change.role != old.role && !may_give(actor, change.role, &old.organisation) {
        return Err(Error::Forbidden);
    }
    if !change.role.fits(organisation.kind) {
        return Err(Error::Invalid(format!("Rollen {} passar inte organisationen.", change.role.label())));
    }
    if !change.manager {
        keep_a_manager(&mut tx, &old, change.confirmed).await?;
    }
    let new = Person { role: change.role, manager: change.manager, ..old.clone() };
    if new != old {
        people::put(&mut tx, &new).await?;
        let mut event = event_of(&new, Some(actor.person), "person.changed", now);
        event.detail = json!({ "role": [old.role.code(), new.role.code()], "manager": [old.manager, new.manager] });
        events::add(&mut tx, &event).await?;
        tx.commit().await?;
    }
    Ok(new)
}

/// Closes an account: the person is signed out and cannot sign in, and may be invited again.
///
/// # Errors
/// `Forbidden`, `NotFound`; `Invalid` where the last manager would go.
pub async fn close(db: &Db, actor: &Actor, id: Uuid, confirmed: bool, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let person = touched(&mut tx, actor, id).await?;
    keep_a_manager(&mut tx, &person, confirmed).await?;
    if person.closed_at.is_none() {
        write_closed(&mut tx, &person, Some(actor.person), now).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn write_closed(tx: &mut Tx, person: &Person, by: Option<Uuid>, now: DateTime<Utc>) -> Result<()> {
    people::put(tx, &Person { closed_at: Some(now), ..person.clone() }).await?;
    sessions::delete_of(tx, person.id).await?;
    sign_in::delete_of(tx, person.id).await?;
    events::add(tx, &event_of(person, by, "person.closed", now)).await?;
    Ok(())
}

/// Takes a person out: address, name, sessions, links, watches and waiting mail go; role and organisation stay, since the trail points at them.
/// Everybody may take out themselves.
///
/// # Errors
/// `Forbidden`, `NotFound`; `Invalid` where the last manager would go.
pub async fn erase(db: &Db, actor: &Actor, id: Uuid, confirmed: bool, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    people::lock_organisation_of(&mut tx, id).await?;
    let person = if id == actor.person { locked(&mut tx, id).await? } else { touched(&mut tx, actor, id).await? };
    keep_a_manager(&mut tx, &person, confirmed).await?;
    if let Some(email) = &person.email {
        outbox::forget(&mut tx, email).await?;
        outside::forget(&mut tx, email).await?;
    }
    let closed_at = person.closed_at.or(Some(now));
    let manager = false;
    people::put(&mut tx, &Person { email: None, name: None, manager, closed_at, erased_at: Some(now), ..person.clone() }).await?;
    sessions::delete_of(&mut tx, person.id).await?;
    sign_in::delete_of(&mut tx, person.id).await?;
    watching::remove_of(&mut tx, person.id).await?;
    events::add(&mut tx, &event_of(&person, Some(actor.person), "person.erased", now)).await?;
    tx.commit().await?;
    Ok(())
}

/// Signs a person out everywhere.
///
/// # Errors
/// As the database says.
pub async fn sign_out_everywhere(db: &Db, actor: &Actor, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let person = people::get(&mut tx, actor.person).await?.ok_or(Error::NotFound)?;
    sessions::delete_of(&mut tx, actor.person).await?;
    events::add(&mut tx, &event_of(&person, Some(actor.person), "person.signed_out_everywhere", now)).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives a person the name that it wants to go by; an empty one takes it away.
///
/// # Errors
/// `Invalid` where the name is too long or holds control characters; `NotFound` where the person has been taken out.
pub async fn rename(db: &Db, actor: &Actor, name: &str, now: DateTime<Utc>) -> Result<()> {
    let name = person::name(name).map_err(Error::Invalid)?;
    let mut tx = db.write().await?;
    let old = locked(&mut tx, actor.person).await?;
    if old.name != name {
        people::put(&mut tx, &Person { name, ..old.clone() }).await?;
        let mut event = event_of(&old, Some(actor.person), "person.changed", now);
        event.detail = json!({ "fields": ["name"] });
        events::add(&mut tx, &event).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Warns those who have not signed in for twelve months, and closes the accounts of those who have not for thirteen. Answers how many
/// were warned and closed.
///
/// # Errors
/// As the database says; those before the fault are done.
pub async fn close_inactive(db: &Db, origin: &Origin, now: DateTime<Utc>) -> Result<(usize, usize)> {
    let unused = people::unused_since(&mut db.read().await?, Person::unused_since(now)).await?;
    let (mut warned, mut closed) = (0, 0);
    for candidate in unused {
        let mut tx = db.write().await?;
        // it may have signed in meanwhile, and does not while this is decided
        people::lock(&mut tx, candidate.id).await?;
        let Some(person) = people::get(&mut tx, candidate.id).await? else { continue };
        match (person.due(now), &person.email) {
            (Due::Warning, Some(email)) => {
                let organisation = organisations::get(&mut tx, &person.organisation).await?.map(|one| one.name).unwrap_or_default();
                let closes_on = clock::swedish_day(person.closes_at(now));
                let letter = messages::AccountWarning { origin: origin.clone(), organisation, closes_on }.letter(email, now)?;
                outbox::add(&mut tx, &letter, now).await?;
                people::put(&mut tx, &Person { warned_at: Some(now), ..person.clone() }).await?;
                events::add(&mut tx, &event_of(&person, None, "person.warned", now)).await?;
                warned += 1;
            }
            (Due::Closing, _) => {
                write_closed(&mut tx, &person, None, now).await?;
                closed += 1;
            }
            _ => continue,
        }
        tx.commit().await?;
    }
    Ok((warned, closed))
}
