//! How quick the finder of overlaps is at 20 000 collections of eight items, beside what a full-text engine's own likeness query costs on
//! the same texts.
//!
//! `cargo bench --bench overlap`; `BENCH_QUICK=1` takes 1 000 collections and fewer rounds.

#[allow(dead_code)] // the other benches use the rest
mod support;

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use fastrand::Rng;
use insamlingsregister::domain::overlap::Planned;
use insamlingsregister::search::overlap::{Finder, Record};
use serde_json::Value;
use support::Outcome;
use support::corpus::Corpus;
use tantivy::collector::TopDocs;
use tantivy::query::MoreLikeThisQuery;
use tantivy::schema::{IndexRecordOption, OwnedValue, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexWriter, TantivyDocument};
use uuid::Uuid;

/// What one check may take, at the ninety-fifth percentile.
const MOST_PER_CHECK: Duration = Duration::from_millis(25);
/// What a check of three hundred items may take.
const MOST_FOR_MANY: Duration = Duration::from_millis(300);
/// What checking everything against everything may take.
const MOST_FOR_ALL: Duration = Duration::from_secs(600);

fn record(number: usize, row: &Value) -> Record {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let items = row["uppgifter"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|item| {
        let part = |key: &str| item[key].as_str().map(str::to_owned);
        [part("uppgift"), part("definition")].into_iter().flatten().collect::<Vec<_>>().join(". ")
    });
    Record {
        id: Uuid::from_u64_pair(1, number as u64),
        stamp: 0,
        title: text("titel"),
        purpose: text("syfte"),
        area: Some(text("område")),
        items: items.collect(),
        open_from: 0,
    }
}

fn planned(record: &Record) -> Planned {
    Planned { title: record.title.clone(), purpose: record.purpose.clone(), area: record.area.clone(), items: record.items.clone() }
}

/// Title of one, purpose of another, items of four: nothing that stands in the register as it is.
fn made_up(records: &[Record], rng: &mut Rng, items: usize) -> Planned {
    let some = |rng: &mut Rng| &records[rng.usize(..records.len())];
    let (title, other) = (some(rng).title.clone(), planned(some(rng)));
    let items = (0..items).filter_map(|at| some(rng).items.get(at % 8).cloned()).collect();
    Planned { title, items, ..other }
}

/// The median and the 95th percentile of some rounds.
fn measure<T>(rounds: usize, mut work: impl FnMut(usize) -> Outcome<T>) -> Outcome<(Duration, Duration)> {
    let mut taken = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let started = Instant::now();
        std::hint::black_box(work(round)?);
        taken.push(started.elapsed());
    }
    taken.sort_unstable();
    Ok((taken[rounds / 2], taken[rounds * 95 / 100]))
}

/// The engine's own likeness query over stems of the whole texts.
fn engine(records: &[Record]) -> Outcome<(tantivy::Searcher, tantivy::schema::Field)> {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("default").set_index_option(IndexRecordOption::WithFreqs);
    let field = builder.add_text_field("text", TextOptions::default().set_indexing_options(indexing) | STORED);
    let index = tantivy::Index::create_in_ram(builder.build());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 30_000_000)?;
    for record in records {
        let mut fields = TantivyDocument::new();
        fields.add_text(field, whole(&planned(record)));
        writer.add_document(fields)?;
    }
    writer.commit()?;
    Ok((index.reader()?.searcher(), field))
}

fn whole(planned: &Planned) -> String {
    [planned.title.as_str(), planned.purpose.as_str()]
        .into_iter()
        .chain(planned.items.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Checks every collection against all others, on two threads.
fn everything(finder: &Finder, records: &[Record]) -> Duration {
    let started = Instant::now();
    std::thread::scope(|scope| {
        for half in records.chunks(records.len().div_ceil(2)) {
            scope.spawn(move || {
                for record in half {
                    std::hint::black_box(finder.find(&planned(record), 5, |known| known.id != record.id));
                }
            });
        }
    });
    started.elapsed()
}

/// Resident memory, bytes, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn main() -> Outcome<()> {
    let quick = std::env::var_os("BENCH_QUICK").is_some();
    let (count, rounds) = if quick { (1_000, 20) } else { (20_000, 400) };
    let rows = Corpus::read()?.file("B", 0..count);
    let records: Vec<Record> =
        (0..).zip(rows.lines()).map(|(number, row)| Ok(record(number, &serde_json::from_str(row)?))).collect::<Outcome<_>>()?;
    let before = resident();
    let started = Instant::now();
    let finder = Finder::of(&records, NaiveDate::MAX);
    println!("{count} collections taken in: {:.2?}", started.elapsed());
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("memory that they take: {} MB", after.saturating_sub(before) >> 20);
    }
    let started = Instant::now();
    finder.update(&records[..1], &[], NaiveDate::MAX);
    println!("one changed collection taken in: {:.2?}", started.elapsed());

    let mut rng = Rng::with_seed(1);
    let queries: Vec<Planned> = (0..rounds).map(|_| made_up(&records, &mut rng, 8)).collect();
    let many: Vec<Planned> = (0..rounds.min(20)).map(|_| made_up(&records, &mut rng, 300)).collect();
    let (median, slow) = measure(rounds, |round| Ok(finder.find(&queries[round], 5, |_| true)))?;
    println!("one check: median {median:.2?}, p95 {slow:.2?}");
    let (many_median, many_slow) = measure(many.len(), |round| Ok(finder.find(&many[round], 5, |_| true)))?;
    println!("a check of 300 items: median {many_median:.2?}, p95 {many_slow:.2?}");
    let (searcher, field) = engine(&records)?;
    let (engine_median, engine_slow) = measure(rounds, |round| {
        let text = vec![OwnedValue::Str(whole(&queries[round]))];
        let query =
            MoreLikeThisQuery::builder().with_min_doc_frequency(1).with_min_term_frequency(1).with_document_fields(vec![(field, text)]);
        Ok(searcher.search(&query, &TopDocs::with_limit(5).order_by_score())?)
    })?;
    println!("the engine's MoreLikeThis on the same texts: median {engine_median:.2?}, p95 {engine_slow:.2?}");
    let all = everything(&finder, &records);
    println!("everything against everything, two threads: {all:.1?}");
    let missed = [
        (slow > MOST_PER_CHECK, "one check"),
        (many_median > MOST_FOR_MANY, "a check of 300 items"),
        (all > MOST_FOR_ALL, "everything against everything"),
    ];
    match missed.into_iter().find(|(missed, _)| *missed && !quick) {
        Some((_, what)) => Err(format!("{what} takes longer than it may").into()),
        None => Ok(()),
    }
}
