//! How a reviewer decides: of what the page showed, on the items that were chosen.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::pairs::{self, ItemPair};
use insamlingsregister::domain::access::Role;
use uuid::Uuid;

use crate::client::hidden;
use crate::pairs::{alike, decide};
use crate::support::{TestApp, run};

/// Adds another pair of items to those that are found alike of a pair.
async fn also_alike(app: &TestApp, pair: Uuid) {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let mut found = pairs::get(&mut tx, pair).await.expect("read").expect("a pair").found;
    let lineages = [found.collection, found.other].map(|id| (id, 1));
    let mut items = Vec::new();
    for (id, version) in lineages {
        items.push(pairs::lineages(&mut tx, id, version).await.expect("read")[1]);
    }
    found.items.push(ItemPair { item: items[0], other: items[1], score: 1.1 });
    pairs::put(&mut tx, &found, clock::now()).await.expect("written");
    tx.commit().await.expect("committed");
}

#[test]
fn only_what_was_decided_is_told_to_be_the_same() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        also_alike(&app, id).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let page = skr.page(&format!("/liknande/{id}")).await;
        assert_eq!(page.matches("name=\"uppgift\"").count(), 2, "{page}");
        let chosen = hidden(&page, "uppgift").expect("a pair of items");
        decide(&skr, &id.to_string(), &[("bedomning", "full"), ("uppgift", &chosen)]).await;
        for (own, other) in [(&asking, &met), (&met, &asking)] {
            let page = app.page(&format!("/insamlingar/{own}")).await;
            assert_eq!(page.matches(&format!("data-label=\"I {other}\">")).count(), 1, "{page}");
            assert!(page.contains(&format!("data-label=\"I {other}\">Antal elever")), "{page}");
        }
        decide(&skr, &id.to_string(), &[("bedomning", "full")]).await;
        let page = app.page(&format!("/insamlingar/{asking}")).await;
        assert_eq!(page.matches(&format!("data-label=\"I {met}\">")).count(), 2, "all that was found: {page}");
    });
}

#[test]
fn nobody_decides_over_a_decision_that_the_page_did_not_show() {
    run(async {
        let app = TestApp::real().await;
        let (id, ..) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let before = skr.page(&address).await;
        decide(&skr, &id.to_string(), &[("bedomning", "partial"), ("motivering", "Den första.")]).await;
        let seen = ["innehall", "andra_innehall", "senaste"].map(|name| (name, hidden(&before, name).expect("what the page shows")));
        let seen = seen.iter().map(|(name, value)| (*name, value.as_str()));
        let fields: Vec<(&str, &str)> = seen.chain([("bedomning", "rejected"), ("motivering", "Den andra.")]).collect();
        let refused = skr.post(&format!("{address}/beslut"), &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        for said in ["Någon annan har bedömt paret", "Den första.", "Den andra.", "value=\"rejected\" checked"] {
            assert!(refused.text.contains(said), "{said}: {}", refused.text);
        }
        assert!(skr.page("/liknande/bedomda?bedomning=partial").await.contains(&address));
    });
}

#[test]
fn people_may_see_that_items_are_the_same_where_the_method_does_not() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let page = skr.page(&address).await;
        let option = |name: &str, label: &str| {
            let (_, select) = page.split_once(&format!("name=\"{name}\"")).expect("the choice");
            let (select, _) = select.split_once("</select>").expect("its end");
            let (before, _) = select.split_once(&format!(">{label}</option>")).unwrap_or_else(|| panic!("{label}: {select}"));
            let (_, value) = before.rsplit_once("value=\"").expect("a value");
            value.split('"').next().expect("a value").to_owned()
        };
        let (own, other) = (option("egen-1", "Antal elever"), option("annan-1", "Kostnad per elev"));
        let half = [("bedomning", "single_items"), ("egen-1", own.as_str()), ("motivering", "Kvar.")];
        let seen = ["innehall", "andra_innehall", "senaste"].map(|name| (name, hidden(&page, name).expect("what the page shows")));
        let seen: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let send = async |fields: &[(&str, &str)]| {
            let fields: Vec<(&str, &str)> = seen.iter().chain(fields).copied().collect();
            skr.post(&format!("{address}/beslut"), &fields).await
        };
        let refused = send(&half).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("Välj en uppgift på varje sida"));
        assert!(refused.text.contains(&format!("value=\"{own}\" selected")) && refused.text.contains("Kvar."), "{}", refused.text);
        let both = [half[0], half[1], ("annan-1", other.as_str())];
        assert_eq!(send(&both).await.status, StatusCode::SEE_OTHER);
        let page = skr.page(&address).await;
        assert!(page.contains(&format!("value=\"{own}:{other}\" checked")), "it stays to be unchosen: {page}");
        assert!(page.contains("<li>”Antal elever” och ”Kostnad per elev”</li>"), "the thread says which: {page}");
        let public = app.page(&format!("/insamlingar/{asking}")).await;
        assert!(public.contains(&format!("data-label=\"I {met}\">Kostnad per elev")), "{public}");
    });
}
