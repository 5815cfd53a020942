//! Swedish text: folding, sort order, numbers and dates.

pub mod near;

use std::cmp::Ordering;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use icu_collator::{CollatorBorrowed, options::CollatorOptions};

/// No-break space: groups the thousands of a number, keeps a number with its unit.
pub const NO_BREAK_SPACE: char = '\u{a0}';

const MONTHS: [&str; 12] =
    ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"];

/// Whether nobody sees a letter that turns or hides what stands around it: marks of direction, and what has no width. What joins letters of
/// other scripts and pictures (U+200C, U+200D) is none of them.
#[must_use]
pub fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a text shows nothing: blanks, what is [unseen](is_unseen), and letters that are drawn as nothing.
#[must_use]
pub fn is_empty_to_the_eye(text: &str) -> bool {
    let blank = |letter: char| {
        matches!(letter, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200c}'
            | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}')
    };
    text.chars().all(|letter| letter.is_whitespace() || is_unseen(letter) || blank(letter))
}

/// A text that somebody typed, without what is [unseen](is_unseen) and with line ends as `\n`: it reads as it is written.
#[must_use]
pub fn as_seen(typed: &str) -> String {
    let ends = typed.replace("\r\n", "\n").replace(['\u{2028}', '\u{2029}'], "\n");
    ends.chars().filter(|letter| !is_unseen(*letter)).collect()
}

/// Folds case and white space for comparing what people typed. Keeps å, ä and ö apart from a and o.
#[must_use]
pub fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// [`fold`] without the rings, dots and accents over letters, for those who have no keys for them: `goteborg`.
#[must_use]
pub fn plain(text: &str) -> String {
    let bare = |c| match c {
        'å' | 'ä' | 'à' | 'á' => 'a',
        'ö' => 'o',
        'é' | 'è' => 'e',
        'ü' => 'u',
        other => other,
    };
    fold(text).chars().map(bare).collect()
}

fn collator() -> Option<&'static CollatorBorrowed<'static>> {
    static COLLATOR: OnceLock<Option<CollatorBorrowed<'static>>> = OnceLock::new();
    COLLATOR.get_or_init(|| CollatorBorrowed::try_new(icu_locale_core::locale!("sv").into(), CollatorOptions::default()).ok()).as_ref()
}

/// Swedish alphabetical order (…x, y, z, å, ä, ö), ties broken by bytes as PostgreSQL does.
#[must_use]
pub fn swedish_order(a: &str, b: &str) -> Ordering {
    collator().map_or_else(|| a.to_lowercase().cmp(&b.to_lowercase()), |c| c.compare(a, b)).then_with(|| a.cmp(b))
}

/// Bytes that sort as [`swedish_order`] does when compared plainly, for ordering many texts at once. Never kept across releases:
/// a new collator may write other bytes.
#[must_use]
pub fn swedish_sort_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() * 2 + 8);
    match collator() {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(text, &mut key);
        }
        None => key.extend_from_slice(text.to_lowercase().as_bytes()),
    }
    key
}

/// The letter under which a name stands in an A–Ö list: its first letter in upper case, accents folded onto their base letter
/// except for å, ä and ö; `#` for what does not begin with a letter.
#[must_use]
pub fn index_letter(name: &str) -> char {
    let first = name.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_uppercase().next()).unwrap_or('#');
    match first {
        'A'..='Z' | 'Å' | 'Ä' | 'Ö' => first,
        'É' | 'È' | 'Ê' => 'E',
        'Ü' => 'Y',
        'Æ' => 'Ä',
        'Ø' => 'Ö',
        _ => '#',
    }
}

/// A whole number with no-break spaces between the thousands: `22 620`.
#[must_use]
pub fn whole(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 2 + 1);
    if number < 0 {
        out.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(NO_BREAK_SPACE);
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 insamling`, `2 insamlingar`.
#[must_use]
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{}{NO_BREAK_SPACE}{}", whole(number), if number == 1 { one } else { many })
}

/// A date written out: `15 mars 2027`.
#[must_use]
pub fn written_date(date: NaiveDate) -> String {
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{}{NO_BREAK_SPACE}{month} {}", date.day(), date.year())
}

/// A date with its weekday as running text has it: `måndagen den 15 mars 2027`.
#[must_use]
pub fn written_weekday(date: NaiveDate) -> String {
    const WEEKDAYS: [&str; 7] = ["måndagen", "tisdagen", "onsdagen", "torsdagen", "fredagen", "lördagen", "söndagen"];
    let weekday = WEEKDAYS.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or_default();
    format!("{weekday} den {}", written_date(date))
}

/// The Swedish name of a month, 1–12; empty outside that.
#[must_use]
pub fn month_name(month: u32) -> &'static str {
    month.checked_sub(1).and_then(|at| MONTHS.get(at as usize)).copied().unwrap_or_default()
}

/// The number of a month by its Swedish name or its three first letters, in any case.
#[must_use]
pub fn month_number(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let name = name.trim_end_matches('.');
    (1u32..).zip(MONTHS).find(|(_, month)| *month == name || (name.len() == 3 && month.starts_with(name))).map(|(number, _)| number)
}

/// Whether a character has no place in what people write: a control character, one that turns the direction of what stands around it, or
/// what stands for something that could not be read. Line breaks and tabs are control characters too.
#[must_use]
pub fn is_unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | char::REPLACEMENT_CHARACTER)
}

/// A text longer than this is folded on pages, in characters.
const LONG: usize = 2_000;
/// How much of it stands before the fold, at most.
const BEFORE_THE_FOLD: usize = 1_200;

/// Where a long text is folded, in bytes: at the end of a line, else of a word, else anywhere. None where it is short.
#[must_use]
pub fn fold_at(text: &str) -> Option<usize> {
    text.char_indices().nth(LONG)?;
    let (end, _) = text.char_indices().nth(BEFORE_THE_FOLD)?;
    let beginning = &text[..end];
    let line = beginning.rfind('\n').filter(|at| *at > end / 2);
    Some(line.or_else(|| beginning.rfind(' ').filter(|at| *at > end / 2)).unwrap_or(end))
}

/// A day as people write it where a text is nothing but a day as machines write it: `1 oktober 2026`; any other text as it is.
#[must_use]
pub fn day_in_words(text: &str) -> String {
    text.parse::<NaiveDate>().map_or_else(|_| text.to_owned(), written_date)
}

/// Cuts a text to at most `most` characters at a word boundary and adds an ellipsis where something was cut.
#[must_use]
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let end = cut.rfind(char::is_whitespace).filter(|end| *end > most / 2).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([' ', ',', '.', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_folded_where_a_line_or_word_ends() {
        assert_eq!(fold_at(&"å".repeat(LONG)), None);
        assert_eq!(fold_at(&"å".repeat(LONG + 1)), Some(2 * BEFORE_THE_FOLD));
        let words = "ord ".repeat(1_000);
        assert_eq!(fold_at(&words).map(|at| (at < BEFORE_THE_FOLD, words.as_bytes()[at])), Some((true, b' ')));
        let lines = format!("{}\n{}", "a".repeat(900), "ord ".repeat(1_000));
        assert_eq!(fold_at(&lines), Some(900));
        assert_eq!((day_in_words("2026-10-01"), day_in_words("2026-10")), ("1\u{a0}oktober 2026".to_owned(), "2026-10".to_owned()));
    }

    #[test]
    fn nothing_turns_or_hides_what_is_typed() {
        assert_eq!(as_seen("Betala \u{202e}01\u{202c} kr\r\nAndra\u{2028}raden"), "Betala 01 kr\nAndra\nraden");
        assert_eq!(as_seen("\u{feff}skatt\u{200b}er\u{2066}"), "skatter");
        for kept in ["Åsa 👩\u{200d}🔧", "mjukt\u{ad}streck", "a\tb\nc", "5\u{a0}%"] {
            assert_eq!(as_seen(kept), kept);
        }
    }

    #[test]
    fn swedish_letters_come_last_and_stay_apart() {
        let mut names = ["Östersund", "Zäta", "Åre", "åmål", "Ärla", "Arboga", "Öland", "Vara", "arvika"];
        names.sort_by(|a, b| swedish_order(a, b));
        assert_eq!(names, ["Arboga", "arvika", "Vara", "Zäta", "åmål", "Åre", "Ärla", "Öland", "Östersund"]);
        let mut by_key = ["Östersund", "Arboga", "Ärla", "Zäta", "åmål", "arvika", "Öland", "Åre", "Vara"];
        by_key.sort_by_key(|name| swedish_sort_key(name));
        assert_eq!(by_key, names);
        assert_ne!(fold("ÅLDER"), fold("alder"));
        assert_eq!(plain(" ÅLDER  på Café"), "alder pa cafe");
    }

    #[test]
    fn numbers_are_grouped_with_no_break_spaces() {
        assert_eq!(whole(22_620), "22\u{a0}620");
        assert_eq!(whole(-1_000_000), "\u{2212}1\u{a0}000\u{a0}000");
        assert_eq!(whole(999), "999");
        assert_eq!(counted(1, "omgång", "omgångar"), "1\u{a0}omgång");
        assert_eq!(counted(0, "omgång", "omgångar"), "0\u{a0}omgångar");
    }

    #[test]
    fn dates_are_written_out() {
        let date = NaiveDate::from_ymd_opt(2027, 3, 15).expect("a date");
        assert_eq!(written_date(date), "15\u{a0}mars 2027");
        assert_eq!(written_weekday(date), "måndagen den 15\u{a0}mars 2027");
        assert_eq!(month_number("Mars"), Some(3));
        assert_eq!(month_number("sep."), Some(9));
        assert_eq!(month_number("ma"), None);
    }

    #[test]
    fn shortening_cuts_between_words() {
        assert_eq!(shorten("Antal elever i grundskolan", 15), "Antal elever i…");
        assert_eq!(shorten("Kort", 15), "Kort");
    }

    #[test]
    fn index_letters_follow_the_swedish_alphabet() {
        assert_eq!(index_letter("åklagarmyndigheten"), 'Å');
        assert_eq!(index_letter("Élan"), 'E');
        assert_eq!(index_letter("2026"), '#');
    }
}
