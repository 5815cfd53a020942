//! What several pages show in the same way: links, facts, dates, page numbers.

use chrono::{DateTime, Utc};

use crate::clock;
use crate::domain::organisation::Organisation;
use crate::domain::round::When;
use crate::text;

/// A name that may lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is read.
    pub name: String,
    /// Where it leads.
    pub href: Option<String>,
}

impl From<&Organisation> for Link {
    fn from(organisation: &Organisation) -> Self {
        Self { name: organisation.name.clone(), href: organisation.path() }
    }
}

/// A term and its value in a list of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub term: &'static str,
    /// The value.
    pub text: String,
    /// Where the value leads.
    pub href: Option<String>,
}

/// A list of facts in which what is not known is left out.
#[derive(Debug, Default)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, term: &'static str, text: impl Into<String>) -> Self {
        self.0.push(Fact { term, text: text.into(), href: None });
        self
    }

    /// Adds a fact if there is one.
    #[must_use]
    pub fn maybe(self, term: &'static str, text: Option<impl Into<String>>) -> Self {
        match text {
            Some(text) => self.with(term, text),
            None => self,
        }
    }

    /// Adds a fact that leads somewhere, if there is one.
    #[must_use]
    pub fn linked(mut self, term: &'static str, link: Option<Link>) -> Self {
        if let Some(link) = link {
            self.0.push(Fact { term, text: link.name, href: link.href });
        }
        self
    }

    /// The facts in the order they were added.
    #[must_use]
    pub fn done(self) -> Vec<Fact> {
        self.0
    }
}

/// A date as text states it: a day or week written out, a period in its own words.
#[must_use]
pub fn written(when: &When) -> String {
    match when {
        When::Day(day) => text::written_date(*day),
        When::Week { .. } => format!("{when} (söndagen den {})", text::written_date(when.counts_as())),
        When::Uncertain { words, .. } => words.clone(),
    }
}

/// A moment as it is written, Swedish time: `22 november 2026 kl. 14.05`.
#[must_use]
pub fn written_moment(at: DateTime<Utc>) -> String {
    format!("{} kl.\u{a0}{}", text::written_date(clock::swedish_day(at)), clock::swedish_time(at).format("%H.%M"))
}

/// An address that somebody typed into the register, if it leads to a web page; anything else is not made a link.
#[must_use]
pub fn web_address(address: &str) -> Option<String> {
    let address = address.trim();
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase())?;
    matches!(scheme.as_str(), "http" | "https").then(|| address.to_owned())
}

/// The pages of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// The page shown, from 1.
    pub current: usize,
    /// The last page.
    pub last: usize,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The address of the page after.
    pub next: Option<String>,
    /// The first, the last and those around the current one, with gaps between.
    pub links: Vec<PageLink>,
}

/// A page number, or a gap when it has no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// The page.
    pub number: usize,
    /// Its address; none for a gap.
    pub href: Option<String>,
}

impl Pages {
    /// The pages of a list of `last` pages seen from `current`.
    pub fn new(current: usize, last: usize, href: impl Fn(usize) -> String) -> Self {
        let mut links: Vec<PageLink> = Vec::new();
        for number in (1..=last).filter(|number| *number == 1 || *number == last || number.abs_diff(current) <= 1) {
            if links.last().is_some_and(|before| before.number + 1 < number) {
                links.push(PageLink { number: number - 1, href: None });
            }
            links.push(PageLink { number, href: Some(href(number)) });
        }
        Self { current, last, previous: (current > 1).then(|| href(current - 1)), next: (current < last).then(|| href(current + 1)), links }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_written_with_their_sunday() {
        let week = When::parse("2027-v12").expect("a week");
        assert_eq!(written(&week), "vecka\u{a0}12, 2027 (söndagen den 28\u{a0}mars 2027)");
    }

    #[test]
    fn moments_are_written_in_swedish_time() {
        let moment = DateTime::from_timestamp(1_767_225_599, 0).expect("a moment");
        assert_eq!(written_moment(moment), "1\u{a0}januari 2026 kl.\u{a0}00.59");
    }

    #[test]
    fn only_web_pages_become_links() {
        assert_eq!(web_address(" https://scb.se/x "), Some("https://scb.se/x".to_owned()));
        assert_eq!(web_address("javascript://x%0aalert(1)"), None);
        assert_eq!(web_address("scb.se"), None);
    }

    #[test]
    fn pages_far_away_are_left_out() {
        let pages = Pages::new(5, 12, |number| format!("?sida={number}"));
        let shown: Vec<(usize, bool)> = pages.links.iter().map(|link| (link.number, link.href.is_some())).collect();
        assert_eq!(shown, [(1, true), (3, false), (4, true), (5, true), (6, true), (11, false), (12, true)]);
        assert_eq!(pages.previous.as_deref(), Some("?sida=4"));
        assert_eq!(Pages::new(1, 1, |_| String::new()).next, None);
    }
}
