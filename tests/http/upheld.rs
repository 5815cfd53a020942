//! What is said of an overlap and what is left of it afterwards: when a text is rewritten, a collection is over, or an agency has become
//! another.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use serde_json::{Value, json};

use crate::pairs::{LIBRARIES, OTHER, alike, answer, compare, confirm, decide, flag, flag_at, planned};
use crate::rows::with;
use crate::support::{SCB, TestApp, hand_over, run};

/// Naturvårdsverket, which in a test comes to end, and Statskontoret, which takes over as it did from Ekonomistyrningsverket.
const ENDED: &str = "202100-1975";
const LIVING: &str = "202100-5026";
const AS_DID: &str = "202100-0852";

/// A planned row of libraries of schools, open and of Swedish schools.
fn libraries(reference: &str, title: &str, last: &str) -> Value {
    let mut items = LIBRARIES.to_vec();
    items.push(last);
    planned(reference, title, &items)
}

/// The number of the collection with this title.
async fn number(app: &TestApp, title: &str) -> String {
    app.number_of(title).await.unwrap_or_else(|| panic!("{title}"))
}

/// A compared register with a pair that is alike: its address, and the two collections' numbers.
async fn compared(app: &TestApp) -> (String, String, String) {
    app.import(OTHER, &[libraries("S-9", "Skolbibliotekens bemanning", "Lärare")]).await.expect("written");
    app.import(SCB, &[libraries("B-9", "Bemanning i skolbibliotek", "Lärare")]).await.expect("written");
    let (asking, met) = (number(app, "Bemanning i skolbibliotek").await, number(app, "Skolbibliotekens bemanning").await);
    let own = app.signed_in(Role::Agency, SCB).await;
    assert!(compare(app).await >= 2);
    let page = own.page(&format!("/insamlingar/{asking}")).await;
    let (_, rest) = page.split_once("href=\"/liknande/").expect("a flag");
    (rest.split('"').next().expect("an address").to_owned(), asking, met)
}

#[test]
fn an_answer_stands_when_a_text_is_rewritten_and_the_pair_stays_flagged() {
    run(async {
        let app = TestApp::real().await;
        let (pair, asking, met) = compared(&app).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let given = [("svar", "coordinate"), ("skal", "Vi delar enkät.")];
        assert_eq!(answer(&own, &format!("/liknande/{pair}"), &given).await.status, StatusCode::SEE_OTHER);
        app.import(OTHER, &[libraries("S-9", "Skolbibliotekens bemanning", "Lärare och rektorer")]).await.expect("written");
        assert!(compare(&app).await >= 2);
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let list = skr.page("/liknande?svar=answered").await;
        assert!(list.contains(&pair) && list.contains("Vi samordnar oss"), "{list}");
        assert!(!skr.page("/liknande?svar=unanswered").await.contains(&pair));
        confirm(&app, &pair).await;
        for number in [&asking, &met] {
            let page = app.page(&format!("/insamlingar/{number}")).await;
            let other = if *number == asking { "Skatteverket" } else { "Statistiska centralbyrån" };
            assert!(page.contains(&format!("</span> · {other}")), "{other}: {page}");
            assert!(page.contains("Svar från Statistiska centralbyrån: vi samordnar oss.") && page.contains("Vi delar enkät."), "{page}");
        }
        assert!(skr.page("/liknande/bedomda").await.contains("Vi samordnar oss"));
    });
}

#[test]
fn an_objection_lapses_with_the_words_that_it_was_made_of() {
    run(async {
        let app = TestApp::real().await;
        let (pair, asking, _) = compared(&app).await;
        let other = app.signed_in(Role::Agency, OTHER).await;
        other.post(&format!("/liknande/{pair}/inlagg"), &[("inlagg", "Nej."), ("invander", "ja")]).await;
        confirm(&app, &pair).await;
        let page = format!("/insamlingar/{asking}");
        assert!(app.page(&page).await.contains("Skatteverket har invänt."));
        let skr = app.signed_in(Role::Skr, "SKR").await;
        assert!(skr.page("/liknande/bedomda").await.contains("Invändning"));
        app.import(SCB, &[libraries("B-9", "Bemanning i skolbibliotek", "Rektorer")]).await.expect("written");
        assert!(compare(&app).await >= 1);
        assert!(!skr.page("/liknande").await.contains("Invändning"));
        let told = app.page(&page).await;
        assert!(
            told.contains("Bedömningen gäller en tidigare lydelse.") && !told.contains("data-label=\"Här\""),
            "not gone without a trace: {told}"
        );
        confirm(&app, &pair).await;
        let page = app.page(&page).await;
        assert!(page.contains("data-label=\"Här\"") && !page.contains("har invänt"), "{page}");
    });
}

#[test]
fn a_page_follows_texts_that_come_back_to_what_they_were() {
    run(async {
        let app = TestApp::real().await;
        let (pair, _, met) = compared(&app).await;
        let page = format!("/insamlingar/{met}");
        let confirmed = "Samma uppgifter i andra insamlingar";
        confirm(&app, &pair).await;
        let rewrite = async |last: &str| {
            app.import(SCB, &[libraries("B-9", "Bemanning i skolbibliotek", last)]).await.expect("written");
            app.page(&page).await // read, and kept, before anything is compared
        };
        rewrite("Rektorer").await;
        assert!(compare(&app).await >= 1);
        let skr = app.signed_in(Role::Skr, "SKR").await;
        decide(&skr, &pair, &[("bedomning", "rejected"), ("motivering", "Annat.")]).await;
        assert!(!app.page(&page).await.contains(confirmed));
        rewrite("Lärare").await;
        assert!(compare(&app).await >= 1);
        assert!(app.page(&page).await.contains(confirmed), "the first decision holds again");
    });
}

#[test]
fn what_is_over_is_marked_and_neither_asked_about_nor_counted() {
    run(async {
        let app = TestApp::real().await;
        let (pair, asking, met) = compared(&app).await;
        confirm(&app, &pair).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        assert!(skr.page("/liknande/uppgifter").await.contains("2 myndigheter"));
        let other = app.signed_in(Role::Agency, OTHER).await;
        let withdrawn = other.post(&format!("/insamlingar/{met}/aterkalla"), &[("skal", "Behövs inte längre.")]).await;
        assert_eq!(withdrawn.status, StatusCode::SEE_OTHER);
        compare(&app).await;
        let page = app.page(&format!("/insamlingar/{asking}")).await;
        let (_, told) = page.split_once("id=\"h-liknande\"").expect("what is confirmed");
        assert!(told.contains(&met) && told.contains("Återkallad"), "{told}");
        let groups = skr.page("/liknande/grupper").await;
        assert!(groups.contains("Skolbibliotekens bemanning") && groups.contains("Återkallad"), "{groups}");
        assert!(skr.get("/liknande/grupper.csv").await.text.contains(";återkallad;"));
        let items = skr.page("/liknande/uppgifter").await;
        assert!(items.contains(" än."), "one agency is left that asks: {items}");
        // what ended long ago is told of beside a new one, but not asked about
        let ended = with(libraries("S-2", "Läsfrämjande i skolan", "Läslust"), &[("status", "avslutad")]);
        app.import(OTHER, &[ended]).await.expect("written");
        app.import(SCB, &[libraries("B-2", "Läsfrämjande i skolan nu", "Läslust")]).await.expect("written");
        compare(&app).await;
        let new = number(&app, "Läsfrämjande i skolan nu").await;
        let page = app.signed_in(Role::Agency, SCB).await.page(&format!("/insamlingar/{new}")).await;
        let flags = page.split_once("id=\"h-flaggor\"").map(|(_, flags)| flags).unwrap_or_default();
        assert!(!flags.contains("Läsfrämjande i skolan</a>"), "{flags}");
    });
}

#[test]
fn an_agency_and_the_one_that_took_over_are_one() {
    run(async {
        let app = TestApp::real().await;
        app.import(ENDED, &[planned("E-1", "Ekonomisk redovisning", &["Kostnader i kronor"])]).await.expect("written");
        hand_over(&app, ENDED, AS_DID).await;
        app.import(LIVING, &[planned("K-1", "Redovisning av ekonomi", &["Kostnader i kronor"])]).await.expect("written");
        app.import(SCB, &[planned("B-1", "Räkenskaper", &["Kostnader i kronor"])]).await.expect("written");
        let [old, new, third] =
            [number(&app, "Ekonomisk redovisning").await, number(&app, "Redovisning av ekonomi").await, number(&app, "Räkenskaper").await];
        let skr = app.signed_in(Role::Skr, "SKR").await;
        confirm(&app, &flag(&app, &new, &old).await.to_string()).await;
        assert!(skr.page("/liknande/uppgifter").await.contains(" än."), "one agency");
        flag_at(&app, &third, &old, 0.7).await;
        let list = skr.page(&format!("/liknande?myndighet={LIVING}")).await;
        assert!(list.contains("1\u{a0}par att bedöma") && list.contains("Räkenskaper"), "{list}");
        assert!(!list.contains(&format!("value=\"{ENDED}\"")), "pickers offer one choice: {list}");
        confirm(&app, &flag_at(&app, &third, &old, 0.7).await.to_string()).await;
        assert!(skr.page("/liknande/uppgifter").await.contains("2 myndigheter"));
    });
}

#[test]
fn pairs_with_most_in_common_come_first() {
    run(async {
        let app = TestApp::real().await;
        let (pair, ..) = compared(&app).await;
        let (_, asking, met) = alike(&app).await;
        let likely = flag_at(&app, &asking, &met, 0.999).await; // of one item
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let desk = skr.page("/skrivbord").await;
        assert!(desk.contains("2\u{a0}par av liknande insamlingar väntar på bedömning."), "{desk}");
        let list = skr.page("/liknande").await;
        let place = |id: &str| list.find(&format!("/liknande/{id}")).unwrap_or_else(|| panic!("{id}: {list}"));
        assert!(place(&pair) < place(&likely.to_string()), "five items before one that is likelier");
    });
}

#[test]
fn the_order_of_items_is_no_change_in_substance() {
    run(async {
        let app = TestApp::real().await;
        let (pair, asking, _) = compared(&app).await;
        confirm(&app, &pair).await;
        let mut turned = libraries("B-9", "Bemanning i skolbibliotek", "Lärare");
        if let Some(items) = turned["uppgifter"].as_array_mut() {
            items.reverse();
        }
        assert_ne!(turned["uppgifter"], json!([]));
        app.import(SCB, &[turned]).await.expect("written");
        compare(&app).await;
        assert!(app.page(&format!("/insamlingar/{asking}")).await.contains("Samma uppgifter i andra insamlingar"));
    });
}
