//! The documents of a collection: the list of them, and each as a page to print and as docx.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::list::file;
use super::read::{Readable, readable};
use crate::domain::documents::model::{self, Block, Document, Span};
use crate::domain::documents::{DocumentKind, build};
use crate::error::Error;
use crate::publish::docx::docx;
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::filters;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::Visitor;

/// The media type of docx.
pub(in crate::web) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// What the address may say beside the document.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// `planerad`: the planned version, for the parties.
    version: Option<String>,
}

impl Params {
    fn planned(&self) -> bool {
        self.version.as_deref() == Some("planerad")
    }
}

/// `GET /insamlingar/{nr}/handlingar`
///
/// # Errors
/// There is no such collection that whoever asks may read.
pub async fn list(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Path(number): Path<String>) -> PageResult {
    let readable = readable(&mut state.db.read().await?, &visitor, &number, false, today).await?;
    let address = readable.record(&state.config.base_url, today).status_address();
    page(&ListPage::new(Layout::new(&state, visitor, "/insamlingar"), &readable, address))
}

/// `GET /insamlingar/{nr}/handlingar/{slag}`, and with `.docx` the same document as a file.
///
/// # Errors
/// There is no such document that whoever asks may read.
pub async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    Path((number, name)): Path<(String, String)>,
    Query(params): Query<Params>,
) -> Result<Response, Failure> {
    let code = name.strip_suffix(".docx").unwrap_or(&name);
    let kind = DocumentKind::from_code(code).ok_or(Error::NotFound)?;
    let readable = readable(&mut state.db.read().await?, &visitor, &number, params.planned(), today).await?;
    if !(kind.is_open() || readable.is_party) {
        return Err(Error::NotFound.into());
    }
    let document = build(kind, &readable.record(&state.config.base_url, today)).ok_or(Error::NotFound)?;
    if code.len() < name.len() {
        return Ok(file(DOCX, &format!("{code}-{number}.docx"), docx(&document)?));
    }
    let layout = Layout::new(&state, visitor, "/insamlingar");
    let query = if params.planned() { "?version=planerad" } else { "" };
    page(&ShowPage { layout, number: document.number.clone(), code: kind.code(), query, document })
}

/// A document as a page.
#[derive(Debug, Template)]
#[template(path = "documents/show.html")]
pub struct ShowPage {
    /// The frame, which is not printed.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// The last part of the document's address.
    pub code: &'static str,
    /// What follows the address: which version.
    pub query: &'static str,
    /// The document.
    pub document: Document,
}

/// A document as a page of its own, for the case: it looks for its style sheet beside it.
#[derive(Debug, Template)]
#[template(path = "documents/alone.html")]
pub struct AlonePage {
    /// The document.
    pub document: Document,
}

/// The documents of a collection.
#[derive(Debug, Template)]
#[template(path = "documents/index.html")]
pub struct ListPage {
    /// What every page has.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The short status address, which stands on the form.
    pub address: String,
    /// The documents.
    pub documents: Vec<Offered>,
    /// Whether whoever asks is one of the parties.
    pub is_party: bool,
    /// Whether a change is planned beside the decided version.
    pub has_revision: bool,
}

/// A document that can be had.
#[derive(Debug)]
pub struct Offered {
    /// The last part of its address.
    pub code: &'static str,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub about: &'static str,
    /// Whether it is one that only the parties have.
    pub closed: bool,
}

impl ListPage {
    /// The page of `readable`, whose short address is `address`.
    #[must_use]
    pub fn new(layout: Layout, readable: &Readable, address: String) -> Self {
        let content = &readable.collection.content;
        let offered = DocumentKind::of(content.kind).filter(|kind| kind.is_open() || readable.is_party);
        let offered = offered.map(|kind| Offered {
            code: kind.code(),
            name: filters::capital(kind.label()),
            about: about(kind),
            closed: !kind.is_open(),
        });
        Self {
            layout,
            number: readable.collection.number.map(|number| number.to_string()).unwrap_or_default(),
            title: content.title.clone(),
            address,
            documents: offered.collect(),
            is_party: readable.is_party,
            has_revision: readable.has_revision && readable.is_party,
        }
    }
}

fn about(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Decision => {
            "Beslutet med de fem punkterna i 4 § förordningen (1982:668), eller ett förslag medan insamlingen är planerad."
        }
        DocumentKind::Basis => "Syfte, rättslig grund, uppgifter, omgångar och samråd samlat.",
        DocumentKind::Notice => "Det som alla som tillfrågas ska få veta. Om det är obligatoriskt eller frivilligt att svara står först.",
        DocumentKind::CoverLetter => "Ett utkast till brev att skicka ut med frågorna.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::samples;
    use crate::domain::terms::Kind;

    fn rendered(change: impl FnOnce(&mut crate::domain::collection::Collection)) -> String {
        let mut collection = samples::collection(Kind::Survey);
        change(&mut collection);
        let document = samples::built(DocumentKind::Decision, &collection).expect("a decision");
        AlonePage { document }.render().expect("a page")
    }

    #[test]
    fn the_page_has_one_title_and_headings_below_it() {
        let html = rendered(|_| ());
        assert_eq!(html.matches("<h1>").count(), 1);
        for said in [
            "<h1>Beslut om enkät</h1>",
            "<h2>1. Skyldighet att lämna uppgifterna</h2>",
            "<a href=\"https://lag.example/2010:800\">26 kap. 25 § skollagen (2010:800)</a>",
            "<th scope=\"col\" role=\"columnheader\">Sista svarsdag</th>",
            "Diarienummer",
        ] {
            assert!(html.contains(said), "{said}\n{html}");
        }
    }

    #[test]
    fn what_somebody_typed_is_text_and_blanks_are_marked() {
        let html = rendered(|collection| {
            collection.content.title = "<script>alert(1)</script>".into();
            collection.content.observe = None;
        });
        assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"));
        assert!(html.contains("<mark class=\"blank\">[ange vad uppgiftslämnaren ska iaktta]</mark>"), "{html}");
    }
}
