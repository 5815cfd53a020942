//! Pages and addresses. The route table below is the map of everything that the register answers.

pub mod api;
pub mod assets;
pub mod failure;
pub mod health;
pub mod layers;
pub mod layout;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Every address, with its layers.
pub fn router(state: AppState) -> Router {
    let routes = Router::new()
        .route("/static/{*path}", get(assets::serve))
        .route("/halsa/live", get(health::live))
        .route("/halsa/redo", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(failure::no_such_page);
    layers::wrap(routes, &state).with_state(state)
}
