//! Comparing every collection with the others in the background, whatever happens meanwhile.

use axum::http::StatusCode;
use insamlingsregister::db::collections;
use insamlingsregister::db::pairs;
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::CollectionNumber;
use uuid::Uuid;

use crate::client::Client;
use crate::editor::{begun, sent};
use crate::pairs::{LIBRARIES, compare, planned};
use crate::support::{SCB, TestApp, run};

/// Naturvårdsverket, another agency.
const OTHER: &str = "202100-1975";

async fn id_of(app: &TestApp, number: &str) -> Uuid {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let today = insamlingsregister::clock::swedish_day(insamlingsregister::clock::now());
    let number = CollectionNumber::parse(number).expect("a number");
    collections::open_by_number(&mut tx, number, today).await.expect("read").expect("a collection").id
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
