//! A rule that generates rounds by deadline year: *årligen, senast vecka 12*.

use chrono::{Datelike, Days, NaiveDate};

use super::round::{Round, When};
use super::terms::Periodicity;

/// A deadline that comes back every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearlyDay {
    /// Month and day; the month's last day in a year in which it is shorter.
    Date(u32, u32),
    /// ISO week.
    Week(u32),
}

impl YearlyDay {
    /// Reads `03-31` or `v12`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(week) = text.strip_prefix('v') {
            return week.parse().ok().filter(|week| (1..=52).contains(week)).map(Self::Week);
        }
        let (month, day) = text.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        NaiveDate::from_ymd_opt(2027, month, day).map(|_| Self::Date(month, day))
    }

    fn in_year(self, year: i32) -> Option<When> {
        match self {
            Self::Date(month, day) => {
                (28..=day).rev().chain([day]).find_map(|day| NaiveDate::from_ymd_opt(year, month, day)).map(When::Day)
            }
            Self::Week(week) => When::week(year, week).ok(),
        }
    }
}

/// When a collection is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// How often.
    pub periodicity: Periodicity,
    /// The deadlines of a year with rounds.
    pub deadlines: Vec<YearlyDay>,
    /// Days from dispatch to deadline.
    pub days_to_answer: u64,
    /// Days from deadline to publication.
    pub days_to_publication: u64,
    /// Which of the years has a round, for what is done more seldom than yearly: years whose number leaves this rest.
    pub phase: i32,
}

impl Schedule {
    /// The rounds whose deadlines fall in the years `from` to `to`, in order of deadline.
    #[must_use]
    pub fn rounds(&self, from: i32, to: i32) -> Vec<Round> {
        let mut rounds: Vec<Round> = (from..=to).filter(|year| self.has_round_in(*year)).flat_map(|year| self.rounds_of(year)).collect();
        rounds.sort_by_key(|round| round.deadline.as_ref().map(When::counts_as));
        rounds
    }

    fn has_round_in(&self, year: i32) -> bool {
        let every = match self.periodicity {
            Periodicity::EverySecondYear => 2,
            Periodicity::EveryThirdYear => 3,
            Periodicity::EveryFourthYear | Periodicity::Once | Periodicity::Irregular => 4,
            Periodicity::EveryFifthYear => 5,
            Periodicity::LessOften => 6,
            _ => 1,
        };
        year.rem_euclid(every) == self.phase.rem_euclid(every)
    }

    fn rounds_of(&self, year: i32) -> Vec<Round> {
        let many = self.deadlines.len() > 1;
        let mut deadlines: Vec<When> = self.deadlines.iter().filter_map(|day| day.in_year(year)).collect();
        deadlines.sort_by_key(When::counts_as);
        let occasion = |(at, deadline): (usize, When)| {
            let last_day = deadline.counts_as();
            let (measured_from, measured_to) = self.measured_period(last_day)?;
            Some(Round {
                label: if many { format!("{year}, omgång {}", at + 1) } else { year.to_string() },
                measured_from: Some(measured_from),
                measured_to: Some(measured_to),
                dispatch: last_day.checked_sub_days(Days::new(self.days_to_answer)).map(When::Day),
                deadline: Some(deadline),
                closes: last_day.checked_add_days(Days::new(14)).map(When::Day),
                published: last_day.checked_add_days(Days::new(self.days_to_publication)).map(When::Day),
                short_time_reason: None,
            })
        };
        deadlines.into_iter().enumerate().filter_map(occasion).collect()
    }

    /// The last whole month, quarter or year before the questions go out.
    fn measured_period(&self, deadline: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let dispatch = deadline.checked_sub_days(Days::new(self.days_to_answer))?;
        let months: u32 = match self.periodicity {
            Periodicity::Monthly => 1,
            Periodicity::Quarterly => 3,
            Periodicity::ThreeTimesAYear => 4,
            Periodicity::TwiceAYear => 6,
            _ => 12,
        };
        let start_of_running = NaiveDate::from_ymd_opt(dispatch.year(), dispatch.month0() / months * months + 1, 1)?;
        let from = start_of_running.checked_sub_months(chrono::Months::new(months))?;
        Some((from, start_of_running.pred_opt()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(periodicity: Periodicity, deadlines: &[&str]) -> Schedule {
        let deadlines = deadlines.iter().filter_map(|text| YearlyDay::parse(text)).collect();
        Schedule { periodicity, deadlines, days_to_answer: 28, days_to_publication: 90, phase: 1 }
    }

    #[test]
    fn yearly_rounds_measure_the_year_before() {
        let rounds = schedule(Periodicity::Yearly, &["v12"]).rounds(2026, 2027);
        assert_eq!(rounds.len(), 2);
        assert_eq!(rounds[1].deadline, When::week(2027, 12).ok());
        assert_eq!(rounds[1].measured_period().as_deref(), Some("2026-01-01\u{a0}– 2026-12-31"));
        assert_eq!(rounds[1].label, "2027");
    }

    #[test]
    fn monthly_rounds_measure_the_month_before_dispatch() {
        let rounds = schedule(Periodicity::Monthly, &["01-31", "02-28"]).rounds(2027, 2027);
        assert_eq!(rounds[0].measured_period().as_deref(), Some("2026-12-01\u{a0}– 2026-12-31"));
        assert_eq!(rounds[1].label, "2027, omgång 2");
    }

    #[test]
    fn rarer_rounds_come_in_their_years() {
        let years = |periodicity| schedule(periodicity, &["05-01"]).rounds(2024, 2029).iter().filter_map(Round::year).collect::<Vec<_>>();
        assert_eq!(years(Periodicity::EverySecondYear), [2025, 2027, 2029]);
        assert_eq!(years(Periodicity::EveryThirdYear), [2026, 2029]);
    }

    #[test]
    fn days_that_do_not_exist_are_not_read() {
        assert_eq!(YearlyDay::parse("v53"), None);
        assert_eq!(YearlyDay::parse("02-30"), None);
        assert_eq!(YearlyDay::parse("3 maj"), None);
    }
}
