//! What comes of a consultation: everyone reads how it ended, the decision says with whom, the answer is a document; the demonstration has
//! examples.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use insamlingsregister::actions::Origin;
use insamlingsregister::actions::consultations::steps::{self, Doing};
use insamlingsregister::actions::demo;
use insamlingsregister::clock;
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::consultation::Outcome;
use insamlingsregister::domain::identifier::ConsultationNumber;
use insamlingsregister::domain::person::Person;

use crate::client::{Client, hidden};
use crate::consultations::{asked, form, step};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Skolverket, which asks in the demonstration.
const SKOLVERKET: &str = "202100-4185";

/// A case about a planned collection that everyone may read and that says nothing of consultation, under review; with more in its asking.
struct Case<'a> {
    /// The collection's number.
    number: String,
    own: Client<'a>,
    asker: Person,
    body: Client<'a>,
    /// Its address.
    case: String,
}

async fn reviewed<'a>(app: &'a TestApp, wanted: &str, more: &[(&str, &str)]) -> Case<'a> {
    let number = open(app).await;
    let asker = app.person(Role::Agency, SCB, false).await;
    let (own, body) = (app.enter(asker.id).await, app.signed_in(Role::Skr, "SKR").await);
    let fields: Vec<(&str, &str)> = form(wanted, "").into_iter().chain(more.iter().copied()).collect();
    let case = asked(&own, &number, &fields).await;
    step(&body, &case, "ta", &[], "taget").await;
    Case { number, own, asker, body, case }
}

/// A planned collection that everyone may read and that says nothing of consultation.
async fn open(app: &TestApp) -> String {
    let mut row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("samråd", "ej angivet"), ("samråd med", "")]);
    row["beslutsdatum"] = "".into();
    app.import(SCB, &[row]).await.expect("written");
    app.newest_number().await
}

#[test]
fn everyone_reads_how_it_ended_and_the_decision_says_with_whom() {
    run(async {
        let app = TestApp::real().await;
        let Case { number, own, body, case, .. } = reviewed(&app, "2099-01-15", &[]).await;
        let opinion = [("svar", "advise_against"), ("yttrande", "Uppgifterna finns <redan>."), ("samordning", "Samma som förut.")];
        step(&body, &case, "yttrande", &opinion, "yttrat").await;
        let address = format!("/insamlingar/{number}");
        let page = app.page(&address).await;
        assert!(!page.contains("Uppgifterna finns") && !page.contains(&case), "nothing is told before it is closed: {page}");
        assert!(own.page(&address).await.contains(&format!("href=\"{case}\"")), "its parties are led to it");
        step(&own, &case, "avsluta", &[("utfall", "not_agreed"), ("avslut", "Vi behöver dem.")], "avslutat").await;
        let page = app.page(&address).await;
        for said in ["ej överens", "Sveriges Kommuner och Regioner: avstyrker den", "Uppgifterna finns &#60;redan&#62;.", "Vi behöver dem."]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("Samma som förut.") && !page.contains(&case), "assessments and the case stay with the two sides: {page}");
        let document = body.page(&format!("{case}/yttrande/SKR")).await;
        assert!(document.contains("Yttrande i samråd") && document.contains("Samma som förut."), "{document}");
        let file = own.get(&format!("{case}/yttrande/SKR.docx")).await;
        assert!(file.status == StatusCode::OK && file.bytes.starts_with(b"PK"), "{}", file.status);
        assert_eq!(own.get(&format!("{case}/yttrande/NNR")).await.status, StatusCode::NOT_FOUND);
        let page = own.page(&format!("{address}/beslut")).await;
        let with = "Sveriges Kommuner och Regioner (ej överens)";
        let told = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((&told["consultation"], &told["consulted"]), (&"held".into(), &with.into()), "as the page tells, before it is decided");
        assert!(page.contains(with) && !page.contains("Ange om samråd har skett"), "{page}");
        let based_on = hidden(&page, "utgar_fran").expect("the moment");
        let today = clock::swedish_day(clock::now()).to_string();
        let mut fields = vec![("utgar_fran", based_on.as_str()), ("beslutsdatum", today.as_str()), ("beslutsfattare", "Avdelningschefen")];
        let unseen = own.post(&format!("{address}/beslut"), &fields).await;
        assert_eq!(unseen.status, StatusCode::CONFLICT, "a page that did not show the case decides nothing: {}", unseen.text);
        let said = hidden(&page, "samrad").expect("the case");
        assert_eq!(format!("/samrad/{said}"), case);
        fields.push(("samrad", &said));
        went_to(&own.post(&format!("{address}/beslut"), &fields).await, &format!("{address}?sparat=beslutad"));
        assert!(app.page(&address).await.contains(&format!("ja, med {with}")));
    });
}

#[test]
fn the_decision_page_tells_of_a_case_under_way() {
    run(async {
        let app = TestApp::real().await;
        let Case { number, own, body, case, .. } = reviewed(&app, "2099-06-30", &[("organ", "NNR")]).await;
        let address = format!("/insamlingar/{number}/beslut");
        let told = format!("Samrådet <a href=\"{case}\">{}</a> om det här pågår.", case.trim_start_matches("/samrad/"));
        assert!(own.page(&address).await.contains(&told));
        step(&body, &case, "yttrande", &[("svar", "advise_against"), ("yttrande", "Finns redan.")], "yttrat").await;
        assert!(own.page(&address).await.contains(&told), "one has not answered yet");
        step(&own, &case, "aterkalla", &[], "aterkallat").await;
        assert!(!own.page(&address).await.contains("om det här pågår"));
    });
}

#[test]
fn a_case_about_an_earlier_draft_is_what_a_decision_rests_on_only_if_the_agency_says_so() {
    run(async {
        let app = TestApp::real().await;
        let Case { number, own, body, case, .. } = reviewed(&app, "2099-01-15", &[]).await;
        step(&body, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        step(&own, &case, "avsluta", &[("utfall", "agreed")], "avslutat").await;
        // what is planned asks for something else now
        let mut row =
            with(full_row("B-1", "Kostnad per elev och skola"), &[("status", "planerad"), ("samråd", "ej angivet"), ("samråd med", "")]);
        row["beslutsdatum"] = "".into();
        app.import(SCB, &[row]).await.expect("written");
        let address = format!("/insamlingar/{number}/beslut");
        let page = own.page(&address).await;
        assert!(page.contains("gällde en tidigare lydelse") && page.contains("Ange om samråd har skett"), "{page}");
        let (based_on, today) = (hidden(&page, "utgar_fran").expect("the moment"), clock::swedish_day(clock::now()).to_string());
        let mut fields = vec![("utgar_fran", based_on.as_str()), ("beslutsdatum", &today), ("beslutsfattare", "Avdelningschefen")];
        let unsaid = own.post(&address, &fields).await;
        assert!(unsaid.status == StatusCode::UNPROCESSABLE_ENTITY && unsaid.text.contains("saknar 1\u{a0}punkt"), "{}", unsaid.text);
        fields.push(("samrad", case.trim_start_matches("/samrad/")));
        went_to(&own.post(&address, &fields).await, &format!("/insamlingar/{number}?sparat=beslutad"));
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("ja, med Sveriges Kommuner och Regioner"));
    });
}

#[test]
fn a_body_that_never_answered_stays_visible() {
    run(async {
        let app = TestApp::real().await;
        let Case { number, own, asker, body, case } = reviewed(&app, "2099-06-30", &[("organ", "NNR")]).await;
        step(&body, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        assert!(own.page(&case).await.contains("Alla har inte svarat, och dagen då ni ville ha svar har inte passerat."));
        let actor = Actor { person: asker.id, organisation: SCB.to_owned(), role: Role::Agency, manager: false };
        let origin = Origin { base_url: "https://register.example".to_owned(), demonstration: false };
        let number_of_case = ConsultationNumber::parse(case.trim_start_matches("/samrad/")).expect("a number");
        let now: DateTime<Utc> = "2099-07-01T08:00:00Z".parse().expect("a moment");
        let doing = Doing { origin: &origin, actor: &actor, number: number_of_case, revision: 2, now };
        steps::close(&app.state.db, doing, Outcome::Agreed, "").await.expect("closed");
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("ingen erinran den") && page.contains("har inte svarat"), "{page}");
    });
}

#[test]
fn the_demonstration_has_consultations_in_four_states() {
    run(async {
        let app = TestApp::real().await;
        let rows: Vec<_> =
            (1..=5).map(|at| with(full_row(&format!("B-{at}"), &format!("Enkät {at}")), &[("status", "planerad")])).collect();
        app.import(SKOLVERKET, &rows).await.expect("written");
        demo::open_doors(&app.state.db, clock::now()).await.expect("the people");
        let origin = Origin { base_url: "https://register.example".to_owned(), demonstration: true };
        for _ in 0..2 {
            demo::consult(&app.state.db, &origin, clock::now()).await.expect("the examples");
        }
        let body = app.signed_in(Role::Skr, "SKR").await;
        let year = clock::swedish_day(clock::now()).format("%Y").to_string();
        let mut states = Vec::new();
        for (at, said) in [(1, "ej överens"), (2, "besvarat"), (3, "väntar på myndigheten"), (4, "begärt")] {
            let page = body.get(&format!("/samrad/S{year}-000{at}")).await;
            states.push(page.status == StatusCode::OK && page.text.contains(said) && page.text.contains("Exempeltext"));
        }
        assert_eq!(states, [true; 4]);
        assert_eq!(body.get(&format!("/samrad/S{year}-0005")).await.status, StatusCode::NOT_FOUND, "a second start adds none");
        let over = body.page("/samrad?visa=avslutade").await;
        assert!(over.contains("infört i efterhand"), "one came by mail: {over}");
        let agency = app.signed_in(Role::Agency, SKOLVERKET).await;
        let decided = app.number_of("Enkät 5").await.expect("the fifth");
        let page = agency.page(&format!("/insamlingar/{decided}/samrad")).await;
        assert!(page.contains("name=\"oforandrat\""), "its form can be asked about as unchanged: {page}");
        let templates = body.page("/samrad/mallar").await;
        assert_eq!(templates.matches("Exempeltext").count(), 2, "{templates}");
    });
}
