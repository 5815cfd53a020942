//! The address of the list of collections: one type that both reads it and builds it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// What is not written as it is in a query string.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The page furthest into a list that is shown.
const LAST_PAGE: usize = 10_000;

/// The facets of the list, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetKind {
    /// Compulsory or voluntary.
    Obligation,
    /// Where in its life.
    Status,
    /// Subject area.
    Area,
    /// Responsible agency.
    Agency,
    /// Survey, official statistics …
    Kind,
    /// How often.
    Periodicity,
    /// How answers are given.
    Channel,
}

impl FacetKind {
    /// Every facet.
    pub const ALL: [Self; 7] = [Self::Obligation, Self::Status, Self::Area, Self::Agency, Self::Kind, Self::Periodicity, Self::Channel];

    /// The key in the address.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Obligation => "svar",
            Self::Status => "status",
            Self::Area => "omrade",
            Self::Agency => "myndighet",
            Self::Kind => "slag",
            Self::Periodicity => "periodicitet",
            Self::Channel => "kanal",
        }
    }

    /// The heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Obligation => "Skyldighet att svara",
            Self::Status => "Status",
            Self::Area => "Område",
            Self::Agency => "Myndighet",
            Self::Kind => "Slag",
            Self::Periodicity => "Hur ofta",
            Self::Channel => "Kanal",
        }
    }
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Best match first; without words the same as newest.
    #[default]
    Relevance,
    /// Highest number first.
    Newest,
    /// By title.
    Title,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Relevance, Self::Newest, Self::Title];

    /// The word in the address; the default has none.
    fn word(self) -> Option<&'static str> {
        match self {
            Self::Relevance => None,
            Self::Newest => Some("nyast"),
            Self::Title => Some("titel"),
        }
    }

    /// What the reader sees.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Relevance => "bästa träff",
            Self::Newest => "senaste numret",
            Self::Title => "titel",
        }
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
    /// The chosen values: facet and code.
    pub chosen: Vec<(FacetKind, String)>,
    /// Only what asks this municipality (kommunkod) or region (`R-14`).
    pub respondent: Option<String>,
    /// In which order.
    pub order: Order,
    /// The page, from 1.
    pub page: usize,
}

impl From<RawListParams> for ListParams {
    fn from(raw: RawListParams) -> Self {
        let first = |values: Vec<String>| values.into_iter().find(|value| !value.trim().is_empty());
        let mut chosen: Vec<(FacetKind, String)> = Vec::new();
        let values = [raw.svar, raw.status, raw.omrade, raw.myndighet, raw.slag, raw.periodicitet, raw.kanal];
        for (facet, values) in FacetKind::ALL.into_iter().zip(values) {
            // a handful of values is a choice; thousands are somebody trying the limits
            for value in values.into_iter().filter(|value| !value.is_empty() && value.len() <= 80).take(40) {
                let pair = (facet, value);
                if !chosen.contains(&pair) {
                    chosen.push(pair);
                }
            }
        }
        let order = first(raw.ordning);
        Self {
            text: first(raw.q).unwrap_or_default().chars().filter(|c| !c.is_control()).take(1_000).collect(),
            chosen,
            respondent: first(raw.kommun).filter(|code| code.len() <= 8),
            order: Order::ALL.into_iter().find(|one| one.word() == order.as_deref()).unwrap_or_default(),
            page: first(raw.sida).and_then(|page| page.trim().parse().ok()).unwrap_or(1).clamp(1, LAST_PAGE),
        }
    }
}

impl ListParams {
    /// The whole list of one subject area.
    #[must_use]
    pub fn area(code: &str) -> Self {
        Self { chosen: vec![(FacetKind::Area, code.to_owned())], ..Self::default() }
    }

    /// The codes chosen of one facet.
    #[must_use]
    pub fn codes(&self, facet: FacetKind) -> Vec<String> {
        self.chosen.iter().filter(|(one, _)| *one == facet).map(|(_, code)| code.clone()).collect()
    }

    /// Whether the value is chosen.
    #[must_use]
    pub fn has(&self, facet: FacetKind, code: &str) -> bool {
        self.chosen.iter().any(|(one, chosen)| *one == facet && chosen == code)
    }

    /// The same list, first page, with the value added, or taken away if it was chosen.
    #[must_use]
    pub fn toggled(&self, facet: FacetKind, code: &str) -> Self {
        let mut chosen = self.chosen.clone();
        let before = chosen.len();
        chosen.retain(|(one, value)| *one != facet || value != code);
        if chosen.len() == before {
            chosen.push((facet, code.to_owned()));
        }
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
        let mut pairs: Vec<(&'static str, String)> = self.chosen.iter().map(|(facet, code)| (facet.key(), code.clone())).collect();
        pairs.extend(self.respondent.iter().map(|code| ("kommun", code.clone())));
        pairs.extend(self.order.word().map(|word| ("ordning", word.to_owned())));
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
            chosen: vec![(FacetKind::Status, "planned".into()), (FacetKind::Area, "vatten-och-avlopp".into())],
            respondent: Some("R-14".into()),
            order: Order::Title,
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
        assert_eq!((params.text.len(), params.page, params.order), (1_000, 1, Order::Relevance));
        assert!(params.chosen.is_empty());
        assert_eq!(ListParams::default().href(), "/insamlingar");
    }

    #[test]
    fn choosing_a_value_twice_takes_it_away() {
        let once = ListParams { page: 4, ..ListParams::default() }.toggled(FacetKind::Channel, "api");
        assert!(once.has(FacetKind::Channel, "api"));
        assert_eq!(once.page, 1);
        assert_eq!(once.toggled(FacetKind::Channel, "api").chosen, []);
        assert_eq!(once.cleared().chosen, []);
    }
}
