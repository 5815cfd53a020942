//! Markup and SQL in every field of an import come out as text on every page.

use axum::http::StatusCode;
use insamlingsregister::domain::field::Field;
use serde_json::{Value, json};

use crate::rows::full_row;
use crate::support::{SCB, TestApp, run};

/// What is put behind the words of every text.
const PAYLOAD: &str = "<img src=x onerror=alert(1)>\"'&'; DROP TABLE collection; --";

/// Fields whose values are chosen or have a form of their own.
const FORMED: [Field; 22] = [
    Field::Kind,
    Field::Status,
    Field::Area,
    Field::Responsible,
    Field::AssignmentKind,
    Field::AssignmentDated,
    Field::AssignmentFinalReport,
    Field::Origin,
    Field::Obligation,
    Field::Respondents,
    Field::Selection,
    Field::RespondentCodes,
    Field::Consultation,
    Field::DecidedOn,
    Field::Periodicity,
    Field::Visibility,
    Field::Channel,
    Field::DataPaths,
    Field::ContactEmail,
    Field::AutomationConsidered,
    Field::SourceUrl,
    Field::Provisions,
];

/// A row whose every text carries the payload.
fn row_of_payloads() -> Value {
    let mut row = full_row("ref <b>\"1\"</b>", "");
    for field in Field::ALL.iter().filter(|field| !field.is_item() && !field.is_round() && !FORMED.contains(field)) {
        let limit = if field.most_characters() < 300 { "kort" } else { "text" };
        row[field.label()] = json!(format!("{limit} {} {PAYLOAD}", field.code()));
    }
    row["egen referens"] = json!(format!("ref {PAYLOAD}"));
    row["automatisering övervägd"] = json!("ja");
    row["bestämmelser"] = json!("<img src=x onerror=alert(1)>\"'& lagen (2026:1)");
    row["uppgifter"] = json!([{ "uppgift": format!("uppgiften {PAYLOAD}"), "definition": format!("definition {PAYLOAD}"), "enhet": format!("enhet {PAYLOAD}") }]);
    row["omgångar"] = json!([{
        "omgång": format!("omgången {PAYLOAD}"), "utskick": "2027-01-11", "sista svarsdag": "2027-01-20",
        "skäl för kort svarstid": format!("skälet {PAYLOAD}"),
    }]);
    row
}

#[test]
fn markup_in_every_field_comes_out_as_text() {
    run(async {
        let app = TestApp::real().await;
        let row = row_of_payloads();
        let imported = app.import(SCB, std::slice::from_ref(&row)).await;
        assert_eq!(imported.unwrap_or_else(|error| panic!("{error:?}")).registered, 1);
        let title = row["titel"].as_str().expect("a title").to_owned();
        let number = app.number_of(&title).await.expect("the title is kept exactly");
        let paths = [
            "/".to_owned(),
            "/insamlingar".to_owned(),
            "/insamlingar?q=uppgiften".to_owned(),
            "/insamlingar?q=onerror".to_owned(),
            "/insamlingar?q=%3Cimg".to_owned(),
            format!("/insamlingar/{number}"),
            format!("/myndigheter/{SCB}"),
            "/kommuner/1480".to_owned(),
            "/regioner/14".to_owned(),
        ];
        for path in &paths {
            let html = app.page(path).await;
            assert!(!html.contains("<img src=x"), "{path}: markup came through");
            assert!(!html.contains("onerror=alert(1)>"), "{path}: markup came through in part");
        }
        let page = app.page(&format!("/insamlingar/{number}")).await;
        let shown = page.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&");
        for text in ["uppgiften", "definition", "enhet", "omgången", "skälet"] {
            assert!(shown.contains(&format!("{text} {PAYLOAD}")), "{text} is not on the page as it was written");
        }
        for field in [Field::Title, Field::Purpose, Field::Observe, Field::DataUse, Field::Consulted, Field::Remark, Field::Collector] {
            assert!(shown.contains(&format!("{} {PAYLOAD}", field.code())), "{} is not on the page as it was written", field.code());
        }
        let answer = app.get(&format!("/api/v1/collections/{number}")).await;
        assert_eq!((answer.status, answer.json()["title"].as_str()), (StatusCode::OK, Some(title.as_str())));
        assert!(answer.header("content-type").starts_with("application/json"));
        // the tables are still there
        assert_eq!(app.get("/api/v1/collections").await.json()["total"], 1);
    });
}
