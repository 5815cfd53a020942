//! The rule that makes occasions: *årligen, senast vecka 12*, *varje kvartal, den 20:e*, over some years.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::DraftRound;
use crate::domain::round::Round;
use crate::domain::schedule::{Schedule, YearlyDay};
use crate::domain::terms::Periodicity;
use crate::text;

/// The most years that a rule makes occasions for at a time.
const MOST_YEARS: i32 = 20;
/// Days to answer unless something else is typed: more than the three weeks of 5 §.
const USUAL_DAYS: u64 = 28;

/// A rule as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

    /// The occasions of the rule.
    ///
    /// # Errors
    /// Everything that is wrong with it, in Swedish.
    pub fn rounds(&self, periodicity: Periodicity) -> Result<Vec<DraftRound>, Vec<RuleFault>> {
        let mut faults = Vec::new();
        let deadlines =
            deadlines(&self.deadline, periodicity).map_err(|message| faults.push(("rule_deadline", message))).unwrap_or_default();
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

/// What the schedule makes without what nobody has said: when it closes and when it is published.
fn as_typed(round: Round) -> DraftRound {
    DraftRound::from(&Round { closes: None, published: None, ..round })
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
            _ => return Err(format!("”{}” går inte att läsa som en sista svarsdag. {ALLOWED}", text::shorten(part, 40))),
        }
    }
    if days.is_empty() { Err(format!("Skriv när svaren senast ska komma. {ALLOWED}")) } else { Ok(days) }
}

/// `vecka 12`, `v12`, `15 mars`, `03-15`.
fn yearly(part: &str) -> Option<YearlyDay> {
    let week = part.strip_prefix("vecka").or_else(|| part.strip_prefix("v.")).or_else(|| part.strip_prefix('v'));
    if let Some(week) = week {
        return YearlyDay::parse(&format!("v{}", week.trim()));
    }
    if let Some((day, month)) = part.split_once(' ') {
        let month = text::month_number(month.trim())?;
        return YearlyDay::parse(&format!("{month:02}-{:02}", day.trim_end_matches(":e").trim_end_matches(":a").parse::<u32>().ok()?));
    }
    YearlyDay::parse(part)
}

/// A day of a month, or its last day where it has fewer.
fn day_in(month: u32, day: u32) -> Option<YearlyDay> {
    // an ordinary year: 28 February is there every year
    let last = (NaiveDate::from_ymd_opt(2027, month, 1)? + Months::new(1)).pred_opt()?.day();
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
        assert_eq!(made("den 31:a", Periodicity::Monthly, "2028", "").map(|all| all[1].clone()), Ok("2028-02-28".into()));
        assert_eq!(made("1 mars och 15 september", Periodicity::TwiceAYear, "2027", "").map(|all| all.len()), Ok(2));
        assert_eq!(made("15 mars", Periodicity::EverySecondYear, "2027", "2030"), Ok(vec!["2027-03-15".into(), "2029-03-15".into()]));
        assert_eq!(made("15 mars", Periodicity::Once, "2027", "2030"), Ok(vec!["2027-03-15".into()]));
    }

    #[test]
    fn an_occasion_goes_out_four_weeks_before_and_promises_nothing_else() {
        let rule = DraftRule { deadline: "29 mars".into(), from: "2027".into(), ..DraftRule::default() };
        let round = rule.rounds(Periodicity::Yearly).expect("a rule").remove(0);
        assert_eq!((round.dispatch.as_str(), round.closes.as_str(), round.published.as_str()), ("2027-03-01", "", ""));
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let wrong = |deadline, from, to| made(deadline, Periodicity::Yearly, from, to).err().unwrap_or_default();
        let places: Vec<&str> = wrong("vecka 99", "snart", "27").iter().map(|(place, _)| *place).collect();
        assert_eq!(places, ["rule_deadline", "rule_from", "rule_to"]);
        assert!(wrong("den 20:e", "2027", "")[0].1.contains("Skriv månaden också"));
        assert!(wrong("", "2027", "")[0].1.contains("senast"));
        assert!(wrong("v12", "2027", "2090")[0].1.contains("senast 2046"));
        assert_eq!(wrong("v12", "2027", "2026").len(), 1);
    }
}
