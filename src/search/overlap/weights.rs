//! What grams weigh, and how long the texts are that they make.

use std::sync::LazyLock;

use super::store::{Entry, Packed, Postings, Store};
use crate::domain::overlap::weights::{RARITY_POWER, TIMES_POWER};

/// What a gram that stands so many times in a text counts.
pub(super) static TIMES: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|times| (times as f32).powf(TIMES_POWER)));

/// What a gram that stands `times` times in a text counts.
pub(super) fn of_times(times: u32) -> f32 {
    TIMES[(times as usize).min(255)]
}

/// The weights of grams, and the lengths of what is held.
#[derive(Debug, Default)]
pub(super) struct Weights {
    /// From 0, in every item, to 1, in none. Divided by the greatest that the register allows, so that scores mean the same in a register
    /// of two hundred collections and in one of twenty thousand. Only what everyone may see is counted: a score must not tell what the
    /// texts hold that are not open.
    pub rarity: Vec<f32>,
    /// One divided by the length of each collection's whole text; 0 for what is gone, so that nothing is like it.
    pub whole: Vec<f32>,
    /// One divided by the length of each item.
    pub items: Vec<f32>,
}

impl Weights {
    /// Weighs everything, by what is open on `today`: about 50 ms for 20 000 collections.
    pub fn of(store: &Store, today: i64) -> Self {
        let mut frequency = vec![0_u32; store.grammar.len()];
        let mut items = 0;
        for item in store.entries.iter().filter(|entry| entry.alive && entry.open_from <= today).flat_map(Entry::items) {
            items += 1;
            for packed in store.grams_of(item) {
                frequency[packed.what()] += 1;
            }
        }
        let all = items as f32 + 1.0;
        let most = (all / 0.5).ln();
        let rarity = |frequency: u32| ((all / (frequency as f32 + 0.5)).ln() / most).max(0.0).powf(RARITY_POWER);
        let rarity: Vec<f32> = frequency.into_iter().map(rarity).collect();
        let mut whole = inverse_lengths(&store.whole, &rarity, store.entries.len());
        let mut items: Vec<f32> = (0..store.owner.len()).map(|item| inverse_length(store.grams_of(item), &rarity)).collect();
        for (entry, length) in store.entries.iter().zip(&mut whole) {
            if !entry.alive {
                *length = 0.0;
                items[entry.items()].fill(0.0);
            }
        }
        Self { rarity, whole, items }
    }

    /// What a gram weighs; one that was never in an open item is as rare as can be.
    pub fn rarity(&self, gram: u32) -> f32 {
        self.rarity.get(gram as usize).copied().unwrap_or(1.0)
    }
}

/// One divided by the Euclidean length of each of `count` texts.
fn inverse_lengths(postings: &Postings, rarity: &[f32], count: usize) -> Vec<f32> {
    let mut squares = vec![0.0_f32; count];
    for (gram, places) in postings.all() {
        let weight = rarity.get(gram).copied().unwrap_or(1.0);
        for packed in places {
            squares[packed.what()] += (weight * TIMES[packed.times()]).powi(2);
        }
    }
    squares.into_iter().map(inverse_root).collect()
}

fn inverse_length(grams: &[Packed], rarity: &[f32]) -> f32 {
    let weight = |packed: &Packed| rarity.get(packed.what()).copied().unwrap_or(1.0) * TIMES[packed.times()];
    inverse_root(grams.iter().map(|packed| weight(packed).powi(2)).sum())
}

/// 0 where there is nothing to be like.
fn inverse_root(square: f32) -> f32 {
    if square > 0.0 { square.sqrt().recip() } else { 0.0 }
}
