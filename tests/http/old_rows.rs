//! What migrations decide about rows that are there: on which case an old decision rests, who entered what came by mail and stands for it,
//! and which reply stood as an opinion was given.

use std::collections::BTreeSet;

use insamlingsregister::db::Db;
use sqlx::AssertSqlSafe;

use crate::database::FreshDatabase;
use crate::migrations::{execute, fixture};
use crate::support::{SCB, run};

/// An agency that collects for another.
const COLLECTOR: &str = "202100-2114";

/// An identity: that of the row with this number among those of its kind.
fn id(kind: &str, number: usize) -> String {
    format!("uuid '0198c0de-0000-7000-9000-0000{kind}{number:06}'")
}

/// Noon of a day of 2025.
fn at(day: &str) -> String {
    format!("'2025-{day}T12:00:00+00:00'")
}

/// A collection whose versions came into force on these days, each saying this of consultation.
fn collection(number: usize, versions: &[(&str, &str)]) -> String {
    let (one, made) = (id("cc", number), at("01-01"));
    let mut text = format!(
        "INSERT INTO collection (id, number, status, owner_code, created_at, changed_at, touched_at)
         VALUES ({one}, '2025-{number:04}', 'decided', '{SCB}', {made}, {made}, {made});"
    );
    for (version, (day, consultation)) in (1..).zip(versions) {
        text.push_str(&format!(
            "INSERT INTO collection_version (collection_id, version, created_at, visibility, kind, title, purpose, area_code, assignment_kind,
               origin, obligation, consultation, periodicity, channel, data_paths, further_users, automation_considered, in_force_at)
             VALUES ({one}, {version}, {made}, 'now', 'survey', 'Enkät', 'Följa upp.', 'kultur', 'unstated', 'national', 'compulsory',
               '{consultation}', 'yearly', 'web', '[]', '[]', 'unstated', {});",
            at(day)
        ));
    }
    text
}

/// A closed case about a version of a collection, answered by SKR; the days of the opinion and of the end.
fn case(number: usize, (collection, version): (usize, i64), (answered, closed): (&str, &str), entered: bool) -> String {
    let (one, asked, answered, closed) = (id("dd", number), at("01-02"), at(answered), at(closed));
    format!(
        "INSERT INTO consultation (id, number, collection_id, version, kind, form_unchanged, entered, wanted_on, agency_code, requested_at,
           outcome, closed_at, changed_at)
         VALUES ({one}, 'S2025-{number:04}', {}, {version}, 'new', FALSE, {entered}, '2025-12-01', '{SCB}', {asked}, 'agreed', {closed}, {closed});
         INSERT INTO consultation_body (consultation_id, body_code, position, state, since, body_seconds, agency_seconds, opinion, answered_at,
           revision)
         VALUES ({one}, 'SKR', 1, 'closed', {closed}, 0, 0, 'no_objection', {answered}, 0);",
        id("cc", collection),
        entered = if entered { "TRUE" } else { "FALSE" },
    )
}

/// Something that was done to a case.
fn event(number: usize, case: usize, (actor, action): (&str, &str), day: &str) -> String {
    format!(
        "INSERT INTO event (id, at, actor, action, subject_kind, subject, detail)
         VALUES ({}, {}, '{actor}', 'consultation.{action}', 'consultation', 'S2025-{case:04}', '{{}}');",
        id("ee", number),
        at(day)
    )
}

/// A database of schema 5, with these rows beside those of its fixtures, as all later migrations leave it.
async fn migrated(fresh: &FreshDatabase, rows: &[String]) -> Db {
    let db = Db::open(&fresh.address).await.expect("the database opens");
    for number in 1..=5 {
        db.migrate_to(number).await.expect("the migration runs");
        execute(&db, &fixture(number)).await;
    }
    execute(&db, &rows.concat()).await;
    db.close().await;
    let db = Db::open(&fresh.address).await.expect("the database opens");
    db.migrate().await.expect("the migrations run on rows");
    db
}

/// Texts that a query answers.
async fn texts(db: &Db, query: &str) -> BTreeSet<String> {
    let query = AssertSqlSafe(query.to_owned());
    let texts: Vec<String> = match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(query).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(query).fetch_all(pool).await,
    }
    .expect("the rows");
    texts.into_iter().collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn an_old_decision_rests_on_the_case_that_was_closed_about_it_before() {
    run(async {
        let fresh = FreshDatabase::new(None).await;
        let insignificant =
            format!("INSERT INTO decision (collection_id, version, significance) VALUES ({}, 2, 'insignificant');", id("cc", 5));
        let rows = [
            // closed before the decision; and next year's repeat after it
            collection(1, &[("02-01", "held")]),
            case(1, (1, 1), ("01-10", "01-15"), false),
            case(2, (1, 1), ("05-10", "05-15"), false),
            // the last of two
            collection(2, &[("02-01", "unstated")]),
            case(3, (2, 1), ("01-10", "01-12"), false),
            case(4, (2, 1), ("01-10", "01-15"), false),
            // entered once it was decided, and before
            collection(3, &[("02-01", "held")]),
            case(5, (3, 1), ("01-10", "01-15"), true),
            event(1, 5, ("SKR", "entered"), "06-01"),
            collection(4, &[("02-01", "held")]),
            case(6, (4, 1), ("01-10", "01-15"), true),
            event(2, 6, ("202100-0837", "entered"), "01-20"),
            // what a body has entered and the agency never confirmed binds nothing
            collection(9, &[("02-01", "held")]),
            case(11, (9, 1), ("01-10", "01-15"), true),
            event(3, 11, ("SKR", "entered"), "01-20"),
            // a change that needed no consultation of its own goes on with what was before, and another does not
            collection(5, &[("02-01", "held"), ("03-01", "held")]),
            case(7, (5, 1), ("01-10", "01-15"), false),
            insignificant,
            collection(6, &[("02-01", "held"), ("03-01", "held")]),
            case(8, (6, 1), ("01-10", "01-15"), false),
            // a change that was asked about itself
            collection(7, &[("02-01", "held"), ("03-01", "held")]),
            case(9, (7, 2), ("02-10", "02-15"), false),
            // the agency said that no consultation took place
            collection(8, &[("02-01", "not_held")]),
            case(10, (8, 1), ("01-10", "01-15"), false),
        ];
        let db = migrated(&fresh, &rows).await;
        let found = texts(
            &db,
            "SELECT k.number || '/' || CAST(d.version AS TEXT) || ' ' || c.number FROM decision d JOIN collection k ON k.id = d.collection_id
             JOIN consultation c ON c.id = d.consultation_id WHERE k.number LIKE '2025-%'",
        )
        .await;
        let expected = set(&[
            "2025-0001/1 S2025-0001",
            "2025-0002/1 S2025-0004",
            "2025-0004/1 S2025-0006",
            "2025-0005/1 S2025-0007",
            "2025-0005/2 S2025-0007",
            "2025-0006/1 S2025-0008",
            "2025-0007/2 S2025-0009",
        ]);
        assert_eq!(found, expected);
        let kept = texts(&db, "SELECT significance FROM decision WHERE significance IS NOT NULL AND consultation_id IS NOT NULL").await;
        assert_eq!(kept, set(&["insignificant"]), "what was known of a decision stays");
    });
}

#[test]
fn who_entered_an_old_case_is_known_and_whether_the_agency_stands_for_it() {
    run(async {
        let fresh = FreshDatabase::new(None).await;
        let rows = [
            collection(1, &[("02-01", "held")]),
            case(1, (1, 1), ("01-10", "01-15"), true),
            event(1, 1, ("SKR", "entered"), "01-20"),
            case(2, (1, 1), ("01-10", "01-15"), true),
            event(2, 2, (SCB, "entered"), "01-20"),
            // it went on in the register, and the agency closed it there
            case(3, (1, 1), ("01-10", "01-25"), true),
            event(3, 3, ("SKR", "entered"), "01-20"),
            event(4, 3, (SCB, "closed"), "01-25"),
            case(4, (1, 1), ("01-10", "01-15"), false),
            event(5, 4, (SCB, "closed"), "01-15"),
        ];
        let db = migrated(&fresh, &rows).await;
        let found = texts(
            &db,
            "SELECT c.number || ' ' || COALESCE(b.entered_by, 'nobody') || ' ' ||
                    CASE WHEN c.confirmed_at IS NULL THEN 'open' ELSE 'confirmed' END
             FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id WHERE c.number LIKE 'S2025-%'",
        )
        .await;
        let agency = format!("S2025-0002 {SCB} confirmed");
        assert_eq!(found, set(&["S2025-0001 SKR open", &agency, "S2025-0003 SKR confirmed", "S2025-0004 nobody open"]));
    });
}

#[test]
fn old_replies_are_kept_with_who_gave_them_and_whether_the_opinion_tells_of_them() {
    run(async {
        let fresh = FreshDatabase::new(None).await;
        let person = id("ff", 1);
        let point = |number: usize, reply: Option<(&str, bool)>| {
            let said = reply.map_or_else(
                || "NULL, NULL, NULL".to_owned(),
                |(day, known)| format!("'accepted', {}, {}", at(day), if known { person.as_str() } else { "NULL" }),
            );
            format!(
                "INSERT INTO consultation_point (id, consultation_id, body_code, position, kind, words, written_at, reply, replied_at, replied_by)
                 VALUES ({}, {}, 'SKR', {number}, 'quality', 'Synpunkt {number}', {}, {said});",
                id("ab", number),
                id("dd", 1),
                at("01-05")
            )
        };
        let rows = [
            format!(
                "INSERT INTO organisation (code, kind, name, in_ordinance_scope, changed_at)
                 VALUES ('{COLLECTOR}', 'agency', 'Insamlaren', TRUE, {now});
                 INSERT INTO person (id, email, organisation_code, role, manager, created_at)
                 VALUES ({person}, 'insamling@insamlaren.example', '{COLLECTOR}', 'agency', FALSE, {now});",
                now = at("01-01")
            ),
            collection(1, &[("02-01", "held")]),
            case(1, (1, 1), ("01-10", "01-15"), false),
            point(1, Some(("01-08", true))),
            point(2, Some(("01-12", true))),
            // whoever replied has been taken out
            point(3, Some(("01-08", false))),
            point(4, None),
        ];
        let db = migrated(&fresh, &rows).await;
        let found = texts(
            &db,
            "SELECT p.words || ': ' || COALESCE(CAST(p.opinion_reply AS TEXT), 'none') || ', ' || COALESCE(r.organisation_code, 'nobody') ||
                    CASE WHEN p.sent_at = p.written_at THEN ', sent' ELSE '' END || CASE WHEN r.at = p.replied_at THEN ', then' ELSE '' END
             FROM consultation_point p LEFT JOIN point_reply r ON r.point_id = p.id AND r.number = 1 WHERE p.words LIKE 'Synpunkt%'",
        )
        .await;
        let expected = [
            format!("Synpunkt 1: 1, {COLLECTOR}, sent, then"),
            format!("Synpunkt 2: 0, {COLLECTOR}, sent, then"),
            format!("Synpunkt 3: 1, {SCB}, sent, then"),
            "Synpunkt 4: none, nobody, sent".to_owned(),
        ];
        assert_eq!(found, expected.into_iter().collect());
    });
}
