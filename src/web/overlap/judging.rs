//! The form in which a reviewer decides on a pair.

use std::collections::HashSet;

use uuid::Uuid;

use super::side::ItemRow;
use crate::actions::pairs::Sides;
use crate::db::pairs::Judged;
use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::overlap::verdict::{Same, VerdictFaults, VerdictKind};
use crate::web::fields::Question;
use crate::web::filters;
use crate::web::form::Fields;

/// How many pairs of items, beside those that the method found, can be added at once.
const MORE: usize = 3;

/// What a reviewer typed, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct TypedVerdict {
    kind: String,
    /// The chosen pairs among those shown, by code.
    items: HashSet<String>,
    /// What was chosen of the items of both, one of each a row; an empty text where nothing was.
    more: Vec<[String; 2]>,
    reason: String,
    faults: VerdictFaults,
}

/// The names of the two choices of a row.
fn names(row: usize) -> [String; 2] {
    [format!("egen-{row}"), format!("annan-{row}")]
}

impl TypedVerdict {
    /// What was sent.
    pub(super) fn read(fields: &Fields, faults: VerdictFaults) -> Self {
        Self {
            kind: fields.get("bedomning").to_owned(),
            items: fields.all("uppgift").map(str::to_owned).collect(),
            more: (1..=MORE).map(|row| names(row).map(|name| fields.get(&name).to_owned())).collect(),
            reason: fields.get("motivering").to_owned(),
            faults,
        }
    }

    /// What stands.
    fn latest(one: &Judged) -> Self {
        Self {
            kind: one.kind.code().to_owned(),
            items: one.items.iter().map(|item| item.same().code()).collect(),
            reason: one.reason.clone().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Every chosen pair by code; none where a row has only one side.
    pub(super) fn chosen(&self) -> Option<Vec<String>> {
        let whole = |[own, other]: &&[String; 2]| own.is_empty() == other.is_empty();
        let more = self.more.iter().filter(|[own, _]| !own.is_empty()).map(|[own, other]| format!("{own}:{other}"));
        self.more.iter().all(|row| whole(&row)).then(|| self.items.iter().cloned().chain(more).collect())
    }
}

/// The form.
#[derive(Debug)]
pub struct VerdictForm {
    /// How much is the same.
    pub kind: Question,
    /// Which of the items that the method found, and those that were chosen before.
    pub items: Question,
    /// Two items that the method did not find, one of each collection a row. None where either asks for nothing.
    pub more: Vec<[Question; 2]>,
    /// Why.
    pub reason: Question,
}

impl VerdictForm {
    /// The form with what was typed, or else with what stands.
    pub(super) fn new(sides: &Sides, rows: &[ItemRow], typed: Option<TypedVerdict>, latest: Option<&Judged>) -> Self {
        let TypedVerdict { kind, items, more, reason, faults } =
            typed.unwrap_or_else(|| latest.map(TypedVerdict::latest).unwrap_or_default());
        let label = |kind: VerdictKind| filters::capital(kind.label());
        let chosen: Vec<&str> = items.iter().map(String::as_str).collect();
        // what people have chosen beside what the method found stays to be unchosen
        let by_hand = items.iter().filter(|code| rows.iter().all(|row| row.code != **code));
        let by_hand = by_hand.filter_map(|code| Same::parse(code)).filter_map(|pair| ItemRow::of(&sides.own, &sides.others, pair));
        let mut choices: Vec<(String, String)> = by_hand.map(|row| (row.code, row.spoken)).collect();
        choices.sort_unstable();
        let choices = rows.iter().map(|row| (row.code.clone(), row.spoken.clone())).chain(choices);
        Self {
            kind: Question::new("bedomning", "Begär de båda insamlingarna samma uppgifter?")
                .choices(VerdictKind::ALL.iter().map(|kind| (kind.code(), label(*kind))), &[&kind])
                .wrong(faults.kind),
            items: Question::new("uppgift", "Vilka uppgifter är samma?")
                .hint("Markera dem som är samma. Markerar ni ingen och bedömer att insamlingarna begär samma uppgifter räknas alla här.")
                .choices(choices, &chosen)
                .wrong(faults.items),
            more: more_questions(sides, &more),
            reason: Question::new("motivering", "Motivering")
                .hint("Krävs om uppgifterna inte är samma. Visas öppet på båda insamlingarna om ni bekräftar.")
                .typed(reason)
                .wrong(faults.reason),
        }
    }

    /// Everything that is asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        [&self.kind, &self.items, &self.reason].into_iter()
    }

    /// Whether something was chosen among all items.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.more.iter().flatten().any(|one| one.choices.iter().any(|choice| choice.chosen && !choice.value.is_empty()))
    }
}

fn more_questions(sides: &Sides, typed: &[[String; 2]]) -> Vec<[Question; 2]> {
    if sides.own.is_empty() || sides.others.is_empty() {
        return Vec::new();
    }
    let number = |one: &Collection| one.number.map(|number| number.to_string()).unwrap_or_default();
    let (asking, met) = (number(&sides.asking), number(&sides.met));
    let row = |row: usize| {
        let [own, other] = names(row);
        let chosen = typed.get(row - 1).map_or(["", ""], |[own, other]| [own, other]);
        let question = |name: String, collection: &str, items: &[(Uuid, Item)], chosen: &str| {
            let all = items.iter().map(|(lineage, item)| (lineage.simple().to_string(), item.label.clone()));
            let all = [(String::new(), "Ingen".to_owned())].into_iter().chain(all);
            Question::new(name, format!("Uppgift i {collection} ({row})")).choices(all, &[chosen])
        };
        [question(own, &asking, &sides.own, chosen[0]), question(other, &met, &sides.others, chosen[1])]
    };
    (1..=MORE).map(row).collect()
}
