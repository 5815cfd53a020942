//! What is asked of the search and what it answers.

use chrono::NaiveDate;
use uuid::Uuid;

/// One way to narrow a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Responsible agency, by code.
    Agency,
    /// Subject area, by code.
    Area,
    /// Status code.
    Status,
    /// Kind code.
    Kind,
    /// Obligation code.
    Obligation,
    /// Periodicity code.
    Periodicity,
    /// Channel code.
    Channel,
}

impl Facet {
    pub(super) const COUNT: usize = 7;

    /// Every facet, in the order in which pages show them.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Agency, Self::Area, Self::Status, Self::Kind, Self::Obligation, Self::Periodicity, Self::Channel];

    /// The name of the facet's column in the index.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Agency => "agency_code",
            Self::Area => "area",
            Self::Status => "status",
            Self::Kind => "kind",
            Self::Obligation => "obligation",
            Self::Periodicity => "periodicity",
            Self::Channel => "channel",
        }
    }
}

/// Chosen codes: any of them within a facet, all facets together. An empty facet does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Chosen agencies.
    pub agency: Vec<String>,
    /// Chosen areas.
    pub area: Vec<String>,
    /// Chosen statuses.
    pub status: Vec<String>,
    /// Chosen kinds.
    pub kind: Vec<String>,
    /// Chosen obligations.
    pub obligation: Vec<String>,
    /// Chosen periodicities.
    pub periodicity: Vec<String>,
    /// Chosen channels.
    pub channel: Vec<String>,
}

impl Filters {
    /// The chosen codes of a facet.
    #[must_use]
    pub fn of(&self, facet: Facet) -> &[String] {
        match facet {
            Facet::Agency => &self.agency,
            Facet::Area => &self.area,
            Facet::Status => &self.status,
            Facet::Kind => &self.kind,
            Facet::Obligation => &self.obligation,
            Facet::Periodicity => &self.periodicity,
            Facet::Channel => &self.channel,
        }
    }
}

/// The order of the hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best match first; without a text the newest first.
    #[default]
    Relevance,
    /// Highest number first.
    Newest,
    /// By title in Swedish order.
    Title,
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What the visitor typed; anything at all.
    pub text: String,
    /// Chosen facets.
    pub filters: Filters,
    /// Only what asks this municipality (`0180`) or region (`R-14`), by name or together with all. Any other text: nothing.
    pub municipality: Option<String>,
    /// Only what is open on this day is seen.
    pub today: NaiveDate,
    /// The order.
    pub sort: Sort,
    /// Page, from 1.
    pub page: usize,
    /// Hits per page, at most [`Request::MOST_PER_PAGE`].
    pub per_page: usize,
    /// Whether to count facets.
    pub facets: bool,
}

impl Request {
    /// More hits than this are never given at once.
    pub const MOST_PER_PAGE: usize = 500;
    /// More characters than this are not read.
    pub const MOST_CHARACTERS: usize = 1_000;
    /// More words than this are not sought.
    pub const MOST_WORDS: usize = 32;

    /// A search for a text as a visitor would make it: first page of 20, best first, with facets.
    #[must_use]
    pub fn new(text: impl Into<String>, today: NaiveDate) -> Self {
        Self {
            text: text.into(),
            filters: Filters::default(),
            municipality: None,
            today,
            sort: Sort::Relevance,
            page: 1,
            per_page: 20,
            facets: true,
        }
    }
}

/// A piece of text; marked where it matches the search. Templates escape it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The text, not escaped.
    pub text: String,
    /// Whether it is a match.
    pub marked: bool,
}

/// One found collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The collection's identity.
    pub id: Uuid,
    /// Its public number.
    pub number: String,
    /// Its title, matches marked.
    pub title: Vec<Segment>,
    /// The best piece of items and purpose, matches marked.
    pub snippet: Vec<Segment>,
    /// How well it matches; comparable within one search only. 0 without a text.
    pub score: f32,
}

/// Counts per facet: codes with at least one hit and chosen codes, most hits first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    pub(super) counts: [Vec<(String, usize)>; Facet::COUNT],
}

impl Facets {
    /// Code and count. A count has every other facet's filter applied but not its own facet's.
    #[must_use]
    pub fn of(&self, facet: Facet) -> &[(String, usize)] {
        &self.counts[facet as usize]
    }
}

/// A word that was read as several names of the same body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// As typed.
    pub typed: String,
    /// The other names that were searched too.
    pub also: Vec<String>,
}

/// What would help when nothing was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Another word in place of one that does not exist; or several, where one alone would not help.
    Instead {
        /// The word as typed.
        typed: String,
        /// The word that exists.
        word: String,
        /// The whole text to search for instead.
        text: String,
        /// What would be found then.
        count: usize,
    },
    /// The search without this word or phrase.
    WithoutWord {
        /// The word or phrase as typed.
        typed: String,
        /// The whole text to search for instead.
        text: String,
        /// What would be found then.
        count: usize,
    },
    /// The search without this facet's filter.
    WithoutFilter {
        /// The facet.
        facet: Facet,
        /// What would be found then.
        count: usize,
    },
    /// The search for all municipalities.
    WithoutMunicipality {
        /// What would be found then.
        count: usize,
    },
    /// The search without any filter at all.
    WithoutFilters {
        /// What would be found then.
        count: usize,
    },
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// All hits, on every page.
    pub total: usize,
    /// The hits of the asked page; none on a page after the last.
    pub hits: Vec<Hit>,
    /// Counts, if asked for.
    pub facets: Facets,
    /// Whether only the beginning of the text was read.
    pub cut: bool,
    /// Words that exist nowhere and what was searched instead: (typed, used).
    pub corrected: Vec<(String, String)>,
    /// Names that were read as a body with several names.
    pub understood: Vec<Understood>,
    /// Help, only when nothing was found.
    pub suggestions: Vec<Suggestion>,
}
