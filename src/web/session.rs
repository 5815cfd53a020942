//! Where sessions are kept: in the database, so that every instance knows them.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};
use uuid::Uuid;

use crate::config::Config;
use crate::db::{Db, sessions};
use crate::{clock, secret};

/// The name of the cookie.
pub const COOKIE: &str = "insamling";
/// The longest that anybody stays signed in, in hours.
pub const MOST_HOURS: i64 = 12;
/// The key under which a session keeps whose it is.
pub const PERSON: &str = "person";

/// The layer that gives handlers their session. Nobody gets a cookie who does not sign in, and a session is written only when it changes.
#[must_use]
pub fn layer(db: &Db, config: &Config) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store(db.clone()))
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax) // so that a link in a mail finds who is signed in; forms have secrets of their own
        .with_secure(config.base_url.starts_with("https://"))
        .with_expiry(Expiry::OnInactivity(Duration::hours(MOST_HOURS)))
}

/// Sessions in the database.
#[derive(Debug, Clone)]
pub struct Store(Db);

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

fn digest(id: &Id) -> String {
    secret::digest(&id.to_string())
}

/// Whose the session is, its data and its end, as the database takes them.
fn columns(record: &Record) -> Result<(Option<Uuid>, Value, DateTime<Utc>)> {
    let person = record.data.get(PERSON).and_then(Value::as_str).and_then(|text| text.parse().ok());
    let data = serde_json::to_value(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    let expires_at = DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0).ok_or_else(|| failed("no such time"))?;
    Ok((person, data, expires_at))
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (person, data, expires_at) = columns(record)?;
        let mut tx = self.0.write().await.map_err(failed)?;
        while !sessions::insert(&mut tx, &digest(&record.id), person, &data, expires_at).await.map_err(failed)? {
            record.id = Id::default();
        }
        tx.commit().await.map_err(failed)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (person, data, expires_at) = columns(record)?;
        let mut tx = self.0.write().await.map_err(failed)?;
        sessions::update(&mut tx, &digest(&record.id), person, &data, expires_at).await.map_err(failed)?;
        tx.commit().await.map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut tx = self.0.read().await.map_err(failed)?;
        let Some((data, expires_at)) = sessions::get(&mut tx, &digest(id), clock::now()).await.map_err(failed)? else { return Ok(None) };
        let data: HashMap<String, Value> = serde_json::from_value(data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires_at.timestamp()).map_err(failed)?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.0.write().await.map_err(failed)?;
        sessions::delete(&mut tx, &digest(id)).await.map_err(failed)?;
        tx.commit().await.map_err(failed)
    }
}
