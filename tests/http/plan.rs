//! A change that is planned beside what is decided: dropped, decided over HTTP, its own reference, and what the case keeps of it.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use insamlingsregister::actions::import::Summary;

use crate::client::{Client, hidden};
use crate::editor::sent;
use crate::history::events_of;
use crate::life::{SKOLVERKET, STATSKONTORET, handlaggare, planned, registered};
use crate::revise::stored_rounds;
use crate::rows::{full_row, with};
use crate::support::{Answer, SCB, TestApp, run};

/// Begins a change and tells where it is filled in.
async fn begin(client: &Client<'_>, number: &str) -> String {
    let answer = client.post(&format!("/insamlingar/{number}/andra"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.header("location").trim_end_matches("/grunder").to_owned()
}

/// Plans a change of the title through the form.
async fn plan(client: &Client<'_>, number: &str, title: &str) {
    let draft = begin(client, number).await;
    assert_eq!(sent(client, &draft, "grunder", &[("title", title), ("gor", "nasta")]).await.status, StatusCode::SEE_OTHER);
    let answer = submit(client, &draft, "significant").await;
    assert_eq!(answer.header("location"), format!("/insamlingar/{number}?sparat=planerad"), "{}", answer.text);
}

async fn submit(client: &Client<'_>, draft: &str, significance: &str) -> Answer {
    let fields = [("significance", significance), ("significance_reason", "Så bedömer vi det."), ("gor", "registrera")];
    sent(client, draft, "granska", &fields).await
}

/// Decides the planned change, whose significance is known.
async fn decide_plan(client: &Client<'_>, number: &str, day: &str) {
    let answer = crate::life::decide(client, number, day).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

#[test]
fn a_planned_change_is_dropped_and_what_is_decided_stays() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let (page, path) = (format!("/insamlingar/{number}"), format!("/insamlingar/{number}/andra/ta-bort"));
        let scb = handlaggare(&app, SCB).await;
        assert!(!scb.page(&page).await.contains("Ta bort den planerade ändringen"), "nothing is planned");
        let nothing = scb.post(&path, &[]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.text.contains("Ingen ändring är planerad"), "{}", nothing.text);
        plan(&scb, &number, "Enkät om läsning").await;
        let shown = scb.page(&page).await;
        assert!(shown.contains("<summary>Ta bort den planerade ändringen</summary>") && shown.contains("Enkät om läsning"));
        let based_on = hidden(&shown, "utgar_fran").expect("what was read").replace("&#43;", "+");
        for stranger in [handlaggare(&app, STATSKONTORET).await, handlaggare(&app, SKOLVERKET).await] {
            assert_eq!(stranger.post(&path, &[("utgar_fran", &based_on)]).await.status, StatusCode::FORBIDDEN);
        }
        // planned anew by a colleague: what nobody has read is not dropped
        plan(&handlaggare(&app, SCB).await, &number, "Enkät om lån").await;
        assert_eq!(scb.post(&path, &[("utgar_fran", &based_on)]).await.status, StatusCode::CONFLICT);
        let based_on = hidden(&scb.page(&page).await, "utgar_fran").expect("what was read").replace("&#43;", "+");
        let dropped = scb.post(&path, &[("utgar_fran", &based_on)]).await;
        assert_eq!(dropped.header("location"), format!("{page}?sparat=planborttagen"), "{}", dropped.text);
        assert!(scb.page(&format!("{page}?sparat=planborttagen")).await.contains("Den planerade ändringen är borttagen."));
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["title"].as_str(), body["status"].as_str()), (Some("Enkät om bibliotek"), Some("decided")));
        assert_eq!((body["version"].as_i64(), body["plannedVersion"].as_i64()), (Some(1), None));
        assert_eq!(body["rounds"].as_array().map(Vec::len), Some(1));
        let events = events_of(&app, &number).await;
        assert_eq!(events.iter().filter(|event| event.action == "collection.discarded").count(), 1);
        let open = app.page(&page).await;
        assert!(open.contains("Den planerade ändringen togs bort") && !open.contains("<h2 id=\"h-planerad\">"), "{open}");
        assert!(scb.page("/handelser").await.contains("Tog bort en planerad ändring"));
        // and another may be planned
        plan(&scb, &number, "Enkät om barns läsning").await;
        decide_plan(&scb, &number, "2026-04-01").await;
        assert!(app.page(&page).await.contains("<h1>Enkät om barns läsning</h1>"));
    });
}

#[test]
fn dropping_a_plan_shows_again_what_only_the_plan_hid() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let hide = with(planned("A-1", "Enkät om bibliotek"), &[("visas öppet från", "inte")]);
        assert_eq!(app.import(SCB, &[hide]).await.expect("a plan").revised, 1);
        let page = format!("/insamlingar/{number}");
        assert_eq!(app.get(&page).await.status, StatusCode::NOT_FOUND);
        let scb = handlaggare(&app, SCB).await;
        let based_on = hidden(&scb.page(&page).await, "utgar_fran").expect("what was read").replace("&#43;", "+");
        assert_eq!(scb.post(&format!("{page}/andra/ta-bort"), &[("utgar_fran", &based_on)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.get(&page).await.status, StatusCode::OK);
    });
}

#[test]
fn the_own_reference_is_changed_by_its_owner_and_known_to_files() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        registered(&app, planned("A-2", "Enkät om parker")).await;
        let scb = handlaggare(&app, SCB).await;
        let draft = begin(&scb, &number).await;
        assert!(scb.page(&format!("{draft}/grunder")).await.contains("value=\"A-1\""));
        let taken = sent(&scb, &draft, "grunder", &[("own_reference", "A-2"), ("gor", "nasta")]).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fault = "En annan av myndighetens insamlingar har den egna referensen.";
        assert!(taken.text.contains(fault) && taken.text.contains("href=\"#f-own_reference\""), "{}", taken.text);
        let refused = submit(&scb, &draft, "insignificant").await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains(fault), "{}", refused.text);
        assert!(scb.page(&format!("{draft}/grunder?visa=fel")).await.contains(fault), "and at the field");
        assert_eq!(sent(&scb, &draft, "grunder", &[("own_reference", "A-9"), ("gor", "nasta")]).await.status, StatusCode::SEE_OTHER);
        let answer = submit(&scb, &draft, "insignificant").await;
        assert_eq!(
            answer.header("location"),
            format!("/insamlingar/{number}?sparat=andrad"),
            "nothing waits for a decision: {}",
            answer.text
        );
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!(
            (body["ownReference"].as_str(), body["version"].as_i64(), body["plannedVersion"].as_i64()),
            (Some("A-9"), Some(1), None)
        );
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Ändrades: egen referens.") && page.contains("<p>A-1</p>"), "{page}");
        let summary = app.import(SCB, &[full_row("A-9", "Enkät om bibliotek")]).await.expect("imported");
        assert_eq!(summary, Summary { unchanged: 1, ..Summary::default() });
        // together with something else, and only by who registered it
        plan(&scb, &number, "Enkät om läsning").await;
        let collector = handlaggare(&app, STATSKONTORET).await;
        let draft = begin(&collector, &number).await;
        sent(&collector, &draft, "grunder", &[("own_reference", "STK-1"), ("gor", "spara")]).await;
        let refused = submit(&collector, &draft, "insignificant").await;
        assert!(refused.text.contains("Bara den myndighet som registrerade insamlingen"), "{}", refused.text);
    });
}

#[test]
fn two_changes_that_begin_at_once_are_one() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let (one, other) = (handlaggare(&app, SCB).await, handlaggare(&app, SCB).await);
        let (first, second) = tokio::join!(begin(&one, &number), begin(&other, &number));
        assert_eq!(first, second);
        assert_eq!(one.page("/skrivbord").await.matches(&format!("href=\"{first}")).count(), 1);
    });
}

/// An enkät whose only round has begun, changed by the form to have another round too, and decided again.
async fn decided_twice<'a>(app: &'a TestApp) -> (String, Client<'a>) {
    let mut first = full_row("A-1", "Enkät om bibliotek");
    first["omgångar"] = serde_json::json!([
        { "omgång": "2026", "utskick": "2026-01-12", "sista svarsdag": "2026-03-20" },
        { "omgång": "2098", "utskick": "2098-01-13", "sista svarsdag": "2098-03-20" },
    ]);
    let number = registered(app, first).await;
    let scb = handlaggare(app, SCB).await;
    let draft = begin(&scb, &number).await;
    assert_eq!(sent(&scb, &draft, "grunder", &[("title", "Enkät om läsning"), ("gor", "nasta")]).await.status, StatusCode::SEE_OTHER);
    let rounds = [
        ("round_label", "2026"),
        ("round_dispatch", "2026-01-12"),
        ("round_deadline", "2026-03-20"),
        ("round_label", "2099"),
        ("round_dispatch", "2099-01-12"),
        ("round_deadline", "2099-03-21"),
        ("gor", "nasta"),
    ];
    let answer = sent(&scb, &draft, "omgangar", &rounds).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(submit(&scb, &draft, "significant").await.status, StatusCode::SEE_OTHER);
    decide_plan(&scb, &number, "2026-04-01").await;
    (number, scb)
}

#[test]
fn a_begun_round_keeps_its_version_when_the_form_changes_the_collection() {
    run(async {
        let app = TestApp::real().await;
        let (number, _scb) = decided_twice(&app).await;
        let rounds = stored_rounds(&app).await;
        let told: Vec<(i64, &str)> = rounds.iter().map(|(_, version, label)| (*version, label.as_str())).collect();
        assert_eq!(told, [(1, "2026"), (2, "2099")], "what has begun stays with the version that was in force then");
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["version"].as_i64(), body["rounds"].as_array().map(Vec::len)), (Some(2), Some(2)));
    });
}

/// The files of a case, by name.
async fn case(client: &Client<'_>, number: &str) -> Vec<(String, String)> {
    let answer = client.get(&format!("/insamlingar/{number}/arende.zip")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("an archive");
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its content");
        files.push((entry.name().expect("a name").into_owned(), String::from_utf8_lossy(&content).into_owned()));
    }
    files
}

#[test]
fn the_case_keeps_what_was_decided_earlier_as_it_was_decided() {
    run(async {
        let app = TestApp::real().await;
        let (number, scb) = decided_twice(&app).await;
        // planned and dropped: never decided
        plan(&scb, &number, "Enkät som inte blev av").await;
        let page = scb.page(&format!("/insamlingar/{number}")).await;
        let based_on = hidden(&page, "utgar_fran").expect("what was read").replace("&#43;", "+");
        scb.post(&format!("/insamlingar/{number}/andra/ta-bort"), &[("utgar_fran", &based_on)]).await;
        plan(&scb, &number, "Enkät om barns läsning").await;
        decide_plan(&scb, &number, "2026-05-01").await;
        let files = case(&scb, &number).await;
        let text = |name: &str| files.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}: {files:?}")).1.clone();
        let earlier = |version: i64| text(&format!("tidigare-beslut/version-{version}/handlingar/beslut.html"));
        let (first, second) = (earlier(1), earlier(2));
        assert!(first.contains("Enkät om bibliotek") && first.contains("<h1>Beslut om enkät</h1>"), "{first}");
        assert!(first.contains("2098-03-20") || first.contains("20\u{a0}mars 2098"), "the rounds of then: {first}");
        assert!(second.contains("Enkät om läsning") && !second.contains("2098"), "{second}");
        assert!(text("handlingar/beslut.html").contains("Enkät om barns läsning"));
        assert!(text("tidigare-beslut/version-1/data/omgangar.csv").contains("2098-01-13"));
        assert!(text("innehall.txt").contains("  tidigare-beslut/version-1/handlingar/beslut.docx\r\n"));
        let all: String = files.iter().filter(|(name, _)| name.ends_with("beslut.html")).map(|(_, text)| text.as_str()).collect();
        assert!(!all.contains("inte blev av"), "what was never decided is no decision");
        assert_eq!(files.iter().filter(|(name, _)| name.ends_with("version-3/handlingar/beslut.docx")).count(), 0);
    });
}
