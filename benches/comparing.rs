//! How long it takes to compare every collection with all others in a register of fifteen times the nation, and what visitors notice of it.
//!
//! `cargo bench --bench comparing`; with `BENCH_QUICK=1` only to see that everything runs; with `BENCH_POSTGRES_URL` (a server that waits
//! for the disk) on PostgreSQL too.

#[allow(dead_code)] // the other benches use the rest
mod support;

use std::time::{Duration, Instant};

use support::client::paced;
use support::corpus::{Corpus, visitors_searches};
use support::postgres::Database;
use support::program::{Register, folder};
use support::table::{Figure, Table, milliseconds, seconds};
use support::{Outcome, Sizes};

/// What comparing everything may take.
const MOST: Duration = Duration::from_secs(600);
/// The memory that the program may take meanwhile, MB.
const MOST_MEMORY: f64 = 300.0;

fn main() -> Outcome {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure())
}

async fn measure() -> Outcome {
    let (sizes, corpus, mut table) = (Sizes::chosen(), Corpus::read()?, Table::default());
    let sqlite = folder()?;
    let register = Register { folder: sqlite.path().to_owned(), database: None };
    on(&register, &sizes, &corpus, "SQLite", &mut table).await?;
    if let Some(database) = Database::make().await? {
        let postgres = folder()?;
        let register = Register { folder: postgres.path().to_owned(), database: Some(database.url()) };
        on(&register, &sizes, &corpus, "PostgreSQL", &mut table).await?;
        database.remove().await?;
    } else {
        println!("PostgreSQL is not measured: BENCH_POSTGRES_URL is not set");
    }
    table.finish()
}

/// Measures on one engine.
async fn on(register: &Register, sizes: &Sizes, corpus: &Corpus, engine: &str, table: &mut Table) -> Outcome {
    println!("register on {engine}, {} collections", sizes.collections);
    register.fill(corpus, sizes.collections).await?;
    let serving = register.serve().await?;
    let searches = visitors_searches("/insamlingar?");
    let alone = paced(serving.address, &searches, 50.0, sizes.load * 2).await?;
    // nothing is compared before there is somebody who could answer
    let mailbox = ["invite", "statistik@myndigheten.example", "--organisation", &corpus.agencies[0], "--role", "agency"];
    register.run(&mailbox)?;
    let begun = Instant::now();
    let meanwhile = paced(serving.address, &searches, 50.0, sizes.load * 2).await?;
    register.compared(MOST * 2).await?;
    let took = begun.elapsed();
    table.add(Figure {
        name: format!("comparing all with all, {engine}"),
        measured: seconds(took),
        comparison: format!("{:.0} collections/s", sizes.collections as f64 / took.as_secs_f64()),
        ratio: None,
        asked: "< 600 s",
        met: Some(took < MOST),
    });
    let most = serving.most_resident()?;
    table.add(Figure {
        name: format!("most resident memory meanwhile, {engine}"),
        measured: format!("{most:.0} MB"),
        comparison: format!("{:.0} MB afterwards", serving.resident()?),
        ratio: None,
        asked: "< 300 MB",
        met: Some(most < MOST_MEMORY),
    });
    table.add(Figure {
        name: format!("visitors' searches meanwhile, 50/s, {engine}, p99"),
        measured: milliseconds(meanwhile.percentile(0.99)),
        comparison: format!("before {}", milliseconds(alone.percentile(0.99))),
        ratio: Some(meanwhile.percentile(0.99).as_secs_f64() / alone.percentile(0.99).as_secs_f64()),
        asked: "",
        met: None,
    });
    serving.stop()
}
