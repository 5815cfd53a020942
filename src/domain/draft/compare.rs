//! Two versions of one form beside each other: what differs, who changed it, how it reads, and taking over one answer.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::{DraftForm, Known, Step};
use crate::domain::column::column_of;
use crate::domain::decision::{DecisionPart, Exemption, Significance};
use crate::domain::field::Field;
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::When;
use crate::domain::terms::{
    Answer, AssignmentKind, Channel, ConsultationStated, DataPath, Kind, Obligation, Origin, Periodicity, RespondentKind, Visibility,
};

/// What stands for the whole of the items, the rounds and those asked.
const WHOLES: [Field; 5] = [Field::Responsible, Field::Respondents, Field::DataPaths, Field::ItemLabel, Field::RoundLabel];

/// What stands for everything that is said in the last step: of a change as a change and as a decision, and what is answered for
/// collections that ask for the same. The form has no such field of its own.
pub const CHANGE_AS_A_WHOLE: Field = Field::DecidedOn;

/// The answers that two versions grew from, as one digest for each field: enough to see who changed what, in a page or beside a change
/// that is being written. A digest that another release made differently makes both sides look changed, and then nobody is preselected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Base(BTreeMap<Field, String>);

/// One of two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What this person wants.
    Mine,
    /// What is saved.
    Theirs,
}

impl Base {
    /// The answers to the fields of a step.
    #[must_use]
    pub fn of_step(form: &DraftForm, step: Step) -> Self {
        let asked = |field: &Field| if *field == CHANGE_AS_A_WHOLE { step == Step::Review } else { Step::of(*field) == step };
        Self(DraftForm::compared().filter(asked).map(|field| (field, form.digest(field))).collect())
    }

    /// The answers of a whole form.
    #[must_use]
    pub fn of(form: &DraftForm) -> Self {
        Self(DraftForm::compared().map(|field| (field, form.digest(field))).collect())
    }

    /// Reads what [`Base::to_string`] wrote; what cannot be read is not known.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pair = |pair: &str| pair.split_once(':').and_then(|(code, digest)| Some((Field::from_code(code)?, digest.to_owned())));
        Self(text.split(' ').filter_map(pair).collect())
    }

    /// The side that alone has changed the answer to a field; none where both have, or where nothing is known of what it was.
    #[must_use]
    pub fn changed_by(&self, field: Field, mine: &DraftForm, theirs: &DraftForm) -> Option<Side> {
        let before = self.0.get(&field)?;
        match (mine.digest(field) != *before, theirs.digest(field) != *before) {
            (true, false) => Some(Side::Mine),
            (false, true) => Some(Side::Theirs),
            _ => None,
        }
    }
}

impl std::fmt::Display for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pairs: Vec<String> = self.0.iter().map(|(field, digest)| format!("{}:{digest}", field.code())).collect();
        f.write_str(&pairs.join(" "))
    }
}

impl DraftForm {
    /// The fields in which two forms can differ.
    fn compared() -> impl Iterator<Item = Field> {
        Self::fields().chain([CHANGE_AS_A_WHOLE])
    }

    /// What is answered, where a page sends by itself what nobody has answered.
    fn meant(&self, field: Field) -> &str {
        match self.text(field) {
            "unstated" => "",
            "now" if field == Field::Visibility => "",
            typed => typed,
        }
    }

    fn digest(&self, field: Field) -> String {
        let mut hasher = DefaultHasher::new();
        match field {
            Field::Responsible => (&self.responsible, &self.adding).hash(&mut hasher),
            Field::DataPaths => self.data_paths.hash(&mut hasher),
            Field::Respondents => (&self.asked, &self.selections, &self.sizes, &self.codes).hash(&mut hasher),
            Field::ItemLabel => self.items.hash(&mut hasher),
            Field::RoundLabel => (&self.rounds, &self.rule).hash(&mut hasher),
            CHANGE_AS_A_WHOLE => (&self.change, &self.answers).hash(&mut hasher),
            field => self.meant(field).hash(&mut hasher),
        }
        format!("{:016x}", hasher.finish())
    }

    /// The fields in which two forms differ; what is said of the change, items, rounds and those asked are one field each.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Field> {
        let differs = |field: &Field| match *field {
            Field::Responsible => self.responsible != other.responsible || self.adding != other.adding,
            Field::DataPaths => self.data_paths != other.data_paths,
            Field::Respondents => {
                (&self.asked, &self.selections, &self.sizes, &self.codes) != (&other.asked, &other.selections, &other.sizes, &other.codes)
            }
            Field::ItemLabel => self.items != other.items,
            Field::RoundLabel => self.rounds != other.rounds || self.rule != other.rule,
            CHANGE_AS_A_WHOLE => (&self.change, &self.answers) != (&other.change, &other.answers),
            field => self.meant(field) != other.meant(field),
        };
        Field::ALL.iter().copied().filter(differs).collect()
    }

    /// Takes over the answer to one field from another form.
    pub fn take(&mut self, field: Field, other: &Self) {
        match field {
            Field::Responsible => (self.responsible, self.adding) = (other.responsible.clone(), other.adding.clone()),
            Field::DataPaths => self.data_paths.clone_from(&other.data_paths),
            Field::Respondents => {
                self.asked.clone_from(&other.asked);
                self.selections.clone_from(&other.selections);
                self.sizes.clone_from(&other.sizes);
                self.codes.clone_from(&other.codes);
            }
            Field::ItemLabel => self.items.clone_from(&other.items),
            Field::RoundLabel => (self.rounds, self.rule) = (other.rounds.clone(), other.rule.clone()),
            CHANGE_AS_A_WHOLE => {
                self.change.clone_from(&other.change);
                self.answers.clone_from(&other.answers);
            }
            field => match other.texts.get(&field) {
                Some(text) => drop(self.texts.insert(field, text.clone())),
                None => drop(self.texts.remove(&field)),
            },
        }
    }

    /// The answer to a field as a person reads it, in lines; none where nothing is answered.
    #[must_use]
    pub fn shown(&self, field: Field, known: &Known) -> Vec<String> {
        let name = |code: &String| known.agency(code).map_or_else(|| code.clone(), |agency| agency.name.clone());
        match field {
            Field::Responsible => {
                let adding =
                    Some(self.adding.trim()).filter(|adding| !adding.is_empty()).map(|adding| format!("”{adding}” (inte tillagd)"));
                self.responsible.iter().map(name).chain(adding).collect()
            }
            Field::DataPaths => {
                self.data_paths.iter().filter_map(|code| DataPath::from_code(code)).map(|path| path.label().to_owned()).collect()
            }
            Field::Respondents => self.respondents_shown(known),
            Field::ItemLabel => {
                let line = |item: &super::DraftItem| {
                    let label = |code: &str| {
                        crate::domain::terms::ItemSource::from_code(code).map_or(code.to_owned(), |term| term.label().to_owned())
                    };
                    let answer = Answer::from_code(&item.personal_data).map_or(item.personal_data.clone(), |term| term.label().to_owned());
                    joined(&[&item.label, &item.definition, &item.unit, &label(&item.source), &answer])
                };
                self.items.iter().map(line).collect()
            }
            Field::RoundLabel => self.rounds.iter().map(round_line).collect(),
            CHANGE_AS_A_WHOLE => {
                let change = self.change.iter().map(|(name, typed)| change_line(name, typed));
                change.chain(self.answers.iter().map(|(number, answer)| format!("{number}: {}", answer.in_words()))).collect()
            }
            Field::Area => {
                let typed = self.text(field);
                let area = known.areas.iter().find(|(code, _)| code == typed).map_or(typed, |(_, name)| name);
                (!area.is_empty()).then(|| area.to_owned()).into_iter().collect()
            }
            Field::Collector => {
                let typed = self.text(field).to_owned();
                (!typed.is_empty()).then(|| name(&typed)).into_iter().collect()
            }
            Field::AssignmentDated | Field::AssignmentFinalReport => {
                Some(date(self.text(field))).filter(|day| !day.is_empty()).into_iter().collect()
            }
            field => {
                let typed = self.text(field);
                let word = word(field, typed).map_or_else(|| typed.to_owned(), str::to_owned);
                word.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
            }
        }
    }

    fn respondents_shown(&self, known: &Known) -> Vec<String> {
        let group = |kind: &RespondentKind| {
            let codes = self.codes_of(*kind);
            let names = |codes: &[String]| {
                let municipality = |code: &String| known.municipalities.iter().find(|one| one.code == *code).map(|one| one.name.clone());
                let region = |code: &String| known.regions.iter().find(|one| one.code == *code).map(|one| one.name.clone());
                codes.iter().filter_map(|code| municipality(code).or_else(|| region(code))).collect::<Vec<_>>().join(", ")
            };
            match self.selections.get(kind).map_or("", String::as_str) {
                "sample" => match self.sizes.get(kind).map(|size| size.trim().parse()) {
                    Some(Ok(size)) => RespondentGroup { kind: *kind, selection: Selection::Sample(size) }.in_words(),
                    _ => format!("ett urval av {}, antalet är inte angivet", kind.label()),
                },
                _ if !codes.is_empty() => {
                    let names = names(&codes);
                    format!("{}: {names}", RespondentGroup { kind: *kind, selection: Selection::Listed(codes) }.in_words())
                }
                "listed" => format!("{} enligt lista, ingen är vald", kind.label()),
                _ if *kind == RespondentKind::Other => "andra uppgiftslämnare".to_owned(),
                _ => format!("alla {}", kind.label()),
            }
        };
        RespondentKind::ALL.iter().filter(|kind| self.asked.contains(kind) || !self.codes_of(**kind).is_empty()).map(group).collect()
    }

    /// The fields of the whole form in its order, those that are shown as one once.
    pub fn fields() -> impl Iterator<Item = Field> {
        let is_part = |field: &Field| {
            (field.is_item() || field.is_round() || matches!(field, Field::Selection | Field::RespondentCodes)) && !WHOLES.contains(field)
        };
        Field::ALL
            .iter()
            .copied()
            .filter(move |field| !is_part(field) && !matches!(field, Field::Status | Field::DecidedOn) && column_of(*field).is_some())
    }
}

fn round_line(round: &super::DraftRound) -> String {
    let named = |word: &str, text: &str| if text.trim().is_empty() { String::new() } else { format!("{word} {text}") };
    let measured = match (date(&round.measured_from).as_str(), date(&round.measured_to).as_str()) {
        ("", "") => String::new(),
        (from, to) => format!("mäter {from}–{to}"),
    };
    joined(&[
        round.label.trim(),
        &named("utskick", &date(&round.dispatch)),
        &named("svar senast", &date(&round.deadline)),
        &measured,
        &named("stänger", &date(&round.closes)),
        &named("publiceras", &date(&round.published)),
        &named("skäl för kort svarstid:", round.short_time_reason.trim()),
    ])
}

/// A date as it is read, where it can be read; else as it was typed.
fn date(typed: &str) -> String {
    When::parse(typed).map_or_else(|_| typed.trim().to_owned(), |when| when.in_text())
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.trim().is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// What is said of a change in one of its parts.
fn change_line(name: &str, typed: &str) -> String {
    let part = DecisionPart::from_code(name);
    let word = match part {
        Some(DecisionPart::Significance) => Significance::from_code(typed).map(|term| term.label().to_owned()),
        Some(DecisionPart::Exemption) => Exemption::from_code(typed).map(|term| term.label().to_owned()),
        Some(DecisionPart::DecidedOn) => Some(date(typed)),
        _ => None,
    };
    let name = part.map_or_else(|| name.to_owned(), |part| part.label().to_owned());
    format!("{name}: {}", word.unwrap_or_else(|| typed.to_owned()))
}

/// When a collection is shown to everyone, as the answer to a question.
#[must_use]
pub fn opens(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Now => "direkt",
        Visibility::AtDispatch => "från första utskicket",
        Visibility::Never => "inte",
    }
}

/// The word of a closed list for its code.
fn word(field: Field, code: &str) -> Option<&'static str> {
    match field {
        Field::Kind => Kind::from_code(code).map(Kind::label),
        Field::AssignmentKind => AssignmentKind::from_code(code).map(AssignmentKind::label),
        Field::Origin => Origin::from_code(code).map(Origin::label),
        Field::Obligation => Obligation::from_code(code).map(Obligation::label),
        Field::Consultation => ConsultationStated::from_code(code).map(ConsultationStated::label),
        Field::Periodicity => Periodicity::from_code(code).map(Periodicity::label),
        Field::Visibility => Visibility::from_code(code).map(opens),
        Field::Channel => Channel::from_code(code).map(Channel::label),
        Field::AutomationConsidered => Answer::from_code(code).map(Answer::label),
        _ => None,
    }
}
