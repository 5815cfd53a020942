//! What becomes of the flags of one collection, once it has been compared with all others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::pairs::checks::{Due, End};
use crate::db::pairs::{Found, ItemPair, Overlap as Flag};
use crate::domain::collection::Collection;
use crate::domain::overlap::judge::ItemMatch;
use crate::domain::overlap::substance::substance;
use crate::domain::overlap::weights::{LIKELY, METHOD};
use crate::search::overlap::Overlap;
use crate::secret;

/// The most collections that one is newly flagged with: the likeliest. What is known stays as long as it is found.
const MOST: usize = 20;

/// A collection with what is flagged for it.
#[derive(Debug)]
pub(super) struct Compared {
    /// Which change of it was compared.
    pub due: Due,
    /// What was compared.
    pub collection: Collection,
    /// The flagged ones, the likeliest first.
    pub found: Vec<Overlap>,
    /// Whether there may be more of them: as many were found as are looked at.
    pub is_cut: bool,
}

/// What is known of the collections at the other ends.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Every flag of the compared collections, with those that are gone and that somebody has said something of.
    pub flags: Vec<Flag>,
    /// What was found, as far as it tells whether a pair is looked at.
    pub ends: HashMap<Uuid, End>,
    /// The collections at the other ends of flags old and new.
    pub others: HashMap<Uuid, Collection>,
    /// The lineages of the items of all of them.
    pub lineages: HashMap<Uuid, Vec<Uuid>>,
}

/// What was found of a collection, by who is asked about it.
#[derive(Debug, Default)]
pub(super) struct Sides<'a> {
    /// What was registered earlier: this collection's agency is asked.
    pub asked: Vec<&'a Overlap>,
    /// What was registered later.
    pub later: Vec<Uuid>,
}

/// A flag that goes or has gone.
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
    /// Those that had gone, where either collection says something else now than was seen last: what was said of them holds no longer.
    pub rewritten: Vec<Gone>,
}

impl Outcome {
    fn of(due: Due) -> Self {
        Self { due, others: BTreeMap::new(), asks: BTreeSet::new(), found: Vec::new(), new: 0, gone: Vec::new(), rewritten: Vec::new() }
    }

    /// Takes in a flag that goes or has gone, with what both collections say now.
    fn part(&mut self, flag: &Flag, compared: &Collection, others: &HashMap<Uuid, Collection>) {
        let Found { collection, other, substance, other_substance, .. } = &flag.found;
        let mut seen = |side: Uuid, held: &String| match others.get(&side) {
            _ if side == compared.id => digest(compared),
            Some(other) => {
                self.others.insert(other.id, other.changed_at);
                digest(other)
            }
            None => held.clone(),
        };
        let substances = (seen(*collection, substance), seen(*other, other_substance));
        let is_seen = (&substances.0, &substances.1) == (substance, other_substance);
        let gone = Gone { id: flag.id, substances, collections: [*collection, *other] };
        if flag.gone_at.is_none() {
            self.gone.push(gone);
        } else if !is_seen {
            self.rewritten.push(gone);
        }
    }
}

impl Compared {
    /// What is to be written. A pair is judged from the side that asks: the collection that was registered later. Where it is the other
    /// side that changed, or that finds a pair which is not known, the side that asks is compared anew. A collection that
    /// is over has no flags. Nothing, so that it waits, where the finder has not read yet what another collection says now.
    pub(super) fn outcome(&self, around: &Surroundings) -> Option<Outcome> {
        let id = self.collection.id;
        let own = digest(&self.collection);
        let flags: Vec<&Flag> = around.flags.iter().filter(|flag| flag.found.collection == id || flag.found.other == id).collect();
        let standing = || flags.iter().filter(|flag| flag.gone_at.is_none());
        let mut outcome = Outcome::of(self.due);
        outcome
            .asks
            .extend(standing().filter(|flag| flag.found.other == id && flag.found.other_substance != own).map(|f| f.found.collection));
        let Sides { asked, later } = self.sides(&around.ends, &around.flags)?;
        outcome.asks.extend(later.into_iter().filter(|other| standing().all(|flag| flag.found.collection != *other)));
        // whoever is to be compared anyway needs not be asked
        outcome.asks.retain(|id| around.ends.get(id).is_none_or(|end| end.is_compared));
        let mut still = BTreeSet::new();
        for overlap in asked {
            let Some(other) = around.others.get(&overlap.id) else { continue };
            if overlap.stamp < other.changed_at.timestamp_micros() {
                return None;
            }
            outcome.others.insert(other.id, other.changed_at);
            still.insert(other.id);
            let known = standing().find(|flag| flag.found.collection == id && flag.found.other == other.id);
            let found = self.pair(other, overlap, own.clone(), &around.lineages);
            outcome.new += usize::from(known.is_none());
            if known.is_none_or(|known| known.found != found) {
                outcome.found.push(found);
            }
        }
        // what is not among the likeliest may still be flagged
        let is_cut = |other: Uuid| self.is_cut && self.found.iter().all(|found| found.id != other);
        let stays = |flag: &&Flag| flag.found.collection != id || still.contains(&flag.found.other) || is_cut(flag.found.other);
        for flag in flags.iter().copied().filter(|flag| self.collection.status.is_over() || flag.gone_at.is_some() || !stays(flag)) {
            let found_anew = flag.found.collection == id && still.contains(&flag.found.other);
            if !found_anew {
                outcome.part(flag, &self.collection, &around.others);
            }
        }
        Some(outcome)
    }

    /// What this collection asks about, and what was registered later and asks about it. Neither for one that is over. Nothing where
    /// the finder has not read yet what another collection says now.
    pub(super) fn sides(&self, ends: &HashMap<Uuid, End>, flags: &[Flag]) -> Option<Sides<'_>> {
        let is_known = |other: Uuid| {
            flags.iter().any(|flag| flag.gone_at.is_none() && flag.found.collection == self.collection.id && flag.found.other == other)
        };
        let (mut sides, mut earlier) = (Sides::default(), 0);
        for overlap in self.found.iter().filter(|_| !self.collection.status.is_over()) {
            let Some(end) = ends.get(&overlap.id).filter(|end| !end.is_over) else { continue };
            if overlap.stamp < end.changed_at.timestamp_micros() {
                return None;
            }
            if self.collection.number < end.number {
                sides.later.push(overlap.id);
                continue;
            }
            earlier += 1;
            if is_known(overlap.id) || (earlier <= MOST && overlap.judgement.probability >= LIKELY) {
                sides.asked.push(overlap);
            }
        }
        Some(sides)
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
    let pair = |(at, best): (usize, ItemMatch)| Some(ItemPair { item: *own.get(at)?, other: *others.get(best.item)?, score: best.score });
    let items: Vec<ItemPair> = overlap.judgement.alike().into_iter().filter_map(pair).collect();
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

/// The digest of what an overlap with a collection depends on.
pub(in crate::actions) fn digest(collection: &Collection) -> String {
    secret::digest(&substance(&collection.content))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::documents::samples;
    use crate::domain::identifier::CollectionNumber;
    use crate::domain::overlap::{Judgement, Likeness, Tier};
    use crate::domain::terms::Kind;

    fn collection(nth: u64) -> Collection {
        let number = CollectionNumber::parse(&format!("2026-{nth:04}"));
        Collection { id: Uuid::from_u128(nth.into()), number, ..samples::collection(Kind::Survey) }
    }

    /// What the finder answers of the collection that is the `nth`.
    fn found(nth: u64, probability: f64) -> Overlap {
        let likeness = Likeness { whole: 0.5, same_area: false, by_title: false };
        let judgement = Judgement { probability, tier: Tier::Flagged, items: Vec::new() };
        Overlap { id: Uuid::from_u128(nth.into()), stamp: 0, likeness, judgement }
    }

    fn flag(asks: &Collection, nth: u64, gone_at: Option<DateTime<Utc>>) -> Flag {
        let found = Found {
            collection: asks.id,
            other: Uuid::from_u128(nth.into()),
            probability: 0.6,
            items: Vec::new(),
            substance: digest(asks),
            other_substance: digest(&collection(nth)),
            method: METHOD,
        };
        Flag { id: Uuid::from_u128(u128::from(nth) + 1_000), found, found_at: DateTime::UNIX_EPOCH, gone_at }
    }

    fn end(of: &Collection) -> End {
        End { number: of.number, is_over: false, changed_at: of.changed_at, is_compared: true }
    }

    /// A collection that is the 50th, compared.
    fn compared(found: Vec<Overlap>) -> Compared {
        let collection = collection(50);
        Compared { due: Due { id: collection.id, changed_at: collection.changed_at, asked: 0 }, collection, found, is_cut: false }
    }

    #[test]
    fn later_ones_and_those_that_are_over_take_no_place_and_what_is_known_keeps_its_own() {
        let mut around = Surroundings::default();
        let mut all = Vec::new();
        // thirty later ones and ten that are over are the likeliest, and the one that is known comes last
        for (nth, probability) in
            (51..=80).map(|nth| (nth, 0.9)).chain((1..=10).map(|nth| (nth, 0.8))).chain((11..=45).map(|nth| (nth, 0.6)))
        {
            let one = collection(nth);
            around.ends.insert(one.id, End { is_over: nth <= 10, is_compared: nth != 51, ..end(&one) });
            around.others.insert(one.id, one);
            all.push(found(nth, probability));
        }
        let compared = compared(all);
        around.flags = vec![flag(&compared.collection, 45, None), flag(&compared.collection, 46, None)];
        let outcome = compared.outcome(&around).expect("an outcome");
        let others: Vec<u128> = outcome.found.iter().map(|found| found.other.as_u128()).collect();
        assert_eq!((outcome.new, others), (20, (11..=30).collect()), "what is known is not written again");
        assert_eq!(outcome.gone.iter().map(|gone| gone.id).collect::<Vec<_>>(), [flag(&compared.collection, 46, None).id]);
        assert_eq!(outcome.asks.len(), 29, "each later one is compared anew, but for the one that is to be compared anyway");
    }

    #[test]
    fn what_may_only_have_been_crowded_out_stays() {
        let one = collection(1);
        let mut around = Surroundings { ends: [(one.id, end(&one))].into(), others: [(one.id, one)].into(), ..Surroundings::default() };
        let whole = compared(vec![found(1, 0.9)]);
        around.flags = vec![flag(&whole.collection, 7, None)];
        assert_eq!(whole.outcome(&around).expect("an outcome").gone.len(), 1);
        let cut = Compared { is_cut: true, ..compared(vec![found(1, 0.9)]) };
        assert_eq!(cut.outcome(&around).expect("an outcome").gone.len(), 0);
    }

    #[test]
    fn nothing_is_written_of_what_was_found_as_it_was_before() {
        let other = collection(1);
        let changed_at = other.changed_at + TimeDelta::seconds(1);
        let other = Collection { changed_at, ..other };
        let around = Surroundings { ends: [(other.id, end(&other))].into(), others: [(other.id, other)].into(), ..Surroundings::default() };
        assert!(compared(vec![found(1, 0.9)]).outcome(&around).is_none());
        let stamp = changed_at.timestamp_micros();
        assert!(compared(vec![Overlap { stamp, ..found(1, 0.9) }]).outcome(&around).is_some());
    }

    #[test]
    fn a_flag_that_has_gone_is_told_what_both_say_now() {
        let mut around = Surroundings::default();
        for nth in [1, 2, 3] {
            let one = collection(nth);
            around.ends.insert(one.id, end(&one));
            around.others.insert(one.id, one);
        }
        let gone_at = Some(DateTime::UNIX_EPOCH + TimeDelta::days(1));
        let compared = compared(vec![found(3, 0.9)]);
        around.flags = (1..=3).map(|nth| flag(&compared.collection, nth, gone_at)).collect();
        around.flags[1].found.other_substance = "något annat".to_owned();
        around.flags[2].found.substance = "något annat".to_owned();
        let outcome = compared.outcome(&around).expect("an outcome");
        let rewritten: Vec<_> = outcome.rewritten.iter().map(|one| (one.id, one.substances.clone())).collect();
        let same = digest(&compared.collection);
        assert_eq!(rewritten, [(around.flags[1].id, (same.clone(), digest(&collection(2))))], "the first is as it was");
        assert!(outcome.gone.is_empty() && outcome.others.contains_key(&Uuid::from_u128(2)));
        assert_eq!((outcome.new, outcome.found.len()), (1, 1), "and the last is found anew");
    }
}
