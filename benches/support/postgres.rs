//! A database of this run on the PostgreSQL server that `BENCH_POSTGRES_URL` names.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::Outcome;

/// The database; removed with [`Database::remove`].
pub struct Database {
    server: PgConnectOptions,
    name: String,
}

impl Database {
    /// Makes an empty database, if a server is named.
    ///
    /// # Errors
    /// The server does not wait for the disk: what it then does in a second says nothing.
    pub async fn make() -> Outcome<Option<Self>> {
        let Some(url) = std::env::var("BENCH_POSTGRES_URL").ok().filter(|url| !url.is_empty()) else { return Ok(None) };
        let server: PgConnectOptions = url.parse()?;
        let database = Self { server, name: format!("bench_{}", std::process::id()) };
        let mut connection = database.connect().await?;
        for setting in ["fsync", "synchronous_commit"] {
            let (value,): (String,) = sqlx::query_as("SELECT current_setting($1)").bind(setting).fetch_one(&mut connection).await?;
            if value != "on" {
                return Err(format!("BENCH_POSTGRES_URL: {setting} is {value}, not on").into());
            }
        }
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {}", database.name))).execute(&mut connection).await?;
        connection.close().await?;
        Ok(Some(database))
    }

    async fn connect(&self) -> Outcome<PgConnection> {
        Ok(self.server.clone().disable_statement_logging().connect().await?)
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.server.clone().database(&self.name).to_url_lossy().to_string()
    }

    /// Removes it with everything in it.
    pub async fn remove(self) -> Outcome {
        let mut connection = self.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }
}
