//! What the register is compared with: Datasette over the same rows, and a bare page of the same size.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::Outcome;
use super::program::{Register, Server, free_address};

/// Tells this program to be the bare page: where it listens, and the file that holds the constant.
const BARE_ADDRESS: &str = "BENCH_BARE_ADDRESS";
const BARE_FILE: &str = "BENCH_BARE_FILE";

/// As many rows a page as the register's list has, and nothing that the register's list does not show either.
pub const DATASETTE_TABLE: &str = "/peer/collection?_nofacet=1&_nosuggest=1&_nocount=1&_size=20";

/// A page that only renders a constant.
#[derive(Template)]
#[template(source = "{{ constant|safe }}", ext = "html")]
struct BarePage<'c> {
    constant: &'c str,
}

/// Serves the bare page, as many threads as the register has, if this process was started for that; it then never returns.
pub fn serve_bare_page_if_asked() -> Outcome {
    let (Ok(address), Ok(file)) = (std::env::var(BARE_ADDRESS), std::env::var(BARE_FILE)) else { return Ok(()) };
    let constant: Arc<str> = std::fs::read_to_string(file)?.into();
    let page = move || {
        let rendered = BarePage { constant: &constant }.render().map(Html).map_err(|error| error.to_string());
        async move { rendered }
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        axum::serve(listener, Router::new().route("/", get(page))).await?;
        std::process::exit(0)
    })
}

/// Starts the bare page with a constant as long as `page`, in a process of its own.
pub async fn bare_page(folder: &Path, page: &[u8]) -> Outcome<Server> {
    let file = folder.join("constant.html");
    std::fs::write(&file, page)?;
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.env(BARE_ADDRESS, address.to_string()).env(BARE_FILE, file);
    Server::start(command, address, "/").await
}

/// The file that Datasette serves: one row for each collection, and FTS5 over the texts that the register searches.
pub struct Peer {
    file: PathBuf,
    /// How long FTS5 took to index every row.
    pub indexed_in: Duration,
}

impl Peer {
    /// Copies the rows out of the register's SQLite file.
    pub async fn copy(register: &Register, folder: &Path) -> Outcome<Self> {
        let file = folder.join("peer.db");
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).synchronous(SqliteSynchronous::Full);
        let mut db: SqliteConnection = options.connect().await?;
        sqlx::query("ATTACH DATABASE $1 AS register").bind(register.sqlite().to_string_lossy().into_owned()).execute(&mut db).await?;
        for statement in [COPY, FTS] {
            sqlx::raw_sql(statement).execute(&mut db).await?;
        }
        let begun = Instant::now();
        sqlx::raw_sql("INSERT INTO collection_fts (collection_fts) VALUES ('rebuild')").execute(&mut db).await?;
        let indexed_in = begun.elapsed();
        db.close().await?;
        Ok(Self { file, indexed_in })
    }

    /// Serves the file with Datasette.
    pub async fn serve(&self) -> Outcome<Server> {
        let datasette = datasette()?;
        let address: SocketAddr = free_address()?;
        let mut command = Command::new(datasette);
        command.arg("serve").arg(&self.file).args(["--host", "127.0.0.1", "--port", &address.port().to_string()]);
        command.stderr(std::process::Stdio::null()); // a line for each request
        Server::start(command, address, DATASETTE_TABLE).await
    }
}

const COPY: &str = "
    CREATE TABLE collection (
      id INTEGER PRIMARY KEY, number TEXT, title TEXT, purpose TEXT, items TEXT, agency TEXT, area TEXT,
      status TEXT, kind TEXT, obligation TEXT, periodicity TEXT, channel TEXT);
    INSERT INTO collection (number, title, purpose, items, agency, area, status, kind, obligation, periodicity, channel)
    SELECT c.number, v.title, v.purpose,
           (SELECT group_concat(i.label, '; ') FROM register.item i WHERE i.collection_id = v.collection_id AND i.version = v.version),
           o.name, v.area_code, c.status, v.kind, v.obligation, v.periodicity, v.channel
    FROM register.collection c
    JOIN register.collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
    JOIN register.organisation o ON o.code = c.owner_code
    ORDER BY c.number";

const FTS: &str =
    r#"CREATE VIRTUAL TABLE collection_fts USING fts5(title, purpose, items, agency, content="collection", content_rowid="id")"#;

/// Where Datasette is installed.
///
/// # Errors
/// It is not; the message says how to get it.
pub fn datasette() -> Outcome<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-venv/bin/datasette");
    if path.is_file() {
        return Ok(path);
    }
    let message = "Datasette, which the figures are compared with, is missing. Install it so: \
        python3 -m venv target/bench-venv && target/bench-venv/bin/pip install datasette";
    Err(message.into())
}
