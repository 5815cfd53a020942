//! Tables of figures as csv and as a workbook: numbers stay numbers.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::delimited;
use crate::error::{Error, Result};
use crate::text;

/// The colour behind headings.
const HEADING: Color = Color::RGB(0x000C_3F4B);
/// The widths in characters: of the first column, of the others, and of one of long texts.
const WIDTHS: [f64; 3] = [48.0, 20.0, 90.0];
/// The height of a line, in points.
const LINE: f64 = 15.0;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A count; none where it is not known.
    Count(Option<i64>),
    /// A time in days; none of nothing.
    Days(Option<f64>),
}

impl Cell {
    /// As a page has it: `1 224`, `8,3`, `–` where nothing is known.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Text(words) => words.clone(),
            Self::Count(Some(count)) => text::whole(*count),
            Self::Days(Some(days)) => decimal(*days),
            Self::Count(None) | Self::Days(None) => "–".to_owned(),
        }
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_))
    }

    /// As a file has it: without blanks in numbers, empty where nothing is known.
    fn plain(&self) -> String {
        match self {
            Self::Text(words) => words.replace('\u{a0}', " "),
            Self::Count(Some(count)) => count.to_string(),
            Self::Days(Some(days)) => decimal(*days),
            Self::Count(None) | Self::Days(None) => String::new(),
        }
    }
}

/// A number with one decimal, in Swedish.
fn decimal(number: f64) -> String {
    format!("{number:.1}").replace('.', ",")
}

/// A table of figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What it is called; also the name of the sheet, at most 31 characters.
    pub name: &'static str,
    /// What its rows are.
    pub first: &'static str,
    /// What its columns are, beside the first.
    pub columns: Vec<&'static str>,
    /// Each row: what it is of, and a cell for each column.
    pub rows: Vec<(String, Vec<Cell>)>,
}

/// All tables as one csv: a line for each figure.
///
/// # Errors
/// Only if the text cannot be written.
pub fn csv(sheets: &[Sheet]) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for sheet in sheets {
        for (label, cells) in &sheet.rows {
            for (column, cell) in sheet.columns.iter().zip(cells) {
                lines.push(vec![sheet.name.to_owned(), label.replace('\u{a0}', " "), (*column).to_owned(), cell.plain()]);
            }
        }
    }
    delimited::write(&["Tabell", "Rad", "Mått", "Värde"], lines)
}

/// All tables as a workbook, a sheet each. The same tables of the same day are the same bytes.
///
/// # Errors
/// Only if the workbook cannot be written.
pub fn workbook(title: &str, sheets: &[Sheet], made_on: NaiveDate) -> Result<Vec<u8>> {
    build(title, sheets, made_on).map_err(|error| Error::Internal(error.into()))
}

fn build(title: &str, sheets: &[Sheet], made_on: NaiveDate) -> std::result::Result<Vec<u8>, XlsxError> {
    let made = ExcelDateTime::from_ymd(
        u16::try_from(made_on.year()).unwrap_or_default(),
        u8::try_from(made_on.month()).unwrap_or_default(),
        u8::try_from(made_on.day()).unwrap_or_default(),
    )?;
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    for sheet in sheets {
        write_sheet(book.add_worksheet(), sheet)?;
    }
    book.save_to_buffer()
}

fn write_sheet(page: &mut Worksheet, sheet: &Sheet) -> std::result::Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_font_color(Color::White).set_background_color(HEADING).set_align(FormatAlign::Top);
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let (whole, days) = (Format::new().set_num_format("#,##0"), Format::new().set_num_format("0.0"));
    page.set_name(sheet.name)?;
    page.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?.set_print_fit_to_pages(1, 0);
    page.set_freeze_panes(1, 1)?;
    let headings = std::iter::once(&sheet.first).chain(&sheet.columns);
    for (at, title) in (0..).zip(headings) {
        page.write_string_with_format(0, at, *title, &heading.clone().set_text_wrap())?;
        page.set_column_width(at, width(sheet, at.into()))?;
    }
    for (at, (label, cells)) in (1..).zip(&sheet.rows) {
        page.write_string_with_format(at, 0, label.replace('\u{a0}', " "), &text)?;
        // not every program makes a row as high as what is wrapped in it
        page.set_row_height(at, LINE * lines(sheet, label, cells))?;
        for (column, cell) in (1..).zip(cells) {
            match cell {
                Cell::Text(_) => {
                    page.write_string_with_format(at, column, cell.plain(), &text)?;
                }
                Cell::Count(Some(count)) => {
                    page.write_number_with_format(at, column, *count as f64, &whole)?;
                }
                Cell::Days(Some(number)) => {
                    page.write_number_with_format(at, column, *number, &days)?;
                }
                Cell::Count(None) | Cell::Days(None) => {}
            }
        }
    }
    Ok(())
}

/// The texts of a column, of which the first is that of the labels.
fn texts(sheet: &Sheet, column: usize) -> impl Iterator<Item = String> {
    sheet.rows.iter().filter_map(move |(label, cells)| match column.checked_sub(1) {
        None => Some(label.clone()),
        Some(at) => cells.get(at).filter(|cell| !cell.is_number()).map(Cell::plain),
    })
}

/// How wide a column is.
fn width(sheet: &Sheet, column: usize) -> f64 {
    let [label, figure, long] = WIDTHS;
    match column {
        0 => label,
        _ if texts(sheet, column).any(|text| length(&text) > label) => long,
        _ => figure,
    }
}

/// How many lines a row takes.
fn lines(sheet: &Sheet, label: &str, cells: &[Cell]) -> f64 {
    let of = |text: &str, column: usize| (length(text) / width(sheet, column)).ceil();
    let texts = cells.iter().enumerate().filter(|(_, cell)| !cell.is_number()).map(|(at, cell)| of(&cell.plain(), at + 1));
    texts.chain([of(label, 0)]).fold(1.0, f64::max)
}

/// How many characters a text has, with some room for words that do not fit at the end of a line.
fn length(text: &str) -> f64 {
    text.chars().count() as f64 * 1.1
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader};

    use super::*;

    fn sheets() -> [Sheet; 1] {
        let rows = vec![
            ("=1+1".to_owned(), vec![Cell::Count(Some(1_224)), Cell::Days(Some(8.25)), Cell::Text("SKR".into())]),
            ("2005".to_owned(), vec![Cell::Count(Some(79)), Cell::Days(None), Cell::Text(String::new())]),
        ];
        [Sheet { name: "Per år", first: "År", columns: vec!["Ärenden", "Dagar", "Källa"], rows }]
    }

    #[test]
    fn numbers_are_numbers_and_words_are_never_calculated() {
        let text = String::from_utf8(csv(&sheets()).expect("a file")).expect("text");
        assert!(
            text.contains("Per år;'=1+1;Ärenden;1224\r\nPer år;'=1+1;Dagar;8,2\r\n") && text.contains("Per år;2005;Dagar;\r\n"),
            "{text}"
        );
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let bytes = workbook("Samråd", &sheets(), day).expect("a workbook");
        assert_eq!(bytes, workbook("Samråd", &sheets(), day).expect("the same"));
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
        let sheet = book.worksheet_range("Per år").expect("the sheet");
        assert_eq!((sheet.get((1, 1)), sheet.get((1, 2))), (Some(&Data::Float(1224.0)), Some(&Data::Float(8.25))));
        assert_eq!(sheet.get((1, 0)), Some(&Data::String("=1+1".into())));
        assert!(book.worksheet_formula("Per år").expect("its formulas").is_empty());
    }

    #[test]
    fn a_long_text_has_a_wide_column_and_rows_as_high_as_it_takes() {
        let long = "Ärenden är inte insamlingar. ".repeat(8);
        let row = |text: &str| ("Observera".to_owned(), vec![Cell::Text(text.to_owned())]);
        let sheet = Sheet { name: "Om", first: "Uppgift", columns: vec!["Innehåll"], rows: vec![row("kort"), row(&long)] };
        assert_eq!([0, 1].map(|column| width(&sheet, column)), [48.0, 90.0]);
        let heights: Vec<f64> = sheet.rows.iter().map(|(label, cells)| lines(&sheet, label, cells)).collect();
        assert_eq!(heights, [1.0, 3.0]);
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let bytes = workbook("Samråd", &[sheet], day).expect("a workbook");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
        let mut page = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").expect("the sheet"), &mut page).expect("text");
        assert!(page.contains("ht=\"45\" customHeight=\"1\""), "{page}");
    }

    #[test]
    fn figures_are_written_as_swedes_write_them() {
        let written = [Cell::Count(Some(22_620)), Cell::Days(Some(0.04)), Cell::Days(None)].map(|cell| cell.written());
        assert_eq!(written, ["22\u{a0}620", "0,0", "–"]);
    }
}
