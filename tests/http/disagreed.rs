//! Where the two sides did not agree: the notice to those who are asked tells both views, on the page and in the file, and the decision
//! names everyone who was consulted.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::cases::execute;
use crate::client::Client;
use crate::consultations::{asked, form, step};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// The text of a Word document, with its marks.
async fn xml(reader: &Client<'_>, path: &str) -> String {
    let file = reader.get(path).await;
    assert_eq!(file.status, StatusCode::OK, "{path}");
    let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes)).expect("a document");
    let mut text = String::new();
    archive.by_name("word/document.xml").expect("its text").read_to_string(&mut text).expect("read");
    text
}

#[test]
fn the_notice_tells_both_views_and_the_decision_names_everyone() {
    run(async {
        let app = TestApp::real().await;
        // the agency has named one body itself
        let mut row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("samråd med", "SKR")]);
        row["beslutsdatum"] = "".into();
        app.import(SCB, &[row]).await.expect("written");
        let number = app.newest_number().await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let mut fields = form("2099-06-30", "");
        fields.push(("organ", "NNR"));
        let case = asked(&own, &number, &fields).await;
        step(&body, &case, "ta", &[], "taget").await;
        let opinion = [("svar", "advise_against"), ("yttrande", "Uppgifterna finns <redan>."), ("samordning", "Bara för oss.")];
        step(&body, &case, "yttrande", &opinion, "yttrat").await;
        let notice = format!("/insamlingar/{number}/handlingar/meddelande");
        assert!(!own.page(&notice).await.contains("Uppgifterna finns"), "nothing is told before it is closed");
        // the day has passed, and the second body has said nothing
        execute(&app, "UPDATE consultation SET wanted_on = '2026-01-02' WHERE number = $1", &[case.trim_start_matches("/samrad/")]).await;
        step(&own, &case, "avsluta", &[("utfall", "not_agreed"), ("avslut", "Vi behöver dem.")], "avslutat").await;
        let page = app.page(&notice).await;
        for said in [
            "Sveriges Kommuner och Regioner: avstyrker den",
            "Näringslivets Regelnämnd: har inte svarat",
            "ej överens.",
            "Sveriges Kommuner och Regioner anser: Uppgifterna finns &#60;redan&#62;.",
            "Statistiska centralbyrån anser: Vi behöver dem.",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("Bara för oss."), "assessments stay with the two sides: {page}");
        let file = xml(&own, &format!("{notice}.docx")).await;
        for said in ["har inte svarat", "anser: Uppgifterna finns &lt;redan&gt;.", "anser: Vi behöver dem."] {
            assert!(file.contains(said), "{said}: {file}");
        }
        let decision = xml(&own, &format!("/insamlingar/{number}/handlingar/beslut.docx")).await;
        assert!(decision.contains("Näringslivets Regelnämnd: har inte svarat") && !decision.contains("anser:"), "{decision}");
    });
}
