//! Everything public as files: what people have confirmed of overlaps is among it, and nothing that is not open.

use std::fs;

use insamlingsregister::actions::export::export;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Role;
use serde_json::{Value, json};

use crate::client::hidden;
use crate::pairs::{OTHER, alike, answer, confirm, decide, flag, planned};
use crate::rows::with;
use crate::support::{SCB, TestApp, run};

/// The rows of the table of confirmed overlaps, as the export writes it, with its csv and what is said of it.
async fn exported(app: &TestApp) -> (Vec<Value>, String, String) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("data");
    export(&app.state.db, &folder, "https://register.example", clock::swedish_day(clock::now())).await.expect("exported");
    let text = |name: &str| fs::read_to_string(folder.join(name)).expect("a file");
    let rows = text("overlapp.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (rows, text("overlapp.csv"), text("läs mig.txt"))
}

#[test]
fn confirmed_overlaps_of_open_collections_are_exported() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let (rows, csv, _) = exported(&app).await;
        assert!(rows.is_empty() && csv.lines().count() == 1, "a flag is not public: {csv}");
        let own = app.signed_in(Role::Agency, SCB).await;
        answer(&own, &format!("/liknande/{id}"), &[("svar", "differs"), ("skal", "Vi frågar varje skola.")]).await;
        let other = app.signed_in(Role::Agency, OTHER).await;
        other.post(&format!("/liknande/{id}/inlagg"), &[("inlagg", "Hemligt skäl."), ("invander", "ja")]).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let chosen = hidden(&skr.page(&format!("/liknande/{id}")).await, "uppgift").expect("a pair of items");
        let verdict = [("bedomning", "single_items"), ("uppgift", chosen.as_str()), ("motivering", "=Samma elever.")];
        decide(&skr, &id.to_string(), &verdict).await;
        // neither what nobody may read, nor what is rejected
        app.import(OTHER, &[with(planned("S-2", "Hemlig insamling", &["Elever"]), &[("visas öppet från", "inte")])])
            .await
            .expect("written");
        let secret = flag(&app, &asking, &app.newest_number().await).await;
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        decide(&admin, &secret.to_string(), &[("bedomning", "full")]).await;
        app.import(OTHER, &[planned("S-3", "Något annat", &["Elever"])]).await.expect("written");
        let rejected = flag(&app, &asking, &app.newest_number().await).await;
        decide(&skr, &rejected.to_string(), &[("bedomning", "rejected"), ("motivering", "Annat.")]).await;
        let (rows, csv, read_me) = exported(&app).await;
        let expected = json!({
            "collection": asking, "other": met, "kind": "single_items", "confirmedBy": "Sveriges Kommuner och Regioner",
            "confirmedOn": clock::swedish_day(clock::now()).to_string(), "items": ["Antal elever"], "otherItems": ["Antal elever"],
            "reason": "=Samma elever.", "answeredBy": "Statistiska centralbyrån", "answer": "differs",
            "answerReason": "Vi frågar varje skola.", "objections": ["Skatteverket"],
        });
        assert_eq!(rows, [expected]);
        assert!(csv.lines().count() == 2 && csv.contains(";single_items;") && csv.contains("'=Samma elever."), "{csv}");
        assert!(read_me.contains("overlapp (1\u{a0}rad)") && read_me.contains("otherItems: "), "{read_me}");
        // what was said of what a collection no longer says is not told
        app.import(SCB, &[planned("B-1", "Något helt annat", &["Plogade vägar"])]).await.expect("written");
        flag(&app, &asking, &met).await;
        assert!(exported(&app).await.0.is_empty());
        confirm(&app, &id.to_string()).await;
        assert_eq!(exported(&app).await.0.len(), 1);
    });
}
