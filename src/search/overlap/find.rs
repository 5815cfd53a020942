//! From a planned collection to the registered ones that may overlap with it, with how alike they are.

use std::collections::HashMap;

use super::grams::GramId;
use super::query::{Query, Vector};
use super::store::{Entry, Place, Store};
use super::weights::weight_of;
use crate::domain::overlap::{Evidence, Planned};

/// Collections that are looked at closely because their whole texts are most alike.
const BY_WHOLE: usize = 100;
/// Collections that are looked at closely because of an item, for each planned item.
const BY_ITEM: usize = 20;
/// Collections that are looked at closely because of some item, together.
const BY_ITEMS: usize = 300;
/// How many entries are read to find items like the planned ones, together: a form of three hundred items is sought by the rarest grams
/// of each.
const MOST_READ: usize = 4_000_000;
/// The rarest grams of an item that are always sought.
const ALWAYS_SOUGHT: usize = 4;

/// A registered collection with what speaks for it.
#[derive(Debug)]
pub(super) struct Candidate {
    pub place: Place,
    pub evidence: Evidence,
}

/// The collections that may overlap with `planned`, of those that `visible` lets through; at least `most` of them where there are so many.
pub(super) fn candidates(store: &Store, planned: &Planned, most: usize, visible: &dyn Fn(&Entry) -> bool) -> Vec<Candidate> {
    let query = Query::new(store, planned);
    let seen: Vec<bool> = store.entries.iter().map(|entry| entry.alive && visible(entry)).collect();
    let whole = whole_cosines(store, &query.whole);
    let mut places = best_places(&whole, &seen, most.max(BY_WHOLE));
    places.extend(places_by_item(store, &query, &seen));
    places.sort_unstable();
    places.dedup();
    let closely = Closely::new(store, &query);
    places.into_iter().map(|place| closely.look(place, whole[place as usize])).collect()
}

/// The cosine of the whole text with that of every collection.
fn whole_cosines(store: &Store, whole: &Vector) -> Vec<f32> {
    let mut cosines = vec![0.0_f32; store.entries.len()];
    for (gram, weight) in &whole.grams {
        for packed in store.whole.of(*gram) {
            cosines[packed.what()] += weight * weight_of(*packed);
        }
    }
    for (cosine, length) in cosines.iter_mut().zip(&store.weights.whole) {
        *cosine = whole.cosine(*cosine, *length);
    }
    cosines.truncate(store.weights.whole.len().max(1)); // the rest is not weighed yet
    cosines.resize(store.entries.len(), 0.0);
    cosines
}

fn best_places(cosines: &[f32], seen: &[bool], most: usize) -> Vec<Place> {
    let mut places: Vec<Place> = (0..).zip(seen).filter_map(|(place, seen)| seen.then_some(place)).collect();
    keep_best(&mut places, most, |place| cosines[*place as usize]);
    places
}

/// Keeps the `most` of highest score, ties by what came first.
fn keep_best<T: Ord>(all: &mut Vec<T>, most: usize, score: impl Fn(&T) -> f32) {
    if all.len() > most {
        all.select_nth_unstable_by(most, |a, b| score(b).total_cmp(&score(a)).then_with(|| a.cmp(b)));
        all.truncate(most);
    }
}

/// The collections of the items that are most like some planned item.
fn places_by_item(store: &Store, query: &Query, seen: &[bool]) -> Vec<Place> {
    let mut sums = vec![0.0_f32; store.owner.len()];
    let mut touched: Vec<u32> = Vec::new();
    let mut best: HashMap<Place, f32> = HashMap::new();
    let budget = MOST_READ / query.items.len().max(1);
    for item in &query.items {
        let mut read = 0;
        for (nth, (gram, weight)) in item.vector.grams.iter().enumerate() {
            let places = store.items.of(*gram);
            read += places.len();
            if read > budget && nth >= ALWAYS_SOUGHT {
                break;
            }
            for packed in places {
                let sum = &mut sums[packed.what()];
                if *sum == 0.0 {
                    touched.push(packed.what() as u32);
                }
                *sum += weight * weight_of(*packed);
            }
        }
        let cosine =
            |at: u32| item.vector.cosine(sums[at as usize], store.weights.items.get(at as usize).copied().unwrap_or(f32::INFINITY));
        touched.retain(|at| seen[store.owner[*at as usize] as usize]);
        keep_best(&mut touched, BY_ITEM, |at| cosine(*at));
        for at in &touched {
            let kept = best.entry(store.owner[*at as usize]).or_default();
            *kept = kept.max(cosine(*at));
        }
        touched.clear();
        sums.fill(0.0);
    }
    let mut best: Vec<(Place, f32)> = best.into_iter().collect();
    best.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    best.truncate(BY_ITEMS);
    best.into_iter().map(|(place, _)| place).collect()
}

/// Compares every planned item with every item of a collection.
struct Closely<'a> {
    store: &'a Store,
    query: &'a Query,
    /// For each gram of the planned items, which items have it and what it counts there.
    uses: HashMap<GramId, Vec<(usize, f32)>>,
    words: Vec<usize>,
}

impl<'a> Closely<'a> {
    fn new(store: &'a Store, query: &'a Query) -> Self {
        let mut uses: HashMap<GramId, Vec<(usize, f32)>> = HashMap::new();
        for (at, item) in query.items.iter().enumerate() {
            for (gram, weight) in &item.vector.grams {
                uses.entry(*gram).or_default().push((at, *weight));
            }
        }
        Self { store, query, uses, words: query.items.iter().map(|item| item.words).collect() }
    }

    fn look(&self, place: Place, whole: f32) -> Candidate {
        let entry = &self.store.entries[place as usize];
        let registered = entry.items as usize;
        let mut products = vec![0.0_f32; self.query.items.len() * registered];
        for (column, item) in entry.items().enumerate() {
            for packed in self.store.grams_of(item) {
                for (row, weight) in self.uses.get(&(packed.what() as GramId)).into_iter().flatten() {
                    products[row * registered + column] += weight * weight_of(*packed);
                }
            }
        }
        let lengths = &self.store.weights.items;
        let length = |column: usize| lengths.get(entry.first_item as usize + column).copied().unwrap_or(f32::INFINITY);
        let alike = products.iter().enumerate().map(|(at, product)| {
            let (row, column) = (at / registered, at % registered);
            f64::from(self.query.items[row].vector.cosine(*product, length(column)))
        });
        let same_area = entry.area.is_some() && entry.area == self.query.area;
        let (whole, by_title) = (f64::from(whole), self.query.by_title);
        let evidence = Evidence { whole, same_area, by_title, words: self.words.clone(), alike: alike.collect(), registered };
        Candidate { place, evidence }
    }
}
