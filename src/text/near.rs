//! The nearest allowed word to one that is not allowed.

use crate::text;

/// Longer texts are no misspelt words, and comparing them takes time.
const MOST_CHARACTERS: usize = 80;
/// How like a word must be to be suggested, from 0 to 1.
const LIKE_ENOUGH: f64 = 0.6;

/// The candidate most like `typed`, if one is like enough.
#[must_use]
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = text::fold(typed);
    let length = typed.chars().count();
    if length > MOST_CHARACTERS {
        return None;
    }
    let like = |candidate: &str| {
        let other = candidate.chars().count();
        // the shorter can at best be wholly part of the longer
        let best = length.min(other) as f64 / length.max(other).max(1) as f64;
        if best < LIKE_ENOUGH { 0.0 } else { strsim::normalized_damerau_levenshtein(&typed, &text::fold(candidate)) }
    };
    let scored = candidates.into_iter().map(|candidate| (like(candidate), candidate));
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score >= LIKE_ENOUGH).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let words = ["enkät", "tillsyn", "statsbidrag"];
        assert_eq!(nearest("Enket", words), Some("enkät"));
        assert_eq!(nearest("statsbidragg", words), Some("statsbidrag"));
        assert_eq!(nearest("möte", words), None);
        assert_eq!(nearest(&"enkät".repeat(100_000), words), None);
        assert_eq!(nearest("", words), None);
    }
}
