//! The start page: search, key figures, what is due next.

use askama::Template;
use axum::extract::State;
use chrono::{Days, NaiveDate};

use super::agenda::{self, AgendaRow};
use super::filters::{capital, joined};
use super::layout::{Layout, Today};
use super::page::{PageResult, page};
use super::params::ListParams;
use super::user::Visitor;
use crate::db::collections::{self, Summary};
use crate::db::figures::{self, KeyFigures};
use crate::db::{areas, deadlines};
use crate::state::AppState;
use crate::text;

/// How many deadlines and how many changed collections the page shows.
const UPCOMING: i64 = 8;
const LATEST: i64 = 6;

/// How many days ahead the key figure of rounds looks.
const DAYS_AHEAD: u64 = 90;

/// `GET /`
///
/// # Errors
/// The database does not answer.
pub async fn show(State(state): State<AppState>, visitor: Visitor, Today(today): Today) -> PageResult {
    let mut tx = state.db.read().await?;
    let until = today.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(NaiveDate::MAX);
    let figures = figures::key_figures(&mut tx, today, until).await?;
    let deadlines = deadlines::ahead(&mut tx, today, UPCOMING).await?;
    let upcoming = agenda::with_agencies(&mut tx, deadlines, today).await?;
    let latest = collections::latest(&mut tx, today, LATEST).await?;
    let areas = areas::counts(&mut tx, today).await?;
    page(&StartPage::new(Layout::new(&state, visitor, ""), &figures, upcoming, latest, areas))
}

/// The start page.
#[derive(Debug, Template)]
#[template(path = "start.html")]
pub struct StartPage {
    /// What every page has.
    pub layout: Layout,
    /// The register in numbers.
    pub figures: Vec<Figure>,
    /// The next deadlines.
    pub upcoming: Vec<AgendaRow>,
    /// What changed last.
    pub latest: Vec<Latest>,
    /// The subject areas with their collections.
    pub areas: Vec<AreaCount>,
}

/// One of the register's key figures.
#[derive(Debug)]
pub struct Figure {
    /// What is counted.
    pub term: &'static str,
    /// How many, with no-break spaces.
    pub number: String,
}

/// A collection that changed lately.
#[derive(Debug)]
pub struct Latest {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Agency and status.
    pub under: String,
}

/// A subject area and how many collections it has.
#[derive(Debug)]
pub struct AreaCount {
    /// Its name.
    pub name: String,
    /// Where its list is.
    pub href: String,
    /// How many.
    pub count: String,
}

impl StartPage {
    /// The page of the register as it is.
    #[must_use]
    pub fn new(
        layout: Layout,
        counts: &KeyFigures,
        upcoming: Vec<AgendaRow>,
        latest: Vec<Summary>,
        areas: Vec<(String, String, i64)>,
    ) -> Self {
        let figure = |number: i64, term: &'static str| Figure { term, number: text::whole(number) };
        let figures = vec![
            figure(counts.collections, "insamlingar, planerade eller beslutade"),
            figure(counts.asking_municipalities, "av dem riktar sig till kommuner"),
            figure(counts.agencies, "myndigheter och organisationer som samlar in"),
            figure(counts.items, "uppgifter som begärs"),
            figure(counts.rounds_ahead, "svarsdagar de närmaste 90 dagarna"),
        ];
        let latest = latest.into_iter().map(|row| Latest {
            under: format!("{} · {}", joined(&row.agencies), capital(row.status.label())),
            number: row.number,
            title: row.title,
        });
        let areas = areas.into_iter().map(|(code, name, count)| AreaCount {
            href: ListParams::area(&code).href(),
            name,
            count: text::whole(count),
        });
        Self { layout, figures, upcoming, latest: latest.collect(), areas: areas.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::agenda::Under;

    #[test]
    fn the_start_page_shows_figures_deadlines_and_areas() {
        let counts = KeyFigures {
            collections: 1_224,
            compulsory: 3,
            voluntary: 2,
            asking_municipalities: 200,
            items: 1_334,
            agencies: 1,
            rounds_ahead: 0,
        };
        let upcoming = vec![AgendaRow::new(agenda::tests::due("2027-03-15"), "SCB".into(), Under::Month)];
        let areas = vec![("vatten-och-avlopp".to_owned(), "Vatten och avlopp".to_owned(), 8)];
        let layout = Layout { demonstration: true, section: "", user: None };
        let html = StartPage::new(layout, &counts, upcoming, Vec::new(), areas).render().expect("a page");
        assert!(html.contains("1\u{a0}224") && html.contains("/insamlingar?omrade=vatten-och-avlopp"));
        assert!(html.contains("Titel &#60;b&#62;") && html.contains("Demonstrationsdata"));
    }
}
