//! A consultation is never open when what it asks about is gone, and nobody loses a case unawares.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::CaseKind;

use crate::cases::{ask, asking, day};
use crate::client::{Client, hidden};
use crate::consultations::{asked, form, step};
use crate::life::{decide, planned, registered};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// A body's handläggare, signed in, and the mailbox.
async fn body_of(app: &TestApp) -> (Client<'_>, String) {
    let person = app.person(Role::Skr, "SKR", false).await;
    let mailbox = person.email.clone().expect("an address");
    (app.enter(person.id).await, mailbox)
}

/// How many letters hold these words.
async fn told(app: &TestApp, mailbox: &str, words: &str) -> usize {
    app.letters(mailbox).await.iter().filter(|letter| letter.contains(words)).count()
}

#[test]
fn a_withdrawn_collection_takes_its_cases_along_and_tells_why() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (body, mailbox) = body_of(&app).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let mut fields = form("2099-01-15", "");
        fields.push(("organ", "NNR"));
        let case = asked(&own, &number, &fields).await;
        step(&body, &case, "ta", &[], "taget").await;
        let address = format!("/insamlingar/{number}/aterkalla");
        let page = own.page(&address).await;
        assert!(page.contains("Ett samråd pågår") && page.contains(&case), "who withdraws is told: {page}");
        let silent = own.post(&address, &[("skal", " ")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!body.page(&case).await.contains("återkallade begäran"), "nothing is done by halves");
        went_to(&own.post(&address, &[("skal", "Uppdraget är borttaget.")]).await, &format!("/insamlingar/{number}?sparat=aterkallad"));
        let page = body.page(&case).await;
        for said in ["Myndigheten återkallade begäran", "har återkallat insamlingen", "Uppdraget är borttaget."] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert_eq!(page.matches("återkallar begäran").count(), 1, "it is told once: {page}");
        assert_eq!(page.matches(": återkallat</span>").count(), 2, "for both bodies: {page}");
        assert!(!page.contains("Skicka inlägget") && body.page("/samrad?visa=avslutade").await.contains(&case));
        assert_eq!(told(&app, &mailbox, "Uppdraget är borttaget.").await, 1);
    });
}

#[test]
fn an_ended_collection_takes_its_cases_along_also_where_a_file_ends_it() {
    run(async {
        let app = TestApp::real().await;
        let (body, mailbox) = body_of(&app).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        assert_eq!(decide(&own, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
        let first = asked(&own, &number, &form("2099-01-15", "")).await;
        went_to(&own.post(&format!("/insamlingar/{number}/avsluta"), &[]).await, &format!("/insamlingar/{number}?sparat=avslutad"));
        let page = body.page(&first).await;
        assert!(page.contains("har avslutat insamlingen") && page.contains("Myndigheten återkallade begäran"), "{page}");
        let row = |status: &str| with(full_row("A-2", "Statistik om bibliotek"), &[("status", status), ("slag", "officiell statistik")]);
        app.import(SCB, &[row("beslutad")]).await.expect("written");
        let second = asked(&own, &app.newest_number().await, &form("2099-01-15", "")).await;
        app.import(SCB, &[row("avslutad")]).await.expect("written");
        assert!(body.page(&second).await.contains("har avslutat insamlingen"));
        assert_eq!(told(&app, &mailbox, "har avslutat insamlingen").await, 2);
    });
}

#[test]
fn a_change_that_is_not_planned_any_more_takes_only_its_own_case_along() {
    run(async {
        let app = TestApp::real().await;
        let (body, mailbox) = body_of(&app).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        assert_eq!(decide(&own, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
        let stays = ask(&app, &number, SCB, &asking(&["SKR"], CaseKind::Recurring, day("2099-01-15")), clock::now()).await;
        app.import(SCB, &[planned("A-1", "Enkät om bibliotek och läsning")]).await.expect("a change is planned");
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        step(&body, &case, "ta", &[], "taget").await;
        step(&body, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        let page = own.page(&format!("/insamlingar/{number}")).await;
        let based_on = hidden(&page, "utgar_fran").expect("the moment");
        let gone = own.post(&format!("/insamlingar/{number}/andra/ta-bort"), &[("utgar_fran", &based_on)]).await;
        went_to(&gone, &format!("/insamlingar/{number}?sparat=planborttagen"));
        let page = body.page(&case).await;
        assert!(page.contains("planerar inte längre den ändring") && page.contains("Myndigheten återkallade begäran den"), "{page}");
        assert!(page.contains("Yttrande från Sveriges Kommuner och Regioner"), "what was answered stays: {page}");
        assert!(!body.page(&format!("/samrad/{stays}")).await.contains("återkallade begäran"), "what is in force is still asked about");
        assert_eq!(told(&app, &mailbox, "planerar inte längre").await, 1);
    });
}

#[test]
fn whoever_takes_over_a_case_has_read_who_has_it() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let wanted = clock::swedish_day(clock::now());
        let case = ask(&app, &number, SCB, &asking(&["SKR"], CaseKind::New, wanted), clock::now()).await;
        let (first, holder) = body_of(&app).await;
        let second = app.signed_in(Role::Skr, "SKR").await;
        let address = format!("/samrad/{case}");
        let stale = hidden(&second.page(&address).await, "revision").expect("a revision");
        let (me, give) = (first.person.to_string(), format!("{address}/tilldela"));
        // two at once: one has it, the other is told
        let other = second.person.to_string();
        let (mine, theirs) = ([("till", me.as_str()), ("nu", "")], [("till", other.as_str()), ("nu", "")]);
        let (one, two) = tokio::join!(first.post(&give, &mine), second.post(&give, &theirs));
        let mut codes = [one.header("location"), two.header("location")].map(|to| to.contains("sparat=tilldelat"));
        codes.sort_unstable();
        assert_eq!(codes, [false, true], "{} {}", one.header("location"), two.header("location"));
        let lost = second.person.to_string();
        if two.header("location").contains("sparat=tilldelat") {
            went_to(
                &first.post(&give, &[("till", me.as_str()), ("nu", lost.as_str())]).await,
                &format!("/samrad?sparat=tilldelat&nummer={case}"),
            );
        }
        // a page from before, and one press without having read who has it
        for fields in [vec![("revision", stale.as_str())], vec![("revision", "-1"), ("over", "hej")]] {
            let late = second.post(&format!("{address}/ta"), &fields).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
            assert!(late.text.contains("Ärendet har redan en handläggare.") && late.text.contains(&holder), "{}", late.text);
        }
        let page = second.page(&address).await;
        assert!(page.contains("Ta över och börja granska") && page.contains(&format!("tilldelat {holder}")), "{page}");
        let (revision, over) = (hidden(&page, "revision").expect("a revision"), hidden(&page, "over").expect("who has it"));
        assert_ne!(revision, stale, "an assignment counts as a step");
        let blunt = second.post(&format!("{address}/ta"), &[("revision", revision.as_str())]).await;
        assert_eq!(blunt.status, StatusCode::CONFLICT, "one press takes nothing from anybody");
        let taken = second.post(&format!("{address}/ta"), &[("revision", revision.as_str()), ("over", over.as_str())]).await;
        went_to(&taken, &format!("{address}?sparat=taget"));
        let page = first.page(&address).await;
        assert!(page.contains("Granskningen har redan börjat.") && !page.contains("Ta över och"), "{page}");
    });
}
