//! Tables as text that a Swedish Excel opens rightly: UTF-8 with its mark, semicolons, and no cell that is taken for a formula.

use crate::error::{Error, Result};

/// The mark that tells programs of the office that the text is UTF-8.
const MARK: &str = "\u{feff}";

/// A table as a file: a row of headings, then the rows.
///
/// # Errors
/// Only if a row has another number of cells than there are headings.
pub fn write<'a>(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>> + 'a) -> Result<Vec<u8>> {
    let mut writer = ::csv::WriterBuilder::new().delimiter(b';').terminator(::csv::Terminator::CRLF).from_writer(MARK.as_bytes().to_vec());
    let failed = |error: ::csv::Error| Error::Internal(error.into());
    writer.write_record(headings).map_err(failed)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::internal(error.error()))
}

/// The text with an apostrophe before it where a spreadsheet program would calculate it.
fn harmless(cell: &str) -> String {
    let calculated = cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r', '\n']);
    if calculated { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_text_for_a_swedish_office() {
        let rows = [vec!["Å; ä".to_owned(), "=1+1".to_owned()], vec!["\"citat\"".to_owned(), " -2".to_owned()]];
        let text = String::from_utf8(write(&["Titel", "Värde"], rows).expect("a table")).expect("text");
        assert_eq!(text, "\u{feff}Titel;Värde\r\n\"Å; ä\";'=1+1\r\n\"\"\"citat\"\"\";' -2\r\n");
    }

    #[test]
    fn what_programs_calculate_is_kept_as_text() {
        for wrong in ["=CMD()", "+46", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(harmless(wrong).starts_with('\''), "{wrong}");
        }
        for plain in ["Elever", "2026-0042", "", "a=b", "(1) –"] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
