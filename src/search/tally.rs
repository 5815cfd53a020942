//! One pass over the documents: which match, which filters stand in the way of the others, and how many there are of each kind.

use std::cmp::Ordering;
use std::sync::{Arc, PoisonError};

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::evaluate::Scores;
use super::request::{Facet, Facets, Request, Sort};
use super::schema::day;
use super::snapshot::{Facts, Snapshot};
use crate::error::{Error, Result};

/// The marker of a collection that asks all municipalities.
const ALL_MUNICIPALITIES: &str = "all:municipality";
/// The marker of a collection that asks all regions.
const ALL_REGIONS: &str = "all:region";

/// The filters of a request, looked up in a generation of the index.
pub(super) struct Narrowing {
    today: i64,
    /// Per facet which codes are chosen; none: the facet does not narrow.
    chosen: [Option<Vec<bool>>; Facet::COUNT],
    /// Per segment the documents that ask the municipality.
    asked: Option<Vec<BitSet>>,
}

impl Narrowing {
    /// Looks the filters up.
    pub fn new(request: &Request, snapshot: &Snapshot, respondents: Field) -> Result<Self> {
        let chosen = Facet::ALL.map(|facet| {
            let codes = request.filters.of(facet);
            let known = &snapshot.codes[facet as usize];
            (!codes.is_empty()).then(|| known.iter().map(|code| codes.contains(code)).collect())
        });
        let asked = match &request.municipality {
            Some(code) => {
                Some(snapshot.searcher.segment_readers().iter().map(|reader| asked(reader, respondents, code)).collect::<Result<_>>()?)
            }
            None => None,
        };
        Ok(Self { today: day(request.today), chosen, asked })
    }

    /// Whether a facet narrows.
    pub fn narrows(&self, facet: Facet) -> bool {
        self.chosen[facet as usize].is_some()
    }

    /// Whether any filter narrows.
    pub fn count(&self) -> usize {
        self.chosen.iter().flatten().count() + usize::from(self.asked.is_some())
    }

    /// The filters that a document does not pass: one bit per facet, then one for the municipality.
    fn failed(&self, facts: &Facts, segment: usize, doc: DocId) -> u8 {
        let mut failed = 0;
        for (facet, chosen) in Facet::ALL.into_iter().zip(&self.chosen) {
            if let Some(chosen) = chosen {
                let passes = facts.codes(facet, doc).iter().any(|code| chosen[*code as usize]);
                failed |= u8::from(!passes) << facet as u8;
            }
        }
        if let Some(asked) = &self.asked {
            failed |= u8::from(!asked[segment].contains(doc)) << MUNICIPALITY;
        }
        failed
    }
}

/// The bit of the municipality among the filters.
const MUNICIPALITY: usize = Facet::COUNT;

/// The marker of all organisations of the kind that a code belongs to; none where it is the code of neither kind. Gotland has a code in
/// each capacity and is asked in one at a time: `0980` as a municipality, `R-09` as a region.
fn all_of_kind(code: &str) -> Option<&'static str> {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    match code.strip_prefix("R-") {
        Some(region) => digits(region, 2).then_some(ALL_REGIONS),
        None => digits(code, 4).then_some(ALL_MUNICIPALITIES),
    }
}

/// The documents of a segment that ask a municipality or region, alone or with all others.
fn asked(reader: &SegmentReader, field: Field, code: &str) -> Result<BitSet> {
    let inverted = reader.inverted_index(field).map_err(Error::internal)?;
    let mut found = BitSet::with_max_value(reader.max_doc());
    for code in all_of_kind(code).map_or(Vec::new(), |all| vec![code, all]) {
        let Some(mut postings) = inverted.read_postings(&Term::from_field_text(field, code), IndexRecordOption::Basic)? else { continue };
        while postings.doc() != TERMINATED {
            found.insert(postings.doc());
            postings.advance();
        }
    }
    Ok(found)
}

/// A document that matches, with what it is ordered by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub segment: u32,
    pub doc: DocId,
    pub score: f32,
    number_order: i64,
    title_rank: u32,
}

impl Found {
    /// The order of two hits. Total, so that pages neither repeat nor miss one.
    pub fn order(&self, other: &Self, sort: Sort) -> Ordering {
        let newest = || other.number_order.cmp(&self.number_order);
        let title = || self.title_rank.cmp(&other.title_rank);
        match sort {
            Sort::Relevance => other.score.total_cmp(&self.score).then_with(newest).then_with(title),
            Sort::Newest => newest().then_with(title),
            Sort::Title => title(),
        }
    }
}

/// What one pass counted.
#[derive(Default, Clone)]
pub(super) struct Tally {
    pub found: Vec<Found>,
    /// The order in which `found` already stands.
    pub sorted: Option<Sort>,
    counts: [Vec<usize>; Facet::COUNT],
    /// Per filter the documents that only this one keeps out; last the municipality.
    only: [usize; Facet::COUNT + 1],
    /// Documents that match when no filter is applied.
    pub unfiltered: usize,
}

impl Tally {
    /// Everything that is open, newest first: counted once for each generation and day, since that is how the list is opened.
    pub fn everything(snapshot: &Snapshot, narrowing: &Narrowing) -> Arc<Self> {
        let mut kept = snapshot.everything.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((day, tally)) = &*kept
            && *day == narrowing.today
        {
            return Arc::clone(tally);
        }
        let mut tally = Self::count(snapshot, &[], narrowing, true);
        tally.found.sort_unstable_by(|a, b| a.order(b, Sort::Newest));
        tally.sorted = Some(Sort::Newest);
        let tally = Arc::new(tally);
        *kept = Some((narrowing.today, Arc::clone(&tally)));
        tally
    }

    /// Goes through all documents. Without scores every open document matches.
    pub fn count(snapshot: &Snapshot, scores: &[&Scores], narrowing: &Narrowing, facets: bool) -> Self {
        let mut tally = Self { counts: snapshot.codes.each_ref().map(|codes| vec![0; codes.len()]), ..Self::default() };
        for ((segment, facts), at) in snapshot.facts.iter().enumerate().zip(0..) {
            let of_segment: Vec<&[f32]> = scores.iter().map(|scores| scores.segments[segment].as_slice()).collect();
            for (open_from, doc) in facts.open_from.iter().zip(0..) {
                if *open_from > narrowing.today {
                    continue;
                }
                let Some(score) = total(&of_segment, doc) else { continue };
                tally.unfiltered += 1;
                let failed = narrowing.failed(facts, segment, doc);
                if failed == 0 {
                    let (number_order, title_rank) = (facts.number_order[doc as usize], facts.title_rank[doc as usize]);
                    tally.found.push(Found { segment: at, doc, score, number_order, title_rank });
                }
                tally.note(facts, doc, failed, facets);
            }
        }
        tally
    }

    /// Counts a document in the facets whose filters, their own left out, let it through.
    fn note(&mut self, facts: &Facts, doc: DocId, failed: u8, facets: bool) {
        if failed.count_ones() > 1 {
            return;
        }
        if failed != 0 {
            self.only[failed.trailing_zeros() as usize] += 1;
        }
        if !facets {
            return;
        }
        for facet in Facet::ALL {
            if failed & !(1 << facet as u8) == 0 {
                for code in facts.codes(facet, doc) {
                    self.counts[facet as usize][*code as usize] += 1;
                }
            }
        }
    }

    /// What would be found without a facet's filter, if nothing is found with it.
    pub fn without(&self, facet: Facet) -> usize {
        self.only[facet as usize]
    }

    /// What would be found without the municipality, if nothing is found with it.
    pub fn without_municipality(&self) -> usize {
        self.only[MUNICIPALITY]
    }

    /// The counts under their codes: those with hits, and the chosen ones even without.
    pub fn facets(&self, snapshot: &Snapshot, request: &Request) -> Facets {
        let mut facets = Facets::default();
        if !request.facets {
            return facets;
        }
        for facet in Facet::ALL {
            let codes = snapshot.codes[facet as usize].iter().zip(&self.counts[facet as usize]);
            let mut counts: Vec<_> = codes.filter(|(_, count)| **count > 0).map(|(code, count)| (code.clone(), *count)).collect();
            for chosen in request.filters.of(facet) {
                // whether or not anything has the code: a page shows what was chosen
                if counts.iter().all(|(code, _)| code != chosen) {
                    counts.push((chosen.clone(), 0));
                }
            }
            counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            facets.counts[facet as usize] = counts;
        }
        facets
    }
}

/// The sum over all parts of the query, if every part is satisfied.
fn total(scores: &[&[f32]], doc: DocId) -> Option<f32> {
    let mut total = 0.0;
    for scores in scores {
        let score = scores[doc as usize];
        if score <= 0.0 {
            return None;
        }
        total += score;
    }
    Some(total)
}
