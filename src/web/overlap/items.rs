//! Items that several agencies ask for (*begärs av flera myndigheter*): page, csv and workbook.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::NaiveDate;

use super::grouped::{Cluster, Grouped, ItemKey};
use super::groups::{MemberRow, Part, names, on_page, pages, read};
use crate::domain::wording;
use crate::error::Result;
use crate::publish::table::Table;
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::filters;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::papers::list::{WORKBOOK, file};
use crate::web::user::{User, Visitor};
use crate::web::view::Pages;

/// `GET /liknande/uppgifter`
///
/// # Errors
/// The user is no reviewer.
pub async fn show(State(state): State<AppState>, user: User, Today(today): Today, Query(part): Query<Part>) -> PageResult {
    let grouped = read(&state, &user, today).await?;
    let (number, last) = part.of(grouped.clusters.len());
    page(&ItemsPage {
        layout: Layout::new(&state, Visitor(Some(user)), "/liknande"),
        clusters: on_page(&grouped.clusters, number).map(|(at, one)| ClusterRow::new(at, one, &grouped)).collect(),
        total: grouped.clusters.len(),
        pages: pages("/liknande/uppgifter", (number, last)),
    })
}

/// `GET /liknande/uppgifter.csv`
///
/// # Errors
/// The user is no reviewer.
pub async fn csv(State(state): State<AppState>, user: User, Today(today): Today) -> Result<Response, Failure> {
    let table = table(&state, &user, today).await?;
    Ok(file("text/csv; charset=utf-8", &format!("begars-av-flera-{today}.csv"), table.csv()?))
}

/// `GET /liknande/uppgifter.xlsx`
///
/// # Errors
/// The user is no reviewer.
pub async fn workbook(State(state): State<AppState>, user: User, Today(today): Today) -> Result<Response, Failure> {
    let table = table(&state, &user, today).await?;
    Ok(file(WORKBOOK, &format!("begars-av-flera-{today}.xlsx"), table.workbook()?))
}

const COLUMNS: [(&str, f64); 9] = [
    ("Uppgift nr", 9.0),
    ("Antal myndigheter", 12.0),
    ("Myndighet", 36.0),
    ("Uppgift", 40.0),
    ("Definition", 50.0),
    ("Insamling", 12.0),
    ("Insamlingens titel", 40.0),
    ("Status", 12.0),
    ("Hur ofta", 24.0),
];

async fn table(state: &AppState, user: &User, today: NaiveDate) -> Result<Table> {
    let grouped = read(state, user, today).await?;
    let mut rows = Vec::new();
    for (at, cluster) in (1..).zip(&grouped.clusters) {
        for key in &cluster.items {
            let (Some(member), Some(item)) = (grouped.member(key.0), grouped.item(*key)) else { continue };
            rows.push(vec![
                i32::to_string(&at),
                cluster.agencies.to_string(),
                names(&grouped, key.0),
                item.label.clone(),
                item.definition.clone().unwrap_or_default(),
                member.number.clone(),
                member.title.clone(),
                member.status.label().to_owned(),
                wording::how_often(member.periodicity, member.periodicity_words.as_deref()),
            ]);
        }
    }
    Ok(Table { name: "Begärs av flera myndigheter", columns: &COLUMNS, rows, made_on: today })
}

/// An item as one collection asks for it.
#[derive(Debug)]
pub struct AskedRow {
    /// The collection.
    pub member: MemberRow,
    /// What the item is called there.
    pub label: String,
    /// What it means there.
    pub definition: Option<String>,
}

impl AskedRow {
    fn new(key: ItemKey, grouped: &Grouped) -> Option<Self> {
        let item = grouped.item(key)?;
        Some(Self { member: MemberRow::new(key.0, grouped)?, label: item.label.clone(), definition: item.definition.clone() })
    }
}

/// An item that several agencies ask for.
#[derive(Debug)]
pub struct ClusterRow {
    /// Its place among all.
    pub number: usize,
    /// What the first collection calls it.
    pub label: String,
    /// How many agencies ask for it.
    pub agencies: usize,
    /// How each collection asks for it.
    pub rows: Vec<AskedRow>,
}

impl ClusterRow {
    fn new(number: usize, cluster: &Cluster, grouped: &Grouped) -> Self {
        let rows: Vec<AskedRow> = cluster.items.iter().filter_map(|key| AskedRow::new(*key, grouped)).collect();
        let label = rows.first().map(|row| row.label.clone()).unwrap_or_default();
        Self { number, label, agencies: cluster.agencies, rows }
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "overlap/items.html")]
pub struct ItemsPage {
    /// The frame.
    pub layout: Layout,
    /// The items of this page.
    pub clusters: Vec<ClusterRow>,
    /// How many there are on all pages.
    pub total: usize,
    /// The pages of the list.
    pub pages: Pages,
}
