//! Statistics of consultation for everyone: page, csv and workbook. What is chosen stands in the address.

pub mod tables;

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use self::tables::{Section, sections};
use super::failure::Failure;
use super::fields::Question;
use super::layout::{Layout, Today};
use super::page::{PageResult, page};
use super::papers::list::{WORKBOOK, file};
use super::params::{no_choice, typed};
use super::user::Visitor;
use crate::clock;
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
            body: typed(&self.organ, 20),
            agency: typed(&self.myndighet, 20),
            area: typed(&self.omrade, 80),
        }
    }
}

/// What is chosen of what can be, what can be, and what is told of each value that cannot.
fn known(figures: &Figures, asked: &Asked) -> (Choice, [Question; 4], Vec<String>) {
    let mut choice = asked.choice();
    let questions = questions(figures, &choice);
    let mut unknown = Vec::new();
    let values = [&asked.ar, &asked.organ, &asked.myndighet, &asked.omrade];
    for ((at, value), is_no) in
        values.into_iter().enumerate().zip(["är inget år", "är ingen samrådspart", "är ingen myndighet", "är inget område"])
    {
        let value = value.trim();
        if value.is_empty() || questions[at].choices.iter().any(|one| one.value == value) {
            continue;
        }
        unknown.push(no_choice(value, is_no));
        match at {
            0 => choice.year = None,
            1 => choice.body.clear(),
            2 => choice.agency.clear(),
            _ => choice.area.clear(),
        }
    }
    (choice, questions, unknown)
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
pub async fn show(State(state): State<AppState>, visitor: Visitor, Query(asked): Query<Asked>) -> PageResult {
    let figures = read(&state).await?;
    page(&StatisticsPage::new(Layout::new(&state, visitor, "/statistik"), &figures, &asked))
}

/// `GET /statistik/samrad.csv`
///
/// # Errors
/// The database does not answer.
pub async fn csv(State(state): State<AppState>, Today(today): Today, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let figures = read(&state).await?;
    let bytes = figures::csv(&sheets(&figures, &known(&figures, &asked).0, today))?;
    Ok(file("text/csv; charset=utf-8", &format!("samrad-{today}.csv"), bytes))
}

/// `GET /statistik/samrad.xlsx`
///
/// # Errors
/// The database does not answer.
pub async fn workbook(State(state): State<AppState>, Today(today): Today, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let figures = read(&state).await?;
    let bytes = figures::workbook("Statistik över samråd", &sheets(&figures, &known(&figures, &asked).0, today), today)?;
    Ok(file(WORKBOOK, &format!("samrad-{today}.xlsx"), bytes))
}

/// What stands beside every total.
const NOT_COLLECTIONS: &str = "Ärenden är inte insamlingar: samma insamling kan ha flera ärenden, och många insamlingar har inget.";

/// What is counted where of cases about collections that are not open.
const HIDDEN: &str = "Ärenden om insamlingar som inte visas öppet räknas med i det som gäller alla myndigheter och områden. I det som gäller \
                      en viss myndighet, ett visst område eller ett visst departement räknas de inte.";

/// The tables, and before them what they are made of.
fn sheets(figures: &Figures, choice: &Choice, today: chrono::NaiveDate) -> Vec<Sheet> {
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
    pub fn new(layout: Layout, figures: &Figures, asked: &Asked) -> Self {
        let (choice, questions, unknown) = known(figures, asked);
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
            questions,
            unknown,
            filtered: choice != Choice::default(),
            empty: chosen.is_empty(),
            key_figures,
            sections: sections(figures, &choice),
            query: query(&choice),
            caution: NOT_COLLECTIONS,
            hidden: HIDDEN,
            layout,
        }
    }
}

fn questions(figures: &Figures, choice: &Choice) -> [Question; 4] {
    let named = |codes: BTreeSet<&str>, all: &str| {
        let mut named: Vec<(String, String)> = codes.into_iter().map(|code| (code.to_owned(), figures.name(code).to_owned())).collect();
        named.sort_by(|(_, a), (_, b)| text::swedish_order(a, b));
        named.insert(0, (String::new(), all.to_owned()));
        named
    };
    let cases = || figures.cases.iter();
    let open = || cases().filter(|case| case.open);
    let years: BTreeSet<i64> = cases().map(|case| case.year).collect();
    let years = years.into_iter().rev().map(|year| (year.to_string(), year.to_string()));
    let years: Vec<(String, String)> = std::iter::once((String::new(), "Alla år".to_owned())).chain(years).collect();
    let bodies = cases().flat_map(|case| &case.parts).map(|part| part.body.as_str());
    let bodies: BTreeSet<&str> = bodies.chain(figures.earlier.iter().map(|one| one.body.as_str())).collect();
    let year = choice.year.map(|year| year.to_string()).unwrap_or_default();
    [
        Question::new("ar", "År").choices(years, &[&year]),
        Question::new("organ", "Samrådspart").choices(named(bodies, "Alla"), &[&choice.body]),
        Question::new("myndighet", "Myndighet")
            .choices(named(open().map(|case| case.agency.as_str()).collect(), "Alla myndigheter"), &[&choice.agency]),
        Question::new("omrade", "Område")
            .choices(named(open().filter_map(|case| case.area.as_deref()).collect(), "Alla områden"), &[&choice.area]),
    ]
}
