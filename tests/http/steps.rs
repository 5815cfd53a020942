//! The steps of the form: the menu saves, a rule is not forgotten, and what the pages say is true.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::client::hidden;
use crate::editor::{begun, sent, short_way};
use crate::life::{decide, registered};
use crate::rows::full_row;
use crate::support::{SCB, TestApp, run};

#[test]
fn the_menu_saves_whatever_is_typed_and_leads_there() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&client, &[]).await;
        let page = client.page(&format!("{draft}/grunder")).await;
        for text in [
            "form=\"stegform\" name=\"gor\" value=\"till-grunder\" aria-current=\"step\"",
            "form=\"stegform\" name=\"gor\" value=\"till-granska\"",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        let first = page.find("form=\"stegform\"").expect("a button of the form");
        assert!(page[first..].starts_with("form=\"stegform\" name=\"gor\" value=\"nasta\" hidden"), "Enter in a field goes on");
        // wrong as it is, it is saved, and the menu leads on
        let wrong = [("title", "Halv titel"), ("assignment_dated", "i våras"), ("gor", "till-omgangar")];
        let answer = sent(&client, &draft, "grunder", &wrong).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, format!("{draft}/omgangar").as_str()));
        let page = client.page(&format!("{draft}/grunder")).await;
        assert!(page.contains("value=\"Halv titel\"") && page.contains("value=\"i våras\""), "{page}");
        let review = sent(&client, &draft, "grunder", &[("title", "Hel titel"), ("gor", "till-granska")]).await;
        assert_eq!(review.header("location"), format!("{draft}/granska"));
        let review = client.page(&format!("{draft}/granska")).await;
        assert!(review.contains("Hel titel") && review.contains(&format!("<a href=\"{draft}/granska\" aria-current=\"step\">")));
        let odd = sent(
            &client,
            &draft,
            "grunder",
            &[("title", "Hel titel"), ("kind", "survey"), ("assignment_dated", ""), ("gor", "till-annat")],
        )
        .await;
        assert_eq!(odd.header("location"), format!("{draft}/rattslig-grund"), "no such step: the next");
    });
}

#[test]
fn the_menu_saves_what_is_said_of_a_change() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let begun = client.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        let draft = begun.header("location").trim_end_matches("/grunder").to_owned();
        let page = client.page(&format!("{draft}/granska")).await;
        assert!(page.contains("form=\"granskat\" name=\"gor\" value=\"till-uppgifter\""), "{page}");
        let answer = sent(&client, &draft, "granska", &[("significance_reason", "Ett ord."), ("gor", "till-uppgifter")]).await;
        assert_eq!(answer.header("location"), format!("{draft}/uppgifter"), "{}", answer.text);
        assert!(client.page(&format!("{draft}/granska")).await.contains("Ett ord."));
    });
}

#[test]
fn a_rule_that_is_filled_in_makes_its_occasions_on_the_way_on() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&client, &[]).await;
        let half = [("periodicity", "yearly"), ("rule_deadline", "vecka 12"), ("gor", "nasta")];
        let stays = sent(&client, &draft, "omgangar", &half).await;
        assert_eq!(stays.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", stays.text);
        assert!(stays.text.contains("href=\"#f-rule_from\"") && stays.text.contains("Gå vidare ändå"), "{}", stays.text);
        let rule = [("periodicity", "yearly"), ("rule_deadline", "vecka 12"), ("rule_from", "2027"), ("rule_to", "2028")];
        let onward = sent(&client, &draft, "omgangar", &[&rule[..], &[("gor", "nasta")]].concat()).await;
        let next = onward.header("location").to_owned();
        assert_eq!(next, format!("{draft}/kanal-och-kontakt?sparat=regel"), "{}", onward.text);
        assert!(client.page(&next).await.contains("Omgångarna är tillagda enligt regeln."));
        let review = client.page(&format!("{draft}/granska")).await;
        assert!(review.contains("vecka\u{a0}12, 2027") && review.contains("vecka\u{a0}12, 2028"), "{review}");
        // there already: nothing is added, and the page says so; the rounds are sent as the page has them
        let rounds = [("round_label", "2027"), ("round_deadline", "2027-v12"), ("round_label", "2028"), ("round_deadline", "2028-v12")];
        let again = sent(&client, &draft, "omgangar", &[&rule[..], &rounds, &[("gor", "skapa")]].concat()).await;
        let again = again.header("location").to_owned();
        assert!(again.ends_with("?sparat=inga#omgangar"), "{again}");
        assert!(client.page(&again).await.contains("Inga omgångar är tillagda."));
    });
}

#[test]
fn an_old_address_does_not_say_registered_for_ever() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        assert!(client.page("/insamlingar/ny").await.contains("Titel och slag räcker för att registrera"));
        let draft = begun(&client, &[]).await;
        sent(&client, &draft, "grunder", &[("title", "Bara titel"), ("kind", "supervision"), ("gor", "nasta")]).await;
        let answer = sent(&client, &draft, "granska", &[("gor", "registrera")]).await;
        let address = answer.header("location").to_owned();
        let (page, _) = address.split_once("?sparat=registrerad").expect("title and kind are enough");
        assert_eq!(client.get(&format!("{draft}/grunder")).await.header("location"), address);
        let number = page.trim_start_matches("/insamlingar/");
        let decided = decide(&client, number, "2026-03-05").await;
        assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
        assert_eq!(client.get(&format!("{draft}/grunder")).await.header("location"), page, "decided since");
    });
}

#[test]
fn the_words_of_the_form_are_swedish_and_true() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&client, "Enkät om ord").await;
        sent(&client, &draft, "kanal-och-kontakt", &[("visibility", "at_dispatch"), ("gor", "nasta")]).await;
        for (step, texts) in [
            ("kanal-och-kontakt", &["När ska insamlingen visas öppet?", ">Direkt<", ">Från första utskicket<", ">Inte<"][..]),
            ("rattslig-grund", &["krävs om svaret är obligatoriskt (4\u{a0}§\u{a0}1)", "krävs enligt 4\u{a0}§\u{a0}1"]),
            ("omgangar", &["räcker det att skriva dagen: den 20:e", "(2027-03-15 eller 15 mars 2027)"]),
            ("granska", &["<dt>När ska insamlingen visas öppet?</dt><dd>från första utskicket</dd>"]),
        ] {
            let page = client.page(&format!("{draft}/{step}")).await;
            for text in texts {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
        let revision = hidden(&client.page(&format!("{draft}/grunder")).await, "revision").expect("a revision");
        client.post(&format!("{draft}/grunder"), &[("revision", &revision), ("title", "Enkät om ord"), ("gor", "spara")]).await;
        let desk = client.page("/skrivbord?sparat=utkast").await;
        assert!(desk.contains("under ”Påbörjat”") && desk.contains("<h2 id=\"h-utkast\">Påbörjat</h2>"), "{desk}");
    });
}
