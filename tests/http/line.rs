//! Agencies that end and those that take over, and collectors that are replaced: who may still do what.

use axum::http::StatusCode;
use insamlingsregister::actions::import::{self, ImportError, Mode, Summary};
use insamlingsregister::actions::origin;
use insamlingsregister::clock;
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::error::Error;

use crate::editor::{begun, sent, short_way};
use crate::life::{SKOLVERKET, STATSKONTORET, decide, handlaggare, planned, registered};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, hand_over, run};

/// The agency whose end the reference data tell.
const ENDED: &str = "202100-0852";

#[test]
fn who_collects_what_is_in_force_still_may_while_a_plan_names_another() {
    run(async {
        let app = TestApp::real().await;
        let hidden = with(full_row("A-1", "Dold enkät"), &[("visas öppet från", "inte")]);
        app.import(SCB, std::slice::from_ref(&hidden)).await.expect("a hidden one");
        let number = app.newest_number().await;
        let plan = with(hidden, &[("utförs av", SKOLVERKET), ("status", "planerad"), ("beslutsdatum", "")]);
        assert_eq!(app.import(SCB, &[plan]).await.expect("a plan").revised, 1);
        let path = format!("/insamlingar/{number}");
        for organisation in [STATSKONTORET, SKOLVERKET] {
            let collector = handlaggare(&app, organisation).await;
            assert!(collector.page(&path).await.contains("Dold enkät"), "{organisation}");
            assert!(collector.page("/skrivbord").await.contains(&number), "{organisation}");
            assert_eq!(collector.get(&format!("{path}/beslut")).await.status, StatusCode::FORBIDDEN, "{organisation}");
        }
        let scb = handlaggare(&app, SCB).await;
        let form = scb.page(&format!("{path}/beslut")).await;
        let based_on = crate::client::hidden(&form, "utgar_fran").expect("what it starts from");
        let fields = [
            ("utgar_fran", based_on.as_str()),
            ("beslutsdatum", "2026-04-01"),
            ("beslutsfattare", "GD"),
            ("betydelse", "insignificant"),
            ("betydelse_skal", "En annan utförare."),
        ];
        assert_eq!(scb.post(&format!("{path}/beslut"), &fields).await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            handlaggare(&app, STATSKONTORET).await.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "decided: it is no party any more"
        );
        assert_eq!(handlaggare(&app, SKOLVERKET).await.get(&path).await.status, StatusCode::OK);
    });
}

#[test]
fn an_agency_that_has_ended_begins_registers_and_decides_nothing() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let scb = handlaggare(&app, SCB).await;
        let draft = short_way(&scb, "Påbörjad enkät").await;
        hand_over(&app, SCB, ENDED).await;
        let change = format!("/insamlingar/{number}/andra");
        let refused = [
            scb.get("/insamlingar/ny").await,
            scb.post("/insamlingar/ny", &[]).await,
            scb.post("/insamlingar/ny", &[("kopia", &number)]).await,
            scb.post(&change, &[]).await,
            sent(&scb, &draft, "granska", &[("gor", "registrera")]).await,
            decide(&scb, &number, "2026-03-05").await,
        ];
        for answer in refused {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
            assert!(answer.text.contains("upphörde den") && answer.text.contains("Statskontoret har tagit över"), "{}", answer.text);
        }
        let actor = Actor { person: scb.person, organisation: SCB.to_owned(), role: Role::Agency, manager: false };
        let file = planned("A-2", "Enkät i en fil").to_string();
        let read =
            import::by_person(&app.state.db, &origin(&app.state), &actor, ("fil.jsonl", file.as_bytes()), Mode::Write, clock::now()).await;
        assert!(matches!(read, Err(ImportError::Failed(Error::Invalid(message))) if message.contains("Statskontoret har tagit över")));
        assert_eq!(app.newest_number().await, number, "nothing was registered");
    });
}

#[test]
fn who_took_over_goes_on_with_drafts_and_references() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let scb = handlaggare(&app, SCB).await;
        let draft = short_way(&scb, "Påbörjad enkät").await;
        let change = scb.post(&format!("/insamlingar/{number}/andra"), &[]).await.header("location").to_owned();
        let stranger = handlaggare(&app, SKOLVERKET).await;
        hand_over(&app, SCB, ENDED).await;
        let successor = handlaggare(&app, STATSKONTORET).await;
        assert!(successor.page("/skrivbord").await.contains("Påbörjad enkät"));
        assert_eq!(stranger.get(&draft).await.status, StatusCode::NOT_FOUND);
        let analyst = app.signed_in(Role::Analyst, STATSKONTORET).await;
        assert_eq!(analyst.get(&format!("{draft}/grunder")).await.status, StatusCode::NOT_FOUND);
        let again = successor.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        assert_eq!(again.header("location"), change, "the change that is begun is gone on with");
        let taken = sent(&successor, &draft, "grunder", &[("title", "Påbörjad enkät"), ("own_reference", "A-1"), ("gor", "nasta")]).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(taken.text.contains("En annan av myndighetens insamlingar har den egna referensen"), "{}", taken.text);
        let own = sent(&successor, &draft, "grunder", &[("title", "Påbörjad enkät"), ("own_reference", "B-1"), ("gor", "nasta")]).await;
        assert_eq!(own.status, StatusCode::SEE_OTHER, "{}", own.text);
        let answer = sent(&successor, &draft, "granska", &[("gor", "registrera")]).await;
        assert!(answer.header("location").ends_with("?sparat=registrerad"), "{}", answer.text);
        let new = app.newest_number().await;
        let body = app.get(&format!("/api/v1/collections/{new}")).await.json();
        assert_eq!((body["agencies"].as_array().map(Vec::len), body["agencies"][0]["code"].as_str()), (Some(1), Some(STATSKONTORET)));
        // a file of the successor's knows what the old agency registered
        let summary = app.import(STATSKONTORET, &[planned("A-1", "Enkät om bibliotek och läsning")]).await.expect("imported");
        assert_eq!(summary, Summary { changed: 1, ..Summary::default() });
        assert_eq!(app.number_of("Enkät om bibliotek och läsning").await.as_deref(), Some(number.as_str()));
        assert_eq!(decide(&successor, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_copy_may_start_from_what_the_old_agency_registered() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        hand_over(&app, SCB, ENDED).await;
        let successor = handlaggare(&app, STATSKONTORET).await;
        assert!(successor.page("/insamlingar/ny").await.contains(&number));
        let copy = begun(&successor, &[("kopia", &number)]).await;
        assert!(successor.page(&format!("{copy}/grunder")).await.contains("Enkät om bibliotek"));
    });
}
