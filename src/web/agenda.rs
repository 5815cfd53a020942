//! Deadlines ahead, as an agenda.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::filters::{capital, joined};
use crate::db::collections::{self, Summary};
use crate::db::deadlines::Deadline;
use crate::db::{Result, Tx};
use crate::domain::round::When;
use crate::domain::terms::Obligation;
use crate::text;

/// One deadline in an agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaRow {
    /// The day that it counts as, `2027-03-15`.
    pub iso: String,
    /// The day of the month.
    pub day: u32,
    /// What stands under it: `mars 2027` or the day of the week.
    pub under: String,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Agency, round, obligation.
    pub meta: Vec<String>,
}

/// What stands under the day in an agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// Month and year.
    Month,
    /// The day of the week, where the month is a heading.
    Weekday,
}

impl AgendaRow {
    /// A row of the agenda, with the responsible agencies in short.
    #[must_use]
    pub fn new(due: Deadline, agencies: String, under: Under) -> Self {
        let on = due.deadline.counts_as();
        // an uncertain date says so: the day shown is only the last one possible
        let stated = (!matches!(due.deadline, When::Day(_))).then(|| due.deadline.to_string());
        let obligation = Obligation::from_code(&due.obligation).map(|obligation| match obligation {
            Obligation::Unstated => "Svarsskyldighet ej angiven".to_owned(),
            stated => capital(stated.label()),
        });
        let meta = [Some(agencies), Some(due.label), stated, obligation];
        Self {
            iso: on.to_string(),
            day: on.day(),
            under: match under {
                Under::Month => format!("{} {}", short_month(on), on.year()),
                Under::Weekday => weekday(on).to_owned(),
            },
            number: due.number,
            title: due.title,
            meta: meta.into_iter().flatten().filter(|word| !word.is_empty()).collect(),
        }
    }
}

/// The agenda of `deadlines`, with the agencies read for them.
///
/// # Errors
/// As the engine says.
pub async fn with_agencies(tx: &mut Tx, deadlines: Vec<Deadline>, today: NaiveDate) -> Result<Vec<AgendaRow>> {
    if deadlines.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<Uuid> = deadlines.iter().map(|due| due.collection).collect();
    ids.sort_unstable();
    ids.dedup();
    let summaries = collections::summaries(tx, &ids, today).await?;
    Ok(from_known(deadlines, &summaries, Under::Month))
}

/// The agenda of `deadlines` whose collections are among `known`.
#[must_use]
pub fn from_known(deadlines: Vec<Deadline>, known: &[Summary], under: Under) -> Vec<AgendaRow> {
    let agencies: HashMap<Uuid, String> = known.iter().map(|summary| (summary.id, joined(&summary.agencies))).collect();
    let named = |due: Deadline| {
        let agencies = agencies.get(&due.collection).cloned().unwrap_or_default();
        AgendaRow::new(due, agencies, under)
    };
    deadlines.into_iter().map(named).collect()
}

/// The three first letters of the month; `mars`, `juni` and `juli` whole, as they are no longer than a letter more.
fn short_month(day: NaiveDate) -> &'static str {
    let name = text::month_name(day.month());
    if name.len() <= 4 { name } else { &name[..3] }
}

fn weekday(day: NaiveDate) -> &'static str {
    ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"][day.weekday().num_days_from_monday() as usize]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A deadline for tests of pages.
    pub(in crate::web) fn due(deadline: &str) -> Deadline {
        Deadline {
            collection: Uuid::nil(),
            number: "2026-0001".into(),
            title: "Titel <b>".into(),
            label: "2027".into(),
            deadline: When::parse(deadline).expect("a date"),
            obligation: "unstated".into(),
        }
    }

    #[test]
    fn an_agenda_says_when_the_day_is_uncertain() {
        let row = AgendaRow::new(due("2027-03-15"), "SCB".into(), Under::Month);
        assert_eq!((row.day, row.under.as_str()), (15, "mars 2027"));
        assert_eq!(row.meta, ["SCB", "2027", "Svarsskyldighet ej angiven"]);
        let row = AgendaRow::new(due("2027-v12"), String::new(), Under::Weekday);
        assert_eq!((row.iso.as_str(), row.under.as_str()), ("2027-03-28", "söndag"));
        assert_eq!(row.meta, ["2027", "vecka\u{a0}12, 2027", "Svarsskyldighet ej angiven"]);
    }
}
