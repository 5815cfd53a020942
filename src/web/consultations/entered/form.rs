//! The form of a case that came by mail, as it is entered and as it is corrected.

use askama::Template;

use super::said;
use crate::domain::consultation::entered::{EnteredFault, EnteredPart};
use crate::domain::consultation::{CaseKind, Opinion, Outcome};
use crate::domain::organisation::Organisation;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters::{self, capital};
use crate::web::form::Fields;
use crate::web::layout::Layout;

/// The field that says that it is another case than one that came a few days before or after.
pub const APART: &str = "annat";

/// What the form is about.
#[derive(Debug, Clone)]
pub struct About {
    /// The case, where it is entered already and corrected.
    pub case: Option<String>,
    /// The body whose part is corrected, by code.
    pub organ: Option<String>,
    /// How often it had been corrected when whoever corrects it read it.
    pub corrections: i64,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The agency that it is the collection of.
    pub agency: String,
    /// Whether a body enters the case.
    pub by_body: bool,
    /// Whether the agency's view is asked for.
    pub asks_view: bool,
    /// Whether it is asked if it is another case than one that came a few days before or after.
    pub asks_apart: bool,
    /// Those who can have been asked; none where it is known.
    pub bodies: Vec<Organisation>,
    /// Whether a change is planned beside what is in force.
    pub has_revision: bool,
    /// Whether the register knows several rounds or versions of the collection.
    pub is_repeated: bool,
}

/// The form in which a case is entered.
#[derive(Debug, Template)]
#[template(path = "consultations/enter.html")]
pub struct EnterPage {
    /// The frame.
    pub layout: Layout,
    /// The case, where it is entered already and corrected.
    pub case: Option<String>,
    /// The body whose part is corrected, by code.
    pub organ: Option<String>,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The agency that it is the collection of.
    pub agency: String,
    /// How often it had been corrected when whoever corrects it read it.
    pub corrections: i64,
    /// Whether a body enters the case, and the agency is asked to confirm it.
    pub by_body: bool,
    /// Whom the letter about it goes to.
    pub told: String,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// Who was asked, where it is not the reader's own body; and whether what is in force or what is planned was asked about.
    pub choices: Vec<Question>,
    /// Whether only selection and timing were asked about.
    pub unchanged: bool,
    /// Whether it is said that it is another case than one that came a few days before or after; none where nobody asks.
    pub apart: Option<bool>,
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
    /// The agency's view; none where the agency has said it itself.
    pub closing: Option<Question>,
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
    /// The form about something, with what was typed and what is wrong with it.
    #[must_use]
    pub fn new(layout: Layout, about: About, fields: &Fields, faults: &[EnteredFault]) -> Self {
        let typing = Typing { fields, faults };
        let opinions = with_none("Inget svar", Opinion::ALL.iter().map(|one| (one.code(), one.label())));
        let outcomes = with_none("Det pågår fortfarande", Outcome::ALL.iter().map(|one| (one.code(), one.label())));
        let view = if about.by_body {
            "Krävs om ni inte var överens. Återge vad myndigheten skrev. Det visas öppet först när myndigheten har bekräftat det."
        } else {
            "Krävs om ni inte var överens. Då visas den öppet tillsammans med yttrandet."
        };
        let (agency, body) = match about.by_body {
            true => ("Myndighetens diarienummer", "Ert diarienummer"),
            false => ("Ert diarienummer", "Diarienummer hos den som tillfrågades"),
        };
        let mut form = Self {
            layout,
            choices: choices(&typing, &about),
            told: if about.by_body { about.agency.clone() } else { "den som tillfrågades".to_owned() },
            case: about.case,
            organ: about.organ,
            corrections: about.corrections,
            by_body: about.by_body,
            number: about.number,
            title: about.title,
            agency: about.agency,
            errors: Vec::new(),
            unchanged: fields.has("oforandrat"),
            apart: (about.asks_apart || fields.has(APART)).then(|| fields.has(APART)),
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
            closing: about.asks_view.then(|| typing.text(EnteredPart::Closing, "Myndighetens syn").hint(view)),
        };
        form.errors = form.questions().filter_map(Question::error_line).collect();
        form
    }

    /// Everything that is asked, in the order of the form.
    fn questions(&self) -> impl Iterator<Item = &Question> {
        let first = self.choices.iter().chain(&self.days).chain(&self.diaries).chain(&self.texts);
        first.chain(&self.answer).chain([&self.words]).chain(&self.closed).chain(&self.closing)
    }
}

fn choices(typing: &Typing<'_>, about: &About) -> Vec<Question> {
    let kinds = CaseKind::ALL.iter().map(|kind| (kind.code().to_owned(), capital(kind.label()))).collect();
    let hint = if about.is_repeated {
        "Insamlingen har flera omgångar eller versioner i registret, så ärendet var troligen inte nytt. Det räknas en gång i statistiken."
    } else {
        "Varje ärende räknas en gång i statistiken."
    };
    let kind = typing.choice(EnteredPart::Kind, "Vad gällde samrådet?", kinds, "").hint(hint);
    let body = (!about.bodies.is_empty()).then(|| {
        let bodies: Vec<(String, String)> = about.bodies.iter().map(|body| (body.code.clone(), body.name.clone())).collect();
        let only = if bodies.len() == 1 { bodies.first().map(|(code, _)| code.clone()) } else { None };
        typing
            .choice(EnteredPart::Body, "Vem tillfrågades?", bodies, &only.unwrap_or_default())
            .hint("Tillfrågades flera på en gång, för in dem en i taget med samma dag. De läggs till samma ärende.")
    });
    let version = about.has_revision.then(|| {
        let all = [("beslutad", "Det som är beslutat"), ("planerad", "Ändringen som är planerad")];
        let all = all.map(|(code, label)| (code.to_owned(), label.to_owned())).into();
        typing.choice(EnteredPart::Version, "Vilken version gällde det?", all, "")
    });
    body.into_iter().chain([kind]).chain(version).collect()
}
