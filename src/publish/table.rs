//! A plain table as csv and as a workbook: every cell is text, whatever it begins with, but in columns of counts.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

use super::delimited;
use crate::error::{Error, Result};

/// The colour behind headings.
const HEADING: Color = Color::RGB(0x000C_3F4B);
/// The most characters that a cell of a workbook holds.
const MOST_CHARACTERS: usize = 32_000;

/// A table that can be fetched.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it is called; also the name of the sheet, at most 31 characters.
    pub name: &'static str,
    /// The columns: heading and width in characters.
    pub columns: &'static [(&'static str, f64)],
    /// The rows, with a cell for each column.
    pub rows: Vec<Vec<String>>,
    /// The day it was made.
    pub made_on: NaiveDate,
}

impl Table {
    /// The table as csv.
    ///
    /// # Errors
    /// Only if a row has another number of cells than there are columns.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let headings: Vec<&str> = self.columns.iter().map(|(heading, _)| *heading).collect();
        delimited::write(&headings, self.rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect::<Vec<_>>())
    }

    /// The table as a workbook. The same table of the same day is the same bytes.
    ///
    /// # Errors
    /// Only if the workbook cannot be written.
    pub fn workbook(&self) -> Result<Vec<u8>> {
        self.build().map_err(|error| Error::Internal(error.into()))
    }

    fn build(&self) -> std::result::Result<Vec<u8>, XlsxError> {
        let heading = Format::new().set_bold().set_font_color(Color::White).set_background_color(HEADING).set_align(FormatAlign::Top);
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let day = self.made_on;
        let made = ExcelDateTime::from_ymd(
            u16::try_from(day.year()).unwrap_or_default(),
            u8::try_from(day.month()).unwrap_or_default(),
            u8::try_from(day.day()).unwrap_or_default(),
        )?;
        let mut book = Workbook::new();
        book.set_properties(&DocProperties::new().set_title(self.name).set_creation_datetime(&made));
        let sheet = book.add_worksheet();
        sheet.set_name(self.name)?;
        sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?.set_print_fit_to_pages(1, 0);
        sheet.set_freeze_panes(1, 0)?;
        for (at, (title, width)) in (0..).zip(self.columns) {
            sheet.write_string_with_format(0, at, *title, &heading.clone().set_text_wrap())?;
            sheet.set_column_width(at, *width)?;
        }
        let mut last = 0;
        let counts: Vec<bool> = (0..self.columns.len()).map(|column| self.counts(column)).collect();
        for (at, row) in (1..).zip(&self.rows) {
            for ((column, cell), is_count) in (0..).zip(row).zip(&counts).filter(|((_, cell), _)| !cell.is_empty()) {
                if let Some(count) = Some(cell).filter(|_| *is_count).and_then(|cell| count(cell)) {
                    sheet.write_number_with_format(at, column, count, &text)?;
                    continue;
                }
                sheet.write_string_with_format(at, column, plain(cell).chars().take(MOST_CHARACTERS).collect::<String>(), &text)?;
            }
            last = at;
        }
        sheet.autofilter(0, 0, last, u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or_default())?;
        book.save_to_buffer()
    }

    /// Whether every cell of a column is a count, so that it can be summed up and sorted.
    fn counts(&self, column: usize) -> bool {
        self.rows.iter().filter_map(|row| row.get(column)).all(|cell| count(cell).is_some())
    }
}

/// A cell that is a count: digits alone, of which the first is no nought, so that no code passes for one.
fn count(cell: &str) -> Option<f64> {
    let is_count =
        (1..=9).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit()) && (cell == "0" || !cell.starts_with('0'));
    is_count.then(|| cell.parse().ok()).flatten()
}

/// The text as people search for it: with ordinary spaces.
fn plain(cell: &str) -> String {
    cell.replace('\u{a0}', " ")
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader};

    use super::*;

    fn table() -> Table {
        Table {
            name: "Grupper",
            columns: &[("Nummer", 12.0), ("Titel", 40.0)],
            rows: vec![vec!["2026-0001".into(), "=HYPERLINK(\"http://ond.example\")".into()], vec!["2\u{a0}000".into(), String::new()]],
            made_on: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"),
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        let text = String::from_utf8(table().csv().expect("a file")).expect("text");
        assert_eq!(text, "\u{feff}Nummer;Titel\r\n2026-0001;\"'=HYPERLINK(\"\"http://ond.example\"\")\"\r\n2 000;\r\n");
        let bytes = table().workbook().expect("a workbook");
        assert_eq!(bytes, table().workbook().expect("the same"));
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
        let sheet = book.worksheet_range("Grupper").expect("the sheet");
        assert_eq!(sheet.get((1, 1)), Some(&Data::String("=HYPERLINK(\"http://ond.example\")".into())));
        assert_eq!(sheet.get((2, 0)), Some(&Data::String("2 000".into())));
        assert!(book.worksheet_formula("Grupper").expect("its formulas").is_empty());
    }

    #[test]
    fn counts_are_numbers_and_codes_are_not() {
        let rows = [["1", "0180", "12"], ["30", "0181", "tolv"]].map(|row| row.map(str::to_owned).to_vec());
        let columns = &[("Antal", 9.0), ("Kommunkod", 9.0), ("Vad", 9.0)];
        let bytes = Table { columns, rows: rows.to_vec(), ..table() }.workbook().expect("a workbook");
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
        let sheet = book.worksheet_range("Grupper").expect("the sheet");
        assert_eq!(sheet.get((2, 0)), Some(&Data::Float(30.0)));
        assert_eq!(sheet.get((1, 1)), Some(&Data::String("0180".into())));
        assert_eq!(sheet.get((1, 2)), Some(&Data::String("12".into())), "a column is of one kind");
    }

    #[test]
    fn a_table_without_rows_is_one_of_headings() {
        let empty = Table { rows: Vec::new(), ..table() };
        assert_eq!(String::from_utf8(empty.csv().expect("a file")).expect("text"), "\u{feff}Nummer;Titel\r\n");
        assert!(!empty.workbook().expect("a workbook").is_empty());
    }
}
