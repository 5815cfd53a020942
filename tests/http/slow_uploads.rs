//! Files that come slowly, over a real connection: who sends them has one place, and loses it.

use std::future::IntoFuture;
use std::time::Duration;

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use insamlingsregister::web;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::client::Client;
use crate::consultations::{asked, form, planned};
use crate::files::{PICTURE, parts};
use crate::routes::routes;
use crate::support::{SCB, TestApp, run};

/// A connection over which a file of a megabyte has begun to come.
async fn begun(address: std::net::SocketAddr, client: &Client<'_>, case: &str) -> TcpStream {
    let body = parts(&[("csrf", &client.csrf)], "bild.png", &[PICTURE, &vec![0; 1024 * 1024]].concat());
    let head = format!(
        "POST /samrad/{case}/bilagor HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nContent-Type: multipart/form-data; \
         boundary=del\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        client.cookie,
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(&body[..100 * 1024]).await.expect("sent");
    stream
}

#[test]
fn whoever_sends_slowly_has_one_place_and_loses_it() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let (own, colleague) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Agency, SCB).await);
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let case = case.trim_start_matches("/samrad/");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let server = tokio::spawn(axum::serve(listener, web::router(app.state.clone())).into_future());
        let free = app.state.reading.places.free();
        let mut slow = begun(address, &own, case).await;
        let taken = async {
            while app.state.reading.places.free() == free {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(30), taken).await.expect("the slow one has a place");
        let second = own.attach(case, "bild.png", PICTURE).await;
        assert_eq!((second.status, second.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "30"), "{}", second.text);
        assert!(second.text.contains("Du skickar redan filer i ett annat fönster."), "{}", second.text);
        assert_eq!(colleague.attach(case, "kollegans.png", PICTURE).await.status, StatusCode::SEE_OTHER, "the other places are free");
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        let late = async {
            while !String::from_utf8_lossy(&answer).contains("</html>") {
                let came = slow.read(&mut piece).await.expect("an answer");
                assert!(came > 0, "{}", String::from_utf8_lossy(&answer));
                answer.extend_from_slice(&piece[..came]);
            }
        };
        timeout(Duration::from_secs(30), late).await.expect("long before the whole form is too late");
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 422") && answer.contains("Det tog för lång tid att ta emot filerna."), "{answer}");
        assert_eq!(own.attach(case, "min.png", &[PICTURE, b"2"].concat()).await.status, StatusCode::SEE_OTHER, "the place is free again");
        server.abort();
    });
}

#[test]
fn only_what_sends_files_has_the_time_for_them() {
    let text = std::fs::read_to_string("src/web/mod.rs").expect("the routes");
    let (_, uploads) = text.split_once("fn uploads()").expect("those with files");
    let found = routes(&format!("fn uploads(){}\n}}", uploads.split("\n}").next().unwrap_or_default()), "");
    assert!(found.len() == 2 && found.iter().all(|route| route.starts_with("POST ")), "{found:?}");
}
