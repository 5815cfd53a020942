//! The questions and data that a form asks for, as far as its plain text tells them: lines of a PDF or a Word document, rows of a workbook
//! whose cells are parted by tabs. Some are missed and some are none; whoever reads them has the file beside.

use std::collections::HashSet;

use crate::text::{fold, shorten};

/// The most questions that are told of one form.
pub const MOST: usize = 300;
/// The most characters of a question that are told.
const MOST_CHARACTERS: usize = 300;
/// A text that is longer than this explains something.
const MOST_LINE: usize = 600;
/// A line that is at least so long may go on in the next one.
const WRAPS_FROM: usize = 30;
/// The fewest letters of a question.
const LEAST_LETTERS: usize = 5;

/// How what is asked for begins, where it is put without a question mark.
const ASKS: [&str; 24] = [
    "ange",
    "antal",
    "andel",
    "hur många",
    "hur stor",
    "hur stort",
    "hur stora",
    "hur mycket",
    "hur ofta",
    "hur lång",
    "beskriv",
    "redovisa",
    "uppge",
    "specificera",
    "kostnad",
    "kostnader",
    "intäkt",
    "intäkter",
    "summa",
    "total",
    "totalt",
    "totala",
    "genomsnittlig",
    "genomsnittligt",
];
/// How a line begins that tells how to answer, or leads somewhere.
const INSTRUCTS: [&str; 36] = [
    "ange belopp i",
    "ange ett alternativ",
    "ange endast",
    "ange med",
    "ange svar",
    "ange svaret",
    "fyll i",
    "svara",
    "svaren",
    "skicka",
    "läs",
    "kontakta",
    "observera",
    "obs",
    "kryssa",
    "markera",
    "om ni har frågor",
    "har ni frågor",
    "har du frågor",
    "frågor",
    "uppgifter om",
    "vid frågor",
    "tack",
    "spara",
    "returnera",
    "välj",
    "hoppa",
    "gå till",
    "lämna",
    "se",
    "hjälp",
    "så här",
    "så fyller",
    "så svarar",
    "vem svarar jag",
    "behöver ni hjälp",
];
/// How a heading begins.
const HEADINGS: [&str; 20] = [
    "bakgrund",
    "syfte",
    "instruktion",
    "instruktioner",
    "anvisning",
    "anvisningar",
    "inledning",
    "innehåll",
    "bilaga",
    "information",
    "om undersökningen",
    "om enkäten",
    "definition",
    "definitioner",
    "allmänt",
    "allmän information",
    "allmänna uppgifter",
    "kontaktuppgifter",
    "personuppgifter",
    "underskrift",
];
/// How a line begins that says who answers or where something is sent.
const ADDRESSES: [&str; 16] = [
    "sida",
    "tel",
    "tfn",
    "telefon",
    "fax",
    "box",
    "postadress",
    "besöksadress",
    "organisationsnummer",
    "diarienummer",
    "dnr",
    "datum",
    "namn",
    "e-post",
    "kontaktperson",
    "ort och datum",
];
/// Headings of columns that name who answers, and nothing that is asked for.
const COLUMNS: [&str; 26] = [
    "kommun",
    "kommunkod",
    "kommunnamn",
    "region",
    "regionkod",
    "län",
    "nr",
    "nummer",
    "år",
    "namn",
    "kommentar",
    "kommentarer",
    "e-post",
    "telefon",
    "svar",
    "fråga",
    "frågor",
    "enhet",
    "summa",
    "totalt",
    "datum",
    "kod",
    "beskrivning",
    "förklaring",
    "definition",
    "svarsalternativ",
];

/// The questions of a form, in their order and each once, at most [`MOST`].
#[must_use]
pub fn questions(text: &str) -> Vec<String> {
    let mut known = HashSet::new();
    let mut found = Vec::new();
    let mut in_table = false;
    for line in joined(text) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).collect();
        let asked = if cells.len() < 2 { cells.iter().filter_map(|one| question(one)).collect() } else { of_row(&cells, !in_table) };
        in_table = cells.len() > 1;
        for one in asked {
            if known.insert(fold(&one)) {
                found.push(one);
            }
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.truncate(MOST);
    found
}

/// The lines of a text, those that go on in the next one joined with it.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match lines.last_mut() {
            Some(before) if goes_on(before, line) => {
                // a word that was parted at the end of the line
                if before.ends_with('-') {
                    before.pop();
                } else {
                    before.push(' ');
                }
                before.push_str(line);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn goes_on(before: &str, line: &str) -> bool {
    let mut letters = line.chars();
    let is_lower = letters.next().is_some_and(char::is_lowercase);
    let is_marker = letters.next().is_none_or(|c| c == ')' || c == '.') || line.starts_with("o ");
    let is_open = !before.ends_with(['.', '?', '!', ':', ';']);
    let is_row = before.contains('\t') || line.contains('\t');
    is_lower && !is_marker && is_open && !is_row && (before.chars().count() >= WRAPS_FROM || before.ends_with('-'))
}

/// What a row of a table asks for: the headings of its columns where it is the first one, else the cells that are questions.
fn of_row(cells: &[&str], is_first: bool) -> Vec<String> {
    let is_words = |cell: &&str| cell.chars().filter(|c| c.is_alphabetic()).count() > 1 && cell.chars().count() <= MOST_CHARACTERS;
    if is_first && cells.len() > 2 && cells.iter().all(is_words) {
        let is_asked = |cell: &&&str| !COLUMNS.contains(&fold(cell).as_str()) && is_text(cell) && !is_address(cell);
        return cells.iter().filter(is_asked).map(|cell| told(cell)).collect();
    }
    // a number in a cell of its own belongs to the next one
    if let [marker, asked, rest @ ..] = cells
        && unnumbered(&format!("{marker} x")) == ("x", true)
    {
        let numbered = question(&format!("{marker} {asked}"));
        return numbered.into_iter().chain(rest.iter().filter_map(|cell| question(cell))).collect();
    }
    cells.iter().filter_map(|cell| question(cell)).collect()
}

/// The question that a line is, without its number.
fn question(line: &str) -> Option<String> {
    let (rest, is_numbered) = unnumbered(line);
    let rest = rest.trim_end_matches(['.', '_', '…', ':', ' ', '-', '–']);
    let asked = if rest.ends_with('?') { last_sentence(rest) } else { rest };
    let folded = fold(asked);
    let begins =
        |all: &[&str]| all.iter().any(|start| folded.strip_prefix(start).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    if asked.chars().count() > MOST_LINE || !is_text(asked) || is_address(asked) || begins(&INSTRUCTS) || begins(&HEADINGS) {
        return None;
    }
    let is_named = is_numbered && folded.split(' ').count() > 2;
    (asked.ends_with('?') || begins(&ASKS) || is_named).then(|| told(asked))
}

fn told(asked: &str) -> String {
    shorten(asked, MOST_CHARACTERS)
}

/// Whether there is enough to read, and not only capitals.
fn is_text(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let is_shouted = !line.chars().any(char::is_lowercase) && !line.ends_with('?');
    letters >= LEAST_LETTERS && letters * 2 > line.chars().count() && !is_shouted
}

/// Whether a line says where something is, or who somebody is.
fn is_address(line: &str) -> bool {
    let folded = fold(line);
    let begins = |start: &&str| folded.strip_prefix(*start).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let is_digits = |word: &str, many: usize| word.len() == many && word.bytes().all(|b| b.is_ascii_digit());
    let words: Vec<&str> = folded.split(' ').collect();
    let has_postcode = words.windows(2).any(|two| is_digits(two[0], 3) && is_digits(two[1], 2));
    folded.contains('@') || folded.contains("http") || folded.contains("www.") || has_postcode || ADDRESSES.iter().any(begins)
}

/// The last sentence of a text: the question after what explains it.
fn last_sentence(text: &str) -> &str {
    let starts = |at: usize| text[at..].chars().next().is_some_and(char::is_uppercase);
    // what is short before a full stop is an abbreviation
    let is_end = |at: usize| text[..at].rsplit(' ').next().is_some_and(|word| word.chars().count() > 3 && !word.contains('.'));
    let mut ends = text.match_indices(['.', '!', '?']).filter(|(at, _)| text[at + 1..].starts_with(' ') && starts(at + 2) && is_end(*at));
    ends.next_back().map_or(text, |(at, _)| text[at + 2..].trim())
}

/// A line without its number or bullet, and whether it had a number: `1.`, `2.3`, `4 b)`, `Fråga 5`.
fn unnumbered(line: &str) -> (&str, bool) {
    let line = line.trim_start_matches(['•', '·', '□', '☐', '*', '–', '-', ' ']);
    let named = ["Fråga ", "FRÅGA ", "fråga "].iter().find_map(|word| line.strip_prefix(word));
    let start = named.unwrap_or(line);
    let length = start.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (marker, tail) = start.split_at(length);
    if !marker.starts_with(|c: char| c.is_ascii_digit()) || marker.split('.').any(|part| part.len() > 2) {
        // the choices of an answer have letters
        let is_lettered = line.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && line[1..].starts_with(')');
        return if is_lettered { (line[2..].trim_start(), false) } else { (line, false) };
    }
    let spaced = tail.trim_start();
    let is_letter = spaced.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && spaced[1..].starts_with([')', '.', ':']);
    let rest = if is_letter { &spaced[1..] } else { tail };
    let closed = rest.trim_start_matches([')', ':', '.']);
    let is_marked = named.is_some() || marker.contains('.') || closed.len() < rest.len();
    if is_marked && closed.starts_with(char::is_whitespace) { (closed.trim_start(), true) } else { (line, false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_questions_of_a_form_are_found_and_what_stands_around_them_is_not() {
        let form = "Enkät om skolbibliotek 2027\nSida 1 (4)\nMyndigheten för exempel\nBox 123\n103 12 Stockholm\n\
            1. Bakgrund\nRegeringen har gett oss i uppdrag att följa bemanningen. Alla kommuner tillfrågas.\n\
            Svara senast den 15 mars. Har ni frågor?\nfraga@myndighet.example\n\
            2. Frågor om bemanning\n\
            2.1 Hur många skolbibliotekarier är anställda i kommunen den 15\noktober?\n\
            a) Ja\nb) Nej, men det planeras under året\n\
            Fråga 3 Andel elever med tillgång till bemannat skolbibliotek: ______\n\
            4 b) Elever i kommunala förskoleklasser\n\
            5) Beskriv hur ni följer upp verk-\nsamheten\n\
            Ange ett alternativ per rad.\nOBS! Räkna inte vikarier.\n\
            Nu gäller det ekonomi. Vilka kostnader hade kommunen för t.ex. Skolbibliotek under 2026?\n\
            2.1 Hur många skolbibliotekarier är anställda i kommunen den 15 oktober?\nTack för er medverkan!\nANTAL SIDOR";
        assert_eq!(
            questions(form),
            [
                "Hur många skolbibliotekarier är anställda i kommunen den 15 oktober?",
                "Andel elever med tillgång till bemannat skolbibliotek",
                "Elever i kommunala förskoleklasser",
                "Beskriv hur ni följer upp verksamheten",
                "Vilka kostnader hade kommunen för t.ex. Skolbibliotek under 2026?",
            ]
        );
    }

    #[test]
    fn the_headings_of_a_table_are_what_it_asks_for_and_its_rows_are_not() {
        let sheet = "Blad1\nKommun\tKommunkod\tAntal barn\tÅrsarbetare i förskolan\tKommentar\nLund\t1281\t5 200\t780\tInga\n\
            Malmö\t1280\t16 100\t2 400\tSe bilagan";
        assert_eq!(questions(sheet), ["Antal barn", "Årsarbetare i förskolan"]);
        let asked = "Frågor\n1\tHur stor är kommunens yta?\tkm2\n2.1\tInvånare i tätorter totalt\t\nSvar:\tAnge kostnad per elev";
        assert_eq!(questions(asked), ["Hur stor är kommunens yta?", "Invånare i tätorter totalt", "Ange kostnad per elev"]);
    }

    #[test]
    fn no_text_is_too_much_or_too_odd() {
        assert_eq!(questions(""), Vec::<String>::new());
        let many: String = (0..1_000).map(|at| format!("Antal barn i grupp {at}\n")).collect();
        assert_eq!(questions(&many).len(), MOST);
        let long = format!("Hur många {}?", "ord ".repeat(100));
        assert!(questions(&long)[0].chars().count() <= MOST_CHARACTERS + 1);
        for odd in ["1", "1.", "å)", "a)", "•", "- ", "?", "1.1.1.1", "Fråga 1", "\t\t", "…?", "é) å?", "1 å) Hur"] {
            assert_eq!(questions(odd), Vec::<String>::new(), "{odd}");
        }
        assert_eq!(questions("2026 års redovisning av verksamheten"), Vec::<String>::new(), "a year is no number of a question");
    }
}
