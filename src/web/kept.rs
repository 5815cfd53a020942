//! What was typed in a form that could not be taken because its sign-in is over: it is given back on a page that can send it again.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::form::{CSRF, Fields};
use super::layout::Layout;
use super::page::page;
use super::user::{User, Visitor};
use crate::state::AppState;

/// The page that holds what was typed.
#[derive(Debug, Template)]
#[template(path = "kept.html")]
pub struct KeptPage {
    /// The frame.
    pub layout: Layout,
    /// Who would send it now; nobody while signed out.
    pub user: Option<User>,
    /// Where the form leads.
    pub action: String,
    /// What was typed, without the secret of the session that is over.
    pub fields: Vec<(String, String)>,
}

/// Whether somebody types at length in the forms of an address: those of drafts, of one collection and of one consultation, also where a
/// municipality is asked about it.
#[must_use]
pub fn is_typed_in(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("utkast" | "samrad"), Some(_), Some(_)) => true,
        (Some("insamlingar"), Some(number), Some(_)) => number != "ny",
        (Some("samrad"), Some("infor"), None) | (Some("skrivbord"), Some("referens"), Some(_)) => true,
        _ => false,
    }
}

/// Whether what was sent is a form of names and values.
#[must_use]
pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Gives back what was typed, under 401 to whoever is signed out and 400 to whoever has signed in anew; none where nothing was typed.
#[must_use]
pub fn given_back(state: &AppState, user: Option<&User>, address: &Uri, fields: &Fields) -> Option<Response> {
    let typed: Vec<(String, String)> = fields.pairs().iter().filter(|(name, _)| name != CSRF).cloned().collect();
    if typed.is_empty() {
        return None;
    }
    let status = if user.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::UNAUTHORIZED };
    let layout = Layout::new(state, Visitor(user.cloned()), "");
    let action = address.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let shown = page(&KeptPage { layout, user: user.cloned(), action, fields: typed });
    Some(shown.map_or_else(IntoResponse::into_response, |page| (status, page).into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forms_of_drafts_of_one_collection_and_of_one_case_are_kept() {
        for path in [
            "/utkast/0198/grunder",
            "/utkast/0198/ta-bort",
            "/insamlingar/2026-0001/beslut",
            "/samrad/S2026-0001/yttrande",
            "/samrad/infor",
            "/skrivbord/referens/0198",
        ] {
            assert!(is_typed_in(path), "{path}");
        }
        for path in ["/insamlingar/ny", "/insamlingar/ny/fil", "/samrad/1", "/liknande/1", "/personer/1", "/utkast/0198"] {
            assert!(!is_typed_in(path), "{path}");
        }
    }
}
