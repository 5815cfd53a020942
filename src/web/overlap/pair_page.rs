//! The page of a pair: side by side, what was said of it, and what the reader can say.

use std::collections::{HashMap, HashSet};

use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::asked::questions;
use super::judging::VerdictForm;
use super::letter;
use super::pair::{Onward, Typed};
use super::side::{ItemRow, Side};
use crate::actions::pairs::{self, Sides};
use crate::clock;
use crate::db::Tx;
use crate::db::pairs::{self as kept, Answered, Judged, Remark, Said};
use crate::domain::access::{Action, may};
use crate::domain::collection::Collection;
use crate::domain::overlap::answer::{AnswerFaults, AnswerKind};
use crate::domain::wording;
use crate::error::Result;
use crate::state::AppState;
use crate::text;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters;
use crate::web::layout::Layout;
use crate::web::user::{User, Visitor};

/// Something that was said of the pair.
#[derive(Debug)]
pub struct Line {
    /// When, in words.
    pub day: String,
    /// When, as `2026-11-22`.
    pub iso: String,
    /// Which organisation.
    pub who: String,
    /// What it did.
    pub what: String,
    /// What it wrote.
    pub words: Option<String>,
    /// To whom a letter went.
    pub letter: Option<String>,
    /// The items that were decided to be the same, as they are worded now.
    pub items: Vec<String>,
}

/// The page of a pair.
#[derive(Debug, Template)]
#[template(path = "overlap/pair.html")]
pub struct PairPage {
    /// The frame.
    pub layout: Layout,
    /// Its identity.
    pub id: Uuid,
    /// What was just done.
    pub done: Option<&'static str>,
    /// Where whoever has just answered goes on.
    pub onward: Option<Onward>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The collection that asks.
    pub asking: Side,
    /// The other one.
    pub met: Side,
    /// The items that are alike.
    pub items: Vec<ItemRow>,
    /// What each asks for in all, by its number.
    pub all_items: [(String, Vec<String>); 2],
    /// Who is responsible for both, if anybody is.
    pub same_agency: Option<String>,
    /// The latest decision, where it was made of what they said earlier: who and when, and how much they said is the same.
    pub lapsed: Option<(Line, &'static str)>,
    /// Whether the agency that asks wants to join and nobody could be written to.
    pub unsent: bool,
    /// Why the method no longer flags it, where that is so.
    pub gone: Option<String>,
    /// What was said, the first first.
    pub lines: Vec<Line>,
    /// Digests of what is shown.
    pub seen: (String, String),
    /// The agency's answer, where the reader speaks for it: choice and reason.
    pub answer: Option<(Question, Question)>,
    /// A remark, where the reader speaks for either agency, and whether the reader may object.
    pub remark: Option<(Question, bool, bool)>,
    /// The decision, where the reader reviews.
    pub verdict: Option<VerdictForm>,
    /// Which decision stood last as the page was made.
    pub latest: String,
    /// Whether the reader reviews, but not this pair: the own organisation is the one that is asked.
    pub is_judge_in_own_cause: bool,
}

impl PairPage {
    pub(super) async fn read(state: &AppState, user: User, id: Uuid, today: NaiveDate, typed: Typed) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let pair = pairs::pair(&mut tx, &user.actor, id, today).await?;
        let sides = Sides::read(&mut tx, &pair).await?;
        let found = &pair.overlap.found;
        let shown = sides.shown(found);
        let items = shown.iter().filter_map(|one| ItemRow::of(&sides.own, &sides.others, one.same())).collect();
        let (answers, remarks, verdicts) =
            (kept::answers(&mut tx, &[id]).await?, kept::remarks(&mut tx, &[id]).await?, kept::verdicts(&mut tx, &[id]).await?);
        let latest = (answers.first().cloned(), Judged::in_force(&verdicts, found).cloned());
        let lapsed = verdicts.first().filter(|_| latest.1.is_none()).cloned();
        let names = names(&mut tx, &answers, &remarks, &verdicts).await?;
        let speaks = (
            may(&user.actor, Action::Edit(pair.asking.parties(today))),
            may(&user.actor, Action::Edit(pair.met.parties(today))),
            may(&user.actor, Action::SettleOverlap(pair.asking.parties(today))),
        );
        let is_judge_in_own_cause = may(&user.actor, Action::ReviewOverlaps) && !speaks.2;
        let both = !pair.shared.is_empty();
        let (asking, met) = (Side::new(&sides.asking, today), Side::new(&sides.met, today));
        let mark = pairs::mark(&verdicts);
        let mut this = Self {
            layout: Layout::new(state, Visitor(Some(user)), "/liknande"),
            id,
            done: None,
            onward: None,
            errors: Vec::new(),
            all_items: [&sides.asking, &sides.met].map(all_items),
            same_agency: same_agency(&mut tx, &pair.shared).await?,
            seen: sides.digests(),
            gone: pair.overlap.gone_at.map(|_| why_gone([&asking, &met])),
            asking,
            met,
            lapsed: lapsed.and_then(|one| {
                let kind = one.kind.label();
                Some((lines((&names, both), &sides, (Vec::new(), Vec::new(), vec![one])).pop()?, kind))
            }),
            unsent: is_unsent(&answers) && !both,
            lines: lines((&names, both), &sides, (answers, remarks, verdicts)),
            answer: None,
            remark: None,
            verdict: None,
            latest: mark,
            is_judge_in_own_cause,
            items,
        };
        this.ask(&sides, speaks, latest, typed);
        Ok(this)
    }

    /// Puts the questions that the reader may answer.
    fn ask(&mut self, sides: &Sides, speaks: (bool, bool, bool), latest: (Option<Answered>, Option<Judged>), typed: Typed) {
        let (asks, met, reviews) = speaks;
        let remark = typed.remark.unwrap_or_default();
        let fault = Some(remark.2).filter(|fault| !fault.is_empty());
        let both = self.same_agency.is_some();
        self.answer = asks.then(|| answer_questions(typed.answer, latest.0, both));
        self.remark = (asks || met).then(|| (remark_question(remark.0, fault, both), met && !asks, remark.1));
        self.verdict = reviews.then(|| VerdictForm::new(sides, &self.items, typed.verdict, latest.1.as_ref()));
        let answer = self.answer.iter().flat_map(|(a, b)| [a, b]);
        let verdict = self.verdict.iter().flat_map(VerdictForm::questions);
        let remark = self.remark.iter().map(|(question, ..)| question);
        self.errors = answer.chain(remark).chain(verdict).filter_map(Question::error_line).collect();
    }
}

fn answer_questions(typed: Option<(String, String, AnswerFaults)>, latest: Option<Answered>, is_own: bool) -> (Question, Question) {
    let said = latest.map(|one| (one.answer.kind.code().to_owned(), one.answer.reason.unwrap_or_default(), AnswerFaults::default()));
    let (kind, reason, faults) = typed.or(said).unwrap_or_default();
    questions(("svar".to_owned(), "skal".to_owned()), (&kind, reason), faults, is_own)
}

fn remark_question(words: String, fault: Option<String>, both: bool) -> Question {
    let label = if both { "Vad vill ni säga?" } else { "Skriv till den andra myndigheten" };
    let hint = "SKR och eSams analytiker kan också läsa. Bekräftas likheten står det öppet vem som har invänt, men inte vad ni skriver.";
    Question::new("inlagg", label).hint(hint).typed(words).wrong(fault)
}

/// The labels of everything that a collection asks for, by its number.
fn all_items(collection: &Collection) -> (String, Vec<String>) {
    let number = collection.number.map(|number| number.to_string()).unwrap_or_default();
    (number, collection.content.items.iter().map(|item| item.label.clone()).collect())
}

/// Whether the latest answer proposes to join, and no letter has gone.
fn is_unsent(answers: &[Answered]) -> bool {
    let proposes = answers.first().is_some_and(|one| one.answer.kind == AnswerKind::Coordinate);
    proposes && answers.iter().all(|one| one.sent.letters == 0)
}

/// The names of those who are responsible for both collections: nobody else is asked twice then.
async fn same_agency(tx: &mut Tx, shared: &[String]) -> Result<Option<String>> {
    let names = crate::db::organisations::names(tx, shared).await?;
    let mut names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
    names.sort_by(|a, b| text::swedish_order(a, b));
    Ok((!names.is_empty()).then(|| wording::enumerated(&names)))
}

/// Why a pair is no longer flagged: either of the two is over, or else whatever made the method find it is gone.
fn why_gone(sides: [&Side; 2]) -> String {
    let over = sides.into_iter().filter(|side| side.status.is_over());
    let over: Vec<String> = over.map(|side| format!("Insamling {} är {}.", side.number, side.status)).collect();
    if over.is_empty() { "Registret pekar inte längre ut insamlingarna som lika.".to_owned() } else { over.join(" ") }
}

async fn names(tx: &mut Tx, answers: &[Answered], remarks: &[Remark], verdicts: &[Judged]) -> Result<HashMap<String, String>> {
    let said = answers.iter().map(|one| &one.said).chain(remarks.iter().map(|one| &one.said)).chain(verdicts.iter().map(|one| &one.said));
    let codes: HashSet<String> = said.map(|said| said.organisation.clone()).collect();
    let codes: Vec<String> = codes.into_iter().collect();
    Ok(crate::db::organisations::names(tx, &codes).await?.into_iter().collect())
}

/// Everything that was said, the first first.
fn lines(
    (names, both): (&HashMap<String, String>, bool),
    sides: &Sides,
    (answers, remarks, verdicts): (Vec<Answered>, Vec<Remark>, Vec<Judged>),
) -> Vec<Line> {
    let line = |said: &Said, what: String, words: Option<String>, letter: Option<String>| {
        let day = clock::swedish_day(said.at);
        let who = names.get(&said.organisation).cloned().unwrap_or_else(|| said.organisation.clone());
        (said.at, Line { day: text::written_date(day), iso: day.to_string(), who, what, words, letter, items: Vec::new() })
    };
    let answered = answers.into_iter().map(|one| {
        let letter = letter(&one).map(|letter| format!("{letter}."));
        line(&one.said, format!("svarar: {}", one.answer.kind.said(both)), one.answer.reason, letter)
    });
    let remarked = remarks.into_iter().map(|one| {
        let what = if one.objects { "invänder" } else { "skriver" };
        line(&one.said, what.to_owned(), Some(one.words), None)
    });
    let decided = verdicts.into_iter().map(|one| {
        let rows = one.items.iter().filter_map(|item| ItemRow::of(&sides.own, &sides.others, item.same()));
        let items = rows.map(|row| row.spoken).collect();
        let (at, said) = line(&one.said, format!("bedömer: {}", one.kind.label()), one.reason, None);
        (at, Line { items, ..said })
    });
    let mut all: Vec<_> = answered.chain(remarked).chain(decided).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, line)| line).collect()
}
