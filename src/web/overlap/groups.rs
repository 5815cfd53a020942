//! Groups of collections that confirmed overlaps connect: page, csv and workbook.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::grouped::{Group, Grouped};
use crate::actions::pairs::sight;
use crate::domain::access::Action;
use crate::domain::terms::Status;
use crate::domain::wording;
use crate::error::Result;
use crate::publish::table::Table;
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::filters::{self, capital};
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::papers::list::{WORKBOOK, file};
use crate::web::user::{User, Visitor};
use crate::web::view::{Link, Pages};

/// The groups on a page.
const PER_PAGE: usize = 20;

/// Which page of a list.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    #[serde(default)]
    sida: String,
}

impl Part {
    /// The page that is asked for, among as many as `count` things need; the last one where it is beyond the end.
    #[must_use]
    pub fn of(&self, count: usize) -> (usize, usize) {
        let last = count.div_ceil(PER_PAGE).max(1);
        (self.sida.parse().unwrap_or(1).clamp(1, last), last)
    }
}

/// What of a list stands on this page, with its number before it.
pub fn on_page<T>(all: &[T], number: usize) -> impl Iterator<Item = (usize, &T)> {
    all.iter().enumerate().skip((number - 1) * PER_PAGE).take(PER_PAGE).map(|(at, one)| (at + 1, one))
}

/// The pages of a list at `path`.
#[must_use]
pub fn pages(path: &str, (number, last): (usize, usize)) -> Pages {
    Pages::new(number, last, |number| if number > 1 { format!("{path}?sida={number}") } else { path.to_owned() })
}

/// What the reader may know of.
///
/// # Errors
/// The user is no reviewer.
pub async fn read(state: &AppState, user: &User, today: NaiveDate) -> Result<Grouped> {
    user.require(Action::ReviewOverlaps)?;
    Grouped::read(&mut state.db.read().await?, sight(&user.actor, today)).await
}

/// `GET /liknande/grupper`
///
/// # Errors
/// The user is no reviewer.
pub async fn show(State(state): State<AppState>, user: User, Today(today): Today, Query(part): Query<Part>) -> PageResult {
    let grouped = read(&state, &user, today).await?;
    let (number, last) = part.of(grouped.groups.len());
    page(&GroupsPage {
        layout: Layout::new(&state, Visitor(Some(user)), "/liknande"),
        groups: on_page(&grouped.groups, number).map(|(at, group)| GroupRow::new(at, group, &grouped)).collect(),
        total: grouped.groups.len(),
        pages: pages("/liknande/grupper", (number, last)),
    })
}

/// `GET /liknande/grupper.csv`
///
/// # Errors
/// The user is no reviewer.
pub async fn csv(State(state): State<AppState>, user: User, Today(today): Today) -> Result<Response, Failure> {
    let table = table(&state, &user, today).await?;
    Ok(file("text/csv; charset=utf-8", &format!("grupper-{today}.csv"), table.csv()?))
}

/// `GET /liknande/grupper.xlsx`
///
/// # Errors
/// The user is no reviewer.
pub async fn workbook(State(state): State<AppState>, user: User, Today(today): Today) -> Result<Response, Failure> {
    let table = table(&state, &user, today).await?;
    Ok(file(WORKBOOK, &format!("grupper-{today}.xlsx"), table.workbook()?))
}

const COLUMNS: [(&str, f64); 8] = [
    ("Grupp", 8.0),
    ("Insamlingar i gruppen", 13.0),
    ("Gemensamma uppgifter", 14.0),
    ("Nummer", 12.0),
    ("Titel", 45.0),
    ("Status", 12.0),
    ("Myndigheter", 40.0),
    ("Hur ofta", 24.0),
];

async fn table(state: &AppState, user: &User, today: NaiveDate) -> Result<Table> {
    let grouped = read(state, user, today).await?;
    let mut rows = Vec::new();
    for (at, group) in (1..).zip(&grouped.groups) {
        for collection in &group.collections {
            let Some(member) = grouped.member(*collection) else { continue };
            rows.push(vec![
                i32::to_string(&at),
                group.collections.len().to_string(),
                group.items.to_string(),
                member.number.clone(),
                member.title.clone(),
                member.status.label().to_owned(),
                names(&grouped, *collection),
                wording::how_often(member.periodicity, member.periodicity_words.as_deref()),
            ]);
        }
    }
    Ok(Table { name: "Grupper av insamlingar", columns: &COLUMNS, rows, made_on: today })
}

/// The names of those who are responsible, in a cell.
#[must_use]
pub fn names(grouped: &Grouped, collection: Uuid) -> String {
    grouped.agencies(collection).iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join("; ")
}

/// A collection of a group.
#[derive(Debug)]
pub struct MemberRow {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it is in its life, where it is over.
    pub over: Option<Status>,
    /// Those who are responsible.
    pub agencies: Vec<Link>,
    /// How often.
    pub how_often: String,
}

impl MemberRow {
    /// A collection, if it has a number.
    #[must_use]
    pub fn new(collection: Uuid, grouped: &Grouped) -> Option<Self> {
        let member = grouped.member(collection)?;
        Some(Self {
            number: member.number.clone(),
            title: member.title.clone(),
            over: Some(member.status).filter(|status| status.is_over()),
            agencies: grouped.agencies(collection).iter().map(Link::from).collect(),
            how_often: capital(&wording::how_often(member.periodicity, member.periodicity_words.as_deref())),
        })
    }
}

/// A group.
#[derive(Debug)]
pub struct GroupRow {
    /// Its place among all.
    pub number: usize,
    /// How big it is, in words.
    pub size: String,
    /// How much its collections have in common, in words.
    pub common: String,
    /// Its collections.
    pub members: Vec<MemberRow>,
}

impl GroupRow {
    fn new(number: usize, group: &Group, grouped: &Grouped) -> Self {
        let items = i64::try_from(group.items).unwrap_or(i64::MAX);
        Self {
            number,
            size: text::counted(i64::try_from(group.collections.len()).unwrap_or(i64::MAX), "insamling", "insamlingar"),
            common: match items {
                0 => "ingen enskild uppgift är markerad som samma".to_owned(),
                some => text::counted(some, "gemensam uppgift", "gemensamma uppgifter"),
            },
            members: group.collections.iter().filter_map(|one| MemberRow::new(*one, grouped)).collect(),
        }
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "overlap/groups.html")]
pub struct GroupsPage {
    /// The frame.
    pub layout: Layout,
    /// The groups of this page.
    pub groups: Vec<GroupRow>,
    /// How many there are on all pages.
    pub total: usize,
    /// The pages of the list.
    pub pages: Pages,
}
