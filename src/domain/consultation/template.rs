//! Answer templates: what a body answers again and again, with words in braces that stand for what the case is about.

use super::asking::MOST_CHARACTERS;
use crate::domain::wording;
use crate::text::is_unfit;

/// The most characters of a template's name.
pub const MOST_OF_TITLE: usize = 100;
/// The most templates of one body.
pub const MOST_TEMPLATES: usize = 100;

terms! {
    /// A word in braces. The code is what is typed, the label what it stands for.
    Word {
        Collection = "insamling", "insamlingens titel och nummer";
        Agency = "myndighet", "myndighetens namn";
        Number = "nummer", "samrådets nummer";
        WantedOn = "önskat datum", "dagen då myndigheten vill ha svar";
    }
}

terms! {
    /// A part of a template, as the form has it.
    TemplatePart {
        Title = "title", "namn";
        Words = "words", "ord";
    }
}

/// A template that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What it is called.
    pub title: String,
    /// What it says, with words in braces.
    pub words: String,
}

impl Wording {
    /// Reads a template as it was typed.
    ///
    /// # Errors
    /// Everything that is wrong, in Swedish: nothing is said, too much is, or a word in braces stands for nothing.
    pub fn parse(title: &str, words: &str) -> Result<Self, Vec<(TemplatePart, String)>> {
        let (title, words) = (title.trim(), words.trim());
        let mut faults = Vec::new();
        if title.is_empty() {
            faults.push((TemplatePart::Title, "Skriv vad mallen heter.".to_owned()));
        } else if title.contains(is_unfit) {
            faults.push((TemplatePart::Title, "Skriv namnet på en rad, utan styrtecken.".to_owned()));
        } else if title.chars().count() > MOST_OF_TITLE {
            faults.push((TemplatePart::Title, format!("Namnet får ha högst {MOST_OF_TITLE} tecken.")));
        }
        if words.is_empty() {
            faults.push((TemplatePart::Words, "Skriv de ord som mallen ska lägga till.".to_owned()));
        }
        faults.extend(wording::fault(words, MOST_CHARACTERS).map(|fault| (TemplatePart::Words, fault)));
        faults.extend(unknown(words).map(|fault| (TemplatePart::Words, fault)));
        if faults.is_empty() { Ok(Self { title: title.to_owned(), words: words.to_owned() }) } else { Err(faults) }
    }

    /// What it says of a case; `stands_for`: what each word stands for there.
    #[must_use]
    pub fn filled(&self, stands_for: impl Fn(Word) -> String) -> String {
        // piece by piece: what is filled in is never read as a word in braces
        let mut pieces = self.words.split('{');
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            match piece.split_once('}').and_then(|(word, rest)| Word::from_code(word).zip(Some(rest))) {
                Some((word, rest)) => {
                    filled.push_str(&stands_for(word));
                    filled.push_str(rest);
                }
                None => {
                    filled.push('{');
                    filled.push_str(piece);
                }
            }
        }
        filled
    }
}

/// What is wrong with the braces, if anything.
fn unknown(words: &str) -> Option<String> {
    let mut pieces = words.split('{');
    let lead = pieces.next().unwrap_or_default();
    let mut odd = lead.contains('}').then(|| "}".to_owned());
    for piece in pieces {
        let Some((word, rest)) = piece.split_once('}') else {
            odd.get_or_insert_with(|| "{".to_owned());
            continue;
        };
        if Word::from_code(word).is_none() {
            let word: String = word.chars().take(40).collect();
            odd.get_or_insert_with(|| format!("{{{word}}}"));
        }
        if rest.contains('}') {
            odd.get_or_insert_with(|| "}".to_owned());
        }
    }
    let known: Vec<String> = Word::ALL.iter().map(|word| format!("{{{}}}", word.code())).collect();
    odd.map(|odd| format!("”{odd}” betyder inget här. Det som fylls i är {}.", wording::enumerated(&known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_braces_are_filled_in_and_unknown_ones_refused() {
        let said = "{myndighet} vill ha svar om {insamling} senast {önskat datum} ({nummer}).";
        let wording = Wording::parse(" Ingen erinran ", said).expect("a template");
        let filled = wording.filled(|word| match word {
            Word::Collection => "{nummer}".to_owned(),
            Word::Agency => "SCB".to_owned(),
            Word::Number => "S2026-0007".to_owned(),
            Word::WantedOn => "4 december".to_owned(),
        });
        assert_eq!(filled, "SCB vill ha svar om {nummer} senast 4 december (S2026-0007).", "what is filled in is no word in braces");
        for (odd, named) in
            [("{kommun}", "”{kommun}”"), ("a { b", "”{”"), ("a } b", "”}”"), ("{nummer}}", "”}”"), ("{ nummer}", "”{ nummer}”")]
        {
            let faults = Wording::parse("Mall", odd).expect_err(odd);
            assert!(faults.len() == 1 && faults[0].0 == TemplatePart::Words && faults[0].1.contains(named), "{odd}: {faults:?}");
        }
        let parts: Vec<TemplatePart> = Wording::parse("", " ").expect_err("empty").into_iter().map(|(part, _)| part).collect();
        assert_eq!(parts, [TemplatePart::Title, TemplatePart::Words]);
        assert!(Wording::parse("a\nb", "c").is_err() && Wording::parse(&"å".repeat(MOST_OF_TITLE + 1), "c").is_err());
    }
}
