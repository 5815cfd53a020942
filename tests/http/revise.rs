//! Changes by the form: how much they change, who may, and what somebody else changed meanwhile.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use insamlingsregister::actions::collections::change::Change;
use insamlingsregister::actions::collections::revise::{Revising, revise};
use insamlingsregister::clock;
use insamlingsregister::db::Db;
use insamlingsregister::db::collections::{self, Version};
use insamlingsregister::db::{decisions, involved};
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::decision::{Decision, Significance};
use insamlingsregister::domain::identifier::CollectionNumber;
use insamlingsregister::domain::new_collection::{CollectionParts, NewCollection};
use insamlingsregister::domain::round::{Round, When};
use insamlingsregister::domain::terms::Status;
use insamlingsregister::error::Error;

use crate::editor::sent;
use crate::life::{SKOLVERKET, STATSKONTORET, decide, handlaggare, planned, registered};
use crate::rows::full_row;
use crate::support::{SCB, TestApp, run};

/// Somebody of an agency, as the actions see them.
async fn actor(app: &TestApp, organisation: &str) -> Actor {
    let person = app.person(Role::Agency, organisation, false).await;
    Actor { person: person.id, organisation: organisation.to_owned(), role: Role::Agency, manager: false }
}

/// Sends a change of the newest version as the form does, on what is there now unless `based_on` says otherwise.
async fn revise_as(
    app: &TestApp,
    actor: &Actor,
    number: &str,
    (decision, decided_on, based_on): (Decision, Option<&str>, Option<DateTime<Utc>>),
    edit: impl Fn(&mut CollectionParts),
) -> Result<Change, Error> {
    let number = CollectionNumber::parse(number).expect("a number");
    let now = clock::now();
    let mut tx = app.state.db.write().await.expect("a transaction");
    let known = involved::by_number(&mut tx, number, clock::swedish_day(now)).await.expect("read").expect("the collection");
    let newest = collections::load(&mut tx, &[known.id], Version::Newest).await.expect("read").remove(0);
    let mut parts = CollectionParts { status: Status::Planned, ..newest.as_parts() };
    edit(&mut parts);
    let new = NewCollection::new(parts).expect("a collection that holds");
    let decided_on = decided_on.map(|day| day.parse().expect("a day"));
    let based_on = based_on.unwrap_or(known.changed_at);
    let revising = Revising { number, based_on, new: &new, decision: &decision, decided_on };
    let change = revise(&mut tx, actor, &revising, now).await?;
    tx.commit().await.expect("committed");
    Ok(change)
}

fn judged(significance: Significance) -> Decision {
    let reason = Some("En stavning rättas.".into());
    Decision {
        significance: Some(significance),
        significance_reason: reason,
        decision_maker: Some("Avdelningschefen".into()),
        ..Decision::default()
    }
}

#[test]
fn an_insignificant_change_is_decided_at_once_and_another_waits() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let scb = actor(&app, SCB).await;
        let retitle = |title: &'static str| move |parts: &mut CollectionParts| parts.content.title = title.to_owned();
        let unsaid = revise_as(&app, &scb, &number, (Decision::default(), None, None), retitle("Enkät")).await;
        assert!(matches!(unsaid, Err(Error::Invalid(message)) if message.contains("obetydlig eller inte")));
        let at_once = (judged(Significance::Significant), Some("2026-04-01"), None);
        let refused = revise_as(&app, &scb, &number, at_once, retitle("Enkät")).await;
        assert!(matches!(refused, Err(Error::Invalid(message)) if message.contains("efter samråd")));
        let at_once = (judged(Significance::Insignificant), Some("2026-04-01"), None);
        assert_eq!(revise_as(&app, &scb, &number, at_once, retitle("Enkät om biblioteken")).await.ok(), Some(Change::Changed));
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["title"].as_str(), body["decidedOn"].as_str()), (Some("Enkät om biblioteken"), Some("2026-04-01")));
        let planned = (judged(Significance::Significant), None, None);
        assert_eq!(revise_as(&app, &scb, &number, planned, retitle("Enkät om läsning")).await.ok(), Some(Change::Revised));
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["title"].as_str(), body["status"].as_str()), (Some("Enkät om biblioteken"), Some("decided")));
        let form = handlaggare(&app, SCB).await.page(&format!("/insamlingar/{number}/beslut")).await;
        assert!(form.contains("Inte obetydlig ändring: En stavning rättas.") && form.contains("Enkät om läsning"));
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("<p>Enkät om bibliotek</p>") && page.contains("<p>Enkät om biblioteken</p>"), "old and new in the history");
    });
}

#[test]
fn a_change_of_what_somebody_else_changed_is_a_conflict() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (scb, collector, stranger) = (actor(&app, SCB).await, actor(&app, STATSKONTORET).await, actor(&app, SKOLVERKET).await);
        let edit = |parts: &mut CollectionParts| parts.content.purpose = "Ett annat syfte.".to_owned();
        let nothing = || (Decision::default(), None, None);
        assert!(matches!(revise_as(&app, &stranger, &number, nothing(), edit).await, Err(Error::Forbidden)));
        assert_eq!(revise_as(&app, &collector, &number, nothing(), edit).await.ok(), Some(Change::Changed), "the collector edits");
        assert_eq!(revise_as(&app, &scb, &number, nothing(), edit).await.ok(), Some(Change::None));
        let stale = (Decision::default(), None, Some(clock::now() - chrono::TimeDelta::days(1)));
        let other = |parts: &mut CollectionParts| parts.content.purpose = "Ett tredje syfte.".to_owned();
        assert!(matches!(revise_as(&app, &scb, &number, stale, other).await, Err(Error::Conflict)));
        assert_eq!(decide(&handlaggare(&app, SCB).await, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
        let at_once = (judged(Significance::Insignificant), Some("2026-04-01"), None);
        let refused = revise_as(&app, &collector, &number, at_once, other).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "the collector does not decide");
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!(body["purpose"], "Ett annat syfte.");
        let history = handlaggare(&app, STATSKONTORET).await.page(&format!("/insamlingar/{number}/historik")).await;
        assert!(history.contains("Statskontoret, agency-"), "one's own colleague is named: {history}");
        let others = handlaggare(&app, SCB).await.page(&format!("/insamlingar/{number}/historik")).await;
        assert!(others.contains("Statskontoret</span>") && !others.contains("Statskontoret, agency-"), "others' people are not");
        assert!(!app.page(&format!("/insamlingar/{number}/historik")).await.contains("@funktion.example"));
    });
}

/// The stored rounds: identity, version and label.
pub async fn stored_rounds(app: &TestApp) -> Vec<(uuid::Uuid, i64, String)> {
    let text = "SELECT id, version, label FROM round ORDER BY version, position";
    match &app.state.db {
        Db::Sqlite { read, .. } => sqlx::query_as(text).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_as(text).fetch_all(pool).await,
    }
    .expect("the rounds")
}

#[test]
fn a_begun_round_keeps_its_identity_and_version_when_a_change_of_it_is_decided() {
    run(async {
        let app = TestApp::real().await;
        let mut first = full_row("A-1", "Enkät om bibliotek");
        first["omgångar"] = serde_json::json!([{ "omgång": "2026", "utskick": "2026-01-12", "sista svarsdag": "2026-03-20" }]);
        let number = registered(&app, first).await;
        let begun = stored_rounds(&app).await;
        let scb = actor(&app, SCB).await;
        let corrected = |parts: &mut CollectionParts| {
            let begun = parts.rounds[0].clone();
            let later = When::Day("2027-03-22".parse().expect("a day"));
            parts.rounds[0].label = "2026, rättad".to_owned();
            parts.rounds.push(Round { label: "2027".to_owned(), dispatch: None, deadline: Some(later), ..begun });
        };
        let change = revise_as(&app, &scb, &number, (judged(Significance::Insignificant), None, None), corrected).await;
        assert_eq!(change.ok(), Some(Change::Revised));
        assert_eq!(stored_rounds(&app).await.len(), 3, "the proposal stands beside what is in force");
        assert_eq!(decide(&handlaggare(&app, SCB).await, &number, "2026-04-01").await.status, StatusCode::SEE_OTHER);
        let decided = stored_rounds(&app).await;
        let [kept, added] = decided.as_slice() else { panic!("{decided:?}") };
        assert_eq!((kept.0, kept.1, kept.2.as_str()), (begun[0].0, 1, "2026, rättad"));
        assert_eq!((added.1, added.2.as_str()), (2, "2027"));
    });
}

/// What is kept of the newest version as a decision.
async fn kept(app: &TestApp, number: &str) -> Decision {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let number = CollectionNumber::parse(number).expect("a number");
    let known = involved::by_number(&mut tx, number, clock::swedish_day(clock::now())).await.expect("read").expect("the collection");
    decisions::get(&mut tx, known.id, known.latest_version).await.expect("read")
}

#[test]
fn nothing_is_decided_at_once_together_with_a_change_that_waits() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let scb = actor(&app, SCB).await;
        let title = |parts: &mut CollectionParts| parts.content.title = "Enkät om läsning".to_owned();
        let waiting = revise_as(&app, &scb, &number, (judged(Significance::Significant), None, None), title).await;
        assert_eq!(waiting.ok(), Some(Change::Revised));
        let purpose = |parts: &mut CollectionParts| parts.content.purpose = "Följa läsningen.".to_owned();
        let at_once = revise_as(&app, &scb, &number, (judged(Significance::Insignificant), Some("2026-04-01"), None), purpose).await;
        assert!(matches!(at_once, Err(Error::Invalid(message)) if message.contains("redan planerad")));
        let more = Decision { significance_reason: Some("Ordval.".into()), ..judged(Significance::Insignificant) };
        assert_eq!(revise_as(&app, &scb, &number, (more, None, None), purpose).await.ok(), Some(Change::Revised));
        let kept = kept(&app, &number).await;
        assert_eq!(kept.significance, Some(Significance::Significant), "what is added does not make the whole insignificant");
        assert_eq!(kept.significance_reason.as_deref(), Some("En stavning rättas.\nOrdval."));
    });
}

#[test]
fn what_was_never_decided_is_no_change_of_a_decision() {
    run(async {
        let app = TestApp::real().await;
        let without = crate::rows::with(planned("A-1", "Enkät utan samråd"), &[("samråd", "nej"), ("samråd med", "")]);
        let number = registered(&app, without).await;
        let title = |parts: &mut CollectionParts| parts.content.title = "Enkät om läsning".to_owned();
        let change = revise_as(&app, &actor(&app, SCB).await, &number, (judged(Significance::Insignificant), None, None), title).await;
        assert_eq!(change.ok(), Some(Change::Changed));
        assert_eq!(kept(&app, &number).await.significance, None);
        let scb = handlaggare(&app, SCB).await;
        assert!(scb.page(&format!("/insamlingar/{number}/beslut")).await.contains("Varför har samråd utelämnats?"), "no dead end");
        let begun = scb.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        let draft = begun.header("location").split('/').nth(2).expect("a draft").to_owned();
        let review = scb.page(&format!("/utkast/{draft}/granska")).await;
        assert!(!review.contains("Är ändringen obetydlig?"), "asked of what is decided only");
    });
}

#[test]
fn a_collector_does_not_make_itself_responsible() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (scb, collector) = (actor(&app, SCB).await, actor(&app, STATSKONTORET).await);
        let nothing = || (Decision::default(), None, None);
        let joins = |parts: &mut CollectionParts| parts.responsible.push(STATSKONTORET.to_owned());
        let takes_over = |parts: &mut CollectionParts| parts.responsible = vec![STATSKONTORET.to_owned()];
        for edit in [&joins as &dyn Fn(&mut CollectionParts), &takes_over] {
            let refused = revise_as(&app, &collector, &number, nothing(), edit).await;
            assert!(matches!(refused, Err(Error::Invalid(message)) if message.contains("Bara en ansvarig myndighet")));
        }
        let still = handlaggare(&app, STATSKONTORET).await.get(&format!("/insamlingar/{number}/beslut")).await;
        assert_eq!(still.status, StatusCode::FORBIDDEN);
        assert_eq!(revise_as(&app, &scb, &number, nothing(), joins).await.ok(), Some(Change::Changed), "the responsible agency adds it");
        let taken = decide(&handlaggare(&app, STATSKONTORET).await, &number, "2026-03-05").await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_change_keeps_the_diarienummer_set_meanwhile() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (scb, collector) = (handlaggare(&app, SCB).await, handlaggare(&app, STATSKONTORET).await);
        let begun = scb.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        let draft = begun.header("location").trim_end_matches("/grunder").to_owned();
        let form = scb.page(&format!("{draft}/grunder")).await;
        assert!(!form.contains("name=\"diary_number\"") && form.contains("Diarienumret ändrar ni på insamlingens sida"));
        let set = scb.post(&format!("/insamlingar/{number}/diarienummer"), &[("diarienummer", "SCB 2026/99")]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER);
        assert_eq!(sent(&scb, &draft, "grunder", &[("title", "Ny titel"), ("gor", "nasta")]).await.status, StatusCode::SEE_OTHER);
        let answer = sent(&scb, &draft, "granska", &[("gor", "registrera")]).await;
        assert_eq!(answer.header("location"), format!("/insamlingar/{number}?sparat=andrad"), "{}", answer.text);
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Ny titel") && page.contains("SCB 2026/99"), "{page}");
        // nor does another party write it
        let other = actor(&app, STATSKONTORET).await;
        let forge = |parts: &mut CollectionParts| {
            parts.diary_number = Some("FALSKT 1".to_owned());
            parts.content.purpose = "Ett annat syfte.".to_owned();
        };
        assert_eq!(revise_as(&app, &other, &number, (Decision::default(), None, None), forge).await.ok(), Some(Change::Changed));
        let page = collector.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("SCB 2026/99") && !page.contains("FALSKT 1"));
    });
}

#[test]
fn a_form_that_changes_nothing_plans_nothing() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let scb = actor(&app, SCB).await;
        let same = revise_as(&app, &scb, &number, (judged(Significance::Insignificant), None, None), |_| {}).await;
        assert_eq!(same.ok(), Some(Change::None));
        let body = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!((body["decidedOn"].as_str(), body["plannedVersion"].as_i64()), (Some("2026-03-01"), None));
    });
}
