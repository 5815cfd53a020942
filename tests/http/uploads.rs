//! Forms with files and long texts: who takes a place, what comes back where there is none, and how much fits.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insamlingsregister::actions::reading;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::attachment::MediaType;
use insamlingsregister::state::Places;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

use crate::client::{Client, posting};
use crate::consultations::{asked, form, planned, step};
use crate::files::{PICTURE, document, parts};
use crate::outside::{forwarded, send as send_outside};
use crate::support::{Answer, SCB, TestApp, run};

/// Takes every place there is.
async fn all(places: &Places) -> Vec<OwnedSemaphorePermit> {
    let mut taken = Vec::new();
    while let Some(place) = places.soon().await {
        taken.push(place);
    }
    assert!(!taken.is_empty() && taken.len() < 10, "only a few at once");
    taken
}

fn sending(number: &str, body: Vec<u8>) -> Request<Body> {
    let request = Request::post(format!("/insamlingar/{number}/samrad")).header(header::CONTENT_TYPE, "multipart/form-data; boundary=del");
    request.body(Body::from(body)).expect("a request")
}

async fn ask(client: &Client<'_>, number: &str, csrf: &str, (name, bytes): (&str, &[u8])) -> Answer {
    let fields: Vec<(&str, &str)> = [("csrf", csrf)].into_iter().chain(form("2099-01-15", "")).collect();
    client.send(sending(number, parts(&fields, name, bytes))).await
}

#[test]
fn nobody_who_is_signed_out_or_has_no_right_takes_a_place_and_nothing_typed_is_lost_where_there_is_none() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let (own, stranger) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Agency, "202100-2114").await);
        let over = app.signed_in(Role::Agency, SCB).await;
        over.post("/logga-ut", &[]).await;
        let taken = all(&app.state.reading.places).await;
        let signed_out = ask(&over, &number, &over.csrf, ("bild.png", PICTURE)).await;
        assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED, "{}", signed_out.text);
        assert!(signed_out.text.contains("Alla kommuner."), "{}", signed_out.text);
        let forbidden = ask(&stranger, &number, &stranger.csrf, ("bild.png", PICTURE)).await;
        assert_eq!(forbidden.status, StatusCode::NOT_FOUND, "{}", forbidden.text);
        let forged = ask(&own, &number, "x", ("bild.png", PICTURE)).await;
        assert!(forged.status == StatusCode::BAD_REQUEST && forged.text.contains("Alla kommuner."), "{}", forged.text);
        let busy = ask(&own, &number, &own.csrf, ("bild.png", PICTURE)).await;
        assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE, "{}", busy.text);
        assert_eq!(busy.header("retry-after"), "30");
        for said in ["Många skickar filer just nu.", "Alla kommuner.", "2026:99", "href=\"#f-fil\""] {
            assert!(busy.text.contains(said), "{said}: {}", busy.text);
        }
        // who sends no file needs no place
        let case = ask(&own, &number, &own.csrf, ("", b"")).await;
        assert_eq!(case.status, StatusCode::SEE_OTHER, "{}", case.text);
        let case = case.header("location").split('?').next().and_then(|path| path.strip_prefix("/samrad/")).expect("a case").to_owned();
        let attached = own.attach(&case, "bild.png", PICTURE).await;
        assert_eq!((attached.status, attached.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "30"), "{}", attached.text);
        assert!(attached.text.contains("Filen är inte bifogad") && attached.text.contains("Vänta en stund"), "{}", attached.text);
        drop(taken);
        assert_eq!(own.attach(&case, "bild.png", PICTURE).await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn no_byte_of_a_file_is_kept_before_the_secret_of_the_form() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let case = case.trim_start_matches("/samrad/");
        let file = parts(&[], "bild.png", PICTURE);
        let file = file.strip_suffix(b"--del--\r\n").expect("an end");
        let secret = format!("--del\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--del--\r\n", own.csrf);
        let late = own.send(crate::files::posting(case, [file, secret.as_bytes()].concat())).await;
        assert_eq!(late.status, StatusCode::BAD_REQUEST, "{}", late.text);
        assert!(late.text.contains("läs in sidan på nytt") && !late.text.contains("Filen är större"), "{}", late.text);
        assert!(!own.page(&format!("/samrad/{case}/bilagor")).await.contains("bild.png"));
    });
}

#[test]
fn every_text_of_every_form_may_be_as_long_as_it_may_be() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let long = "å".repeat(20_000);
        let fields = [
            ("organ", "SKR"),
            ("slag", "new"),
            ("svar_senast", "2099-01-15"),
            ("urval", &long),
            ("tid", &long),
            ("diskuterat", &long),
            ("kort_tid", &long),
        ];
        let with_secret: Vec<(&str, &str)> = [("csrf", own.csrf.as_str())].into_iter().chain(fields).collect();
        let sent = own.send(sending(&number, parts(&with_secret, "bild.png", PICTURE))).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let case = sent.header("location").split('?').next().expect("a case").to_owned();
        step(&body, &case, "ta", &[], "taget").await;
        step(&body, &case, "fraga", &[("ord", &long)], "fragat").await;
        step(&own, &case, "svara", &[("organ", "SKR"), ("ord-SKR", &long)], "svarat").await;
        assert_eq!(own.post(&format!("{case}/inlagg"), &[("inlagg", &long)]).await.status, StatusCode::SEE_OTHER);
        let link = format!("/delat/{}", forwarded(&app, case.trim_start_matches("/samrad/")).await.token);
        assert_eq!(send_outside(&app, &link, &[("ord", &long), ("funktion", "Statistiker")]).await.status, StatusCode::SEE_OTHER);
        let larger = "å".repeat(100_000);
        assert_eq!(send_outside(&app, &link, &[("ord", &larger)]).await.status, StatusCode::PAYLOAD_TOO_LARGE, "a guest sends no more");
        let opinion = [("svar", "advise_against"), ("yttrande", &long), ("samordning", &long), ("genomforbarhet", &long)];
        step(&body, &case, "yttrande", &opinion, "yttrat").await;
        step(&own, &case, "avsluta", &[("utfall", "not_agreed"), ("avslut", &long)], "avslutat").await;
        let entered = [("ord", long.as_str()), ("urval", &long), ("tid", &long), ("yttrande", &long), ("avslut", &long)];
        let answer = own.post("/samrad/infor", &entered).await;
        assert_ne!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    });
}

#[test]
fn of_somebody_who_is_signed_out_no_more_is_taken_in_than_texts_need() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let address = format!("/insamlingar/{number}/samrad");
        let long = "a".repeat(5 * 1024 * 1024);
        assert_eq!(app.send(posting(&address, &[("urval", &long)])).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let many = "--del\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n".repeat(20_000) + "--del--\r\n";
        assert_eq!(app.send(sending(&number, many.into_bytes())).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    });
}

#[test]
fn what_the_time_for_reading_leaves_over_is_kept_without_its_text() {
    run(async {
        let app = TestApp::real().await;
        let bytes = document("<document><p><t>Antal lärare</t></p></document>");
        let within = |seconds| clock::deadline(Duration::from_secs(seconds));
        let text = reading::text(&app.state.reading, MediaType::Docx, &bytes, within(30)).await.expect("read");
        assert!(text.is_some_and(|text| text.contains("Antal lärare")));
        assert_eq!(reading::text(&app.state.reading, MediaType::Docx, &bytes, within(0)).await.expect("not read"), None);
    });
}

#[test]
fn only_a_few_archives_are_packed_at_once() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let address = format!("/insamlingar/{number}/arende.zip");
        let taken = all(&app.state.packing).await;
        let stranger = app.signed_in(Role::Agency, "202100-2114").await.get(&address).await;
        assert!(matches!(stranger.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "no place is waited for: {}", stranger.text);
        let busy = own.get(&address).await;
        assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE, "{}", busy.text);
        assert!(!busy.header("retry-after").is_empty() && busy.text.contains("Försök igen"), "{}", busy.text);
        drop(taken);
        assert_eq!(own.get(&address).await.status, StatusCode::OK);
    });
}
