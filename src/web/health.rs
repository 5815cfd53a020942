//! For those who run the register: is it alive, is it ready, how much does it do.

use std::sync::OnceLock;

use axum::extract::State;
use axum::http::StatusCode;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::db::settings;
use crate::state::AppState;

/// The program runs.
pub async fn live() -> &'static str {
    "lever\n"
}

/// The register is migrated, its index holds everything that was in the database at start, and the database answers.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if !state.readiness.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "startar\n");
    }
    if !state.readiness.is_following() {
        return (StatusCode::SERVICE_UNAVAILABLE, "sökindexet följer inte med\n");
    }
    let answers = async { settings::get(&mut state.db.read().await?, settings::REFERENCE_VERSION).await };
    match answers.await {
        Ok(_) => (StatusCode::OK, "redo\n"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "databasen svarar inte\n")
        }
    }
}

/// Counters and times in Prometheus' text format.
pub async fn metrics() -> String {
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// Upper bounds of the buckets for request times, in seconds.
const BUCKETS: [f64; 9] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 5.0];

/// The one recorder of the program; the first call installs it.
pub(super) fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let builder =
                PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full("http_request_seconds".to_owned()), &BUCKETS).ok()?;
            builder.install_recorder().map_err(|error| tracing::error!(%error, "no metrics")).ok()
        })
        .as_ref()
}
