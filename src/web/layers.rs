//! What happens around every request: security headers, limits, time, log and measures.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use super::failure::{self, Failure};
use super::{health, session};
use crate::error::Error;
use crate::state::AppState;

/// Nothing from elsewhere, nothing inline. Designsystemet draws its icons from `data:` addresses.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The longest that a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The same for a form with files, which has to come in first. It answers by itself before that is over.
const UPLOAD_LIMIT: Duration = Duration::from_secs(180);

/// A request that takes longer than this is worth a warning.
const SLOW: Duration = Duration::from_secs(1);

/// The most bytes of a request that a handler reads, unless its route sets its own [`DefaultBodyLimit`].
const BODY_LIMIT: usize = 64 * 1024;

/// Puts the layers around the routes, the innermost first; `uploads`: those that forms with files are sent to.
pub fn wrap(routes: Router<AppState>, uploads: Router<AppState>, state: &AppState) -> Router<AppState> {
    health::recorder();
    let timed = |routes: Router<AppState>, limit| routes.layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, limit));
    let mut routes = timed(routes, TIME_LIMIT)
        .merge(timed(uploads, UPLOAD_LIMIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(refuse_nul))
        .layer(middleware::from_fn_with_state(state.clone(), wait_until_ready))
        .layer(middleware::from_fn_with_state(state.clone(), failure::render))
        .layer(session::layer(&state.db, &state.config))
        .layer(middleware::from_fn(keep_private))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(measure));
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        // a file that is given out has a stricter policy of its own, and a page whose address is a secret tells it to nobody
        let is_own = name == header::CONTENT_SECURITY_POLICY || name == header::REFERRER_POLICY;
        routes = match is_own {
            true => routes.layer(SetResponseHeaderLayer::if_not_present(name, value)),
            false => routes.layer(SetResponseHeaderLayer::overriding(name, value)),
        };
    }
    if state.config.base_url.starts_with("https://") {
        let year = HeaderValue::from_static("max-age=31536000");
        routes = routes.layer(SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, year));
    }
    routes
}

/// A handler that panicked is a fault of ours like any other: its message goes to the log under the reference that the visitor sees.
fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let message = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Failure::from(Error::internal(format!("panic: {}", message.unwrap_or("without a message")))).into_response()
}

/// Answers 400 where an address holds the character NUL: no text of the register has it, and PostgreSQL does not take it.
async fn refuse_nul(request: Request, next: Next) -> Response {
    let has_nul = |part: &str| part.contains("%00");
    if has_nul(request.uri().path()) || request.uri().query().is_some_and(has_nul) {
        return plain(StatusCode::BAD_REQUEST);
    }
    next.run(request).await
}

/// Lets nobody keep what is made for one person: every answer to a browser with a cookie of ours, or that gets one.
async fn keep_private(request: Request, next: Next) -> Response {
    let is_file = request.uri().path().starts_with("/static/");
    let cookies = request.headers().get_all(header::COOKIE).iter();
    let is_known = cookies.filter_map(|value| value.to_str().ok()).any(|text| text.contains(session::COOKIE));
    let mut response = next.run(request).await;
    if !is_file && (is_known || response.headers().contains_key(header::SET_COOKIE)) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Answers 503 until the register is ready: a half-filled list would look like the whole truth.
async fn wait_until_ready(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let always = ["/halsa/", "/metrics", "/static/"].iter().any(|start| path.starts_with(start));
    if always || state.readiness.is_ready() {
        return next.run(request).await;
    }
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// An empty answer, for the layer that gives failures their page.
fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = status;
    response
}

/// Counts and times every request by route, and logs it without its query: that may hold what somebody searches for.
async fn measure(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let elapsed = start.elapsed();
    let seconds = elapsed.as_secs_f64();
    let status = response.status().as_u16();
    metrics::counter!("http_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_seconds", "route" => route.clone()).record(seconds);
    // not ready yet is an answer, not a fault
    if response.status().is_server_error() && response.status() != StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(%route, status, "answered with a server error");
    } else if elapsed > SLOW {
        tracing::warn!(%route, status, "slow request");
    }
    tracing::debug!(%method, %route, status, milliseconds = seconds * 1000.0, "request");
    response
}
