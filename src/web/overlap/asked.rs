//! In the last step of the form: each collection that probably asks for the same, with what the agency does about it.

use chrono::NaiveDate;

use super::nearby::Match;
use crate::actions::beside::{Alike, Unclear};
use crate::actions::pairs::{self as kept, Settled as Why};
use crate::db::drafts::Draft;
use crate::db::{Tx, involved, pairs};
use crate::domain::draft::answers::{CHOICE, REASON};
use crate::domain::identifier::CollectionNumber;
use crate::domain::overlap::answer::{AnswerFaults, AnswerKind};
use crate::error::Result;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters;

/// Collections that are asked about in full; the others are folded.
const MOST_OPEN: usize = 3;

/// What the agency is asked.
#[derive(Debug, Default)]
pub struct Asked {
    /// The flagged collections.
    pub list: Vec<AskedOne>,
    /// Numbers of those that the form answers for although they are not flagged any more.
    pub left: Vec<String>,
    /// Whether the agency speaks for every collection of the list.
    pub only_own: bool,
    /// Whether it cannot be told now what is flagged.
    pub failed: bool,
}

/// A flagged collection.
#[derive(Debug)]
pub struct AskedOne {
    /// What it is, beside the form.
    pub one: Match,
    /// What the agency does about it: choice and explanation.
    pub questions: Option<(Question, Question)>,
    /// Why nothing is asked.
    pub settled: Option<Settled>,
}

/// Why nothing is asked about a flagged collection.
#[derive(Debug)]
pub struct Settled {
    /// In a sentence.
    pub text: String,
    /// Where it is told and answered.
    pub href: Option<String>,
}

impl Asked {
    /// What is asked about what is like a form; `alike` is none where that cannot be told. `unclear`: what was wrong at the last try.
    ///
    /// # Errors
    /// As the database says.
    pub async fn of(tx: &mut Tx, draft: &Draft, alike: Option<&[Alike]>, unclear: &Unclear, today: NaiveDate) -> Result<Self> {
        let Some(alike) = alike else { return Ok(Self { failed: true, ..Self::default() }) };
        let mut this = Self::default();
        for one in alike.iter().filter(|one| one.is_flagged()) {
            let Some(number) = one.collection.number else { continue };
            let settled = settled(tx, draft, one, number, today).await?;
            let one = Match::new(one, draft, today);
            let questions = settled.is_none().then(|| ask(draft, number, unclear, one.is_own));
            this.list.push(AskedOne { one, questions, settled });
        }
        this.only_own = this.list.iter().all(|one| one.one.is_own);
        let is_asked = |number: &&String| this.list.iter().any(|one| one.one.side.number == **number);
        this.left = draft.form.answers.keys().filter(|number| !is_asked(number)).cloned().collect();
        Ok(this)
    }

    /// Whether the list is to be folded after this many: what is wrong and what is answered stays in sight.
    #[must_use]
    pub fn folds(&self, at: &usize, one: &AskedOne) -> bool {
        let said =
            |one: &Question| one.error.is_some() || !one.value.is_empty() || one.choices.iter().any(|c| c.chosen && !c.value.is_empty());
        *at >= MOST_OPEN && !one.questions.iter().any(|(choice, reason)| said(choice) || said(reason))
    }

    /// Whether anything can be answered.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.list.iter().any(|one| one.questions.is_some())
    }

    /// What is wrong with what is answered.
    pub fn error_lines(&self) -> impl Iterator<Item = ErrorLine> + '_ {
        let questions = self.list.iter().filter_map(|one| one.questions.as_ref());
        questions.flat_map(|(choice, reason)| [choice, reason]).filter_map(Question::error_line)
    }
}

/// What is settled of a change of `own`: the agency has answered already, or the other one is asked.
async fn settled(tx: &mut Tx, draft: &Draft, one: &Alike, number: CollectionNumber, today: NaiveDate) -> Result<Option<Settled>> {
    let Some(own) = draft.number else { return Ok(None) };
    let Some(known) = involved::by_number(tx, own, today).await? else { return Ok(None) };
    let asks = number < own;
    let pair = if asks { (known.id, one.collection.id) } else { (one.collection.id, known.id) };
    let pair = pairs::between(tx, pair.0, pair.1).await?;
    let href = pair.as_ref().map(|pair| format!("/liknande/{}", pair.id));
    if !asks {
        let text = "Den insamlingen registrerades efter er. Därför är det den myndigheten som registret frågar.";
        return Ok(Some(Settled { text: text.to_owned(), href }));
    }
    let Some(pair) = pair else { return Ok(None) };
    let text = match kept::settled(tx, &pair).await? {
        Some(Why::Rejected) => "Granskat: inte samma uppgifter.".to_owned(),
        Some(Why::Answered(kind)) => format!("Ni har svarat: {}.", kind.said(one.is_own)),
        None => return Ok(None),
    };
    Ok(Some(Settled { text, href }))
}

fn ask(draft: &Draft, number: CollectionNumber, unclear: &Unclear, is_own: bool) -> (Question, Question) {
    let typed = draft.form.answers.get(&number.to_string()).cloned().unwrap_or_default();
    let told = unclear.iter().find(|(wrong, _)| *wrong == number).map(|(_, faults)| faults.clone());
    let faults = told.unwrap_or_else(|| typed.given().err().unwrap_or_default());
    let names = (format!("{CHOICE}{number}"), format!("{REASON}{number}"));
    let (mut choice, mut reason) = questions(names, (&typed.kind, typed.reason), faults, is_own);
    choice.label = format!("Hur gör ni med {number}?");
    reason.label = format!("Förklaring till svaret om {number}");
    let later = Question::new("", "").choices([("", "Vi svarar senare")], &[&typed.kind]).choices;
    choice.choices.extend(later);
    (choice, reason)
}

/// The questions of an answer: the choice and its explanation, under these names. `is_own`: the agency speaks for both collections.
#[must_use]
pub fn questions(names: (String, String), (kind, reason): (&str, String), faults: AnswerFaults, is_own: bool) -> (Question, Question) {
    let (reuse, coordinate) = if is_own {
        ("Ni frågar inte efter dem en gång till.", "Ni frågar efter allt i en av insamlingarna. Inget mejl skickas.")
    } else {
        (
            "Ni tar in uppgifterna från den andra myndigheten och frågar inte efter dem själva.",
            "Den andra myndigheten får ett mejl med förslaget.",
        )
    };
    let label = |kind: AnswerKind| filters::capital(kind.said(is_own));
    let choice = Question::new(names.0, "Hur gör ni?")
        .choices(AnswerKind::ALL.iter().map(|kind| (kind.code(), label(*kind))), &[kind])
        .explain("reuse", reuse)
        .explain("coordinate", coordinate)
        .explain("differs", "Skriv nedan på vilket sätt.")
        .wrong(faults.kind);
    let reason = Question::new(names.1, "Förklaring")
        .hint("Krävs om insamlingen skiljer sig. Bekräftas likheten visas svaret öppet.")
        .typed(reason)
        .wrong(faults.reason);
    (choice, reason)
}
