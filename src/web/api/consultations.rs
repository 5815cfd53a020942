//! Consultations as JSON: the cases, a row for each consulted body, and what is counted of them.
//!
//! Cases about collections that are not open are listed too, so that the rows add up to the statistics, but `collection` is null in them:
//! only their own sides and administrators, signed in, are told which collection it is. The filter by agency leaves them out: whose they
//! are is not told either. An opinion is told to everyone once the case is closed, as on the collection's page.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{List, Paging};
use crate::actions::queue::scope;
use crate::clock;
use crate::db::consultations::listed::{self, Listed, Wanted};
use crate::db::consultations::queue::Scope;
use crate::domain::access::{Action, may};
use crate::domain::consultation::statistics::{CaseFigures, Choice, Chosen, End, Figures, Points, Told, Year};
use crate::domain::consultation::{CaseKind, Opinion, Outcome, State as CaseState};
use crate::domain::terms::Obligation;
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::layout::Today;
use crate::web::params::typed;
use crate::web::user::Visitor;

/// The years that cases may be of.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;

/// What may be asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Params {
    year: Option<String>,
    #[serde(default)]
    agency: String,
    page: Option<String>,
    limit: Option<String>,
}

impl Params {
    /// The moments between which the year lies, or all of them.
    fn span(&self) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
        let (first, last) = match self.year.as_deref().filter(|year| !year.is_empty()) {
            None => (*YEARS.start(), *YEARS.end()),
            Some(year) => {
                let known = year.parse().ok().filter(|year| YEARS.contains(year));
                let year: i32 = known.ok_or_else(|| Failure::bad_request("year ska vara ett årtal, t.ex. 2026.".to_owned()))?;
                (year, year)
            }
        };
        let begins = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).and_then(clock::swedish_midnight);
        begins(first).zip(begins(last + 1)).ok_or_else(|| Failure::bad_request("year går inte att läsa.".to_owned()))
    }
}

/// One body's part of a case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseBody {
    number: String,
    collection: Option<String>,
    body: String,
    state: CaseState,
    requested_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    opinion: Option<Opinion>,
    outcome: Option<Outcome>,
}

impl From<Listed> for CaseBody {
    fn from(one: Listed) -> Self {
        let Listed { number, collection, body, state, requested_at, answered_at, opinion, outcome } = one;
        Self { number, collection, body, state, requested_at, answered_at, opinion, outcome }
    }
}

/// `GET /api/v1/consultations`: the latest first.
pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    Query(params): Query<Params>,
) -> Result<Json<List<CaseBody>>, Failure> {
    let paging = Paging::parse(params.page.as_deref(), params.limit.as_deref())?;
    let (from, before) = params.span()?;
    let mut tx = state.db.read().await?;
    let own = match &visitor.0 {
        Some(user) if may(&user.actor, Action::Consult) => scope(&mut tx, &user.actor, today).await?,
        _ => Scope::default(),
    };
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let agency = typed(params.agency.trim(), 20);
    let limit = whole(paging.limit);
    let wanted = Wanted { from, before, agency: &agency, today, limit, offset: whole((paging.page - 1) * paging.limit) };
    let (rows, mut total) = listed::page(&mut tx, &own, wanted).await?;
    if rows.is_empty() && paging.page > 1 {
        // beyond the end: the first row tells how many there are
        total = listed::page(&mut tx, &own, Wanted { limit: 1, offset: 0, ..wanted }).await?.1;
    }
    let total = usize::try_from(total).unwrap_or_default();
    Ok(Json(List { items: rows.into_iter().map(CaseBody::from).collect(), total, page: paging.page, limit: paging.limit }))
}

/// How many there are of something; none: of what has no such thing yet, or is not told yet.
#[derive(Debug, Serialize)]
struct Count<T> {
    of: T,
    cases: i64,
}

/// What is counted of one body.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BodyFigures {
    body: String,
    cases: i64,
    in_register: i64,
    answered: Option<i64>,
    median_days_to_opinion: Option<f64>,
    median_days_with_body: Option<f64>,
    median_days_with_agency: Option<f64>,
}

/// What is counted of a body's points.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PointFigures {
    accepted: i64,
    partly: i64,
    rejected: i64,
    unanswered: i64,
}

impl From<Points> for PointFigures {
    fn from(points: Points) -> Self {
        Self { accepted: points.accepted, partly: points.partly, rejected: points.rejected, unanswered: points.unanswered }
    }
}

/// What is counted of a year. Where `count_only`, the total is known from elsewhere, with its source; the rest is said of the cases that are
/// in the register, and is null or empty where none is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct YearFigures {
    year: i64,
    cases: i64,
    in_register: i64,
    count_only: bool,
    source: Option<String>,
    withdrawn: Option<i64>,
    kinds: Vec<Count<CaseKind>>,
    obligations: Vec<Count<Obligation>>,
    outcomes: Vec<Count<Option<Outcome>>>,
    opinions: Vec<Count<Option<Opinion>>>,
    points: Option<PointFigures>,
    bodies: Vec<BodyFigures>,
}

impl YearFigures {
    fn new(year: &Year<'_>) -> Self {
        let chosen = &year.chosen;
        let known = !chosen.is_empty();
        let body = |body: &str| {
            let sum = chosen.sum(Some(body));
            BodyFigures {
                body: body.to_owned(),
                cases: year.of_body(body),
                in_register: sum.cases,
                answered: (sum.cases > 0).then_some(sum.answered),
                median_days_to_opinion: sum.answer_days,
                median_days_with_body: sum.body_days,
                median_days_with_agency: sum.agency_days,
            }
        };
        let ends = chosen.ends();
        Self {
            year: year.year,
            cases: year.cases,
            in_register: chosen.count(),
            count_only: !year.totals.is_empty(),
            source: year.source(),
            withdrawn: known.then(|| ends.get(&Some(End::Withdrawn)).copied().unwrap_or_default()),
            kinds: if known { counts(chosen, CaseKind::ALL, |case| case.kind) } else { Vec::new() },
            obligations: if known { counts(chosen, Obligation::ALL, |case| case.obligation) } else { Vec::new() },
            outcomes: if known { outcomes(&ends) } else { Vec::new() },
            opinions: if known { opinions(chosen) } else { Vec::new() },
            points: known.then(|| chosen.sum(None).points.into()),
            bodies: year.bodies().into_iter().map(body).collect(),
        }
    }
}

/// How many cases there are of each term.
fn counts<T: Copy + Ord>(chosen: &Chosen<'_>, all: &[T], key: impl Fn(&CaseFigures) -> T) -> Vec<Count<T>> {
    let groups = chosen.by(key);
    all.iter().map(|of| Count { of: *of, cases: groups.get(of).map_or(0, Chosen::count) }).collect()
}

fn outcomes(ends: &BTreeMap<Option<End>, i64>) -> Vec<Count<Option<Outcome>>> {
    let ended = |end: Option<End>| ends.get(&end).copied().unwrap_or_default();
    let of = |outcome: &Outcome| Count { of: Some(*outcome), cases: ended(Some(End::Closed(*outcome))) };
    Outcome::ALL.iter().map(of).chain([Count { of: None, cases: ended(None) }]).collect()
}

fn opinions(chosen: &Chosen<'_>) -> Vec<Count<Option<Opinion>>> {
    let counts = chosen.opinions();
    let told = |told: Told| counts.get(&told).copied().unwrap_or_default();
    let of = |opinion: &Opinion| Count { of: Some(*opinion), cases: told(Told::Opinion(*opinion)) };
    Opinion::ALL.iter().map(of).chain([Count { of: None, cases: told(Told::Later) + told(Told::Nothing) }]).collect()
}

/// What is counted, per year.
#[derive(Debug, Serialize)]
pub(super) struct Statistics {
    items: Vec<YearFigures>,
}

/// `GET /api/v1/statistics/consultations`: per year, the latest first. Cases are not collections.
pub(super) async fn statistics(State(state): State<AppState>) -> Result<Json<Statistics>, Failure> {
    let mut tx = state.db.read().await?;
    let figures = state.figures.get(&mut tx, clock::now()).await?;
    Ok(Json(Statistics { items: years(&figures) }))
}

fn years(figures: &Figures) -> Vec<YearFigures> {
    let all = Choice::default();
    figures.years(&all).iter().rev().map(YearFigures::new).collect()
}
