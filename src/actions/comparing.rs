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
use crate::db::{Db, Tx, case, events, people};
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
/// What is compared is the version in force; several instances may do so at once.
///
/// # Errors
/// As database and index say; what was compared before stays.
pub async fn compare_some(db: &Db, index: &Index, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = db.read().await?;
    if !people::is_anybody(&mut tx).await? {
        return Ok(0); // nobody could answer: a register that is only read does without the work
    }
    let due = checks::due(&mut tx, METHOD, BATCH).await?;
    let ids: Vec<Uuid> = due.iter().map(|one| one.id).collect();
    let compared: HashMap<Uuid, Collection> =
        collections::load(&mut tx, &ids, Version::InForce).await?.into_iter().map(|one| (one.id, one)).collect();
    let families = pairs::families(&mut tx, &ids).await?;
    drop(tx);
    // what the index has not read yet waits for the next look
    let asked = due.iter().filter_map(|one| Some((one.id, one.touched_at.timestamp_micros(), planned(compared.get(&one.id)?)))).collect();
    let searched = index.clone();
    let found = tokio::task::spawn_blocking(move || flagged(&searched, asked, &families)).await.map_err(Error::internal)??;
    let due: Vec<Due> = due.into_iter().filter(|one| found.contains_key(&one.id)).collect();
    if due.is_empty() {
        return Ok(0);
    }
    let mut tx = db.write().await?;
    // before the rest: what is asked to be compared again below must not count as done
    checks::done(&mut tx, &due, METHOD).await?;
    let mut new = 0;
    for one in &due {
        if let (Some(collection), Some(found)) = (compared.get(&one.id), found.get(&one.id)) {
            new += write(&mut tx, collection, found, now).await?;
        }
    }
    if new > 0 {
        events::add(&mut tx, &event(new, now)).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

/// What is flagged for each of these. On a thread that may take its time.
fn flagged(index: &Index, asked: Vec<(Uuid, i64, Planned)>, families: &HashMap<Uuid, Vec<Uuid>>) -> Result<HashMap<Uuid, Vec<Overlap>>> {
    let finder = index.finder()?;
    let is_read = |(id, touched, _): &(Uuid, i64, Planned)| finder.stamp(*id) == Some(*touched);
    let find = |(id, _, planned): (Uuid, i64, Planned)| {
        let mut found = finder.find(&planned, MOST, |known| families.get(&id).is_none_or(|family| !family.contains(&known.id)));
        found.retain(|one| one.judgement.tier == Tier::Flagged);
        (id, found)
    };
    Ok(asked.into_iter().filter(is_read).map(find).collect())
}

fn planned(collection: &Collection) -> Planned {
    let record = Record::of(collection, 0);
    Planned { title: record.title, purpose: record.purpose, area: record.area, items: record.items }
}

/// Writes the flags of one collection and marks those that are gone. Answers how many are new.
///
/// A pair is judged from the side that asks: the collection that was registered later. Where it is the other side that changed, or that
/// finds a pair which is not known, the side that asks is compared anew.
async fn write(tx: &mut Tx, collection: &Collection, found: &[Overlap], now: DateTime<Utc>) -> Result<usize> {
    let known: Vec<pairs::Overlap> =
        pairs::of_collection(tx, collection.id).await?.into_iter().filter(|one| one.gone_at.is_none()).collect();
    let own = digest(collection);
    for one in known.iter().filter(|one| one.found.other == collection.id && one.found.other_substance != own) {
        checks::again(tx, one.found.collection).await?;
    }
    let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
    let others = collections::load(tx, &ids, Version::InForce).await?;
    let mut still = Vec::new();
    for one in found {
        let is_withdrawn = |one: &Collection| one.status == Status::Withdrawn;
        let other = others.iter().find(|other| other.id == one.id && !is_withdrawn(other) && !is_withdrawn(collection));
        let Some(other) = other else { continue };
        if collection.number < other.number {
            if known.iter().all(|known| known.found.collection != other.id) {
                checks::again(tx, other.id).await?;
            }
        } else {
            let found = pair(tx, collection, other, one).await?;
            still.push(pairs::put(tx, &found, now).await?);
        }
    }
    for gone in known.iter().filter(|one| one.found.collection == collection.id && !still.contains(&one.id)) {
        let other = collections::load(tx, &[gone.found.other], Version::InForce).await?;
        let substance = other.first().map_or_else(|| gone.found.other_substance.clone(), digest);
        pairs::mark_gone(tx, gone.id, (&own, &substance), now).await?;
        // what people confirmed of it may no longer hold, and both pages tell of that
        for id in [gone.found.collection, gone.found.other] {
            case::touch(tx, id, now).await?;
        }
    }
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
        method: METHOD,
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
