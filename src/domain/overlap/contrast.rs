//! Two texts side by side: which words only one of them has.

use std::collections::HashSet;

use crate::text;

/// A run of a text, and whether the other text lacks its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The words as they stand, with what stands between them.
    pub words: String,
    /// Whether only this text has them.
    pub differs: bool,
}

/// `a` in runs, marked against `b`. Case is no difference, and neither is what stands between words. The runs joined are `a`.
#[must_use]
pub fn contrast(a: &str, b: &str) -> Vec<Run> {
    let held: HashSet<String> = words(b).filter(|word| is_word(word)).map(text::fold).collect();
    let mut runs: Vec<Run> = Vec::new();
    for word in words(a) {
        let differs = if is_word(word) { !held.contains(&text::fold(word)) } else { runs.last().is_some_and(|run| run.differs) };
        match runs.last_mut() {
            Some(run) if run.differs == differs => run.words.push_str(word),
            _ => runs.push(Run { words: word.to_owned(), differs }),
        }
    }
    runs
}

fn is_word(word: &str) -> bool {
    word.starts_with(char::is_alphanumeric)
}

/// The words of a text and what stands between them, in order.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let kind = rest.chars().next()?.is_alphanumeric();
        let end = rest.find(|letter: char| letter.is_alphanumeric() != kind).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(a: &str, b: &str) -> String {
        contrast(a, b).iter().map(|run| if run.differs { format!("[{}]", run.words) } else { run.words.clone() }).collect()
    }

    #[test]
    fn only_the_words_of_one_side_are_marked() {
        assert_eq!(marked("Antal elever i grundskolan", "antal elever i gymnasieskolan"), "Antal elever i [grundskolan]");
        assert_eq!(marked("Kostnad, brutto", "kostnad netto"), "Kostnad, [brutto]");
        assert_eq!(marked("lån och besök", "Besök"), "[lån och ]besök");
        assert_eq!(marked("", "a"), "");
        assert_eq!(marked("… !", ""), "… !");
        assert_eq!(marked("Ålder", "ALDER"), "[Ålder]");
    }
}
