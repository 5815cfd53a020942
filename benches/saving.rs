//! How long it takes to register a collection of two hundred items in a register of fifteen times the nation, alone and when twenty people
//! do so at once.
//!
//! `cargo bench --bench saving`; with `BENCH_QUICK=1` only to see that everything runs; with `BENCH_POSTGRES_URL` (a server that waits for
//! the disk) on PostgreSQL too.

use std::time::{Duration, Instant};

use insamlingsregister::actions::Origin;
use insamlingsregister::actions::beside::Answering;
use insamlingsregister::actions::drafts::submit::{Submitted, submit};
use insamlingsregister::actions::drafts::{self, Beginning};
use insamlingsregister::actions::import::{self, Mode};
use insamlingsregister::config::Config;
use insamlingsregister::db::{Db, people};
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::draft::{DraftForm, DraftItem, DraftRound, Known};
use insamlingsregister::domain::field::Field;
use insamlingsregister::domain::person::Person;
use insamlingsregister::domain::terms::RespondentKind;
use insamlingsregister::intake::Source;
use insamlingsregister::{clock, server, state};
use serde_json::json;
use support::postgres::Database;
use support::table::{Figure, Table, milliseconds, seconds};
use support::{Outcome, is_quick};

/// The parts of the benches' common support that this one needs.
mod support {
    pub mod postgres;
    pub mod table;

    /// The result of a step; a bench stops at the first one that fails.
    pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

    /// Whether it is only to be seen that everything runs.
    pub fn is_quick() -> bool {
        std::env::var_os("BENCH_QUICK").is_some_and(|value| !value.is_empty())
    }
}

/// The agency that registers.
const AGENCY: &str = "202100-0837";
/// Items of each collection that is saved.
const ITEMS: usize = 200;
/// People who save at once.
const WRITERS: usize = 20;
/// The most collections of one file.
const IN_A_FILE: usize = 2_000;

fn main() -> Outcome {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure())
}

async fn measure() -> Outcome {
    let mut table = Table::default();
    let folder = tempfile::tempdir()?;
    let mut pairs = vec![("INSAMLING_DATA_DIR".to_owned(), folder.path().display().to_string())];
    on(&pairs, "SQLite", &mut table).await?;
    if let Some(database) = Database::make().await? {
        pairs.push(("INSAMLING_DATABASE_URL".to_owned(), database.url()));
        on(&pairs, "PostgreSQL", &mut table).await?;
        database.remove().await?;
    } else {
        println!("PostgreSQL is not measured: BENCH_POSTGRES_URL is not set");
    }
    table.finish()
}

/// Measures on one engine.
async fn on(pairs: &[(String, String)], engine: &str, table: &mut Table) -> Outcome {
    let db = server::open_database(&Config::from_pairs(pairs.iter().cloned().collect())?).await?;
    server::fill(&db, state::Register::Real).await?;
    let (held, each) = if is_quick() { (100, 3) } else { (20_000, 300) };
    let begun = Instant::now();
    for first in (0..held).step_by(IN_A_FILE) {
        let rows: Vec<String> = (first..(first + IN_A_FILE).min(held)).map(row).collect();
        let text = rows.join("\n");
        let source = Source { name: "held.jsonl", bytes: text.as_bytes() };
        import::run(&db, &origin(), AGENCY, source, Mode::Write, clock::now(), |_, _| {}).await?;
    }
    println!("register on {engine}: {held} collections written in {}", seconds(begun.elapsed()));
    let actor = actor(&db).await?;
    let known = drafts::known(&mut db.read().await?).await?;
    let mut times = Vec::with_capacity(each);
    for _ in 0..each {
        times.push(save(&db, &actor, &known).await?);
    }
    times.sort_unstable();
    let p99 = times[(times.len() * 99 / 100).min(times.len() - 1)];
    table.add(Figure {
        name: format!("registering {ITEMS} items alone, {engine}, p99"),
        measured: milliseconds(p99),
        comparison: format!("median {}", milliseconds(times[times.len() / 2])),
        ratio: None,
        asked: if engine == "SQLite" { "< 50 ms" } else { "" },
        met: (engine == "SQLite").then_some(p99 < Duration::from_millis(50)),
    });
    at_once(&db, &actor, &known, (engine, each.div_ceil(10)), table).await?;
    db.close().await;
    Ok(())
}

/// Twenty people who save at once, over and over.
async fn at_once(db: &Db, actor: &Actor, known: &Known, (engine, each): (&str, usize), table: &mut Table) -> Outcome {
    let begun = Instant::now();
    let writers = (0..WRITERS).map(|_| {
        let (db, actor, known) = (db.clone(), actor.clone(), known.clone());
        tokio::spawn(async move {
            let mut failed = 0;
            for _ in 0..each {
                failed += usize::from(save(&db, &actor, &known).await.is_err());
            }
            failed
        })
    });
    let mut failed = 0;
    for writer in writers.collect::<Vec<_>>() {
        failed += writer.await?;
    }
    let saved = WRITERS * each - failed;
    table.add(Figure {
        name: format!("{WRITERS} at once, {engine}"),
        measured: format!("{:.0} saves/s", saved as f64 / begun.elapsed().as_secs_f64()),
        comparison: format!("{failed} of {} failed", WRITERS * each),
        ratio: None,
        asked: "none fails",
        met: Some(failed == 0),
    });
    if failed == 0 { Ok(()) } else { Err(format!("{failed} saves failed on {engine}").into()) }
}

/// The register as its letters would name it.
fn origin() -> Origin {
    Origin { base_url: "http://127.0.0.1".to_owned(), demonstration: false }
}

/// Fills in a form, and answers how long it takes to register what it says.
async fn save(db: &Db, actor: &Actor, known: &Known) -> Outcome<Duration> {
    let id = drafts::begin(db, actor, Beginning::Empty { voluntary: false }, clock::now()).await?;
    let draft = drafts::open(&mut db.read().await?, actor, id, clock::now()).await?;
    drafts::alter(db, actor, &draft, |form| *form = filled(), clock::now()).await?;
    let begun = Instant::now();
    let origin = origin();
    let answering = Answering { origin: &origin, alike: Some(&[]) };
    match submit(db, actor, known, (id, draft.revision + 1), &answering, clock::now()).await? {
        Submitted::Registered(_) => Ok(begun.elapsed()),
        other => Err(format!("not registered: {other:?}").into()),
    }
}

fn filled() -> DraftForm {
    let mut form = DraftForm::empty(AGENCY);
    form.texts.insert(Field::Title, "Enkät med många uppgifter".to_owned());
    form.texts.insert(Field::Kind, "survey".to_owned());
    form.asked.insert(RespondentKind::Municipality);
    let item = |number: usize| DraftItem {
        label: format!("Uppgift nummer {number} om verksamheten"),
        definition: "Antalet den 15 oktober, med alla som är inskrivna.".to_owned(),
        unit: "antal".to_owned(),
        ..DraftItem::default()
    };
    form.items = (1..=ITEMS).map(item).collect();
    let round = DraftRound { label: "2027".to_owned(), deadline: "2027-v12".to_owned(), ..DraftRound::default() };
    form.rounds.push(round);
    form
}

/// Somebody who registers.
async fn actor(db: &Db) -> Outcome<Actor> {
    let person = Person {
        id: clock::new_id(),
        email: Some("statistik@scb.example".to_owned()),
        name: None,
        organisation: AGENCY.to_owned(),
        role: Role::Agency,
        manager: false,
        created_at: clock::now(),
        last_seen_at: None,
        warned_at: None,
        closed_at: None,
        erased_at: None,
    };
    let mut tx = db.write().await?;
    people::put(&mut tx, &person).await?;
    tx.commit().await?;
    Ok(Actor { person: person.id, organisation: person.organisation, role: person.role, manager: person.manager })
}

/// A collection of the register, as a line of a file.
fn row(number: usize) -> String {
    let items: Vec<_> = (1..=8).map(|item| json!({ "uppgift": format!("Uppgift {item} i insamling {number}") })).collect();
    let rounds: Vec<_> = (2024..2028).map(|year| json!({ "omgång": year.to_string(), "sista svarsdag": format!("{year}-v12") })).collect();
    let row = json!({
        "egen referens": format!("B-{number}"),
        "titel": format!("Insamling nummer {number}"),
        "slag": "officiell statistik",
        "uppgiftslämnare": "kommuner",
        "uppgifter": items,
        "omgångar": rounds,
    });
    row.to_string()
}
