//! The outbox: what is claimed, sent, tried again, given up and emptied; and the administrator's page.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use insamlingsregister::clock;
use insamlingsregister::config::Config;
use insamlingsregister::db::outbox::{self, Claimed, Letter};
use insamlingsregister::db::{Db, Tx};
use insamlingsregister::domain::access::Role;
use insamlingsregister::jobs::outbox::{Outcome, send_next, sweep};
use insamlingsregister::mail::{Mailer, Patience, Rendered};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::{SCB, TestApp, migrated, run};

fn letter(recipient: &str, expires_at: Option<DateTime<Utc>>) -> Letter {
    Letter {
        kind: "confirm",
        recipient: recipient.to_owned(),
        subject: "Bekräfta".to_owned(),
        text: "Bekräfta åäö".to_owned(),
        html: "<p>Bekräfta åäö</p>".to_owned(),
        expires_at,
    }
}

async fn put(db: &Db, letter: &Letter, now: DateTime<Utc>) -> Uuid {
    let mut tx = db.write().await.expect("a transaction");
    let id = outbox::add(&mut tx, letter, now).await.expect("written");
    tx.commit().await.expect("committed");
    id
}

async fn read(db: &Db) -> Tx {
    db.read().await.expect("a transaction")
}

async fn claim(db: &Db, id: Uuid, now: DateTime<Utc>) -> Option<Claimed> {
    let mut tx = db.write().await.expect("a transaction");
    let claimed = outbox::claim(&mut tx, id, now, now + TimeDelta::minutes(2)).await.expect("claimed or not");
    tx.commit().await.expect("committed");
    claimed
}

/// A way out that keeps what leaves.
fn memory() -> (Mailer, Arc<Mutex<Vec<Rendered>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    (Mailer::Memory(Arc::clone(&sent)), sent)
}

fn count(sent: &Mutex<Vec<Rendered>>) -> usize {
    sent.lock().expect("no panic").len()
}

/// A way to a mail server on this port, which does not have to be there.
fn smtp(port: u16, seconds: u64) -> Mailer {
    let pairs = [
        ("INSAMLING_SMTP_URL".to_owned(), format!("smtp://127.0.0.1:{port}")),
        ("INSAMLING_MAIL_FROM".to_owned(), "Insamlingsregistret <registret@register.example>".to_owned()),
    ];
    let config = Config::from_pairs(pairs.into()).expect("a configuration");
    let wait = std::time::Duration::from_secs(seconds);
    Mailer::with_patience(&config, Patience { opening: wait, answer: wait }).expect("a mailer")
}

#[test]
fn a_letter_leaves_once_and_whole() {
    run(async {
        let (db, _fresh) = migrated().await;
        let (mailer, sent) = memory();
        let now = clock::now();
        let id = put(&db, &letter("a@scb.example", None), now).await;
        put(&db, &letter("b@scb.example", Some(now + TimeDelta::minutes(15))), now).await;
        assert_eq!(send_next(&db, &mailer, now).await.expect("sent"), Outcome::Sent);
        assert_eq!(send_next(&db, &mailer, now).await.expect("sent"), Outcome::Sent);
        assert_eq!(send_next(&db, &mailer, now).await.expect("nothing"), Outcome::Nothing);
        let first = sent.lock().expect("no panic")[0].clone();
        assert_eq!((first.id, first.recipient.as_str(), first.text.as_str()), (id, "a@scb.example", "Bekräfta åäö"));
        let counts = outbox::counts(&mut read(&db).await, now - TimeDelta::days(1)).await.expect("counts");
        assert_eq!((counts.waiting, counts.dead, counts.sent), (0, 0, 2));
    });
}

#[test]
fn what_is_rolled_back_is_never_sent() {
    run(async {
        let (db, _fresh) = migrated().await;
        let now = clock::now();
        let mut tx = db.write().await.expect("a transaction");
        outbox::add(&mut tx, &letter("a@scb.example", None), now).await.expect("written");
        drop(tx);
        assert_eq!(send_next(&db, &memory().0, now).await.expect("nothing"), Outcome::Nothing);
    });
}

#[test]
fn many_senders_send_each_letter_once() {
    run(async {
        let (db, _fresh) = migrated().await;
        let (mailer, sent) = memory();
        let now = clock::now();
        for number in 0..40 {
            put(&db, &letter(&format!("{number}@scb.example"), None), now).await;
        }
        let senders = (0..8).map(|_| {
            let (db, mailer) = (db.clone(), mailer.clone());
            tokio::spawn(async move { while send_next(&db, &mailer, now).await.expect("sent or nothing") == Outcome::Sent {} })
        });
        for sender in senders.collect::<Vec<_>>() {
            sender.await.expect("no panic");
        }
        // a sender that found every letter of its look taken may stop early; what is left is nobody's yet
        while send_next(&db, &mailer, now).await.expect("sent or nothing") == Outcome::Sent {}
        let mut recipients: Vec<String> = sent.lock().expect("no panic").iter().map(|mail| mail.recipient.clone()).collect();
        recipients.sort();
        let all = recipients.len();
        recipients.dedup();
        assert_eq!((all, recipients.len()), (40, 40));
    });
}

#[test]
fn a_sender_that_vanishes_leads_to_one_more_attempt_and_no_third() {
    run(async {
        let (db, _fresh) = migrated().await;
        let (mailer, sent) = memory();
        let mut now = clock::now();
        let id = put(&db, &letter("a@scb.example", None), now).await;
        assert_eq!(claim(&db, id, now).await.map(|mail| mail.uncertain), Some(0));
        assert_eq!(claim(&db, id, now + TimeDelta::seconds(119)).await, None, "it is claimed");
        now += TimeDelta::minutes(3);
        assert_eq!(claim(&db, id, now).await.map(|mail| mail.uncertain), Some(1));
        now += TimeDelta::minutes(3);
        assert_eq!(send_next(&db, &mailer, now).await.expect("given up"), Outcome::Failed);
        assert_eq!(count(&sent), 0, "it may have left twice already");
        let dead = outbox::dead(&mut read(&db).await, 10).await.expect("dead letters");
        assert!(dead[0].last_error.as_deref().is_some_and(|reason| reason.contains("kan ha kommit fram")), "{dead:?}");
        // a person knows better and sends it again
        let mut tx = db.write().await.expect("a transaction");
        assert_eq!(outbox::again(&mut tx, id, now).await.expect("again").as_deref(), Some("confirm"));
        tx.commit().await.expect("committed");
        assert_eq!((send_next(&db, &mailer, now).await.expect("sent"), count(&sent)), (Outcome::Sent, 1));
    });
}

#[test]
fn a_sender_whose_claim_has_lapsed_leaves_the_letter_to_who_has_it_now() {
    run(async {
        let (db, _fresh) = migrated().await;
        let now = clock::now();
        let id = put(&db, &letter("a@scb.example", None), now).await;
        let slow = claim(&db, id, now).await.expect("claimed");
        let later = now + TimeDelta::minutes(3);
        let quick = claim(&db, id, later).await.expect("claimed again");
        let mut tx = db.write().await.expect("a transaction");
        outbox::wait(&mut tx, &slow, later, "för sent").await.expect("told");
        outbox::fail(&mut tx, &slow, later, "för sent").await.expect("told");
        tx.commit().await.expect("committed");
        assert_eq!(claim(&db, id, later + TimeDelta::seconds(1)).await, None, "it is still claimed");
        let waiting = outbox::waiting(&mut read(&db).await, 10).await.expect("waiting");
        assert_eq!((waiting.len(), waiting[0].last_error.as_deref()), (1, None));
        let mut tx = db.write().await.expect("a transaction");
        outbox::fail(&mut tx, &quick, later, "avvisat").await.expect("told");
        tx.commit().await.expect("committed");
        let dead = outbox::dead(&mut read(&db).await, 10).await.expect("dead letters");
        assert_eq!(dead[0].last_error.as_deref(), Some("avvisat"));
    });
}

#[test]
fn links_that_have_expired_are_not_sent_and_secrets_are_not_kept() {
    run(async {
        let (db, _fresh) = migrated().await;
        let (mailer, sent) = memory();
        let now = clock::now();
        let ends = Some(now + TimeDelta::minutes(15));
        put(&db, &letter("a@scb.example", ends), now).await;
        let late = put(&db, &letter("b@scb.example", ends), now).await;
        assert_eq!(send_next(&db, &mailer, now).await.expect("sent"), Outcome::Sent);
        let later = now + TimeDelta::minutes(16);
        assert_eq!(send_next(&db, &mailer, later).await.expect("given up"), Outcome::Failed);
        assert_eq!(count(&sent), 1);
        let text = "SELECT COUNT(*) FROM mail WHERE text_part IS NOT NULL OR html_part IS NOT NULL";
        let kept: i64 = match &db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(text).fetch_one(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(text).fetch_one(pool).await,
        }
        .expect("a count");
        assert_eq!(kept, 0, "links to sign in with are secrets");
        let mut tx = db.write().await.expect("a transaction");
        assert_eq!(outbox::again(&mut tx, late, later).await.expect("not again"), None);
    });
}

#[test]
fn old_mail_is_emptied() {
    run(async {
        let (db, fresh) = migrated().await;
        let folder = fresh.folder.path().to_string_lossy().into_owned();
        let config = Config::from_pairs([("INSAMLING_DATA_DIR".to_owned(), folder)].into()).expect("a configuration");
        let files = Mailer::new(&config).expect("files");
        let now = clock::now();
        put(&db, &letter("a@scb.example", None), now).await;
        put(&db, &letter("felskriven", None), now).await;
        assert_eq!(send_next(&db, &files, now).await.expect("sent"), Outcome::Sent);
        assert_eq!(send_next(&db, &files, now).await.expect("given up"), Outcome::Failed);
        let rows = async |what: &'static str| -> i64 {
            match &db {
                Db::Sqlite { read, .. } => sqlx::query_scalar(what).fetch_one(read).await,
                Db::Postgres(pool) => sqlx::query_scalar(what).fetch_one(pool).await,
            }
            .expect("a count")
        };
        sweep(&db, now + TimeDelta::days(29)).await.expect("swept");
        assert_eq!(rows("SELECT COUNT(*) FROM mail WHERE recipient IS NOT NULL").await, 2);
        sweep(&db, now + TimeDelta::days(31)).await.expect("swept");
        assert_eq!(rows("SELECT COUNT(*) FROM mail WHERE recipient IS NOT NULL OR text_part IS NOT NULL").await, 0);
        assert_eq!(rows("SELECT COUNT(*) FROM mail").await, 2, "what it was about and when is kept");
    });
}

#[test]
fn a_server_that_is_down_lets_everything_wait() {
    run(async {
        let (db, _fresh) = migrated().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mailer = smtp(port, 5);
        let mut now = clock::now();
        put(&db, &letter("a@scb.example", None), now).await;
        let mut attempts = 0;
        // four days go by
        let outcome = loop {
            match send_next(&db, &mailer, now).await.expect("an outcome") {
                Outcome::Nothing => now += TimeDelta::minutes(30),
                Outcome::Waits => attempts += 1,
                other => break other,
            }
        };
        assert_eq!((outcome, attempts), (Outcome::Failed, 12));
        let dead = outbox::dead(&mut read(&db).await, 10).await.expect("dead letters");
        let reason = dead[0].last_error.clone().unwrap_or_default();
        assert!(reason.contains("gick inte att nå") && reason.contains("fyra dagar"), "{reason}");
    });
}

#[test]
fn a_server_that_says_nothing_is_left() {
    run(async {
        let (db, _fresh) = migrated().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mailer = smtp(listener.local_addr().expect("an address").port(), 1);
        let now = clock::now();
        put(&db, &letter("a@scb.example", None), now).await;
        assert_eq!(send_next(&db, &mailer, now).await.expect("an outcome"), Outcome::Waits);
        let waiting = outbox::waiting(&mut read(&db).await, 10).await.expect("waiting");
        assert_eq!((waiting[0].attempts, waiting[0].due_at), (1, now + TimeDelta::minutes(1)));
    });
}

#[test]
fn the_administrator_sees_tries_again_and_takes_away() {
    run(async {
        let app = TestApp::real().await;
        let now = clock::now();
        let broken = put(&app.state.db, &letter("felskriven", None), now).await;
        let files = Mailer::new(&app.state.config).expect("files");
        while send_next(&app.state.db, &files, now).await.expect("an outcome") != Outcome::Nothing {}
        let waits = put(&app.state.db, &letter("vantar@scb.example", None), now).await;
        let admin = app.signed_in(Role::Admin, SCB).await;
        let shown = admin.page("/administration").await;
        for part in
            ["felskriven", "Mottagarens e-postadress är felskriven.", "vantar@scb.example", "Påminnelse om bekräftelse", "till filer i"]
        {
            assert!(shown.contains(part), "{part} is missing in {shown}");
        }
        assert!(!shown.contains("Bekräfta åäö"), "what a letter says is between the register and its reader");
        let again = admin.post(&format!("/administration/mejl/{broken}/igen"), &[]).await;
        assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, "/administration?sparat=igen"));
        assert!(admin.page("/administration?sparat=igen").await.contains("Meddelandet skickas nu."));
        let gone = admin.post(&format!("/administration/mejl/{waits}/bort"), &[]).await;
        assert_eq!(gone.header("location"), "/administration?sparat=bort");
        let twice = admin.post(&format!("/administration/mejl/{waits}/bort"), &[]).await;
        assert_eq!(twice.header("location"), "/administration?sparat=inget");
        assert_eq!(admin.post("/administration/mejl/inget-nummer/bort", &[]).await.status, StatusCode::NOT_FOUND);
        let mut tx = read(&app.state.db).await;
        let events = insamlingsregister::db::events::of(&mut tx, "mail", &waits.to_string()).await.expect("events");
        assert_eq!((events.len(), events[0].action.as_str(), events[0].person), (1, "mail.removed", Some(admin.person)));
        assert!(!events[0].detail.to_string().contains("vantar"), "the trail names no address");
    });
}

#[test]
fn nobody_else_looks_after_mail() {
    run(async {
        let app = TestApp::real().await;
        let id = put(&app.state.db, &letter("a@scb.example", None), clock::now()).await;
        assert_eq!(app.get("/administration").await.status, StatusCode::SEE_OTHER);
        let agency = app.signed_in_manager(Role::Agency, SCB).await;
        assert_eq!(agency.get("/administration").await.status, StatusCode::FORBIDDEN);
        for what in ["igen", "bort"] {
            let refused = agency.post(&format!("/administration/mejl/{id}/{what}"), &[]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}");
        }
        let waiting = outbox::waiting(&mut read(&app.state.db).await, 10).await.expect("waiting");
        assert_eq!(waiting.len(), 1);
    });
}
