//! The tables of the form: items, and occasions with their rule.

use super::super::fields::Question;
use super::super::filters::capital;
use super::questions::Faults;
use crate::domain::column::column_of;
use crate::domain::draft::rule::RuleFault;
use crate::domain::draft::{DraftForm, DraftItem, DraftRound};
use crate::domain::field::Field;
use crate::domain::ordinance;
use crate::domain::round::{Round, When};
use crate::domain::terms::{Answer, ItemSource, Kind};
use crate::text;

/// Empty rows after the filled ones.
const FREE_ROWS: usize = 5;
/// The most empty rows that an address can ask for.
const MOST_FREE_ROWS: usize = 100;

/// The table of items.
#[derive(Debug)]
pub struct ItemsBody {
    /// Filled rows and then empty ones.
    pub rows: Vec<ItemRow>,
    /// How many are filled.
    pub filled: usize,
    /// What is wrong with the whole.
    pub error: Option<String>,
}

/// A row of the table.
#[derive(Debug)]
pub struct ItemRow {
    /// Its number, from 1.
    pub number: usize,
    /// Name, definition, unit.
    pub texts: Vec<Cell>,
    /// Source and personal data.
    pub choices: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug)]
pub struct Cell {
    /// The heading of its column.
    pub heading: String,
    /// What is asked, with the row's number in its identity.
    pub question: Question,
    /// The identity on the page.
    pub id: String,
    /// Whether it holds running text.
    pub long: bool,
}

impl Cell {
    fn new(field: Field, at: usize, typed: &str, faults: &Faults) -> Self {
        let question = Question::new(field.code(), capital(field.label())).typed(typed).wrong(faults.at(field, Some(at)));
        Self { heading: capital(field.label()), id: format!("f-{}-{at}", field.code()), question, long: field.has_lines() }
    }

    /// A closed list, with what was typed beside it if it is no word of the list.
    fn chosen(mut self, all: Vec<(&'static str, &'static str)>, otherwise: &str) -> Self {
        let typed = self.question.value.clone();
        let code = all.iter().find(|(code, label)| *code == typed || text::fold(label) == text::fold(&typed));
        let chosen =
            if typed.trim().is_empty() { otherwise.to_owned() } else { code.map_or_else(|| typed.clone(), |(code, _)| (*code).to_owned()) };
        let other = code.is_none() && !typed.trim().is_empty();
        let other = other.then(|| (typed.clone(), typed.clone()));
        let all = all.into_iter().map(|(code, label)| (code.to_owned(), capital(label))).chain(other);
        self.question = self.question.choices(all, &[chosen.as_str()]);
        self
    }
}

impl ItemsBody {
    /// The table of a form, with `free` empty rows.
    #[must_use]
    pub fn new(form: &DraftForm, faults: &Faults, free: usize) -> Self {
        let filled = form.items.len();
        let free = free.clamp(FREE_ROWS, MOST_FREE_ROWS);
        let empty = std::iter::repeat_n(DraftItem::default(), free);
        let rows = form.items.iter().cloned().chain(empty).enumerate().map(|(at, item)| ItemRow::new(at, item, faults)).collect();
        Self { rows, filled, error: faults.of(Field::ItemLabel) }
    }
}

impl ItemRow {
    fn new(at: usize, mut item: DraftItem, faults: &Faults) -> Self {
        let mut texts: Vec<Cell> = item.cells().iter().map(|(field, typed)| Cell::new(*field, at, typed, faults)).collect();
        let choices = texts.split_off(3);
        // what nobody answers is sent as nothing, so that an empty row stays empty
        let blank = [("", "välj")];
        let sources = blank.into_iter().chain(ItemSource::ALL.iter().map(|term| (term.code(), term.label()))).collect::<Vec<_>>();
        let answers = blank.into_iter().chain(Answer::ALL.iter().map(|term| (term.code(), term.label()))).collect::<Vec<_>>();
        let choices = choices.into_iter().zip([sources, answers]).map(|(cell, all)| cell.chosen(all, "")).collect();
        Self { number: at + 1, texts, choices }
    }
}

/// The occasions.
#[derive(Debug)]
pub struct RoundsBody {
    /// The parts of the rule.
    pub rule: Vec<Question>,
    /// Filled ones and then an empty one.
    pub rounds: Vec<RoundCard>,
    /// How many are filled.
    pub filled: usize,
    /// What is wrong with the whole.
    pub error: Option<String>,
}

/// An occasion.
#[derive(Debug)]
pub struct RoundCard {
    /// Its number, from 1.
    pub number: usize,
    /// Its heading.
    pub name: String,
    /// Whether it can be taken out: something is typed.
    pub filled: bool,
    /// Label, dispatch, deadline.
    pub main: Vec<Cell>,
    /// Measured period, closing, publication.
    pub more: Vec<Cell>,
    /// Whether any of those is answered or wrong.
    pub open: bool,
    /// Why the time is short.
    pub reason: Cell,
    /// The days with their weekdays, to be checked.
    pub days: Option<String>,
    /// What 5 § says of the time to answer.
    pub notice: Option<String>,
}

impl RoundsBody {
    /// The occasions of a form; `wrong` is what is wrong with the rule.
    #[must_use]
    pub fn new(form: &DraftForm, faults: &Faults, wrong: &[RuleFault]) -> Self {
        let mut rule = form.rule.clone();
        let question = |(name, typed): &(&'static str, &mut String)| {
            let fault = wrong.iter().find(|(place, _)| place == name).map(|(_, message)| message.clone());
            let (label, hint) = match *name {
                "rule_deadline" => ("Svar senast", "Till exempel vecka 12, 15 mars eller den 20:e. Flera skrivs med komma emellan."),
                "rule_days" => ("Dagar att svara på", "Från utskick till sista svarsdag. Tomt betyder 28 dagar."),
                "rule_from" => ("Från år", "Året för sista svarsdag, till exempel 2027."),
                _ => ("Till år", "Tomt betyder bara det första året."),
            };
            Question::new(*name, label).typed(typed.as_str()).hint(hint).wrong(fault).short()
        };
        let rule = rule.cells().iter().map(question).collect();
        let filled = form.rounds.len();
        let survey = form.kind().is_none_or(|kind| kind == Kind::Survey);
        let rounds = form.rounds.iter().cloned().chain([DraftRound::default()]).enumerate();
        let rounds = rounds.map(|(at, round)| RoundCard::new(at, round, faults, survey)).collect();
        Self { rule, rounds, filled, error: faults.of(Field::RoundLabel) }
    }

    /// What is wrong with the rule, for the summary.
    #[must_use]
    pub fn rule_lines(&self) -> Vec<super::super::fields::ErrorLine> {
        self.rule.iter().filter_map(Question::error_line).collect()
    }
}

impl RoundCard {
    fn new(at: usize, mut round: DraftRound, faults: &Faults, survey: bool) -> Self {
        let filled = !round.is_empty();
        let (days, notice) = (days(&round), notice(&round, survey));
        let name = match round.label.trim() {
            _ if !filled => "Ny omgång".to_owned(),
            "" => format!("Omgång {}", at + 1),
            label => format!("Omgång {}: {label}", at + 1),
        };
        let (mut main, mut more, mut reason) = (Vec::new(), Vec::new(), None);
        for (field, typed) in round.cells() {
            let mut cell = Cell::new(field, at, typed, faults);
            cell.question.hint = round_hint(field).map(Into::into);
            match field {
                Field::RoundLabel | Field::RoundDispatch | Field::RoundDeadline => main.push(cell),
                Field::RoundShortTimeReason => reason = Some(cell),
                _ => more.push(cell),
            }
        }
        let reason = reason.unwrap_or_else(|| Cell::new(Field::RoundShortTimeReason, at, "", faults));
        let open = more.iter().any(|cell| !cell.question.value.is_empty() || cell.question.error.is_some());
        Self { number: at + 1, name, filled, main, more, open, reason, days, notice }
    }

    /// Whether the reason for short time is asked for.
    #[must_use]
    pub fn asks_reason(&self) -> bool {
        self.notice.is_some() || self.reason.question.error.is_some() || !self.reason.question.value.is_empty()
    }
}

/// What a date of an occasion may look like; each example is one that is read.
const DATE_HINT: &str = "Ett datum (2027-03-15 eller 15 mars 2027), en vecka (vecka 12 2027 eller 2027-v12) eller en period (mars 2027, kvartal 2 2027 eller våren 2027).";
/// What a day may look like.
const DAY_HINT: &str = "Ett datum (2027-03-15 eller 15 mars 2027).";

fn round_hint(field: Field) -> Option<&'static str> {
    match field {
        Field::RoundLabel => Some("Till exempel 2027 eller våren 2027."),
        Field::RoundDispatch | Field::RoundDeadline | Field::RoundCloses | Field::RoundPublished => Some(DATE_HINT),
        Field::RoundMeasuredFrom | Field::RoundMeasuredTo => Some(DAY_HINT),
        Field::RoundShortTimeReason => column_of(field).map(|column| column.help),
        _ => None,
    }
}

/// The days of an occasion with their weekdays, and how long there is to answer: `Utskick måndagen den 1 mars 2027, …`.
fn days(round: &DraftRound) -> Option<String> {
    let day = |typed: &str| match When::parse(typed).ok()? {
        When::Uncertain { .. } => None,
        sure => Some(sure.counts_as()),
    };
    let (dispatch, deadline) = (day(&round.dispatch)?, day(&round.deadline)?);
    let between = (deadline - dispatch).num_days();
    let between = if between > 0 { format!(": {}", text::counted(between, "dag", "dagar")) } else { String::new() };
    Some(format!("Utskick {}, svar senast {}{between}.", text::written_weekday(dispatch), text::written_weekday(deadline)))
}

/// What 5 § says of the time that an occasion gives.
fn notice(round: &DraftRound, survey: bool) -> Option<String> {
    let when = |typed: &str| When::parse(typed).ok();
    let round = Round { dispatch: when(&round.dispatch), deadline: when(&round.deadline), ..Round::default() };
    match ordinance::answer_time(&round) {
        ordinance::AnswerTime::Days(days) if survey && (0..ordinance::FEWEST_DAYS_TO_ANSWER).contains(&days) => {
            Some(format!("{days}\u{a0}dagar från utskick till sista svarsdag. {}", ordinance::SHORT_TIME_MESSAGE))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_a_date_is_read() {
        let examples = |hint: &'static str| {
            let lists = hint.split('(').skip(1).filter_map(|rest| rest.split(')').next());
            lists.flat_map(|list| list.split(", ").flat_map(|part| part.split(" eller "))).collect::<Vec<_>>()
        };
        assert_eq!(examples(DATE_HINT).len(), 7);
        for example in examples(DATE_HINT) {
            assert!(When::parse(example).is_ok(), "{example}");
        }
        for example in examples(DAY_HINT) {
            assert!(matches!(When::parse(example), Ok(When::Day(_))), "{example}");
        }
    }
}
