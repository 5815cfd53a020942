//! Links that sign somebody in, kept as digests, and how many of them were asked for lately.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::sign_in::{Link, Purpose};
use crate::{clock, sql};

/// Writes a link under the digest of its token.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, token_digest: &str, link: &Link, now: DateTime<Utc>) -> Result<()> {
    sql!(
        "INSERT INTO sign_in_link (token_digest, person_id, purpose, browser_digest, created_at, expires_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        token_digest,
        link.person,
        link.purpose.code(),
        &link.browser_digest,
        now,
        link.expires_at,
        link.used_at,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// The link whose token has this digest.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, token_digest: &str) -> Result<Option<Link>> {
    type Row = (Uuid, String, Option<String>, DateTime<Utc>, Option<DateTime<Utc>>);
    let row: Option<Row> =
        sql!("SELECT person_id, purpose, browser_digest, expires_at, used_at FROM sign_in_link WHERE token_digest = $1", token_digest)
            .optional(tx)
            .await?;
    row.map(|(person, purpose, browser_digest, expires_at, used_at)| {
        Ok(Link { person, purpose: term!(Purpose, purpose)?, browser_digest, expires_at, used_at })
    })
    .transpose()
}

/// Uses a link up. Answers false where somebody else did so first: of several at once, one gets true.
///
/// # Errors
/// As the engine says.
pub async fn use_up(tx: &mut Tx, token_digest: &str, now: DateTime<Utc>) -> Result<bool> {
    let used =
        sql!("UPDATE sign_in_link SET used_at = $2 WHERE token_digest = $1 AND used_at IS NULL AND expires_at > $2", token_digest, now)
            .run(tx)
            .await?;
    Ok(used == 1)
}

/// Takes away every link of a person.
///
/// # Errors
/// As the engine says.
pub async fn delete_of(tx: &mut Tx, person: Uuid) -> Result<()> {
    sql!("DELETE FROM sign_in_link WHERE person_id = $1", person).run(tx).await?;
    Ok(())
}

/// Takes away every link of one purpose.
///
/// # Errors
/// As the engine says.
pub async fn delete_all(tx: &mut Tx, purpose: Purpose) -> Result<()> {
    sql!("DELETE FROM sign_in_link WHERE purpose = $1", purpose.code()).run(tx).await?;
    Ok(())
}

/// Notes that a link was asked for by whatever `key_digest` stands for.
///
/// # Errors
/// As the engine says.
pub async fn add_attempt(tx: &mut Tx, key_digest: &str, now: DateTime<Utc>) -> Result<()> {
    sql!("INSERT INTO sign_in_attempt (id, key_digest, at) VALUES ($1, $2, $3)", clock::new_id(), key_digest, now).run(tx).await?;
    Ok(())
}

/// How many links were asked for by `key_digest` after `since`.
///
/// # Errors
/// As the engine says.
pub async fn attempts(tx: &mut Tx, key_digest: &str, since: DateTime<Utc>) -> Result<i64> {
    let (count,): (i64,) =
        sql!("SELECT COUNT(*) FROM sign_in_attempt WHERE key_digest = $1 AND at > $2", key_digest, since).one(tx).await?;
    Ok(count)
}

/// Takes away the links that stopped working before `links`, and the attempts from before `attempts`.
///
/// # Errors
/// As the engine says.
pub async fn sweep(tx: &mut Tx, links: DateTime<Utc>, attempts: DateTime<Utc>) -> Result<()> {
    sql!("DELETE FROM sign_in_link WHERE expires_at <= $1", links).run(tx).await?;
    sql!("DELETE FROM sign_in_attempt WHERE at <= $1", attempts).run(tx).await?;
    Ok(())
}
