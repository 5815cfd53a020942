//! Cases that came by mail to several bodies: whether two are one is asked, what is common to them is nobody's to guess at, the days of all
//! follow a correction, and who may take such a case away.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::consultations::{self, Part};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::ConsultationNumber;

use crate::cases::noon;
use crate::client::{Client, hidden};
use crate::consultations::step;
use crate::entered::{ENTER, but, entered, form, refused};
use crate::life::{planned, registered};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// What NNR answered to the same request.
fn other<'a>(number: &'a str, came: &'a str) -> Vec<(&'a str, &'a str)> {
    but(
        &form(number),
        &[("kom", came), ("yttrande", "no_objection"), ("ord", ""), ("besvarat", "2019-03-11"), ("diarienummer_organ", "N 3")],
    )
}

async fn is_refused(client: &Client<'_>, address: &str, fields: &[(&str, &str)], words: &[&str]) {
    let answer = client.post(address, fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    for said in words {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

/// The parts of a case as they are kept.
async fn kept(app: &TestApp, case: &str) -> Vec<Part> {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let number = ConsultationNumber::parse(case.trim_start_matches("/samrad/")).expect("a number");
    consultations::by_number(&mut tx, number).await.expect("read").expect("the case").parts
}

#[test]
fn whoever_may_know_of_a_case_some_days_away_is_asked_whether_it_is_the_same() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (own, nnr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "NNR").await);
        let first = entered(&own, &but(&form(&number), &[("organ", "SKR")])).await;
        let near = other(&number, "2019-03-06");
        let of_nnr = but(&near, &[("organ", "NNR")]);
        let tick = "name=\"annat\" value=\"ja\"><label for=\"annat\">Det är ett annat ärende";
        let asked = ["Ett ärende om samma insamling kom den 4\u{a0}mars 2019: S2019-0001. Hör de ihop?", tick, "value=\"2019-03-06\""];
        refused(&own, &of_nnr, &asked).await;
        assert!(!own.page(&format!("{ENTER}?insamling={number}")).await.contains("name=\"annat\""), "nobody asks before");
        // what is ticked stays where something else is wrong, and is taken where nothing is
        let wrong = but(&of_nnr, &[("annat", "ja"), ("slag", "")]);
        refused(&own, &wrong, &["Välj vad ärendet räknas som.", "name=\"annat\" value=\"ja\" checked"]).await;
        let apart = entered(&own, &but(&of_nnr, &[("annat", "ja")])).await;
        assert_ne!(apart, first);
        // the same day is the same case
        assert_eq!(entered(&own, &but(&other(&number, "2019-03-04"), &[("organ", "NNR")])).await, first);
        // a body is not told of a case that it may not see
        let second = registered(&app, planned("A-2", "Enkät om museer")).await;
        let of_skr = entered(&own, &but(&form(&second), &[("organ", "SKR")])).await;
        let alone = entered(&nnr, &other(&second, "2019-03-06")).await;
        assert!(alone != of_skr && nnr.get(&of_skr).await.status == StatusCode::NOT_FOUND);
        // far away is another year's
        let later = but(&form(&second), &[("organ", "SKR"), ("kom", "2019-09-02"), ("svar_onskat", "2019-09-20")]);
        entered(&own, &but(&later, &[("besvarat", "2019-09-18"), ("avslutat", "2019-10-01")])).await;
    });
}

#[test]
fn a_body_that_is_no_party_is_not_told_which_of_the_common_facts_differ() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        entered(&skr, &form(&number)).await;
        let joining = other(&number, "2019-03-04");
        let one = "skiljer sig från S2019-0001, som är infört om samma begäran till en annan";
        let mut answers = Vec::new();
        for wrong in
            [("svar_onskat", "2019-03-21"), ("utfall", "joined_with_another_collection"), ("slag", "changed"), ("avslutat", "2019-03-12")]
        {
            let answer = nnr.post(ENTER, &but(&joining, &[wrong])).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text.contains(one), "{}", answer.text);
            let at: Vec<&str> = answer.text.split("href=\"#f-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            answers.push(at.join(" "));
        }
        assert_eq!(answers, ["kom"; 4], "it is the same refusal, whatever differs");
        // a party is told which
        let of_nnr = but(&joining, &[("organ", "NNR"), ("svar_onskat", "2019-03-21"), ("slag", "changed")]);
        refused(&own, &of_nnr, &["Skiljer sig från S2019-0001", "f-svar_onskat-fel", "f-slag-fel"]).await;
    });
}

#[test]
fn nobody_joins_a_case_that_a_decision_rests_on_or_that_has_gone_on() {
    run(async {
        let app = TestApp::real().await;
        let (own, nnr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "NNR").await);
        let mut row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("samråd", "ej angivet"), ("samråd med", "")]);
        row["beslutsdatum"] = "".into();
        app.import(SCB, &[row]).await.expect("written");
        let number = app.newest_number().await;
        let case = entered(&own, &but(&form(&number), &[("organ", "SKR")])).await;
        let address = format!("/insamlingar/{number}/beslut");
        let page = own.page(&address).await;
        let (based_on, said) = (hidden(&page, "utgar_fran").expect("the moment"), hidden(&page, "samrad").expect("the case"));
        let today = clock::swedish_day(clock::now()).to_string();
        let deciding = [("utgar_fran", based_on.as_str()), ("beslutsdatum", &today), ("beslutsfattare", "Chefen"), ("samrad", &said)];
        went_to(&own.post(&address, &deciding).await, &format!("/insamlingar/{number}?sparat=beslutad"));
        let decision = own.page(&format!("/insamlingar/{number}/handlingar/beslut")).await;
        let why = "kan inte få fler som tillfrågades";
        refused(&nnr, &other(&number, "2019-03-04"), &[why]).await;
        refused(&own, &but(&other(&number, "2019-03-04"), &[("organ", "NNR")]), &[why]).await;
        assert_eq!(kept(&app, &case).await.len(), 1);
        assert_eq!(own.page(&format!("/insamlingar/{number}/handlingar/beslut")).await, decision);
        // one that goes on in the register
        let second = registered(&app, planned("A-2", "Enkät om museer")).await;
        let open = but(&form(&second), &[("besvarat", ""), ("yttrande", ""), ("ord", ""), ("avslutat", ""), ("utfall", "")]);
        let case = entered(&own, &but(&open, &[("organ", "SKR")])).await;
        step(&app.signed_in(Role::Skr, "SKR").await, &case, "ta", &[], "taget").await;
        refused(&nnr, &open, &[why]).await;
    });
}

#[test]
fn a_corrected_day_keeps_its_year_and_moves_the_clocks_of_every_part() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, nnr) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Skr, "NNR").await);
        let case = entered(&skr, &form(&number)).await;
        assert_eq!(entered(&nnr, &other(&number, "2019-03-04")).await, case);
        let days = |parts: &[Part]| parts.iter().map(|part| part.clocks.body / 86_400).collect::<Vec<_>>();
        assert_eq!(days(&kept(&app, &case).await), [14, 7]);
        let address = format!("{case}/ratta");
        let year = but(&form(&number), &[("kom", "2018-03-05")]);
        let why = "Numret hör till 2019. Ta bort ärendet och för in det på nytt.";
        is_refused(&skr, &address, &year, &[why, "f-kom-fel", "value=\"2018-03-05\""]).await;
        let right = but(&form(&number), &[("kom", "2019-03-05"), ("avslutat", "2019-04-03")]);
        went_to(&skr.post(&address, &right).await, &format!("{case}?sparat=rattat"));
        let parts = kept(&app, &case).await;
        assert_eq!(days(&parts), [13, 6], "NNR's time too");
        // noon in Sweden is ten by universal time in summer
        let closed = noon("2019-04-03") - chrono::TimeDelta::hours(1);
        assert!(parts.iter().all(|part| part.since == closed), "{parts:?}");
        assert_eq!(parts[1].diary_number.as_deref(), Some("N 3"), "what it said stays");
        // an open case: the part that nobody has answered waits since the corrected day
        let second = registered(&app, planned("A-2", "Enkät om museer")).await;
        let open = but(&form(&second), &[("besvarat", ""), ("yttrande", ""), ("ord", ""), ("avslutat", ""), ("utfall", "")]);
        let case = entered(&skr, &open).await;
        assert_eq!(entered(&nnr, &open).await, case);
        went_to(&skr.post(&format!("{case}/ratta"), &but(&open, &[("kom", "2019-03-07")])).await, &format!("{case}?sparat=rattat"));
        assert!(kept(&app, &case).await.iter().all(|part| part.since == noon("2019-03-07")));
    });
}

#[test]
fn who_takes_an_entered_case_away_and_who_does_not() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        let why = [("skal", "Infört av misstag.")];
        // a body that joined takes its side's case away for nobody
        let case = entered(&skr, &form(&number)).await;
        entered(&nnr, &other(&number, "2019-03-04")).await;
        let address = format!("{case}/ta-bort");
        is_refused(&nnr, &address, &why, &["Ärendet gäller också en annan som tillfrågades."]).await;
        let page = nnr.page(&format!("{case}/infort")).await;
        assert!(page.contains("gäller också en annan") && !page.contains("/ta-bort\""), "the page says the same: {page}");
        for (client, status) in [
            (app.signed_in(Role::Admin, "202100-6883").await, StatusCode::FORBIDDEN),
            (app.signed_in(Role::Agency, "202100-2114").await, StatusCode::NOT_FOUND),
            (app.signed_in(Role::Skr, "RKA").await, StatusCode::NOT_FOUND),
        ] {
            assert_eq!(client.post(&address, &why).await.status, status);
        }
        assert!(kept(&app, &case).await.iter().all(|part| part.state.code() == "closed"), "nothing has happened to it");
        went_to(&skr.post(&address, &why).await, &format!("{case}?sparat=borttaget"));
        is_refused(&skr, &format!("{case}/infort"), &[("atgard", "invand"), ("fel", "Nej.")], &["Ärendet är borttaget."]).await;
        // what the agency entered, it stands for: the body says what is wrong
        let case = entered(&own, &but(&form(&number), &[("organ", "SKR")])).await;
        let address = format!("{case}/ta-bort");
        is_refused(&skr, &address, &why, &["Myndigheten står för ärendet. Skriv vad som är fel"]).await;
        assert!(skr.page(&format!("{case}/infort")).await.contains("Skicka invändningen"));
        went_to(&own.post(&address, &why).await, &format!("{case}?sparat=borttaget"));
    });
}
