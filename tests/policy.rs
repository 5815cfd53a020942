//! The rules of the house, checked on its own source: who may import whom, where SQL and time live, what templates may hold.
//! Each rule is also tried on a text that breaks it, so that a rule that finds nothing is known to be able to.

#[path = "common/rules.rs"]
mod rules;
#[path = "common/source.rs"]
mod source;

use insamlingsregister::db::engine::MIGRATIONS;
use rules::{CRATES, MODULES, READINGS};
use source::{Kind, Token, files, string_value, tokens};

/// The most lines of a source file.
const MOST_LINES: usize = 400;

/// A path such as `crate::db::rounds`, resolved from the crate's root where it is the project's own, and its line.
struct Named {
    segments: Vec<String>,
    line: usize,
}

fn word(token: Option<&Token>) -> Option<&str> {
    match token.map(|token| &token.kind) {
        Some(Kind::Word(word)) => Some(word),
        _ => None,
    }
}

fn is(tokens: &[Token], at: usize, kind: &Kind) -> bool {
    tokens.get(at).is_some_and(|token| token.kind == *kind)
}

fn is_path_separator(tokens: &[Token], at: usize) -> bool {
    is(tokens, at, &Kind::Sign(':')) && is(tokens, at + 1, &Kind::Sign(':'))
}

fn follows_use(tokens: &[Token], at: usize) -> bool {
    let start = if at >= 2 && is_path_separator(tokens, at - 2) { at - 2 } else { at };
    start > 0 && word(tokens.get(start - 1)) == Some("use")
}

/// How deep in the module tree a file's own code stands: 1 for `src/text.rs`, 2 for `src/db/rounds.rs`.
fn depth_of(path: &str) -> usize {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    inner.split('/').count()
}

/// Every path that a source names, in `use` lines (nested groups too) and in code.
fn named_paths(path: &str, tokens: &[Token]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    let (mut open, mut inline_modules) = (0usize, Vec::new());
    while at < tokens.len() {
        match &tokens[at].kind {
            Kind::Open(_) => open += 1,
            Kind::Close(_) => {
                open -= 1;
                inline_modules.retain(|inner| *inner <= open);
            }
            Kind::Word(name) if name == "mod" && is(tokens, at + 2, &Kind::Open('{')) => inline_modules.push(open + 1),
            // `use ::name` begins with a keyword, not with the path
            Kind::Word(name) if (name != "use" && is_path_separator(tokens, at + 1)) || follows_use(tokens, at) => {
                let before = found.len();
                let module_depth = depth_of(path) + inline_modules.len();
                at = read_tree(tokens, at, &[], &mut found);
                found[before..].iter_mut().for_each(|named| resolve(named, path, module_depth));
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads one path, or a group of them behind a common beginning; answers the place after it.
fn read_tree(tokens: &[Token], mut at: usize, beginning: &[String], found: &mut Vec<Named>) -> usize {
    let mut segments = beginning.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    loop {
        if is(tokens, at, &Kind::Open('{')) {
            at += 1;
            while at < tokens.len() && !is(tokens, at, &Kind::Close('}')) {
                at = if word(tokens.get(at)).is_some() { read_tree(tokens, at, &segments, found) } else { at + 1 };
            }
            return at + 1;
        }
        match word(tokens.get(at)) {
            Some(name) => segments.push(name.to_owned()),
            None => break,
        }
        at += 1;
        if !is_path_separator(tokens, at) {
            if word(tokens.get(at)) == Some("as") {
                at += 2;
            }
            break;
        }
        at += 2;
    }
    found.push(Named { segments, line });
    at
}

/// Turns `super::` into paths from `crate`.
fn resolve(named: &mut Named, path: &str, module_depth: usize) {
    let supers = named.segments.iter().take_while(|segment| *segment == "super").count();
    if supers == 0 {
        return;
    }
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let modules: Vec<String> = inner.split('/').take(module_depth.saturating_sub(supers)).map(str::to_owned).collect();
    let rest = named.segments.split_off(supers);
    named.segments = std::iter::once("crate".to_owned()).chain(modules).chain(rest).collect();
}

/// The top-level module that a file belongs to; none for those that may import everything.
fn module_of(path: &str) -> Option<&str> {
    let first = path.trim_start_matches("src/").split('/').next()?.trim_end_matches(".rs");
    (!["main", "lib", "server"].contains(&first)).then_some(first)
}

/// Imports of a file that the architecture does not allow.
fn import_faults(path: &str, text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let named = named_paths(path, &tokens);
    let mut faults = Vec::new();
    if let Some(own) = module_of(path) {
        let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == own) else {
            return vec![format!("{path}: the module {own} has no rule; add it to MODULES")];
        };
        for Named { segments, line } in &named {
            let [first, module, ..] = segments.as_slice() else { continue };
            if first != "crate" {
                continue;
            }
            // the macro stands at the crate's root but belongs to the database
            let module = if module == "sql" { "db" } else { module.as_str() };
            if module != own && !allowed.contains(&module) {
                faults.push(format!("{path}:{line}: {own} may not import {module}"));
            }
        }
    }
    for Named { segments, line } in &named {
        let Some(first) = segments.first() else { continue };
        if let Some((name, places)) = CRATES.iter().find(|(name, _)| name == first)
            && !places.iter().any(|place| path.starts_with(place))
        {
            faults.push(format!("{path}:{line}: {name} belongs to {}", places.join(", ")));
        }
    }
    faults
}

/// Readings of time and chance outside the clock.
fn clock_faults(path: &str, text: &str) -> Vec<String> {
    let named = named_paths(path, &tokens(text));
    let mut faults = Vec::new();
    for Named { segments, line } in &named {
        let [.., kind, function] = segments.as_slice() else { continue };
        for (_, _, places) in READINGS.iter().filter(|(a, b, _)| a == kind && b == function) {
            if !places.iter().any(|place| path.starts_with(place)) {
                faults.push(format!("{path}:{line}: {kind}::{function} belongs to {}", places.join(", ")));
            }
        }
    }
    faults
}

/// SQL outside the database's folder: the macro, or a text that begins as a statement does.
fn sql_faults(path: &str, text: &str) -> Vec<String> {
    const STATEMENTS: [&str; 9] =
        ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH ", "CREATE ", "DROP ", "ALTER TABLE ", "PRAGMA "];
    if path.starts_with("src/db/") {
        return Vec::new();
    }
    let tokens = tokens(text);
    let is_macro = |at: usize| word(tokens.get(at)) == Some("sql") && is(&tokens, at + 1, &Kind::Sign('!'));
    let is_statement = |at: usize| match &tokens[at].kind {
        Kind::Literal(literal) => {
            string_value(literal).is_some_and(|text| STATEMENTS.iter().any(|start| text.trim_start().starts_with(start)))
        }
        _ => false,
    };
    let at_fault = (0..tokens.len()).filter(|at| is_macro(*at) || is_statement(*at));
    at_fault.map(|at| format!("{path}:{}: SQL belongs to src/db/", tokens[at].line)).collect()
}

/// What the content security policy would refuse, or let a browser run, in a template.
fn template_faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |at: usize, what: &str| {
        let line = text[..at].matches('\n').count() + 1;
        faults.push(format!("{path}:{line}: {what}"));
    };
    let lower = text.to_lowercase();
    for (at, _) in lower.match_indices("<style") {
        fault(at, "inline style sheet");
    }
    for (at, _) in lower.match_indices("<script") {
        if !lower[at..].split('>').next().is_some_and(|tag| tag.contains(" src=")) {
            fault(at, "inline script");
        }
    }
    for (at, _) in lower.match_indices("javascript:") {
        fault(at, "script in an address");
    }
    for (at, _) in lower.match_indices('=') {
        let name = lower[..at].rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'' || c == '<').next().unwrap_or_default();
        let is_event = name.len() > 2 && name.starts_with("on") && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        if name == "style" || is_event || name.starts_with("hx-on") {
            fault(at, &format!("attribute {name}"));
        }
    }
    faults
}

/// Whether a file holds tests only: `tests.rs` and what lies in `tests/`, declared under `#[cfg(test)]`.
fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Gathers the faults of one rule in every source file that the program is built from.
fn in_every_source_file(rule: fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let sources = files("src", ".rs");
    assert!(sources.len() > 20, "the source was not found");
    sources.iter().filter(|file| !is_test_file(&file.path)).flat_map(|file| rule(&file.path, &file.text)).collect()
}

#[test]
fn files_of_tests_are_no_part_of_the_program() {
    let declares_tests = |_: &str, text: &str| {
        let tokens = tokens(text);
        let at = (0..tokens.len()).find(|at| word(tokens.get(*at)) == Some("mod") && word(tokens.get(at + 1)) == Some("tests"));
        at.map(|at| format!("line {}: mod tests without cfg(test)", tokens[at].line)).into_iter().collect()
    };
    assert_eq!(in_every_source_file(declares_tests), Vec::<String>::new());
    assert_eq!(declares_tests("src/a.rs", "mod tests;").len(), 1);
    assert_eq!(declares_tests("src/a.rs", "#[cfg(test)] mod tests;"), Vec::<String>::new());
    assert!(is_test_file("src/intake/tests/csv.rs") && !is_test_file("src/intake/csv.rs"));
}

#[test]
fn modules_import_only_what_the_architecture_allows() {
    assert_eq!(in_every_source_file(import_faults), Vec::<String>::new());
}

#[test]
fn the_import_rule_finds_what_it_forbids() {
    let forbidden = [
        ("src/domain/round.rs", "use crate::db::rounds;", "domain may not import db"),
        ("src/domain/round.rs", "fn f() { crate::clock::now(); }", "domain may not import clock"),
        ("src/db/rounds.rs", "use crate::{domain::round, web::{layout}};", "db may not import web"),
        ("src/intake/sheet.rs", "use super::super::db::Tx;", "intake may not import db"),
        ("src/intake/mod.rs", "mod inner { use super::super::search::Index; }", "intake may not import search"),
        ("src/search/index.rs", "use crate::{sql, actions::import as i};", "search may not import actions"),
        ("src/publish/mod.rs", "macro_rules! m { () => { $crate::sql!() } }", "publish may not import db"),
        ("src/actions/import.rs", "use axum::Json;", "axum belongs to src/web/"),
        ("src/actions/import.rs", "#[derive(sqlx::FromRow)] struct Row;", "sqlx belongs to src/db/"),
        ("src/web/start.rs", "use ::tantivy as t;", "tantivy belongs to src/search/"),
        ("src/web/import_help.rs", "use crate::intake::Source;", "web may not import intake"),
        ("src/mood/mod.rs", "", "has no rule"),
    ];
    for (path, text, message) in forbidden {
        let faults = import_faults(path, text);
        assert!(faults.len() == 1 && faults[0].contains(message), "{path} {text}: {faults:?}");
    }
}

#[test]
fn the_import_rule_allows_the_rest() {
    let allowed = [
        ("src/web/start.rs", "use crate::{db::figures, text}; use axum::Router; use super::super::domain::round;"),
        ("src/db/rounds.rs", "use super::{Result, Tx}; use crate::domain; #[cfg(test)] mod tests { use crate::web; }"),
        ("src/domain/round.rs", "use crate::text; use super::terms::Kind; // use crate::db\nconst A: &str = \"crate::db::x\";"),
        ("src/main.rs", "use insamlingsregister::web; use clap::Parser;"),
        ("src/error.rs", "impl From<sqlx::Error> for Error { }"),
    ];
    for (path, text) in allowed {
        assert_eq!(import_faults(path, text), Vec::<String>::new(), "{path} {text}");
    }
}

#[test]
fn time_and_chance_come_from_the_clock() {
    assert_eq!(in_every_source_file(clock_faults), Vec::<String>::new());
    assert_eq!(clock_faults("src/web/start.rs", "fn f() { chrono::Utc::now(); }").len(), 1);
    assert_eq!(clock_faults("src/actions/import.rs", "fn f() { Uuid::now_v7(); std::time::Instant::now(); }").len(), 2);
    assert_eq!(clock_faults("src/jobs/sync.rs", "fn f() { Instant::now(); }"), Vec::<String>::new());
}

#[test]
fn sql_stands_in_the_database_folder_only() {
    assert_eq!(in_every_source_file(sql_faults), Vec::<String>::new());
    assert_eq!(sql_faults("src/web/start.rs", "fn f() { sql!(\"SELECT 1\"); }").len(), 2);
    assert_eq!(sql_faults("src/actions/a.rs", r##"const A: &str = r#" DELETE FROM item"#;"##).len(), 1);
    assert_eq!(sql_faults("src/actions/a.rs", "const A: &str = \"Select a row\";"), Vec::<String>::new());
}

#[test]
fn files_stay_short() {
    let length_faults = |path: &str, text: &str| {
        let lines = text.lines().count();
        if lines > MOST_LINES { vec![format!("{path}: {lines} lines, at most {MOST_LINES}")] } else { Vec::new() }
    };
    assert_eq!(in_every_source_file(length_faults), Vec::<String>::new());
    assert_eq!(length_faults("src/a.rs", &"\n".repeat(MOST_LINES + 1)).len(), 1);
    let long: Vec<String> = files("tests", ".rs").iter().flat_map(|file| length_faults(&file.path, &file.text)).collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn templates_hold_no_script_or_style_of_their_own() {
    let templates = files("templates", ".html");
    assert!(templates.len() > 5, "the templates were not found");
    let faults: Vec<String> = templates.iter().flat_map(|file| template_faults(&file.path, &file.text)).collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_template_rule_finds_what_it_forbids() {
    let forbidden = [
        "<p style=\"color:red\">",
        "<p class=\"a\"style='x'>",
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        "<a href=\"javascript:x()\">",
        "<button\n  onclick=\"x()\">",
        "<div hx-on::after-request=\"x()\">",
    ];
    for text in forbidden {
        assert_eq!(template_faults("a.html", text).len(), 1, "{text}");
    }
    let allowed =
        "<script src=\"/static/js/a.js\" defer></script><p class=\"style\" data-on=\"1\">{% if one == two %}on = 1{% endif %}</p>";
    assert_eq!(template_faults("a.html", allowed), Vec::<String>::new());
}

#[test]
fn every_migration_file_is_in_the_program() {
    let in_folder: Vec<(String, String)> = files("migrations", ".sql")
        .into_iter()
        .map(|file| (file.path.trim_start_matches("migrations/").trim_end_matches(".sql").to_owned(), file.text))
        .collect();
    let in_program: Vec<(String, String)> = MIGRATIONS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    assert_eq!(in_program, in_folder);
    for (number, (name, _)) in (1..).zip(MIGRATIONS) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} is not number {number}");
    }
}
