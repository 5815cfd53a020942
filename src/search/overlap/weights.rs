//! What grams weigh, and how long the texts are that they make.

use std::sync::LazyLock;

use super::store::{Packed, Postings, Store};
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
    /// of two hundred collections and in one of twenty thousand.
    pub rarity: Vec<f32>,
    /// Length of each collection's whole text; infinite for what is gone, so that nothing is like it.
    pub whole: Vec<f32>,
    /// Length of each item.
    pub items: Vec<f32>,
}

impl Weights {
    /// Weighs everything: about 50 ms for 20 000 collections.
    pub fn of(store: &Store) -> Self {
        let all = store.living_items as f32 + 1.0;
        let most = (all / 0.5).ln();
        let rarity = |frequency: &u32| ((all / (*frequency as f32 + 0.5)).ln() / most).max(0.0).powf(RARITY_POWER);
        let rarity: Vec<f32> = store.frequency.iter().map(rarity).collect();
        let mut whole = lengths(&store.whole, &rarity, store.entries.len());
        let mut items = lengths(&store.items, &rarity, store.owner.len());
        for (entry, length) in store.entries.iter().zip(&mut whole) {
            if !entry.alive {
                *length = f32::INFINITY;
                items[entry.items()].fill(f32::INFINITY);
            }
        }
        Self { rarity, whole, items }
    }

    /// What a gram weighs; one that was never in an item is as rare as can be.
    pub fn rarity(&self, gram: u32) -> f32 {
        self.rarity.get(gram as usize).copied().unwrap_or(1.0)
    }
}

/// The Euclidean lengths of `count` texts; infinite where there is nothing to be like.
fn lengths(postings: &Postings, rarity: &[f32], count: usize) -> Vec<f32> {
    let mut squares = vec![0.0_f32; count];
    for (gram, places) in postings.all() {
        let weight = rarity.get(gram).copied().unwrap_or(1.0);
        for packed in places {
            squares[packed.what()] += (weight * weight_of(*packed)).powi(2);
        }
    }
    squares.into_iter().map(|square| if square > 0.0 { square.sqrt() } else { f32::INFINITY }).collect()
}

/// What a gram's count in an entry counts.
pub(super) fn weight_of(packed: Packed) -> f32 {
    TIMES[packed.times()]
}
