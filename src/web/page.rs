//! How a page becomes a response.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::failure::Failure;
use crate::error::Error;

/// What a handler of a page answers.
pub type PageResult = Result<Response, Failure>;

/// Renders a page.
///
/// # Errors
/// The template failed, which is a fault of ours.
pub fn page(template: &impl Template) -> PageResult {
    let html = template.render().map_err(|error| Error::Internal(error.into()))?;
    Ok(Html(html).into_response())
}
