//! The words that exist, taken from the index itself: their stems, their compounds, and what lies near a misspelling.
//!
//! No dictionary to license or update: a word is a compound when it falls into parts that other collections use as words of their own.

use std::collections::{HashMap, HashSet};

use tantivy::Searcher;
use tantivy::schema::Field;

use super::analysis::{is_stop_word, stem};
use crate::error::{Error, Result};

/// Letters that a part of a compound has at least; shorter ones (`el`, `år`) would match everywhere.
const SHORTEST_PART: usize = 3;
/// Letters of the shortest ending that makes a word a compound although its beginning is unknown; `sport` is no part of `transport`.
const SHORTEST_TAIL: usize = 6;
/// Letters of the shortest beginning and ending that make a word a compound although its middle is unknown.
const SHORTEST_HEAD: usize = 5;
const SHORTEST_FRAMING_TAIL: usize = 4;
/// Beginnings that give a verb or noun another sense instead of making a compound of it.
const PREFIXES: [&str; 6] = ["sam", "fram", "miss", "gen", "van", "kring"];
/// Letters of the longest word that is taken apart.
const LONGEST_COMPOUND: usize = 40;
/// Words kept at most. The nation's collections use some tens of thousands; what lies beyond is found in all forms,
/// but not inside compounds and not by a misspelling.
const MOST_WORDS: usize = 200_000;
/// What may join a part to the next: skol-, statS-, skolE-, hälsO-, gatU-.
const JOINTS: [&str; 6] = ["", "s", "e", "a", "o", "u"];

/// A word of the vocabulary, by its place in alphabetical order.
pub(super) type WordId = u32;
/// A stem of the vocabulary.
pub(super) type StemId = u32;

/// The words of one generation of the index.
#[derive(Default)]
pub(super) struct Vocabulary {
    /// Folded words in order of bytes.
    words: Vec<Box<str>>,
    /// In how many documents each stands.
    frequency: Vec<u32>,
    stem_of: Vec<StemId>,
    stems: Vec<Box<str>>,
    stem_ids: HashMap<Box<str>, StemId>,
    /// The words of each stem.
    forms: Vec<Vec<WordId>>,
    /// How a part may look inside a compound: `arbets` is `arbet`.
    inside: HashMap<Box<str>, StemId>,
    /// The stems of the compounds that a stem is part of, most frequent first.
    compounds: HashMap<StemId, Vec<StemId>>,
}

impl Vocabulary {
    /// Reads the words of all segments.
    pub fn build(searcher: &Searcher, field: Field) -> Result<Self> {
        Self::build_up_to(MOST_WORDS, searcher, field)
    }

    /// Reads the words of all segments until there are `most` of them.
    pub fn build_up_to(most: usize, searcher: &Searcher, field: Field) -> Result<Self> {
        let mut counted: HashMap<Box<str>, u32> = HashMap::new();
        for reader in searcher.segment_readers() {
            let inverted = reader.inverted_index(field).map_err(Error::internal)?;
            let mut stream = inverted.terms().stream()?;
            while let Some((key, info)) = stream.next() {
                let Ok(word) = std::str::from_utf8(key) else { continue };
                if let Some(count) = counted.get_mut(word) {
                    *count += info.doc_freq;
                } else if counted.len() < most {
                    counted.insert(word.into(), info.doc_freq);
                }
            }
        }
        Ok(Self::of(counted))
    }

    fn of(counted: HashMap<Box<str>, u32>) -> Self {
        let mut this = Self::default();
        let mut counted: Vec<_> = counted.into_iter().collect();
        counted.sort_unstable();
        for ((word, frequency), id) in counted.into_iter().zip(0..) {
            let stem = stem(&word).into_boxed_str();
            let stem_id = *this.stem_ids.entry(stem).or_insert_with_key(|stem| {
                this.stems.push(stem.clone());
                this.forms.push(Vec::new());
                u32::try_from(this.stems.len() - 1).unwrap_or(u32::MAX)
            });
            this.forms[stem_id as usize].push(id);
            this.stem_of.push(stem_id);
            this.frequency.push(frequency);
            this.words.push(word);
        }
        this.learn_parts();
        this.learn_compounds();
        this
    }

    /// Notes how each word may look as a part of others.
    fn learn_parts(&mut self) {
        for (word, stem_id) in self.words.iter().zip(&self.stem_of) {
            if !may_be_part(word) {
                continue;
            }
            self.inside.insert(word.clone(), *stem_id);
            let stem = &self.stems[*stem_id as usize];
            if stem.chars().count() >= SHORTEST_PART {
                for joint in JOINTS {
                    self.inside.entry(format!("{stem}{joint}").into()).or_insert(*stem_id);
                }
            }
        }
    }

    fn learn_compounds(&mut self) {
        let mut parts_of: HashMap<StemId, HashSet<StemId>> = HashMap::new();
        for (word, stem_id) in self.words.iter().zip(&self.stem_of) {
            let stem = &self.stems[*stem_id as usize];
            let mut parts: Vec<StemId> = self.splits(word, stem).into_iter().flatten().collect();
            if parts.is_empty() {
                parts = self.loose_parts(word, stem);
            }
            if !parts.is_empty() {
                parts_of.entry(*stem_id).or_default().extend(parts.into_iter().filter(|part| part != stem_id));
            }
        }
        let mut compounds: HashMap<StemId, HashSet<StemId>> = HashMap::new();
        for (whole, parts) in &parts_of {
            // the parts of a part count too: grundskoleelever has skola through grundskola
            let nested = parts.iter().filter_map(|part| parts_of.get(part)).flatten();
            for part in parts.iter().chain(nested).filter(|part| *part != whole) {
                compounds.entry(*part).or_default().insert(*whole);
            }
        }
        self.compounds = compounds.into_iter().map(|(part, wholes)| (part, self.most_frequent_first(wholes))).collect();
    }

    fn most_frequent_first(&self, stems: HashSet<StemId>) -> Vec<StemId> {
        let mut stems: Vec<_> = stems.into_iter().collect();
        let frequency = |stem: StemId| self.forms[stem as usize].iter().map(|word| self.frequency[*word as usize]).sum::<u32>();
        stems.sort_unstable_by_key(|stem| (std::cmp::Reverse(frequency(*stem)), *stem));
        stems
    }

    /// The ways in which a folded word falls into two known parts, or else into three.
    pub fn splits(&self, word: &str, stem: &str) -> Vec<Vec<StemId>> {
        if !is_divisible(word) {
            return Vec::new();
        }
        let two: Vec<_> = self.heads(word).filter_map(|(head, at)| Some(vec![head, self.tail(word, stem, at)?])).collect();
        if !two.is_empty() {
            return two;
        }
        let three = self.heads(word).flat_map(|(first, at)| {
            let rest = &word[at..];
            let middles = self.heads(rest).collect::<Vec<_>>();
            middles.into_iter().filter_map(move |(middle, more)| Some(vec![first, middle, self.tail(word, stem, at + more)?]))
        });
        three.collect()
    }

    /// Parts of a word that is not known in whole: a long known ending («dricksvatten» where no text says «dricks» alone), or else a
    /// known beginning and a known ending around something unknown («vattenförsörjningsplan»).
    fn loose_parts(&self, word: &str, stem: &str) -> Vec<StemId> {
        if !is_divisible(word) {
            return Vec::new();
        }
        let starts = || word.char_indices().map(|(at, _)| at).skip(SHORTEST_PART);
        let ends_with = |at: usize, letters: usize| self.tail(word, stem, at).filter(|tail| self.letters(*tail) >= letters);
        let tail = starts().filter(|at| may_be_part(&word[..*at])).find_map(|at| ends_with(at, SHORTEST_TAIL));
        let head = self.heads(word).filter(|(head, _)| self.letters(*head) >= SHORTEST_HEAD).last();
        let framed = head.and_then(|(head, end)| {
            let beyond = starts().filter(|at| *at >= end + SHORTEST_PART);
            beyond.into_iter().find_map(|at| ends_with(at, SHORTEST_FRAMING_TAIL)).map(|tail| [head, tail])
        });
        framed.map_or_else(|| tail.into_iter().collect(), Vec::from)
    }

    /// Letters of the shortest word with this stem.
    fn letters(&self, stem: StemId) -> usize {
        self.forms[stem as usize].iter().map(|word| self.words[*word as usize].chars().count()).min().unwrap_or_default()
    }

    /// Known parts that a word begins with, and where they end.
    fn heads<'a>(&'a self, word: &'a str) -> impl Iterator<Item = (StemId, usize)> + 'a {
        let ends = word.char_indices().map(|(at, _)| at).skip(SHORTEST_PART);
        ends.filter_map(|end| Some((*self.inside.get(&word[..end])?, end)))
    }

    /// The last part of a compound. The compound's own ending is taken off by its stem, so its inflected forms are known as well.
    fn tail(&self, word: &str, stem: &str, from: usize) -> Option<StemId> {
        let surface = word.get(from..).filter(|tail| tail.chars().count() >= SHORTEST_PART)?;
        let stemmed = stem.get(from..).filter(|tail| tail.chars().count() >= SHORTEST_PART);
        let known = stemmed.and_then(|tail| self.stem_ids.get(tail)).copied();
        let known = known.filter(|id| self.forms[*id as usize].iter().any(|word| may_be_part(&self.words[*word as usize])));
        known.or_else(|| self.word(surface).filter(|_| may_be_part(surface)).map(|id| self.stem_of[id as usize]))
    }

    /// The stem with this text, if the index has it.
    pub fn stem_id(&self, stem: &str) -> Option<StemId> {
        self.stem_ids.get(stem).copied()
    }

    /// The text of a stem.
    pub fn stem_text(&self, id: StemId) -> &str {
        &self.stems[id as usize]
    }

    /// The stems of the compounds that have this stem as a part, most frequent first.
    pub fn compounds(&self, id: StemId) -> &[StemId] {
        self.compounds.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The words, as they stand folded in the texts, that have this stem.
    pub fn forms(&self, stem: &str) -> impl Iterator<Item = &str> {
        let ids = self.stem_id(stem).map_or(&[][..], |id| &self.forms[id as usize]);
        ids.iter().map(|id| &*self.words[*id as usize])
    }

    /// The word with this number.
    pub fn text(&self, id: WordId) -> &str {
        &self.words[id as usize]
    }

    fn word(&self, word: &str) -> Option<WordId> {
        self.words.binary_search_by(|known| (**known).cmp(word)).ok().and_then(|at| WordId::try_from(at).ok())
    }

    /// Words that begin so, most frequent first.
    pub fn beginning(&self, with: &str) -> Vec<WordId> {
        let from = self.words.partition_point(|word| &**word < with);
        let count = self.words[from..].iter().take_while(|word| word.starts_with(with)).count();
        self.ranked((from..from + count).collect())
    }

    /// Words one slip away (a letter missing, added, wrong, or two swapped), most frequent first.
    pub fn one_slip(&self, from: &str) -> Vec<WordId> {
        self.ranked((0..self.words.len()).filter(|at| is_one_slip(from, &self.words[*at])).collect())
    }

    /// Words at most two slips away that begin with the same letter, most frequent first.
    pub fn two_slips(&self, from: &str) -> Vec<WordId> {
        let first = from.chars().next();
        let near = |word: &str| {
            word != from && word.chars().next() == first && word.len().abs_diff(from.len()) <= 4 && strsim::osa_distance(word, from) <= 2
        };
        self.ranked((0..self.words.len()).filter(|at| near(&self.words[*at])).collect())
    }

    fn ranked(&self, mut places: Vec<usize>) -> Vec<WordId> {
        places.sort_by_key(|at| (std::cmp::Reverse(self.frequency[*at]), *at));
        places.into_iter().filter_map(|at| WordId::try_from(at).ok()).collect()
    }
}

/// Whether a word may be part of a compound: long enough, only letters, and carrying a sense of its own.
fn may_be_part(word: &str) -> bool {
    word.chars().count() >= SHORTEST_PART && word.chars().all(char::is_alphabetic) && !PREFIXES.contains(&word) && !is_stop_word(word)
}

/// Whether a word can be a compound at all.
fn is_divisible(word: &str) -> bool {
    let letters = word.chars().count();
    (2 * SHORTEST_PART..=LONGEST_COMPOUND).contains(&letters) && word.chars().all(char::is_alphabetic) && !is_stop_word(word)
}

/// Damerau-Levenshtein distance of exactly one. Cuts off what the words share at both ends and looks at what is left.
fn is_one_slip(a: &str, b: &str) -> bool {
    // a letter of a folded word takes at most four bytes
    if a.len().abs_diff(b.len()) > 4 || a == b {
        return false;
    }
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum::<usize>();
    let (a, b) = (&a[shared..], &b[shared..]);
    let shared = a.chars().rev().zip(b.chars().rev()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum::<usize>();
    let (a, b) = (&a[..a.len() - shared], &b[..b.len() - shared]);
    let (mut x, mut y) = (a.chars(), b.chars());
    match (x.next(), x.next(), y.next(), y.next()) {
        (Some(_), None, None, _) | (None, _, Some(_), None) | (Some(_), None, Some(_), None) => true,
        (Some(first), Some(second), Some(third), Some(fourth)) => {
            first == fourth && second == third && x.next().is_none() && y.next().is_none()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        Vocabulary::of(words.iter().map(|word| (Box::from(*word), 1)).collect())
    }

    fn compounds_of(vocabulary: &Vocabulary, word: &str) -> Vec<String> {
        let id = vocabulary.stem_id(&stem(word)).expect("a known stem");
        let mut found: Vec<_> = vocabulary.compounds(id).iter().map(|id| vocabulary.stem_text(*id).to_owned()).collect();
        found.sort();
        found
    }

    #[test]
    fn compounds_are_known_by_their_parts() {
        let known = vocabulary(&["elev", "antal", "elevantalet", "skolan", "måltider", "skolmåltid", "arbete", "tid", "arbetstid"]);
        assert_eq!(compounds_of(&known, "elever"), ["elevantal"]);
        assert_eq!(compounds_of(&known, "antal"), ["elevantal"]);
        assert_eq!(compounds_of(&known, "skola"), ["skolmåltid"]);
        assert_eq!(compounds_of(&known, "arbete"), ["arbetstid"]);
    }

    #[test]
    fn a_long_ending_is_enough_and_so_are_both_ends() {
        let words = ["vatten", "dricksvatten", "vattenförsörjningsplan", "plan", "sport", "transport", "bidrag", "förbidrag", "samvatten"];
        let known = vocabulary(&words);
        assert_eq!(compounds_of(&known, "vatten"), [stem("dricksvatten"), stem("vattenförsörjningsplan")]);
        assert_eq!(compounds_of(&known, "plan"), [stem("vattenförsörjningsplan")]);
        assert!(compounds_of(&known, "sport").is_empty());
        assert!(compounds_of(&known, "bidrag").is_empty(), "a stop word is no beginning");
    }

    #[test]
    fn parts_of_parts_count_and_three_parts_too() {
        let known = vocabulary(&["grund", "skola", "grundskola", "elever", "grundskoleelever", "hälsa", "sjuk", "vård", "hälsosjukvård"]);
        assert!(compounds_of(&known, "skola").contains(&stem("grundskoleelever")));
        assert_eq!(compounds_of(&known, "hälsa"), [stem("hälsosjukvård")]);
    }

    #[test]
    fn short_words_and_stop_words_are_no_parts() {
        let known = vocabulary(&["el", "elev", "elnät", "nät", "för", "skola", "förskola", "ev"]);
        assert!(compounds_of(&known, "el").is_empty());
        assert!(compounds_of(&known, "skola").is_empty(), "a preschool is not a school");
    }

    #[test]
    fn an_unknown_word_can_be_taken_apart() {
        let known = vocabulary(&["elever", "antal"]);
        let split = known.splits("elevantalet", &stem("elevantalet"));
        let texts: Vec<Vec<&str>> = split.iter().map(|parts| parts.iter().map(|part| known.stem_text(*part)).collect()).collect();
        assert_eq!(texts, [["elev", "antal"]]);
    }

    #[test]
    fn slips_are_found_and_ranked() {
        let counted = [("bibliotek", 9), ("biblioteks", 2), ("bibliotekarie", 5)];
        let known = Vocabulary::of(counted.map(|(word, count)| (Box::from(word), count)).into());
        for typed in ["biblotek", "bibliottek", "bibliotäk", "biblitoek"] {
            assert_eq!(known.one_slip(typed).first().map(|id| known.text(*id)), Some("bibliotek"), "{typed}");
        }
        assert!(known.one_slip("bibliotekarierna").is_empty());
        assert_eq!(known.beginning("bibl").first().map(|id| known.text(*id)), Some("bibliotek"));
        assert_eq!(known.two_slips("bibotek").first().map(|id| known.text(*id)), Some("bibliotek"));
    }

    proptest! {
        #[test]
        fn one_slip_is_what_the_textbook_says(a in "[abåä]{0,5}", b in "[abåä]{0,5}") {
            prop_assert_eq!(is_one_slip(&a, &b), strsim::osa_distance(&a, &b) == 1);
        }

        #[test]
        fn any_word_can_be_judged(word in "\\PC{0,50}") {
            let known = vocabulary(&["elever", "antal", "åäö"]);
            let _ = known.beginning(&word);
            prop_assert!(known.splits(&word, &word).iter().all(|parts| parts.len() >= 2));
        }
    }
}
