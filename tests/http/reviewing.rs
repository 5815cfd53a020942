//! What reviewers work with: lists that hold only what they may know of, decisions made of what was shown, groups, and what everyone
//! reads of it.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::client::{hidden, posting};
use crate::pairs::{OTHER, alike, answer, compare, confirm, decide, flag, flag_at, went_to};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// Naturvårdsverket, a third agency.
const THIRD: &str = "202100-1975";
const CONFIRMED: &str = "Samma uppgifter i andra insamlingar";

fn planned(reference: &str, title: &str, more: &[(&str, &str)]) -> Value {
    with(with(full_row(reference, title), &[("status", "planerad")]), more)
}

async fn number(app: &TestApp, title: &str) -> String {
    app.number_of(title).await.unwrap_or_else(|| panic!("{title}"))
}

#[test]
fn a_decision_is_of_what_the_page_showed_and_holds_before_the_two_are_compared() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let page = skr.page(&address).await;
        let seen = ["innehall", "andra_innehall"].map(|name| hidden(&page, name).expect("a digest"));
        let chosen = hidden(&page, "uppgift").expect("a pair of items");
        let fields = |seen: &[String; 2]| {
            let [own, other] = seen.clone();
            [
                ("innehall", own),
                ("andra_innehall", other),
                ("bedomning", "partial".into()),
                ("uppgift", chosen.clone()),
                ("motivering", "Samma elever.".into()),
            ]
        };
        let send = async |seen: &[String; 2]| {
            let fields = fields(seen);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            skr.post(&format!("{address}/beslut"), &fields).await
        };
        // the agency changes its collection, and nothing has been compared yet
        app.import(SCB, &[planned("B-1", "Kostnad per elev och skola", &[])]).await.expect("written");
        let stale = send(&seen).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        for said in ["Nu visas den nya lydelsen", "Kostnad per elev och skola", "Samma elever."] {
            assert!(stale.text.contains(said), "{said}: {}", stale.text);
        }
        assert!(
            stale.text.contains(&format!("value=\"{chosen}\" checked")) && stale.text.contains("value=\"partial\" checked"),
            "what was typed stays"
        );
        let fresh = ["innehall", "andra_innehall"].map(|name| hidden(&stale.text, name).expect("a digest"));
        assert!(fresh[0] != seen[0] && fresh[1] == seen[1]);
        assert_eq!(send(&fresh).await.status, StatusCode::SEE_OTHER);
        let holds = async |when: &str| {
            assert!(!skr.page("/liknande").await.contains(&address), "{when}: what is decided is not asked again");
            assert!(skr.page("/liknande/bedomda").await.contains(&address), "{when}");
            for number in [&asking, &met] {
                assert!(app.page(&format!("/insamlingar/{number}")).await.contains(CONFIRMED), "{when}: {number}");
            }
        };
        holds("before it is compared").await;
        app.follow().await;
        assert!(compare(&app).await > 0, "what was decided meanwhile still is compared");
        holds("once it is compared").await;
        // what was said of an earlier text comes to hold again with that text, and is told of until then
        app.import(SCB, &[planned("B-1", "Något helt annat", &[])]).await.expect("written");
        flag(&app, &asking, &met).await;
        for number in [&asking, &met] {
            let page = app.page(&format!("/insamlingar/{number}")).await;
            assert!(page.contains("Bedömningen gäller en tidigare lydelse."), "{number}: it no longer holds");
        }
        let page = skr.page(&address).await;
        let told = "(Sveriges Kommuner och Regioner: ”delvis samma uppgifter”) gällde en tidigare lydelse.";
        assert!(page.contains(told) && page.contains("Samma elever."), "{page}");
        assert!(skr.page("/liknande").await.contains(&address));
        decide(&skr, &id.to_string(), &[("bedomning", "rejected"), ("motivering", "Annat.")]).await;
        app.import(SCB, &[planned("B-1", "Kostnad per elev och skola", &[])]).await.expect("written");
        flag(&app, &asking, &met).await;
        holds("once it says what it said").await;
    });
}

#[test]
fn items_are_chosen_by_what_they_are() {
    run(async {
        let app = TestApp::real().await;
        let (id, ..) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let skr = app.signed_in(Role::Analyst, THIRD).await;
        let page = skr.page(&address).await;
        assert!(page.contains("”Antal elever” och ”Antal elever”"), "{page}");
        let [own, other] = ["innehall", "andra_innehall"].map(|name| hidden(&page, name).expect("a digest"));
        let gone = format!("{id}:{id}");
        for odd in ["0", gone.as_str()] {
            let fields = [
                ("innehall", own.as_str()),
                ("andra_innehall", &other),
                ("bedomning", "single_items"),
                ("uppgift", odd),
                ("motivering", "Kvar."),
            ];
            let refused = skr.post(&format!("{address}/beslut"), &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text.contains("begärs inte längre") && refused.text.contains("Kvar."), "{}", refused.text);
            assert!(refused.text.contains("value=\"single_items\" checked"), "{}", refused.text);
        }
        assert!(skr.page("/liknande/bedomda").await.contains("Inga par är bedömda än"));
    });
}

#[test]
fn whoever_is_signed_out_comes_back_to_the_pair_and_is_told() {
    run(async {
        let app = TestApp::real().await;
        let (id, ..) = alike(&app).await;
        for form in ["svar", "inlagg", "beslut"] {
            let sent = app.send(posting(&format!("/liknande/{id}/{form}"), &[("inlagg", "Långt inlägg.")])).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER);
            let onward = percent_decode_str(sent.header("location").trim_start_matches("/logga-in?vidare=")).decode_utf8_lossy();
            assert_eq!(onward, format!("/liknande/{id}?sparat=inte"), "{form}");
            let back = app.signed_in(Role::Skr, "SKR").await.page(&onward).await;
            assert!(back.contains("Du var utloggad när du skickade formuläret"), "{back}");
        }
    });
}

/// A register with one collection of Skatteverket that `count` of SCB are like: their numbers, the first registered first.
async fn many(app: &TestApp, count: usize, more: &[(&str, &str)]) -> (String, Vec<String>) {
    app.import(OTHER, &[planned("S-1", "Den som liknas", &[])]).await.expect("written");
    let rows: Vec<Value> = (0..count).map(|at| planned(&format!("B-{at}"), &format!("Insamling nummer {at}"), more)).collect();
    app.import(SCB, &rows).await.expect("written");
    // hidden ones are not found by their titles, but numbers follow each other
    let newest = app.newest_number().await;
    let (year, last) = newest.split_once('-').expect("a number");
    let last: usize = last.parse().expect("a number");
    let numbers = (last + 1 - count..=last).map(|at| format!("{year}-{at:04}")).collect();
    (number(app, "Den som liknas").await, numbers)
}

#[test]
fn what_is_hidden_takes_no_place_in_the_list() {
    run(async {
        let app = TestApp::real().await;
        let (met, hidden) = many(&app, 52, &[("visas öppet från", "inte")]).await;
        for number in &hidden {
            flag_at(&app, number, &met, 0.9).await;
        }
        app.import(THIRD, &[planned("N-1", "Den enda öppna", &[])]).await.expect("written");
        let open = number(&app, "Den enda öppna").await;
        let id = flag_at(&app, &open, &met, 0.5).await;
        for (role, organisation) in [(Role::Skr, "SKR"), (Role::Analyst, SCB)] {
            let list = app.signed_in(role, organisation).await.page("/liknande").await;
            assert!(list.contains("1\u{a0}par att bedöma") && list.contains(&format!("/liknande/{id}")), "{role:?}: {list}");
            assert!(!list.contains("Insamling nummer") && !list.contains("Statistiska centralbyrån</option>"), "{role:?}: {list}");
        }
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        let list = admin.page("/liknande").await;
        assert!(list.contains("53\u{a0}par att bedöma") && !list.contains("Den enda öppna"), "the likeliest first: {list}");
        assert!(admin.page("/liknande?sida=2").await.contains("Den enda öppna"));
        assert!(admin.page("/liknande?sida=99999999999999999999").await.contains("53\u{a0}par"), "a page that there is not");
    });
}

#[test]
fn the_list_is_turned_and_narrowed_by_its_address() {
    run(async {
        let app = TestApp::real().await;
        let (met, numbers) = many(&app, 52, &[("ämnesområde", "Kultur och fritid")]).await;
        let mut ids = Vec::new();
        for (at, number) in numbers.iter().enumerate() {
            ids.push(flag_at(&app, number, &met, 0.9 - at as f64 / 1000.0).await);
        }
        let (first, last) = (format!("/liknande/{}\"", ids[0]), format!("/liknande/{}\"", ids[51]));
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let list = skr.page("/liknande").await;
        assert!(
            list.contains(&first) && !list.contains(&last) && list.contains("52\u{a0}par") && list.contains("/liknande?sida=2"),
            "{list}"
        );
        assert!(
            list.contains("Mest lika: ”Antal elever” och ”Antal elever”") && list.contains("Hittades") && list.contains("I dag"),
            "{list}"
        );
        let second = skr.page("/liknande?sida=2").await;
        assert!(!second.contains(&first) && second.contains(&last), "{second}");
        let own = app.signed_in(Role::Agency, SCB).await;
        went_to(
            &answer(&own, &format!("/liknande/{}", ids[51]), &[("svar", "reuse")]).await,
            &format!("/liknande/{}?sparat=svar", ids[51]),
        );
        let other = app.signed_in(Role::Agency, OTHER).await;
        other.post(&format!("/liknande/{}/inlagg", ids[51]), &[("inlagg", "Nej."), ("invander", "ja")]).await;
        let answered = skr.page("/liknande?svar=answered").await;
        assert!(answered.contains("1\u{a0}par") && answered.contains(&last) && answered.contains("Invändning"), "{answered}");
        assert!(answered.contains("Vi återanvänder deras uppgifter"), "{answered}");
        assert!(skr.page("/liknande?svar=unanswered").await.contains("51\u{a0}par"));
        assert!(skr.page(&format!("/liknande?myndighet={OTHER}")).await.contains("52\u{a0}par"));
        let none = skr.page(&format!("/liknande?myndighet={THIRD}&omrade=%27")).await;
        assert!(none.contains("Inga par stämmer") && none.contains("href=\"/liknande\">Visa alla"), "{none}");
        decide(&skr, &ids[51].to_string(), &[("bedomning", "full")]).await;
        let decided = skr.page("/liknande/bedomda?bedomning=full").await;
        assert!(
            decided.contains(&last) && decided.contains("Samma uppgifter") && decided.contains("Sveriges Kommuner och Regioner"),
            "{decided}"
        );
        assert!(skr.page("/liknande/bedomda?bedomning=rejected").await.contains("Inga par stämmer"));
        assert!(skr.page("/liknande").await.contains("51\u{a0}par"));
    });
}

#[test]
fn both_pages_show_which_items_are_the_same_and_follow_the_other_collection() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let (asks, meets) = (format!("/insamlingar/{asking}"), format!("/insamlingar/{met}"));
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let chosen = hidden(&skr.page(&format!("/liknande/{id}")).await, "uppgift").expect("a pair of items");
        decide(&skr, &id.to_string(), &[("bedomning", "single_items"), ("uppgift", &chosen)]).await;
        for (own, other) in [(&asking, &met), (&met, &asking)] {
            let page = app.page(&format!("/insamlingar/{own}")).await;
            assert!(page.contains(&format!("data-label=\"I {other}\">Antal elever")) && !page.contains("har invänt"), "{page}");
        }
        let other = app.signed_in(Role::Agency, OTHER).await;
        let objection = [("inlagg", "Hemligt skäl."), ("invander", "ja")];
        other.post(&format!("/liknande/{id}/inlagg"), &objection).await;
        decide(&skr, &id.to_string(), &[("bedomning", "full")]).await;
        for path in [&asks, &meets] {
            let page = app.page(path).await;
            assert!(page.contains("data-label=\"Här\">Antal elever") && page.contains("Skatteverket har invänt."), "{page}");
            assert!(!page.contains("Hemligt skäl."), "what is written between agencies is not public");
        }
        // the other's agency is no part of what an overlap depends on, but what it is called and whether it is open is shown
        let hide = [("kontakt e-post", "statistik@skatteverket.example"), ("visas öppet från", "inte")];
        app.import(OTHER, &[planned("S-1", "Elever och kostnader", &hide)]).await.expect("written");
        let page = app.page(&asks).await;
        assert!(!page.contains(CONFIRMED) && !page.contains("Elever och kostnader"), "a hidden collection is not named: {page}");
    });
}

#[test]
fn what_differs_is_underlined_and_read_out() {
    run(async {
        let app = TestApp::real().await;
        let rows = [(OTHER, "S-1", "Elever brutto"), (SCB, "B-1", "Elever netto")];
        for (agency, reference, item) in rows {
            app.import(agency, &[crate::pairs::planned(reference, item, &[item])]).await.expect("written");
        }
        let id = flag(&app, &number(&app, "Elever netto").await, &number(&app, "Elever brutto").await).await;
        let page = app.signed_in(Role::Skr, "SKR").await.page(&format!("/liknande/{id}")).await;
        for word in ["brutto", "netto"] {
            let marked = format!("Elever <mark>{word}</mark><span class=\"sr-only\"> (bara här: {word})</span>");
            assert!(page.contains(&marked), "{marked}: {page}");
        }
        let css = app.page("/static/css/work.css").await;
        assert!(css.lines().any(|line| line.starts_with("mark {") && line.contains("text-decoration: underline")), "not by colour alone");
    });
}

#[test]
fn an_objection_is_shown_at_once_and_a_new_name_too() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        confirm(&app, &id.to_string()).await;
        let asks = format!("/insamlingar/{asking}");
        assert!(!app.page(&asks).await.contains("har invänt"));
        let other = app.signed_in(Role::Agency, OTHER).await;
        other.post(&format!("/liknande/{id}/inlagg"), &[("inlagg", "Nej."), ("invander", "ja")]).await;
        assert!(app.page(&asks).await.contains("Skatteverket har invänt."));
        app.import(OTHER, &[planned("S-1", "Elever, ett annat namn", &[])]).await.expect("written");
        assert!(app.page(&asks).await.contains("Elever, ett annat namn"), "{met}");
    });
}

#[test]
fn what_is_confirmed_makes_groups_of_what_the_reader_may_know_of() {
    run(async {
        let app = TestApp::real().await;
        let hide = [("visas öppet från", "inte")];
        app.import(OTHER, &[planned("S-2", "Hemlig insamling", &hide)]).await.expect("written");
        let secret = app.newest_number().await;
        app.import(OTHER, &[planned("S-1", "Första insamlingen", &[])]).await.expect("written");
        app.import(SCB, &[planned("B-1", "Andra insamlingen", &[]), planned("B-2", "=SUM(A1)", &[])]).await.expect("written");
        app.import(THIRD, &[planned("N-1", "Tredje insamlingen", &[])]).await.expect("written");
        let mut numbers = Vec::new();
        for title in ["Första insamlingen", "Andra insamlingen", "Tredje insamlingen", "=SUM(A1)"] {
            numbers.push(number(&app, title).await);
        }
        let [first, second, third, fourth] = [0, 1, 2, 3].map(|at| numbers[at].as_str());
        let skr = app.signed_in(Role::Skr, "SKR").await;
        for path in ["/liknande/grupper", "/liknande/uppgifter"] {
            assert!(skr.page(path).await.contains(" än."), "an empty list says why");
            assert_eq!(skr.get(&format!("{path}.csv")).await.text.lines().count(), 1);
        }
        confirm(&app, &flag(&app, second, first).await.to_string()).await;
        confirm(&app, &flag(&app, third, second).await.to_string()).await;
        decide(&skr, &flag(&app, fourth, second).await.to_string(), &[("bedomning", "rejected"), ("motivering", "Annat.")]).await;
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        decide(&admin, &flag(&app, fourth, &secret).await.to_string(), &[("bedomning", "full")]).await;
        let page = skr.page("/liknande/grupper").await;
        assert!(page.contains("Grupp 1: 3\u{a0}insamlingar, 1\u{a0}gemensam uppgift") && page.contains("1 grupp."), "{page}");
        for title in ["Första insamlingen", "Andra insamlingen", "Tredje insamlingen", "Skatteverket", "Naturvårdsverket"] {
            assert!(page.contains(title), "{title}: {page}");
        }
        assert!(!page.contains("Hemlig") && !page.contains("SUM(A1)"), "{page}");
        let csv = skr.get("/liknande/grupper.csv").await.text;
        assert!(
            csv.lines().count() == 4 && csv.contains(&format!("1;3;1;{first};Första insamlingen;planerad;Skatteverket;varje år")),
            "{csv}"
        );
        let all = admin.get("/liknande/grupper.csv").await.text;
        assert!(all.lines().count() == 6 && all.contains(";'=SUM(A1);") && all.contains("Hemlig insamling"), "{all}");
        let page = skr.page("/liknande/uppgifter").await;
        assert!(page.contains("Antal elever <span class=\"quiet\">3 myndigheter") && page.contains("Folkbokförda i kommunen."), "{page}");
        assert!(!page.contains("Hemlig") && page.contains("Varje år"), "{page}");
        let csv = skr.get("/liknande/uppgifter.csv").await.text;
        assert!(csv.contains(&format!("1;3;Skatteverket;Antal elever;Folkbokförda i kommunen.;{first};")), "{csv}");
        let book = skr.get("/liknande/uppgifter.xlsx").await;
        assert!(book.status == StatusCode::OK && book.header("content-disposition").contains("begars-av-flera-"));
        assert_eq!(skr.get("/liknande/grupper.xlsx").await.status, StatusCode::OK);
        // once one of them changes in substance, what was said of it joins nothing
        app.import(SCB, &[planned("B-1", "Andra insamlingen, ändrad", &[])]).await.expect("written");
        flag(&app, second, first).await;
        flag(&app, third, second).await;
        assert!(skr.page("/liknande/grupper").await.contains("Inga insamlingar hänger ihop än"));
    });
}
