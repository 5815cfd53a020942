//! The form in which consultation is asked for.

use askama::Template;
use chrono::NaiveDate;

use super::ask::{Faults, Read};
use crate::actions::consultations::asking::Ground;
use crate::actions::pairs::Waiting;
use crate::domain::consultation::CaseKind;
use crate::domain::consultation::asking::{AskingPart, timing_in_words};
use crate::domain::identifier::ConsultationNumber;
use crate::domain::ordinance::survey_sections_apply;
use crate::text;
use crate::web::fields::{Asked, ErrorLine, Question};
use crate::web::filters::capital;
use crate::web::form::Fields;
use crate::web::layout::Layout;

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
    pub(super) fn new(layout: Layout, read: &Read, fields: &Fields, faults: Faults, today: NaiveDate) -> Self {
        let ground = &read.ground;
        let sent = !fields.pairs().is_empty();
        let typed = |name: &str, known: String| if sent { fields.get(name).to_owned() } else { known };
        let (bodies, kind) = choices(read, fields, &faults, today);
        let wanted_on = Question::new("svar_senast", "När vill ni ha svar senast?")
            .typed(typed("svar_senast", ground.wanted_on(today).to_string()))
            .hint(days_in_words(ground.working_days))
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

/// How long those who are asked should have.
fn days_in_words(working_days: i64) -> String {
    let days = text::counted(working_days, "arbetsdag", "arbetsdagar");
    format!("Ifyllt är den första dagen som ger dem {days}. Det är registrets förval, inte ett krav. Ger ni kortare tid skriver ni varför.")
}

/// Whether what is asked about is what is in force, word for word.
fn is_unchanged(ground: &Ground) -> bool {
    ground.changed.as_ref().is_some_and(Vec::is_empty)
}

/// Said of a body that the register cannot write to.
const UNREACHED: &str =
    "Har ingen adress i registret och får inget mejl: skicka begäran dit själv, eller be den som driver registret att bjuda in dem.";

/// Whom it is sent to, and what it is counted as.
fn choices(read: &Read, fields: &Fields, faults: &Faults, today: NaiveDate) -> (Question, Question) {
    let sent = !fields.pairs().is_empty();
    let chosen: Vec<String> = if sent { fields.all("organ").map(str::to_owned).collect() } else { read.ground.suggested() };
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let unreached = read.bodies.iter().filter(|body| !read.reached.contains(&body.code));
    let question = Question::new("organ", "Vilka vill ni samråda med?")
        .hint("Förvalt är de som företräder dem som ska svara. Ni väljer.")
        .choices(read.bodies.iter().map(|body| (body.code.as_str(), body.name.as_str())), &chosen)
        .asked(Asked::Ordinance("3 §"))
        .wrong(faults.of(AskingPart::Bodies));
    let bodies = unreached.fold(question, |question, body| question.explain(&body.code, UNREACHED));
    let suggested = read.ground.suggested_kind(today).map(CaseKind::code).unwrap_or_default();
    let kind = if sent { fields.get("slag") } else { suggested };
    let kind = Question::new("slag", "Vad gäller samrådet?")
        .hint("Används i statistiken. Varje ärende räknas en gång.")
        .choices(CaseKind::ALL.iter().map(|kind| (kind.code(), capital(kind.label()))), &[kind])
        .explain("new", "Uppgifterna har inte begärts förut.")
        .explain("changed", "Något ändras i en insamling som redan är beslutad.")
        .explain("recurring", "Samma uppgifter har begärts förut, också om det var innan de fanns i registret.")
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
