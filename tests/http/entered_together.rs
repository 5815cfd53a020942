//! Cases that came by mail to several bodies: whether two are one is asked, what is common to them is nobody's to guess at, the days of all
//! follow a correction, and who may take such a case away.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::consultations::{self, Part};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::ConsultationNumber;

use crate::cases::noon;
use crate::client::{Client, hidden};
use crate::consultations::step;
use crate::entered::{ENTER, but, correct, entered, form, refused};
use crate::life::{planned, registered};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// What NNR answered to the same request.
fn other<'a>(number: &'a str, came: &'a str) -> Vec<(&'a str, &'a str)> {
    but(
        &form(number),
        &[("kom", came), ("yttrande", "no_objection"), ("ord", ""), ("besvarat", "2019-03-11"), ("diarienummer_organ", "N 3")],
    )
}

async fn is_refused(client: &Client<'_>, address: &str, fields: &[(&str, &str)], words: &[&str]) {
    let answer = client.post(address, fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    for said in words {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

/// The parts of a case as they are kept.
async fn kept(app: &TestApp, case: &str) -> Vec<Part> {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let number = ConsultationNumber::parse(case.trim_start_matches("/samrad/")).expect("a number");
    consultations::by_number(&mut tx, number).await.expect("read").expect("the case").parts
}

#[test]
fn whoever_may_know_of_a_case_some_days_away_is_asked_whether_it_is_the_same() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (own, nnr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "NNR").await);
        let first = entered(&own, &but(&form(&number), &[("organ", "SKR")])).await;
        let near = other(&number, "2019-03-06");
        let of_nnr = but(&near, &[("organ", "NNR")]);
        let tick = "name=\"annat\" value=\"ja\"><label for=\"annat\">Det är ett annat ärende";
        let asked = ["Ett ärende om samma insamling kom den 4\u{a0}mars 2019: S2019-0001. Hör de ihop?", tick, "value=\"2019-03-06\""];
        refused(&own, &of_nnr, &asked).await;
        assert!(!own.page(&format!("{ENTER}?insamling={number}")).await.contains("name=\"annat\""), "nobody asks before");
        // a body that stands in it already is not led to write the same day, and the same day is no other case
        let stands =
            "där Sveriges Kommuner och Regioner redan står, kom den 4\u{a0}mars 2019: S2019-0001. Är det samma begäran är den redan";
        refused(&own, &but(&near, &[("organ", "SKR")]), &[stands, tick]).await;
        let ticked = but(&of_nnr, &[("kom", "2019-03-04"), ("annat", "ja")]);
        refused(&own, &ticked, &["redan infört: S2019-0001. Ta bort krysset om det är samma begäran.", "value=\"ja\" checked"]).await;
        // what is ticked stays where something else is wrong, and is taken where nothing is
        let wrong = but(&of_nnr, &[("annat", "ja"), ("slag", "")]);
        refused(&own, &wrong, &["Välj vad ärendet räknas som.", "name=\"annat\" value=\"ja\" checked"]).await;
        let apart = entered(&own, &but(&of_nnr, &[("annat", "ja")])).await;
        assert_ne!(apart, first);
        // the same day is the same case
        assert_eq!(entered(&own, &but(&other(&number, "2019-03-04"), &[("organ", "NNR")])).await, first);
        // a body is not told of a case that it may not see
        let second = registered(&app, planned("A-2", "Enkät om museer")).await;
        let of_skr = entered(&own, &but(&form(&second), &[("organ", "SKR")])).await;
        let alone = entered(&nnr, &other(&second, "2019-03-06")).await;
        assert!(alone != of_skr && nnr.get(&of_skr).await.status == StatusCode::NOT_FOUND);
        // far away is another year's
        let later = but(&form(&second), &[("organ", "SKR"), ("kom", "2019-09-02"), ("svar_onskat", "2019-09-20")]);
        entered(&own, &but(&later, &[("besvarat", "2019-09-18"), ("avslutat", "2019-10-01")])).await;
    });
}

#[test]
fn a_body_that_is_no_party_is_not_told_which_of_the_common_facts_differ() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        entered(&skr, &form(&number)).await;
        let joining = other(&number, "2019-03-04");
        let one = "skiljer sig från S2019-0001, som är infört om samma begäran till en annan";
        let mut answers = Vec::new();
        for wrong in
            [("svar_onskat", "2019-03-21"), ("utfall", "joined_with_another_collection"), ("slag", "changed"), ("avslutat", "2019-03-12")]
        {
            let answer = nnr.post(ENTER, &but(&joining, &[wrong])).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text.contains(one), "{}", answer.text);
            let at: Vec<&str> = answer.text.split("href=\"#f-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            answers.push(at.join(" "));
        }
        assert_eq!(answers, ["kom"; 4], "it is the same refusal, whatever differs");
        // a party is told which
        let of_nnr = but(&joining, &[("organ", "NNR"), ("svar_onskat", "2019-03-21"), ("slag", "changed")]);
        refused(&own, &of_nnr, &["Skiljer sig från S2019-0001", "f-svar_onskat-fel", "f-slag-fel"]).await;
    });
}

#[test]
fn nobody_joins_a_case_that_a_decision_rests_on_or_that_has_gone_on() {
    run(async {
        let app = TestApp::real().await;
        let (own, nnr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "NNR").await);
        let mut row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("samråd", "ej angivet"), ("samråd med", "")]);
        row["beslutsdatum"] = "".into();
        app.import(SCB, &[row]).await.expect("written");
        let number = app.newest_number().await;
        let case = entered(&own, &but(&form(&number), &[("organ", "SKR")])).await;
        let address = format!("/insamlingar/{number}/beslut");
        let page = own.page(&address).await;
        let (based_on, said) = (hidden(&page, "utgar_fran").expect("the moment"), hidden(&page, "samrad").expect("the case"));
        let today = clock::swedish_day(clock::now()).to_string();
        let deciding = [("utgar_fran", based_on.as_str()), ("beslutsdatum", &today), ("beslutsfattare", "Chefen"), ("samrad", &said)];
        went_to(&own.post(&address, &deciding).await, &format!("/insamlingar/{number}?sparat=beslutad"));
        let decision = own.page(&format!("/insamlingar/{number}/handlingar/beslut")).await;
        let why = "kan inte få fler som tillfrågades";
        refused(&nnr, &other(&number, "2019-03-04"), &[why]).await;
        refused(&own, &but(&other(&number, "2019-03-04"), &[("organ", "NNR")]), &[why]).await;
        assert_eq!(kept(&app, &case).await.len(), 1);
        assert_eq!(own.page(&format!("/insamlingar/{number}/handlingar/beslut")).await, decision);
        // one that goes on in the register
        let second = registered(&app, planned("A-2", "Enkät om museer")).await;
        let open = but(&form(&second), &[("besvarat", ""), ("yttrande", ""), ("ord", ""), ("avslutat", ""), ("utfall", "")]);
        let case = entered(&own, &but(&open, &[("organ", "SKR")])).await;
        step(&app.signed_in(Role::Skr, "SKR").await, &case, "ta", &[], "taget").await;
        refused(&nnr, &open, &[why]).await;
    });
}

#[test]
fn a_corrected_day_keeps_its_year_and_moves_the_clocks_of_every_part() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, nnr) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Skr, "NNR").await);
        let case = entered(&skr, &form(&number)).await;
        assert_eq!(entered(&nnr, &other(&number, "2019-03-04")).await, case);
        let days = |parts: &[Part]| parts.iter().map(|part| part.clocks.body / 86_400).collect::<Vec<_>>();
        assert_eq!(days(&kept(&app, &case).await), [14, 7]);
        let address = format!("{case}/ratta");
        let year = but(&form(&number), &[("kom", "2018-03-05")]);
        let why = "Numret hör till 2019. Ta bort ärendet och för in det på nytt.";
        is_refused(&skr, &address, &year, &[why, "f-kom-fel", "value=\"2018-03-05\""]).await;
        let right = but(&form(&number), &[("kom", "2019-03-05"), ("avslutat", "2019-04-03")]);
        went_to(&correct(&skr, &address, &right).await, &format!("{case}?sparat=rattat"));
        let parts = kept(&app, &case).await;
        assert_eq!(days(&parts), [13, 6], "NNR's time too");
        // noon in Sweden is ten by universal time in summer
        let closed = noon("2019-04-03") - chrono::TimeDelta::hours(1);
        assert!(parts.iter().all(|part| part.since == closed), "{parts:?}");
        assert_eq!(parts[1].diary_number.as_deref(), Some("N 3"), "what it said stays");
        // an open case: the part that nobody has answered waits since the corrected day
        let second = registered(&app, planned("A-2", "Enkät om museer")).await;
        let open = but(&form(&second), &[("besvarat", ""), ("yttrande", ""), ("ord", ""), ("avslutat", ""), ("utfall", "")]);
        let case = entered(&skr, &open).await;
        assert_eq!(entered(&nnr, &open).await, case);
        let moved = but(&open, &[("kom", "2019-03-07")]);
        went_to(&correct(&skr, &format!("{case}/ratta"), &moved).await, &format!("{case}?sparat=rattat"));
        assert!(kept(&app, &case).await.iter().all(|part| part.since == noon("2019-03-07")));
    });
}

#[test]
fn who_takes_an_entered_case_away_and_who_does_not() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        let why = [("skal", "Infört av misstag.")];
        // a body that joined takes its side's case away for nobody
        let case = entered(&skr, &form(&number)).await;
        entered(&nnr, &other(&number, "2019-03-04")).await;
        let address = format!("{case}/ta-bort");
        is_refused(&nnr, &address, &why, &["Ärendet gäller också en annan som tillfrågades."]).await;
        let page = nnr.page(&format!("{case}/infort")).await;
        assert!(page.contains("gäller också en annan") && !page.contains("/ta-bort\""), "the page says the same: {page}");
        for (client, status) in [
            (app.signed_in(Role::Admin, "202100-6883").await, StatusCode::FORBIDDEN),
            (app.signed_in(Role::Agency, "202100-2114").await, StatusCode::NOT_FOUND),
            (app.signed_in(Role::Skr, "RKA").await, StatusCode::NOT_FOUND),
        ] {
            assert_eq!(client.post(&address, &why).await.status, status);
        }
        assert!(kept(&app, &case).await.iter().all(|part| part.state.code() == "closed"), "nothing has happened to it");
        is_refused(&skr, &address, &why, &["En annan har fört in sin del av ärendet"]).await;
        let number = registered(&app, planned("A-2", "Enkät om museer")).await;
        let case = entered(&skr, &form(&number)).await;
        went_to(&skr.post(&format!("{case}/ta-bort"), &why).await, &format!("{case}?sparat=borttaget"));
        is_refused(&skr, &format!("{case}/infort"), &[("atgard", "invand"), ("fel", "Nej.")], &["Ärendet är borttaget."]).await;
        // what the agency entered, it stands for: the body says what is wrong
        let case = entered(&own, &but(&form(&number), &[("organ", "SKR")])).await;
        let address = format!("{case}/ta-bort");
        is_refused(&skr, &address, &why, &["Myndigheten står för ärendet. Skriv vad som är fel"]).await;
        assert!(skr.page(&format!("{case}/infort")).await.contains("Skicka invändningen"));
        let page = skr.page(&case).await;
        assert!(page.contains(">Läs eller invänd</a>"), "it is offered what it may: {page}");
        assert!(own.page(&case).await.contains(">Läs, rätta eller ta bort</a>"));
        went_to(&own.post(&address, &why).await, &format!("{case}?sparat=borttaget"));
    });
}

/// A case of 2019 that ended without agreement, with the agency's view in somebody's words.
fn disagreed<'a>(number: &'a str, view: &'a str) -> Vec<(&'a str, &'a str)> {
    but(&form(number), &[("yttrande", "advise_against"), ("ord", "Frågan finns redan."), ("utfall", "not_agreed"), ("syn", view)])
}

/// What NNR says of the same case.
fn beside<'a>(number: &'a str, view: &'a str) -> Vec<(&'a str, &'a str)> {
    let said = [("yttrande", "no_objection"), ("ord", ""), ("besvarat", "2019-03-11"), ("diarienummer_organ", "N 3")];
    but(&disagreed(number, view), &said)
}

#[test]
fn an_agency_that_adds_a_body_and_corrects_that_confirms_nothing() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (skr, own) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let case = entered(&skr, &disagreed(&number, "De struntade i oss.")).await;
        let of_nnr = but(&beside(&number, "De struntade i oss."), &[("organ", "NNR")]);
        assert_eq!(entered(&own, &of_nnr).await, case);
        let right = but(&of_nnr, &[("diarienummer_organ", "N 4")]);
        let corrected = correct(&own, &format!("{case}/ratta?organ=NNR"), &right).await;
        went_to(&corrected, &format!("{case}?sparat=rattat"));
        for address in [format!("/insamlingar/{number}"), format!("/insamlingar/{number}/handlingar/meddelande")] {
            assert!(!app.page(&address).await.contains("De struntade i oss."), "the agency has not said it: {address}");
        }
        assert!(!own.page(&case).await.contains("Myndigheten bekräftade"));
        let confirming = [("atgard", "bekrafta"), ("syn", "Vi behövde svaren."), ("revision", "3")];
        went_to(&own.post(&format!("{case}/infort"), &confirming).await, &format!("{case}?sparat=bekraftat"));
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("Vi behövde svaren."));
        // what it has confirmed it does not take away, though it has entered a part of it
        let why = [("skal", "Infört av misstag.")];
        is_refused(&own, &format!("{case}/ta-bort"), &why, &["Ni har bekräftat ärendet"]).await;
        assert!(app.page(&format!("/insamlingar/{number}")).await.contains("Frågan finns redan."));
    });
}

#[test]
fn a_body_that_joins_what_the_agency_entered_leaves_the_agencys_words_as_they_are() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let (nnr, own) = (app.signed_in(Role::Skr, "NNR").await, app.signed_in(Role::Agency, SCB).await);
        let case = entered(&own, &but(&disagreed(&number, "Vi behövde svaren."), &[("organ", "SKR")])).await;
        let of_nnr = beside(&number, "Vi behövde svaren.");
        assert_eq!(entered(&nnr, &of_nnr).await, case);
        let address = format!("{case}/ratta");
        for diary in ["N 4", "N 5"] {
            let right = but(&of_nnr, &[("diarienummer_organ", diary), ("syn", "De struntade i oss.")]);
            went_to(&correct(&nnr, &address, &right).await, &format!("{case}?sparat=rattat"));
            let notice = app.page(&format!("/insamlingar/{number}/handlingar/meddelande")).await;
            let page = app.page(&format!("/insamlingar/{number}")).await;
            assert!(page.contains("Vi behövde svaren.") && notice.contains("anser: Vi behövde svaren."), "{page} {notice}");
        }
        let page = own.page(&case).await;
        assert!(page.contains("N 5") && !page.contains("har återgett den") && !page.contains("De struntade i oss."), "{page}");
        // nor does it take the others' part away, nor the agency its part
        let why = [("skal", "Infört av misstag.")];
        is_refused(&nnr, &format!("{case}/ta-bort"), &why, &["Myndigheten står för ärendet."]).await;
        is_refused(&own, &format!("{case}/ta-bort"), &why, &["En annan har fört in sin del av ärendet"]).await;
    });
}

#[test]
fn what_the_agency_says_that_a_body_answered_is_told_to_be_just_that() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let mailbox = person.email.clone().expect("an address");
        let (skr, own) = (app.enter(person.id).await, app.signed_in(Role::Agency, SCB).await);
        let asks = own.page(&format!("{ENTER}?insamling={number}")).await;
        assert!(asks.contains("får ett mejl och kan skriva om något inte stämmer.") && !asks.contains("kan bekräfta det"), "{asks}");
        assert!(skr.page(&format!("{ENTER}?insamling={number}")).await.contains("får ett mejl och kan bekräfta det."));
        let case = entered(&own, &but(&disagreed(&number, "Vi behövde svaren."), &[("organ", "SKR")])).await;
        entered(&own, &but(&beside(&number, "Vi behövde svaren."), &[("organ", "NNR")])).await;
        let said = |by: &str, body: &str| format!("infört i efterhand av {by}, inte bekräftat av {body}");
        let by = "Statistiska centralbyrån";
        let skr_said = said(by, "Sveriges Kommuner och Regioner");
        let notice = format!("/insamlingar/{number}/handlingar/meddelande");
        for address in [format!("/insamlingar/{number}"), notice.clone()] {
            let page = app.page(&address).await;
            assert!(page.contains(&skr_said) && page.contains(&said(by, "Näringslivets Regelnämnd")), "{address}: {page}");
        }
        assert!(app.page(&notice).await.contains(&format!("anser ({skr_said}): Frågan finns redan.")));
        for address in [case.clone(), format!("{case}/yttrande/SKR")] {
            let page = skr.page(&address).await;
            assert!(page.contains("nfört i efterhand av") && page.contains("inte bekräftat av Sveriges Kommuner och Regioner"), "{page}");
        }
        // whose answer a letter is about
        let letters = app.letters(&mailbox).await;
        let [first, second] = &letters[..] else { panic!("{letters:?}") };
        assert!(first.contains("Begäran till Sveriges Kommuner och Regioner kom den"), "{first}");
        assert!(second.contains("Begäran till Näringslivets Regelnämnd kom den") && second.contains("(ingen erinran)"), "{second}");
        let right = but(&beside(&number, "Vi behövde svaren."), &[("diarienummer_organ", "N 4")]);
        correct(&own, &format!("{case}/ratta?organ=NNR"), &but(&right, &[("organ", "NNR")])).await;
        let letters = app.letters(&mailbox).await;
        assert!(letters.last().is_some_and(|one| one.contains("det som fördes in om Näringslivets Regelnämnd:")), "{letters:?}");
        // what a body has entered itself is its own
        let second = registered(&app, planned("A-2", "Enkät om museer")).await;
        let case = entered(&skr, &disagreed(&second, "De teg.")).await;
        assert!(!app.page(&format!("/insamlingar/{second}")).await.contains("inte bekräftat av"));
        assert!(!skr.page(&case).await.contains("inte bekräftat av"));
    });
}

#[test]
fn a_correction_from_a_page_that_is_not_new_keeps_what_was_typed_and_overwrites_nothing() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let case = entered(&skr, &form(&number)).await;
        let address = format!("{case}/ratta");
        let shown = hidden(&skr.page(&address).await, "revision").expect("how often it was corrected");
        let first = but(&form(&number), &[("besvarat", "2019-03-15"), ("revision", &shown)]);
        went_to(&skr.post(&address, &first).await, &format!("{case}?sparat=rattat"));
        let second = but(&form(&number), &[("besvarat", "2019-03-14"), ("ord", "Min rättelse."), ("revision", &shown)]);
        let late = skr.post(&address, &second).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        for said in ["har rättats sedan du öppnade sidan", "value=\"2019-03-14\"", "Min rättelse.", "Nu står här: ”15\u{a0}mars 2019”."]
        {
            assert!(late.text.contains(said), "{said}: {}", late.text);
        }
        let part = kept(&app, &case).await.remove(0);
        assert_eq!(part.answered_at, Some(noon("2019-03-15")), "nothing is overwritten");
        // read, it is sent again
        let read = hidden(&late.text, "revision").expect("how often it was corrected");
        went_to(&skr.post(&address, &but(&second, &[("revision", &read)])).await, &format!("{case}?sparat=rattat"));
        assert_eq!(kept(&app, &case).await[0].answered_at, Some(noon("2019-03-14")));
        // a form that is shown again for another fault has not shown what was corrected since it was opened
        let wrong = skr.post(&address, &but(&second, &[("besvarat", "2019-03-03")])).await;
        assert_eq!(hidden(&wrong.text, "revision"), Some(shown));
        // without having read anything, nothing is written
        assert_eq!(skr.post(&address, &form(&number)).await.status, StatusCode::CONFLICT);
    });
}
