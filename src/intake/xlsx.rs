//! Excel workbooks (.xlsx, .xlsm), read as a stream: only filled cells are kept, wherever on the sheet they stand.
//!
//! Written here and not left to a library: those at hand set aside memory for as many strings as the file claims to have.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::ods::iso_day;
use super::package::{BROKEN, Package};
use super::sheet::{Budget, Cell, MOST_SHEETS, Row, Sheet, Workbook};
use super::xlsx_parts::{self, Book, DateStyle};
use super::xml::{Node, Xml, attribute};
use crate::text::month_name;

/// The last row and column that a sheet has, from 0.
const LAST_ROW: u64 = 1_048_575;
const LAST_COLUMN: u32 = 16_383;

/// Reads every sheet.
///
/// # Errors
/// In Swedish, for a file that is broken or past the limits.
pub fn read(package: &mut Package<'_>) -> Result<Workbook, String> {
    let book = xlsx_parts::book(package)?;
    if book.sheets.len() > MOST_SHEETS {
        return Err(format!("Filen har fler än {MOST_SHEETS} blad."));
    }
    let (mut sheets, mut budget) = (Vec::new(), Budget::default());
    for (name, part) in &book.sheets {
        let text = package.text(part)?.ok_or_else(|| BROKEN.to_owned())?;
        sheets.push(Sheet { name: name.clone(), rows: read_rows(&mut Xml::new(&text), &book, &mut budget)? });
    }
    Ok(Workbook { sheets })
}

/// The filled rows of a sheet.
fn read_rows(xml: &mut Xml<'_>, book: &Book, budget: &mut Budget) -> Result<Vec<Row>, String> {
    let mut rows: BTreeMap<u64, BTreeMap<u32, Cell>> = BTreeMap::new();
    let (mut row, mut column) = (0_u64, 0_u32);
    let mut in_data = false;
    while let Some(node) = xml.next()? {
        let Node::Start(tag) = node else { continue };
        match tag.local_name().as_ref() {
            "sheetData" => in_data = true,
            "row" if in_data => {
                // a row without a number follows the one before; `row` counts from 1 here
                row = match attribute(&tag, "r") {
                    Some(number) => {
                        number.parse::<u64>().ok().filter(|row| (1..=LAST_ROW + 1).contains(row)).ok_or_else(|| BROKEN.to_owned())?
                    }
                    None => row + 1,
                };
                column = 0;
            }
            "c" if in_data => {
                if let Some(place) = attribute(&tag, "r") {
                    (column, row) = position(&place).ok_or_else(|| BROKEN.to_owned())?;
                }
                let style = attribute(&tag, "s").and_then(|style| style.parse::<usize>().ok()).unwrap_or_default();
                let kind = attribute(&tag, "t").unwrap_or_default().into_owned();
                if let Some(cell) = read_cell(xml, &kind, style, book)? {
                    budget.take(&cell)?;
                    rows.entry(row).or_default().insert(column, cell);
                }
                column = column.saturating_add(1);
            }
            // what follows the cells: drop-downs, notes, print set-up
            _ if in_data => xml.skip()?,
            _ => {}
        }
    }
    Ok(rows.into_iter().map(|(number, cells)| Row { number, cells: cells.into_iter().collect() }).collect())
}

/// Column from 0 and row from 1 of a place such as `AB12`.
fn position(place: &str) -> Option<(u32, u64)> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, number) = place.split_at_checked(letters).filter(|(name, _)| (1..=3).contains(&name.len()))?;
    let column = name.bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1) - 1;
    let row: u64 = number.parse().ok()?;
    (column <= LAST_COLUMN && (1..=LAST_ROW + 1).contains(&row)).then_some((column, row))
}

/// The value of the cell that was just started, read to its end.
fn read_cell(xml: &mut Xml<'_>, kind: &str, style: usize, book: &Book) -> Result<Option<Cell>, String> {
    let (mut value, mut inline, mut has_formula) = (None, None, false);
    loop {
        match xml.next()?.ok_or_else(|| BROKEN.to_owned())? {
            Node::Start(tag) => match tag.local_name().as_ref() {
                "v" => value = Some(xml.text_within(&[])?),
                "is" => inline = Some(xlsx_parts::text_runs(xml)?),
                "f" => {
                    has_formula = true;
                    xml.skip()?;
                }
                _ => xml.skip()?,
            },
            Node::End => break,
            Node::Text(_) => {}
        }
    }
    if let Some(text) = inline {
        return Ok(Cell::text(&xlsx_parts::unescaped(&text)));
    }
    let Some(value) = value else {
        return Ok(has_formula.then(|| Cell::Fault("en formel utan uträknat värde".to_owned())));
    };
    match kind {
        "s" => {
            let text = value.trim().parse::<usize>().ok().and_then(|at| book.strings.get(at)).ok_or_else(|| BROKEN.to_owned())?;
            Ok(Cell::text(text))
        }
        "str" => Ok(Cell::text(&xlsx_parts::unescaped(&value))),
        "b" => Ok(Some(Cell::Bool(matches!(value.trim(), "1" | "true")))),
        "e" => Ok(Some(Cell::Fault(format!("felvärdet {}", value.trim())))),
        "d" => Ok(iso_day(value.trim()).map(Cell::Date).or_else(|| Cell::text(&value))),
        _ if value.trim().is_empty() => Ok(None),
        _ => {
            let number: f64 = value.trim().parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| BROKEN.to_owned())?;
            Ok(Some(dated(number, book.date_style(style), book.from_1904).unwrap_or(Cell::Number(number))))
        }
    }
}

/// A serial number as its style shows it. Excel keeps the first day of a month that was typed in words; nobody chose that day.
fn dated(serial: f64, style: DateStyle, from_1904: bool) -> Option<Cell> {
    if style == DateStyle::None {
        return None;
    }
    let day = day_of_serial(serial, from_1904)?;
    Some(match style {
        DateStyle::Month => Cell::Text(format!("{} {}", month_name(day.month()), day.year())),
        DateStyle::Year => Cell::Text(day.year().to_string()),
        _ => Cell::Date(day),
    })
}

/// The day of a serial number: days from the end of 1899, or from the start of 1904 in files from old Macs.
fn day_of_serial(serial: f64, from_1904: bool) -> Option<NaiveDate> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let days = serial.floor() as u64;
    let (epoch, days) = if from_1904 {
        (NaiveDate::from_ymd_opt(1904, 1, 1)?, days)
    } else {
        // the serials count a 29 February 1900 that never was
        (NaiveDate::from_ymd_opt(1899, 12, 30)?, if days < 60 { days + 1 } else { days })
    };
    epoch.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_impossible_ones_refused() {
        assert_eq!(position("A1"), Some((0, 1)));
        assert_eq!(position("XFD1048576"), Some((LAST_COLUMN, LAST_ROW + 1)));
        for wrong in ["", "A", "1", "A0", "XFE1", "A1048577", "AAAA1", "A99999999999999999999", "Å1", "A-1"] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn serial_numbers_become_days() {
        let day = |serial, from_1904| day_of_serial(serial, from_1904).map(|day| day.to_string());
        assert_eq!(day(46_461.75, false).as_deref(), Some("2027-03-15"));
        assert_eq!(day(1.0, false).as_deref(), Some("1900-01-01"));
        assert_eq!(day(44_999.0, true).as_deref(), Some("2027-03-15"));
        for wrong in [-1.0, 1e300, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(day(wrong, false), None);
        }
    }
}
