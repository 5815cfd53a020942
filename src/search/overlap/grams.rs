//! How a text becomes grams: every three letters that stand together in a word, with the word's beginning and end as letters.
//!
//! Grams see what words hide: *elevantal* and *antal elever* share most of theirs, with no dictionary of compounds or endings. There is no
//! list of stop words either: how common a gram is in the register says what it is worth.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::analysis::words;

/// Number of a gram.
pub(super) type GramId = u32;

/// What stands for the beginning and the end of a word; no letter.
const EDGE: char = '_';
/// The most words whose grams are remembered. A nation's collections use some tens of thousands.
const MOST_WORDS: usize = 100_000;

/// The most grams that get numbers: as many as [`super::store`] can tell apart. Later ones stay unknown; Swedish uses some ten thousand.
const MOST_GRAMS: usize = 1 << 24;

/// Three letters in one number.
pub(super) type Gram = u64;

/// The grams that the register uses, by number, and those of the words met so far.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    ids: HashMap<Gram, GramId>,
    of_word: HashMap<Box<str>, Box<[GramId]>>,
}

/// The grams of a text, each with how often it stands there, and how many words the text has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// By number, ascending.
    pub grams: Vec<(GramId, u32)>,
    /// Grams that the register has nowhere, ascending, each with how often it stands in the text.
    pub unknown: Vec<(Gram, u32)>,
    /// Words.
    pub words: usize,
}

/// Joins the three letters of a gram; a letter of Unicode takes 21 bits.
fn gram(letters: &[char]) -> Gram {
    letters.iter().fold(0, |gram, letter| gram << 21 | Gram::from(u32::from(*letter)))
}

fn grams(word: &str) -> Vec<Gram> {
    let letters: Vec<char> = [EDGE].into_iter().chain(word.chars()).chain([EDGE]).collect();
    letters.windows(3).map(gram).collect()
}

/// The number of a gram, the next one if it has none; none where `most` are given out.
fn numbered(ids: &mut HashMap<Gram, GramId>, gram: Gram, most: usize) -> Option<GramId> {
    let next = ids.len();
    match ids.entry(gram) {
        Entry::Occupied(known) => Some(*known.get()),
        Entry::Vacant(_) if next >= most => None,
        Entry::Vacant(free) => Some(*free.insert(GramId::try_from(next).ok()?)),
    }
}

impl Grammar {
    /// How many grams there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The grams of a text; those never met get numbers.
    pub fn learn(&mut self, text: &str) -> Counted {
        let mut all = Vec::new();
        let mut count = 0;
        for word in words(text) {
            count += 1;
            if let Some(known) = self.of_word.get(word.text.as_str()) {
                all.extend_from_slice(known);
                continue;
            }
            let ids = self.number(&word.text);
            all.extend_from_slice(&ids);
            if self.of_word.len() == MOST_WORDS {
                self.of_word.clear(); // it is only there to save work
            }
            self.of_word.insert(word.text.into_boxed_str(), ids);
        }
        Counted { grams: counted(all), unknown: Vec::new(), words: count }
    }

    fn number(&mut self, word: &str) -> Box<[GramId]> {
        grams(word).into_iter().filter_map(|gram| numbered(&mut self.ids, gram, MOST_GRAMS)).collect()
    }

    /// The grams of a text that is only looked up.
    pub fn look_up(&self, text: &str) -> Counted {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let mut count = 0;
        for word in words(text) {
            count += 1;
            for gram in grams(&word.text) {
                match self.ids.get(&gram) {
                    Some(id) => known.push(*id),
                    None => unknown.push(gram),
                }
            }
        }
        Counted { grams: counted(known), unknown: counted(unknown), words: count }
    }

    /// Forgets the words met so far, which only save work while many texts are read.
    pub fn forget_words(&mut self) {
        self.of_word = HashMap::new();
    }
}

/// Each of these once, ascending, with how often it was there.
fn counted<T: Ord + Copy>(mut all: Vec<T>) -> Vec<(T, u32)> {
    all.sort_unstable();
    let runs = all.chunk_by(|a, b| a == b);
    runs.filter_map(|run| Some((*run.first()?, u32::try_from(run.len()).unwrap_or(u32::MAX)))).collect()
}

/// Each of these once, ascending, with all its counts together.
pub(super) fn summed<T: Ord + Copy>(mut all: Vec<(T, u32)>) -> Vec<(T, u32)> {
    all.sort_unstable_by_key(|(what, _)| *what);
    all.chunk_by(|a, b| a.0 == b.0).filter_map(|run| Some((run.first()?.0, run.iter().map(|(_, times)| times).sum()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_share_grams_where_they_share_letters() {
        let mut grammar = Grammar::default();
        let a = grammar.learn("Antal elever");
        let b = grammar.look_up("Elevantalet");
        let shared = b.grams.iter().filter(|(gram, _)| a.grams.iter().any(|(other, _)| gram == other)).count();
        assert!(shared >= 6, "{shared}: ele lev eve ant nta tal");
        assert_eq!((a.words, b.words), (2, 1));
    }

    #[test]
    fn grams_are_counted() {
        let mut grammar = Grammar::default();
        let once = grammar.learn("skolor");
        let twice = grammar.learn("Skolor, skolor");
        assert_eq!(twice.words, 2);
        assert!(once.grams.iter().all(|(_, count)| *count == 1) && twice.grams.iter().all(|(_, count)| *count == 2));
        assert_eq!((grammar.look_up(""), grammar.look_up("– 🎉")), (Counted::default(), Counted::default()));
    }

    #[test]
    fn learning_and_looking_up_agree() {
        let mut grammar = Grammar::default();
        let learnt = grammar.learn("Ålder på ägare, 5 st 🎉");
        let again = grammar.learn("Ålder på ägare, 5 st 🎉");
        assert_eq!(learnt, again);
        assert_eq!(learnt, grammar.look_up("ålder på ÄGARE 5 st"));
        assert_ne!(learnt.grams, grammar.look_up("alder på agare 5 st").grams, "å is not a");
        grammar.forget_words();
        assert_eq!(learnt, grammar.learn("Ålder på ägare, 5 st"));
    }

    #[test]
    fn numbers_come_to_an_end() {
        let mut ids = HashMap::new();
        let given: Vec<Option<GramId>> = [7, 8, 9, 7, 8].into_iter().map(|gram| numbered(&mut ids, gram, 2)).collect();
        assert_eq!((given, ids.len()), (vec![Some(0), Some(1), None, Some(0), Some(1)], 2));
    }

    #[test]
    fn what_is_not_known_is_counted_apart() {
        let grammar = Grammar::default();
        let counted = grammar.look_up("aaaa");
        let mut times: Vec<u32> = counted.unknown.iter().map(|(_, times)| *times).collect();
        times.sort_unstable();
        assert_eq!((counted.grams.len(), times), (0, vec![1, 1, 2]), "_aa aaa aaa aa_");
    }
}
