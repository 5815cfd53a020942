//! What agencies get back: the list, the documents, the short address, the case.

use axum::http::StatusCode;
use serde_json::Value;

use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Statskontoret, which took over from Ekonomistyrningsverket.
const STATSKONTORET: &str = "202100-5026";
/// A text that would do harm wherever it is not escaped.
const HOSTILE: &str = "=1+1 <script>alert(1)</script> & \"citat\"";

fn list_of(code: &str) -> String {
    format!("/myndigheter/{code}/forteckning")
}

fn hidden(reference: &str) -> Value {
    with(full_row(reference, "Hemlig undersökning"), &[("visas öppet från", "inte")])
}

#[test]
fn the_list_has_the_surveys_and_beside_them_the_rest() {
    run(async {
        let app = TestApp::real().await;
        let rows = [
            full_row("A", "Enkät om bibliotek"),
            with(full_row("B", "Enkät om parker"), &[("status", "planerad")]),
            with(full_row("C", "Enkät som är över"), &[("status", "avslutad")]),
            with(full_row("D", "Tillsyn av badplatser"), &[("slag", "tillsyn")]),
            hidden("E"),
        ];
        app.import(SCB, &rows).await.unwrap_or_else(|error| panic!("{error:?}"));
        let html = app.page(&list_of(SCB)).await;
        for text in ["2\u{a0}planerade och beslutade enkäter", "har inte förklarat förteckningen fullständig", "Dnr 2026/17"] {
            assert!(html.contains(text), "{text}");
        }
        let (surveys, others) = html.split_once("Övriga insamlingar").expect("two parts");
        assert!(surveys.contains("Enkät om bibliotek") && surveys.contains("Enkät om parker"));
        assert!(!surveys.contains("Tillsyn av badplatser") && others.contains("Tillsyn av badplatser"));
        assert!(!html.contains("Enkät som är över") && !html.contains("Hemlig"), "only what is planned or decided, and open");
        let csv = app.get(&format!("{}.csv", list_of(SCB))).await;
        assert_eq!((csv.status, csv.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
        assert_eq!(csv.text.lines().count(), 4, "{}", csv.text);
        assert!(csv.text.starts_with('\u{feff}') && !csv.text.contains("Hemlig"), "{}", csv.text);
        let book = app.get(&format!("{}.xlsx", list_of(SCB))).await;
        assert!(book.text.starts_with("PK") && book.header("content-disposition").contains("forteckning-202100-0837-"));
    });
}

#[test]
fn joint_collections_stand_on_every_list_and_successors_have_those_they_took_over() {
    run(async {
        let app = TestApp::demonstration().await;
        let list = app.get("/api/v1/collections?limit=500").await.json();
        let items = list["items"].as_array().expect("items");
        let joint = items.iter().find(|item| item["agencies"].as_array().is_some_and(|agencies| agencies.len() > 3)).expect("a joint one");
        let title = joint["title"].as_str().expect("a title").replace('&', "&#38;");
        for agency in joint["agencies"].as_array().expect("agencies") {
            let code = agency["code"].as_str().expect("a code");
            assert!(app.page(&list_of(code)).await.contains(&title), "{code}");
        }
        let ended = app.page(&list_of("202100-0852")).await;
        assert!(ended.contains("Myndigheten har upphört") && ended.contains(&list_of(STATSKONTORET)));
        assert!(app.page("/myndigheter/202100-0837").await.contains(&list_of(SCB)));
    });
}

#[test]
fn there_is_no_list_of_what_is_no_asker() {
    run(async {
        let app = TestApp::real().await;
        for code in ["0180", "R-14", "finns-inte", "202100-0000"] {
            for ending in ["", ".csv", ".xlsx"] {
                assert_eq!(app.get(&format!("{}{ending}", list_of(code))).await.status, StatusCode::NOT_FOUND, "{code}{ending}");
            }
        }
    });
}

#[test]
fn hostile_text_is_text_in_every_form_of_the_list() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("A", HOSTILE)]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let html = app.page(&list_of(SCB)).await;
        assert!(!html.contains("<script>alert") && html.contains("&#60;script&#62;alert(1)"));
        let csv = app.page(&format!("{}.csv", list_of(SCB))).await;
        assert!(csv.contains(";\"'=1+1 <script>"), "{csv}");
    });
}
