//! Reading what people type. Anything at all is a question: there is no syntax that can be wrong, and no way to ask for too much.

use std::collections::VecDeque;
use std::iter;
use std::ops::Range;

use super::analysis::{Word, is_stop_word, words_of_any_length as words};
use super::request::Request;
use super::synonyms::{Named, Synonyms};

/// What one part of the query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// A word, folded, in any form and inside compounds.
    Word(String),
    /// These words after each other, as in quotes.
    Phrase(Vec<String>),
    /// These words after each other because signs join them, as in `SCB-FS`; on their own if they stand nowhere so.
    Joined(Vec<String>),
    /// A collection number as people write it: whole, its beginning, without its zeros (`2026-42`) or without its year (`-0042`).
    Number(String),
    /// A body with several names.
    Body(Named),
}

/// One part of a query; all parts must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// As typed, for telling people about it.
    pub typed: String,
    /// Where it stands in the query, in bytes; several places if it was said more than once.
    pub places: Vec<Range<usize>>,
    pub asked: Asked,
    /// Whether it may go on: the last word while typing.
    pub unfinished: bool,
}

impl Part {
    /// The folded word, if a single one was asked for.
    pub fn word(&self) -> Option<&str> {
        match &self.asked {
            Asked::Word(text) => Some(text),
            Asked::Body(named) => named.word.as_deref(),
            _ => None,
        }
    }

    /// The joined words as parts of their own, given the query that they stand in. None for digits alone: `2018:597` names one thing,
    /// and its numbers on their own are found in things that have nothing to do with it.
    pub fn apart(&self, query: &str) -> Vec<Self> {
        let Asked::Joined(joined) = &self.asked else { return Vec::new() };
        if joined.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
            return Vec::new();
        }
        let found: Vec<Vec<Word>> = self.places.iter().map(|place| words(&query[place.clone()]).collect()).collect();
        let part = |(at, word): (usize, &String)| {
            let place =
                |(whole, words): (&Range<usize>, &Vec<Word>)| words.get(at).map(|word| whole.start + word.start..whole.start + word.end);
            let places: Vec<_> = self.places.iter().zip(&found).filter_map(place).collect();
            let typed = places.first().map_or(word.as_str(), |place| &query[place.clone()]).to_owned();
            Self { typed, places, asked: Asked::Word(word.clone()), unfinished: self.unfinished && at + 1 == joined.len() }
        };
        without_stop_words(without_repeats(joined.iter().enumerate().map(part).collect()))
    }
}

/// Reads a query. No part at all means that nothing searchable was typed.
pub(super) fn read(text: &str, synonyms: &Synonyms) -> Vec<Part> {
    let end = text.char_indices().nth(Request::MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
    let mut parts = Vec::new();
    let mut left = Request::MOST_WORDS;
    for piece in pieces(&text[..end]) {
        read_piece(text, piece, &mut left, &mut parts);
    }
    if let Some(last) = parts.last_mut() {
        last.unfinished = matches!(last.asked, Asked::Word(_) | Asked::Joined(_)) && !text.ends_with(char::is_whitespace);
    }
    without_repeats(without_stop_words(name_bodies(year_and_serial(parts), synonyms)))
}

/// Whether only the beginning of a query is read.
pub(super) fn is_cut(text: &str) -> bool {
    let asked = |piece: Piece| {
        let read = &text[piece.inside];
        let found = words(if piece.quoted { read } else { without_ending(read) }).count();
        if !piece.quoted && number(read).is_some() { 1 } else { found }
    };
    text.chars().nth(Request::MOST_CHARACTERS).is_some() || pieces(text).into_iter().map(asked).sum::<usize>() > Request::MOST_WORDS
}

/// Takes a query of nothing but a year and a serial as a collection number: `2026 42`, `42 2026`.
fn year_and_serial(parts: Vec<Part>) -> Vec<Part> {
    let is_year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && is_digits(word);
    let is_serial = |word: &str| word.len() <= 4 && is_digits(word);
    let [first, second] = parts.as_slice() else { return parts };
    let digits = |part: &Part| match &part.asked {
        Asked::Word(word) => word.clone(),
        Asked::Number(number) => number.trim_start_matches('-').to_owned(),
        _ => String::new(),
    };
    let (a, b) = (digits(first), digits(second));
    let number = if is_year(&a) && is_serial(&b) {
        format!("{a}-{b}")
    } else if is_year(&b) && is_serial(&a) {
        format!("{b}-{a}")
    } else {
        return parts;
    };
    let places = parts.iter().flat_map(|part| &part.places);
    let start = places.clone().map(|place| place.start).min().unwrap_or_default();
    let end = places.map(|place| place.end).max().unwrap_or_default();
    let typed = format!("{} {}", first.typed, second.typed);
    vec![Part { typed, places: iter::once(start..end).collect(), asked: Asked::Number(number), unfinished: false }]
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A query with some of its parts put in other words; an empty one leaves the part out.
pub(super) fn reworded(query: &str, changes: &[(&Part, &str)]) -> String {
    let places = |(part, word): &(&Part, &str)| part.places.iter().map(|place| (place.clone(), (*word).to_owned())).collect::<Vec<_>>();
    let mut changes: Vec<(Range<usize>, String)> = changes.iter().flat_map(places).collect();
    changes.sort_unstable_by_key(|(place, _)| place.start);
    let (mut out, mut at) = (String::new(), 0);
    for (place, word) in changes {
        out.push_str(query.get(at..place.start).unwrap_or_default());
        // what stood around a part that is left out must not become one word
        out.push_str(if word.is_empty() { " " } else { &word });
        at = at.max(place.end);
    }
    out.push_str(query.get(at..).unwrap_or_default());
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Saying a thing twice asks for no more than saying it once.
fn without_repeats(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        if let Some(same) = out.iter_mut().find(|other| other.asked == part.asked) {
            same.places.extend(part.places);
            same.unfinished |= part.unfinished;
        } else {
            out.push(part);
        }
    }
    out
}

/// Leaves stop words out unless they are all there is.
fn without_stop_words(mut parts: Vec<Part>) -> Vec<Part> {
    let is_stop = |part: &Part| matches!(&part.asked, Asked::Word(word) if is_stop_word(word));
    let only_stop_words = parts.iter().all(is_stop);
    parts.retain(|part| only_stop_words || !is_stop(part));
    parts
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// A stretch of the query, in bytes.
struct Piece {
    /// What is read.
    inside: Range<usize>,
    /// The same with its quotes.
    whole: Range<usize>,
    quoted: bool,
}

/// The text between white space, or between quotes. A quote that is never closed is no quote.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut quotes = text.match_indices(is_quote);
    while let Some((open, quote)) = quotes.next() {
        pieces.extend(split_words(text, from..open));
        from = open + quote.len();
        if let Some((close, quote)) = quotes.next() {
            pieces.push(Piece { inside: from..close, whole: open..close + quote.len(), quoted: true });
            from = close + quote.len();
        }
    }
    pieces.extend(split_words(text, from..text.len()));
    pieces
}

fn split_words(text: &str, within: Range<usize>) -> Vec<Piece> {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let mut at = within.start;
    let piece = |piece: &str| {
        let place = at..at + piece.trim_end_matches(is_gap).len();
        at += piece.len();
        Piece { inside: place.clone(), whole: place, quoted: false }
    };
    text[within].split_inclusive(is_gap).map(piece).filter(|piece| !piece.inside.is_empty()).collect()
}

fn read_piece(text: &str, Piece { inside, whole, quoted }: Piece, left: &mut usize, parts: &mut Vec<Part>) {
    let piece = &text[inside.clone()];
    let mut push = |typed: &str, place: Range<usize>, asked: Asked| {
        parts.push(Part { typed: typed.to_owned(), places: vec![place], asked, unfinished: false });
    };
    if !quoted && let Some(number) = number(piece) {
        if *left > 0 {
            *left -= 1;
            push(piece, whole, Asked::Number(number));
        }
        return;
    }
    let read = if quoted { piece } else { without_ending(piece) };
    let found: Vec<Word> = words(read).take(*left).collect();
    *left -= found.len();
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return };
    let from = inside.start;
    // an ending after a colon belongs to the word before it
    let end = |word: &Word| if word.end == read.len() { inside.end } else { from + word.end };
    let (typed, joined) = (&read[first.start..last.end], from + first.start..end(last));
    if quoted || (found.len() > 1 && are_joined(read, &found)) {
        let words = found.into_iter().map(|word| word.text).collect();
        if quoted {
            push(typed, whole, Asked::Phrase(words))
        } else {
            push(typed, joined, Asked::Joined(words))
        }
        return;
    }
    for word in found {
        push(&read[word.start..word.end], from + word.start..end(&word), Asked::Word(word.text));
    }
}

/// `2026-0042`, `2026-` and what lies between, with any dash; `0042` as `-0042`.
fn number(piece: &str) -> Option<String> {
    let piece = piece.trim_matches([',', '.', ';', '(', ')', '#']).replace(['‐', '‑', '–', '−'], "-");
    if piece.len() == 4 && piece.starts_with('0') && is_digits(&piece) {
        return Some(format!("-{piece}"));
    }
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
            let taken: Vec<Part> = rest.drain(..named.length).collect();
            let typed = taken.iter().map(|part| part.typed.as_str()).collect::<Vec<_>>().join(" ");
            let start = taken.iter().flat_map(|part| &part.places).map(|place| place.start).min().unwrap_or_default();
            let end = taken.iter().flat_map(|part| &part.places).map(|place| place.end).max().unwrap_or_default();
            let unfinished = taken.last().is_some_and(|part| part.unfinished);
            out.push(Part { typed, places: iter::once(start..end).collect(), asked: Asked::Body(named), unfinished });
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

    fn group() -> Synonyms {
        Synonyms::new([["MSB", "Myndigheten för civilt försvar"].map(str::to_owned).to_vec()])
    }

    fn asked(text: &str) -> Vec<String> {
        let describe = |part: Part| match part.asked {
            Asked::Word(word) => word,
            Asked::Phrase(words) => format!("<{}>", words.join(" ")),
            Asked::Joined(words) => words.join("+"),
            Asked::Number(number) => format!("#{number}"),
            Asked::Body(named) => format!("@{}", named.also.join(",")),
        };
        read(text, &group()).into_iter().map(describe).collect()
    }

    #[test]
    fn words_phrases_numbers_and_bodies_are_told_apart() {
        assert_eq!(asked("Antal ELEVER"), ["antal", "elever"]);
        assert_eq!(asked("\"antal elever\" skola"), ["<antal elever>", "skola"]);
        assert_eq!(asked("”vård och omsorg”"), ["<vård och omsorg>"]);
        assert_eq!(asked("e-post skola/hem 1982:668"), ["e+post", "skola", "hem", "1982+668"]);
        assert_eq!(asked("2026–0042, 2026- 2026"), ["#2026-0042", "#2026-", "2026"]);
        assert_eq!(asked("0042 2026-42"), ["#-0042", "#2026-42"]);
        assert_eq!(asked("MSB:s enkät"), ["@Myndigheten för civilt försvar", "enkät"]);
        assert_eq!(asked("enkät myndigheten för civilt försvar"), ["enkät", "@MSB"]);
    }

    #[test]
    fn a_year_and_a_serial_alone_are_a_number() {
        for text in ["2026 42", "42 2026", "42, 2026 "] {
            assert_eq!(asked(text), ["#2026-42"], "{text}");
        }
        assert_eq!(asked("2026 0042"), ["#2026-0042"]);
        assert_eq!(asked("vecka 12 2026"), ["vecka", "12", "2026"]);
        assert_eq!(asked("elever 2026"), ["elever", "2026"]);
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
            parts.iter().map(|part| part.unfinished).collect::<Vec<_>>()
        };
        assert_eq!(unfinished("antal elev"), [false, true]);
        assert_eq!(unfinished("antal elev "), [false, false]);
        assert_eq!(unfinished("antal \"elev\""), [false, false]);
    }

    /// The query without its part at `at`.
    fn without(text: &str, at: usize) -> String {
        reworded(text, &[(&read(text, &group())[at], "")])
    }

    #[test]
    fn a_part_is_left_out_where_it_stands() {
        assert_eq!(without("el elever", 0), "elever");
        assert_eq!(without("elever el", 1), "elever");
        assert_eq!(without("2026–0042 bibliotek", 0), "bibliotek");
        assert_eq!(without("enkät myndigheten  för\tcivilt försvar 2026", 1), "enkät 2026");
        assert_eq!(without("skola «vård och omsorg» el", 1), "skola el");
        assert_eq!(without("MSB:s enkät", 0), "enkät");
        assert_eq!(without("el elever EL skola/el", 0), "elever skola/");
        assert_eq!(without("skola xyzzy", 1), "skola");
    }

    #[test]
    fn joined_words_come_apart_where_they_stand() {
        let text = "skola e-tjanst E–tjanst:s";
        let parts = read(text, &group());
        let apart = parts[1].apart(text);
        assert_eq!(apart.iter().map(|part| part.typed.as_str()).collect::<Vec<_>>(), ["e", "tjanst"]);
        assert_eq!(reworded(text, &[(&apart[1], "tjänst")]), "skola e-tjänst E–tjänst:s");
        let (citation, words) = ("1982:668", "antal elever");
        assert!(read(citation, &group())[0].apart(citation).is_empty(), "numbers on their own say nothing");
        assert!(read(words, &group())[0].apart(words).is_empty());
    }

    #[test]
    fn length_is_bounded() {
        assert_eq!(asked(&"ord ".repeat(5_000)), ["ord"]);
        assert_eq!(asked(&(0..200).map(|at| format!("ord{at} ")).collect::<String>()).len(), Request::MOST_WORDS);
        assert_eq!(asked(&format!("\"{}\"", "ord ".repeat(200))).len(), 1);
        assert_eq!(asked(&"å".repeat(10_000)), ["å".repeat(1_000)], "asked for, though no index has it");
        for text in ["ord ", "2026-0042 ", "MSB:s "] {
            assert!(!is_cut(&text.repeat(32)) && is_cut(&text.repeat(33)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "\\PC{0,200}|[\"«» a-z:.\\-0-9åäö\u{0}\n]{0,120}") {
            let parts = read(&text, &Synonyms::default());
            prop_assert!(parts.len() <= Request::MOST_WORDS);
            prop_assert!(parts.iter().all(|part| !part.typed.is_empty()));
            let mut places: Vec<_> = parts.iter().flat_map(|part| part.places.clone()).collect();
            places.sort_unstable_by_key(|place| place.start);
            prop_assert!(places.iter().all(|place| text.get(place.clone()).is_some_and(|typed| !typed.is_empty())));
            prop_assert!(places.windows(2).all(|pair| pair[0].end <= pair[1].start), "{places:?}");
            for part in &parts {
                let _ = reworded(&text, &[(part, "")]);
            }
        }
    }
}
