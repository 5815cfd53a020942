//! Statistics of consultation for everyone: page, csv and workbook. What is chosen stands in the address.

pub mod tables;

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use self::tables::{Section, sections};
use super::failure::Failure;
use super::fields::Question;
use super::layout::{Layout, Today};
use super::page::{PageResult, page};
use super::papers::list::{WORKBOOK, file};
use super::params::{ignored, no_choice, typed};
use super::user::Visitor;
use crate::clock;
use crate::domain::consultation::configured::FIRST_YEAR;
use crate::domain::consultation::statistics::{Choice, Figures};
use crate::error::Result;
use crate::publish::figures::{self, Cell, Sheet};
use crate::state::AppState;
use crate::text;

/// What may be asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    ar: String,
    organ: String,
    myndighet: String,
    omrade: String,
}

impl Asked {
    fn choice(&self) -> Choice {
        Choice {
            year: self.ar.trim().parse().ok(),
            body: typed(self.organ.trim(), 20),
            agency: typed(self.myndighet.trim(), 20),
            area: typed(self.omrade.trim(), 80),
        }
    }
}

/// The years of which the page tells something.
fn known_years(figures: &Figures) -> BTreeSet<i64> {
    figures.years(&Choice::default()).iter().map(|one| one.year).collect()
}

/// What is asked for of what there is, with cases or without; and what is told of each value that there is not, which chooses nothing.
fn known(figures: &Figures, asked: &Asked, today: NaiveDate) -> (Choice, Vec<String>) {
    let choice = asked.choice();
    let is_year = |year: &i64| (FIRST_YEAR..=i64::from(today.year())).contains(year) || known_years(figures).contains(year);
    let mut unknown = Vec::new();
    let mut there_is = |typed: &str, is_known: bool, is_no: &str| {
        if !typed.trim().is_empty() && !is_known {
            unknown.push(no_choice(typed.trim(), is_no));
        }
        is_known
    };
    let year = choice.year.filter(is_year);
    there_is(&asked.ar, year.is_some(), "är inget år");
    let mut code = |typed: String, is_known: bool, is_no: &str| if there_is(&typed, is_known, is_no) { typed } else { String::new() };
    let is_body = figures.has_organisation(&choice.body);
    let body = code(choice.body, is_body, "är ingen samrådspart");
    let is_agency = figures.has_organisation(&choice.agency);
    let agency = code(choice.agency, is_agency, "är ingen myndighet");
    let is_area = figures.areas.contains(&choice.area);
    let area = code(choice.area, is_area, "är inget område");
    (Choice { year, body, agency, area }, unknown)
}

/// What a file is made of: a file of everything would be taken for one of what was asked for.
fn known_only(figures: &Figures, asked: &Asked, today: NaiveDate) -> Result<Choice, Failure> {
    let (choice, unknown) = known(figures, asked, today);
    if unknown.is_empty() { Ok(choice) } else { Err(Failure::bad_request(format!("{}.", unknown.join(", och ")))) }
}

/// The choice as the query of an address, with its question mark; empty where everything is chosen.
fn query(choice: &Choice) -> String {
    let year = choice.year.map(|year| year.to_string()).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("ar", &year), ("organ", &choice.body), ("myndighet", &choice.agency), ("omrade", &choice.area)] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

async fn read(state: &AppState) -> Result<Arc<Figures>> {
    let mut tx = state.db.read().await?;
    Ok(state.figures.get(&mut tx, clock::now()).await?)
}

/// `GET /statistik`
///
/// # Errors
/// The database does not answer.
pub async fn show(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Query(asked): Query<Asked>) -> PageResult {
    let figures = read(&state).await?;
    page(&StatisticsPage::new(Layout::new(&state, visitor, "/statistik"), &figures, &asked, today))
}

/// `GET /statistik/samrad.csv`
///
/// # Errors
/// The database does not answer.
pub async fn csv(State(state): State<AppState>, Today(today): Today, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let figures = read(&state).await?;
    let bytes = figures::csv(&sheets(&figures, &known_only(&figures, &asked, today)?, today))?;
    Ok(file("text/csv; charset=utf-8", &format!("samrad-{today}.csv"), bytes))
}

/// `GET /statistik/samrad.xlsx`
///
/// # Errors
/// The database does not answer.
pub async fn workbook(State(state): State<AppState>, Today(today): Today, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let figures = read(&state).await?;
    let bytes = figures::workbook("Statistik över samråd", &sheets(&figures, &known_only(&figures, &asked, today)?, today), today)?;
    Ok(file(WORKBOOK, &format!("samrad-{today}.xlsx"), bytes))
}

/// What stands beside every total.
const NOT_COLLECTIONS: &str = "Ärenden är inte insamlingar: samma insamling kan ha flera ärenden, och många insamlingar har inget.";

/// What is counted where of cases about collections that are not open.
const HIDDEN: &str = "Ärenden om insamlingar som inte visas öppet räknas med i det som gäller alla myndigheter och områden. I det som gäller \
                      en viss myndighet, ett visst område eller ett visst departement räknas de inte.";

/// The tables, and before them what they are made of.
fn sheets(figures: &Figures, choice: &Choice, today: NaiveDate) -> Vec<Sheet> {
    let or_all = |code: &str, all: &str| if code.is_empty() { all.to_owned() } else { figures.name(code).to_owned() };
    let lines = [
        ("Gjord den", today.to_string()),
        ("År", choice.year.map_or_else(|| "alla".to_owned(), |year| year.to_string())),
        ("Samrådspart", or_all(&choice.body, "alla")),
        ("Myndighet", or_all(&choice.agency, "alla")),
        ("Område", or_all(&choice.area, "alla")),
        ("Observera", NOT_COLLECTIONS.to_owned()),
        ("Inte öppna", HIDDEN.to_owned()),
    ];
    let rows = lines.map(|(name, value)| (name.to_owned(), vec![Cell::Text(value)])).into();
    let about = Sheet { name: "Om statistiken", first: "Uppgift", columns: vec!["Innehåll"], rows };
    std::iter::once(about).chain(sections(figures, choice).into_iter().map(|section| section.sheet)).collect()
}

/// A figure that stands for itself at the top.
#[derive(Debug)]
pub struct KeyFigure {
    /// What it is.
    pub term: String,
    /// The figure.
    pub number: String,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "statistics/show.html")]
pub struct StatisticsPage {
    /// The frame.
    pub layout: Layout,
    /// What can be chosen.
    pub questions: [Question; 4],
    /// What of the address cannot be chosen.
    pub unknown: Vec<String>,
    /// Whether less than everything is chosen.
    pub filtered: bool,
    /// Whether there is no case of the choice.
    pub empty: bool,
    /// Whether only the number of its year is known.
    pub count_only: bool,
    /// The figures that matter most.
    pub key_figures: Vec<KeyFigure>,
    /// The tables.
    pub sections: Vec<Section>,
    /// The choice as a query, for the files.
    pub query: String,
    /// What cases are not.
    pub caution: &'static str,
    /// What is counted where of cases about collections that are not open.
    pub hidden: &'static str,
}

impl StatisticsPage {
    /// The page of what is asked for.
    #[must_use]
    pub fn new(layout: Layout, figures: &Figures, asked: &Asked, today: NaiveDate) -> Self {
        let (choice, unknown) = known(figures, asked, today);
        let chosen = figures.chosen(&choice);
        let sum = chosen.sum(None);
        let mut key_figures = vec![
            KeyFigure { term: "Ärenden".to_owned(), number: text::whole(sum.cases) },
            KeyFigure { term: "Yttranden".to_owned(), number: text::whole(sum.answered) },
        ];
        for body in chosen.bodies() {
            let sum = chosen.sum(Some(body));
            let days = [
                (format!("Mediantid hos {body}, utan tiden hos myndigheten"), sum.body_days),
                (format!("Mediantid från begäran till yttrande, {body}"), sum.answer_days),
            ];
            key_figures.extend(days.into_iter().filter(|(_, days)| days.is_some()).map(|(term, days)| {
                let number = format!("{}\u{a0}dagar", Cell::Days(days).written());
                KeyFigure { term, number }
            }));
        }
        Self {
            questions: questions(figures, &choice),
            unknown: unknown.iter().map(|one| ignored(one)).collect(),
            filtered: choice != Choice::default(),
            empty: chosen.is_empty(),
            count_only: choice.year.is_some_and(|year| chosen.is_empty() && known_years(figures).contains(&year)),
            key_figures,
            sections: sections(figures, &choice),
            query: query(&choice),
            caution: NOT_COLLECTIONS,
            hidden: HIDDEN,
            layout,
        }
    }
}

/// What can be chosen by name; what is chosen stands among the rest, also where it has no case.
fn named<'a>(figures: &'a Figures, codes: impl Iterator<Item = &'a str>, chosen: &'a str, all: &str) -> Vec<(String, String)> {
    let codes: BTreeSet<&str> = codes.chain([chosen]).filter(|code| !code.is_empty()).collect();
    let mut named: Vec<(String, String)> = codes.into_iter().map(|code| (code.to_owned(), figures.name(code).to_owned())).collect();
    named.sort_by(|(_, a), (_, b)| text::swedish_order(a, b));
    named.insert(0, (String::new(), all.to_owned()));
    named
}

fn questions(figures: &Figures, choice: &Choice) -> [Question; 4] {
    let cases = || figures.cases.iter();
    let open = || cases().filter(|case| case.open);
    let mut years = known_years(figures);
    years.extend(choice.year);
    let years = years.into_iter().rev().map(|year| (year.to_string(), year.to_string()));
    let years: Vec<(String, String)> = std::iter::once((String::new(), "Alla år".to_owned())).chain(years).collect();
    let bodies = cases().flat_map(|case| &case.parts).map(|part| part.body.as_str());
    let bodies = bodies.chain(figures.earlier.iter().map(|one| one.body.as_str()));
    let (agencies, areas) = (open().map(|case| case.agency.as_str()), open().filter_map(|case| case.area.as_deref()));
    let year = choice.year.map(|year| year.to_string()).unwrap_or_default();
    [
        Question::new("ar", "År").choices(years, &[&year]),
        Question::new("organ", "Samrådspart").choices(named(figures, bodies, &choice.body, "Alla"), &[&choice.body]),
        Question::new("myndighet", "Myndighet").choices(named(figures, agencies, &choice.agency, "Alla myndigheter"), &[&choice.agency]),
        Question::new("omrade", "Område").choices(named(figures, areas, &choice.area, "Alla områden"), &[&choice.area]),
    ]
}
