//! How good the finder is, on planned collections for which people have said what they overlap with.

use std::fmt;

/// How many answers somebody looks through.
const LOOKED_THROUGH: usize = 5;

/// What became of one planned collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it overlaps with a single item only.
    pub single: bool,
    /// How many registered collections it overlaps with; none: it only looks as if it did.
    pub targets: usize,
    /// The places, from 1, that those got in the answer.
    pub places: Vec<usize>,
    /// Whether anything was flagged.
    pub flagged: bool,
    /// Whether something that it overlaps with was flagged.
    pub flagged_right: bool,
    /// Whether something that it overlaps with was flagged or listed as similar.
    pub listed_right: bool,
    /// How many were listed as similar or flagged.
    pub listed: usize,
    /// For each item that is already asked for: the place, from 1, of the first right item among those told of.
    pub items: Vec<Option<usize>>,
}

/// The measures, from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Share of the overlapped collections among the first five answers, mean over planned collections.
    pub recall_at_5: f64,
    /// One divided by the place of the first right answer, mean.
    pub reciprocal_rank: f64,
    /// Harmonic mean of how many flags are right and how many overlaps are flagged, by planned collection.
    pub flag_f1: f64,
    /// Share of the overlaps that are flagged.
    pub flag_recall: f64,
    /// Share of the planned collections without overlap that are flagged all the same.
    pub false_alarms: f64,
    /// Share of the items already asked for whose best answer is right.
    pub item_precision_at_1: f64,
    /// Share of the items already asked for that have a right answer among three.
    pub item_recall_at_3: f64,
    /// Share of the overlaps with a single item that are flagged or listed.
    pub singles_listed: f64,
    /// Collections listed or flagged, mean.
    pub listed: f64,
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn mean(values: impl Iterator<Item = f64>, count: usize) -> f64 {
    if count == 0 { 0.0 } else { values.sum::<f64>() / count as f64 }
}

impl Scores {
    /// The measures of some outcomes.
    #[must_use]
    pub fn of(outcomes: &[Outcome]) -> Self {
        let overlapping: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.targets > 0).collect();
        let (all, others) = (overlapping.len(), outcomes.len() - overlapping.len());
        let within = |outcome: &&Outcome| share(outcome.places.iter().filter(|place| **place <= LOOKED_THROUGH).count(), outcome.targets);
        let first = |outcome: &&Outcome| outcome.places.iter().min().map_or(0.0, |place| 1.0 / *place as f64);
        let right = overlapping.iter().filter(|outcome| outcome.flagged_right).count();
        let wrong = overlapping.iter().filter(|outcome| outcome.flagged && !outcome.flagged_right).count();
        let alarms = outcomes.iter().filter(|outcome| outcome.targets == 0 && outcome.flagged).count();
        let (precision, recall) = (share(right, right + wrong + alarms), share(right, all));
        let singles: Vec<&&Outcome> = overlapping.iter().filter(|outcome| outcome.single).collect();
        let items: Vec<&Option<usize>> = overlapping.iter().flat_map(|outcome| &outcome.items).collect();
        Self {
            recall_at_5: mean(overlapping.iter().map(within), all),
            reciprocal_rank: mean(overlapping.iter().map(first), all),
            flag_f1: if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 },
            flag_recall: recall,
            false_alarms: share(alarms, others),
            item_precision_at_1: share(items.iter().filter(|place| ***place == Some(1)).count(), items.len()),
            item_recall_at_3: share(items.iter().filter(|place| place.is_some()).count(), items.len()),
            singles_listed: share(singles.iter().filter(|outcome| outcome.listed_right).count(), singles.len()),
            listed: mean(outcomes.iter().map(|outcome| outcome.listed as f64), outcomes.len()),
        }
    }

    /// The mean of several.
    #[must_use]
    pub fn mean(all: &[Self]) -> Self {
        let of = |measure: fn(&Self) -> f64| mean(all.iter().map(measure), all.len());
        Self {
            recall_at_5: of(|s| s.recall_at_5),
            reciprocal_rank: of(|s| s.reciprocal_rank),
            flag_f1: of(|s| s.flag_f1),
            flag_recall: of(|s| s.flag_recall),
            false_alarms: of(|s| s.false_alarms),
            item_precision_at_1: of(|s| s.item_precision_at_1),
            item_recall_at_3: of(|s| s.item_recall_at_3),
            singles_listed: of(|s| s.singles_listed),
            listed: of(|s| s.listed),
        }
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "R@5 {:.3}  MRR {:.3}  F1 {:.3}  flaggade {:.3}  falsklarm {:.3}  uppgift P@1 {:.3}  R@3 {:.3}  enstaka {:.2}  visade {:.1}",
            self.recall_at_5,
            self.reciprocal_rank,
            self.flag_f1,
            self.flag_recall,
            self.false_alarms,
            self.item_precision_at_1,
            self.item_recall_at_3,
            self.singles_listed,
            self.listed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_what_they_say() {
        let found = Outcome {
            targets: 2,
            places: vec![1, 7],
            flagged: true,
            flagged_right: true,
            listed_right: true,
            listed: 3,
            items: vec![Some(1), Some(3), None],
            ..Outcome::default()
        };
        let missed = Outcome { single: true, targets: 1, places: vec![2], listed: 1, listed_right: true, ..Outcome::default() };
        let alarm = Outcome { flagged: true, listed: 2, ..Outcome::default() };
        let quiet = Outcome::default();
        let scores = Scores::of(&[found, missed, alarm, quiet]);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(close(scores.recall_at_5, 0.75) && close(scores.reciprocal_rank, 0.75), "{scores}");
        assert!(close(scores.flag_f1, 0.5) && close(scores.flag_recall, 0.5) && close(scores.false_alarms, 0.5), "{scores}");
        assert!(close(scores.item_precision_at_1, 1.0 / 3.0) && close(scores.item_recall_at_3, 2.0 / 3.0), "{scores}");
        assert!(close(scores.singles_listed, 1.0) && close(scores.listed, 1.5), "{scores}");
        assert_eq!(Scores::mean(&[scores, scores]), scores);
        assert_eq!(Scores::of(&[]), Scores::default());
    }
}
