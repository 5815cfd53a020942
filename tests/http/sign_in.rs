//! Signing in: links, sessions and what must not sign anybody in.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use chrono::TimeDelta;
use insamlingsregister::actions::{self, demo, sign_in};
use insamlingsregister::clock;
use insamlingsregister::db::people;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::person::Person;
use insamlingsregister::domain::sign_in::{MOST_PER_ADDRESS, Purpose};
use insamlingsregister::state::AppState;
use insamlingsregister::web;
use tower::ServiceExt;

use crate::client::{cookie_of, hidden, link_in, posting};
use crate::support::{Answer, SCB, TestApp, run};

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

/// A browser that has opened the sign-in page: its cookie, and the secret in the form.
async fn browser(app: &TestApp) -> (String, String) {
    let page = app.get("/logga-in?vidare=%2Fkommuner").await;
    assert_eq!(page.header("cache-control"), "no-store");
    let set = page.header("set-cookie");
    assert!(["HttpOnly", "SameSite=Lax", "Path=/logga-in", "Max-Age=3600"].iter().all(|part| set.contains(part)), "{set}");
    let cookie = cookie_of(&page, "insamling-inloggning").expect("the browser is known");
    (cookie, hidden(&page.text, "csrf").expect("a secret"))
}

async fn send(app: &TestApp, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let mut request = posting(path, fields);
    request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
    app.send(request).await
}

#[test]
fn a_link_by_mail_works_in_the_browser_that_asked() {
    run(async {
        let app = TestApp::real().await;
        let email = app.person(Role::Agency, SCB, false).await.email.expect("an address");
        let (cookie, csrf) = browser(&app).await;
        let typed = format!(" {} ", email.to_uppercase());
        let known = send(&app, "/logga-in", &cookie, &[("epost", &typed), ("csrf", &csrf), ("vidare", "/kommuner?lan=14")]).await;
        let unknown = send(&app, "/logga-in", &cookie, &[("epost", "ingen@finns.example"), ("csrf", &csrf)]).await;
        for answer in [&known, &unknown] {
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/logga-in?skickat=ja"));
        }
        assert_eq!((known.headers.len(), &known.text), (unknown.headers.len(), &unknown.text), "nobody is told who is invited");
        assert_eq!(app.letters("ingen@finns.example").await.len(), 0);
        let letters = app.letters(&email).await;
        let link = link_in(&letters[0]);
        let (token, _) = link.split_once('?').expect("where to go on to");
        for other in ["a=b".to_owned(), browser(&app).await.0] {
            let refused = send(&app, token, &other, &[]).await;
            assert_eq!((refused.status, cookie_of(&refused, "insamling")), (StatusCode::FORBIDDEN, None));
            assert!(refused.text.contains("samma webbläsare"), "{}", refused.text);
        }
        let mut asked = Request::get(&link).body(Body::empty()).expect("a request");
        asked.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
        let page = app.send(asked).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let onward = hidden(&page.text, "vidare").expect("where to go on to");
        let entered = send(&app, token, &cookie, &[("vidare", &onward)]).await;
        assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/kommuner?lan=14"));
        assert!(cookie_of(&entered, "insamling").is_some());
    });
}

#[test]
fn links_that_are_tampered_with_or_old_sign_nobody_in() {
    run(async {
        let app = TestApp::real().await;
        let person = app.person(Role::Agency, SCB, false).await;
        let link = app.link(person.id).await;
        let (start, end) = link.split_at(link.len() - 1);
        let tampered = format!("{start}{}", if end == "A" { "B" } else { "A" });
        for wrong in [tampered.as_str(), "/logga-in/x", &format!("{link}x"), "/logga-in/%27%20OR%201=1"] {
            for answer in [app.get(wrong).await, app.send(posting(wrong, &[])).await] {
                assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::NOT_FOUND, ""), "{wrong}");
            }
        }
        let long_ago = clock::now() - TimeDelta::days(8);
        let mut tx = app.state.db.write().await.expect("a transaction");
        let token = sign_in::make_link(&mut tx, person.id, Purpose::Invitation, None, long_ago).await.expect("a link");
        tx.commit().await.expect("committed");
        for answer in [app.get(&format!("/logga-in/{token}")).await, app.send(posting(&format!("/logga-in/{token}"), &[])).await] {
            assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::GONE, ""));
            assert!(answer.text.contains("Länken har gått ut"));
        }
        let foreign = app.send(with_header(posting(&link, &[]), "origin", "https://ond.example")).await;
        assert_eq!((foreign.status, foreign.header("set-cookie")), (StatusCode::BAD_REQUEST, ""));
        for elsewhere in ["//ond.example", "https://ond.example/", "/\\ond.example", "/logga-ut"] {
            let answer = app.send(posting(&app.link(person.id).await, &[("vidare", elsewhere)])).await;
            assert_eq!(answer.header("location"), "/skrivbord", "{elsewhere}");
        }
    });
}

fn with_header(mut request: Request<Body>, name: &'static str, value: &'static str) -> Request<Body> {
    request.headers_mut().insert(name, value.parse().expect("a value"));
    request
}

#[test]
fn of_eight_who_use_a_link_at_once_one_gets_in() {
    run(async {
        let app = TestApp::real().await;
        let person = app.person(Role::Agency, SCB, false).await;
        for _ in 0..3 {
            let link = app.link(person.id).await;
            let go = || app.send(posting(&link, &[]));
            let answers = tokio::join!(go(), go(), go(), go(), go(), go(), go(), go());
            let answers = [answers.0, answers.1, answers.2, answers.3, answers.4, answers.5, answers.6, answers.7];
            let entered = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
            let refused =
                answers.iter().filter(|answer| answer.status == StatusCode::GONE && answer.header("set-cookie").is_empty()).count();
            assert_eq!((entered, refused), (1, 7));
        }
    });
}

#[test]
fn an_address_and_a_network_ask_for_a_few_links_an_hour() {
    run(async {
        let app = TestApp::real().await;
        let email = app.person(Role::Agency, SCB, false).await.email.expect("an address");
        let (cookie, csrf) = browser(&app).await;
        for number in 0..7 {
            let answer = send(&app, "/logga-in", &cookie, &[("epost", &email), ("csrf", &csrf)]).await;
            let expected = if number < 5 { StatusCode::SEE_OTHER } else { StatusCode::TOO_MANY_REQUESTS };
            assert_eq!(answer.status, expected, "{number}: {}", answer.text);
        }
        assert_eq!(app.letters(&email).await.len(), 5);
        let mut allowed = 0;
        for number in 0..30 {
            let other = format!("person{number}@finns.example");
            let answer = send(&app, "/logga-in", &cookie, &[("epost", &other), ("csrf", &csrf)]).await;
            allowed += usize::from(answer.status == StatusCode::SEE_OTHER);
            assert!(answer.status == StatusCode::SEE_OTHER || answer.text.contains("Vänta en timme"), "{}", answer.text);
        }
        assert_eq!(allowed, 25, "the network has asked thirty times");
        actions::sign_in::sweep(&app.state.db, clock::now() + TimeDelta::hours(2)).await.expect("swept");
        let later = send(&app, "/logga-in", &cookie, &[("epost", &email), ("csrf", &csrf)]).await;
        assert_eq!(later.status, StatusCode::SEE_OTHER, "what is an hour old is forgotten");
    });
}

#[test]
fn the_sign_in_form_needs_its_secret_and_an_address() {
    run(async {
        let app = TestApp::real().await;
        let email = app.person(Role::Agency, SCB, false).await.email.expect("an address");
        let (cookie, csrf) = browser(&app).await;
        let (_, of_another) = browser(&app).await;
        for (cookie, fields) in [
            ("a=b", vec![("epost", email.as_str()), ("csrf", csrf.as_str())]),
            (&cookie, vec![("epost", &email)]),
            (&cookie, vec![("epost", &email), ("csrf", &of_another)]),
            (&cookie, vec![("epost", "<b>fel"), ("csrf", &csrf)]),
            (&cookie, vec![("csrf", &csrf)]),
        ] {
            let answer = send(&app, "/logga-in", cookie, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(answer.text.contains("role=\"alert\"") && answer.text.contains("aria-invalid=\"true\""), "{}", answer.text);
            assert!(!answer.text.contains("<b>fel"));
        }
        let fields = [("epost", email.as_str()), ("csrf", csrf.as_str())];
        for (name, value) in [("origin", "https://ond.example"), ("sec-fetch-site", "cross-site")] {
            let mut request = with_header(posting("/logga-in", &fields), name, value);
            request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
            assert_eq!(app.send(request).await.status, StatusCode::BAD_REQUEST);
        }
        assert_eq!(app.letters(&email).await.len(), 0);
    });
}

#[test]
fn a_session_ends_after_four_idle_hours_and_after_twelve() {
    run(async {
        let app = TestApp::real().await;
        for (signed_in, seen, lasts) in [(11, 3, true), (11, 4, false), (12, 0, false)] {
            let client = app.signed_in(Role::Agency, SCB).await;
            app.age_session(client.person, TimeDelta::hours(signed_in), TimeDelta::hours(seen)).await;
            assert_eq!(client.page("/").await.contains("Logga ut"), lasts, "signed in {signed_in} h ago, seen {seen} h ago");
            assert_eq!(app.sessions_of(client.person).await, usize::from(lasts));
        }
    });
}

#[test]
fn reading_sets_no_cookie_and_writes_no_session() {
    run(async {
        let app = TestApp::real().await;
        for path in ["/", "/insamlingar", "/myndigheter", "/kommuner", "/om", "/api/v1/collections", "/finns-inte"] {
            let answer = app.get(path).await;
            assert_eq!((answer.header("set-cookie"), answer.header("cache-control").contains("no-store")), ("", false), "{path}");
        }
        let client = app.signed_in(Role::Agency, SCB).await;
        let before = app.session_rows().await;
        let page = client.get("/insamlingar").await;
        assert_eq!((page.header("set-cookie"), page.header("cache-control")), ("", "no-store"));
        assert_eq!(app.session_rows().await, before, "a page that is read writes no session");
    });
}

#[test]
fn the_doors_of_a_demonstration_open_again_and_again_but_only_there() {
    run(async {
        let app = TestApp::demonstration().await;
        let old = demo::open_doors(&app.state.db, clock::now()).await.expect("links");
        let doors = demo::open_doors(&app.state.db, clock::now()).await.expect("links");
        assert!(Role::ALL.iter().all(|role| doors.iter().any(|door| door.role == *role)));
        for door in &doors {
            let path = format!("/logga-in/{}", door.token);
            for _ in 0..2 {
                let answer = app.send(posting(&path, &[])).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?}", door.role);
            }
            let serving = web::router(AppState { demonstration_links: false, ..app.state.clone() });
            let refused = serving.oneshot(posting(&path, &[])).await.expect("an answer");
            assert_eq!((refused.status(), refused.headers().contains_key("set-cookie")), (StatusCode::NOT_FOUND, false));
        }
        let earlier = app.send(posting(&format!("/logga-in/{}", old[0].token), &[])).await;
        assert_eq!(earlier.status, StatusCode::NOT_FOUND, "a new start makes new links");
    });
}

#[test]
fn many_who_ask_at_once_get_no_more_letters_than_one_after_the_other() {
    run(async {
        let app = TestApp::real().await;
        let email = app.person(Role::Agency, SCB, false).await.email.expect("an address");
        let origin = actions::origin(&app.state);
        let now = clock::now();
        let asking = (0..20).map(|_| {
            let (db, origin, email) = (app.state.db.clone(), origin.clone(), email.clone());
            tokio::spawn(async move {
                let asked = sign_in::Asked { email: &email, browser: "webbläsare", source: "192.0.2.1", onward: None, origin: &origin };
                sign_in::ask(&db, asked, now).await.expect("an answer") == sign_in::Asking::Answered
            })
        });
        let mut answered = 0;
        for one in asking.collect::<Vec<_>>() {
            answered += i64::from(one.await.expect("no panic"));
        }
        assert_eq!((answered, app.letters(&email).await.len()), (MOST_PER_ADDRESS, 5));
    });
}
