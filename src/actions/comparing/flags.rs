//! What becomes of the flags of one collection, once it has been compared with all others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::pairs::checks::Due;
use crate::db::pairs::{Found, ItemPair, Overlap as Flag};
use crate::domain::collection::Collection;
use crate::domain::overlap::substance::substance;
use crate::domain::overlap::weights::{LIKELY, METHOD};
use crate::domain::terms::Status;
use crate::search::overlap::Overlap;
use crate::secret;

/// From this score on two items count as alike.
const ALIKE: f64 = 0.5;

/// A collection with what is flagged for it.
#[derive(Debug)]
pub(super) struct Compared {
    /// Which change of it was compared.
    pub due: Due,
    /// What was compared.
    pub collection: Collection,
    /// The flagged ones, each with which change of it the finder knew.
    pub found: Vec<(Overlap, i64)>,
}

/// What is known of the collections at the other ends.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Every flag of the compared collections.
    pub flags: Vec<Flag>,
    /// The collections at the other ends of flags old and new.
    pub others: HashMap<Uuid, Collection>,
    /// The lineages of the items of all of them.
    pub lineages: HashMap<Uuid, Vec<Uuid>>,
}

/// A flag that goes.
#[derive(Debug)]
pub(super) struct Gone {
    /// The pair.
    pub id: Uuid,
    /// The substance of both that was seen.
    pub substances: (String, String),
    /// The two collections, the one that asks first.
    pub collections: [Uuid; 2],
}

/// What is to be written of one collection.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Which change of it was compared.
    pub due: Due,
    /// When the others had last changed as they were looked at.
    pub others: BTreeMap<Uuid, DateTime<Utc>>,
    /// Those that are to be compared once more.
    pub asks: BTreeSet<Uuid>,
    /// The flags that are new or say something new.
    pub found: Vec<Found>,
    /// How many of them are new.
    pub new: usize,
    /// The flags that go.
    pub gone: Vec<Gone>,
}

impl Compared {
    /// What is to be written. A pair is judged from the side that asks: the collection that was registered later. Where it is the other
    /// side that changed, or that finds a pair which is not known, the side that asks is compared anew. A withdrawn collection has no
    /// flags. Nothing, so that it waits, where the finder has not read yet what another collection says now.
    pub(super) fn outcome(&self, around: &Surroundings) -> Option<Outcome> {
        let id = self.collection.id;
        let own = digest(&self.collection);
        let flags = || around.flags.iter().filter(|flag| flag.found.collection == id || flag.found.other == id);
        let mut outcome =
            Outcome { due: self.due, others: BTreeMap::new(), asks: BTreeSet::new(), found: Vec::new(), new: 0, gone: Vec::new() };
        outcome.asks.extend(flags().filter(|flag| flag.found.other == id && flag.found.other_substance != own).map(|f| f.found.collection));
        let mut still = BTreeSet::new();
        for (overlap, stamp) in self.found.iter().filter(|_| !is_withdrawn(&self.collection)) {
            let Some(other) = around.others.get(&overlap.id).filter(|other| !is_withdrawn(other)) else { continue };
            if *stamp < other.changed_at.timestamp_micros() {
                return None;
            }
            outcome.others.insert(other.id, other.changed_at);
            if self.collection.number < other.number {
                if flags().all(|flag| flag.found.collection != other.id) {
                    outcome.asks.insert(other.id);
                }
                continue;
            }
            let known = flags().find(|flag| flag.found.collection == id && flag.found.other == other.id);
            if known.is_none() && overlap.judgement.probability < LIKELY {
                continue;
            }
            still.insert(other.id);
            let found = self.pair(other, overlap, own.clone(), &around.lineages);
            outcome.new += usize::from(known.is_none());
            if known.is_none_or(|known| known.found != found) {
                outcome.found.push(found);
            }
        }
        let goes = |flag: &&Flag| is_withdrawn(&self.collection) || (flag.found.collection == id && !still.contains(&flag.found.other));
        for flag in flags().filter(goes) {
            let substance_of = |side: Uuid, held: &str| match around.others.get(&side) {
                _ if side == id => own.clone(),
                Some(other) => digest(other),
                None => held.to_owned(),
            };
            let Found { collection, other, substance, other_substance, .. } = &flag.found;
            let substances = (substance_of(*collection, substance), substance_of(*other, other_substance));
            outcome.gone.push(Gone { id: flag.id, substances, collections: [*collection, *other] });
        }
        Some(outcome)
    }

    fn pair(&self, other: &Collection, overlap: &Overlap, substance: String, lineages: &HashMap<Uuid, Vec<Uuid>>) -> Found {
        let of = |collection: &Collection| lineages.get(&collection.id).map_or(&[][..], Vec::as_slice);
        pair((&self.collection, substance), other, overlap, [of(&self.collection), of(other)])
    }
}

/// The pair as it is kept: of a collection with its digest, and another one, each with the lineages of its items.
pub(in crate::actions) fn pair(
    (collection, substance): (&Collection, String),
    other: &Collection,
    overlap: &Overlap,
    [own, others]: [&[Uuid]; 2],
) -> Found {
    let best = overlap.judgement.items.iter().enumerate().filter_map(|(at, best)| Some((at, best.first()?)));
    let alike = best
        .filter(|(_, best)| best.score >= ALIKE)
        .filter_map(|(at, best)| Some(ItemPair { item: *own.get(at)?, other: *others.get(best.item)?, score: best.score }));
    let mut items: Vec<ItemPair> = alike.collect();
    items.sort_by(|a, b| b.score.total_cmp(&a.score));
    Found {
        collection: collection.id,
        other: other.id,
        probability: overlap.judgement.probability,
        items,
        substance,
        other_substance: digest(other),
        method: METHOD,
    }
}

pub(super) fn is_withdrawn(collection: &Collection) -> bool {
    collection.status == Status::Withdrawn
}

/// The digest of what an overlap with a collection depends on.
pub(in crate::actions) fn digest(collection: &Collection) -> String {
    secret::digest(&substance(&collection.content))
}
