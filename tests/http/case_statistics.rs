//! Statistics of consultation, reproduced from a handful of cases whose figures are known by hand: page, files and JSON.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::Db;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::{CaseKind, State};
use serde_json::Value;

use crate::cases::{advance, ask, asking, day, execute, noon};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Naturvårdsverket.
const OTHER: &str = "202100-1975";

/// The numbers of what the tests are about.
struct Handful {
    hidden: String,
    open: String,
    cases: [String; 5],
}

async fn collection(app: &TestApp, agency: &str, title: &str, more: &[(&str, &str)]) -> String {
    app.import(agency, &[with(with(full_row(title, title), &[("status", "planerad")]), more)]).await.expect("written");
    app.newest_number().await
}

/// An opinion of a body, with what both sides do around it: with the body for `days.0`, with the agency for `days.1`.
async fn answer(app: &TestApp, number: &str, from: &str, days: (i64, i64), opinion: &str) {
    let at = |days: i64| noon(from) + chrono::TimeDelta::days(days);
    advance(app, number, "SKR", State::InReview, at(0)).await;
    advance(app, number, "SKR", State::AwaitingAgency, at(days.0)).await;
    advance(app, number, "SKR", State::InReview, at(days.0 + days.1)).await;
    let clocks = advance(app, number, "SKR", State::Answered, at(days.0 + days.1)).await;
    assert_eq!((clocks.body, clocks.agency), (days.0 * 86_400, days.1 * 86_400));
    let text = "UPDATE consultation_body SET opinion = $1, answered_at = since WHERE body_code = 'SKR' AND consultation_id =
                (SELECT id FROM consultation WHERE number = $2)";
    execute(app, text, &[opinion, number]).await;
}

async fn close(app: &TestApp, number: &str, outcome: &str) {
    execute(app, "UPDATE consultation SET outcome = $1, closed_at = changed_at WHERE number = $2", &[outcome, number]).await;
    execute(
        app,
        "UPDATE consultation_body SET state = 'closed' WHERE consultation_id = (SELECT id FROM consultation WHERE number = $1)",
        &[number],
    )
    .await;
}

/// Five cases of two agencies in two years. Days with SKR: 4, 7 and 20 (median 7); with the agencies: 0, 1 and 3 (median 1).
async fn handful(app: &TestApp) -> Handful {
    let hidden = collection(app, SCB, "Dold enkät", &[("visas öppet från", "inte"), ("ämnesområde", "Kultur och fritid")]).await;
    let open = collection(app, OTHER, "Öppen enkät", &[("svarsskyldighet", "obligatorisk"), ("bestämmelser", "miljöbalken")]).await;
    let asked = async |collection: &str, agency: &str, bodies: &[&str], kind, on: &str| {
        ask(app, collection, agency, &asking(bodies, kind, day(on) + chrono::Days::new(30)), noon(on)).await
    };
    let first = asked(&hidden, SCB, &["SKR"], CaseKind::New, "2025-03-03").await;
    let second = asked(&open, OTHER, &["SKR", "NNR"], CaseKind::Changed, "2025-12-31").await;
    let third = asked(&open, OTHER, &["SKR"], CaseKind::Recurring, "2026-01-01").await;
    let fourth = asked(&open, OTHER, &["SKR"], CaseKind::OneOff, "2026-02-02").await;
    let by_mail = asked(&open, OTHER, &["SKR"], CaseKind::New, "2026-03-02").await;
    answer(app, &first, "2025-03-03", (4, 0), "no_objection").await;
    answer(app, &second, "2025-12-31", (20, 3), "advise_against").await;
    answer(app, &third, "2026-01-01", (7, 1), "objections").await;
    answer(app, &by_mail, "2026-03-02", (90, 90), "objections").await;
    execute(app, "UPDATE consultation SET entered = TRUE WHERE number = $1", &[&by_mail]).await;
    advance(app, &fourth, "SKR", State::Withdrawn, noon("2026-02-03")).await;
    execute(app, "UPDATE consultation SET withdrawn_at = changed_at WHERE number = $1", &[&fourth]).await;
    // the sixth is only prepared and the seventh is taken back: neither counts
    for (at, reply) in ["accepted", "accepted", "partly", "rejected", "", "", "accepted"].into_iter().enumerate() {
        point(app, &second, &(at + 1).to_string(), reply).await;
    }
    close(app, &first, "agreed").await;
    close(app, &second, "not_agreed").await;
    Handful { hidden, open, cases: [first, second, third, fourth, by_mail] }
}

async fn point(app: &TestApp, number: &str, position: &str, reply: &str) {
    let text =
        "INSERT INTO consultation_point (id, consultation_id, body_code, position, kind, words, written_at, reply, sent_at, taken_back_at)
                SELECT $1, c.id, 'SKR', CAST($2 AS BIGINT), 'question', 'Ta bort frågan.', c.requested_at, NULLIF($3, ''),
                       CASE WHEN $2 <> '6' THEN c.requested_at END, CASE WHEN $2 = '7' THEN c.requested_at END
                FROM consultation c WHERE c.number = $4";
    let id = clock::new_id();
    let done = match &app.state.db {
        Db::Sqlite { write, .. } => {
            let query = sqlx::query(text).bind(id).bind(position).bind(reply).bind(number);
            query.execute(write).await.expect("written").rows_affected()
        }
        Db::Postgres(pool) => {
            let query = sqlx::query(text).bind(id).bind(position).bind(reply).bind(number);
            query.execute(pool).await.expect("written").rows_affected()
        }
    };
    assert_eq!(done, 1);
}

/// The lines of the csv that are about a table, as `row;measure;value`.
async fn lines(app: &TestApp, table: &str, query: &str) -> Vec<String> {
    let text = app.page(&format!("/statistik/samrad.csv{query}")).await;
    let start = format!("{table};");
    text.lines().filter_map(|line| line.strip_prefix(start.as_str())).map(str::to_owned).collect()
}

fn has(lines: &[String], expected: &[&str]) {
    for line in expected {
        assert!(lines.iter().any(|one| one == line), "{line}: {lines:?}");
    }
}

#[test]
fn figures_are_those_of_the_cases() {
    run(async {
        let app = TestApp::real().await;
        let made = handful(&app).await;
        let years = lines(&app, "Per år", "").await;
        has(&years, &["2005;Ärenden;79", "2019;Ärenden;167", "2005;Yttranden;", "2025;Ärenden;2", "2026;Ärenden;3", "2026;Yttranden;2"]);
        has(&years, &["2025;Mediantid hos samrådsparten, dagar;12,0", "2026;Mediantid hos samrådsparten, dagar;7,0"]);
        assert!(years.iter().any(|line| line.starts_with("2005;Källa;") && line.contains("27 november 2020")), "{years:?}");
        let times = lines(&app, "Svarstider", "").await;
        has(&times, &["Sveriges Kommuner och Regioner;Mediantid hos samrådsparten, dagar;7,0"]);
        has(&times, &["Sveriges Kommuner och Regioner;Mediantid hos myndigheten, dagar;1,0", "Näringslivets Regelnämnd;Yttranden;0"]);
        has(
            &lines(&app, "Slag av ärende", "").await,
            &["Ny;Ärenden;2", "Ändrad;Ärenden;1", "Återkommande;Ärenden;1", "Engångsinsamling;Ärenden;1"],
        );
        has(&lines(&app, "Skyldighet att svara", "").await, &["Obligatorisk;Ärenden;4", "Frivillig;Ärenden;1", "Ej angivet;Ärenden;0"]);
        let ends = lines(&app, "Hur ärendena slutade", "").await;
        has(&ends, &["Överens;Ärenden;1", "Ej överens;Ärenden;1", "Återkallat av myndigheten;Ärenden;1", "Inte avslutat;Ärenden;2"]);
        let opinions = lines(&app, "Yttranden", "").await;
        has(&opinions, &["Ingen erinran;Antal;1", "Synpunkter;Antal;0", "Avstyrker;Antal;1"]);
        has(&opinions, &["Lämnat, ärendet är inte avslutat;Antal;2", "Inget yttrande;Antal;2"]);
        let points = lines(&app, "Synpunkter", "").await;
        has(&points, &["Godtas;Synpunkter;2", "Godtas delvis;Synpunkter;1", "Godtas inte;Synpunkter;1", "Inget svar än;Synpunkter;1"]);
        // whose the hidden one is cannot be found out by any choice
        let areas = lines(&app, "Område", "").await;
        has(&areas, &["Inget område angivet;Ärenden;4"]);
        assert!(areas.iter().all(|line| !line.starts_with("Kultur och fritid")), "{areas:?}");
        assert!(lines(&app, "Myndighet", "").await.iter().all(|line| line.starts_with("Naturvårdsverket")));
        for query in [format!("?myndighet={SCB}"), "?omrade=kultur-och-fritid".to_owned()] {
            assert!(lines(&app, "Per år", &query).await.is_empty(), "what is known and has no open case is empty: {query}");
        }
        // a choice leaves out the rest
        has(&lines(&app, "Svarstider", "?ar=2026").await, &["Sveriges Kommuner och Regioner;Ärenden;3"]);
        has(&lines(&app, "Synpunkter", "?organ=NNR").await, &["Godtas;Synpunkter;0"]);
        let own = lines(&app, "Myndighet", &format!("?myndighet={OTHER}&ar=2025")).await;
        assert_eq!(
            own,
            [
                "Naturvårdsverket;Ärenden;1",
                "Naturvårdsverket;Yttranden;1",
                "Naturvårdsverket;Mediantid från begäran till yttrande, dagar;23,0",
                "Naturvårdsverket;Mediantid hos samrådsparten, dagar;20,0",
                "Naturvårdsverket;Mediantid hos myndigheten, dagar;3,0"
            ]
        );
        assert!(lines(&app, "Per år", &format!("?myndighet={OTHER}")).await.iter().all(|line| !line.starts_with("2005")));

        let page = app.page("/statistik").await;
        for said in [
            "Ärenden är inte insamlingar",
            "Mediantid hos SKR",
            "Mediantid hos SKR, utan tiden hos myndigheten",
            "Mediantid från begäran till yttrande, SKR",
            "7,0\u{a0}dagar",
            "role=\"img\"",
            "Streckade staplar",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        for hidden in ["Dold enkät", &made.hidden] {
            assert!(!page.contains(hidden), "{hidden} is not named: {page}");
        }
        let odd = app.page("/statistik?ar=%27&organ=%3Cb%3E").await;
        assert!(odd.contains("”&#39;” är inget år") && odd.contains("”&#60;b&#62;” är ingen samrådspart"), "{odd}");
        assert!(app.page("/").await.contains("href=\"/statistik\""));
        let book = app.get("/statistik/samrad.xlsx?ar=2026").await;
        assert!(book.status == StatusCode::OK && book.bytes.starts_with(b"PK"));
        // what changes is seen at once
        close(&app, &made.cases[2], "joined_with_another_collection").await;
        execute(&app, "UPDATE consultation SET changed_at = '2026-12-24T00:00:00+00:00' WHERE number = $1 AND 1 = 1", &[&made.cases[2]])
            .await;
        has(&lines(&app, "Hur ärendena slutade", "").await, &["Samordnas med annan insamling;Ärenden;1", "Inte avslutat;Ärenden;1"]);
    });
}

#[test]
fn an_empty_register_still_knows_the_years_before_it() {
    run(async {
        let app = TestApp::real().await;
        let page = app.page("/statistik").await;
        assert!(page.contains("Inget samråd är registrerat än.") && page.contains("2005") && page.contains("167"), "{page}");
        let items = app.get("/api/v1/statistics/consultations").await.json()["items"].clone();
        assert_eq!((&items[0]["year"], &items[0]["cases"], &items[0]["countOnly"]), (&2019.into(), &167.into(), &true.into()));
        assert!(items[1]["source"].as_str().is_some_and(|source| source.contains("SKR")) && items[1]["points"].is_null(), "{items}");
        assert_eq!(app.get("/api/v1/consultations").await.json()["total"], 0);
    });
}

/// A field of every row of the list.
fn field(list: &Value, name: &str) -> Vec<Value> {
    list["items"].as_array().expect("items").iter().map(|item| item[name].clone()).collect()
}

#[test]
fn the_open_data_has_a_row_for_each_body_and_names_no_hidden_collection() {
    run(async {
        let app = TestApp::real().await;
        let made = handful(&app).await;
        let [first, second, third, fourth, by_mail] = &made.cases;
        let list = app.get("/api/v1/consultations").await.json();
        assert_eq!(field(&list, "number"), [by_mail, fourth, third, second, second, first].map(|number| Value::from(number.as_str())));
        assert_eq!(list["total"], 6);
        let open = Value::from(made.open.as_str());
        let named = [open.clone(), open.clone(), open.clone(), open.clone(), open, Value::Null];
        assert_eq!(field(&list, "collection"), named, "the hidden one is not named");
        let row = &list["items"][3];
        assert_eq!((&row["body"], &row["state"], &row["opinion"]), (&"SKR".into(), &"closed".into(), &"advise_against".into()));
        assert_eq!((&row["outcome"], &row["requestedAt"]), (&"not_agreed".into(), &"2025-12-31T11:00:00Z".into()));
        assert_eq!(row["answeredAt"], "2026-01-23T11:00:00Z");
        assert_eq!(list["items"][4]["outcome"], "no_answer_received", "NNR never answered");
        assert!(list["items"][0]["outcome"].is_null() && list["items"][1]["state"] == "withdrawn");
        let keys: Vec<&String> = row.as_object().expect("an object").keys().collect();
        assert_eq!(keys.len(), 8, "{keys:?}");
        // by the Swedish year, by agency, a page at a time
        assert_eq!(app.get("/api/v1/consultations?year=2025").await.json()["total"], 3);
        assert_eq!(app.get(&format!("/api/v1/consultations?agency={OTHER}")).await.json()["total"], 5);
        assert_eq!(app.get(&format!("/api/v1/consultations?agency={SCB}")).await.json()["total"], 0, "whose the hidden one is is not told");
        assert!(list["items"][2]["opinion"].is_null() && list["items"][2]["state"] == "answered", "told once the case is closed");
        let party = app.signed_in(Role::Agency, SCB).await;
        assert_eq!(party.get(&format!("/api/v1/consultations?agency={SCB}")).await.json()["total"], 1);
        let skr = app.signed_in(Role::Skr, "SKR").await;
        assert_eq!(skr.get("/api/v1/consultations").await.json()["items"][2]["opinion"], "objections");
        let beyond = app.get("/api/v1/consultations?limit=4&page=3").await.json();
        assert_eq!((beyond["total"].clone(), field(&beyond, "number").len()), (6.into(), 0));
        assert_eq!(field(&app.get("/api/v1/consultations?limit=4&page=2").await.json(), "number").len(), 2);
        for wrong in ["year=i%20fjol", "year=99999", "limit=501", "page=0"] {
            let answer = app.get(&format!("/api/v1/consultations?{wrong}")).await;
            assert_eq!((answer.status, answer.header("content-type")), (StatusCode::BAD_REQUEST, "application/problem+json"), "{wrong}");
        }
        // both sides and administrators know which collection it is, others signed in do not
        let readers = [(Role::Skr, "SKR", true), (Role::Agency, SCB, true), (Role::Admin, "202100-6883", true), (Role::Skr, "NNR", false)];
        for (role, organisation, knows) in readers.into_iter().chain([(Role::Agency, OTHER, false), (Role::Analyst, SCB, false)]) {
            let client = app.signed_in(role, organisation).await;
            let list = client.get("/api/v1/consultations?year=2025").await.json();
            let expected = if knows { Value::from(made.hidden.as_str()) } else { Value::Null };
            assert_eq!(field(&list, "collection").last(), Some(&expected), "{role} {organisation}");
        }
        let years = app.get("/api/v1/statistics/consultations").await.json();
        let year = &years["items"][1];
        assert_eq!((&year["year"], &year["cases"], &year["points"]["accepted"]), (&2025.into(), &2.into(), &2.into()));
        let skr = year["bodies"].as_array().and_then(|bodies| bodies.iter().find(|one| one["body"] == "SKR")).expect("SKR");
        assert_eq!((&skr["medianDaysWithBody"], &skr["medianDaysWithAgency"]), (&12.0.into(), &1.5.into()));
        assert_eq!(field(&years, "year"), [2026, 2025, 2019, 2005].map(Value::from));
    });
}
