//! The form draft goes along with the asking: in one page, one step and one transaction.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insamlingsregister::domain::access::Role;

use crate::client::Client;
use crate::consultations::{form, planned};
use crate::files::{PICTURE, parts};
use crate::support::{Answer, SCB, TestApp, run};

/// Sends the asking with a file, as a browser does.
async fn send(client: &Client<'_>, number: &str, fields: &[(&str, &str)], (name, bytes): (&str, &[u8])) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", client.csrf.as_str())]).collect();
    let request = Request::post(format!("/insamlingar/{number}/samrad")).header(header::CONTENT_TYPE, "multipart/form-data; boundary=del");
    client.send(request.body(Body::from(parts(&fields, name, bytes))).expect("a request")).await
}

#[test]
fn the_form_draft_goes_along_with_the_asking() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let fields = form("2099-01-15", "");
        // a bad file refuses all of it, and what was typed stays
        let bad = send(&own, &number, &fields, ("blankett.pdf", b"MZ\x90\0program")).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bad.text);
        for said in
            ["”blankett.pdf”: Filen är", "href=\"#f-fil\"", "aria-describedby=\"f-fil-hjalp f-fil-fel\"", "2026:99", "Alla kommuner."]
        {
            assert!(bad.text.contains(said), "{said}: {}", bad.text);
        }
        assert!(!skr.page("/samrad").await.contains("Kostnad per elev"), "nothing is asked");
        // a good one beside something wrong has to be chosen anew, which is said
        let unsaid = send(&own, &number, &form("", ""), ("bild.png", PICTURE)).await;
        assert!(unsaid.status == StatusCode::UNPROCESSABLE_ENTITY && unsaid.text.contains("Välj filerna på nytt."), "{}", unsaid.text);
        let asked = send(&own, &number, &fields, ("bild.png", PICTURE)).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let case = asked.header("location").split('?').next().expect("a case").to_owned();
        let page = skr.page(&case).await;
        assert!(page.contains("begär samråd: bild.png") && page.contains("download>bild.png<"), "{page}");
        // sent twice it is one case with one file
        let again = send(&own, &number, &fields, ("bild.png", PICTURE)).await;
        assert_eq!(again.header("location"), asked.header("location"));
        assert_eq!(skr.page(&case).await.matches("download>").count(), 1);
    });
}

#[test]
fn what_is_typed_beside_a_file_is_given_back_when_the_sign_in_is_over() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let csrf = own.csrf.clone();
        own.post("/logga-ut", &[]).await;
        let fields: Vec<(&str, &str)> = form("2099-01-15", "").into_iter().chain([("csrf", csrf.as_str())]).collect();
        let request =
            Request::post(format!("/insamlingar/{number}/samrad")).header(header::CONTENT_TYPE, "multipart/form-data; boundary=del");
        let answer = own.send(request.body(Body::from(parts(&fields, "bild.png", PICTURE))).expect("a request")).await;
        assert!(answer.status == StatusCode::UNAUTHORIZED && answer.text.contains("Alla kommuner."), "{}: {}", answer.status, answer.text);
    });
}

#[test]
fn of_two_files_with_the_same_content_the_page_says_which_was_left_out() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let fields: Vec<(&str, &str)> = [("csrf", own.csrf.as_str())].into_iter().chain(form("2099-01-15", "")).collect();
        let first = parts(&fields, "bild.png", PICTURE);
        let first = first.strip_suffix(b"--del--\r\n").expect("an end");
        let body = [first, &parts(&[], "kopia.png", PICTURE)].concat();
        let request =
            Request::post(format!("/insamlingar/{number}/samrad")).header(header::CONTENT_TYPE, "multipart/form-data; boundary=del");
        let asked = own.send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let page = own.page(asked.header("location")).await;
        assert!(page.contains("Bifogades inte, eftersom samma innehåll redan finns i en annan fil: ”kopia.png”."), "{page}");
        assert_eq!(page.matches("download>").count(), 1);
    });
}
