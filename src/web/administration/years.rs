//! How many cases there were in years before the register: entering, changing and taking away a year.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::consultation::went;
use crate::actions::configuring;
use crate::clock;
use crate::db::Tx;
use crate::db::consultations::configured;
use crate::domain::access::Action;
use crate::domain::consultation::configured::{YearPart, year};
use crate::domain::consultation::statistics::EarlierYear;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::Posted;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// A year in the list.
#[derive(Debug)]
pub struct YearRow {
    /// The body, by code.
    pub body: String,
    /// The body's name.
    pub name: String,
    /// The year.
    pub year: i64,
    /// How many cases, as people read it.
    pub cases: String,
    /// Who says so.
    pub source: String,
}

/// Every year that is entered, the latest first.
///
/// # Errors
/// As the database says.
pub async fn rows(tx: &mut Tx) -> Result<Vec<YearRow>> {
    let known = configured::bodies(tx).await?;
    let mut all = configured::years(tx).await?;
    all.reverse();
    let name = |code: &str| known.iter().find(|(one, _)| one == code).map_or_else(|| code.to_owned(), |(_, name)| name.clone());
    let row = |one: EarlierYear| YearRow {
        name: name(&one.body),
        body: one.body,
        year: one.year,
        cases: text::whole(one.cases),
        source: one.source,
    };
    Ok(all.into_iter().map(row).collect())
}

/// Which year the address names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    organ: String,
    ar: String,
}

/// The form of a year.
#[derive(Debug, Template)]
#[template(path = "administration/year.html")]
pub struct YearPage {
    /// The frame.
    pub layout: Layout,
    /// The year that is changed, as it was when the page was made; none where one is added.
    pub known: Option<EarlierYear>,
    /// The body's name.
    pub name: String,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The body, where a year is added.
    pub body: Question,
    /// The year, where one is added.
    pub year: Question,
    /// How many cases.
    pub cases: Question,
    /// Who says so.
    pub source: Question,
}

/// What stands in the form.
#[derive(Debug, Default)]
struct Typed {
    body: String,
    year: String,
    cases: String,
    source: String,
    faults: Vec<(YearPart, String)>,
}

impl YearPage {
    async fn read(tx: &mut Tx, layout: Layout, known: Option<EarlierYear>, typed: Typed) -> Result<Self> {
        let bodies = configured::bodies(tx).await?;
        let name = bodies.iter().find(|(code, _)| *code == typed.body).map(|(_, name)| name.clone()).unwrap_or_default();
        let fault = |part| typed.faults.iter().find(|(one, _)| *one == part).map(|(_, message)| message.clone());
        let body = Question::new("organ", "Vems ärenden?").choices(bodies, &[&typed.body]).wrong(fault(YearPart::Body));
        let year = Question::new("ar", "År").wrong(fault(YearPart::Year)).typed(typed.year).short();
        let cases = Question::new("arenden", "Antal ärenden").wrong(fault(YearPart::Cases)).typed(typed.cases).short();
        let source = Question::new("kalla", "Källa")
            .hint("Visas i statistiken. Skriv så att andra kan kontrollera antalet.")
            .wrong(fault(YearPart::Source))
            .typed(typed.source);
        let asked = if known.is_some() { vec![&cases, &source] } else { vec![&body, &year, &cases, &source] };
        let errors = asked.into_iter().filter_map(Question::error_line).collect();
        Ok(Self { layout, known, name, errors, body, year, cases, source })
    }
}

fn frame(state: &AppState, user: User) -> Layout {
    Layout::new(state, Visitor(Some(user)), "/administration")
}

/// The year that an address names.
async fn named(tx: &mut Tx, organ: &str, ar: &str) -> Result<EarlierYear> {
    let year = ar.parse().map_err(|_| Error::NotFound)?;
    configured::year(tx, organ, year).await?.ok_or(Error::NotFound)
}

/// `GET /administration/samrad/ar`: a new year, or with `organ` and `ar` one that is entered.
///
/// # Errors
/// `Forbidden` unless an administrator asks; there is no such year.
pub async fn show(State(state): State<AppState>, user: User, Query(params): Query<Params>) -> PageResult {
    user.require(Action::Administer)?;
    let mut tx = state.db.read().await?;
    let (known, typed) = if params.ar.is_empty() {
        (None, Typed { body: params.organ, ..Typed::default() })
    } else {
        let known = named(&mut tx, &params.organ, &params.ar).await?;
        let (cases, source) = (known.cases.to_string(), known.source.clone());
        let typed = Typed { body: known.body.clone(), year: known.year.to_string(), cases, source, ..Typed::default() };
        (Some(known), typed)
    };
    page(&YearPage::read(&mut tx, frame(&state, user), known, typed).await?)
}

/// `POST /administration/samrad/ar`
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn save(State(state): State<AppState>, Today(today): Today, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    user.require(Action::Administer)?;
    let get = |name: &str| fields.get(name).to_owned();
    let mut typed = Typed { body: get("organ"), year: get("ar"), cases: get("arenden"), source: get("kalla"), ..Typed::default() };
    // what the page was made of; a page of a new year says nothing
    let seen = fields.get("nu_arenden").parse().ok().map(|cases| EarlierYear {
        body: get("organ"),
        year: get("ar").parse().unwrap_or_default(),
        cases,
        source: get("nu_kalla"),
    });
    let bodies: Vec<String> = configured::bodies(&mut state.db.read().await?).await?.into_iter().map(|(code, _)| code).collect();
    let (mut known, mut status) = (seen.clone(), StatusCode::UNPROCESSABLE_ENTITY);
    match year((&typed.body, &typed.year, &typed.cases, &typed.source), &bodies, today) {
        Err(faults) => typed.faults = faults,
        Ok(one) => match configuring::put_year(&state.db, &user.actor, seen.as_ref(), &one, clock::now()).await {
            Ok(()) => return Ok(went("ar")),
            Err(Error::Invalid(why)) => typed.faults.push((YearPart::Year, why)),
            Err(Error::Conflict) => {
                status = StatusCode::CONFLICT;
                known = configured::year(&mut state.db.read().await?, &one.body, one.year).await?;
                typed.faults.push((YearPart::Cases, meanwhile(known.as_ref())));
            }
            Err(other) => return Err(other.into()),
        },
    }
    let shown = YearPage::read(&mut state.db.read().await?, frame(&state, user), known, typed).await?;
    Ok((status, page(&shown)?).into_response())
}

/// What somebody else did meanwhile.
fn meanwhile(known: Option<&EarlierYear>) -> String {
    match known {
        Some(one) => {
            format!("Någon annan har ändrat antalet till {} medan du skrev. Spara igen om ditt ska gälla.", text::whole(one.cases))
        }
        None => "Någon annan har tagit bort året medan du skrev. Spara igen om det ska finnas kvar.".to_owned(),
    }
}

/// The page that asks before a year is taken away.
#[derive(Debug, Template)]
#[template(path = "administration/year_remove.html")]
pub struct RemovePage {
    /// The frame.
    pub layout: Layout,
    /// The year.
    pub known: EarlierYear,
    /// How many cases, as people read it.
    pub cases: String,
}

/// `GET /administration/samrad/ar/ta-bort`
///
/// # Errors
/// `Forbidden` unless an administrator asks; there is no such year.
pub async fn ask_remove(State(state): State<AppState>, user: User, Query(params): Query<Params>) -> PageResult {
    user.require(Action::Administer)?;
    let known = named(&mut state.db.read().await?, &params.organ, &params.ar).await?;
    let cases = text::whole(known.cases);
    page(&RemovePage { layout: frame(&state, user), known, cases })
}

/// `POST /administration/samrad/ar/ta-bort`
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn remove(State(state): State<AppState>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    user.require(Action::Administer)?;
    let year = fields.get("ar").parse().unwrap_or_default();
    configuring::remove_year(&state.db, &user.actor, fields.get("organ"), year, clock::now()).await?;
    Ok(went("ar-bort"))
}
