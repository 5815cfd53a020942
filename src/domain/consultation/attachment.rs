//! What is attached to a case: which kinds of files, how much, and what they may be called.

use crate::text::{self, fold, is_unfit, shorten};

/// The largest file where the administrator has not chosen otherwise, in bytes.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;
/// The largest file that the administrator may let in, in bytes.
pub const CEILING_BYTES: usize = 50 * 1024 * 1024;
/// The most files in one case.
pub const MOST_FILES: i64 = 40;
/// The most that the files of one case take together, in bytes.
pub const MOST_CASE_BYTES: i64 = 100 * 1024 * 1024;
/// The longest name, in characters.
const MOST_NAME: usize = 200;

terms! {
    /// What a file is, by its content. The code is the media type under which it is given out.
    MediaType {
        Pdf = "application/pdf", "pdf";
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx";
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx";
        Png = "image/png", "png";
        Jpeg = "image/jpeg", "jpeg";
        Gif = "image/gif", "gif";
        Webp = "image/webp", "webp";
    }
}

impl MediaType {
    /// Whether there is text to read in it.
    #[must_use]
    pub fn has_text(self) -> bool {
        matches!(self, Self::Pdf | Self::Docx | Self::Xlsx)
    }

    /// Whether a name's ending fits: `jpg` is `jpeg`.
    fn is_ending(self, ending: &str) -> bool {
        ending.eq_ignore_ascii_case(self.label()) || (self == Self::Jpeg && ending.eq_ignore_ascii_case("jpg"))
    }
}

/// The name under which a file is shown and given out: as it was typed, without folders and without characters that nobody sees or that turn
/// the direction of the text. An ending that says something else than the content gets the right one after it: whoever saves the file opens
/// it with the program that fits. It is never used as a path.
#[must_use]
pub fn shown_name(typed: &str, media: MediaType) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let fit: String = last.chars().filter(|c| !is_unfit(*c) && !is_unseen(*c)).collect();
    let words = fit.split_whitespace().collect::<Vec<_>>().join(" ");
    // a name that begins with a dot is hidden where it is saved, and one that ends with a dot loses it
    let name = words.trim_matches(['.', ' ']);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let fits = ending.is_some_and(|ending| media.is_ending(ending));
    let name = if name.is_empty() { "bilaga" } else { name };
    if fits { cut(name, media) } else { cut(&format!("{name}.{}", media.label()), media) }
}

/// The name as every system can save it after a number: characters that Windows does not take in a name are replaced, as are a dot or blank
/// at its end. The name itself is told beside it.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let is_kept = |c: char| !c.is_control() && !matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*');
    let fit: String = name.chars().map(|c| if is_kept(c) { c } else { '_' }).collect();
    let end = fit.trim_end_matches(['.', ' ']);
    format!("{end}{}", "_".repeat(fit.chars().count() - end.chars().count()))
}

/// Marks of direction and joining: they change what is seen without being seen.
fn is_unseen(c: char) -> bool {
    text::is_unseen(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// Cuts a name that is too long before its ending.
fn cut(name: &str, media: MediaType) -> String {
    if name.chars().count() <= MOST_NAME {
        return name.to_owned();
    }
    let stem: String = name.chars().take(MOST_NAME - 1 - media.label().len()).collect();
    format!("{}.{}", stem.trim_end(), media.label())
}

/// A size as people read it: `12 kB`, `1,5 MB`.
#[must_use]
pub fn shown_size(bytes: i64) -> String {
    let kilo = (bytes.max(0) + 1023) / 1024;
    if kilo < 1024 {
        return format!("{kilo}\u{a0}kB");
    }
    let tenths = kilo * 10 / 1024;
    match tenths % 10 {
        0 => format!("{}\u{a0}MB", tenths / 10),
        decimal => format!("{},{decimal}\u{a0}MB", tenths / 10),
    }
}

/// Where in the text of a file the words of a question stand, if all of them do: the first of them with up to `most` characters of what
/// stands before and after it.
#[must_use]
pub fn excerpt(text: &str, question: &str, most: usize) -> Option<String> {
    let (folded, asked) = (fold(text), fold(question));
    let asked: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    let first = *asked.first()?;
    if asked.iter().any(|word| !folded.contains(word)) {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| word.to_lowercase().contains(first))?;
    let before = fitting(words[..at].iter().rev(), most);
    let after = fitting(words[at + 1..].iter(), most);
    let shown = words[at - before..=at + after].join(" ");
    // what is no words has no blanks to be cut at
    let shown = shorten(&shown, 4 * most);
    let (lead, rest) = (if before < at { "… " } else { "" }, if at + after + 1 < words.len() { " …" } else { "" });
    Some(format!("{lead}{shown}{rest}"))
}

/// How many of the words fit in `most` characters.
fn fitting<'a>(words: impl Iterator<Item = &'a &'a str>, most: usize) -> usize {
    let lengths = words.scan(0, |length, word| {
        *length += word.chars().count() + 1;
        Some(*length)
    });
    lengths.take_while(|length| *length <= most).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_without_folders_and_tricks() {
        let name = |typed: &str| shown_name(typed, MediaType::Pdf);
        assert_eq!(name("Formulär 2027 (utkast).pdf"), "Formulär 2027 (utkast).pdf");
        assert_eq!(name("../../etc/passwd"), "passwd.pdf");
        assert_eq!(name("C:\\Users\\x\\enkät.PDF"), "enkät.PDF");
        assert_eq!(name("rapport\u{202e}fdp.exe"), "rapportfdp.exe.pdf");
        assert_eq!(name("a\r\nSet-Cookie: b\u{0}.pdf"), "aSet-Cookie: b.pdf");
        assert_eq!(name("\u{200f}a\u{feff}.pdf"), "a.pdf");
        for empty in ["", "..", "/", "  ", "\u{7}"] {
            assert_eq!(name(empty), "bilaga.pdf", "{empty:?}");
        }
        assert_eq!(shown_name("karta.JPG", MediaType::Jpeg), "karta.JPG");
        let long = name(&format!("{}.pdf", "å".repeat(500)));
        assert!(long.chars().count() == MOST_NAME && long.ends_with("å.pdf"), "{long}");
    }

    #[test]
    fn a_saved_name_is_one_that_every_system_takes() {
        assert_eq!(safe_name("åäö \"formulär\" <b>.pdf"), "åäö _formulär_ _b_.pdf");
        assert_eq!(safe_name("a:b|c?d*e/f\\g\u{7}.docx"), "a_b_c_d_e_f_g_.docx");
        assert_eq!(safe_name("Formulär 2027 (utkast).pdf"), "Formulär 2027 (utkast).pdf");
        assert_eq!((safe_name("slut. "), safe_name("...")), ("slut__".to_owned(), "___".to_owned()));
    }

    #[test]
    fn sizes_are_told_as_people_read_them() {
        assert_eq!(
            [1, 12_000, 1024 * 1024, 1_600_000, 20 * 1024 * 1024].map(shown_size),
            ["1\u{a0}kB", "12\u{a0}kB", "1\u{a0}MB", "1,5\u{a0}MB", "20\u{a0}MB"]
        );
    }

    #[test]
    fn an_excerpt_holds_the_first_word_where_all_words_stand() {
        let text = "Fråga ett\n\nAntal  Lärare med legitimation den 15 oktober, fördelat på kön";
        assert_eq!(excerpt(text, "lärare KÖN", 12).as_deref(), Some("… ett Antal Lärare med …"));
        assert_eq!(excerpt(text, "fråga", 200).as_deref(), Some("Fråga ett Antal Lärare med legitimation den 15 oktober, fördelat på kön"));
        assert_eq!(excerpt(text, "lärare elever", 20), None);
        assert_eq!(excerpt(text, "  ", 20), None);
    }
}
