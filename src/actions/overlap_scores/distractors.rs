//! A register that is made larger without making it easier: collections put together from those that no judged query is about.

use std::collections::HashSet;

use crate::intake::planned::{Line, LineItem};

/// Items of each.
const ITEMS: usize = 8;
/// What sets the draws of title, purpose and area of one collection apart.
const DRAWS: [usize; 3] = [7_919, 104_729, 1_299_709];

/// `base` with `many` collections more. Each has the title of one, the purpose of another, the area of a third and the items of eight, of
/// those that no query is said to overlap with. None where there is no such collection.
#[must_use]
pub fn with_distractors(base: &[Line], queries: &[Line], many: usize) -> Vec<Line> {
    let of_item = |item: &String| item.rsplit_once('.').map_or_else(|| item.clone(), |(collection, _)| collection.to_owned());
    let matches = queries.iter().flat_map(|query| query.items.iter().flat_map(|item| &item.matches));
    let targets: HashSet<String> = queries.iter().flat_map(|query| query.duplicates.iter().cloned()).chain(matches.map(of_item)).collect();
    let others: Vec<&Line> = base.iter().filter(|line| !targets.contains(&line.id)).collect();
    let items: Vec<&str> = others.iter().flat_map(|line| line.items.iter().map(|item| item.text.as_str())).collect();
    let mut all = base.to_vec();
    if others.is_empty() || items.is_empty() {
        return all;
    }
    all.extend((1..=many).map(|number| {
        let [title, purpose, area] = DRAWS.map(|draw| others[scattered(number * draw) % others.len()]);
        let id = format!("D{number}");
        let item = |at: usize| LineItem {
            id: format!("{id}.{at}"),
            text: items[scattered(number * ITEMS + at) % items.len()].to_owned(),
            matches: Vec::new(),
        };
        let items = (1..=ITEMS).map(item).collect();
        Line { items, title: title.title.clone(), purpose: purpose.purpose.clone(), area: area.area.clone(), id, ..Line::default() }
    }));
    all
}

/// A number that tells nothing of the one that it comes from, the same at every run (the finaliser of SplitMix64; Steele, Lea and Flood
/// 2014).
fn scattered(number: usize) -> usize {
    let mut mixed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, items: &[&str]) -> Line {
        let item = |(at, text): (usize, &&str)| LineItem { id: format!("{id}.{at}"), text: (*text).to_owned(), matches: Vec::new() };
        Line { id: id.to_owned(), title: format!("Titel {id}"), items: items.iter().enumerate().map(item).collect(), ..Line::default() }
    }

    #[test]
    fn they_come_from_nobodys_target() {
        let base = [line("B1", &["ett"]), line("B2", &["två", "tre"]), line("B3", &["fyra"]), line("B4", &["fem"])];
        let mut query = line("Q1", &["x"]);
        query.duplicates = vec!["B1".to_owned()];
        query.items[0].matches = vec!["B3.0".to_owned()];
        let all = with_distractors(&base, &[query], 200);
        assert_eq!((all.len(), &all[..4]), (204, &base[..]));
        let titles: HashSet<&str> = all[4..].iter().map(|line| line.title.as_str()).collect();
        let items: HashSet<&str> = all[4..].iter().flat_map(|line| line.items.iter().map(|item| item.text.as_str())).collect();
        assert_eq!((titles, items), (HashSet::from(["Titel B2", "Titel B4"]), HashSet::from(["två", "tre", "fem"])));
        let same = Line { duplicates: vec!["B1".to_owned(), "B3".to_owned()], ..line("Q2", &["x"]) };
        assert_eq!(all, with_distractors(&base, &[same], 200), "the same at every run");
    }

    #[test]
    fn where_everything_is_a_target_there_are_none() {
        let base = [line("B1", &["ett"])];
        let mut query = line("Q1", &["x"]);
        query.duplicates = vec!["B1".to_owned()];
        assert_eq!(with_distractors(&base, &[query], 5), base);
    }
}
