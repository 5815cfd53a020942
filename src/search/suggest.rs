//! What would help when nothing was found: words that exist, and what to leave out with what that would give.

use super::prepare::{Prepared, Search};
use super::query::{Part, reworded};
use super::request::{Facet, Request, Suggestion};
use super::tally::{Narrowing, Tally};
use crate::error::Result;

/// Words that get a suggestion; each costs a walk through the vocabulary.
const MOST_WORDS: usize = 3;
/// Suggested words for one that does not exist.
const MOST_INSTEAD: usize = 3;
/// Suggestions to leave out a word.
const MOST_WITHOUT: usize = 5;
/// Letters of the shortest word that may be two slips away.
const SHORTEST_FOR_TWO: usize = 6;
/// Letters of the shortest word that gets a suggestion.
const SHORTEST: usize = 3;

/// A search that found nothing.
pub(super) struct Empty<'a> {
    pub search: &'a Search<'a>,
    pub request: &'a Request,
    pub prepared: &'a [Prepared],
    pub narrowing: &'a Narrowing,
    pub tally: &'a Tally,
}

impl Empty<'_> {
    /// What would help, the most helpful first. Each suggestion finds as many as it says.
    pub fn suggestions(&self) -> Result<Vec<Suggestion>> {
        let mut out = self.instead()?;
        out.extend(self.without_words()?);
        let filters = Facet::ALL.into_iter().filter(|facet| self.narrowing.narrows(*facet));
        out.extend(filters.filter_map(|facet| some(self.tally.without(facet)).map(|count| Suggestion::WithoutFilter { facet, count })));
        if self.request.municipality.is_some() {
            out.extend(some(self.tally.without_municipality()).map(|count| Suggestion::WithoutMunicipality { count }));
        }
        if self.narrowing.count() > 1 {
            out.extend(some(self.tally.unfiltered).map(|count| Suggestion::WithoutFilters { count }));
        }
        Ok(out)
    }

    /// The query with words that exist: each that lies near a word that does not, or the nearest of every such word at once.
    fn instead(&self) -> Result<Vec<Suggestion>> {
        let unknown = self.prepared.iter().filter(|one| one.part.word().is_some() && !self.search.any_open(one));
        let mut near: Vec<(&Part, Vec<String>)> = Vec::new();
        for part in unknown.map(|one| &one.part).take(MOST_WORDS) {
            near.push((part, self.near(part)?));
        }
        let ways: Vec<Vec<(&Part, &str)>> = match near.as_slice() {
            [(part, words)] => words.iter().map(|word| vec![(*part, word.as_str())]).collect(),
            several => vec![several.iter().filter_map(|(part, words)| Some((*part, words.first()?.as_str()))).collect()],
        };
        let mut out = Vec::new();
        for way in ways.iter().filter(|way| !way.is_empty()) {
            let (text, count) = self.reworded(way)?;
            let typed = way.iter().map(|(part, _)| part.typed.as_str()).collect::<Vec<_>>().join(" ");
            let word = way.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(" ");
            out.extend(some(count).map(|count| Suggestion::Instead { typed, word, text, count }));
        }
        Ok(out)
    }

    /// Open words near one that does not exist, most frequent first.
    fn near(&self, part: &Part) -> Result<Vec<String>> {
        let vocabulary = &self.search.snapshot.vocabulary;
        let near = match part.word().map(|word| (word, word.chars().count())) {
            Some((word, SHORTEST_FOR_TWO..)) => vocabulary.two_slips(word),
            Some((word, SHORTEST..)) => vocabulary.one_slip(word),
            _ => Vec::new(),
        };
        Ok(self.search.open_words(near)?.into_iter().take(MOST_INSTEAD).map(|word| vocabulary.text(word).to_owned()).collect())
    }

    /// The query without each of its parts in turn.
    fn without_words(&self) -> Result<Vec<Suggestion>> {
        let mut out = Vec::new();
        if self.prepared.len() < 2 {
            return Ok(out);
        }
        for part in self.prepared.iter().map(|one| &one.part) {
            let (text, count) = self.reworded(&[(part, "")])?;
            out.extend(some(count).map(|count| Suggestion::WithoutWord { typed: part.typed.clone(), text, count }));
            if out.len() == MOST_WITHOUT {
                break;
            }
        }
        Ok(out)
    }

    /// The query in other words, and how many it finds.
    fn reworded(&self, changes: &[(&Part, &str)]) -> Result<(String, usize)> {
        let text = reworded(&self.request.text, changes);
        let count = self.search.count(&text, self.prepared, self.narrowing)?;
        Ok((text, count))
    }
}

fn some(count: usize) -> Option<usize> {
    (count > 0).then_some(count)
}
