//! Searching the demonstration as a visitor does: what is found, what facets promise, what an empty result says.

use crate::support::{TestApp, run};

async fn total(app: &TestApp, query: &str) -> u64 {
    app.get(&format!("/api/v1/collections?limit=1&{query}")).await.json()["total"].as_u64().expect("a total")
}

/// How many collections a page of the list says that there are.
async fn told(app: &TestApp, path: &str) -> u64 {
    let html = app.page(path).await;
    let heading = html.split("id=\"h-traffar\"").nth(1).and_then(|rest| rest.split('<').next()).expect("a heading");
    let digits: String = heading.split('>').nth(1).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

#[test]
fn names_of_bodies_old_and_short_find_the_same() {
    run(async {
        let app = TestApp::demonstration().await;
        for (one, other) in [
            ("q=MSB", "q=MCF"),
            ("q=MCF", "q=myndigheten+f%C3%B6r+civilt+f%C3%B6rsvar"),
            ("q=ESV", "q=ekonomistyrningsverket"),
            ("q=SCB", "q=statistiska+centralbyr%C3%A5n"),
        ] {
            let (a, b) = (total(&app, one).await, total(&app, other).await);
            assert!(a > 0 && a == b, "{one}: {a}, {other}: {b}");
        }
    });
}

#[test]
fn words_are_found_by_their_parts_forms_and_misspellings() {
    run(async {
        let app = TestApp::demonstration().await;
        for query in [
            "elevantal",
            "antal+elever",
            "skolm%C3%A5ltid",
            "hemtj%C3%A4nsten",
            "HEMTJ%C3%84NST",
            "detaljplaner",
            "bibliotk",
            "%22antal+elever%22",
        ] {
            assert!(total(&app, &format!("q={query}")).await > 0, "{query}");
        }
        for query in ["xyzzyqwerty", "q%C3%A5%C3%A4%C3%B6q"] {
            assert_eq!(total(&app, &format!("q={query}")).await, 0, "{query}");
        }
        let corrected = app.page("/insamlingar?q=bibliotk").await;
        assert!(corrected.contains("Visar träffar för") && corrected.contains("<mark>"), "a correction is said and marked");
    });
}

#[test]
fn a_number_leads_to_its_collection() {
    run(async {
        let app = TestApp::demonstration().await;
        let first = app.get("/api/v1/collections?limit=1").await.json()["items"][0]["number"].as_str().expect("a number").to_owned();
        let found = app.get(&format!("/api/v1/collections?limit=1&q={first}")).await.json();
        assert_eq!(found["items"][0]["number"], first.as_str());
        // as people write it: without its zeros, as two numbers, without its year
        let (year, serial) = first.split_once('-').expect("a year and a serial");
        let bare = serial.trim_start_matches('0');
        for query in [format!("{year}-{bare}"), format!("{year}+{bare}"), format!("{bare}+{year}"), serial.to_owned()] {
            let found = app.get(&format!("/api/v1/collections?limit=1&q={query}")).await.json();
            assert_eq!(found["items"][0]["number"], first.as_str(), "{query}");
        }
    });
}

#[test]
fn kinds_and_obligations_are_found_by_their_words() {
    run(async {
        let app = TestApp::demonstration().await;
        let filtered = told(&app, "/insamlingar?slag=survey&svar=voluntary").await;
        assert!(filtered > 0 && total(&app, "q=frivillig+enk%C3%A4t").await >= filtered);
        assert!(total(&app, "q=tillsyn").await >= told(&app, "/insamlingar?slag=supervision").await);
    });
}

#[test]
fn facets_keep_their_promises() {
    run(async {
        let app = TestApp::demonstration().await;
        for path in ["/insamlingar", "/insamlingar?q=skola", "/insamlingar?q=skola&status=planned"] {
            let html = app.page(path).await;
            let facets = html.split("class=\"facet\"").skip(1).flat_map(|facet| {
                let facet = facet.split("</aside>").next().unwrap_or_default();
                facet.split("<li><a href=\"").skip(1).take(3).map(str::to_owned).collect::<Vec<_>>()
            });
            let mut tried = 0;
            for facet in facets {
                let href = facet.split('"').next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&");
                let count = facet.split("class=\"num\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
                let count: u64 = count.replace('\u{a0}', "").parse().expect("a count");
                let is_chosen = facet.split('>').next().is_some_and(|tag| tag.contains("aria-current"));
                if !is_chosen {
                    assert_eq!(told(&app, &href).await, count, "{path} leads to {href}");
                    tried += 1;
                }
            }
            assert!(tried > 10, "{path}: only {tried} facet values were found");
        }
    });
}

#[test]
fn an_empty_result_helps() {
    run(async {
        let app = TestApp::demonstration().await;
        let html = app.page("/insamlingar?q=elever+xyzzyqwerty").await;
        assert_eq!(told(&app, "/insamlingar?q=elever+xyzzyqwerty").await, 0);
        assert!(html.contains("class=\"empty\"") && html.contains("href=\"/insamlingar\""), "the way back is shown");
        assert!(html.contains("q=elever"), "what would be found without the strange word is offered");
    });
}
