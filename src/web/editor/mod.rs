//! Filling in the form of a collection: where it begins, its steps, and what is said when two people meet in it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::page::{PageResult, page};
use super::view::written_moment;
use crate::db::drafts::DraftRow;
use crate::domain::draft::UNTITLED;

pub mod body;
pub mod conflict;
pub mod places;
pub mod questions;
pub mod review;
pub mod rows;
pub mod start;
pub mod steps;
pub mod upload;

/// The most bytes of a step: a table of two thousand items fits.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A page under another status than 200.
fn with_status(status: StatusCode, template: &impl askama::Template) -> PageResult {
    let shown: Response = page(template)?;
    Ok((status, shown).into_response())
}

/// What a form in a list is called: those without a title by when they were begun, so that they can be told apart.
#[must_use]
pub fn listed_title(draft: &DraftRow) -> String {
    if draft.title == UNTITLED { format!("{UNTITLED}, påbörjat {}", written_moment(draft.created_at)) } else { draft.title.clone() }
}
