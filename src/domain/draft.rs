//! A form that somebody is filling in (*utkast*): every value as it was typed, wrong and half-done ones too. Nothing typed is lost; what
//! the register can make of it, [`DraftForm::parse`] tells.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::content::{Item, Provision};
use super::field::Field;
use super::new_collection::CollectionParts;
use super::organisation::respondent_of_code;
use super::respondent::Selection;
use super::round::{Round, When};
use super::terms::{Kind, RespondentKind};

pub mod answers;
pub mod compare;
pub mod input;
pub mod known;
pub mod parse;
pub mod paste;
pub mod rule;
pub mod step;
#[cfg(test)]
mod tests;

pub use answers::DraftAnswer;
pub use compare::Base;
pub use known::Known;
pub use rule::DraftRule;
pub use step::Step;

/// What a form without a title is called.
pub const UNTITLED: &str = "Utan titel";

/// A form as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftForm {
    /// The fields with one answer each: text as typed, the code of a choice, lists with one line for each part. Unanswered ones are left out.
    pub texts: BTreeMap<Field, String>,
    /// Codes of the responsible agencies, the registering one first.
    pub responsible: Vec<String>,
    /// An agency that was typed and not found.
    pub adding: String,
    /// The ways in which the data can travel, by code.
    pub data_paths: BTreeSet<String>,
    /// The kinds that are asked.
    pub asked: BTreeSet<RespondentKind>,
    /// How those asked are chosen: `all`, `listed` or `sample`.
    pub selections: BTreeMap<RespondentKind, String>,
    /// The sizes of samples, as typed.
    pub sizes: BTreeMap<RespondentKind, String>,
    /// The municipalities and regions that are ticked, by code.
    pub codes: BTreeSet<String>,
    /// What is asked for.
    pub items: Vec<DraftItem>,
    /// The occasions.
    pub rounds: Vec<DraftRound>,
    /// The rule that makes occasions.
    pub rule: DraftRule,
    /// The number of the collection that it was copied from: the two are alike on purpose.
    pub copied_from: Option<String>,
    /// What is answered for collections that probably ask for the same, by their numbers.
    pub answers: BTreeMap<String, DraftAnswer>,
    /// What is said of a change as a change and as a decision, by the codes of [`super::decision::DecisionPart`].
    pub change: BTreeMap<String, String>,
    /// Of a change: the collection as it was when the change was begun.
    pub begun: Base,
    /// The step that was saved last, by code; empty before that.
    pub step: String,
}

/// A row of the table of items, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftItem {
    /// What it is called.
    pub label: String,
    /// What it means.
    pub definition: String,
    /// The unit.
    pub unit: String,
    /// Where a municipality finds it: a code, or the words that were pasted.
    pub source: String,
    /// Whether it is personal data: likewise.
    pub personal_data: String,
}

/// An occasion, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftRound {
    /// What it is called.
    pub label: String,
    /// First day measured.
    pub measured_from: String,
    /// Last day measured.
    pub measured_to: String,
    /// When the questions go out.
    pub dispatch: String,
    /// The last day to answer.
    pub deadline: String,
    /// When it closes.
    pub closes: String,
    /// When the results are published.
    pub published: String,
    /// Why the time is short.
    pub short_time_reason: String,
}

impl DraftItem {
    /// Its cells with the fields they fill, in the order of the table.
    pub fn cells(&mut self) -> [(Field, &mut String); 5] {
        [
            (Field::ItemLabel, &mut self.label),
            (Field::ItemDefinition, &mut self.definition),
            (Field::ItemUnit, &mut self.unit),
            (Field::ItemSource, &mut self.source),
            (Field::ItemPersonalData, &mut self.personal_data),
        ]
    }

    /// Whether nothing is typed in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clone().cells().iter().all(|(_, text)| text.trim().is_empty())
    }
}

impl DraftRound {
    /// Its cells with the fields they fill.
    pub fn cells(&mut self) -> [(Field, &mut String); 8] {
        [
            (Field::RoundLabel, &mut self.label),
            (Field::RoundMeasuredFrom, &mut self.measured_from),
            (Field::RoundMeasuredTo, &mut self.measured_to),
            (Field::RoundDispatch, &mut self.dispatch),
            (Field::RoundDeadline, &mut self.deadline),
            (Field::RoundCloses, &mut self.closes),
            (Field::RoundPublished, &mut self.published),
            (Field::RoundShortTimeReason, &mut self.short_time_reason),
        ]
    }

    /// Whether nothing is typed in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clone().cells().iter().all(|(_, text)| text.trim().is_empty())
    }
}

/// A date as the form spells it, so that reading it gives the same date.
fn spelt(when: Option<&When>) -> String {
    match when {
        Some(When::Week { year, week }) => format!("{year}-v{week:02}"),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

impl From<&Round> for DraftRound {
    fn from(round: &Round) -> Self {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            label: round.label.clone(),
            measured_from: day(round.measured_from),
            measured_to: day(round.measured_to),
            dispatch: spelt(round.dispatch.as_ref()),
            deadline: spelt(round.deadline.as_ref()),
            closes: spelt(round.closes.as_ref()),
            published: spelt(round.published.as_ref()),
            short_time_reason: round.short_time_reason.clone().unwrap_or_default(),
        }
    }
}

impl From<&Item> for DraftItem {
    fn from(item: &Item) -> Self {
        Self {
            label: item.label.clone(),
            definition: item.definition.clone().unwrap_or_default(),
            unit: item.unit.clone().unwrap_or_default(),
            source: item.source.code().to_owned(),
            personal_data: item.personal_data.code().to_owned(),
        }
    }
}

impl DraftForm {
    /// The form that an organisation starts from: itself responsible, everything else unanswered.
    #[must_use]
    pub fn empty(organisation: &str) -> Self {
        Self { responsible: vec![organisation.to_owned()], ..Self::default() }
    }

    /// The form of a change of a collection: without the diarienummer, which each party sets on a page of its own.
    #[must_use]
    pub fn of_change(parts: &CollectionParts) -> Self {
        let mut form = Self::from_parts(parts);
        form.texts.remove(&Field::DiaryNumber);
        form.begun = Base::of(&form);
        form
    }

    /// The form of a collection that says the same.
    #[must_use]
    pub fn from_parts(parts: &CollectionParts) -> Self {
        let content = &parts.content;
        let assignment = &content.assignment;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let day = |day: &Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let provision = |p: &Provision| p.url.as_ref().map_or_else(|| p.citation.clone(), |url| format!("{} {url}", p.citation));
        let texts = [
            (Field::OwnReference, text(&parts.own_reference)),
            (Field::Title, content.title.clone()),
            (Field::Kind, content.kind.code().to_owned()),
            (Field::Purpose, content.purpose.clone()),
            (Field::Area, text(&content.area)),
            (Field::DiaryNumber, text(&parts.diary_number)),
            (Field::Collector, text(&parts.collector)),
            (Field::AssignmentKind, assignment.kind.code().to_owned()),
            (Field::AssignmentDepartment, text(&assignment.department)),
            (Field::AssignmentInstrument, text(&assignment.instrument)),
            (Field::AssignmentDated, day(&assignment.dated)),
            (Field::AssignmentFinalReport, day(&assignment.final_report_on)),
            (Field::Origin, content.origin.code().to_owned()),
            (Field::Obligation, content.obligation.code().to_owned()),
            (Field::Provisions, content.provisions.iter().map(provision).collect::<Vec<_>>().join("\n")),
            (Field::Observe, text(&content.observe)),
            (Field::DataUse, text(&content.data_use)),
            (Field::Consultation, content.consultation.code().to_owned()),
            (Field::Consulted, text(&content.consulted)),
            (Field::Periodicity, content.periodicity.code().to_owned()),
            (Field::PeriodicityWords, text(&content.periodicity_words)),
            (Field::Visibility, parts.visibility.code().to_owned()),
            (Field::Channel, content.channel.code().to_owned()),
            (Field::ChannelWords, text(&content.channel_words)),
            (Field::ContactFunction, text(&content.contact_function)),
            (Field::ContactEmail, text(&content.contact_email)),
            (Field::FurtherUsers, content.further_users.join("\n")),
            (Field::AutomationConsidered, content.automation_considered.code().to_owned()),
            (Field::AutomationComment, text(&content.automation_comment)),
            (Field::SourceUrl, text(&content.source_url)),
            (Field::Remark, text(&content.remark)),
        ];
        let mut form = Self {
            texts: texts.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
            responsible: parts.responsible.clone(),
            data_paths: content.data_paths.iter().map(|path| path.code().to_owned()).collect(),
            items: content.items.iter().map(DraftItem::from).collect(),
            rounds: parts.rounds.iter().map(DraftRound::from).collect(),
            ..Self::default()
        };
        for group in &content.respondents {
            form.asked.insert(group.kind);
            form.selections.insert(group.kind, group.selection.code().to_owned());
            match &group.selection {
                Selection::Listed(codes) => form.codes.extend(codes.iter().cloned()),
                Selection::Sample(size) => drop(form.sizes.insert(group.kind, size.to_string())),
                Selection::All => {}
            }
        }
        form
    }

    /// The form of a new collection like an earlier one of `organisation`: without what belongs to the old one alone, its reference, its
    /// diarienummer, its consultation, the days of its assignment and its occasions.
    #[must_use]
    pub fn copy_of(parts: &CollectionParts, organisation: &str) -> Self {
        let mut form = Self::from_parts(parts);
        let of_the_old = [
            Field::OwnReference,
            Field::DiaryNumber,
            Field::Consultation,
            Field::Consulted,
            Field::AssignmentDated,
            Field::AssignmentFinalReport,
        ];
        for field in of_the_old {
            form.texts.remove(&field);
        }
        form.rounds.clear();
        form.put_first(organisation);
        form
    }

    /// Makes `organisation` the first of the responsible agencies.
    pub fn put_first(&mut self, organisation: &str) {
        self.responsible.retain(|code| code != organisation);
        self.responsible.insert(0, organisation.to_owned());
    }

    /// What is typed in a field; empty if nothing is.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        self.texts.get(&field).map_or("", String::as_str)
    }

    /// The title for lists: *Utan titel* while there is none.
    #[must_use]
    pub fn title(&self) -> String {
        match self.text(Field::Title).trim() {
            "" => UNTITLED.to_owned(),
            title => crate::text::shorten(title, 200),
        }
    }

    /// The kind, once one is chosen.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_code(self.text(Field::Kind))
    }

    /// The ticked codes of a kind.
    #[must_use]
    pub fn codes_of(&self, kind: RespondentKind) -> Vec<String> {
        self.codes.iter().filter(|code| respondent_of_code(code) == Some(kind)).cloned().collect()
    }
}
