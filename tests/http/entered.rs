//! Cases that came by mail and are entered afterwards: by either side, with days that can have happened, counted in the year they came.

use axum::http::StatusCode;
use chrono::TimeDelta;
use insamlingsregister::clock;
use insamlingsregister::db::consultations;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::State;
use insamlingsregister::domain::identifier::ConsultationNumber;

use crate::client::{Client, hidden};
use crate::consultations::{asked, form as asking_form, step};
use crate::life::{planned, registered};
use crate::pairs::went_to;
use crate::rows::with;
use crate::support::{Answer, SCB, TestApp, run};

pub const ENTER: &str = "/samrad/infor";

/// A case of 2019 that is over.
pub fn form(number: &str) -> Vec<(&str, &str)> {
    vec![
        ("insamling", number),
        ("slag", "recurring"),
        ("kom", "2019-03-04"),
        ("svar_onskat", "2019-03-20"),
        ("urval", "Alla kommuner."),
        ("diarienummer_myndighet", "2019:17"),
        ("diarienummer_organ", "19/004"),
        ("besvarat", "2019-03-18"),
        ("yttrande", "objections"),
        ("ord", "Ta bort <fråga> 3."),
        ("avslutat", "2019-04-01"),
        ("utfall", "agreed"),
    ]
}

/// The same with other values; an empty one is left out of nothing, but typed as nothing.
pub fn but<'a>(form: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let changed = |(name, value): &(&'a str, &'a str)| {
        other.iter().find(|(one, _)| one == name).map_or((*name, *value), |(_, value)| (*name, *value))
    };
    let added = other.iter().filter(|(name, _)| form.iter().all(|(one, _)| one != name));
    form.iter().map(changed).chain(added.copied()).collect()
}

/// Enters a case anew, or a part beside those of one.
pub async fn entered(client: &Client<'_>, fields: &[(&str, &str)]) -> String {
    sent(client, fields, "infort").await
}

/// Sends what has been entered already.
pub async fn again(client: &Client<'_>, fields: &[(&str, &str)]) -> String {
    sent(client, fields, "redan").await
}

async fn sent(client: &Client<'_>, fields: &[(&str, &str)], said: &str) -> String {
    let answer = client.post(ENTER, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let (case, code) = answer.header("location").split_once("?sparat=").expect("a case");
    assert_eq!(code, said);
    case.to_owned()
}

/// Corrects a case as its form has it now; `address`: that of the form.
pub async fn correct(client: &Client<'_>, address: &str, fields: &[(&str, &str)]) -> Answer {
    let read = hidden(&client.page(address).await, "revision").expect("how often it was corrected");
    client.post(address.split('?').next().unwrap_or_default(), &[fields, &[("revision", &read)]].concat()).await
}

pub async fn refused(client: &Client<'_>, fields: &[(&str, &str)], words: &[&str]) {
    let answer = client.post(ENTER, fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    for said in words {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

#[test]
fn a_body_enters_what_came_by_mail_and_the_agency_is_told() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        assert!(skr.page("/samrad").await.contains("href=\"/samrad/infor\""));
        let page = skr.page(&format!("{ENTER}?insamling={number}")).await;
        assert!(page.contains("Enkät om bibliotek") && !page.contains("Vem tillfrågades?"), "it enters its own: {page}");
        let fields = form(&number);
        let case = entered(&skr, &fields).await;
        assert_eq!(case, "/samrad/S2019-0001", "numbered with the year in which it came");
        assert_eq!(again(&skr, &fields).await, case, "sent twice is entered once");
        refused(&skr, &but(&fields, &[("besvarat", "2019-03-19")]), &["som kom den dagen är redan infört: S2019-0001"]).await;
        let page = skr.page(&format!("{case}?sparat=infort")).await;
        for said in [
            "Infört i efterhand",
            "4\u{a0}mars 2019",
            "Alla kommuner.",
            "2019:17",
            "19/004",
            "Ta bort &#60;fråga&#62; 3.",
            "Samrådet avslutades den 1\u{a0}april 2019: överens.",
            "14\u{a0}dagar",
            "för in ärendet i efterhand",
            "Bifoga en fil",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("Hos myndigheten"), "nothing is known of questions by mail: {page}");
        let letters = app.letters("statistik@myndigheten.example").await;
        let letter = letters.last().expect("a letter");
        for said in [
            "har i efterhand fört in ett samråd",
            "Begäran till Sveriges Kommuner och Regioner kom den 4\u{a0}mars 2019",
            "besvarades den 18\u{a0}mars 2019 (synpunkter)",
            &case,
        ] {
            assert!(letter.contains(said), "{said}: {letter}");
        }
        assert_eq!(letters.len(), 1, "{letters:?}");
        let mut tx = app.state.db.read().await.expect("a transaction");
        let parsed = ConsultationNumber::parse("S2019-0001").expect("a number");
        let kept = consultations::by_number(&mut tx, parsed).await.expect("read").expect("the case");
        let part = &kept.parts[0];
        assert_eq!((part.state, part.clocks.body, part.clocks.agency), (State::Closed, 14 * 86_400, 0));
        assert_eq!((kept.person, part.answered_by), (None, None), "nobody is said to have written what came by mail");
        drop(tx);
        let csv = app.page("/statistik/samrad.csv").await;
        for line in ["Per år;2019;Ärenden;167", "Per år;2019;Yttranden;1", "Slag av ärende;Återkommande;Ärenden;1"] {
            assert!(csv.lines().any(|one| one == line), "it is among the known total of its year: {csv}");
        }
        assert!(csv.contains("Varav 1 i registret.") && app.page("/statistik").await.contains("Varav 1 i registret."), "{csv}");
        let items = app.get("/api/v1/statistics/consultations").await.json()["items"].clone();
        let year = items.as_array().and_then(|items| items.iter().find(|one| one["year"] == 2019)).expect("the year");
        assert_eq!((&year["cases"], &year["inRegister"], &year["countOnly"]), (&167.into(), &1.into(), &true.into()));
        assert_eq!((&year["bodies"][0]["cases"], &year["bodies"][0]["inRegister"]), (&167.into(), &1.into()));
        assert!(
            app.page(&format!("/insamlingar/{number}"))
                .await
                .contains("<b>överens</b> (infört i efterhand av Sveriges Kommuner och Regioner).")
        );
        assert!(skr.page("/samrad?visa=avslutade").await.contains("infört i efterhand"));
        assert!(skr.page("/handelser").await.contains("Förde in ett samråd i efterhand"));
    });
}

#[test]
fn days_that_cannot_have_happened_are_refused_and_what_was_typed_stays() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let whole = form(&number);
        let tomorrow = (clock::swedish_day(clock::now()) + TimeDelta::days(1)).to_string();
        let wrong: [(&[(&str, &str)], &str); 13] = [
            (&[("kom", "")], "Skriv när ärendet kom."),
            (&[("kom", "igår")], "Skriv dagen så här"),
            (&[("kom", &tomorrow)], "Dagen har inte kommit än."),
            (&[("kom", "1979-01-01")], "före förordningen"),
            (&[("svar_onskat", "2019-03-03")], "önskats före den dag"),
            (&[("besvarat", "2019-03-03")], "lämnats före den dag då ärendet kom"),
            (&[("avslutat", "2019-03-17")], "avslutats innan svaret lämnades"),
            (&[("avslutat", &tomorrow)], "Dagen har inte kommit än."),
            (&[("yttrande", "")], "Välj vad yttrandet blev."),
            (&[("ord", "")], "Skriv vad svaret sade"),
            (&[("utfall", "not_agreed")], "Skriv myndighetens syn."),
            (&[("slag", "new"), ("oforandrat", "ja")], "”Ny” går inte ihop"),
            (&[("besvarat", ""), ("yttrande", ""), ("ord", "")], "välj ”inget svar”"),
        ];
        for (changes, said) in wrong {
            refused(&skr, &but(&whole, changes), &[said, "value=\"2019:17\"", "Alla kommuner."]).await;
        }
        assert!(skr.get("/samrad/S2019-0001").await.status == StatusCode::NOT_FOUND, "nothing was entered");
        let silent = but(&whole, &[("besvarat", ""), ("yttrande", ""), ("ord", ""), ("utfall", "no_answer_received")]);
        let page = skr.page(&entered(&skr, &silent).await).await;
        assert!(page.contains("Har inte svarat") && page.contains("inget svar"), "{page}");
    });
}

#[test]
fn an_agency_enters_for_a_body_and_the_case_goes_on_in_the_register() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let mailbox = person.email.clone().expect("an address");
        let (own, skr) = (app.signed_in(Role::Agency, SCB).await, app.enter(person.id).await);
        let page = own.page(&format!("{ENTER}?insamling={number}")).await;
        assert!(page.contains("Vem tillfrågades?") && page.contains("Näringslivets Regelnämnd"), "{page}");
        let open = but(&form(&number), &[("besvarat", ""), ("yttrande", ""), ("ord", ""), ("avslutat", ""), ("utfall", "")]);
        refused(&own, &open, &["Välj vem som tillfrågades."]).await;
        refused(&own, &but(&open, &[("organ", "RKA")]), &["Välj bland dem som står i listan."]).await;
        let open = but(&open, &[("organ", "SKR")]);
        let case = entered(&own, &open).await;
        assert_eq!(app.letters(&mailbox).await.iter().filter(|letter| letter.contains("har i efterhand fört in ett samråd")).count(), 1);
        // the body answers in the register, and files are attached there
        step(&skr, &case, "ta", &[], "taget").await;
        step(&skr, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        step(&own, &case, "avsluta", &[("utfall", "agreed")], "avslutat").await;
        // another that would be open beside an open one, or about what is over
        let today = clock::swedish_day(clock::now()).to_string();
        let live = asked(&own, &number, &asking_form("2099-01-15", "")).await;
        let again = but(&open, &[("kom", "2019-05-06"), ("svar_onskat", "2019-05-20")]);
        refused(&own, &again, &["pågår redan", live.trim_start_matches("/samrad/")]).await;
        went_to(
            &own.post(&format!("/insamlingar/{number}/aterkalla"), &[("skal", "Blev inte av.")]).await,
            &format!("/insamlingar/{number}?sparat=aterkallad"),
        );
        refused(&own, &again, &["Insamlingen är återkallad. Ange hur samrådet slutade."]).await;
        let closed = but(&again, &[("avslutat", today.as_str()), ("utfall", "no_answer_received")]);
        assert!(skr.page(&entered(&own, &closed).await).await.contains("Infört i efterhand"));
    });
}

#[test]
fn only_a_side_that_may_know_of_the_collection_enters_a_case_about_it() {
    run(async {
        let app = TestApp::real().await;
        let open = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        app.import(SCB, &[with(planned("A-2", "Dold enkät"), &[("visas öppet från", "inte")])]).await.expect("written");
        let hidden = app.newest_number().await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        for number in [hidden.as_str(), "2026-9999", "hej", "../x"] {
            let asked = skr.get(&format!("{ENTER}?insamling={number}")).await;
            assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
            assert!(asked.text.contains("Ingen öppen insamling med det numret") && !asked.text.contains("Dold enkät"), "{}", asked.text);
            refused(&skr, &form(number), &["Be myndigheten att registrera den först."]).await;
        }
        let own = app.signed_in(Role::Agency, SCB).await;
        assert!(own.page(&format!("{ENTER}?insamling={hidden}")).await.contains("Dold enkät"));
        let other = app.signed_in(Role::Agency, "202100-2114").await;
        refused(&other, &form(&open), &["är en annan myndighets"]).await;
        refused(&app.signed_in(Role::Skr, "RKA").await, &form(&open), &["Ingen samrådspart är inställd"]).await;
        assert!(
            other.page(ENTER).await.contains("Registrera en insamling") && !skr.page(ENTER).await.contains("/insamlingar/ny\">Registrera")
        );
    });
}
