//! What matched in a text, as data: which pieces to mark and which piece of a long text to show.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::analysis::words;
use super::plan::Alternative;
use super::prepare::Prepared;
use super::request::Segment;
use super::vocabulary::Vocabulary;
use crate::text::shorten;

/// Characters of an excerpt, about two lines.
const EXCERPT: usize = 200;
/// Characters shown before the first match of a long text.
const LEAD: usize = 60;
/// Characters of a title that are shown.
const TITLE: usize = 400;
/// Between two pieces of an excerpt.
const GAP: &str = " … ";

/// The words to mark, in the forms in which they stand in texts.
pub(super) struct Marker {
    /// Word → the parts of the query that it satisfies, one bit each.
    singles: HashMap<String, u32>,
    sequences: Vec<Sequence>,
}

/// Words that are marked only where they stand together.
struct Sequence {
    words: Vec<HashSet<String>>,
    slop: usize,
    part: u32,
}

/// Where a text matches, and which parts of the query.
struct Marks {
    ranges: Vec<Range<usize>>,
    parts: u32,
}

impl Marker {
    /// Prepares to mark what satisfies the parts of a query.
    pub fn new(prepared: &[Prepared], vocabulary: &Vocabulary) -> Self {
        let mut marker = Self { singles: HashMap::new(), sequences: Vec::new() };
        let forms = |stem: &str| vocabulary.forms(stem).map(str::to_owned).collect::<HashSet<_>>();
        for (prepared, at) in prepared.iter().zip(0..u32::BITS) {
            let part = 1 << at;
            // also one that a full vocabulary does not know
            if let Some(word) = prepared.part.word() {
                *marker.singles.entry(word.to_owned()).or_default() |= part;
            }
            for alternative in &prepared.clause.alternatives {
                match alternative {
                    Alternative::Term { stem, .. } => {
                        for form in forms(stem) {
                            *marker.singles.entry(form).or_default() |= part;
                        }
                    }
                    Alternative::Near { stems, slop, .. } => {
                        let words = stems.iter().map(|stem| forms(stem)).collect();
                        marker.sequences.push(Sequence { words, slop: *slop as usize, part });
                    }
                    Alternative::Number { .. } => {}
                }
            }
        }
        marker
    }

    fn marks(&self, text: &str) -> Marks {
        let mut marks = Marks { ranges: Vec::new(), parts: 0 };
        if self.singles.is_empty() && self.sequences.is_empty() {
            return marks;
        }
        let (mut places, mut found) = (Vec::new(), Vec::new());
        for word in words(text) {
            places.push(word.start..word.end);
            found.push(word.text);
        }
        for (word, place) in found.iter().zip(&places) {
            if let Some(parts) = self.singles.get(word) {
                marks.parts |= parts;
                marks.ranges.push(place.clone());
            }
        }
        for sequence in &self.sequences {
            sequence.mark(&found, &places, &mut marks);
        }
        marks.ranges.sort_unstable_by_key(|range| (range.start, range.end));
        marks
    }
}

impl Sequence {
    fn mark(&self, found: &[String], places: &[Range<usize>], marks: &mut Marks) {
        let Some(first) = self.words.first() else { return };
        for (at, _) in found.iter().enumerate().filter(|(_, word)| first.contains(*word)) {
            let Some(members) = self.members(found, at) else { continue };
            marks.parts |= self.part;
            if self.slop == 0 {
                marks.ranges.push(places[at].start..places[at + self.words.len() - 1].end);
            } else {
                marks.ranges.extend(members.into_iter().map(|member| places[member].clone()));
            }
        }
    }

    /// The places of all words of the sequence around its first word.
    fn members(&self, found: &[String], at: usize) -> Option<Vec<usize>> {
        let place = |(offset, word): (usize, &HashSet<String>)| {
            let expected = at + offset;
            let around = expected.saturating_sub(self.slop)..=(expected + self.slop);
            around.into_iter().find(|place| found.get(*place).is_some_and(|found| word.contains(found)))
        };
        self.words.iter().enumerate().map(place).collect()
    }
}

/// A whole text with its matches marked.
pub(super) fn mark_whole(text: &str, marker: &Marker) -> Vec<Segment> {
    let text = shorten(text, TITLE);
    segments(&text, 0..text.len(), &marker.marks(&text).ranges)
}

/// The piece that says most about why a collection was found: an item or a part of the purpose, two of them if the second one shows
/// words that the first does not; the beginning of the purpose where neither matches.
pub(super) fn excerpt(purpose: &str, items: &[&str], marker: &Marker) -> Vec<Segment> {
    let mut pieces: Vec<(&str, Marks)> =
        items.iter().chain([&purpose]).map(|text| (*text, marker.marks(text))).filter(|(_, marks)| marks.parts != 0).collect();
    let mut out = Vec::new();
    let mut shown = 0_u32;
    for _ in 0..2 {
        let news = |marks: &Marks| (marks.parts & !shown).count_ones();
        // the first of the best: items come before the purpose, in the order of the form
        let best = pieces.iter().enumerate().rev().max_by_key(|(_, (_, marks))| news(marks)).map(|(at, _)| at);
        let Some((text, marks)) = best.filter(|at| news(&pieces[*at].1) > 0).map(|at| pieces.remove(at)) else { break };
        shown |= marks.parts;
        if !out.is_empty() {
            out.push(Segment { text: GAP.to_owned(), marked: false });
        }
        out.extend(window(text, &marks.ranges));
    }
    if out.is_empty() && !purpose.is_empty() {
        out.push(Segment { text: shorten(purpose, EXCERPT), marked: false });
    }
    out
}

/// About two lines around the first match, cut between words.
fn window(text: &str, ranges: &[Range<usize>]) -> Vec<Segment> {
    let first = ranges.first().map_or(0, |range| range.start);
    let before = text[..first].char_indices().rev().nth(LEAD).map_or(0, |(at, _)| at);
    let fits = text.char_indices().nth(EXCERPT).is_none();
    let start = if fits || before == 0 { 0 } else { text[before..first].find(' ').map_or(before, |space| before + space + 1) };
    let end = text[start..].char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| start + at);
    let end = if end == text.len() { end } else { text[start..end].rfind(' ').map_or(end, |space| start + space).max(start) };
    let mut out = segments(text, start..end, ranges);
    if start > 0 {
        out.insert(0, Segment { text: "… ".to_owned(), marked: false });
    }
    if end < text.len() {
        out.push(Segment { text: " …".to_owned(), marked: false });
    }
    out
}

/// Cuts a part of a text at the ranges (in order of their starts, perhaps overlapping).
fn segments(text: &str, part: Range<usize>, ranges: &[Range<usize>]) -> Vec<Segment> {
    let mut out = Vec::new();
    let mut at = part.start;
    let mut push = |from: usize, to: usize, marked: bool| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            out.push(Segment { text: text.to_owned(), marked });
        }
    };
    for range in ranges {
        let (start, end) = (range.start.max(at), range.end.min(part.end));
        if start < end {
            push(at, start, false);
            push(start, end, true);
            at = end;
        }
    }
    push(at, part.end, false);
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples::bracketed;
    use super::*;

    fn marker(words: &[&str]) -> Marker {
        let singles = words.iter().zip(0..).map(|(word, at)| ((*word).to_owned(), 1 << at)).collect();
        Marker { singles, sequences: Vec::new() }
    }

    fn phrase(words: &[&str], slop: usize) -> Marker {
        let words = words.iter().map(|word| HashSet::from([(*word).to_owned()])).collect();
        Marker { singles: HashMap::new(), sequences: vec![Sequence { words, slop, part: 1 }] }
    }

    #[test]
    fn words_are_marked_as_written() {
        assert_eq!(bracketed(&mark_whole("Antal ELEVER, elevernas ålder.", &marker(&["elever"]))), "Antal [ELEVER], elevernas ålder.");
        assert_eq!(bracketed(&mark_whole("", &marker(&["elever"]))), "");
    }

    #[test]
    fn phrases_are_marked_only_where_they_stand_together() {
        let marked = mark_whole("vård utan omsorg, vård och omsorg", &phrase(&["vård", "och", "omsorg"], 0));
        assert_eq!(bracketed(&marked), "vård utan omsorg, [vård och omsorg]");
        let apart = mark_whole("elever i stort antal", &phrase(&["antal", "elever"], 5));
        assert_eq!(bracketed(&apart), "[elever] i stort [antal]");
    }

    #[test]
    fn the_excerpt_shows_most_and_then_what_is_missing() {
        let items = ["Antal lärare", "Antal elever", "Elever med frånvaro"];
        let shown = excerpt("Syftet är skolans frånvaro.", &items, &marker(&["antal", "elever", "frånvaro"]));
        assert_eq!(bracketed(&shown), "[Antal] [elever] … [Elever] med [frånvaro]");
        let none = excerpt("Syftet är ett annat.", &items, &marker(&["hamn"]));
        assert_eq!(bracketed(&none), "Syftet är ett annat.");
    }

    #[test]
    fn a_long_text_is_cut_between_words_around_the_match() {
        let text = format!("{}hamnen {}", "åäö ordet ".repeat(40), "sedan följer mer ".repeat(40));
        let shown = bracketed(&excerpt(&text, &[], &marker(&["hamnen"])));
        assert!(shown.starts_with("… ") && shown.ends_with(" …") && shown.contains("[hamnen]"), "{shown}");
        assert!(shown.chars().count() <= EXCERPT + 10, "{shown}");
        let unbroken = "å".repeat(30) + "hamnen" + &"ö".repeat(1_000);
        assert!(bracketed(&excerpt(&unbroken, &[], &marker(&["hamnen"]))).chars().count() <= EXCERPT + 10);
    }
}
