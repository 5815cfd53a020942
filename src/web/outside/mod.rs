//! People without an account: a sakkunnig whom a body asks about a draft and reference municipalities; and the body's pages about both.

pub mod confirm;
pub mod draft;
pub mod expert;
pub mod experts;
pub mod municipality;
pub mod part;
pub mod reference_form;
pub mod references;
pub mod references_form;
pub mod summary;
pub mod waiting;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::account::source::NetworkSource;
use super::form::{Fields, is_from_elsewhere};
use super::layout::Layout;
use super::page::{PageResult, page};
use super::user::{refused_form, unreadable_form};
use crate::db::attachments::Attachment;
use crate::domain::consultation::forwarding::Ended;
use crate::state::AppState;
use crate::web::consultations::attachments::given_out;

/// Keeps a page whose address is a secret to its reader: nobody stores it, no other site is told its address, and no search engine lists it.
/// A file that is given out has the same headers.
fn secret(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

/// A page under a secret address.
fn secret_page(status: StatusCode, template: &impl Template) -> PageResult {
    Ok(secret((status, page(template)?).into_response()))
}

/// A file under a secret address.
fn secret_file(attachment: &Attachment, content: Vec<u8>) -> Response {
    secret(given_out(attachment, content))
}

/// A form that somebody without an account sends: its address lets it in, and no session is used.
pub struct GuestForm {
    /// The network it comes from.
    source: String,
    /// What it says.
    fields: Fields,
}

impl<S: Send + Sync> FromRequest<S> for GuestForm
where
    AppState: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        // `Origin` says nothing here: a page that tells nobody its address sends it empty
        if is_from_elsewhere(&parts.headers) {
            return Err(refused_form().into_response());
        }
        let NetworkSource(source) = NetworkSource::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await.map_err(IntoResponse::into_response)?;
        let fields = Fields::read(&body).ok_or_else(|| unreadable_form().into_response())?;
        Ok(Self { source, fields })
    }
}

/// A page that says why a link shows nothing, and what to do.
fn ended(layout: Layout, why: Ended) -> PageResult {
    let (status, heading, text) = match why {
        Ended::Unknown => (
            StatusCode::NOT_FOUND,
            "Länken fungerar inte",
            "Kontrollera att hela adressen kom med från mejlet. Hjälper inte det, be den som skickade länken om en ny.",
        ),
        Ended::Old => (StatusCode::GONE, "Länken har gått ut", "Behöver du läsa utkastet igen? Be den som skickade länken om en ny."),
        Ended::TakenBack => (
            StatusCode::GONE,
            "Länken är återtagen",
            "Den som skickade länken har tagit tillbaka den. Du behöver inte göra något. Undrar du varför, fråga den som skickade den.",
        ),
        Ended::Withdrawn => (
            StatusCode::GONE,
            "Utkastet är återkallat",
            "Myndigheten har återkallat sin begäran om samråd, så utkastet behöver inte bedömas. Du behöver inte göra något.",
        ),
    };
    secret_page(status, &EndedPage { layout, heading, text })
}

/// Why a link shows nothing.
#[derive(Debug, Template)]
#[template(path = "outside/ended.html")]
pub struct EndedPage {
    /// The frame.
    pub layout: Layout,
    /// What is the matter with it.
    pub heading: &'static str,
    /// What to do.
    pub text: &'static str,
}
