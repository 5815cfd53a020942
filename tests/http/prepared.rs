//! Prepared points that several work with: nobody sends what he has not read, nor overwrites it.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::client::hidden;
use crate::consultations::revision;
use crate::pairs::went_to;
use crate::points::{prepare, reviewed, said_of, send_prepared};
use crate::support::{TestApp, run};

#[test]
fn only_what_the_page_showed_is_sent() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        let colleague = app.enter(app.person(Role::Skr, "SKR", false).await.id).await;
        prepare(&case.body, &case.address, "Den lästa.").await;
        let page = case.body.page(&case.address).await;
        let (revision, shown) = (revision(&page, "yttrande"), hidden(&page, "synpunkter").expect("one is prepared"));
        let seen = [("revision", revision.as_str()), ("synpunkter", shown.as_str())];
        prepare(&colleague, &case.address, "Den olästa.").await;
        let opinion = [&[("svar", "objections"), ("yttrande", "Min långa text.")], &seen[..]].concat();
        let question = [&[("ord", "Min långa text.")], &seen[..]].concat();
        for (step, fields) in [("punkter/skicka", &seen[1..]), ("yttrande", &opinion), ("fraga", &question)] {
            let stale = case.post(&case.body, step, fields).await;
            assert_eq!(stale.status, StatusCode::CONFLICT, "{step}: {}", stale.text);
            said_of(&stale.text, &["En förberedd synpunkt har tillkommit, ändrats eller tagits bort.", "Den olästa."]);
            assert_eq!(stale.text.matches("Min långa text.").count(), usize::from(step != "punkter/skicka"), "{step}: {}", stale.text);
            assert!(!case.own.page(&case.address).await.contains("Den lästa."), "{step}: nothing is sent");
            // what was refused shows what is sent by the next press
            assert_ne!(hidden(&stale.text, "synpunkter"), Some(shown.clone()), "{step}");
        }
        let shown = hidden(&case.body.page(&case.address).await, "synpunkter").expect("two are prepared");
        let id = case.points().await.remove(0);
        let read = case.read(&id).await;
        let changed = [("punktslag", "timing"), ("uppgift", ""), ("synpunkt", "Ändrad."), ("last", read.as_str())];
        went_to(&case.post_of(&colleague, &id, "/andra", &changed).await, &format!("{}?sparat=synpunkt-andrad", case.address));
        let stale = case.post(&case.body, "punkter/skicka", &[("synpunkter", &shown)]).await;
        assert!(stale.status == StatusCode::CONFLICT && stale.text.contains("Ändrad."), "a changed one: {}", stale.text);
        send_prepared(&case.body, &case.address).await;
        said_of(&case.own.page(&case.address).await, &["Ändrad.", "Den olästa."]);
    });
}

#[test]
fn who_changes_a_prepared_point_from_an_old_page_overwrites_nobody_and_keeps_the_text() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        prepare(&case.body, &case.address, "Först.").await;
        let id = case.points().await.remove(0);
        let read = case.read(&id).await;
        let words = |words| [("punktslag", "timing"), ("uppgift", ""), ("synpunkt", words), ("last", read.as_str())];
        let done = format!("{}?sparat=synpunkt-andrad", case.address);
        went_to(&case.post_of(&case.body, &id, "/andra", &words("Kollegans.")).await, &done);
        let stale = case.post_of(&case.body, &id, "/andra", &words("Min <text>.")).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
        said_of(&stale.text, &["Det här skrev du", "Min &#60;text&#62;.", "Kollegans.</textarea>", "Synpunkten ändrades eller togs bort"]);
        let old = [("bort", "ja"), (&*format!("last-{id}"), read.as_str())];
        assert_eq!(case.post(&case.body, &format!("punkter/{id}/andra"), &old).await.status, StatusCode::CONFLICT, "nor takes it away");
        case.take_away(&id).await;
        let gone = case.post_of(&case.body, &id, "/andra", &words("Min <text>.")).await;
        assert_eq!(gone.status, StatusCode::CONFLICT, "{}", gone.text);
        said_of(&gone.text, &["Det här skrev du", "Min &#60;text&#62;."]);
    });
}
