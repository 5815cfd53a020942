//! What both engines must promise: order, isolation, and nothing half done.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use insamlingsregister::clock;
use insamlingsregister::db::{Db, Tx, events, organisations, register, settings};

use crate::support::{migrated, put_agency, run};

async fn add_event(tx: &mut Tx, subject: &str, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let event = events::Event {
        id: clock::new_id(),
        at,
        actor: "test".to_owned(),
        person: None,
        action: "test.done".to_owned(),
        subject_kind: "test".to_owned(),
        subject: subject.to_owned(),
        detail: serde_json::json!({ "å": "ö" }),
    };
    events::add(tx, &event).await
}

async fn count_events(db: &Db, subject: &str) -> usize {
    let mut tx = db.read().await.expect("a transaction");
    events::of(&mut tx, "test", subject).await.expect("the events").len()
}

#[test]
fn names_come_in_swedish_order() {
    run(async {
        let (db, _fresh) = migrated().await;
        let names = ["Östersund", "Zäta", "Åre", "åmål", "Ärla", "Arboga", "ätran", "Öland", "Vara", "Wara", "arvika"];
        let mut tx = db.write().await.expect("a transaction");
        for (number, name) in names.iter().enumerate() {
            put_agency(&mut tx, &format!("code-{number}"), name).await;
        }
        tx.commit().await.expect("committed");
        let mut tx = db.read().await.expect("a transaction");
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");
        let askers = organisations::askers(&mut tx, today).await.expect("the agencies");
        let sorted: Vec<&str> = askers.iter().map(|(organisation, _)| organisation.name.as_str()).collect();
        assert_eq!(sorted, ["Arboga", "arvika", "Vara", "Wara", "Zäta", "åmål", "Åre", "Ärla", "ätran", "Öland", "Östersund"]);
    });
}

#[test]
fn work_that_is_not_committed_leaves_no_trace() {
    run(async {
        let (db, _fresh) = migrated().await;
        let mut tx = db.write().await.expect("a transaction");
        settings::set(&mut tx, "key", "value").await.expect("written");
        assert_eq!(settings::get(&mut tx, "key").await.expect("read").as_deref(), Some("value"));
        drop(tx);
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(settings::get(&mut tx, "key").await.expect("read"), None);
    });
}

#[test]
fn a_reading_transaction_refuses_to_write_and_sees_one_moment() {
    run(async {
        let (db, _fresh) = migrated().await;
        let mut reader = db.read().await.expect("a transaction");
        assert_eq!(settings::get(&mut reader, "key").await.expect("read"), None);
        let mut writer = db.write().await.expect("a transaction beside the reader");
        settings::set(&mut writer, "key", "value").await.expect("written");
        writer.commit().await.expect("committed");
        assert_eq!(settings::get(&mut reader, "key").await.expect("read"), None, "a reader sees one moment");
        let refused = settings::set(&mut reader, "key", "other").await.expect_err("a reader does not write");
        assert!(refused.as_database_error().is_some(), "{refused}");
        drop(reader);
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(settings::get(&mut tx, "key").await.expect("read").as_deref(), Some("value"));
    });
}

#[test]
fn broken_references_and_doubles_are_refused() {
    run(async {
        let (db, _fresh) = migrated().await;
        let mut tx = db.write().await.expect("a transaction");
        let dangling =
            register::insert_agencies(&mut tx, (clock::new_id(), 1), &["202100-0837".to_owned()], None).await.expect_err("dangling");
        assert!(dangling.as_database_error().is_some_and(|error| error.is_foreign_key_violation()), "{dangling}");
        drop(tx);
        let mut tx = db.write().await.expect("a transaction");
        let now = clock::now();
        add_event(&mut tx, "once", now).await.expect("the first");
        let event = events::of(&mut tx, "test", "once").await.expect("read").remove(0);
        assert_eq!(event.detail["å"], "ö");
        let double = events::add(&mut tx, &event).await.expect_err("the second with the same identity");
        assert!(double.as_database_error().is_some_and(|error| error.is_unique_violation()), "{double}");
    });
}

#[test]
fn many_writers_each_get_their_own_number() {
    run(async {
        let (db, _fresh) = migrated().await;
        let writers = (0..20).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for _ in 0..10 {
                    let mut tx = db.write().await.expect("a transaction");
                    numbers.push(register::next_number(&mut tx, 2026).await.expect("a number").to_string());
                    add_event(&mut tx, "number", clock::now()).await.expect("an event");
                    tx.commit().await.expect("committed");
                }
                numbers
            })
        });
        let mut all = BTreeSet::new();
        for writer in writers.collect::<Vec<_>>() {
            all.extend(writer.await.expect("a writer that finished"));
        }
        assert_eq!(
            (all.len(), all.first().map(String::as_str), all.last().map(String::as_str)),
            (200, Some("2026-0001"), Some("2026-0200"))
        );
        assert_eq!(count_events(&db, "number").await, 200);
    });
}

#[test]
fn cancelled_handlers_leave_nothing_half_done() {
    run(async {
        let (db, _fresh) = migrated().await;
        let tasks = (0..300u64).map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let work = async {
                    let mut tx = db.write().await.expect("a transaction");
                    add_event(&mut tx, "first", clock::now()).await.expect("the first event");
                    add_event(&mut tx, "second", clock::now()).await.expect("the second event");
                    tx.commit().await.expect("committed");
                };
                // spread over moments before, in and after the work
                tokio::time::timeout(Duration::from_micros(number * 997 % 300_000), work).await.is_ok()
            })
        });
        let mut finished = 0;
        for task in tasks.collect::<Vec<_>>() {
            finished += usize::from(task.await.expect("a task that ended"));
        }
        let mut tx = db.write().await.expect("the write lock is free");
        add_event(&mut tx, "after", clock::now()).await.expect("an event");
        tx.commit().await.expect("committed");
        let (first, second) = (count_events(&db, "first").await, count_events(&db, "second").await);
        assert_eq!(first, second, "both events or none");
        assert!(first >= finished, "{finished} handlers said that they were done, {first} were");
        assert!(finished < 300, "some handlers were cancelled");
    });
}

#[test]
fn moments_keep_their_order_and_their_microseconds() {
    run(async {
        let (db, _fresh) = migrated().await;
        let base: DateTime<Utc> = "2026-01-01T10:00:00Z".parse().expect("a moment");
        let steps = [0, 1, 1_000, 500_000, 1_000_000];
        let moments: Vec<DateTime<Utc>> = steps.iter().map(|step| base + TimeDelta::microseconds(*step)).collect();
        let mut tx = db.write().await.expect("a transaction");
        for moment in [3, 0, 4, 2, 1].map(|at: usize| moments[at]) {
            add_event(&mut tx, "time", moment).await.expect("an event");
        }
        tx.commit().await.expect("committed");
        let mut tx = db.read().await.expect("a transaction");
        let newest_first: Vec<DateTime<Utc>> =
            events::of(&mut tx, "test", "time").await.expect("the events").iter().map(|event| event.at).rev().collect();
        assert_eq!(newest_first, moments);
    });
}
