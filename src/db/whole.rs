//! Collections with everything that their pages show, kept in memory for as long as they are unchanged.
//!
//! Whatever changes a collection, or the name of somebody that its page names, sets its `touched_at` in the same transaction. Each use
//! reads that first, so that nobody sees yesterday's page, whichever instance wrote.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::collections::{self, Version};
use super::consultations::steps::{self, Listed};
use super::events::{self, Event};
use super::pairs::{self, Confirmed};
use super::{Result, Tx, organisations};
use crate::domain::collection::Collection;
use crate::domain::history::{self, FieldChange, Names};
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::Organisation;
use crate::domain::respondent::Selection;
use crate::domain::terms::Visibility;
use crate::sql;
use crate::text;

/// The memory that kept collections may take, roughly, in bytes: twice the nation's.
const MOST_BYTES: u64 = 24_000_000;
/// What one collection takes when it is of ordinary size, in bytes.
const ORDINARY_BYTES: usize = 8_000;

/// What tells that a kept collection is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When it or something that it names was last written.
    pub touched_at: DateTime<Utc>,
    /// When those at the other end of overlaps that people have decided on were: what they are called, and whether they are open.
    pub others_touched_at: Option<DateTime<Utc>>,
    /// How many of those decisions are on pairs that are still flagged.
    pub flagged: i64,
    /// How many of them hold: a change at the other end may end one, once it is compared.
    pub decisions: i64,
    /// When the latest of them was taken: what both say may come back to what an earlier one was made of.
    pub decided_at: Option<DateTime<Utc>>,
}

/// A collection with what its page shows beside it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The collection, in the version that is in force.
    pub collection: Collection,
    /// Those who are asked by name, in Swedish order.
    pub listed: Vec<Organisation>,
    /// What happened to it, newest first.
    pub events: Vec<Event>,
    /// What a change that is planned beside the decided version changes; empty where none is planned.
    pub planned: Vec<FieldChange>,
    /// From when the planned version is to be shown openly, as chosen; none where none is planned.
    pub planned_visibility: Option<Visibility>,
    /// The names of the organisations that did what happened to it, by code.
    pub actors: HashMap<String, String>,
    /// The overlaps that people have confirmed, the latest first.
    pub overlaps: Vec<Confirmed>,
    /// How consultations about it ended: the bodies' parts of those that are closed, the latest first.
    pub consultations: Vec<Listed>,
    /// What tells that all of it is as it was read.
    pub stamp: Stamp,
}

impl Whole {
    async fn read(tx: &mut Tx, id: Uuid, stamp: Stamp) -> Result<Option<Self>> {
        let Some(collection) = collections::load(tx, &[id], Version::InForce).await?.pop() else { return Ok(None) };
        let codes = collection.content.respondents.iter().filter_map(|group| match &group.selection {
            Selection::Listed(codes) => Some(codes.as_slice()),
            Selection::All | Selection::Sample(_) => None,
        });
        let codes: Vec<String> = codes.flatten().cloned().collect();
        let mut listed = if codes.is_empty() { Vec::new() } else { organisations::get_many(tx, &codes).await? };
        listed.sort_by(|a, b| text::swedish_order(&a.name, &b.name));
        let events = events::of(tx, "collection", &id.to_string()).await?;
        let (planned, planned_visibility) = match collection.planned_version {
            Some(_) => planned(tx, id, &collection).await?,
            None => (Vec::new(), None),
        };
        let codes: HashSet<String> = events.iter().map(|event| event.actor.clone()).collect();
        let actors = organisations::names(tx, &Vec::from_iter(codes)).await?.into_iter().collect();
        let overlaps = pairs::confirmed_of(tx, id).await?;
        let mut consultations = steps::of_collection(tx, id).await?;
        consultations.retain(|one| one.closed_at.is_some());
        Ok(Some(Self { overlaps, consultations, collection, listed, events, planned, planned_visibility, actors, stamp }))
    }

    /// Whether everyone may read what is planned beside the decided version: what is shown only once it goes out has not gone out.
    #[must_use]
    pub fn shows_planned(&self) -> bool {
        self.planned_visibility.unwrap_or(self.collection.visibility) == Visibility::Now
    }
}

/// What the planned version says otherwise than the one in force, and from when it is to be shown.
async fn planned(tx: &mut Tx, id: Uuid, in_force: &Collection) -> Result<(Vec<FieldChange>, Option<Visibility>)> {
    let Some(newest) = collections::load(tx, &[id], Version::Newest).await?.pop() else { return Ok((Vec::new(), None)) };
    let (old, mut new) = (in_force.as_parts(), newest.as_parts());
    // the day of its decision is not known yet
    new.content.decided_on = old.content.decided_on;
    let codes: Vec<String> = [&old, &new]
        .into_iter()
        .flat_map(|parts| parts.responsible.iter().chain(&parts.collector).chain(&parts.content.area).cloned())
        .collect();
    let names = Names::new(organisations::names(tx, &codes).await?);
    Ok((history::changes(&old, &new, &names), Some(newest.visibility)))
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
        let told = whole.planned.iter().map(|change| 100 + change.old.len() + change.new.len()).sum::<usize>();
        let told = told + whole.events.iter().map(|event| size_of_changes(&event.detail)).sum::<usize>();
        let pairs = |items: &[(String, String)]| items.iter().map(|(own, other)| 100 + own.len() + other.len()).sum::<usize>();
        let overlaps = whole.overlaps.iter().map(|one| 400 + one.reason.as_ref().map_or(0, String::len) + pairs(&one.items)).sum::<usize>();
        let said = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let consulted = whole.consultations.iter().map(|one| 400 + said(&one.closing) + said(&one.answer)).sum::<usize>();
        let rows = told + overlaps + consulted + 400 * whole.collection.rounds.len() + 400 * whole.events.len() + 150 * whole.listed.len();
        (2_000 + content.purpose.len() + rows + texts.chain(items).sum::<usize>()) as u64
    }
}

/// What the old and new values of an event take, in bytes.
fn size_of_changes(detail: &serde_json::Value) -> usize {
    let text = |value: &serde_json::Value| value.as_str().map_or(0, str::len);
    detail["changes"].as_array().into_iter().flatten().map(|change| 200 + text(&change["old"]) + text(&change["new"])).sum()
}

/// The collection with this number if it is open on `today`, from memory if it is unchanged.
///
/// # Errors
/// As the engine says.
pub async fn open_by_number(tx: &mut Tx, kept: &Kept, number: CollectionNumber, today: NaiveDate) -> Result<Option<Arc<Whole>>> {
    Ok(by_number(tx, kept, number).await?.filter(|whole| whole.collection.is_open_on(today)))
}

/// The collection with this number whether it is open or not, from memory if it is unchanged. Whoever shows it sees to it that the reader
/// may know of it.
///
/// # Errors
/// As the engine says.
pub async fn by_number(tx: &mut Tx, kept: &Kept, number: CollectionNumber) -> Result<Option<Arc<Whole>>> {
    type Row = (Uuid, DateTime<Utc>, Option<DateTime<Utc>>, i64, i64, Option<DateTime<Utc>>);
    let row: Option<Row> = sql!(
        "SELECT c.id, c.touched_at, MAX(t.touched_at),
           COUNT(CASE WHEN o.gone_at IS NULL THEN v.id END), COUNT(CASE WHEN v.substance = o.substance AND v.other_substance = o.other_substance THEN 1 END),
           MAX(CASE WHEN v.substance = o.substance AND v.other_substance = o.other_substance THEN v.at END) FROM collection c
         LEFT JOIN overlap o ON o.collection_id = c.id OR o.other_id = c.id
         LEFT JOIN overlap_verdict v ON v.overlap_id = o.id
         LEFT JOIN collection t ON v.id IS NOT NULL AND t.id = CASE WHEN o.collection_id = c.id THEN o.other_id ELSE o.collection_id END
         WHERE c.number = $1 GROUP BY c.id, c.touched_at",
        number.to_string()
    )
    .optional(tx)
    .await?;
    let Some((id, touched_at, others_touched_at, flagged, decisions, decided_at)) = row else { return Ok(None) };
    let stamp = Stamp { touched_at, others_touched_at, flagged, decisions, decided_at };
    if let Some(whole) = kept.0.get(&id).filter(|whole| whole.stamp == stamp) {
        return Ok(Some(whole));
    }
    let Some(whole) = Whole::read(tx, id, stamp).await?.map(Arc::new) else { return Ok(None) };
    kept.0.insert(id, Arc::clone(&whole));
    Ok(Some(whole))
}
