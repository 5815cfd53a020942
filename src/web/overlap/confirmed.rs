//! What a collection's page tells everyone of overlaps that people have confirmed.

use chrono::NaiveDate;

use crate::clock;
use crate::db::pairs::Confirmed;
use crate::db::whole::Whole;
use crate::db::{Tx, involved};
use crate::domain::terms::Status;
use crate::domain::wording;
use crate::error::Result;
use crate::text;

/// An overlap that people have confirmed.
#[derive(Debug)]
pub struct OverlapRow {
    /// The number of the other collection.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The names of its responsible agencies.
    pub agencies: String,
    /// Where the other collection is in its life, where it is over.
    pub over: Option<Status>,
    /// Who confirmed what and when: `Sveriges Kommuner och Regioner den 22 november 2026: delvis samma uppgifter`.
    pub verdict: String,
    /// Whether it was decided of what both say now.
    pub holds: bool,
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

/// The confirmed overlaps of a collection with those that everyone may read on `today`. Where there are none, the database is not asked.
///
/// # Errors
/// As the database says.
pub async fn rows(tx: &mut Tx, whole: &Whole, today: NaiveDate) -> Result<Vec<OverlapRow>> {
    let open: Vec<&Confirmed> = whole.overlaps.iter().filter(|one| one.open_from.is_some_and(|from| from <= today)).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let own = whole.collection.number.map(|number| number.to_string()).unwrap_or_default();
    let numbers: Vec<String> = open.iter().map(|one| one.number.clone()).chain([own.clone()]).collect();
    let responsible = involved::responsible_for(tx, &numbers, today).await?;
    let of = |number: &String| responsible.get(number).map_or(&[][..], Vec::as_slice);
    Ok(open.into_iter().map(|one| OverlapRow::new(one, !involved::in_common(of(&own), of(&one.number)).is_empty())).collect())
}

impl OverlapRow {
    /// As everyone reads it; `both`: an agency is responsible for both collections.
    fn new(one: &Confirmed, both: bool) -> Self {
        let day = text::written_date(clock::swedish_day(one.at));
        Self {
            number: one.number.clone(),
            title: one.title.clone(),
            agencies: wording::enumerated(&one.agencies),
            over: Some(one.status).filter(|status| status.is_over()),
            verdict: format!("{} den {day}: {}", one.body, one.kind.label()),
            holds: one.holds,
            items: one.items.clone(),
            reason: one.reason.clone(),
            answer: one.answer.as_ref().map(|(answer, who)| format!("{who}: {}", answer.kind.said(both))),
            answer_reason: one.answer.as_ref().and_then(|(answer, _)| answer.reason.clone()),
            objects: (!one.objects.is_empty()).then(|| wording::enumerated(&one.objects)),
        }
    }
}
