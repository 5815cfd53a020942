//! The whole case of a collection with its consultations: thread, points, opinions and data, and nothing that a body keeps to itself; and a
//! case that is too large for one file.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use serde_json::Value;

use crate::cases::execute;
use crate::consultations::{asked, form, step};
use crate::files::{PICTURE, document};
use crate::pairs::went_to;
use crate::references::ask_goteborg;
use crate::rows::{full_row, with};
use crate::support::{Answer, SCB, TestApp, run};

/// The names in an archive, and the text of each file that has any.
fn unpacked(answer: Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("an archive");
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("read");
        files.push((entry.name().expect("a name").into_owned(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    files
}

/// Nothing that a body keeps to itself stands in what others read.
fn keeps_to_itself(files: &[(String, String)]) {
    for (path, text) in files {
        assert!(!path.contains("/egna/"), "{path}");
        for kept in ["Bara för oss", "Hemligt utkast", "internt.docx", "referenskommuner"] {
            assert!(!text.contains(kept), "{path}: {kept}");
        }
    }
}

#[test]
fn the_archive_holds_what_both_sides_wrote() {
    run(async {
        let app = TestApp::real().await;
        let row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("visas öppet från", "inte")]);
        app.import(SCB, &[row]).await.expect("written");
        let number = app.newest_number().await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let name = case.trim_start_matches("/samrad/").to_owned();
        step(&body, &case, "ta", &[], "taget").await;
        let note = [("intern", "ja"), ("anteckning", "Bara för oss på SKR.")];
        went_to(&body.post(&format!("{case}/inlagg"), &note).await, &format!("{case}?sparat=anteckning"));
        let secret = document("<document><p><t>Hemligt utkast</t></p></document>");
        assert_eq!(body.attach_internal(&name, "internt.docx", &secret).await.status, StatusCode::SEE_OTHER);
        assert_eq!(own.attach(&name, "formulär.png", PICTURE).await.status, StatusCode::SEE_OTHER);
        let point = [("punktslag", "quality"), ("uppgift", ""), ("synpunkt", "Definiera <elev>.")];
        went_to(&body.post(&format!("{case}/punkter"), &point).await, &format!("{case}?sparat=synpunkt"));
        ask_goteborg(&app, &name).await;
        step(&body, &case, "fraga", &[("ord", "Gäller det friskolor?")], "fragat").await;
        step(&body, &case, "yttrande", &[("svar", "objections"), ("yttrande", "Definiera elev.")], "yttrat").await;
        let address = format!("/insamlingar/{number}/arende.zip");
        for reader in [&own, &app.signed_in(Role::Admin, "202100-6883").await] {
            let files = unpacked(reader.get(&address).await);
            let of = |path: &str| &files.iter().find(|(known, _)| known == path).unwrap_or_else(|| panic!("{path}: {files:?}")).1;
            let page = of(&format!("samrad/{name}/samrad.html"));
            for said in ["Gäller det friskolor?", "Definiera &#60;elev&#62;.", "Synpunkter", "2026:99", "Alla kommuner.", "formulär.png"]
            {
                assert!(page.contains(said), "{said}: {page}");
            }
            let data: Value = serde_json::from_str(of(&format!("samrad/{name}/metadata.json"))).expect("JSON");
            assert_eq!((&data["bodies"][0]["opinion"], &data["points"][0]["kind"]), (&"objections".into(), &"quality".into()));
            assert_eq!((&data["attachments"][0]["name"], &data["messages"]), (&"formulär.png".into(), &1.into()));
            for there in ["samrad.docx", "yttrande-SKR.docx", "yttrande-SKR.html", "handling.css", "bilagor/01-formulär.png"] {
                assert!(!of(&format!("samrad/{name}/{there}")).is_empty(), "{there}");
            }
            let history = of("historik.csv");
            for said in
                [format!("Samråd {name}: begär samråd"), format!("Samråd {name}: lämnar yttrande: synpunkter"), "Registrerades".into()]
            {
                assert!(history.contains(&said), "{said}: {history}");
            }
            keeps_to_itself(&files);
        }
        // the case by itself: the same for the agency, and with what it keeps to itself for the body
        let alone = unpacked(own.get(&format!("{case}/arende.zip")).await);
        assert!(alone.iter().any(|(path, _)| *path == format!("samrad/{name}/yttrande-SKR.docx")), "{alone:?}");
        keeps_to_itself(&alone);
        let files = unpacked(body.get(&format!("{case}/arende.zip")).await);
        let of = |path: &str| &files.iter().find(|(known, _)| known == path).unwrap_or_else(|| panic!("{path}: {files:?}")).1;
        assert!(of(&format!("samrad/{name}/egna/anteckningar.csv")).contains("Bara för oss på SKR."));
        assert!(files.iter().any(|(path, _)| path.ends_with("/bilagor/01-formulär.png")));
        assert!(files.iter().any(|(path, _)| path.starts_with(&format!("samrad/{name}/egna/bilagor/")) && path.ends_with("internt.docx")));
        assert!(of(&format!("samrad/{name}/egna/referenskommuner.csv")).contains("Göteborg"));
        assert!(body.page(&case).await.contains(&format!("href=\"{case}/arende.zip\"")));
        assert_eq!(app.signed_in(Role::Skr, "NNR").await.get(&format!("{case}/arende.zip")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn names_in_the_archive_are_such_that_every_system_unpacks_them() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad")])]).await.expect("written");
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let number = app.newest_number().await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let name = case.trim_start_matches("/samrad/");
        assert_eq!(own.attach(name, "åäö: <b> vad?.png", PICTURE).await.status, StatusCode::SEE_OTHER);
        let secret = document("<document><p><t>Hemligt utkast</t></p></document>");
        assert_eq!(body.attach_internal(name, "in|ternt*.docx", &secret).await.status, StatusCode::SEE_OTHER);
        let files = unpacked(body.get(&format!("{case}/arende.zip")).await);
        let of = |path: &str| &files.iter().find(|(known, _)| known == path).unwrap_or_else(|| panic!("{path}: {files:?}")).1;
        assert!(!of(&format!("samrad/{name}/bilagor/01-åäö_ _b_ vad_.png")).is_empty());
        let data: Value = serde_json::from_str(of(&format!("samrad/{name}/metadata.json"))).expect("JSON");
        assert_eq!(data["attachments"][0]["name"], "åäö: <b> vad?.png", "the name itself is told");
        assert_eq!(data["attachments"][0]["nameInArchive"], format!("samrad/{name}/bilagor/01-åäö_ _b_ vad_.png"));
        let inner = format!("samrad/{name}/egna/bilagor/02-in_ternt_.docx");
        assert!(!of(&inner).is_empty());
        let table = of(&format!("samrad/{name}/egna/bilagor.csv"));
        assert!(table.contains("in|ternt*.docx") && table.contains(&inner), "{table}");
        for answer in [own.get(&format!("{case}/arende.zip")).await, own.get(&format!("/insamlingar/{number}/arende.zip")).await] {
            let files = unpacked(answer);
            keeps_to_itself(&files);
            assert!(files.iter().all(|(path, _)| !path.contains(['<', '>', ':', '"', '|', '?', '*'])), "{files:?}");
        }
    });
}

#[test]
fn a_case_that_is_too_large_tells_which_files_to_fetch_one_by_one() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad")])]).await.expect("written");
        let number = app.newest_number().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let name = case.trim_start_matches("/samrad/");
        assert_eq!(own.attach(name, "ritning.png", PICTURE).await.status, StatusCode::SEE_OTHER);
        let address = format!("/insamlingar/{number}/arende.zip");
        assert_eq!(own.get(&address).await.status, StatusCode::OK);
        execute(&app, "UPDATE attachment SET size = 104857601 WHERE name = $1", &["ritning.png"]).await;
        let large = own.get(&address).await;
        assert_eq!(large.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["Ärendet är för stort för en fil", "ritning.png", &format!("href=\"{case}/bilagor/"), "Högst 100\u{a0}MB"] {
            assert!(large.text.contains(said), "{said}: {}", large.text);
        }
        let alone = own.get(&format!("{case}/arende.zip")).await;
        assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(alone.text.contains(&format!("href=\"{case}/arende.zip?bilagor=nej\"")), "{}", alone.text);
        assert_eq!(own.get(&format!("{case}/arende.zip?bilagor=nej")).await.status, StatusCode::OK);
        let without = unpacked(own.get(&format!("{address}?bilagor=nej")).await);
        assert!(without.iter().all(|(path, _)| !path.contains("/bilagor/")), "{without:?}");
        let list = &without.last().expect("the list").1;
        assert!(list.contains("utelämnade") && list.contains(&format!("samrad/{name}/metadata.json")), "{list}");
    });
}
