//! What the administrator chooses for consultation: it counts at once, nobody's choice is written over, and no newer reference data take
//! it back.

use axum::http::StatusCode;
use insamlingsregister::actions::reference::load;
use insamlingsregister::clock;
use insamlingsregister::db::{consultations, events};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::CaseKind;
use insamlingsregister::domain::terms::RespondentKind;
use insamlingsregister::intake::reference::{ReferenceFiles, read};

use crate::cases::{ask, asking, day};
use crate::client::{Client, hidden};
use crate::consultations::form;
use crate::files::PICTURE;
use crate::life::{planned, registered};
use crate::pairs::went_to;
use crate::support::{Answer, SCB, TestApp, run};

const PAGE: &str = "/administration/samrad";
const YEAR: &str = "/administration/samrad/ar";

async fn administrator(app: &TestApp) -> Client<'_> {
    app.signed_in(Role::Admin, "202100-6883").await
}

/// The value of the hidden field of a form, by the last part of its address.
fn seen(page: &str, form: &str) -> String {
    let (_, rest) = page.split_once(&format!("action=\"{PAGE}/{form}\"")).unwrap_or_else(|| panic!("{form}: {page}"));
    hidden(rest, "nu").expect("what it was")
}

fn saved(answer: &Answer, code: &str) {
    went_to(answer, &format!("{PAGE}?sparat={code}"));
}

fn refused(answer: &Answer, status: StatusCode, words: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    for said in words {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

/// Newer reference data than what the register has.
async fn reload(app: &TestApp, version: &str) {
    let mut data = read(&ReferenceFiles::embedded()).expect("the program's own data");
    version.clone_into(&mut data.version);
    load(&app.state.db, &data, clock::now()).await.expect("loaded");
}

#[test]
fn working_days_are_chosen_and_counted_with() {
    run(async {
        let app = TestApp::real().await;
        let (admin, other) = (administrator(&app).await, administrator(&app).await);
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let soon = (clock::swedish_day(clock::now()) + chrono::TimeDelta::days(6)).to_string();
        let asking = format!("/insamlingar/{number}/samrad");
        refused(&own.post(&asking, &form(&soon, "")).await, StatusCode::UNPROCESSABLE_ENTITY, &["mindre än 10 arbetsdagar"]);
        let page = admin.page(PAGE).await;
        let before = seen(&page, "tid");
        assert_eq!(before, "10", "{page}");
        let tid = format!("{PAGE}/tid");
        for odd in ["61", "0", "-1", "", "tio", "1.5"] {
            let answer = admin.post(&tid, &[("dagar", odd), ("nu", &before)]).await;
            refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, &["Skriv ett helt tal från 1 till 60.", &format!("value=\"{odd}\"")]);
        }
        saved(&other.post(&tid, &[("dagar", "5"), ("nu", &before)]).await, "tid");
        let late = admin.post(&tid, &[("dagar", "20"), ("nu", &before)]).await;
        refused(&late, StatusCode::CONFLICT, &["ändrat talet till 5", "value=\"20\""]);
        assert_eq!(seen(&late.text, "tid"), "5", "the next press is made of what is shown");
        saved(&admin.post(&tid, &[("dagar", "1"), ("nu", "5")]).await, "tid");
        saved(&admin.post(&tid, &[("dagar", "1"), ("nu", "5")]).await, "tid");
        reload(&app, "9999-01-01").await;
        let asked = own.post(&asking, &form(&soon, "")).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let mut tx = app.state.db.read().await.expect("a transaction");
        let trail = events::of(&mut tx, "register", "consultation_working_days").await.expect("the trail");
        assert_eq!(trail.iter().map(|one| one.detail["new"].as_i64()).collect::<Vec<_>>(), [Some(1), Some(5)], "one event for each choice");
    });
}

#[test]
fn who_is_consulted_is_chosen_and_stays_chosen() {
    run(async {
        let app = TestApp::real().await;
        let (admin, other) = (administrator(&app).await, administrator(&app).await);
        let page = admin.page(PAGE).await;
        for kind in RespondentKind::ALL {
            assert!(page.contains(&format!("name=\"parter-{}\"", kind.code())), "{kind}: {page}");
        }
        let (before, parter) = (seen(&page, "parter"), format!("{PAGE}/parter"));
        let both = [("parter-municipality", "SKR"), ("parter-municipality", "RKA"), ("parter-other", "NNR"), ("nu", before.as_str())];
        saved(&admin.post(&parter, &both).await, "parter");
        let late = other.post(&parter, &[("parter-municipality", "NNR"), ("nu", &before)]).await;
        refused(
            &late,
            StatusCode::CONFLICT,
            &["Någon annan har ändrat samrådsparterna", "name=\"parter-municipality\" value=\"RKA\" checked"],
        );
        let now = seen(&late.text, "parter");
        let agency = admin.post(&parter, &[("parter-municipality", SCB), ("nu", &now)]).await;
        refused(&agency, StatusCode::UNPROCESSABLE_ENTITY, &["Välj bland dem som står i listan."]);
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let page = own.page(&format!("/insamlingar/{number}/samrad")).await;
        assert!(page.contains("value=\"RKA\" checked") && !page.contains("value=\"NNR\" checked"), "{page}");
        reload(&app, "9999-01-01").await;
        // not even where nobody is chosen any more
        saved(&admin.post(&parter, &[("nu", &now)]).await, "parter");
        reload(&app, "9999-01-02").await;
        let mut tx = app.state.db.read().await.expect("a transaction");
        assert!(consultations::configured(&mut tx).await.expect("read").is_empty());
    });
}

#[test]
fn earlier_years_are_entered_changed_and_taken_away_for_good() {
    run(async {
        let app = TestApp::real().await;
        let (admin, other) = (administrator(&app).await, administrator(&app).await);
        assert!(app.page("/statistik/samrad.csv").await.contains("Per år;2019;Ärenden;167"));
        let this = clock::swedish_day(clock::now()).format("%Y").to_string();
        let wrong = admin.post(YEAR, &[("organ", SCB), ("ar", &this), ("arenden", "många"), ("kalla", "")]).await;
        refused(
            &wrong,
            StatusCode::UNPROCESSABLE_ENTITY,
            &["Välj bland dem", "från 1982 till", "från 0 till 10\u{a0}000", "Skriv varifrån", "många"],
        );
        let new = [("organ", "NNR"), ("ar", "2018"), ("arenden", "12"), ("kalla", "NNR:s årsberättelse 2018")];
        saved(&admin.post(YEAR, &new).await, "ar");
        saved(&admin.post(YEAR, &new).await, "ar");
        refused(
            &admin.post(YEAR, &[("organ", "NNR"), ("ar", "2018"), ("arenden", "13"), ("kalla", "NNR")]).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            &["Året finns redan."],
        );
        assert!(app.page("/statistik/samrad.csv").await.contains("Per år;2018;Ärenden;12"), "the figures follow at once");
        let page = admin.page(&format!("{YEAR}?organ=SKR&ar=2019")).await;
        let (cases, source) = (hidden(&page, "nu_arenden").expect("cases"), hidden(&page, "nu_kalla").expect("a source"));
        let change = |cases_now: &'static str| {
            vec![
                ("organ", "SKR"),
                ("ar", "2019"),
                ("arenden", cases_now),
                ("kalla", "SKR"),
                ("nu_arenden", cases.as_str()),
                ("nu_kalla", source.as_str()),
            ]
        };
        saved(&other.post(YEAR, &change("170")).await, "ar");
        refused(&admin.post(YEAR, &change("171")).await, StatusCode::CONFLICT, &["ändrat antalet till 170", "value=\"171\""]);
        let remove = format!("{YEAR}/ta-bort");
        assert!(admin.page(&format!("{remove}?organ=SKR&ar=2005")).await.contains("Ta bort 2005?"));
        assert_eq!(admin.get(&format!("{remove}?organ=SKR&ar=2006")).await.status, StatusCode::NOT_FOUND);
        for _ in 0..2 {
            saved(&admin.post(&remove, &[("organ", "SKR"), ("ar", "2005")]).await, "ar-bort");
        }
        reload(&app, "9999-01-01").await;
        let csv = app.page("/statistik/samrad.csv").await;
        assert!(csv.contains("Per år;2019;Ärenden;170") && !csv.contains("Per år;2005"), "what was taken away stays away: {csv}");
    });
}

#[test]
fn how_large_a_file_may_be_is_chosen_and_said() {
    run(async {
        let app = TestApp::real().await;
        let number = registered(&app, planned("A-1", "Enkät om bibliotek")).await;
        let case = ask(&app, &number, SCB, &asking(&["SKR"], CaseKind::New, day("2099-01-15")), clock::now()).await;
        let (agency, admin) = (app.signed_in(Role::Agency, SCB).await, administrator(&app).await);
        let picture = |bytes: usize| [PICTURE, &vec![7; bytes - PICTURE.len()]].concat();
        let bilagor = format!("{PAGE}/filstorlek");
        for (most, status) in
            [("51", StatusCode::UNPROCESSABLE_ENTITY), ("0", StatusCode::UNPROCESSABLE_ENTITY), ("1", StatusCode::SEE_OTHER)]
        {
            let answer = admin.post(&bilagor, &[("megabyte", most), ("nu", "20")]).await;
            assert_eq!(answer.status, status, "{most}: {}", answer.text);
        }
        refused(&agency.attach(&case, "b.png", &picture((1 << 20) + 1)).await, StatusCode::PAYLOAD_TOO_LARGE, &["Högst 1 MB tas emot."]);
        assert_eq!(agency.attach(&case, "a.png", &picture(1 << 20)).await.status, StatusCode::SEE_OTHER, "the limit itself is allowed");
        assert!(agency.page(&format!("/samrad/{case}/bilagor")).await.contains("högst 1&nbsp;MB"));
        saved(&admin.post(&bilagor, &[("megabyte", "50"), ("nu", "1")]).await, "bilagor");
        assert_eq!(agency.attach(&case, "c.png", &picture(50 << 20)).await.status, StatusCode::SEE_OTHER);
        refused(&agency.attach(&case, "d.png", &picture((50 << 20) + 1)).await, StatusCode::PAYLOAD_TOO_LARGE, &["Högst 50 MB tas emot."]);
    });
}
