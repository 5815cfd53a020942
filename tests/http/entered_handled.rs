//! What becomes of a case that was entered afterwards: the other side confirms or objects, whoever entered it corrects it, either takes it
//! away; and several bodies that were asked at once are one case.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;

use crate::client::{Client, hidden};
use crate::entered::{ENTER, again, but, correct, entered, form, refused};
use crate::life::{planned, registered};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// The mailbox of the agency's collections.
const MAILBOX: &str = "statistik@myndigheten.example";

/// A case of 2019 that ended without agreement, with the agency's view in the body's words.
fn disagreed(number: &str) -> Vec<(&str, &str)> {
    but(&form(number), &[("yttrande", "advise_against"), ("utfall", "not_agreed"), ("syn", "De struntade i <oss>.")])
}

/// The years of the statistics: how many cases are in the register.
async fn counted(app: &TestApp, year: i64) -> i64 {
    let items = app.get("/api/v1/statistics/consultations").await.json()["items"].clone();
    let found = items.as_array().and_then(|items| items.iter().find(|one| one["year"] == year).cloned());
    found.and_then(|one| one["inRegister"].as_i64()).unwrap_or_default()
}

async fn wrong(client: &Client<'_>, address: &str, fields: &[(&str, &str)], words: &[&str]) {
    let answer = client.post(address, fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    for said in words {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

#[test]
fn what_a_body_enters_as_the_agencys_view_waits_for_the_agency() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let case = entered(&skr, &disagreed(&number)).await;
        let notice = format!("/insamlingar/{number}/handlingar/meddelande");
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Ta bort &#60;fråga&#62; 3.") && page.contains("avstyrker"), "what it answered itself stands: {page}");
        assert!(!page.contains("De struntade i"), "nobody but the agency says what its view is: {page}");
        let page = app.page(&notice).await;
        assert!(!page.contains("avstyrker") && !page.contains("De struntade i"), "no document rests on what is not confirmed: {page}");
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("(infört i efterhand av Sveriges Kommuner och Regioner)"));
        let page = own.page(&case).await;
        for said in
            ["som Sveriges Kommuner och Regioner har återgett den: De struntade i", "Bekräfta eller invänd", "står i registret i dag"]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        let handled = format!("{case}/infort");
        assert!(!skr.page(&handled).await.contains("Skicka invändningen"), "nobody confirms what the own side entered");
        assert_eq!(skr.post(&handled, &[("atgard", "bekrafta")]).await.status, StatusCode::FORBIDDEN);
        let page = own.page(&handled).await;
        for said in
            ["Infört av Sveriges Kommuner och Regioner.", "De struntade i &#60;oss&#62;.", "18\u{a0}mars 2019", "Skicka invändningen"]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("/ratta"), "{page}");
        wrong(&own, &handled, &[("atgard", "bekrafta"), ("syn", "")], &["Skriv er syn."]).await;
        wrong(&own, &handled, &[("atgard", "invand"), ("fel", "")], &["Skriv vad som är fel."]).await;
        let objection = [("atgard", "invand"), ("fel", "Vi var överens om det mesta.")];
        for code in ["invant", "redan"] {
            went_to(&own.post(&handled, &objection).await, &format!("{case}?sparat={code}"));
        }
        let page = skr.page(&case).await;
        assert!(page.matches("Vi var överens om det mesta.").count() == 1 && page.contains("invänder mot det som är infört"), "{page}");
        assert!(!app.page(&notice).await.contains("De struntade i"), "an objection confirms nothing");
        for code in ["bekraftat", "redan"] {
            let confirmed = own.post(&handled, &[("atgard", "bekrafta"), ("syn", "Vi behövde svaren."), ("revision", "1")]).await;
            went_to(&confirmed, &format!("{case}?sparat={code}"));
        }
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("Vi behövde svaren."));
        assert!(app.page(&notice).await.contains("anser: Vi behövde svaren."));
        let page = skr.page(&case).await;
        assert!(page.contains("Myndigheten bekräftade det den") && page.contains("bekräftar det som är infört"), "{page}");
        // the words are the agency's now
        assert!(!skr.page(&format!("{case}/ratta")).await.contains("name=\"syn\""));
    });
}

#[test]
fn whoever_entered_a_case_corrects_it_and_the_other_side_is_told_what() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let case = entered(&skr, &disagreed(&number)).await;
        let address = format!("{case}/ratta");
        let page = skr.page(&address).await;
        for said in
            ["value=\"2019-03-18\"", "value=\"recurring\" checked", "Ta bort &#60;fråga&#62; 3.", "name=\"syn\"", "value=\"19/004\""]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        let fields = disagreed(&number);
        wrong(&skr, &address, &but(&fields, &[("besvarat", "2019-03-03")]), &["lämnats före den dag då ärendet kom", "2019:17"]).await;
        wrong(&skr, &address, &but(&fields, &[("avslutat", ""), ("utfall", ""), ("syn", "")]), &["Ska det pågå, ta bort det"]).await;
        let right = but(&fields, &[("slag", "changed"), ("yttrande", "objections"), ("utfall", "agreed"), ("syn", "")]);
        for code in ["rattat", "redan"] {
            went_to(&correct(&skr, &address, &right).await, &format!("{case}?sparat={code}"));
        }
        let page = own.page(&case).await;
        for said in ["rättar det som är infört", "slag av ärende (från återkommande till ändrad)", "ej överens till överens"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let letters = app.letters(MAILBOX).await;
        assert_eq!(letters.iter().filter(|one| one.contains("har rättat det som fördes in: slag av ärende, yttrande")).count(), 1);
        let csv = app.page("/statistik/samrad.csv").await;
        assert!(csv.contains("Slag av ärende;Ändrad;Ärenden;1") && csv.contains("Hur ärendena slutade;Överens;Ärenden;1"), "{csv}");
        // who did not enter it, or is no part of it
        for (client, status) in [(&own, StatusCode::FORBIDDEN), (&app.signed_in(Role::Skr, "NNR").await, StatusCode::NOT_FOUND)] {
            assert_eq!(client.get(&address).await.status, status);
            assert_eq!(client.post(&address, &right).await.status, status);
        }
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        for address in [&address, &format!("{case}/infort"), &format!("{case}/ta-bort")] {
            assert_eq!(admin.get(address).await.status, StatusCode::FORBIDDEN, "{address}");
        }
    });
}

#[test]
fn what_was_entered_by_mistake_is_taken_away_by_either_side_and_can_be_entered_again() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let mailbox = person.email.clone().expect("an address");
        let (skr, own) = (app.enter(person.id).await, app.signed_in(Role::Agency, SCB).await);
        let fields = form(&number);
        let case = entered(&skr, &fields).await;
        assert_eq!(counted(&app, 2019).await, 1);
        let address = format!("{case}/ta-bort");
        assert!(own.page(&address).await.contains("Ta bort ärendet?"));
        wrong(&own, &address, &[("skal", " ")], &["Skriv varför ärendet tas bort."]).await;
        for code in ["borttaget", "redan"] {
            let removed = own.post(&address, &[("skal", "Det gällde en annan enkät.")]).await;
            went_to(&removed, &format!("{case}?sparat={code}"));
        }
        let page = skr.page(&case).await;
        for said in ["Ärendet togs bort den", "Det gällde en annan enkät.", "tar bort ärendet"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("överens.") && !page.contains("/infort\""), "{page}");
        assert_eq!((counted(&app, 2019).await, app.get("/api/v1/consultations").await.json()["total"].clone()), (0, 0.into()));
        assert!(!app.page(&format!("/insamlingar/{number}")).await.contains("infört i efterhand"));
        assert_eq!(app.letters(&mailbox).await.iter().filter(|one| one.contains("har tagit bort ärendet")).count(), 1);
        assert_eq!(skr.post(&address, &[("skal", "Också vi.")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "it is gone");
        let again = entered(&skr, &fields).await;
        assert_ne!(again, case, "what is taken away is in nobody's way");
        assert_eq!(counted(&app, 2019).await, 1);
        // what a decision rests on stays as it was
        let mut row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("samråd", "ej angivet"), ("samråd med", "")]);
        row["beslutsdatum"] = "".into();
        app.import(SCB, &[row]).await.expect("written");
        let number = app.newest_number().await;
        let case = entered(&skr, &form(&number)).await;
        let address = format!("/insamlingar/{number}/beslut");
        assert_eq!(hidden(&own.page(&address).await, "samrad"), None, "the agency has not confirmed it");
        let confirming = [("atgard", "bekrafta"), ("syn", ""), ("revision", "1")];
        went_to(&own.post(&format!("{case}/infort"), &confirming).await, &format!("{case}?sparat=bekraftat"));
        let page = own.page(&address).await;
        let (based_on, said) = (hidden(&page, "utgar_fran").expect("the moment"), hidden(&page, "samrad").expect("the case"));
        let today = clock::swedish_day(clock::now()).to_string();
        let deciding = [("utgar_fran", based_on.as_str()), ("beslutsdatum", &today), ("beslutsfattare", "Chefen"), ("samrad", &said)];
        went_to(&own.post(&address, &deciding).await, &format!("/insamlingar/{number}?sparat=beslutad"));
        assert!(skr.page(&format!("{case}/infort")).await.contains("Ett beslut grundas på ärendet"));
        for refused in [format!("{case}/ta-bort"), format!("{case}/ratta")] {
            assert_eq!(skr.post(&refused, &but(&form(&number), &[("skal", "Fel."), ("slag", "changed")])).await.status, 422, "{refused}");
        }
        assert!(own.page(&format!("/insamlingar/{number}/handlingar/beslut")).await.contains("synpunkter den 18\u{a0}mars 2019"));
    });
}

#[test]
fn several_bodies_that_were_asked_at_once_are_one_case() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        let case = entered(&skr, &form(&number)).await;
        assert_eq!(nnr.get(&case).await.status, StatusCode::NOT_FOUND);
        let answer = [("yttrande", "no_objection"), ("ord", ""), ("besvarat", "2019-03-11"), ("diarienummer_organ", "N 3"), ("urval", "")];
        let fields = but(&form(&number), &answer);
        refused(
            &nnr,
            &but(&fields, &[("svar_onskat", "2019-03-21"), ("utfall", "joined_with_another_collection")]),
            &["skiljer sig från S2019-0001", "f-kom-fel"],
        )
        .await;
        assert!(!nnr.post(ENTER, &but(&fields, &[("slag", "changed")])).await.text.contains("Alla kommuner."), "what it says is not told");
        assert_eq!(entered(&nnr, &fields).await, case, "it is the same case");
        assert_eq!(again(&nnr, &fields).await, case, "sent twice");
        assert_eq!(counted(&app, 2019).await, 1, "and counts once");
        let page = own.page(&case).await;
        for said in ["Yttrande från Sveriges Kommuner och Regioner", "Yttrande från Näringslivets Regelnämnd", "N 3", "19/004"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let page = own.page(&format!("{case}/infort")).await;
        assert!(
            page.contains("Infört av Sveriges Kommuner och Regioner.") && page.contains("Infört av Näringslivets Regelnämnd."),
            "{page}"
        );
        // each corrects its own part; what is common to both must go with the other's
        let early = but(&fields, &[("avslutat", "2019-03-12"), ("besvarat", "2019-03-11"), ("urval", "Alla kommuner.")]);
        wrong(&nnr, &format!("{case}/ratta"), &early, &["En annan som tillfrågades har svarat efter den dagen."]).await;
        let other = but(&early, &[("avslutat", "2019-04-01"), ("diarienummer_organ", "N 4")]);
        went_to(&correct(&nnr, &format!("{case}/ratta"), &other).await, &format!("{case}?sparat=rattat"));
        let page = own.page(&case).await;
        assert!(page.contains("N 4") && page.contains("19/004") && page.contains("Ta bort &#60;fråga&#62; 3."), "{page}");
    });
}

#[test]
fn the_agency_stands_for_what_it_has_read_and_for_its_own_words() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let case = entered(&skr, &disagreed(&number)).await;
        let handled = format!("{case}/infort");
        let confirming = |revision: &'static str| [("atgard", "bekrafta"), ("syn", "Vi behövde svaren."), ("revision", revision)];
        // a page from before a correction confirms nothing
        let mut right = disagreed(&number);
        right.iter_mut().filter(|(name, _)| *name == "avslutat").for_each(|(_, day)| *day = "2019-05-02");
        went_to(&correct(&skr, &format!("{case}/ratta"), &right).await, &format!("{case}?sparat=rattat"));
        let late = own.post(&handled, &confirming("1")).await;
        assert!(late.status == StatusCode::CONFLICT && late.text.contains("har rättats sedan du öppnade sidan"), "{}", late.text);
        went_to(&own.post(&handled, &confirming("2")).await, &format!("{case}?sparat=bekraftat"));
        let page = format!("/insamlingar/{number}");
        assert!(app.page(&page).await.contains("Vi behövde svaren."));
        // what is told is not told otherwise afterwards, nor taken away by the side that has confirmed it
        let other = [("atgard", "bekrafta"), ("syn", "Något helt annat."), ("revision", "2")];
        wrong(&own, &handled, &other, &["redan bekräftat"]).await;
        wrong(&own, &format!("{case}/ta-bort"), &[("skal", "Vi ångrar oss.")], &["Ni har bekräftat ärendet"]).await;
        // what is corrected once more is to be confirmed once more
        right.iter_mut().filter(|(name, _)| *name == "yttrande").for_each(|(_, opinion)| *opinion = "advise_against");
        right.iter_mut().filter(|(name, _)| *name == "diarienummer_organ").for_each(|(_, number)| *number = "19/005");
        went_to(&correct(&skr, &format!("{case}/ratta"), &right).await, &format!("{case}?sparat=rattat"));
        assert!(!app.page(&page).await.contains("Vi behövde svaren."), "the agency has not read that");
        assert!(own.page(&handled).await.contains("Det stämmer</button>"));
    });
}
