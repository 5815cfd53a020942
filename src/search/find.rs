//! A search from request to results.

use std::sync::Arc;

use super::evaluate::{Scores, near};
use super::highlight::{Marker, excerpt, mark_whole};
use super::index::Index;
use super::prepare::{Prepared, Search};
use super::query::{Asked, Part, is_cut};
use super::request::{Hit, Request, Results, Sort, Understood};
use super::schema::day;
use super::suggest::Empty;
use super::tally::{Found, Narrowing, Tally};
use crate::error::{Error, Result};

use tantivy::schema::Field;
use tantivy::schema::document::Value;
use tantivy::{DocAddress, DocSet, TantivyDocument};

/// The best hits, among which words standing together are rewarded.
const MOST_RANKED_CLOSELY: usize = 200;
/// Neighbouring words that are looked at for that.
const MOST_NEIGHBOURS: usize = 6;
/// How far apart neighbouring words of the query may stand.
const NEIGHBOUR_SLOP: u32 = 3;

impl Index {
    /// Searches. Takes some milliseconds of one processor and never waits for the writer.
    ///
    /// # Errors
    /// When the index was damaged while open.
    pub fn search(&self, request: &Request) -> Result<Results> {
        let snapshot = self.snapshot();
        let synonyms = self.synonyms();
        let search = Search { snapshot: &snapshot, fields: &self.inner.fields, synonyms: &synonyms, today: day(request.today) };
        let prepared = search.prepare(&request.text, &[])?;
        let narrowing = Narrowing::new(request, &snapshot, self.inner.fields.respondents)?;
        let scores: Vec<&Scores> = prepared.iter().map(|prepared| &*prepared.scores).collect();
        let mut tally = if scores.is_empty() && narrowing.count() == 0 {
            Tally::everything(&snapshot, &narrowing)
        } else {
            Arc::new(Tally::count(&snapshot, &scores, &narrowing, request.facets))
        };
        let page = search.page(&mut tally, &prepared, request)?;
        let marker = Marker::new(&prepared, &snapshot.vocabulary);
        let empty = Empty { search: &search, request, prepared: &prepared, narrowing: &narrowing, tally: &tally };
        let suggestions = if tally.found.is_empty() { empty.suggestions()? } else { Vec::new() };
        Ok(Results {
            total: tally.found.len(),
            hits: page.into_iter().map(|found| search.hit(found, &marker)).collect::<Result<_>>()?,
            facets: tally.facets(&snapshot, request),
            cut: is_cut(&request.text),
            corrected: prepared.iter().filter_map(|one| Some((one.part.typed.clone(), one.corrected.clone()?))).collect(),
            understood: prepared.iter().filter_map(|prepared| understood(&prepared.part)).collect(),
            suggestions,
        })
    }
}

fn understood(part: &Part) -> Option<Understood> {
    match &part.asked {
        Asked::Body(named) => Some(Understood { typed: part.typed.clone(), also: named.also.clone() }),
        _ => None,
    }
}

impl Search<'_> {
    /// Brings the asked page's hits to the front and gives them, in order.
    fn page(&self, tally: &mut Arc<Tally>, prepared: &[Prepared], request: &Request) -> Result<Vec<Found>> {
        let per_page = request.per_page.clamp(1, Request::MOST_PER_PAGE);
        let from = request.page.saturating_sub(1).saturating_mul(per_page).min(tally.found.len());
        let to = from.saturating_add(per_page).min(tally.found.len());
        let sort = if prepared.is_empty() && request.sort == Sort::Relevance { Sort::Newest } else { request.sort };
        if tally.sorted == Some(sort) {
            return Ok(tally.found[from..to].to_vec());
        }
        let found = &mut Arc::make_mut(tally).found;
        if sort == Sort::Relevance {
            let close = sort_until(found, MOST_RANKED_CLOSELY, sort);
            self.reward_neighbours(&mut found[..close], prepared)?;
            found[..close].sort_unstable_by(|a, b| a.order(b, sort));
            if to > close {
                let rest = &mut found[close..];
                sort_until(rest, to - close, sort);
            }
        } else {
            sort_until(found, to, sort);
        }
        Ok(found[from..to].to_vec())
    }

    /// Adds to the score where words that stand beside each other in the query do so in the text.
    fn reward_neighbours(&self, found: &mut [Found], prepared: &[Prepared]) -> Result<()> {
        let stems: Vec<Option<&str>> = prepared.iter().map(|prepared| prepared.clause.leading_stem()).collect();
        let pairs = stems.windows(2).filter_map(|pair| Some([pair[0]?.to_owned(), pair[1]?.to_owned()]));
        found.sort_unstable_by_key(|found| (found.segment, found.doc));
        for pair in pairs.take(MOST_NEIGHBOURS) {
            for (field, weight) in self.fields.prose() {
                self.reward(found, &pair, field, weight)?;
            }
        }
        Ok(())
    }

    fn reward(&self, found: &mut [Found], pair: &[String], field: Field, weight: f32) -> Result<()> {
        for group in found.chunk_by_mut(|a, b| a.segment == b.segment) {
            let Some(reader) = group.first().map(|found| self.snapshot.searcher.segment_reader(found.segment)) else { continue };
            let Some(mut together) = near(&self.snapshot.searcher, reader, field, pair, NEIGHBOUR_SLOP)? else { continue };
            for found in group {
                if together.doc() < found.doc {
                    together.seek(found.doc);
                }
                if together.doc() == found.doc {
                    found.score += weight;
                }
            }
        }
        Ok(())
    }

    fn hit(&self, found: Found, marker: &Marker) -> Result<Hit> {
        let stored: TantivyDocument = self.snapshot.searcher.doc(DocAddress::new(found.segment, found.doc)).map_err(Error::internal)?;
        let texts = |field| stored.get_all(field).filter_map(|value| value.as_str()).collect::<Vec<_>>();
        let text = |field| texts(field).first().copied().unwrap_or_default();
        Ok(Hit {
            id: self.snapshot.facts[found.segment as usize].ids[found.doc as usize],
            number: text(self.fields.number).to_owned(),
            title: mark_whole(text(self.fields.title), marker),
            snippet: excerpt(text(self.fields.purpose), &texts(self.fields.items), marker),
            score: found.score,
        })
    }
}

/// Sorts so that the first `count` are right; how many that is.
fn sort_until(found: &mut [Found], count: usize, sort: Sort) -> usize {
    let count = count.min(found.len());
    if count > 0 && count < found.len() {
        found.select_nth_unstable_by(count - 1, |a, b| a.order(b, sort));
    }
    found[..count].sort_unstable_by(|a, b| a.order(b, sort));
    count
}
