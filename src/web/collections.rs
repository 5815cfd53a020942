//! The list of collections: search, filters with counts, pages.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum_extra::extract::Query;
use uuid::Uuid;

use super::facets::{self, Chosen, FacetBox, Names, Suggested};
use super::filters::{self, joined};
use super::layout::{Layout, Today};
use super::page::{PageResult, page};
use super::params::{ListParams, RawListParams};
use super::user::Visitor;
use super::view::Pages;
use crate::db::collections::{self, Summary};
use crate::domain::terms::{Obligation, Status};
use crate::search::{Hit, Request, Results, Segment, Sort, Suggestion};
use crate::state::AppState;
use crate::text;

/// How many collections stand on a page.
const PER_PAGE: usize = 20;

/// `GET /insamlingar`
///
/// # Errors
/// The index or the database does not answer.
pub async fn list(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Query(raw): Query<RawListParams>) -> PageResult {
    let mut params = ListParams::from(raw);
    let mut tx = state.db.read().await?;
    let names = Names::read(&mut tx, state.index.names(), &params).await?;
    params.chosen.retain(|(facet, code)| names.knows(*facet, code));
    let mut request = Request {
        filters: params.filters(),
        municipality: params.respondent.clone(),
        sort: params.order,
        page: params.page,
        per_page: PER_PAGE,
        ..Request::new(params.text.clone(), today)
    };
    if names.unknown_respondent(&params).is_some() {
        let everyone = state.index.search(&Request { municipality: None, facets: false, page: 1, per_page: 1, ..request })?;
        let suggestions = Vec::from_iter((everyone.total > 0).then_some(Suggestion::WithoutMunicipality { count: everyone.total }));
        let nothing = Results { suggestions, ..Results::default() };
        return page(&ListPage::new(Layout::new(&state, visitor, "/insamlingar"), &params, nothing, Vec::new(), &names));
    }
    let mut results = state.index.search(&request)?;
    if results.hits.is_empty() && results.total > 0 {
        // beyond the end: the last page helps more than an empty one
        params.page = last_page(results.total);
        request.page = params.page;
        results = state.index.search(&request)?;
    }
    let ids: Vec<Uuid> = results.hits.iter().map(|hit| hit.id).collect();
    let summaries = if ids.is_empty() { Vec::new() } else { collections::summaries(&mut tx, &ids, today).await? };
    page(&ListPage::new(Layout::new(&state, visitor, "/insamlingar"), &params, results, summaries, &names))
}

fn last_page(total: usize) -> usize {
    total.div_ceil(PER_PAGE).max(1)
}

/// The list of collections.
#[derive(Debug, Template)]
#[template(path = "collections/list.html")]
pub struct ListPage {
    /// The frame.
    pub layout: Layout,
    /// The words searched for.
    pub text: String,
    /// What a new search keeps.
    pub hidden: Vec<Hidden>,
    /// How many were found.
    pub heading: String,
    /// Which of them are shown: `21–40`; none when all are.
    pub range: Option<String>,
    /// The orders to choose from.
    pub sorts: Vec<SortLink>,
    /// The chosen filters.
    pub chosen: Vec<Chosen>,
    /// The list without them.
    pub cleared: String,
    /// The filters to choose from.
    pub facets: Vec<FacetBox>,
    /// What the search made of the words.
    pub notices: Vec<String>,
    /// The found collections.
    pub rows: Vec<Row>,
    /// Help when nothing was found.
    pub suggestions: Vec<Suggested>,
    /// The pages.
    pub pages: Pages,
}

/// A field that the search form carries along.
#[derive(Debug)]
pub struct Hidden {
    /// Its key in the address.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// An order to choose.
#[derive(Debug)]
pub struct SortLink {
    /// What it is called.
    pub name: &'static str,
    /// The list in that order.
    pub href: String,
    /// Whether it is the order shown.
    pub chosen: bool,
}

/// A found collection.
#[derive(Debug)]
pub struct Row {
    /// Its number.
    pub number: String,
    /// Its title with the matches marked.
    pub title: Vec<Segment>,
    /// Agency, area, how often.
    pub meta: Vec<String>,
    /// The piece of text that matches best.
    pub snippet: Vec<Segment>,
    /// Whether answering is compulsory.
    pub obligation: Obligation,
    /// Where it is in its life.
    pub status: Status,
    /// Whether it must be marked as *obekräftad*.
    pub unconfirmed: bool,
    /// The next deadline.
    pub due: Option<DueDay>,
}

/// A deadline in a row.
#[derive(Debug)]
pub struct DueDay {
    /// `2027-03-15`.
    pub iso: String,
    /// `15 mars 2027`.
    pub written: String,
}

impl ListPage {
    /// The page of what was found. A hit that the database no longer shows is left out: the index may lag for a moment.
    #[must_use]
    pub fn new(layout: Layout, params: &ListParams, results: Results, summaries: Vec<Summary>, names: &Names) -> Self {
        let mut known: HashMap<Uuid, Summary> = summaries.into_iter().map(|summary| (summary.id, summary)).collect();
        let suggestions = facets::suggested(params, &results.suggestions);
        let unknown = names.unknown_respondent(params);
        let unknown =
            unknown.map(|code| format!("Ingen kommun eller region har koden ”{code}”. En kommun anges som 1480, en region som R-14."));
        let notices = unknown.into_iter().chain(too_long(params.cut || results.cut)).chain(notices(&results)).collect();
        let facets = facets::boxes(params, &results.facets, names);
        let shown = results.hits.len();
        let rows = results.hits.into_iter().filter_map(|hit| known.remove(&hit.id).map(|summary| Row::new(hit, summary))).collect();
        let first = (params.page.max(1) - 1) * PER_PAGE + 1;
        let on_page = |page| ListParams { page, ..params.clone() }.href();
        Self {
            layout,
            text: params.text.clone(),
            hidden: params.kept().into_iter().map(|(name, value)| Hidden { name, value }).collect(),
            heading: heading(&params.text, results.total),
            range: (results.total > PER_PAGE).then(|| format!("{first}–{}", first + shown.max(1) - 1)),
            sorts: sorts(params),
            chosen: facets::chosen(params, names),
            cleared: params.cleared().href(),
            facets,
            notices,
            rows,
            suggestions,
            pages: Pages::new(params.page, last_page(results.total), on_page),
        }
    }
}

impl Row {
    fn new(hit: Hit, summary: Summary) -> Self {
        let area = summary.area_name.clone();
        let meta = [Some(joined(&summary.agencies)), area, Some(summary.periodicity.label().to_owned())];
        Self {
            number: summary.number,
            title: hit.title,
            meta: meta.into_iter().flatten().filter(|word| !word.is_empty()).collect(),
            snippet: hit.snippet,
            obligation: summary.obligation,
            status: summary.status,
            unconfirmed: summary.unconfirmed,
            due: summary.next_deadline.map(|day| DueDay { iso: day.to_string(), written: text::written_date(day) }),
        }
    }
}

fn heading(words: &str, total: usize) -> String {
    let count = i64::try_from(total).unwrap_or(i64::MAX);
    let found = if count == 0 { "Inga insamlingar".to_owned() } else { text::counted(count, "insamling", "insamlingar") };
    let words = words.trim();
    if words.is_empty() { found } else { format!("{found} för ”{}”", text::shorten(words, 60)) }
}

/// Says so where only the beginning of the words was read.
fn too_long(cut: bool) -> Option<String> {
    let read = || {
        format!("högst {} ord och {} tecken", Request::MOST_WORDS, text::whole(i64::try_from(Request::MOST_CHARACTERS).unwrap_or(i64::MAX)))
    };
    cut.then(|| format!("Sökningen är för lång. Bara början av den har använts: {}.", read()))
}

/// How many other names of a body are told; an agency with a long history has many.
const NAMES_TOLD: usize = 3;

/// What the search made of the words, when it is not what was typed.
fn notices(results: &Results) -> Vec<String> {
    let corrected = results.corrected.iter().map(|(typed, used)| format!("Inget innehåller ”{typed}”. Visar träffar för ”{used}”."));
    let understood = results.understood.iter().map(|one| format!("Sökningen på ”{}” gäller även {}.", one.typed, quoted(&one.also)));
    corrected.chain(understood).collect()
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().take(NAMES_TOLD).map(|name| format!("”{name}”")).collect();
    if names.len() > NAMES_TOLD {
        return format!("{} och fler namn", quoted.join(", "));
    }
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} och {last}", most.join(", ")),
    }
}

/// The orders to choose from. Without words there is no best match: then the newest come first.
fn sorts(params: &ListParams) -> Vec<SortLink> {
    let searching = !params.text.trim().is_empty();
    let orders: &[(Sort, &'static str)] = if searching {
        &[(Sort::Relevance, "bästa träff"), (Sort::Newest, "senaste nummer"), (Sort::Title, "titel")]
    } else {
        &[(Sort::Relevance, "senaste nummer"), (Sort::Title, "titel")]
    };
    let chosen = if !searching && params.order == Sort::Newest { Sort::Relevance } else { params.order };
    let link = |(order, name): &(Sort, &'static str)| SortLink {
        name,
        href: ListParams { order: *order, page: 1, ..params.clone() }.href(),
        chosen: *order == chosen,
    };
    orders.iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::terms::Periodicity;
    use crate::search::{Document, Index};
    use chrono::NaiveDate;

    const LAYOUT: Layout = Layout { demonstration: false, section: "/insamlingar", user: None };

    fn document(at: u128, title: &str, area: &str) -> Document {
        Document {
            id: Uuid::from_u128(at),
            stamp: 1,
            number: format!("2026-{at:04}"),
            title: title.into(),
            purpose: "Antal elever <b> i skolan.".into(),
            body: String::new(),
            items: vec!["Antal elever".into()],
            agency_codes: vec!["202100-0837".into()],
            agency_names: vec!["Statistiska centralbyrån".into()],
            area: Some(area.into()),
            status: "planned",
            kind: "survey",
            obligation: "voluntary",
            periodicity: "yearly",
            channel: "api",
            respondents: vec!["all:municipality".into()],
            open_from: NaiveDate::from_ymd_opt(2026, 1, 1),
            number_order: i64::try_from(at).expect("small"),
        }
    }

    fn summary(at: u128, title: &str) -> Summary {
        Summary {
            id: Uuid::from_u128(at),
            number: format!("2026-{at:04}"),
            title: title.into(),
            status: Status::Planned,
            obligation: Obligation::Voluntary,
            periodicity: Periodicity::Yearly,
            area_name: Some("Utbildning".into()),
            agencies: Vec::new(),
            next_deadline: NaiveDate::from_ymd_opt(2027, 3, 15),
            unconfirmed: true,
        }
    }

    /// The page for an address, of a register with two collections of which the database shows only those of `shown`.
    fn list_page(params: &ListParams, shown: Vec<Summary>) -> String {
        let index = Index::in_memory().expect("an index");
        let mut writer = index.writer().expect("a writer");
        for (at, title, area) in [(1, "Elever i grundskolan", "utbildning"), (2, "Avfall och elever", "avfall")] {
            writer.put(&document(at, title, area)).expect("a document");
        }
        writer.commit("").expect("a commit");
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
        let request = Request { filters: params.filters(), ..Request::new(params.text.clone(), today) };
        let results = index.search(&request).expect("results");
        ListPage::new(LAYOUT, params, results, shown, &Names::default()).render().expect("a page")
    }

    #[test]
    fn found_words_are_marked_and_everything_is_escaped() {
        let params = ListParams { text: "elever".into(), page: 1, ..ListParams::default() };
        let html = list_page(&params, vec![summary(1, "Elever i grundskolan"), summary(2, "Avfall och elever")]);
        for text in ["2\u{a0}insamlingar för ”elever”", "<mark>Elever</mark> i grundskolan", "15\u{a0}mars 2027", "Frivillig", "Obekräftad"]
        {
            assert!(html.contains(text), "{text}");
        }
        assert!(html.contains("href=\"/insamlingar?q=elever&#38;omrade=avfall\"") && !html.contains("<b> i skolan"));
    }

    #[test]
    fn a_hit_that_the_database_no_longer_shows_is_left_out() {
        let html = list_page(&ListParams { page: 1, ..ListParams::default() }, vec![summary(2, "Avfall och elever")]);
        assert!(html.contains("2026-0002") && !html.contains("2026-0001"));
    }

    #[test]
    fn chosen_filters_can_be_taken_away_and_are_kept_by_a_new_search() {
        let params = ListParams { page: 1, ..ListParams::area("avfall") };
        let html = list_page(&params, vec![summary(2, "Avfall och elever")]);
        assert!(html.contains("form=\"sok\" name=\"omrade\" value=\"avfall\""));
        assert!(html.contains("Ta bort filtret </span>avfall") && html.contains("aria-current=\"true\""));
    }

    #[test]
    fn an_empty_result_offers_a_way_on() {
        let params = ListParams { text: "elever zebra".into(), page: 1, ..ListParams::default() };
        let html = list_page(&params, Vec::new());
        assert!(html.contains("Inga insamlingar för ”elever zebra”"));
        assert!(html.contains("Sök utan ”zebra” (2\u{a0}insamlingar)") && html.contains("href=\"/insamlingar?q=elever\""));
    }

    #[test]
    fn a_search_that_was_cut_says_so() {
        let html = |text: String| list_page(&ListParams { text, page: 1, ..ListParams::default() }, Vec::new());
        assert!(html("ord ".repeat(33)).contains("Sökningen är för lång."));
        let endless = html("x".repeat(200));
        assert!(endless.contains("Inga insamlingar för") && !endless.contains("Sökningen är för lång."));
    }

    #[test]
    fn the_order_is_chosen_and_best_match_needs_words() {
        let names = |params: &ListParams| sorts(params).into_iter().map(|sort| (sort.name, sort.chosen)).collect::<Vec<_>>();
        let searching = ListParams { text: "elever".into(), order: Sort::Title, ..ListParams::default() };
        assert_eq!(names(&searching), [("bästa träff", false), ("senaste nummer", false), ("titel", true)]);
        let newest = ListParams { order: Sort::Newest, ..ListParams::default() };
        assert_eq!(names(&newest), [("senaste nummer", true), ("titel", false)]);
    }
}
