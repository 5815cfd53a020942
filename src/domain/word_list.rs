//! The list of abbreviations and names that mean the same in a search. Administrators edit it; every version is kept.

use std::collections::HashMap;

use crate::text::fold;

/// What separates names that mean the same.
const SEPARATOR: char = '=';
/// What begins a line that is only read by people.
const COMMENT: char = '#';
/// The most lines.
const MOST_LINES: usize = 2_000;
/// The most names on a line.
const MOST_NAMES: usize = 20;
/// The most characters of a name.
const MOST_CHARACTERS: usize = 120;
/// The most faults that are told at once.
const MOST_FAULTS: usize = 20;

/// The list as it is until somebody has saved another: version 0.
pub const FIRST: &str = include_str!("../../static/reference/words.txt");

/// Groups of names that mean the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordList {
    groups: Vec<Vec<String>>,
}

impl WordList {
    /// Reads a list as it was typed: names that mean the same on one line with `=` between, lines that begin with `#` for people alone.
    ///
    /// # Errors
    /// What is wrong, in Swedish, by line: a name alone, empty, without a letter or digit, too long, or on two lines.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(vec!["Tabbar och andra styrtecken går inte att använda.".to_owned()]);
        }
        let mut faults = Vec::new();
        let mut groups = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        if text.lines().count() > MOST_LINES {
            faults.push(format!("Listan får ha högst {MOST_LINES} rader."));
        }
        for (number, line) in (1..).zip(text.lines().take(MOST_LINES)).map(|(number, line)| (number, line.trim())) {
            if line.is_empty() || line.starts_with(COMMENT) {
                continue;
            }
            let names: Vec<&str> = line.split(SEPARATOR).map(str::trim).collect();
            match fault(&names, number, &mut seen) {
                Some(fault) => faults.push(format!("Rad {number}: {fault}")),
                None => groups.push(names.into_iter().map(str::to_owned).collect()),
            }
        }
        faults.truncate(MOST_FAULTS);
        if faults.is_empty() { Ok(Self { groups }) } else { Err(faults) }
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[Vec<String>] {
        &self.groups
    }

    /// What this list has that `earlier` has not: the groups, each as a line.
    #[must_use]
    pub fn added_to(&self, earlier: &Self) -> Vec<String> {
        let line = |group: &Vec<String>| group.join(" = ");
        self.groups.iter().filter(|group| !earlier.groups.contains(group)).map(line).collect()
    }
}

fn fault(names: &[&str], number: usize, seen: &mut HashMap<String, usize>) -> Option<String> {
    if names.len() < 2 {
        return Some("skriv minst två namn med likhetstecken mellan, till exempel ”SoL = socialtjänstlagen”.".to_owned());
    }
    if names.len() > MOST_NAMES {
        return Some(format!("skriv högst {MOST_NAMES} namn på en rad."));
    }
    for name in names {
        if !name.chars().any(char::is_alphanumeric) {
            return Some("ett namn saknas bredvid ett likhetstecken.".to_owned());
        }
        if name.chars().count() > MOST_CHARACTERS {
            return Some(format!("ett namn får ha högst {MOST_CHARACTERS} tecken."));
        }
        match seen.insert(fold(name), number) {
            Some(earlier) if earlier == number => return Some(format!("”{name}” står två gånger.")),
            Some(earlier) => return Some(format!("”{name}” står redan på rad {earlier}. Skriv alla namn på samma rad.")),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_list_can_be_read() {
        let list = WordList::parse(FIRST).expect("a list");
        assert!(list.groups().iter().any(|group| group[..2] == ["SKR", "SKL"]));
        assert!(list.groups().len() > 10);
    }

    #[test]
    fn faults_are_told_by_line() {
        let faults = WordList::parse("# lagar\nSoL = socialtjänstlagen\n\nLSS\nHSL = \nx = sol\nå = å\n").expect_err("faults");
        let starts: Vec<&str> = faults.iter().map(|fault| &fault[..6]).collect();
        assert_eq!(starts, ["Rad 4:", "Rad 5:", "Rad 6:", "Rad 7:"], "{faults:?}");
        assert!(faults[2].contains("”sol” står redan på rad 2"), "{faults:?}");
        assert!(WordList::parse(&format!("a = {}", "b".repeat(121))).is_err());
        assert!(WordList::parse(&"# rad\n".repeat(2_001)).is_err());
        assert!(WordList::parse("# a\u{0}b").is_err());
        assert_eq!(WordList::parse(" \n# inget\n"), Ok(WordList::default()));
    }

    #[test]
    fn what_differs_between_two_lists_is_told() {
        let (old, new) = (WordList::parse("a = b\nc = d").expect("a list"), WordList::parse("c = d\na = b = e").expect("a list"));
        assert_eq!((new.added_to(&old), old.added_to(&new)), (vec!["a = b = e".to_owned()], vec!["a = b".to_owned()]));
    }
}
