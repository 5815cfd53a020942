//! What a visitor sees when something goes wrong. Details go to the log under a reference that the visitor is shown.

use askama::Template;
use axum::Json;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::layout::Layout;
use super::user::Visitor;
use crate::clock;
use crate::error::Error;
use crate::state::AppState;
use tower_sessions::Session;

/// After how many seconds it is worth asking again where many ask at once.
const RETRY_SECONDS: &str = "3";

/// A failed request. The layer [`render`] turns it into a page, or into problem+json under `/api/`.
#[derive(Debug)]
pub struct Failure(Cause);

#[derive(Debug)]
enum Cause {
    /// A use case failed.
    Error(Error),
    /// The address asks for something that makes no sense; the text is Swedish and says what is allowed.
    BadRequest(String),
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Cause::Error(error.into()))
    }
}

impl Failure {
    /// The address asks for something that makes no sense; `detail` is Swedish and says what is allowed.
    #[must_use]
    pub fn bad_request(detail: String) -> Self {
        Self(Cause::BadRequest(detail))
    }

    /// Whether there is no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.0, Cause::Error(Error::NotFound))
    }
}

/// What the layer needs to know of a failure; travels in the response's extensions.
#[derive(Debug, Clone, Default)]
struct Shown {
    detail: Option<String>,
    reference: Option<String>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = match self.0 {
            Cause::BadRequest(detail) => return shown(StatusCode::BAD_REQUEST, Shown { detail: Some(detail), reference: None }),
            Cause::Error(error) => error,
        };
        let (status, details) = match error {
            Error::NotFound => (StatusCode::NOT_FOUND, Shown::default()),
            Error::Forbidden => (StatusCode::FORBIDDEN, Shown::default()),
            Error::Conflict => (StatusCode::CONFLICT, Shown::default()),
            Error::Invalid(message) => (StatusCode::UNPROCESSABLE_ENTITY, Shown { detail: Some(message), reference: None }),
            Error::Busy => {
                tracing::debug!("too many ask at once");
                let detail = "Många frågar just nu. Försök igen om några sekunder.".to_owned();
                let mut response = shown(StatusCode::SERVICE_UNAVAILABLE, Shown { detail: Some(detail), reference: None });
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
                return response;
            }
            Error::Internal(error) => {
                let reference = clock::new_id().to_string();
                tracing::error!(%reference, %error, "request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, Shown { detail: None, reference: Some(reference) })
            }
        };
        shown(status, details)
    }
}

/// An empty response that carries what [`render`] shows.
fn shown(status: StatusCode, details: Shown) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(details);
    response
}

/// The answer where no route fits. An address that only has a slash too many leads to the one without it.
pub async fn no_such_page(OriginalUri(address): OriginalUri) -> Response {
    match without_last_slash(&address) {
        Some(right) => Redirect::permanent(&right).into_response(),
        None => Failure::from(Error::NotFound).into_response(),
    }
}

/// The address without its last slash, if it has one. What begins with two is no address of this site.
fn without_last_slash(address: &Uri) -> Option<String> {
    let path = address.path();
    let right = path.trim_end_matches('/');
    let own = right.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
    (own && right != path).then(|| format!("{right}{query}"))
}

/// A page for a failure.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub layout: Layout,
    /// The HTTP status.
    pub code: u16,
    /// What happened, in a few words.
    pub heading: &'static str,
    /// What the visitor can do.
    pub text: String,
    /// What to quote when reporting it.
    pub reference: Option<String>,
}

/// Gives every failed response a body: a page, or problem+json (RFC 9457) under `/api/`.
pub async fn render(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let session = request.extensions().get::<Session>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    let has_body = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind.starts_with(b"text/html") || kind.starts_with(b"application/")
    });
    if !(status.is_client_error() || status.is_server_error()) || has_body {
        return response;
    }
    let shown = response.extensions().get::<Shown>().cloned().unwrap_or_default();
    let (heading, text) = words(status);
    let text = shown.detail.unwrap_or_else(|| text.to_owned());
    let mut answer = if is_api {
        problem(status, heading, &text, shown.reference.as_deref())
    } else {
        let visitor = Visitor::of(session.as_ref(), &state).await;
        let page = ErrorPage { layout: Layout::new(&state, visitor, ""), code: status.as_u16(), heading, text, reference: shown.reference };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "the error page failed");
                (status, heading).into_response()
            }
        }
    };
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

fn problem(status: StatusCode, title: &str, detail: &str, reference: Option<&str>) -> Response {
    let mut body = serde_json::json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    if let Some(reference) = reference {
        body["instance"] = format!("urn:uuid:{reference}").into();
    }
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// What happened and what the visitor can do, for each status that the register answers with.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("Sidan finns inte", "Adressen kan vara felskriven, eller så visas det du söker inte öppet."),
        StatusCode::METHOD_NOT_ALLOWED => ("Så kan sidan inte användas", "Sidan tar inte emot den sortens anrop."),
        StatusCode::FORBIDDEN => ("Du har inte tillgång till sidan", "Den här sidan är bara öppen för vissa användare."),
        StatusCode::CONFLICT => ("Någon annan hann före", "Uppgifterna ändrades medan du arbetade. Läs in sidan på nytt."),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ("Det tog för lång tid", "Försök igen om en stund."),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("Registret kan inte svara just nu", "Registret startar eller är tillfälligt stängt. Försök igen om en stund.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("För mycket på en gång", "Det som skickades är större än vad registret tar emot."),
        status if status.is_client_error() => ("Registret förstod inte", "Kontrollera adressen eller det du fyllde i och försök igen."),
        _ => ("Något gick fel hos oss", "Felet är antecknat. Försök igen om en stund."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_too_many_is_taken_away_and_never_leads_elsewhere() {
        let right = |address: &str| without_last_slash(&address.parse().expect("an address"));
        assert_eq!(right("/insamlingar/"), Some("/insamlingar".to_owned()));
        assert_eq!(right("/insamlingar/2026-0042//?q=a%2Fb"), Some("/insamlingar/2026-0042?q=a%2Fb".to_owned()));
        for other in ["/", "//", "/insamlingar", "//ond.example/", "/%5cond.example/", "/.%2e/ond.example/"] {
            assert_eq!(right(other), None, "{other}");
        }
    }
}
