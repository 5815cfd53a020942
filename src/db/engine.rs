//! The two engines behind one type: embedded SQLite and PostgreSQL, chosen at run time by the address.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor, PgPool, Postgres, SqlSafeStr, SqlStr, Sqlite, SqlitePool, Transaction};

use super::Result;
use crate::text;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A SQLite file.
    File(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

/// A database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// One connection writes, several read beside it (WAL).
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one connection that writes.
        write: SqlitePool,
    },
    /// A pool of connections.
    Postgres(PgPool),
}

/// A unit of work. Dropped without [`Tx::commit`] it rolls back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Name and text of every file in `migrations/`, in order. A test compares the list with the folder.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_init", include_str!("../../migrations/0001_init.sql")),
    ("0002_agencies_at_work", include_str!("../../migrations/0002_agencies_at_work.sql")),
    ("0003_overlap", include_str!("../../migrations/0003_overlap.sql")),
    ("0004_word_list", include_str!("../../migrations/0004_word_list.sql")),
    ("0005_consultation", include_str!("../../migrations/0005_consultation.sql")),
    ("0006_points", include_str!("../../migrations/0006_points.sql")),
    ("0007_queue", include_str!("../../migrations/0007_queue.sql")),
    ("0008_consultation_mended", include_str!("../../migrations/0008_consultation_mended.sql")),
    ("0009_links", include_str!("../../migrations/0009_links.sql")),
];

/// The first `count` migrations; all of them but in tests of what a migration does to data.
fn migrator(count: usize) -> Migrator {
    let migrations = (1..)
        .zip(MIGRATIONS)
        .take(count)
        .map(|(version, (name, text))| Migration::new(version, (*name).into(), MigrationType::Simple, text.into_sql_str(), false));
    Migrator::with_migrations(migrations.collect())
}

/// How long a statement waits for a lock or a connection before it fails.
const PATIENCE: Duration = Duration::from_secs(10);

impl Db {
    /// Opens the database without changing it; a SQLite file is made if missing.
    ///
    /// # Errors
    /// The address is wrong, or nothing answers there.
    pub async fn open(address: &Address) -> Result<Self> {
        match address {
            Address::File(path) => Self::open_sqlite(path).await,
            Address::Postgres(url) => {
                // nobody waits for a lock without end, and a transaction that was left open lets go of what it holds
                let limits = [("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "60s")];
                let options = url.parse::<PgConnectOptions>()?.options(limits).disable_statement_logging();
                let pool = PgPoolOptions::new().max_connections(10).acquire_timeout(PATIENCE);
                Ok(Self::Postgres(pool.connect_with(options).await?))
            }
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // what a user saw saved survives a power cut
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .pragma("case_sensitive_like", "ON")
            .optimize_on_close(true, None)
            .collation("sv-x-icu", text::swedish_order)
            .disable_statement_logging();
        let pool = |connections| {
            let pool = SqlitePoolOptions::new().max_connections(connections).idle_timeout(None).max_lifetime(None);
            // nothing stands between the program and its file that could have hung up in the meantime
            pool.test_before_acquire(false).acquire_timeout(PATIENCE)
        };
        let write = pool(1).connect_with(options.clone()).await?;
        let read = pool(8).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { read, write })
    }

    /// Runs the migrations that the database lacks; several instances may do so at once.
    ///
    /// # Errors
    /// A migration failed, or the database is newer than the program.
    pub async fn migrate(&self) -> Result<()> {
        self.migrate_to(MIGRATIONS.len()).await
    }

    /// Runs only the first `count` migrations, for tests that put rows between two of them.
    ///
    /// # Errors
    /// As [`Db::migrate`].
    pub async fn migrate_to(&self, count: usize) -> Result<()> {
        let migrator = migrator(count);
        match self {
            Self::Sqlite { write, .. } => {
                // SQLite has no lock around migrations: where two programs start at once, the slower one looks again at what is missing
                let mut tries = count;
                while let Err(error) = migrator.run(write).await {
                    tries = tries.checked_sub(1).ok_or(error)?;
                }
            }
            Self::Postgres(pool) => migrator.run(pool).await?,
        }
        Ok(())
    }

    /// A consistent snapshot; both engines refuse a write in it.
    ///
    /// # Errors
    /// No connection could be had.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        })
    }

    /// A transaction that writes. On SQLite it takes the write lock at once, so that it can never fail half-way for want of it.
    ///
    /// # Errors
    /// No connection or lock could be had in time.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Closes every connection, which lets SQLite fold its log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes the work lasting.
    ///
    /// # Errors
    /// The engine could not; nothing of the work was done.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// Asks the engine to compile a statement without running it.
    ///
    /// # Errors
    /// The engine does not accept the statement.
    pub async fn prepare(&mut self, text: SqlStr) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.prepare(text).await.map(drop),
            Self::Postgres(tx) => tx.prepare(text).await.map(drop),
        }
    }
}
