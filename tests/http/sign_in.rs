//! Signing in: links, sessions and what must not sign anybody in.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use insamlingsregister::clock;
use insamlingsregister::db::people;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::person::Person;

use crate::client::{cookie_of, posting};
use crate::support::{SCB, TestApp, run};

#[test]
fn a_link_signs_in_once_and_its_session_ends_when_asked() {
    run(async {
        let app = TestApp::real().await;
        let person = app.person(Role::Agency, SCB, false).await;
        let link = app.link(person.id).await;
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let request = Request::builder().method(method).uri(&link).body(Body::empty()).expect("a request");
            let answer = app.send(request).await;
            assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::OK, ""), "a scanner uses nothing up");
        }
        let first = app.send(posting(&link, &[("vidare", "/kommuner")])).await;
        assert_eq!((first.status, first.header("location")), (StatusCode::SEE_OTHER, "/kommuner"));
        for again in [app.send(posting(&link, &[])).await, app.get(&link).await] {
            assert_eq!((again.status, again.header("set-cookie")), (StatusCode::GONE, ""));
            assert!(again.text.contains("Länken är redan använd"), "{}", again.text);
        }
        let client = app.enter(person.id).await;
        assert!(client.page("/").await.contains("Logga ut"));
        let left = client.post("/logga-ut", &[]).await;
        assert_eq!((left.status, left.header("location")), (StatusCode::SEE_OTHER, "/"));
        assert!(!client.page("/").await.contains("Logga ut"), "the cookie is worth nothing any more");
    });
}

#[test]
fn a_planted_session_is_not_kept() {
    run(async {
        let app = TestApp::real().await;
        let other = app.signed_in(Role::Agency, SCB).await;
        for planted in ["insamling=AAAAAAAAAAAAAAAAAAAAAA".to_owned(), other.cookie.clone()] {
            let person = app.person(Role::Agency, SCB, false).await;
            let mut request = posting(&app.link(person.id).await, &[]);
            request.headers_mut().insert(header::COOKIE, planted.parse().expect("a cookie"));
            let answer = app.send(request).await;
            let cookie = cookie_of(&answer, "insamling").expect("a session");
            assert_ne!(cookie, planted);
            let mut request = Request::get("/").body(Body::empty()).expect("a request");
            request.headers_mut().insert(header::COOKIE, planted.parse().expect("a cookie"));
            assert!(!app.send(request).await.text.contains("Logga ut"), "whoever planted {planted} is not signed in");
        }
    });
}

#[test]
fn accounts_that_are_closed_are_signed_out_and_stay_out() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in_manager(Role::Agency, SCB).await;
        let link = app.link(client.person).await;
        let mut tx = app.state.db.write().await.expect("a transaction");
        let person = people::get(&mut tx, client.person).await.expect("read").expect("there");
        people::put(&mut tx, &Person { closed_at: Some(clock::now()), ..person }).await.expect("written");
        tx.commit().await.expect("committed");
        assert!(!client.page("/").await.contains("Logga ut"));
        let refused = app.send(posting(&link, &[])).await;
        assert_eq!((refused.status, refused.header("set-cookie")), (StatusCode::NOT_FOUND, ""));
    });
}
