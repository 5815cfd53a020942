//! The people who may sign in.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::access::{Actor, Role};
use crate::domain::person::Person;
use crate::sql;

/// A person who can act: with an account that is not closed, in an organisation that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// What decides what the person may do.
    pub actor: Actor,
    /// The person's name, if it is known.
    pub name: Option<String>,
    /// The name of the organisation.
    pub organisation_name: String,
}

/// The person of a session, unless the account has been closed.
///
/// # Errors
/// As the engine says.
pub async fn acting(tx: &mut Tx, person: Uuid) -> Result<Option<Acting>> {
    type Row = (String, String, bool, Option<String>, String);
    let row: Option<Row> = sql!(
        "SELECT p.organisation_code, p.role, p.manager, p.name, o.name FROM person p JOIN organisation o ON o.code = p.organisation_code
         WHERE p.id = $1 AND p.closed_at IS NULL",
        person
    )
    .optional(tx)
    .await?;
    row.map(|(organisation, role, manager, name, organisation_name)| {
        let actor = Actor { person, organisation, role: term!(Role, role)?, manager };
        Ok(Acting { actor, name, organisation_name })
    })
    .transpose()
}

/// A person's row, with the columns that every statement below selects.
#[derive(sqlx::FromRow)]
struct PersonRow {
    id: Uuid,
    email: Option<String>,
    name: Option<String>,
    organisation_code: String,
    role: String,
    manager: bool,
    created_at: DateTime<Utc>,
    last_seen_at: Option<DateTime<Utc>>,
    warned_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    erased_at: Option<DateTime<Utc>>,
}

fn into_person(row: PersonRow) -> Result<Person> {
    Ok(Person {
        id: row.id,
        email: row.email,
        name: row.name,
        organisation: row.organisation_code,
        role: term!(Role, row.role)?,
        manager: row.manager,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        warned_at: row.warned_at,
        closed_at: row.closed_at,
        erased_at: row.erased_at,
    })
}

/// One person.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Person>> {
    let row: Option<PersonRow> = sql!(
        "SELECT id, email, name, organisation_code, role, manager, created_at, last_seen_at, warned_at, closed_at, erased_at
         FROM person WHERE id = $1",
        id
    )
    .optional(tx)
    .await?;
    row.map(into_person).transpose()
}

/// Lets nobody else write a person until the transaction ends: what is read after this is what a write goes back on.
///
/// # Errors
/// As the engine says.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!("UPDATE person SET manager = manager WHERE id = $1", id).run(tx).await?;
    Ok(())
}

/// Lets nobody else change who looks after the people of a person's organisation until the transaction ends. Taken before [`lock`]: two
/// that each waited for the other would never end.
///
/// # Errors
/// As the engine says.
pub async fn lock_organisation_of(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!("UPDATE organisation SET name = name WHERE code = (SELECT organisation_code FROM person WHERE id = $1)", id).run(tx).await?;
    Ok(())
}

/// Whether there is anybody who has been invited.
///
/// # Errors
/// As the engine says.
pub async fn is_anybody(tx: &mut Tx) -> Result<bool> {
    let row: Option<(Uuid,)> = sql!("SELECT id FROM person LIMIT 1").optional(tx).await?;
    Ok(row.is_some())
}

/// The person with this address, in lower case.
///
/// # Errors
/// As the engine says.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Person>> {
    let row: Option<PersonRow> = sql!(
        "SELECT id, email, name, organisation_code, role, manager, created_at, last_seen_at, warned_at, closed_at, erased_at
         FROM person WHERE email = $1",
        email
    )
    .optional(tx)
    .await?;
    row.map(into_person).transpose()
}

/// The people of an organisation that have not been taken out, open accounts first, by name and address.
///
/// # Errors
/// As the engine says.
pub async fn of_organisation(tx: &mut Tx, code: &str) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = sql!(
        "SELECT id, email, name, organisation_code, role, manager, created_at, last_seen_at, warned_at, closed_at, erased_at
         FROM person WHERE organisation_code = $1 AND email IS NOT NULL
         ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, COALESCE(name, email) COLLATE \"sv-x-icu\", email",
        code
    )
    .all(tx)
    .await?;
    rows.into_iter().map(into_person).collect()
}

/// The organisations that have people with open accounts, by name in Swedish order, with how many: code, name, count.
///
/// # Errors
/// As the engine says.
pub async fn organisations(tx: &mut Tx) -> Result<Vec<(String, String, i64)>> {
    sql!(
        "SELECT o.code, o.name, COUNT(*) FROM person p JOIN organisation o ON o.code = p.organisation_code
         WHERE p.closed_at IS NULL AND p.email IS NOT NULL GROUP BY o.code, o.name ORDER BY o.name COLLATE \"sv-x-icu\", o.code"
    )
    .all(tx)
    .await
}

/// Open accounts that nobody has signed in to since `since`.
///
/// # Errors
/// As the engine says.
pub async fn unused_since(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = sql!(
        "SELECT id, email, name, organisation_code, role, manager, created_at, last_seen_at, warned_at, closed_at, erased_at
         FROM person WHERE closed_at IS NULL AND email IS NOT NULL AND COALESCE(last_seen_at, created_at) <= $1 ORDER BY id",
        since
    )
    .all(tx)
    .await?;
    rows.into_iter().map(into_person).collect()
}

/// How many of an organisation's open accounts look after its people.
///
/// # Errors
/// As the engine says.
pub async fn managers(tx: &mut Tx, code: &str) -> Result<i64> {
    let (count,): (i64,) =
        sql!("SELECT COUNT(*) FROM person WHERE organisation_code = $1 AND manager AND closed_at IS NULL AND email IS NOT NULL", code)
            .one(tx)
            .await?;
    Ok(count)
}

/// Writes a person, new or known. One that is known has been locked before it was read.
///
/// # Errors
/// As the engine says; the address belongs to somebody else.
pub async fn put(tx: &mut Tx, person: &Person) -> Result<()> {
    sql!(
        "INSERT INTO person (id, email, name, organisation_code, role, manager, created_at, last_seen_at, warned_at, closed_at, erased_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name, organisation_code = excluded.organisation_code,
           role = excluded.role, manager = excluded.manager, created_at = excluded.created_at, last_seen_at = excluded.last_seen_at, warned_at = excluded.warned_at,
           closed_at = excluded.closed_at, erased_at = excluded.erased_at",
        person.id,
        &person.email,
        &person.name,
        &person.organisation,
        person.role.code(),
        person.manager,
        person.created_at,
        person.last_seen_at,
        person.warned_at,
        person.closed_at,
        person.erased_at,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Notes that a person has signed in, which makes an earlier warning void.
///
/// # Errors
/// As the engine says.
pub async fn seen(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE person SET last_seen_at = $2, warned_at = NULL WHERE id = $1", id, now).run(tx).await?;
    Ok(())
}
