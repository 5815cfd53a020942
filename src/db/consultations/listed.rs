//! Consultations as open data: a row for each consulted body.

use chrono::{DateTime, NaiveDate, Utc};

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use super::queue::Scope;
use crate::domain::consultation::{Opinion, Outcome, State};
use crate::sql;

/// Which rows are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Asked for from this moment on.
    pub from: DateTime<Utc>,
    /// And before this one.
    pub before: DateTime<Utc>,
    /// By this agency or those that it took over from, by code, as far as the reader may know of the collection: whose the others are is
    /// not told. Empty: by any.
    pub agency: &'a str,
    /// The day in Sweden: collections that are open are named.
    pub today: NaiveDate,
    /// The most rows.
    pub limit: i64,
    /// How many are passed over.
    pub offset: i64,
}

/// One body's part of a case, as everyone may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The number of the case.
    pub number: String,
    /// The number of the collection; none where the reader may not know of it.
    pub collection: Option<String>,
    /// The body, by code.
    pub body: String,
    /// Where its part is.
    pub state: State,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// What it answered; told to those who are no party once the case is closed.
    pub opinion: Option<Opinion>,
    /// How the case ended; for a body that never answered in a case that is closed, that it did not.
    pub outcome: Option<Outcome>,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: String,
    collection: Option<String>,
    body_code: String,
    state: String,
    requested_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    opinion: Option<String>,
    outcome: Option<String>,
    total: i64,
}

impl Row {
    fn into_listed(self) -> Result<Listed> {
        let outcome = self.outcome.map(|code| term!(Outcome, code)).transpose()?;
        Ok(Listed {
            number: self.number,
            collection: self.collection,
            body: self.body_code,
            state: term!(State, self.state)?,
            requested_at: self.requested_at,
            answered_at: self.answered_at,
            opinion: self.opinion.map(|code| term!(Opinion, code)).transpose()?,
            outcome: outcome.map(|outcome| if self.answered_at.is_some() { outcome } else { Outcome::NoAnswer }),
        })
    }
}

/// The rows that are asked for, the latest first, and how many there are in all (0 beyond the last one). `scope`: the cases of whose
/// collections the reader knows also where they are not open.
///
/// # Errors
/// As the engine says.
pub async fn page(tx: &mut Tx, scope: &Scope, wanted: Wanted<'_>) -> Result<(Vec<Listed>, i64)> {
    let rows: Vec<Row> = sql!(
        "WITH RECURSIVE line (code) AS (
                SELECT o.code FROM organisation o WHERE o.code = $5
                UNION
                SELECT o.code FROM organisation o JOIN line l ON l.code = o.successor_code WHERE o.ended_on <= $6),
              own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($9..)),
              found AS (
                SELECT c.id, c.number, k.number AS collection, c.requested_at, c.closed_at, c.outcome,
                       COALESCE(k.open_from <= $6 AND k.status <> 'draft', FALSE) AS is_open,
                       $2 OR c.collection_id IN (SELECT id FROM own)
                         OR EXISTS (SELECT 1 FROM consultation_body x WHERE x.consultation_id = c.id AND x.body_code = $1) AS is_party
                FROM consultation c JOIN collection k ON k.id = c.collection_id
                WHERE c.requested_at >= $3 AND c.requested_at < $4 AND c.removed_at IS NULL AND ($5 = '' OR c.agency_code IN (SELECT code FROM line)))
         SELECT f.number, CASE WHEN f.is_open OR f.is_party THEN f.collection END AS collection, b.body_code, b.state, f.requested_at,
                b.answered_at, CASE WHEN f.closed_at IS NOT NULL OR f.is_party THEN b.opinion END AS opinion, f.outcome,
                COUNT(*) OVER () AS total
         FROM found f JOIN consultation_body b ON b.consultation_id = f.id
         WHERE $5 = '' OR f.is_open OR f.is_party
         ORDER BY f.requested_at DESC, f.number DESC, b.position LIMIT $7 OFFSET $8",
        &scope.body,
        scope.all,
        wanted.from,
        wanted.before,
        wanted.agency,
        wanted.today,
        wanted.limit,
        wanted.offset,
    )
    .list(scope.agencies.iter())
    .all(tx)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(Row::into_listed).collect::<Result<_>>()?, total))
}
