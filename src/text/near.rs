//! The nearest known word to one that is not known.

use super::{fold, plain};

/// Longer texts are no misspelt words, and comparing them takes time.
const MOST_CHARACTERS: usize = 80;
/// How like a word must be to be suggested, from 0 to 1.
const LIKE_ENOUGH: f64 = 0.6;

/// The candidates that `typed` may mean: those that hold it but for å, ä, ö and accents, else the one most like it.
#[must_use]
pub fn meant<'a>(typed: &str, candidates: &[&'a str], most: usize) -> Vec<&'a str> {
    let wanted = plain(typed);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut held: Vec<&str> = candidates.iter().copied().filter(|one| plain(one).contains(&wanted)).collect();
    // what begins so comes first
    held.sort_by_key(|one| !plain(one).starts_with(&wanted));
    held.truncate(most);
    if held.is_empty() { nearest(typed, candidates.iter().copied()).into_iter().collect() } else { held }
}

/// The candidate most like `typed`, if one is like enough.
#[must_use]
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = fold(typed);
    let length = typed.chars().count();
    if length > MOST_CHARACTERS {
        return None;
    }
    let like = |candidate: &str| {
        let other = candidate.chars().count();
        // the shorter can at best be wholly part of the longer
        let best = length.min(other) as f64 / length.max(other).max(1) as f64;
        if best < LIKE_ENOUGH { 0.0 } else { strsim::normalized_damerau_levenshtein(&typed, &fold(candidate)) }
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

    #[test]
    fn what_is_typed_without_dots_is_understood() {
        let places = ["Göteborg", "Malmö", "Upplands Väsby", "Mölndal", "Höör", "Hörby"];
        assert_eq!(meant("goteborg", &places, 3), ["Göteborg"]);
        assert_eq!(meant("GOTE", &places, 3), ["Göteborg"]);
        assert_eq!(meant("Götebrog", &places, 3), ["Göteborg"]);
        assert_eq!(meant("vasby", &places, 3), ["Upplands Väsby"]);
        assert_eq!(meant("ho", &places, 1), ["Höör"]);
        assert_eq!(meant(" ", &places, 3), [""; 0]);
        assert_eq!(meant("xyzzy", &places, 3), [""; 0]);
    }
}
