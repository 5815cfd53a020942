//! For those who run the register: readiness, measures, and what does not stand in them.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
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
        for word in ["hemlig", "q=", "1480"] {
            assert!(!measures.contains(word), "{word} stands in the measures");
        }
    });
}
