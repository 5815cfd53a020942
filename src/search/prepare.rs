//! A query made ready: what each part of it was taken to mean, and how well every document satisfies it.

use std::rc::Rc;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use super::evaluate::Scores;
use super::plan::{Clause, MOST_REPLACEMENTS, beginning, correctable};
use super::query::{Part, read};
use super::schema::Fields;
use super::snapshot::Snapshot;
use super::synonyms::Synonyms;
use super::tally::{Narrowing, Tally};
use super::vocabulary::WordId;
use crate::error::{Error, Result};

/// Parts of a query in which a typing error is looked for; each costs a walk through the vocabulary.
const MOST_CORRECTED: usize = 8;

/// A part of the query, what it was taken to mean, and what satisfies it.
#[derive(Clone)]
pub(super) struct Prepared {
    pub part: Part,
    pub clause: Clause,
    pub scores: Rc<Scores>,
    /// What was searched instead of a word that does not exist.
    pub corrected: Option<String>,
}

/// A search under way.
pub(super) struct Search<'a> {
    pub snapshot: &'a Snapshot,
    pub fields: &'a Fields,
    pub synonyms: &'a Synonyms,
    pub today: i64,
}

impl Search<'_> {
    /// Makes every part of a query ready. What was made ready before is taken over.
    pub fn prepare(&self, text: &str, before: &[Prepared]) -> Result<Vec<Prepared>> {
        let mut out = Vec::new();
        for part in read(text, self.synonyms) {
            let apart = part.apart(text);
            let prepared = self.prepare_part(part, out.len(), before)?;
            if apart.is_empty() || self.any_open(&prepared) {
                out.push(prepared);
                continue;
            }
            for part in apart {
                out.push(self.prepare_part(part, out.len(), before)?);
            }
        }
        Ok(out)
    }

    /// Whether anything open satisfies a part.
    pub fn any_open(&self, prepared: &Prepared) -> bool {
        prepared.scores.any_open(self.snapshot, self.today)
    }

    /// How many a query finds, which has some of its parts in common with one that is ready.
    pub fn count(&self, text: &str, before: &[Prepared], narrowing: &Narrowing) -> Result<usize> {
        let prepared = self.prepare(text, before)?;
        let scores: Vec<&Scores> = prepared.iter().map(|prepared| &*prepared.scores).collect();
        Ok(Tally::count(self.snapshot, &scores, narrowing, false).found.len())
    }

    /// Takes a part at its word; if nothing open matches, as words of their own, as the beginning of a word, then as a misspelling.
    fn prepare_part(&self, part: Part, at: usize, before: &[Prepared]) -> Result<Prepared> {
        let vocabulary = &self.snapshot.vocabulary;
        let may_replace = at < MOST_CORRECTED;
        let same = |(at, one): &(usize, &Prepared)| {
            one.part.asked == part.asked && one.part.unfinished == part.unfinished && (*at < MOST_CORRECTED) == may_replace
        };
        if let Some((_, same)) = before.iter().enumerate().find(same) {
            return Ok(Prepared { part, ..same.clone() });
        }
        let mut clause = Clause::of(&part, vocabulary);
        let mut scores = Scores::of(&clause, self.snapshot, self.fields)?;
        let mut corrected = None;
        if may_replace && !scores.any_open(self.snapshot, self.today) {
            if let Some(apart) = self.taken_apart(&part)? {
                (clause, scores) = apart;
            } else {
                let (words, is_correction) = self.replacements(&part)?;
                if let Some(first) = words.first() {
                    corrected = is_correction.then(|| vocabulary.text(*first).to_owned());
                    clause = Clause::replaced(&words, is_correction, vocabulary);
                    scores = Scores::of(&clause, self.snapshot, self.fields)?;
                }
            }
        }
        scores.weigh_by_rarity();
        Ok(Prepared { part, clause, scores: Rc::new(scores), corrected })
    }

    /// The parts of a compound anywhere in a document, if that finds anything open.
    fn taken_apart(&self, part: &Part) -> Result<Option<(Clause, Scores)>> {
        let mut together: Option<Scores> = None;
        let mut alternatives = Vec::new();
        for clause in Clause::apart(part, &self.snapshot.vocabulary) {
            let scores = Scores::of(&clause, self.snapshot, self.fields)?;
            together = Some(match together {
                Some(together) => together.and(&scores),
                None => scores,
            });
            alternatives.extend(clause.alternatives);
        }
        let found = together.filter(|scores| scores.any_open(self.snapshot, self.today));
        Ok(found.map(|scores| (Clause { alternatives }, scores)))
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
            if self.is_open(self.snapshot.vocabulary.text(word))? {
                open.push(word);
            }
            if open.len() == MOST_REPLACEMENTS {
                break;
            }
        }
        Ok(open)
    }

    /// Whether an open document has this very word.
    fn is_open(&self, word: &str) -> Result<bool> {
        let term = Term::from_field_text(self.fields.words, word);
        for (reader, facts) in self.snapshot.searcher.segment_readers().iter().zip(&self.snapshot.facts) {
            let inverted = reader.inverted_index(self.fields.words).map_err(Error::internal)?;
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else { continue };
            while postings.doc() != TERMINATED {
                if facts.open_from[postings.doc() as usize] <= self.today {
                    return Ok(true);
                }
                postings.advance();
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::super::samples::{document, index_of, today};
    use super::super::schema::day;
    use super::super::vocabulary::Vocabulary;
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
        let search = Search { snapshot: &snapshot, fields, synonyms: &Synonyms::default(), today: day(today()) };
        for (text, found) in [("ärenden", true), ("ärende", true), ("avfall", true), ("förskolorna", true), ("ärlighet", false)] {
            let prepared = search.prepare(text, &[]).expect("to prepare");
            assert_eq!(search.any_open(&prepared[0]), found, "{text}");
        }
    }
}
