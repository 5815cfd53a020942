//! What a collection's page tells everyone of overlaps that people have confirmed.

use crate::clock;
use crate::db::pairs::Confirmed;
use crate::domain::wording;
use crate::text;

/// An overlap that people have confirmed.
#[derive(Debug)]
pub struct OverlapRow {
    /// The number of the other collection.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Who confirmed what and when: `Sveriges Kommuner och Regioner den 22 november 2026: delvis samma uppgifter`.
    pub verdict: String,
    /// Whether everything that is alike is the same.
    pub all: bool,
    /// The items that are the same: as this collection words them, and as the other does.
    pub items: Vec<(String, String)>,
    /// Why.
    pub reason: Option<String>,
    /// What the agency that asks answered: `Skolverket: vi samordnar oss`.
    pub answer: Option<String>,
    /// Its own words.
    pub answer_reason: Option<String>,
    /// Who objects, though not what they say.
    pub objects: Option<String>,
}

impl From<&Confirmed> for OverlapRow {
    fn from(one: &Confirmed) -> Self {
        let day = text::written_date(clock::swedish_day(one.at));
        Self {
            number: one.number.clone(),
            title: one.title.clone(),
            verdict: format!("{} den {day}: {}", one.body, one.kind.label()),
            all: one.all,
            items: one.items.clone(),
            reason: one.reason.clone(),
            answer: one.answer.as_ref().map(|(answer, who)| format!("{who}: {}", answer.kind.label())),
            answer_reason: one.answer.as_ref().and_then(|(answer, _)| answer.reason.clone()),
            objects: (!one.objects.is_empty()).then(|| wording::enumerated(&one.objects)),
        }
    }
}
