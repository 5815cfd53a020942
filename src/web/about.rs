//! What the register is, where its data come from, and how accessible it is.

use std::sync::OnceLock;

use askama::Template;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;

use super::filters;
use super::layout::Layout;
use super::page::{PageResult, page};
use super::user::Visitor;
use crate::error::Error;
use crate::state::AppState;

/// Sources and licences of the reference data, kept beside the data files.
const SOURCES: &str = include_str!("../../static/reference/sources.json");

/// `GET /om`
///
/// # Errors
/// The list of sources cannot be read, which is a fault of ours.
pub async fn about(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let sources = sources().ok_or_else(|| Error::internal("sources.json is not as the program expects"))?;
    page(&AboutPage { layout: Layout::new(&state, visitor, "/om"), sources })
}

/// `GET /om/tillganglighet`
///
/// # Errors
/// Never in practice: the page has no data.
pub async fn accessibility(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    page(&AccessibilityPage { layout: Layout::new(&state, visitor, "/om") })
}

/// `GET /om/personuppgifter`
///
/// # Errors
/// Never in practice: the page has no data.
pub async fn personal_data(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    page(&PersonalDataPage { layout: Layout::new(&state, visitor, "/om") })
}

fn sources() -> Option<&'static Sources> {
    static READ: OnceLock<Option<Sources>> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(SOURCES).ok()).as_ref()
}

/// The sources of one version of the reference data.
#[derive(Debug, Deserialize)]
pub struct Sources {
    /// The version, a date.
    pub version: NaiveDate,
    /// Each source.
    pub sources: Vec<Source>,
}

/// Where some of the data come from.
#[derive(Debug, Deserialize)]
pub struct Source {
    /// What is taken from it.
    pub what: String,
    /// Who made it.
    pub source: String,
    /// Under which licence.
    pub licence: String,
    /// What there is to know.
    pub note: String,
}

/// What the register is.
#[derive(Debug, Template)]
#[template(path = "about/about.html")]
pub struct AboutPage {
    /// The frame.
    pub layout: Layout,
    /// Sources and licences.
    pub sources: &'static Sources,
}

/// What is kept about people, why and for how long.
#[derive(Debug, Template)]
#[template(path = "about/personal_data.html")]
pub struct PersonalDataPage {
    /// The frame.
    pub layout: Layout,
}

/// The accessibility statement that lagen (2018:1937) and MDFFS 2019:2 ask for, as a draft for whoever runs the register.
#[derive(Debug, Template)]
#[template(path = "about/accessibility.html")]
pub struct AccessibilityPage {
    /// The frame.
    pub layout: Layout,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_source_with_its_licence() {
        let sources = sources().expect("sources.json");
        let html = AboutPage { layout: Layout { demonstration: true, section: "/om", user: None }, sources }.render().expect("a page");
        assert!(sources.sources.len() > 5 && html.matches("data-label=\"Licens\"").count() == sources.sources.len());
        assert!(html.contains("EUPL-1.2") && html.contains("Statistiska centralbyrån"));
    }

    #[test]
    fn the_statement_has_what_the_rules_ask_for() {
        let html = AccessibilityPage { layout: Layout { demonstration: false, section: "/om", user: None } }.render().expect("a page");
        for part in [
            "2018:1937",
            "MDFFS 2019:2",
            "helt förenlig",
            "EN 301 549",
            "12 §",
            "9 §",
            "https://www.digg.se/tdosanmalan",
            "självskattning",
            "Utkast",
        ] {
            assert!(html.contains(part), "{part}");
        }
    }
}
