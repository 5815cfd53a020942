//! What agencies get back: the list, the documents, the short address, the case.

use std::io::{Cursor, Read};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use insamlingsregister::clock;
use insamlingsregister::db::{agency_list, events};
use insamlingsregister::domain::access::Role;
use serde_json::Value;

use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Statskontoret, which took over from Ekonomistyrningsverket.
const STATSKONTORET: &str = "202100-5026";
/// A text that would do harm wherever it is not escaped.
const HOSTILE: &str = "=1+1 <script>alert(1)</script> & \"citat\"";

fn list_of(code: &str) -> String {
    format!("/myndigheter/{code}/forteckning")
}

fn hidden(reference: &str) -> Value {
    with(full_row(reference, "Hemlig undersökning"), &[("visas öppet från", "inte")])
}

#[test]
fn the_list_has_the_surveys_and_beside_them_the_rest() {
    run(async {
        let app = TestApp::real().await;
        let rows = [
            full_row("A", "Enkät om bibliotek"),
            with(full_row("B", "Enkät om parker"), &[("status", "planerad")]),
            with(full_row("C", "Enkät som är över"), &[("status", "avslutad")]),
            with(full_row("D", "Tillsyn av badplatser"), &[("slag", "tillsyn")]),
            hidden("E"),
        ];
        app.import(SCB, &rows).await.unwrap_or_else(|error| panic!("{error:?}"));
        let html = app.page(&list_of(SCB)).await;
        for text in ["2\u{a0}planerade och beslutade enkäter", "har inte förklarat förteckningen fullständig", "Dnr 2026/17"] {
            assert!(html.contains(text), "{text}");
        }
        let (surveys, others) = html.split_once("Övriga insamlingar").expect("two parts");
        assert!(surveys.contains("Enkät om bibliotek") && surveys.contains("Enkät om parker"));
        assert!(!surveys.contains("Tillsyn av badplatser") && others.contains("Tillsyn av badplatser"));
        assert!(!html.contains("Enkät som är över") && !html.contains("Hemlig"), "only what is planned or decided, and open");
        let csv = app.get(&format!("{}.csv", list_of(SCB))).await;
        assert_eq!((csv.status, csv.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
        assert_eq!(csv.text.lines().count(), 4, "{}", csv.text);
        assert!(csv.text.starts_with('\u{feff}') && !csv.text.contains("Hemlig"), "{}", csv.text);
        let book = app.get(&format!("{}.xlsx", list_of(SCB))).await;
        assert!(book.text.starts_with("PK") && book.header("content-disposition").contains("forteckning-202100-0837-"));
    });
}

#[test]
fn joint_collections_stand_on_every_list_and_successors_have_those_they_took_over() {
    run(async {
        let app = TestApp::demonstration().await;
        let list = app.get("/api/v1/collections?limit=500").await.json();
        let items = list["items"].as_array().expect("items");
        let joint = items.iter().find(|item| item["agencies"].as_array().is_some_and(|agencies| agencies.len() > 3)).expect("a joint one");
        let title = joint["title"].as_str().expect("a title").replace('&', "&#38;");
        for agency in joint["agencies"].as_array().expect("agencies") {
            let code = agency["code"].as_str().expect("a code");
            assert!(app.page(&list_of(code)).await.contains(&title), "{code}");
        }
        let ended = app.page(&list_of("202100-0852")).await;
        assert!(ended.contains("Myndigheten har upphört") && ended.contains(&list_of(STATSKONTORET)));
        // a name is one thing, an agency whose tasks were taken over another
        let schools = app.page(&list_of("202100-4185")).await;
        assert!(schools.contains("Har tagit över uppgifter från Myndigheten för skolutveckling.") && !schools.contains("Hette tidigare"));
        let privacy = app.page(&list_of("202100-0050")).await;
        assert!(privacy.contains("Hette tidigare Datainspektionen.") && !privacy.contains("Har tagit över"), "{privacy}");
        assert!(app.page(&list_of(STATSKONTORET)).await.contains("Har tagit över uppgifter från Statskontoret (till och med 2025)."));
        assert!(
            schools.contains("<button class=\"ds-button\" data-variant=\"secondary\" type=\"button\" data-print hidden>Skriv ut</button>")
        );
        assert!(app.page("/myndigheter/202100-0837").await.contains(&list_of(SCB)));
    });
}

#[test]
fn there_is_no_list_of_what_is_no_asker() {
    run(async {
        let app = TestApp::real().await;
        for code in ["0180", "R-14", "finns-inte", "202100-0000"] {
            for ending in ["", ".csv", ".xlsx"] {
                assert_eq!(app.get(&format!("{}{ending}", list_of(code))).await.status, StatusCode::NOT_FOUND, "{code}{ending}");
            }
        }
    });
}

#[test]
fn hostile_text_is_text_in_every_form_of_the_list() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("A", HOSTILE)]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let html = app.page(&list_of(SCB)).await;
        assert!(!html.contains("<script>alert") && html.contains("&#60;script&#62;alert(1)"));
        let csv = app.page(&format!("{}.csv", list_of(SCB))).await;
        assert!(csv.contains(";\"'=1+1 <script>"), "{csv}");
    });
}

#[test]
fn members_see_what_is_not_open_yet_and_declare_their_list_complete() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("A", "Enkät om bibliotek"), hidden("B")]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let (own, foreign) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Agency, STATSKONTORET).await);
        let (skr, municipality) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Municipality, "0180").await);
        let html = own.page(&list_of(SCB)).await;
        assert!(html.contains("Hemlig undersökning") && html.contains("Visas inte öppet ännu"));
        assert!(own.page(&format!("{}.csv", list_of(SCB))).await.contains("Hemlig"));
        let complete = format!("/myndigheter/{SCB}/fullstandig");
        for other in [&foreign, &skr, &municipality] {
            let html = other.page(&list_of(SCB)).await;
            assert!(!html.contains("Hemlig") && !html.contains(&complete));
            assert_eq!(other.post(&complete, &[]).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(app.send(Request::post(&complete).body(Body::empty()).expect("a request")).await.status, StatusCode::SEE_OTHER);
        assert!(app.page(&list_of(SCB)).await.contains("har inte förklarat"), "nothing was written yet");
        let back = format!("{}?sparat=fullstandig", list_of(SCB));
        for _ in 0..2 {
            let answer = own.post(&complete, &[]).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, back.as_str()));
        }
        let said = format!("Förteckningen är fullständig per {}.", clock::swedish_day(clock::now()));
        assert!(app.page(&list_of(SCB)).await.contains(&said));
        assert!(own.page(&back).await.contains(&format!("Tack. {said}")));
        let mut tx = app.state.db.read().await.expect("a transaction");
        let events = events::of(&mut tx, "organisation", SCB).await.expect("the trail");
        let events: Vec<_> = events.iter().filter(|event| event.action == "list.declared").collect();
        assert_eq!(events.len(), 1, "said twice on one day it is written once");
        assert_eq!((events[0].detail["collections"].as_u64(), events[0].person.is_some()), (Some(2), true));
    });
}

/// Every address under a collection that gives something back.
fn papers_of(number: &str) -> Vec<String> {
    let kinds = ["beslut", "meddelande", "missiv"];
    let documents = kinds.iter().flat_map(|kind| [format!("/handlingar/{kind}"), format!("/handlingar/{kind}.docx")]);
    let all = ["/handlingar".to_owned(), "/arende.zip".to_owned()].into_iter().chain(documents);
    all.map(|rest| format!("/insamlingar/{number}{rest}")).collect()
}

/// The number of a collection of SCB, open or not.
async fn number_of(app: &TestApp, title: &str) -> String {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let today = clock::swedish_day(clock::now());
    let all = agency_list::collections(&mut tx, &[SCB.to_owned()], today, true).await.expect("the list");
    let one = all.iter().find(|one| one.content.title == title).expect("the collection");
    one.number.expect("a number").to_string()
}

#[test]
fn documents_of_open_collections_are_open_but_for_the_letter_and_the_case() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("A", "Enkät om bibliotek")]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let number = number_of(&app, "Enkät om bibliotek").await;
        let at = |rest: &str| format!("/insamlingar/{number}/{rest}");
        let index = app.page(&at("handlingar")).await;
        assert!(index.contains("handlingar/beslut.docx") && !index.contains("missiv") && !index.contains("arende.zip"));
        assert!(index.contains(&format!("med nummer {number}. Status: http")), "{index}");
        let decision = app.page(&at("handlingar/beslut")).await;
        for said in [
            "<h1>Beslut om enkät</h1>",
            "Det finns ingen skyldighet att lämna uppgifterna.",
            "Stockholm",
            "Samråd har skett med Sveriges Kommuner och Regioner.",
            "2026/17",
        ] {
            assert!(decision.contains(said), "{said}\n{decision}");
        }
        let notice = app.page(&at("handlingar/meddelande")).await;
        assert!(notice.contains("frivilligt") && notice.contains(&format!("/s/{number}")));
        let file = app.get(&at("handlingar/beslut.docx")).await;
        assert!(file.text.starts_with("PK") && file.header("content-type").ends_with("wordprocessingml.document"));
        for rest in ["missiv", "missiv.docx", "underlag", "annat", "beslut?version=planerad"] {
            assert_eq!(app.get(&at(&format!("handlingar/{rest}"))).await.status, StatusCode::NOT_FOUND, "{rest}");
        }
        assert_eq!(app.get(&at("arende.zip")).await.status, StatusCode::SEE_OTHER);
        let own = app.signed_in(Role::Agency, SCB).await;
        assert!(own.page(&at("handlingar/missiv")).await.contains("Med vänlig hälsning"));
        let collector = app.signed_in(Role::Agency, STATSKONTORET).await;
        assert_eq!(collector.get(&at("arende.zip")).await.status, StatusCode::OK, "who collects is a party");
        let stranger = app.signed_in(Role::Agency, "202100-4185").await;
        assert_eq!(stranger.get(&at("arende.zip")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(stranger.get(&at("handlingar/missiv")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_is_not_open_has_no_papers_but_for_its_parties() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[hidden("B")]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let number = number_of(&app, "Hemlig undersökning").await;
        let (own, admin) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Admin, "202100-4185").await);
        let strangers = [app.signed_in(Role::Agency, "202100-4185").await, app.signed_in(Role::Skr, "SKR").await];
        for path in papers_of(&number) {
            let expected = if path.ends_with(".zip") { StatusCode::SEE_OTHER } else { StatusCode::NOT_FOUND };
            assert_eq!(app.get(&path).await.status, expected, "{path}");
            for stranger in &strangers {
                let answer = stranger.get(&path).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
                assert!(!answer.text.contains("Hemlig"), "{path}");
            }
            for party in [&own, &admin] {
                assert_eq!(party.get(&path).await.status, StatusCode::OK, "{path}");
            }
        }
        assert_eq!(own.get(&format!("/s/{number}")).await.status, StatusCode::NOT_FOUND, "the short address is for everyone or nobody");
    });
}

#[test]
fn other_kinds_have_an_account_instead_of_a_decision() {
    run(async {
        let app = TestApp::real().await;
        let rows = [
            with(full_row("A", "Tillsyn av bad"), &[("slag", "tillsyn")]),
            with(full_row("B", "Statistik om bad"), &[("slag", "officiell statistik")]),
        ];
        app.import(SCB, &rows).await.unwrap_or_else(|error| panic!("{error:?}"));
        let number = number_of(&app, "Tillsyn av bad").await;
        assert!(app.page(&format!("/insamlingar/{number}/handlingar/underlag")).await.contains("uppgifter för tillsyn"));
        assert_eq!(app.get(&format!("/insamlingar/{number}/handlingar/beslut")).await.status, StatusCode::NOT_FOUND);
        let number = number_of(&app, "Statistik om bad").await;
        let notice = app.page(&format!("/insamlingar/{number}/handlingar/meddelande")).await;
        assert!(notice.contains("enligt 7 § ") && notice.contains("Hur uppgifterna bevaras") && notice.contains("class=\"blank\""));
    });
}

#[test]
fn the_short_address_tells_whoever_got_the_form_what_it_is() {
    run(async {
        let app = TestApp::real().await;
        let last_day = clock::swedish_day(clock::now()) + TimeDelta::days(60);
        let deadline = insamlingsregister::text::written_date(last_day);
        let mut open = full_row("A", "Enkät om bibliotek");
        open["omgångar"] = serde_json::json!([{ "omgång": "Nästa", "sista svarsdag": last_day.to_string() }]);
        let rows = [open, with(full_row("B", "Enkät om parker"), &[("status", "planerad")])];
        app.import(SCB, &rows).await.unwrap_or_else(|error| panic!("{error:?}"));
        let number = number_of(&app, "Enkät om bibliotek").await;
        let html = app.page(&format!("/s/{number}")).await;
        for said in [
            number.as_str(),
            "Enkät om bibliotek",
            "Insamlingen är beslutad",
            "frivilligt att svara",
            "statistik@myndigheten.example",
            deadline.as_str(),
        ] {
            assert!(html.contains(said), "{said}\n{html}");
        }
        let planned = number_of(&app, "Enkät om parker").await;
        assert!(app.page(&format!("/s/{planned}")).await.contains("Den är inte beslutad"));
        for wrong in ["/s/2026-9999", "/s/x", "/s/2026-1"] {
            assert_eq!(app.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
    });
}

#[test]
fn the_case_holds_documents_data_history_and_a_list_of_it_all() {
    run(async {
        let app = TestApp::real().await;
        let first = with(full_row("A", HOSTILE), &[("status", "planerad")]);
        app.import(SCB, std::slice::from_ref(&first)).await.unwrap_or_else(|error| panic!("{error:?}"));
        app.import(SCB, &[with(first, &[("syfte", "=Ett annat syfte")])]).await.unwrap_or_else(|error| panic!("{error:?}"));
        let number = number_of(&app, HOSTILE).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let answer = own.get(&format!("/insamlingar/{number}/arende.zip")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/zip"));
        let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("an archive");
        let mut files = Vec::new();
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).expect("an entry");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("its content");
            files.push((entry.name().expect("a name").into_owned(), content));
        }
        let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
        let kinds = ["beslut", "meddelande", "missiv"];
        let documents = kinds.iter().flat_map(|kind| ["docx", "html"].map(|form| format!("handlingar/{kind}.{form}")));
        let rest =
            ["handlingar/handling.css", "data/insamling.json", "data/uppgifter.csv", "data/omgangar.csv", "historik.csv", "innehall.txt"];
        assert_eq!(names, documents.chain(rest.map(str::to_owned)).collect::<Vec<_>>());
        let text = |name: &str| {
            let (_, content) = files.iter().find(|(known, _)| known == name).expect("the file");
            String::from_utf8(content.clone()).expect("text")
        };
        let decision = text("handlingar/beslut.html");
        assert!(!decision.contains("<script>") && decision.contains("&#60;script&#62;") && decision.contains("Förslag till beslut"));
        let record: Value = serde_json::from_str(&text("data/insamling.json")).expect("JSON");
        assert_eq!((record["number"].as_str(), record["title"].as_str()), (Some(number.as_str()), Some(HOSTILE)));
        let history = text("historik.csv");
        assert!(history.contains(";Registrerades") && history.contains("Statistiska centralbyrån"), "{history}");
        assert!(history.contains("syfte;Följa upp det som kommunerna gör.;'=Ett annat syfte"), "{history}");
        assert!(text("innehall.txt").contains("  handlingar/beslut.docx\r\n"));
        assert!(text("data/uppgifter.csv").contains("1;Antal elever;Folkbokförda i kommunen.;antal;"));
    });
}
