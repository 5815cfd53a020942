//! The form as a page sends it: named values in order. [`DraftForm::apply`] reads those of one step, [`DraftForm::pairs`] writes them.

use std::collections::BTreeSet;

use super::known::{Found, Known};
use super::{DraftForm, DraftItem, DraftRound, Step, paste};
use crate::domain::decision::DecisionPart;
use crate::domain::field::Field;
use crate::domain::organisation::respondent_of_code;
use crate::domain::terms::{DataPath, RespondentKind};

/// The name under which an agency to be added is typed.
pub const ADDING: &str = "responsible_add";
/// The name under which ticked municipalities and regions are sent.
pub const CODES: &str = "codes";
/// The name under which a county is sent whose municipalities are to be ticked.
pub const COUNTIES: &str = "counties";
/// The name under which a group of SKR's is sent whose municipalities are to be ticked.
pub const GROUPS: &str = "groups";
/// The name under which cells copied from a spreadsheet are sent.
pub const PASTED: &str = "item_paste";

/// How the button that takes an occasion out begins; the number of the page's row follows.
pub const REMOVING: &str = "ta-bort-";

/// The name of the selection of a kind.
#[must_use]
pub fn selection_name(kind: RespondentKind) -> String {
    format!("selection_{}", kind.code())
}

/// The name of the size of a kind's sample.
#[must_use]
pub fn size_name(kind: RespondentKind) -> String {
    format!("size_{}", kind.code())
}

/// What no database takes: the character NUL shows as what cannot be read.
pub(super) fn harmless(typed: &str) -> String {
    typed.replace('\0', "\u{fffd}")
}

impl DraftForm {
    /// Takes over what a page sent for a step. Whatever the step does not ask for is ignored, so that nobody sets what is not theirs to
    /// set. `organisation` is who registers the collection, and stays the first of the responsible agencies.
    pub fn apply(&mut self, step: Step, pairs: &[(String, String)], known: &Known, organisation: &str) {
        let last = |name: &str| pairs.iter().rev().find(|(n, _)| n == name).map(|(_, value)| harmless(value));
        let all = |name: &str| pairs.iter().filter(|(n, _)| n == name).map(|(_, value)| harmless(value)).collect::<Vec<_>>();
        for field in step.texts() {
            // a choice that nobody has made is not sent at all
            if let Some(typed) = last(field.code()) {
                if typed.is_empty() {
                    self.texts.remove(&field);
                } else {
                    self.texts.insert(field, typed);
                }
            }
        }
        match step {
            Step::Basics => self.apply_responsible(&all(Field::Responsible.code()), last(ADDING), known, organisation),
            Step::Respondents => {
                self.asked = all(Field::Respondents.code()).iter().filter_map(|code| RespondentKind::from_code(code)).collect();
                for kind in RespondentKind::ALL {
                    if let Some(chosen) =
                        last(&selection_name(*kind)).filter(|chosen| ["all", "listed", "sample"].contains(&chosen.as_str()))
                    {
                        self.selections.insert(*kind, chosen);
                    }
                    match last(&size_name(*kind)) {
                        Some(size) if !size.is_empty() => drop(self.sizes.insert(*kind, size)),
                        Some(_) => drop(self.sizes.remove(kind)),
                        None => {}
                    }
                }
                self.apply_places(&all(CODES), &all(COUNTIES), &all(GROUPS), known);
            }
            Step::Items => {
                self.items = rows(pairs, DraftItem::cells);
                self.items.retain(|item| !item.is_empty());
                self.items.extend(last(PASTED).iter().flat_map(|pasted| paste::items(pasted)));
            }
            Step::Rounds => {
                self.rounds = rows(pairs, DraftRound::cells);
                // counted as the page counts, before rows that were emptied go
                let out = last("gor").and_then(|button| button.strip_prefix(REMOVING)?.parse::<usize>().ok()?.checked_sub(1));
                if let Some(out) = out.filter(|at| *at < self.rounds.len()) {
                    self.rounds.remove(out);
                }
                self.rounds.retain(|round| !round.is_empty());
                for (name, cell) in self.rule.cells() {
                    if let Some(typed) = last(name) {
                        *cell = typed;
                    }
                }
            }
            Step::Channel => {
                self.data_paths = all(Field::DataPaths.code()).into_iter().filter(|code| DataPath::from_code(code).is_some()).collect();
            }
            Step::Review => {
                for part in DecisionPart::ALL {
                    if let Some(typed) = last(part.code()) {
                        self.change.insert(part.code().to_owned(), typed);
                    }
                }
                self.change.retain(|_, typed| !typed.is_empty());
                self.apply_answers(pairs);
            }
            Step::Legal => {}
        }
    }

    fn apply_responsible(&mut self, ticked: &[String], adding: Option<String>, known: &Known, organisation: &str) {
        let mut codes: Vec<String> = Vec::new();
        for code in ticked.iter().filter(|code| known.agency(code).is_some()) {
            if !codes.contains(code) {
                codes.push(code.clone());
            }
        }
        if let Some(adding) = adding {
            self.adding = adding;
        }
        // one that is ticked in the list of suggestions settles what was typed
        let settled = match known.find(&self.adding) {
            _ if self.adding.trim().is_empty() => true,
            Found::Codes(found) => {
                codes.extend(found);
                true
            }
            Found::Perhaps(some) => some.iter().any(|code| codes.contains(code) && !self.responsible.contains(code)),
        };
        if settled {
            self.adding.clear();
        }
        let mut seen = BTreeSet::new();
        codes.retain(|code| seen.insert(code.clone()));
        self.responsible = codes;
        self.put_first(organisation);
    }

    fn apply_places(&mut self, ticked: &[String], counties: &[String], groups: &[String], known: &Known) {
        self.codes = ticked.iter().filter(|code| known.is_place(code)).cloned().collect();
        let added = known.municipalities.iter().filter(|one| counties.contains(&one.county_code) || groups.contains(&one.skr_group));
        self.codes.extend(added.map(|one| one.code.clone()));
        if (!counties.is_empty() || !groups.is_empty()) && !self.codes.is_empty() {
            // whoever ticks a county has said that not all are asked
            self.selections.insert(RespondentKind::Municipality, "listed".to_owned());
        }
        let kinds: Vec<RespondentKind> = self.codes.iter().filter_map(|code| respondent_of_code(code)).collect();
        self.asked.extend(kinds);
    }

    /// What a page of the step would send, typed by nobody: the way back from [`DraftForm::apply`].
    #[must_use]
    pub fn pairs(&self, step: Step) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = step.texts().map(|field| (field.code().to_owned(), self.text(field).to_owned())).collect();
        let mut add = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
        match step {
            Step::Basics => {
                self.responsible.iter().for_each(|code| add(Field::Responsible.code(), code));
                add(ADDING, &self.adding);
            }
            Step::Respondents => {
                self.asked.iter().for_each(|kind| add(Field::Respondents.code(), kind.code()));
                self.selections.iter().for_each(|(kind, chosen)| add(&selection_name(*kind), chosen));
                self.sizes.iter().for_each(|(kind, size)| add(&size_name(*kind), size));
                self.codes.iter().for_each(|code| add(CODES, code));
            }
            Step::Items => {
                for item in &mut self.items.clone() {
                    item.cells().iter().for_each(|(field, typed)| add(field.code(), typed));
                }
            }
            Step::Rounds => {
                for round in &mut self.rounds.clone() {
                    round.cells().iter().for_each(|(field, typed)| add(field.code(), typed));
                }
                self.rule.clone().cells().iter().for_each(|(name, typed)| add(name, typed));
            }
            Step::Channel => self.data_paths.iter().for_each(|code| add(Field::DataPaths.code(), code)),
            Step::Review => {
                self.change.iter().for_each(|(name, typed)| add(name, typed));
                self.answer_pairs().for_each(|(name, typed)| add(&name, &typed));
            }
            Step::Legal => {}
        }
        pairs
    }
}

/// Rows out of columns: the first value of every name makes the first row, and so on.
fn rows<R: Default + Clone, const N: usize>(
    pairs: &[(String, String)],
    cells: for<'r> fn(&'r mut R) -> [(Field, &'r mut String); N],
) -> Vec<R> {
    let mut rows: Vec<R> = Vec::new();
    let fields: Vec<Field> = cells(&mut R::default()).iter().map(|(field, _)| *field).collect();
    for (column, field) in fields.iter().enumerate() {
        for (at, (_, value)) in pairs.iter().filter(|(name, _)| name == field.code()).enumerate() {
            if at == rows.len() {
                rows.push(R::default());
            }
            if let Some(row) = rows.get_mut(at) {
                *cells(row)[column].1 = harmless(value);
            }
        }
    }
    rows
}
