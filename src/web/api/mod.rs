//! JSON, version 1: camelCase, dates as RFC 3339, faults as problem+json (RFC 9457). Lists take `page` from 1 and `limit`.

mod collections;
mod consultations;
mod municipalities;
mod similar;

pub(super) use collections::record;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use serde::Serialize;

use super::failure::Failure;
use crate::state::AppState;

/// Rows of a list when the caller does not say.
const DEFAULT_LIMIT: usize = 20;
/// The most rows of a list.
const MOST_LIMIT: usize = 500;

/// The addresses under `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/collections", get(collections::list))
        .route("/collections/{nr}", get(collections::show))
        .route("/collections/{nr}/similar", get(similar::of_collection))
        .route("/similar", post(similar::ask).layer(DefaultBodyLimit::max(similar::MOST_BYTES)))
        .route("/consultations", get(consultations::list))
        .route("/statistics/consultations", get(consultations::statistics))
        .route("/municipalities", get(municipalities::list))
        .fallback(super::failure::no_such_page)
}

/// A page of a list.
#[derive(Debug, Serialize)]
struct List<T> {
    items: Vec<T>,
    total: usize,
    page: usize,
    limit: usize,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
struct Paging {
    page: usize,
    limit: usize,
}

impl Paging {
    /// Reads the texts of `page` and `limit`.
    fn parse(page: Option<&str>, limit: Option<&str>) -> Result<Self, Failure> {
        let number = |text: Option<&str>, default: usize, most: usize, name: &str| match text {
            None => Ok(default),
            Some(text) => match text.parse() {
                Ok(number) if (1..=most).contains(&number) => Ok(number),
                _ => Err(Failure::bad_request(format!("{name} ska vara ett heltal från 1 till {most}."))),
            },
        };
        Ok(Self { page: number(page, 1, 1_000_000, "page")?, limit: number(limit, DEFAULT_LIMIT, MOST_LIMIT, "limit")? })
    }

    /// The rows of this page out of all of them.
    fn cut<T>(self, all: Vec<T>) -> List<T> {
        let total = all.len();
        let items = all.into_iter().skip((self.page - 1) * self.limit).take(self.limit).collect();
        List { items, total, page: self.page, limit: self.limit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_whole_numbers_within_bounds() {
        let paging = Paging::parse(Some("2"), None).expect("a page");
        let list = paging.cut((1..=50).collect());
        assert_eq!((list.total, list.items.first(), list.items.len()), (50, Some(&21), 20));
        for (page, limit) in [(Some("0"), None), (Some("-1"), None), (None, Some("501")), (None, Some("alla"))] {
            assert!(Paging::parse(page, limit).is_err(), "{page:?} {limit:?}");
        }
    }
}
