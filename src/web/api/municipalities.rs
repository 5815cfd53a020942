//! Municipalities as JSON.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};

use super::{List, Paging};
use crate::db::organisations;
use crate::domain::organisation::Municipality;
use crate::state::AppState;
use crate::web::failure::Failure;

/// What may be asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Params {
    page: Option<String>,
    limit: Option<String>,
}

/// A municipality.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MunicipalityBody {
    code: String,
    name: String,
    county_code: String,
    county_name: String,
    population: i64,
    population_year: i64,
    skr_group: String,
    skr_group_name: String,
}

impl From<Municipality> for MunicipalityBody {
    fn from(m: Municipality) -> Self {
        Self {
            code: m.code,
            name: m.name,
            county_code: m.county_code,
            county_name: m.county_name,
            population: m.population,
            population_year: m.population_year,
            skr_group: m.skr_group,
            skr_group_name: m.skr_group_name,
        }
    }
}

/// `GET /api/v1/municipalities`: by name in Swedish order.
pub(super) async fn list(State(state): State<AppState>, Query(params): Query<Params>) -> Result<Json<List<MunicipalityBody>>, Failure> {
    let paging = Paging::parse(params.page.as_deref(), params.limit.as_deref())?;
    let all = organisations::municipalities(&mut state.db.read().await?).await?;
    Ok(Json(paging.cut(all.into_iter().map(MunicipalityBody::from).collect())))
}
