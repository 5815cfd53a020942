//! What befalls a program: it is cut off in the middle of its work, its index is damaged, it is asked to stop.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use crate::Work;
use crate::house::House;
use crate::program::{Program, command};

/// How often the program is cut off.
const CUTS: u64 = 6;
/// Collections in each import.
const IN_EACH_FILE: usize = 150;

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    vec![
        ("power_cuts_lose_nothing_that_was_written".to_owned(), Box::new(power_cuts)),
        ("damaged_index_is_built_anew".to_owned(), Box::new(damaged_index)),
        ("program_stops_in_order_and_starts_again".to_owned(), Box::new(stops_in_order)),
    ]
}

/// What a program that has just become ready must show: everything that the database holds.
fn shows_everything(house: &House, program: &Program) -> Result<(), String> {
    let (found, held) = (program.total("")?, house.count()?);
    if found != held {
        return Err(format!("the search holds {found} of {held} collections"));
    }
    let (status, _) = program.get("/insamlingar")?;
    if status == 200 { Ok(()) } else { Err(format!("the list answers {status}")) }
}

/// A file of new collections.
fn file_of(house: &House, cut: u64) -> PathBuf {
    let path = house.folder().join(format!("nya-{cut}.jsonl"));
    let rows = (0..IN_EACH_FILE).map(|row| {
        format!(
            "{{\"egen referens\":\"C{cut}-{row}\",\"titel\":\"Enkät {cut} om ämne {row}\",\"slag\":\"enkät\",\
             \"uppgifter\":[{{\"uppgift\":\"Antal\"}},{{\"uppgift\":\"Kostnad\"}}]}}\n"
        )
    });
    fs::write(&path, rows.collect::<String>()).expect("a file");
    path
}

fn power_cuts() -> Result<(), String> {
    let house = House::demonstration();
    let mut program = house.start()?;
    let at_first = house.count()?;
    shows_everything(&house, &program)?;
    // moments spread over an import and the indexing after it; the same in every run
    let mut moment = 17;
    for cut in 0..CUTS {
        let file = file_of(&house, cut);
        let mut import = command(&[])
            .args(["import", "collections", &file.to_string_lossy(), "--agency", "202100-0837"])
            .envs(house.settings())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        moment = (moment * 7_919 + 104_729) % 1_500;
        std::thread::sleep(Duration::from_millis(moment));
        program.kill();
        // every other time the import is cut off as well
        let import_done = if cut % 2 == 0 { import.wait() } else { import.kill().and_then(|()| import.wait()) };
        let import_done = import_done.map_err(|error| error.to_string())?.success();
        program = house.start()?;
        shows_everything(&house, &program).map_err(|error| format!("after cut {cut} at {moment} ms: {error}"))?;
        let of_this_file = program.total(&format!("q=%22enk%C3%A4t+{cut}+om%22"))?;
        let whole = i64::try_from(IN_EACH_FILE).unwrap_or(i64::MAX);
        if of_this_file != whole && (import_done || of_this_file != 0) {
            return Err(format!("after cut {cut} {of_this_file} of {whole} imported collections are there (import done: {import_done})"));
        }
    }
    if house.count()? > at_first { Ok(()) } else { Err("no import came through".to_owned()) }
}

fn damaged_index() -> Result<(), String> {
    let house = House::demonstration();
    house.start()?.stop().map_err(|error| error.to_string())?;
    let index = house.data().join("index");
    for damage in ["overwritten", "truncated", "missing meta", "empty folder", "missing folder"] {
        let mut files: Vec<PathBuf> = fs::read_dir(&index)
            .map_err(|error| format!("{}: {error}", index.display()))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        if files.is_empty() {
            return Err(format!("no index in {}", index.display()));
        }
        let spoil = || -> std::io::Result<()> {
            match damage {
                "overwritten" => files.iter().try_for_each(|file| fs::write(file, b"\xff\x00damaged")),
                "truncated" => files.iter().try_for_each(|file| {
                    let length = fs::metadata(file)?.len();
                    fs::File::options().write(true).open(file)?.set_len(length / 2)
                }),
                "missing meta" => fs::remove_file(index.join("meta.json")),
                "empty folder" => fs::remove_dir_all(&index).and_then(|()| fs::create_dir(&index)),
                _ => fs::remove_dir_all(&index),
            }
        };
        spoil().map_err(|error| format!("{damage}: {error}"))?;
        let mut program = house.start().map_err(|error| format!("{damage}: {error}"))?;
        shows_everything(&house, &program).map_err(|error| format!("{damage}: {error}"))?;
        program.stop().map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn stops_in_order() -> Result<(), String> {
    let house = House::demonstration();
    let mut program = house.start()?;
    let status = program.stop().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("the program ended with {status}:\n{}", program.log_text()));
    }
    let program = house.start()?;
    shows_everything(&house, &program)
}
