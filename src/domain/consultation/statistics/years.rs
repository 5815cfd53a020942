//! Cases per year: those of the register, and totals of which only the number is known.

use std::collections::BTreeSet;

use super::{Choice, Chosen, Figures};

/// A year before the register, of which only the number of cases is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierYear {
    /// The body, by code.
    pub body: String,
    /// The year.
    pub year: i64,
    /// How many cases.
    pub cases: i64,
    /// Who says so.
    pub source: String,
}

/// A year of a choice.
#[derive(Debug, Clone)]
pub struct Year<'a> {
    /// Which.
    pub year: i64,
    /// How many cases there were, those of the register among them.
    pub cases: i64,
    /// The cases of the register.
    pub chosen: Chosen<'a>,
    /// The totals of bodies of which the register does not have all cases.
    pub totals: Vec<&'a EarlierYear>,
}

impl Year<'_> {
    /// How many cases there were in all of which this body was asked.
    #[must_use]
    pub fn of_body(&self, body: &str) -> i64 {
        let total = self.totals.iter().find(|one| one.body == body).map(|one| one.cases);
        total.unwrap_or_else(|| self.chosen.sum(Some(body)).cases)
    }

    /// The codes of the bodies of which something is known, each once.
    #[must_use]
    pub fn bodies(&self) -> Vec<&str> {
        let all: BTreeSet<&str> = self.chosen.bodies().into_iter().chain(self.totals.iter().map(|one| one.body.as_str())).collect();
        all.into_iter().collect()
    }

    /// Who says how many there were; none where all of them are in the register.
    #[must_use]
    pub fn source(&self) -> Option<String> {
        let sources: Vec<&str> = self.totals.iter().map(|one| one.source.as_str()).collect();
        (!sources.is_empty()).then(|| sources.join(" "))
    }
}

impl Figures {
    /// Every year of a choice, the first first, whatever year it names. Where a body's total of a year is known, it stands: the cases of
    /// the register are among it, until there are more of them. Nobody knows of which agencies or areas the others were.
    #[must_use]
    pub fn years<'a>(&'a self, choice: &'a Choice) -> Vec<Year<'a>> {
        let mut groups = self.chosen(choice).by(|case| case.year);
        let says = |one: &&EarlierYear| !choice.is_narrowed() && (choice.body.is_empty() || choice.body == one.body);
        let totals: Vec<&EarlierYear> = self.earlier.iter().filter(says).collect();
        let years: BTreeSet<i64> = groups.keys().copied().chain(totals.iter().map(|one| one.year)).collect();
        let year = |year: i64| {
            let chosen = groups.remove(&year).unwrap_or_else(|| Chosen { cases: Vec::new(), choice });
            let beyond = |one: &EarlierYear| one.cases - chosen.sum(Some(&one.body)).cases;
            let totals: Vec<&EarlierYear> = totals.iter().copied().filter(|one| one.year == year && beyond(one) > 0).collect();
            let cases = chosen.count() + totals.iter().map(|one| beyond(one)).sum::<i64>();
            Year { year, cases, chosen, totals }
        };
        years.into_iter().map(year).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{case, figures, part};
    use super::super::{CaseFigures, Points};
    use super::*;

    #[test]
    fn a_known_total_stands_until_the_register_has_more() {
        let figures = figures();
        let nnr = CaseFigures { open: false, ..case(2025, "B", vec![part("NNR", None, Points::default())]) };
        let figures = Figures { cases: figures.cases.iter().cloned().chain([nnr]).collect(), ..figures };
        let years = |choice: &Choice| {
            figures.years(choice).iter().map(|one| (one.year, one.cases, one.chosen.count(), one.totals.len())).collect::<Vec<_>>()
        };
        let all = Choice::default();
        assert_eq!(
            years(&all),
            [(2005, 79, 0, 1), (2025, 501, 3, 1), (2026, 2, 2, 0)],
            "two of SKR's 500 are in the register, one is NNR's"
        );
        let of = |body: &str| Choice { body: body.into(), ..all.clone() };
        assert_eq!(years(&of("SKR")), [(2005, 79, 0, 1), (2025, 500, 2, 1), (2026, 1, 1, 0)]);
        assert_eq!(years(&of("NNR")), [(2025, 2, 2, 0), (2026, 1, 1, 0)], "another body's total says nothing of it");
        let agency = Choice { agency: "B".into(), ..all.clone() };
        assert_eq!(years(&agency), [(2025, 1, 1, 0), (2026, 1, 1, 0)], "nobody knows whose the others were");
        let every = figures.years(&all);
        assert_eq!(every[1].bodies().into_iter().map(|body| every[1].of_body(body)).collect::<Vec<_>>(), [2, 500]);
        assert_eq!((every[0].source().as_deref(), every[2].source()), (Some("SKR"), None));
    }
}
