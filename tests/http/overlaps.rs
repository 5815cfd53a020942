//! What already asks for what somebody plans to ask for, as the open data tell it.

use std::sync::mpsc;
use std::thread::available_parallelism;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::overlap::Planned;
use insamlingsregister::search::overlap::{Asker, Known};
use serde_json::{Value, json};

use crate::editor::short_way;
use crate::rows::{full_row, row, with};
use crate::support::{Answer, SCB, TestApp, run};

const OTHER: &str = "202100-2114";

fn asking(planned: &Value) -> Request<Body> {
    let request = Request::post("/api/v1/similar").header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    request.body(Body::from(planned.to_string())).expect("a request")
}

fn meals(reference: &str, title: &str) -> Value {
    let mut row = with(row(reference, title), &[("syfte", "Följa upp skolmåltiderna i kommunerna."), ("område", "Livsmedel")]);
    row["uppgifter"] =
        json!([{ "uppgift": "Kostnad per portion" }, { "uppgift": "Andel ekologiska livsmedel" }, { "uppgift": "Matsvinn, kg" }]);
    row
}

fn planned() -> Value {
    json!({
        "id": "P1", "agency": "SCB", "title": "Skolmåltidernas kostnader", "purpose": "Följa upp skolmåltider.", "area": "Livsmedel",
        "items": [{ "id": "P1.1", "text": "Kostnad per portion" }, { "id": "P1.2", "text": "Ekologiska livsmedel, andel" }],
    })
}

fn collections(answer: &Answer) -> Vec<String> {
    let matches = answer.json()["matches"].as_array().cloned().unwrap_or_default();
    matches.iter().map(|found| found["collection"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn register() -> TestApp {
    let app = TestApp::real().await;
    let hidden = with(meals("A-2", "Skolmåltider: kostnader"), &[("visas öppet från", "inte")]);
    app.import(SCB, &[meals("A-1", "Skolmåltider"), full_row("A-3", "Enkät om elever")]).await.expect("imported");
    app.import(SCB, &[hidden]).await.expect("imported");
    app
}

#[test]
fn what_is_already_asked_for_is_flagged_with_its_items() {
    run(async {
        let app = register().await;
        let client = app.signed_in(Role::Agency, OTHER).await;
        let answer = client.send(asking(&planned())).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let number = app.number_of("Skolmåltider").await.expect("a number");
        let found = &answer.json()["matches"][0];
        assert_eq!((answer.json()["id"].as_str(), found["collection"].as_str()), (Some("P1"), Some(number.as_str())), "{found}");
        assert_eq!((&found["flagged"], found["status"].as_str()), (&json!(true), Some("planned")), "{found}");
        assert!(found["score"].as_f64().is_some_and(|score| score > 0.5 && score <= 1.0), "{found}");
        let scores = found.to_string().match_indices("\"score\":").count();
        let short = |rest: &str| rest.split([',', '}']).next().is_some_and(|score| score.len() <= 4);
        assert_eq!(found.to_string().split("\"score\":").skip(1).filter(|rest| short(rest)).count(), scores, "in hundredths: {found}");
        assert!(found["why"].to_string().contains("2 av 2 uppgifter liknar"), "{found}");
        assert_eq!(found["items"][1]["item"], "P1.2");
        assert_eq!(found["items"][1]["matches"][0]["item"], format!("{number}.2"), "{found}");
        assert_eq!(found["items"][1]["matches"][0]["text"], "Andel ekologiska livsmedel");
        assert_eq!(found["items"][0]["matches"].as_array().map(Vec::len), Some(3));
    });
}

#[test]
fn what_is_not_open_is_found_by_its_parties_only() {
    run(async {
        let app = register().await;
        let hidden = app.newest_number().await;
        for (role, organisation, knows) in [
            (Role::Agency, SCB, true),
            (Role::Agency, OTHER, false),
            (Role::Skr, "SKR", false),
            (Role::Analyst, SCB, false),
            (Role::Admin, OTHER, true),
        ] {
            let client = app.signed_in(role, organisation).await;
            let answer = client.send(asking(&planned())).await;
            assert_eq!(collections(&answer).contains(&hidden), knows, "{role:?} of {organisation}: {}", answer.text);
            let status = client.get(&format!("/api/v1/collections/{hidden}/similar")).await.status;
            assert_eq!(status, if knows { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{role:?} of {organisation}");
        }
        assert_eq!(app.send(asking(&planned())).await.status, StatusCode::FORBIDDEN, "nobody asks without signing in");
    });
}

#[test]
fn a_collection_never_overlaps_with_itself_and_flags_are_not_public() {
    run(async {
        let app = register().await;
        let number = app.number_of("Skolmåltider").await.expect("a number");
        let address = format!("/api/v1/collections/{number}/similar");
        let open = app.get(&address).await;
        assert_eq!(open.status, StatusCode::OK, "{}", open.text);
        assert_eq!(collections(&open), [app.number_of("Enkät om elever").await.expect("a number")], "neither itself nor what is hidden");
        assert!(!open.text.contains("flagged") && !open.text.contains("why"), "{}", open.text);
        let own = app.signed_in(Role::Agency, SCB).await.get(&address).await;
        assert_eq!(collections(&own).len(), 2);
        assert_eq!(own.json()["matches"][0]["flagged"], true, "{}", own.text);
        assert_eq!(own.json()["matches"][0]["items"][0]["item"], format!("{number}.1"));
        assert!(open.json()["matches"][0]["score"].as_f64().is_some_and(|score| score < 0.5), "{}", open.text);
        assert_eq!(app.get("/api/v1/collections/2026-9999/similar").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn bad_questions_get_sensible_answers() {
    run(async {
        let app = register().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let many: Vec<Value> = (0..300).map(|at| json!({ "id": format!("m{at}"), "text": format!("Uppgift {at}") })).collect();
        let good = [
            json!({ "id": "" }),
            json!({ "id": "tom", "title": "", "items": [{ "id": "1", "text": "" }, { "id": "2", "text": "x" }] }),
            json!({ "id": "stoppord", "title": "och i att det", "purpose": null, "area": "Finns inte", "items": null }),
            json!({ "id": "bokstäver", "title": "a", "items": [{ "id": "1", "text": "a" }, { "id": "2", "text": "b" }, { "id": "3", "text": "å" }] }),
            json!({ "id": "tecken", "title": "🎉 – \u{0}\u{202e}", "items": [{ "id": "1", "text": "<script>" }] }),
            json!({ "id": "engelska", "title": "Annual survey", "items": [{ "id": "1", "text": "Number of pupils" }] }),
            json!({ "id": "lång", "title": "Måltider", "purpose": "Syftet är uppföljning. ".repeat(2_200), "items": many }),
        ];
        for question in good {
            let answer = client.send(asking(&question)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            assert_eq!(collections(&answer).len(), 3, "the best whatever their score");
            assert!(!answer.text.contains("\"flagged\":true"), "{}", answer.text);
        }
        for wrong in ["", "[]", "{", "{\"title\":\"utan id\"}"] {
            let request = Request::post("/api/v1/similar").header(header::CONTENT_TYPE, "application/json");
            let answer = client.send(request.body(Body::from(wrong)).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", answer.text);
            assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.contains("objekt")), "{}", answer.text);
        }
        let too_many: Vec<Value> = (0..=2_000).map(|at| json!({ "id": format!("m{at}"), "text": "Elever" })).collect();
        let answer = client.send(asking(&json!({ "id": "många", "title": "Elever", "items": too_many[..2_000] }))).await;
        assert_eq!((answer.status, collections(&answer).len()), (StatusCode::OK, 3), "as many as can be registered");
        let answer = client.send(asking(&json!({ "id": "många", "title": "Elever", "items": too_many }))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.json()["detail"], "2001 uppgifter är fler än de 2000 som en insamling kan ha.", "{}", answer.text);
        let mut foreign = asking(&planned());
        foreign.headers_mut().insert("origin", "https://ond.example".parse().expect("a value"));
        assert_eq!(client.send(foreign).await.status, StatusCode::BAD_REQUEST);
    });
}

/// Somebody who searches until the test lets go, and has begun.
async fn hold_a_turn(app: &TestApp, asker: Asker) -> mpsc::Sender<()> {
    let ((begun, has_begun), (release, released)) = (mpsc::channel(), mpsc::channel::<()>());
    let index = app.state.index.clone();
    let visible = move |_: Known| {
        let _nobody_listens_any_more = begun.send(());
        released.recv().is_ok()
    };
    let planned = Planned { title: "Skolmåltider".to_owned(), ..Planned::default() };
    tokio::spawn(async move { index.overlaps(asker, planned, 5, visible).await });
    tokio::task::spawn_blocking(move || has_begun.recv()).await.expect("it ends").expect("the search begins");
    release
}

#[test]
fn where_too_many_ask_one_is_asked_to_come_back() {
    run(async {
        let app = register().await;
        let number = app.number_of("Skolmåltider").await.expect("a number");
        let (address, own) = (format!("/api/v1/collections/{number}/similar"), app.signed_in(Role::Agency, SCB).await);
        let draft = short_way(&own, "Skolmåltider").await;
        let (step, beside) = (format!("{draft}/uppgifter"), format!("{draft}/uppgifter/liknande"));
        let held = hold_a_turn(&app, Asker::Anyone).await;
        assert_eq!(own.get(&address).await.status, StatusCode::OK, "whoever works is not kept waiting by others");
        let mut all = vec![held];
        for _ in 0..available_parallelism().map_or(1, usize::from) {
            all.push(hold_a_turn(&app, Asker::SignedIn).await);
        }
        let (open, panel, page) = tokio::join!(app.get(&address), own.post(&beside, &[("item_label", "Matsvinn")]), own.page(&step));
        for answer in [&open, &panel] {
            assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "3"), "{}", answer.text);
            assert!(answer.text.contains("Många frågar just nu."), "{}", answer.text);
        }
        assert_eq!((open.header("content-type"), open.json()["status"].as_u64()), ("application/problem+json", Some(503)));
        assert!(page.contains("Just nu går det inte att jämföra med andra insamlingar."), "the form goes on: {page}");
        drop(all);
        assert_eq!(app.get(&address).await.status, StatusCode::OK);
        assert_eq!(own.post(&beside, &[("item_label", "Matsvinn")]).await.status, StatusCode::OK);
    });
}
