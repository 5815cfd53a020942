//! The open data, as the contract promises it.

use axum::http::StatusCode;
use serde_json::Value;

use crate::rows::{full_row, row, with};
use crate::support::{SCB, TestApp, run};

async fn numbers(app: &TestApp, query: &str) -> Vec<String> {
    let answer = app.get(&format!("/api/v1/collections?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
    let items = answer.json()["items"].as_array().expect("items").clone();
    items.iter().map(|item| item["number"].as_str().expect("a number").to_owned()).collect()
}

#[test]
fn collections_are_listed_in_pages() {
    run(async {
        let app = TestApp::demonstration().await;
        let list = app.get("/api/v1/collections").await;
        assert!(list.header("content-type").starts_with("application/json"));
        let list = list.json();
        let total = list["total"].as_u64().expect("a total");
        assert!(total > 200, "{total} collections in the demonstration");
        assert_eq!(list["items"].as_array().map(Vec::len), Some(20), "twenty at a time");
        assert!(list["items"][0]["title"].is_string() && list["items"][0]["number"].is_string(), "{list}");
        let mut all = Vec::new();
        for page in 1..=total.div_ceil(50) {
            all.extend(numbers(&app, &format!("limit=50&page={page}")).await);
        }
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!((count as u64, all.len() as u64), (total, total), "every collection stands on one page");
        assert_eq!(numbers(&app, "limit=500").await.len() as u64, total.min(500));
    });
}

#[test]
fn limits_outside_the_contract_are_refused_in_words() {
    run(async {
        let app = TestApp::demonstration().await;
        for query in ["limit=501", "limit=0", "page=0", "limit=abc", "page=-1"] {
            let answer = app.get(&format!("/api/v1/collections?{query}")).await;
            assert!(answer.status.is_client_error(), "{query}: {}", answer.status);
            is_problem(&answer.json(), answer.status, answer.header("content-type"));
        }
    });
}

fn is_problem(problem: &Value, status: StatusCode, content_type: &str) {
    assert_eq!(content_type, "application/problem+json");
    assert_eq!(problem["status"], status.as_u16());
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
    assert!(problem["type"].is_string() && problem["detail"].is_string(), "{problem}");
}

#[test]
fn what_is_not_there_is_a_problem() {
    run(async {
        let app = TestApp::demonstration().await;
        for path in ["/api/v1/finns-inte", "/api/v1/collections/2026-9999", "/api/v1/collections/hej", "/api/v1", "/api/v2/collections"] {
            let answer = app.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            is_problem(&answer.json(), answer.status, answer.header("content-type"));
        }
    });
}

#[test]
fn filters_of_the_contract_work() {
    run(async {
        let app = TestApp::real().await;
        let everyone = with(row("A-1", "Enkät om bibliotek"), &[("uppgiftslämnare", "kommuner"), ("urval", "alla")]);
        app.import(SCB, &[everyone, full_row("A-2", "Enkät om skolor")]).await.expect("imported");
        app.import("202100-5026", &[row("B-1", "Enkät om lån på bibliotek")]).await.expect("imported");
        let number_of = async |title| app.number_of(title).await.expect("a number");
        let (libraries, schools, loans) =
            (number_of("Enkät om bibliotek").await, number_of("Enkät om skolor").await, number_of("Enkät om lån på bibliotek").await);
        let sorted = async |query| {
            let mut found = numbers(&app, query).await;
            found.sort();
            found
        };
        assert_eq!(sorted("q=bibliotek").await, [libraries.as_str(), loans.as_str()]);
        assert_eq!(sorted("agency=202100-5026").await, [loans]);
        assert_eq!(sorted("status=decided").await, [schools.as_str()]);
        assert_eq!(sorted("municipality=0180").await, [libraries.clone(), schools], "all municipalities, and those that are listed");
        assert_eq!(sorted("municipality=0114").await, [libraries], "not those that are not listed");
        assert_eq!(sorted("q=bibliotek&status=decided").await, Vec::<String>::new());
        assert_eq!(sorted("agency=finns-inte").await, Vec::<String>::new());
    });
}

#[test]
fn one_collection_is_told_whole() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("A-1", "Enkät om skolor")]).await.expect("imported");
        let number = app.number_of("Enkät om skolor").await.expect("a number");
        let one = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((&one["number"], &one["title"]), (&Value::from(number), &Value::from("Enkät om skolor")));
        assert_eq!((&one["kind"], &one["status"], &one["obligation"]), (&"survey".into(), &"decided".into(), &"voluntary".into()));
        assert_eq!(one["items"].as_array().map(Vec::len), Some(2), "{one}");
        assert_eq!(one["rounds"].as_array().map(Vec::len), Some(1), "{one}");
        assert!(one.as_object().expect("an object").keys().all(|key| !key.contains('_')), "camelCase: {one}");
    });
}

#[test]
fn every_municipality_is_listed() {
    run(async {
        let app = TestApp::demonstration().await;
        let list = app.get("/api/v1/municipalities?limit=500").await.json();
        assert_eq!(list["total"], 290);
        let items = list["items"].as_array().expect("items");
        assert_eq!(items.len(), 290);
        assert!(items.iter().any(|item| item.to_string().contains("\"1480\"") && item.to_string().contains("Göteborg")));
    });
}
