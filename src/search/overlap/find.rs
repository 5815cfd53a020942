//! From a planned collection to the registered ones that may overlap with it, with how alike they are.

use std::collections::HashMap;

use super::best::Best;
use super::query::{Query, Vector};
use super::store::{Entry, Place, Store};
use super::weights::TIMES;
use crate::domain::overlap::{Evidence, Planned};

/// Collections that are looked at closely because their whole texts are most alike.
const BY_WHOLE: usize = 100;
/// Collections that are looked at closely because of an item, for each planned item.
const BY_ITEM: usize = 20;
/// Collections that are looked at closely because of some item, together.
const BY_ITEMS: usize = 300;
/// How many entries are read to find items like the planned ones, together: a form of three hundred items is sought by the rarest grams
/// of each.
const MOST_READ: usize = 500_000;
/// Items whose scores are looked at together.
const BLOCK: usize = 256;
/// The rarest grams of an item that are always sought.
const ALWAYS_SOUGHT: usize = 4;

/// Looks closely at the collections that may overlap with `planned`, of those that `visible` lets through; at at least `most` of them
/// where there are so many. Each is told to `with`.
pub(super) fn candidates(
    store: &Store,
    planned: &Planned,
    most: usize,
    visible: &dyn Fn(&Entry) -> bool,
    with: &mut dyn FnMut(&Entry, Evidence),
) {
    let query = Query::new(store, planned);
    let seen: Vec<bool> = store.entries.iter().map(|entry| entry.alive && visible(entry)).collect();
    let whole = whole_cosines(store, &query.whole);
    let mut places = places_by_whole(&whole, &seen, most.max(BY_WHOLE));
    places.extend(places_by_item(store, &query, &seen));
    places.sort_unstable();
    places.dedup();
    let closely = Closely::new(store, &query);
    for place in places {
        let entry = &store.entries[place as usize];
        with(entry, closely.look(entry, whole[place as usize]));
    }
}

/// The cosine of the whole text with that of every collection.
fn whole_cosines(store: &Store, whole: &Vector) -> Vec<f32> {
    let times = &*TIMES;
    let mut cosines = vec![0.0_f32; store.entries.len()];
    for (gram, weight) in &whole.grams {
        for packed in store.whole.of(*gram) {
            cosines[packed.what()] += weight * times[packed.times()];
        }
    }
    for (at, cosine) in cosines.iter_mut().enumerate() {
        // what is not weighed yet is like nothing
        *cosine = whole.cosine(*cosine, store.weights.whole.get(at).copied().unwrap_or_default());
    }
    cosines
}

fn places_by_whole(cosines: &[f32], seen: &[bool], most: usize) -> Vec<Place> {
    let mut best = Best::new(most, -1.0); // also those that are like it in nothing
    for ((place, cosine), seen) in (0..).zip(cosines).zip(seen) {
        if best.wants(*cosine) && *seen {
            best.add(*cosine, place);
        }
    }
    best.all().into_iter().map(|(_, place)| place).collect()
}

/// The collections of the items that are most like some planned item.
fn places_by_item(store: &Store, query: &Query, seen: &[bool]) -> Vec<Place> {
    let mut sums = vec![0.0_f32; store.weights.items.len()];
    let mut by_place: HashMap<Place, f32> = HashMap::new();
    let budget = MOST_READ / query.items.len().max(1);
    for item in &query.items {
        add_products(store, &item.vector, budget, &mut sums);
        let mut best = Best::new(BY_ITEM, 0.0);
        let blocks = (0..).step_by(BLOCK).zip(sums.chunks(BLOCK).zip(store.weights.items.chunks(BLOCK)));
        for (first, (sums, inverse_lengths)) in blocks {
            let scores = || sums.iter().zip(inverse_lengths).map(|(sum, inverse_length)| sum * inverse_length);
            // no short cut: a whole block is looked through at once by the machine
            if !scores().fold(false, |any, score| any | best.wants(score)) {
                continue;
            }
            for (at, score) in (first..).zip(scores()) {
                if best.wants(score) && seen[store.owner[at as usize] as usize] {
                    best.add(score, at);
                }
            }
        }
        sums.fill(0.0);
        for (score, at) in best.all() {
            let kept = by_place.entry(store.owner[at as usize]).or_default();
            *kept = kept.max(item.vector.cosine(score, 1.0));
        }
    }
    let mut best: Vec<(Place, f32)> = by_place.into_iter().collect();
    best.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    best.truncate(BY_ITEMS);
    best.into_iter().map(|(place, _)| place).collect()
}

/// Adds what each item shares with a planned one, by its rarest grams first, for as long as `budget` entries last.
fn add_products(store: &Store, planned: &Vector, budget: usize, sums: &mut [f32]) {
    let times = &*TIMES;
    let mut read = 0;
    for (nth, (gram, weight)) in planned.grams.iter().enumerate() {
        let places = store.items.of(*gram);
        read += places.len();
        if read > budget && nth >= ALWAYS_SOUGHT {
            break;
        }
        for packed in places {
            // an item that came after the last weighing has no sum
            if let Some(sum) = sums.get_mut(packed.what()) {
                *sum += weight * times[packed.times()];
            }
        }
    }
}

/// Compares every planned item with every item of a collection.
struct Closely<'a> {
    store: &'a Store,
    query: &'a Query,
    /// Which planned items have a gram, and what it counts there: the grams' parts of it after each other.
    uses: Vec<(u32, f32)>,
    /// Where the part of each gram begins.
    starts: Vec<u32>,
    words: Vec<usize>,
}

impl<'a> Closely<'a> {
    fn new(store: &'a Store, query: &'a Query) -> Self {
        let rows = || (0..).zip(&query.items).flat_map(|(row, item)| item.vector.grams.iter().map(move |used| (row, used)));
        let mut starts = vec![0_u32; store.grammar.len() + 2];
        rows().for_each(|(_, (gram, _))| starts[*gram as usize + 2] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut uses = vec![(0, 0.0); rows().count()];
        for (row, (gram, weight)) in rows() {
            let free = &mut starts[*gram as usize + 1]; // is the end of its part when all are placed
            uses[*free as usize] = (row, *weight);
            *free += 1;
        }
        Self { store, query, uses, starts, words: query.items.iter().map(|item| item.words).collect() }
    }

    fn uses_of(&self, gram: usize) -> &[(u32, f32)] {
        &self.uses[self.starts[gram] as usize..self.starts[gram + 1] as usize]
    }

    fn look(&self, entry: &Entry, whole: f32) -> Evidence {
        let times = &*TIMES;
        let registered = entry.items as usize;
        let mut products = vec![0.0_f32; self.query.items.len() * registered];
        for (column, item) in entry.items().enumerate() {
            for packed in self.store.grams_of(item) {
                for (row, weight) in self.uses_of(packed.what()) {
                    products[*row as usize * registered + column] += weight * times[packed.times()];
                }
            }
        }
        let inverse = |column: usize| self.store.weights.items.get(entry.first_item as usize + column).copied().unwrap_or_default();
        let alike = products.iter().enumerate().map(|(at, product)| {
            let (row, column) = (at / registered, at % registered);
            f64::from(self.query.items[row].vector.cosine(*product, inverse(column)))
        });
        let same_area = entry.area.is_some() && entry.area == self.query.area;
        let (whole, by_title) = (f64::from(whole), self.query.by_title);
        Evidence { whole, same_area, by_title, words: self.words.clone(), alike: alike.collect(), registered }
    }
}
