//! Statistics of consultation: cases counted, never collections. Every figure follows from the cases, and is counted anew for each choice.

mod years;

use std::collections::{BTreeMap, BTreeSet};

pub use years::{EarlierYear, Year};

use super::clocks::Clocks;
use super::{CaseKind, Opinion, Outcome};
use crate::domain::terms::Obligation;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// How the points of a body were met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Points {
    /// Accepted.
    pub accepted: i64,
    /// Accepted in part.
    pub partly: i64,
    /// Rejected.
    pub rejected: i64,
    /// Not replied to.
    pub unanswered: i64,
}

impl Points {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            partly: self.partly + other.partly,
            rejected: self.rejected + other.rejected,
            unanswered: self.unanswered + other.unanswered,
        }
    }
}

/// One body's part of a case, as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFigures {
    /// The body, by code.
    pub body: String,
    /// What was answered, once the case is closed.
    pub opinion: Option<Opinion>,
    /// Whether it answered.
    pub answered: bool,
    /// How long it was with either side.
    pub clocks: Clocks,
    /// How many seconds there were from the request to the answer.
    pub to_answer: Option<i64>,
    /// Its points.
    pub points: Points,
}

/// A case as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFigures {
    /// The year in which it was asked for.
    pub year: i64,
    /// The agency, or who took over from it, by code.
    pub agency: String,
    /// The subject area, by code.
    pub area: Option<String>,
    /// The department behind the assignment.
    pub department: Option<String>,
    /// Whether there is a duty to answer.
    pub obligation: Obligation,
    /// What kind of case it is.
    pub kind: CaseKind,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Whether the agency withdrew it.
    pub withdrawn: bool,
    /// It came by mail and was entered afterwards: its clocks say nothing.
    pub entered: bool,
    /// Whether everyone may read the collection. Where not, the case counts in what is said of all: by whom and about what is not told.
    pub open: bool,
    /// One part for each body.
    pub parts: Vec<PartFigures>,
}

/// Everything that is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// The cases.
    pub cases: Vec<CaseFigures>,
    /// Years before the register.
    pub earlier: Vec<EarlierYear>,
    /// Names of agencies, bodies and areas, by code.
    pub names: BTreeMap<String, String>,
    /// Which of them are areas.
    pub areas: BTreeSet<String>,
}

/// What of it is asked for; empty: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Cases asked for in this year.
    pub year: Option<i64>,
    /// Cases in which this body is consulted, by code.
    pub body: String,
    /// Cases of this agency, by code.
    pub agency: String,
    /// Cases about this subject area, by code.
    pub area: String,
}

impl Choice {
    /// Whether a part counts.
    fn holds_part(&self, part: &PartFigures) -> bool {
        self.body.is_empty() || part.body == self.body
    }

    /// Whether it is about some agencies or areas only: what is not open does not count then.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !(self.agency.is_empty() && self.area.is_empty())
    }

    /// Whether a case counts.
    fn holds(&self, case: &CaseFigures) -> bool {
        (case.open || !self.is_narrowed())
            && self.year.is_none_or(|year| case.year == year)
            && (self.agency.is_empty() || case.agency == self.agency)
            && (self.area.is_empty() || case.area.as_ref() == Some(&self.area))
            && case.parts.iter().any(|part| self.holds_part(part))
    }
}

/// What is said of some cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sum {
    /// How many cases.
    pub cases: i64,
    /// How many opinions.
    pub answered: i64,
    /// The median time from the request to the answer, in calendar days, of the cases that were answered in the register.
    pub answer_days: Option<f64>,
    /// The median time with the body, in days, of the same.
    pub body_days: Option<f64>,
    /// The median time with the agency, in days, of the same.
    pub agency_days: Option<f64>,
    /// The points.
    pub points: Points,
}

/// The median of some times in seconds, in days; none of none.
#[must_use]
pub fn median_days(mut seconds: Vec<i64>) -> Option<f64> {
    seconds.sort_unstable();
    let middle = seconds.len() / 2;
    let upper = *seconds.get(middle)? as f64;
    let lower = if seconds.len().is_multiple_of(2) { *seconds.get(middle.checked_sub(1)?)? as f64 } else { upper };
    Some((lower + upper) / 2.0 / DAY)
}

/// Cases of a choice: what tables are made of.
#[derive(Debug, Clone)]
pub struct Chosen<'a> {
    cases: Vec<&'a CaseFigures>,
    choice: &'a Choice,
}

impl Figures {
    /// The cases of a choice.
    #[must_use]
    pub fn chosen<'a>(&'a self, choice: &'a Choice) -> Chosen<'a> {
        Chosen { cases: self.cases.iter().filter(|case| choice.holds(case)).collect(), choice }
    }

    /// Whether a code is that of an organisation of the register, with cases or without.
    #[must_use]
    pub fn has_organisation(&self, code: &str) -> bool {
        self.names.contains_key(code) && !self.areas.contains(code)
    }

    /// The name of an agency, a body or an area.
    #[must_use]
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.names.get(code).map_or(code, String::as_str)
    }
}

impl<'a> Chosen<'a> {
    /// How many cases there are.
    #[must_use]
    pub fn count(&self) -> i64 {
        i64::try_from(self.cases.len()).unwrap_or(i64::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The cases about collections that everyone may read: what is told apart by agency or area is told of these alone.
    #[must_use]
    pub fn open(&self) -> Self {
        Self { cases: self.cases.iter().copied().filter(|case| case.open).collect(), choice: self.choice }
    }

    /// The cases by what `key` says of each; those of which it says nothing stand under none.
    pub fn by<K: Ord>(&self, key: impl Fn(&'a CaseFigures) -> K) -> BTreeMap<K, Chosen<'a>> {
        let mut groups: BTreeMap<K, Chosen<'a>> = BTreeMap::new();
        for case in &self.cases {
            groups.entry(key(case)).or_insert_with(|| Chosen { cases: Vec::new(), choice: self.choice }).cases.push(case);
        }
        groups
    }

    /// The parts of the cases that count.
    pub fn parts(&self) -> impl Iterator<Item = (&'a CaseFigures, &'a PartFigures)> {
        let choice = self.choice;
        self.cases.iter().flat_map(move |case| case.parts.iter().filter(|part| choice.holds_part(part)).map(move |part| (*case, part)))
    }

    /// The codes of the bodies that are consulted, each once.
    #[must_use]
    pub fn bodies(&self) -> Vec<&'a str> {
        let mut bodies: Vec<&str> = self.parts().map(|(_, part)| part.body.as_str()).collect();
        bodies.sort_unstable();
        bodies.dedup();
        bodies
    }

    /// What is said of all of them, or of one body's parts.
    #[must_use]
    pub fn sum(&self, body: Option<&str>) -> Sum {
        let parts: Vec<(&CaseFigures, &PartFigures)> = self.parts().filter(|(_, part)| body.is_none_or(|body| part.body == body)).collect();
        let answered: Vec<&(&CaseFigures, &PartFigures)> = parts.iter().filter(|(_, part)| part.answered).collect();
        let timed = || answered.iter().filter(|(case, _)| !case.entered);
        let cases = match body {
            None => self.cases.len(),
            Some(_) => parts.len(), // a body has one part in a case
        };
        let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        Sum {
            cases: count(cases),
            answered: count(answered.len()),
            answer_days: median_days(timed().filter_map(|(_, part)| part.to_answer).collect()),
            body_days: median_days(timed().map(|(_, part)| part.clocks.body).collect()),
            agency_days: median_days(timed().map(|(_, part)| part.clocks.agency).collect()),
            points: parts.iter().fold(Points::default(), |sum, (_, part)| sum.plus(part.points)),
        }
    }

    /// How many cases ended in each way; none: still going on.
    #[must_use]
    pub fn ends(&self) -> BTreeMap<Option<End>, i64> {
        let end = |case: &CaseFigures| match (case.outcome, case.withdrawn) {
            (_, true) => Some(End::Withdrawn),
            (Some(outcome), false) => Some(End::Closed(outcome)),
            (None, false) => None,
        };
        self.by(end).into_iter().map(|(end, chosen)| (end, chosen.count())).collect()
    }

    /// How many opinions there are of each sort.
    #[must_use]
    pub fn opinions(&self) -> BTreeMap<Told, i64> {
        let mut counts = BTreeMap::new();
        for (_, part) in self.parts() {
            let told = match (part.opinion, part.answered) {
                (Some(opinion), _) => Told::Opinion(opinion),
                (None, true) => Told::Later,
                (None, false) => Told::Nothing,
            };
            *counts.entry(told).or_insert(0) += 1;
        }
        counts
    }
}

/// What is told of a body's opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// What it is.
    Opinion(Opinion),
    /// That there is one: what it is is told once the case is closed.
    Later,
    /// That there is none.
    Nothing,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The agency closed it.
    Closed(Outcome),
    /// The agency withdrew it.
    Withdrawn,
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn part(body: &str, days: Option<(i64, i64)>, points: Points) -> PartFigures {
        let clocks = days.map_or(Clocks::default(), |(body, agency)| Clocks { body: body * 86_400, agency: agency * 86_400 });
        let to_answer = days.map(|_| clocks.body + clocks.agency);
        PartFigures { body: body.into(), opinion: days.map(|_| Opinion::Objections), answered: days.is_some(), clocks, to_answer, points }
    }

    pub(super) fn case(year: i64, agency: &str, parts: Vec<PartFigures>) -> CaseFigures {
        CaseFigures {
            year,
            agency: agency.into(),
            area: Some("skola".into()),
            department: None,
            obligation: Obligation::Voluntary,
            kind: CaseKind::New,
            outcome: Some(Outcome::Agreed),
            withdrawn: false,
            entered: false,
            open: true,
            parts,
        }
    }

    pub(super) fn figures() -> Figures {
        let points = Points { accepted: 2, partly: 1, rejected: 0, unanswered: 3 };
        let by_mail = CaseFigures { entered: true, ..case(2025, "B", vec![part("SKR", Some((900, 900)), Points::default())]) };
        let cases = vec![
            case(2025, "A", vec![part("SKR", Some((4, 1)), points), part("NNR", None, points)]),
            case(2026, "A", vec![part("SKR", Some((9, 2)), Points::default())]),
            by_mail,
            CaseFigures { outcome: None, withdrawn: true, ..case(2026, "B", vec![part("NNR", None, Points::default())]) },
        ];
        let earlier = EarlierYear { body: "SKR".into(), year: 2005, cases: 79, source: "SKR".into() };
        let partly = EarlierYear { year: 2025, cases: 500, ..earlier.clone() };
        let fewer = EarlierYear { year: 2026, cases: 1, ..earlier.clone() };
        Figures { cases, earlier: vec![earlier, partly, fewer], names: BTreeMap::new(), areas: BTreeSet::new() }
    }

    #[test]
    fn medians_lie_in_the_middle() {
        assert_eq!(median_days(Vec::new()), None);
        assert_eq!(median_days(vec![3 * 86_400]), Some(3.0));
        assert_eq!(median_days(vec![10 * 86_400, 86_400]), Some(5.5));
        assert_eq!(median_days(vec![9, 86_400 / 2, 900_000]), Some(0.5));
    }

    #[test]
    fn a_case_counts_once_and_its_bodies_each_for_themselves() {
        let (figures, all) = (figures(), Choice::default());
        let sum = figures.chosen(&all).sum(None);
        assert_eq!((sum.cases, sum.answered), (4, 3));
        let medians = (sum.answer_days, sum.body_days, sum.agency_days);
        assert_eq!(medians, (Some(8.0), Some(6.5), Some(1.5)), "not of what was entered afterwards");
        assert_eq!(sum.points, Points { accepted: 4, partly: 2, rejected: 0, unanswered: 6 });
        assert_eq!(figures.chosen(&all).bodies(), ["NNR", "SKR"]);
        let nnr = figures.chosen(&all).sum(Some("NNR"));
        assert_eq!((nnr.cases, nnr.answered, nnr.body_days), (2, 0, None));
        assert_eq!(figures.chosen(&all).opinions(), [(Told::Nothing, 2), (Told::Opinion(Opinion::Objections), 3)].into());
        let ends = [(Some(End::Closed(Outcome::Agreed)), 3), (Some(End::Withdrawn), 1)];
        assert_eq!(figures.chosen(&all).ends(), ends.into());
    }

    #[test]
    fn what_is_not_open_counts_where_nobody_can_tell_whose_it_is() {
        let mut figures = figures();
        figures.cases[1].open = false;
        figures.cases[0].parts[0].opinion = None;
        let all = Choice::default();
        let chosen = figures.chosen(&all);
        assert_eq!((chosen.count(), chosen.open().count()), (4, 3));
        assert_eq!(chosen.opinions().get(&Told::Later), Some(&1), "answered, and not told yet");
        for narrowed in [Choice { agency: "A".into(), ..all.clone() }, Choice { area: "skola".into(), year: Some(2026), ..all.clone() }] {
            assert_eq!(figures.chosen(&narrowed).count(), 1, "{narrowed:?}");
        }
        assert_eq!(figures.chosen(&Choice { body: "SKR".into(), year: Some(2026), ..all.clone() }).count(), 1);
    }

    #[test]
    fn a_choice_leaves_out_the_rest() {
        let figures = figures();
        let choice = Choice { body: "SKR".into(), year: Some(2025), ..Choice::default() };
        assert_eq!(figures.chosen(&choice).sum(None).points.accepted, 2, "the other body's points are not SKR's");
        let agency = Choice { agency: "B".into(), ..Choice::default() };
        assert_eq!(figures.chosen(&agency).by(|case| case.year).keys().copied().collect::<Vec<_>>(), [2025, 2026]);
    }
}
