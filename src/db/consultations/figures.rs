//! What the statistics of consultation are counted from, kept in memory for as long as no case has changed.
//!
//! Every write to a case sets its `changed_at`, what names a collection's agency or area its `touched_at`, and a change of earlier years a
//! setting. Each use reads those first.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, areas, public, unknown_code};
use super::configured;
use crate::clock;
use crate::domain::consultation::clocks::Clocks;
use crate::domain::consultation::statistics::{CaseFigures, Figures, PartFigures, Points};
use crate::domain::consultation::{CaseKind, Opinion, Outcome};
use crate::domain::reference::ReferenceOrganisation;
use crate::domain::terms::Obligation;
use crate::sql;

/// How long figures are kept at most: of two that write at once, the one that is written first may be seen last.
const MOST_AGE: TimeDelta = TimeDelta::seconds(60);

/// What tells that figures are as they were read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct Stamp {
    cases: i64,
    changed_at: Option<DateTime<Utc>>,
    touched_at: Option<DateTime<Utc>>,
    years_changed: Option<String>,
}

#[derive(Debug)]
struct Read {
    stamp: Stamp,
    at: DateTime<Utc>,
    figures: Arc<Figures>,
}

/// The figures of this instance. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KeptFigures(Arc<Mutex<Option<Read>>>);

impl KeptFigures {
    /// The figures as they are at `now`.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn get(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<Arc<Figures>> {
        // whoever comes while somebody reads waits, and has the same
        let mut kept = self.0.lock().await;
        let stamp = stamp(tx).await?;
        if let Some(read) = kept.as_ref().filter(|read| read.stamp == stamp && now - read.at < MOST_AGE) {
            return Ok(read.figures.clone());
        }
        let figures = Arc::new(read(tx, clock::swedish_day(now)).await?);
        *kept = Some(Read { stamp, at: now, figures: figures.clone() });
        Ok(figures)
    }
}

async fn stamp(tx: &mut Tx) -> Result<Stamp> {
    sql!(
        "SELECT (SELECT COUNT(*) FROM consultation) AS cases, (SELECT MAX(changed_at) FROM consultation) AS changed_at,
                (SELECT MAX(touched_at) FROM collection) AS touched_at,
                (SELECT value FROM setting WHERE key = 'consultation_years_changed') AS years_changed"
    )
    .one(tx)
    .await
}

type CaseRow =
    (Uuid, DateTime<Utc>, String, Option<String>, Option<String>, String, String, Option<String>, Option<DateTime<Utc>>, bool, bool);

async fn read(tx: &mut Tx, today: NaiveDate) -> Result<Figures> {
    let organisations = public::organisations(tx).await?;
    let mut parts = parts(tx).await?;
    let rows: Vec<CaseRow> = sql!(
        "SELECT c.id, c.requested_at, c.agency_code, v.area_code, v.assignment_department, v.obligation, c.kind, c.outcome, c.withdrawn_at,
                c.entered, COALESCE(k.open_from <= $1 AND k.status <> 'draft', FALSE)
         FROM consultation c JOIN collection_version v ON v.collection_id = c.collection_id AND v.version = c.version
         JOIN collection k ON k.id = c.collection_id WHERE c.removed_at IS NULL",
        today,
    )
    .all(tx)
    .await?;
    let living = living(&organisations, today);
    let mut cases = Vec::with_capacity(rows.len());
    for (id, requested_at, agency, area, department, obligation, kind, outcome, withdrawn_at, entered, open) in rows {
        let mut parts = parts.remove(&id).unwrap_or_default();
        if outcome.is_none() {
            // as on the collection's page: what was answered is told once the case is closed
            parts.iter_mut().for_each(|(part, _)| part.opinion = None);
        }
        let parts = parts
            .into_iter()
            .map(|(part, answered_at)| PartFigures { to_answer: answered_at.map(|at| (at - requested_at).num_seconds()), ..part });
        cases.push(CaseFigures {
            year: i64::from(clock::swedish_day(requested_at).year()),
            agency: living.get(agency.as_str()).map_or(agency.clone(), |code| (*code).to_owned()),
            area,
            department: department.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
            obligation: term!(Obligation, obligation)?,
            kind: term!(CaseKind, kind)?,
            outcome: outcome.map(|code| term!(Outcome, code)).transpose()?,
            withdrawn: withdrawn_at.is_some(),
            entered,
            open,
            parts: parts.collect(),
        });
    }
    let mut names: BTreeMap<String, String> = areas::all(tx).await?.into_iter().collect();
    let areas = names.keys().cloned().collect();
    names.extend(organisations.into_iter().map(|one| (one.code, one.name)));
    Ok(Figures { cases, earlier: configured::years(tx).await?, names, areas })
}

/// Who has the tasks of each agency that has ended.
fn living(organisations: &[ReferenceOrganisation], today: NaiveDate) -> HashMap<&str, &str> {
    let successor = |one: &ReferenceOrganisation| one.ended_on.is_some_and(|day| day <= today) && one.successor_code.is_some();
    let next: HashMap<&str, &str> = organisations
        .iter()
        .filter(|one| successor(one))
        .filter_map(|one| one.successor_code.as_deref().map(|code| (one.code.as_str(), code)))
        .collect();
    let last = |code: &str| {
        let mut at = *next.get(code)?;
        // no further than there are agencies, should two point at each other
        for _ in 0..next.len() {
            at = next.get(at).copied().unwrap_or(at);
        }
        Some(at)
    };
    next.keys().filter_map(|code| last(code).map(|living| (*code, living))).collect()
}

/// The parts of each case, each with when it was answered.
type Parts = HashMap<Uuid, Vec<(PartFigures, Option<DateTime<Utc>>)>>;

/// The parts of each case, and when each was answered.
async fn parts(tx: &mut Tx) -> Result<Parts> {
    type Row = (Uuid, String, i64, i64, i64, i64);
    let rows: Vec<Row> = sql!(
        "SELECT consultation_id, body_code, COUNT(*) FILTER (WHERE reply = 'accepted'), COUNT(*) FILTER (WHERE reply = 'partly'),
                COUNT(*) FILTER (WHERE reply = 'rejected'), COUNT(*) FILTER (WHERE reply IS NULL)
         FROM consultation_point WHERE sent_at IS NOT NULL AND taken_back_at IS NULL GROUP BY consultation_id, body_code"
    )
    .all(tx)
    .await?;
    let points = |(id, body, accepted, partly, rejected, unanswered): Row| ((id, body), Points { accepted, partly, rejected, unanswered });
    let mut points: HashMap<(Uuid, String), Points> = rows.into_iter().map(points).collect();
    type PartRow = (Uuid, String, Option<String>, Option<DateTime<Utc>>, i64, i64);
    let rows: Vec<PartRow> = sql!(
        "SELECT consultation_id, body_code, opinion, answered_at, body_seconds, agency_seconds
         FROM consultation_body ORDER BY consultation_id, position"
    )
    .all(tx)
    .await?;
    let mut parts = Parts::new();
    for (id, body, opinion, answered_at, with_body, with_agency) in rows {
        let key = (id, body);
        let points = points.remove(&key).unwrap_or_default();
        let part = PartFigures {
            body: key.1,
            opinion: opinion.map(|code| term!(Opinion, code)).transpose()?,
            answered: answered_at.is_some(),
            clocks: Clocks { body: with_body, agency: with_agency },
            to_answer: None, // the case knows when it was asked for
            points,
        };
        parts.entry(id).or_default().push((part, answered_at));
    }
    Ok(parts)
}
