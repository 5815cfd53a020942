//! The short status address that stands on an agency's form: what a person who got it needs to know, on one small page.

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;

use crate::db::whole;
use crate::domain::collection::Collection;
use crate::domain::documents::parts;
use crate::domain::identifier::CollectionNumber;
use crate::domain::round::{Round, When};
use crate::domain::terms::{Obligation, Status};
use crate::domain::wording;
use crate::error::Error;
use crate::state::AppState;
use crate::web::filters;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::Visitor;
use crate::web::view::{Fact, Facts, Link};

/// `GET /s/{nr}`
///
/// # Errors
/// There is no such collection, or it is not open today.
pub async fn show(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Path(number): Path<String>) -> PageResult {
    let number = CollectionNumber::parse(&number).ok_or(Error::NotFound)?;
    let mut tx = state.db.read().await?;
    let whole = whole::open_by_number(&mut tx, &state.kept, number, today).await?.ok_or(Error::NotFound)?;
    page(&StatusPage::new(Layout::new(&state, visitor, ""), &whole.collection, today))
}

/// The page behind the short address.
#[derive(Debug, Template)]
#[template(path = "documents/status.html")]
pub struct StatusPage {
    /// What every page has.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it is in its life, in a sentence.
    pub status: String,
    /// Whether answering is compulsory.
    pub obligation: Obligation,
    /// The same in a sentence.
    pub obligation_text: &'static str,
    /// Who asks, the last day to answer, whom to turn to.
    pub facts: Vec<Fact>,
}

impl StatusPage {
    /// The page of `collection` on `today`.
    #[must_use]
    pub fn new(layout: Layout, collection: &Collection, today: NaiveDate) -> Self {
        let content = &collection.content;
        let round = collection.next_round(today);
        let mail = content.contact_email.as_ref().map(|address| Link { name: address.clone(), href: Some(format!("mailto:{address}")) });
        let facts = Facts::default()
            .with(if collection.responsible.len() > 1 { "Ansvariga" } else { "Ansvarig" }, parts::sender(collection))
            .maybe("Omgång", round.map(|round| round.label.clone()).filter(|label| !label.is_empty()))
            .maybe("Sista dag att svara", round.and_then(|round| round.deadline.as_ref()).map(wording::when))
            .maybe("Frågor besvaras av", content.contact_function.clone())
            .linked("E-post", mail)
            .done();
        Self {
            layout,
            number: collection.number.map(|number| number.to_string()).unwrap_or_default(),
            title: content.title.clone(),
            status: status(collection, round, today),
            obligation: content.obligation,
            obligation_text: wording::obligation(content.obligation),
            facts,
        }
    }
}

/// Where the collection is in its life, in a sentence.
fn status(collection: &Collection, round: Option<&Round>, today: NaiveDate) -> String {
    let known = |when: &Option<When>| when.as_ref().map(wording::when);
    match (collection.status, round) {
        (Status::Draft | Status::Planned, _) => "Insamlingen är planerad. Den är inte beslutad.".to_owned(),
        (Status::Ended, _) => "Insamlingen är avslutad. Inga fler svar begärs.".to_owned(),
        (Status::Withdrawn, _) => "Insamlingen är återkallad. Du behöver inte svara.".to_owned(),
        (Status::Decided, None) => "Insamlingen är beslutad. Ingen kommande svarsdag är angiven.".to_owned(),
        (Status::Decided, Some(round)) => match (round.dispatch.is_some() && round.has_begun(today), known(&round.deadline)) {
            (true, Some(deadline)) => format!("Insamlingen är beslutad och pågår. Svara senast {deadline}."),
            (_, Some(deadline)) => format!("Insamlingen är beslutad. Nästa gång ska svaren lämnas senast {deadline}."),
            (_, None) => "Insamlingen är beslutad.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::samples;
    use crate::domain::terms::Kind;

    #[test]
    fn the_status_is_told_in_a_sentence() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let mut collection = samples::collection(Kind::Survey);
        let told = |collection: &Collection, today| status(collection, collection.next_round(today), today);
        assert!(told(&collection, day("2026-11-22")).contains("Nästa gång ska svaren lämnas senast 28\u{a0}mars 2027."));
        assert!(told(&collection, day("2027-02-01")).contains("pågår. Svara senast 28\u{a0}mars 2027."));
        assert!(told(&collection, day("2028-01-01")).contains("Ingen kommande svarsdag"));
        for (is, said) in [(Status::Planned, "inte beslutad"), (Status::Ended, "avslutad"), (Status::Withdrawn, "inte svara")] {
            collection.status = is;
            assert!(told(&collection, day("2026-11-22")).contains(said), "{is:?}");
        }
    }

    #[test]
    fn the_page_leads_to_the_whole_record() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let layout = Layout { demonstration: false, section: "", user: None };
        let html = StatusPage::new(layout, &samples::collection(Kind::Survey), today).render().expect("a page");
        for said in ["/insamlingar/2026-0042", "Det är obligatoriskt att svara.", "mailto:statistik@myndigheten.example", "Skolverket"] {
            assert!(html.contains(said), "{said}");
        }
    }
}
