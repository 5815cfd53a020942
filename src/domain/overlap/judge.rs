//! From measures of likeness to a judgement.

use std::collections::HashSet;

use super::weights::{COMPETITION, ITEMS_THAT_COUNT, Model, SOFTNESS};

/// How alike a planned collection and a registered one are, in measures from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Cosine of the grams of the whole texts: title, purpose and items.
    pub whole: f64,
    /// Whether both name the same subject area.
    pub same_area: bool,
    /// Whether nothing is planned but a title yet, which then stands for the only item.
    pub by_title: bool,
    /// Words in each planned item.
    pub words: Vec<usize>,
    /// Cosine of the grams of each planned item with each registered item: the planned items one after another.
    pub alike: Vec<f64>,
    /// How many items the registered collection has.
    pub registered: usize,
}

/// What of the measures the reasons are told from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// As [`Evidence::whole`].
    pub whole: f64,
    /// As [`Evidence::same_area`].
    pub same_area: bool,
    /// As [`Evidence::by_title`].
    pub by_title: bool,
}

/// How a registered collection is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Not at all, unless the best are asked for whatever they are.
    Unlike,
    /// Listed without alarm (*möjligen liknande*).
    Similar,
    /// Flagged, and asked about (*trolig dubblett*).
    Flagged,
}

/// A registered item that a planned one may be the same as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemMatch {
    /// Its place among the registered collection's items, from 0.
    pub item: usize,
    /// The probability that they ask for the same. Comparable across collections.
    pub score: f64,
}

/// A registered collection, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The probability that it already asks for something of the planned one.
    pub probability: f64,
    /// How it is shown.
    pub tier: Tier,
    /// For each planned item the registered items by score, the best first, [`ITEMS_SHOWN`] at most.
    pub items: Vec<Vec<ItemMatch>>,
}

/// From this probability on two items are said to be alike.
pub const ALIKE: f64 = 0.5;

impl Judgement {
    /// The planned items that a registered one is alike, each registered one for one planned item only, the most alike first: the place of
    /// the planned item and the registered one.
    #[must_use]
    pub fn alike(&self) -> Vec<(usize, ItemMatch)> {
        let all = self.items.iter().enumerate().flat_map(|(at, row)| row.iter().map(move |one| (at, *one)));
        let mut all: Vec<(usize, ItemMatch)> = all.filter(|(_, one)| one.score >= ALIKE).collect();
        all.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then((a.0, a.1.item).cmp(&(b.0, b.1.item))));
        let (mut planned, mut registered) = (HashSet::new(), HashSet::new());
        all.retain(|(at, one)| {
            let is_free = !planned.contains(at) && !registered.contains(&one.item);
            if is_free {
                planned.insert(*at);
                registered.insert(one.item);
            }
            is_free
        });
        all
    }
}

/// Registered items that are told of for each planned one.
pub const ITEMS_SHOWN: usize = 3;

/// The probability of log-odds.
#[must_use]
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl Evidence {
    /// What the reasons are told from.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        Likeness { whole: self.whole, same_area: self.same_area, by_title: self.by_title }
    }

    /// Log-odds of each pair of items, before the collections are known.
    #[must_use]
    pub fn pairs(&self, model: &Model) -> Vec<f64> {
        let weights = &model.pair;
        let of_words = self.words.iter().map(|words| weights.words * (*words as f64).ln_1p() + weights.intercept);
        let rows = of_words.zip(self.rows());
        rows.flat_map(|(base, row)| row.iter().map(move |alike| base + weights.alike * alike)).collect()
    }

    /// The cosines of one planned item after the other.
    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.alike.chunks(self.registered.max(1))
    }

    /// The items together: the best pair of each planned item, softly summed over the best planned items. Without items on one side
    /// it is what one hopeless pair would give.
    #[must_use]
    pub fn items(&self, model: &Model) -> f64 {
        let pairs = self.pairs(model);
        let mut best: Vec<f64> = pairs.chunks(self.registered.max(1)).map(|row| row.iter().copied().fold(f64::MIN, f64::max)).collect();
        best.sort_unstable_by(|a, b| b.total_cmp(a));
        best.truncate(ITEMS_THAT_COUNT);
        if best.is_empty() {
            best.push(model.pair.intercept);
        }
        SOFTNESS * best.iter().map(|log_odds| (log_odds / SOFTNESS).exp()).sum::<f64>().ln()
    }

    /// The measures that a collection is judged by, in the order of [`super::weights::CollectionWeights`].
    #[must_use]
    pub fn measures(&self, model: &Model) -> [f64; 3] {
        [self.items(model), self.whole, f64::from(u8::from(self.same_area))]
    }

    /// Log-odds that the registered collection already asks for something of the planned one.
    #[must_use]
    pub fn log_odds(&self, model: &Model) -> f64 {
        let weights = &model.collection;
        let [items, whole, area] = self.measures(model);
        weights.items * items + weights.whole * whole + weights.area * area + weights.intercept
    }

    /// Log-odds of each pair once those planned items stand back that others fit better than: two items of a form seldom ask for the same.
    #[must_use]
    pub fn contested(&self, model: &Model) -> Vec<f64> {
        let mut pairs = self.pairs(model);
        for column in 0..self.registered {
            let (mut best, mut second) = (f64::MIN, f64::MIN);
            for pair in pairs.iter().skip(column).step_by(self.registered) {
                if *pair > best {
                    (best, second) = (*pair, best);
                } else if *pair > second {
                    second = *pair;
                }
            }
            for pair in pairs.iter_mut().skip(column).step_by(self.registered) {
                let rival = if *pair == best { second } else { best };
                *pair -= COMPETITION * (rival - *pair).max(0.0);
            }
        }
        pairs
    }

    /// Judges.
    #[must_use]
    pub fn judge(&self, model: &Model) -> Judgement {
        let log_odds = self.log_odds(model);
        let probability = probability(log_odds);
        let contested = self.contested(model);
        let mut rows: Vec<Vec<ItemMatch>> = if self.registered == 0 {
            Vec::new()
        } else {
            contested.chunks(self.registered).map(|row| best_items(row, log_odds, model)).collect()
        };
        rows.resize_with(if self.by_title { 0 } else { self.words.len() }, Vec::new);
        Judgement { probability, tier: Tier::of(probability, model), items: rows }
    }
}

impl Tier {
    /// The tier of a probability.
    #[must_use]
    pub fn of(probability: f64, model: &Model) -> Self {
        match probability {
            p if p >= model.flagged => Self::Flagged,
            p if p >= model.similar => Self::Similar,
            _ => Self::Unlike,
        }
    }
}

fn best_items(row: &[f64], collection: f64, model: &Model) -> Vec<ItemMatch> {
    let weights = &model.item;
    let score = |pair: f64| probability(weights.pair * pair + weights.collection * collection + weights.intercept);
    let mut items: Vec<ItemMatch> = row.iter().enumerate().map(|(item, pair)| ItemMatch { item, score: score(*pair) }).collect();
    items.sort_by(|a, b| b.score.total_cmp(&a.score));
    items.truncate(ITEMS_SHOWN);
    items
}

#[cfg(test)]
mod tests {
    use super::super::weights::MODEL;
    use super::*;

    fn evidence(whole: f64, rows: &[&[f64]]) -> Evidence {
        let registered = rows.first().map_or(0, |row| row.len());
        Evidence { whole, same_area: true, by_title: false, words: vec![3; rows.len()], alike: rows.concat(), registered }
    }

    #[test]
    fn the_same_text_is_flagged_and_strangers_are_not() {
        let same = evidence(1.0, &[&[1.0, 0.1], &[0.1, 1.0]]).judge(&MODEL);
        assert_eq!(same.tier, Tier::Flagged);
        assert!(same.probability > 0.99);
        assert_eq!(same.items.iter().map(|row| row[0].item).collect::<Vec<_>>(), [0, 1]);
        let strangers = evidence(0.03, &[&[0.02, 0.0], &[0.0, 0.03]]).judge(&MODEL);
        assert_eq!(strangers.tier, Tier::Unlike);
        assert!(strangers.probability < 0.005, "{}", strangers.probability);
    }

    #[test]
    fn more_likeness_is_never_less_probable() {
        let mut last = 0.0;
        for step in 0..=10 {
            let alike = f64::from(step) / 10.0;
            let judged = evidence(alike * 0.5, &[&[alike, 0.1], &[0.1, alike]]).judge(&MODEL);
            assert!(judged.probability >= last, "{alike}");
            last = judged.probability;
        }
    }

    #[test]
    fn of_two_planned_items_the_better_gets_the_registered_one() {
        let both = evidence(0.3, &[&[0.6, 0.3], &[0.4, 0.35]]);
        let (alone, contested) = (both.pairs(&MODEL), both.contested(&MODEL));
        assert!((contested[0] - alone[0]).abs() < 1e-12 && (contested[3] - alone[3]).abs() < 1e-12, "the better ones keep what they had");
        assert!(contested[1] < alone[1] && contested[2] < alone[2]);
        let judged = both.judge(&MODEL);
        assert_eq!((judged.items[0][0].item, judged.items[1][0].item), (0, 1));
    }

    #[test]
    fn many_items_are_no_evidence_in_themselves() {
        let few: Vec<&[f64]> = vec![&[0.05, 0.05]; 8];
        let many: Vec<&[f64]> = vec![&[0.05, 0.05]; 300];
        let (few, many) = (evidence(0.1, &few).judge(&MODEL), evidence(0.1, &many).judge(&MODEL));
        assert!((few.probability - many.probability).abs() < 1e-12);
        assert_eq!(many.items.len(), 300);
    }

    #[test]
    fn a_title_alone_is_judged_as_an_item_but_is_none() {
        let title = Evidence { by_title: true, ..evidence(0.5, &[&[0.9, 0.1]]) };
        let item = Evidence { by_title: false, ..title.clone() };
        assert_eq!(title.judge(&MODEL).probability, item.judge(&MODEL).probability);
        assert_eq!((title.judge(&MODEL).items.len(), item.judge(&MODEL).items.len()), (0, 1));
    }

    #[test]
    fn nothing_to_compare_is_no_overlap() {
        for nothing in [evidence(0.0, &[]), evidence(0.0, &[&[], &[]])] {
            let judged = nothing.judge(&MODEL);
            assert_eq!(judged.tier, Tier::Unlike);
            assert_eq!(judged.items.len(), nothing.words.len());
            assert!(judged.probability.is_finite());
        }
    }
}
