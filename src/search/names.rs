//! What the codes that a search counts are called, kept in memory because every list names a hundred of them.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::request::Facet;
use crate::text::swedish_sort_key;

/// The names of organisations and subject areas by code, as the database had them when the sync last looked.
#[derive(Debug, Default)]
pub struct Names {
    organisations: HashMap<String, Named>,
    areas: HashMap<String, Named>,
}

#[derive(Debug)]
struct Named {
    name: String,
    sort_key: Vec<u8>,
}

impl Names {
    /// Takes codes with their names.
    #[must_use]
    pub fn new(organisations: impl IntoIterator<Item = (String, String)>, areas: impl IntoIterator<Item = (String, String)>) -> Self {
        let named = |(code, name): (String, String)| (code, Named { sort_key: swedish_sort_key(&name), name });
        Self { organisations: organisations.into_iter().map(named).collect(), areas: areas.into_iter().map(named).collect() }
    }

    fn named(&self, facet: Facet, code: &str) -> Option<&Named> {
        match facet {
            Facet::Agency => self.organisations.get(code),
            Facet::Area => self.areas.get(code),
            _ => None,
        }
    }

    /// What an agency or area is called; nothing for an unknown code and for other facets.
    #[must_use]
    pub fn of(&self, facet: Facet, code: &str) -> Option<&str> {
        self.named(facet, code).map(|named| named.name.as_str())
    }

    /// The Swedish order of two codes by their names; unknown ones by their code.
    #[must_use]
    pub fn order(&self, facet: Facet, a: &str, b: &str) -> Ordering {
        match (self.named(facet, a), self.named(facet, b)) {
            (Some(a), Some(b)) => a.sort_key.cmp(&b.sort_key),
            (known_a, known_b) => known_b.is_some().cmp(&known_a.is_some()).then_with(|| a.cmp(b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_named_and_ordered_as_swedish_readers_expect() {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect::<Vec<_>>();
        let names = Names::new(pairs(&[("1", "Örebro"), ("2", "Ale")]), pairs(&[("avfall", "Avfall")]));
        assert_eq!((names.of(Facet::Agency, "1"), names.of(Facet::Area, "avfall")), (Some("Örebro"), Some("Avfall")));
        assert_eq!((names.of(Facet::Agency, "avfall"), names.of(Facet::Status, "1")), (None, None));
        let mut codes = ["1", "x", "2"];
        codes.sort_by(|a, b| names.order(Facet::Agency, a, b));
        assert_eq!(codes, ["2", "1", "x"]);
    }
}
