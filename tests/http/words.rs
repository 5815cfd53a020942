//! The word list for search: edited, versioned, and searched with at the index's next look.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use serde_json::json;

use crate::support::{SCB, TestApp, run};

const PAGE: &str = "/administration/ordlista";

/// A register with one collection that speaks of LSS in full, and none that has the abbreviation.
async fn register() -> TestApp {
    let app = TestApp::real().await;
    let row = json!({ "titel": "Insatser för barn", "slag": "enkät", "syfte": "Följer upp lagen om färdtjänst.", "egen referens": "O-1",
        "uppgiftslämnare": "kommuner", "visas öppet från": "nu" });
    app.import(SCB, &[row]).await.expect("imported");
    app
}

async fn finds(app: &TestApp, query: &str) -> bool {
    app.page(&format!("/insamlingar?q={query}")).await.contains("Insatser för barn")
}

#[test]
fn a_saved_list_is_searched_with_at_the_next_look() {
    run(async {
        let app = register().await;
        assert!(!finds(&app, "fjt").await);
        let admin = app.signed_in(Role::Admin, "SKR").await;
        let words = "# Lagar\r\nFJT = lagen om färdtjänst\r\n";
        let saved = admin.post(PAGE, &[("ord", words), ("anteckning", "Färdtjänst"), ("version", "0")]).await;
        assert_eq!(
            (saved.status, saved.header("location")),
            (StatusCode::SEE_OTHER, "/administration/ordlista?sparat=ja"),
            "{}",
            saved.text
        );
        let again = admin.post(PAGE, &[("ord", words), ("anteckning", "Färdtjänst"), ("version", "0")]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "sent twice is saved once");
        assert!(!finds(&app, "fjt").await, "the index has not looked yet");
        app.follow().await;
        assert!(finds(&app, "fjt").await);
        let page = admin.page(PAGE).await;
        assert!(
            page.contains("Listan har 1\u{a0}grupp.")
                && page.contains("FJT = lagen om färdtjänst")
                && page.contains("Färdtjänst")
                && page.contains("används nu"),
            "{page}"
        );
        assert!(page.contains("fran=0") && !page.contains("fran=1"), "the first list can be taken up again: {page}");
        // another list, without the words: they are no longer searched with
        let emptied = admin.post(PAGE, &[("ord", "SoL = socialtjänstlagen"), ("anteckning", "Bort"), ("version", "1")]).await;
        assert_eq!(emptied.status, StatusCode::SEE_OTHER);
        app.follow().await;
        assert!(!finds(&app, "fjt").await);
        let back = admin.page(&format!("{PAGE}?fran=1")).await;
        assert!(back.contains("Version 1 står i rutan") && back.contains("Tar tillbaka version 1."), "{back}");
        assert_eq!(admin.get(&format!("{PAGE}?fran=9")).await.status, StatusCode::NOT_FOUND);
        let trail = admin.page("/handelser").await;
        assert_eq!(trail.matches("Ändrade sökningens ordlista").count(), 2, "{trail}");
    });
}

#[test]
fn what_is_wrong_is_told_and_what_was_typed_stays() {
    run(async {
        let app = register().await;
        let admin = app.signed_in(Role::Admin, "SKR").await;
        let refused = admin.post(PAGE, &[("ord", "LSS\nSoL = socialtjänstlagen <b>"), ("anteckning", " "), ("version", "0")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for told in ["Rad 1: skriv minst två namn", "Skriv vad du har ändrat", "socialtjänstlagen &#60;b&#62;"] {
            assert!(refused.text.contains(told), "{told}: {}", refused.text);
        }
        let saved = |words: &'static str, version: &'static str| {
            let admin = &admin;
            async move { admin.post(PAGE, &[("ord", words), ("anteckning", "Lagar"), ("version", version)]).await }
        };
        assert_eq!(saved("SoL = socialtjänstlagen", "0").await.status, StatusCode::SEE_OTHER);
        let late = saved("LSS = stöd och service", "0").await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text.contains("Någon annan har sparat listan") && late.text.contains("LSS = stöd och service"), "{}", late.text);
        assert!(late.text.contains("name=\"version\" value=\"1\""), "the next press is made of what is shown");
        assert_eq!(saved("LSS = stöd och service", "1").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn presses_at_once_save_once() {
    run(async {
        let app = TestApp::real().await;
        let admin = app.signed_in(Role::Admin, "SKR").await;
        for version in ["0", "1", "2", "3"] {
            let words = format!("SoL = socialtjänstlagen {version}");
            let fields = [("ord", words.as_str()), ("anteckning", "Lagar"), ("version", version)];
            let press = || admin.post(PAGE, &fields);
            let (one, two, three) = tokio::join!(press(), press(), press());
            for answer in [one, two, three] {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
            }
        }
        let page = admin.page(PAGE).await;
        assert!(page.contains("name=\"version\" value=\"4\""), "each was saved once: {page}");
    });
}
