//! Reference data that change: a newer version brings new names and leaves what people wrote; an older one changes nothing.

use insamlingsregister::actions::reference::{Loaded, load};
use insamlingsregister::clock;
use insamlingsregister::db::{events, organisations};
use insamlingsregister::domain::reference::ReferenceData;
use insamlingsregister::intake::reference::{ReferenceFiles, read};

use crate::rows::full_row;
use crate::support::{SCB, TestApp, run};

fn data(version: &str) -> ReferenceData {
    let mut data = read(&ReferenceFiles::embedded()).expect("the program's own data");
    version.clone_into(&mut data.version);
    data
}

#[test]
fn the_country_is_whole() {
    run(async {
        let app = TestApp::real().await;
        let mut tx = app.state.db.read().await.expect("a transaction");
        let municipalities = organisations::municipalities(&mut tx).await.expect("the municipalities");
        let regions = organisations::regions(&mut tx).await.expect("the regions");
        assert_eq!((municipalities.len(), regions.len()), (290, 20 + 1), "Gotland is a municipality with a region's tasks");
        assert!(municipalities.iter().all(|m| m.population > 2_000 && m.code.len() == 4), "every municipality has inhabitants");
        let people: i64 = municipalities.iter().map(|m| m.population).sum();
        assert!((10_000_000..11_500_000).contains(&people), "{people} inhabitants");
        let agencies = organisations::askers(&mut tx, clock::swedish_day(clock::now())).await.expect("the agencies");
        assert!(agencies.len() >= 259, "{} agencies and other bodies", agencies.len());
    });
}

#[test]
fn a_newer_version_brings_names_and_leaves_what_people_wrote() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[full_row("A-1", "Enkät om bibliotek")]).await.expect("imported");
        let number = app.number_of("Enkät om bibliotek").await.expect("a number");
        let mut newer = data("9999-01-01");
        for organisation in newer.organisations.iter_mut().filter(|organisation| organisation.code == SCB) {
            "Räkneverket".clone_into(&mut organisation.name);
        }
        for municipality in newer.municipalities.iter_mut().filter(|municipality| municipality.code == "1480") {
            municipality.population = 777_777;
        }
        // a body that is not in the newer file stays: collections may name it
        newer.organisations.retain(|organisation| organisation.code != "SKR");
        newer.names.retain(|name| name.organisation_code != "SKR");
        let loaded = load(&app.state.db, &newer, clock::now()).await.expect("loaded");
        assert!(matches!(loaded, Loaded::Updated { organisations } if organisations >= 1), "{loaded:?}");
        app.import(SCB, &[full_row("A-2", "Enkät om skolor")]).await.expect("the index follows");
        let page = app.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Räkneverket") && page.contains("Enkät om bibliotek"), "the new name stands on the page");
        assert!(app.page("/insamlingar?q=r%C3%A4kneverket").await.contains(&number), "the new name is found");
        assert!(app.page("/kommuner/1480").await.contains("777\u{a0}777"));
        app.page("/myndigheter/SKR").await;
        let mut tx = app.state.db.read().await.expect("a transaction");
        let trail = events::of(&mut tx, "register", "reference").await.expect("the trail");
        assert_eq!(trail.first().map(|event| event.action.as_str()), Some("reference.loaded"));
    });
}

#[test]
fn the_same_or_an_older_version_changes_nothing() {
    run(async {
        let app = TestApp::real().await;
        let own = read(&ReferenceFiles::embedded()).expect("the program's own data").version;
        for version in [own.as_str(), "1999-01-01", ""] {
            let mut older = data(version);
            for organisation in &mut older.organisations {
                "Fel namn".clone_into(&mut organisation.name);
            }
            assert_eq!(load(&app.state.db, &older, clock::now()).await.expect("loaded"), Loaded::Kept, "{version}");
        }
        assert!(!app.page("/myndigheter").await.contains("Fel namn"));
    });
}
