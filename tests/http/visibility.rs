//! What is not open is nowhere: no page, no list, no search, no figure, no JSON.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::register::{Collector, Identity, Lineages, insert, insert_agencies, insert_version};
use insamlingsregister::domain::content::Content;
use insamlingsregister::domain::identifier::CollectionNumber;
use insamlingsregister::domain::new_collection::CollectionParts;
use insamlingsregister::domain::respondent::{RespondentGroup, Selection};
use insamlingsregister::domain::terms::{Kind, RespondentKind, Status, Visibility};
use serde_json::{Value, json};

use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// A word that only hidden collections have.
const SECRET: &str = "utterinventering";

/// Where a collection of SCB that asks Göteborg and its region would be seen.
const PLACES: [&str; 11] = [
    "/",
    "/insamlingar",
    "/insamlingar?q=utterinventering",
    "/insamlingar?myndighet=202100-0837",
    "/insamlingar?kommun=1480",
    "/myndigheter/202100-0837",
    "/kommuner/1480",
    "/regioner/14",
    "/api/v1/collections?limit=500",
    "/api/v1/collections?q=utterinventering",
    "/api/v1/collections?municipality=1480",
];

fn hidden(reference: &str, visibility: &str) -> Value {
    with(full_row(reference, &format!("Enkät om {SECRET}, {reference}")), &[("visas öppet från", visibility)])
}

fn dispatched(mut row: Value, dispatch: &str, deadline: &str) -> Value {
    row["omgångar"] = json!([{ "omgång": "1", "utskick": dispatch, "sista svarsdag": deadline }]);
    row
}

/// A draft that somebody has written but not planned.
async fn write_draft(app: &TestApp) {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let id = clock::new_id();
    let number = CollectionNumber::new(2026, 9_000);
    let identity = Identity {
        id,
        number,
        status: Status::Draft,
        open_from: Some(clock::swedish_day(clock::now())),
        owner_code: SCB.to_owned(),
        own_reference: Some("utkast-1".to_owned()),
        decided_version: None,
        planned_version: Some(1),
    };
    insert(&mut tx, &identity, clock::now()).await.expect("the draft");
    let mut content = Content::titled(Kind::Survey, format!("Utkast om {SECRET}"));
    content.respondents = vec![RespondentGroup { kind: RespondentKind::Municipality, selection: Selection::All }];
    let parts = CollectionParts {
        own_reference: None,
        responsible: vec![SCB.to_owned()],
        diary_number: None,
        collector: None,
        status: Status::Draft,
        visibility: Visibility::Now,
        content,
        rounds: Vec::new(),
    };
    insert_version(&mut tx, (id, 1), &parts, &Collector::default(), Lineages::new(), (false, clock::now())).await.expect("its content");
    insert_agencies(&mut tx, (id, 1), &parts.responsible, None).await.expect("its agency");
    tx.commit().await.expect("committed");
}

async fn figures(app: &TestApp) -> String {
    let html = app.page("/").await;
    html.split("class=\"figures\"").nth(1).and_then(|rest| rest.split("</dl>").next()).expect("the figures").to_owned()
}

#[test]
fn what_is_not_open_is_nowhere() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("öppen", "Enkät om bibliotek")]).await.expect("an open one");
        let before = figures(&app).await;
        let rows = [
            hidden("aldrig", "inte"),
            dispatched(hidden("senare", "utskick"), "2098-01-11", "2098-03-01"),
            with(hidden("okänt utskick", "utskick"), &[("omgångar", "")]),
        ];
        let mut rows = rows.to_vec();
        rows[2]["omgångar"] = json!([]);
        assert_eq!(app.import(SCB, &rows).await.unwrap_or_else(|error| panic!("{error:?}")).registered, 3);
        write_draft(&app).await;
        // the change makes the index look at everything again
        app.import(SCB, &[full_row("öppen", "Enkät om bibliotek och läsning")]).await.expect("changed");
        for path in PLACES {
            let answer = app.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            // the search field holds what was typed
            let text = answer.text.replace(&format!("value=\"{SECRET}\""), "");
            let shown = text.matches(SECRET).count();
            let echoed = usize::from(path.contains(SECRET)) * text.matches(&format!("”{SECRET}”")).count();
            let links = text.matches(&format!("q={SECRET}")).count();
            assert_eq!(shown, echoed + links, "{path} shows what is not open");
        }
        assert_eq!(figures(&app).await, before, "hidden collections are counted");
        let numbers = ["2026-0002", "2026-0003", "2026-0004", "2026-9000"].map(|number| {
            let year = clock::swedish_day(clock::now()).format("%Y").to_string();
            if number == "2026-9000" { number.to_owned() } else { number.replacen("2026", &year, 1) }
        });
        for number in numbers {
            let page = app.get(&format!("/insamlingar/{number}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{number}");
            assert!(!page.text.contains(SECRET), "{number}");
            assert_eq!(app.get(&format!("/api/v1/collections/{number}")).await.status, StatusCode::NOT_FOUND, "{number}");
        }
        assert_eq!(app.get("/api/v1/collections").await.json()["total"], 1);
    });
}

#[test]
fn what_has_been_dispatched_is_open() {
    run(async {
        let app = TestApp::real().await;
        let row = dispatched(hidden("ute", "utskick"), "2026-01-11", "2026-03-01");
        app.import(SCB, &[row]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let number = app.number_of(&format!("Enkät om {SECRET}, ute")).await.expect("it is open");
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains(SECRET));
        assert!(app.page("/insamlingar?q=utterinventering").await.contains(&number));
        assert!(app.page("/kommuner/1480").await.contains(SECRET));
    });
}

#[test]
fn what_is_hidden_afterwards_goes_away() {
    run(async {
        let app = TestApp::real().await;
        let title = format!("Enkät om {SECRET}, först öppen");
        let planned = with(full_row("A-1", &title), &[("status", "planerad")]);
        app.import(SCB, std::slice::from_ref(&planned)).await.expect("open");
        let number = app.number_of(&title).await.expect("it is open");
        let hide = with(planned, &[("visas öppet från", "inte")]);
        // the index has not been told: what it still holds must not be shown
        let summary = app.import_only(SCB, &[hide], insamlingsregister::actions::import::Mode::Write).await.expect("hidden");
        assert_eq!(summary.changed, 1);
        for path in ["/insamlingar?q=utterinventering", "/insamlingar", "/myndigheter/202100-0837", "/api/v1/collections", "/"] {
            let text = app.get(path).await.text;
            assert!(!text.contains(&number), "{path} shows a collection that has been hidden");
        }
        assert_eq!(app.get(&format!("/insamlingar/{number}")).await.status, StatusCode::NOT_FOUND);
    });
}
