//! Finding the numbers of the model from cases that people have judged: logistic regression with few measures.

use super::judge::Evidence;
use super::weights::{CollectionWeights, ItemWeights, MODEL, Model, PairWeights};

/// Holds the weights back: as many half-cases against every standardised weight.
const RIDGE: f64 = 5.0;
/// Pairs of items that are learnt from, for each planned item: the most alike. The rest are all strangers and say nothing.
const PAIRS_PER_ITEM: usize = 60;
/// Newton's method is there long before.
const MOST_STEPS: usize = 50;

/// A planned collection and a registered one that people have judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// How alike they are.
    pub evidence: Evidence,
    /// Whether the registered one asks for something of the planned one.
    pub overlaps: bool,
    /// Which pairs of items ask for the same, as [`Evidence::alike`] has them.
    pub same: Vec<bool>,
}

/// A planned collection with every registered one that it was compared with.
pub type Case = Vec<Compared>;

/// The model that fits the cases best. Its thresholds are those of [`MODEL`]: they are chosen from predictions of cases not fitted on.
#[must_use]
pub fn fit(cases: &[&Case]) -> Model {
    let mut model = MODEL;
    let mut rows: Vec<([f64; 2], bool)> = Vec::new();
    for case in cases {
        let least = least_alike(case);
        for compared in *case {
            let words = compared.evidence.words.iter().flat_map(|words| vec![*words as f64; compared.evidence.registered]);
            let pairs = compared.evidence.alike.iter().zip(words).zip(&compared.same);
            rows.extend(
                pairs
                    .filter(|((alike, _), same)| **same || **alike >= least)
                    .map(|((alike, words), same)| ([*alike, words.ln_1p()], *same)),
            );
        }
    }
    let ([alike, words], intercept) = logistic(&rows);
    model.pair = PairWeights { alike, words, intercept };
    let rows: Vec<([f64; 3], bool)> =
        cases.iter().flat_map(|case| case.iter()).map(|compared| (compared.evidence.measures(&model), compared.overlaps)).collect();
    let ([items, whole, area], intercept) = logistic(&rows);
    model.collection = CollectionWeights { items, whole, area, intercept };
    let mut rows: Vec<([f64; 2], bool)> = Vec::new();
    for case in cases {
        let least = least_alike(case);
        for compared in *case {
            let collection = compared.evidence.log_odds(&model);
            let pairs = compared.evidence.contested(&model).into_iter().zip(&compared.evidence.alike).zip(&compared.same);
            rows.extend(pairs.filter(|((_, alike), same)| **same || **alike >= least).map(|((pair, _), same)| ([pair, collection], *same)));
        }
    }
    let ([pair, collection], intercept) = logistic(&rows);
    model.item = ItemWeights { pair, collection, intercept };
    model
}

/// The cosine from which on a case's pairs are learnt from.
fn least_alike(case: &Case) -> f64 {
    let mut all: Vec<f64> = case.iter().flat_map(|compared| compared.evidence.alike.iter().copied()).collect();
    let items = case.first().map_or(0, |compared| compared.evidence.words.len());
    all.sort_unstable_by(|a, b| b.total_cmp(a));
    all.get((items * PAIRS_PER_ITEM).saturating_sub(1)).copied().unwrap_or(0.0)
}

/// Weights and intercept of the log-odds of an outcome, by Newton's method on standardised measures.
#[must_use]
pub fn logistic<const N: usize>(rows: &[([f64; N], bool)]) -> ([f64; N], f64) {
    let count = rows.len().max(1) as f64;
    let mean: [f64; N] = std::array::from_fn(|at| rows.iter().map(|(row, _)| row[at]).sum::<f64>() / count);
    let spread: [f64; N] = std::array::from_fn(|at| {
        let variance = rows.iter().map(|(row, _)| (row[at] - mean[at]).powi(2)).sum::<f64>() / count;
        if variance > 0.0 { variance.sqrt() } else { 1.0 }
    });
    let mut weights = vec![0.0; N + 1];
    for _ in 0..MOST_STEPS {
        let mut slope: Vec<f64> = weights.iter().enumerate().map(|(at, weight)| if at < N { -RIDGE * weight } else { 0.0 }).collect();
        let mut curvature = vec![vec![0.0; N + 1]; N + 1];
        for (row, outcome) in rows {
            let measure = |at: usize| if at < N { (row[at] - mean[at]) / spread[at] } else { 1.0 };
            let log_odds: f64 = weights.iter().enumerate().map(|(at, weight)| weight * measure(at)).sum();
            let expected = super::judge::probability(log_odds);
            let off = f64::from(u8::from(*outcome)) - expected;
            for (a, (slope, row)) in slope.iter_mut().zip(&mut curvature).enumerate() {
                *slope += off * measure(a);
                for (b, cell) in row.iter_mut().enumerate() {
                    *cell += expected * (1.0 - expected) * measure(a) * measure(b);
                }
            }
        }
        for (at, row) in curvature.iter_mut().enumerate() {
            row[at] += if at < N { RIDGE } else { 1e-9 };
        }
        let step = solve(curvature, slope);
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += step);
        if step.iter().all(|step| step.abs() < 1e-9) {
            break;
        }
    }
    let own: [f64; N] = std::array::from_fn(|at| weights[at] / spread[at]);
    let intercept = weights[N] - own.iter().zip(&mean).map(|(weight, mean)| weight * mean).sum::<f64>();
    (own, intercept)
}

/// Solves a system of linear equations by elimination. The matrix is positive definite, so no pivot is zero.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for column in 0..size {
        for row in column + 1..size {
            let factor = matrix[row][column] / matrix[column][column];
            let (above, below) = matrix.split_at_mut(row);
            for (value, pivot) in below[0].iter_mut().zip(&above[column]).skip(column) {
                *value -= factor * pivot;
            }
            right[row] -= factor * right[column];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|at| matrix[row][at] * right[at]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved() {
        let solved = solve(vec![vec![4.0, 1.0, 0.0], vec![1.0, 3.0, 1.0], vec![0.0, 1.0, 2.0]], vec![6.0, 10.0, 8.0]);
        for (found, right) in solved.iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - right).abs() < 1e-12, "{solved:?}");
        }
    }

    #[test]
    fn what_decides_gets_the_weight() {
        // the first measure decides, the second is always the same
        let rows: Vec<([f64; 2], bool)> = (0..1000).map(|at| f64::from(at) / 1000.0).map(|x| ([x, 7.0], x > 0.5)).collect();
        let ([first, second], intercept) = logistic(&rows);
        assert!(first > 10.0 && second.abs() < 1e-6, "{first} {second}");
        let at = |x: f64| first * x + intercept;
        assert!(at(0.45) < 0.0 && at(0.55) > 0.0);
    }

    #[test]
    fn cases_teach_a_model() {
        let compared = |alike: f64, overlaps: bool| Compared {
            evidence: Evidence {
                whole: alike / 2.0,
                same_area: overlaps,
                by_title: false,
                words: vec![3],
                alike: vec![alike],
                registered: 1,
            },
            overlaps,
            same: vec![overlaps],
        };
        let cases: Vec<Case> = (0_u32..50)
            .map(|at| {
                let more = f64::from(at % 10) / 50.0;
                vec![compared(0.6 + more, true), compared(0.1 + more, false), compared(0.05, false)]
            })
            .collect();
        let model = fit(&cases.iter().collect::<Vec<_>>());
        assert!(model.pair.alike > 0.0 && model.collection.items > 0.0 && model.item.pair > 0.0, "{model:?}");
        for compared in cases.iter().flatten() {
            let judged = compared.evidence.judge(&model);
            assert_eq!(judged.probability > 0.5, compared.overlaps, "{compared:?}");
        }
    }
}
