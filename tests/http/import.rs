//! Importing through the same action as the command line: all or nothing, no doubles, changes seen.

use insamlingsregister::actions::import::{ImportError, Mode, Summary};
use insamlingsregister::db::collections;
use insamlingsregister::error::Error;

use serde_json::json;

use crate::rows::{full_row, row, with};
use crate::support::{SCB, TestApp, run};

async fn count(app: &TestApp) -> i64 {
    let mut tx = app.state.db.read().await.expect("a transaction");
    collections::count(&mut tx).await.expect("a count")
}

#[test]
fn the_same_file_twice_makes_no_doubles() {
    run(async {
        let app = TestApp::real().await;
        let rows = [full_row("A-1", "Enkät om bibliotek"), row("A-2", "Enkät om simhallar")];
        let first = app.import(SCB, &rows).await.expect("imported");
        assert_eq!(first, Summary { registered: 2, ..Summary::default() });
        let second = app.import(SCB, &rows).await.expect("imported again");
        assert_eq!(second, Summary { unchanged: 2, ..Summary::default() });
        assert_eq!(count(&app).await, 2);
    });
}

#[test]
fn a_changed_row_changes_a_planned_one_and_revises_a_decided_one() {
    run(async {
        let app = TestApp::real().await;
        let rows = [full_row("A-1", "Enkät om bibliotek"), row("A-2", "Enkät om simhallar")];
        app.import(SCB, &rows).await.expect("imported");
        let number = app.number_of("Enkät om bibliotek").await.expect("a number");
        let rows = [with(full_row("A-1", "Enkät om folkbibliotek"), &[("status", "planerad")]), row("A-2", "Enkät om bassänger")];
        let changed = app.import(SCB, &rows).await.expect("imported");
        assert_eq!((changed.registered, changed.changed, changed.revised, changed.unchanged), (0, 1, 1, 0));
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("<h1>Enkät om bibliotek</h1>"), "the decided version stays in force");
        assert!(page.contains("En ändring är planerad") && page.contains("<p>Enkät om folkbibliotek</p>"), "the change is told beside it");
        assert!(app.page("/insamlingar?q=bass%C3%A4nger").await.contains("Enkät om "), "the changed one is found");
        assert!(app.number_of("Enkät om simhallar").await.is_none());
    });
}

#[test]
fn a_planned_change_leaves_what_is_in_force_alone() {
    run(async {
        let app = TestApp::real().await;
        let decided = full_row("A-1", "Enkät om bibliotek");
        app.import(SCB, std::slice::from_ref(&decided)).await.expect("imported");
        let number = app.number_of("Enkät om bibliotek").await.expect("a number");
        let mut revision = with(decided.clone(), &[("status", "planerad"), ("ansvariga myndigheter", "202100-5026")]);
        revision["omgångar"] = json!([{ "omgång": "Senare", "utskick": "2029-01-11", "sista svarsdag": "2029-05-02" }]);
        let summary = app.import(SCB, std::slice::from_ref(&revision)).await.expect("imported");
        assert_eq!(summary, Summary { revised: 1, ..Summary::default() });
        let in_force = app.get(&format!("/api/v1/collections/{number}")).await;
        assert!(in_force.text.contains("2027") && !in_force.text.contains("2029-05-02"), "the rounds in force stay");
        assert_eq!(in_force.json()["agencies"][0]["name"], "Statistiska centralbyrån", "the agency stays");
        assert!(!app.page("/myndigheter/202100-5026").await.contains(&number), "the proposed agency does not show it");
        let again = app.import(SCB, std::slice::from_ref(&revision)).await.expect("imported again");
        assert_eq!(again, Summary { unchanged: 1, ..Summary::default() });
        let restated = app.import(SCB, std::slice::from_ref(&decided)).await.expect("what is in force, once more");
        assert_eq!(restated, Summary { unchanged: 1, ..Summary::default() });
        let later = with(revision, &[("status", "beslutad"), ("beslutsdatum", "2026-05-01")]);
        let planned = app.import(SCB, &[later]).await.expect("a file does not say how much it changes, so that its change waits");
        assert_eq!(planned.changed, 0, "{planned:?}");
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(!page.contains("Beslutad 1 maj 2026"), "what is in force was decided on its day");
    });
}

#[test]
fn a_missing_column_leaves_its_field_and_an_empty_one_clears_it() {
    run(async {
        let app = TestApp::real().await;
        let hidden = with(row("A-1", "Tillsyn av bibliotek"), &[("slag", "tillsyn"), ("syfte", "Granska."), ("visas öppet från", "inte")]);
        app.import(SCB, &[hidden]).await.expect("imported");
        let renamed = with(row("A-1", "Tillsyn av folkbibliotek"), &[("slag", "tillsyn")]);
        app.import(SCB, &[renamed]).await.expect("imported");
        assert!(app.number_of("Tillsyn av folkbibliotek").await.is_none(), "what was hidden stays hidden");
        let shown = with(row("A-1", "Tillsyn av folkbibliotek"), &[("slag", "tillsyn"), ("visas öppet från", "nu")]);
        app.import(SCB, &[shown]).await.expect("imported");
        let number = app.number_of("Tillsyn av folkbibliotek").await.expect("a number");
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("Granska."));
        let cleared = with(row("A-1", "Tillsyn av folkbibliotek"), &[("slag", "tillsyn"), ("syfte", "")]);
        app.import(SCB, &[cleared]).await.expect("imported");
        assert_eq!(app.get(&format!("/api/v1/collections/{number}")).await.json()["purpose"], "");
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Granska."), "the history tells what it said while it was open");
        assert!(!page.contains("Tillsyn av bibliotek"), "and nothing of what it said before");
    });
}

#[test]
fn what_has_ended_is_not_planned_again() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(row("A-1", "Enkät om bibliotek"), &[("status", "avslutad")])]).await.expect("imported");
        let again = app.import(SCB, &[with(row("A-1", "Enkät om bibliotek"), &[("status", "planerad")])]).await;
        let Err(ImportError::Rows(faults)) = again else { panic!("it was planned again") };
        assert_eq!((faults.len(), faults[0].row.as_str()), (1, "1"));
        assert!(faults[0].message.contains("avslutad"), "{faults:?}");
    });
}

#[test]
fn one_faulty_row_stops_the_whole_file_and_every_fault_is_told() {
    run(async {
        let app = TestApp::real().await;
        let rows = [
            row("A-1", "Enkät om bibliotek"),
            with(row("A-2", "Fel slag"), &[("slag", "gissning")]),
            with(row("A-3", ""), &[("periodicitet", "ibland kanske")]),
            with(row("A-1", "Samma referens"), &[("slag", "tillsyn")]),
        ];
        let Err(ImportError::Rows(faults)) = app.import(SCB, &rows).await else { panic!("a faulty file was taken") };
        assert_eq!(count(&app).await, 0, "nothing is half imported");
        for (row, column) in [("2", "slag"), ("3", "titel"), ("3", "periodicitet")] {
            assert!(faults.iter().any(|fault| fault.row == row && fault.column == column), "{row} {column}: {faults:?}");
        }
        assert!(faults.iter().any(|fault| fault.message.contains("enkät")), "what is allowed is said: {faults:?}");
    });
}

#[test]
fn a_dry_run_keeps_nothing_and_uses_no_number() {
    run(async {
        let app = TestApp::real().await;
        let rows = [row("A-1", "Enkät om bibliotek")];
        let tried = app.import_only(SCB, &rows, Mode::DryRun).await.expect("tried");
        assert_eq!((tried.registered, count(&app).await), (1, 0));
        app.import(SCB, &rows).await.expect("imported");
        let number = app.number_of("Enkät om bibliotek").await.expect("a number");
        assert!(number.ends_with("-0001"), "{number}");
    });
}

#[test]
fn agencies_have_their_own_references() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[row("A-1", "SCB:s enkät")]).await.expect("imported");
        let other = app.import("202100-5026", &[row("A-1", "Statskontorets enkät")]).await.expect("imported");
        assert_eq!((other.registered, count(&app).await), (1, 2));
        for unknown in ["202100-9999", "1480", "R-14", "", "' OR 1=1 --"] {
            let refused = app.import(unknown, &[row("A-2", "Enkät")]).await;
            assert!(matches!(&refused, Err(ImportError::Failed(Error::Invalid(_)))), "{unknown}: {refused:?}");
        }
        assert_eq!(count(&app).await, 2);
    });
}

#[test]
fn the_same_file_at_the_same_time_makes_no_doubles() {
    run(async {
        let app = TestApp::real().await;
        let rows: Vec<_> = (0..20).map(|number| row(&format!("A-{number}"), &format!("Enkät {number}"))).collect();
        let all = tokio::join!(
            app.import_only(SCB, &rows, Mode::Write),
            app.import_only(SCB, &rows, Mode::Write),
            app.import_only(SCB, &rows, Mode::Write),
        );
        let mut registered = 0;
        for outcome in [all.0, all.1, all.2] {
            match outcome {
                Ok(summary) => registered += summary.registered,
                Err(ImportError::Failed(Error::Conflict)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!((registered, count(&app).await), (20, 20));
    });
}
