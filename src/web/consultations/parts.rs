//! The pieces of a case's page: what each body has done.

use chrono::{DateTime, Utc};

use super::Named;
use super::forms::ONESELF;
use crate::clock;
use crate::db::consultations::Part;
use crate::domain::consultation::State;
use crate::domain::consultation::entered::retold;
use crate::text;
use crate::web::filters::capital;
use crate::web::view::{Fact, Facts};

/// A body's part of a case.
#[derive(Debug)]
pub struct PartView {
    /// The body's name.
    pub name: String,
    /// Where its part is.
    pub state: State,
    /// The same in words.
    pub standing: &'static str,
    /// Since when, how long it has been with either side, the diarienummer.
    pub facts: Vec<Fact>,
    /// What was answered, where it was: `synpunkter`.
    pub opinion: Option<&'static str>,
    /// In words.
    pub answer: Option<String>,
    /// Said where the body has not said that itself.
    pub retold: Option<String>,
    /// The two assessments, each with its heading.
    pub assessments: Vec<(&'static str, String)>,
    /// The code, where an answer can be had as a document.
    pub document: Option<String>,
}

impl PartView {
    /// The part as it stands `now`; `taken`: who has it, as far as the reader may know; `removed`: the whole case was entered by mistake.
    #[must_use]
    pub fn new(part: &Part, named: &Named, taken: Option<String>, removed: bool, now: DateTime<Utc>) -> Self {
        let standing = if removed { "borttaget" } else { part.state.label() };
        let clocks = part.clocks.until(part.state, part.since, now);
        let day = |at: DateTime<Utc>| text::written_date(clock::swedish_day(at));
        let unanswered = part.opinion.is_none() && part.state == State::Closed;
        let facts = Facts::default()
            .with("Läge", format!("{} sedan den {}", capital(standing), day(part.since)))
            .maybe("Handläggare", taken.map(|who| if who == ONESELF { "Du".to_owned() } else { who }))
            .with("Hos samrådsparten", spell(clocks.body))
            .maybe("Hos myndigheten", (clocks.agency > 0).then(|| spell(clocks.agency)))
            .maybe("Yttrade sig", part.answered_at.map(day))
            .maybe("Yttrande", unanswered.then_some("Har inte svarat"))
            .maybe("Diarienummer", part.diary_number.clone());
        let assessments = [("Samordning", &part.coordination), ("Genomförbarhet och kvalitet", &part.feasibility)].into_iter();
        Self {
            name: named.get(&part.body),
            state: part.state,
            standing,
            facts: facts.done(),
            opinion: part.opinion.map(|opinion| opinion.label()),
            answer: part.answer.clone(),
            retold: part.retold_by().map(|by| retold(&named.get(by), &named.get(&part.body))),
            assessments: assessments.filter_map(|(heading, words)| words.clone().map(|words| (heading, words))).collect(),
            document: part.opinion.map(|_| part.body.clone()),
        }
    }
}

/// A length of time as people say it, from seconds: `3 dagar`, `5 timmar`.
#[must_use]
pub fn spell(seconds: i64) -> String {
    match seconds {
        ..3_600 => "Mindre än en timme".to_owned(),
        3_600..86_400 => text::counted(seconds / 3_600, "timme", "timmar"),
        _ => text::counted(seconds / 86_400, "dag", "dagar"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_are_said_in_days_or_hours() {
        assert_eq!(spell(0), "Mindre än en timme");
        assert_eq!(spell(59), "Mindre än en timme");
        assert_eq!(spell(3_600), "1\u{a0}timme");
        assert_eq!(spell(86_399), "23\u{a0}timmar");
        assert_eq!(spell(3 * 86_400), "3\u{a0}dagar");
    }
}
