//! A query made ready: what each part of it was taken to mean, and how well every document satisfies it.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use super::evaluate::Scores;
use super::plan::{Clause, MOST_REPLACEMENTS, beginning, correctable};
use super::query::Part;
use super::schema::Fields;
use super::snapshot::Snapshot;
use super::vocabulary::WordId;
use crate::error::{Error, Result};

/// Parts of a query in which a typing error is looked for; each costs a walk through the vocabulary.
pub(super) const MOST_CORRECTED: usize = 8;

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

impl Search<'_> {
    /// Takes a part at its word; if nothing open matches, as words of their own, as the beginning of a word, then as a misspelling.
    pub fn prepare(&self, part: Part, may_replace: bool) -> Result<Prepared> {
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
}

#[cfg(test)]
mod tests {
    use super::super::query::read;
    use super::super::samples::{document, index_of, today};
    use super::super::schema::day;
    use super::super::vocabulary::Vocabulary;
    use super::super::{Document, Synonyms};
    use super::*;

    #[test]
    fn words_beyond_a_full_vocabulary_are_found_by_their_stem() {
        let purpose = "Om de öppna förskolornas ärenden.".to_owned();
        let index = index_of(&[document(1, "Avfall i hamnen"), Document { purpose, ..document(2, "Avfall") }]);
        let fields = &index.inner.fields;
        let searcher = index.snapshot().searcher.clone();
        let mut snapshot = Snapshot::build(searcher.clone(), fields.words).expect("a snapshot");
        snapshot.vocabulary = Vocabulary::build_up_to(2, &searcher, fields.words).expect("a vocabulary");
        assert_eq!(snapshot.vocabulary.stem_id("ärend"), None, "the vocabulary is full before ä");
        let search = Search { snapshot: &snapshot, fields, today: day(today()) };
        for (text, found) in [("ärenden", true), ("ärende", true), ("avfallet", true), ("förskolorna", true), ("ärlighet", false)] {
            let part = read(text, &Synonyms::default()).pop().expect("a part");
            let prepared = search.prepare(part, true).expect("to prepare");
            assert_eq!(prepared.scores.any_open(&snapshot, search.today), found, "{text}");
        }
    }
}
