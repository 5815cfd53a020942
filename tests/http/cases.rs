//! Consultations in known states, for the tests of the lists and figures that are made of them.

use chrono::{DateTime, NaiveDate, Utc};
use insamlingsregister::clock;
use insamlingsregister::db::consultations::{self, Asked};
use insamlingsregister::db::{Db, involved};
use insamlingsregister::domain::consultation::asking::Asking;
use insamlingsregister::domain::consultation::clocks::Clocks;
use insamlingsregister::domain::consultation::{CaseKind, State};
use insamlingsregister::domain::identifier::{CollectionNumber, ConsultationNumber};

use crate::support::TestApp;

/// A day as `2026-11-22`.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Noon of a day.
pub fn noon(text: &str) -> DateTime<Utc> {
    format!("{text}T11:00:00Z").parse().expect("a moment")
}

/// What an agency asks for, with all that the tests do not care about filled in.
pub fn asking(bodies: &[&str], kind: CaseKind, wanted_on: NaiveDate) -> Asking {
    Asking {
        bodies: bodies.iter().map(|body| (*body).to_owned()).collect(),
        kind,
        form_unchanged: false,
        wanted_on,
        short_time_reason: None,
        selection: Some("Alla kommuner.".to_owned()),
        timing: Some("Skickas i januari.".to_owned()),
        discussed: None,
        diary_number: None,
    }
}

/// Asks for consultation about a collection on behalf of an agency, and answers the number of the case.
pub async fn ask(app: &TestApp, collection: &str, agency: &str, asking: &Asking, at: DateTime<Utc>) -> String {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let number = CollectionNumber::parse(collection).expect("a number");
    let known = involved::by_number(&mut tx, number, clock::swedish_day(at)).await.expect("read").expect("the collection");
    let version = known.planned_version.or(known.decided_version).expect("a version");
    let asked = Asked { id: clock::new_id(), version: (known.id, version), entered: false, agency: agency.to_owned(), person: None, at };
    let year = at.format("%Y").to_string().parse().expect("a year");
    let number = consultations::insert(&mut tx, &asked, asking, year).await.expect("written");
    tx.commit().await.expect("committed");
    number.to_string()
}

/// Moves a body's part into a state at a moment, with its clocks running until then.
pub async fn advance(app: &TestApp, number: &str, body: &str, state: State, at: DateTime<Utc>) -> Clocks {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let number = ConsultationNumber::parse(number).expect("a number");
    let case = consultations::by_number(&mut tx, number).await.expect("read").expect("the case");
    let part = case.parts.iter().find(|part| part.body == body).expect("the body's part");
    let clocks = part.clocks.until(part.state, part.since, at);
    assert!(consultations::advance(&mut tx, case.id, body, state, clocks, at, part.revision).await.expect("written"));
    tx.commit().await.expect("committed");
    clocks
}

/// Runs a statement that both engines take.
pub async fn execute(app: &TestApp, text: &'static str, values: &[&str]) {
    let done = match &app.state.db {
        Db::Sqlite { write, .. } => {
            let query = values.iter().fold(sqlx::query(text), |query, value| query.bind(*value));
            query.execute(write).await.expect("run").rows_affected()
        }
        Db::Postgres(pool) => {
            let query = values.iter().fold(sqlx::query(text), |query, value| query.bind(*value));
            query.execute(pool).await.expect("run").rows_affected()
        }
    };
    assert!(done > 0, "{text}");
}
