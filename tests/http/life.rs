//! A collection's life through its pages: who may take which step, and what becomes of it.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use serde_json::{Value, json};

use crate::client::Client;
use crate::rows::{full_row, row, with};
use crate::support::{Answer, SCB, TestApp, run};

/// The agency that collects in the rows of these tests.
pub const STATSKONTORET: &str = "202100-5026";
/// The agency whose work it took over when 2025 ended.
const ENDED: &str = "202100-0852";
/// An agency that has no part in them.
pub const SKOLVERKET: &str = "202100-4185";

/// A planned enkät of SCB that states the five points of 4 §.
pub fn planned(reference: &str, title: &str) -> Value {
    with(full_row(reference, title), &[("status", "planerad"), ("beslutsdatum", "")])
}

/// Imports one row for SCB and tells its number.
pub async fn registered(app: &TestApp, row: Value) -> String {
    let title = row["titel"].as_str().expect("a title").to_owned();
    app.import(SCB, &[row]).await.unwrap_or_else(|error| panic!("{error:?}"));
    app.number_of(&title).await.expect("it is open")
}

/// Somebody who works for an agency, signed in.
pub async fn handlaggare<'a>(app: &'a TestApp, organisation: &str) -> Client<'a> {
    app.signed_in(Role::Agency, organisation).await
}

/// The value of the hidden field that says which version was read.
fn read_at(html: &str) -> String {
    crate::client::hidden(html, "utgar_fran").expect("the form says what it starts from")
}

/// Decides through the form, as it is shown now.
pub async fn decide(client: &Client<'_>, number: &str, day: &str) -> Answer {
    let path = format!("/insamlingar/{number}/beslut");
    let based_on = read_at(&client.page(&path).await);
    let fields = [("utgar_fran", based_on.as_str()), ("beslutsdatum", day), ("beslutsfattare", "Avdelningschefen")];
    client.post(&path, &fields).await
}

async fn status_of(app: &TestApp, number: &str) -> String {
    let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
    body["status"].as_str().unwrap_or_default().to_owned()
}

fn refused_in_words(answer: &Answer, words: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert!(answer.text.contains(words), "{words}\n{}", answer.text);
}

#[test]
fn a_planned_survey_is_decided_and_ended() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let scb = handlaggare(&app, SCB).await;
        let page = scb.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Det här kan ni göra") && page.contains("inte beslutad och kan därför inte avslutas"));
        refused_in_words(&scb.post(&format!("/insamlingar/{number}/avsluta"), &[]).await, "inte beslutad");
        let answer = decide(&scb, &number, "2026-03-05").await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, format!("/insamlingar/{number}?sparat=beslutad").as_str())
        );
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!(
            (body["status"].as_str(), body["decidedOn"].as_str(), body["version"].as_i64()),
            (Some("decided"), Some("2026-03-05"), Some(1))
        );
        assert!(scb.page(&format!("/insamlingar/{number}?sparat=beslutad")).await.contains("Beslutet är registrerat."));
        // decided twice, or with what somebody read before
        refused_in_words(&decide_blindly(&scb, &number).await, "redan beslutad");
        let answer = scb.post(&format!("/insamlingar/{number}/avsluta"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(status_of(&app, &number).await, "ended");
        refused_in_words(&scb.post(&format!("/insamlingar/{number}/aterkalla"), &[("skal", "Fel.")]).await, "avslutad");
        let refused = scb.post(&format!("/insamlingar/{number}/bekrafta"), &[]).await;
        refused_in_words(&refused, "behöver inte bekräftas");
        let open = app.page(&format!("/insamlingar/{number}")).await;
        for text in ["Registrerades", "Beslutades", "Avslutades", "Statistiska centralbyrån", "5\u{a0}mars 2026"] {
            assert!(open.contains(text), "{text}");
        }
        assert!(!open.contains("Det här kan ni göra"), "a visitor has nothing to do");
    });
}

async fn decide_blindly(client: &Client<'_>, number: &str) -> Answer {
    let fields = [("utgar_fran", "2026-01-01T00:00:00Z"), ("beslutsdatum", "2026-03-06"), ("beslutsfattare", "Avdelningschefen")];
    client.post(&format!("/insamlingar/{number}/beslut"), &fields).await
}

#[test]
fn each_missing_point_is_named() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, row("A-1", "Enkät utan punkter")).await;
        let scb = handlaggare(&app, SCB).await;
        let answer = decide(&scb, &number, "2026-03-05").await;
        for point in ["(4 § 1)", "(4 § 2)", "(4 § 3)", "(4 § 4)", "(4 § 5)"] {
            refused_in_words(&answer, point);
        }
        assert_eq!(status_of(&app, &number).await, "planned");
        let fields = [("beslutsdatum", "2999-01-01"), ("beslutsfattare", ""), ("deltagare", "rad\nrad")];
        let answer = scb.post(&format!("/insamlingar/{number}/beslut"), &fields).await;
        for words in
            ["ligger i framtiden", "Skriv vem som fattade beslutet", "tecken på en rad", "aria-invalid=\"true\"", "value=\"2999-01-01\""]
        {
            refused_in_words(&answer, words);
        }
    });
}

#[test]
fn without_consultation_a_ground_is_given_with_its_reason() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, with(planned("A-1", "Enkät utan samråd"), &[("samråd", "nej"), ("samråd med", "")])).await;
        let scb = handlaggare(&app, SCB).await;
        let path = format!("/insamlingar/{number}/beslut");
        refused_in_words(&decide(&scb, &number, "2026-03-05").await, "tre grunderna i 3 §");
        let based_on = read_at(&scb.page(&path).await);
        let mut fields =
            vec![("utgar_fran", based_on.as_str()), ("beslutsdatum", "2026-03-05"), ("beslutsfattare", "GD"), ("grund", "no_time")];
        refused_in_words(&scb.post(&path, &fields).await, "varför grunden gäller");
        fields.push(("skal", "Uppdraget kom i går."));
        assert_eq!(scb.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_ground_says_by_itself_that_no_consultation_took_place() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, with(planned("A-1", "Enkät där inget sägs"), &[("samråd", ""), ("samråd med", "")])).await;
        let scb = handlaggare(&app, SCB).await;
        let path = format!("/insamlingar/{number}/beslut");
        let page = scb.page(&path).await;
        assert!(page.contains("(4 § 5)") && page.contains("href=\"#f-grund\"") && page.contains("id=\"f-grund\""), "{page}");
        refused_in_words(&decide(&scb, &number, "2026-03-05").await, "1\u{a0}punkt");
        let based_on = read_at(&page);
        let mut fields =
            vec![("utgar_fran", based_on.as_str()), ("beslutsdatum", "2026-03-05"), ("beslutsfattare", "GD"), ("grund", "unnecessary")];
        refused_in_words(&scb.post(&path, &fields).await, "varför grunden gäller");
        fields.push(("skal", "Bara tre regioner svarar, och de har bett om frågan."));
        let done = scb.post(&path, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(status_of(&app, &number).await, "decided");
        let paper = scb.page(&format!("/insamlingar/{number}/handlingar/beslut")).await;
        assert!(paper.contains("uppenbart obehövligt") && paper.contains("Bara tre regioner svarar"), "{paper}");
    });
}

#[test]
fn what_is_withdrawn_says_why() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät som inte blir av")).await;
        let scb = handlaggare(&app, SCB).await;
        let path = format!("/insamlingar/{number}/aterkalla");
        refused_in_words(&scb.post(&path, &[("skal", " ")]).await, "Skriv varför");
        assert_eq!(scb.post(&path, &[("skal", "Uppdraget har <dragits> tillbaka.")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(status_of(&app, &number).await, "withdrawn");
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("Skäl: Uppdraget har &#60;dragits&#62; tillbaka."));
        for path in ["beslut", "avsluta", "bekrafta", "aterkalla"] {
            let fields =
                [("skal", "Igen."), ("beslutsdatum", "2026-03-05"), ("beslutsfattare", "GD"), ("utgar_fran", "2026-01-01T00:00:00Z")];
            let answer = scb.post(&format!("/insamlingar/{number}/{path}"), &fields).await;
            refused_in_words(&answer, "återkallad");
        }
    });
}

#[test]
fn strangers_have_nothing_to_say_and_collectors_do_not_decide() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Öppen enkät")).await;
        app.import(SCB, &[with(planned("A-2", "Dold enkät"), &[("visas öppet från", "inte")])]).await.expect("a hidden one");
        let hidden = format!("{}{:04}", &number[..5], number[5..].parse::<i64>().expect("a serial") + 1);
        let stranger = handlaggare(&app, SKOLVERKET).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let steps = ["beslut", "avsluta", "aterkalla", "bekrafta", "diarienummer"];
        for client in [&stranger, &skr] {
            for step in steps {
                let open = client.post(&format!("/insamlingar/{number}/{step}"), &[]).await;
                assert_eq!(open.status, StatusCode::FORBIDDEN, "{step}");
                let closed = client.post(&format!("/insamlingar/{hidden}/{step}"), &[]).await;
                assert_eq!(closed.status, StatusCode::NOT_FOUND, "{step}");
            }
            assert_eq!(client.get(&format!("/insamlingar/{hidden}")).await.status, StatusCode::NOT_FOUND);
            assert_eq!(client.get(&format!("/insamlingar/{hidden}/historik")).await.status, StatusCode::NOT_FOUND);
            assert!(!client.page(&format!("/insamlingar/{number}")).await.contains("Det här kan ni göra"));
        }
        assert_eq!(app.get(&format!("/insamlingar/{hidden}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get(&format!("/insamlingar/{hidden}/historik")).await.status, StatusCode::NOT_FOUND);
        let own = handlaggare(&app, SCB).await.page(&format!("/insamlingar/{hidden}")).await;
        assert!(own.contains("Visas inte öppet."));
        let collector = handlaggare(&app, STATSKONTORET).await;
        let page = collector.page(&format!("/insamlingar/{hidden}")).await;
        assert!(page.contains("Bara en ansvarig myndighet kan göra det."));
        for step in ["beslut", "avsluta", "aterkalla", "bekrafta"] {
            assert_eq!(collector.post(&format!("/insamlingar/{hidden}/{step}"), &[]).await.status, StatusCode::FORBIDDEN, "{step}");
        }
        // what a party has read is not kept for others
        assert_eq!(app.get(&format!("/insamlingar/{hidden}")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn each_party_has_its_own_diarienummer() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät med två parter")).await;
        let path = format!("/insamlingar/{number}/diarienummer");
        let (scb, collector) = (handlaggare(&app, SCB).await, handlaggare(&app, STATSKONTORET).await);
        assert_eq!(scb.post(&path, &[("diarienummer", " SCB 2026/99 ")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(collector.post(&path, &[("diarienummer", "STK 2026/7")]).await.status, StatusCode::SEE_OTHER);
        refused_in_words(&scb.post(&path, &[("diarienummer", &"9".repeat(300))]).await, "Högst 200 får plats");
        assert!(collector.page(&path).await.contains("value=\"STK 2026/7\""));
        let open = app.page(&format!("/insamlingar/{number}")).await;
        assert!(open.contains("SCB 2026/99") && open.contains("STK 2026/7") && open.contains("Ett diarienummer angavs"));
        // a later version keeps them
        app.import(SCB, &[with(planned("A-1", "Enkät med två parter och nytt namn"), &[("diarienummer", "SCB 2026/99")])])
            .await
            .expect("changed");
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("STK 2026/7"));
    });
}

#[test]
fn one_collection_of_twenty_one_boards_stands_on_every_list() {
    run(async {
        let app = TestApp::real().await;
        let agencies = app.page("/myndigheter").await;
        let boards: Vec<String> = agencies
            .split("<a href=\"/myndigheter/")
            .skip(1)
            .filter(|rest| rest.split_once('>').is_some_and(|(_, name)| name.starts_with("Länsstyrelsen")))
            .filter_map(|rest| rest.split_once('"').map(|(code, _)| code.to_owned()))
            .collect();
        assert_eq!(boards.len(), 21);
        let mut joint =
            with(planned("L-1", "Länsstyrelsernas gemensamma enkät"), &[("ansvariga myndigheter", &boards.join("; ")), ("utförs av", "")]);
        joint["diarienummer"] = "1-2026".into();
        app.import(&boards[0], &[joint]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let number = app.number_of("Länsstyrelsernas gemensamma enkät").await.expect("it is open");
        for board in &boards {
            assert!(app.page(&format!("/myndigheter/{board}")).await.contains(&number), "{board}");
        }
        let last = handlaggare(&app, &boards[20]).await;
        let path = format!("/insamlingar/{number}/diarienummer");
        assert_eq!(last.post(&path, &[("diarienummer", "21-2026")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(decide(&last, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("1-2026") && page.contains("21-2026") && page.contains("och 20\u{a0}andra"));
        assert_eq!(app.get("/api/v1/collections").await.json()["total"], 1);
    });
}

#[test]
fn who_took_over_may_act_for_an_agency_that_ended() {
    run(async {
        let app = TestApp::real().await;
        // registered while the agency still was there
        let number = registered(&app, planned("A-1", "Enkät av en myndighet som upphörde")).await;
        let mut tx = app.state.db.write().await.expect("a transaction");
        insamlingsregister::db::case::touch_of_organisation(&mut tx, SCB, insamlingsregister::clock::now()).await.expect("touched");
        tx.commit().await.expect("committed");
        crate::support::hand_over(&app, SCB, ENDED).await;
        let successor = handlaggare(&app, STATSKONTORET).await;
        let path = format!("/insamlingar/{number}/diarienummer");
        assert_eq!(successor.post(&path, &[("diarienummer", "Övertaget 1")]).await.status, StatusCode::SEE_OTHER);
        assert!(successor.page(&path).await.contains("value=\"Övertaget 1\""));
        assert_eq!(decide(&successor, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
        assert_eq!(handlaggare(&app, SKOLVERKET).await.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Övertaget 1") && page.contains("Beslutades"));
    });
}

#[test]
fn a_planned_change_stands_beside_what_is_decided_until_it_is_decided() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let scb = handlaggare(&app, SCB).await;
        let mut change = with(planned("A-1", "Enkät om bibliotek och läsning"), &[("syfte", "Följa upp läsningen.")]);
        change["omgångar"] = json!([
            { "omgång": "2027", "utskick": "2027-01-11", "sista svarsdag": "2027-v12" },
            { "omgång": "2028", "utskick": "2028-01-10", "sista svarsdag": "2028-v12" },
        ]);
        app.import(SCB, &[change]).await.expect("a planned change");
        let open = app.page(&format!("/insamlingar/{number}")).await;
        for text in
            ["<h1>Enkät om bibliotek</h1>", "Planerad ändring", "Enkät om bibliotek och läsning", "Följa upp läsningen.", "Planerat"]
        {
            assert!(open.contains(text), "{text}");
        }
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["title"].as_str(), body["rounds"].as_array().map(Vec::len)), (Some("Enkät om bibliotek"), Some(1)));
        let path = format!("/insamlingar/{number}/beslut");
        let form = scb.page(&path).await;
        assert!(form.contains("Ändringen som beslutas") && form.contains("Är ändringen obetydlig?"), "the file did not say it");
        refused_in_words(&decide(&scb, &number, "2026-04-01").await, "Ange om ändringen är obetydlig eller inte");
        let based_on = read_at(&form);
        let mut fields = vec![("utgar_fran", based_on.as_str()), ("beslutsdatum", "2026-04-01"), ("beslutsfattare", "Avdelningschefen")];
        fields.push(("betydelse", "significant"));
        refused_in_words(&scb.post(&path, &fields).await, "Skriv varför du bedömer ändringen så.");
        fields.push(("betydelse_skal", "Syftet är ett annat."));
        assert_eq!(scb.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!(body["title"], "Enkät om bibliotek och läsning");
        assert_eq!((body["rounds"].as_array().map(Vec::len), body["plannedVersion"].as_i64()), (Some(2), None));
        let open = app.page(&format!("/insamlingar/{number}")).await;
        assert!(!open.contains("Planerad ändring") && open.contains("En ändring planerades"));
        assert!(open.contains("1\u{a0}mars 2026") && open.contains("1\u{a0}april 2026"), "the old and the new day of decision");
    });
}

#[test]
fn two_who_decide_at_once_are_told_apart() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät som två beslutar")).await;
        let (one, other) = (handlaggare(&app, SCB).await, handlaggare(&app, SCB).await);
        let path = format!("/insamlingar/{number}/beslut");
        let based_on = read_at(&one.page(&path).await);
        let fields = [("utgar_fran", based_on.as_str()), ("beslutsdatum", "2026-03-05"), ("beslutsfattare", "Avdelningschefen")];
        let (first, second) = tokio::join!(one.post(&path, &fields), other.post(&path, &fields));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert!(statuses == [303, 422] || statuses == [303, 409], "{statuses:?}");
        // read before somebody else's change
        let stale = registered(&app, planned("A-2", "Enkät som ändras under tiden")).await;
        let path = format!("/insamlingar/{stale}/beslut");
        let based_on = read_at(&one.page(&path).await);
        app.import(SCB, &[planned("A-2", "Enkät med annat namn")]).await.expect("changed meanwhile");
        let fields = [("utgar_fran", based_on.as_str()), ("beslutsdatum", "2026-03-05"), ("beslutsfattare", "Avdelningschefen")];
        let answer = one.post(&path, &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text.contains("Någon annan ändrade") && answer.text.contains("Enkät med annat namn"));
        assert!(answer.text.contains("value=\"Avdelningschefen\""), "what was typed is kept");
        assert_eq!(status_of(&app, &stale).await, "planned");
    });
}
