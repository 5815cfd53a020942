//! Asking for consultation, from the collection.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;

use super::ask_page::AskPage;
use crate::actions::configuring::Number;
use crate::actions::consultations::asking::{self, Ground, Refusal};
use crate::actions::consultations::attachments::{self, Judged, Sent, too_large};
use crate::actions::consultations::letters::reached;
use crate::actions::{self};
use crate::clock;
use crate::db::{Tx, involved, organisations};
use crate::domain::access::{Action, may};
use crate::domain::consultation::CaseKind;
use crate::domain::consultation::asking::{Asking, AskingFault, AskingPart};
use crate::domain::consultation::configured::in_bytes;
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::domain::life::Step;
use crate::domain::organisation::Organisation;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::uploaded::{MOST_KEPT, Sending, Uploaded, UploadedFile};
use crate::web::user::{User, Visitor};

/// The most files that are sent along with the asking: each takes its time to be read.
const MOST_AT_ONCE: usize = 5;
/// How long the text of all files together may take to be read; what is left then is kept without.
const MOST_READING: Duration = Duration::from_secs(12);
/// What is said of files that are too large together.
const TOGETHER: &str = "Filerna är tillsammans större än 50\u{a0}MB. Bifoga några av dem när samrådet är begärt.";

/// `GET /insamlingar/{nr}/samrad`
///
/// # Errors
/// There is no such collection that the user may change.
pub async fn show(State(state): State<AppState>, user: User, Today(today): Today, Path(number): Path<String>) -> PageResult {
    let read = Read::of(&state, &user, &number, today).await?;
    page(&AskPage::new(Layout::new(&state, Visitor(Some(user)), "/insamlingar"), &read, &Fields::default(), Faults::default(), today))
}

/// `POST /insamlingar/{nr}/samrad`
///
/// # Errors
/// There is no such collection that the user may change.
pub async fn ask(
    State(state): State<AppState>,
    Today(today): Today,
    Path(number): Path<String>,
    sending: Sending,
) -> Result<Response, Failure> {
    // nobody else's files are read at all
    if let Some(user) = sending.user() {
        Read::of(&state, user, &number, today).await?;
    }
    let (user, uploaded) = match sending.read(&state, MOST_KEPT).await {
        Ok(read) => read,
        Err(answer) => return Ok(answer),
    };
    let Uploaded { fields, files, unkept, .. } = uploaded;
    let read = Read::of(&state, &user, &number, today).await?;
    let sends_files = !files.is_empty();
    let judged = match unkept {
        Some(why) => Err(why.message().to_owned()),
        None => judged(&state, files, in_bytes(read.megabytes)).await?,
    };
    let mut faults = match (checked(&fields, &read, today), judged) {
        (Err(parts), Ok(_)) => Faults { parts, ..Faults::default() },
        (said, Err(why)) => Faults { files: Some(why), parts: said.err().unwrap_or_default(), ..Faults::default() },
        (Ok(asking), Ok(files)) => match asked(&state, &user, read.number, (&asking, &files)).await? {
            Ok(number) => return Ok(Redirect::to(&format!("/samrad/{number}?sparat=begart")).into_response()),
            Err(faults) => faults,
        },
    };
    if sends_files && faults.files.is_none() {
        faults.files = Some("Välj filerna på nytt. Webbläsaren kommer inte ihåg dem när något annat behöver rättas.".to_owned());
    }
    let read = Read::of(&state, &user, &number, today).await?;
    // everything that is wrong is told at once
    faults.unanswered |= read.ground.demands(fields.has("oforandrat"));
    let layout = Layout::new(&state, Visitor(Some(user)), "/insamlingar");
    let answer = page(&AskPage::new(layout, &read, &fields, faults, today))?;
    Ok(match unkept {
        Some(why) => why.answer(answer.into_response()),
        None => (StatusCode::UNPROCESSABLE_ENTITY, answer).into_response(),
    })
}

/// Asks, if nothing has changed since the form was judged; the number of the case, or what is wrong.
async fn asked(
    state: &AppState,
    user: &User,
    number: CollectionNumber,
    asking: (&Asking, &[Judged]),
) -> Result<Result<ConsultationNumber, Faults>> {
    Ok(match asking::ask(&state.db, &actions::origin(state), &user.actor, number, asking, clock::now()).await {
        Ok(number) => {
            state.nudge.mail();
            Ok(number)
        }
        Err(Refusal::Parts(parts)) => Err(Faults { parts, ..Faults::default() }),
        // the page tells which they are
        Err(Refusal::Unanswered(_)) => Err(Faults { unanswered: true, ..Faults::default() }),
        Err(Refusal::Error(Error::Invalid(message))) => Err(Faults { top: Some(message), ..Faults::default() }),
        Err(Refusal::Error(other)) => return Err(other),
    })
}

/// The files of the form, judged; an error says in Swedish which one is not taken, and why.
async fn judged(state: &AppState, files: Vec<UploadedFile>, most: usize) -> Result<Result<Vec<Judged>, String>> {
    if files.len() > MOST_AT_ONCE {
        return Ok(Err(format!("Välj högst {MOST_AT_ONCE} filer. Fler kan bifogas när samrådet är begärt.")));
    }
    let (mut judged, until) = (Vec::new(), clock::deadline(MOST_READING));
    for file in files {
        let name = file.name.clone();
        if !file.is_whole() {
            let why = if file.size > most { too_large(file.size, most) } else { TOGETHER.to_owned() };
            return Ok(Err(format!("”{name}”: {why}")));
        }
        let sent = Sent { name: file.name, bytes: Arc::new(file.bytes), internal: false };
        match attachments::judged(&state.reading, sent, most, until).await {
            Ok(one) => judged.push(one),
            Err(Error::Invalid(why)) => return Ok(Err(format!("”{name}”: {why}"))),
            Err(other) => return Err(other),
        }
    }
    Ok(Ok(judged))
}

/// What is wrong with the form.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) files: Option<String>,
    pub(super) top: Option<String>,
    pub(super) unanswered: bool,
    pub(super) parts: Vec<AskingFault>,
}

impl Faults {
    pub(super) fn of(&self, part: AskingPart) -> Option<String> {
        let of_part: Vec<&str> = self.parts.iter().filter(|fault| fault.part == part).map(|fault| fault.message.as_str()).collect();
        (!of_part.is_empty()).then(|| of_part.join(" "))
    }
}

/// What the form is about.
pub(super) struct Read {
    pub(super) number: CollectionNumber,
    pub(super) ground: Ground,
    pub(super) bodies: Vec<Organisation>,
    /// Those of them that get letters, by code.
    pub(super) reached: Vec<String>,
    pub(super) diary_number: Option<String>,
    /// How large an attached file may be, in megabytes.
    pub(super) megabytes: i64,
    /// Whether the user decides, and so may state a ground for leaving consultation out.
    pub(super) may_leave_out: bool,
}

impl Read {
    async fn of(state: &AppState, user: &User, number: &str, today: NaiveDate) -> Result<Self> {
        let number = CollectionNumber::parse(number).ok_or(Error::NotFound)?;
        let mut tx = state.db.read().await?;
        let ground = Ground::read(&mut tx, &user.actor, number, today).await?;
        let bodies = bodies(&mut tx, &ground).await?;
        let reached = reached(&mut tx, &ground.bodies()).await?;
        let codes = involved::stands_for(&mut tx, &user.actor.organisation, today).await?;
        let own = ground.newest.responsible.iter().find(|one| codes.contains(&one.organisation.code));
        let diary_number = own.and_then(|one| one.diary_number.clone());
        let decides = may(&user.actor, Action::Decide(ground.known.parties(today)));
        let may_leave_out = decides && ground.known.standing(today).check(Step::Decide).is_ok();
        let megabytes = Number::Megabytes.get(&mut tx).await?;
        Ok(Self { number, megabytes, bodies, reached, diary_number, may_leave_out, ground })
    }
}

/// The bodies that can be consulted, in the order of configuration.
async fn bodies(tx: &mut Tx, ground: &Ground) -> Result<Vec<Organisation>> {
    let codes = ground.bodies();
    let mut bodies = if codes.is_empty() { Vec::new() } else { organisations::get_many(tx, &codes).await? };
    bodies.sort_by_key(|body| codes.iter().position(|code| *code == body.code));
    Ok(bodies)
}

/// What the form says, if nothing is wrong with it: what cannot be read and what the rules refuse are told together.
fn checked(fields: &Fields, read: &Read, today: NaiveDate) -> Result<Asking, Vec<AskingFault>> {
    let (asking, mut faults) = said(fields, read, today);
    let known = read.ground.bodies();
    let refused = asking.check(&read.ground.judging(&known, today)).err().into_iter().flatten();
    let unread: Vec<AskingPart> = faults.iter().map(|fault| fault.part).collect();
    faults.extend(refused.filter(|fault| !unread.contains(&fault.part)));
    if faults.is_empty() { Ok(asking) } else { Err(faults) }
}

/// What the form says, and what of it cannot be read: the suggested day and any kind stand in for those, so that the rest can be judged.
fn said(fields: &Fields, read: &Read, today: NaiveDate) -> (Asking, Vec<AskingFault>) {
    let text = |name: &str| Some(fields.get(name).to_owned()).filter(|text| !text.is_empty());
    let mut bodies: Vec<String> = Vec::new();
    for body in fields.all("organ") {
        if !bodies.iter().any(|known| known == body) {
            bodies.push(body.to_owned());
        }
    }
    let kind = CaseKind::from_code(fields.get("slag"));
    let typed_day = fields.get("svar_senast").trim();
    let wanted_on = typed_day.parse::<NaiveDate>().ok();
    let mut faults = Vec::new();
    if kind.is_none() {
        faults.push(AskingFault { part: AskingPart::Kind, message: "Välj vad ärendet räknas som.".to_owned() });
    }
    if wanted_on.is_none() {
        let why = if typed_day.is_empty() { "Ange en dag." } else { "Den dagen finns inte." };
        faults.push(AskingFault { part: AskingPart::WantedOn, message: format!("{why} Skriv så här: 2026-12-04.") });
    }
    let asking = Asking {
        bodies,
        kind: kind.unwrap_or(CaseKind::New),
        form_unchanged: fields.has("oforandrat") && read.ground.may_be_unchanged(),
        wanted_on: wanted_on.unwrap_or_else(|| read.ground.wanted_on(today)),
        short_time_reason: text("kort_tid"),
        selection: text("urval"),
        timing: text("tid"),
        discussed: text("diskuterat"),
        diary_number: text("diarienummer"),
    };
    (asking, faults)
}
