//! Answer templates: each body keeps its own, and fetches their words into an opinion without losing what was typed.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::CaseKind;

use crate::cases::{ask, asking, day};
use crate::client::{Client, hidden};
use crate::consultations::step;
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

const NEW: &str = "/samrad/mallar/ny";

/// Saves a new template and answers its address.
async fn kept(client: &Client<'_>, title: &str, words: &str) -> String {
    went_to(&client.post(NEW, &[("namn", title), ("ord", words)]).await, "/samrad/mallar?sparat=ja");
    let page = client.page("/samrad/mallar").await;
    let (_, rest) = page.split_once(&format!("<h2>{title}</h2>")).unwrap_or_else(|| panic!("{title}: {page}"));
    let (_, rest) = rest.split_once("href=\"").expect("a link");
    rest.split_once('"').map(|(href, _)| href.to_owned()).expect("its end")
}

#[test]
fn a_body_keeps_its_own_templates() {
    run(async {
        let app = TestApp::real().await;
        let (skr, colleague) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Skr, "SKR").await);
        assert!(skr.page("/samrad/mallar").await.contains("Ni har inga mallar än."));
        let wrong = skr.post(NEW, &[("namn", " "), ("ord", "Vi svarar {kommun}.")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["Skriv vad mallen heter.", "”{kommun}” betyder inget här.", "Vi svarar {kommun}."] {
            assert!(wrong.text.contains(said), "{said}: {}", wrong.text);
        }
        let address = kept(&skr, "Ingen erinran", "SKR har ingen <erinran> mot {insamling}.").await;
        went_to(
            &skr.post(NEW, &[("namn", "Ingen erinran"), ("ord", "SKR har ingen <erinran> mot {insamling}.")]).await,
            "/samrad/mallar?sparat=ja",
        );
        let page = colleague.page("/samrad/mallar").await;
        assert!(
            page.matches("<h2>Ingen erinran</h2>").count() == 1 && page.contains("&#60;erinran&#62;"),
            "sent twice is kept once: {page}"
        );
        let same = skr.post(NEW, &[("namn", "ingen ERINRAN"), ("ord", "Annat.")]).await;
        assert!(same.status == StatusCode::UNPROCESSABLE_ENTITY && same.text.contains("En mall har redan det namnet."), "{}", same.text);
        // of two that change it the later is told, and nothing is lost
        let based_on = hidden(&skr.page(&address).await, "utgar_fran").expect("the moment");
        let first = [("namn", "Ingen erinran"), ("ord", "Kollegans ord."), ("utgar_fran", based_on.as_str())];
        went_to(&colleague.post(&address, &first).await, "/samrad/mallar?sparat=ja");
        let late = skr.post(&address, &[("namn", "Ingen erinran"), ("ord", "Mina ord."), ("utgar_fran", based_on.as_str())]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text.contains("Kollegans ord.") && late.text.contains("Mina ord."), "{}", late.text);
        assert!(!skr.page("/samrad/mallar").await.contains("Mina ord."));
        // another body has nothing to do with it
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        assert!(!nnr.page("/samrad/mallar").await.contains("Kollegans ord."));
        assert_eq!(nnr.get(&address).await.status, StatusCode::NOT_FOUND);
        assert_eq!(nnr.post(&address, &first).await.status, StatusCode::NOT_FOUND);
        went_to(&nnr.post(&format!("{address}/ta-bort"), &[]).await, "/samrad/mallar?sparat=bort");
        assert!(skr.page(&format!("{address}/ta-bort")).await.contains("Ta bort mallen ”Ingen erinran”?"), "it is still there");
        went_to(&skr.post(&format!("{address}/ta-bort"), &[]).await, "/samrad/mallar?sparat=bort");
        assert_eq!(skr.get(&address).await.status, StatusCode::NOT_FOUND);
        let trail = skr.page("/handelser").await;
        assert!(trail.contains("Tog bort en mall för yttranden") && trail.contains("Sparade en mall för yttranden"), "{trail}");
    });
}

#[test]
fn a_template_is_fetched_into_an_opinion_and_what_was_typed_stays() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad")])]).await.expect("written");
        let collection = app.newest_number().await;
        let number = ask(&app, &collection, SCB, &asking(&["SKR"], CaseKind::New, day("2099-01-15")), clock::now()).await;
        let case = format!("/samrad/{number}");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        step(&skr, &case, "ta", &[], "taget").await;
        assert!(!skr.page(&case).await.contains("Hämta mall"), "there is none to fetch");
        let words = "{myndighet} har frågat om {insamling} i {nummer} senast {önskat datum}.";
        let id = kept(&skr, "Inledning", words).await.rsplit('/').next().expect("an identity").to_owned();
        let typed = [("yttrande", "Vi har läst."), ("samordning", "Finns redan."), ("svar", "objections"), ("hamta", "ja")];
        let fetched = skr.post(&format!("{case}/yttrande"), &[&typed[..], &[("mall", id.as_str())]].concat()).await;
        assert_eq!(fetched.status, StatusCode::OK, "{}", fetched.text);
        let filled = format!(
            "Vi har läst.\n\nStatistiska centralbyrån har frågat om Kostnad per elev ({collection}) i {number} senast 15\u{a0}januari 2099."
        );
        for said in [filled.as_str(), "Finns redan.", "value=\"objections\" checked"] {
            assert!(fetched.text.contains(said), "{said}: {}", fetched.text);
        }
        assert!(!skr.page(&case).await.contains("har frågat om"), "nothing is saved yet");
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        let foreign = kept(&nnr, "Främmande", "Hemligt.").await.rsplit('/').next().expect("an identity").to_owned();
        for (mall, said) in [("", "Välj en mall."), (foreign.as_str(), "Mallen finns inte längre.")] {
            let refused = skr.post(&format!("{case}/yttrande"), &[&typed[..], &[("mall", mall)]].concat()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{mall}");
            assert!(
                refused.text.contains(said) && refused.text.contains("Vi har läst.") && !refused.text.contains("Hemligt."),
                "{}",
                refused.text
            );
        }
    });
}
