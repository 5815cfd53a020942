//! How to send in collections as a file: what each column holds, and the template to fill in.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;
use super::filters;
use super::layout::Layout;
use super::page::{PageResult, page};
use super::user::Visitor;
use crate::db::{areas, organisations};
use crate::domain::column::{COLLECTION_SHEET, Column, Form, ITEM_SHEET, ROUND_SHEET, columns};
use crate::publish;
use crate::state::AppState;

/// `GET /om/import`
///
/// # Errors
/// The database does not answer.
pub async fn show(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let mut tx = state.db.read().await?;
    let areas = areas::all(&mut tx).await?.into_iter().map(|(_, name)| name).collect();
    page(&ImportPage::new(Layout::new(&state, visitor, "/om"), areas))
}

/// `GET /om/import/mall.xlsx`
///
/// # Errors
/// The database does not answer, or the workbook cannot be written.
pub async fn template(State(state): State<AppState>) -> Result<Response, Failure> {
    let mut tx = state.db.read().await?;
    let areas = areas::all(&mut tx).await?;
    let departments = organisations::departments(&mut tx).await?;
    // the workbook takes a while to build, and needs no connection meanwhile
    drop(tx);
    let bytes = publish::template::template(&areas, &departments)?;
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"insamlingar-mall.xlsx\""),
    ];
    Ok((headers, bytes).into_response())
}

/// How to send in collections as a file.
#[derive(Debug, Template)]
#[template(path = "about/import.html")]
pub struct ImportPage {
    /// The frame.
    pub layout: Layout,
    /// The columns by sheet.
    pub sheets: Vec<Sheet>,
    /// The subject areas.
    pub areas: Vec<String>,
}

/// A sheet of the file.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its columns.
    pub columns: Vec<ColumnRow>,
}

/// A column in words.
#[derive(Debug)]
pub struct ColumnRow {
    /// Its heading.
    pub heading: &'static str,
    /// Whether every row must have it.
    pub required: bool,
    /// What it means.
    pub help: &'static str,
    /// The provision that asks for it.
    pub reference: Option<&'static str>,
    /// What is allowed.
    pub allowed: String,
    /// A value that is allowed.
    pub example: &'static str,
}

impl ImportPage {
    /// The page, with the names of the subject areas.
    #[must_use]
    pub fn new(layout: Layout, areas: Vec<String>) -> Self {
        let sheets = [
            (COLLECTION_SHEET, "En rad för varje insamling."),
            (ITEM_SHEET, "En rad för varje uppgift som begärs. Den egna referensen visar vilken insamling uppgiften hör till."),
            (ROUND_SHEET, "En rad för varje omgång. Den egna referensen visar vilken insamling omgången hör till."),
        ];
        let sheet = |(name, about)| Sheet {
            name,
            about,
            columns: columns().iter().filter(|column| column.sheet() == name).map(ColumnRow::from).collect(),
        };
        Self { layout, sheets: sheets.into_iter().map(sheet).collect(), areas }
    }
}

impl From<&Column> for ColumnRow {
    fn from(column: &Column) -> Self {
        let allowed = match column.form {
            Form::Area => "ett av ämnesområdena längre ned på sidan".to_owned(),
            form => form.in_words(),
        };
        Self {
            heading: column.heading(),
            required: column.required,
            help: column.help,
            reference: column.reference,
            allowed,
            example: column.example,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_explained_once() {
        let page = ImportPage::new(Layout { demonstration: false, section: "/om", user: None }, vec!["Utbildning".into()]);
        assert_eq!(page.sheets.iter().map(|sheet| sheet.columns.len()).sum::<usize>(), columns().len());
        assert!(page.sheets[0].columns.iter().any(|column| column.heading == "titel" && column.required));
        let html = page.render().expect("a page");
        assert!(html.contains("/om/import/mall.xlsx") && html.contains("<li>Utbildning</li>") && html.contains("Svarsskyldighet"));
    }
}
