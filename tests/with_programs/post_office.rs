//! A mail server of a trial's own, and the outbox of the register that sends to it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use insamlingsregister::clock;
use insamlingsregister::db::Db;
use insamlingsregister::db::engine::Address;
use insamlingsregister::db::outbox::{self, Letter};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use tempfile::TempDir;
use uuid::Uuid;

use crate::demonstration::wait_for;
use crate::house::House;
use crate::programs::mail_python;

/// The password of the server that asks for one.
pub const PASSWORD: &str = "lösen/ord";

/// A running mail server.
pub struct PostOffice {
    folder: TempDir,
    child: Child,
    /// Where it listens, on the loopback.
    pub port: u16,
}

impl PostOffice {
    /// Starts a server; a port of 0 lets it choose. With `guarded` it asks for TLS and a login.
    pub fn open(port: u16, guarded: bool) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut command = Command::new(mail_python());
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/with_programs/smtp_server.py"));
        command.arg(folder.path()).args(["--port", &port.to_string()]);
        if guarded {
            command.args(["--tls", "--login", &format!("registret:{PASSWORD}")]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let mut office = Self { folder, child, port: 0 };
        office.port = until(Duration::from_secs(30), "the mail server listens", || {
            Ok(std::fs::read_to_string(office.folder.path().join("port")).ok().and_then(|text| text.parse().ok()))
        })?;
        Ok(office)
    }

    /// Tells the server what to do from now on.
    pub fn mode(&self, mode: &str) -> Result<(), String> {
        std::fs::write(self.folder.path().join("mode"), mode).map_err(|error| error.to_string())
    }

    /// A file of the certificate of the authority that vouches for the server.
    pub fn authority(&self) -> String {
        self.folder.path().join("ca.pem").to_string_lossy().into_owned()
    }

    /// What the server has taken, in order.
    pub fn taken(&self) -> Vec<Value> {
        let read = |number: usize| std::fs::read_to_string(self.folder.path().join(format!("taken-{number}.json"))).ok();
        (1..).map_while(read).filter_map(|text| serde_json::from_str(&text).ok()).collect()
    }

    /// How often the server has taken this mail.
    pub fn times(&self, id: Uuid) -> usize {
        self.taken().iter().filter(|mail| mail["id"] == format!("<{id}@register.example>")).count()
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        // it may have ended already, which is what is wanted
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Asks until there is an answer.
pub fn until<T>(patience: Duration, what: &str, mut ask: impl FnMut() -> Result<Option<T>, String>) -> Result<T, String> {
    let start = Instant::now();
    while start.elapsed() < patience {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("not within {} s: {what}", patience.as_secs()))
}

/// What has become of a mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Fate {
    /// How often it was tried.
    pub attempts: i64,
    /// How often it is unknown whether it left.
    pub uncertain: i64,
    /// It left.
    pub is_sent: bool,
    /// It was given up.
    pub is_dead: bool,
    /// Why it has not left.
    pub reason: String,
}

/// Does something with the register's database.
fn with_db<T>(house: &House, work: impl AsyncFnOnce(&Db) -> Result<T, sqlx::Error>) -> Result<T, String> {
    let address = match house.url() {
        "" => Address::File(house.data().join("register.db")),
        url => Address::Postgres(url.to_owned()),
    };
    wait_for(async {
        let db = Db::open(&address).await?;
        let outcome = work(&db).await;
        db.close().await;
        outcome
    })
    .map_err(|error| error.to_string())
}

/// Puts letters in the outbox; the register finds them at its next look.
pub fn post(house: &House, recipients: &[String]) -> Result<Vec<Uuid>, String> {
    with_db(house, async |db| {
        let mut tx = db.write().await?;
        let mut ids = Vec::new();
        for recipient in recipients {
            let letter = Letter {
                kind: "confirm",
                recipient: recipient.clone(),
                subject: "Bekräfta två insamlingar – å ä ö".to_owned(),
                text: "Hej på er!\n\nRäkna å, ä och ö.\n".to_owned(),
                html: "<p>Räkna å, ä och ö: smörgås &amp; kärlek.</p>\n".to_owned(),
                expires_at: None,
            };
            ids.push(outbox::add(&mut tx, &letter, clock::now()).await?);
        }
        tx.commit().await?;
        Ok(ids)
    })
}

/// Lets time pass for the outbox: waits and claims are over.
pub fn let_time_pass(house: &House) -> Result<(), String> {
    let text = "UPDATE mail SET due_at = created_at, claimed_until = CASE WHEN claimed_until IS NOT NULL THEN created_at END
                WHERE sent_at IS NULL AND failed_at IS NULL";
    with_db(house, async |db| match db {
        Db::Sqlite { write, .. } => sqlx::query(text).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(text).execute(pool).await.map(drop),
    })
}

/// What has become of a mail.
pub fn fate(house: &House, id: Uuid) -> Result<Fate, String> {
    type Row = (i64, i64, bool, bool, Option<String>);
    let text = AssertSqlSafe("SELECT attempts, uncertain, sent_at IS NOT NULL, failed_at IS NOT NULL, last_error FROM mail WHERE id = $1");
    let row: Row = with_db(house, async |db| match db {
        Db::Sqlite { read, .. } => sqlx::query_as(text).bind(id).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_as(text).bind(id).fetch_one(pool).await,
    })?;
    let (attempts, uncertain, is_sent, is_dead, reason) = row;
    Ok(Fate { attempts, uncertain, is_sent, is_dead, reason: reason.unwrap_or_default() })
}
