//! What would help when nothing was found: words that exist, and what to leave out with what that would give.

use super::evaluate::Scores;
use super::prepare::{Prepared, Search};
use super::request::{Facet, Request, Suggestion};
use super::tally::{Narrowing, Tally};
use crate::error::Result;

/// Words that get a suggestion; each costs a walk through the vocabulary.
const MOST_WORDS: usize = 3;
/// Suggested words for one that does not exist.
const MOST_INSTEAD: usize = 3;
/// Letters of the shortest word that may be two slips away.
const SHORTEST_FOR_TWO: usize = 6;
/// Letters of the shortest word that gets a suggestion.
const SHORTEST: usize = 3;

/// The suggestions for an empty result, the most helpful first.
pub(super) fn suggestions(
    search: &Search<'_>,
    prepared: &[Prepared],
    narrowing: &Narrowing,
    tally: &Tally,
    request: &Request,
) -> Result<Vec<Suggestion>> {
    let mut out = Vec::new();
    let unknown = prepared.iter().filter(|one| !one.scores.any_open(search.snapshot, search.today));
    for word in unknown.filter_map(|one| one.part.word().map(|word| (word, &one.part.typed))).take(MOST_WORDS) {
        instead(search, word.0, word.1, &mut out)?;
    }
    without_words(search, prepared, narrowing, &mut out);
    for facet in Facet::ALL.into_iter().filter(|facet| narrowing.narrows(*facet)) {
        out.extend(some(tally.without(facet)).map(|count| Suggestion::WithoutFilter { facet, count }));
    }
    if request.municipality.is_some() {
        out.extend(some(tally.without_municipality()).map(|count| Suggestion::WithoutMunicipality { count }));
    }
    if narrowing.count() > 1 {
        out.extend(some(tally.unfiltered).map(|count| Suggestion::WithoutFilters { count }));
    }
    Ok(out)
}

fn some(count: usize) -> Option<usize> {
    (count > 0).then_some(count)
}

/// Words near one that does not exist.
fn instead(search: &Search<'_>, word: &str, typed: &str, out: &mut Vec<Suggestion>) -> Result<()> {
    let vocabulary = &search.snapshot.vocabulary;
    let letters = word.chars().count();
    if letters < SHORTEST {
        return Ok(());
    }
    let near = if letters < SHORTEST_FOR_TWO { vocabulary.one_slip(word) } else { vocabulary.two_slips(word) };
    for id in search.open_words(near)?.into_iter().take(MOST_INSTEAD) {
        let word = vocabulary.text(id).to_owned();
        let count = search.open_count(&word, usize::MAX)?;
        out.push(Suggestion::Instead { typed: typed.to_owned(), word, count });
    }
    Ok(())
}

/// The query without each of its parts in turn.
fn without_words(search: &Search<'_>, prepared: &[Prepared], narrowing: &Narrowing, out: &mut Vec<Suggestion>) {
    if prepared.len() < 2 {
        return;
    }
    for left_out in 0..prepared.len() {
        let rest: Vec<&Scores> =
            prepared.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, prepared)| &prepared.scores).collect();
        let count = Tally::count(search.snapshot, &rest, narrowing, false).found.len();
        let typed = prepared[left_out].part.typed.clone();
        out.extend(some(count).map(|count| Suggestion::WithoutWord { typed, count }));
    }
}
