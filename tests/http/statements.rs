//! Every SQL text of the program is prepared by the engine under test, which is what a compile-time check would do for one engine.

use std::collections::BTreeMap;

use insamlingsregister::db::engine::MIGRATIONS;
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::source::{Kind, Token, files, string_value, tokens};
use crate::support::{migrated, run};

/// The texts that macros without arguments stand for, by name.
fn fragments(tokens: &[Token]) -> BTreeMap<String, String> {
    let named = |window: &[Token]| match window {
        [
            Token { kind: Kind::Word(rules), .. },
            Token { kind: Kind::Sign('!'), .. },
            Token { kind: Kind::Word(name), .. },
            Token { kind: Kind::Open('{'), .. },
            Token { kind: Kind::Open('('), .. },
            Token { kind: Kind::Close(')'), .. },
            Token { kind: Kind::Sign('='), .. },
            Token { kind: Kind::Sign('>'), .. },
            Token { kind: Kind::Open('{'), .. },
            Token { kind: Kind::Literal(literal), .. },
        ] if rules == "macro_rules" => string_value(literal).map(|text| (name.clone(), text)),
        _ => None,
    };
    tokens.windows(10).filter_map(named).collect()
}

/// The text that a `concat!` stands for, from behind its bracket: literals and fragments.
fn joined(tokens: &[Token], fragments: &BTreeMap<String, String>) -> Option<String> {
    let (mut text, mut depth) = (String::new(), 1);
    for token in tokens {
        match &token.kind {
            Kind::Literal(literal) => text.push_str(&string_value(literal)?),
            Kind::Word(name) => text.push_str(fragments.get(name)?),
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth -= 1,
            Kind::Sign(_) => {}
        }
        if depth == 0 {
            return Some(text);
        }
    }
    None
}

/// Every text given to `sql!` in a source, with its line.
fn sql_texts(tokens: &[Token], fragments: &BTreeMap<String, String>) -> Vec<(usize, String)> {
    let is = |at: usize, kind: &Kind| tokens.get(at).is_some_and(|token| token.kind == *kind);
    let is_call =
        |at: usize, name: &str| is(at, &Kind::Word(name.to_owned())) && is(at + 1, &Kind::Sign('!')) && is(at + 2, &Kind::Open('('));
    let text_at = |at: usize| {
        if !is_call(at, "sql") {
            return None;
        }
        let argument = tokens.get(at + 3)?;
        let text = match &argument.kind {
            Kind::Literal(literal) => string_value(literal)?,
            _ if is_call(at + 3, "concat") => joined(&tokens[at + 6..], fragments)?,
            _ => return None,
        };
        Some((argument.line, text))
    };
    (0..tokens.len()).filter_map(text_at).collect()
}

/// The statement as it is prepared: a list `($3..)` holds one value.
fn with_one_value(text: &str) -> String {
    text.replace("..)", ")")
}

#[test]
fn every_statement_is_accepted_by_the_engine() {
    run(async {
        let (db, _fresh) = migrated().await;
        let (mut found, mut written, mut refused) = (0, 0, Vec::new());
        let sources = files("src", ".rs");
        let fragments: BTreeMap<String, String> = sources.iter().flat_map(|file| fragments(&tokens(&file.text))).collect();
        for file in sources {
            // the examples in docstrings and comments are no statements
            let lines = file.text.lines().filter(|line| !line.trim_start().starts_with("//"));
            written += lines.map(|line| line.matches("sql!(").count()).sum::<usize>();
            for (line, text) in sql_texts(&tokens(&file.text), &fragments) {
                found += 1;
                // a refused statement ends a transaction on PostgreSQL, so that each has its own
                let mut tx = db.read().await.expect("a transaction");
                if let Err(error) = tx.prepare(AssertSqlSafe(with_one_value(&text)).into_sql_str()).await {
                    refused.push(format!("{}:{line}: {error}", file.path));
                }
            }
        }
        assert_eq!(refused, Vec::<String>::new());
        assert_eq!(found, written, "a statement was not read out of the source");
        assert!(found > 30, "{found} statements");
    });
}

#[test]
fn a_wrong_statement_is_refused() {
    run(async {
        let (db, _fresh) = migrated().await;
        for wrong in ["SELECT nothing FROM collection", "SELECT code FROM organisation WHERE code IN ($1..)) x", "SELEKT 1"] {
            let mut tx = db.read().await.expect("a transaction");
            let answer = tx.prepare(AssertSqlSafe(with_one_value(wrong)).into_sql_str()).await;
            assert!(answer.is_err(), "{wrong}");
        }
        let source = tokens(
            "macro_rules! one { () => { \"1\" }; } fn f() { sql!(\"SELECT 1\", a); sql!(r#\"B\"#); sql!(concat!(\"A \", one!(), \" C\"), b) }",
        );
        let texts: Vec<String> = sql_texts(&source, &fragments(&source)).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["SELECT 1", "B", "A 1 C"]);
        assert_eq!(sql_texts(&tokens("fn f() { sql!(concat!(\"A\", unknown!())) }"), &BTreeMap::new()), []);
        assert!(!MIGRATIONS.is_empty());
    });
}
