//! People without an account: a sakkunnig whom a body asks about a draft and reference municipalities; and the body's pages about both.

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
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::layout::Layout;
use super::page::{PageResult, page};
use crate::db::attachments::Attachment;
use crate::domain::consultation::forwarding::Ended;
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
