//! Rounds (*omgångar*): the single occasions of a collection, with dates that may be uncertain.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::text;

/// A date as agencies state it. What counts in sums and calendars is [`When::counts_as`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// A calendar day.
    Day(NaiveDate),
    /// An ISO 8601 week; counts as its Sunday.
    Week {
        /// The ISO year that the week belongs to.
        year: i32,
        /// 1–52, or 53 in the years that have it.
        week: u32,
    },
    /// A period in words, such as `kvartal 2 2027, preliminärt`; counts as its last day.
    Uncertain {
        /// The words.
        words: String,
        /// The last day of the period.
        last_day: NaiveDate,
    },
}

/// The forms that [`When::parse`] reads, for error messages.
pub const DATE_FORMS: &str = "Skriv ett datum (2027-03-15), en vecka (2027-v12) eller en period (mars 2027, kvartal 2 2027, våren 2027).";

impl When {
    /// The day that the date counts as.
    #[must_use]
    pub fn counts_as(&self) -> NaiveDate {
        match self {
            Self::Day(day) => *day,
            Self::Week { year, week } => NaiveDate::from_isoywd_opt(*year, *week, Weekday::Sun).unwrap_or(NaiveDate::MAX),
            Self::Uncertain { last_day, .. } => *last_day,
        }
    }

    /// As running text has it: `15 mars 2027`, `vecka 12, 2027` or the words of the period.
    #[must_use]
    pub fn in_text(&self) -> String {
        match self {
            Self::Day(day) => text::written_date(*day),
            other => other.to_string(),
        }
    }

    /// A week that exists: 53 is refused in a year of 52 weeks.
    ///
    /// # Errors
    /// Says in Swedish how many weeks the year has.
    pub fn week(year: i32, week: u32) -> Result<Self, String> {
        match NaiveDate::from_isoywd_opt(year, week, Weekday::Sun) {
            Some(_) => Ok(Self::Week { year, week }),
            None => {
                let weeks = if NaiveDate::from_isoywd_opt(year, 53, Weekday::Mon).is_some() { 53 } else { 52 };
                Err(format!("Vecka {week} finns inte år {year}, som har {weeks} veckor."))
            }
        }
    }

    /// Reads a date, a week or a period as a person writes it.
    ///
    /// # Errors
    /// Says in Swedish what is wrong and which forms are allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let folded = text::fold(text);
        if let Some(day) = parse_day(&folded) {
            return in_range(day).map(Self::Day);
        }
        let core = ["preliminärt", "preliminär", "prel.", "prel", "ungefär", "cirka", "ca"]
            .iter()
            .fold(folded.clone(), |rest, word| strip_word(&rest, word));
        if let Some((year, week)) = parse_week(&core) {
            let week = Self::week(year, week)?;
            return in_range(week.counts_as()).map(|_| week);
        }
        match last_day_of_period(&core) {
            Some(last_day) => {
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                in_range(last_day).map(|last_day| Self::Uncertain { words, last_day })
            }
            None => Err(format!("”{}” går inte att läsa som ett datum. {DATE_FORMS}", text::shorten(text.trim(), 40))),
        }
    }
}

impl fmt::Display for When {
    /// `2027-03-15`, `vecka 12, 2027` or the words of the period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Week { year, week } => write!(f, "vecka\u{a0}{week}, {year}"),
            Self::Uncertain { words, .. } => f.write_str(words),
        }
    }
}

/// Refuses years that can only be slips of the keyboard.
fn in_range(day: NaiveDate) -> Result<NaiveDate, String> {
    if (1990..=2100).contains(&day.year()) { Ok(day) } else { Err(format!("Året {} är utanför 1990–2100.", day.year())) }
}

fn strip_word(text: &str, word: &str) -> String {
    text.split([' ', ',']).filter(|part| !part.is_empty() && *part != word).collect::<Vec<_>>().join(" ")
}

/// `2027-03-15`, `2027-3-5`, `15 mars 2027`.
fn parse_day(text: &str) -> Option<NaiveDate> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day);
    }
    let mut parts = text.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, text::month_number(month)?, day.parse().ok()?)
}

/// `2027-v12`, `2027 v12`, `vecka 12 2027`, `v. 12 2027`, `v12 2027`.
fn parse_week(text: &str) -> Option<(i32, u32)> {
    let spaced = text.replace("vecka", " v ").replace("v.", " v ").replace('v', " v ").replace(['-', 'w'], " ");
    let parts: Vec<&str> = spaced.split_whitespace().collect();
    let (year, week) = match parts.as_slice() {
        [year, "v", week] | ["v", week, year] => (*year, *week),
        _ => return None,
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    (year.len() == 4 && week.len() <= 2 && digits(year) && digits(week)).then_some(())?;
    Some((year.parse().ok()?, week.parse().ok()?))
}

/// The last day of a month, quarter, tertial, half-year, season or year in words.
fn last_day_of_period(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.split(' ').collect();
    let (name, year) = match parts.as_slice() {
        [year] => ("år".to_owned(), *year),
        [rest @ .., year] => (rest.join(" "), *year),
        [] => return None,
    };
    let year: i32 = (year.len() == 4).then(|| year.parse().ok())??;
    let month = match name.as_str() {
        "år" | "året" | "slutet av" => 12,
        "våren" | "vår" | "vårterminen" => 5,
        "sommaren" | "sommar" => 8,
        "hösten" | "höst" => 11,
        "höstterminen" => 12,
        "första halvåret" | "halvår 1" => 6,
        "andra halvåret" | "halvår 2" => 12,
        _ => quarter(&name).or_else(|| text::month_number(&name))?,
    };
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))
}

/// The last month of `kvartal 2`, `q2`, `tertial 1` or `t1`.
fn quarter(name: &str) -> Option<u32> {
    let (length, number) = ["kvartal ", "kv ", "q"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix).map(|number| (3, number)))
        .or_else(|| ["tertial ", "t"].iter().find_map(|prefix| name.strip_prefix(prefix).map(|number| (4, number))))?;
    let number: u32 = number.parse().ok()?;
    (1..=12 / length).contains(&number).then_some(number * length)
}

/// One occasion on which data are collected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Round {
    /// What the agency calls it, such as `2027, slutligt utfall`.
    pub label: String,
    /// First day of the period that the data describe.
    pub measured_from: Option<NaiveDate>,
    /// Last day of the period that the data describe.
    pub measured_to: Option<NaiveDate>,
    /// When the questions go out.
    pub dispatch: Option<When>,
    /// The last day to answer.
    pub deadline: Option<When>,
    /// When the collection closes for late answers.
    pub closes: Option<When>,
    /// When the results are published.
    pub published: Option<When>,
    /// Why fewer than three weeks are given: the special reasons, or the law or ordinance that sets another time (5 §).
    pub short_time_reason: Option<String>,
}

impl Round {
    /// The year the round counts in: that of the deadline, else of the dispatch, else none.
    #[must_use]
    pub fn year(&self) -> Option<i32> {
        self.deadline.as_ref().or(self.dispatch.as_ref()).map(|when| when.counts_as().year())
    }

    /// Whether the round has gone out by `today`; without a day of dispatch, whether its deadline has come.
    #[must_use]
    pub fn has_begun(&self, today: NaiveDate) -> bool {
        self.dispatch.as_ref().or(self.deadline.as_ref()).is_some_and(|when| when.counts_as() <= today)
    }

    /// What rounds are ordered by: deadline, else dispatch; those without either come last.
    #[must_use]
    pub fn order(&self) -> (bool, Option<NaiveDate>) {
        let day = self.deadline.as_ref().or(self.dispatch.as_ref()).map(When::counts_as);
        (day.is_none(), day)
    }

    /// The measured period in ISO dates: `2026-01-01 – 2026-12-31`.
    #[must_use]
    pub fn measured_period(&self) -> Option<String> {
        match (self.measured_from, self.measured_to) {
            (Some(from), Some(to)) if from == to => Some(from.to_string()),
            (Some(from), Some(to)) => Some(format!("{from}\u{a0}– {to}")),
            (Some(from), None) => Some(format!("från {from}")),
            (None, Some(to)) => Some(format!("till {to}")),
            (None, None) => None,
        }
    }
}

/// For each of `new`, which of `old` is the same occasion, perhaps with corrected details. Each old one is given once at most.
///
/// What is wholly equal comes first, then what has the same deadline, then what alone on both sides has the same label.
#[must_use]
pub fn same_occasions(old: &[Round], new: &[Round]) -> Vec<Option<usize>> {
    let mut places: Vec<Option<usize>> = vec![None; new.len()];
    let mut free: Vec<bool> = vec![true; old.len()];
    let alone = |rounds: &[Round], label: &str| rounds.iter().filter(|round| round.label == label).count() == 1;
    let deadline = |round: &Round| round.deadline.as_ref().map(When::counts_as);
    let has_same_deadline = |a: &Round, b: &Round| deadline(a).is_some() && deadline(a) == deadline(b);
    let has_same_label = |a: &Round, b: &Round| !a.label.is_empty() && a.label == b.label && alone(old, &a.label) && alone(new, &b.label);
    for pass in 0..3 {
        for (round, place) in new.iter().zip(&mut places).filter(|(_, place)| place.is_none()) {
            let is_same = |other: &Round| match pass {
                0 => other == round,
                1 => has_same_deadline(other, round),
                _ => has_same_label(other, round),
            };
            if let Some(found) = old.iter().enumerate().position(|(at, other)| free[at] && is_same(other)) {
                free[found] = false;
                *place = Some(found);
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> String {
        When::parse(text).map_or_else(|error| error, |when| when.counts_as().to_string())
    }

    #[test]
    fn weeks_count_as_their_sunday_and_periods_as_their_last_day() {
        assert_eq!(counts("2027-03-15"), "2027-03-15");
        assert_eq!(counts("15 mars 2027"), "2027-03-15");
        for week in ["2027-v12", "vecka 12 2027", "v. 12 2027", "Vecka 12, 2027", "2027 v12"] {
            assert_eq!(counts(week), "2027-03-28", "{week}");
        }
        assert_eq!(counts("kvartal 2 2027, preliminärt"), "2027-06-30");
        assert_eq!(counts("Q1 2028"), "2028-03-31");
        assert_eq!(counts("februari 2028"), "2028-02-29");
        assert_eq!(counts("tertial 1 2027"), "2027-04-30");
        assert_eq!(counts("2027"), "2027-12-31");
    }

    #[test]
    fn impossible_dates_are_refused_in_words() {
        assert_eq!(counts("2027-v53"), "Vecka 53 finns inte år 2027, som har 52 veckor.");
        assert_eq!(counts("2026-v53"), "2027-01-03");
        assert!(counts("2027-02-30").starts_with("”2027-02-30” går inte att läsa som ett datum."));
        assert!(counts("kvartal 5 2027").contains("kvartal 2 2027"));
        assert!(counts("0202-01-01").contains("1990–2100"));
        assert!(counts("0207-v12").contains("1990–2100"));
    }

    #[test]
    fn occasions_are_matched_one_to_one() {
        let round = |label: &str, deadline: &str| Round { label: label.into(), deadline: When::parse(deadline).ok(), ..Round::default() };
        let old = [round("Månadsrapport", "2027-01-15"), round("Månadsrapport", "2027-02-15"), round("Årsrapport", "2027-03-01")];
        let new = [round("Månadsrapport", "2027-08-15"), round("Rättad", "2027-02-15"), round("Årsrapport", "2027-03-08")];
        assert_eq!(same_occasions(&old, &new), [None, Some(1), Some(2)]);
        let swapped = [old[1].clone(), old[0].clone()];
        assert_eq!(same_occasions(&old, &swapped), [Some(1), Some(0)]);
    }

    #[test]
    fn a_round_counts_in_the_year_of_its_deadline() {
        let mut round = Round { dispatch: When::parse("2026-12-01").ok(), ..Round::default() };
        assert_eq!(round.year(), Some(2026));
        round.deadline = When::parse("2026-v53").ok();
        assert_eq!(round.year(), Some(2027));
    }
}
