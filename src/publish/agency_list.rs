//! An agency's list (6 § förordning (1982:668)) as csv and as a workbook.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::delimited;
use crate::domain::agency_list::{AgencyList, HEADINGS, Row, SURVEYS};
use crate::domain::round::When;
use crate::error::{Error, Result};

/// The widths of the columns, in characters, in the order of [`HEADINGS`].
const WIDTHS: [f64; HEADINGS.len()] =
    [22.0, 12.0, 45.0, 20.0, 18.0, 11.0, 13.0, 16.0, 40.0, 26.0, 18.0, 18.0, 13.0, 16.0, 30.0, 26.0, 30.0, 34.0, 12.0];
/// The colour behind headings.
const HEADING: Color = Color::RGB(0x000C_3F4B);
/// The most characters that a cell of a workbook holds.
const MOST_CHARACTERS: usize = 32_000;

/// What stands in a cell.
enum Cell {
    Text(String),
    Day(NaiveDate),
}

impl Cell {
    fn text(text: Option<&str>) -> Self {
        Self::Text(text.unwrap_or_default().to_owned())
    }

    fn when(when: Option<&When>) -> Self {
        match when {
            Some(When::Day(day)) => Self::Day(*day),
            Some(other) => Self::Text(other.to_string().replace('\u{a0}', " ")),
            None => Self::text(None),
        }
    }
}

/// The cells of a row, in the order of [`HEADINGS`].
fn cells(part: &str, row: &Row) -> [Cell; HEADINGS.len()] {
    let plain = |text: &str| Cell::Text(text.replace('\u{a0}', " "));
    let provisions: Vec<&str> = row.provisions.iter().map(|one| one.citation.as_str()).collect();
    [
        plain(part),
        plain(&row.number),
        plain(&row.title),
        plain(row.kind.label()),
        Cell::text(row.diary_number.as_deref()),
        plain(row.status.label()),
        row.decided_on.map_or_else(|| Cell::text(None), Cell::Day),
        plain(row.obligation.label()),
        plain(&provisions.join("; ")),
        plain(&row.respondents),
        plain(&row.periodicity),
        Cell::text(row.round.as_deref()),
        Cell::when(row.dispatch.as_ref()),
        Cell::when(row.deadline.as_ref()),
        Cell::text(row.consultation.as_deref()),
        Cell::text(row.contact_function.as_deref()),
        Cell::text(row.contact_email.as_deref()),
        plain(&row.responsible.join("; ")),
        plain(if row.open { "ja" } else { "nej" }),
    ]
}

/// The list as csv.
///
/// # Errors
/// Only if the text cannot be written.
pub fn csv(list: &AgencyList) -> Result<Vec<u8>> {
    let texts = |(part, row): (&'static str, &Row)| {
        let text = |cell| match cell {
            Cell::Text(text) => text,
            Cell::Day(day) => day.to_string(),
        };
        cells(part, row).map(text).to_vec()
    };
    delimited::write(&HEADINGS, list.rows().map(texts).collect::<Vec<_>>())
}

/// The list as a workbook: the list itself, the other collections, and what the list is.
///
/// # Errors
/// Only if the workbook cannot be written.
pub fn workbook(list: &AgencyList) -> Result<Vec<u8>> {
    build(list).map_err(|error| Error::Internal(error.into()))
}

fn build(list: &AgencyList) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // the same list of the same day is the same bytes
    let made = excel_day(list.made_on)?;
    let title = format!("Förteckning över enkäter, {}", list.agency.name);
    book.set_properties(&DocProperties::new().set_title(title.chars().take(200).collect::<String>()).set_creation_datetime(&made));
    write_sheet(book.add_worksheet(), "Förteckning enligt 6 §", list.rows().filter(|(part, _)| *part == SURVEYS))?;
    write_sheet(book.add_worksheet(), "Övriga insamlingar", list.rows().filter(|(part, _)| *part != SURVEYS))?;
    write_about(book.add_worksheet(), list)?;
    book.save_to_buffer()
}

fn write_sheet<'a>(
    sheet: &mut Worksheet,
    name: &str,
    rows: impl Iterator<Item = (&'static str, &'a Row)>,
) -> std::result::Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_font_color(Color::White).set_background_color(HEADING).set_align(FormatAlign::Top);
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let day = Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Top);
    sheet.set_name(name)?;
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?.set_print_fit_to_pages(1, 0);
    sheet.set_freeze_panes(1, 3)?;
    for ((at, title), width) in (0..).zip(HEADINGS).zip(WIDTHS) {
        sheet.write_string_with_format(0, at, title, &heading.clone().set_text_wrap())?;
        sheet.set_column_width(at, width)?;
    }
    let mut last = 0;
    for (at, (part, row)) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells(part, row)) {
            match cell {
                Cell::Text(words) if words.is_empty() => {}
                // written as text, whatever it begins with
                Cell::Text(words) => {
                    sheet.write_string_with_format(at, column, words.chars().take(MOST_CHARACTERS).collect::<String>(), &text)?;
                }
                Cell::Day(on) => {
                    sheet.write_datetime_with_format(at, column, excel_day(on)?, &day)?;
                }
            }
        }
        last = at;
    }
    sheet.autofilter(0, 0, last, u16::try_from(HEADINGS.len() - 1).unwrap_or_default())?;
    Ok(())
}

fn write_about(sheet: &mut Worksheet, list: &AgencyList) -> std::result::Result<(), XlsxError> {
    sheet.set_name("Om förteckningen")?;
    let (bold, top) = (Format::new().set_bold().set_align(FormatAlign::Top), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let count = |rows: &[Row]| rows.len().to_string();
    let lines = [
        ("Myndighet", list.agency.name.clone()),
        ("Organisationsnummer", list.agency.code.clone()),
        ("Planerade och beslutade enkäter", count(&list.surveys)),
        ("Övriga insamlingar", count(&list.others)),
        ("Fullständighet", list.declaration()),
        (
            "Vad förteckningen är",
            "Myndighetens förteckning över planerade och beslutade enkäter enligt 6 § förordningen (1982:668). Övriga insamlingar ingår inte i den."
                .to_owned(),
        ),
    ];
    sheet.set_column_width(0, 34)?.set_column_width(1, 80)?;
    for (at, (name, value)) in (0..).zip(lines) {
        sheet.write_string_with_format(at, 0, name, &bold)?.write_string_with_format(at, 1, value, &top)?;
    }
    sheet.write_string_with_format(6, 0, "Gjord den", &bold)?;
    let day = Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left);
    sheet.write_datetime_with_format(6, 1, excel_day(list.made_on)?, &day)?;
    Ok(())
}

fn excel_day(day: NaiveDate) -> std::result::Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).unwrap_or_default(),
        u8::try_from(day.month()).unwrap_or_default(),
        u8::try_from(day.day()).unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::samples;
    use crate::domain::terms::Kind;
    use calamine::{Data, Reader};

    fn list() -> AgencyList {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let mut hostile = samples::collection(Kind::Survey);
        hostile.content.title = "=HYPERLINK(\"http://ond.example\")".into();
        hostile.rounds[1].deadline = When::parse("2027-v12").ok();
        let agency = hostile.responsible[0].organisation.clone();
        let codes = [agency.code.clone()];
        AgencyList::new(
            agency,
            &codes,
            vec![samples::collection(Kind::Survey), hostile, samples::collection(Kind::StateGrant)],
            today,
            None,
        )
    }

    #[test]
    fn the_csv_has_a_row_for_each_and_no_formula() {
        let text = String::from_utf8(csv(&list()).expect("a file")).expect("text");
        assert!(text.starts_with("\u{feff}Del;Nummer;Titel;Slag;Diarienummer;"), "{text}");
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains(";\"'=HYPERLINK(\"\"http://ond.example\"\")\";"), "{text}");
        assert!(
            text.contains("Övriga insamlingar;2026-0042;Läget i skolbiblioteken;statsbidrag;2026:17;beslutad;2026-10-01;obligatorisk;")
        );
        assert!(text.contains(";2027-02-01;2027-03-28;\"ja, med") || text.contains(";2027-02-01;2027-03-28;ja, med"), "{text}");
    }

    #[test]
    fn the_workbook_holds_text_as_text_and_days_as_days() {
        let bytes = workbook(&list()).expect("a workbook");
        assert_eq!(bytes, workbook(&list()).expect("the same"));
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
        let sheets = book.worksheets();
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Förteckning enligt 6 §", "Övriga insamlingar", "Om förteckningen"]);
        let (surveys, others) = (&sheets[0].1, &sheets[1].1);
        assert_eq!((surveys.height(), others.height()), (3, 2));
        let at = |name: &str| HEADINGS.iter().position(|heading| *heading == name).expect("a column");
        let cell = |row: usize, name: &str| surveys.get((row, at(name))).cloned().unwrap_or_default();
        assert!(matches!(cell(1, "Beslutsdatum"), Data::DateTime(_)), "{:?}", cell(1, "Beslutsdatum"));
        assert!(matches!(cell(1, "Sista svarsdag"), Data::DateTime(_)));
        assert_eq!(cell(2, "Sista svarsdag"), Data::String("vecka 12, 2027".into()));
        assert_eq!(cell(2, "Titel"), Data::String("=HYPERLINK(\"http://ond.example\")".into()));
        let formulas = book.worksheet_formula("Förteckning enligt 6 §").expect("its formulas");
        assert!(formulas.is_empty(), "{formulas:?}");
    }
}
