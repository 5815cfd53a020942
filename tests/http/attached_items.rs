//! The questions of an attached form: what they are like, and which of them the collection does not tell; and to whom.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::CaseKind;
use serde_json::json;

use crate::cases::{ask, asking};
use crate::client::Client;
use crate::files::{PICTURE, document, workbook};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Skatteverket, which collects something alike.
const OTHER: &str = "202100-5448";

/// The address of the questions of the file that was attached last.
async fn attached(client: &Client<'_>, case: &str, name: &str, bytes: &[u8]) -> String {
    let answer = client.attach(case, name, bytes).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = client.page(&format!("/samrad/{case}/bilagor")).await;
    let (_, last) = page.rsplit_once(&format!("href=\"/samrad/{case}/bilagor/")).expect("a link");
    let id = last.split(['"', '/']).next().unwrap_or_default();
    format!("/samrad/{case}/bilagor/{id}/likheter")
}

#[test]
fn questions_are_compared_with_what_the_reader_may_know_of() {
    run(async {
        let app = TestApp::real().await;
        let with_items = |reference: &str, title: &str, items: &[&str], open: &str| {
            let mut row = with(full_row(reference, title), &[("status", "planerad"), ("visas öppet från", open)]);
            row["uppgifter"] = items.iter().map(|item| json!({ "uppgift": item })).collect();
            row
        };
        let libraries = "Antal skolbibliotekarier i kommunen";
        app.import(OTHER, &[with_items("A-1", "Bemanning i skolbibliotek", &[libraries, "Öppettider per vecka"], "nu")])
            .await
            .expect("written");
        let met = app.newest_number().await;
        let hidden = with_items("A-2", "Hemlig granskning", &["Kostnad för skolmåltider per elev"], "inte");
        app.import(OTHER, &[hidden]).await.expect("written");
        let own_row = with_items("B-1", "Enkät om skolan", &["Elever i förskoleklass"], "inte");
        app.import(SCB, &[own_row]).await.expect("written");
        let collection = app.newest_number().await;
        let now = clock::now();
        let case = ask(&app, &collection, SCB, &asking(&["SKR"], CaseKind::New, clock::swedish_day(now)), now).await;
        let (agency, skr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let paragraphs = [
            "Svara senast i mars",
            "1. Hur många skolbibliotekarier finns i kommunen?",
            "2. Ange kostnad för skolmåltider per elev",
            "3. Antal elever i förskoleklass",
        ];
        let xml: String = paragraphs.iter().map(|words| format!("<p><t>{words}</t></p>")).collect();
        let address = attached(&agency, &case, "formulär.docx", &document(&format!("<document>{xml}</document>"))).await;
        for reader in [&agency, &skr] {
            let page = reader.page(&address).await;
            let (alike, missing) = page.split_once("id=\"h-saknas\"").expect("what is missing");
            for said in
                ["Hur många skolbibliotekarier finns i kommunen?", libraries, &format!("href=\"/insamlingar/{met}\""), "Skatteverket"]
            {
                assert!(alike.contains(said), "{said}: {page}");
            }
            assert!(!page.contains("Hemlig granskning") && !page.contains("Svara senast i mars"), "{page}");
            let (missing, _) = missing.split_once("</section>").expect("its end");
            assert!(missing.contains("Ange kostnad för skolmåltider") && missing.contains("skolbibliotekarier"), "{missing}");
            assert!(!missing.contains("förskoleklass"), "it is registered: {missing}");
        }
        assert!(skr.page(&format!("/samrad/{case}")).await.contains(&address), "the case leads there");
        // the headings of a workbook are what it asks for
        let cells: String =
            ["Kommun", "Antal skolbibliotekarier", "Antal filialer"].iter().map(|cell| format!("<c t=\"str\"><v>{cell}</v></c>")).collect();
        let sheet = workbook(&format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>"));
        let page = agency.page(&attached(&agency, &case, "tabell.xlsx", &sheet).await).await;
        assert!(page.contains("Antal filialer") && page.contains("2 i den här filen"), "{page}");
        let blank = attached(&agency, &case, "tom.docx", &document("<document><p><t>Hej</t></p></document>")).await;
        assert!(agency.page(&blank).await.contains("inget i filen som ser ut som en fråga"));
        // what has no text has no link, and says so
        let answer = agency.attach(&case, "bild.png", PICTURE).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let list = agency.page(&format!("/samrad/{case}/bilagor")).await;
        assert_eq!(list.matches("/likheter\"").count(), 3, "{list}");
        for (role, organisation) in [(Role::Agency, OTHER), (Role::Analyst, SCB), (Role::Skr, "NNR")] {
            let stranger = app.signed_in(role, organisation).await;
            assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND, "{role}");
        }
        // a file that the body keeps to itself
        let internal =
            skr.attach_internal(&case, "internt.docx", &document("<document><p><t>Hur många barn finns?</t></p></document>")).await;
        assert_eq!(internal.status, StatusCode::SEE_OTHER);
        let page = skr.page(&format!("/samrad/{case}/bilagor")).await;
        let (before, _) = page.rsplit_once("/likheter\"").expect("a link");
        let secret = format!("{}/likheter", before.rsplit('"').next().unwrap_or_default());
        assert!(skr.page(&secret).await.contains("Hur många barn finns?"));
        assert_eq!(agency.get(&secret).await.status, StatusCode::NOT_FOUND);
    });
}
