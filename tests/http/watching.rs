//! Those who watch new consultations: told at once or once a day, of what everyone may read and of nothing else.

use axum::http::StatusCode;
use chrono::TimeDelta;
use insamlingsregister::actions::{self, watching};
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::person::Person;

use crate::client::Client;
use crate::consultations::{asked, form};
use crate::pairs::{flag, went_to};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, hand_over, run};

/// Skatteverket, where the analysts of the tests work.
const OTHER: &str = "202100-5448";

/// A planned collection of SCB's, and its number.
async fn planned(app: &TestApp, reference: &str, more: &[(&str, &str)]) -> String {
    let row = with(with(full_row(reference, &format!("Enkät {reference}")), &[("status", "planerad")]), more);
    app.import(SCB, &[row]).await.expect("written");
    app.newest_number().await
}

async fn watch(client: &Client<'_>, agency: &str, area: &str, pace: &str) {
    let fields = [("myndighet", agency), ("omrade", area), ("takt", pace)];
    went_to(&client.post("/bevakningar", &fields).await, "/bevakningar?sparat=ja");
}

/// The letters about new consultations to somebody.
async fn told(app: &TestApp, person: &Person) -> Vec<String> {
    let all = app.letters(person.email.as_deref().unwrap_or_default()).await;
    all.into_iter().filter(|letter| letter.contains("som du bevakar")).collect()
}

#[test]
fn whoever_watches_is_told_at_once_of_what_fits_and_is_open() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let mut people = Vec::new();
        for (agency, area) in [("", ""), (SCB, ""), ("", "kultur-och-fritid"), (SCB, "utbildning"), (OTHER, "")] {
            let person = app.person(Role::Analyst, OTHER, false).await;
            let analyst = app.enter(person.id).await;
            watch(&analyst, agency, area, "at_once").await;
            // the same once more is there once; two that both fit are told of once
            watch(&analyst, agency, area, "at_once").await;
            people.push(person);
        }
        let everything = app.enter(people[0].id).await;
        watch(&everything, SCB, "", "at_once").await;
        let open = planned(&app, "B-1", &[("ämnesområde", "Kultur och fritid")]).await;
        let hidden = planned(&app, "B-2", &[("visas öppet från", "inte")]).await;
        asked(&own, &hidden, &form("2099-01-15", "")).await;
        let case = asked(&own, &open, &form("2099-01-15", "")).await;
        let mut counts = Vec::new();
        for person in &people {
            let letters = told(&app, person).await;
            let number = case.trim_start_matches("/samrad/");
            assert!(letters.iter().all(|one| one.contains(number) && one.contains("/bevakningar") && !one.contains("B-2")), "{letters:?}");
            counts.push(letters.len());
        }
        assert_eq!(counts, [1, 1, 1, 0, 0]);
        let page = everything.page("/bevakningar").await;
        assert!(page.contains("Enkät B-1") && !page.contains("Enkät B-2") && !page.contains(&format!("/{hidden}\"")), "{page}");
        assert_eq!(page.matches("Alla nya samråd").count(), 2, "a row, and its button's name: {page}");
        let elsewhere = app.enter(people[4].id).await.page("/bevakningar").await;
        assert!(elsewhere.contains("Inget pågående samråd stämmer") && !elsewhere.contains("Enkät B-1"), "{elsewhere}");
        // who took over the agency is watched with it
        hand_over(&app, SCB, "202100-0852").await;
        let after = app.signed_in(Role::Analyst, OTHER).await;
        watch(&after, "202100-5026", "", "daily").await;
        assert!(after.page("/bevakningar").await.contains("Enkät B-1"));
    });
}

#[test]
fn a_summary_comes_once_a_day_and_tells_of_each_case_once() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let person = app.person(Role::Analyst, OTHER, false).await;
        let analyst = app.enter(person.id).await;
        watch(&analyst, "", "", "daily").await;
        let (first, second) = (planned(&app, "B-1", &[]).await, planned(&app, "B-2", &[]).await);
        asked(&own, &first, &form("2099-01-15", "")).await;
        let origin = actions::origin(&app.state);
        let now = clock::now();
        let after = |hours: i64| now + TimeDelta::hours(hours);
        let round = async |hours: i64| watching::summarise(&app.state.db, &origin, after(hours)).await.expect("a round");
        assert_eq!((told(&app, &person).await.len(), round(1).await), (0, 0), "not at once, and no sooner than a day");
        // two instances at the same moment
        let (one, other) = tokio::join!(round(24), round(24));
        assert_eq!(one + other, 1);
        assert_eq!(round(48).await, 0, "nothing is new");
        let letters = told(&app, &person).await;
        assert!(letters.len() == 1 && letters[0].contains("Enkät B-1"), "{letters:?}");
        asked(&own, &second, &form("2099-01-15", "")).await;
        // what was asked for now lies before the round above, so far ahead did the test set the clock
        crate::cases::execute(&app, "UPDATE consultation SET requested_at = '2098-01-01T00:00:00+00:00' WHERE closed_at IS NULL", &[])
            .await;
        let late = "2098-01-02T00:00:00Z".parse().expect("a moment");
        assert_eq!(watching::summarise(&app.state.db, &origin, late).await.expect("a round"), 1);
        assert!(told(&app, &person).await[1].contains("2 samråd som du bevakar"), "both bear the later moment now");
    });
}

#[test]
fn each_case_is_told_once_and_none_that_is_over_and_none_is_lost_as_the_pace_changes() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let (twice, changing) = (app.person(Role::Analyst, OTHER, false).await, app.person(Role::Analyst, OTHER, false).await);
        let (both, later) = (app.enter(twice.id).await, app.enter(changing.id).await);
        watch(&both, "", "", "daily").await;
        watch(&both, SCB, "", "at_once").await;
        watch(&later, SCB, "", "daily").await;
        let (first, second, third) = (planned(&app, "B-1", &[]).await, planned(&app, "B-2", &[]).await, planned(&app, "B-3", &[]).await);
        asked(&own, &first, &form("2099-01-15", "")).await;
        assert_eq!((told(&app, &twice).await.len(), told(&app, &changing).await.len()), (1, 0));
        // from daily to at once: what waited is told now, and what comes is told then
        watch(&later, SCB, "", "at_once").await;
        let letters = told(&app, &changing).await;
        assert!(letters.len() == 1 && letters[0].contains("Enkät B-1"), "{letters:?}");
        asked(&own, &second, &form("2099-01-15", "")).await;
        assert_eq!(told(&app, &changing).await.len(), 2);
        // and back: what was told at once is not told again
        watch(&later, SCB, "", "daily").await;
        let gone = asked(&own, &third, &form("2099-01-15", "")).await;
        crate::consultations::step(&own, &gone, "aterkalla", &[], "aterkallat").await;
        let origin = actions::origin(&app.state);
        let late = clock::now() + TimeDelta::hours(24);
        assert_eq!(watching::summarise(&app.state.db, &origin, late).await.expect("a round"), 0, "all was told, or is over");
        assert!(!both.page("/bevakningar").await.contains("Enkät B-3"), "what is over has nothing to be changed");
        assert!(both.page("/bevakningar").await.contains("Enkät B-2"));
    });
}

#[test]
fn one_who_cannot_be_told_is_in_nobodys_way() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let mut people = vec![app.person(Role::Analyst, OTHER, false).await, app.person(Role::Analyst, OTHER, false).await];
        people.sort_by_key(|person| person.id);
        for person in &people {
            watch(&app.enter(person.id).await, "", "", "daily").await;
        }
        asked(&own, &planned(&app, "B-1", &[]).await, &form("2099-01-15", "")).await;
        let email = people[0].email.clone().unwrap_or_default();
        crate::cases::execute(&app, "UPDATE person SET role = 'unknown' WHERE email = $1", &[&email]).await;
        let late = clock::now() + TimeDelta::hours(24);
        let round = watching::summarise(&app.state.db, &actions::origin(&app.state), late).await;
        assert_eq!(round.expect("a round"), 1);
        assert_eq!(told(&app, &people[1]).await.len(), 1, "who comes after is told");
    });
}

#[test]
fn who_watches_too_much_is_told_so_at_the_top() {
    run(async {
        let app = TestApp::real().await;
        let analyst = app.signed_in(Role::Analyst, OTHER).await;
        let mut tx = app.state.db.write().await.expect("a transaction");
        let one = insamlingsregister::domain::watching::Watch {
            agency: Some(SCB.to_owned()),
            area: None,
            pace: insamlingsregister::domain::watching::Pace::Daily,
        };
        for _ in 0..insamlingsregister::domain::watching::MOST {
            insamlingsregister::db::watching::add(&mut tx, clock::new_id(), analyst.person, &one, clock::now()).await.expect("a watch");
        }
        tx.commit().await.expect("committed");
        let refused = analyst.post("/bevakningar", &[("myndighet", ""), ("omrade", ""), ("takt", "daily")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("<a href=\"#h-bevakar\">Du har redan 50 bevakningar."), "{}", refused.text);
        assert!(!refused.text.contains("aria-invalid"), "it is no field's fault: {}", refused.text);
    });
}

#[test]
fn what_a_collection_is_like_is_shown_with_what_was_said_of_it() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let (met, asking) = (planned(&app, "B-1", &[]).await, planned(&app, "B-2", &[]).await);
        asked(&own, &asking, &form("2099-01-15", "")).await;
        let pair = flag(&app, &asking, &met).await;
        let analyst = app.signed_in(Role::Analyst, OTHER).await;
        watch(&analyst, "", "", "daily").await;
        let page = analyst.page("/bevakningar").await;
        for said in [
            "Enkät B-1",
            &format!("href=\"/liknande/{pair}\""),
            "Uppgifter som liknar varandra: 1.",
            "Obesvarad: myndigheten har inte svarat",
            "begärt",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let answer = [("svar", "differs"), ("skal", "Gäller friskolor.")];
        went_to(&crate::pairs::answer(&own, &format!("/liknande/{pair}"), &answer).await, &format!("/liknande/{pair}?sparat=svar"));
        assert!(
            analyst.page("/bevakningar").await.contains("Myndighetens svar: insamlingen skiljer sig"),
            "{}",
            analyst.page("/bevakningar").await
        );
    });
}

#[test]
fn only_reviewers_watch_and_what_they_watch_goes_with_them() {
    run(async {
        let app = TestApp::real().await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        assert_eq!(agency.get("/bevakningar").await.status, StatusCode::FORBIDDEN);
        let person = app.person(Role::Analyst, OTHER, false).await;
        let analyst = app.enter(person.id).await;
        assert!(analyst.page("/skrivbord").await.contains("href=\"/bevakningar\""));
        let missing = analyst.post("/bevakningar", &[("myndighet", SCB), ("omrade", "")]).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(missing.text.contains("Välj hur ofta") && missing.text.contains(&format!("value=\"{SCB}\" selected")), "{}", missing.text);
        for (agency, area, said) in [("x", "", "Välj en myndighet i listan."), ("", "x", "Välj ett område i listan.")] {
            let wrong = analyst.post("/bevakningar", &[("myndighet", agency), ("omrade", area), ("takt", "daily")]).await;
            assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains(said), "{}", wrong.text);
        }
        watch(&analyst, SCB, "", "at_once").await;
        // once more with another pace changes it
        watch(&analyst, SCB, "", "daily").await;
        let page = analyst.page("/bevakningar").await;
        assert!(page.contains("Mejl en gång om dagen") && !page.contains("Mejl direkt"), "{page}");
        let (_, rest) = page.split_once("action=\"/bevakningar/").expect("a form");
        let id = rest.split('/').next().expect("an identity").to_owned();
        let colleague = app.signed_in(Role::Analyst, OTHER).await;
        went_to(&colleague.post(&format!("/bevakningar/{id}/ta-bort"), &[]).await, "/bevakningar?sparat=borta");
        assert!(analyst.page("/bevakningar").await.contains(&id), "nobody takes another's away");
        went_to(&analyst.post(&format!("/bevakningar/{id}/ta-bort"), &[]).await, "/bevakningar?sparat=borta");
        assert!(analyst.page("/bevakningar").await.contains("Du bevakar inget än."));
        watch(&analyst, "", "", "at_once").await;
        assert_eq!(analyst.post("/konto/ta-bort", &[("saker", "ja")]).await.status, StatusCode::SEE_OTHER);
        let mut tx = app.state.db.read().await.expect("a transaction");
        let left = insamlingsregister::db::watching::of_person(&mut tx, person.id).await.expect("read");
        assert_eq!(left, [], "what was watched goes with the person");
    });
}
