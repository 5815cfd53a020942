//! Requests that mean harm or make no sense: each is answered, none with a fault of the register's own.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{TestApp, run};

/// Values as they stand in an address.
fn values() -> Vec<String> {
    let short = [
        "%00",
        "a%00b",
        "%ff%fe",
        "%c3%28",
        "%",
        "%zz",
        "%e2%80%ae",
        "%F0%9F%98%80",
        "'",
        "%22",
        "%22oavslutad",
        "%22%22",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%27%20OR%201=1%20--",
        "%27;%20DROP%20TABLE%20collection;%20--",
        "%25",
        "*",
        "*%3A*",
        "title:(a%20AND",
        "(((((((((",
        "%5B1%20TO%20*%5D",
        "a%20AND%20NOT%20b%5E9999999999",
        "~",
        "%2B%20-%20%21",
        "och%20eller%20att",
        "-1",
        "0",
        "99999999999",
        "99999999999999999999999999",
        "1e9",
        "NaN",
        "%C5%89",
        "2026-",
        "2026-0001",
        "",
    ];
    let mut values: Vec<String> = short.map(str::to_owned).into();
    values.push("a".repeat(10_000));
    values.push("a+".repeat(5_000));
    values.push("%C3%A5".repeat(3_000));
    values.push("%22a%22+".repeat(1_000));
    values
}

const PARAMETERS: [&str; 12] =
    ["q", "myndighet", "omrade", "status", "slag", "svar", "periodicitet", "kanal", "kommun", "ordning", "sida", "lan"];

/// A refusal must be the visitor's fault and say so in Swedish; nothing of the value may come back as markup.
async fn is_harmless(app: &TestApp, path: &str) {
    let answer = app.get(path).await;
    let shown = path.chars().take(120).collect::<String>();
    assert!(!answer.status.is_server_error(), "{shown}: {}", answer.status);
    let is_html = answer.header("content-type").starts_with("text/html");
    assert!(!is_html || !answer.text.contains("<script>alert"), "{shown}: the value came back as markup");
    if answer.status.is_client_error() && !path.starts_with("/api/") {
        assert!(answer.text.contains("<html lang=\"sv\""), "{shown}: {} without a page: {}", answer.status, answer.text);
    }
}

#[test]
fn hostile_values_are_harmless_in_every_parameter() {
    run(async {
        let app = TestApp::demonstration().await;
        for value in values() {
            for parameter in PARAMETERS {
                is_harmless(&app, &format!("/insamlingar?{parameter}={value}")).await;
            }
            is_harmless(&app, &format!("/kommuner?q={value}&lan={value}")).await;
            is_harmless(&app, &format!("/?q={value}")).await;
            for parameter in ["q", "agency", "status", "municipality", "page", "limit"] {
                is_harmless(&app, &format!("/api/v1/collections?{parameter}={value}")).await;
            }
        }
    });
}

#[test]
fn hostile_addresses_are_harmless() {
    run(async {
        let app = TestApp::demonstration().await;
        for value in values().into_iter().filter(|value| !value.is_empty()) {
            for folder in ["/insamlingar", "/myndigheter", "/kommuner", "/regioner", "/static", "/api/v1/collections", "/om", ""] {
                is_harmless(&app, &format!("{folder}/{value}")).await;
            }
        }
    });
}

#[test]
fn odd_queries_as_a_whole_are_harmless() {
    run(async {
        let app = TestApp::demonstration().await;
        let many_filters = "omrade=skola&".repeat(1_000);
        let many_words: Vec<String> = (0..2_000).map(|number| format!("ord{number}")).collect();
        for query in [
            "&&&&==&=&".to_owned(),
            "q".to_owned(),
            "=q".to_owned(),
            "q[]=a&q[0]=b".to_owned(),
            "q=a&q=b&q=c".to_owned(),
            "sida=1&sida=2&ordning=x&ordning=y".to_owned(),
            "okänd=1".replace('ä', "%C3%A4"),
            many_filters,
            format!("q={}", many_words.join("+")),
        ] {
            is_harmless(&app, &format!("/insamlingar?{query}")).await;
            is_harmless(&app, &format!("/api/v1/collections?{query}")).await;
        }
    });
}

#[test]
fn nul_is_refused_in_words() {
    run(async {
        let app = TestApp::demonstration().await;
        for path in ["/insamlingar?q=a%00b", "/myndigheter/%00", "/kommuner?lan=%00"] {
            let answer = app.get(path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
            assert!(answer.text.contains("Registret förstod inte"), "{path}: {}", answer.text);
        }
        assert_eq!(app.get("/api/v1/collections?q=%00").await.header("content-type"), "application/problem+json");
    });
}

#[test]
fn what_was_typed_stands_in_the_field_as_text() {
    run(async {
        let app = TestApp::demonstration().await;
        let html = app.page("/insamlingar?q=%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E").await;
        assert!(!html.contains("<img src=x"), "the value came back as markup");
        assert!(html.contains("&#60;img src=x") || html.contains("&lt;img src=x"), "the value is not shown");
    });
}

#[test]
fn pages_beyond_the_end_help() {
    run(async {
        let app = TestApp::demonstration().await;
        for page in ["0", "-1", "500", "99999999999"] {
            let html = app.page(&format!("/insamlingar?sida={page}")).await;
            assert!(html.contains("href=\"/insamlingar"), "sida={page} leads nowhere");
        }
    });
}

#[test]
fn large_bodies_are_refused() {
    run(async {
        let app = TestApp::demonstration().await;
        let request = Request::post("/insamlingar").body(Body::from(vec![b'a'; 1_000_000])).expect("a request");
        let answer = app.send(request).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        assert_eq!(app.get("/halsa/live").await.status, StatusCode::OK);
    });
}

/// Bytes that no client library would send, over a real connection.
#[test]
fn broken_requests_on_the_wire_do_not_stop_the_register() {
    run(async {
        let app = TestApp::demonstration().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = insamlingsregister::web::router(app.state.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let requests: [&[u8]; 7] = [
            b"\x00\x01\x02\xff\r\n\r\n",
            b"GET /insamlingar?q=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /insamlingar?q=\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: \xff\r\nContent-Length: -5\r\n\r\n",
            b"POST /insamlingar HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        ];
        for bytes in requests {
            let mut connection = TcpStream::connect(address).await.expect("a connection");
            connection.write_all(bytes).await.expect("sent");
            connection.shutdown().await.expect("the end of the request");
            let mut answer = Vec::new();
            // the server may close the connection without a word
            let _closed_early = connection.read_to_end(&mut answer).await;
            let status = String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or("400").to_owned();
            assert!(!status.starts_with('5') || status == "505", "{}: {status}", String::from_utf8_lossy(bytes));
        }
        let alive = reqwest::get(format!("http://{address}/halsa/live")).await.expect("an answer");
        assert_eq!(alive.status().as_u16(), 200);
        serving.abort();
    });
}
