//! What a change did, field by field, in words: the old and the new value as a reader of the history sees them.

use serde::{Deserialize, Serialize};

use super::content::Item;
use super::field::Field;
use super::new_collection::CollectionParts;
use super::revision::changed_fields;
use super::round::{Round, When};
use crate::text;

/// The most rows of items or rounds that a change names on each side; the rest are counted.
const MOST_ROWS: usize = 100;

/// A field with its value before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: Field,
    /// The value before; empty where there was none.
    pub old: String,
    /// The value after; empty where there is none.
    pub new: String,
}

/// What the register calls the codes in a record: organisations and subject areas. Pure data, read beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(std::collections::HashMap<String, String>);

impl Names {
    /// Names by code.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(names.into_iter().collect())
    }

    fn of<'a>(&'a self, code: &'a str) -> &'a str {
        self.0.get(code).map_or(code, String::as_str)
    }
}

/// Every field in which `new` differs from `old`, with both values in words. Items and rounds tell the rows that were added, removed or
/// changed.
#[must_use]
pub fn changes(old: &CollectionParts, new: &CollectionParts, names: &Names) -> Vec<FieldChange> {
    let change = |field: Field| {
        let (old, new) = match field {
            Field::ItemLabel => rows(&old.content.items, &new.content.items, item, "Samma uppgifter i en annan ordning"),
            Field::RoundLabel => rows(&old.rounds, &new.rounds, round, "Samma omgångar i en annan ordning"),
            _ => (value(old, field, names), value(new, field, names)),
        };
        FieldChange { field, old, new }
    };
    changed_fields(old, new).into_iter().map(change).collect()
}

/// The value of a field in words; empty where nothing is said. Items and rounds are one row each.
#[must_use]
pub fn value(parts: &CollectionParts, field: Field, names: &Names) -> String {
    let content = &parts.content;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<chrono::NaiveDate>| day.map(text::written_date).unwrap_or_default();
    let codes = |codes: &[String]| codes.iter().map(|code| names.of(code)).collect::<Vec<_>>().join(", ");
    match field {
        Field::OwnReference => text(&parts.own_reference),
        Field::Title => content.title.clone(),
        Field::Kind => content.kind.label().to_owned(),
        Field::Purpose => content.purpose.clone(),
        Field::Area => content.area.as_deref().map(|code| names.of(code).to_owned()).unwrap_or_default(),
        Field::Status => parts.status.label().to_owned(),
        Field::Responsible => codes(&parts.responsible),
        Field::DiaryNumber => text(&parts.diary_number),
        Field::Collector => parts.collector.as_deref().map(|code| names.of(code).to_owned()).unwrap_or_default(),
        Field::AssignmentKind => content.assignment.kind.label().to_owned(),
        Field::AssignmentDepartment => text(&content.assignment.department),
        Field::AssignmentInstrument => text(&content.assignment.instrument),
        Field::AssignmentDated => day(content.assignment.dated),
        Field::AssignmentFinalReport => day(content.assignment.final_report_on),
        Field::Origin => content.origin.label().to_owned(),
        Field::Obligation => content.obligation.label().to_owned(),
        Field::Provisions => lines(content.provisions.iter().map(|provision| match &provision.url {
            Some(url) => format!("{} ({url})", provision.citation),
            None => provision.citation.clone(),
        })),
        Field::Respondents | Field::Selection => content.respondents_in_words(),
        Field::RespondentCodes => String::new(),
        Field::Observe => text(&content.observe),
        Field::DataUse => text(&content.data_use),
        Field::Consultation => content.consultation.label().to_owned(),
        Field::Consulted => text(&content.consulted),
        Field::DecidedOn => day(content.decided_on),
        Field::Periodicity => content.periodicity.label().to_owned(),
        Field::PeriodicityWords => text(&content.periodicity_words),
        Field::Visibility => parts.visibility.label().to_owned(),
        Field::Channel => content.channel.label().to_owned(),
        Field::ChannelWords => text(&content.channel_words),
        Field::DataPaths => content.data_paths.iter().map(|path| path.label()).collect::<Vec<_>>().join(", "),
        Field::ContactFunction => text(&content.contact_function),
        Field::ContactEmail => text(&content.contact_email),
        Field::FurtherUsers => content.further_users.join(", "),
        Field::AutomationConsidered => content.automation_considered.label().to_owned(),
        Field::AutomationComment => text(&content.automation_comment),
        Field::SourceUrl => text(&content.source_url),
        Field::Remark => text(&content.remark),
        field if field.is_item() => lines(content.items.iter().map(item)),
        _ => lines(parts.rounds.iter().map(round)),
    }
}

fn lines(rows: impl Iterator<Item = String>) -> String {
    rows.collect::<Vec<_>>().join("\n")
}

/// The rows that only one side has, in words. Where both have the same rows, their order differs.
fn rows<T: PartialEq>(old: &[T], new: &[T], words: impl Fn(&T) -> String, reordered: &str) -> (String, String) {
    let only = |these: &[T], those: &[T]| -> String {
        let missing: Vec<&T> = these.iter().filter(|row| !those.contains(row)).collect();
        let mut told: Vec<String> = missing.iter().take(MOST_ROWS).map(|row| words(row)).collect();
        if missing.len() > MOST_ROWS {
            told.push(format!("och {} till", missing.len() - MOST_ROWS));
        }
        told.join("\n")
    };
    let (removed, added) = (only(old, new), only(new, old));
    if removed.is_empty() && added.is_empty() { (String::new(), reordered.to_owned()) } else { (removed, added) }
}

/// An item in one line: label, unit, definition, where it is found.
fn item(item: &Item) -> String {
    let unit = item.unit.as_ref().map(|unit| format!(" ({unit})")).unwrap_or_default();
    let definition = item.definition.as_ref().map(|text| format!(": {}", text.replace('\n', " "))).unwrap_or_default();
    format!("{}{unit}{definition} [{}; personuppgifter {}]", item.label, item.source, item.personal_data)
}

/// A round in one line: label and dates.
fn round(round: &Round) -> String {
    let when = |name: &str, when: &Option<When>| when.as_ref().map(|when| format!("{name} {}", when.in_text()));
    let parts = [
        round.measured_period().map(|period| format!("mätperiod {period}")),
        when("utskick", &round.dispatch),
        when("sista svarsdag", &round.deadline),
        when("stänger", &round.closes),
        when("publiceras", &round.published),
        round.short_time_reason.as_ref().map(|reason| format!("skäl för kort svarstid: {}", reason.replace('\n', " "))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { round.label.clone() } else { format!("{}: {}", round.label, parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Content;
    use crate::domain::terms::{Answer, ItemSource, Kind, Status, Visibility};

    fn parts() -> CollectionParts {
        CollectionParts {
            own_reference: None,
            responsible: vec!["202100-0837".into()],
            diary_number: None,
            collector: None,
            status: Status::Planned,
            visibility: Visibility::Now,
            content: Content::titled(Kind::Survey, "Enkät"),
            rounds: Vec::new(),
        }
    }

    fn item(label: &str, unit: &str) -> Item {
        let (source, personal_data) = (ItemSource::System, Answer::No);
        Item { label: label.into(), definition: None, unit: Some(unit.into()), source, personal_data }
    }

    #[test]
    fn old_and_new_values_are_told_in_words() {
        let (old, mut new) = (parts(), parts());
        new.content.title = "Enkät om bibliotek".into();
        new.content.area = Some("kultur".into());
        new.responsible.push("202100-2114".into());
        new.status = Status::Decided;
        let names = Names::new([("kultur", "Kultur"), ("202100-0837", "SCB")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        let told: Vec<(Field, String, String)> = changes(&old, &new, &names).into_iter().map(|c| (c.field, c.old, c.new)).collect();
        let row = |field, old: &str, new: &str| (field, old.to_owned(), new.to_owned());
        assert_eq!(
            told,
            [
                row(Field::Title, "Enkät", "Enkät om bibliotek"),
                row(Field::Area, "", "Kultur"),
                row(Field::Status, "planerad", "beslutad"),
                row(Field::Responsible, "SCB", "SCB, 202100-2114"),
            ]
        );
    }

    #[test]
    fn of_items_and_rounds_only_the_rows_that_differ_are_told() {
        let (mut old, mut new) = (parts(), parts());
        old.content.items = vec![item("Antal lån", "antal"), item("Antal besök", "antal")];
        new.content.items = vec![item("Antal lån", "antal"), item("Antal besök", "besök"), item("Öppettimmar", "timmar")];
        let dispatch = When::parse("2027-03-01").ok();
        new.rounds = vec![Round { label: "2027".into(), dispatch, deadline: When::parse("2027-v12").ok(), ..Round::default() }];
        let told = changes(&old, &new, &Names::default());
        assert_eq!(told[0].old, "Antal besök (antal) [finns i system; personuppgifter nej]");
        assert_eq!(told[0].new.lines().count(), 2);
        assert_eq!(
            (told[1].old.as_str(), told[1].new.as_str()),
            ("", "2027: utskick 1\u{a0}mars 2027, sista svarsdag vecka\u{a0}12, 2027")
        );
        new.content.items = vec![old.content.items[1].clone(), old.content.items[0].clone()];
        assert_eq!(changes(&old, &new, &Names::default())[0].new, "Samma uppgifter i en annan ordning");
    }

    #[test]
    fn long_lists_are_counted() {
        let (old, mut new) = (parts(), parts());
        new.content.items = (0..150).map(|number| item(&format!("Uppgift {number}"), "antal")).collect();
        let told = changes(&old, &new, &Names::default()).remove(0).new;
        assert!(told.ends_with("och 50 till"), "{told}");
    }
}
