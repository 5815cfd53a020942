//! What every page has in common.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;
use std::convert::Infallible;

use super::user::{User, Visitor};
use crate::clock;
use crate::state::{AppState, Register};

/// What the frame around a page needs to know.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Whether the page must say that its data are for demonstration.
    pub demonstration: bool,
    /// The address of the main menu's entry that the page belongs to, or empty.
    pub section: &'static str,
    /// Who is signed in.
    pub user: Option<User>,
}

impl Layout {
    /// The frame of a page in a section of the main menu (`/insamlingar`, …, or empty).
    #[must_use]
    pub fn new(state: &AppState, visitor: Visitor, section: &'static str) -> Self {
        Self { demonstration: state.register == Register::Demonstration, section, user: visitor.0 }
    }
}

/// Today's date in Sweden, read once for each request.
#[derive(Debug, Clone, Copy)]
pub struct Today(pub NaiveDate);

impl<S: Send + Sync> FromRequestParts<S> for Today {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(clock::swedish_day(clock::now())))
    }
}
