//! A planned collection as the finder compares it.

use super::grams::{Counted, Gram, GramId, summed};
use super::store::Store;
use super::weights::of_times;
use crate::domain::overlap::Planned;

/// A text as weighted grams.
#[derive(Debug, Default)]
pub(super) struct Vector {
    /// Grams that the register has, with what each counts when it is met in a registered text: by the rarest first.
    pub grams: Vec<(GramId, f32)>,
    /// One divided by its length; grams that the register has nowhere make it longer.
    inverse_length: f32,
}

/// A planned item.
#[derive(Debug)]
pub(super) struct Item {
    pub vector: Vector,
    /// Words in it.
    pub words: usize,
}

/// A planned collection.
#[derive(Debug)]
pub(super) struct Query {
    pub whole: Vector,
    pub items: Vec<Item>,
    /// Whether nothing but a title is planned yet, which then stands for the only item.
    pub by_title: bool,
    /// Number of its area, where some registered collection has the same.
    pub area: Option<u32>,
}

impl Vector {
    fn new(store: &Store, grams: &[(GramId, u32)], unknown: &[(Gram, u32)]) -> Self {
        let mut square: f32 = unknown.iter().map(|(_, times)| of_times(*times).powi(2)).sum();
        let mut weighted: Vec<(GramId, f32)> = Vec::with_capacity(grams.len());
        for (gram, times) in grams {
            let rarity = store.weights.rarity(*gram);
            let weight = of_times(*times) * rarity;
            square += weight * weight;
            // the rarity of the other side's weight is counted in here, so that only its count remains to be multiplied
            weighted.push((*gram, weight * rarity));
        }
        weighted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Self { grams: weighted, inverse_length: if square > 0.0 { square.sqrt().recip() } else { 0.0 } }
    }

    /// The cosine, from the sum of the products of weights and one divided by the other side's length.
    pub fn cosine(&self, products: f32, inverse_length: f32) -> f32 {
        (products * self.inverse_length * inverse_length).min(1.0)
    }
}

impl Query {
    pub fn new(store: &Store, planned: &Planned) -> Self {
        let mut grams = Vec::new();
        let mut unknown = Vec::new();
        let mut add = |counted: &Counted| {
            grams.extend_from_slice(&counted.grams);
            unknown.extend_from_slice(&counted.unknown);
        };
        add(&store.grammar.look_up(&planned.title));
        add(&store.grammar.look_up(&planned.purpose));
        let item = |counted: &Counted| Item { vector: Vector::new(store, &counted.grams, &counted.unknown), words: counted.words };
        let mut items = Vec::with_capacity(planned.items.len());
        for text in &planned.items {
            let counted = store.grammar.look_up(text);
            add(&counted);
            items.push(item(&counted));
        }
        let by_title = items.is_empty();
        if by_title {
            items.push(item(&store.grammar.look_up(&planned.title)));
        }
        let area = planned.area.as_deref().and_then(|area| store.area(area));
        Self { whole: Vector::new(store, &summed(grams), &summed(unknown)), items, by_title, area }
    }
}
