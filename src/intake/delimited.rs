//! Text tables: csv with commas, semicolons or tabs.

use std::borrow::Cow;

use super::errors::Errors;
use super::headings;
use super::sheet::{Budget, Cell, Row, Sheet, Workbook};

/// This many cells of the first row tell the delimiter.
const ENOUGH_HEADINGS: usize = 200;

/// Reads the table; which delimiter it has is told by which one makes known headings of the first row.
///
/// # Errors
/// A quotation mark that swallows what follows, by its row; or the limit that the file passes.
pub fn read(text: &str) -> Result<Workbook, Errors> {
    // a line that only Excel understands and shows to nobody
    let (skipped, text) = match text.split_once('\n') {
        Some((first, rest)) if matches!(first.trim(), "sep=;" | "sep=," | "sep=\\t" | "sep=\t") => (1, rest),
        _ => (0, text),
    };
    // one sort of line end, also after the last line: the numbers of rows are counted from them
    let unix = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) };
    let ended = if unix.ends_with('\n') { unix } else { Cow::Owned(unix.into_owned() + "\n") };
    let delimiter = delimiter(&ended);
    if let Some(row) = unclosed_quote(&ended, delimiter) {
        let row = (row + skipped).to_string();
        let message = format!(
            "Citattecknet på rad {row} är inte avslutat, så att raderna efter det hamnar i samma cell. Skriv ett citattecken också sist i \
             cellen, eller ta bort det första."
        );
        let mut errors = Errors::default();
        errors.add(row, "", message);
        return Err(errors);
    }
    let mut reader = reader(&ended, delimiter);
    let (mut rows, mut budget, mut record) = (Vec::new(), Budget::default(), csv::StringRecord::new());
    let mut number = skipped + 1_u64;
    loop {
        let before = reader.position().line();
        if !reader.read_record(&mut record).map_err(|_| Errors::of_file("Filen går inte att läsa som csv."))? {
            break;
        }
        // blank lines are passed over by the reader but numbered by every spreadsheet; breaks inside cells are the other way round
        let lines = reader.position().line().saturating_sub(before);
        let inside: u64 = record.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count() as u64).sum();
        number += lines.saturating_sub(inside + 1);
        let mut cells = Vec::new();
        for (column, cell) in (0..).zip(&record) {
            if let Some(cell) = Cell::text(cell) {
                budget.take(&cell).map_err(Errors::of_file)?;
                cells.push((column, cell));
            }
        }
        if !cells.is_empty() {
            rows.push(Row { number, cells });
        }
        number += 1;
    }
    Ok(Workbook { sheets: vec![Sheet { name: String::new(), rows }] })
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// Where the reading of a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where a cell begins, and a quotation mark would open it.
    Start,
    /// In a cell without quotation marks around it.
    Plain,
    /// Behind the quotation mark that opens a cell.
    Quoted,
    /// Behind a quotation mark within such a cell: it ends there, or the mark stands for itself.
    Closed,
}

/// The row, from 1, where a quotation mark opens a cell that never ends, or that ends on another row in the midst of text: the mark that
/// ends it there was meant to open another cell.
fn unclosed_quote(text: &str, delimiter: u8) -> Option<u64> {
    let (mut place, mut row, mut broken) = (Place::Start, 1, false);
    for byte in text.bytes() {
        place = match (place, byte) {
            (Place::Quoted, b'"') => Place::Closed,
            (Place::Quoted, _) => {
                broken |= byte == b'\n';
                Place::Quoted
            }
            (Place::Closed, b'"') => Place::Quoted,
            (_, b'\n') => {
                row += 1;
                Place::Start
            }
            (_, byte) if byte == delimiter => Place::Start,
            // a blank before the delimiter is a slip that harms nothing
            (Place::Closed, byte) if broken && byte != b' ' => return Some(row),
            (Place::Start, b'"') => {
                broken = false;
                Place::Quoted
            }
            _ => Place::Plain,
        };
    }
    (place == Place::Quoted).then_some(row)
}

/// The delimiter under which the first row has most known headings, then most cells.
fn delimiter(text: &str) -> u8 {
    let score = |delimiter: &u8| {
        let mut record = csv::StringRecord::new();
        match reader(text, *delimiter).read_record(&mut record) {
            Ok(true) => (record.iter().take(ENOUGH_HEADINGS).filter(|heading| headings::is_known(heading)).count(), record.len()),
            _ => (0, 0),
        }
    };
    // the last of equals wins: semicolons are what Swedish Excel writes
    *[b'\t', b',', b';'].iter().max_by_key(|delimiter| score(delimiter)).unwrap_or(&b';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(u64, Vec<String>)> {
        let workbook = read(text).expect("a table");
        let cells = |row: &Row| row.cells.iter().map(|(column, cell)| format!("{column}:{}", cell.shown())).collect();
        workbook.sheets[0].rows.iter().map(|row| (row.number, cells(row))).collect()
    }

    #[test]
    fn the_delimiter_is_told_by_the_headings() {
        for text in [
            "egen referens;titel\na,b;c",
            "egen referens,titel\n\"a,b\",c",
            "egen referens\ttitel\na,b\tc",
            "sep=;\negen referens;titel\na,b;c",
        ] {
            let rows = shown(text);
            assert_eq!(rows[1].1, ["0:a,b", "1:c"], "{text}");
        }
        assert_eq!(shown("titel")[0].1, ["0:titel"]);
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_does() {
        let text = "titel;syfte\r\n\r\n\"två\r\nrader\";x\r\n;\r\n\n\nsist;\"=1+1\"";
        let rows = shown(text);
        assert_eq!(rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3, 7]);
        assert_eq!(rows[1].1, ["0:två\nrader", "1:x"]);
        assert_eq!(rows[2].1, ["0:sist", "1:=1+1"]);
    }

    #[test]
    fn a_quotation_mark_that_swallows_rows_is_told_where_it_stands() {
        let told = |text: &str| read(text).map_err(|errors| errors.into_list().remove(0));
        for (text, row) in [
            ("egen referens;titel\nA;\"Ett\nB;Två\nC;Tre\n", "2"),
            ("sep=;\r\negen referens;titel\r\n\r\n\"två\r\nrader\";Ett\r\nB;\"Två\r\n", "5"),
            ("egen referens;titel\nA;\"Ett\nB;\"Två\"\n", "2"),
            ("egen referens\ttitel\nA\t\"\"\"", "2"),
        ] {
            let error = told(text).expect_err(text);
            assert!(error.row == row && error.message.starts_with(&format!("Citattecknet på rad {row} är inte avslutat")), "{error:?}");
        }
        // marks within a cell, doubled marks, and text behind a mark on the same row are read as ever
        for text in [
            "titel;syfte\n12\" rör;5\"\n",
            "titel;syfte\n\"a \"\"b\"\"\nc\";x\n",
            "titel;syfte\n\"a\" b;x\n",
            "titel;syfte\n\"\";x",
            "titel;syfte\n\"a\nb\" ;x",
        ] {
            assert!(told(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn many_cells_are_refused_and_blank_ones_are_not_counted() {
        assert!(read(&"a;b\n".repeat(100_001)).is_err());
        assert!(read(&";;;;\n".repeat(200_000)).is_ok());
    }
}
