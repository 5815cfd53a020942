//! Consultations as JSON: the cases, a row for each consulted body, and what is counted of them.
//!
//! Cases about collections that are not open are listed too, so that the rows add up to the statistics, but `collection` is null in them:
//! only their own sides and administrators, signed in, are told which collection it is. The filter by agency leaves them out: whose they
//! are is not told either. An opinion is told to everyone once the case is closed, as on the collection's page.

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
use crate::domain::consultation::statistics::{Choice, Chosen, End, Figures, Points, Told};
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
    answered: Option<i64>,
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

/// What is counted of a year. Of years before the register only the number of one body's cases is known, with its source;
/// the rest is null or empty then.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct YearFigures {
    year: i64,
    cases: i64,
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
    fn new(year: i64, chosen: &Chosen<'_>) -> Self {
        let ends = chosen.ends();
        let ended = |end: &Option<End>| ends.get(end).copied().unwrap_or_default();
        let outcomes = Outcome::ALL.iter().map(|outcome| Count { of: Some(*outcome), cases: ended(&Some(End::Closed(*outcome))) });
        let opinions = chosen.opinions();
        let told = |told: Told| opinions.get(&told).copied().unwrap_or_default();
        let of = |opinion: &Opinion| Count { of: Some(*opinion), cases: told(Told::Opinion(*opinion)) };
        let (kinds, obligations) = (chosen.by(|case| case.kind), chosen.by(|case| case.obligation));
        let body = |body: &str| {
            let sum = chosen.sum(Some(body));
            BodyFigures {
                body: body.to_owned(),
                cases: sum.cases,
                answered: Some(sum.answered),
                median_days_with_body: sum.body_days,
                median_days_with_agency: sum.agency_days,
            }
        };
        Self {
            year,
            cases: chosen.count(),
            count_only: false,
            source: None,
            withdrawn: Some(ended(&Some(End::Withdrawn))),
            kinds: CaseKind::ALL.iter().map(|kind| Count { of: *kind, cases: kinds.get(kind).map_or(0, Chosen::count) }).collect(),
            obligations: Obligation::ALL
                .iter()
                .map(|one| Count { of: *one, cases: obligations.get(one).map_or(0, Chosen::count) })
                .collect(),
            outcomes: outcomes.chain([Count { of: None, cases: ended(&None) }]).collect(),
            opinions: Opinion::ALL.iter().map(of).chain([Count { of: None, cases: told(Told::Later) + told(Told::Nothing) }]).collect(),
            points: Some(chosen.sum(None).points.into()),
            bodies: chosen.bodies().into_iter().map(body).collect(),
        }
    }
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
    let chosen = figures.chosen(&all);
    let mut years: Vec<YearFigures> = chosen.by(|case| case.year).iter().map(|(year, cases)| YearFigures::new(*year, cases)).collect();
    for one in figures.earlier(&all) {
        let body = BodyFigures {
            body: one.body.clone(),
            cases: one.cases,
            answered: None,
            median_days_with_body: None,
            median_days_with_agency: None,
        };
        years.push(YearFigures {
            year: one.year,
            cases: one.cases,
            count_only: true,
            source: Some(one.source.clone()),
            withdrawn: None,
            kinds: Vec::new(),
            obligations: Vec::new(),
            outcomes: Vec::new(),
            opinions: Vec::new(),
            points: None,
            bodies: vec![body],
        });
    }
    years.sort_by_key(|year| -year.year);
    years
}
