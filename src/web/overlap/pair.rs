//! The page of a pair: side by side, what was said of it, and what the reader can say.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::asked::questions;
use super::letter;
use super::side::{ItemRow, Side};
use crate::actions::pairs::{Pair, Seen};
use crate::actions::{self, pairs};
use crate::clock;
use crate::db::Tx;
use crate::db::collections::{self, Version};
use crate::db::pairs::{self as kept, Answered, Judged, Remark, Said};
use crate::domain::access::{Action, may};
use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::overlap::answer::{Answer, AnswerFaults};
use crate::domain::overlap::verdict::{Verdict, VerdictFaults, VerdictKind};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters;
use crate::web::form::{Fields, Posted};
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// What the address may say beside the pair.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// What was just done.
    sparat: Option<String>,
}

/// What was typed and what is wrong with it.
#[derive(Debug, Default)]
struct Typed {
    answer: Option<(String, String, AnswerFaults)>,
    remark: Option<(String, bool, String)>,
    verdict: Option<(String, HashSet<String>, String, VerdictFaults)>,
}

/// `GET /liknande/{id}`
///
/// # Errors
/// There is no such pair that the user may know of.
pub async fn show(
    State(state): State<AppState>,
    user: User,
    Today(today): Today,
    Path(id): Path<String>,
    Query(params): Query<Params>,
) -> PageResult {
    let done = match params.sparat.as_deref() {
        Some("svar") => Some("Ert svar är sparat."),
        Some("inlagg") => Some("Inlägget är sparat."),
        Some("beslut") => Some("Bedömningen är sparad."),
        _ => None,
    };
    page(&PairPage { done, ..PairPage::read(&state, user, parse(&id)?, today, Typed::default()).await? })
}

/// `POST /liknande/{id}/svar`: what the agency that asks does about the overlap.
///
/// # Errors
/// There is no such pair, or the user does not speak for the collection that asks.
pub async fn answer(State(state): State<AppState>, Today(today): Today, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    let id = parse(&id)?;
    let pair = pairs::pair(&mut state.db.read().await?, &user.actor, id, today).await?;
    user.require(Action::Edit(pair.asking.parties(today)))?;
    let (kind, reason) = (fields.get("svar"), fields.get("skal"));
    match Answer::parse(kind, reason) {
        Ok(given) => match pairs::answer(&state.db, &actions::origin(&state), &user.actor, id, &given, clock::now()).await {
            Ok(()) => {
                state.nudge.mail();
                Ok(done(id, "svar"))
            }
            Err(Error::Invalid(why)) => {
                let faults = AnswerFaults { kind: Some(why), ..AnswerFaults::default() };
                let typed = Typed { answer: Some((kind.to_owned(), reason.to_owned(), faults)), ..Typed::default() };
                refused(&PairPage::read(&state, user, id, today, typed).await?)
            }
            Err(other) => Err(other.into()),
        },
        Err(faults) => {
            let typed = Typed { answer: Some((kind.to_owned(), reason.to_owned(), faults)), ..Typed::default() };
            refused(&PairPage::read(&state, user, id, today, typed).await?)
        }
    }
}

/// `POST /liknande/{id}/inlagg`: a word of either agency.
///
/// # Errors
/// There is no such pair, or the user speaks for neither collection.
pub async fn remark(State(state): State<AppState>, Today(today): Today, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    let id = parse(&id)?;
    let pair = pairs::pair(&mut state.db.read().await?, &user.actor, id, today).await?;
    if !may(&user.actor, Action::Edit(pair.asking.parties(today))) {
        user.require(Action::Edit(pair.met.parties(today)))?;
    }
    let (words, objects) = (fields.get("inlagg"), fields.has("invander"));
    match pairs::remark(&state.db, &user.actor, id, words, objects, clock::now()).await {
        Ok(()) => Ok(done(id, "inlagg")),
        Err(Error::Invalid(message)) => {
            let typed = Typed { remark: Some((words.to_owned(), objects, message)), ..Typed::default() };
            refused(&PairPage::read(&state, user, id, today, typed).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /liknande/{id}/beslut`: what a reviewer decides.
///
/// # Errors
/// There is no such pair, or the user is no reviewer.
pub async fn decide(State(state): State<AppState>, Today(today): Today, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { user, fields } = posted;
    let id = parse(&id)?;
    user.require(Action::ReviewOverlaps)?;
    let shown = pairs::pair(&mut state.db.read().await?, &user.actor, id, today).await?.overlap.found.items.len();
    let items: Vec<&str> = fields.all("uppgift").collect();
    match Verdict::parse(fields.get("bedomning"), &items, shown, fields.get("motivering")) {
        Ok(verdict) => {
            let seen = Seen { substance: fields.get("innehall"), other_substance: fields.get("andra_innehall") };
            match pairs::decide(&state.db, &user.actor, id, &verdict, seen, clock::now()).await {
                Ok(()) => Ok(done(id, "beslut")),
                Err(Error::Conflict) => {
                    let faults = VerdictFaults {
                        kind: Some("En av insamlingarna har ändrats sedan du öppnade sidan. Läs igenom och bedöm den igen.".to_owned()),
                        ..VerdictFaults::default()
                    };
                    let shown = PairPage::read(&state, user, id, today, judged(&fields, faults)).await?;
                    Ok((StatusCode::CONFLICT, page(&shown)?).into_response())
                }
                Err(other) => Err(other.into()),
            }
        }
        Err(faults) => refused(&PairPage::read(&state, user, id, today, judged(&fields, faults)).await?),
    }
}

fn judged(fields: &Fields, faults: VerdictFaults) -> Typed {
    let items = fields.all("uppgift").map(str::to_owned).collect();
    let verdict = Some((fields.get("bedomning").to_owned(), items, fields.get("motivering").to_owned(), faults));
    Typed { verdict, ..Typed::default() }
}

fn parse(id: &str) -> Result<Uuid> {
    id.parse().map_err(|_| Error::NotFound)
}

fn done(id: Uuid, code: &str) -> Response {
    Redirect::to(&format!("/liknande/{id}?sparat={code}")).into_response()
}

fn refused(shown: &PairPage) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(shown)?).into_response())
}

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
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The collection that asks.
    pub asking: Side,
    /// The other one.
    pub met: Side,
    /// The items that are alike.
    pub items: Vec<ItemRow>,
    /// Whether the method no longer flags it.
    pub gone: bool,
    /// What was said, the first first.
    pub lines: Vec<Line>,
    /// Digests of what is shown.
    pub seen: (String, String),
    /// The agency's answer, where the reader speaks for it: choice and reason.
    pub answer: Option<(Question, Question)>,
    /// A remark, where the reader speaks for either agency, and whether the reader may object.
    pub remark: Option<(Question, bool, bool)>,
    /// The decision, where the reader reviews: choice, items and reason.
    pub verdict: Option<(Question, Question, Question)>,
}

impl PairPage {
    async fn read(state: &AppState, user: User, id: Uuid, today: NaiveDate, typed: Typed) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let pair = pairs::pair(&mut tx, &user.actor, id, today).await?;
        let asking = in_force(&mut tx, pair.asking.id).await?;
        let met = in_force(&mut tx, pair.met.id).await?;
        let (own, other) = (with_lineages(&mut tx, &asking).await?, with_lineages(&mut tx, &met).await?);
        let found = &pair.overlap.found;
        let row = |one: &kept::ItemPair| ItemRow::of(&own, &other, (one.item, one.other));
        let items: Vec<ItemRow> = found.items.iter().filter_map(row).collect();
        let (answers, remarks, verdicts) =
            (kept::answers(&mut tx, &[id]).await?, kept::remarks(&mut tx, &[id]).await?, kept::verdicts(&mut tx, &[id]).await?);
        let latest = (answers.first().cloned(), verdicts.first().filter(|one| one.holds(found)).cloned());
        let names = names(&mut tx, &answers, &remarks, &verdicts).await?;
        let speaks = (
            may(&user.actor, Action::Edit(pair.asking.parties(today))),
            may(&user.actor, Action::Edit(pair.met.parties(today))),
            may(&user.actor, Action::ReviewOverlaps),
        );
        let mut this = Self {
            layout: Layout::new(state, Visitor(Some(user)), "/liknande"),
            id,
            done: None,
            errors: Vec::new(),
            asking: Side::new(&asking, today),
            met: Side::new(&met, today),
            seen: (found.substance.clone(), found.other_substance.clone()),
            gone: pair.overlap.gone_at.is_some(),
            lines: lines(&names, answers, remarks, verdicts),
            answer: None,
            remark: None,
            verdict: None,
            items,
        };
        this.ask(&pair, speaks, latest, typed);
        Ok(this)
    }

    /// Puts the questions that the reader may answer.
    fn ask(&mut self, pair: &Pair, speaks: (bool, bool, bool), latest: (Option<Answered>, Option<Judged>), typed: Typed) {
        let (asks, met, reviews) = speaks;
        let remark = typed.remark.unwrap_or_default();
        let fault = Some(remark.2).filter(|fault| !fault.is_empty());
        self.answer = asks.then(|| answer_questions(typed.answer, latest.0));
        self.remark = (asks || met).then(|| (remark_question(remark.0, fault), met && !asks, remark.1));
        self.verdict = reviews.then(|| verdict_questions(pair, &self.items, typed.verdict, latest.1));
        let answer = self.answer.iter().flat_map(|(a, b)| [a, b]);
        let verdict = self.verdict.iter().flat_map(|(a, b, c)| [a, b, c]);
        let remark = self.remark.iter().map(|(question, ..)| question);
        self.errors = answer.chain(remark).chain(verdict).filter_map(Question::error_line).collect();
    }
}

fn answer_questions(typed: Option<(String, String, AnswerFaults)>, latest: Option<Answered>) -> (Question, Question) {
    let said = latest.map(|one| (one.answer.kind.code().to_owned(), one.answer.reason.unwrap_or_default(), AnswerFaults::default()));
    let (kind, reason, faults) = typed.or(said).unwrap_or_default();
    questions(("svar".to_owned(), "skal".to_owned()), (&kind, reason), faults)
}

fn remark_question(words: String, fault: Option<String>) -> Question {
    Question::new("inlagg", "Skriv till den andra myndigheten").hint("SKR och eSams analytiker kan också läsa.").typed(words).wrong(fault)
}

type TypedVerdict = Option<(String, HashSet<String>, String, VerdictFaults)>;

fn verdict_questions(pair: &Pair, rows: &[ItemRow], typed: TypedVerdict, latest: Option<Judged>) -> (Question, Question, Question) {
    let places = |one: &Judged| {
        let is_chosen = |item: &kept::ItemPair| one.items.iter().any(|held| (held.item, held.other) == (item.item, item.other));
        pair.overlap.found.items.iter().enumerate().filter(|(_, item)| is_chosen(item)).map(|(at, _)| at.to_string()).collect()
    };
    let said =
        latest.map(|one| (one.kind.code().to_owned(), places(&one), one.reason.clone().unwrap_or_default(), VerdictFaults::default()));
    let (kind, items, reason, faults) = typed.or(said).unwrap_or_default();
    let label = |kind: VerdictKind| filters::capital(kind.label());
    let choice = Question::new("bedomning", "Begär de båda insamlingarna samma uppgifter?")
        .choices(VerdictKind::ALL.iter().map(|kind| (kind.code(), label(*kind))), &[&kind])
        .wrong(faults.kind);
    let chosen: Vec<&str> = items.iter().map(String::as_str).collect();
    let which = Question::new("uppgift", "Vilka uppgifter är samma?")
        .choices(rows.iter().enumerate().map(|(at, row)| (at.to_string(), row.spoken.clone())), &chosen)
        .wrong(faults.items);
    let reason = Question::new("motivering", "Motivering")
        .hint("Krävs om uppgifterna inte är samma. Visas öppet på båda insamlingarna om ni bekräftar.")
        .typed(reason)
        .wrong(faults.reason);
    (choice, which, reason)
}

async fn in_force(tx: &mut Tx, id: Uuid) -> Result<Collection> {
    collections::load(tx, &[id], Version::InForce).await?.pop().ok_or(Error::NotFound)
}

/// The items of a collection with their lineages.
async fn with_lineages(tx: &mut Tx, collection: &Collection) -> Result<Vec<(Uuid, Item)>> {
    let lineages = kept::lineages(tx, collection.id, collection.version).await?;
    Ok(lineages.into_iter().zip(collection.content.items.iter().cloned()).collect())
}

async fn names(tx: &mut Tx, answers: &[Answered], remarks: &[Remark], verdicts: &[Judged]) -> Result<HashMap<String, String>> {
    let said = answers.iter().map(|one| &one.said).chain(remarks.iter().map(|one| &one.said)).chain(verdicts.iter().map(|one| &one.said));
    let codes: HashSet<String> = said.map(|said| said.organisation.clone()).collect();
    let codes: Vec<String> = codes.into_iter().collect();
    Ok(crate::db::organisations::names(tx, &codes).await?.into_iter().collect())
}

/// Everything that was said, the first first.
fn lines(names: &HashMap<String, String>, answers: Vec<Answered>, remarks: Vec<Remark>, verdicts: Vec<Judged>) -> Vec<Line> {
    let line = |said: &Said, what: String, words: Option<String>, letter: Option<String>| {
        let day = clock::swedish_day(said.at);
        let who = names.get(&said.organisation).cloned().unwrap_or_else(|| said.organisation.clone());
        (said.at, Line { day: text::written_date(day), iso: day.to_string(), who, what, words, letter })
    };
    let answered = answers.into_iter().map(|one| {
        let letter = letter(&one).map(|letter| format!("{letter}."));
        line(&one.said, format!("svarar: {}", one.answer.kind.label()), one.answer.reason, letter)
    });
    let remarked = remarks.into_iter().map(|one| {
        let what = if one.objects { "invänder" } else { "skriver" };
        line(&one.said, what.to_owned(), Some(one.words), None)
    });
    let decided = verdicts.into_iter().map(|one| line(&one.said, format!("bedömer: {}", one.kind.label()), one.reason, None));
    let mut all: Vec<_> = answered.chain(remarked).chain(decided).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, line)| line).collect()
}
