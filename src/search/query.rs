//! Reading what people type. Anything at all is a question: there is no syntax that can be wrong, and no way to ask for too much.

use std::collections::VecDeque;

use super::analysis::{Word, is_stop_word, words};
use super::synonyms::{Named, Synonyms};

/// More characters than this are not read.
const MOST_CHARACTERS: usize = 1_000;
/// More words than this are not sought.
const MOST_WORDS: usize = 32;

/// What one part of the query asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A word, in any form and inside compounds.
    Word {
        /// Folded.
        text: String,
        /// Whether it may go on: the last word while typing.
        unfinished: bool,
    },
    /// These words after each other, as in quotes or in `SCB-FS`.
    Phrase(Vec<String>),
    /// A collection number or the beginning of one.
    Number(String),
    /// A body with several names.
    Body(Named),
}

/// One part of a query; all parts must match.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// As typed, for telling people about it.
    pub typed: String,
    pub asked: Asked,
}

impl Part {
    /// The folded word, if that is what was asked for.
    pub fn word(&self) -> Option<&str> {
        match &self.asked {
            Asked::Word { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// Reads a query. No part at all means that nothing searchable was typed.
pub(super) fn read(text: &str, synonyms: &Synonyms) -> Vec<Part> {
    let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
    let mut parts = Vec::new();
    let mut left = MOST_WORDS;
    for (piece, quoted) in pieces(&text[..end]) {
        read_piece(piece, quoted, &mut left, &mut parts);
    }
    if let Some(Part { asked: Asked::Word { unfinished, .. }, .. }) = parts.last_mut() {
        *unfinished = !text.ends_with(char::is_whitespace);
    }
    let mut parts = name_bodies(parts, synonyms);
    let only_stop_words = parts.iter().all(is_stop);
    parts.retain(|part| only_stop_words || !is_stop(part));
    without_repeats(parts)
}

/// Saying a thing twice asks for no more than saying it once.
fn without_repeats(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        let same = |other: &Part| match (part.word(), other.word()) {
            (Some(word), Some(other)) => word == other,
            _ => part.asked == other.asked,
        };
        if !out.iter().any(same) {
            out.push(part);
        }
    }
    out
}

fn is_stop(part: &Part) -> bool {
    part.word().is_some_and(is_stop_word)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// The text between white space, or between quotes. A quote that is never closed is no quote.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(is_quote) {
        let width = rest[open..].chars().next().map_or(0, char::len_utf8);
        let inside = &rest[open + width..];
        pieces.extend(split_words(&rest[..open]));
        rest = match inside.find(is_quote) {
            Some(close) => {
                pieces.push((&inside[..close], true));
                let width = inside[close..].chars().next().map_or(0, char::len_utf8);
                &inside[close + width..]
            }
            None => inside,
        };
    }
    pieces.extend(split_words(rest));
    pieces
}

fn split_words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|piece| !piece.is_empty()).map(|piece| (piece, false))
}

fn read_piece(piece: &str, quoted: bool, left: &mut usize, parts: &mut Vec<Part>) {
    if !quoted && let Some(number) = number(piece) {
        if *left > 0 {
            *left -= 1;
            parts.push(Part { typed: number.clone(), asked: Asked::Number(number) });
        }
        return;
    }
    let piece = if quoted { piece } else { without_ending(piece) };
    let found: Vec<Word> = words(piece).take(*left).collect();
    *left -= found.len();
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return };
    if quoted || (found.len() > 1 && are_joined(piece, &found)) {
        let typed = piece[first.start..last.end].to_owned();
        parts.push(Part { typed, asked: Asked::Phrase(found.into_iter().map(|word| word.text).collect()) });
        return;
    }
    parts.extend(found.into_iter().map(|word| {
        let typed = piece[word.start..word.end].to_owned();
        Part { typed, asked: Asked::Word { text: word.text, unfinished: false } }
    }));
}

/// `2026-0042`, `2026-` and what lies between, with any dash.
fn number(piece: &str) -> Option<String> {
    let piece = piece.trim_matches([',', '.', ';', '(', ')', '#']).replace(['‐', '‑', '–', '−'], "-");
    let (year, serial) = piece.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (year.len() == 4 && digits(year) && serial.len() <= 7 && digits(serial)).then_some(piece)
}

/// Abbreviations take their endings after a colon: `MSB:s`, `SKR:en`.
fn without_ending(piece: &str) -> &str {
    match piece.rsplit_once(':') {
        Some((stem, "s" | "S" | "n" | "en" | "et" | "t" | "ar" | "er" | "are" | "ens" | "ets")) if !stem.is_empty() => stem,
        _ => piece,
    }
}

/// Whether nothing but joining signs stands between the words: `e-post`, `1982:668`, but not `skola/hem`.
fn are_joined(piece: &str, found: &[Word]) -> bool {
    found.windows(2).all(|pair| piece[pair[0].end..pair[1].start].chars().all(|c| "-‐‑–:.&'’_@".contains(c)))
}

/// Puts the words of a body's name together as one part.
fn name_bodies(parts: Vec<Part>, synonyms: &Synonyms) -> Vec<Part> {
    let mut out = Vec::with_capacity(parts.len());
    let mut rest = VecDeque::from(parts);
    while !rest.is_empty() {
        let ahead: Vec<&str> = rest.iter().map_while(Part::word).collect();
        if let Some(named) = synonyms.named(&ahead) {
            let typed: Vec<String> = rest.drain(..named.length).map(|part| part.typed).collect();
            out.push(Part { typed: typed.join(" "), asked: Asked::Body(named) });
        } else {
            out.extend(rest.pop_front());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(text: &str) -> Vec<String> {
        let group = ["MSB", "Myndigheten för civilt försvar"].map(str::to_owned).to_vec();
        let describe = |part: Part| match part.asked {
            Asked::Word { text, .. } => text,
            Asked::Phrase(words) => format!("<{}>", words.join(" ")),
            Asked::Number(number) => format!("#{number}"),
            Asked::Body(named) => format!("@{}", named.also.join(",")),
        };
        read(text, &Synonyms::new([group])).into_iter().map(describe).collect()
    }

    #[test]
    fn words_phrases_numbers_and_bodies_are_told_apart() {
        assert_eq!(asked("Antal ELEVER"), ["antal", "elever"]);
        assert_eq!(asked("\"antal elever\" skola"), ["<antal elever>", "skola"]);
        assert_eq!(asked("”vård och omsorg”"), ["<vård och omsorg>"]);
        assert_eq!(asked("e-post skola/hem 1982:668"), ["<e post>", "skola", "hem", "<1982 668>"]);
        assert_eq!(asked("2026–0042, 2026- 2026"), ["#2026-0042", "#2026-", "2026"]);
        assert_eq!(asked("MSB:s enkät"), ["@Myndigheten för civilt försvar", "enkät"]);
        assert_eq!(asked("enkät myndigheten för civilt försvar"), ["enkät", "@MSB"]);
    }

    #[test]
    fn stop_words_give_way_unless_they_are_all_there_is() {
        assert_eq!(asked("måltider i skolan"), ["måltider", "skolan"]);
        assert_eq!(asked("och att"), ["och", "att"]);
    }

    #[test]
    fn what_is_no_word_is_nothing() {
        for text in ["", "  ", "\"", "\"\"", "🎉", "\0\u{1}", "+-&&||!(){}[]^~*?:\\/", "«»"] {
            assert_eq!(asked(text), [""; 0], "{text:?}");
        }
        assert_eq!(asked("title:(elev* AND [a TO b])"), ["title", "elev", "and", "a", "to", "b"]);
        assert_eq!(asked("\"aldrig stängt"), ["aldrig", "stängt"]);
    }

    #[test]
    fn only_the_last_word_is_unfinished_and_only_while_typing() {
        let unfinished = |text: &str| {
            let parts = read(text, &Synonyms::default());
            parts.iter().map(|part| matches!(part.asked, Asked::Word { unfinished: true, .. })).collect::<Vec<_>>()
        };
        assert_eq!(unfinished("antal elev"), [false, true]);
        assert_eq!(unfinished("antal elev "), [false, false]);
    }

    #[test]
    fn length_is_bounded() {
        assert_eq!(asked(&"ord ".repeat(5_000)), ["ord"]);
        assert_eq!(asked(&(0..200).map(|at| format!("ord{at} ")).collect::<String>()).len(), MOST_WORDS);
        assert_eq!(asked(&format!("\"{}\"", "ord ".repeat(200))).len(), 1);
        assert!(asked(&"å".repeat(10_000)).is_empty(), "a word of 1 000 letters is noise");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "\\PC{0,200}|[\"«» a-z:.\\-0-9åäö\u{0}\n]{0,120}") {
            let parts = read(&text, &Synonyms::default());
            prop_assert!(parts.len() <= MOST_WORDS);
            prop_assert!(parts.iter().all(|part| !part.typed.is_empty()));
        }
    }
}
