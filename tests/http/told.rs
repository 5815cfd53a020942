//! Who is written to about the points of a case, and what the page says of it.

use insamlingsregister::domain::access::Role;

use crate::consultations::{asked, form, step};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// The mailbox of the collections that the tests import.
const MAILBOX: &str = "statistik@myndigheten.example";

#[test]
fn each_press_about_a_point_is_told_to_the_other_side_with_a_link_to_it() {
    run(async {
        let app = TestApp::real().await;
        let row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("visas öppet från", "inte")]);
        app.import(SCB, &[row]).await.expect("written");
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &app.newest_number().await, &form("2099-01-15", "")).await;
        // nobody of the body has an account, and no letter is said to have gone
        let page = own.page(&format!("{case}?sparat=begart")).await;
        assert!(page.contains("Inget mejl är skickat: registret har ingen adress till dem som ska svara."), "{page}");
        let person = app.person(Role::Skr, "SKR", false).await;
        let body = app.enter(person.id).await;
        step(&body, &case, "ta", &[], "taget").await;
        let page = body.page(&format!("{case}?sparat=taget")).await;
        // the mailbox of the collection, and whoever asked
        assert!(page.contains("Du granskar nu ärendet. 2\u{a0}mejl om det går till myndigheten."), "{page}");
        let before = app.letters(MAILBOX).await.len();
        for words in ["Definiera elev.", "Ta bort fråga 3."] {
            let point = [("punktslag", "quality"), ("uppgift", ""), ("synpunkt", words)];
            for _ in 0..2 {
                went_to(&body.post(&format!("{case}/punkter"), &point).await, &format!("{case}?sparat=synpunkt"));
            }
        }
        let page = own.page(&case).await;
        let (_, rest) = page.split_once("id=\"synpunkt-").expect("a point");
        let id = rest.split('"').next().expect("its identity").to_owned();
        let link = format!("{case}#synpunkt-{id}");
        let letters = app.letters(MAILBOX).await;
        assert_eq!(letters.len() - before, 2, "sent twice is told once: {letters:?}");
        assert!(letters[before].contains(&link) && letters[before].contains("Definiera elev."), "{letters:?}");
        let fields = [(format!("svar-{id}"), "rejected"), (format!("skal-{id}"), "Det framgår av <lagen>.")];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        went_to(&own.post(&format!("{case}/punkter/{id}"), &fields).await, &format!("{case}?sparat=punktsvar"));
        assert!(own.page(&format!("{case}?sparat=punktsvar")).await.contains("Ett mejl om det går till dem som ska svara."));
        let letters = app.letters(&person.email.expect("an address")).await;
        let replied = letters.last().expect("a letter");
        for said in [link.as_str(), "synpunkt 1: godtas inte", "Det framgår av <lagen>."] {
            assert!(replied.contains(said), "{said}: {replied}");
        }
        let opinion = [("svar", "objections"), ("yttrande", "Definiera elev.")];
        step(&body, &case, "yttrande", &opinion, "yttrat").await;
        let check = [(format!("avprickad-{id}"), "not_done")];
        let check: Vec<(&str, &str)> = check.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        went_to(&body.post(&format!("{case}/punkter/{id}"), &check).await, &format!("{case}?sparat=avprickad"));
        let letters = app.letters(MAILBOX).await;
        assert!(letters.last().is_some_and(|letter| letter.contains(&link) && letter.contains("inte infört")), "{letters:?}");
    });
}
