//! The page of a case as its readers meet it: what is over, what is long, days in words, what was done already; and the desk that leads there.

use insamlingsregister::domain::access::Role;

use crate::consultations::{asked, form, planned, revision, step};
use crate::entered::{correct, entered, form as entering};
use crate::life::registered;
use crate::pairs::went_to;
use crate::rows::full_row;
use crate::support::{SCB, TestApp, run};

#[test]
fn what_is_over_offers_nothing_and_says_how_it_ended() {
    run(async {
        let app = TestApp::real().await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let case = asked(&own, &planned(&app, "B-1").await, &form("2099-01-15", "")).await;
        assert!(own.page(&case).await.contains("Det här kan ni göra"));
        step(&own, &case, "aterkalla", &[], "aterkallat").await;
        for client in [&own, &body] {
            let page = client.page(&case).await;
            assert!(page.contains("Myndigheten återkallade begäran") && page.contains(": återkallat</span>"), "{page}");
            assert!(!page.contains("Det här kan ni göra") && !page.contains(" disabled"), "{page}");
        }
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let organ = [("organ", "SKR")];
        let case = entered(&own, &[&entering(&number)[..], &organ].concat()).await;
        went_to(&own.post(&format!("{case}/ta-bort"), &[("skal", "Fel enkät.")]).await, &format!("{case}?sparat=borttaget"));
        for client in [&own, &body] {
            let page = client.page(&case).await;
            assert!(page.contains(": borttaget</span>") && page.contains("Borttaget sedan den"), "{page}");
            assert!(!page.contains("terkalla") && !page.contains("Det här kan ni göra"), "nobody withdrew it: {page}");
        }
    });
}

#[test]
fn a_long_text_is_folded_on_the_page_and_cut_in_letters() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let long = format!("{}Allra sist.", "Ett ord. ".repeat(2_000));
        let mut fields = form("2099-01-15", "");
        fields.retain(|(name, _)| *name != "urval");
        fields.push(("urval", &long));
        let case = asked(&own, &number, &fields).await;
        went_to(&own.post(&format!("{case}/inlagg"), &[("inlagg", &long)]).await, &format!("{case}?sparat=inlagg"));
        went_to(&own.post(&format!("{case}/inlagg"), &[("inlagg", "Kort.")]).await, &format!("{case}?sparat=inlagg"));
        let page = own.page(&case).await;
        assert_eq!(page.matches("<summary>Visa resten av texten</summary>").count(), 2, "the selection and what was written: {page}");
        assert_eq!(page.matches("Allra sist.").count(), 2, "all of it is there, once each");
        let letters = app.letters(&person.email.expect("an address")).await;
        let letter = letters.iter().find(|letter| letter.contains("Ett ord.")).expect("a letter");
        assert!(letter.contains("(Texten är förkortad. Hela texten finns i registret.)") && letter.contains(&case), "{letter}");
        assert!(letter.len() < 6_000 && !letter.contains("Allra sist."), "{letter}");
        assert!(letters.iter().any(|letter| letter.contains("Kort.") && !letter.contains("förkortad")), "{letters:?}");
    });
}

#[test]
fn days_stand_in_words() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &planned(&app, "B-1").await, &form("2099-01-15", "")).await;
        let page = own.page(&case).await;
        assert!(
            page.contains("data-label=\"Utskick\">13 januari 2098<") || page.contains("data-label=\"Utskick\">13\u{a0}januari 2098<"),
            "{page}"
        );
        assert!(!page.contains(">2098-01-13<"), "{page}");
        let number = registered(&app, full_row("A-1", "Enkät om bibliotek")).await;
        let case = entered(&own, &[&entering(&number)[..], &[("organ", "SKR")]].concat()).await;
        let page = own.page(&format!("{case}/infort")).await;
        assert!(page.contains("mars 2019") && !page.contains(">2019-03-04<"), "{page}");
        let corrected = [&entering(&number)[..], &[("organ", "SKR")]].concat();
        let corrected: Vec<(&str, &str)> =
            corrected.into_iter().map(|(name, value)| if name == "kom" { (name, "2019-03-05") } else { (name, value) }).collect();
        went_to(&correct(&own, &format!("{case}/ratta"), &corrected).await, &format!("{case}?sparat=rattat"));
        let page = own.page(&case).await;
        let (_, thread) = page.split_once("rättar det som är infört").expect("a line");
        let line = thread.split("</p>").next().unwrap_or_default();
        assert!(line.contains("mars 2019") && !line.contains("2019-03"), "{line}");
    });
}

#[test]
fn what_is_pressed_twice_is_told_to_be_done_already() {
    run(async {
        let app = TestApp::real().await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let case = asked(&own, &planned(&app, "B-1").await, &form("2099-01-15", "")).await;
        let read = revision(&body.page(&case).await, "ta");
        for code in ["taget", "redan"] {
            let taken = body.post(&format!("{case}/ta"), &[("revision", &read)]).await;
            went_to(&taken, &format!("{case}?sparat={code}"));
        }
        let page = body.page(&format!("{case}?sparat=redan")).await;
        assert!(page.contains("Det var redan gjort. Inget nytt är sparat eller skickat.") && !page.contains("mejl om det går"), "{page}");
    });
}

#[test]
fn the_desk_lists_a_case_once_under_what_is_most_urgent() {
    run(async {
        let app = TestApp::real().await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let first = asked(&own, &planned(&app, "B-1").await, &form("2099-01-15", "")).await;
        let second = asked(&own, &planned(&app, "B-2").await, &form("2099-01-16", "")).await;
        let me = body.person.to_string();
        went_to(
            &body.post(&format!("{first}/tilldela"), &[("till", &me), ("nu", ""), ("vy", &first)]).await,
            &format!("{first}?sparat=tilldelat"),
        );
        step(&body, &second, "ta", &[], "taget").await;
        let desk = body.page("/skrivbord").await;
        assert_eq!(desk.matches(&format!("href=\"{first}\"")).count(), 1, "new, and one's own: {desk}");
        let (new, mine) = desk.split_once("Dina ärenden").expect("both");
        assert!(new.contains(&first) && !new.contains(&second) && mine.contains(&second), "{desk}");
    });
}
