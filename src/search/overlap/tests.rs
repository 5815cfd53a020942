//! The finder as its callers see it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Finder, Known, Record};
use crate::domain::overlap::{Planned, Tier};

/// Whatever day it is.
const TODAY: NaiveDate = NaiveDate::MAX;

fn record(number: u64, title: &str, items: &[&str]) -> Record {
    Record {
        id: Uuid::from_u64_pair(0, number),
        stamp: 1,
        title: title.to_owned(),
        purpose: String::new(),
        area: Some("Utbildning".to_owned()),
        items: items.iter().map(|item| (*item).to_owned()).collect(),
        open_from: 0,
    }
}

fn register() -> Vec<Record> {
    vec![
        record(1, "Elever i grundskolan", &["Antal elever per årskurs", "Elever med modersmålsundervisning", "Frånvaro per termin"]),
        record(2, "Skolmåltider", &["Kostnad för skolmåltider", "Andel ekologiska livsmedel"]),
        record(3, "Vattenverk", &["Råvattenkvalitet", "Anslutna personer"]),
        record(4, "Bibliotek", &["Fysiska lån", "Besök i bibliotekets lokaler"]),
    ]
}

fn planned(title: &str, items: &[&str]) -> Planned {
    Planned { title: title.to_owned(), items: items.iter().map(|item| (*item).to_owned()).collect(), ..Planned::default() }
}

fn everything(_: Known) -> bool {
    true
}

fn number(id: Uuid) -> u64 {
    id.as_u64_pair().1
}

#[test]
fn other_words_for_the_same_are_found() {
    let finder = Finder::of(&register(), TODAY);
    let found = finder.find(&planned("Elevantal i grundskolor", &["Elevantal i varje årskurs", "Modersmålsundervisning"]), 5, everything);
    assert_eq!(found.len(), 4, "the best whatever their score");
    assert_eq!(number(found[0].id), 1);
    assert_eq!(found[0].judgement.items.iter().map(|row| row[0].item).collect::<Vec<_>>(), [0, 1]);
    assert!(found.windows(2).all(|pair| pair[0].judgement.probability >= pair[1].judgement.probability));
}

#[test]
fn the_same_collection_is_flagged_and_can_be_left_out() {
    let register = register();
    let finder = Finder::of(&register, TODAY);
    let same = Planned {
        title: register[1].title.clone(),
        items: register[1].items.clone(),
        area: register[1].area.clone(),
        ..Planned::default()
    };
    let found = finder.find(&same, 1, everything);
    assert_eq!((number(found[0].id), found[0].judgement.tier), (2, Tier::Flagged));
    assert!(found[0].likeness.whole > 0.999 && found[0].likeness.same_area);
    let others = finder.find(&same, 5, |known| known.id != register[1].id);
    assert_eq!(others.len(), 3);
    assert!(others.iter().all(|other| number(other.id) != 2 && other.judgement.tier != Tier::Flagged));
}

#[test]
fn a_title_alone_finds_what_is_worded_like_it() {
    let finder = Finder::of(&register(), TODAY);
    let found = finder.find(&planned("Kostnader för skolmåltiderna", &[]), 1, everything);
    assert_eq!((number(found[0].id), found[0].judgement.items.len()), (2, 0));
    assert!(found[0].judgement.tier > Tier::Unlike, "{:?}", found[0]);
}

#[test]
fn changes_are_followed() {
    let register = register();
    let finder = Finder::of(&register[..3], TODAY);
    let loans = planned("Bibliotekslån", &["Fysiska lån"]);
    assert!(finder.find(&loans, 5, everything).iter().all(|found| number(found.id) != 4));
    finder.update(&register[3..], &[], TODAY);
    assert_eq!(number(finder.find(&loans, 5, everything)[0].id), 4);
    let changed = Record { stamp: 2, ..record(4, "Badhus", &["Besök i badhus"]) };
    finder.update(&[changed], &[register[0].id], TODAY);
    assert_eq!(finder.len(), 3);
    let found = finder.find(&loans, 5, everything);
    assert!(found.iter().all(|found| number(found.id) != 1));
    assert_eq!(number(finder.find(&planned("", &["Besök i badhus"]), 1, everything)[0].id), 4);
    let anew = Finder::of(&[register[1].clone(), register[2].clone(), record(4, "Badhus", &["Besök i badhus"])], TODAY);
    for (one, other) in finder.find(&loans, 3, everything).iter().zip(anew.find(&loans, 3, everything)) {
        assert_eq!((one.id, one.judgement.tier), (other.id, other.judgement.tier), "the way there does not matter");
        assert!((one.likeness.whole - other.likeness.whole).abs() < 1e-5, "{} {}", one.likeness.whole, other.likeness.whole);
    }
}

#[test]
fn bad_input_gets_sensible_answers() {
    let finder = Finder::of(&register(), TODAY);
    let long = "Syftet är att följa upp skolmåltider i hela landet. ".repeat(1000);
    let many: Vec<String> = (0..300).map(|at| format!("Uppgift {at} om elever")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let queries = [
        Planned::default(),
        planned("", &[]),
        planned("och i att det", &["och", "i"]),
        planned("x", &["y", "z", ""]),
        planned("🎉\0\u{301}", &["\u{202e}"]),
        planned("Annual survey of pupils", &["Number of pupils by grade"]),
        Planned { purpose: long, ..planned("Måltider", &["Kostnad"]) },
        planned("Enkät", &many),
    ];
    for query in queries {
        let found = finder.find(&query, 5, everything);
        assert_eq!(found.len(), 4);
        for overlap in &found {
            assert!(overlap.judgement.probability.is_finite());
            assert_eq!(overlap.judgement.items.len(), query.items.len());
            assert!(overlap.judgement.items.iter().flatten().all(|item| (0.0..=1.0).contains(&item.score)));
        }
    }
    for nothing in [Planned::default(), planned("och i att det", &["och", "i"])] {
        assert!(finder.find(&nothing, 5, everything).iter().all(|found| found.judgement.tier == Tier::Unlike));
    }
    assert!(Finder::default().find(&planned("Elever", &["Elever"]), 5, everything).is_empty());
    let empty = Finder::of(&[record(1, "", &[]), record(2, "", &[""])], TODAY);
    assert_eq!(empty.find(&planned("Elever", &["Elever"]), 5, everything).len(), 2);
}

#[test]
fn scores_do_not_tell_what_is_not_open() {
    let mut register = register();
    let planned = planned("Kostnader för skolmåltiderna", &["Kostnad för skolmåltider", "Matsvinn i förskolan"]);
    let scores = |register: &[Record]| -> Vec<(u64, String)> {
        let found = Finder::of(register, TODAY).find(&planned, 4, |known| known.is_open_on(NaiveDate::MAX));
        // but for the last digits, which go by the order in which grams were met
        found.iter().map(|one| (number(one.id), format!("{:.5} {:.5}", one.likeness.whole, one.judgement.probability))).collect()
    };
    let before = scores(&register);
    for (number, word) in (5..).zip(["skolmåltider", "matsvinn", "förskolan", "kostnad"]) {
        register.push(Record { open_from: i64::MAX, ..record(number, word, &[word, "Kostnad för matsvinn i förskolan"]) });
    }
    assert_eq!(scores(&register), before);
    register.iter_mut().for_each(|one| one.open_from = 0);
    assert_ne!(scores(&register)[..4], before[..], "what is open counts");
}
