//! Who is written to about the points of a case, and what the page says of it.

use std::io::{Cursor, Read};

use insamlingsregister::domain::access::Role;

use crate::consultations::{asked, form, step};
use crate::pairs::went_to;
use crate::points::{post_of, prepare, said_of, send_prepared, sent};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// The mailbox of the collections that the tests import.
pub const MAILBOX: &str = "statistik@myndigheten.example";

#[test]
fn points_are_told_together_and_what_comes_of_them_once_an_hour() {
    run(async {
        let app = TestApp::real().await;
        let row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("visas öppet från", "inte")]);
        app.import(SCB, &[row]).await.expect("written");
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &app.newest_number().await, &form("2099-01-15", "")).await;
        // nobody of the body has an account, and no letter is said to have gone
        let page = own.page(&format!("{case}?sparat=begart")).await;
        assert!(page.contains("Inget mejl är skickat: registret har ingen adress till Sveriges Kommuner och Regioner."), "{page}");
        let person = app.person(Role::Skr, "SKR", false).await;
        let mailbox = person.email.clone().expect("an address");
        let body = app.enter(person.id).await;
        step(&body, &case, "ta", &[], "taget").await;
        let page = body.page(&format!("{case}?sparat=taget")).await;
        // the mailbox of the collection, and whoever asked
        assert!(page.contains("Du granskar nu ärendet. 2\u{a0}mejl om det går till myndigheten."), "{page}");
        let before = app.letters(MAILBOX).await.len();
        for words in ["Definiera elev.", "Ta bort fråga 3."] {
            prepare(&body, &case, words).await;
        }
        assert_eq!(app.letters(MAILBOX).await.len(), before, "what is prepared is told to nobody");
        send_prepared(&body, &case).await;
        let ids = sent(&own.page(&case).await);
        let link = format!("{case}#synpunkt-{}", ids[0]);
        let letters = app.letters(MAILBOX).await;
        assert_eq!(letters.len() - before, 1, "one letter, however often it is sent: {letters:?}");
        for told in [link.as_str(), "Definiera elev.", "Ta bort fråga 3.", "har skickat 2\u{a0}synpunkter", "Läs och svara i registret:"]
        {
            assert!(letters[before].contains(told), "{told}: {}", letters[before]);
        }
        let before = app.letters(&mailbox).await.len();
        for id in &ids {
            let reply = [("svar", "rejected"), ("skal", "Det framgår av <lagen>.")];
            went_to(&post_of(&own, &format!("{case}/punkter/{id}"), id, &reply).await, &format!("{case}?sparat=punktsvar"));
        }
        let page = own.page(&format!("{case}?sparat=punktsvar")).await;
        assert!(page.contains("De som ska svara har nyss fått ett mejl om det här, så inget nytt är skickat."), "{page}");
        let letters = app.letters(&mailbox).await;
        assert_eq!(letters.len() - before, 1, "the second reply within the hour is not told: {letters:?}");
        for told in [link.as_str(), "synpunkt 1: godtas inte", "Det framgår av <lagen>.", "Fler kan följa", "Läs ärendet i registret:"]
        {
            assert!(letters[before].contains(told), "{told}: {}", letters[before]);
        }
        step(&body, &case, "yttrande", &[("svar", "objections"), ("yttrande", "Definiera elev.")], "yttrat").await;
        let before = app.letters(MAILBOX).await.len();
        for id in &ids {
            let check = post_of(&body, &format!("{case}/punkter/{id}"), id, &[("avprickad", "not_done")]).await;
            went_to(&check, &format!("{case}?sparat=avprickad"));
        }
        let letters = app.letters(MAILBOX).await;
        assert_eq!(letters.len() - before, 1, "{letters:?}");
        assert!(letters[before].contains(&link) && letters[before].contains("inte infört"), "{letters:?}");
    });
}

#[test]
fn the_letter_of_a_request_and_of_an_opinion_can_be_filed() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad")])]).await.expect("written");
        let person = app.person(Role::Skr, "SKR", false).await;
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.enter(person.id).await);
        let today = insamlingsregister::clock::swedish_day(insamlingsregister::clock::now()).to_string();
        let case = asked(&own, &app.newest_number().await, &form(&today, "Riksdagen beslutade nyss.")).await;
        let letter = app.letters(&person.email.expect("an address")).await.pop().expect("a letter");
        let told = ["Svar önskas senast: ", "Varför tiden är kort: Riksdagen beslutade nyss.", "Myndighetens diarienummer: 2026:99"];
        said_of(&letter, &told);
        assert!(!letter.contains("Bilagor:"), "there are none: {letter}");
        step(&body, &case, "ta", &[], "taget").await;
        prepare(&body, &case, "Definiera elev.\n\nÄven friskolor.").await;
        let opinion = [
            ("svar", "objections"),
            ("yttrande", "Först det ena.\n\nSedan det andra."),
            ("samordning", "Finns redan."),
            ("genomforbarhet", "Går att svara på."),
            ("diarienummer", "26/7"),
        ];
        step(&body, &case, "yttrande", &opinion, "yttrat").await;
        let letter = app.letters(MAILBOX).await.pop().expect("a letter");
        let document = format!("{case}/yttrande/SKR");
        let told = [
            "har lämnat sitt yttrande: synpunkter",
            "Diarienummer hos Sveriges Kommuner och Regioner: 26/7",
            "Ert diarienummer: 2026:99",
            "Yttrandet i ord\nFörst det ena.\n\nSedan det andra.",
            "Bedömning: samordning\nFinns redan.",
            "Bedömning: genomförbarhet och kvalitet\nGår att svara på.",
            "Synpunkt 1. Kvalitet\nDefiniera elev.\n\nÄven friskolor.\n\nMyndigheten har inte svarat på synpunkten.",
            &format!("{document}\n"),
            &format!("{document}.docx"),
            "Läs ärendet i registret:",
        ];
        said_of(&letter, &told);
    });
}

#[test]
fn an_answer_that_is_turned_is_always_mailed() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad")])]).await.expect("written");
        let person = app.person(Role::Skr, "SKR", false).await;
        let mailbox = person.email.clone().expect("an address");
        let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.enter(person.id).await);
        let case = asked(&own, &app.newest_number().await, &form("2099-01-15", "")).await;
        step(&body, &case, "ta", &[], "taget").await;
        for words in ["Definiera elev.", "Ta bort fråga 3."] {
            prepare(&body, &case, words).await;
        }
        send_prepared(&body, &case).await;
        let ids = sent(&own.page(&case).await);
        let reply = async |id: &str, kind: &str, reason: &str| {
            let answer = post_of(&own, &format!("{case}/punkter/{id}"), id, &[("svar", kind), ("skal", reason)]).await;
            went_to(&answer, &format!("{case}?sparat=punktsvar"));
            app.letters(&mailbox).await
        };
        let before = app.letters(&mailbox).await.len();
        assert_eq!(reply(&ids[0], "accepted", "").await.len() - before, 1);
        assert_eq!(reply(&ids[1], "accepted", "").await.len() - before, 1, "the next first answer is not told by itself");
        for (many, (kind, told)) in (2..).zip([("rejected", "godtas inte"), ("accepted", "godtas"), ("partly", "godtas delvis")]) {
            let letters = reply(&ids[0], kind, "Vi har tänkt om.").await;
            assert_eq!(letters.len() - before, many, "{kind}: {letters:?}");
            said_of(letters.last().expect("a letter"), &[&format!("har ändrat sitt svar på er synpunkt 1: {told}."), "Vi har tänkt om."]);
        }
        // nor is one kept back that comes after the opinion
        step(&body, &case, "yttrande", &[("svar", "objections"), ("yttrande", "Definiera elev.")], "yttrat").await;
        let before = app.letters(&mailbox).await.len();
        let letters = reply(&ids[1], "rejected", "Den behövs.").await;
        assert_eq!(letters.len() - before, 1, "{letters:?}");
    });
}

#[test]
fn a_case_with_two_bodies_says_whose_point_is_answered() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad")])]).await.expect("written");
        let number = app.newest_number().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let mut fields = form("2099-01-15", "");
        fields.push(("organ", "NNR"));
        let case = asked(&own, &number, &fields).await;
        for body in ["SKR", "NNR"] {
            let body = app.signed_in(Role::Skr, body).await;
            step(&body, &case, "ta", &[], "taget").await;
            prepare(&body, &case, "Definiera elev.").await;
            send_prepared(&body, &case).await;
        }
        let ids = sent(&own.page(&case).await);
        for (id, kind) in [(&ids[0], "accepted"), (&ids[1], "rejected"), (&ids[1], "partly")] {
            let reply = [("svar", kind), ("skal", "Det framgår av lagen.")];
            went_to(&post_of(&own, &format!("{case}/punkter/{id}"), id, &reply).await, &format!("{case}?sparat=punktsvar"));
        }
        let told = [
            "svarar på synpunkt 1 från Sveriges Kommuner och Regioner: godtas",
            "svarar på synpunkt 1 från Näringslivets Regelnämnd: godtas inte",
            "ändrar sitt svar på synpunkt 1 från Näringslivets Regelnämnd till godtas delvis",
        ];
        said_of(&own.page(&case).await, &told);
        let answer = own.get(&format!("/insamlingar/{number}/arende.zip")).await;
        let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("an archive");
        for name in [format!("{}/samrad.html", case.trim_start_matches('/')), "historik.csv".to_owned()] {
            let mut text = String::new();
            archive.by_name(&name).expect("the file").read_to_string(&mut text).expect("read");
            said_of(&text, &told);
        }
    });
}
