//! Collections with everything that their pages show, kept in memory for as long as they are unchanged.
//!
//! Whatever changes a collection, or the name of somebody that its page names, sets its `touched_at` in the same transaction. Each use
//! reads that first, so that nobody sees yesterday's page, whichever instance wrote.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::collections::{self, Version};
use super::events::{self, Event};
use super::{Result, Tx, organisations};
use crate::domain::collection::Collection;
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::Organisation;
use crate::domain::respondent::Selection;
use crate::sql;
use crate::text;

/// The memory that kept collections may take, roughly, in bytes: twice the nation's.
const MOST_BYTES: u64 = 24_000_000;
/// What one collection takes when it is of ordinary size, in bytes.
const ORDINARY_BYTES: usize = 8_000;

/// A collection with what its page shows beside it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The collection, in the version that is in force.
    pub collection: Collection,
    /// Those who are asked by name, in Swedish order.
    pub listed: Vec<Organisation>,
    /// What happened to it, newest first.
    pub events: Vec<Event>,
    /// When it or something that it names was last written.
    pub touched_at: DateTime<Utc>,
}

impl Whole {
    async fn read(tx: &mut Tx, id: Uuid, touched_at: DateTime<Utc>) -> Result<Option<Self>> {
        let Some(collection) = collections::load(tx, &[id], Version::InForce).await?.pop() else { return Ok(None) };
        let codes = collection.content.respondents.iter().filter_map(|group| match &group.selection {
            Selection::Listed(codes) => Some(codes.as_slice()),
            Selection::All | Selection::Sample(_) => None,
        });
        let codes: Vec<String> = codes.flatten().cloned().collect();
        let mut listed = if codes.is_empty() { Vec::new() } else { organisations::get_many(tx, &codes).await? };
        listed.sort_by(|a, b| text::swedish_order(&a.name, &b.name));
        let events = events::of(tx, "collection", &id.to_string()).await?;
        Ok(Some(Self { collection, listed, events, touched_at }))
    }
}

/// Kept collections by identity. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Kept(Arc<Cache<Uuid, Arc<Whole>, Size>>);

impl Default for Kept {
    fn default() -> Self {
        let ordinary = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX) / ORDINARY_BYTES;
        Self(Arc::new(Cache::with_weighter(ordinary, MOST_BYTES, Size)))
    }
}

/// Judges how much memory a collection takes.
#[derive(Debug, Clone)]
struct Size;

impl Weighter<Uuid, Arc<Whole>> for Size {
    fn weight(&self, _: &Uuid, whole: &Arc<Whole>) -> u64 {
        let content = &whole.collection.content;
        let texts = [&content.observe, &content.data_use, &content.remark].into_iter().flatten().map(String::len);
        let items = content.items.iter().map(|item| 150 + item.label.len() + item.definition.as_ref().map_or(0, String::len));
        let rows = 400 * whole.collection.rounds.len() + 400 * whole.events.len() + 150 * whole.listed.len();
        (2_000 + content.purpose.len() + rows + texts.chain(items).sum::<usize>()) as u64
    }
}

/// The collection with this number if it is open on `today`, from memory if it is unchanged.
///
/// # Errors
/// As the engine says.
pub async fn open_by_number(tx: &mut Tx, kept: &Kept, number: CollectionNumber, today: NaiveDate) -> Result<Option<Arc<Whole>>> {
    let row: Option<(Uuid, DateTime<Utc>)> =
        sql!("SELECT id, touched_at FROM collection WHERE number = $1", number.to_string()).optional(tx).await?;
    let Some((id, touched_at)) = row else { return Ok(None) };
    let whole = match kept.0.get(&id).filter(|whole| whole.touched_at == touched_at) {
        Some(whole) => whole,
        None => {
            let Some(whole) = Whole::read(tx, id, touched_at).await?.map(Arc::new) else { return Ok(None) };
            kept.0.insert(id, Arc::clone(&whole));
            whole
        }
    };
    Ok(Some(whole).filter(|whole| whole.collection.is_open_on(today)))
}
