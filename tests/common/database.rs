//! Databases of the tests' own: SQLite in a folder that goes away, or in the cluster of `TEST_POSTGRES_URL` when that is set.

use insamlingsregister::clock;
use insamlingsregister::db::engine::Address;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// The variable that moves the whole suite to PostgreSQL.
pub const POSTGRES: &str = "TEST_POSTGRES_URL";

/// A database that goes away with this value, and the folder beside it for the files of whoever uses it.
pub struct FreshDatabase {
    /// Where it is.
    pub address: Address,
    /// A folder for files; the database itself is in it when it is SQLite.
    pub folder: TempDir,
    dropped: Option<(String, String)>,
}

/// The address of the cluster's maintenance database, if the suite runs on PostgreSQL.
pub fn cluster() -> Option<String> {
    std::env::var(POSTGRES).ok().filter(|url| !url.is_empty())
}

/// `url` with another database name.
fn with_name(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("an address that ends with a database name");
    format!("{server}/{name}")
}

async fn in_cluster(url: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}

impl FreshDatabase {
    /// An empty database, or a copy of one that nobody is using.
    pub async fn new(original: Option<&Self>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let Some(url) = cluster() else {
            let path = folder.path().join("register.db");
            if let Some(Address::File(from)) = original.map(|original| &original.address) {
                // not a copy of the file: what was written last may still stand in the log beside it
                let options = SqliteConnectOptions::new().filename(from);
                let mut connection = SqliteConnection::connect_with(&options).await.expect("the original opens");
                let target = path.to_string_lossy().into_owned();
                sqlx::query("VACUUM INTO $1").bind(target).execute(&mut connection).await.expect("the copy");
                connection.close().await.expect("the original closes");
            }
            return Self { address: Address::File(path), folder, dropped: None };
        };
        let name = format!("test_{}", clock::new_id().simple());
        let template = match original.map(|original| &original.dropped) {
            Some(Some((_, original))) => format!(" TEMPLATE {original}"),
            _ => String::new(),
        };
        in_cluster(&url, format!("CREATE DATABASE {name}{template}")).await.expect("a database in the cluster");
        Self { address: Address::Postgres(with_name(&url, &name)), folder, dropped: Some((url, name)) }
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        let Some((url, name)) = self.dropped.take() else { return };
        // a runtime cannot be waited for inside another, so the database is dropped from a thread of its own
        let drop = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(in_cluster(&url, format!("DROP DATABASE {name} WITH (FORCE)")))
        };
        if let Ok(Err(error)) = std::thread::spawn(drop).join() {
            eprintln!("the database stays behind: {error}");
        }
    }
}
