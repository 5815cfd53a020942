//! The command line as an operator uses it: what it prints, how it ends, what it leaves behind.

use std::fs;
use std::path::Path;
use std::process::Output;

use insamlingsregister::db::engine::Address;

use crate::Work;
use crate::house::House;
use crate::program::{Program, command, run};

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    type Plain = fn() -> Result<(), String>;
    let trials: [(&str, Plain); 8] = [
        ("settings_are_checked", settings_are_checked),
        ("import_says_what_it_did_and_what_is_wrong", import_says_what_it_did),
        ("demonstration_is_kept_until_it_starts_over", demonstration_is_kept),
        ("real_register_holds_reference_data_only", real_register_is_empty),
        ("real_register_is_never_made_a_demonstration", real_register_stays_real),
        ("second_program_on_the_same_folder_is_refused", second_program_is_refused),
        ("log_does_not_hold_what_people_search_for", log_is_discreet),
        ("similar_answers_from_a_file_and_from_the_register", similar_answers),
    ];
    trials.map(|(name, work)| (name.to_owned(), Box::new(work) as Work)).into()
}

/// Standard output and standard error.
fn words(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn expect(is_so: bool, what: &str, output: &Output) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("{what}: {} {:?}", output.status, words(output))) }
}

/// A failure ends with one line that says what to do, and not with a trace of the program.
fn is_refused_in_a_line(output: &Output, part: &str) -> Result<(), String> {
    let (_, errors) = words(output);
    let lines = errors.lines().filter(|line| !line.starts_with('{')).count();
    expect(!output.status.success() && lines <= 2 && errors.contains(part) && !errors.contains("panicked"), part, output)
}

fn settings_are_checked() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let data = folder.path().to_string_lossy().into_owned();
    let good = run(&["check-config"], &[("INSAMLING_DATA_DIR", &data), ("INSAMLING_DATABASE_URL", "postgres://u:hemligt@127.0.0.1/d")]);
    let (shown, errors) = words(&good);
    expect(good.status.success() && shown.contains("INSAMLING_LISTEN=127.0.0.1:8080") && shown.contains(&data), "check-config", &good)?;
    expect(!shown.contains("hemligt") && !errors.contains("hemligt"), "secrets are hidden", &good)?;
    for (key, value, part) in [
        ("INSAMLING_LISEN", "127.0.0.1:1", "Menade du INSAMLING_LISTEN?"),
        ("INSAMLING_LISTEN", "överallt", "INSAMLING_LISTEN"),
        ("INSAMLING_DATABASE_URL", "mysql://x", "postgres://"),
        ("INSAMLING_CONFIG", "/finns/inte.conf", "/finns/inte.conf"),
        ("INSAMLING_SMTP_URL", "smtp://u:lösen@epost.example", "INSAMLING_MAIL_FROM"),
        ("INSAMLING_MAIL_FROM", "registret", "INSAMLING_MAIL_FROM"),
    ] {
        for arguments in [["check-config"].as_slice(), &["serve"]] {
            is_refused_in_a_line(&run(arguments, &[("INSAMLING_DATA_DIR", &data), (key, value)]), part)?;
        }
    }
    let unknown = command(&[]).arg("gissa").output().map_err(|error| error.to_string())?;
    expect(!unknown.status.success(), "an unknown command", &unknown)
}

fn write(path: &Path, text: &str) -> Result<String, String> {
    fs::write(path, text).map_err(|error| error.to_string())?;
    Ok(path.to_string_lossy().into_owned())
}

fn import_says_what_it_did() -> Result<(), String> {
    let house = House::real();
    let good = write(
        &house.folder().join("bra.csv"),
        "egen referens;titel;slag;uppgift\nA-1;Enkät om bibliotek;enkät;Antal lån\nA-1;;;Antal besök\nA-2;Enkät om simhallar;enkät;\n",
    )?;
    let import = |file: &str, rest: &[&str]| house.run(&[&["import", "collections", file, "--agency", "202100-0837"], rest].concat());
    let tried = import(&good, &["--dry-run"])?;
    expect(tried.status.success() && words(&tried).0.contains("2 nya") && house.count()? == 0, "a dry run", &tried)?;
    let done = import(&good, &[])?;
    expect(done.status.success() && words(&done).0.contains("2 nya") && house.count()? == 2, "an import", &done)?;
    let again = import(&good, &[])?;
    expect(again.status.success() && words(&again).0.contains("2 oförändrade") && house.count()? == 2, "the same again", &again)?;
    let bad = write(&house.folder().join("fel.csv"), "egen referens;titel;slag\nB-1;;enkät\nB-2;Titel;gissning\n")?;
    let refused = import(&bad, &[])?;
    let rows: Vec<Vec<String>> = words(&refused).0.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    let told = |row: &str, column: &str| rows.iter().any(|cells| cells.len() == 3 && cells[0] == row && cells[1] == column);
    expect(
        !refused.status.success() && told("2", "titel") && told("3", "slag") && house.count()? == 2,
        "faults by row and column",
        &refused,
    )?;
    let missing = import("finns-inte.xlsx", &[])?;
    is_refused_in_a_line(&missing, "finns-inte.xlsx")?;
    let unknown = house.run(&["import", "collections", &good, "--agency", "000000-0000"])?;
    is_refused_in_a_line(&unknown, "000000-0000")?;
    let huge = house.folder().join("stor.xlsx");
    fs::File::create(&huge).and_then(|file| file.set_len(200 * 1024 * 1024)).map_err(|error| error.to_string())?;
    is_refused_in_a_line(&import(&huge.to_string_lossy(), &[])?, "MB")?;
    // a new index holds what was imported before there was one
    let rebuilt = house.run(&["reindex"])?;
    expect(rebuilt.status.success() && words(&rebuilt).0.contains('2'), "reindex", &rebuilt)?;
    let migrated = house.run(&["migrate"])?;
    expect(migrated.status.success(), "migrate", &migrated)?;
    let program = house.start()?;
    let total = program.total("q=simhallar")?;
    if total == 1 { Ok(()) } else { Err(format!("{total} found of what was imported")) }
}

fn similar_answers() -> Result<(), String> {
    let house = House::real();
    let base = write(
        &house.folder().join("bas.jsonl"),
        "{\"id\":\"B1\",\"title\":\"Skolmåltider\",\"items\":[{\"id\":\"B1.1\",\"text\":\"Kostnad per portion\"}]}\n{\"id\":\"B2\",\"title\":\"Vattenverk\",\"items\":[]}\n",
    )?;
    let planned = write(
        &house.folder().join("planerade.jsonl"),
        "{\"id\":\"Q1\",\"title\":\"Skolmåltider\",\"items\":[{\"id\":\"Q1.1\",\"text\":\"Portionskostnad\"}]}\n\n{\"id\":\"Q2\"}\n",
    )?;
    let answers = |output: &Output| -> Vec<serde_json::Value> {
        words(output).0.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    // no database is there, and none is needed
    let of_file = house.run(&["similar", &planned, "--against", &base, "--top", "1"])?;
    let found = answers(&of_file);
    let first = found.first().ok_or_else(|| format!("no answer: {:?}", words(&of_file)))?;
    let match_ = &first["matches"][0];
    let right = found.len() == 2
        && first["id"] == "Q1"
        && first["matches"].as_array().map(Vec::len) == Some(1)
        && match_["collection"] == "B1"
        && match_["score"].is_f64()
        && match_["flagged"].is_boolean()
        && match_["items"][0]["item"] == "Q1.1"
        && match_["items"][0]["matches"][0]["item"] == "B1.1"
        && found[1]["matches"].as_array().map(Vec::len) == Some(1);
    expect(of_file.status.success() && right, "against a file", &of_file)?;
    // a file may be missing; on PostgreSQL there is always a database
    if matches!(house.address(), Address::File(_)) {
        is_refused_in_a_line(&house.run(&["similar", &planned])?, "ingen databas")?;
        is_refused_in_a_line(&house.run(&["overlap-scores", "--own"])?, "ingen databas")?;
    }
    let file = write(&house.folder().join("i.csv"), "egen referens;titel;slag;uppgift\nA-1;Skolmåltider;enkät;Kostnad per portion\n")?;
    let imported = house.run(&["import", "collections", &file, "--agency", "202100-0837"])?;
    expect(imported.status.success(), "an import", &imported)?;
    let of_register = house.run(&["similar", &planned])?;
    let found = answers(&of_register);
    let number = found.first().and_then(|first| first["matches"][0]["collection"].as_str()).unwrap_or_default().to_owned();
    expect(of_register.status.success() && number.len() >= 9, "against the register", &of_register)?;
    is_refused_in_a_line(&house.run(&["overlap-scores", "--own", "--fit"])?, "Registret har 0 bedömningar")?;
    let wrong = write(&house.folder().join("fel.jsonl"), "{\"id\":\"Q1\"}\n{\"id\":\n")?;
    is_refused_in_a_line(&house.run(&["similar", &wrong, "--against", &base])?, "Rad 2")?;
    is_refused_in_a_line(&house.run(&["similar", "finns-inte.jsonl", "--against", &base])?, "finns-inte.jsonl")
}

fn demonstration_is_kept() -> Result<(), String> {
    let house = House::demonstration();
    let mut program = house.start()?;
    let at_first = house.count()?;
    let file =
        write(&house.folder().join("ny.jsonl"), "{\"egen referens\":\"N-1\",\"titel\":\"Enkät om grävlingar\",\"slag\":\"enkät\"}\n")?;
    let done = house.run(&["import", "collections", &file, "--agency", "202100-0837"])?;
    expect(done.status.success(), "an import beside the program", &done)?;
    program.stop().map_err(|error| error.to_string())?;
    program = house.start()?;
    if (house.count()?, program.total("q=gr%C3%A4vlingar")?) != (at_first + 1, 1) {
        return Err("a second start did not keep what was done".to_owned());
    }
    program.stop().map_err(|error| error.to_string())?;
    let program = house.start_over()?;
    if (house.count()?, program.total("q=gr%C3%A4vlingar")?) == (at_first, 0) {
        Ok(())
    } else {
        Err("--fresh did not start over".to_owned())
    }
}

fn real_register_is_empty() -> Result<(), String> {
    let house = House::real();
    let program = house.start()?;
    let (status, page) = program.get("/")?;
    let (_, municipalities) = program.get("/api/v1/municipalities?limit=1")?;
    let is_right = status == 200 && program.total("")? == 0 && municipalities.contains("\"total\":290");
    let says_demonstration = page.to_lowercase().contains("demonstrationsdata");
    if is_right && !says_demonstration { Ok(()) } else { Err(format!("{status} {municipalities} {page}")) }
}

fn real_register_stays_real() -> Result<(), String> {
    let house = House::real();
    let file = write(&house.folder().join("ny.jsonl"), "{\"egen referens\":\"N-1\",\"titel\":\"Enkät\",\"slag\":\"enkät\"}\n")?;
    let done = house.run(&["import", "collections", &file, "--agency", "202100-0837"])?;
    expect(done.status.success(), "an import", &done)?;
    // the same database by its address, or by its file put where a demonstration looks
    let demo = house.folder().join("demo");
    fs::create_dir_all(&demo).map_err(|error| error.to_string())?;
    if house.folder().join("register.db").is_file() {
        fs::copy(house.folder().join("register.db"), demo.join("register.db")).map_err(|error| error.to_string())?;
    }
    let data = house.folder().to_string_lossy().into_owned();
    for arguments in [["demo"].as_slice(), &["demo", "--fresh"]] {
        let refused = command(&[])
            .args(arguments)
            .envs(house.settings())
            .envs([("INSAMLING_DATA_DIR", data.as_str()), ("INSAMLING_LISTEN", "127.0.0.1:0")])
            .output()
            .map_err(|error| error.to_string())?;
        expect(!refused.status.success() && words(&refused).1.contains("demonstration"), "a demonstration of a real register", &refused)?;
    }
    let count = house.count()?;
    if count == 1 { Ok(()) } else { Err(format!("{count} collections are left")) }
}

fn second_program_is_refused() -> Result<(), String> {
    let house = House::demonstration();
    let program = house.start()?;
    let mut second = Program::launch("demo", house.folder(), &[("INSAMLING_DATABASE_URL", house.url())]);
    match second.wait_until_ready() {
        Err(message) if message.contains("ended with") && !message.contains("panicked") => {}
        other => return Err(format!("two programs write one index: {other:?}")),
    }
    let (status, _) = program.get("/halsa/redo")?;
    if status == 200 { Ok(()) } else { Err(format!("the first is no longer ready: {status}")) }
}

fn log_is_discreet() -> Result<(), String> {
    let house = House::demonstration();
    let program = house.start_with(&[("INSAMLING_LOG", "trace,sqlx=debug,hyper=info,tantivy=debug")])?;
    program.get("/insamlingar?q=hemligts%C3%B6kord")?;
    program.get("/api/v1/collections?q=hemligts%C3%B6kord")?;
    let log = program.log_text();
    let is_kept = log.to_lowercase().contains("hemligts");
    if log.contains("request") && !is_kept { Ok(()) } else { Err(format!("the log holds what was searched for, or nothing: {log}")) }
}
