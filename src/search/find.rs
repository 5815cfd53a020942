//! A search from request to results.

use super::evaluate::{Scores, near};
use super::highlight::{Marker, excerpt, mark_whole};
use super::index::Index;
use super::plan::{Clause, MOST_REPLACEMENTS, beginning, correctable};
use super::query::{Asked, Part, read};
use super::request::{Hit, Request, Results, Sort, Understood};
use super::schema::{Fields, day};
use super::snapshot::{Identities, Snapshot};
use super::suggest::suggestions;
use super::tally::{Found, Narrowing, Tally};
use super::vocabulary::WordId;
use crate::error::{Error, Result};

use tantivy::schema::document::Value;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, TERMINATED, TantivyDocument, Term};

/// Parts of a query in which a typing error is looked for; each costs a walk through the vocabulary.
const MOST_CORRECTED: usize = 8;
/// The best hits, among which words standing together are rewarded.
const MOST_RANKED_CLOSELY: usize = 200;
/// Neighbouring words that are looked at for that.
const MOST_NEIGHBOURS: usize = 6;
/// How far apart neighbouring words of the query may stand.
const NEIGHBOUR_SLOP: u32 = 3;

/// A part of the query, what it was taken to mean, and what satisfies it.
pub(super) struct Prepared {
    pub part: Part,
    pub clause: Clause,
    pub scores: Scores,
    /// What was searched instead of a word that does not exist.
    pub corrected: Option<String>,
}

/// A search under way.
pub(super) struct Search<'a> {
    pub snapshot: &'a Snapshot,
    pub fields: &'a Fields,
    pub today: i64,
}

impl Index {
    /// Searches. Takes some milliseconds of one processor and never waits for the writer.
    ///
    /// # Errors
    /// When the index was damaged while open.
    pub fn search(&self, request: &Request) -> Result<Results> {
        let snapshot = self.snapshot();
        let search = Search { snapshot: &snapshot, fields: &self.inner.fields, today: day(request.today) };
        let mut prepared = Vec::new();
        for part in read(&request.text, &self.synonyms()) {
            prepared.push(search.prepare(part, prepared.len() < MOST_CORRECTED)?);
        }
        let narrowing = Narrowing::new(request, &snapshot, self.inner.fields.respondents)?;
        let scores: Vec<&Scores> = prepared.iter().map(|prepared| &prepared.scores).collect();
        let mut tally = Tally::count(&snapshot, &scores, &narrowing, request.facets);
        let page = search.page(&mut tally.found, &prepared, request)?;
        let marker = Marker::new(&prepared, &snapshot.vocabulary);
        let suggestions = if tally.found.is_empty() { suggestions(&search, &prepared, &narrowing, &tally, request)? } else { Vec::new() };
        Ok(Results {
            total: tally.found.len(),
            hits: page.into_iter().map(|found| search.hit(found, &marker)).collect::<Result<_>>()?,
            facets: tally.facets(&snapshot, request),
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
    /// Takes a part at its word; if nothing open matches, as words of their own, as the beginning of a word, then as a misspelling.
    fn prepare(&self, part: Part, may_replace: bool) -> Result<Prepared> {
        let vocabulary = &self.snapshot.vocabulary;
        let clause = Clause::of(&part, vocabulary);
        let scores = Scores::of(&clause, self.snapshot, self.fields)?;
        let mut prepared = Prepared { part, clause, scores, corrected: None };
        if may_replace && !prepared.scores.any_open(self.snapshot, self.today) && !self.take_apart(&mut prepared)? {
            let (words, corrected) = self.replacements(&prepared.part)?;
            if let Some(first) = words.first() {
                prepared.corrected = corrected.then(|| vocabulary.text(*first).to_owned());
                prepared.clause = Clause::replaced(&words, corrected, vocabulary);
                prepared.scores = Scores::of(&prepared.clause, self.snapshot, self.fields)?;
            }
        }
        prepared.scores.weigh_by_rarity();
        Ok(prepared)
    }

    /// Looks for the parts of a compound anywhere in a document; whether that finds anything open.
    fn take_apart(&self, prepared: &mut Prepared) -> Result<bool> {
        let mut together: Option<Scores> = None;
        let mut alternatives = Vec::new();
        for clause in Clause::apart(&prepared.part, &self.snapshot.vocabulary) {
            let scores = Scores::of(&clause, self.snapshot, self.fields)?;
            together = Some(match together {
                Some(together) => together.and(&scores),
                None => scores,
            });
            alternatives.extend(clause.alternatives);
        }
        let found = together.filter(|scores| scores.any_open(self.snapshot, self.today));
        let any = found.is_some();
        if let Some(scores) = found {
            (prepared.scores, prepared.clause) = (scores, Clause { alternatives });
        }
        Ok(any)
    }

    /// Open words that stand in for a part that matches nothing, and whether that is a correction.
    fn replacements(&self, part: &Part) -> Result<(Vec<WordId>, bool)> {
        let vocabulary = &self.snapshot.vocabulary;
        if let Some(begun) = beginning(part) {
            let words = self.open_words(vocabulary.beginning(begun))?;
            if !words.is_empty() {
                return Ok((words, false));
            }
        }
        let slipped = correctable(part).map_or_else(Vec::new, |word| vocabulary.one_slip(word));
        Ok((self.open_words(slipped)?, true))
    }

    /// The first of these words that stand in something open: what is not open yet must not show through a correction.
    pub fn open_words(&self, words: Vec<WordId>) -> Result<Vec<WordId>> {
        let mut open = Vec::new();
        for word in words.into_iter().take(5 * MOST_REPLACEMENTS) {
            if self.open_count(self.snapshot.vocabulary.text(word), 1)? > 0 {
                open.push(word);
            }
            if open.len() == MOST_REPLACEMENTS {
                break;
            }
        }
        Ok(open)
    }

    /// How many open documents have this very word, counted up to a limit.
    pub fn open_count(&self, word: &str, limit: usize) -> Result<usize> {
        let term = Term::from_field_text(self.fields.words, word);
        let mut count = 0;
        for (reader, facts) in self.snapshot.searcher.segment_readers().iter().zip(&self.snapshot.facts) {
            let inverted = reader.inverted_index(self.fields.words).map_err(Error::internal)?;
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else { continue };
            while postings.doc() != TERMINATED && count < limit {
                count += usize::from(facts.open_from[postings.doc() as usize] <= self.today);
                postings.advance();
            }
        }
        Ok(count)
    }

    /// Brings the asked page's hits to the front and gives them, in order.
    fn page(&self, found: &mut [Found], prepared: &[Prepared], request: &Request) -> Result<Vec<Found>> {
        let per_page = request.per_page.clamp(1, Request::MOST_PER_PAGE);
        let from = request.page.saturating_sub(1).saturating_mul(per_page).min(found.len());
        let to = from.saturating_add(per_page).min(found.len());
        let sort = if prepared.is_empty() && request.sort == Sort::Relevance { Sort::Newest } else { request.sort };
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
        let reader = self.snapshot.searcher.segment_reader(found.segment);
        let id = Identities::of(reader)?.get(found.doc).ok_or_else(|| Error::internal("a document without identity"))?;
        let stored: TantivyDocument = self.snapshot.searcher.doc(DocAddress::new(found.segment, found.doc)).map_err(Error::internal)?;
        let texts = |field| stored.get_all(field).filter_map(|value| value.as_str()).collect::<Vec<_>>();
        let text = |field| texts(field).first().copied().unwrap_or_default();
        Ok(Hit {
            id,
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
