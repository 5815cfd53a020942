//! What depends on who is responsible for either collection of a pair, those that took over among them: whether a letter goes, how the
//! answer is worded, and who may decide.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::answers::form;
use crate::client::hidden;
use crate::life::{SKOLVERKET, STATSKONTORET};
use crate::pairs::{LIBRARIES, OTHER, alike, answer, confirm, decide, planned, went_to};
use crate::support::{SCB, TestApp, hand_over, run};

/// The agency whose end the reference data tell.
const ENDED: &str = "202100-0852";
const UNSENT: &str = "registret har ingen adress till den andra myndigheten";

#[test]
fn who_only_collects_for_the_other_agency_proposes_to_it() {
    run(async {
        let app = TestApp::real().await;
        let (id, ..) = alike(&app).await;
        let address = format!("/liknande/{id}");
        // it collects for both, and is responsible for neither
        let collector = app.signed_in(Role::Agency, STATSKONTORET).await;
        let page = collector.page(&address).await;
        assert!(page.contains("Den andra myndigheten får ett mejl med förslaget.") && !page.contains("ansvarar för båda"), "{page}");
        went_to(&answer(&collector, &address, &[("svar", "coordinate")]).await, &format!("{address}?sparat=svar"));
        assert_eq!(app.letters("statistik@skatteverket.example").await.len(), 1);
        let page = collector.page(&address).await;
        assert!(!page.contains(UNSENT) && page.contains("svarar: vi samordnar oss"), "{page}");
    });
}

#[test]
fn who_took_over_both_writes_to_nobody_and_is_quoted_so() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let address = format!("/liknande/{id}");
        hand_over(&app, SCB, ENDED).await;
        hand_over(&app, OTHER, ENDED).await;
        let successor = app.signed_in(Role::Agency, STATSKONTORET).await;
        let page = successor.page(&address).await;
        assert!(page.contains("Statskontoret ansvarar för båda insamlingarna.") && page.contains("Inget mejl skickas."), "{page}");
        went_to(&answer(&successor, &address, &[("svar", "coordinate")]).await, &format!("{address}?sparat=svar"));
        assert!(app.letters("statistik@skatteverket.example").await.is_empty());
        let page = successor.page(&address).await;
        assert!(!page.contains(UNSENT) && page.contains("svarar: vi slår ihop dem"), "{page}");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        assert!(skr.page("/liknande").await.contains("Vi slår ihop dem"));
        confirm(&app, &id.to_string()).await;
        for number in [&asking, &met] {
            let page = app.page(&format!("/insamlingar/{number}")).await;
            assert!(page.contains("Svar från Statskontoret: vi slår ihop dem."), "{page}");
        }
    });
}

#[test]
fn the_form_knows_what_its_agency_took_over() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
        hand_over(&app, SCB, ENDED).await;
        let successor = app.signed_in(Role::Agency, STATSKONTORET).await;
        let draft = form(&successor, "Bibliotek i skolan").await;
        let page = successor.page(&format!("{draft}/granska")).await;
        assert!(page.contains("Er egen insamling.") && page.contains("Inget mejl skickas."), "{page}");
        assert!(!page.contains("får ett mejl"), "{page}");
    });
}

#[test]
fn nobody_decides_on_what_the_own_organisation_is_asked() {
    run(async {
        let app = TestApp::real().await;
        let (id, ..) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let told = "Därför är det någon annan som bedömer.";
        let reviewers = [
            (Role::Analyst, SCB, false),
            (Role::Admin, SCB, false),
            (Role::Analyst, OTHER, true),
            (Role::Analyst, SKOLVERKET, true),
            (Role::Admin, "202100-6883", true),
            (Role::Skr, "SKR", true),
        ];
        for (role, organisation, may) in reviewers {
            let reviewer = app.signed_in(role, organisation).await;
            let page = reviewer.page(&address).await;
            assert_eq!((page.contains("Spara bedömningen"), page.contains(told)), (may, !may), "{role:?} {organisation}: {page}");
            if may {
                decide(&reviewer, &id.to_string(), &[("bedomning", "rejected"), ("motivering", organisation)]).await;
            } else {
                let seen = ["innehall", "andra_innehall"].map(|name| hidden(&page, name).unwrap_or_default());
                let fields =
                    [("innehall", seen[0].as_str()), ("andra_innehall", &seen[1]), ("bedomning", "rejected"), ("motivering", "Nej.")];
                assert_eq!(reviewer.post(&format!("{address}/beslut"), &fields).await.status, StatusCode::FORBIDDEN, "{role:?}");
            }
        }
        hand_over(&app, SCB, ENDED).await;
        let successor = app.signed_in(Role::Analyst, STATSKONTORET).await;
        assert!(successor.page(&address).await.contains(told), "nor what it took over");
    });
}
