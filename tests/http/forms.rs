//! Forms that are filled in wrongly, sent twice, or unreadable: nothing is lost, each fault stands at its field, and what is done is done.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insamlingsregister::domain::access::Role;
use serde_json::Value;

use crate::client::{Client, hidden};
use crate::editor::{begun, sent, short_way};
use crate::life::{decide, handlaggare, planned, registered};
use crate::rows::{full_row, with};
use crate::support::{Answer, SCB, TestApp, run};

/// Begins a change of a collection and answers the draft's address.
async fn change_of(client: &Client<'_>, number: &str) -> String {
    let begun = client.post(&format!("/insamlingar/{number}/andra"), &[]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    begun.header("location").trim_end_matches("/grunder").to_owned()
}

/// An answer that refuses, with these words in it.
fn refused_with(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    for word in words {
        assert!(answer.text.contains(word), "{word}: {}", answer.text);
    }
}

fn is_led_to(answer: &Answer, location: &str) {
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, location), "{}", answer.text);
}

#[test]
fn a_change_decided_at_once_is_judged_as_every_decision() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let scb = handlaggare(&app, SCB).await;
        let draft = change_of(&scb, &number).await;
        sent(&scb, &draft, "grunder", &[("title", "Enkät om biblioteken"), ("gor", "nasta")]).await;
        let nothing = sent(&scb, &draft, "granska", &[("gor", "registrera")]).await;
        refused_with(&nothing, &["href=\"#f-significance\"", "id=\"f-significance-fel\"", "obetydlig eller inte"]);
        let small = [("significance", "insignificant"), ("significance_reason", "Ett ord."), ("gor", "registrera")];
        let with = |more: &[(&'static str, &'static str)]| [&small[..], more].concat();
        let unsigned = sent(&scb, &draft, "granska", &with(&[("decided_on", "2026-04-01")])).await;
        refused_with(&unsigned, &["href=\"#f-decision_maker\"", "id=\"f-decision_maker-fel\"", "<details class=\"foldable\" open>"]);
        let unreadable = with(&[("decided_on", "i våras"), ("decision_maker", "GD")]);
        let unreadable = sent(&scb, &draft, "granska", &unreadable).await;
        refused_with(&unreadable, &["href=\"#f-decided_on\"", "value=\"i våras\"", "value=\"GD\""]);
        let future = sent(&scb, &draft, "granska", &with(&[("decided_on", "2040-01-01"), ("decision_maker", "GD")])).await;
        refused_with(&future, &["href=\"#f-decided_on\"", "ligger i framtiden"]);
        let long = "x".repeat(501);
        let mut odd = with(&[("decided_on", "2026-04-01"), ("rapporteur", "Enhets\u{7}chefen")]);
        odd.push(("decision_maker", &long));
        refused_with(&sent(&scb, &draft, "granska", &odd).await, &["href=\"#f-decision_maker\"", "href=\"#f-rapporteur\"", "på en rad"]);
        let right = with(&[("decided_on", "2026-04-01"), ("decision_maker", "GD"), ("rapporteur", "Enhetschefen")]);
        is_led_to(&sent(&scb, &draft, "granska", &right).await, &format!("/insamlingar/{number}?sparat=andrad"));
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["title"].as_str(), body["decidedOn"].as_str()), (Some("Enkät om biblioteken"), Some("2026-04-01")));
    });
}

#[test]
fn consultation_about_whom_and_when_is_asked_of_small_changes_too() {
    run(async {
        let app = TestApp::real().await;
        let row = with(planned("A-1", "Enkät utan samråd"), &[("samråd", "nej"), ("samråd med", "")]);
        let number = registered(&app, row).await;
        let scb = handlaggare(&app, SCB).await;
        let path = format!("/insamlingar/{number}/beslut");
        let based_on = hidden(&scb.page(&path).await, "utgar_fran").expect("a moment");
        let decision = [("utgar_fran", based_on.as_str()), ("beslutsdatum", "2026-03-05"), ("beslutsfattare", "GD")];
        let grounded = [&decision[..], &[("grund", "no_time"), ("skal", "Uppdraget kom i går.")]].concat();
        is_led_to(&scb.post(&path, &grounded).await, &format!("/insamlingar/{number}?sparat=beslutad"));
        let draft = change_of(&scb, &number).await;
        let later = [("round_label", "2027"), ("round_dispatch", "2027-01-11"), ("round_deadline", "2027-04-30"), ("gor", "nasta")];
        assert_eq!(sent(&scb, &draft, "omgangar", &later).await.status, StatusCode::SEE_OTHER);
        let at_once = [
            ("significance", "insignificant"),
            ("significance_reason", "Längre tid."),
            ("decided_on", "2026-04-01"),
            ("decision_maker", "GD"),
            ("gor", "registrera"),
        ];
        let refused = sent(&scb, &draft, "granska", &at_once).await;
        refused_with(&refused, &["href=\"#f-exemption\"", "id=\"f-exemption-fel\"", "tre grunderna"]);
        let planned = [&at_once[..2], &[("decided_on", ""), ("decision_maker", ""), ("gor", "registrera")]].concat();
        is_led_to(&sent(&scb, &draft, "granska", &planned).await, &format!("/insamlingar/{number}?sparat=planerad"));
        refused_with(&decide(&scb, &number, "2026-04-01").await, &["href=\"#f-grund\"", "tre grunderna"]);
        // while a change waits, nothing can be decided at once
        let again = change_of(&scb, &number).await;
        let review = scb.page(&format!("{again}/granska")).await;
        assert!(review.contains("Är ändringen obetydlig?") && !review.contains("Ändringen är redan beslutad"), "{review}");
    });
}

#[test]
fn pressing_a_button_twice_leads_to_what_was_done() {
    run(async {
        let app = TestApp::real().await;
        let scb = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&scb, "Enkät som registreras två gånger").await;
        let address = format!("{draft}/granska");
        let revision = hidden(&scb.page(&address).await, "revision").expect("a revision");
        let register = [("revision", revision.as_str()), ("gor", "registrera")];
        let (one, two) = tokio::join!(scb.post(&address, &register), scb.post(&address, &register));
        let location = one.header("location").to_owned();
        assert!(location.ends_with("?sparat=registrerad"), "{}", one.text);
        is_led_to(&two, &location);
        is_led_to(&scb.post(&address, &register).await, &location);
        let number = location.trim_start_matches("/insamlingar/").split('?').next().expect("a number").to_owned();
        assert!(app.newest_number().await == number && number.ends_with("0001"), "registered once: {number}");
        let stranger = app.signed_in(Role::Agency, crate::editor::OTHER).await;
        assert_eq!(stranger.post(&address, &register).await.status, StatusCode::NOT_FOUND);
        for _ in 0..2 {
            let confirmed = scb.post(&format!("/insamlingar/{number}/bekrafta"), &[]).await;
            is_led_to(&confirmed, &format!("/insamlingar/{number}?sparat=bekraftad"));
        }
        let path = format!("/insamlingar/{number}/aterkalla");
        for _ in 0..2 {
            is_led_to(&scb.post(&path, &[("skal", "Uppdraget drogs in.")]).await, &format!("/insamlingar/{number}?sparat=aterkallad"));
        }
        refused_with(&scb.post(&path, &[("skal", "Ett annat skäl.")]).await, &["återkallad"]);
        let number = registered(&app, planned("A-1", "Enkät som beslutas två gånger")).await;
        let path = format!("/insamlingar/{number}/beslut");
        let based_on = hidden(&scb.page(&path).await, "utgar_fran").expect("a moment");
        let decision = [("utgar_fran", based_on.as_str()), ("beslutsdatum", "2026-03-05"), ("beslutsfattare", "GD")];
        for _ in 0..2 {
            is_led_to(&scb.post(&path, &decision).await, &format!("/insamlingar/{number}?sparat=beslutad"));
        }
        for _ in 0..2 {
            let ended = scb.post(&format!("/insamlingar/{number}/avsluta"), &[]).await;
            is_led_to(&ended, &format!("/insamlingar/{number}?sparat=avslutad"));
        }
        let history = scb.page(&format!("/insamlingar/{number}/historik")).await;
        assert_eq!(history.matches("Beslutades").count(), 1, "{history}");
        assert_eq!(history.matches("Avslutades").count(), 1, "{history}");
    });
}

#[test]
fn letters_that_cannot_be_read_are_refused_and_unfit_ones_told_at_their_field() {
    run(async {
        let app = TestApp::real().await;
        let scb = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&scb, &[]).await;
        let body = format!("csrf={}&revision=1&title=%E5ngstr%F6m&gor=nasta", scb.csrf);
        let request = Request::post(format!("{draft}/grunder")).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let broken = scb.send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);
        assert!(broken.text.contains("inte går att läsa") && broken.text.contains("<h1>"), "{}", broken.text);
        for unfit in ["Enkät\0 om", "Enkät\u{7} om"] {
            let answer = sent(&scb, &draft, "grunder", &[("title", unfit), ("kind", "survey"), ("purpose", unfit), ("gor", "nasta")]).await;
            refused_with(&answer, &["href=\"#f-title\"", "href=\"#f-purpose\"", "Enkät", "aria-invalid=\"true\""]);
        }
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let typed = "Skäl\0et";
        let withdrawn = scb.post(&format!("/insamlingar/{number}/aterkalla"), &[("skal", typed)]).await;
        refused_with(&withdrawn, &["href=\"#f-skal\"", "styrtecken"]);
        let diary = scb.post(&format!("/insamlingar/{number}/diarienummer"), &[("diarienummer", typed)]).await;
        refused_with(&diary, &["href=\"#f-diarienummer\"", "styrtecken"]);
        refused_with(&scb.post("/konto", &[("namn", typed)]).await, &["aria-invalid=\"true\""]);
    });
}

#[test]
fn a_fault_of_whom_leads_to_its_own_kind() {
    run(async {
        let app = TestApp::real().await;
        let scb = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&scb, &[]).await;
        let fields = [
            ("respondents", "municipality"),
            ("selection_municipality", "all"),
            ("codes", "1480"),
            ("respondents", "region"),
            ("selection_region", "listed"),
            ("respondents", "business"),
            ("selection_business", "sample"),
            ("size_business", "många"),
            ("gor", "nasta"),
        ];
        let answer = sent(&scb, &draft, "uppgiftslamnare", &fields).await;
        for (href, fault) in [
            ("f-selection_municipality", "f-selection_municipality-fel"),
            ("f-selection_region", "f-selection_region-fel"),
            ("f-size_business", "f-size_business-fel"),
        ] {
            refused_with(&answer, &[&format!("href=\"#{href}\""), &format!("id=\"{href}\""), &format!("id=\"{fault}\"")]);
        }
        assert!(!answer.text.contains("href=\"#f-respondents\"") && !answer.text.contains("i omgång"), "{}", answer.text);
    });
}

#[test]
fn a_file_that_ends_a_survey_changes_nothing_else_in_it() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let ended = |row: Value| with(row, &[("status", "avslutad")]);
        let other = with(full_row("A-1", "Enkät om läsning"), &[("syfte", "Något annat.")]);
        let refused = app.import(SCB, &[ended(other)]).await;
        let told = format!("{refused:?}");
        assert!(refused.is_err() && told.contains("avslutar enkäten och ändrar samtidigt") && told.contains("titel, syfte"), "{told}");
        // a change that is only planned does not come in force by the back door
        app.import(SCB, &[planned("A-1", "Enkät om läsning")]).await.expect("a planned change");
        let only = serde_json::json!({"egen referens": "A-1", "titel": "Enkät om bibliotek", "slag": "enkät", "status": "avslutad"});
        app.import(SCB, &[only]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["status"].as_str(), body["title"].as_str()), (Some("ended"), Some("Enkät om bibliotek")), "{body}");
    });
}

#[test]
fn what_is_missing_leads_to_where_it_is_filled_in() {
    run(async {
        let app = TestApp::real().await;
        let row = with(planned("A-1", "Enkät utan användning"), &[("användning", "")]);
        let number = registered(&app, row).await;
        let scb = handlaggare(&app, SCB).await;
        let answer = decide(&scb, &number, "2026-03-05").await;
        let missing = "Skriv vad uppgifterna ska användas till";
        refused_with(&answer, &["Insamlingen saknar 1\u{a0}punkt", missing, "href=\"#saknas-data_use\"", "id=\"saknas-data_use\""]);
        assert_eq!(answer.text.matches(missing).count(), 1, "what is missing is said once: {}", answer.text);
        let begun = scb.post(&format!("/insamlingar/{number}/andra"), &[("falt", "data_use")]).await;
        let (step, field) = begun.header("location").split_once('#').expect("a field");
        assert!(step.ends_with("/rattslig-grund") && field == "f-data_use", "{step}#{field}");
        let draft = step.trim_end_matches("/rattslig-grund");
        let review = scb.page(&format!("{draft}/granska")).await;
        assert!(review.contains(&format!("<a href=\"{draft}/rattslig-grund#f-data_use\">Skriv vad uppgifterna")), "{review}");
    });
}

#[test]
fn a_draft_is_found_again_where_it_was_left() {
    run(async {
        let app = TestApp::real().await;
        let scb = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&scb, &[]).await;
        is_led_to(&scb.get(&draft).await, &format!("{draft}/grunder"));
        let observe = [("observe", "Räkna egna bibliotek"), ("gor", "spara")];
        assert_eq!(sent(&scb, &draft, "rattslig-grund", &observe).await.status, StatusCode::SEE_OTHER);
        is_led_to(&scb.get(&draft).await, &format!("{draft}/rattslig-grund"));
        for page in [scb.page("/skrivbord").await, scb.page("/insamlingar/ny").await] {
            assert!(page.contains("Utan titel, påbörjat ") && page.contains(" kl.\u{a0}"), "{page}");
            assert!(page.contains(&format!("href=\"{draft}\"")), "{page}");
        }
        let first = scb.page(&format!("{draft}/grunder")).await;
        for text in ["”registrets fråga”", "begär in för sin tillsyn", "Ansökan om ett statsbidrag"] {
            assert!(first.contains(text), "{text}");
        }
    });
}

#[test]
fn an_agencys_page_tells_of_its_yearly_word() {
    run(async {
        let app = TestApp::real().await;
        registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let page = app.page(&format!("/myndigheter/{SCB}")).await;
        assert!(page.contains("har inte intygat att förteckningen är fullständig"), "{page}");
        let scb = handlaggare(&app, SCB).await;
        let declared = scb.post(&format!("/myndigheter/{SCB}/fullstandig"), &[("fullstandig", "ja")]).await;
        assert_eq!(declared.status, StatusCode::SEE_OTHER, "{}", declared.text);
        let page = app.page(&format!("/myndigheter/{SCB}")).await;
        assert!(page.contains("har intygat att förteckningen är fullständig per"), "{page}");
    });
}
