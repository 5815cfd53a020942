//! Drafts that several people work with: two at once, colleagues, strangers, and changes of what is registered.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use serde_json::json;

use crate::client::hidden;
use crate::editor::{OTHER, begun, sent, short_way};
use crate::support::{SCB, TestApp, run};

#[test]
fn two_people_who_save_at_once_both_see_what_was_written() {
    run(async {
        let app = TestApp::real().await;
        let (one, two) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Agency, SCB).await);
        let draft = short_way(&one, "Ursprunglig titel").await;
        let address = format!("{draft}/grunder");
        let revision = hidden(&two.page(&address).await, "revision").expect("a revision");
        let first = [("revision", revision.as_str()), ("title", "Ettans titel"), ("purpose", "Ettans syfte"), ("gor", "nasta")];
        assert_eq!(one.post(&address, &first).await.status, StatusCode::SEE_OTHER);
        let second = [("revision", revision.as_str()), ("title", "Tvåans titel"), ("purpose", "Tvåans syfte"), ("gor", "nasta")];
        let conflict = two.post(&address, &second).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT);
        for text in ["Ettans titel", "Tvåans titel", "Ettans syfte", "Tvåans syfte", "name=\"val_title\""] {
            assert!(conflict.text.contains(text), "{text}: {}", conflict.text);
        }
        assert!(!conflict.text.contains(" checked") && conflict.text.contains(" required"), "nobody chooses by not looking");
        let saved = one.page(&address).await;
        assert!(saved.contains("Ettans titel") && !saved.contains("Tvåans"), "nothing is written over");
        let newer = hidden(&conflict.text, "revision").expect("the newer revision");
        let choice = [
            ("revision", newer.as_str()),
            ("title", "Tvåans titel"),
            ("purpose", "Tvåans syfte"),
            ("val_title", "sparat"),
            ("val_purpose", "mitt"),
            ("gor", "nasta"),
        ];
        let answer = two.post(&address, &choice).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let both = one.page(&address).await;
        assert!(both.contains("Ettans titel") && both.contains("Tvåans syfte"));
        // registering what has been saved since the page was made is refused until it has been read
        let stale = two.post(&format!("{draft}/granska"), &[("revision", newer.as_str()), ("gor", "registrera")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
        for text in ["Du har sparat utkastet i en annan flik", "Ettans titel", "Tvåans syfte"] {
            assert!(stale.text.contains(text), "{text}: {}", stale.text);
        }
        let read = hidden(&stale.text, "revision").expect("the newest revision");
        assert_ne!(read, newer);
        let answer = two.post(&format!("{draft}/granska"), &[("revision", read.as_str()), ("gor", "registrera")]).await;
        assert!(answer.header("location").ends_with("?sparat=registrerad"), "{}", answer.text);
    });
}

#[test]
fn what_only_one_has_changed_is_chosen_already_and_nothing_is_chosen_by_leaving_out() {
    run(async {
        let app = TestApp::real().await;
        let (one, two) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Agency, SCB).await);
        let draft = short_way(&one, "Ursprunglig titel").await;
        let address = format!("{draft}/grunder");
        let page = two.page(&address).await;
        let (revision, base) = (hidden(&page, "revision").expect("a revision"), hidden(&page, "bas").expect("what it was made of"));
        let saved = [
            ("revision", revision.as_str()),
            ("title", "Ettans titel"),
            ("purpose", "Ettans syfte"),
            ("assignment_kind", "unstated"),
            ("gor", "nasta"),
        ];
        assert_eq!(one.post(&address, &saved).await.status, StatusCode::SEE_OTHER);
        // the second leaves the title as it was, and writes purpose and collector
        let wanted = [
            ("revision", revision.as_str()),
            ("bas", base.as_str()),
            ("title", "Ursprunglig titel"),
            ("purpose", "Tvåans syfte"),
            ("collector", "Konsulten"),
            ("gor", "nasta"),
        ];
        let conflict = two.post(&address, &wanted).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
        let chosen = |field: &str, value: &str| {
            let radio = format!("name=\"val_{field}\" value=\"{value}\" required checked");
            conflict.text.contains(&radio)
        };
        assert!(chosen("title", "sparat") && !chosen("title", "mitt"), "{}", conflict.text);
        assert!(chosen("collector", "mitt") && !chosen("collector", "sparat"), "{}", conflict.text);
        assert!(!chosen("purpose", "mitt") && !chosen("purpose", "sparat"), "both have changed it");
        assert!(!conflict.text.contains("val_assignment_kind"), "what a page sends by itself is no difference");
        let newer = hidden(&conflict.text, "revision").expect("the newer revision");
        let mut forged = vec![("skillnad", "title"), ("skillnad", "purpose"), ("skillnad", "collector")];
        forged.extend(wanted.iter().filter(|(name, _)| *name != "revision"));
        forged.extend([("revision", newer.as_str()), ("val_title", "sparat"), ("val_collector", "annat")]);
        let refused = two.post(&address, &forged).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        for text in [
            "href=\"#val_purpose-mitt\"",
            "href=\"#val_collector-mitt\"",
            "id=\"val_purpose-fel\"",
            "name=\"val_title\" value=\"sparat\" required checked",
            "Tvåans syfte",
        ] {
            assert!(refused.text.contains(text), "{text}: {}", refused.text);
        }
        assert!(one.page(&address).await.contains("Ettans syfte"), "nothing is written over");
        forged.retain(|(name, _)| *name != "val_collector");
        forged.extend([("val_purpose", "mitt"), ("val_collector", "mitt")]);
        let answer = two.post(&address, &forged).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = one.page(&address).await;
        assert!(page.contains("Ettans titel") && page.contains("Tvåans syfte") && page.contains("Konsulten"), "{page}");
    });
}

#[test]
fn a_person_in_two_tabs_is_told_of_no_colleague() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&client, "Ursprunglig titel").await;
        let address = format!("{draft}/grunder");
        let revision = hidden(&client.page(&address).await, "revision").expect("a revision");
        let post = async |title: &str| client.post(&address, &[("revision", &revision), ("title", title), ("gor", "nasta")]).await;
        assert_eq!(post("Titel i ena fliken").await.status, StatusCode::SEE_OTHER);
        let conflict = post("Titel i andra fliken").await;
        assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
        let own = "Du har sparat utkastet i en annan flik eller på en tidigare sida";
        assert!(conflict.text.contains(own) && !conflict.text.contains("kollega"), "{}", conflict.text);
        assert!(conflict.text.contains(&format!("<a href=\"{address}\">Avbryt</a>")), "{}", conflict.text);
        // the browser lets it be sent with nothing chosen, and the page then says what is missing
        assert!(conflict.text.contains(&format!("action=\"{address}\" novalidate")), "{}", conflict.text);
        let newer = hidden(&conflict.text, "revision").expect("the newer revision");
        let nothing = [("revision", newer.as_str()), ("title", "Titel i andra fliken"), ("skillnad", "title"), ("gor", "nasta")];
        let refused = client.post(&address, &nothing).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("role=\"alert\"") && refused.text.contains("href=\"#val_title-mitt\""), "{}", refused.text);
        let stale = client.post(&format!("{draft}/granska"), &[("revision", revision.as_str()), ("gor", "registrera")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text.contains(own) && !stale.text.contains("kollega"), "{}", stale.text);
    });
}

#[test]
fn others_neither_see_nor_touch_a_draft() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&client, "Hemligt utkast").await;
        let id = draft.trim_start_matches("/utkast/");
        for (role, organisation) in
            [(Role::Agency, OTHER), (Role::Skr, "SKR"), (Role::Municipality, "0180"), (Role::Analyst, SCB), (Role::Admin, SCB)]
        {
            let other = app.signed_in(role, organisation).await;
            for path in [format!("{draft}/grunder"), format!("{draft}/granska"), draft.clone()] {
                assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{role:?} {path}");
            }
            let saved = other.post(&format!("{draft}/grunder"), &[("revision", "4"), ("title", "Kapat")]).await;
            let removed = other.post(&format!("{draft}/ta-bort"), &[("revision", "4")]).await;
            let registered = other.post(&format!("{draft}/granska"), &[("revision", "4"), ("gor", "registrera")]).await;
            assert_eq!([saved.status, removed.status, registered.status], [StatusCode::NOT_FOUND; 3], "{role:?}");
        }
        assert_eq!(app.get(&format!("/utkast/{id}/grunder")).await.status, StatusCode::SEE_OTHER, "nobody is sent to sign in");
        for path in ["/utkast/inte-en-uuid/grunder", "/utkast/0198c0de-0000-7000-8000-000000000099/grunder"] {
            assert_eq!(client.get(path).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(client.get(&format!("{draft}/finns-inte")).await.status, StatusCode::NOT_FOUND);
        assert!(client.page(&format!("{draft}/grunder")).await.contains("Hemligt utkast"));
        let municipality = app.signed_in(Role::Municipality, "0180").await;
        assert_eq!(municipality.get("/insamlingar/ny").await.status, StatusCode::FORBIDDEN);
        assert_eq!(municipality.post("/insamlingar/ny", &[]).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn fields_that_are_not_in_the_form_change_nothing() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&client, "Massvis").await;
        let forged = [
            ("title", "Massvis"),
            ("status", "decided"),
            ("owner", OTHER),
            ("organisation_code", OTHER),
            ("number", "1999-0001"),
            ("decided_on", "2020-01-01"),
            ("responsible", OTHER),
            ("collection_id", "0198c0de-0000-7000-8000-000000000001"),
            ("gor", "nasta"),
        ];
        assert_eq!(sent(&client, &draft, "grunder", &forged).await.status, StatusCode::SEE_OTHER);
        let answer = sent(&client, &draft, "granska", &[("gor", "registrera"), ("number", "1999-0001"), ("status", "decided")]).await;
        let number = answer.header("location").trim_start_matches("/insamlingar/").split('?').next().unwrap_or_default().to_owned();
        assert!(number.starts_with("20") && !number.starts_with("1999"), "{number}");
        let collection = app.get(&format!("/api/v1/collections/{number}")).await.json();
        assert_eq!(collection["status"], "planned");
        let agencies: Vec<&str> =
            collection["agencies"].as_array().expect("agencies").iter().filter_map(|one| one["code"].as_str()).collect();
        assert_eq!(agencies.first(), Some(&SCB), "{collection}");
    });
}

#[test]
fn earlier_collections_are_copied_and_changed() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&client, "Återkommande enkät").await;
        let answer = sent(&client, &draft, "granska", &[("gor", "registrera")]).await;
        let number = answer.header("location").trim_start_matches("/insamlingar/").split('?').next().expect("a number").to_owned();
        assert!(client.page("/insamlingar/ny?sok=återkommande").await.contains(&number));
        assert!(!client.page("/insamlingar/ny?sok=annat").await.contains(&number));
        let copy = begun(&client, &[("kopia", &number)]).await;
        assert!(client.page(&format!("{copy}/grunder")).await.contains("Återkommande enkät"));
        let other = app.signed_in(Role::Agency, OTHER).await;
        assert_eq!(
            other.post("/insamlingar/ny", &[("kopia", &number)]).await.status,
            StatusCode::FORBIDDEN,
            "open, but not theirs to build on"
        );

        let change = client.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        let change = change.header("location").trim_end_matches("/grunder").to_owned();
        let again = client.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        assert_eq!(again.header("location"), format!("{change}/grunder"), "one change at a time");
        assert_eq!(other.post(&format!("/insamlingar/{number}/andra"), &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(sent(&client, &change, "grunder", &[("title", "Ny titel"), ("gor", "nasta")]).await.status, StatusCode::SEE_OTHER);
        let answer = sent(&client, &change, "granska", &[("gor", "registrera")]).await;
        assert_eq!(answer.header("location"), format!("/insamlingar/{number}?sparat=andrad"), "{}", answer.text);
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("Ny titel"));
    });
}

#[test]
fn a_change_that_another_overtakes_shows_both() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[json!({"egen referens": "E-1", "titel": "Första", "slag": "enkät", "uppgiftslämnare": "kommuner"})])
            .await
            .expect("imported");
        let number = app.number_of("Första").await.expect("a number");
        let client = app.signed_in(Role::Agency, SCB).await;
        let change = client.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        let change = change.header("location").trim_end_matches("/grunder").to_owned();
        sent(&client, &change, "grunder", &[("title", "Min titel"), ("gor", "nasta")]).await;
        app.import(SCB, &[json!({"egen referens": "E-1", "titel": "Filens titel", "slag": "enkät", "syfte": "Filens syfte", "uppgiftslämnare": "kommuner"})]).await.expect("imported");
        let conflict = sent(&client, &change, "granska", &[("gor", "registrera")]).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
        for text in ["Min titel", "Filens titel", "Filens syfte", "Insamlingen nu"] {
            assert!(conflict.text.contains(text), "{text}");
        }
        let (revision, based_on) = (hidden(&conflict.text, "revision").expect("one"), hidden(&conflict.text, "based_on").expect("one"));
        let based_on = based_on.replace("&#43;", "+");
        assert!(conflict.text.contains("name=\"val_purpose\" value=\"sparat\" required checked"), "only the file changed it");
        assert!(!conflict.text.contains("name=\"val_title\" value=\"mitt\" required checked"), "both changed it");
        let left_out = [("revision", revision.as_str()), ("based_on", &based_on), ("gor", "forena"), ("val_purpose", "sparat")];
        let refused = client.post(&format!("{change}/granska"), &left_out).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains("href=\"#val_title-mitt\"") && refused.text.contains("Min titel"), "{}", refused.text);
        let choice =
            [("revision", revision.as_str()), ("based_on", &based_on), ("gor", "forena"), ("val_title", "mitt"), ("val_purpose", "sparat")];
        let answer = client.post(&format!("{change}/granska"), &choice).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let answer = sent(&client, &change, "granska", &[("gor", "registrera")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let shown = app.page(&format!("/insamlingar/{number}")).await;
        assert!(shown.contains("Min titel") && shown.contains("Filens syfte"));
    });
}
