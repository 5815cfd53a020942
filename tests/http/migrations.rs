//! Migrations on data that is there: `tests/fixtures/migrations/NNNN.sql` holds rows as the schema after migration NNNN takes them,
//! and is loaded before the next one runs.

use std::collections::BTreeMap;

use insamlingsregister::db::engine::MIGRATIONS;
use insamlingsregister::db::{Db, collections};
use insamlingsregister::domain::identifier::CollectionNumber;
use sqlx::AssertSqlSafe;

use crate::database::FreshDatabase;
use crate::source::root;
use crate::support::run;

/// Runs a text of several statements. `uuid '…'` is written as PostgreSQL does; SQLite keeps identities as bytes.
pub async fn execute(db: &Db, text: &str) {
    let done = match db {
        Db::Sqlite { write, .. } => {
            sqlx::raw_sql(AssertSqlSafe(uuids_as_bytes(text))).execute(write).await.map(|done| done.rows_affected())
        }
        Db::Postgres(pool) => sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(pool).await.map(|done| done.rows_affected()),
    };
    done.expect("the fixture fits the schema");
}

fn uuids_as_bytes(text: &str) -> String {
    let mut parts = text.split("uuid '");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (uuid, rest) = part.split_at(36);
        out.push_str(&format!("X'{}{rest}", uuid.replace('-', "")));
    }
    out
}

/// The rows of a migration's fixture.
pub fn fixture(number: usize) -> String {
    let path = root().join(format!("tests/fixtures/migrations/{number:04}.sql"));
    std::fs::read_to_string(path).expect("each migration has a fixture: rows as its schema takes them")
}

/// How many rows each table has.
async fn rows(db: &Db) -> BTreeMap<String, i64> {
    let list = match db {
        Db::Sqlite { .. } => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sql%'",
        Db::Postgres(_) => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
               AND table_name NOT LIKE '%sql%'"
        }
    };
    let mut counts = BTreeMap::new();
    let tables: Vec<String> = match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(list).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(list).fetch_all(pool).await,
    }
    .expect("the tables");
    for table in tables {
        let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let count: i64 = match db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(count).fetch_one(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(count).fetch_one(pool).await,
        }
        .expect("a count");
        counts.insert(table, count);
    }
    counts
}

#[test]
fn every_migration_keeps_the_rows_that_are_there() {
    run(async {
        let fresh = FreshDatabase::new(None).await;
        for number in 1..=MIGRATIONS.len() {
            let db = Db::open(&fresh.address).await.expect("the database opens");
            let before = if number == 1 { BTreeMap::new() } else { rows(&db).await };
            db.migrate_to(number).await.expect("the migration runs on rows");
            let after = rows(&db).await;
            for (table, count) in before {
                assert_eq!(after.get(&table).copied().unwrap_or(count), count, "migration {number} changed the number of rows of {table}");
            }
            execute(&db, &fixture(number)).await;
            db.close().await;
        }
        let db = Db::open(&fresh.address).await.expect("the database opens");
        let before = rows(&db).await;
        db.migrate().await.expect("a second time changes nothing");
        assert_eq!(rows(&db).await, before);
        assert!(before.values().all(|count| *count > 0), "a table without rows proves nothing: {before:?}");
        let mut tx = db.read().await.expect("a transaction");
        let number = CollectionNumber::new(2026, 1).expect("a number");
        let today = "2026-11-21".parse().expect("a date");
        let collection = collections::open_by_number(&mut tx, number, today).await.expect("read").expect("the fixture's collection");
        assert_eq!(collection.content.title, "Biblioteksstatistik å ä ö");
        assert_eq!((collection.content.items.len(), collection.rounds.len(), collection.content.provisions.len()), (2, 1, 1));
    });
}

#[test]
fn several_instances_may_migrate_at_once() {
    run(async {
        let fresh = FreshDatabase::new(None).await;
        let mut opened = Vec::new();
        for _ in 0..4 {
            opened.push(Db::open(&fresh.address).await.expect("the database opens"));
        }
        let (a, b, c, d) = tokio::join!(opened[0].migrate(), opened[1].migrate(), opened[2].migrate(), opened[3].migrate());
        for answer in [a, b, c, d] {
            answer.expect("one instance migrates, the others wait");
        }
        assert!(rows(&opened[0]).await.contains_key("collection"));
    });
}

#[test]
fn a_newer_database_is_refused() {
    run(async {
        let fresh = FreshDatabase::new(None).await;
        let db = Db::open(&fresh.address).await.expect("the database opens");
        db.migrate().await.expect("migrated");
        execute(
            &db,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '', 0)",
        )
        .await;
        assert!(db.migrate().await.is_err(), "a program must not write to a database that a newer one has changed");
    });
}
