//! Watching new consultations: what somebody watches, and the consultations that it brings up with what their collections are like.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::fields::{ErrorLine, Question};
use super::filters::{self, capital};
use super::form::{Fields, Posted};
use super::layout::{Layout, Today};
use super::overlap::flags::{Flags, flags};
use super::page::{PageResult, page};
use super::user::{User, Visitor};
use super::view::Pages;
use crate::actions::{self, watching as deeds};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::steps;
use crate::db::watching::{self, Case, Watched, Which};
use crate::db::{Tx, areas, organisations};
use crate::domain::access::Action;
use crate::domain::consultation::State as CaseState;
use crate::domain::watching::{Pace, Watch, WatchPart};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;

/// The consultations on a page: each is shown with all that its collection is like.
const PER_PAGE: i64 = 10;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    sida: String,
    sparat: String,
}

/// `GET /bevakningar`
///
/// # Errors
/// The user may not watch.
pub async fn list(State(state): State<AppState>, user: User, Today(today): Today, Query(asked): Query<Asked>) -> PageResult {
    let said = match asked.sparat.as_str() {
        "ja" => Some("Bevakningen är sparad."),
        "borta" => Some("Bevakningen är borttagen."),
        _ => None,
    };
    let number = asked.sida.parse().unwrap_or(1).clamp(1, 1_000_000);
    page(&WatchingPage { said, ..WatchingPage::read(&state, user, number, &Fields::default(), today).await? })
}

/// `POST /bevakningar`: adds a watch.
///
/// # Errors
/// The user may not watch.
pub async fn add(State(state): State<AppState>, Today(today): Today, Posted { user, fields }: Posted) -> PageResult {
    user.require(Action::Watch)?;
    let known = |name: &str| Some(fields.get(name).to_owned()).filter(|code| !code.is_empty());
    let Some(pace) = Pace::from_code(fields.get("takt")) else {
        let shown = WatchingPage::read(&state, user, 1, &fields, today).await?;
        let missing = "Välj hur ofta du vill ha mejl.".to_owned();
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown.wrong("takt", missing))?).into_response());
    };
    let watch = Watch { agency: known("myndighet"), area: known("omrade"), pace };
    match deeds::add(&state.db, &actions::origin(&state), &user.actor, &watch, clock::now()).await? {
        Ok(()) => {
            state.nudge.mail(); // what waited for a summary may be told now
            Ok(Redirect::to("/bevakningar?sparat=ja").into_response())
        }
        Err((part, why)) => {
            let shown = WatchingPage::read(&state, user, 1, &fields, today).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown.wrong(field_of(part), why))?).into_response())
        }
    }
}

/// The field in which a part of a watch stands; none for what no field is about.
fn field_of(part: WatchPart) -> &'static str {
    match part {
        WatchPart::Agency => "myndighet",
        WatchPart::Area => "omrade",
        WatchPart::Number => "",
    }
}

/// `POST /bevakningar/{id}/ta-bort`
///
/// # Errors
/// The user may not watch.
pub async fn remove(State(state): State<AppState>, Path(id): Path<String>, Posted { user, .. }: Posted) -> PageResult {
    user.require(Action::Watch)?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    deeds::remove(&state.db, &user.actor, id, clock::now()).await?;
    Ok(Redirect::to("/bevakningar?sparat=borta").into_response())
}

/// A watch in the list.
#[derive(Debug)]
pub struct WatchRow {
    /// Its identity.
    pub id: Uuid,
    /// What is watched: `Skolverket, Utbildning`.
    pub what: String,
    /// How soon whoever watches is told.
    pub pace: &'static str,
}

impl From<Watched> for WatchRow {
    fn from(one: Watched) -> Self {
        let parts: Vec<String> = [one.agency, one.area].into_iter().flatten().collect();
        let what = if parts.is_empty() { "Alla nya samråd".to_owned() } else { parts.join(", ") };
        Self { id: one.id, what, pace: one.watch.pace.label() }
    }
}

/// A consultation that is watched.
#[derive(Debug)]
pub struct CaseRow {
    /// The case.
    pub case: Case,
    /// The day on which it was asked for, in words.
    pub day: String,
    /// When an answer is wanted, in words.
    pub wanted: String,
    /// Where it is with whom.
    pub parts: Vec<(String, CaseState)>,
    /// What its collection is like.
    pub flags: Flags,
}

impl CaseRow {
    async fn read(tx: &mut Tx, user: &User, case: Case, today: NaiveDate) -> Result<Self> {
        let all = steps::of_collection(tx, case.collection_id).await?.into_iter();
        let parts = all.filter(|part| part.number.to_string() == case.number).map(|part| (part.name, part.state)).collect();
        let flags = match collections::load(tx, &[case.collection_id], Version::InForce).await?.pop() {
            Some(collection) => flags(tx, user, &collection, false, today).await?,
            None => Flags::default(),
        };
        let day = text::written_date(clock::swedish_day(case.requested_at));
        Ok(Self { day, wanted: text::written_date(case.wanted_on), parts, flags, case })
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "watching/list.html")]
pub struct WatchingPage {
    /// The frame.
    pub layout: Layout,
    /// What was just done.
    pub said: Option<&'static str>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// What is watched.
    pub watches: Vec<WatchRow>,
    /// The form of a watch: agency, area, how often.
    pub agency: Question,
    /// The area.
    pub area: Question,
    /// How often.
    pub pace: Question,
    /// The consultations of this page.
    pub rows: Vec<CaseRow>,
    /// How many there are on all pages.
    pub total: i64,
    /// The pages of the list.
    pub pages: Pages,
}

impl WatchingPage {
    async fn read(state: &AppState, user: User, number: i64, fields: &Fields, today: NaiveDate) -> Result<Self> {
        user.require(Action::Watch)?;
        let mut tx = state.db.read().await?;
        let person = user.actor.person;
        let mut found = watching::cases(&mut tx, person, Which::All(PER_PAGE, (number - 1) * PER_PAGE), today).await?;
        let mut number = number;
        if found.is_empty() && number > 1 {
            number = 1; // beyond the last page
            found = watching::cases(&mut tx, person, Which::All(PER_PAGE, 0), today).await?;
        }
        let total = found.first().map_or(0, |case| case.total);
        let mut rows = Vec::with_capacity(found.len());
        for case in found {
            rows.push(CaseRow::read(&mut tx, &user, case, today).await?);
        }
        let watches = watching::of_person(&mut tx, person).await?;
        let (agencies, areas) = (agencies(&mut tx, today).await?, areas::all(&mut tx).await?);
        drop(tx);
        let last = ((total + PER_PAGE - 1) / PER_PAGE).max(1);
        let place = |number: i64| usize::try_from(number).unwrap_or(1);
        Ok(Self {
            layout: Layout::new(state, Visitor(Some(user)), "/skrivbord"),
            said: None,
            errors: Vec::new(),
            watches: watches.into_iter().map(WatchRow::from).collect(),
            agency: Question::new("myndighet", "Myndighet").choices(any("Alla myndigheter", agencies), &[fields.get("myndighet")]),
            area: Question::new("omrade", "Område").choices(any("Alla områden", areas), &[fields.get("omrade")]),
            pace: paces(fields),
            rows,
            total,
            pages: Pages::new(place(number), place(last), |number| format!("/bevakningar?sida={number}")),
        })
    }

    /// The page with what is wrong with a field.
    fn wrong(mut self, field: &str, why: String) -> Self {
        for question in [&mut self.agency, &mut self.area, &mut self.pace].into_iter().filter(|one| one.name == field) {
            question.error = Some(why.clone());
        }
        let top = field.is_empty().then(|| ErrorLine { href: "#h-bevakar".to_owned(), text: why });
        let in_fields = [&self.agency, &self.area, &self.pace].into_iter().filter_map(Question::error_line);
        self.errors = top.into_iter().chain(in_fields).collect();
        self
    }
}

/// The agencies and other bodies that are there today, by name.
async fn agencies(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(String, String)>> {
    let all = organisations::askers(tx, today).await?.into_iter().map(|(one, _)| one);
    Ok(all.filter(|one| one.ended_on.is_none_or(|day| day > today)).map(|one| (one.code, one.name)).collect())
}

fn any(label: &str, all: Vec<(String, String)>) -> Vec<(String, String)> {
    [(String::new(), label.to_owned())].into_iter().chain(all).collect()
}

fn paces(fields: &Fields) -> Question {
    let chosen = if fields.pairs().is_empty() { Pace::AtOnce.code() } else { fields.get("takt") };
    Question::new("takt", "Hur ofta vill du ha mejl?")
        .choices(Pace::ALL.iter().map(|pace| (pace.code(), capital(pace.label()))), &[chosen])
        .explain(Pace::AtOnce.code(), "Ett mejl för varje samråd, när det begärs.")
        .explain(Pace::Daily.code(), "Ett mejl med dagens samråd. Inget mejl de dagar då inget är nytt.")
}
