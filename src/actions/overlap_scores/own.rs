//! The register's own decisions as judged collections: what people confirmed is to be found, what they rejected is not to be flagged.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::db::collections::{self, Version};
use crate::db::pairs::checks::lineages_of;
use crate::db::pairs::decided::{Decided, decided, undecided};
use crate::db::{Db, Tx, pairs};
use crate::domain::collection::Collection;
use crate::domain::overlap::verdict::VerdictKind;
use crate::error::{Error, Result};
use crate::intake::planned::{Line, LineItem};
use crate::search::overlap::Record;

/// The decisions that are needed: fewer say nothing about the method.
pub const LEAST_DECISIONS: usize = 200;
/// Collections read from the database at a time.
const BATCH: usize = 500;

/// What the register has decided, as [`super::Trial`] takes it.
#[derive(Debug, Default)]
pub struct Own {
    /// Every collection of the register.
    pub base: Vec<Line>,
    /// Those whose overlaps have been decided, with what was confirmed.
    pub queries: Vec<Line>,
    /// For each of them, what it is not compared with: itself and the copies of it, and what nobody has decided yet.
    pub left_out: Vec<HashSet<String>>,
}

impl Own {
    /// Reads the decisions that hold, with the versions in force.
    ///
    /// # Errors
    /// `Invalid` where there are fewer than [`LEAST_DECISIONS`]; as the database says.
    pub async fn read(db: &Db) -> Result<Self> {
        let mut tx = db.read().await?;
        let decided = decided(&mut tx).await?;
        if decided.len() < LEAST_DECISIONS {
            let count = decided.len();
            return Err(Error::Invalid(format!(
                "Registret har {count} bedömningar av överlapp som gäller. Det behövs minst {LEAST_DECISIONS} för att mäta på dem."
            )));
        }
        let base = lines(&mut tx).await?;
        let asking: HashSet<Uuid> = decided.iter().map(|one| one.collection).collect();
        let families = pairs::families(&mut tx, &asking.into_iter().collect::<Vec<_>>()).await?;
        let mut unknown: HashMap<Uuid, HashSet<String>> = HashMap::new();
        for (one, other) in undecided(&mut tx).await? {
            unknown.entry(one).or_default().insert(other.to_string());
            unknown.entry(other).or_default().insert(one.to_string());
        }
        let mut own = Self::default();
        for of_one in decided.chunk_by(|a, b| a.collection == b.collection) {
            let id = of_one[0].collection;
            let name = id.to_string();
            let Some(line) = base.iter().find(|line| line.id == name) else { continue };
            let mut left_out = unknown.remove(&id).unwrap_or_default();
            left_out.extend(families.get(&id).into_iter().flatten().map(Uuid::to_string));
            own.queries.push(judged(line, of_one));
            own.left_out.push(left_out);
        }
        own.base = base;
        Ok(own)
    }
}

/// Every collection of the register, with identities as names and lineages as those of the items.
async fn lines(tx: &mut Tx) -> Result<Vec<Line>> {
    let ids: Vec<Uuid> = collections::stamps(tx).await?.into_iter().map(|(id, _)| id).collect();
    let mut lines = Vec::with_capacity(ids.len());
    for ids in ids.chunks(BATCH) {
        let mut lineages = lineages_of(tx, ids.iter().copied()).await?;
        for collection in collections::load(tx, ids, Version::InForce).await? {
            let lineages = lineages.remove(&collection.id).unwrap_or_default();
            lines.push(line(&collection, &lineages));
        }
    }
    Ok(lines)
}

fn line(collection: &Collection, lineages: &[Uuid]) -> Line {
    let record = Record::of(collection, 0);
    let items = record.items.into_iter().zip(lineages);
    Line {
        id: collection.id.to_string(),
        title: record.title,
        purpose: record.purpose,
        area: record.area,
        items: items.map(|(text, lineage)| LineItem { id: lineage.to_string(), text, matches: Vec::new() }).collect(),
        ..Line::default()
    }
}

/// A collection with what people said of it.
fn judged(line: &Line, decided: &[Decided]) -> Line {
    let confirmed: Vec<&Decided> = decided.iter().filter(|one| one.kind != VerdictKind::Rejected).collect();
    let mut line = line.clone();
    line.duplicates = confirmed.iter().map(|one| one.other.to_string()).collect();
    let is_single = !confirmed.is_empty() && confirmed.iter().all(|one| one.kind == VerdictKind::SingleItems);
    line.overlap = is_single.then(|| "single".to_owned());
    for pair in confirmed.iter().flat_map(|one| &one.items) {
        let item = line.items.iter_mut().find(|item| item.id == pair.item.to_string());
        item.into_iter().for_each(|item| item.matches.push(pair.other.to_string()));
    }
    line
}
