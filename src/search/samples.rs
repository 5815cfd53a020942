//! Collections to search in tests: the 224 of the demonstration, and small handmade ones.

use std::sync::OnceLock;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Document, Facets, Index, Request, Results, Segment, Synonyms};

/// The day on which the tests search.
pub(super) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date")
}

/// An open collection with a title and the number `2026-serial`.
pub(super) fn document(serial: i64, title: &str) -> Document {
    Document {
        id: Uuid::from_u64_pair(2026, serial.unsigned_abs()),
        stamp: serial * 10,
        number: format!("2026-{serial:04}"),
        title: title.to_owned(),
        purpose: String::new(),
        body: String::new(),
        items: Vec::new(),
        agency_codes: Vec::new(),
        agency_names: Vec::new(),
        area: None,
        status: "planned",
        kind: "survey",
        obligation: "unstated",
        periodicity: "yearly",
        channel: "web",
        respondents: vec!["all:municipality".to_owned()],
        open_from: NaiveDate::from_ymd_opt(2026, 1, 1),
        number_order: 20_260_000_000 + serial,
    }
}

/// An index in memory that holds these.
pub(super) fn index_of(documents: &[Document]) -> Index {
    let index = Index::in_memory().expect("an index");
    let mut writer = index.writer().expect("the writer");
    for document in documents {
        writer.put(document).expect("to put");
    }
    writer.commit("all").expect("to commit");
    index
}

/// The demonstration's collections; the number's serial is that of their id, `B001` is 2026-0001.
pub(super) fn demonstration() -> Vec<Document> {
    let text = std::fs::read_to_string("static/demo/base.jsonl").expect("the demonstration's file");
    text.lines().map(|line| from_json(&serde_json::from_str(line).expect("json"))).collect()
}

fn from_json(record: &serde_json::Value) -> Document {
    let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    let serial = text("id")[1..].parse().expect("a serial");
    let items = record["items"].as_array().expect("items").iter();
    Document {
        purpose: text("purpose"),
        items: items.map(|item| item["text"].as_str().expect("a text").to_owned()).collect(),
        agency_codes: vec![text("agency")],
        agency_names: vec![text("agency")],
        area: Some(text("area")),
        ..document(serial, &text("title"))
    }
}

/// The demonstration's index, built once.
pub(super) fn register() -> Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    let build = || {
        let index = index_of(&demonstration());
        index.set_synonyms(Synonyms::new([
            ["MSB", "MCF", "Myndigheten för samhällsskydd och beredskap", "Myndigheten för civilt försvar"].map(str::to_owned).to_vec(),
            ["ESV", "Ekonomistyrningsverket", "Statskontoret"].map(str::to_owned).to_vec(),
        ]));
        index
    };
    INDEX.get_or_init(build).clone()
}

/// Searches as a visitor does.
pub(super) fn search(index: &Index, text: &str) -> Results {
    index.search(&Request { per_page: Request::MOST_PER_PAGE, ..Request::new(text, today()) }).expect("results")
}

/// The serials of the hits, best first.
pub(super) fn serials(results: &Results) -> Vec<i64> {
    results.hits.iter().map(|hit| hit.number[5..].parse().expect("a serial")).collect()
}

/// A facet's counts as text, for comparing: `a 2, b 1`.
pub(super) fn counts(facets: &Facets, facet: super::Facet) -> String {
    facets.of(facet).iter().map(|(code, count)| format!("{code} {count}")).collect::<Vec<_>>().join(", ")
}

/// Segments as text with the marked ones in brackets.
pub(super) fn bracketed(segments: &[Segment]) -> String {
    segments.iter().map(|segment| if segment.marked { format!("[{}]", segment.text) } else { segment.text.clone() }).collect()
}
