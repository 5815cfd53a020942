//! The text of a file, as far as it can be read: for searching, not for reading instead of the file. Called in a process of its own, which
//! may run out of time or memory.

use pdf_extract::{Document, PlainTextOutput, output_doc};

use super::BOMB;
use super::words;
use crate::domain::consultation::attachment::MediaType;
use crate::intake::package::{self, Package};
use crate::intake::sheet::Workbook;
use crate::intake::{xlsx, xml};
use crate::text::is_unfit;

/// The most text that is kept of a file, in bytes.
pub const MOST_TEXT: usize = 300_000;

/// Why a file gives no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// The file is not taken: it is made to harm whoever opens it, or nobody can open it. The text is Swedish and says which.
    Refused(&'static str),
    /// It is damaged, or written as nothing here reads.
    Unreadable,
}

/// What is said of a file whose XML declares texts of its own.
const DECLARES: &str =
    "Filen innehåller egna xml-definitioner, som kan vara skadliga. Spara om den i Word eller Excel och bifoga den igen.";

/// The text of a file, at most [`MOST_TEXT`]; empty where it holds none, as a picture of a page does.
///
/// # Errors
/// Why there is none.
pub fn text(media: MediaType, bytes: &[u8]) -> Result<String, Unread> {
    let text = match media {
        MediaType::Pdf => of_pdf(bytes)?,
        MediaType::Docx => office(bytes, words::of_document)?,
        MediaType::Xlsx => office(bytes, |package| xlsx::read(package).map(|book| of_workbook(&book)))?,
        MediaType::Png | MediaType::Jpeg | MediaType::Gif | MediaType::Webp => return Err(Unread::Unreadable),
    };
    Ok(tidied(&text))
}

/// What is said of a pdf that nobody opens without its password.
pub const LOCKED: &str = "Filen är låst med lösenord. Spara den utan lösenord och bifoga den igen.";

/// The text of a pdf's pages.
fn of_pdf(bytes: &[u8]) -> Result<String, Unread> {
    let document = Document::load_mem(bytes).map_err(|_| Unread::Unreadable)?;
    // one that only forbids copying or printing opens without a password, and is not encrypted any more once it is loaded
    if document.is_encrypted() {
        return Err(Unread::Refused(LOCKED));
    }
    let mut text = String::new();
    output_doc(&document, &mut PlainTextOutput::new(&mut text)).map_err(|_| Unread::Unreadable)?;
    Ok(text)
}

/// The text that `read` takes out of an Office file.
fn office(bytes: &[u8], read: impl Fn(&mut Package<'_>) -> Result<String, String>) -> Result<String, Unread> {
    let fault = |message: String| match message.as_str() {
        package::BOMB => Unread::Refused(BOMB),
        xml::DECLARES => Unread::Refused(DECLARES),
        _ => Unread::Unreadable,
    };
    let mut package = Package::open(bytes).map_err(fault)?;
    read(&mut package).map_err(fault)
}

/// What stands in the cells, row by row.
fn of_workbook(book: &Workbook) -> String {
    let mut text = String::new();
    for sheet in &book.sheets {
        text.push_str(&sheet.name);
        for row in &sheet.rows {
            // no more is kept anyway
            if text.len() > MOST_TEXT {
                return text;
            }
            text.push('\n');
            for (_, cell) in &row.cells {
                text.push_str(&cell.shown());
                text.push('\t');
            }
        }
        text.push('\n');
    }
    text
}

/// The text with single blanks, or tabs between cells, and without what nobody reads, cut to the limit.
fn tidied(text: &str) -> String {
    let mut tidy = String::new();
    for line in text.lines() {
        let before = tidy.len();
        for cell in line.split('\t') {
            let mut gap = if tidy.len() > before { "\t" } else { "" };
            for word in cell.split(|c: char| c.is_whitespace() || is_unfit(c)).filter(|word| !word.is_empty()) {
                if tidy.len() + word.len() >= MOST_TEXT {
                    return tidy;
                }
                tidy.push_str(gap);
                tidy.push_str(word);
                gap = " ";
            }
        }
        if tidy.len() > before {
            tidy.push('\n');
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_tidied_and_cut() {
        assert_eq!(tidied(" a \u{0}b\t\tc\u{202e}\n\n\t \n\u{a0}å \r\n"), "a b\tc\nå\n");
        let long = tidied(&"ord ".repeat(MOST_TEXT));
        assert!(long.len() < MOST_TEXT && long.len() > MOST_TEXT - 10, "{}", long.len());
        assert_eq!(tidied(&"å".repeat(MOST_TEXT)), "", "one word that is no word");
    }
}
