//! What an address asks for beside words: filters, a municipality, and the counts that lead there.

use axum::http::StatusCode;

use crate::rows::{full_row, row, with};
use crate::support::{SCB, TestApp, run};

/// How many collections a page of the list says that there are.
async fn told(app: &TestApp, path: &str) -> u64 {
    let html = app.page(path).await;
    let heading = html.split("id=\"h-traffar\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a heading");
    heading.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

#[test]
fn unknown_values_are_dropped_and_a_long_address_gives_a_short_page() {
    run(async {
        let app = TestApp::demonstration().await;
        let keys = ["svar", "status", "omrade", "myndighet", "slag", "periodicitet", "kanal"];
        let query: Vec<String> = (0..280).map(|number| format!("{}=finns-inte-{number}", keys[number % keys.len()])).collect();
        let html = app.page(&format!("/insamlingar?{}", query.join("&"))).await;
        assert!(html.len() < 1_000_000, "{} bytes", html.len());
        assert!(!html.contains("finns-inte"), "an unknown value is carried along");
        assert_eq!(told(&app, "/insamlingar?omrade=finns-inte&myndighet=1480").await, told(&app, "/insamlingar").await);
    });
}

#[test]
fn an_unknown_municipality_is_told() {
    run(async {
        let app = TestApp::demonstration().await;
        for code in ["xyz", "9999", "R-99", "202100-0837", "en-mycket-l%C3%A5ng-kod-som-ingen-har"] {
            let html = app.page(&format!("/insamlingar?kommun={code}")).await;
            assert!(html.contains("Inga insamlingar") && html.contains("Ingen kommun eller region har koden"), "{code}");
            assert!(html.contains("Sök för alla kommuner och regioner"), "{code}: the way on is shown");
            let answer = app.get(&format!("/api/v1/collections?municipality={code}")).await;
            assert_eq!((answer.status, answer.header("content-type")), (StatusCode::BAD_REQUEST, "application/problem+json"), "{code}");
            assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.contains("1480") && detail.contains("R-14")), "{code}");
        }
        assert!(told(&app, "/insamlingar?kommun=1480").await > 0 && told(&app, "/insamlingar?kommun=R-14").await > 0);
    });
}

#[test]
fn control_characters_keep_words_apart() {
    run(async {
        let app = TestApp::demonstration().await;
        assert_eq!(told(&app, "/insamlingar?q=antal%0Aelever").await, told(&app, "/insamlingar?q=antal+elever").await);
        assert!(app.page("/kommuner?q=Upplands%09V%C3%A4sby").await.contains("/kommuner/0114"));
    });
}

#[test]
fn every_count_of_a_municipality_is_what_its_list_shows() {
    run(async {
        let app = TestApp::demonstration().await;
        for path in ["/kommuner/1480", "/kommuner/0980", "/regioner/14", "/regioner/09"] {
            let html = app.page(path).await;
            let tiles = html.split("class=\"tiles\"").nth(1).and_then(|rest| rest.split("</ul>").next()).expect("tiles");
            let mut tried = 0;
            for tile in tiles.split("<a href=\"").skip(1) {
                let href = tile.split('"').next().unwrap_or_default().replace("&#38;", "&");
                let count = tile.split("class=\"num\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a count");
                assert_eq!(told(&app, &href).await, count.parse::<u64>().expect("a number"), "{path}: {href}");
                tried += 1;
            }
            assert!(tried > 5, "{path}: only {tried} areas");
            let all = html.split("id=\"h-alla\"").nth(1).expect("the whole list");
            let count: String = all.split("class=\"quiet num\">").nth(1).unwrap_or_default().split('<').next().unwrap_or_default().into();
            let href = all.split("<a href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link").replace("&#38;", "&");
            assert_eq!(format!("({})", told(&app, &href).await), count, "{path}: {href}");
        }
    });
}

#[test]
fn what_has_ended_has_no_deadline_ahead() {
    run(async {
        let app = TestApp::real().await;
        let ended = with(full_row("A-2", "Enkät som är avslutad"), &[("status", "avslutad")]);
        let rows = [full_row("A-1", "Enkät som pågår"), ended, row("A-3", "Enkät utan omgång")];
        app.import(SCB, &rows).await.expect("imported");
        let list = app.get("/api/v1/collections").await.json();
        let mut deadlines: Vec<(String, bool)> = Vec::new();
        for item in list["items"].as_array().expect("items") {
            deadlines.push((item["title"].as_str().expect("a title").to_owned(), item["nextDeadline"].is_string()));
        }
        deadlines.sort();
        let expected = [("Enkät som pågår", true), ("Enkät som är avslutad", false), ("Enkät utan omgång", false)];
        assert_eq!(deadlines, expected.map(|(title, has)| (title.to_owned(), has)));
        assert_eq!(app.page("/insamlingar").await.matches("class=\"due\"").count(), 1);
        assert_eq!(app.page(&format!("/myndigheter/{SCB}")).await.matches("class=\"date\" data-label=\"Nästa svarsdag\">2").count(), 1);
    });
}
