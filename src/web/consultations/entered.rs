//! Entering a case that came by mail: first which collection it was about, then what happened.

pub mod brought;
pub mod form;
pub mod handled;
pub mod said;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use serde::Deserialize;

use self::form::{About, EnterPage};
use super::case::went;
use crate::actions;
use crate::actions::consultations::entering::{self, Ground, Near, Refusal};
use crate::clock;
use crate::db::{Tx, organisations};
use crate::domain::access::{Action, Role};
use crate::domain::consultation::entered::{Entered, EnteredFault, EnteredPart};
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::Organisation;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::{Fields, Posted};
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::params::typed;
use crate::web::user::{User, Visitor};

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The collection's number.
    insamling: String,
}

/// The page that asks which collection a case was about.
#[derive(Debug, Template)]
#[template(path = "consultations/enter_which.html")]
pub struct WhichPage {
    /// The frame.
    pub layout: Layout,
    /// Whether the reader's organisation registers collections itself.
    pub registers: bool,
    /// The number.
    pub number: Question,
    /// What is wrong with it.
    pub errors: Vec<ErrorLine>,
}

/// `GET /samrad/infor`
///
/// # Errors
/// The user takes no part in consultations.
pub async fn show(State(state): State<AppState>, user: User, Today(today): Today, Query(params): Query<Params>) -> PageResult {
    check(&user)?;
    if params.insamling.trim().is_empty() {
        return which(&state, user, "", None);
    }
    match Read::of(&state, &user, &params.insamling, today).await {
        Ok(read) => page(&EnterPage::new(frame(&state, user), read.about, &Fields::default(), &[])),
        Err(error) => unknown(&state, user, &params.insamling, error),
    }
}

/// `POST /samrad/infor`
///
/// # Errors
/// The user takes no part in consultations.
pub async fn enter(State(state): State<AppState>, Today(today): Today, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    check(&user)?;
    let mut read = match Read::of(&state, &user, fields.get("insamling"), today).await {
        Ok(read) => read,
        Err(error) => return unknown(&state, user, fields.get("insamling"), error),
    };
    let faults = match read.said(&fields) {
        Ok((planned, one)) => {
            let about = entering::About { collection: read.number, planned, apart: fields.has(form::APART) };
            let now = clock::now();
            match entering::enter(&state.db, &actions::origin(&state), &user.actor, about, &one, now).await {
                Ok(number) => return went(&state, number, (user.actor.person, now), "infort").await,
                Err(Refusal::Parts(faults)) => faults,
                Err(Refusal::Near(near)) => {
                    read.about.asks_apart = true;
                    vec![(EnteredPart::CameOn, read.near(&near, &one))]
                }
                Err(Refusal::Error(other)) => return Err(other.into()),
            }
        }
        Err(faults) => faults,
    };
    let answer = page(&EnterPage::new(frame(&state, user), read.about, &fields, &faults))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

/// Refuses whoever speaks for neither side of any case.
fn check(user: &User) -> Result<()> {
    match user.require(Action::Consult) {
        Ok(()) if user.actor.role == Role::Admin => Err(Error::Forbidden),
        Ok(()) => Ok(()),
        Err(_) => Err(Error::NotFound),
    }
}

fn frame(state: &AppState, user: User) -> Layout {
    Layout::new(state, Visitor(Some(user)), "/samrad")
}

/// The page that asks for the number, with why the one that was given is none.
fn unknown(state: &AppState, user: User, number: &str, error: Error) -> PageResult {
    let registers = user.actor.role == Role::Agency;
    let why = match error {
        Error::NotFound if registers => "Ingen insamling med det numret finns i registret. Registrera den först.".to_owned(),
        Error::NotFound => "Ingen öppen insamling med det numret finns i registret. Be myndigheten att registrera den först.".to_owned(),
        Error::Forbidden => "Insamlingen är en annan myndighets. Den, eller den som tillfrågades, för in ärendet.".to_owned(),
        Error::Invalid(why) => why,
        other => return Err(other.into()),
    };
    let answer = which(state, user, number, Some(why))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

fn which(state: &AppState, user: User, number: &str, fault: Option<String>) -> PageResult {
    let registers = user.actor.role == Role::Agency;
    let number = Question::new("insamling", "Insamlingens nummer")
        .hint("Det står på insamlingens sida, till exempel 2026-0042.")
        .typed(typed(number.trim(), 40))
        .short()
        .wrong(fault);
    let errors = number.error_line().into_iter().collect();
    page(&WhichPage { layout: frame(state, user), registers, number, errors })
}

/// What the form is about.
struct Read {
    number: CollectionNumber,
    ground: Ground,
    about: About,
}

impl Read {
    async fn of(state: &AppState, user: &User, number: &str, today: NaiveDate) -> Result<Self> {
        let number = CollectionNumber::parse(number.trim()).ok_or(Error::NotFound)?;
        let mut tx = state.db.read().await?;
        let ground = Ground::read(&mut tx, &user.actor, number, today).await?;
        let about = About {
            case: None,
            organ: None,
            corrections: 0,
            number: number.to_string(),
            title: ground.newest.content.title.clone(),
            agency: organisations::get(&mut tx, &ground.known.owner).await?.map(|one| one.name).unwrap_or_default(),
            by_body: ground.by_body,
            asks_view: true,
            asks_apart: false,
            bodies: if ground.by_body { Vec::new() } else { in_order(&mut tx, &ground.bodies).await? },
            has_revision: ground.known.has_revision(),
            is_repeated: ground.newest.rounds.len() > 1 || ground.newest.version > 1,
        };
        Ok(Self { number, ground, about })
    }

    /// What is asked where another case about the same thing came a few days before or after.
    fn near(&self, near: &Near, one: &Entered) -> String {
        let Near { number, day, is_in_it } = near;
        let day = text::written_date(*day);
        let apart = "Annars kryssar du för att det är ett annat ärende.";
        if !is_in_it {
            let same = "Hör de ihop? Är det samma begäran, skriv samma dag här.";
            return format!("Ett ärende om samma insamling kom den {day}: {number}. {same} {apart}");
        }
        let asked = self.about.bodies.iter().find(|body| one.asking.bodies.contains(&body.code));
        let who = asked.map_or("ni", |body| &body.name);
        format!(
            "Ett ärende om samma insamling, där {who} redan står, kom den {day}: {number}. Är det samma begäran är den redan införd. {apart}"
        )
    }

    /// What the form says, and whether it is about what is planned.
    fn said(&self, fields: &Fields) -> Result<(bool, Entered), Vec<EnteredFault>> {
        let one = said::entered(fields, &self.ground.bodies);
        let version = fields.get(said::field_of(EnteredPart::Version));
        if !self.about.has_revision || matches!(version, "beslutad" | "planerad") {
            return one.map(|one| (version == "planerad", one));
        }
        let mut faults = one.err().unwrap_or_default();
        faults.push((EnteredPart::Version, "Välj vilken version samrådet gällde.".to_owned()));
        faults.sort_by_key(|(part, _)| *part);
        Err(faults)
    }
}

/// The bodies with these codes, in their order.
async fn in_order(tx: &mut Tx, codes: &[String]) -> Result<Vec<Organisation>> {
    let mut bodies = organisations::get_many(tx, codes).await?;
    bodies.sort_by_key(|body| codes.iter().position(|code| *code == body.code));
    Ok(bodies)
}
