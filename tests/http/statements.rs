//! Every SQL text of the program is prepared by the engine under test, which is what a compile-time check would do for one engine.

use insamlingsregister::db::engine::MIGRATIONS;
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::source::{Kind, Token, files, string_value, tokens};
use crate::support::{migrated, run};

/// Every text given to `sql!` in a source, with its line.
fn sql_texts(tokens: &[Token]) -> Vec<(usize, String)> {
    let text_at = |window: &[Token]| match window {
        [Token { kind: Kind::Word(name), .. }, Token { kind: Kind::Sign('!'), .. }, Token { kind: Kind::Open('('), .. }, argument]
            if name == "sql" =>
        {
            let Kind::Literal(literal) = &argument.kind else { return None };
            string_value(literal).map(|text| (argument.line, text))
        }
        _ => None,
    };
    tokens.windows(4).filter_map(text_at).collect()
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
        for file in files("src", ".rs") {
            // the examples in docstrings and comments are no statements
            let lines = file.text.lines().filter(|line| !line.trim_start().starts_with("//"));
            written += lines.map(|line| line.matches("sql!(").count()).sum::<usize>();
            for (line, text) in sql_texts(&tokens(&file.text)) {
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
        assert_eq!(sql_texts(&tokens("fn f() { sql!(\"SELECT 1\", a); sql!(r#\"B\"#) }")).len(), 2);
        assert!(!MIGRATIONS.is_empty());
    });
}
