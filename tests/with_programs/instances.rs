//! Two instances on one PostgreSQL database, each with an index of its own.

use std::time::{Duration, Instant};

use insamlingsregister::db::engine::Address;

use crate::Work;
use crate::database::FreshDatabase;
use crate::demonstration::wait_for;
use crate::program::{Program, run};

/// How soon an instance finds what was written elsewhere.
const SOON: Duration = Duration::from_secs(2);
/// How long a machine that is busy with other things may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The examples of consultation in a demonstration.
const CASES: i64 = 5;

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    vec![("both_instances_find_what_was_imported".to_owned(), Box::new(both_find_an_import))]
}

fn both_find_an_import() -> Result<(), String> {
    let database = wait_for(FreshDatabase::new(None));
    let Address::Postgres(url) = &database.address else { return Err("not PostgreSQL".to_owned()) };
    let settings = [("INSAMLING_DATABASE_URL", url.as_str())];
    let folders = [tempfile::tempdir(), tempfile::tempdir()].map(|folder| folder.expect("a folder"));
    // started at the same moment on an empty database
    let mut programs = folders.each_ref().map(|folder| Program::launch("demo", folder.path(), &settings));
    for program in &mut programs {
        program.wait_until_ready()?;
    }
    for program in &programs {
        let cases = program.total_of("consultations", "")?;
        if cases != CASES {
            return Err(format!("{cases} cases instead of {CASES}: the instances have written the examples beside each other"));
        }
    }
    let file = database.folder.path().join("nya.jsonl");
    let mut took = Vec::new();
    for number in 0..5 {
        let word = format!("grävlingsinventering{number}");
        let row = format!("{{\"egen referens\":\"T-{number}\",\"titel\":\"Enkät om {word}\",\"slag\":\"enkät\"}}\n");
        std::fs::write(&file, row).map_err(|error| error.to_string())?;
        let output = run(&["import", "collections", &file.to_string_lossy(), "--agency", "202100-0837"], &settings);
        if !output.status.success() {
            return Err(format!("the import failed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let start = Instant::now();
        for program in &programs {
            while program.total(&format!("q=gr%C3%A4vlingsinventering{number}"))? != 1 {
                if start.elapsed() > PATIENCE {
                    return Err(format!("not found in {} s by {}:\n{}", PATIENCE.as_secs(), program.base, program.log_text()));
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        took.push(start.elapsed());
    }
    // a busy machine may delay some of them, but not every one if the instances look as often as they should
    if took.iter().min().is_none_or(|fastest| *fastest > SOON) {
        return Err(format!("no import was found within {} s: {took:?}", SOON.as_secs()));
    }
    let totals = [programs[0].total("")?, programs[1].total("")?];
    if totals[0] == totals[1] { Ok(()) } else { Err(format!("the instances count differently: {totals:?}")) }
}
