//! The rule that makes occasions: *årligen, senast vecka 12*, *varje kvartal, den 20:e*, over some years.

use chrono::{Datelike, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{DraftForm, DraftRound};
use crate::domain::round::{Round, When};
use crate::domain::schedule::{Schedule, YearlyDay};
use crate::domain::terms::Periodicity;
use crate::text;

/// The most years that a rule makes occasions for at a time.
const MOST_YEARS: i32 = 20;
/// Days to answer unless something else is typed: more than the three weeks of 5 §.
const USUAL_DAYS: u64 = 28;

/// A rule as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftRule {
    /// The last day to answer each time: `vecka 12`, `15 mars`, `den 20:e`; several with commas between them.
    pub deadline: String,
    /// Days to answer.
    pub days: String,
    /// The first year.
    pub from: String,
    /// The last year.
    pub to: String,
}

/// What is wrong with a rule: the name of its part in the form, and the reason.
pub type RuleFault = (&'static str, String);

impl DraftRule {
    /// Its parts with their names in the form.
    pub fn cells(&mut self) -> [(&'static str, &mut String); 4] {
        [("rule_deadline", &mut self.deadline), ("rule_days", &mut self.days), ("rule_from", &mut self.from), ("rule_to", &mut self.to)]
    }

    /// Whether somebody has begun to write it: when, or from which year.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        [&self.deadline, &self.from, &self.to].iter().any(|typed| !typed.trim().is_empty())
    }

    /// The occasions of the rule. What comes without order has none: its occasions are written one by one.
    ///
    /// # Errors
    /// Everything that is wrong with it, in Swedish.
    pub fn rounds(&self, periodicity: Periodicity) -> Result<Vec<DraftRound>, Vec<RuleFault>> {
        let mut faults = Vec::new();
        let deadlines =
            deadlines(&self.deadline, periodicity).map_err(|message| faults.push(("rule_deadline", message))).unwrap_or_default();
        if matches!(periodicity, Periodicity::Irregular | Periodicity::LessOften) {
            let message = format!("När periodiciteten är ”{periodicity}” finns ingen regel. Lägg till omgångarna en och en nedan.");
            return Err(vec![("rule_deadline", message)]);
        }
        let days = match self.days.trim() {
            "" => Some(USUAL_DAYS),
            typed => typed.parse().ok().filter(|days| (1..=366).contains(days)),
        };
        if days.is_none() {
            faults.push(("rule_days", "Skriv antalet dagar med siffror, högst 366.".to_owned()));
        }
        let from = year(&self.from);
        if from.is_none() {
            faults.push(("rule_from", "Skriv ett år med fyra siffror, till exempel 2027.".to_owned()));
        }
        let to = if self.to.trim().is_empty() { from } else { year(&self.to) };
        if to.is_none() {
            faults.push(("rule_to", "Skriv ett år med fyra siffror, till exempel 2029.".to_owned()));
        }
        if let (Some(from), Some(to)) = (from, to)
            && !(0..MOST_YEARS).contains(&(to - from))
        {
            faults.push(("rule_to", format!("Det sista året ska vara tidigast {from} och senast {}.", from + MOST_YEARS - 1)));
        }
        match (days, from, to) {
            (Some(days_to_answer), Some(from), Some(to)) if faults.is_empty() => {
                // a single time has one year, whatever the last year says
                let to = if periodicity == Periodicity::Once { from } else { to };
                let schedule = Schedule { periodicity, deadlines, days_to_answer, days_to_publication: 0, phase: from };
                Ok(schedule.rounds(from, to).into_iter().map(as_typed).collect())
            }
            _ => Err(faults),
        }
    }
}

impl DraftForm {
    /// Adds occasions beside those that are there; what has the same last day already is left alone, however it is spelt.
    pub fn add_rounds(&mut self, made: &[DraftRound]) {
        let day = |round: &DraftRound| When::parse(round.deadline.trim()).map(|when| when.counts_as()).map_err(|_| round.deadline.clone());
        let there: Vec<_> = self.rounds.iter().map(day).collect();
        self.rounds.extend(made.iter().filter(|round| !there.contains(&day(round))).cloned());
    }
}

/// What the schedule makes without what nobody has said: what period is measured, when it closes and when it is published.
fn as_typed(round: Round) -> DraftRound {
    let dispatch = round.dispatch.as_ref().map(|when| When::Day(on_a_working_day(when.counts_as())));
    DraftRound::from(&Round { dispatch, measured_from: None, measured_to: None, closes: None, published: None, ..round })
}

/// Nothing is sent out at a weekend: then the Monday before, which leaves more days to answer, never fewer.
fn on_a_working_day(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat | Weekday::Sun => day.week(Weekday::Mon).first_day(),
        _ => day,
    }
}

fn year(typed: &str) -> Option<i32> {
    typed.trim().parse().ok().filter(|year| (1990..=2100).contains(year))
}

/// The deadlines of a year.
fn deadlines(typed: &str, periodicity: Periodicity) -> Result<Vec<YearlyDay>, String> {
    const ALLOWED: &str = "Skriv till exempel vecka 12, 15 mars eller den 20:e.";
    let folded = text::fold(typed).replace(" och ", ",");
    let mut days = Vec::new();
    for part in folded.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let part = ["senast ", "den ", "i "].iter().fold(part, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        let day_of_month = part.trim_end_matches(":e").trim_end_matches(":a").parse::<u32>().ok();
        match (yearly(part), day_of_month) {
            (Some(day), _) => days.push(day),
            (None, Some(day)) if (1..=31).contains(&day) => {
                let Some(step) = months_between(periodicity) else {
                    return Err(format!(
                        "En dag i månaden räcker inte när periodiciteten är ”{periodicity}”. Skriv månaden också: 20 mars."
                    ));
                };
                days.extend((1..=12).step_by(step).filter_map(|month| day_in(month, day)));
            }
            _ if is_week_53(part) => {
                return Err("Vecka 53 finns inte alla år. Skriv en annan vecka, eller lägg till omgången för sig nedan.".to_owned());
            }
            _ if matches!(part, "29 februari" | "29:e februari" | "02-29") => {
                return Err("Den 29 februari finns bara vissa år. Skriv 28 februari, eller lägg till omgången för sig nedan.".to_owned());
            }
            _ => return Err(format!("”{}” går inte att läsa som en sista svarsdag. {ALLOWED}", text::shorten(part, 40))),
        }
    }
    if days.is_empty() { Err(format!("Skriv när svaren senast ska komma. {ALLOWED}")) } else { Ok(days) }
}

/// What stands for the number of a week: `12` in `vecka 12`, `v. 12` and `v12`.
fn week(part: &str) -> Option<&str> {
    let rest = part.strip_prefix("vecka").or_else(|| part.strip_prefix("v.")).or_else(|| part.strip_prefix('v'));
    rest.map(str::trim)
}

fn is_week_53(part: &str) -> bool {
    week(part) == Some("53")
}

/// `vecka 12`, `v12`, `15 mars`, `03-15`.
fn yearly(part: &str) -> Option<YearlyDay> {
    if let Some(week) = week(part) {
        return YearlyDay::parse(&format!("v{week}"));
    }
    if let Some((day, month)) = part.split_once(' ') {
        let month = text::month_number(month.trim())?;
        return YearlyDay::parse(&format!("{month:02}-{:02}", day.trim_end_matches(":e").trim_end_matches(":a").parse::<u32>().ok()?));
    }
    YearlyDay::parse(part)
}

/// A day of a month, or the last day that it ever has where it has fewer.
fn day_in(month: u32, day: u32) -> Option<YearlyDay> {
    // a leap year: the schedule takes the last day of February in the others
    let last = (NaiveDate::from_ymd_opt(2028, month, 1)? + Months::new(1)).pred_opt()?.day();
    Some(YearlyDay::Date(month, day.min(last)))
}

/// Months from one occasion to the next within a year. Those measured by period are answered in the month after it.
fn months_between(periodicity: Periodicity) -> Option<usize> {
    match periodicity {
        Periodicity::Monthly => Some(1),
        Periodicity::Quarterly => Some(3),
        Periodicity::ThreeTimesAYear => Some(4),
        Periodicity::TwiceAYear => Some(6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(deadline: &str, periodicity: Periodicity, from: &str, to: &str) -> Result<Vec<String>, Vec<RuleFault>> {
        let rule = DraftRule { deadline: deadline.into(), days: String::new(), from: from.into(), to: to.into() };
        rule.rounds(periodicity).map(|rounds| rounds.into_iter().map(|round| round.deadline).collect())
    }

    #[test]
    fn rules_make_occasions() {
        assert_eq!(made("senast vecka 12", Periodicity::Yearly, "2027", "2028"), Ok(vec!["2027-v12".into(), "2028-v12".into()]));
        assert_eq!(
            made("den 20:e", Periodicity::Quarterly, "2027", ""),
            Ok(["2027-01-20", "2027-04-20", "2027-07-20", "2027-10-20"].map(str::to_owned).to_vec())
        );
        let february = |deadline, year| made(deadline, Periodicity::Monthly, year, "").map(|all| all[1].clone());
        assert_eq!(february("den 31:a", "2028"), Ok("2028-02-29".into()));
        assert_eq!(february("den 29:e", "2028"), Ok("2028-02-29".into()));
        assert_eq!(february("den 29:e", "2027"), Ok("2027-02-28".into()));
        assert_eq!(made("1 mars och 15 september", Periodicity::TwiceAYear, "2027", "").map(|all| all.len()), Ok(2));
        assert_eq!(made("15 mars", Periodicity::EverySecondYear, "2027", "2030"), Ok(vec!["2027-03-15".into(), "2029-03-15".into()]));
        assert_eq!(made("15 mars", Periodicity::Once, "2027", "2030"), Ok(vec!["2027-03-15".into()]));
    }

    #[test]
    fn an_occasion_of_the_same_last_day_is_not_made_again() {
        let old = |deadline: &str| DraftRound { deadline: deadline.into(), ..DraftRound::default() };
        let mut form = DraftForm { rounds: vec![old("vecka 12 2027"), old("snart")], ..DraftForm::default() };
        form.add_rounds(&[old("2027-v12"), old("2028-v12"), old("snart")]);
        assert_eq!(form.rounds.iter().map(|round| round.deadline.as_str()).collect::<Vec<_>>(), ["vecka 12 2027", "snart", "2028-v12"]);
    }

    #[test]
    fn an_occasion_goes_out_four_weeks_before_and_promises_nothing_else() {
        let rule = DraftRule { deadline: "29 mars".into(), from: "2027".into(), ..DraftRule::default() };
        let round = rule.rounds(Periodicity::Yearly).expect("a rule").remove(0);
        assert_eq!((round.dispatch.as_str(), round.closes.as_str(), round.published.as_str()), ("2027-03-01", "", ""));
        assert_eq!((round.measured_from.as_str(), round.measured_to.as_str()), ("", ""));
    }

    #[test]
    fn an_occasion_never_goes_out_at_a_weekend_and_has_its_three_weeks() {
        for (deadline, days) in [("vecka 12", ""), ("vecka 12", "21"), ("20 mars", "21"), ("2 juni", "")] {
            let rule = DraftRule { deadline: deadline.into(), days: days.into(), from: "2026".into(), to: "2032".into() };
            for round in rule.rounds(Periodicity::Yearly).expect("a rule") {
                let day = |typed: &str| When::parse(typed).expect("a date").counts_as();
                let (dispatch, last) = (day(&round.dispatch), day(&round.deadline));
                assert!(dispatch.weekday().num_days_from_monday() < 5, "{deadline}: {dispatch}");
                assert!((21..35).contains(&(last - dispatch).num_days()), "{deadline}: {dispatch}");
            }
        }
        let rule = DraftRule { deadline: "vecka 12".into(), from: "2027".into(), ..DraftRule::default() };
        assert_eq!(rule.rounds(Periodicity::Yearly).map(|all| all[0].dispatch.clone()), Ok("2027-02-22".to_owned()));
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let wrong = |deadline, from, to| made(deadline, Periodicity::Yearly, from, to).err().unwrap_or_default();
        let places: Vec<&str> = wrong("vecka 99", "snart", "27").iter().map(|(place, _)| *place).collect();
        assert_eq!(places, ["rule_deadline", "rule_from", "rule_to"]);
        assert!(wrong("den 20:e", "2027", "")[0].1.contains("Skriv månaden också"));
        assert!(wrong("", "2027", "")[0].1.contains("senast"));
        assert!(wrong("vecka 53", "2027", "")[0].1.contains("inte alla år"));
        assert!(wrong("den 29 februari", "2027", "")[0].1.contains("28 februari"));
        for periodicity in [Periodicity::Irregular, Periodicity::LessOften] {
            assert!(made("v12", periodicity, "2027", "").is_err_and(|faults| faults[0].1.contains("en och en")));
        }
        assert!(wrong("v12", "2027", "2090")[0].1.contains("senast 2046"));
        assert_eq!(wrong("v12", "2027", "2026").len(), 1);
    }
}
