//! Bodies that go by several names: abbreviations, and the names of before a merger or a renaming.

use std::collections::HashMap;

use super::analysis::{stem, words};

/// Groups of names that mean the same body, for instance MSB, MCF and both full names.
#[derive(Debug, Default)]
pub struct Synonyms {
    groups: Vec<Vec<Name>>,
    /// The names that begin with a word: (group, name), longest first.
    by_first_word: HashMap<String, Vec<(usize, usize)>>,
}

#[derive(Debug)]
struct Name {
    text: String,
    words: Vec<String>,
    stems: Vec<String>,
}

/// A name found in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// How many words of the query it takes.
    pub length: usize,
    /// The word itself, where it is a single one: `polis` is also an ordinary word.
    pub word: Option<String>,
    /// The body's other names.
    pub also: Vec<String>,
    /// The stems of every name, the found one too.
    pub stems: Vec<Vec<String>>,
}

impl Synonyms {
    /// Takes groups of names. Names without a word, repeated names and groups of one are left out.
    #[must_use]
    pub fn new(groups: impl IntoIterator<Item = Vec<String>>) -> Self {
        let mut this = Self::default();
        for group in groups {
            let mut names: Vec<Name> = Vec::new();
            for text in group {
                let of_name: Vec<String> = words(&text).map(|word| word.text).collect();
                if !of_name.is_empty() && names.iter().all(|name| name.words != of_name) {
                    names.push(Name { text, stems: of_name.iter().map(|word| stem(word)).collect(), words: of_name });
                }
            }
            if names.len() > 1 {
                this.groups.push(names);
            }
        }
        for (group, names) in this.groups.iter().enumerate() {
            for (name, Name { words, .. }) in names.iter().enumerate() {
                this.by_first_word.entry(words[0].clone()).or_default().push((group, name));
            }
        }
        for places in this.by_first_word.values_mut() {
            places.sort_by_key(|(group, name)| std::cmp::Reverse(this.groups[*group][*name].words.len()));
        }
        this
    }

    /// The longest name that the query's words begin with. Two bodies may share a name: then both are meant.
    pub(super) fn named(&self, query: &[&str]) -> Option<Named> {
        let places = self.by_first_word.get(*query.first()?)?;
        let begins = |name: &Name| query.len() >= name.words.len() && name.words.iter().zip(query).all(|(a, b)| a == b);
        let found: Vec<_> = places.iter().filter(|(group, name)| begins(&self.groups[*group][*name])).collect();
        let (group, name) = found.first()?;
        let length = self.groups[*group][*name].words.len();
        let word = (length == 1).then(|| (*query[0]).to_owned());
        let mut named = Named { length, word, also: Vec::new(), stems: Vec::new() };
        for (group, found) in found.into_iter().filter(|(group, name)| self.groups[*group][*name].words.len() == length) {
            for (at, name) in self.groups[*group].iter().enumerate() {
                named.stems.push(name.stems.clone());
                if at != *found {
                    named.also.push(name.text.clone());
                }
            }
        }
        Some(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn synonyms() -> Synonyms {
        let group = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Synonyms::new([
            group(&["MSB", "MCF", "Myndigheten för samhällsskydd och beredskap", "Myndigheten för civilt försvar", "msb"]),
            group(&["SKR", "SKL", "Sveriges Kommuner och Regioner"]),
            group(&["Skolverket", "!"]),
        ])
    }

    #[test]
    fn every_name_of_a_body_leads_to_the_others() {
        let named = synonyms().named(&["msb", "enkät"]).expect("a body");
        assert_eq!((named.length, named.word.as_deref()), (1, Some("msb")));
        assert_eq!(named.also, ["MCF", "Myndigheten för samhällsskydd och beredskap", "Myndigheten för civilt försvar"]);
        let long = ["myndigheten", "för", "civilt", "försvar"];
        assert_eq!(synonyms().named(&long).map(|named| (named.length, named.word, named.also.len())), Some((4, None, 3)));
    }

    #[test]
    fn half_a_name_and_a_lone_name_are_ordinary_words() {
        assert_eq!(synonyms().named(&["myndigheten", "för", "civilt"]), None);
        assert_eq!(synonyms().named(&["skolverket"]), None);
        assert_eq!(synonyms().named(&[]), None);
    }
}
