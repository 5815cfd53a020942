//! The address of the list of collections: one type that both reads it and builds it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::domain::terms::{Channel, Kind, Obligation, Periodicity, Status};
use crate::search::{Facet, Filters, Request, Sort};

/// What is not written as it is in a query string.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The page furthest into a list that is shown.
const LAST_PAGE: usize = 10_000;

/// The most values that are chosen at once: every link of the page carries all of them.
const MOST_CHOSEN: usize = 20;

/// The most characters of a code that is looked up; longer than any code of the register.
const LONGEST_CODE: usize = 20;

/// The facets of the list, in the order in which they stand on the page.
pub const FACETS: [Facet; 7] =
    [Facet::Obligation, Facet::Status, Facet::Area, Facet::Agency, Facet::Kind, Facet::Periodicity, Facet::Channel];

/// The facet's key in the address.
#[must_use]
pub fn facet_key(facet: Facet) -> &'static str {
    match facet {
        Facet::Obligation => "svar",
        Facet::Status => "status",
        Facet::Area => "omrade",
        Facet::Agency => "myndighet",
        Facet::Kind => "slag",
        Facet::Periodicity => "periodicitet",
        Facet::Channel => "kanal",
    }
}

/// The facet's heading.
#[must_use]
pub fn facet_name(facet: Facet) -> &'static str {
    match facet {
        Facet::Obligation => "Skyldighet att svara",
        Facet::Status => "Status",
        Facet::Area => "Område",
        Facet::Agency => "Myndighet",
        Facet::Kind => "Slag",
        Facet::Periodicity => "Hur ofta",
        Facet::Channel => "Kanal",
    }
}

/// Whether the facet can have this value. Areas and agencies are rows of the register and are looked up later.
fn may_be_chosen(facet: Facet, code: &str) -> bool {
    match facet {
        Facet::Obligation => Obligation::from_code(code).is_some(),
        Facet::Status => Status::from_code(code).is_some_and(|status| status != Status::Draft),
        Facet::Kind => Kind::from_code(code).is_some(),
        Facet::Periodicity => Periodicity::from_code(code).is_some(),
        Facet::Channel => Channel::from_code(code).is_some(),
        Facet::Area | Facet::Agency => !code.is_empty() && code.len() <= 80,
    }
}

/// What somebody typed into a search field, at most `most` characters of it. A control character becomes a space, so that the words
/// around it stay apart.
#[must_use]
pub fn typed(text: &str, most: usize) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(most).collect()
}

/// Told of a value in an address that is none of those that can be chosen. `is_no`: `är ingen myndighet`.
#[must_use]
pub fn no_choice(value: &str, is_no: &str) -> String {
    format!("”{}” {is_no} som går att välja här", typed(value, 80))
}

/// The same where it filters nothing.
#[must_use]
pub fn ignored(no_choice: &str) -> String {
    format!("{no_choice}, så det begränsar inte det som visas.")
}

/// The word for an order in the address; the default has none.
fn order_word(order: Sort) -> Option<&'static str> {
    match order {
        Sort::Relevance => None,
        Sort::Newest => Some("nyast"),
        Sort::Title => Some("titel"),
    }
}

/// The query string as it comes. Every key may be missing or repeated, and no value is refused: an address typed or cut off somewhere
/// still leads to a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawListParams {
    q: Vec<String>,
    svar: Vec<String>,
    status: Vec<String>,
    omrade: Vec<String>,
    myndighet: Vec<String>,
    slag: Vec<String>,
    periodicitet: Vec<String>,
    kanal: Vec<String>,
    kommun: Vec<String>,
    ordning: Vec<String>,
    sida: Vec<String>,
}

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListParams {
    /// The words searched for.
    pub text: String,
    /// Whether more words were typed than are read.
    pub cut: bool,
    /// The chosen values: facet and code.
    pub chosen: Vec<(Facet, String)>,
    /// Only what asks this municipality (kommunkod) or region (`R-14`).
    pub respondent: Option<String>,
    /// In which order.
    pub order: Sort,
    /// The page, from 1.
    pub page: usize,
}

impl From<RawListParams> for ListParams {
    fn from(raw: RawListParams) -> Self {
        let first = |values: Vec<String>| values.into_iter().find(|value| !value.trim().is_empty());
        let mut chosen: Vec<(Facet, String)> = Vec::new();
        let values = [raw.svar, raw.status, raw.omrade, raw.myndighet, raw.slag, raw.periodicitet, raw.kanal];
        for (facet, values) in FACETS.into_iter().zip(values) {
            for value in values.into_iter().filter(|value| may_be_chosen(facet, value)) {
                // a handful of values is a choice; thousands are somebody trying the limits
                if chosen.len() == MOST_CHOSEN {
                    break;
                }
                let pair = (facet, value);
                if !chosen.contains(&pair) {
                    chosen.push(pair);
                }
            }
        }
        let order = first(raw.ordning);
        let text = first(raw.q).unwrap_or_default();
        Self {
            cut: text.chars().nth(Request::MOST_CHARACTERS).is_some(),
            text: typed(&text, Request::MOST_CHARACTERS),
            chosen,
            respondent: first(raw.kommun).map(|code| typed(code.trim(), LONGEST_CODE)),
            order: [Sort::Newest, Sort::Title].into_iter().find(|one| order_word(*one) == order.as_deref()).unwrap_or_default(),
            page: first(raw.sida).and_then(|page| page.trim().parse().ok()).unwrap_or(1).clamp(1, LAST_PAGE),
        }
    }
}

impl ListParams {
    /// The whole list of one subject area.
    #[must_use]
    pub fn area(code: &str) -> Self {
        Self { chosen: vec![(Facet::Area, code.to_owned())], ..Self::default() }
    }

    /// What asks one municipality (kommunkod) or region (`R-14`) now: what is planned or decided.
    #[must_use]
    pub fn asking(code: &str) -> Self {
        let chosen = [Status::Planned, Status::Decided].map(|status| (Facet::Status, status.code().to_owned()));
        Self { chosen: chosen.into(), respondent: Some(code.to_owned()), ..Self::default() }
    }

    /// The chosen codes of a facet.
    #[must_use]
    pub fn codes(&self, facet: Facet) -> Vec<String> {
        self.chosen.iter().filter(|(one, _)| *one == facet).map(|(_, code)| code.clone()).collect()
    }

    /// The chosen values as the search takes them.
    #[must_use]
    pub fn filters(&self) -> Filters {
        Filters {
            agency: self.codes(Facet::Agency),
            area: self.codes(Facet::Area),
            status: self.codes(Facet::Status),
            kind: self.codes(Facet::Kind),
            obligation: self.codes(Facet::Obligation),
            periodicity: self.codes(Facet::Periodicity),
            channel: self.codes(Facet::Channel),
        }
    }

    /// Whether the value is chosen.
    #[must_use]
    pub fn has(&self, facet: Facet, code: &str) -> bool {
        self.chosen.iter().any(|(one, chosen)| *one == facet && chosen == code)
    }

    /// The same list, first page, with the value added, or taken away if it was chosen.
    #[must_use]
    pub fn toggled(&self, facet: Facet, code: &str) -> Self {
        let mut chosen = self.chosen.clone();
        let before = chosen.len();
        chosen.retain(|(one, value)| *one != facet || value != code);
        if chosen.len() == before {
            chosen.push((facet, code.to_owned()));
        }
        Self { chosen, page: 1, ..self.clone() }
    }

    /// The same list, first page, with nothing chosen of the facet.
    #[must_use]
    pub fn without(&self, facet: Facet) -> Self {
        let chosen = self.chosen.iter().filter(|(one, _)| *one != facet).cloned().collect();
        Self { chosen, page: 1, ..self.clone() }
    }

    /// The same words without any filter.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { text: self.text.clone(), order: self.order, ..Self::default() }
    }

    /// The keys and values of the address, without words and page: what a new search keeps.
    #[must_use]
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> = self.chosen.iter().map(|(facet, code)| (facet_key(*facet), code.clone())).collect();
        pairs.extend(self.respondent.iter().map(|code| ("kommun", code.clone())));
        pairs.extend(order_word(self.order).map(|word| ("ordning", word.to_owned())));
        pairs
    }

    /// The address.
    #[must_use]
    pub fn href(&self) -> String {
        let mut pairs = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q", self.text.clone()));
        }
        pairs.extend(self.kept());
        if self.page > 1 {
            pairs.push(("sida", self.page.to_string()));
        }
        let query: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, QUERY))).collect();
        if query.is_empty() { "/insamlingar".to_owned() } else { format!("/insamlingar?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_read_back() {
        let params = ListParams {
            text: "hem & tjänst".into(),
            cut: false,
            chosen: vec![(Facet::Status, "planned".into()), (Facet::Area, "vatten-och-avlopp".into())],
            respondent: Some("R-14".into()),
            order: Sort::Title,
            page: 3,
        };
        assert_eq!(
            params.href(),
            "/insamlingar?q=hem%20%26%20tj%C3%A4nst&status=planned&omrade=vatten-och-avlopp&kommun=R-14&ordning=titel&sida=3"
        );
        let raw = RawListParams {
            q: vec!["hem & tjänst".into()],
            status: vec!["planned".into(), "planned".into()],
            omrade: vec!["vatten-och-avlopp".into()],
            kommun: vec!["R-14".into()],
            ordning: vec!["titel".into()],
            sida: vec!["3".into()],
            ..RawListParams::default()
        };
        assert_eq!(ListParams::from(raw), params);
    }

    #[test]
    fn a_strange_address_still_leads_to_a_list() {
        let raw = RawListParams {
            q: vec!["a\0b\n".repeat(5_000)],
            status: vec![String::new(), "x".repeat(500)],
            sida: vec!["-7".into()],
            ordning: vec!["bakvänd".into()],
            ..RawListParams::default()
        };
        let params = ListParams::from(raw);
        assert_eq!((params.text.len(), params.page, params.order), (1_000, 1, Sort::Relevance));
        assert!(params.cut && params.text.starts_with("a b a"), "words stay apart");
        assert!(params.chosen.is_empty());
        assert_eq!(ListParams::default().href(), "/insamlingar");
    }

    #[test]
    fn only_what_can_be_chosen_is_and_never_very_much() {
        let raw = RawListParams {
            status: ["planned", "draft", "finns-inte"].map(str::to_owned).into(),
            kanal: vec!["fax".into()],
            omrade: (0..40).map(|number| format!("omrade-{number}")).collect(),
            ..RawListParams::default()
        };
        let params = ListParams::from(raw);
        assert_eq!(params.codes(Facet::Status), ["planned"]);
        assert_eq!((params.codes(Facet::Channel).len(), params.chosen.len()), (0, MOST_CHOSEN));
    }

    #[test]
    fn choosing_a_value_twice_takes_it_away() {
        let once = ListParams { page: 4, ..ListParams::default() }.toggled(Facet::Channel, "api");
        assert!(once.has(Facet::Channel, "api"));
        assert_eq!(once.page, 1);
        assert_eq!(once.toggled(Facet::Channel, "api").chosen, []);
        assert_eq!(once.cleared().chosen, []);
    }
}
