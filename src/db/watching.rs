//! Who watches new consultations, and which they are. Only what everyone may read is among them.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::access::{Actor, Role};
use crate::domain::watching::{Pace, Watch};
use crate::sql;

/// A watch of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Identity.
    pub id: Uuid,
    /// What is watched.
    pub watch: Watch,
    /// The name of the agency.
    pub agency: Option<String>,
    /// The name of the area.
    pub area: Option<String>,
}

fn pace(daily: bool) -> Pace {
    if daily { Pace::Daily } else { Pace::AtOnce }
}

/// What somebody watches, the first added first.
///
/// # Errors
/// As the engine says.
pub async fn of_person(tx: &mut Tx, person: Uuid) -> Result<Vec<Watched>> {
    type Row = (Uuid, Option<String>, Option<String>, bool, Option<String>, Option<String>);
    let rows: Vec<Row> = sql!(
        "SELECT s.id, s.agency_code, s.area_code, s.daily, o.name, a.name FROM subscription s
         LEFT JOIN organisation o ON o.code = s.agency_code LEFT JOIN area a ON a.code = s.area_code
         WHERE s.person_id = $1 ORDER BY s.created_at, s.id",
        person,
    )
    .all(tx)
    .await?;
    let convert = |(id, agency, area, daily, agency_name, area_name): Row| Watched {
        id,
        watch: Watch { agency, area, pace: pace(daily) },
        agency: agency_name,
        area: area_name,
    };
    Ok(rows.into_iter().map(convert).collect())
}

/// Adds a watch. What was asked for before `now` is not told by mail.
///
/// # Errors
/// As the engine says.
pub async fn add(tx: &mut Tx, id: Uuid, person: Uuid, watch: &Watch, now: DateTime<Utc>) -> Result<()> {
    sql!(
        "INSERT INTO subscription (id, person_id, agency_code, area_code, daily, created_at, told_until) VALUES ($1, $2, $3, $4, $5, $6, $6)",
        id,
        person,
        &watch.agency,
        &watch.area,
        watch.pace == Pace::Daily,
        now,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Changes how soon a person is told of what a watch brings up, from `now` on.
///
/// # Errors
/// As the engine says.
pub async fn set_pace(tx: &mut Tx, id: Uuid, pace: Pace, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE subscription SET daily = $2, told_until = $3 WHERE id = $1", id, pace == Pace::Daily, now).run(tx).await?;
    Ok(())
}

/// Takes a watch of a person away. Answers whether there was one.
///
/// # Errors
/// As the engine says.
pub async fn remove(tx: &mut Tx, person: Uuid, id: Uuid) -> Result<bool> {
    Ok(sql!("DELETE FROM subscription WHERE id = $1 AND person_id = $2", id, person).run(tx).await? > 0)
}

/// Takes every watch of a person away.
///
/// # Errors
/// As the engine says.
pub async fn remove_of(tx: &mut Tx, person: Uuid) -> Result<()> {
    sql!("DELETE FROM subscription WHERE person_id = $1", person).run(tx).await?;
    Ok(())
}

/// Somebody who watches: who it is, and where to write.
pub type Watcher = (Actor, String);

/// Those with open accounts who want to be told at once of what any of these agencies asks about this area on `today`, each once. An agency
/// is also those that it took over from and those that took over from it.
///
/// # Errors
/// As the engine says.
pub async fn at_once(tx: &mut Tx, agencies: &[String], area: Option<&str>, today: NaiveDate) -> Result<Vec<Watcher>> {
    type Row = (Uuid, String, String, bool, String);
    let rows: Vec<Row> = sql!(
        "WITH asks (code) AS (SELECT o.code FROM organisation o WHERE o.code IN ($3..)),
              line (code) AS (
                SELECT code FROM asks
                UNION
                SELECT l.code FROM agency_line l JOIN asks a ON a.code = l.other WHERE l.since <= $2)
         SELECT p.id, p.organisation_code, p.role, p.manager, p.email FROM person p
         WHERE p.closed_at IS NULL AND p.email IS NOT NULL AND EXISTS (
           SELECT 1 FROM subscription s WHERE s.person_id = p.id AND NOT s.daily AND (s.area_code IS NULL OR s.area_code = $1)
             AND (s.agency_code IS NULL OR s.agency_code IN (SELECT code FROM line)))
         ORDER BY p.email",
        area,
        today,
    )
    .list(agencies.iter())
    .all(tx)
    .await?;
    let convert = |(person, organisation, role, manager, email): Row| {
        let actor = Actor { person, organisation, role: term!(Role, role)?, manager };
        Ok((actor, email))
    };
    rows.into_iter().map(convert).collect()
}

/// Those with open accounts who want a summary, and whose last one told of nothing later than `before`.
///
/// # Errors
/// As the engine says.
pub async fn due(tx: &mut Tx, before: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql!(
        "SELECT p.id FROM person p WHERE p.closed_at IS NULL AND p.email IS NOT NULL
           AND EXISTS (SELECT 1 FROM subscription s WHERE s.person_id = p.id AND s.daily AND s.told_until <= $1) ORDER BY p.id",
        before,
    )
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Writes until when a person's summaries have told.
///
/// # Errors
/// As the engine says.
pub async fn told(tx: &mut Tx, person: Uuid, until: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE subscription SET told_until = $2 WHERE person_id = $1 AND daily AND told_until < $2", person, until).run(tx).await?;
    Ok(())
}

/// Which open cases that somebody watches are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All, also those that were entered afterwards: the most, and how many are passed over.
    All(i64, i64),
    /// Those that a summary is to tell of, up to this moment: by others, and not told of at once.
    Untold(DateTime<Utc>),
}

/// A case that somebody watches.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Case {
    /// Its number.
    pub number: String,
    /// The collection's identity.
    pub collection_id: Uuid,
    /// Its number.
    pub collection: String,
    /// Its title, as everyone reads it.
    pub title: String,
    /// The name of the agency that asks.
    pub agency: String,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When an answer is wanted.
    pub wanted_on: NaiveDate,
    /// How many there are on all pages.
    pub total: i64,
}

/// The cases that are not over and that somebody watches, about collections that are open on `today`, the latest first.
///
/// # Errors
/// As the engine says.
pub async fn cases(tx: &mut Tx, person: Uuid, which: Which, today: NaiveDate) -> Result<Vec<Case>> {
    let (all, until, limit, offset) = match which {
        Which::All(limit, offset) => (true, DateTime::UNIX_EPOCH, limit, offset),
        Which::Untold(until) => (false, until, i64::from(i32::MAX), 0),
    };
    sql!(
        "WITH line (subscription_id, code) AS (
           SELECT s.id, s.agency_code FROM subscription s WHERE s.person_id = $1 AND s.agency_code IS NOT NULL
           UNION
           SELECT s.id, l.other FROM subscription s JOIN agency_line l ON l.code = s.agency_code
           WHERE s.person_id = $1 AND l.since <= $2),
         going (id, number, collection_id, collection, title, area_code, version, agency_code, person_id, requested_at, wanted_on) AS (
           SELECT c.id, c.number, k.id, k.number, v.title, v.area_code, v.version, c.agency_code, c.person_id, c.requested_at, c.wanted_on
           FROM consultation c
           JOIN collection k ON k.id = c.collection_id
           JOIN collection_version v ON v.collection_id = k.id AND v.version = COALESCE(k.decided_version, k.planned_version)
           WHERE c.closed_at IS NULL AND c.withdrawn_at IS NULL AND k.open_from <= $2 AND k.status <> 'draft' AND (NOT c.entered OR $3)),
         met (id, daily, told_until) AS (
           SELECT c.id, s.daily, s.told_until FROM going c
           JOIN subscription s ON s.person_id = $1 AND (s.area_code IS NULL OR s.area_code = c.area_code)
             AND (s.agency_code IS NULL OR EXISTS (
               SELECT 1 FROM line l WHERE l.subscription_id = s.id AND (l.code = c.agency_code OR EXISTS (
                 SELECT 1 FROM collection_agency a
                 WHERE a.collection_id = c.collection_id AND a.version = c.version AND a.agency_code = l.code)))))
         SELECT c.number, c.collection_id, c.collection, c.title, g.name AS agency, c.requested_at, c.wanted_on, COUNT(*) OVER () AS total
         FROM going c JOIN organisation g ON g.code = c.agency_code
         WHERE EXISTS (SELECT 1 FROM met m WHERE m.id = c.id AND ($3 OR (m.daily AND c.requested_at > m.told_until)))
           AND ($3 OR (c.requested_at <= $4 AND (c.person_id IS NULL OR c.person_id <> $1)
             AND NOT EXISTS (SELECT 1 FROM met m WHERE m.id = c.id AND NOT m.daily AND c.requested_at > m.told_until)))
         ORDER BY c.requested_at DESC, c.number DESC LIMIT $5 OFFSET $6",
        person,
        today,
        all,
        until,
        limit,
        offset,
    )
    .all(tx)
    .await
}
