//! How quick search is at 20 000 collections of eight items, beside what a bare full-text query costs on the same words.
//!
//! `cargo bench --bench search`; `BENCH_QUICK=1` takes 2 000 collections and fewer rounds.

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use insamlingsregister::search::{Document, Filters, Index, Request, Sort, Synonyms};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, Schema, TEXT, TextFieldIndexing, TextOptions};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The demonstration's collections, whose words and sentences are shuffled into new ones.
struct Source {
    titles: Vec<String>,
    purposes: Vec<String>,
    items: Vec<String>,
    areas: Vec<String>,
    agencies: Vec<String>,
}

/// Where a generated collection takes its parts from: spread evenly, the same every time.
fn pick(from: &[String], at: usize, step: usize) -> &str {
    &from[at.wrapping_mul(step).wrapping_add(at / from.len()) % from.len()]
}

fn source() -> Outcome<Source> {
    let text = std::fs::read_to_string("static/demo/base.jsonl")?;
    let mut source = Source { titles: vec![], purposes: vec![], items: vec![], areas: vec![], agencies: vec![] };
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line)?;
        let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        source.titles.push(text("title"));
        source.purposes.push(text("purpose"));
        source.areas.push(text("area"));
        source.agencies.push(text("agency"));
        let items = record["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        source.items.extend(items.iter().filter_map(|item| item["text"].as_str()).map(str::to_owned));
    }
    Ok(source)
}

fn document(source: &Source, at: usize) -> Document {
    let serial = i64::try_from(at).unwrap_or_default() + 1;
    let agency = pick(&source.agencies, at, 7).to_owned();
    // a new word in every third collection: real vocabularies grow too
    let new_word =
        format!("nyord{}verk", ["an", "el", "or", "us", "it"].iter().cycle().skip(at % 5).take(1 + at % 4).copied().collect::<String>());
    Document {
        id: Uuid::from_u64_pair(1, at as u64),
        stamp: serial,
        number: format!("2026-{serial:04}"),
        title: format!("{} {}", pick(&source.titles, at, 1), at % 97),
        purpose: format!("{} {new_word}{}", pick(&source.purposes, at, 3), at / 3),
        body: format!("SFS 2010:{} {}", at % 900, pick(&source.purposes, at, 11)),
        items: (0..8).map(|item| pick(&source.items, at * 8 + item, 5).to_owned()).collect(),
        agency_codes: vec![agency.clone()],
        agency_names: vec![agency],
        area: Some(pick(&source.areas, at, 1).to_owned()),
        status: ["planned", "decided", "ended"][at % 3],
        kind: ["survey", "official_statistics", "supervision"][at % 3],
        obligation: ["compulsory", "voluntary"][at % 2],
        periodicity: ["yearly", "monthly", "quarterly", "once"][at % 4],
        channel: ["web", "file", "api"][at % 3],
        respondents: if at.is_multiple_of(9) { vec!["0180".to_owned()] } else { vec!["all:municipality".to_owned()] },
        open_from: NaiveDate::from_ymd_opt(2026, 1, 1),
        number_order: serial,
    }
}

/// The median and the 99th percentile of some rounds.
fn measure<T>(rounds: usize, mut work: impl FnMut() -> Outcome<T>) -> Outcome<(Duration, Duration)> {
    let mut taken = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let started = Instant::now();
        std::hint::black_box(work()?);
        taken.push(started.elapsed());
    }
    taken.sort_unstable();
    Ok((taken[rounds / 2], taken[rounds * 99 / 100]))
}

/// What a bare engine does with the same words: stems of one field, all words required, the best twenty, counted.
fn bare(documents: &[Document]) -> Outcome<(tantivy::Index, tantivy::schema::Field)> {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("default").set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let field = builder.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    builder.add_text_field("unused", TEXT | STORED);
    let index = tantivy::Index::create_in_ram(builder.build());
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 30_000_000)?;
    for document in documents {
        let mut fields = TantivyDocument::new();
        let texts = [&document.title, &document.purpose, &document.body];
        texts.into_iter().chain(&document.items).for_each(|text| fields.add_text(field, text));
        writer.add_document(fields)?;
    }
    writer.commit()?;
    Ok((index, field))
}

fn bare_query(text: &str, field: tantivy::schema::Field) -> BooleanQuery {
    let term = |word: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, &word.to_lowercase()), IndexRecordOption::WithFreqs))
    };
    BooleanQuery::intersection(text.split_whitespace().map(term).collect())
}

fn main() -> Outcome<()> {
    let quick = std::env::var_os("BENCH_QUICK").is_some();
    let (count, rounds) = if quick { (2_000, 50) } else { (20_000, 400) };
    let source = source()?;
    let documents: Vec<Document> = (0..count).map(|at| document(&source, at)).collect();
    let dir = tempfile::TempDir::new()?;

    let started = Instant::now();
    let (index, _) = Index::open(dir.path())?;
    let mut writer = index.writer()?;
    for document in &documents {
        writer.put(document)?;
    }
    writer.commit("all")?;
    println!("{count} collections indexed and shown in {:.2?}", started.elapsed());
    let started = Instant::now();
    writer.put(&documents[count / 2])?;
    writer.commit("one")?;
    println!("one changed collection shown in {:.2?}", started.elapsed());
    writer.finish()?;
    drop(index);

    let started = Instant::now();
    let (index, new) = Index::open(dir.path())?;
    println!("opened again (rebuilt: {new}) in {:.2?}", started.elapsed());
    let (stamps, _) = measure(10, || Ok(index.stamps().map(|stamps: HashMap<_, _>| stamps.len())?))?;
    println!("stamps of all: {stamps:.2?}");
    index.set_synonyms(Synonyms::new([vec!["MSB".to_owned(), "MCF".to_owned(), "Myndigheten för civilt försvar".to_owned()]]));

    let today = NaiveDate::from_ymd_opt(2026, 6, 1).ok_or("a date")?;
    let (plain, field) = bare(&documents)?;
    let searcher = plain.reader()?.searcher();
    println!("\n{:<44}{:>8}{:>11}{:>11}{:>14}", "search", "hits", "median", "p99", "bare engine");
    let texts = [
        "",
        "elever",
        "antal elever",
        "elevantal",
        "skolmåltid",
        "kommun",
        "vatten",
        "plan",
        "antal",
        "biblotek",
        "xyzzyq",
        "MSB",
        "2026-0042",
        "2026-",
        "\"vård och omsorg\"",
        "uppföljning av bidrag till kommunerna under året",
    ];
    for text in texts {
        let request = Request::new(text, today);
        let total = index.search(&request)?.total;
        let (median, p99) = measure(rounds, || Ok(index.search(&request)?))?;
        let query = bare_query(text, field);
        let top = (TopDocs::with_limit(20).order_by_score(), Count);
        let (bare, _) = measure(rounds, || Ok(searcher.search(&query, &top)?))?;
        let bare = if text.is_empty() { String::from("–") } else { format!("{bare:.1?}") };
        println!("{:<44}{total:>8}{:>11}{:>11}{bare:>14}", format!("«{text}»"), format!("{median:.1?}"), format!("{p99:.1?}"));
    }
    for (what, request) in narrowed(today) {
        let total = index.search(&request)?.total;
        let (median, p99) = measure(rounds, || Ok(index.search(&request)?))?;
        println!("{what:<44}{total:>8}{:>11}{:>11}", format!("{median:.1?}"), format!("{p99:.1?}"));
    }
    Ok(())
}

fn narrowed(today: NaiveDate) -> Vec<(&'static str, Request)> {
    let base = Request::new("", today);
    let status = Filters { status: vec!["planned".to_owned()], obligation: vec!["voluntary".to_owned()], ..Filters::default() };
    vec![
        ("list by title", Request { sort: Sort::Title, ..base.clone() }),
        ("list, last page", Request { page: 1_000, ..base.clone() }),
        ("list, two facets chosen", Request { filters: status.clone(), ..base.clone() }),
        ("list of a municipality", Request { municipality: Some("0180".to_owned()), ..base.clone() }),
        ("«kommun», two facets, by title", Request { text: "kommun".to_owned(), filters: status, sort: Sort::Title, ..base.clone() }),
        ("«kommun» without facets", Request { text: "kommun".to_owned(), facets: false, ..base }),
    ]
}
