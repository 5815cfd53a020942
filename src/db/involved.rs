//! Who is involved in a collection, and what may be done with it depends on.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::{Query, Result, Tx, unknown_code};
use crate::clock;
use crate::domain::access::Parties;
use crate::domain::identifier::CollectionNumber;
use crate::domain::life::Standing;
use crate::domain::terms::Status;
use crate::sql;

/// The most values of a list in one statement.
const MOST_VALUES: usize = 500;

/// A collection's parties and the state of its life, as a write finds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Involved {
    /// Identity.
    pub id: Uuid,
    /// Where it is in its life.
    pub status: Status,
    /// The first day on which it is shown openly.
    pub open_from: Option<NaiveDate>,
    /// The agency that registered it, by code.
    pub owner: String,
    /// Codes of the responsible agencies of the decided and of the planned version, and of those that took over from them.
    pub responsible: Vec<String>,
    /// Codes of the collectors of the decided and of the planned version, or of those that took over from them.
    pub collectors: Vec<String>,
    /// The version in force.
    pub decided_version: Option<i64>,
    /// The version planned.
    pub planned_version: Option<i64>,
    /// The newest version there is.
    pub latest_version: i64,
    /// The day on which it was last confirmed.
    pub confirmed_on: Option<NaiveDate>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
}

impl Involved {
    /// What access depends on, on `today`.
    #[must_use]
    pub fn parties(&self, today: NaiveDate) -> Parties<'_> {
        let open = self.status != Status::Draft && self.open_from.is_some_and(|from| from <= today);
        Parties { status: self.status, open, responsible: &self.responsible, collectors: &self.collectors }
    }

    /// Codes of the agencies that are responsible for both collections, those that took over among them.
    #[must_use]
    pub fn in_common<'a>(&'a self, other: &Self) -> Vec<&'a str> {
        in_common(&self.responsible, &other.responsible)
    }

    /// What the steps of its life depend on, on `today`.
    #[must_use]
    pub fn standing(&self, today: NaiveDate) -> Standing {
        Standing { status: self.status, revision: self.has_revision(), confirmed_today: self.confirmed_on == Some(today) }
    }

    /// Whether a change is planned beside the decided version.
    #[must_use]
    pub fn has_revision(&self) -> bool {
        self.decided_version.is_some() && self.planned_version.is_some()
    }

    /// The day on which the collection was last registered, changed or confirmed.
    #[must_use]
    pub fn last_said(&self) -> NaiveDate {
        last_said(self.confirmed_on, self.changed_at)
    }
}

/// What two collections have in common of their responsible agencies, given as [`Involved::responsible`] has them: who speaks for both
/// asks nobody else, and needs no letter. Since those that took over are among them, so is who stands for any of them today.
#[must_use]
pub fn in_common<'a>(one: &'a [String], other: &[String]) -> Vec<&'a str> {
    one.iter().filter(|code| other.contains(code)).map(String::as_str).collect()
}

/// The day on which a collection was last registered, changed or confirmed: from that day on it may become *obekräftad*.
#[must_use]
pub fn last_said(confirmed_on: Option<NaiveDate>, changed_at: DateTime<Utc>) -> NaiveDate {
    let changed_on = clock::swedish_day(changed_at);
    confirmed_on.map_or(changed_on, |confirmed| confirmed.max(changed_on))
}

type Row = (Uuid, String, Option<NaiveDate>, String, Option<i64>, Option<i64>, i64, Option<NaiveDate>, DateTime<Utc>, DateTime<Utc>);

/// The collection with this number, whoever may see it; an agency that ended by `today` counts with who took over from it.
///
/// # Errors
/// As the engine says.
pub async fn by_number(tx: &mut Tx, number: CollectionNumber, today: NaiveDate) -> Result<Option<Involved>> {
    let row: Option<Row> = sql!(
        "SELECT c.id, c.status, c.open_from, c.owner_code, c.decided_version, c.planned_version,
                (SELECT MAX(l.version) FROM collection_version l WHERE l.collection_id = c.id), c.confirmed_on, c.created_at, c.changed_at
         FROM collection c WHERE COALESCE(c.planned_version, c.decided_version) IS NOT NULL AND c.number = $1",
        number.to_string(),
    )
    .optional(tx)
    .await?;
    let Some((id, status, open_from, owner, decided_version, planned_version, latest_version, confirmed_on, created_at, changed_at)) = row
    else {
        return Ok(None);
    };
    let status = term!(Status, status)?;
    let responsible = responsible_of(tx, id, today).await?;
    let collectors = collectors_of(tx, id, today).await?;
    Ok(Some(Involved {
        id,
        status,
        open_from,
        owner,
        responsible,
        collectors,
        decided_version,
        planned_version,
        latest_version,
        confirmed_on,
        created_at,
        changed_at,
    }))
}

/// The codes that a statement selects, in its order.
async fn codes(query: Query, tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = query.all(tx).await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

async fn responsible_of(tx: &mut Tx, id: Uuid, today: NaiveDate) -> Result<Vec<String>> {
    let query = sql!(
        "WITH RECURSIVE party (code) AS (
           SELECT a.agency_code FROM collection_agency a JOIN collection c ON c.id = a.collection_id
           WHERE a.collection_id = $1 AND (a.version = c.decided_version OR a.version = c.planned_version)
           UNION
           SELECT o.successor_code FROM organisation o JOIN party p ON p.code = o.code
           WHERE o.ended_on <= $2 AND o.successor_code IS NOT NULL)
         SELECT code FROM party ORDER BY code",
        id,
        today,
    );
    codes(query, tx).await
}

/// The responsible agencies of many collections, by number: each as [`Involved::responsible`] has them.
///
/// # Errors
/// As the engine says.
pub async fn responsible_for(tx: &mut Tx, numbers: &[String], today: NaiveDate) -> Result<HashMap<String, Vec<String>>> {
    let mut responsible: HashMap<String, Vec<String>> = HashMap::new();
    for some in numbers.chunks(MOST_VALUES) {
        let rows: Vec<(String, String)> = sql!(
            "WITH RECURSIVE party (number, code) AS (
               SELECT c.number, a.agency_code FROM collection_agency a JOIN collection c ON c.id = a.collection_id
               WHERE c.number IN ($2..) AND (a.version = c.decided_version OR a.version = c.planned_version)
               UNION
               SELECT p.number, o.successor_code FROM organisation o JOIN party p ON p.code = o.code
               WHERE o.ended_on <= $1 AND o.successor_code IS NOT NULL)
             SELECT number, code FROM party ORDER BY number, code",
            today,
        )
        .list(some.iter())
        .all(tx)
        .await?;
        for (number, code) in rows {
            responsible.entry(number).or_default().push(code);
        }
    }
    Ok(responsible)
}

/// The collectors of what is in force and of what is planned: until a change is decided, who collects now still does.
async fn collectors_of(tx: &mut Tx, id: Uuid, today: NaiveDate) -> Result<Vec<String>> {
    let named = sql!(
        "SELECT DISTINCT v.collector_code FROM collection_version v JOIN collection c ON c.id = v.collection_id
         WHERE c.id = $1 AND (v.version = c.decided_version OR v.version = c.planned_version) AND v.collector_code IS NOT NULL
         ORDER BY v.collector_code",
        id,
    );
    let mut collectors = Vec::new();
    for code in codes(named, tx).await? {
        collectors.push(living(tx, &code, today).await?);
    }
    Ok(collectors)
}

/// Who stands for an organisation on `today`: itself, or who took over from it.
///
/// # Errors
/// As the engine says.
pub async fn living(tx: &mut Tx, code: &str, today: NaiveDate) -> Result<String> {
    let codes = line_of(tx, code, today).await?;
    Ok(codes.into_iter().next_back().unwrap_or_else(|| code.to_owned()))
}

/// An organisation and, one after the other, those that took over by `today`.
async fn line_of(tx: &mut Tx, code: &str, today: NaiveDate) -> Result<Vec<String>> {
    let query = sql!(
        "WITH RECURSIVE line (code, step) AS (
           SELECT o.code, 0 FROM organisation o WHERE o.code = $1
           UNION ALL
           SELECT o.successor_code, l.step + 1 FROM organisation o JOIN line l ON l.code = o.code
           WHERE o.ended_on <= $2 AND o.successor_code IS NOT NULL AND l.step < 10)
         SELECT code FROM line ORDER BY step",
        code,
        today,
    );
    codes(query, tx).await
}

/// An organisation and those whose work it has taken over by `today`: whose collections its people look after.
///
/// # Errors
/// As the engine says.
pub async fn stands_for(tx: &mut Tx, code: &str, today: NaiveDate) -> Result<Vec<String>> {
    let query = sql!(
        "WITH RECURSIVE line (code) AS (
           SELECT o.code FROM organisation o WHERE o.code = $1
           UNION
           SELECT o.code FROM organisation o JOIN line l ON l.code = o.successor_code WHERE o.ended_on <= $2)
         SELECT code FROM line ORDER BY code",
        code,
        today,
    );
    codes(query, tx).await
}

/// Everyone in an organisation's line by `today`: those that it took over from, those that took over from it, and those that they did.
///
/// # Errors
/// As the engine says.
pub async fn whole_line(tx: &mut Tx, code: &str, today: NaiveDate) -> Result<Vec<String>> {
    let living = living(tx, code, today).await?;
    stands_for(tx, &living, today).await
}
