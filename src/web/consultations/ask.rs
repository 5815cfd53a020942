//! Asking for consultation, from the collection.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;

use crate::actions::configuring::Number;
use crate::actions::consultations::asking::{self, Ground, Refusal};
use crate::actions::consultations::attachments::{self, Judged, Sent, too_large};
use crate::actions::pairs::Waiting;
use crate::actions::{self};
use crate::clock;
use crate::db::{Tx, involved, organisations};
use crate::domain::access::{Action, may};
use crate::domain::consultation::CaseKind;
use crate::domain::consultation::asking::{Asking, AskingFault, AskingPart, timing_in_words};
use crate::domain::consultation::configured::in_bytes;
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::domain::life::Step;
use crate::domain::ordinance::survey_sections_apply;
use crate::domain::organisation::Organisation;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::fields::{Asked, ErrorLine, Question};
use crate::web::filters::capital;
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
    let mut faults = match (said(&fields, &read), judged) {
        (Err(parts), Ok(_)) => Faults { parts, ..Faults::default() },
        (said, Err(why)) => Faults { files: Some(why), parts: said.err().unwrap_or_default(), ..Faults::default() },
        (Ok(asking), Ok(files)) => {
            let origin = actions::origin(&state);
            match asking::ask(&state.db, &origin, &user.actor, read.number, (&asking, &files), clock::now()).await {
                Ok(number) => {
                    state.nudge.mail();
                    return Ok(Redirect::to(&format!("/samrad/{number}?sparat=begart")).into_response());
                }
                Err(Refusal::Parts(parts)) => Faults { parts, ..Faults::default() },
                // the page tells which they are
                Err(Refusal::Unanswered(_)) => Faults { unanswered: true, ..Faults::default() },
                Err(Refusal::Error(Error::Invalid(message))) => Faults { top: Some(message), ..Faults::default() },
                Err(Refusal::Error(other)) => return Err(other.into()),
            }
        }
    };
    if sends_files && faults.files.is_none() {
        faults.files = Some("Välj filerna på nytt. Webbläsaren kommer inte ihåg dem när något annat behöver rättas.".to_owned());
    }
    let read = Read::of(&state, &user, &number, today).await?;
    let layout = Layout::new(&state, Visitor(Some(user)), "/insamlingar");
    let answer = page(&AskPage::new(layout, &read, &fields, faults, today))?;
    Ok(match unkept {
        Some(why) => why.answer(answer.into_response()),
        None => (StatusCode::UNPROCESSABLE_ENTITY, answer).into_response(),
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
struct Faults {
    files: Option<String>,
    top: Option<String>,
    unanswered: bool,
    parts: Vec<AskingFault>,
}

impl Faults {
    fn of(&self, part: AskingPart) -> Option<String> {
        let of_part: Vec<&str> = self.parts.iter().filter(|fault| fault.part == part).map(|fault| fault.message.as_str()).collect();
        (!of_part.is_empty()).then(|| of_part.join(" "))
    }
}

/// What the form is about.
struct Read {
    number: CollectionNumber,
    ground: Ground,
    bodies: Vec<Organisation>,
    diary_number: Option<String>,
    /// How large an attached file may be, in megabytes.
    megabytes: i64,
    /// Whether the user decides, and so may state a ground for leaving consultation out.
    may_leave_out: bool,
}

impl Read {
    async fn of(state: &AppState, user: &User, number: &str, today: NaiveDate) -> Result<Self> {
        let number = CollectionNumber::parse(number).ok_or(Error::NotFound)?;
        let mut tx = state.db.read().await?;
        let ground = Ground::read(&mut tx, &user.actor, number, today).await?;
        let bodies = bodies(&mut tx, &ground).await?;
        let codes = involved::stands_for(&mut tx, &user.actor.organisation, today).await?;
        let own = ground.newest.responsible.iter().find(|one| codes.contains(&one.organisation.code));
        let diary_number = own.and_then(|one| one.diary_number.clone());
        let decides = may(&user.actor, Action::Decide(ground.known.parties(today)));
        let may_leave_out = decides && ground.known.standing(today).check(Step::Decide).is_ok();
        let megabytes = Number::Megabytes.get(&mut tx).await?;
        Ok(Self { number, megabytes, bodies, diary_number, may_leave_out, ground })
    }
}

/// The bodies that can be consulted, in the order of configuration.
async fn bodies(tx: &mut Tx, ground: &Ground) -> Result<Vec<Organisation>> {
    let codes = ground.bodies();
    let mut bodies = if codes.is_empty() { Vec::new() } else { organisations::get_many(tx, &codes).await? };
    bodies.sort_by_key(|body| codes.iter().position(|code| *code == body.code));
    Ok(bodies)
}

/// What the form says.
fn said(fields: &Fields, read: &Read) -> Result<Asking, Vec<AskingFault>> {
    let text = |name: &str| Some(fields.get(name).to_owned()).filter(|text| !text.is_empty());
    let mut bodies: Vec<String> = Vec::new();
    for body in fields.all("organ") {
        if !bodies.iter().any(|known| known == body) {
            bodies.push(body.to_owned());
        }
    }
    let kind = CaseKind::from_code(fields.get("slag"));
    let wanted_on = fields.get("svar_senast").parse::<NaiveDate>().ok();
    let mut faults = Vec::new();
    if kind.is_none() {
        faults.push(AskingFault { part: AskingPart::Kind, message: "Välj vad ärendet räknas som.".to_owned() });
    }
    if wanted_on.is_none() {
        faults.push(AskingFault { part: AskingPart::WantedOn, message: "Skriv dagen så här: 2026-12-04.".to_owned() });
    }
    match kind.zip(wanted_on) {
        Some((kind, wanted_on)) => Ok(Asking {
            bodies,
            kind,
            form_unchanged: fields.has("oforandrat") && read.ground.may_be_unchanged(),
            wanted_on,
            short_time_reason: text("kort_tid"),
            selection: text("urval"),
            timing: text("tid"),
            discussed: text("diskuterat"),
            diary_number: text("diarienummer"),
        }),
        None => Err(faults),
    }
}

/// The form in which consultation is asked for.
#[derive(Debug, Template)]
#[template(path = "consultations/ask.html")]
pub struct AskPage {
    /// The frame.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title, in the version that is asked about.
    pub title: String,
    /// Whether the planned change is asked about, beside what is in force.
    pub revision: bool,
    /// Why nothing can be asked for now.
    pub refusal: Option<String>,
    /// The case about the same version that is not over.
    pub open: Option<ConsultationNumber>,
    /// The overlaps that wait for an answer first.
    pub waiting: Vec<Waiting>,
    /// Whether the user may state why consultation is left out.
    pub may_leave_out: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// Whom the case is sent to.
    pub bodies: Question,
    /// Whether only selection and timing are asked about: shown where the form can be as it was.
    pub unchanged: Option<bool>,
    /// What the case is counted as.
    pub kind: Question,
    /// When an answer is wanted.
    pub wanted_on: Question,
    /// The texts: short time, selection, timing, what was discussed.
    pub texts: Vec<Question>,
    /// The agency's own diarienummer.
    pub diary_number: Question,
    /// How large a file may be, in megabytes.
    pub megabytes: i64,
    /// What is wrong with the files.
    pub files: Option<String>,
}

impl AskPage {
    fn new(layout: Layout, read: &Read, fields: &Fields, faults: Faults, today: NaiveDate) -> Self {
        let ground = &read.ground;
        let sent = !fields.pairs().is_empty();
        let typed = |name: &str, known: String| if sent { fields.get(name).to_owned() } else { known };
        let (bodies, kind) = choices(read, fields, &faults);
        let wanted_on = Question::new("svar_senast", "När vill ni ha svar senast?")
            .typed(typed("svar_senast", ground.wanted_on(today).to_string()))
            .hint("Ifyllt är den första dagen som ger så många arbetsdagar som registret rekommenderar. Det är registrets förval, inte ett krav.")
            .kind("date")
            .short()
            .wrong(faults.of(AskingPart::WantedOn));
        let texts = texts(read, &faults, &typed, today);
        let diary_number = Question::new("diarienummer", "Ert diarienummer")
            .typed(typed("diarienummer", read.diary_number.clone().unwrap_or_default()))
            .hint("Det nummer som samrådet har hos er, om det har ett.")
            .short()
            .wrong(faults.of(AskingPart::DiaryNumber));
        let unanswered = faults.unanswered.then(|| ErrorLine {
            href: "#likheter".to_owned(),
            text: "Svara först om insamlingarna som troligen begär samma uppgifter.".to_owned(),
        });
        let top = faults.top.clone().map(|text| ErrorLine { href: "#begaran".to_owned(), text });
        let files = faults.files.clone().map(|text| ErrorLine { href: "#f-fil".to_owned(), text });
        let questions = [&bodies, &kind, &wanted_on].into_iter().chain(&texts).chain([&diary_number]);
        Self {
            layout,
            number: read.number.to_string(),
            title: ground.newest.content.title.clone(),
            revision: ground.known.has_revision(),
            refusal: ground.refusal(),
            open: ground.open,
            waiting: ground.waiting.clone(),
            may_leave_out: read.may_leave_out,
            errors: top.into_iter().chain(unanswered).chain(questions.filter_map(Question::error_line)).chain(files).collect(),
            files: faults.files,
            megabytes: read.megabytes,
            unchanged: ground.may_be_unchanged().then(|| if sent { fields.has("oforandrat") } else { is_unchanged(ground) }),
            bodies,
            kind,
            wanted_on,
            texts,
            diary_number,
        }
    }
}

/// Whether what is asked about is what is in force, word for word.
fn is_unchanged(ground: &Ground) -> bool {
    ground.changed.as_ref().is_some_and(Vec::is_empty)
}

/// Whom it is sent to, and what it is counted as.
fn choices(read: &Read, fields: &Fields, faults: &Faults) -> (Question, Question) {
    let sent = !fields.pairs().is_empty();
    let chosen: Vec<String> = if sent { fields.all("organ").map(str::to_owned).collect() } else { read.ground.suggested() };
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let bodies = Question::new("organ", "Vilka vill ni samråda med?")
        .hint("Förvalt är de som företräder dem som ska svara. Ni väljer.")
        .choices(read.bodies.iter().map(|body| (body.code.as_str(), body.name.as_str())), &chosen)
        .asked(Asked::Ordinance("3 §"))
        .wrong(faults.of(AskingPart::Bodies));
    let kind = if sent { fields.get("slag").to_owned() } else { read.ground.suggested_kind().code().to_owned() };
    let kind = Question::new("slag", "Vad gäller samrådet?")
        .hint("Används i statistiken. Varje ärende räknas en gång.")
        .choices(CaseKind::ALL.iter().map(|kind| (kind.code(), capital(kind.label()))), &[&kind])
        .explain("new", "Uppgifterna har inte begärts förut.")
        .explain("changed", "Något ändras i en insamling som redan är beslutad.")
        .explain("recurring", "Samma insamling genomförs igen.")
        .explain("one_off", "Uppgifterna begärs en enda gång.")
        .asked(Asked::Register)
        .wrong(faults.of(AskingPart::Kind));
    (bodies, kind)
}

fn texts(read: &Read, faults: &Faults, typed: &dyn Fn(&str, String) -> String, today: NaiveDate) -> Vec<Question> {
    let content = &read.ground.newest.content;
    let asked = if survey_sections_apply(content.kind) { Asked::Ordinance("3 §") } else { Asked::Register };
    let selection = if content.respondents.is_empty() { String::new() } else { format!("{}.", capital(&content.respondents_in_words())) };
    vec![
        Question::new("kort_tid", "Varför får de mindre tid?")
            .hint("Fyll i om tiden är kortare än den förvalda.")
            .typed(typed("kort_tid", String::new()))
            .lines(2)
            .asked(Asked::Register)
            .wrong(faults.of(AskingPart::ShortTimeReason)),
        Question::new("urval", "Vilka ska svara, och hur väljs de ut?")
            .hint("Ifyllt från insamlingen. Komplettera om mer behöver sägas.")
            .typed(typed("urval", selection))
            .asked(asked)
            .wrong(faults.of(AskingPart::Selection)),
        Question::new("tid", "När skickas frågorna, och när ska svaren vara inne?")
            .hint("Ifyllt från omgångarna som återstår.")
            .typed(typed("tid", timing_in_words(&read.ground.newest.rounds, today)))
            .asked(asked)
            .wrong(faults.of(AskingPart::Timing)),
        Question::new("diskuterat", "Vad har ni redan diskuterat, och med vem?")
            .hint("Ange funktioner, inte namn på personer.")
            .typed(typed("diskuterat", String::new()))
            .asked(Asked::Register)
            .wrong(faults.of(AskingPart::Discussed)),
    ]
}
