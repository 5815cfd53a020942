//! On which case a decision rests: its documents tell of that one alone, whatever is closed or entered after it, and the notice of rounds to
//! come tells of a later one with its date.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;

use crate::client::{Client, hidden};
use crate::consultations::{asked, form, step};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// A planned collection that everyone may read; `consulted`: with whom its agency says that consultation took place.
async fn open(app: &TestApp, title: &str, consulted: Option<&str>) -> String {
    let said = if consulted.is_some() { "ja" } else { "ej angivet" };
    let fields = [("status", "planerad"), ("samråd", said), ("samråd med", consulted.unwrap_or_default())];
    let mut row = with(full_row("B-1", title), &fields);
    row["beslutsdatum"] = "".into();
    app.import(SCB, &[row]).await.expect("written");
    app.newest_number().await
}

/// A whole case about what is planned, or in force, that ends so.
async fn case(own: &Client<'_>, body: &Client<'_>, number: &str, words: &str, outcome: &str) -> String {
    let case = asked(own, number, &form("2099-01-15", "")).await;
    step(body, &case, "ta", &[], "taget").await;
    step(body, &case, "yttrande", &[("svar", "advise_against"), ("yttrande", words)], "yttrat").await;
    step(own, &case, "avsluta", &[("utfall", outcome), ("avslut", "Vi behöver dem.")], "avslutat").await;
    case
}

/// Decides what is planned; `rests`: the case that the form says that the decision rests on, beside the one that its page tells.
async fn decide(own: &Client<'_>, number: &str, rests: Option<&str>) {
    let address = format!("/insamlingar/{number}/beslut");
    let page = own.page(&address).await;
    let (based_on, today) = (hidden(&page, "utgar_fran").expect("the moment"), clock::swedish_day(clock::now()).to_string());
    // where it is asked, nobody answers it here
    let shown = page.contains("type=\"hidden\" name=\"samrad\"").then(|| hidden(&page, "samrad").expect("the case"));
    let mut fields = vec![("utgar_fran", based_on.as_str()), ("beslutsdatum", &today), ("beslutsfattare", "Avdelningschefen")];
    fields.extend(shown.as_deref().or(rests).map(|case| ("samrad", case)));
    went_to(&own.post(&address, &fields).await, &format!("/insamlingar/{number}?sparat=beslutad"));
}

async fn document(reader: &Client<'_>, number: &str, which: &str) -> String {
    reader.page(&format!("/insamlingar/{number}/handlingar/{which}")).await
}

/// The text of a file in the archive of the whole case.
async fn archived(own: &Client<'_>, number: &str, name: &str) -> String {
    let file = own.get(&format!("/insamlingar/{number}/arende.zip")).await;
    assert_eq!(file.status, StatusCode::OK);
    let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("the file").read_to_string(&mut text).expect("read");
    text
}

/// Enters a case of 2019 that ended without agreement.
async fn enter(body: &Client<'_>, number: &str) {
    let fields = [
        ("insamling", number),
        ("slag", "recurring"),
        ("kom", "2019-03-04"),
        ("svar_onskat", "2019-03-20"),
        ("besvarat", "2019-03-18"),
        ("yttrande", "advise_against"),
        ("ord", "Infört av oss i efterhand."),
        ("avslutat", "2019-04-01"),
        ("utfall", "not_agreed"),
        ("syn", "Myndigheten höll inte med."),
    ];
    let answer = body.post("/samrad/infor", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

#[test]
fn what_is_closed_or_entered_after_a_decision_does_not_change_it() {
    run(async {
        let app = TestApp::real().await;
        let number = open(&app, "Kostnad per elev", None).await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        case(&own, &body, &number, "Före beslutet.", "agreed").await;
        decide(&own, &number, None).await;
        let decision = document(&own, &number, "beslut").await;
        assert!(decision.contains("Sveriges Kommuner och Regioner: avstyrker den") && decision.contains("överens."), "{decision}");
        let notice = document(&own, &number, "meddelande").await;
        let kept = archived(&own, &number, "handlingar/beslut.html").await;

        enter(&body, &number).await;
        assert_eq!(document(&own, &number, "beslut").await, decision, "entered afterwards");
        assert_eq!(document(&own, &number, "meddelande").await, notice, "entered afterwards");
        // next year's repeat of the same form
        case(&own, &body, &number, "Efter beslutet.", "not_agreed").await;
        assert_eq!(document(&own, &number, "beslut").await, decision, "closed afterwards");
        assert_eq!(archived(&own, &number, "handlingar/beslut.html").await, kept);
        let notice = document(&own, &number, "meddelande").await;
        for said in ["Efter beslutet har samråd skett på nytt, inför kommande omgångar", "anser: Efter beslutet.", "anser: Vi behöver dem."]
        {
            assert!(notice.contains(said), "{said}: {notice}");
        }
        assert!(!notice.contains("Infört av oss"), "{notice}");
    });
}

/// Plans another wording of what is decided, and decides it as an insignificant change.
async fn correct_a_word(app: &TestApp, own: &Client<'_>, number: &str, title: &str) {
    assert_eq!(open(app, title, Some("Sveriges Kommuner och Regioner")).await, number);
    let address = format!("/insamlingar/{number}/beslut");
    let page = own.page(&address).await;
    let (based_on, today) = (hidden(&page, "utgar_fran").expect("the moment"), clock::swedish_day(clock::now()).to_string());
    let slight = [
        ("utgar_fran", based_on.as_str()),
        ("beslutsdatum", &today),
        ("beslutsfattare", "Avdelningschefen"),
        ("betydelse", "insignificant"),
        ("betydelse_skal", "Ett ord är rättat."),
    ];
    went_to(&own.post(&address, &slight).await, &format!("/insamlingar/{number}?sparat=beslutad"));
}

#[test]
fn an_insignificant_change_goes_on_with_what_is_told_of_rounds_to_come() {
    run(async {
        let app = TestApp::real().await;
        let number = open(&app, "Kostnad per elev", None).await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        case(&own, &body, &number, "Före beslutet.", "agreed").await;
        decide(&own, &number, None).await;
        case(&own, &body, &number, "Om nästa års omgång.", "not_agreed").await;
        let views = ["anser: Om nästa års omgång.", "anser: Vi behöver dem."];
        for title in ["Kostnad per elev i grundskolan", "Kostnad per elev, grundskolan"] {
            correct_a_word(&app, &own, &number, title).await;
            let notice = document(&own, &number, "meddelande").await;
            for said in views {
                assert!(notice.contains(title) && notice.contains(said), "{said}: {notice}");
            }
        }
        let decision = document(&own, &number, "beslut").await;
        assert!(decision.contains("avstyrker den") && !decision.contains("ej överens"), "it rests on the first case: {decision}");
    });
}

#[test]
fn a_case_that_the_agency_did_not_say_that_it_rests_on_is_not_told_of() {
    run(async {
        let app = TestApp::real().await;
        let number = open(&app, "Kostnad per elev", Some("SKR")).await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let first = case(&own, &body, &number, "Om det första förslaget.", "not_agreed").await;
        let proposal = document(&own, &number, "meddelande").await;
        assert!(proposal.contains("anser: Om det första förslaget."), "what is planned is what was asked about: {proposal}");
        // another proposal: the agency says with whom consultation took place, and not that it was this case
        open(&app, "Kostnad per elev och skola", Some("SKR")).await;
        let page = own.page(&format!("/insamlingar/{number}/beslut")).await;
        assert!(page.contains("Gäller samrådet även det som beslutas?"), "{page}");
        for which in ["beslut", "meddelande"] {
            let told = document(&own, &number, which).await;
            assert!(told.contains("Samråd har skett med SKR.") && !told.contains("avstyrker"), "{which}: {told}");
        }
        decide(&own, &number, None).await;
        for which in ["beslut", "meddelande"] {
            let told = document(&own, &number, which).await;
            assert!(told.contains("Samråd har skett med SKR.") && !told.contains("avstyrker"), "{which}: {told}");
        }
        assert!(archived(&own, &number, "handlingar/beslut.html").await.contains("Samråd har skett med SKR."));
        // said of another one, it is told
        let second = TestApp::real().await;
        let number = open(&second, "Kostnad per elev", Some("SKR")).await;
        let (own, body) = (second.signed_in(Role::Agency, SCB).await, second.signed_in(Role::Skr, "SKR").await);
        let same = case(&own, &body, &number, "Om det första förslaget.", "not_agreed").await;
        assert_eq!(same, first);
        open(&second, "Kostnad per elev och skola", Some("SKR")).await;
        decide(&own, &number, Some(same.trim_start_matches("/samrad/"))).await;
        assert!(document(&own, &number, "beslut").await.contains("avstyrker den"));
        assert!(document(&own, &number, "meddelande").await.contains("anser: Om det första förslaget."));
    });
}

#[test]
fn a_day_put_right_by_a_file_goes_on_with_what_is_told_also_where_no_case_is_the_ground() {
    run(async {
        let app = TestApp::real().await;
        let number = open(&app, "Kostnad per elev", Some("SKR")).await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let decided = |day: &'static str| with(full_row("B-1", "Kostnad per elev"), &[("samråd med", "SKR"), ("beslutsdatum", day)]);
        app.import(SCB, &[decided("2026-03-02")]).await.expect("written");
        let notice = document(&own, &number, "meddelande").await;
        assert!(notice.contains("Samråd har skett med SKR.") && !notice.contains("anser:"), "{notice}");
        case(&own, &body, &number, "Om nästa års omgång.", "not_agreed").await;
        let views = ["anser: Om nästa års omgång.", "anser: Vi behöver dem."];
        for day in ["2026-03-02", "2026-03-03", "2026-03-04"] {
            app.import(SCB, &[decided(day)]).await.expect("written");
            let notice = document(&own, &number, "meddelande").await;
            for said in views {
                assert!(notice.contains(said), "{day}: {said}: {notice}");
            }
        }
        assert!(document(&own, &number, "beslut").await.contains("4\u{a0}mars 2026"));
    });
}
