//! Backup, restoring and export: a register is destroyed and comes back, and what was exported is read by another program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use insamlingsregister::db::Db;
use insamlingsregister::db::engine::Address;
use serde_json::Value;

use crate::Work;
use crate::demonstration::wait_for;
use crate::house::House;
use crate::program::{Program, command};
use crate::programs::mail_python;

/// How many collections are there before the backup, and how many are written during it.
const MANY: usize = 120;

/// Reads every table back from csv and jsonl, and compares them.
const READ_BACK: &str = r#"
import csv, json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
counts = {}
def plain(value):
    if value is None: return ""
    if isinstance(value, bool): return "ja" if value else "nej"
    if isinstance(value, list): return "; ".join(plain(part) for part in value)
    return str(value)
for file in sorted(folder.glob("*.jsonl")):
    rows = [json.loads(line) for line in file.open(encoding="utf-8")]
    with file.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as text:
        cells = list(csv.DictReader(text, delimiter=";"))
    assert len(rows) == len(cells), file
    for row, cell in zip(rows, cells):
        assert set(row) == set(cell), file
        for name, value in row.items():
            assert cell[name].removeprefix("'") == plain(value).removeprefix("'"), (file, name, value, cell[name])
    counts[file.stem] = len(rows)
print(json.dumps({"counts": counts, "read me": (folder / "läs mig.txt").read_text(encoding="utf-8")}))
"#;

/// The trials that need nothing.
pub fn trials() -> Vec<(String, Work)> {
    vec![
        ("destroyed_register_comes_back_from_its_backup".to_owned(), Box::new(comes_back)),
        ("what_is_no_backup_is_not_restored".to_owned(), Box::new(others_are_refused)),
    ]
}

/// The trials that need Python.
pub fn trials_with_python() -> Vec<(String, Work)> {
    vec![("export_is_read_by_another_program".to_owned(), Box::new(export_is_read))]
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeeds(output: Output) -> Result<(), String> {
    if output.status.success() { Ok(()) } else { Err(format!("{}: {}", output.status, words(&output))) }
}

fn is_refused(output: &Output, part: &str) -> Result<(), String> {
    let said = words(output);
    if !output.status.success() && said.contains(part) && !said.contains("panicked") { Ok(()) } else { Err(format!("{part}: {said}")) }
}

/// A file of collections to import.
fn file_of(folder: &Path, name: &str) -> String {
    let path = folder.join(format!("{name}.jsonl"));
    let rows = (0..MANY).map(|row| {
        format!(
            "{{\"egen referens\":\"{name}-{row}\",\"titel\":\"Enkät {name} om ämne {row} å ä ö\",\"slag\":\"enkät\",\
             \"uppgifter\":[{{\"uppgift\":\"Antal\"}},{{\"uppgift\":\"=Kostnad; \\\"brutto\\\"\"}}]}}\n"
        )
    });
    fs::write(&path, rows.collect::<String>()).expect("a file");
    path.to_string_lossy().into_owned()
}

fn import_of(house: &House, file: &str) -> Command {
    let mut import = command(&[]);
    import
        .args(["import", "collections", file, "--agency", "202100-0837"])
        .envs(house.settings())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    import
}

/// Every collection that the open data hold, as its own address gives it; without the register's address, which differs.
fn everything(program: &Program) -> Result<Vec<Value>, String> {
    let json = |path: &str| -> Result<Value, String> {
        let (status, body) = program.get(path)?;
        serde_json::from_str(&body.replace(&program.base, "")).map_err(|error| format!("{path}: {status}: {error}"))
    };
    let list = json("/api/v1/collections?limit=500")?;
    let mut numbers: Vec<String> =
        list["items"].as_array().into_iter().flatten().filter_map(|item| item["number"].as_str().map(str::to_owned)).collect();
    numbers.sort();
    numbers.iter().map(|number| json(&format!("/api/v1/collections/{number}"))).collect()
}

fn rows(house: &House, text: &'static str) -> Result<i64, String> {
    wait_for(async {
        let db = Db::open(&Address::File(house.data().join("register.db"))).await?;
        let Db::Sqlite { read, .. } = &db else { return Ok(-1) };
        let count = sqlx::query_scalar(text).fetch_one(read).await;
        db.close().await;
        count
    })
    .map_err(|error: sqlx::Error| error.to_string())
}

fn comes_back() -> Result<(), String> {
    let house = House::real();
    let place = tempfile::tempdir().map_err(|error| error.to_string())?;
    let backup = place.path().join("kopia.db");
    let name = backup.to_string_lossy().into_owned();
    if !house.url().is_empty() {
        succeeds(house.run(&["migrate"])?)?;
        is_refused(&house.run(&["backup", &name])?, "pg_dump")?;
        return is_refused(&house.run(&["restore", &name])?, "pg_restore");
    }
    is_refused(&house.run(&["backup", &name])?, "ingen databas")?;
    let mut program = house.start()?;
    let first = file_of(place.path(), "A");
    import_of(&house, &first).status().map_err(|error| error.to_string())?;
    succeeds(house.run(&["invite", "statistik@scb.example", "--organisation", "202100-0837", "--role", "agency"])?)?;
    program.stop().map_err(|error| error.to_string())?;
    program = house.start()?;
    let before = everything(&program)?;
    // the backup is taken while others write
    let mut import = import_of(&house, &file_of(place.path(), "B")).spawn().map_err(|error| error.to_string())?;
    succeeds(house.run(&["backup", &name])?)?;
    let mode = fs::metadata(&backup).map_err(|error| error.to_string())?.permissions().mode() & 0o777;
    is_refused(&house.run(&["backup", &name])?, "finns redan")?;
    import.wait().map_err(|error| error.to_string())?;
    is_refused(&house.run(&["restore", &name])?, "Det finns redan en databas")?;
    program.kill();
    for entry in fs::read_dir(house.data()).map_err(|error| error.to_string())?.flatten() {
        let gone = if entry.path().is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
        gone.map_err(|error| error.to_string())?;
    }
    succeeds(house.run(&["restore", &name])?)?;
    let kept = (
        rows(&house, "SELECT COUNT(*) FROM person")?,
        rows(&house, "SELECT COUNT(*) FROM sign_in_link")?,
        rows(&house, "SELECT COUNT(*) FROM session")?,
        rows(&house, "SELECT COUNT(*) FROM event WHERE action = 'register.restored'")?,
    );
    let program = house.start()?;
    let after = everything(&program)?;
    let found = program.total("")?;
    if mode != 0o600 || kept != (1, 0, 0, 1) {
        return Err(format!("mode {mode:o}, people, links, sessions and events: {kept:?}"));
    }
    if before.len() != MANY || after.get(..MANY) != Some(before.as_slice()) {
        return Err(format!("{} collections before, {} after, and not the same", before.len(), after.len()));
    }
    // what was being written is there as a whole or not at all, and the new index holds what the database holds
    let is_whole = after.len() == MANY || after.len() == 2 * MANY;
    if is_whole && found == house.count()? { Ok(()) } else { Err(format!("{} collections, {found} found", after.len())) }
}

fn others_are_refused() -> Result<(), String> {
    let house = House::real();
    if !house.url().is_empty() {
        return is_refused(&house.run(&["restore", "finns-inte.db"])?, "pg_restore");
    }
    let place = tempfile::tempdir().map_err(|error| error.to_string())?;
    let name = |file: &str| place.path().join(file).to_string_lossy().into_owned();
    succeeds(house.run(&["migrate"])?)?;
    succeeds(house.run(&["backup", &name("bra.db")])?)?;
    for ending in ["", "-wal", "-shm"] {
        let _there_or_not = fs::remove_file(house.data().join(format!("register.db{ending}")));
    }
    // the log of the database that was lost would be folded into the restored one
    for ending in ["-wal", "-shm", "-journal"] {
        let left = house.data().join(format!("register.db{ending}"));
        fs::write(&left, b"kvar").map_err(|error| error.to_string())?;
        is_refused(&house.run(&["restore", &name("bra.db")])?, &format!("register.db{ending} hör till"))?;
        fs::remove_file(&left).map_err(|error| error.to_string())?;
    }
    let good = fs::read(name("bra.db")).map_err(|error| error.to_string())?;
    let mut damaged = good.clone();
    damaged.truncate(good.len() / 2);
    let mut scratched = good.clone();
    scratched.iter_mut().skip(4096).step_by(7).for_each(|byte| *byte ^= 0x5a);
    let foreign = wait_for(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(name("annan.db")).create_if_missing(true);
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await?;
        sqlx::query("CREATE TABLE vers (rad TEXT)").execute(&mut connection).await?;
        sqlx::Connection::close(connection).await
    });
    foreign.map_err(|error| error.to_string())?;
    let newer = wait_for(async {
        fs::write(name("nyare.db"), &good).map_err(sqlx::Error::Io)?;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(name("nyare.db"));
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await?;
        let text = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'senare', TRUE, X'00', 0)";
        sqlx::query(text).execute(&mut connection).await?;
        sqlx::Connection::close(connection).await
    });
    newer.map_err(|error| error.to_string())?;
    for (file, bytes) in [("text.db", b"ingen databas".as_slice()), ("tom.db", b""), ("halv.db", &damaged), ("repad.db", &scratched)] {
        fs::write(name(file), bytes).map_err(|error| error.to_string())?;
    }
    for (file, part) in [
        ("finns-inte.db", "kan inte läsas"),
        ("text.db", "ingen säkerhetskopia"),
        ("tom.db", "ingen säkerhetskopia"),
        ("halv.db", "skadad"),
        ("repad.db", "skadad"),
        ("annan.db", "inte av ett register"),
        ("nyare.db", "annan version"),
    ] {
        is_refused(&house.run(&["restore", &name(file)])?, part).map_err(|error| format!("{file}: {error}"))?;
        let left: Vec<String> = fs::read_dir(house.data())
            .map_err(|error| error.to_string())?
            .filter_map(|entry| entry.ok().map(|entry| entry.file_name().to_string_lossy().into_owned()))
            .filter(|left| left.contains("register.db"))
            .collect();
        if !left.is_empty() {
            return Err(format!("{file} left {left:?} behind"));
        }
    }
    succeeds(house.run(&["restore", &name("bra.db")])?)
}

fn export_is_read() -> Result<(), String> {
    let house = House::real();
    let place = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = place.path().join("öppna data");
    let name = folder.to_string_lossy().into_owned();
    import_of(&house, &file_of(place.path(), "A")).status().map_err(|error| error.to_string())?;
    fs::create_dir(&folder).map_err(|error| error.to_string())?;
    succeeds(house.run(&["export", &name])?)?;
    is_refused(&house.run(&["export", &name])?, "inte tom")?;
    let read = Command::new(mail_python()).args(["-c", READ_BACK, &name]).output().map_err(|error| error.to_string())?;
    let said = words(&read);
    succeeds(read)?;
    let read: Value = serde_json::from_str(&said).map_err(|error| format!("{error}: {said}"))?;
    let count = |table: &str| read["counts"][table].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
    let is_right = count("insamlingar") == MANY && count("uppgifter") == 2 * MANY && count("kommuner") == 290 && count("regioner") >= 20;
    let explains = read["read me"].as_str().is_some_and(|text| text.contains("CC0") && text.contains("deadlineCountsAs"));
    if is_right && count("organisationer") > 290 && explains { Ok(()) } else { Err(said) }
}
