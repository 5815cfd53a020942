//! The people of an organisation: invited, changed, closed, taken out; and accounts that nobody uses.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::{DateTime, Days, TimeDelta, Utc};
use insamlingsregister::actions::people::{self as deeds, Invitation};
use insamlingsregister::clock;
use insamlingsregister::db::{events, people};
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::person::Person;
use insamlingsregister::error::Error;
use insamlingsregister::jobs::upkeep;
use uuid::Uuid;

use crate::client::{link_in, posting};
use crate::support::{Answer, SCB, TestApp, run};

/// Skatteverket, which is another agency.
const OTHER: &str = "202100-5448";

async fn person(app: &TestApp, id: Uuid) -> Person {
    let mut tx = app.state.db.read().await.expect("a transaction");
    people::get(&mut tx, id).await.expect("read").expect("the row stays")
}

async fn by_email(app: &TestApp, email: &str) -> Option<Person> {
    let mut tx = app.state.db.read().await.expect("a transaction");
    people::by_email(&mut tx, email).await.expect("read")
}

/// What the trail tells of a person, the oldest first.
async fn trail(app: &TestApp, id: Uuid) -> Vec<String> {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let events = events::of(&mut tx, "person", &id.to_string()).await.expect("read");
    events.into_iter().rev().map(|event| event.action).collect()
}

fn went_to(answer: &Answer, path: &str) {
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, path), "{}", answer.text);
}

#[test]
fn a_manager_invites_and_the_letter_signs_in() {
    run(async {
        let app = TestApp::real().await;
        let manager = app.signed_in_manager(Role::Agency, SCB).await;
        let page = manager.page("/personer").await;
        assert!(page.contains("Statistiska centralbyrån") && !page.contains("value=\"admin\""), "{page}");
        let fields =
            [("organisation", SCB), ("epost", "Ny@SCB.example"), ("namn", "Insamlingsenheten"), ("roll", "agency"), ("ansvarig", "ja")];
        went_to(&manager.post("/personer", &fields).await, &format!("/personer?organisation={SCB}&sparat=inbjuden"));
        let list = manager.page(&format!("/personer?organisation={SCB}&sparat=inbjuden")).await;
        assert!(list.contains("Inbjudan är på väg") && list.contains("Insamlingsenheten") && list.contains("ny@scb.example"), "{list}");
        let letters = app.letters("ny@scb.example").await;
        assert!(letters[0].contains("handläggare") && letters[0].contains("Statistiska centralbyrån"), "{}", letters[0]);
        let entered = app.send(posting(&link_in(&letters[0]), &[])).await;
        went_to(&entered, "/skrivbord");
        let new = by_email(&app, "ny@scb.example").await.expect("written");
        assert!(new.manager && new.last_seen_at.is_some());
        assert_eq!(trail(&app, new.id).await, ["person.invited", "person.signed_in"]);
    });
}

#[test]
fn what_a_manager_may_not_do_is_refused() {
    run(async {
        let app = TestApp::real().await;
        let manager = app.signed_in_manager(Role::Agency, SCB).await;
        let stranger = app.person(Role::Agency, OTHER, false).await;
        let admin = app.person(Role::Admin, SCB, false).await;
        let taken = stranger.email.clone().expect("an address");
        let invitation = |organisation: &'static str, role: &'static str, email: &str| {
            [("organisation", organisation.to_owned()), ("roll", role.to_owned()), ("epost", email.to_owned())]
        };
        for (fields, status) in [
            (invitation(OTHER, "agency", "ny@scb.example"), StatusCode::FORBIDDEN),
            (invitation("", "agency", "ny@scb.example"), StatusCode::FORBIDDEN),
            (invitation(SCB, "admin", "ny@scb.example"), StatusCode::UNPROCESSABLE_ENTITY),
            (invitation(SCB, "analyst", "ny@scb.example"), StatusCode::UNPROCESSABLE_ENTITY),
            (invitation(SCB, "", "ny@scb.example"), StatusCode::UNPROCESSABLE_ENTITY),
            (invitation(SCB, "agency", "<script>alert(1)</script>"), StatusCode::UNPROCESSABLE_ENTITY),
            (invitation(SCB, "agency", &taken), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = manager.post("/personer", &pairs).await;
            assert_eq!(answer.status, status, "{fields:?}: {}", answer.text);
            assert!(!answer.text.contains("<script>alert") && !answer.text.contains("Skatteverket"), "{}", answer.text);
        }
        assert_eq!(by_email(&app, "ny@scb.example").await, None);
        for id in [stranger.id, admin.id] {
            assert_eq!(manager.get(&format!("/personer/{id}")).await.status, StatusCode::FORBIDDEN);
            for deed in ["", "/bjud-in", "/stang", "/ta-bort"] {
                let answer =
                    manager.post(&format!("/personer/{id}{deed}"), &[("roll", "agency"), ("saker", "ja"), ("bekraftat", "ja")]).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{deed}");
            }
        }
        assert_eq!((person(&app, stranger.id).await, person(&app, admin.id).await), (stranger, admin));
        let plain = app.signed_in(Role::Agency, SCB).await;
        assert_eq!(plain.get("/personer").await.status, StatusCode::FORBIDDEN);
        assert_eq!(manager.get(&format!("/personer?organisation={OTHER}")).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn an_administrator_looks_after_everybody() {
    run(async {
        let app = TestApp::real().await;
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        let other = app.person(Role::Agency, SCB, true).await;
        let page = admin.page(&format!("/personer?organisation={SCB}")).await;
        assert!(page.contains(other.email.as_deref().expect("an address")) && page.contains("Andra organisationer"), "{page}");
        let address = format!("/personer/{}", other.id);
        let unknowing = admin.post(&address, &[("roll", "analyst")]).await;
        assert_eq!(unknowing.status, StatusCode::UNPROCESSABLE_ENTITY, "it is the only manager");
        went_to(
            &admin.post(&address, &[("roll", "analyst"), ("ansvarig", "ja")]).await,
            &format!("/personer?organisation={SCB}&sparat=andrad"),
        );
        assert_eq!(person(&app, other.id).await.role, Role::Analyst);
        let wrong = admin.post(&address, &[("roll", "municipality"), ("ansvarig", "ja")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "no agency has coordinators");
        assert_eq!(admin.get("/personer?organisation=finns-inte").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_last_manager_goes_only_knowingly() {
    run(async {
        let app = TestApp::real().await;
        let manager = app.signed_in_manager(Role::Agency, SCB).await;
        let address = format!("/personer/{}", manager.person);
        for (deed, field) in [("", ("roll", "agency")), ("/stang", ("x", "y")), ("/ta-bort", ("saker", "ja"))] {
            let answer = manager.post(&format!("{address}{deed}"), &[field]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{deed}");
            assert!(answer.text.contains("name=\"bekraftat\"") && answer.text.contains("Organisationen får då ingen"), "{}", answer.text);
        }
        let answer = manager.post("/konto/ta-bort", &[("saker", "ja")]).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains("name=\"bekraftat\""), "{}", answer.text);
        assert!(person(&app, manager.person).await.manager);
        let other = app.person(Role::Agency, SCB, true).await;
        went_to(&manager.post(&format!("/personer/{}/stang", other.id), &[]).await, &format!("/personer?organisation={SCB}&sparat=stangd"));
        went_to(
            &manager.post(&address, &[("roll", "agency"), ("bekraftat", "ja")]).await,
            &format!("/personer?organisation={SCB}&sparat=andrad"),
        );
        assert!(!person(&app, manager.person).await.manager);
        assert_eq!(manager.get("/personer").await.status, StatusCode::FORBIDDEN, "what was taken away is gone at once");
    });
}

#[test]
fn whoever_is_taken_out_leaves_role_and_organisation() {
    run(async {
        let app = TestApp::real().await;
        let manager = app.signed_in_manager(Role::Agency, SCB).await;
        let leaving = app.signed_in(Role::Agency, SCB).await;
        let email = person(&app, leaving.person).await.email.expect("an address");
        let address = format!("/personer/{}", leaving.person);
        went_to(&manager.post(&format!("{address}/bjud-in"), &[]).await, &format!("/personer?organisation={SCB}&sparat=inbjuden"));
        let link = link_in(&app.letters(&email).await[0]);
        let unsure = manager.post(&format!("{address}/ta-bort"), &[]).await;
        assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
        went_to(
            &manager.post(&format!("{address}/ta-bort"), &[("saker", "ja")]).await,
            &format!("/personer?organisation={SCB}&sparat=borttagen"),
        );
        let row = person(&app, leaving.person).await;
        assert_eq!((row.email, row.name, row.organisation.as_str(), row.role), (None, None, SCB, Role::Agency));
        assert!(row.erased_at.is_some() && row.closed_at.is_some());
        assert_eq!(app.sessions_of(leaving.person).await, 0);
        assert_eq!(app.letters(&email).await.len(), 0, "what was not sent is not sent");
        assert_eq!(app.send(posting(&link, &[])).await.status, StatusCode::NOT_FOUND);
        assert_eq!(manager.get(&address).await.status, StatusCode::NOT_FOUND);
        assert_eq!(leaving.get("/konto").await.status, StatusCode::SEE_OTHER);
        assert_eq!(trail(&app, leaving.person).await, ["person.signed_in", "person.invited", "person.erased"]);
        let back = Invitation { email: email.clone(), name: None, organisation: OTHER.into(), role: Role::Agency, manager: false };
        deeds::invite(&app.state.db, &back, clock::now()).await.expect("the address is free again");
        assert_ne!(by_email(&app, &email).await.expect("a new person").id, leaving.person);
    });
}

#[test]
fn ones_own_account_is_seen_named_left_everywhere_and_taken_out() {
    run(async {
        let app = TestApp::real().await;
        let one = app.signed_in(Role::Municipality, "1480").await;
        let two = app.enter(one.person).await;
        let email = person(&app, one.person).await.email.expect("an address");
        let page = one.page("/konto").await;
        assert!(page.contains(&email) && page.contains("Samordnare") || page.contains("samordnare"), "{page}");
        went_to(&one.post("/konto", &[("namn", " Samordningen  Göteborg ")]).await, "/konto?sparat=namn");
        assert!(one.page("/konto?sparat=namn").await.contains("Samordningen Göteborg"));
        let long = one.post("/konto", &[("namn", &"<".repeat(101))]).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(long.text.contains("aria-invalid=\"true\""), "{}", long.text);
        went_to(&one.post("/konto/logga-ut-overallt", &[]).await, "/");
        for client in [&one, &two] {
            went_to(&client.get("/konto").await, "/logga-in?vidare=%2Fkonto");
        }
        let again = app.enter(one.person).await;
        assert_eq!(again.post("/konto/ta-bort", &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        went_to(&again.post("/konto/ta-bort", &[("saker", "ja")]).await, "/");
        assert_eq!(person(&app, one.person).await.email, None);
        let told = trail(&app, one.person).await;
        assert_eq!(told[2..], ["person.changed", "person.signed_out_everywhere", "person.signed_in", "person.erased"]);
    });
}

#[test]
fn accounts_that_nobody_uses_are_warned_of_and_closed() {
    run(async {
        let app = TestApp::real().await;
        let now = clock::now();
        let ago = |days: u64| -> Option<DateTime<Utc>> { now.checked_sub_days(Days::new(days)) };
        let mut ids = Vec::new();
        for (seen, warned) in [(300, None), (370, None), (420, Some(40)), (420, None), (420, Some(3))] {
            let person = app.person(Role::Agency, SCB, false).await;
            let mut tx = app.state.db.write().await.expect("a transaction");
            let created_at = ago(500).expect("a day");
            let person = Person { created_at, last_seen_at: ago(seen), warned_at: warned.and_then(ago), ..person };
            people::put(&mut tx, &person).await.expect("written");
            tx.commit().await.expect("committed");
            ids.push(person);
        }
        let origin = insamlingsregister::actions::origin(&app.state);
        assert_eq!(upkeep::daily(&app.state.db, &origin, now).await.expect("done"), (2, 1));
        let mut letters = Vec::new();
        for person in &ids {
            letters.push(app.letters(person.email.as_deref().expect("an address")).await.len());
        }
        assert_eq!(letters, [0, 1, 0, 1, 0]);
        assert_eq!(upkeep::daily(&app.state.db, &origin, now).await.expect("done"), (0, 0), "nobody is warned twice");
        assert!(person(&app, ids[2].id).await.closed_at.is_some());
        assert_eq!(trail(&app, ids[2].id).await, ["person.closed"]);
        app.enter(ids[1].id).await;
        let later = now + TimeDelta::days(60);
        assert_eq!(upkeep::daily(&app.state.db, &origin, later).await.expect("done"), (0, 2), "whoever signed in stays");
        assert_eq!(person(&app, ids[1].id).await.warned_at, None);
    });
}

#[test]
fn whoever_is_invited_back_is_not_warned_at_once() {
    run(async {
        let app = TestApp::real().await;
        let now = clock::now();
        let manager = app.signed_in_manager(Role::Agency, SCB).await;
        let gone = app.person(Role::Agency, SCB, false).await;
        let ago = |days: u64| now.checked_sub_days(Days::new(days));
        let created_at = ago(800).expect("a day");
        let gone = Person { created_at, last_seen_at: ago(500), warned_at: ago(100), closed_at: ago(80), ..gone };
        let mut tx = app.state.db.write().await.expect("a transaction");
        people::put(&mut tx, &gone).await.expect("written");
        tx.commit().await.expect("committed");
        let path = format!("/personer/{}/bjud-in", gone.id);
        went_to(&manager.post(&path, &[]).await, &format!("/personer?organisation={SCB}&sparat=inbjuden"));
        let origin = insamlingsregister::actions::origin(&app.state);
        assert_eq!(upkeep::daily(&app.state.db, &origin, now).await.expect("done"), (0, 0));
        let back = person(&app, gone.id).await;
        assert_eq!((back.closed_at, back.warned_at, back.last_seen_at), (None, None, gone.last_seen_at));
        let year = now + TimeDelta::days(366);
        assert_eq!(upkeep::daily(&app.state.db, &origin, year).await.expect("done").1, 0, "a warning comes first");
        assert!(person(&app, gone.id).await.warned_at.is_some(), "a year without a sign-in counts anew");
    });
}

/// Lets `deed` begin while another transaction holds a person, which `change` then writes.
async fn meanwhile<T: Send + 'static>(
    app: &TestApp,
    held: &Person,
    change: impl FnOnce(Person) -> Person,
    deed: impl Future<Output = T> + Send + 'static,
) -> T {
    let mut tx = app.state.db.write().await.expect("a transaction");
    people::lock_organisation_of(&mut tx, held.id).await.expect("held");
    people::lock(&mut tx, held.id).await.expect("held");
    let deed = tokio::spawn(deed);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!deed.is_finished(), "it waits");
    people::put(&mut tx, &change(held.clone())).await.expect("written");
    tx.commit().await.expect("committed");
    deed.await.expect("no panic")
}

fn actor_of(person: &Person) -> Actor {
    Actor { person: person.id, organisation: person.organisation.clone(), role: person.role, manager: person.manager }
}

#[test]
fn what_was_closed_or_taken_out_meanwhile_stays_so() {
    run(async {
        let app = TestApp::real().await;
        let now = clock::now();
        let admin = actor_of(&app.person(Role::Admin, SCB, false).await);
        let db = app.state.db.clone();
        let erased = move |one: Person| Person { email: None, name: None, closed_at: Some(now), erased_at: Some(now), ..one };
        let one = app.person(Role::Agency, SCB, false).await;
        let (to, actor) = (db.clone(), actor_of(&one));
        let renamed = meanwhile(&app, &one, erased, async move { deeds::rename(&to, &actor, "Åter", now).await }).await;
        assert!(matches!(renamed, Err(Error::NotFound)), "{renamed:?}");
        assert_eq!(person(&app, one.id).await, erased(one));
        let two = app.person(Role::Agency, SCB, false).await;
        let (to, by, id) = (db.clone(), admin.clone(), two.id);
        let analyst = deeds::Change { role: Role::Analyst, manager: false, confirmed: true };
        let closed = move |one: Person| Person { closed_at: Some(now), ..one };
        meanwhile(&app, &two, closed, async move { deeds::change(&to, &by, id, analyst, now).await }).await.expect("changed");
        assert_eq!(person(&app, two.id).await, Person { role: Role::Analyst, ..closed(two) });
        let three = app.person(Role::Agency, SCB, false).await;
        let old = Person { last_seen_at: now.checked_sub_days(Days::new(420)), warned_at: now.checked_sub_days(Days::new(40)), ..three };
        let mut tx = db.write().await.expect("a transaction");
        people::put(&mut tx, &old).await.expect("written");
        tx.commit().await.expect("committed");
        let (to, origin) = (db.clone(), insamlingsregister::actions::origin(&app.state));
        let back = move |one: Person| Person { last_seen_at: Some(now), warned_at: None, ..one };
        let done = meanwhile(&app, &old, back, async move { deeds::close_inactive(&to, &origin, now).await }).await;
        assert_eq!((done.expect("done"), person(&app, old.id).await), ((0, 0), back(old)));
    });
}

#[test]
fn of_two_managers_who_leave_at_once_one_stays() {
    run(async {
        let app = TestApp::real().await;
        let now = clock::now();
        let (one, two) = (app.person(Role::Agency, SCB, true).await, app.person(Role::Agency, SCB, true).await);
        let (to, actor) = (app.state.db.clone(), actor_of(&two));
        let leaving = async move { deeds::erase(&to, &actor, actor.person, false, now).await };
        let left = meanwhile(&app, &one, |one| Person { closed_at: Some(now), ..one }, leaving).await;
        assert!(matches!(&left, Err(Error::Invalid(said)) if said == deeds::LAST_MANAGER), "{left:?}");
        assert_eq!(person(&app, two.id).await, two);
    });
}

#[test]
fn the_trail_is_read_by_the_organisation_and_by_administrators() {
    run(async {
        let app = TestApp::real().await;
        let manager = app.signed_in_manager(Role::Agency, SCB).await;
        let stranger = app.signed_in(Role::Agency, OTHER).await;
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        let fields = [("organisation", SCB), ("epost", "ny@scb.example"), ("roll", "agency")];
        assert_eq!(manager.post("/personer", &fields).await.status, StatusCode::SEE_OTHER);
        let own = manager.page("/handelser").await;
        assert!(own.contains("Bjöd in en person") && own.contains("Handläggare, Statistiska centralbyrån"), "{own}");
        assert!(!own.contains("Skatteverket") && !own.contains("ny@scb.example"), "{own}");
        assert!(!manager.page("/handelser?slag=collection").await.contains("Bjöd in"));
        for path in ["/handelser?organisation=202100-0837", "/handelser.csv?organisation=202100-0837"] {
            assert_eq!(stranger.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(app.get(path).await.status, StatusCode::SEE_OTHER, "{path}");
            assert_eq!(admin.get(path).await.status, StatusCode::OK, "{path}");
        }
        let all = admin.page("/handelser").await;
        assert!(all.contains("Statistiska centralbyrån") && all.contains("Skatteverket") && all.contains("Läste in myndigheter"), "{all}");
        let file = manager.get("/handelser.csv?slag=person").await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert!(file.text.starts_with("\u{feff}Tid;Organisation;Roll;Händelse;Gäller;Adress\r\n"), "{}", file.text);
        assert!(file.text.contains(";Statistiska centralbyrån;handläggare;Bjöd in en person;handläggare;"), "{}", file.text);
        for odd in ["/handelser?sida=99999999999999999999&slag=%27", "/handelser?sida=-1", "/handelser?sida=1000000"] {
            assert_eq!(manager.get(odd).await.status, StatusCode::OK, "{odd}");
        }
    });
}
