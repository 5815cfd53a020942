//! An agency's list (6 § förordning (1982:668)) as page, csv and workbook, and the word that it is complete.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Months, NaiveDate};
use serde::Deserialize;

use crate::actions::declarations::declare;
use crate::clock;
use crate::db::organisations::Past;
use crate::db::{agency_list, declarations, involved, organisations};
use crate::domain::access::{Action, may};
use crate::domain::agency_list::{AgencyList, Row};
use crate::domain::organisation::{Organisation, OrganisationKind};
use crate::domain::wording;
use crate::error::Error;
use crate::publish;
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::filters;
use crate::web::form::Posted;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::Visitor;
use crate::web::view::{Link, web_address};

/// The media type of workbooks.
pub(in crate::web) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// After how many months the agency is asked to declare its list anew.
const MONTHS_BETWEEN: Months = Months::new(12);

/// What the address may say beside the organisation.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// What was just done.
    sparat: Option<String>,
}

/// Whether whoever asks belongs to the organisation's own people, who see what is not open yet.
fn is_own(visitor: &Visitor, code: &str) -> bool {
    visitor.0.as_ref().is_some_and(|user| may(&user.actor, Action::WorkFor(code)))
}

/// The list of an organisation with where it comes from, as whoever asks may see it.
async fn read(
    state: &AppState,
    visitor: &Visitor,
    code: &str,
    today: NaiveDate,
) -> Result<(AgencyList, Past, Option<Organisation>), Error> {
    let mut tx = state.db.read().await?;
    let agency = organisations::get(&mut tx, code).await?.ok_or(Error::NotFound)?;
    if !matches!(agency.kind, OrganisationKind::Agency | OrganisationKind::Body) {
        return Err(Error::NotFound);
    }
    let codes = involved::stands_for(&mut tx, code, today).await?;
    let collections = agency_list::collections(&mut tx, &codes, today, is_own(visitor, code)).await?;
    let declared = declarations::latest(&mut tx, code).await?;
    let past = organisations::past(&mut tx, code).await?;
    let successor = match organisations::facts(&mut tx, code).await?.and_then(|facts| facts.successor_code) {
        Some(code) => organisations::get(&mut tx, &code).await?,
        None => None,
    };
    Ok((AgencyList::new(agency, &codes, collections, today, declared), past, successor))
}

/// `GET /myndigheter/{orgnr}/forteckning`
///
/// # Errors
/// There is no such agency or other body.
pub async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    Path(code): Path<String>,
    Query(params): Query<Params>,
) -> PageResult {
    let (list, past, successor) = read(&state, &visitor, &code, today).await?;
    let may_declare = visitor.0.as_ref().is_some_and(|user| may(&user.actor, Action::Declare(&code)));
    let around = Around { past, successor, may_declare, just_declared: params.sparat.as_deref() == Some("fullstandig") };
    page(&ListPage::new(Layout::new(&state, visitor, "/myndigheter"), list, around))
}

/// `GET /myndigheter/{orgnr}/forteckning.csv`
///
/// # Errors
/// There is no such agency or other body.
pub async fn csv(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let (list, _, _) = read(&state, &visitor, &code, today).await?;
    Ok(file("text/csv; charset=utf-8", &format!("forteckning-{code}-{today}.csv"), publish::agency_list::csv(&list)?))
}

/// `GET /myndigheter/{orgnr}/forteckning.xlsx`
///
/// # Errors
/// There is no such agency or other body.
pub async fn workbook(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let (list, _, _) = read(&state, &visitor, &code, today).await?;
    Ok(file(WORKBOOK, &format!("forteckning-{code}-{today}.xlsx"), publish::agency_list::workbook(&list)?))
}

/// `POST /myndigheter/{orgnr}/fullstandig`
///
/// # Errors
/// The person may not speak for the organisation, or it has ended.
pub async fn complete(State(state): State<AppState>, Path(code): Path<String>, posted: Posted) -> Result<Response, Failure> {
    posted.user.require(Action::Declare(&code))?;
    declare(&state.db, &posted.user.actor, &code, clock::now()).await?;
    Ok(Redirect::to(&format!("/myndigheter/{code}/forteckning?sparat=fullstandig")).into_response())
}

/// A file to save. What is shown to members must not be kept for others.
pub(in crate::web) fn file(kind: &'static str, name: &str, content: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    (headers, content).into_response()
}

/// `Hette tidigare Datainspektionen.`, `Har tagit över uppgifter från Banverket och Vägverket.`
fn past_in_words(past: &Past) -> Vec<String> {
    let sentence = |(start, names): (&str, &Vec<String>)| (!names.is_empty()).then(|| format!("{start} {}.", wording::enumerated(names)));
    [("Hette tidigare", &past.former), ("Har tagit över uppgifter från", &past.taken_over)].into_iter().filter_map(sentence).collect()
}

/// The list as a page.
#[derive(Debug, Template)]
#[template(path = "documents/list.html")]
pub struct ListPage {
    /// What every page has.
    pub layout: Layout,
    /// The agency's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Earlier names, and whose tasks it has taken over, in sentences.
    pub past: Vec<String>,
    /// Who took over, if it has ended.
    pub successor: Option<Link>,
    /// Whether the ordinance reaches it.
    pub in_scope: bool,
    /// The day of the list, written out.
    pub made_on: String,
    /// How many enkäter there are, with their noun.
    pub count: String,
    /// Whether the list has been declared complete, in a sentence.
    pub declaration: String,
    /// Whether the person may declare it complete.
    pub may_declare: bool,
    /// Whether it is time to do so.
    pub due: bool,
    /// Whether the person has just done so.
    pub just_declared: bool,
    /// Whether some rows are not open yet.
    pub some_hidden: bool,
    /// The planned and decided enkäter.
    pub surveys: Vec<ListRow>,
    /// The other collections.
    pub others: Vec<ListRow>,
}

/// What the page shows beside the list.
#[derive(Debug)]
pub struct Around {
    /// Earlier names, and whose tasks it has taken over.
    pub past: Past,
    /// Who took over.
    pub successor: Option<Organisation>,
    /// Whether the person may declare the list complete.
    pub may_declare: bool,
    /// Whether the person has just done so.
    pub just_declared: bool,
}

/// A row of the page.
#[derive(Debug)]
pub struct ListRow {
    /// The row itself.
    pub row: Row,
    /// The provisions, leading to where they can be read.
    pub provisions: Vec<Link>,
    /// With whom it is carried out, if with others.
    pub joint: Option<String>,
    /// When the next round goes out.
    pub dispatch: Option<String>,
    /// The last day to answer it.
    pub deadline: Option<String>,
}

impl ListRow {
    fn new(row: Row, own: &str) -> Self {
        let others: Vec<String> = row.responsible.iter().filter(|name| *name != own).cloned().collect();
        let joint = match others.len() {
            0 => None,
            1..=3 => Some(wording::enumerated(&others)),
            many => Some(format!("{many}\u{a0}andra myndigheter")),
        };
        let link =
            |one: &crate::domain::content::Provision| Link { name: one.citation.clone(), href: one.url.as_deref().and_then(web_address) };
        Self {
            provisions: row.provisions.iter().map(link).collect(),
            joint,
            dispatch: row.dispatch.as_ref().map(ToString::to_string),
            deadline: row.deadline.as_ref().map(ToString::to_string),
            row,
        }
    }
}

impl ListPage {
    /// The page of `list`.
    #[must_use]
    pub fn new(layout: Layout, list: AgencyList, around: Around) -> Self {
        let due = list.declared.and_then(|day| day.checked_add_months(MONTHS_BETWEEN)).is_none_or(|day| day <= list.made_on);
        let some_hidden = list.rows().any(|(_, row)| !row.open);
        let declaration = list.declaration();
        let AgencyList { agency, made_on, surveys, others, .. } = list;
        let rows = |rows: Vec<Row>| rows.into_iter().map(|row| ListRow::new(row, &agency.name)).collect();
        let count = i64::try_from(surveys.len()).unwrap_or(i64::MAX);
        Self {
            layout,
            in_scope: agency.in_ordinance_scope,
            made_on: text::written_date(made_on),
            count: text::counted(count, "planerad eller beslutad enkät", "planerade och beslutade enkäter"),
            declaration,
            may_declare: around.may_declare && agency.ended_on.is_none(),
            due,
            just_declared: around.just_declared && !due,
            some_hidden,
            past: past_in_words(&around.past),
            successor: around.successor.as_ref().map(Link::from),
            surveys: rows(surveys),
            others: rows(others),
            code: agency.code,
            name: agency.name,
        }
    }
}
