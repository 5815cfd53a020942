//! What the administrator chooses for consultation: time, bodies and the size of files; earlier years stand beside.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Params;
use super::years::{YearRow, rows};
use crate::actions::configuring::{self, Number, fingerprint};
use crate::clock;
use crate::db::Tx;
use crate::db::consultations::{self, configured};
use crate::domain::access::Action;
use crate::domain::consultation::configured::{MOST_MEGABYTES, MOST_WORKING_DAYS, within};
use crate::domain::terms::RespondentKind;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters::capital;
use crate::web::form::{Fields, Posted};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// Said when somebody else was quicker.
const CONFLICT: &str =
    "Någon annan har ändrat samrådsparterna medan du skrev. Nedan står de som de är nu. Ändra igen om de ska vara andra.";

/// The page.
#[derive(Debug, Template)]
#[template(path = "administration/consultation.html")]
pub struct ConsultationPage {
    /// The frame.
    pub layout: Layout,
    /// What was just done.
    pub said: Option<&'static str>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// Working days, with what they were when the page was made.
    pub days: (Question, i64),
    /// The bodies for each kind of respondents.
    pub bodies: Vec<Question>,
    /// What they were when the page was made.
    pub seen: String,
    /// The largest file, with what it was when the page was made.
    pub megabytes: (Question, i64),
    /// The counts of earlier years.
    pub years: Vec<YearRow>,
}

/// Which form was sent and could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Days,
    Bodies,
    Megabytes,
}

/// A form as it was sent, with what is wrong with it.
struct Sent<'a> {
    form: Form,
    typed: &'a str,
    fault: String,
}

impl ConsultationPage {
    async fn read(tx: &mut Tx, layout: Layout, sent: Option<&Sent<'_>>) -> Result<Self> {
        let (days, megabytes) = (Number::WorkingDays.get(tx).await?, Number::Megabytes.get(tx).await?);
        let known = configured::bodies(tx).await?;
        let chosen = consultations::configured(tx).await?;
        let number = |form, name: &str, label: &str, now: i64| {
            let sent = sent.filter(|sent| sent.form == form);
            let typed = sent.map_or_else(|| now.to_string(), |sent| sent.typed.to_owned());
            Question::new(name, label).typed(typed).short().wrong(sent.map(|sent| sent.fault.clone()))
        };
        let of_kind = |kind: &RespondentKind| {
            let chosen: Vec<&str> = chosen.get(kind).into_iter().flatten().map(String::as_str).collect();
            let all = known.iter().map(|(code, name)| (code.clone(), name.clone()));
            Question::new(format!("parter-{}", kind.code()), capital(kind.label())).choices(all, &chosen)
        };
        let about =
            "Ber en myndighet om svar snabbare än så måste den skriva varför. Det är registrets förval. Förordningen anger ingen tid.";
        let days = (number(Form::Days, "dagar", "Arbetsdagar", days).hint(about), days);
        let megabytes = (number(Form::Megabytes, "megabyte", "Största fil, i MB", megabytes), megabytes);
        let bodies: Vec<Question> = RespondentKind::ALL.iter().map(of_kind).collect();
        let top = sent.filter(|sent| sent.form == Form::Bodies);
        let top = top.map(|sent| ErrorLine { href: "#parter".to_owned(), text: sent.fault.clone() });
        let errors = [&days.0, &megabytes.0].into_iter().filter_map(Question::error_line).chain(top).collect();
        Ok(Self { layout, said: None, errors, days, bodies, seen: fingerprint(&chosen), megabytes, years: rows(tx).await? })
    }
}

fn frame(state: &AppState, user: User) -> Layout {
    Layout::new(state, Visitor(Some(user)), "/administration")
}

/// `GET /administration/samrad`
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn show(State(state): State<AppState>, user: User, Query(params): Query<Params>) -> PageResult {
    user.require(Action::Administer)?;
    let said = match params.sparat.as_deref() {
        Some("tid") => Some("Tiden för svar är sparad."),
        Some("bilagor") => Some("Största fil är sparad."),
        Some("parter") => Some("Samrådsparterna är sparade. De gäller nya samråd."),
        Some("ar") => Some("Året är sparat. Statistiken följer med."),
        Some("ar-bort") => Some("Året är borttaget. Statistiken följer med."),
        _ => None,
    };
    let shown = ConsultationPage::read(&mut state.db.read().await?, frame(&state, user), None).await?;
    page(&ConsultationPage { said, ..shown })
}

/// `POST /administration/samrad/tid`
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn set_working_days(State(state): State<AppState>, posted: Posted) -> PageResult {
    let limits = (1, MOST_WORKING_DAYS);
    set_number(&state, posted, (Form::Days, "dagar", "tid"), Number::WorkingDays, limits).await
}

/// `POST /administration/samrad/filstorlek`
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn set_megabytes(State(state): State<AppState>, posted: Posted) -> PageResult {
    let limits = (1, MOST_MEGABYTES);
    set_number(&state, posted, (Form::Megabytes, "megabyte", "bilagor"), Number::Megabytes, limits).await
}

async fn set_number(
    state: &AppState,
    Posted { user, fields }: Posted,
    (form, name, code): (Form, &str, &str),
    which: Number,
    limits: (i64, i64),
) -> PageResult {
    user.require(Action::Administer)?;
    let typed = fields.get(name);
    let new = match within(typed, limits) {
        Ok(new) => new,
        Err(fault) => return refused(state, user, Sent { form, typed, fault }, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let seen = fields.get("nu").parse().unwrap_or(i64::MIN);
    match configuring::set_number(&state.db, &user.actor, which, (seen, new), clock::now()).await {
        Ok(()) => Ok(went(code)),
        Err(Error::Conflict) => {
            let now = which.get(&mut state.db.read().await?).await?;
            let fault = format!("Någon annan har ändrat talet till {now} medan du skrev. Spara igen om det ska vara {new}.");
            refused(state, user, Sent { form, typed, fault }, StatusCode::CONFLICT).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /administration/samrad/parter`
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn set_bodies(State(state): State<AppState>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    user.require(Action::Administer)?;
    let (fault, status) = match configuring::set_bodies(&state.db, &user.actor, fields.get("nu"), &chosen(&fields), clock::now()).await {
        Ok(()) => return Ok(went("parter")),
        Err(Error::Conflict) => (CONFLICT.to_owned(), StatusCode::CONFLICT),
        Err(Error::Invalid(why)) => (why, StatusCode::UNPROCESSABLE_ENTITY),
        Err(other) => return Err(other.into()),
    };
    refused(&state, user, Sent { form: Form::Bodies, typed: "", fault }, status).await
}

/// The bodies that are ticked for each kind.
fn chosen(fields: &Fields) -> BTreeMap<RespondentKind, Vec<String>> {
    let of_kind = |kind: &RespondentKind| {
        let mut bodies: Vec<String> = fields.all(&format!("parter-{}", kind.code())).map(str::to_owned).collect();
        bodies.sort_unstable();
        bodies.dedup();
        (*kind, bodies)
    };
    RespondentKind::ALL.iter().map(of_kind).filter(|(_, bodies)| !bodies.is_empty()).collect()
}

async fn refused(state: &AppState, user: User, sent: Sent<'_>, status: StatusCode) -> PageResult {
    let shown = ConsultationPage::read(&mut state.db.read().await?, frame(state, user), Some(&sent)).await?;
    Ok((status, page(&shown)?).into_response())
}

/// The page, which tells what was done.
pub(super) fn went(code: &str) -> Response {
    Redirect::to(&format!("/administration/samrad?sparat={code}")).into_response()
}
