//! Comparing every collection with all others in the background: when it is registered or changes, and when the method does.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::events::Event;
use crate::db::pairs::checks::{self, Due};
use crate::db::pairs::{self, Found, ItemPair};
use crate::db::{Db, Tx, events, people};
use crate::domain::collection::Collection;
use crate::domain::overlap::substance::substance;
use crate::domain::overlap::weights::METHOD;
use crate::domain::overlap::{Planned, Tier};
use crate::domain::terms::Status;
use crate::error::{Error, Result};
use crate::search::Index;
use crate::search::overlap::{Overlap, Record};
use crate::secret;

/// Collections compared in one transaction: what is lost when the program is ended.
const BATCH: i64 = 25;
/// The most flags of one collection.
const MOST: usize = 20;
/// From this score on two items count as alike.
const ALIKE: f64 = 0.5;

/// Compares the next collections that changed, or that another version of the method has compared. Answers how many; none is left at 0.
///
/// Several instances may do so at once: both then find the same.
///
/// # Errors
/// As database and index say; what was compared before stays.
pub async fn compare_some(db: &Db, index: &Index, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = db.read().await?;
    if !people::is_anybody(&mut tx).await? {
        return Ok(0); // nobody could answer: a register that is only read does without the work
    }
    let due = checks::due(&mut tx, METHOD, BATCH).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = due.iter().map(|one| one.id).collect();
    let compared: HashMap<Uuid, Collection> =
        collections::load(&mut tx, &ids, Version::Newest).await?.into_iter().map(|one| (one.id, one)).collect();
    drop(tx);
    let asked: Vec<(Uuid, Planned)> = compared.values().map(|one| (one.id, planned(one))).collect();
    let searched = index.clone();
    let found = tokio::task::spawn_blocking(move || flagged(&searched, asked)).await.map_err(Error::internal)??;
    let mut tx = db.write().await?;
    let mut new = 0;
    for one in &due {
        if let Some(collection) = compared.get(&one.id) {
            new += write(&mut tx, one, collection, found.get(&one.id).map_or(&[], Vec::as_slice), now).await?;
        }
    }
    checks::done(&mut tx, &due, METHOD).await?;
    if new > 0 {
        events::add(&mut tx, &event(new, now)).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

/// What is flagged for each of these. On a thread that may take its time.
fn flagged(index: &Index, asked: Vec<(Uuid, Planned)>) -> Result<HashMap<Uuid, Vec<Overlap>>> {
    let finder = index.finder()?;
    let find = |(id, planned): (Uuid, Planned)| {
        let mut found = finder.find(&planned, MOST, |known| known.id != id);
        found.retain(|one| one.judgement.tier == Tier::Flagged);
        (id, found)
    };
    Ok(asked.into_iter().map(find).collect())
}

fn planned(collection: &Collection) -> Planned {
    let record = Record::of(collection, 0);
    Planned { title: record.title, purpose: record.purpose, area: record.area, items: record.items }
}

/// Writes the flags of one collection and marks those that are gone. Answers how many are new.
///
/// A pair is judged from the side that asks: the collection that was registered later. Where it is the other side that changed, or that
/// finds a pair which is not known, the side that asks is compared anew.
async fn write(tx: &mut Tx, due: &Due, collection: &Collection, found: &[Overlap], now: DateTime<Utc>) -> Result<usize> {
    let known: Vec<pairs::Overlap> =
        pairs::of_collection(tx, collection.id).await?.into_iter().filter(|one| one.gone_at.is_none()).collect();
    let own = digest(collection);
    for one in known.iter().filter(|one| one.found.other == collection.id && one.found.other_substance != own) {
        checks::again(tx, one.found.collection).await?;
    }
    let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
    let others = collections::load(tx, &ids, Version::Newest).await?;
    let mut still = Vec::new();
    for one in found {
        let other = others.iter().find(|other| other.id == one.id);
        let Some(other) = other.filter(|_| collection.status != Status::Withdrawn) else { continue };
        if collection.number < other.number {
            if known.iter().all(|known| known.found.collection != other.id) {
                checks::again(tx, other.id).await?;
            }
        } else if due.copied_from != Some(other.id) {
            // a copy says the same on purpose
            let found = pair(tx, collection, other, one).await?;
            still.push(pairs::put(tx, &found, now).await?);
        }
    }
    pairs::mark_gone(tx, collection.id, &still, now).await?;
    Ok(still.iter().filter(|id| known.iter().all(|known| known.id != **id)).count())
}

fn digest(collection: &Collection) -> String {
    secret::digest(&substance(&collection.content))
}

/// The pair as it is kept.
async fn pair(tx: &mut Tx, collection: &Collection, other: &Collection, found: &Overlap) -> Result<Found> {
    let own = pairs::lineages(tx, collection.id, collection.version).await?;
    let others = pairs::lineages(tx, other.id, other.version).await?;
    let best = found.judgement.items.iter().enumerate().filter_map(|(at, best)| Some((at, best.first()?)));
    let alike = best
        .filter(|(_, best)| best.score >= ALIKE)
        .filter_map(|(at, best)| Some(ItemPair { item: *own.get(at)?, other: *others.get(best.item)?, score: best.score }));
    let mut items: Vec<ItemPair> = alike.collect();
    items.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(Found {
        collection: collection.id,
        other: other.id,
        probability: found.judgement.probability,
        items,
        substance: digest(collection),
        other_substance: digest(other),
        method: METHOD.to_owned(),
    })
}

fn event(new: usize, now: DateTime<Utc>) -> Event {
    Event {
        id: clock::new_id(),
        at: now,
        actor: "register".to_owned(),
        person: None,
        action: "overlap.flagged".to_owned(),
        subject_kind: "register".to_owned(),
        subject: "overlap".to_owned(),
        detail: json!({ "new": new }),
    }
}
