//! The queue of consultations: whose cases each role sees, how they are grouped, narrowed and ordered, and who has them.

use axum::http::StatusCode;
use chrono::{Days, NaiveDate};
use insamlingsregister::actions::reference::load;
use insamlingsregister::clock;
use insamlingsregister::db::consultations::{self, words};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::{CaseKind, State};
use insamlingsregister::domain::identifier::ConsultationNumber;
use insamlingsregister::intake::reference::{ReferenceFiles, read};

use crate::cases::{advance, ask, asking};
use crate::consultations::step;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Naturvårdsverket.
const OTHER: &str = "202100-1975";

async fn collection(app: &TestApp, agency: &str, title: &str, more: &[(&str, &str)]) -> String {
    app.import(agency, &[with(with(full_row(title, title), &[("status", "planerad")]), more)]).await.expect("written");
    app.newest_number().await
}

/// A case asked for today of these bodies, wanted so many days from now.
async fn case(app: &TestApp, collection: &str, agency: &str, bodies: &[&str], days: i64) -> String {
    let now = clock::now();
    let wanted = clock::swedish_day(now) + chrono::TimeDelta::days(days);
    ask(app, collection, agency, &asking(bodies, CaseKind::New, wanted), now).await
}

/// The numbers of the cases in a page's table, in its order.
fn numbers(page: &str) -> Vec<String> {
    let rows = page.split("rowheader\"><a href=\"/samrad/").skip(1);
    rows.filter_map(|row| row.split('"').next()).map(str::to_owned).collect()
}

/// The count of a group, as its link says.
fn count(page: &str, group: &str) -> String {
    let (_, rest) = page.split_once(&format!("{group} <span class=\"num\">")).unwrap_or_else(|| panic!("{group}: {page}"));
    rest.split('<').next().unwrap_or_default().to_owned()
}

async fn state(app: &TestApp, number: &str, body: &str, states: &[State]) {
    for one in states {
        advance(app, number, body, *one, clock::now()).await;
    }
}

#[test]
fn each_side_has_its_own_queue_in_groups_with_counts() {
    run(async {
        let app = TestApp::real().await;
        let hidden = collection(&app, SCB, "Dold insamling", &[("visas öppet från", "inte")]).await;
        let open = collection(&app, SCB, "Öppen insamling", &[]).await;
        let others = collection(&app, OTHER, "En annan myndighets", &[]).await;
        let new = case(&app, &hidden, SCB, &["SKR", "NNR"], 20).await;
        let waits = case(&app, &open, SCB, &["SKR"], 10).await;
        let late = case(&app, &others, OTHER, &["SKR"], -3).await;
        let answered = case(&app, &open, SCB, &["SKR"], -10).await;
        let closed = case(&app, &open, SCB, &["SKR"], 5).await;
        let withdrawn = case(&app, &others, OTHER, &["NNR"], 5).await;
        state(&app, &waits, "SKR", &[State::InReview, State::AwaitingAgency]).await;
        state(&app, &answered, "SKR", &[State::InReview, State::Answered]).await;
        state(&app, &closed, "SKR", &[State::Closed]).await;
        state(&app, &withdrawn, "NNR", &[State::Withdrawn]).await;

        let skr = app.signed_in(Role::Skr, "SKR").await;
        let page = skr.page("/samrad").await;
        assert_eq!(numbers(&page), [late.as_str(), &waits, &new], "what is overdue first, then by the wanted day");
        assert!(page.contains("Försenat") && page.contains("Dold insamling"), "a body reads what it is asked about: {page}");
        let groups = [("Pågående", "3"), ("Nya", "2"), ("Mina", "0"), ("Väntar på myndigheten", "1"), ("Försenade", "1")];
        for (group, expected) in groups.into_iter().chain([("Besvarade", "1"), ("Avslutade", "1")]) {
            assert_eq!(count(&page, group), expected, "{group}");
        }
        for (group, expected) in [("nya", vec![&late, &new]), ("vantar", vec![&waits]), ("forsenade", vec![&late])] {
            assert_eq!(numbers(&skr.page(&format!("/samrad?visa={group}")).await).iter().collect::<Vec<_>>(), expected, "{group}");
        }
        assert_eq!(numbers(&skr.page("/samrad?visa=besvarade").await), [answered.as_str()]);
        assert_eq!(numbers(&skr.page("/samrad?visa=avslutade").await), [closed.as_str()]);

        let nnr = app.signed_in(Role::Skr, "NNR").await;
        let page = nnr.page("/samrad").await;
        assert_eq!((numbers(&page), count(&page, "Avslutade")), (vec![new.clone()], "1".to_owned()));
        let own = app.signed_in(Role::Agency, SCB).await;
        let page = own.page("/samrad").await;
        assert_eq!(numbers(&page), [waits.as_str(), &new, &new], "a row for each body");
        assert_eq!((count(&page, "Väntar på er"), count(&page, "Besvarade")), ("1".to_owned(), "1".to_owned()));
        assert!(!page.contains("/tilldela") && page.contains("Näringslivets Regelnämnd"), "{page}");
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        let page = admin.page("/samrad").await;
        assert_eq!((numbers(&page).len(), count(&page, "Avslutade")), (4, "2".to_owned()));
        // who collects for somebody works with its cases too; who has nothing to do with them does not
        let statskontoret = app.signed_in(Role::Agency, "202100-5026").await;
        assert_eq!(count(&statskontoret.page("/samrad").await, "Pågående"), "4");
        let stranger = app.signed_in(Role::Agency, "202100-2114").await;
        assert_eq!(numbers(&stranger.page("/samrad").await), Vec::<String>::new());
        for (role, organisation) in [(Role::Municipality, "1480"), (Role::Analyst, SCB)] {
            assert_eq!(app.signed_in(role, organisation).await.get("/samrad").await.status, StatusCode::NOT_FOUND, "{role}");
        }
        assert_eq!(app.get("/samrad").await.header("location"), "/logga-in?vidare=%2Fsamrad");
        // the desk tells of what waits for each, once: what is late and new is late
        let desk = skr.page("/skrivbord").await;
        assert!(desk.contains("Nya <span class=\"quiet num\">(1)") && desk.contains("Försenade <span class=\"quiet num\">(1)"), "{desk}");
        let desk = own.page("/skrivbord").await;
        assert!(desk.contains("Väntar på ert svar") && desk.contains(&format!("/samrad/{answered}")) && desk.contains(&waits), "{desk}");
        assert!(!desk.contains(&late), "{desk}");
    });
}

#[test]
fn the_address_narrows_the_queue_and_its_counts() {
    run(async {
        let app = TestApp::real().await;
        let school = collection(&app, SCB, "Åtgärder 100 % i skolan", &[("ämnesområde", "Kultur och fritid")]).await;
        let water = collection(&app, OTHER, "Vatten", &[]).await;
        let first = case(&app, &school, SCB, &["SKR"], 10).await;
        let second = case(&app, &water, OTHER, &["SKR"], 10).await;
        let done = case(&app, &water, OTHER, &["SKR"], 10).await;
        state(&app, &done, "SKR", &[State::Closed]).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let found = [
            ("q=%C3%85TG%C3%84RDER", &first),
            ("q=100+%25", &first),
            ("q=skolan+%25+%C3%A5tg%C3%A4rder+100", &first),
            ("q=centralbyr%C3%A5n+skolan", &first),
            (&format!("q={water}"), &second),
            (&format!("myndighet={OTHER}"), &second),
            ("omrade=kultur-och-fritid", &first),
        ]
        .map(|(query, number)| (query.to_owned(), number.clone()));
        for (query, number) in found {
            let page = skr.page(&format!("/samrad?{query}")).await;
            assert_eq!(numbers(&page), [number.as_str()], "{query}");
            let over = if number == second { "1" } else { "0" };
            assert_eq!((count(&page, "Pågående").as_str(), count(&page, "Avslutade").as_str()), ("1", over), "{query}");
            assert!(
                page.contains("visa=avslutade&amp;") || page.contains("visa=avslutade&#38;"),
                "the filter goes with the groups: {page}"
            );
        }
        for nothing in ["q=100_%25", "q=finns+inte", &format!("myndighet={OTHER}&q=skolan"), "omrade=vatten-och-avlopp&q=skolan&visa=nya"] {
            let page = skr.page(&format!("/samrad?{nothing}")).await;
            assert!(page.contains("ärende") && page.contains("stämmer med det du har valt") && page.contains("Visa alla</a>"), "{page}");
            assert!(!page.contains("Det som stämmer finns här"), "{nothing}: {page}");
        }
        // what is over is looked for too, and told of
        let page = skr.page(&format!("/samrad?q={}", done.trim_start_matches('S'))).await;
        assert!(numbers(&page).is_empty() && page.contains("Inget pågående ärende stämmer med det du har valt."), "{page}");
        let (_, rest) = page.split_once("Det som stämmer finns här").expect("where it is");
        let link = rest.split("<a href=\"").nth(1).and_then(|link| link.split('"').next()).expect("a link");
        assert!(rest.contains("Avslutade (1)"), "{rest}");
        assert_eq!(numbers(&skr.page(&link.replace("&amp;", "&").replace("&#38;", "&")).await), [done.as_str()]);
        assert_eq!(numbers(&skr.page("/samrad?visa=avslutade&q=vatten+naturv%C3%A5rdsverket").await), [done.as_str()]);
    });
}

#[test]
fn a_case_is_found_by_what_its_agency_is_called_now_and_was_called_before() {
    run(async {
        let app = TestApp::real().await;
        let water = collection(&app, OTHER, "Vatten À LA carte", &[]).await;
        let number = case(&app, &water, OTHER, &["SKR"], 10).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let found = async |words: &str| numbers(&skr.page(&format!("/samrad?q={words}")).await) == [number.as_str()];
        assert!(found("naturv%C3%A5rdsverket").await && found("vatten+%C3%A0+la").await && !found("skogsverket").await);
        let mut data = read(&ReferenceFiles::embedded()).expect("the program's own data");
        "9999-01-01".clone_into(&mut data.version);
        let agency = data.organisations.iter_mut().find(|one| one.code == OTHER).expect("the agency");
        "Skogsverket ÜBER Ängar".clone_into(&mut agency.name);
        load(&app.state.db, &data, clock::now()).await.expect("loaded");
        assert!(found("naturv%C3%A5rdsverket").await && found("%C3%BCber+%C3%A4ngar").await && found("vatten+skogsverket").await);
        // after a migration that knows no words the next start writes them
        let mut tx = app.state.db.write().await.expect("a transaction");
        words::forget(&mut tx, OTHER).await.expect("forgotten");
        tx.commit().await.expect("kept");
        assert!(!found("vatten").await);
        load(&app.state.db, &data, clock::now()).await.expect("the same version");
        assert!(found("vatten+%C3%BCber").await);
    });
}

#[test]
fn a_hundred_stand_on_a_page_and_the_latest_that_are_over_come_first() {
    run(async {
        let app = TestApp::real().await;
        let collection = collection(&app, SCB, "Enkät", &[]).await;
        let first_day = NaiveDate::from_ymd_opt(2027, 1, 1).expect("a day");
        let mut made = Vec::new();
        for at in 0..102 {
            let asking = asking(&["SKR"], CaseKind::New, first_day + Days::new(200 - at));
            made.push(ask(&app, &collection, SCB, &asking, clock::now()).await);
        }
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let page = skr.page("/samrad").await;
        made.reverse();
        assert_eq!(numbers(&page), made[..100]);
        assert!(page.contains("102\u{a0}ärenden") && page.contains("/samrad?sida=2"), "{page}");
        assert_eq!(numbers(&skr.page("/samrad?sida=2").await), made[100..]);
        assert_eq!(numbers(&skr.page("/samrad?sida=99").await), made[100..], "beyond the end stands the last page");
        state(&app, &made[5], "SKR", &[State::Withdrawn]).await;
        state(&app, &made[3], "SKR", &[State::Withdrawn]).await;
        assert_eq!(numbers(&skr.page("/samrad?visa=avslutade").await), [made[3].as_str(), &made[5]]);
    });
}

#[test]
fn a_case_is_given_to_oneself_or_a_colleague_and_nobody_takes_it_unawares() {
    run(async {
        let app = TestApp::real().await;
        let collection = collection(&app, SCB, "Enkät", &[]).await;
        let number = case(&app, &collection, SCB, &["SKR"], 10).await;
        let address = format!("/samrad/{number}/tilldela");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let colleague = app.person(Role::Skr, "SKR", false).await;
        let (me, other) = (skr.person.to_string(), colleague.id.to_string());
        let holder = async || {
            let mut tx = app.state.db.read().await.expect("a transaction");
            let parsed = ConsultationNumber::parse(&number).expect("a number");
            consultations::by_number(&mut tx, parsed).await.expect("read").expect("the case").parts[0].assignee
        };
        let taken = skr.post(&address, &[("till", &me), ("kollega", &other), ("nu", ""), ("vy", "/samrad?visa=nya")]).await;
        assert_eq!(taken.header("location"), format!("/samrad?visa=nya&sparat=tilldelat&nummer={number}"));
        assert_eq!(holder().await, Some(skr.person));
        let page = skr.page(taken.header("location")).await;
        assert!(page.contains(&format!("{number} har fått en handläggare.")), "{page}");
        assert_eq!(numbers(&skr.page("/samrad?visa=mina").await), [number.as_str()]);
        // whoever has a page from before that is told, and changes nothing
        let late = skr.post(&address, &[("kollega", &other), ("nu", "")]).await;
        assert_eq!(
            (late.header("location"), holder().await),
            (format!("/samrad?sparat=upptaget&nummer={number}").as_str(), Some(skr.person))
        );
        let given = skr.post(&address, &[("kollega", &other), ("nu", &me)]).await;
        assert_eq!((given.status, holder().await), (StatusCode::SEE_OTHER, Some(colleague.id)));
        skr.post(&address, &[("kollega", "ingen"), ("nu", &other)]).await;
        assert_eq!(holder().await, None);
        // only handläggare of the body, and only by them
        let stranger = app.person(Role::Skr, "NNR", false).await.id.to_string();
        for wrong in [stranger.as_str(), "hej", ""] {
            assert_eq!(skr.post(&address, &[("kollega", wrong), ("nu", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        for (role, organisation, status) in [
            (Role::Skr, "NNR", StatusCode::NOT_FOUND),
            (Role::Agency, SCB, StatusCode::FORBIDDEN),
            (Role::Admin, SCB, StatusCode::FORBIDDEN),
        ] {
            let answer = app.signed_in(role, organisation).await.post(&address, &[("till", &me), ("nu", "")]).await;
            assert_eq!(answer.status, status, "{role} {organisation}");
        }
        state(&app, &number, "SKR", &[State::Withdrawn]).await;
        assert_eq!(skr.post(&address, &[("till", &me), ("nu", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(holder().await, None);
        assert!(!skr.page("/samrad?visa=avslutade").await.contains("/tilldela"));
    });
}

#[test]
fn what_the_agency_has_replied_to_and_what_another_body_still_owes_are_told_apart() {
    run(async {
        let app = TestApp::real().await;
        let collection = collection(&app, SCB, "Enkät", &[]).await;
        let number = case(&app, &collection, SCB, &["SKR", "NNR"], 10).await;
        let (skr, agency) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Agency, SCB).await);
        let case = format!("/samrad/{number}");
        step(&skr, &case, "ta", &[], "taget").await;
        assert_eq!(count(&skr.page("/samrad").await, "Myndigheten har svarat"), "0");
        step(&skr, &case, "fraga", &[("ord", "Vilka skolor?")], "fragat").await;
        let desk = skr.page("/skrivbord").await;
        assert!(desk.contains("Dina ärenden") && desk.contains("ska svara på era frågor"), "{desk}");
        let asked = agency.page("/skrivbord").await;
        assert!(asked.contains("Väntar på ert svar") && asked.contains(&number), "{asked}");
        step(&agency, &case, "svara", &[("organ", "SKR"), ("ord-SKR", "Alla.")], "svarat").await;
        let page = skr.page("/samrad?visa=svarat").await;
        assert_eq!((numbers(&page), count(&page, "Myndigheten har svarat")), (vec![number.clone()], "1".to_owned()));
        assert!(page.contains("data-label=\"Läge\">Myndigheten har svarat<"), "{page}");
        assert!(skr.page("/skrivbord").await.contains("Myndigheten har svarat <span class=\"quiet num\">(1)"));
        // one of two has answered: there is nothing to close before the other has, or its day has passed
        step(&skr, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        let desk = agency.page("/skrivbord").await;
        assert!(desk.contains("Yttrande har kommit") && desk.contains("Väntar på Näringslivets Regelnämnd till och med den"), "{desk}");
        assert!(!desk.contains("Avsluta ärendet."), "{desk}");
        let page = agency.page("/samrad?visa=besvarade").await;
        assert!(page.contains("Väntar på Näringslivets Regelnämnd."), "{page}");
        state(&app, &number, "NNR", &[State::InReview, State::Answered]).await;
        assert!(agency.page("/skrivbord").await.contains("Avsluta ärendet."));
        assert!(skr.page("/skrivbord").await.contains("Myndigheten avslutar."));
    });
}
