//! How good the finder of overlaps is, measured on planned collections that people have judged; and the weights that fit them best.

pub mod distractors;
pub mod own;

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use self::own::Own;
use crate::domain::overlap::fit::{Case, Compared, fit};
use crate::domain::overlap::judge::ITEMS_SHOWN;
use crate::domain::overlap::scores::{Outcome, Scores};
use crate::domain::overlap::weights::{MODEL, Model};
use crate::domain::overlap::{Judgement, Tier};
use crate::intake::planned::Line;
use crate::search::overlap::{Finder, Record};

/// How many parts the queries are divided into when each is judged by a model fitted on the others.
const PARTS: usize = 10;
/// How often that is done, divided differently.
const TIMES: usize = 3;
/// The share of false alarms that thresholds are chosen to stay within; well below what is asked for (.06), for a margin.
const MOST_FALSE_ALARMS: f64 = 0.02;
/// How many collections of a register each query is compared with at least: what was decided has been flagged, and so is among them.
const MOST_OF_OWN: usize = 100;
/// The share of overlaps with a single item that should at least be listed, with a margin.
const SINGLES_LISTED: f64 = 0.75;

/// Registered collections of a file, as the finder holds them: the place in the file makes the identity.
#[must_use]
pub fn finder_of(base: &[Line]) -> Finder {
    let records: Vec<Record> = (0..).zip(base).map(|(place, line)| record(place, line)).collect();
    Finder::of(&records, NaiveDate::MAX)
}

fn record(place: u64, line: &Line) -> Record {
    Record {
        id: Uuid::from_u64_pair(0, place),
        stamp: 0,
        title: line.title.clone(),
        purpose: line.purpose.clone(),
        area: line.area.clone(),
        items: line.items.iter().map(|item| item.text.clone()).collect(),
        open_from: 0,
    }
}

/// The place in the file that an identity was made from.
#[must_use]
pub fn place_of(id: Uuid) -> usize {
    usize::try_from(id.as_u64_pair().1).unwrap_or(usize::MAX)
}

/// Judged queries with everything that they were compared with.
pub struct Trial<'a> {
    base: &'a [Line],
    queries: &'a [Line],
    /// For each query, the places in `base` of what it was compared with.
    places: Vec<Vec<usize>>,
    cases: Vec<Case>,
}

impl<'a> Trial<'a> {
    /// Compares every query with the register `base`; `most`: with so many collections at least, `usize::MAX` for all.
    #[must_use]
    pub fn new(base: &'a [Line], queries: &'a [Line], most: usize) -> Self {
        Self::of(base, queries, most, |_, _| true)
    }

    /// The decisions of a register: each query is compared with what looks like it, but for what is left out.
    #[must_use]
    pub fn own(own: &'a Own) -> Self {
        Self::of(&own.base, &own.queries, MOST_OF_OWN, |query, id| !own.left_out[query].contains(id))
    }

    /// `is_compared`: whether a query, by its place, is compared with the registered one of an id.
    fn of(base: &'a [Line], queries: &'a [Line], most: usize, is_compared: impl Fn(usize, &str) -> bool) -> Self {
        let finder = finder_of(base);
        let (mut places, mut cases) = (Vec::new(), Vec::new());
        for (at, query) in queries.iter().enumerate() {
            let found = finder.evidence(&query.planned(), most, |known| is_compared(at, &base[place_of(known.id)].id));
            places.push(found.iter().map(|(id, _)| place_of(*id)).collect());
            let compared = found.into_iter().map(|(id, evidence)| {
                let registered = &base[place_of(id)];
                let same = query.items.iter().flat_map(|item| registered.items.iter().map(|other| item.matches.contains(&other.id)));
                Compared { same: same.collect(), overlaps: query.duplicates.contains(&registered.id), evidence }
            });
            cases.push(compared.collect());
        }
        Self { base, queries, places, cases }
    }

    /// What became of a query under a model.
    fn outcome(&self, query: usize, model: &Model) -> Outcome {
        let line = &self.queries[query];
        let judged = self.places[query].iter().zip(&self.cases[query]);
        let mut judged: Vec<(usize, bool, Judgement)> =
            judged.map(|(place, compared)| (*place, compared.overlaps, compared.evidence.judge(model))).collect();
        judged.sort_by(|a, b| b.2.probability.total_cmp(&a.2.probability).then(a.0.cmp(&b.0)));
        let in_tier = |tier: Tier| judged.iter().filter(move |(_, _, judgement)| judgement.tier >= tier);
        let places = (1..).zip(&judged).filter(|(_, (_, overlaps, _))| *overlaps).map(|(place, _)| place);
        let items = line.items.iter().enumerate().filter(|(_, item)| !item.matches.is_empty());
        Outcome {
            single: line.overlap.as_deref() == Some("single"),
            targets: line.duplicates.len(),
            places: places.collect(),
            flagged: in_tier(Tier::Flagged).next().is_some(),
            flagged_right: in_tier(Tier::Flagged).any(|(_, overlaps, _)| *overlaps),
            listed_right: in_tier(Tier::Similar).any(|(_, overlaps, _)| *overlaps),
            listed: in_tier(Tier::Similar).count(),
            items: items.map(|(row, item)| self.item_place(&judged, row, &item.matches)).collect(),
        }
    }

    /// The place of the first right registered item among all that are told of for a planned item.
    fn item_place(&self, judged: &[(usize, bool, Judgement)], row: usize, right: &[String]) -> Option<usize> {
        let mut told: Vec<(f64, &str)> = Vec::new();
        for (place, _, judgement) in judged {
            let items = &self.base[*place].items;
            told.extend(judgement.items.get(row).into_iter().flatten().map(|found| (found.score, items[found.item].id.as_str())));
        }
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        told.iter().take(ITEMS_SHOWN).position(|(_, id)| right.iter().any(|right| right == id)).map(|place| place + 1)
    }

    /// The scores of a model on all queries.
    #[must_use]
    pub fn scores(&self, model: &Model) -> Scores {
        let outcomes: Vec<Outcome> = (0..self.queries.len()).map(|query| self.outcome(query, model)).collect();
        Scores::of(&outcomes)
    }

    /// The model that fits all queries best, with thresholds chosen from the predictions of models that did not see the query.
    #[must_use]
    pub fn fitted(&self) -> Model {
        let model = fit(&self.cases.iter().collect::<Vec<_>>());
        let (flagged, similar) = self.thresholds(&self.unseen(0));
        Model { flagged, similar, ..model }
    }

    /// For each query the model fitted on the queries of other parts. `time`: how they are divided.
    fn unseen(&self, time: usize) -> Vec<Model> {
        let part = parts(self.queries.len(), time);
        let of_part = |part_out: usize| {
            let others: Vec<&Case> = self.cases.iter().zip(&part).filter(|(_, part)| **part != part_out).map(|(case, _)| case).collect();
            fit(&others)
        };
        let models: Vec<Model> = (0..PARTS).map(of_part).collect();
        part.into_iter().map(|part| models[part]).collect()
    }

    /// The scores on queries that the model was not fitted on, with the thresholds of `model`.
    #[must_use]
    pub fn cross_validated(&self, model: &Model) -> Scores {
        let once = |time: usize| {
            let models = self.unseen(time).into_iter().map(|unseen| Model { flagged: model.flagged, similar: model.similar, ..unseen });
            let outcomes: Vec<Outcome> = models.enumerate().map(|(query, model)| self.outcome(query, &model)).collect();
            Scores::of(&outcomes)
        };
        Scores::mean(&(0..TIMES).map(once).collect::<Vec<_>>())
    }

    /// The scores on queries whose targets, and every query that shares one of them, were left out of the fit.
    #[must_use]
    pub fn without_targets(&self, model: &Model) -> Scores {
        let mut known: HashMap<Vec<&str>, Model> = HashMap::new();
        let outcomes = (0..self.queries.len()).map(|query| {
            let targets: Vec<&str> = self.queries[query].duplicates.iter().map(String::as_str).collect();
            let unseen = known.entry(targets.clone()).or_insert_with(|| {
                let shares = |line: &Line| line.duplicates.iter().any(|id| targets.contains(&id.as_str()));
                let others = self.queries.iter().zip(&self.cases).filter(|(line, _)| !shares(line)).map(|(_, case)| case);
                fit(&others.collect::<Vec<_>>())
            });
            self.outcome(query, &Model { flagged: model.flagged, similar: model.similar, ..*unseen })
        });
        Scores::of(&outcomes.collect::<Vec<_>>())
    }

    /// The probabilities to flag and to list from: the best flags among those with few enough false alarms, and the highest bar under
    /// which enough of the overlaps with a single item are listed.
    fn thresholds(&self, models: &[Model]) -> (f64, f64) {
        let scores = |flagged: f64, similar: f64| {
            let outcomes = models.iter().enumerate().map(|(query, model)| self.outcome(query, &Model { flagged, similar, ..*model }));
            Scores::of(&outcomes.collect::<Vec<_>>())
        };
        let steps = |from: f64, to: f64| (0..=60).map(move |step| to * (from / to).powf(f64::from(step) / 60.0));
        let mut flagged = (MODEL.flagged, 0.0);
        for threshold in steps(0.05, 0.8) {
            let found = scores(threshold, threshold);
            if found.false_alarms <= MOST_FALSE_ALARMS && found.flag_f1 > flagged.1 {
                flagged = (threshold, found.flag_f1);
            }
        }
        let similar = steps(0.002, flagged.0).find(|threshold| scores(flagged.0, *threshold).singles_listed >= SINGLES_LISTED);
        (flagged.0, similar.unwrap_or(MODEL.similar))
    }
}

/// The part of each of `count` queries, evenly and the same at every run.
fn parts(count: usize, time: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    // a scramble that needs no chance: by the digits of a product
    order.sort_by_key(|at| (at + 1).wrapping_mul(2_654_435_761 + 2 * time * 40_503).wrapping_mul(at + 7) % 1_000_003);
    let mut parts = vec![0; count];
    for (nth, at) in order.into_iter().enumerate() {
        parts[at] = nth % PARTS;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::planned::read;

    const BASE: &str = include_str!("../../static/demo/base.jsonl");
    const QUERIES: &str = include_str!("../../tests/fixtures/dupcorpus/dev_queries.jsonl");

    fn files() -> (Vec<Line>, Vec<Line>) {
        (read(BASE.as_bytes()).expect("the register"), read(QUERIES.as_bytes()).expect("the queries"))
    }

    #[test]
    fn what_overlaps_is_found_and_little_else_is_flagged() {
        let (base, queries) = files();
        let scores = Trial::new(&base, &queries, 5).scores(&MODEL);
        // the last row of the table that the method began with
        assert!(scores.recall_at_5 >= 0.97 && scores.reciprocal_rank >= 0.945, "{scores}");
        assert!(scores.flag_f1 >= 0.90 && scores.false_alarms <= 0.06, "{scores}");
        assert!(scores.item_precision_at_1 >= 0.821 && scores.item_recall_at_3 >= 0.92, "{scores}");
        assert!(scores.singles_listed >= 0.70, "{scores}");
    }

    #[test]
    fn a_register_of_many_others_hides_little() {
        let (base, queries) = files();
        let few = Trial::new(&base, &queries, 5).scores(&MODEL);
        let larger = distractors::with_distractors(&base, &queries, 1_500);
        let many = Trial::new(&larger, &queries, 5).scores(&MODEL);
        assert!(many.recall_at_5 >= few.recall_at_5 - 0.04 && many.false_alarms <= 0.06, "{many}");
    }

    #[test]
    fn looking_closely_at_some_is_as_good_as_at_all() {
        let (base, queries) = files();
        let (some, all) = (Trial::new(&base, &queries, 5), Trial::new(&base, &queries, usize::MAX));
        assert!(some.places.iter().map(Vec::len).sum::<usize>() < all.places.iter().map(Vec::len).sum());
        let (some, all) = (some.scores(&MODEL), all.scores(&MODEL));
        assert!((some.recall_at_5 - all.recall_at_5).abs() < 1e-9 && (some.flag_f1 - all.flag_f1).abs() < 1e-9, "{some}\n{all}");
    }

    #[test]
    fn parts_are_even() {
        for time in 0..TIMES {
            let parts = parts(139, time);
            for part in 0..PARTS {
                let size = parts.iter().filter(|of| **of == part).count();
                assert!((13..=14).contains(&size), "{size}");
            }
        }
        assert_ne!(parts(139, 0), parts(139, 1));
    }
}
