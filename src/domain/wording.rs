//! What a collection says, in words that lists and documents share.

use super::content::{Assignment, Content};
use super::round::When;
use super::terms::{AssignmentKind, ConsultationStated, Obligation, Periodicity};
use crate::text;

/// Whether and with whom consultation took place; none where nothing is said.
#[must_use]
pub fn consultation(content: &Content) -> Option<String> {
    match (content.consultation, &content.consulted) {
        (ConsultationStated::Held, Some(with)) => Some(format!("ja, med {with}")),
        (ConsultationStated::Unstated, _) => None,
        (stated, _) => Some(stated.label().to_owned()),
    }
}

/// A term with the agency's own words for it, unless they say the same.
#[must_use]
pub fn worded(label: &str, words: Option<&str>) -> String {
    match words {
        Some(words) if text::fold(words) == text::fold(label) => label.to_owned(),
        Some(words) => format!("{label} ({words})"),
        None => label.to_owned(),
    }
}

/// How often, with the agency's own words.
#[must_use]
pub fn periodicity(content: &Content) -> String {
    how_often(content.periodicity, content.periodicity_words.as_deref())
}

/// The same of its parts.
#[must_use]
pub fn how_often(periodicity: Periodicity, words: Option<&str>) -> String {
    worded(periodicity.label(), words)
}

/// The assignment in one line: `regeringsuppdrag, Finansdepartementet, Fi2025/01234, 3 april 2025`; none where nothing is said.
#[must_use]
pub fn assignment(assignment: &Assignment) -> Option<String> {
    let kind = (assignment.kind != AssignmentKind::Unstated).then(|| assignment.kind.label().to_owned());
    let parts = [kind, assignment.department.clone(), assignment.instrument.clone(), assignment.dated.map(text::written_date)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The provisions in one line; empty where there are none.
#[must_use]
pub fn provisions(content: &Content) -> String {
    content.provisions.iter().map(|provision| provision.citation.as_str()).collect::<Vec<_>>().join("; ")
}

/// Whether answering is compulsory, as whoever is asked needs to hear it (4 § point 1 förordning (1982:668)).
#[must_use]
pub fn obligation(obligation: Obligation) -> &'static str {
    match obligation {
        Obligation::Compulsory => "Det är obligatoriskt att svara.",
        Obligation::Voluntary => "Det är frivilligt att svara. Det finns ingen skyldighet att lämna uppgifterna.",
        Obligation::Unstated => "Det är ännu inte angivet om det är obligatoriskt eller frivilligt att svara.",
    }
}

/// A date as running text states it: a day written out, a week with its last day (ISO 8601: a Sunday), a period in its own words.
#[must_use]
pub fn when(when: &When) -> String {
    match when {
        When::Day(day) => text::written_date(*day),
        When::Week { .. } => format!("{when} (söndagen den {})", text::written_date(when.counts_as())),
        When::Uncertain { words, .. } => words.clone(),
    }
}

/// Names in a row: `A`, `A och B`, `A, B och C`.
#[must_use]
pub fn enumerated(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} och {last}", most.join(", ")),
    }
}

/// What is wrong with a text of several lines that may hold `most` characters, in Swedish.
#[must_use]
pub fn fault(words: &str, most: usize) -> Option<String> {
    let length = words.chars().count();
    if length > most {
        return Some(format!("Texten är {length} tecken lång. Högst {most} får plats."));
    }
    let is_odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    words.contains(is_odd).then(|| "Texten innehåller styrtecken. Ta bort dem.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::terms::Kind;

    #[test]
    fn consultation_is_told_only_where_something_is_said() {
        let mut content = Content::titled(Kind::Survey, "Enkät");
        assert_eq!(consultation(&content), None);
        content.consultation = ConsultationStated::NotHeld;
        assert_eq!(consultation(&content).as_deref(), Some("nej"));
        content.consultation = ConsultationStated::Held;
        content.consulted = Some("SKR".into());
        assert_eq!(consultation(&content).as_deref(), Some("ja, med SKR"));
    }

    #[test]
    fn names_are_joined_as_people_write_them() {
        let names = |names: &[&str]| enumerated(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&[]), "");
        assert_eq!(names(&["A", "B"]), "A och B");
        assert_eq!(names(&["A", "B", "C"]), "A, B och C");
    }
}
