//! From a part of the query to the terms that would satisfy it, and how good each is.

use super::analysis::stem;
use super::query::{Asked, Part};
use super::vocabulary::{Vocabulary, WordId};

/// How much a find counts, by how it was reached.
mod quality {
    pub const EXACT: f32 = 1.0;
    pub const BODY: f32 = 0.9;
    pub const CORRECTED: f32 = 0.8;
    pub const BEGINNING: f32 = 0.5;
    /// «antal elever» for «elevantal».
    pub const TAKEN_APART: f32 = 0.5;
    /// «elevantal» for «elever»: below an exact find in any field but the least.
    pub const COMPOUND: f32 = 0.3;
    /// A number that begins so, and the very number: before everything else.
    pub const NUMBER_BEGINNING: f32 = 100.0;
    pub const NUMBER: f32 = 10_000.0;
}

/// Compounds of one word that are sought; the most frequent ones.
const MOST_COMPOUNDS: usize = 80;
/// Ways of taking a word apart that are sought.
const MOST_SPLITS: usize = 4;
/// Letters of the shortest part and the shortest unfinished word that are filled out.
const SHORTEST_BEGINNING: usize = 3;
/// Letters of the shortest word in which a typing error is forgiven.
const SHORTEST_CORRECTED: usize = 5;
/// Words that stand in for one that does not exist.
pub(super) const MOST_REPLACEMENTS: usize = 20;
/// How far apart the parts of a compound may stand: «antalet behöriga elever».
const SPLIT_SLOP: u32 = 5;

/// One way to satisfy a part of the query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alternative {
    /// A stem.
    Term { stem: String, quality: f32 },
    /// Stems that stand together, in any order if there is slop.
    Near { stems: Vec<String>, slop: u32, quality: f32 },
    /// A term of the number field.
    Number { prefix: String, quality: f32 },
}

/// A part of the query made ready: any of the alternatives satisfies it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Clause {
    pub alternatives: Vec<Alternative>,
}

fn term(stem: &str, quality: f32) -> Alternative {
    Alternative::Term { stem: stem.to_owned(), quality }
}

/// Stems after each other; a single one is just a term.
fn sequence(stems: Vec<String>, slop: u32, quality: f32) -> Alternative {
    match <[String; 1]>::try_from(stems) {
        Ok([stem]) => Alternative::Term { stem, quality },
        Err(stems) => Alternative::Near { stems, slop, quality },
    }
}

impl Clause {
    /// What a part of the query asks for, taken at its word.
    pub fn of(part: &Part, vocabulary: &Vocabulary) -> Self {
        let mut alternatives = Vec::new();
        match &part.asked {
            Asked::Word(word) => add_word(word, vocabulary, &mut alternatives),
            Asked::Phrase(words) | Asked::Joined(words) => {
                alternatives.push(sequence(words.iter().map(|word| stem(word)).collect(), 0, quality::EXACT));
            }
            Asked::Number(number) => add_number(number, &mut alternatives),
            Asked::Body(named) => {
                if let Some(word) = &named.word {
                    add_word(word, vocabulary, &mut alternatives);
                }
                alternatives.extend(named.stems.iter().map(|stems| sequence(stems.clone(), 0, quality::BODY)));
            }
        }
        Self { alternatives }
    }

    /// The stem that stands for a part of one word: the word itself, or what it was corrected to.
    pub fn leading_stem(&self) -> Option<&str> {
        match self.alternatives.first() {
            Some(Alternative::Term { stem, .. }) => Some(stem),
            _ => None,
        }
    }

    /// The parts of a compound, each on its own, for when they stand nowhere together.
    pub fn apart(part: &Part, vocabulary: &Vocabulary) -> Vec<Self> {
        let Some(word) = part.word() else { return Vec::new() };
        let parts = vocabulary.splits(word, &stem(word)).into_iter().next().unwrap_or_default();
        let clause = |stem| {
            let mut alternatives = Vec::new();
            add_stem(vocabulary.stem_text(stem), quality::TAKEN_APART, vocabulary, &mut alternatives);
            Self { alternatives }
        };
        parts.into_iter().map(clause).collect()
    }

    /// The given words in place of one that matched nothing.
    pub fn replaced(words: &[WordId], corrected: bool, vocabulary: &Vocabulary) -> Self {
        let quality = if corrected { quality::CORRECTED } else { quality::BEGINNING };
        let mut stems: Vec<String> = Vec::new();
        for stem in words.iter().map(|word| stem(vocabulary.text(*word))) {
            if !stems.contains(&stem) {
                stems.push(stem);
            }
        }
        let mut alternatives = Vec::new();
        for (stem, at) in stems.iter().zip(0..) {
            // only the likeliest word stands in with its compounds as well
            if at == 0 && corrected {
                add_stem(stem, quality, vocabulary, &mut alternatives);
            } else {
                alternatives.push(term(stem, quality));
            }
        }
        Self { alternatives }
    }
}

/// A word in all its forms, inside compounds, and taken apart if it is one itself.
fn add_word(word: &str, vocabulary: &Vocabulary, alternatives: &mut Vec<Alternative>) {
    let stem = stem(word);
    add_stem(&stem, quality::EXACT, vocabulary, alternatives);
    for parts in vocabulary.splits(word, &stem).into_iter().take(MOST_SPLITS) {
        let stems = parts.into_iter().map(|part| vocabulary.stem_text(part).to_owned()).collect();
        alternatives.push(Alternative::Near { stems, slop: SPLIT_SLOP, quality: quality::TAKEN_APART });
    }
}

fn add_stem(stem: &str, quality: f32, vocabulary: &Vocabulary, alternatives: &mut Vec<Alternative>) {
    // sought in any case: the vocabulary may be full, and then it does not hold every word that the index holds
    alternatives.push(term(stem, quality));
    let Some(id) = vocabulary.stem_id(stem) else { return };
    let compounds = vocabulary.compounds(id).iter().take(MOST_COMPOUNDS);
    alternatives.extend(compounds.map(|compound| term(vocabulary.stem_text(*compound), quality * quality::COMPOUND)));
}

fn add_number(number: &str, alternatives: &mut Vec<Alternative>) {
    let whole = number.len() >= "2026-0001".len();
    let quality = if whole { quality::NUMBER } else { quality::NUMBER_BEGINNING };
    alternatives.push(Alternative::Number { prefix: number.to_owned(), quality });
    if let Some((year, serial)) = number.split_once('-').filter(|(year, serial)| !whole && !year.is_empty() && !serial.is_empty()) {
        // the zeros are easily left out
        alternatives.push(Alternative::Number { prefix: format!("{year}-{serial:0>4}"), quality: quality::NUMBER });
    }
    // years look the same: «2025-2026»
    let words = number.split('-').filter(|part| !part.is_empty()).map(stem).collect();
    alternatives.push(sequence(words, 0, quality::EXACT));
}

/// The beginning of a word that may still be going on and can be filled out.
pub(super) fn beginning(part: &Part) -> Option<&str> {
    part.word().filter(|word| part.unfinished && word.chars().count() >= SHORTEST_BEGINNING)
}

/// A word that is long enough to be forgiven a typing error.
pub(super) fn correctable(part: &Part) -> Option<&str> {
    let letters = |word: &&str| word.chars().count() >= SHORTEST_CORRECTED && word.chars().all(char::is_alphabetic);
    part.word().filter(letters)
}
