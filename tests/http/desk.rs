//! The desk, yearly confirmation, and reminders, at moments that the tests choose.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use insamlingsregister::actions::collections::steps;
use insamlingsregister::actions::{Origin, reminders};
use insamlingsregister::clock;
use insamlingsregister::db::{Query, case, involved, people};
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::identifier::CollectionNumber;
use insamlingsregister::domain::life;
use insamlingsregister::error::Error;

use crate::rows::{full_row, row, with};
use crate::support::{SCB, TestApp, run};

fn origin() -> Origin {
    Origin { base_url: "https://register.example".to_owned(), demonstration: false }
}

/// Lets a collection have changed last at `then`.
async fn age(app: &TestApp, number: &str, then: DateTime<Utc>) {
    let number = CollectionNumber::parse(number);
    let mut tx = app.state.db.write().await.expect("a transaction");
    let known =
        involved::by_number(&mut tx, number.expect("a number"), clock::swedish_day(then)).await.expect("read").expect("it is there");
    case::set_diary_number(&mut tx, known.id, SCB, Some("gammalt"), then).await.expect("touched");
    // no function of the register sets a moment back
    let aged = Query::new("UPDATE collection SET changed_at = $2, touched_at = $2 WHERE id = $1").bind(known.id).bind(then);
    assert_eq!(aged.run(&mut tx).await.expect("written"), 1);
    let confirmed = case::confirm(&mut tx, known.id, then, clock::swedish_day(then), then).await.expect("written");
    assert!(confirmed, "confirmed then");
    tx.commit().await.expect("committed");
}

async fn last_said(app: &TestApp, number: &str, now: DateTime<Utc>) -> chrono::NaiveDate {
    let number = CollectionNumber::parse(number).expect("a number");
    let mut tx = app.state.db.read().await.expect("a transaction");
    let known = involved::by_number(&mut tx, number, clock::swedish_day(now)).await.expect("read");
    known.expect("the collection").last_said()
}

#[test]
fn a_desk_shows_its_own_work_and_nobody_elses() {
    run(async {
        let app = TestApp::real().await;
        let scb = app.signed_in(Role::Agency, SCB).await;
        assert!(scb.page("/skrivbord").await.contains("Så börjar ni"));
        let hidden = with(row("A-2", "Dold enkät"), &[("visas öppet från", "inte")]);
        app.import(SCB, &[full_row("A-1", "Enkät om bibliotek"), hidden]).await.expect("imported");
        let desk = scb.page("/skrivbord").await;
        for text in ["Enkät om bibliotek", "Dold enkät", "Planerad, inte beslutad", "har inte förklarat"] {
            assert!(desk.contains(text), "{text}");
        }
        assert!(!scb.page("/skrivbord?q=dold").await.contains(">Enkät om bibliotek</a></th>"));
        // the collector sees what it collects, and cannot confirm it
        let collector = app.signed_in(Role::Agency, "202100-5026").await.page("/skrivbord").await;
        assert!(collector.contains("Utförs åt en annan myndighet") && !collector.contains("Dold enkät"));
        let stranger = app.signed_in(Role::Agency, "202100-4185").await.page("/skrivbord").await;
        assert!(!stranger.contains("Enkät om bibliotek"));
        for (role, organisation) in [(Role::Skr, "SKR"), (Role::Municipality, "0180"), (Role::Analyst, SCB), (Role::Admin, SCB)] {
            let desk = app.signed_in(role, organisation).await.page("/skrivbord").await;
            assert!(!desk.contains("Enkät om bibliotek") && desk.contains("Skrivbord"), "{role}");
        }
        assert_eq!(app.get("/skrivbord").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn thirteen_months_of_silence_are_shown_until_somebody_confirms() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("A-1", "Enkät som glöms bort")]).await.expect("imported");
        let number = app.number_of("Enkät som glöms bort").await.expect("it is open");
        let person = app.person(Role::Agency, SCB, false).await;
        let actor = Actor { person: person.id, organisation: SCB.to_owned(), role: Role::Agency, manager: false };
        let parsed = CollectionNumber::parse(&number).expect("a number");
        let later = clock::now() + TimeDelta::days(400);
        let silent = |said| life::is_unconfirmed(insamlingsregister::domain::terms::Status::Decided, said, clock::swedish_day(later));
        assert!(silent(last_said(&app, &number, later).await));
        steps::confirm(&app.state.db, &actor, parsed, later).await.expect("confirmed");
        assert_eq!(last_said(&app, &number, later).await, clock::swedish_day(later));
        let again = steps::confirm(&app.state.db, &actor, parsed, later).await;
        assert!(matches!(again, Err(Error::Invalid(reason)) if reason.contains("i dag")));
        // the page and the data of today: confirmed in the future is not unconfirmed
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!(body["unconfirmed"], false);
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("Bekräftades oförändrad"));
        // what was changed long ago is marked everywhere
        age(&app, &number, clock::now() - TimeDelta::days(400)).await;
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!(body["unconfirmed"], true);
        assert_eq!(app.get("/api/v1/collections").await.json()["items"][0]["unconfirmed"], true);
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Insamlingen är obekräftad.") && page.contains(">Obekräftad</span>"));
        assert!(app.page("/insamlingar").await.contains(">Obekräftad</span>"));
        let scb = app.enter(person.id).await;
        assert!(scb.page("/skrivbord").await.contains("Visas som obekräftad."));
        let answer = scb.post(&format!("/insamlingar/{number}/bekrafta"), &[("till", "skrivbord")]).await;
        assert_eq!(answer.header("location"), format!("/skrivbord?sparat=bekraftad&nummer={number}"));
        assert!(scb.page(answer.header("location")).await.contains(&format!("{number} är bekräftad.")));
        assert!(!app.page(&format!("/insamlingar/{number}")).await.contains("Insamlingen är obekräftad."));
    });
}

#[test]
fn each_agency_gets_one_letter_about_all_that_is_due() {
    run(async {
        let app = TestApp::real().await;
        let (db, origin) = (&app.state.db, origin());
        let rows = [full_row("A-1", "Första enkäten"), full_row("A-2", "Andra enkäten"), row("A-3", "Tredje enkäten, utan brevlåda")];
        app.import(SCB, &rows).await.expect("imported");
        let start = clock::now();
        let at = |days| start + TimeDelta::days(days);
        assert_eq!(reminders::remind(db, &origin, at(360)).await.expect("done"), 0);
        // nobody registers for the agency: the mailbox of those that have one
        assert_eq!(reminders::remind(db, &origin, at(366)).await.expect("done"), 1);
        let first = app.letters("statistik@myndigheten.example").await;
        assert_eq!(first.len(), 1);
        assert!(first[0].contains("Första enkäten") && first[0].contains("Andra enkäten") && !first[0].contains("Tredje"), "{first:?}");
        assert_eq!(reminders::remind(db, &origin, at(366)).await.expect("done"), 0, "once");
        // two who register, one whose account is closed; a mailbox goes before people, who are reached about the third one only
        let people_of_scb = [app.person(Role::Agency, SCB, true).await, app.person(Role::Agency, SCB, false).await];
        let mut closed = app.person(Role::Agency, SCB, true).await;
        closed.closed_at = Some(start);
        let mut tx = db.write().await.expect("a transaction");
        people::put(&mut tx, &closed).await.expect("closed");
        tx.commit().await.expect("committed");
        assert_eq!(reminders::remind(db, &origin, at(370)).await.expect("done"), 2, "the third one, to both");
        assert_eq!(reminders::remind(db, &origin, at(390)).await.expect("done"), 0, "a month between");
        let (one, other) = tokio::join!(reminders::remind(db, &origin, at(402)), reminders::remind(db, &origin, at(402)));
        assert_eq!(one.expect("done") + other.expect("done"), 3, "thirteen months, told once by two instances");
        for person in &people_of_scb {
            let letters = app.letters(person.email.as_deref().expect("an address")).await;
            assert_eq!(letters.len(), 2, "{letters:?}");
            assert!(letters.iter().all(|letter| letter.contains("Tredje") && !letter.contains("Första")), "{letters:?}");
        }
        assert_eq!(app.letters("statistik@myndigheten.example").await.len(), 2);
        assert!(app.letters(closed.email.as_deref().expect("an address")).await.is_empty());
    });
}
