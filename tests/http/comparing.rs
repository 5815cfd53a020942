//! Comparing every collection with the others in the background, whatever happens meanwhile.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::TimeDelta;
use insamlingsregister::actions::comparing::{Round, compare_next, compare_some};
use insamlingsregister::clock;
use insamlingsregister::db::pairs::checks::{self, Due};
use insamlingsregister::db::{Db, Query, involved, pairs};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::CollectionNumber;
use insamlingsregister::domain::overlap::weights::METHOD;
use serde_json::Value;
use uuid::Uuid;

use crate::client::Client;
use crate::editor::{begun, sent};
use crate::pairs::{LIBRARIES, answer, compare, planned};
use crate::support::{SCB, TestApp, run};

/// Naturvårdsverket, another agency.
const OTHER: &str = "202100-1975";

async fn id_of(app: &TestApp, number: &str) -> Uuid {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let number = CollectionNumber::parse(number).expect("a number");
    involved::by_number(&mut tx, number, clock::swedish_day(clock::now())).await.expect("read").expect("a collection").id
}

/// The numbers of the collections that `number` is flagged with.
async fn flagged_with(app: &TestApp, number: &str) -> Vec<String> {
    let id = id_of(app, number).await;
    let mut tx = app.state.db.read().await.expect("a transaction");
    let mut others = Vec::new();
    for pair in pairs::of_collection(&mut tx, id).await.expect("read").iter().filter(|pair| pair.gone_at.is_none()) {
        let [asking, met] = pairs::numbers(&mut tx, &pair.found).await.expect("numbers");
        others.push(if asking == number { met } else { asking });
    }
    others.sort();
    others
}

/// Copies a collection through the form and registers the copy; answers its number.
async fn copied(app: &TestApp, client: &Client<'_>, number: &str) -> String {
    let draft = begun(client, &[("kopia", number)]).await;
    let answer = sent(client, &draft, "granska", &[("gor", "registrera")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    app.follow().await;
    answer.header("location").trim_start_matches("/insamlingar/").split('?').next().expect("a number").to_owned()
}

#[test]
fn copies_are_no_overlap_with_their_source_nor_with_each_other() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[planned("B-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
        let source = app.number_of("Skolbibliotekens bemanning").await.expect("one");
        let own = app.signed_in(Role::Agency, SCB).await;
        let (copy, twin) = (copied(&app, &own, &source).await, copied(&app, &own, &source).await);
        let grandchild = copied(&app, &own, &copy).await;
        app.import(OTHER, &[planned("S-1", "Bemanning i skolbibliotek", &LIBRARIES)]).await.expect("written");
        let stranger = app.number_of("Bemanning i skolbibliotek").await.expect("one");
        compare(&app).await;
        let family = [&source, &copy, &twin, &grandchild];
        for number in family {
            assert_eq!(flagged_with(&app, number).await, [stranger.as_str()], "{number}");
            // nor beside the form of one more copy, nor in the open data
            let draft = begun(&own, &[("kopia", number)]).await;
            let beside = own.post(&format!("{draft}/uppgifter/liknande"), &[]).await;
            assert!(beside.text.contains(&stranger) && family.iter().all(|one| !beside.text.contains(*one)), "{number}: {}", beside.text);
            let similar = own.page(&format!("/api/v1/collections/{number}/similar")).await;
            assert!(similar.contains(&stranger), "{similar}");
        }
        assert_eq!(flagged_with(&app, &stranger).await.len(), 4);
        let mut tx = app.state.db.read().await.expect("a transaction");
        let mut known = pairs::family(&mut tx, id_of(&app, &grandchild).await).await.expect("read");
        known.sort();
        let mut all = Vec::new();
        for number in family {
            all.push(id_of(&app, number).await);
        }
        all.sort();
        assert_eq!(known, all);
        assert_eq!(pairs::family(&mut tx, id_of(&app, &stranger).await).await.expect("read"), [id_of(&app, &stranger).await]);
        let nobody = CollectionNumber::parse("2026-9999").expect("a number");
        assert!(pairs::family_of_number(&mut tx, nobody).await.expect("read").is_empty());
    });
}

async fn due(db: &Db) -> Vec<Due> {
    checks::due(&mut db.read().await.expect("a transaction"), METHOD, Uuid::nil(), 1_000).await.expect("read")
}

async fn ask_again(db: &Db, id: Uuid) {
    let mut tx = db.write().await.expect("a transaction");
    checks::again(&mut tx, id).await.expect("asked");
    tx.commit().await.expect("committed");
}

#[test]
fn whoever_asks_for_another_comparison_gets_it_whatever_is_being_written() {
    run(async {
        let app = TestApp::real().await;
        let db = &app.state.db;
        app.import(SCB, &[planned("B-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
        let [read] = due(db).await[..] else { panic!("one collection") };
        // asked after it was read, before anything is written: what was found is not written
        ask_again(db, read.id).await;
        let mut tx = db.write().await.expect("a transaction");
        assert!(!checks::done(&mut tx, &read, METHOD, clock::now()).await.expect("tried"));
        tx.commit().await.expect("committed");
        let [again] = due(db).await[..] else { panic!("it is still due") };
        assert_eq!((again.asked, again.changed_at), (1, read.changed_at));
        // asked while it is being written: the one who asks waits, and is heard afterwards
        let mut tx = db.write().await.expect("a transaction");
        assert!(checks::done(&mut tx, &again, METHOD, clock::now()).await.expect("written"));
        let asking = tokio::spawn({
            let db = db.clone();
            async move { ask_again(&db, again.id).await }
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert!(!asking.is_finished(), "nobody asks in between");
        tx.commit().await.expect("committed");
        asking.await.expect("asked");
        let [last] = due(db).await[..] else { panic!("it is due once more") };
        assert_eq!(last.asked, 2);
        let mut tx = db.write().await.expect("a transaction");
        assert!(checks::done(&mut tx, &last, METHOD, clock::now()).await.expect("written"));
        tx.commit().await.expect("committed");
        assert!(due(db).await.is_empty());
        // and what changed meanwhile is not done either
        let stale = Due { changed_at: last.changed_at - TimeDelta::seconds(1), ..last };
        let mut tx = db.write().await.expect("a transaction");
        assert!(!checks::done(&mut tx, &stale, METHOD, clock::now()).await.expect("tried"));
    });
}

/// Ten collections that are all alike, five of each agency.
fn ten(word: &str) -> [Vec<Value>; 2] {
    let items: Vec<String> = LIBRARIES.iter().map(|item| format!("{item} {word}")).collect();
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    ["B", "S"].map(|letter| (0..5).map(|at| planned(&format!("{letter}-{at}"), &format!("Bemanning {letter}{at}"), &items)).collect())
}

#[test]
fn several_instances_at_once_neither_lose_anything_nor_stand_in_each_others_way() {
    run(async {
        let app = TestApp::real().await;
        let _somebody = app.signed_in(Role::Agency, SCB).await;
        let mut seen = BTreeSet::new();
        for word in ["i grundskolan", "i gymnasieskolan"] {
            let [own, others] = ten(word);
            app.import(SCB, &own).await.expect("written");
            app.import(OTHER, &others).await.expect("written");
            let instances: Vec<_> = (0..4)
                .map(|_| {
                    let state = app.state.clone();
                    tokio::spawn(async move { while compare_some(&state.db, &state.index, clock::now()).await.expect("compared") > 0 {} })
                })
                .collect();
            for instance in instances {
                instance.await.expect("it went well");
            }
            assert!(due(&app.state.db).await.is_empty());
            let mut tx = app.state.db.read().await.expect("a transaction");
            let ids: Vec<(Uuid,)> =
                Query::new("SELECT id FROM collection WHERE number IS NOT NULL").all(&mut tx).await.expect("collections");
            let ids: Vec<Uuid> = ids.into_iter().map(|(id,)| id).collect();
            let flags = checks::flags_of(&mut tx, &ids).await.expect("read");
            assert_eq!(flags.len(), 45, "every pair once");
            let substances: BTreeSet<&String> =
                flags.iter().flat_map(|flag| [&flag.found.substance, &flag.found.other_substance]).collect();
            assert_eq!(substances.len(), 10, "each pair is of what both say now");
            assert!(substances.iter().all(|one| seen.insert((*one).clone())), "and that is something new");
        }
    });
}

#[test]
fn one_instance_at_a_time_has_the_turn() {
    run(async {
        let app = TestApp::real().await;
        let _somebody = app.signed_in(Role::Agency, SCB).await;
        let (db, index, now) = (&app.state.db, &app.state.index, clock::now());
        let (mut one, mut two) = (Round::of(clock::new_id()), Round::of(clock::new_id()));
        let import = async |reference: &str| {
            app.import(SCB, &[planned(reference, &format!("Enkät {reference}"), &LIBRARIES)]).await.expect("written");
        };
        import("B-1").await;
        assert_eq!(compare_next(db, index, &mut one, now).await.expect("compared"), Some(1));
        import("B-2").await;
        assert_eq!(compare_next(db, index, &mut two, now).await.expect("left"), None, "it is the turn of the other");
        assert_eq!(due(db).await.len(), 1);
        assert_eq!(compare_next(db, index, &mut one, now).await.expect("compared"), Some(1));
        import("B-3").await;
        one.leave_turn(db).await.expect("left");
        assert_eq!(compare_next(db, index, &mut two, now).await.expect("compared"), Some(1));
        // one that was ended lets the others wait for a minute
        import("B-4").await;
        let soon = now + TimeDelta::seconds(59);
        assert_eq!(compare_next(db, index, &mut one, soon).await.expect("left"), None);
        let later = now + TimeDelta::seconds(61);
        let mut compared = compare_next(db, index, &mut one, later).await.expect("left");
        compared = compared.or(compare_next(db, index, &mut one, later).await.expect("compared"));
        assert_eq!(compared, Some(1));
    });
}

#[test]
fn the_fault_of_one_collection_does_not_stop_the_others() {
    run(async {
        let app = TestApp::real().await;
        let _somebody = app.signed_in(Role::Agency, SCB).await;
        let winter = ["Saltförråd vid vintervägar", "Plogade gångbanor i kilometer"];
        app.import(SCB, &[planned("B-0", "Vinterväghållning", &winter), planned("B-1", "Bemanning", &LIBRARIES)]).await.expect("written");
        app.import(OTHER, &[planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
        let broken = id_of(&app, &app.number_of("Vinterväghållning").await.expect("one")).await;
        let (db, now) = (&app.state.db, clock::now());
        let damage = async |kind: &str| {
            let mut tx = db.write().await.expect("a transaction");
            let damage = Query::new("UPDATE collection_version SET kind = $2 WHERE collection_id = $1").bind(broken).bind(kind);
            assert_eq!(damage.run(&mut tx).await.expect("damaged"), 1);
            tx.commit().await.expect("committed");
        };
        damage("obegripligt").await;
        let mut round = Round::default();
        assert_eq!(compare_next(db, &app.state.index, &mut round, now).await.expect("compared"), Some(2));
        assert_eq!(due(db).await.iter().map(|one| one.id).collect::<Vec<_>>(), [broken]);
        let asks = app.number_of("Skolbibliotekens bemanning").await.expect("one");
        assert_eq!(flagged_with(&app, &asks).await.len(), 1);
        assert_eq!(compare_next(db, &app.state.index, &mut round, now).await.expect("the end"), None);
        // once it is mended, it is compared in the next hour
        damage("survey").await;
        assert_eq!(compare_next(db, &app.state.index, &mut round, now).await.expect("compared"), Some(0), "it waits");
        assert_eq!(compare_next(db, &app.state.index, &mut round, now).await.expect("the end"), None);
        let later = now + TimeDelta::hours(1);
        assert_eq!(compare_next(db, &app.state.index, &mut round, later).await.expect("compared"), Some(1));
        assert!(due(db).await.is_empty());
    });
}

#[test]
fn what_is_planned_is_compared_anew_when_it_is_edited_and_never_flagged_once_withdrawn() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
        let winter = ["Saltförråd vid vintervägar", "Plogade gångbanor i kilometer"];
        app.import(SCB, &[planned("B-1", "Vinterväghållning", &winter)]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("one");
        let asks = app.number_of("Vinterväghållning").await.expect("one");
        let own = app.signed_in(Role::Agency, SCB).await;
        compare(&app).await;
        assert!(flagged_with(&app, &asks).await.is_empty());
        let change = own.post(&format!("/insamlingar/{asks}/andra"), &[]).await;
        let change = change.header("location").trim_end_matches("/grunder").to_owned();
        let mut fields: Vec<(&str, &str)> = LIBRARIES.iter().map(|item| ("item_label", *item)).collect();
        fields.push(("gor", "nasta"));
        assert_eq!(sent(&own, &change, "uppgifter", &fields).await.status, StatusCode::SEE_OTHER);
        let answer = sent(&own, &change, "granska", &[("gor", "registrera")]).await;
        assert_eq!(answer.header("location"), format!("/insamlingar/{asks}?sparat=andrad"), "{}", answer.text);
        app.follow().await;
        compare(&app).await;
        assert_eq!(flagged_with(&app, &asks).await, [met.as_str()]);
        // the one that is met is withdrawn: nobody is asked about it any more, but who looks for it finds it as it is
        let other = app.signed_in(Role::Agency, OTHER).await;
        let withdrawn = other.post(&format!("/insamlingar/{met}/aterkalla"), &[("skal", "Behövs inte längre.")]).await;
        assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{}", withdrawn.text);
        app.follow().await;
        compare(&app).await;
        assert!(flagged_with(&app, &asks).await.is_empty() && flagged_with(&app, &met).await.is_empty());
        ask_again(&app.state.db, id_of(&app, &asks).await).await;
        assert_eq!(compare(&app).await, 1);
        assert!(flagged_with(&app, &asks).await.is_empty(), "nor from the other side");
        let found = own.get(&format!("/api/v1/collections/{asks}/similar")).await.json();
        let found = found["matches"].as_array().expect("matches").iter().find(|one| one["collection"] == met.as_str());
        assert_eq!(found.expect("it is found")["status"], "withdrawn");
    });
}

#[test]
fn the_administrator_sees_how_far_the_comparing_has_come() {
    run(async {
        let app = TestApp::real().await;
        let admin = app.signed_in(Role::Admin, SCB).await;
        app.import(SCB, &[planned("B-1", "Bemanning i skolbibliotek", &LIBRARIES)]).await.expect("written");
        app.import(OTHER, &[planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
        let fact = async |name: &str| {
            let page = admin.page("/administration").await;
            let (_, rest) = page.split_once(&format!("<dt>{name}</dt><dd>")).unwrap_or_else(|| panic!("{name}: {page}"));
            rest.split('<').next().unwrap_or_default().trim_end_matches(" (").to_owned()
        };
        assert_eq!(fact("Insamlingar").await, format!("0 av 2 jämförda med metod {METHOD}"));
        assert_eq!(fact("Den senaste jämfördes").await, "ingen än");
        compare(&app).await;
        assert_eq!(fact("Insamlingar").await, format!("2 av 2 jämförda med metod {METHOD}"));
        assert_ne!(fact("Den senaste jämfördes").await, "ingen än");
        let waiting =
            async || (fact("Troliga dubbletter som väntar på svar").await, fact("Troliga dubbletter som väntar på bedömning").await);
        assert_eq!(waiting().await, ("1".to_owned(), "1".to_owned()));
        let asks = app.number_of("Skolbibliotekens bemanning").await.expect("one");
        let mut tx = app.state.db.read().await.expect("a transaction");
        let pair = pairs::of_collection(&mut tx, id_of(&app, &asks).await).await.expect("read").remove(0).id;
        drop(tx);
        let other = app.signed_in(Role::Agency, OTHER).await;
        let answered = answer(&other, &format!("/liknande/{pair}"), &[("svar", "reuse")]).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
        assert_eq!(waiting().await, ("0".to_owned(), "1".to_owned()));
        ask_again(&app.state.db, id_of(&app, &asks).await).await;
        assert_eq!(fact("Insamlingar").await, format!("1 av 2 jämförda med metod {METHOD}"), "it is to be compared once more");
    });
}
