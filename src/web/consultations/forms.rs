//! What the reader of a case can do in it: each form with its questions, or with why it cannot be used now.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::Named;
use super::sent::{Form, Typing};
use crate::actions::consultations::answering::HELD;
use crate::actions::consultations::{Seen, Side};
use crate::db::consultations::Part;
use crate::domain::consultation::life::{self, Step};
use crate::domain::consultation::opinion::AnswerPart;
use crate::domain::consultation::{Opinion, Outcome, State};
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters::capital;

/// Who has a body's part of a case, by the body, as far as the reader may know.
pub type Taken = HashMap<String, String>;

/// What only the reader's own body knows.
#[derive(Debug, Default)]
pub struct Own {
    /// Who has its part.
    pub taken: Taken,
    /// Its answer templates: identity and name.
    pub templates: Vec<(String, String)>,
    /// Those who can have its part, by identity and name.
    pub colleagues: Vec<(Uuid, String)>,
    /// The names of all its people, for what they have written.
    pub people: HashMap<Uuid, String>,
    /// How many points it has prepared.
    pub prepared: usize,
}

impl Own {
    /// Said beside what somebody does in a colleague's case.
    fn holder(&self, part: &Part) -> String {
        let holder = self.taken.get(&part.body).filter(|holder| *holder != ONESELF);
        holder.map(|holder| format!("Ärendet handläggs av {holder}. Stäm av innan du skickar. ")).unwrap_or_default()
    }

    /// Said beside what sends the prepared points along.
    fn along(&self) -> String {
        match self.prepared {
            0 => String::new(),
            1 => " Den synpunkt som ni har förberett skickas med.".to_owned(),
            many => format!(" De {many} synpunkter som ni har förberett skickas med."),
        }
    }
}

/// What is said of a part that the reader has.
pub const ONESELF: &str = "dig";

/// A step as a button or a form.
#[derive(Debug)]
pub struct StepForm {
    /// The last part of its address, and its identity on the page.
    pub id: &'static str,
    /// The button's words.
    pub label: String,
    /// What it brings about.
    pub about: String,
    /// Why it cannot be taken now.
    pub refusal: Option<String>,
    /// The body that it is about, where the agency takes it for one.
    pub body: Option<String>,
    /// The colleague from whom the case is taken over.
    pub over: Option<Uuid>,
    /// The revision that it is based on.
    pub revision: i64,
    /// The templates whose words can be fetched into it.
    pub template: Option<Question>,
    /// Choices, the first first.
    pub choices: Vec<Question>,
    /// Texts of several lines.
    pub texts: Vec<Question>,
    /// Texts of a line.
    pub lines: Vec<Question>,
}

impl StepForm {
    fn new(id: &'static str, label: &str, refusal: Option<String>, revision: i64) -> Self {
        Self {
            id,
            label: label.to_owned(),
            about: String::new(),
            refusal,
            body: None,
            over: None,
            revision,
            template: None,
            choices: Vec::new(),
            texts: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Whether it asks nothing.
    #[must_use]
    pub fn is_at_once(&self) -> bool {
        self.choices.is_empty() && self.texts.is_empty() && self.lines.is_empty() && self.about.is_empty()
    }

    /// Where it stands on the page.
    #[must_use]
    pub fn anchor(&self) -> String {
        self.body.as_ref().map_or_else(|| format!("#{}", self.id), |body| format!("#{}-{body}", self.id))
    }

    /// What is wrong with it.
    pub fn error_lines(&self) -> impl Iterator<Item = ErrorLine> + '_ {
        self.template.iter().chain(&self.choices).chain(&self.texts).chain(&self.lines).filter_map(Question::error_line)
    }
}

/// The steps that the reader's side can take.
#[must_use]
pub fn steps(seen: &Seen, (named, own): (&Named, &Own), typing: Typing<'_>, today: NaiveDate) -> Vec<StepForm> {
    // what is over offers nothing, not even buttons that say why
    if seen.case.parts.iter().any(|part| part.state.is_over()) {
        return Vec::new();
    }
    match (seen.side, seen.own_part()) {
        (Side::Body, Some(part)) => vec![take(part, &own.taken), ask_agency(part, own, typing), answer(part, own, typing)],
        (Side::Agency, _) => {
            let replies = seen.case.parts.iter().filter(|part| part.state == State::AwaitingAgency);
            let several = seen.case.parts.len() > 1;
            let mut steps: Vec<StepForm> = replies.map(|part| reply(part, (named, several), typing)).collect();
            steps.push(close(seen, typing, today));
            steps.push(withdraw(seen));
            steps
        }
        _ => Vec::new(),
    }
}

fn refusal(part: &Part, step: Step) -> Option<String> {
    life::after(part.state, step).err()
}

fn take(part: &Part, taken: &Taken) -> StepForm {
    let refusal = refusal(part, Step::Take);
    match taken.get(&part.body) {
        // somebody has been given it: whoever takes it over is told who, and presses once more
        Some(holder) if refusal.is_none() && holder != ONESELF => StepForm {
            about: format!("Ärendet är tilldelat {holder}. Tar du över det blir du handläggare."),
            over: part.assignee,
            ..StepForm::new("ta", "Ta över och börja granska", None, part.revision)
        },
        _ => StepForm::new("ta", "Börja granska", refusal, part.revision),
    }
}

fn ask_agency(part: &Part, own: &Own, typing: Typing<'_>) -> StepForm {
    let words = typing.text(Form::AskAgency, "ord", "Vad vill ni veta?", "").lines(4);
    StepForm {
        about: format!("{}Myndigheten får ett mejl. Tiden räknas som myndighetens tills den har svarat.{}", own.holder(part), own.along()),
        texts: vec![words],
        ..StepForm::new("fraga", "Ställ frågor till myndigheten", refusal(part, Step::AskAgency), part.revision)
    }
}

fn answer(part: &Part, own: &Own, typing: Typing<'_>) -> StepForm {
    let templates = &own.templates;
    let known = |text: &Option<String>| text.clone().unwrap_or_default();
    let text = |name, label, known: String| typing.text(Form::Answer, name, label, &known);
    let opinions = Opinion::ALL.iter().map(|one| (one.code().to_owned(), capital(one.label()))).collect();
    let template = (!templates.is_empty()).then(|| {
        let none = (String::new(), "Välj mall".to_owned());
        typing
            .choice(Form::Answer, "mall", "Hämta ord ur en mall", [none].into_iter().chain(templates.iter().cloned()).collect(), "")
            .hint("Orden läggs till sist i yttrandet i ord. Det du har skrivit finns kvar.")
    });
    let (coordination, feasibility) = (known(&part.coordination), known(&part.feasibility));
    StepForm {
        about: format!("{}Yttrandet går till myndigheten, som beslutar.{}", own.holder(part), own.along()),
        template,
        texts: vec![
            text("samordning", "Er bedömning: samordning", coordination)
                .hint("Finns uppgifterna redan? Kan insamlingen samordnas med en annan?"),
            text("genomforbarhet", "Er bedömning: genomförbarhet och kvalitet", feasibility)
                .hint("Går frågorna att svara på, och blir svaren jämförbara?"),
            text("yttrande", "Yttrandet i ord", known(&part.answer))
                .hint("Krävs om ni har synpunkter eller avstyrker. Texten visas öppet på insamlingens sida när samrådet är avslutat, om ni avstyrker eller inte är överens med myndigheten.")
                .lines(6),
        ],
        choices: vec![typing.choice(Form::Answer, "svar", "Yttrande", opinions, part.opinion.map_or("", Opinion::code))],
        lines: vec![text("diarienummer", "Ert diarienummer", known(&part.diary_number)).short()],
        ..StepForm::new("yttrande", "Lämna yttrande", may_answer(part, &own.taken), part.revision)
    }
}

/// Why no opinion can be given now: also what nobody has taken can be answered, unless a colleague has been given it.
fn may_answer(part: &Part, taken: &Taken) -> Option<String> {
    let is_held = part.state == State::Requested && taken.get(&part.body).is_some_and(|holder| holder != ONESELF);
    life::to_answer(part.state).err().or_else(|| is_held.then(|| HELD.to_owned()))
}

/// The field of the form in which a part of an answer stands.
#[must_use]
pub fn field_of(part: AnswerPart) -> &'static str {
    match part {
        AnswerPart::Coordination => "samordning",
        AnswerPart::Feasibility => "genomforbarhet",
        AnswerPart::Opinion => "svar",
        AnswerPart::Words => "yttrande",
        AnswerPart::DiaryNumber => "diarienummer",
    }
}

fn reply(part: &Part, (named, several): (&Named, bool), typing: Typing<'_>) -> StepForm {
    let name = named.get(&part.body);
    let label = if several { format!("Svara på frågorna från {name}") } else { "Svara på frågorna".to_owned() };
    StepForm {
        about: format!("{name} väntar på ert svar. Frågorna står i tråden ovan."),
        body: Some(part.body.clone()),
        texts: vec![typing.text(Form::Reply, &format!("ord-{}", part.body), "Ert svar", "").lines(4)],
        ..StepForm::new("svara", &label, refusal(part, Step::Reply), part.revision)
    }
}

/// Why a case cannot be closed in any way now.
fn close_refusal(seen: &Seen, today: NaiveDate) -> Option<String> {
    let states: Vec<State> = seen.case.parts.iter().map(|part| part.state).collect();
    let answered = states.contains(&State::Answered);
    let outcome = if answered { Outcome::Agreed } else { Outcome::NoAnswer };
    life::close(&states, outcome, seen.case.asking.wanted_on, today).err()
}

fn close(seen: &Seen, typing: Typing<'_>, today: NaiveDate) -> StepForm {
    let states: Vec<State> = seen.case.parts.iter().map(|part| part.state).collect();
    let possible = |one: &&Outcome| life::close(&states, **one, seen.case.asking.wanted_on, today).is_ok();
    let outcomes = Outcome::ALL.iter().filter(possible).map(|one| (one.code().to_owned(), capital(one.label()))).collect();
    StepForm {
        about: "Ni avslutar samrådet en gång, för alla. Hur det slutade visas öppet på insamlingens sida.".to_owned(),
        choices: vec![typing.choice(Form::Close, "utfall", "Hur slutade samrådet?", outcomes, "")],
        texts: vec![
            typing
                .text(Form::Close, "avslut", "Er syn", "")
                .hint("Krävs om ni inte är överens. Då visas den öppet tillsammans med yttrandet.")
                .lines(4),
        ],
        ..StepForm::new("avsluta", "Avsluta samrådet", close_refusal(seen, today), seen.revision())
    }
}

fn withdraw(seen: &Seen) -> StepForm {
    let refusal = seen.case.parts.iter().find_map(|part| refusal(part, Step::Withdraw));
    StepForm {
        about: "De som skulle ha svarat får veta att de inte behöver det. Ni kan begära samråd på nytt.".to_owned(),
        ..StepForm::new("aterkalla", "Återkalla begäran", refusal, seen.revision())
    }
}
