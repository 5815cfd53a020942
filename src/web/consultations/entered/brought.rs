//! What the page of a case says of its being entered afterwards.

use super::super::Named;
use crate::actions::consultations::{Seen, Side};
use crate::clock;
use crate::domain::consultation::entered::rules::{Deed, Place, may};
use crate::text;

/// That a case was entered afterwards, and whether both sides stand by it.
#[derive(Debug)]
pub struct Brought {
    /// By whom it was entered, and whether the other side has confirmed it.
    pub words: String,
    /// Who has put the agency's view in its own words, as long as the agency has not confirmed it.
    pub retold_by: Option<String>,
    /// What the reader can do about it.
    pub label: Option<&'static str>,
}

impl Brought {
    /// What is said of a case; nothing of one that was asked for here, or was taken away. `rested_on`: whether a decision rests on it.
    #[must_use]
    pub fn of(seen: &Seen, named: &Named, rested_on: bool) -> Option<Self> {
        let case = &seen.case;
        if !case.entered || case.removed_at.is_some() {
            return None;
        }
        let by = case.parts.first().and_then(|part| part.entered_by.as_ref()).map(|by| named.get(by));
        let entered =
            by.as_ref().map_or_else(|| "Ärendet är infört i efterhand.".to_owned(), |by| format!("Ärendet är infört i efterhand av {by}."));
        let by_body = seen.is_entered_by_body();
        let confirmed = case.confirmed_at.filter(|_| by_body);
        let confirmed = confirmed.map(|at| format!("Myndigheten bekräftade det den {}.", text::written_date(clock::swedish_day(at))));
        let unconfirmed = seen.is_view_unconfirmed();
        let hidden =
            (unconfirmed && case.closing.is_some()).then_some("Myndighetens syn visas öppet först när myndigheten har bekräftat den.");
        let words = [Some(entered), confirmed, hidden.map(str::to_owned)];
        let label = match seen.side {
            Side::Reader => None,
            Side::Agency | Side::Body => Some(label(seen.place(rested_on))),
        };
        Some(Self { words: words.into_iter().flatten().collect::<Vec<_>>().join(" "), retold_by: by.filter(|_| unconfirmed), label })
    }
}

/// What a side can do about a case, as the rules have it.
fn label(place: Place) -> &'static str {
    let can = |deed| may(deed, place).is_ok();
    match (can(Deed::Confirm), can(Deed::Correct), can(Deed::Remove), can(Deed::Object)) {
        (true, ..) => "Bekräfta eller invänd",
        (false, true, true, _) => "Läs, rätta eller ta bort",
        (false, true, false, _) => "Läs eller rätta",
        (false, false, true, _) => "Läs, invänd eller ta bort",
        (false, false, false, true) => "Läs eller invänd",
        (false, false, false, false) => "Läs det som är infört",
    }
}
