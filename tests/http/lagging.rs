//! Comparing while others write: with moments that come in the wrong order, an index that lags behind, and rows that somebody holds.

use std::time::Duration;

use chrono::TimeDelta;
use insamlingsregister::actions::comparing::{Round, compare_next};
use insamlingsregister::actions::import::Mode;
use insamlingsregister::clock;
use insamlingsregister::db::pairs::{self, checks};
use insamlingsregister::db::{Tx, case, collections, involved};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::CollectionNumber;
use uuid::Uuid;

use crate::pairs::{LIBRARIES, OTHER, alike, answer, compare, confirm, decide, flag, planned};
use crate::support::{SCB, TestApp, run};

const CONFIRMED: &str = "Samma uppgifter i andra insamlingar";
const WINTER: [&str; 2] = ["Saltförråd vid vintervägar", "Plogade gångbanor i kilometer"];

/// A collection of each agency, alike; the number of the one that was registered first, and of the one that asks.
async fn two(app: &TestApp) -> [String; 2] {
    app.import(OTHER, &[planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
    app.import(SCB, &[planned("B-1", "Bemanning i skolbibliotek", &LIBRARIES)]).await.expect("written");
    let met = app.number_of("Skolbibliotekens bemanning").await.expect("one");
    [met, app.number_of("Bemanning i skolbibliotek").await.expect("one")]
}

async fn id_of(app: &TestApp, number: &str) -> Uuid {
    let number = CollectionNumber::parse(number).expect("a number");
    let mut tx = app.state.db.read().await.expect("a transaction");
    involved::by_number(&mut tx, number, clock::swedish_day(clock::now())).await.expect("read").expect("one").id
}

/// The only pair that is flagged of a collection.
async fn pair_of(app: &TestApp, number: &str) -> pairs::Overlap {
    let id = id_of(app, number).await;
    let mut tx = app.state.db.read().await.expect("a transaction");
    let [pair] = &pairs::of_collection(&mut tx, id).await.expect("read")[..] else { panic!("one pair") };
    pair.clone()
}

#[test]
fn what_is_touched_by_somebody_who_began_before_it_was_edited_is_compared_all_the_same() {
    run(async {
        let app = TestApp::real().await;
        let _somebody = app.signed_in(Role::Agency, SCB).await;
        let [met, _] = two(&app).await;
        let id = id_of(&app, &met).await;
        let moments = async || {
            let mut tx = app.state.db.read().await.expect("a transaction");
            let touched = collections::stamps(&mut tx).await.expect("read").into_iter().find(|(one, _)| *one == id).expect("held").1;
            (checks::changes(&mut tx, [id]).await.expect("read")[&id], touched)
        };
        let (changed, mut before) = moments().await;
        let earlier = changed - TimeDelta::seconds(3);
        for at in 0..4 {
            let mut tx = app.state.db.write().await.expect("a transaction");
            let written = match at {
                0 => case::touch(&mut tx, id, earlier).await,
                1 => case::touch_of_organisation(&mut tx, OTHER, earlier).await,
                2 => case::touch_of_organisation(&mut tx, OTHER, before).await,
                _ => case::set_own_reference(&mut tx, id, Some("S-2"), earlier).await,
            };
            written.expect("touched");
            tx.commit().await.expect("committed");
            let (changed_now, touched) = moments().await;
            assert!(touched > before && changed_now <= touched, "{at}: {touched} after {before}");
            assert!(if at == 3 { changed_now > changed } else { changed_now == changed }, "{at}: only an edit changes it");
            before = touched;
        }
        app.follow().await;
        assert_eq!(compare(&app).await, 2);
    });
}

#[test]
fn what_was_confirmed_of_a_pair_that_went_is_no_longer_told_once_either_is_rewritten() {
    run(async {
        for rewritten in [(OTHER, "S-1"), (SCB, "B-1")] {
            let app = TestApp::real().await;
            let _somebody = app.signed_in(Role::Agency, SCB).await;
            let [met, asking] = two(&app).await;
            compare(&app).await;
            let pair = pair_of(&app, &asking).await;
            confirm(&app, &pair.id.to_string()).await;
            // another method flags it no longer, though neither collection has changed
            let mut tx = app.state.db.write().await.expect("a transaction");
            let substances = (pair.found.substance.as_str(), pair.found.other_substance.as_str());
            pairs::mark_gone(&mut tx, pair.id, substances, clock::now()).await.expect("gone");
            tx.commit().await.expect("committed");
            for number in [&met, &asking] {
                assert!(app.page(&format!("/insamlingar/{number}")).await.contains(CONFIRMED), "{number}: people have decided");
            }
            app.import(rewritten.0, &[planned(rewritten.1, "Saltning och plogning", &WINTER)]).await.expect("written");
            assert_eq!(compare(&app).await, 1);
            for number in [&met, &asking] {
                let page = app.page(&format!("/insamlingar/{number}")).await;
                assert!(!page.contains(CONFIRMED), "{number}: {rewritten:?}");
            }
            assert!(pair_of(&app, &asking).await.gone_at.is_some());
        }
    });
}

#[test]
fn nothing_is_compared_while_the_index_has_something_to_read() {
    run(async {
        let app = TestApp::real().await;
        let _somebody = app.signed_in(Role::Agency, SCB).await;
        app.import(SCB, &[planned("B-1", "Vinterväghållning", &WINTER)]).await.expect("written");
        // the index knows the one that is due, but not what another instance has written
        app.import_only(OTHER, &[planned("S-1", "Saltning och plogning", &WINTER)], Mode::Write).await.expect("written");
        let (db, index, mut round) = (&app.state.db, &app.state.index, Round::default());
        assert_eq!(compare_next(db, index, &mut round, clock::now()).await.expect("left"), None);
        app.follow().await;
        assert_eq!(compare_next(db, index, &mut round, clock::now()).await.expect("compared"), Some(2));
        // nor once that is known, but was edited since
        app.import(SCB, &[planned("B-2", "Vinterväghållning i kommunen", &WINTER)]).await.expect("written");
        app.import_only(OTHER, &[planned("S-1", "Saltning", &WINTER)], Mode::Write).await.expect("written");
        let mut round = Round::default();
        assert_eq!(compare_next(db, index, &mut round, clock::now()).await.expect("left"), None);
        // a mark that changes nothing keeps nobody waiting
        app.follow().await;
        let met = id_of(&app, &app.number_of("Saltning").await.expect("one")).await;
        let mut tx = db.write().await.expect("a transaction");
        case::touch(&mut tx, met, clock::now()).await.expect("touched");
        tx.commit().await.expect("committed");
        assert_eq!(compare_next(db, index, &mut round, clock::now()).await.expect("compared"), Some(2));
    });
}

/// Waits until somebody waits for rows that `tx` holds, which from then on waits for nobody: where two would wait for each other, it fails.
/// On SQLite nobody else writes while it does, and nobody waits for rows.
async fn somebody_waits_for(tx: &mut Tx) {
    let Tx::Postgres(tx) = tx else { return };
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))";
    for _ in 0..1000 {
        let count: i64 = sqlx::query_scalar(waiting).fetch_one(&mut **tx).await.expect("counted");
        if count > 0 {
            sqlx::query("SET LOCAL lock_timeout = '200ms'").execute(&mut **tx).await.expect("set");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody waits");
}

#[test]
fn whoever_decides_takes_rows_in_the_order_in_which_they_are_compared() {
    run(async {
        let app = TestApp::real().await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let [_, asking] = two(&app).await;
        compare(&app).await;
        let pair = pair_of(&app, &asking).await;
        // what is decided has changed since it was compared, so that it is compared once more
        app.import(SCB, &[planned("B-1", "Bemanning i alla skolbibliotek", &LIBRARIES)]).await.expect("written");
        let mut tx = app.state.db.write().await.expect("a transaction");
        checks::again(&mut tx, pair.found.collection).await.expect("asked");
        let id = pair.id.to_string();
        let comparing = async {
            somebody_waits_for(&mut tx).await;
            pairs::lock(&mut tx, pair.id).await.expect("nobody who waits for us holds it");
            tx.commit().await.expect("committed");
        };
        tokio::join!(decide(&skr, &id, &[("bedomning", "full")]), comparing);
        assert!(app.page(&format!("/insamlingar/{asking}")).await.contains(CONFIRMED));
    });
}

#[test]
fn the_administrator_counts_the_answers_that_are_wanted() {
    run(async {
        let app = TestApp::real().await;
        let admin = app.signed_in(Role::Admin, SCB).await;
        let (id, asking, met) = alike(&app).await;
        let waiting = async || {
            let page = admin.page("/administration").await;
            let (_, rest) = page.split_once("<dt>Troliga dubbletter som väntar på svar</dt><dd>").expect("a count");
            rest.split(['<', ' ']).next().unwrap_or_default().to_owned()
        };
        assert_eq!(waiting().await, "1");
        let own = app.signed_in(Role::Agency, SCB).await;
        let answered = answer(&own, &format!("/liknande/{id}"), &[("svar", "reuse")]).await;
        assert_eq!(answered.status, axum::http::StatusCode::SEE_OTHER, "{}", answered.text);
        assert_eq!(waiting().await, "0");
        // it goes, and comes back when one of the two says something else: the answer was to what it said
        let found = pair_of(&app, &asking).await.found;
        let mut tx = app.state.db.write().await.expect("a transaction");
        pairs::mark_gone(&mut tx, id, (&found.substance, &found.other_substance), clock::now()).await.expect("gone");
        tx.commit().await.expect("committed");
        assert_eq!(waiting().await, "0");
        app.import(SCB, &[planned("B-1", "Kostnad per elev och skola", &LIBRARIES)]).await.expect("written");
        assert_eq!(flag(&app, &asking, &met).await, id);
        assert_eq!(waiting().await, "1");
        assert!(own.page("/skrivbord").await.contains("Kostnad per elev och skola"), "as the agency's desk has it");
    });
}
