//! Whoever is signed out while writing loses nothing: the page that says so holds what was typed.

use axum::http::StatusCode;
use chrono::TimeDelta;
use insamlingsregister::domain::access::Role;

use crate::client::{hidden, posting};
use crate::editor::begun;
use crate::support::{SCB, TestApp, run};

#[test]
fn what_was_typed_survives_a_sign_in_that_is_over() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let address = format!("{}/grunder", begun(&client, &[]).await);
        let revision = hidden(&client.page(&address).await, "revision").expect("a revision");
        let typed =
            [("revision", revision.as_str()), ("title", "Enkät <om> \"läsning\""), ("purpose", "En rad\nEn till"), ("gor", "nasta")];
        app.age_session(client.person, TimeDelta::hours(5), TimeDelta::hours(5)).await;
        let over = client.post(&address, &typed).await;
        assert_eq!(over.status, StatusCode::UNAUTHORIZED, "{}", over.text);
        for text in [
            "Det du skrev finns kvar på den här sidan.",
            "value=\"Enkät &#60;om&#62; &#34;läsning&#34;\"",
            "value=\"En rad\nEn till\"",
            "name=\"gor\" value=\"nasta\"",
            "href=\"/logga-in\" target=\"_blank\"",
            "Skicka igen",
        ] {
            assert!(over.text.contains(text), "{text}: {}", over.text);
        }
        assert!(over.text.contains(&format!("action=\"{address}\"")) && hidden(&over.text, "csrf").is_none(), "{}", over.text);
        // signed in again in another tab: the first press gets the right secret, the second saves
        let again = app.enter(client.person).await;
        let first = again.send(posting(&address, &typed)).await;
        assert_eq!(first.status, StatusCode::BAD_REQUEST, "{}", first.text);
        assert!(first.text.contains("Det du skrev finns kvar") && first.text.contains("&#60;om&#62;"), "{}", first.text);
        assert!(!again.page(&address).await.contains("&#60;om&#62;"), "not saved before it is sent with the right secret");
        let form = first.text.split_once("<main").expect("a page").1;
        let csrf = hidden(form, "csrf").expect("the secret of the session");
        let mut second = typed.to_vec();
        second.push(("csrf", &csrf));
        let saved = again.send(posting(&address, &second)).await;
        assert!(matches!(saved.status, StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY), "{}", saved.text);
        let page = again.page(&address).await;
        assert!(page.contains("&#60;om&#62;") && page.contains("En rad\nEn till"), "{page}");
    });
}

#[test]
fn nothing_that_another_site_sends_is_given_to_anybody_to_send_again() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let address = format!("{}/grunder", begun(&client, &[]).await);
        for (name, value) in [("origin", "https://ond.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            let foreign = || {
                let mut request = posting(&address, &[("title", "Planterad")]);
                request.headers_mut().insert(name, value.parse().expect("a value"));
                request
            };
            let (signed_out, signed_in) = (app.send(foreign()).await, client.send(foreign()).await);
            assert_eq!([signed_out.status, signed_in.status], [StatusCode::SEE_OTHER, StatusCode::BAD_REQUEST], "{value}");
            assert!(!signed_out.text.contains("Planterad") && !signed_in.text.contains("Planterad"), "{value}");
        }
        let in_parts = axum::http::Request::post(&address).header("content-type", "multipart/form-data; boundary=del");
        let in_parts = app.send(in_parts.body(axum::body::Body::from("--del--")).expect("a request")).await;
        let nothing_typed = app.send(posting("/insamlingar/2026-0001/bekrafta", &[("csrf", "x")])).await;
        let new = app.send(posting("/insamlingar/ny", &[("frivillig", "ja")])).await;
        for answer in [in_parts, nothing_typed, new] {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
            assert!(answer.header("location").starts_with("/logga-in?vidare="));
        }
    });
}
