//! The way of what is as it was: nothing is demanded before the asking, and whoever answers needs one step.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::consultations::{asked, form, planned, revision, step};
use crate::pairs::{flag, went_to};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};
use crate::told::MAILBOX;

#[test]
fn each_body_is_told_of_by_itself_who_gets_a_letter_and_who_does_not() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let page = own.page(&format!("/insamlingar/{number}/samrad")).await;
        assert_eq!(page.matches("Har ingen adress i registret och får inget mejl").count(), 1, "only the body that has none: {page}");
        let (_, nnr) = page.split_once("value=\"NNR\"").expect("a box");
        assert!(nnr.split("</div>").next().is_some_and(|one| one.contains("Har ingen adress")), "{nnr}");
        let fields: Vec<(&str, &str)> = [("organ", "NNR")].into_iter().chain(form("2099-01-15", "")).collect();
        let case = asked(&own, &number, &fields).await;
        let page = own.page(&format!("{case}?sparat=begart")).await;
        for said in [
            "Ett mejl om det går till Sveriges Kommuner och Regioner.",
            "har ingen adress i registret och får inget mejl. Skicka begäran dit själv.",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("till dem som ska svara."), "{page}");
        assert_eq!(app.letters(&person.email.expect("an address")).await.len(), 1);
        // what is written later too
        went_to(&own.post(&format!("{case}/inlagg"), &[("inlagg", "Hej.")]).await, &format!("{case}?sparat=inlagg"));
        let page = own.page(&format!("{case}?sparat=inlagg")).await;
        assert!(page.contains("får inget mejl. Hör av dig dit på annat sätt."), "{page}");
    });
}

#[test]
fn a_form_that_is_as_it_was_is_asked_about_without_answers_and_answered_in_one_step() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("B-1", "Kostnad per elev")]).await.expect("written");
        let number = app.number_of("Kostnad per elev").await.expect("a number");
        app.import(SCB, &[with(full_row("B-2", "Elever och kostnader"), &[("status", "planerad")])]).await.expect("written");
        let met = app.number_of("Elever och kostnader").await.expect("a number");
        flag(&app, &number, &met).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let page = own.page(&format!("/insamlingar/{number}/samrad")).await;
        assert!(page.contains("Är formuläret oförändrat behöver ni inte svara") && !page.contains("Svara först om det här"), "{page}");
        let mut fields = form("2099-01-15", "");
        fields.retain(|(name, _)| *name != "slag");
        fields.push(("slag", "recurring"));
        let demanded = own.post(&format!("/insamlingar/{number}/samrad"), &fields).await;
        assert_eq!(demanded.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", demanded.text);
        assert!(demanded.text.contains("Svara först"), "{}", demanded.text);
        fields.push(("oforandrat", "ja"));
        let case = asked(&own, &number, &fields).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let page = body.page(&case).await;
        assert!(page.contains("Elever och kostnader") && page.contains(">Börja granska</button>"), "the overlap goes along: {page}");
        let before = app.letters(MAILBOX).await.len();
        step(&body, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        let page = body.page(&case).await;
        let (_, thread) = page.split_once("id=\"h-trad\"").expect("a thread");
        let order: Vec<usize> = ["begär samråd", "börjar granska", "lämnar yttrande: ingen erinran"]
            .map(|said| thread.find(said).unwrap_or_else(|| panic!("{said}: {thread}")))
            .to_vec();
        assert!(order.is_sorted(), "{thread}");
        assert!(page.contains("<dt>Handläggare</dt><dd>Du</dd>"), "whoever answers has it: {page}");
        let letters = app.letters(MAILBOX).await;
        assert_eq!(letters.len(), before + 1, "the opinion alone: {letters:?}");
    });
}

#[test]
fn nobody_answers_what_a_colleague_has_been_given() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let (first, second) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Skr, "SKR").await);
        let read = revision(&first.page(&case).await, "yttrande");
        let given = [("till", second.person.to_string()), ("nu", String::new()), ("vy", case.clone())];
        let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
        went_to(&first.post(&format!("{case}/tilldela"), &given).await, &format!("{case}?sparat=tilldelat"));
        let page = first.page(&case).await;
        assert!(page.contains("En kollega har fått ärendet. Ta över det först."), "{page}");
        let fields = [("svar", "no_objection"), ("revision", read.as_str())];
        let refused = first.post(&format!("{case}/yttrande"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(!own.page(&case).await.contains("lämnar yttrande"));
        step(&second, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
    });
}
