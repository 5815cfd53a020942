//! Every page of the demonstration: it answers, in Swedish, with the headers that protect the visitor, and its links lead somewhere.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::rows::full_row;
use crate::support::{SCB, TestApp, run};

/// An address of every kind of page that is there without data of a certain kind.
pub const PAGES: [&str; 16] = [
    "/",
    "/insamlingar",
    "/insamlingar?q=elever",
    "/insamlingar?q=finnsinte",
    "/insamlingar?sida=2",
    "/insamlingar?svar=voluntary&status=decided",
    "/myndigheter",
    "/myndigheter/202100-0837",
    "/myndigheter/SKR",
    "/kommuner",
    "/kommuner?q=berg&lan=14",
    "/kommuner/1480",
    "/regioner/14",
    "/om",
    "/om/tillganglighet",
    "/om/import",
];

/// What the browser is allowed, exactly.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The values of an attribute in a page, with the entities of addresses undone.
fn attributes(html: &str, name: &str) -> Vec<String> {
    let beginning = format!(" {name}=\"");
    let values = html.split(&beginning).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&amp;", "&").replace("&#38;", "&").replace("&#39;", "'")).collect()
}

/// What is wrong with a page as such.
fn page_faults(html: &str) -> Vec<&'static str> {
    let lower = html.to_lowercase();
    let scripts_without_address =
        lower.split("<script").skip(1).filter(|tag| !tag.split('>').next().unwrap_or("").contains(" src=")).count();
    let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or_default();
    let faults = [
        (!lower.starts_with("<!doctype html>"), "no doctype"),
        (!html.contains("<html lang=\"sv\""), "the language is not told"),
        (title.trim().is_empty() || title.starts_with(" –"), "no title"),
        (html.matches("<h1").count() != 1, "not one main heading"),
        (scripts_without_address > 0, "inline script"),
        (lower.contains("<style") || lower.contains(" style=\""), "inline style"),
        (lower.contains("javascript:"), "script in an address"),
        (!html.contains("<main"), "no main part"),
        (html.contains("None") || html.contains("Some("), "a value of the program instead of words"),
    ];
    faults.into_iter().filter(|(is_so, _)| *is_so).map(|(_, what)| what).collect()
}

#[test]
fn every_page_answers_in_swedish() {
    run(async {
        let app = TestApp::demonstration().await;
        for path in PAGES {
            let answer = app.get(path).await;
            assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"), "{path}");
            assert_eq!(page_faults(&answer.text), Vec::<&str>::new(), "{path}");
        }
    });
}

#[test]
fn the_faults_of_a_page_are_found() {
    let wrong = "<html><title> – X</title><script>a</script><p style=\"x\"><a href=\"javascript:x\">None</a>";
    assert_eq!(page_faults(wrong).len(), 9);
    assert_eq!(attributes("<a href=\"/a?b=1&amp;c=2\"><a href=\"#d\">", "href"), ["/a?b=1&c=2", "#d"]);
}

#[test]
fn every_answer_carries_the_headers_that_protect() {
    run(async {
        let app = TestApp::demonstration().await;
        let others = [
            "/finns-inte",
            "/insamlingar/0000-0000",
            "/insamlingar?q=%ff",
            "/static/css/app.css",
            "/static/finns-inte.css",
            "/api/v1/collections",
            "/api/v1/municipalities",
            "/api/v1/finns-inte",
            "/halsa/live",
            "/halsa/redo",
            "/metrics",
        ];
        let mut answers = Vec::new();
        for path in PAGES.into_iter().chain(others) {
            answers.push((path, app.get(path).await));
        }
        for method in ["POST", "DELETE", "OPTIONS", "HEAD"] {
            let request = Request::builder().method(method).uri("/insamlingar").body(Body::empty()).expect("a request");
            answers.push((method, app.send(request).await));
        }
        for (what, answer) in answers {
            assert_eq!(answer.header("content-security-policy"), POLICY, "{what}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{what}");
            assert!(!answer.header("permissions-policy").is_empty(), "{what}");
            assert_eq!(answer.headers.get("set-cookie"), None, "{what}: an open page sets no cookie");
        }
    });
}

#[test]
fn what_is_not_there_is_said_in_swedish() {
    run(async {
        let app = TestApp::demonstration().await;
        let missing = [
            "/finns-inte",
            "/insamlingar/2026-9999",
            "/insamlingar/hej",
            "/myndigheter/202100-9999",
            "/myndigheter/1480",
            "/kommuner/9999",
            "/kommuner/R-14",
            "/regioner/99",
            "/regioner/R-14",
            "/static/finns-inte.css",
            "/static/reference/agencies.csv",
            "/static/demo/base.jsonl",
            "/static/../Cargo.toml",
            "/static/%2e%2e/Cargo.toml",
            "/om/finns-inte",
        ];
        for path in missing {
            let answer = app.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.text.contains("Sidan finns inte"), "{path}: {}", answer.text);
            assert_eq!(page_faults(&answer.text), Vec::<&str>::new(), "{path}");
        }
        let request = Request::post("/insamlingar").body(Body::empty()).expect("a request");
        let answer = app.send(request).await;
        assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
        assert!(answer.text.contains("Så kan sidan inte användas"), "{}", answer.text);
    });
}

/// The most addresses of one kind that are asked for: those of a kind are made alike.
const OF_A_KIND: usize = 60;

/// The kind of an address: its first part, and whether it has a query.
fn kind_of(address: &str) -> (String, bool) {
    (address.split(['/', '?']).nth(1).unwrap_or_default().to_owned(), address.contains('?'))
}

/// Follows the links of every page without a query.
#[test]
fn every_link_leads_somewhere() {
    run(async {
        let app = TestApp::demonstration().await;
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut waiting = VecDeque::from(["/".to_owned()]);
        let (mut asked, mut kinds) = (0, BTreeMap::new());
        while let Some(path) = waiting.pop_front() {
            let answer = app.get(&path).await;
            asked += 1;
            if answer.status == StatusCode::SEE_OTHER {
                // a page of somebody's own leads everyone else to sign in
                assert!(answer.header("location").starts_with("/logga-in"), "{path}: {}", answer.header("location"));
                continue;
            }
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let leads_on = !path.contains('?') && answer.header("content-type").starts_with("text/html");
            let links = if leads_on { [attributes(&answer.text, "href"), attributes(&answer.text, "src")].concat() } else { Vec::new() };
            for link in links {
                let link = link.split('#').next().unwrap_or_default().to_owned();
                assert!(
                    link.is_empty() || link.starts_with(['/']) || link.starts_with("http") || link.starts_with("mailto:"),
                    "{path}: {link}"
                );
                if !link.starts_with('/') || !known.insert(link.clone()) {
                    continue;
                }
                let of_its_kind: &mut usize = kinds.entry(kind_of(&link)).or_default();
                *of_its_kind += 1;
                if *of_its_kind <= OF_A_KIND {
                    waiting.push_back(link);
                }
            }
        }
        assert!(asked > 4 * OF_A_KIND, "only {asked} pages were found by following links");
    });
}

#[test]
fn fragments_lead_to_something_on_the_page() {
    run(async {
        let app = TestApp::demonstration().await;
        for path in PAGES {
            let html = app.page(path).await;
            let places: BTreeSet<String> = attributes(&html, "id").into_iter().collect();
            assert_eq!(places.len(), attributes(&html, "id").len(), "{path}: an id stands twice");
            let named =
                ["aria-labelledby", "aria-describedby", "aria-controls", "for", "form"].map(|name| attributes(&html, name)).concat();
            let linked = attributes(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#').map(str::to_owned));
            for place in named.into_iter().chain(linked) {
                assert!(places.contains(&place), "{path}: nothing has the id {place}");
            }
        }
    });
}

#[test]
fn only_a_demonstration_says_that_it_is_one() {
    run(async {
        let (demonstration, real) = (TestApp::demonstration().await, TestApp::real().await);
        let summary = real.import(SCB, &[full_row("A-1", "Enkät om bibliotek")]).await.expect("imported");
        assert_eq!(summary.registered, 1);
        let number = real.number_of("Enkät om bibliotek").await.expect("a number");
        for path in PAGES.into_iter().map(str::to_owned).chain(["/finns-inte".to_owned(), format!("/insamlingar/{number}")]) {
            assert!(!real.get(&path).await.text.to_lowercase().contains("demonstrationsdata"), "{path} of a real register");
        }
        for path in PAGES.into_iter().chain(["/finns-inte"]) {
            assert!(demonstration.get(path).await.text.to_lowercase().contains("demonstrationsdata"), "{path} of a demonstration");
        }
    });
}

#[test]
fn a_slash_too_many_leads_to_the_address_without_it() {
    run(async {
        let app = TestApp::demonstration().await;
        for (wrong, right) in [
            ("/insamlingar/", "/insamlingar"),
            ("/kommuner/1480/?q=a", "/kommuner/1480?q=a"),
            ("/api/v1/collections/", "/api/v1/collections"),
        ] {
            let answer = app.get(wrong).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::PERMANENT_REDIRECT, right), "{wrong}");
        }
        assert_eq!(app.get("//ond.example/").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn search_engines_and_browsers_find_what_they_ask_for() {
    run(async {
        let app = TestApp::demonstration().await;
        let robots = app.get("/robots.txt").await;
        assert_eq!((robots.status, robots.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
        let closed: Vec<&str> = robots.text.lines().filter_map(|line| line.strip_prefix("Disallow: ")).collect();
        for path in ["/skrivbord", "/konto", "/personer", "/handelser", "/utkast/x/grunder", "/administration", "/insamlingar/ny"] {
            assert!(closed.iter().any(|start| path.starts_with(start)), "{path}: {}", robots.text);
        }
        for path in PAGES {
            assert!(!closed.iter().any(|start| path.starts_with(start)), "{path} is open: {}", robots.text);
        }
        let icon = app.get("/favicon.ico").await;
        assert_eq!(icon.status, StatusCode::PERMANENT_REDIRECT);
        assert_eq!(app.get(icon.header("location")).await.header("content-type"), "image/svg+xml");
        assert!(app.page("/kommuner?q=goteborg").await.contains("Menade du <a href=\"/kommuner/1480\">Göteborg</a>?"));
    });
}

#[test]
fn static_files_are_kept_by_the_browser() {
    run(async {
        let app = TestApp::demonstration().await;
        let first = app.get("/static/css/app.css").await;
        assert_eq!((first.status, first.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
        let tag = first.header("etag").to_owned();
        let request = Request::get("/static/css/app.css").header("if-none-match", &tag).body(Body::empty()).expect("a request");
        assert_eq!(app.send(request).await.status, StatusCode::NOT_MODIFIED);
        let request = Request::get("/").header("accept-encoding", "gzip").body(Body::empty()).expect("a request");
        assert_eq!(app.send(request).await.header("content-encoding"), "gzip");
    });
}

#[test]
fn results_that_follow_typing_fall_back_on_the_form() {
    run(async {
        let app = TestApp::demonstration().await;
        let script = app.get("/static/js/live.js").await;
        assert_eq!((script.status, script.header("content-type")), (StatusCode::OK, "text/javascript; charset=utf-8"));
        assert!(script.text.contains("htmx:responseError") && script.text.contains("htmx:sendError"), "{}", script.text);
        for path in ["/insamlingar", "/kommuner"] {
            assert!(app.page(path).await.contains("src=\"/static/js/live.js\""), "{path}");
        }
    });
}

#[test]
fn the_template_is_a_workbook_to_save() {
    run(async {
        let app = TestApp::demonstration().await;
        let answer = app.get("/om/import/mall.xlsx").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        assert!(answer.header("content-disposition").contains(".xlsx"), "{:?}", answer.headers);
        assert!(answer.text.starts_with("PK"), "no workbook");
    });
}
