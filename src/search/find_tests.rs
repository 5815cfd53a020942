//! Searches as a whole: filters and counts, order and pages, what is not open, help for empty results, and hostile input.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::samples::{bracketed, counts, document, index_of, register, search, serials, today};
use super::{Document, Facet, Filters, Index, Request, Results, Sort, Suggestion, Synonyms};

fn ask(index: &Index, change: impl FnOnce(&mut Request)) -> Results {
    let mut request = Request::new("", today());
    change(&mut request);
    index.search(&request).expect("results")
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

/// Four collections: two of agency a, two of b (one of them shared), in two areas.
fn four() -> Index {
    let of = |serial, title: &str, agencies: &[&str], area: &str| Document {
        agency_codes: codes(agencies),
        area: Some(area.to_owned()),
        ..document(serial, title)
    };
    index_of(&[
        of(1, "Elever i grundskolan", &["a"], "Utbildning"),
        of(2, "Elever i gymnasiet", &["a", "b"], "Utbildning"),
        Document { status: "decided", ..of(3, "Avfall", &["b"], "Miljö") },
        Document { respondents: codes(&["0180", "R-14"]), ..of(4, "Återvinning", &["c"], "Miljö") },
    ])
}

#[test]
fn a_facet_counts_with_every_other_filter_but_not_its_own() {
    let index = four();
    let all = ask(&index, |_| {});
    assert_eq!(counts(&all.facets, Facet::Agency), "a 2, b 2, c 1");
    assert_eq!(counts(&all.facets, Facet::Status), "planned 3, decided 1");
    let narrowed = ask(&index, |request| {
        request.filters = Filters { agency: codes(&["b"]), area: codes(&["Miljö"]), ..Filters::default() };
    });
    assert_eq!(serials(&narrowed), [3]);
    assert_eq!(counts(&narrowed.facets, Facet::Agency), "b 1, c 1");
    assert_eq!(counts(&narrowed.facets, Facet::Area), "Miljö 1, Utbildning 1");
    assert_eq!(counts(&narrowed.facets, Facet::Status), "decided 1");
}

#[test]
fn codes_within_a_facet_add_up_and_unknown_ones_find_nothing() {
    let index = four();
    let either = ask(&index, |request| request.filters.agency = codes(&["a", "c"]));
    assert_eq!(serials(&either), [4, 2, 1]);
    let unknown = ask(&index, |request| request.filters.agency = codes(&["x"]));
    assert_eq!(unknown.total, 0);
    assert_eq!(unknown.suggestions, [Suggestion::WithoutFilter { facet: Facet::Agency, count: 4 }]);
}

#[test]
fn a_chosen_code_is_shown_even_without_hits_and_counts_can_be_left_out() {
    let index = four();
    let none = ask(&index, |request| {
        request.text = "avfall".to_owned();
        request.filters.agency = codes(&["a"]);
    });
    assert_eq!((none.total, counts(&none.facets, Facet::Agency).as_str()), (0, "b 1, a 0"));
    let without = ask(&index, |request| request.facets = false);
    assert_eq!((without.total, counts(&without.facets, Facet::Agency).as_str()), (4, ""));
}

#[test]
fn a_municipality_sees_what_it_is_asked_alone_or_with_all() {
    let index = four();
    let asked = |code: &str| serials(&ask(&index, |request| request.municipality = Some(code.to_owned())));
    assert_eq!(asked("0180"), [4, 3, 2, 1]);
    assert_eq!(asked("1480"), [3, 2, 1]);
    assert_eq!(asked("R-14"), [4]);
    for unknown in ["", "all:municipality", "180", "01800", "R-1", "R-XX", "r-14", "Stockholm", "01å"] {
        assert_eq!(asked(unknown), [0; 0], "{unknown}");
    }
}

#[test]
fn gotland_is_asked_in_one_capacity_at_a_time() {
    let of = |serial, code: &str| Document { respondents: codes(&[code]), ..document(serial, "Avfall") };
    let index = index_of(&[of(1, "all:municipality"), of(2, "all:region"), of(3, "0980"), of(4, "R-09")]);
    let asked = |code: &str| serials(&ask(&index, |request| request.municipality = Some(code.to_owned())));
    assert_eq!(asked("0980"), [3, 1]);
    assert_eq!(asked("R-09"), [4, 2]);
}

#[test]
fn lists_are_newest_first_or_in_swedish_order() {
    let index =
        index_of(&[(3, "Ärenden"), (5, "Örter"), (1, "Zoo"), (4, "Åar"), (2, "alm")].map(|(serial, title)| document(serial, title)));
    assert_eq!(serials(&ask(&index, |_| {})), [5, 4, 3, 2, 1]);
    let sorted = ask(&index, |request| request.sort = Sort::Title);
    let titles: Vec<String> = sorted.hits.iter().map(|hit| bracketed(&hit.title)).collect();
    assert_eq!(titles, ["alm", "Zoo", "Åar", "Ärenden", "Örter"]);
}

#[test]
fn pages_neither_repeat_nor_miss_and_end_somewhere() {
    let index = register();
    for (text, sort) in [("", Sort::Newest), ("", Sort::Title), ("kommun", Sort::Relevance), ("kommun", Sort::Title)] {
        let page = |page, per_page| {
            let request = Request { page, per_page, sort, ..Request::new(text, today()) };
            serials(&index.search(&request).expect("results"))
        };
        let whole = page(1, 500);
        let paged: Vec<i64> = (1..=40).flat_map(|number| page(number, 7)).collect();
        assert_eq!(paged, whole, "{text} {sort:?}");
        assert_eq!(page(usize::MAX, usize::MAX), [0; 0]);
        assert_eq!(page(0, 0), whole[..1]);
    }
}

#[test]
fn what_is_not_open_does_not_show_anywhere() {
    let hidden = Document { open_from: NaiveDate::from_ymd_opt(2026, 6, 2), ..document(1, "Hemligstämplade beredskapslager") };
    let never = Document { open_from: None, ..document(2, "Spaningsuppgifter") };
    let index = index_of(&[hidden, never, document(3, "Bibliotek")]);
    assert_eq!(ask(&index, |_| {}).total, 1);
    for text in ["hemligstämplade", "hemligstämplad", "hemligstämpladr", "hemligst", "beredskapslagr", "spaningsuppgiftr", "2026-0001"] {
        let results = search(&index, text);
        assert_eq!((results.total, results.corrected, results.suggestions), (0, vec![], vec![]), "{text}");
        assert_eq!(counts(&results.facets, Facet::Status), "", "{text}");
    }
    let tomorrow = index.search(&Request::new("beredskapslager", NaiveDate::from_ymd_opt(2026, 6, 2).expect("a date")));
    assert_eq!(tomorrow.expect("results").total, 1);
}

#[test]
fn corrections_and_names_are_told() {
    let index = register();
    let results = search(&index, "Biblotek");
    assert_eq!(results.corrected, [("Biblotek".to_owned(), "bibliotek".to_owned())]);
    assert!(search(&index, "bibliotek").corrected.is_empty());
    assert!(search(&index, "bibliot").corrected.is_empty(), "an unfinished word is filled out, not corrected");
    assert!(search(&index, "bibliot").total > 0);
    let names = search(&index, "MSB").understood;
    assert_eq!(names.iter().map(|name| (name.typed.as_str(), name.also.len())).collect::<Vec<_>>(), [("MSB", 3)]);
}

#[test]
fn compounds_that_stand_nowhere_together_are_taken_apart() {
    let results = search(&register(), "matkostnad");
    assert!(results.total > 0 && results.corrected.is_empty());
    let first = &results.hits[0];
    let shown = bracketed(&first.title) + &bracketed(&first.snippet);
    assert!(shown.to_lowercase().contains("[mat") || shown.to_lowercase().contains("[kost"), "{shown}");
}

#[test]
fn an_empty_result_says_what_would_help() {
    let index = register();
    let words = search(&index, "förskola xyzzy").suggestions;
    assert!(matches!(&words[..], [Suggestion::WithoutWord { typed, count, .. }] if typed == "xyzzy" && *count > 3), "{words:?}");
    let near = search(&index, "bibloteck").suggestions;
    assert!(near.iter().any(|one| matches!(one, Suggestion::Instead { word, count: 1.., .. } if word == "bibliotek")), "{near:?}");
    let filtered = ask(&index, |request| {
        request.text = "bibliotek".to_owned();
        request.municipality = Some("R-14".to_owned());
        request.filters.area = codes(&["Energi"]);
    });
    assert_eq!(filtered.suggestions, [Suggestion::WithoutFilters { count: 3 }]);
    assert!(search(&index, "").suggestions.is_empty());
}

/// Follows every suggestion of other words and compares with what it promised; how many there were.
fn followed(index: &Index, text: &str, filters: &Filters) -> usize {
    let asked = |text: &str| ask(index, |request| (request.text, request.filters) = (text.to_owned(), filters.clone()));
    let suggestions = asked(text).suggestions.into_iter().filter_map(|one| match one {
        Suggestion::Instead { text, count, .. } | Suggestion::WithoutWord { text, count, .. } => Some((text, count)),
        _ => None,
    });
    suggestions.inspect(|(other, count)| assert_eq!(asked(other).total, *count, "«{other}» after «{text}»")).count()
}

#[test]
fn a_suggestion_finds_what_it_promises() {
    let index = register();
    let energy = Filters { area: codes(&["Energi"]), ..Filters::default() };
    let texts = [
        ("elever xyzzy", 1),
        ("el bibloteck", 1),
        ("2026–0042 bibliotek", 2),
        ("myndigheten  för civilt   försvar xyzzy", 1),
        ("xyzzy elever XYZZY", 1),
        ("bibloteck försskolla", 0),
        ("bibloteck biblliottek", 1),
        ("\"vård och omsorg\" xyzzy", 1),
        ("skola/xyzzy", 1),
    ];
    for (text, least) in texts {
        let count = followed(&index, text, &Filters::default());
        assert!(count >= least, "{text}: {count}");
        followed(&index, text, &energy);
    }
    assert!(followed(&index, "el bibliotek", &energy) > 0);
    let without = search(&index, "el elever").suggestions;
    let texts: Vec<_> = without.iter().map(|one| if let Suggestion::WithoutWord { text, .. } = one { text.as_str() } else { "" }).collect();
    assert_eq!(texts, ["elever", "el"]);
}

#[test]
fn a_short_name_of_a_body_is_an_ordinary_word_too() {
    let of = |serial, title: &str| document(serial, title);
    let index = index_of(&[of(1, "Polisens arbete"), of(2, "Polisstation"), of(3, "Arbete vid station"), of(4, "Polismyndigheten")]);
    index.set_synonyms(Synonyms::new([["Polismyndigheten", "Polis", "Poliser"].map(str::to_owned).to_vec()]));
    let found = |text: &str| {
        let mut found = serials(&search(&index, text));
        found.sort_unstable();
        found
    };
    assert_eq!(found("polisen"), [1, 2]);
    assert_eq!(found("polis"), [1, 2, 4]);
    let hidden = Document { open_from: None, ..of(1, "Sidan") };
    let index = index_of(&[hidden, of(2, "Siddan"), of(3, "Biståndet")]);
    index.set_synonyms(Synonyms::new([["Sidan", "Biståndsmyndigheten"].map(str::to_owned).to_vec()]));
    let results = search(&index, "sidan ");
    assert_eq!((serials(&results), results.corrected.len()), (vec![2], 1), "a body that nothing open names");
}

#[test]
fn joined_words_are_sought_on_their_own_when_nothing_has_them_joined() {
    let index =
        index_of(&[document(1, "E-tjänst"), document(2, "Tjänst"), document(3, "Lag 2018:597"), document(4, "År 2018 skickas 598 svar")]);
    let results = search(&index, "e-tjanst ");
    assert_eq!(serials(&results), [1]);
    assert_eq!(results.corrected, [("tjanst".to_owned(), "tjänst".to_owned())]);
    assert_eq!(serials(&search(&index, "e-tjän")), [1], "while typing");
    assert_eq!(serials(&search(&index, "2018:597")), [3]);
    assert_eq!(serials(&search(&index, "2018:598")), [0; 0], "a citation is one thing");
    let near = search(&index, "e-tjnsta ").suggestions;
    assert!(matches!(&near[0], Suggestion::Instead { typed, text, count: 1, .. } if typed == "tjnsta" && text == "e-tjänst"), "{near:?}");
}

#[test]
fn an_agency_is_found_by_its_code() {
    let of = |serial, code: &str| Document { agency_codes: codes(&[code]), ..document(serial, "Avfall") };
    let index = index_of(&[of(1, "202100-0837"), of(2, "202100-5489")]);
    for text in ["202100-0837", "202100–0837", "2021000837", "avfall 202100-0837"] {
        assert_eq!(serials(&search(&index, text)), [1], "{text}");
    }
    assert_eq!(search(&index, "202100-9999").total, 0);
}

#[test]
fn matches_are_marked_in_title_and_snippet() {
    let elever = search(&register(), "elever");
    let texts: Vec<String> = elever.hits.iter().map(|hit| bracketed(&hit.title) + " | " + &bracketed(&hit.snippet)).collect();
    assert!(texts.iter().any(|text| text.contains("[Elevhälsans]")), "{texts:?}");
    let phrase = search(&register(), "\"vård och omsorg\"");
    assert!(bracketed(&phrase.hits[0].snippet).contains("[vård och omsorg]"));
    let corrected = search(&register(), "biblotek");
    assert!(corrected.hits.iter().all(|hit| (bracketed(&hit.title) + &bracketed(&hit.snippet)).contains('[')));
    let listed = search(&register(), "");
    assert!(listed.hits.iter().all(|hit| !(bracketed(&hit.title) + &bracketed(&hit.snippet)).contains('[')));
}

#[test]
fn hostile_texts_are_harmless() {
    let index = register();
    let long = "kommun ".repeat(2_000);
    let different: String = ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("{a}{b}lev "))).collect();
    let texts = [
        "\0",
        "\"",
        "((((",
        "a AND OR NOT",
        "title:*",
        "*",
        "~1000000",
        "🎉🎉",
        "'; DROP TABLE x;--",
        "<script>",
        "\u{202e}x",
        "och",
        "[* TO *]",
    ];
    for text in texts.into_iter().chain([long.as_str(), different.as_str()]) {
        let results = search(&index, text);
        assert!(results.total <= 224, "{text:?}");
    }
    for endless in ["x".repeat(65), "x".repeat(200), format!("kommun {}", "å".repeat(5_000)), format!("\"{}\"", "x".repeat(200))] {
        assert_eq!(search(&index, &endless).total, 0, "a word that nothing has finds nothing: {endless}");
    }
    assert!(search(&index, &long).cut && !search(&index, "kommun").cut);
    assert_eq!(search(&index, "🎉").total, 224, "nothing searchable is an empty search");
    assert!(search(&index, "och").total > 100, "only stop words are words");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}|[a-zåäö\"\\-: 0-9]{0,80}|(elev|antal|kommun|bibliotek|MSB|\"| |-|s|x){0,12}") {
        let results = search(&register(), &text);
        prop_assert!(results.total <= 224 && results.hits.len() == results.total);
        prop_assert!(results.hits.iter().all(|hit| hit.score.is_finite()));
        prop_assert!(results.total == 0 || results.suggestions.is_empty());
        followed(&register(), &text, &Filters::default());
    }
}
