//! What is found and what is not, judged by eye on the demonstration's 224 collections.

use super::samples::{register, search, serials};

/// A query, what must be found, what must not be found, and the first hit if that matters.
type Case = (&'static str, &'static [i64], &'static [i64], Option<i64>);

const CASES: &[Case] = &[
    // forms of a word, also those that the stemmer alone misses
    ("skolan", &[22, 29, 38, 181], &[], None),
    ("kostnad", &[9, 109, 223], &[], None),
    // compounds by their parts, and parts by their compound
    ("antal elever", &[31, 38, 150, 181], &[], Some(31)),
    ("elevantal", &[31, 38, 150, 181], &[44, 119], None),
    ("skolmåltid", &[127], &[128], Some(127)),
    ("måltider i skolan", &[127], &[], Some(127)),
    ("vatten", &[88, 119, 121, 129, 99, 114], &[], Some(119)),
    ("bibliotek", &[34, 182, 183], &[], None),
    ("mat", &[100, 101, 128, 223], &[1, 62], Some(100)),
    // short words do not match everything
    ("el", &[96, 98, 100, 135, 137], &[31, 34, 40, 44], None),
    // exact before compound
    ("omsorg", &[50, 54, 62, 127], &[], Some(127)),
    ("plan", &[3, 155, 183], &[], Some(155)),
    // bodies under every name
    ("MSB", &[86, 92, 93], &[1], None),
    ("MCF", &[86, 92, 93], &[1], None),
    ("myndigheten för samhällsskydd och beredskap", &[86, 92, 93], &[1], None),
    ("ESV:s", &[7, 8, 9, 11], &[1], None),
    // typing errors
    ("biblotek", &[34, 182, 183], &[], None),
    ("räddingstjänst", &[85, 97], &[1], Some(85)),
    ("hemtjnäst", &[53, 223], &[1], Some(223)),
    // numbers first, phrases in order
    ("2026-0042", &[42], &[41], Some(42)),
    ("2026–004", &[40, 49], &[39, 50], None),
    ("\"vård och omsorg\"", &[1], &[50], None),
    ("\"omsorg och vård\"", &[], &[1, 127], None),
    // å, ä and ö are letters of their own
    ("ålder", &[56, 60, 148], &[], None),
    // every word must match
    ("personaltäthet förskola", &[21], &[50], Some(21)),
    ("förskola xyzzy", &[], &[21], None),
];

#[test]
fn queries_find_what_they_should() {
    let index = register();
    for (query, must, must_not, first) in CASES {
        let found = serials(&search(&index, query));
        for serial in *must {
            assert!(found.contains(serial), "{query} must find {serial}: {found:?}");
        }
        for serial in *must_not {
            assert!(!found.contains(serial), "{query} must not find {serial}: {found:?}");
        }
        if first.is_some() {
            assert_eq!(found.first(), first.as_ref(), "{query} begins with");
        }
    }
}

#[test]
fn a_word_alone_finds_no_more_than_it_should() {
    let index = register();
    for (query, most) in [("el", 8), ("vatten", 25), ("elevantal", 10), ("skolmåltid", 3), ("mat", 12), ("bibliotek", 6)] {
        let total = search(&index, query).total;
        assert!(total <= most, "{query} finds {total}");
    }
}
