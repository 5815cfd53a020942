//! For those who run the register: readiness, measures, and what does not stand in them.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use insamlingsregister::state::{AppState, Readiness};
use insamlingsregister::web;
use tower::ServiceExt;

use crate::support::{TestApp, run};

async fn status(router: &Router, path: &str) -> StatusCode {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("an answer").status()
}

#[test]
fn it_is_not_ready_before_it_says_so() {
    run(async {
        let app = TestApp::demonstration().await;
        let readiness = Readiness::default();
        let router = web::router(AppState { readiness: readiness.clone(), ..app.state.clone() });
        assert_eq!(status(&router, "/halsa/redo").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(&router, "/halsa/live").await, StatusCode::OK);
        readiness.declare();
        assert_eq!(status(&router, "/halsa/redo").await, StatusCode::OK);
    });
}

#[test]
fn it_is_not_ready_without_its_database() {
    run(async {
        let app = TestApp::real().await;
        assert_eq!(app.get("/halsa/redo").await.status, StatusCode::OK);
        app.state.db.close().await;
        assert_eq!(app.get("/halsa/redo").await.status, StatusCode::SERVICE_UNAVAILABLE);
        let page = app.get("/kommuner").await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.text.contains("Något gick fel hos oss"), "{}", page.text);
        let details = ["sqlx", "pool", "Pool", "closed", "SELECT"].map(|word| page.text.contains(word));
        assert_eq!(details, [false; 5], "the page gives away details: {}", page.text);
    });
}

async fn fails() -> &'static str {
    panic!("a fault of ours")
}

async fn takes_a_body(body: Bytes) -> String {
    body.len().to_string()
}

/// Status and body of an answer from routes of the test's own, with the register's layers around them.
async fn answer(app: &TestApp, request: Request<Body>) -> (StatusCode, String) {
    let routes = Router::new()
        .route("/panik", get(fails))
        .route("/api/panik", get(fails))
        .route("/liten", post(takes_a_body))
        .route("/stor", post(takes_a_body).layer(DefaultBodyLimit::max(1_000_000)));
    let router: Router = web::layers::wrap(routes, Router::new(), &app.state).with_state(app.state.clone());
    let response = router.oneshot(request).await.expect("an answer");
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn a_panic_is_a_fault_with_a_reference() {
    run(async {
        let app = TestApp::demonstration().await;
        let of = async |path: &str| answer(&app, Request::get(path).body(Body::empty()).expect("a request")).await;
        let (status, page) = of("/panik").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.contains("Ange referensen") && !page.contains("a fault of ours"), "{page}");
        let (status, problem) = of("/api/panik").await;
        let problem: serde_json::Value = serde_json::from_str(&problem).expect("JSON");
        let reference = problem["instance"].as_str().and_then(|instance| instance.strip_prefix("urn:uuid:")).expect("a reference");
        assert_eq!((status, reference.len()), (StatusCode::INTERNAL_SERVER_ERROR, 36), "{problem}");
        assert!(uuid::Uuid::try_parse(reference).is_ok(), "{reference}");
    });
}

#[test]
fn a_route_may_take_more_than_others() {
    run(async {
        let app = TestApp::demonstration().await;
        let of = async |path: &str| answer(&app, Request::post(path).body(Body::from(vec![b'a'; 100_000])).expect("a request")).await;
        let (status, page) = of("/liten").await;
        assert!(status == StatusCode::PAYLOAD_TOO_LARGE && page.contains("För mycket på en gång"), "{status}: {page}");
        assert_eq!(of("/stor").await, (StatusCode::OK, "100000".to_owned()));
    });
}

#[test]
fn measures_hold_routes_and_no_words_of_visitors() {
    run(async {
        let app = TestApp::demonstration().await;
        app.page("/insamlingar?q=hemligts%C3%B6kord&kommun=1480").await;
        app.page("/kommuner/1480").await;
        app.get("/finns-inte-hemlig").await;
        let measures = app.page("/metrics").await;
        assert!(measures.contains("http_requests_total{route=\"/insamlingar\",status=\"200\"}"), "{measures}");
        assert!(measures.contains("route=\"/kommuner/{kommunkod}\""), "{measures}");
        // The labels alone: a measured time may hold any digits.
        let labels: Vec<&str> = measures.lines().filter_map(|line| line.rsplit_once(' ')).map(|(labels, _)| labels).collect();
        for word in ["hemlig", "q=", "1480"] {
            assert!(!labels.iter().any(|label| label.contains(word)), "{word} stands in the measures");
        }
    });
}
