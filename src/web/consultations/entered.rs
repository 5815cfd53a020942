//! Entering a case that came by mail: first which collection it was about, then what happened.

mod said;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::actions;
use crate::actions::consultations::entering::{self, Ground, Refusal};
use crate::clock;
use crate::db::{Tx, organisations};
use crate::domain::access::{Action, Role};
use crate::domain::consultation::entered::{EnteredFault, EnteredPart};
use crate::domain::consultation::{CaseKind, Opinion, Outcome};
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::Organisation;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters::capital;
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
        Ok(read) => page(&EnterPage::new(frame(&state, user), &read, &Fields::default(), &[])),
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
    let read = match Read::of(&state, &user, fields.get("insamling"), today).await {
        Ok(read) => read,
        Err(error) => return unknown(&state, user, fields.get("insamling"), error),
    };
    let faults = match said::entered(&fields, &read.ground.bodies) {
        Ok(one) => {
            let about = (read.number, fields.get("galler") == "planerad");
            match entering::enter(&state.db, &actions::origin(&state), &user.actor, about, &one, clock::now()).await {
                Ok(number) => {
                    state.nudge.mail();
                    return Ok(Redirect::to(&format!("/samrad/{number}?sparat=infort")).into_response());
                }
                Err(Refusal::Parts(faults)) => faults,
                Err(Refusal::Error(other)) => return Err(other.into()),
            }
        }
        Err(faults) => faults,
    };
    let answer = page(&EnterPage::new(frame(&state, user), &read, &fields, &faults))?;
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
    bodies: Vec<Organisation>,
    agency: String,
}

impl Read {
    async fn of(state: &AppState, user: &User, number: &str, today: NaiveDate) -> Result<Self> {
        let number = CollectionNumber::parse(number.trim()).ok_or(Error::NotFound)?;
        let mut tx = state.db.read().await?;
        let ground = Ground::read(&mut tx, &user.actor, number, today).await?;
        let bodies = in_order(&mut tx, &ground.bodies).await?;
        let agency = organisations::get(&mut tx, &ground.known.owner).await?.map(|one| one.name).unwrap_or_default();
        Ok(Self { number, ground, bodies, agency })
    }
}

/// The bodies with these codes, in their order.
async fn in_order(tx: &mut Tx, codes: &[String]) -> Result<Vec<Organisation>> {
    let mut bodies = organisations::get_many(tx, codes).await?;
    bodies.sort_by_key(|body| codes.iter().position(|code| *code == body.code));
    Ok(bodies)
}

/// The form in which a case is entered.
#[derive(Debug, Template)]
#[template(path = "consultations/enter.html")]
pub struct EnterPage {
    /// The frame.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The agency that it is the collection of.
    pub agency: String,
    /// Whom the letter about it goes to.
    pub told: String,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// Who was asked, where it is not the reader's own body; and whether what is in force or what is planned was asked about.
    pub choices: Vec<Question>,
    /// Whether only selection and timing were asked about.
    pub unchanged: bool,
    /// When it came, and when an answer was wanted.
    pub days: [Question; 2],
    /// The two sides' own diarienummer.
    pub diaries: [Question; 2],
    /// Selection, timing and what had been discussed.
    pub texts: [Question; 3],
    /// When it was answered, and what.
    pub answer: [Question; 2],
    /// The answer in words.
    pub words: Question,
    /// When it was closed, and how it ended.
    pub closed: [Question; 2],
    /// The agency's view.
    pub closing: Question,
}

/// The form as it was typed, with its faults.
struct Typing<'a> {
    fields: &'a Fields,
    faults: &'a [EnteredFault],
}

impl Typing<'_> {
    fn fault(&self, part: EnteredPart) -> Option<String> {
        let of_part: Vec<&str> = self.faults.iter().filter(|(one, _)| *one == part).map(|(_, fault)| fault.as_str()).collect();
        (!of_part.is_empty()).then(|| of_part.join(" "))
    }

    fn text(&self, part: EnteredPart, label: &str) -> Question {
        let name = said::field_of(part);
        Question::new(name, label).typed(self.fields.get(name)).wrong(self.fault(part))
    }

    fn day(&self, part: EnteredPart, label: &str) -> Question {
        self.text(part, label).kind("date").short()
    }

    fn choice(&self, part: EnteredPart, label: &str, all: Vec<(String, String)>, first: &str) -> Question {
        let name = said::field_of(part);
        let chosen = if self.fields.has(name) { self.fields.get(name) } else { first };
        Question::new(name, label).choices(all, &[chosen]).wrong(self.fault(part))
    }
}

/// Every choice of some terms, after what stands for none.
fn with_none(none: &str, all: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<(String, String)> {
    let named = all.map(|(code, label)| (code.to_owned(), capital(label)));
    [(String::new(), none.to_owned())].into_iter().chain(named).collect()
}

impl EnterPage {
    fn new(layout: Layout, read: &Read, fields: &Fields, faults: &[EnteredFault]) -> Self {
        let typing = Typing { fields, faults };
        let ground = &read.ground;
        let opinions = with_none("Inget svar", Opinion::ALL.iter().map(|one| (one.code(), one.label())));
        let outcomes = with_none("Det pågår fortfarande", Outcome::ALL.iter().map(|one| (one.code(), one.label())));
        let view = if ground.by_body {
            "Krävs om ni inte var överens. Återge vad myndigheten skrev. Då visas den öppet tillsammans med yttrandet."
        } else {
            "Krävs om ni inte var överens. Då visas den öppet tillsammans med yttrandet."
        };
        let (agency, body) = match ground.by_body {
            true => ("Myndighetens diarienummer", "Ert diarienummer"),
            false => ("Ert diarienummer", "Diarienummer hos den som tillfrågades"),
        };
        let mut form = Self {
            layout,
            number: read.number.to_string(),
            title: ground.newest.content.title.clone(),
            agency: read.agency.clone(),
            told: if ground.by_body { read.agency.clone() } else { "den som tillfrågades".to_owned() },
            errors: Vec::new(),
            choices: choices(&typing, read),
            unchanged: fields.has("oforandrat"),
            days: [
                typing.day(EnteredPart::CameOn, "När kom ärendet?").hint("Det räknas i statistiken för det året."),
                typing.day(EnteredPart::WantedOn, "När ville myndigheten ha svar?").hint("Angavs ingen dag, skriv den då svaret lämnades."),
            ],
            diaries: [typing.text(EnteredPart::AgencyDiary, agency).short(), typing.text(EnteredPart::BodyDiary, body).short()],
            texts: [
                typing.text(EnteredPart::Selection, "Vilka skulle svara, och hur valdes de ut?").hint("Om det är känt."),
                typing.text(EnteredPart::Timing, "När skulle frågorna skickas och svaren vara inne?").hint("Om det är känt."),
                typing.text(EnteredPart::Discussed, "Vad var redan diskuterat?").hint("Ange funktioner, inte namn på personer."),
            ],
            answer: [
                typing.day(EnteredPart::AnsweredOn, "När lämnades svaret?"),
                typing.choice(EnteredPart::Opinion, "Vad blev yttrandet?", opinions, ""),
            ],
            words: typing
                .text(EnteredPart::Words, "Svaret i ord")
                .hint("Krävs om svaret hade synpunkter eller avstyrkte. Var de två inte överens visas texten öppet på insamlingens sida.")
                .lines(6),
            closed: [
                typing.day(EnteredPart::ClosedOn, "När avslutades samrådet?"),
                typing.choice(EnteredPart::Outcome, "Hur slutade det?", outcomes, ""),
            ],
            closing: typing.text(EnteredPart::Closing, "Myndighetens syn").hint(view),
        };
        form.errors = form.questions().filter_map(Question::error_line).collect();
        form
    }

    /// Everything that is asked, in the order of the form.
    fn questions(&self) -> impl Iterator<Item = &Question> {
        let first = self.choices.iter().chain(&self.days).chain(&self.diaries).chain(&self.texts);
        first.chain(&self.answer).chain([&self.words]).chain(&self.closed).chain([&self.closing])
    }
}

fn choices(typing: &Typing<'_>, read: &Read) -> Vec<Question> {
    let ground = &read.ground;
    let kinds = CaseKind::ALL.iter().map(|kind| (kind.code().to_owned(), capital(kind.label()))).collect();
    let kind = typing.choice(EnteredPart::Kind, "Vad gällde samrådet?", kinds, "").hint("Varje ärende räknas en gång i statistiken.");
    let body = (!ground.by_body).then(|| {
        let bodies: Vec<(String, String)> = read.bodies.iter().map(|body| (body.code.clone(), body.name.clone())).collect();
        let only = if bodies.len() == 1 { bodies.first().map(|(code, _)| code.clone()) } else { None };
        typing
            .choice(EnteredPart::Body, "Vem tillfrågades?", bodies, &only.unwrap_or_default())
            .hint("Tillfrågades flera, för in ett ärende för var och en.")
    });
    let about = ground.known.has_revision().then(|| {
        let all = [("beslutad", "Det som är beslutat"), ("planerad", "Ändringen som är planerad")];
        let chosen = if typing.fields.get("galler") == "planerad" { "planerad" } else { "beslutad" };
        Question::new("galler", "Vilken version gällde det?").choices(all, &[chosen])
    });
    body.into_iter().chain([kind]).chain(about).collect()
}
