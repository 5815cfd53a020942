//! The register at fifteen times the nation: how fast it answers, starts, reads a file and rebuilds its index, each figure beside what
//! Datasette, SQLite's own full-text index or a bare page do on the same machine in the same run.
//!
//! `cargo bench --bench serving`; with `BENCH_QUICK=1` only to see that everything runs; with `BENCH_POSTGRES_URL` (a server that waits for
//! the disk) on PostgreSQL too. Linux only: memory is read from `/proc`.

#[allow(dead_code)] // the other benches use the rest
mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use insamlingsregister::clock;
use support::client::{Connection, Load, closed, paced};
use support::corpus::{Corpus, plain_searches, visitors_searches};
use support::peers::{DATASETTE_TABLE, Peer, bare_page, datasette, serve_bare_page_if_asked};
use support::postgres::Database;
use support::program::{Register, Server, folder};
use support::table::{Figure, Table, milliseconds, seconds};
use support::{Outcome, Sizes};

fn main() -> Outcome {
    serve_bare_page_if_asked()?;
    // the client keeps to one thread, so that the server has at least one processor to itself
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure())
}

async fn measure() -> Outcome {
    datasette()?;
    let mut bench = Bench { sizes: Sizes::chosen(), corpus: Corpus::read()?, table: Table::default() };
    let sqlite = folder()?;
    let register = Register { folder: sqlite.path().to_owned(), database: None };
    println!("register on SQLite (synchronous = FULL), {} collections", bench.sizes.collections);
    register.fill(&bench.corpus, bench.sizes.collections).await?;
    let peer = Peer::copy(&register, sqlite.path()).await?;
    bench.all(&register, &peer, "SQLite").await?;
    if let Some(database) = Database::make().await? {
        let postgres = folder()?;
        let register = Register { folder: postgres.path().to_owned(), database: Some(database.url()) };
        println!("register on PostgreSQL (fsync on), {} collections", bench.sizes.collections);
        register.fill(&bench.corpus, bench.sizes.collections).await?;
        bench.all(&register, &peer, "PostgreSQL").await?;
        database.remove().await?;
    } else {
        println!("PostgreSQL is not measured: BENCH_POSTGRES_URL is not set");
    }
    println!();
    bench.table.finish()
}

struct Bench {
    sizes: Sizes,
    corpus: Corpus,
    table: Table,
}

impl Bench {
    async fn all(&mut self, register: &Register, peer: &Peer, engine: &str) -> Outcome {
        self.reindexing(register, peer, engine)?;
        self.starting(register, engine).await?;
        let serving = register.serve().await?;
        let datasette = peer.serve().await?;
        self.lists(&serving, &datasette, engine).await?;
        self.pages(register, &serving, engine).await?;
        self.importing(register, &serving, engine).await?;
        self.memory(&serving, &datasette, engine)?;
        serving.stop()
    }

    fn reindexing(&mut self, register: &Register, peer: &Peer, engine: &str) -> Outcome {
        let took = register.run(&["reindex"])?;
        self.table.add(Figure {
            name: format!("full reindex, {engine}"),
            measured: seconds(took),
            comparison: format!("FTS5 rebuild {}", seconds(peer.indexed_in)),
            ratio: Some(took.as_secs_f64() / peer.indexed_in.as_secs_f64()),
            asked: "< 20 s",
            met: Some(took < Duration::from_secs(20)),
        });
        Ok(())
    }

    async fn starting(&mut self, register: &Register, engine: &str) -> Outcome {
        let mut times = Vec::new();
        for _ in 0..self.sizes.starts {
            let serving = register.serve().await?;
            times.push(serving.ready_after);
            serving.stop()?;
        }
        times.sort_unstable();
        let middle = times[times.len() / 2];
        self.table.add(Figure {
            name: format!("start to ready, warm index, {engine}"),
            measured: seconds(middle),
            comparison: format!("{}–{} in {} starts", seconds(times[0]), seconds(times[times.len() - 1]), times.len()),
            ratio: None,
            asked: "< 1 s",
            met: Some(middle < Duration::from_secs(1)),
        });
        Ok(())
    }

    /// List and search against Datasette, and the search of visitors at a steady pace.
    async fn lists(&mut self, serving: &Server, datasette: &Server, engine: &str) -> Outcome {
        let pages = 1..=10;
        let ours: Vec<String> = pages.clone().map(|page| format!("/insamlingar?sida={page}")).collect();
        let theirs: Vec<String> = pages.map(|page| format!("{DATASETTE_TABLE}&_next={}", page * 20)).collect();
        let (ours, theirs) = self.turns((serving, &ours), (datasette, &theirs)).await?;
        self.compare(&format!("list, {engine}"), (&ours, &theirs), "Datasette", 5.0, "≥ 5 × Datasette");
        let ours = plain_searches("/insamlingar?", "q");
        let theirs = plain_searches(&format!("{DATASETTE_TABLE}&"), "_search");
        let (ours, theirs) = self.turns((serving, &ours), (datasette, &theirs)).await?;
        self.compare(&format!("search, {engine}"), (&ours, &theirs), "Datasette", 5.0, "≥ 5 × Datasette");
        let load = paced(serving.address, &visitors_searches("/insamlingar?"), 50.0, self.sizes.load * 4).await?;
        self.within(&format!("visitors' searches, 50/s, {engine}"), &load, 30, "p99 < 30 ms");
        Ok(())
    }

    /// A collection's page against a bare page of the same size, and at a steady pace.
    async fn pages(&mut self, register: &Register, serving: &Server, engine: &str) -> Outcome {
        let year = &clock::swedish_day(clock::now()).to_string()[..4];
        let step = self.sizes.collections / 100;
        let ours: Vec<String> = (0..100).map(|at| format!("/insamlingar/{year}-{:04}", at * step + 1)).collect();
        let page = Connection::open(serving.address).await?.get(&ours[50]).await?;
        let bare = bare_page(&register.folder, &page).await?;
        let bare_paths = ["/".to_owned()];
        let (load, bare_load) = self.turns((serving, &ours), (&bare, &bare_paths)).await?;
        let name = format!("collection page ({} kB), {engine}", page.len() / 1000);
        self.compare(&name, (&load, &bare_load), "bare page", 0.1, "≥ 0.10 × bare page");
        let load = paced(serving.address, &ours, 200.0, self.sizes.load * 2).await?;
        self.within(&format!("collection page, 200/s, {engine}"), &load, 10, "p99 < 10 ms");
        Ok(())
    }

    fn memory(&mut self, serving: &Server, datasette: &Server, engine: &str) -> Outcome {
        let (ours, theirs) = (serving.resident()?, datasette.resident()?);
        self.table.add(Figure {
            name: format!("resident memory after the loads, {engine}"),
            measured: format!("{ours:.0} MB (at most {:.0})", serving.most_resident()?),
            comparison: format!("Datasette {theirs:.0} MB"),
            ratio: Some(ours / theirs),
            asked: "< 200 MB",
            met: Some(ours < 200.0),
        });
        Ok(())
    }

    /// Imports a file with the program's own command while others read.
    async fn importing(&mut self, register: &Register, serving: &Server, engine: &str) -> Outcome {
        let first = self.sizes.collections;
        let file = register.folder.join("imported.jsonl");
        std::fs::write(&file, self.corpus.file("new", first..first + self.sizes.imported))?;
        let mut command = register.command(&["import", "collections"]);
        command.arg(&file).args(["--agency", &self.corpus.agencies[0]]);
        let imported = AtomicBool::new(false);
        let importing = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            support::program::run(&mut command).map(|()| begun.elapsed())
        });
        let readers = async {
            let mut loads = Vec::new();
            while !imported.load(Ordering::Relaxed) {
                loads.push(paced(serving.address, &visitors_searches("/insamlingar?"), 50.0, Duration::from_millis(500)).await?);
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(Load::merged(loads))
        };
        let import = async {
            let took = importing.await;
            imported.store(true, Ordering::Relaxed);
            took
        };
        let (took, readers) = tokio::join!(import, readers);
        let (took, readers) = (took??, readers?);
        self.table.add(Figure {
            name: format!("import of {} collections, {engine}", self.sizes.imported),
            measured: seconds(took),
            comparison: format!("50 searches/s meanwhile: p99 {}", milliseconds(readers.percentile(0.99))),
            ratio: None,
            asked: "< 5 s while others read",
            met: Some(took < Duration::from_secs(5)),
        });
        Ok(())
    }

    /// The two loads by turns, so that whatever else the machine does meets both.
    async fn turns(&self, ours: (&Server, &[String]), theirs: (&Server, &[String])) -> Outcome<(Load, Load)> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for _ in 0..self.sizes.turns {
            first.push(closed(ours.0.address, ours.1, self.sizes.load).await?);
            second.push(closed(theirs.0.address, theirs.1, self.sizes.load).await?);
        }
        Ok((Load::merged(first), Load::merged(second)))
    }

    fn compare(&mut self, name: &str, (ours, theirs): (&Load, &Load), peer: &str, least: f64, asked: &'static str) {
        let ratio = ours.rate() / theirs.rate();
        self.table.add(Figure {
            name: name.to_owned(),
            measured: format!("{:.0} requests/s", ours.rate()),
            comparison: format!("{peer} {:.0} requests/s", theirs.rate()),
            ratio: Some(ratio),
            asked,
            met: Some(ratio >= least),
        });
    }

    fn within(&mut self, name: &str, load: &Load, most: u64, asked: &'static str) {
        let slow = load.percentile(0.99);
        self.table.add(Figure {
            name: name.to_owned(),
            measured: format!("p99 {}", milliseconds(slow)),
            comparison: format!(
                "p50 {}, p95 {}, n {}",
                milliseconds(load.percentile(0.5)),
                milliseconds(load.percentile(0.95)),
                load.count()
            ),
            ratio: None,
            asked,
            met: Some(slow < Duration::from_millis(most)),
        });
    }
}
