//! What the index holds about a collection, and how a [`Document`] becomes fields.

use chrono::{Datelike, NaiveDate};
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

use super::analysis::{ANALYSER_VERSION, STEMS, WORDS};
use super::request::Facet;
use crate::text::swedish_sort_key;

/// Changes whenever the fields below change: an index of another version is rebuilt.
const SCHEMA_VERSION: u32 = 4;

/// What stands in the version file beside the index. The release is there because sort keys do not outlive a collator.
pub(super) fn version() -> String {
    format!("schema {SCHEMA_VERSION}, analyser {ANALYSER_VERSION}, release {}\n", env!("CARGO_PKG_VERSION"))
}

/// Everything that the index needs to know about one collection. What is not here is read from the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The collection's identity.
    pub id: Uuid,
    /// When the collection last changed, microseconds since 1970; what [`super::Index::stamps`] gives back.
    pub stamp: i64,
    /// The public number, `2026-0042`; empty if it has none yet.
    pub number: String,
    /// The title.
    pub title: String,
    /// The purpose.
    pub purpose: String,
    /// Other searchable text: provisions, what to observe, use, further users.
    pub body: String,
    /// One text per item: label and definition.
    pub items: Vec<String>,
    /// Codes of the responsible agencies, as the facet shows them.
    pub agency_codes: Vec<String>,
    /// Names, abbreviations and former names of responsible agencies and of the collector.
    pub agency_names: Vec<String>,
    /// Code of the subject area.
    pub area: Option<String>,
    /// Code of the status.
    pub status: &'static str,
    /// Code of the kind.
    pub kind: &'static str,
    /// Code of the obligation.
    pub obligation: &'static str,
    /// Code of the periodicity.
    pub periodicity: &'static str,
    /// Code of the channel.
    pub channel: &'static str,
    /// Codes of the organisations asked (`0180`, `R-14`), or `all:municipality` and `all:region` where all are.
    pub respondents: Vec<String>,
    /// First day on which everyone may see it; none: it is never seen in open search.
    pub open_from: Option<NaiveDate>,
    /// Orders by number, newest last: year and serial as one whole number.
    pub number_order: i64,
}

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub id: Field,
    id_high: Field,
    id_low: Field,
    stamp: Field,
    pub number: Field,
    pub number_prefix: Field,
    pub title: Field,
    pub items: Field,
    pub purpose: Field,
    agency: Field,
    body: Field,
    pub words: Field,
    pub respondents: Field,
    facets: [Field; Facet::COUNT],
    open_from: Field,
    number_order: Field,
    sort_title: Field,
}

pub(super) const ID_HIGH: &str = "id_high";
pub(super) const ID_LOW: &str = "id_low";
pub(super) const STAMP: &str = "stamp";
pub(super) const OPEN_FROM: &str = "open_from";
pub(super) const NUMBER_ORDER: &str = "number_order";
pub(super) const SORT_TITLE: &str = "sort_title";

/// The day number of a date, days since 0001-01-01.
pub(super) fn day(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce())
}

/// The open day of what is never open.
pub(super) const NEVER: i64 = i64::MAX;

impl Fields {
    /// The fields that words are sought in, with what a find there weighs.
    pub(super) fn weighted(&self) -> [(Field, f32); 5] {
        [(self.title, 4.0), (self.items, 2.0), (self.purpose, 1.5), (self.agency, 1.2), (self.body, 0.8)]
    }

    /// The fields in which words belong together when they stand near each other.
    pub(super) fn prose(&self) -> [(Field, f32); 3] {
        [(self.title, 4.0), (self.items, 2.0), (self.purpose, 1.5)]
    }

    /// The term that finds the document of a collection.
    pub(super) fn identity(&self, id: Uuid) -> Term {
        Term::from_field_bytes(self.id, id.as_bytes())
    }
}

/// Builds the schema. The order of the fields is part of the version.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |tokenizer: &str, record: IndexRecordOption, norms: bool| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record).set_fieldnorms(norms);
        TextOptions::default().set_indexing_options(indexing)
    };
    let stems = text(STEMS, IndexRecordOption::WithFreqsAndPositions, true);
    let exact = text("raw", IndexRecordOption::Basic, false);
    let number = NumericOptions::default().set_fast();
    let fields = Fields {
        id: builder.add_bytes_field("id", BytesOptions::default() | INDEXED),
        id_high: builder.add_u64_field(ID_HIGH, number.clone()),
        id_low: builder.add_u64_field(ID_LOW, number.clone()),
        stamp: builder.add_i64_field(STAMP, number.clone()),
        number: builder.add_text_field("number", STORED),
        number_prefix: builder.add_text_field("number_prefix", exact.clone()),
        title: builder.add_text_field("title", stems.clone() | STORED),
        items: builder.add_text_field("items", stems.clone() | STORED),
        purpose: builder.add_text_field("purpose", stems.clone() | STORED),
        agency: builder.add_text_field("agency", stems.clone()),
        body: builder.add_text_field("body", stems),
        words: builder.add_text_field("words", text(WORDS, IndexRecordOption::Basic, false)),
        respondents: builder.add_text_field("respondents", exact),
        facets: Facet::ALL.map(|facet| builder.add_text_field(facet.column(), TextOptions::default().set_fast("raw"))),
        open_from: builder.add_i64_field(OPEN_FROM, number.clone()),
        number_order: builder.add_i64_field(NUMBER_ORDER, number),
        sort_title: builder.add_bytes_field(SORT_TITLE, FAST),
    };
    (builder.build(), fields)
}

impl Document {
    fn codes(&self, facet: Facet) -> Vec<&str> {
        match facet {
            Facet::Agency => self.agency_codes.iter().map(String::as_str).collect(),
            Facet::Area => self.area.iter().map(String::as_str).collect(),
            Facet::Status => vec![self.status],
            Facet::Kind => vec![self.kind],
            Facet::Obligation => vec![self.obligation],
            Facet::Periodicity => vec![self.periodicity],
            Facet::Channel => vec![self.channel],
        }
    }

    pub(super) fn to_fields(&self, fields: &Fields) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        let (high, low) = self.id.as_u64_pair();
        out.add_bytes(fields.id, self.id.as_bytes());
        out.add_u64(fields.id_high, high);
        out.add_u64(fields.id_low, low);
        out.add_i64(fields.stamp, self.stamp);
        out.add_text(fields.number, &self.number);
        for prefix in number_prefixes(&self.number) {
            out.add_text(fields.number_prefix, prefix);
        }
        let texts = [(fields.title, &self.title), (fields.purpose, &self.purpose), (fields.body, &self.body)];
        let texts = texts.into_iter().chain(self.items.iter().map(|item| (fields.items, item)));
        let texts = texts.chain(self.agency_names.iter().map(|name| (fields.agency, name)));
        for (field, text) in texts.map(|(field, text)| (field, text.as_str())) {
            out.add_text(field, text);
            // the words as written feed the vocabulary: compounds, typing errors and what to highlight
            out.add_text(fields.words, text);
        }
        for code in &self.agency_codes {
            // sought by those who have it at hand, with the dash or without; no word to correct others to
            out.add_text(fields.agency, code);
            out.add_text(fields.agency, code.replace('-', ""));
        }
        for code in &self.respondents {
            out.add_text(fields.respondents, code);
        }
        for (field, facet) in fields.facets.into_iter().zip(Facet::ALL) {
            for code in self.codes(facet) {
                out.add_text(field, code);
            }
        }
        out.add_i64(fields.open_from, self.open_from.map_or(NEVER, day));
        out.add_i64(fields.number_order, self.number_order);
        out.add_bytes(fields.sort_title, &swedish_sort_key(&self.title));
        out
    }
}

/// `2026-0042` gives `2026-`, `2026-0` … `2026-0042`, so that a prefix is one term to look up; and `-0042` for whoever leaves out the year.
fn number_prefixes(number: &str) -> impl Iterator<Item = &str> {
    let dash = number.find('-').unwrap_or(number.len());
    let prefixes = (dash + 1..=number.len()).filter_map(|end| number.get(..end));
    prefixes.chain(number.get(dash..)).filter(|prefix| !prefix.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_every_prefix_after_the_year() {
        assert_eq!(number_prefixes("2026-0042").collect::<Vec<_>>(), ["2026-", "2026-0", "2026-00", "2026-004", "2026-0042", "-0042"]);
        assert_eq!(number_prefixes("").count(), 0);
    }

    #[test]
    fn the_version_names_schema_and_analyser() {
        assert!(version().starts_with("schema 4, analyser 1, release "));
    }
}
