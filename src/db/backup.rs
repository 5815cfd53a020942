//! Copies of a SQLite database, and what is taken out of one before it becomes a register again.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Db, Result, Tx};
use crate::sql;

/// Writes a consistent copy of the database to an empty file, while others read and write. `false` on PostgreSQL, which has tools of
/// its own for that.
///
/// # Errors
/// As the engine says: the file is not empty or cannot be written.
pub async fn copy_to(db: &Db, path: &Path) -> Result<bool> {
    let Db::Sqlite { read, .. } = db else { return Ok(false) };
    sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy().into_owned()).execute(read).await?;
    Ok(true)
}

/// Why a file is not taken for a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is damaged.
    Damaged,
    /// It is a database, but not of this register.
    Foreign,
    /// A newer program, or another one, has written it.
    OtherVersion,
}

/// Looks at a database that was just opened, and brings it up to date; says why it does not do.
///
/// # Errors
/// As the engine says.
pub async fn examine(db: &Db) -> Result<Option<Unfit>> {
    let Db::Sqlite { write, .. } = db else { return Ok(Some(Unfit::Foreign)) };
    let health: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(write).await?;
    if health.first().is_none_or(|(word,)| word != "ok") {
        return Ok(Some(Unfit::Damaged));
    }
    let known = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('_sqlx_migrations', 'organisation', 'collection')";
    let tables: i64 = sqlx::query_scalar(known).fetch_one(write).await?;
    if tables < 3 {
        return Ok(Some(Unfit::Foreign));
    }
    // a migration that the program does not know, or knows otherwise, is refused here
    if db.migrate().await.is_err() {
        return Ok(Some(Unfit::OtherVersion));
    }
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_optional(write).await?;
    Ok(broken.map(|_| Unfit::Damaged))
}

/// Takes out what must not come to life again with a copy: sessions, links that nobody has used, who asked for some; and gives up mail
/// that had not left when the copy was made, for it may have left since. Answers how many mails.
///
/// # Errors
/// As the engine says.
pub async fn calm(tx: &mut Tx, reason: &str, now: DateTime<Utc>) -> Result<u64> {
    sql!("DELETE FROM session").run(tx).await?;
    sql!("DELETE FROM sign_in_link WHERE used_at IS NULL").run(tx).await?;
    sql!("DELETE FROM sign_in_attempt").run(tx).await?;
    sql!(
        "UPDATE mail SET failed_at = $1, last_error = $2, claimed_until = NULL,
           text_part = CASE WHEN expires_at IS NULL THEN text_part END, html_part = CASE WHEN expires_at IS NULL THEN html_part END
         WHERE sent_at IS NULL AND failed_at IS NULL",
        now,
        reason
    )
    .run(tx)
    .await
}

/// Folds the log of a SQLite database into its file, so that the file alone is the whole of it. `false` where somebody else was at it.
///
/// # Errors
/// As the engine says.
pub async fn fold(db: &Db) -> Result<bool> {
    let Db::Sqlite { write, .. } = db else { return Ok(true) };
    let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(write).await?;
    Ok(busy == 0)
}
