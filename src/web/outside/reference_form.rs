//! The form of a reference municipality: hours, item by item, and a comment; as it was saved or as it was typed.

use uuid::Uuid;

use super::draft::DraftPart;
use crate::domain::consultation::reference::{Answerable, At, FoundIn, ReferenceAnswer, TypedAnswer, TypedItem, hours_of};
use crate::web::editor::rows::Cell;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters::capital;
use crate::web::form::Fields;

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub struct Values {
    hours: String,
    unknown: bool,
    comment: String,
    items: Vec<(String, String, String)>,
}

impl Values {
    /// What was saved, for the items of these lineages.
    #[must_use]
    pub fn saved(answer: Option<&ReferenceAnswer>, lineages: &[Uuid]) -> Self {
        let Some(answer) = answer else { return Self { items: vec![Default::default(); lineages.len()], ..Self::default() } };
        let of = |lineage: &Uuid| {
            let one = answer.items.iter().find(|one| one.item == *lineage);
            one.map_or_else(Default::default, |one| {
                let code = (one.answerable.map_or("", Answerable::code), one.found_in.map_or("", FoundIn::code));
                (code.0.to_owned(), code.1.to_owned(), one.words.clone().unwrap_or_default())
            })
        };
        Self {
            hours: answer.minutes.map(hours_of).unwrap_or_default(),
            unknown: answer.minutes.is_none(),
            comment: answer.comment.clone().unwrap_or_default(),
            items: lineages.iter().map(of).collect(),
        }
    }

    /// What was typed, for so many items.
    #[must_use]
    pub fn typed(fields: &Fields, items: usize) -> Self {
        let get = |name: String| fields.get(&name).to_owned();
        let item = |at: usize| (get(format!("svar-{at}")), get(format!("plats-{at}")), get(format!("om-{at}")));
        Self {
            hours: fields.get("timmar").to_owned(),
            unknown: fields.has("vet_inte"),
            comment: fields.get("kommentar").to_owned(),
            items: (1..=items).map(item).collect(),
        }
    }

    /// The answer to judge, for the items of these lineages.
    #[must_use]
    pub fn answer<'a>(&'a self, lineages: &[Uuid]) -> TypedAnswer<'a> {
        let item = |(lineage, (answerable, found_in, words)): (&Uuid, &'a (String, String, String))| TypedItem {
            item: *lineage,
            answerable,
            found_in,
            words,
        };
        let items = lineages.iter().zip(&self.items).map(item).collect();
        TypedAnswer { hours: &self.hours, unknown: self.unknown, comment: &self.comment, items }
    }
}

/// An item of the form.
#[derive(Debug)]
pub struct ItemRow {
    /// What it is called.
    pub label: String,
    /// What it means.
    pub definition: Option<String>,
    /// The unit it is counted in.
    pub unit: Option<String>,
    /// Whether it can be answered, where it is found, and that in words.
    pub cells: Vec<Cell>,
}

/// The form.
#[derive(Debug)]
pub struct ReferenceForm {
    /// Hours.
    pub hours: Question,
    /// *Vet inte* is ticked.
    pub unknown: bool,
    /// The items, in their order.
    pub items: Vec<ItemRow>,
    /// What else is said.
    pub comment: Question,
    /// What is wrong, in the order of the page.
    pub errors: Vec<ErrorLine>,
    /// Counts the answers.
    pub revision: i64,
}

impl ReferenceForm {
    /// The form for a draft.
    #[must_use]
    pub fn new(draft: &DraftPart, values: &Values, faults: &[(At, String)], revision: i64) -> Self {
        let fault = |at: At| faults.iter().find(|(place, _)| *place == at).map(|(_, why)| why.clone());
        let hours = Question::new("timmar", "Ungefär hur många timmar skulle det ta att svara en gång?")
            .hint("Räkna all tid hos er: ta fram, kontrollera och lämna uppgifterna. Till exempel 3 eller 1,5.")
            .short()
            .typed(values.hours.clone())
            .wrong(fault(At::Hours));
        let comment = Question::new("kommentar", "Något mer som är bra att veta?").lines(4).typed(values.comment.clone());
        let comment = comment.wrong(fault(At::Comment));
        let items: Vec<ItemRow> = draft
            .items
            .iter()
            .enumerate()
            .map(|(at, item)| {
                let (answerable, found_in, words) = values.items.get(at).cloned().unwrap_or_default();
                let cells = vec![
                    choice(
                        at,
                        ("svar", "Kan ni lämna den?"),
                        Answerable::ALL.iter().map(|one| (one.code(), one.label())),
                        &answerable,
                        fault(At::Answerable(at)),
                    ),
                    choice(
                        at,
                        ("plats", "Var finns den?"),
                        FoundIn::ALL.iter().map(|one| (one.code(), one.label())),
                        &found_in,
                        fault(At::FoundIn(at)),
                    ),
                    text(at, ("om", "Var, i ord"), &words, fault(At::Words(at))),
                ];
                ItemRow { label: item.label.clone(), definition: item.definition.clone(), unit: item.unit.clone(), cells }
            })
            .collect();
        let in_items = items.iter().flat_map(|row| row.cells.iter().map(move |cell| (row, cell)));
        let in_items = in_items.filter_map(|(row, cell)| {
            let why = cell.question.error.as_ref()?;
            Some(ErrorLine {
                href: format!("#{}", cell.id),
                text: format!("{}, {}: {why}", row.label, cell.heading.trim_end_matches('?').to_lowercase()),
            })
        });
        let errors = hours.error_line().into_iter().chain(in_items).chain(comment.error_line()).collect();
        Self { hours, unknown: values.unknown, items, comment, errors, revision }
    }
}

fn choice<'a>(
    at: usize,
    (name, heading): (&str, &str),
    all: impl Iterator<Item = (&'a str, &'a str)>,
    chosen: &str,
    fault: Option<String>,
) -> Cell {
    let all = [(String::new(), "Välj".to_owned())].into_iter().chain(all.map(|(code, label)| (code.to_owned(), capital(label))));
    let cell = text(at, (name, heading), chosen, fault);
    Cell { question: cell.question.choices(all, &[chosen]), ..cell }
}

fn text(at: usize, (name, heading): (&str, &str), typed: &str, fault: Option<String>) -> Cell {
    let name = format!("{name}-{}", at + 1);
    Cell {
        heading: heading.to_owned(),
        id: format!("f-{name}"),
        question: Question::new(name, heading).typed(typed).wrong(fault),
        long: false,
    }
}
