//! What either side does with a case that was entered afterwards: confirms or objects, corrects, takes away.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::super::case::Came;
use super::super::{Named, number_of};
use super::form::{About, EnterPage};
use super::said;
use crate::actions::consultations::entered::{self, check, placed};
use crate::actions::consultations::entering::{Refusal, of_case};
use crate::actions::consultations::{Seen, Side, visible};
use crate::clock;
use crate::db::Tx;
use crate::db::collections::{self, Version};
use crate::db::consultations::Part;
use crate::domain::consultation::entered::rules::{Deed, Place, Refused, may};
use crate::domain::consultation::entered::{Entered, EnteredFault};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters::capital;
use crate::web::form::{Fields, Posted};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// Said where somebody has corrected a case while another correction was written.
const CROSSED: &str = "Det som fördes in har rättats sedan du öppnade sidan. Det du skrev finns kvar här, och är inte sparat. Läs det som är \
                       nytt vid varje fält innan du sparar.";
/// The most characters that are told of what stands in a field now.
const MOST_TOLD: usize = 300;

/// What was entered of one body's part.
#[derive(Debug)]
pub struct EnteredPart {
    /// The body, by code.
    pub body: String,
    /// Its name.
    pub name: String,
    /// Who entered it.
    pub by: String,
    /// Whether the reader's side did, and may correct it.
    pub own: bool,
    /// What was entered: what it is, and the words.
    pub said: Vec<(String, String)>,
}

/// The page of what was entered.
#[derive(Debug, Template)]
#[template(path = "consultations/entered.html")]
pub struct HandledPage {
    /// The frame.
    pub layout: Layout,
    /// The case's number.
    pub number: String,
    /// The collection's title.
    pub title: String,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The parts.
    pub parts: Vec<EnteredPart>,
    /// When the agency confirmed what a body entered, in words.
    pub confirmed: Option<String>,
    /// How often it has been corrected.
    pub corrections: i64,
    /// Whether the reader's side can confirm it.
    pub confirms: bool,
    /// The agency's view in its own words, where it confirms how the case ended.
    pub view: Option<Question>,
    /// What is wrong with it, in the words of the side that did not enter it.
    pub objection: Option<Question>,
    /// Why the reader's side cannot take it away.
    pub keeps: Option<&'static str>,
}

impl HandledPage {
    async fn read(state: &AppState, user: User, number: &str, (fields, fault): (&Fields, Option<String>)) -> Result<Self> {
        let number = number_of(number)?;
        let mut tx = state.db.read().await?;
        let seen = visible(&mut tx, &user.actor, number, clock::swedish_day(clock::now())).await?;
        let place = placed(&mut tx, &seen).await?;
        let title = title(&mut tx, &seen).await?;
        let by = seen.case.parts.iter().filter_map(|part| part.entered_by.as_ref());
        let named = Named::of(&mut tx, &seen, by).await?;
        let typed = |name: &str, known: &str| if fields.has(name) { fields.get(name).to_owned() } else { known.to_owned() };
        let (confirms, objects) = (may(Deed::Confirm, place).is_ok(), may(Deed::Object, place).is_ok());
        let corrections = entered::corrections(&mut tx, number).await?;
        drop(tx);
        let (of_view, of_words) = if fields.get("atgard") == "invand" { (None, fault) } else { (fault, None) };
        let top = of_view.clone().filter(|_| seen.case.outcome.is_none() || !confirms);
        let view = (confirms && seen.case.outcome.is_some()).then(|| {
            Question::new("syn", "Er syn på hur samrådet slutade")
                .hint("Ändra texten så att den säger det ni anser. Var ni inte överens visas den öppet tillsammans med yttrandet.")
                .typed(typed("syn", seen.case.closing.as_deref().unwrap_or_default()))
                .lines(5)
                .wrong(of_view)
        });
        let objection = objects.then(|| {
            Question::new("fel", "Vad är fel?")
                .hint("Det ni skriver står i tråden, och den andra sidan får ett mejl.")
                .typed(typed("fel", ""))
                .wrong(of_words)
        });
        let top = top.map(|text| ErrorLine { href: "#h-delar".to_owned(), text });
        let errors = top.into_iter().chain(view.iter().chain(&objection).filter_map(Question::error_line)).collect();
        Ok(Self {
            number: number.to_string(),
            title,
            errors,
            parts: seen.case.parts.iter().map(|part| shown(&seen, part, &named, place)).collect(),
            confirmed: seen.case.confirmed_at.filter(|_| seen.is_entered_by_body()).map(|at| text::written_date(clock::swedish_day(at))),
            corrections,
            confirms,
            view,
            objection,
            keeps: match may(Deed::Remove, place) {
                Err(Refused::Now(why)) => Some(why),
                _ => None,
            },
            layout: Layout::new(state, Visitor(Some(user)), "/samrad"),
        })
    }
}

fn shown(seen: &Seen, part: &Part, named: &Named, place: Place) -> EnteredPart {
    let said = of_case(&seen.case, part).said().into_iter().filter(|(_, words)| !words.is_empty());
    EnteredPart {
        body: part.body.clone(),
        name: named.get(&part.body),
        by: part.entered_by.as_ref().map(|by| named.get(by)).unwrap_or_default(),
        own: seen.entered(part) && may(Deed::Correct, place).is_ok(),
        said: said.map(|(part, words)| (capital(part.label()), text::day_in_words(&words))).collect(),
    }
}

/// The title of the collection in the version that the case is about.
async fn title(tx: &mut Tx, seen: &Seen) -> Result<String> {
    let (id, version) = seen.case.version;
    Ok(collections::load(tx, &[id], Version::Numbered(version)).await?.pop().ok_or(Error::NotFound)?.content.title)
}

/// `GET /samrad/{nr}/infort`
///
/// # Errors
/// There is no such case that was entered afterwards and that the user speaks in.
pub async fn show(State(state): State<AppState>, user: User, Path(number): Path<String>) -> PageResult {
    page(&HandledPage::read(&state, user, &number, (&Fields::default(), None)).await?)
}

/// `POST /samrad/{nr}/infort`: confirms, or objects.
///
/// # Errors
/// As [`show`]; `Forbidden` where the user's own side entered it.
pub async fn handle(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    let objects = came.fields.get("atgard") == "invand";
    let done = match objects {
        true => entered::object(&state.db, came.doing(), came.fields.get("fel")).await,
        false => entered::confirm(&state.db, came.doing(), came.fields.get("syn")).await,
    };
    match done {
        Ok(()) => came.went(&state, if objects { "invant" } else { "bekraftat" }).await,
        Err(Error::Invalid(why)) => {
            let shown = HandledPage::read(&state, came.user, &number, (&came.fields, Some(why))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
        }
        Err(Error::Conflict) => {
            let why = "Det som fördes in har rättats sedan du öppnade sidan. Läs det som står här nu, och bekräfta sedan.";
            let shown = HandledPage::read(&state, came.user, &number, (&came.fields, Some(why.to_owned()))).await?;
            Ok((StatusCode::CONFLICT, page(&shown)?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The body whose part is meant, by code.
    organ: String,
}

/// What the form of a correction is about, and what was entered.
async fn correcting(tx: &mut Tx, user: &User, number: &str, organ: &str) -> Result<(About, Entered)> {
    let seen = visible(tx, &user.actor, number_of(number)?, clock::swedish_day(clock::now())).await?;
    check(tx, &seen, Deed::Correct).await?;
    let part = seen.own_entries().find(|part| organ.is_empty() || part.body == organ).ok_or(Error::Forbidden)?;
    let by_body = seen.side == Side::Body;
    let about = About {
        case: Some(seen.case.number.to_string()),
        organ: Some(part.body.clone()),
        corrections: entered::corrections(tx, seen.case.number).await?,
        number: seen.collection.to_string(),
        title: title(tx, &seen).await?,
        agency: Named::of(tx, &seen, [].iter()).await?.get(&seen.case.agency),
        by_body,
        asks_view: !(by_body && seen.case.confirmed_at.is_some()),
        asks_apart: false,
        bodies: Vec::new(),
        has_revision: false,
        is_repeated: false,
    };
    Ok((about, of_case(&seen.case, part)))
}

/// What stands now where somebody has corrected it since the form was shown, at each field that says something else.
fn crossed(one: &Entered, known: &Entered) -> Vec<EnteredFault> {
    let stands = |old: &str| match old.is_empty() {
        true => "Nu står inget här.".to_owned(),
        false => format!("Nu står här: ”{}”.", text::shorten(&text::day_in_words(old), MOST_TOLD)),
    };
    one.changes(known).into_iter().map(|(part, old, _)| (part, stands(&old))).collect()
}

/// `GET /samrad/{nr}/ratta`
///
/// # Errors
/// As [`show`]; `Forbidden` where the user's side entered nothing; `Invalid` where it cannot be changed any more.
pub async fn ask_correct(
    State(state): State<AppState>,
    user: User,
    Path(number): Path<String>,
    Query(params): Query<Params>,
) -> PageResult {
    let (about, known) = correcting(&mut state.db.read().await?, &user, &number, &params.organ).await?;
    page(&EnterPage::new(Layout::new(&state, Visitor(Some(user)), "/samrad"), about, &said::fields(&known), &[]))
}

/// `POST /samrad/{nr}/ratta`
///
/// # Errors
/// As [`ask_correct`].
pub async fn correct(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    let (mut about, known) = correcting(&mut state.db.read().await?, &came.user, &number, came.fields.get("organ")).await?;
    let body = about.organ.clone().unwrap_or_default();
    let (mut status, mut top) = (StatusCode::UNPROCESSABLE_ENTITY, None);
    let shown = came.doing().revision;
    let faults: Vec<EnteredFault> = match said::entered(&came.fields, std::slice::from_ref(&body)) {
        Err(faults) => faults,
        Ok(one) => match entered::correct(&state.db, came.doing(), &body, &one).await {
            Ok(()) => return came.went(&state, "rattat").await,
            Err(Refusal::Parts(faults)) => faults,
            Err(Refusal::Error(Error::Conflict)) => {
                status = StatusCode::CONFLICT;
                top = Some(ErrorLine { href: "#h-begaran".to_owned(), text: CROSSED.to_owned() });
                crossed(&one, &known)
            }
            Err(Refusal::Error(other)) => return Err(other.into()),
            // whether it is another case is asked as it is entered
            Err(Refusal::Near(_)) => return Err(Error::Conflict.into()),
        },
    };
    if top.is_none() {
        // what was not shown is not taken to be read
        about.corrections = shown;
    }
    let mut form = EnterPage::new(Layout::new(&state, Visitor(Some(came.user)), "/samrad"), about, &came.fields, &faults);
    form.errors.splice(0..0, top);
    Ok((status, page(&form)?).into_response())
}

/// The page that asks before a case is taken away.
#[derive(Debug, Template)]
#[template(path = "consultations/entered_remove.html")]
pub struct RemovePage {
    /// The frame.
    pub layout: Layout,
    /// The case's number.
    pub number: String,
    /// The collection's title.
    pub title: String,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// Why it is taken away.
    pub reason: Question,
}

impl RemovePage {
    async fn read(state: &AppState, user: User, number: &str, (typed, fault): (&str, Option<String>)) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let seen = visible(&mut tx, &user.actor, number_of(number)?, clock::swedish_day(clock::now())).await?;
        check(&mut tx, &seen, Deed::Remove).await?;
        let reason = Question::new("skal", "Varför tas det bort?")
            .hint("Till exempel att det gällde en annan insamling. Det ni skriver står i tråden.")
            .typed(typed)
            .wrong(fault);
        Ok(Self {
            number: seen.case.number.to_string(),
            title: title(&mut tx, &seen).await?,
            errors: reason.error_line().into_iter().collect(),
            reason,
            layout: Layout::new(state, Visitor(Some(user)), "/samrad"),
        })
    }
}

/// `GET /samrad/{nr}/ta-bort`
///
/// # Errors
/// As [`show`]; `Invalid` where it cannot be taken away any more.
pub async fn ask_remove(State(state): State<AppState>, user: User, Path(number): Path<String>) -> PageResult {
    page(&RemovePage::read(&state, user, &number, ("", None)).await?)
}

/// `POST /samrad/{nr}/ta-bort`
///
/// # Errors
/// As [`ask_remove`].
pub async fn remove(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let came = Came::read(&state, &number, posted)?;
    match entered::remove(&state.db, came.doing(), came.fields.get("skal")).await {
        Ok(()) => came.went(&state, "borttaget").await,
        Err(Error::Invalid(why)) => {
            let shown = RemovePage::read(&state, came.user, &number, (came.fields.get("skal"), Some(why))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
