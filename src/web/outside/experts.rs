//! The sakkunniga whom a body has asked in a case: who they are, until when, what they answered; asking one more, and taking a link back.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::references_form::{AGREED, agreed};
use crate::actions;
use crate::actions::consultations::steps::Doing;
use crate::actions::consultations::{Seen, forwarding, visible};
use crate::clock;
use crate::db::Tx;
use crate::db::consultations::forwarding::{self as kept, Forwarding};
use crate::db::consultations::said;
use crate::domain::consultation::State as Standing;
use crate::domain::consultation::forwarding::{DAYS, Forward, ForwardPart, MOST_DAYS, check_agreed, may_ask_outside, shows};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::consultations::number_of;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::{Fields, Posted};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};
use crate::web::view::written_moment;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub struct Params {
    /// What was just done.
    #[serde(default)]
    sparat: String,
}

/// A link that was sent.
#[derive(Debug)]
pub struct LinkRow {
    /// Its identity.
    pub id: Uuid,
    /// To whom.
    pub to: String,
    /// What was asked.
    pub words: String,
    /// When it was sent and until when it holds.
    pub standing: String,
    /// Whether it can be taken back.
    pub holds: bool,
    /// What was answered: when and as what, and the words.
    pub answers: Vec<(String, String)>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "outside/experts.html")]
pub struct ExpertsPage {
    /// The frame.
    pub layout: Layout,
    /// The case.
    pub number: String,
    /// What was just done.
    pub said: Option<&'static str>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The links, the latest first.
    pub links: Vec<LinkRow>,
    /// Why nobody more can be asked.
    pub refusal: Option<String>,
    /// That the agency is asked, where the collection is not open.
    pub agreed: Option<Question>,
    /// The address.
    pub email: Question,
    /// What is asked.
    pub words: Question,
    /// For how long.
    pub days: Question,
}

/// What was typed, and what is wrong.
#[derive(Debug, Default)]
struct Sent {
    fields: Option<Fields>,
    faults: Vec<(ForwardPart, String)>,
    top: Option<String>,
}

/// The case, for whoever speaks for a body of it.
async fn own(tx: &mut Tx, user: &User, number: ConsultationNumber, today: NaiveDate) -> Result<Seen> {
    let seen = visible(tx, &user.actor, number, today).await?;
    if seen.own_part().is_some() { Ok(seen) } else { Err(Error::Forbidden) }
}

impl ExpertsPage {
    async fn read(state: &AppState, user: User, number: ConsultationNumber, sent: Sent, now: DateTime<Utc>) -> Result<Self> {
        let today = clock::swedish_day(now);
        let mut tx = state.db.read().await?;
        let seen = own(&mut tx, &user, number, today).await?;
        let part = seen.own_part().ok_or(Error::Forbidden)?;
        let links = rows(&mut tx, &seen, &part.body, part.state, today).await?;
        drop(tx);
        let fault = |part| sent.faults.iter().find(|(at, _)| *at == part).map(|(_, why)| why.clone());
        let typed = |name: &str, known: &str| sent.fields.as_ref().map_or(known, |fields| fields.get(name)).to_owned();
        let email = Question::new("epost", "Den sakkunnigas e-postadress").kind("email").typed(typed("epost", ""));
        let words = Question::new("ord", "Vad vill du att den sakkunniga svarar på?").lines(4).typed(typed("ord", ""));
        let days =
            Question::new("dagar", "Hur många dagar ska länken gälla?").hint(DAYS_HINT).short().typed(typed("dagar", &DAYS.to_string()));
        let email = email.wrong(fault(ForwardPart::Email));
        let (words, days) = (words.wrong(fault(ForwardPart::Words)), days.wrong(fault(ForwardPart::Days)));
        let top = sent.top.map(|text| ErrorLine { href: "#f-epost".to_owned(), text });
        let hidden = !seen.known.parties(today).open;
        let agreed = hidden.then(|| agreed(sent.fields.as_ref(), fault(ForwardPart::Agreed)));
        let questions = [&email, &words, &days].into_iter().chain(&agreed);
        let errors = top.into_iter().chain(questions.filter_map(Question::error_line)).collect();
        Ok(Self {
            layout: Layout::new(state, Visitor(Some(user)), "/samrad"),
            number: number.to_string(),
            said: None,
            errors,
            links,
            refusal: may_ask_outside(part.state).err(),
            agreed,
            email,
            words,
            days,
        })
    }
}

const DAYS_HINT: &str = "Högst 30. Du kan återta länken före dess.";
const _: () = assert!(MOST_DAYS == 30, "the hint says how many days there are");

async fn rows(tx: &mut Tx, seen: &Seen, body: &str, state: Standing, today: NaiveDate) -> Result<Vec<LinkRow>> {
    let experts = kept::experts(tx, seen.case.id).await?;
    let messages = said::messages(tx, seen.case.id).await?;
    let row = |link: Forwarding| {
        let own = messages.iter().filter_map(|one| experts.get(&one.id).filter(|expert| expert.forwarding == link.id).zip(Some(one)));
        let answers = own.map(|(expert, one)| {
            let signed = expert.signed.as_ref().map(|signed| format!(", {signed}")).unwrap_or_default();
            (format!("{}{signed}", written_moment(one.at)), one.words.clone())
        });
        let sent = text::written_date(clock::swedish_day(link.at));
        let ends = match link.taken_back_at {
            Some(at) => format!("Återtagen den {}.", text::written_date(clock::swedish_day(at))),
            None if link.last_day < today => format!("Gick ut den {}.", text::written_date(link.last_day)),
            None => format!("Gäller till och med den {}.", text::written_date(link.last_day)),
        };
        LinkRow {
            id: link.id,
            answers: answers.collect(),
            standing: format!("Skickad den {sent}. {ends}"),
            holds: shows(link.last_day, link.taken_back_at.is_some(), state, today).is_ok(),
            to: link.email.unwrap_or_else(|| "En sakkunnig (adressen är borttagen)".to_owned()),
            words: link.words,
        }
    };
    Ok(kept::of_body(tx, seen.case.id, body).await?.into_iter().map(row).collect())
}

/// `GET /samrad/{nr}/sakkunniga`
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn show(State(state): State<AppState>, user: User, Path(number): Path<String>, Query(params): Query<Params>) -> PageResult {
    let said = match params.sparat.as_str() {
        "skickat" => Some("Utkastet är skickat. Den sakkunniga får ett mejl med en länk."),
        "atertagen" => Some("Länken är återtagen och visar inget mer."),
        _ => None,
    };
    page(&ExpertsPage { said, ..ExpertsPage::read(&state, user, number_of(&number)?, Sent::default(), clock::now()).await? })
}

/// `POST /samrad/{nr}/sakkunniga`: forwards the draft.
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn forward(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let (number, now) = (number_of(&number)?, clock::now());
    let Posted { user, fields } = posted;
    let today = clock::swedish_day(now);
    let hidden = !own(&mut state.db.read().await?, &user, number, today).await?.known.parties(today).open;
    let parsed = Forward::parse(fields.get("epost"), fields.get("ord"), fields.get("dagar"));
    let agreed = fields.has(AGREED);
    let sent = match (parsed, check_agreed(hidden, agreed)) {
        (parsed, Err(why)) => {
            let faults = parsed.err().into_iter().flatten().chain([(ForwardPart::Agreed, why)]).collect();
            Sent { fields: Some(fields), faults, top: None }
        }
        (Err(faults), Ok(())) => Sent { fields: Some(fields), faults, top: None },
        (Ok(forward), Ok(())) => {
            let forward = Forward { agreed, ..forward };
            let origin = actions::origin(&state);
            let doing = Doing { origin: &origin, actor: &user.actor, number, revision: 0, now };
            match forwarding::forward(&state.db, doing, &forward).await {
                Ok(_) => {
                    state.nudge.mail();
                    return Ok(Redirect::to(&format!("/samrad/{number}/sakkunniga?sparat=skickat")).into_response());
                }
                Err(Error::Invalid(why)) => Sent { fields: Some(fields), faults: Vec::new(), top: Some(why) },
                Err(other) => return Err(other.into()),
            }
        }
    };
    let shown = ExpertsPage::read(&state, user, number, sent, now).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
}

/// `POST /samrad/{nr}/sakkunniga/{id}/aterta`
///
/// # Errors
/// There is no such link that the user's body has sent.
pub async fn take_back(State(state): State<AppState>, Path((number, id)): Path<(String, String)>, posted: Posted) -> PageResult {
    let number = number_of(&number)?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let origin = actions::origin(&state);
    let doing = Doing { origin: &origin, actor: &posted.user.actor, number, revision: 0, now: clock::now() };
    forwarding::take_back(&state.db, doing, id).await?;
    Ok(Redirect::to(&format!("/samrad/{number}/sakkunniga?sparat=atertagen")).into_response())
}
