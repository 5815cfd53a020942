//! What is told of a collection afterwards: its history and the trail, and to whom.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::events::{self, Event};
use insamlingsregister::db::involved;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::CollectionNumber;
use serde_json::{Value, json};

use crate::client::Client;
use crate::life::{SKOLVERKET, STATSKONTORET, decide, handlaggare, planned, registered};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Everything that was done to a collection, newest first.
pub async fn events_of(app: &TestApp, number: &str) -> Vec<Event> {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let number = CollectionNumber::parse(number).expect("a number");
    let known = involved::by_number(&mut tx, number, clock::swedish_day(clock::now())).await.expect("read").expect("the collection");
    events::of(&mut tx, "collection", &known.id.to_string()).await.expect("the events")
}

fn dispatched(row: &Value, day: &str) -> Value {
    let mut row = with(row.clone(), &[("visas öppet från", "utskick")]);
    row["omgångar"] = json!([{ "omgång": "1", "utskick": day, "sista svarsdag": "2098-12-01" }]);
    row
}

/// A collection that was hidden while its purpose was written three times, and is open now since long ago.
async fn opened_backwards(app: &TestApp) -> String {
    let first = with(planned("A-1", "Enkät om bibliotek"), &[("syfte", "Hemligt syfte ett.")]);
    app.import(SCB, &[dispatched(&first, "2098-01-12")]).await.unwrap_or_else(|error| panic!("{error:?}"));
    let second = with(first, &[("syfte", "Hemligt syfte två.")]);
    app.import(SCB, &[dispatched(&second, "2098-01-12")]).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(app.number_of("Enkät om bibliotek").await.is_none(), "it is hidden");
    let number = app.newest_number().await;
    let scb = handlaggare(app, SCB).await;
    assert_eq!(decide(&scb, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
    let third = with(second, &[("syfte", "Öppet syfte."), ("status", "beslutad"), ("beslutsdatum", "2026-03-06")]);
    app.import(SCB, &[dispatched(&third, "2026-01-12")]).await.unwrap_or_else(|error| panic!("{error:?}"));
    // a file does not say how much it changes: somebody decides what it plans
    let path = format!("/insamlingar/{number}/beslut");
    let based_on = crate::client::hidden(&scb.page(&path).await, "utgar_fran").expect("what it starts from");
    let fields = [
        ("utgar_fran", based_on.as_str()),
        ("beslutsdatum", "2026-03-06"),
        ("beslutsfattare", "GD"),
        ("betydelse", "insignificant"),
        ("betydelse_skal", "Ett hemligt skäl."),
    ];
    let answer = scb.post(&path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    number
}

#[test]
fn what_was_written_while_hidden_stays_with_the_parties_whatever_day_it_opens() {
    run(async {
        let app = TestApp::real().await;
        let number = opened_backwards(&app).await;
        let paths = [format!("/insamlingar/{number}"), format!("/insamlingar/{number}/historik")];
        let (stranger, skr) = (handlaggare(&app, SKOLVERKET).await, app.signed_in(Role::Skr, "SKR").await);
        let scb = handlaggare(&app, SCB).await;
        for path in &paths {
            let open = [app.page(path).await, stranger.page(path).await, skr.page(path).await];
            for html in open {
                assert!(!html.contains("Hemligt") && !html.contains("hemligt"), "{path}: {html}");
                assert!(html.contains("Registrerades") && html.contains("Beslutades"), "the steps themselves are told: {html}");
            }
            let own = scb.page(path).await;
            assert!(own.contains("Hemligt syfte ett.") && own.contains("Hemligt syfte två."), "the parties read it all: {own}");
        }
        let case = format!("/insamlingar/{number}/arende.zip");
        assert_eq!(stranger.get(&case).await.status, StatusCode::FORBIDDEN);
        assert_eq!(scb.get(&case).await.status, StatusCode::OK);
        // what is written from now on is for everyone
        let change = with(full_row("A-1", "Enkät om bibliotek och läsning"), &[("syfte", "Öppet syfte."), ("visas öppet från", "utskick")]);
        app.import(SCB, &[dispatched(&change, "2026-01-12")]).await.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(events_of(&app, &number).await[0].detail.get("hidden").is_none());
    });
}

#[test]
fn a_contact_is_never_told_by_the_history() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let another =
            [("kontaktfunktion", "Enkätgruppen"), ("kontakt e-post", "enkater@myndigheten.example"), ("syfte", "Ett nytt syfte.")];
        app.import(SCB, &[with(planned("A-1", "Enkät om bibliotek"), &another)]).await.expect("changed");
        app.import(SCB, &[with(planned("A-1", "Enkät om bibliotek"), &[("syfte", "Ett nytt syfte.")])]).await.expect("changed back");
        let told: Vec<String> = events_of(&app, &number).await.iter().map(|event| event.detail.to_string()).collect();
        assert_eq!(told.len(), 3);
        assert!(told.iter().any(|detail| detail.contains("contact_email") && detail.contains("Ett nytt syfte.")), "{told:?}");
        let scb = handlaggare(&app, SCB).await;
        let pages = [scb.page(&format!("/insamlingar/{number}/historik")).await, scb.page("/handelser").await];
        for text in told.iter().chain(&pages) {
            for contact in ["Enkätgruppen", "Statistiktjänsten", "enkater@", "statistik@"] {
                assert!(!text.contains(contact), "{contact}: {text}");
            }
        }
        assert!(pages[0].contains("kontakt"), "that it changed is told");
    });
}

/// Both forms of the trail.
async fn trail(client: &Client<'_>) -> String {
    client.page("/handelser").await + &client.page("/handelser.csv").await
}

#[test]
fn the_trail_names_nothing_that_its_reader_may_not_read() {
    run(async {
        let app = TestApp::real().await;
        let hidden = with(planned("A-1", "Enkät som ingen känner till"), &[("visas öppet från", "inte")]);
        app.import(SCB, &[planned("A-2", "Öppen enkät"), hidden.clone()]).await.expect("two");
        let number = app.newest_number().await;
        let collector = handlaggare(&app, STATSKONTORET).await;
        let set = collector.post(&format!("/insamlingar/{number}/diarienummer"), &[("diarienummer", "STK 2026/7")]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER);
        assert!(trail(&collector).await.contains("Enkät som ingen känner till"), "who collects may read it");
        let (analyst, own) = (app.signed_in(Role::Analyst, SCB).await, handlaggare(&app, SCB).await);
        let told = trail(&analyst).await;
        assert!(told.contains("Öppen enkät") && told.contains("en insamling") && !told.contains("ingen känner till"), "{told}");
        assert!(!told.contains(&number), "nor by its number: {told}");
        assert!(trail(&own).await.contains("Enkät som ingen känner till"));
        // somebody else collects
        app.import(SCB, &[with(hidden, &[("utförs av", "Ett konsultbolag")])]).await.expect("changed");
        let told = trail(&collector).await;
        assert!(told.contains("Angav ett diarienummer") && told.contains("en insamling"), "{told}");
        assert!(!told.contains("ingen känner till") && !told.contains(&number), "{told}");
        assert_eq!(collector.get(&format!("/insamlingar/{number}")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn two_who_confirm_at_once_confirm_once() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (one, other) = (handlaggare(&app, SCB).await, handlaggare(&app, SCB).await);
        let path = format!("/insamlingar/{number}/bekrafta");
        let (first, second) = tokio::join!(one.post(&path, &[]), other.post(&path, &[]));
        let answered = [first.status, second.status];
        assert!(answered.contains(&StatusCode::SEE_OTHER), "{answered:?}");
        assert!(!answered.iter().any(StatusCode::is_server_error), "{answered:?}");
        let confirmed = events_of(&app, &number).await.into_iter().filter(|event| event.action == "collection.confirmed");
        assert_eq!(confirmed.count(), 1);
    });
}
