//! Collections as JSON: the list, and the whole record of one.

mod body;

use axum::Json;
use axum::extract::{Path, Query, State};
use chrono::NaiveDate;
use serde::Deserialize;

use self::body::{CollectionBody, SummaryBody};
use super::{List, Paging};
use crate::actions::consultations::closed;
use crate::db::{collections, organisations};
use crate::domain::collection::Collection;
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::OrganisationKind;
use crate::domain::terms::Status;
use crate::error::Error;
use crate::search::{Filters, Request, Sort};
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::layout::Today;

/// What may be asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Params {
    #[serde(default)]
    q: String,
    agency: Option<String>,
    status: Option<String>,
    municipality: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

/// `GET /api/v1/collections`: best match first, without a text the newest number first.
pub(super) async fn list(
    State(state): State<AppState>,
    Today(today): Today,
    Query(params): Query<Params>,
) -> Result<Json<List<SummaryBody>>, Failure> {
    let paging = Paging::parse(params.page.as_deref(), params.limit.as_deref())?;
    if let Some(status) = params.status.as_deref().filter(|status| Status::from_code(status).is_none()) {
        let known: Vec<&str> = Status::ALL.iter().filter(|known| **known != Status::Draft).map(|known| known.code()).collect();
        return Err(Failure::bad_request(format!("status ”{status}” finns inte. Tillåtet: {}.", known.join(", "))));
    }
    let municipality = params.municipality.filter(|code| !code.is_empty());
    let mut tx = state.db.read().await?;
    if let Some(code) = &municipality {
        let known = organisations::get(&mut tx, code).await?;
        if !known.is_some_and(|one| matches!(one.kind, OrganisationKind::Municipality | OrganisationKind::Region)) {
            let code = text::shorten(code, 20);
            let allowed = "Tillåtet: en kommunkod, t.ex. 1480, eller en regions kod, t.ex. R-14.";
            return Err(Failure::bad_request(format!("municipality ”{code}” finns inte. {allowed}")));
        }
    }
    let request = Request {
        filters: Filters { agency: params.agency.into_iter().collect(), status: params.status.into_iter().collect(), ..Filters::default() },
        municipality,
        sort: Sort::Relevance,
        page: paging.page,
        per_page: paging.limit,
        facets: false,
        ..Request::new(params.q, today)
    };
    let found = state.index.search(&request)?;
    let ids: Vec<_> = found.hits.iter().map(|hit| hit.id).collect();
    let rows = collections::summaries(&mut tx, &ids, today).await?;
    let items = rows.into_iter().map(|row| SummaryBody::new(row, &state.config.base_url)).collect();
    Ok(Json(List { items, total: found.total, page: paging.page, limit: paging.limit }))
}

/// The whole record as the API gives it, laid out for people to read.
///
/// # Errors
/// Never, for what the register holds.
pub(in crate::web) fn record(collection: Collection, today: NaiveDate, base_url: &str) -> Result<Vec<u8>, Error> {
    serde_json::to_vec_pretty(&CollectionBody::new(collection, today, base_url)).map_err(|error| Error::Internal(error.into()))
}

/// `GET /api/v1/collections/{nr}`: the whole record of an open collection.
pub(super) async fn show(
    State(state): State<AppState>,
    Today(today): Today,
    Path(number): Path<String>,
) -> Result<Json<CollectionBody>, Failure> {
    let number = CollectionNumber::parse(&number).ok_or(Error::NotFound)?;
    let mut tx = state.db.read().await?;
    let mut collection = collections::open_by_number(&mut tx, number, today).await?.ok_or(Error::NotFound)?;
    closed::told(&mut tx, &mut collection).await?;
    Ok(Json(CollectionBody::new(collection, today, &state.config.base_url)))
}
