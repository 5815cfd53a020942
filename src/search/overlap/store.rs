//! What the finder holds in memory: which collections and items have which grams, and how heavy everything is.
//!
//! Lists of numbers only, no texts: about 100 MB for 20 000 collections of eight items.

use std::collections::HashMap;

use uuid::Uuid;

use super::grams::{Counted, GramId, Grammar, summed};
use super::weights::Weights;

/// A place or a gram takes the lower bits of an entry, how often the gram stands there the upper ones.
const PLACE_BITS: u32 = 24;
/// The most of anything that the lower bits can tell apart: sixteen million.
const MOST: usize = 1 << PLACE_BITS;
/// A gram that stands oftener in a text counts as if it stood this often.
const MOST_TIMES: u32 = 255;

/// A gram that stands in more living items than this is not sought by, only compared: it tells little, and its places would take most of the
/// memory and of the time.
const MOST_LISTED: usize = 2_000;

/// Place of a collection among those held.
pub(super) type Place = u32;

/// A place or gram together with a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed(u32);

impl Packed {
    fn new(what: u32, times: u32) -> Self {
        Self(what | times.min(MOST_TIMES) << PLACE_BITS)
    }

    /// The place or gram.
    pub fn what(self) -> usize {
        (self.0 & (MOST as u32 - 1)) as usize
    }

    /// How often the gram stands there, as an index into [`super::weights::TIMES`].
    pub fn times(self) -> usize {
        (self.0 >> PLACE_BITS) as usize
    }
}

/// Where each gram stands: nowhere for a gram that stands in more places than are listed.
#[derive(Debug)]
pub(super) struct Postings {
    places: Vec<Option<Vec<Packed>>>,
    most: usize,
}

impl Postings {
    /// Lists at most so many places of each gram, or else none of them.
    fn of_at_most(most: usize) -> Self {
        Self { places: Vec::new(), most }
    }

    /// Lists a place; `dead` of those that are listed may be of what is gone, and count for nothing.
    fn add(&mut self, grams: &[(GramId, u32)], place: u32, dead: usize) {
        let most = self.most.saturating_add(dead);
        for (gram, times) in grams {
            let at = *gram as usize;
            if self.places.len() <= at {
                self.places.resize_with(at + 1, || Some(Vec::new()));
            }
            let listed = &mut self.places[at];
            if listed.as_ref().is_some_and(|places| places.len() >= most) {
                *listed = None;
            }
            if let Some(places) = listed {
                places.push(Packed::new(place, *times));
            }
        }
    }

    /// The places of a gram.
    pub fn of(&self, gram: GramId) -> &[Packed] {
        self.places.get(gram as usize).and_then(Option::as_ref).map_or(&[], Vec::as_slice)
    }

    /// Every gram with its places.
    pub fn all(&self) -> impl Iterator<Item = (usize, &[Packed])> {
        self.places.iter().map(|places| places.as_deref().unwrap_or_default()).enumerate()
    }

    fn shrink(&mut self) {
        self.places.iter_mut().flatten().for_each(Vec::shrink_to_fit);
    }
}

/// What the finder is told of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Identity.
    pub id: Uuid,
    /// When it last changed; whatever the caller compares with.
    pub stamp: i64,
    /// The title.
    pub title: String,
    /// The purpose.
    pub purpose: String,
    /// The subject area, by code or name: only compared.
    pub area: Option<String>,
    /// One text per item: label and definition.
    pub items: Vec<String>,
    /// First day on which everyone may see it, as a number of days; the greatest number where it never is.
    pub open_from: i64,
}

/// A collection as it is held.
#[derive(Debug)]
pub(super) struct Entry {
    pub id: Uuid,
    pub stamp: i64,
    /// Number of the area in [`Store::areas`].
    pub area: Option<u32>,
    pub open_from: i64,
    /// The first of its items, and how many there are.
    pub first_item: u32,
    pub items: u32,
    /// Whether it is still in the register as it stands here.
    pub alive: bool,
}

impl Entry {
    /// The numbers of its items.
    pub fn items(&self) -> std::ops::Range<usize> {
        self.first_item as usize..(self.first_item + self.items) as usize
    }
}

/// Everything that is held.
#[derive(Debug)]
pub(super) struct Store {
    pub grammar: Grammar,
    pub entries: Vec<Entry>,
    places: HashMap<Uuid, Place>,
    areas: HashMap<String, u32>,
    /// Collections by the grams of their whole texts.
    pub whole: Postings,
    /// Items by those of their grams that are not too common.
    pub items: Postings,
    /// The collection of each item.
    pub owner: Vec<Place>,
    /// The grams of all items after each other, and where each item's begin.
    grams: Vec<Packed>,
    starts: Vec<usize>,
    /// Items of collections that are gone.
    dead_items: usize,
    /// What everything weighs; in step with the rest after [`Store::weigh`].
    pub weights: Weights,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            grammar: Grammar::default(),
            entries: Vec::new(),
            places: HashMap::new(),
            areas: HashMap::new(),
            whole: Postings::of_at_most(usize::MAX),
            items: Postings::of_at_most(MOST_LISTED),
            owner: Vec::new(),
            grams: Vec::new(),
            starts: Vec::new(),
            dead_items: 0,
            weights: Weights::default(),
        }
    }
}

impl Store {
    /// How many collections are held, and how many places are taken by what they were before.
    pub fn counts(&self) -> (usize, usize) {
        (self.places.len(), self.entries.len() - self.places.len())
    }

    /// The stamp of every collection held.
    pub fn stamps(&self) -> impl Iterator<Item = (Uuid, i64)> + '_ {
        self.places.iter().map(|(id, place)| (*id, self.entries[*place as usize].stamp))
    }

    /// The stamp of a collection, if it is held.
    pub fn stamp(&self, id: Uuid) -> Option<i64> {
        self.places.get(&id).and_then(|place| self.entries.get(*place as usize)).map(|entry| entry.stamp)
    }

    /// The number of an area that some collection has.
    pub fn area(&self, name: &str) -> Option<u32> {
        self.areas.get(name).copied()
    }

    /// Adds a collection, or replaces what was held of it. Found after the next [`Store::weigh`].
    pub fn put(&mut self, record: &Record) {
        self.remove(record.id);
        if self.entries.len() >= MOST || self.owner.len() + record.items.len() >= MOST {
            return; // sixteen million items: more than a nation asks for
        }
        let place = self.entries.len() as Place;
        let first_item = self.owner.len() as u32;
        let mut whole: Vec<(GramId, u32)> = Vec::new();
        for text in [&record.title, &record.purpose] {
            whole.extend(self.grammar.learn(text).grams);
        }
        for item in &record.items {
            let counted = self.grammar.learn(item);
            self.put_item(place, &counted);
            whole.extend(counted.grams);
        }
        self.whole.add(&summed(whole), place, 0);
        let areas = self.areas.len() as u32;
        let area = record.area.as_ref().map(|area| *self.areas.entry(area.clone()).or_insert(areas));
        let (id, stamp, open_from) = (record.id, record.stamp, record.open_from);
        let items = self.owner.len() as u32 - first_item;
        self.entries.push(Entry { id, stamp, area, open_from, first_item, items, alive: true });
        self.places.insert(id, place);
    }

    fn put_item(&mut self, place: Place, counted: &Counted) {
        let item = self.owner.len() as u32;
        self.items.add(&counted.grams, item, self.dead_items);
        self.starts.push(self.grams.len());
        self.grams.extend(counted.grams.iter().map(|(gram, times)| Packed::new(*gram, *times)));
        self.owner.push(place);
    }

    /// Forgets a collection, if it is held.
    pub fn remove(&mut self, id: Uuid) {
        let Some(place) = self.places.remove(&id) else { return };
        let entry = &mut self.entries[place as usize];
        entry.alive = false;
        self.dead_items += entry.items as usize;
    }

    /// The grams of an item.
    pub fn grams_of(&self, item: usize) -> &[Packed] {
        let Some(from) = self.starts.get(item) else { return &[] };
        let to = self.starts.get(item + 1).copied().unwrap_or(self.grams.len());
        self.grams.get(*from..to).unwrap_or_default()
    }

    /// Brings the weights in step with what is held and with what is open on `today`.
    pub fn weigh(&mut self, today: i64) {
        self.weights = Weights::of(self, today);
    }

    /// Gives back memory that reading much took.
    pub fn settle(&mut self) {
        self.grammar.forget_words();
        self.whole.shrink();
        self.items.shrink();
        self.grams.shrink_to_fit();
        self.entries.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gram_is_sought_by_however_often_its_collection_is_read_anew() {
        let record = |id: u128| Record {
            id: Uuid::from_u128(id),
            stamp: 0,
            title: String::new(),
            purpose: String::new(),
            area: None,
            items: vec!["Skolskjuts".to_owned()],
            open_from: 0,
        };
        let mut store = Store::default();
        (0..=MOST_LISTED).for_each(|_| store.put(&record(0)));
        let gram = store.grammar.look_up("Skolskjuts").grams[0].0;
        assert_eq!((store.counts().0, store.items.of(gram).len()), (1, MOST_LISTED + 1));
        (1..=MOST_LISTED as u128).for_each(|id| store.put(&record(id)));
        assert!(store.items.of(gram).is_empty(), "it stands in more items than are sought by");
    }
}
