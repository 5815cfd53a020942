//! Sheets as entries: which sheet holds what, its headings, and its rows put together by own reference.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::errors::Errors;
use super::headings::{self, Part, SheetRole};
use super::records::{Entries, Names, Record, Value};
use super::sheet::{Row, Sheet, Workbook};
use crate::domain::column::{ITEM_SHEET, ROUND_SHEET};
use crate::domain::field::Field;

/// The most headings on a sheet; there are about fifty fields.
const MOST_HEADINGS: usize = 500;

/// The entries of a workbook, and the required columns that it lacks.
pub fn from_workbook(workbook: Workbook, errors: &mut Errors) -> (Entries, BTreeSet<Field>) {
    let mut entries = Entries::default();
    let mut missing = BTreeSet::new();
    let mut given: Vec<Field> = Vec::new();
    let Parted { main, parts } = parted(workbook, errors);
    if let Some(main) = main
        && let Some((headings, rows)) = header(&main, Part::Collections, "", errors, &mut missing)
        && !missing.contains(&Field::OwnReference)
    {
        given.extend(headings.names.keys());
        for row in rows {
            entries.add_row(record(row, "", &headings, errors), errors);
        }
    }
    if missing.contains(&Field::OwnReference) {
        return (entries, missing);
    }
    for (part, sheet) in parts {
        let prefix = format!("{}!", sheet.name);
        if let Some((headings, rows)) = header(&sheet, part, &prefix, errors, &mut missing) {
            given.extend(headings.names.keys());
            // the sheet alone says that its rows are all there are
            given.push(if part == Part::Items { Field::ItemLabel } else { Field::RoundLabel });
            for row in rows {
                entries.add_part(part, record(row, &prefix, &headings, errors), errors);
            }
        }
    }
    entries.give(given);
    (entries, missing)
}

/// A workbook's sheets by what they hold.
struct Parted {
    main: Option<Sheet>,
    parts: Vec<(Part, Sheet)>,
}

/// Sorts the sheets by name. Without a sheet named as the one of collections, the first nameless one is it.
fn parted(workbook: Workbook, errors: &mut Errors) -> Parted {
    let (mut mains, mut parts, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for sheet in workbook.sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()) {
        match headings::role_of(&sheet.name) {
            SheetRole::Rows(Part::Collections) => mains.push(sheet),
            SheetRole::Rows(part) => parts.push((part, sheet)),
            SheetRole::Unknown => unknown.push(sheet),
            SheetRole::Ignored => {}
        }
    }
    if mains.is_empty() && !unknown.is_empty() {
        mains.push(unknown.remove(0));
    }
    for sheet in unknown {
        let message =
            format!("Bladet ”{}” känns inte igen. Döp det till ”{ITEM_SHEET}” eller ”{ROUND_SHEET}”, eller ta bort det.", sheet.name);
        errors.add("", "", message);
    }
    let main = (!mains.is_empty()).then(|| mains.remove(0));
    match &main {
        None => errors.add("", "", "Filen innehåller inga insamlingar."),
        Some(main) => {
            for sheet in mains {
                errors.add(
                    "",
                    "",
                    format!("Bladen ”{}” och ”{}” innehåller båda insamlingar. Lägg alla på ett blad.", main.name, sheet.name),
                );
            }
        }
    }
    Parted { main, parts }
}

/// The first row of a sheet, judged.
#[derive(Debug, Default)]
struct Headings {
    /// What stands above each column: a field, or a heading that is already told to be wrong.
    columns: BTreeMap<u32, Option<(Field, Rc<str>)>>,
    /// The headings as they stand.
    names: Rc<Names>,
}

/// Judges the first row as headings; the rest are rows. Nothing if no heading makes sense.
fn header<'s>(
    sheet: &'s Sheet,
    part: Part,
    prefix: &str,
    errors: &mut Errors,
    missing: &mut BTreeSet<Field>,
) -> Option<(Headings, &'s [Row])> {
    let (first, rows) = sheet.rows.split_first()?;
    let row = format!("{prefix}{}", first.number);
    if first.cells.len() > MOST_HEADINGS {
        errors.add(row, "", format!("Raden har {} rubriker. Högst {MOST_HEADINGS} kan läsas.", first.cells.len()));
        return None;
    }
    let (mut columns, mut names) = (BTreeMap::new(), Names::new());
    let mut seen: BTreeSet<Field> = BTreeSet::new();
    if !first.cells.iter().any(|(_, cell)| headings::field_of(&cell.shown(), part).is_some()) {
        let message =
            "Raden innehåller inga kända rubriker. Första raden ska ha kolumnernas rubriker, till exempel egen referens, titel och slag.";
        errors.add(row, "", message);
        return None;
    }
    for (column, cell) in &first.cells {
        let typed = cell.shown();
        let told = crate::text::shorten(&typed, 80);
        let field = headings::field_of(&typed, part);
        match field {
            None => errors.add(&row, told.clone(), headings::unknown_message(&typed, part)),
            Some(field) if !headings::belongs(field, part) => {
                errors.add(&row, told.clone(), format!("Kolumnen ”{}” hör inte hemma på bladet ”{}”.", field.label(), sheet.name));
            }
            Some(field) if !seen.insert(field) => {
                errors.add(&row, told.clone(), format!("Kolumnen ”{}” finns två gånger. Ta bort den ena.", field.label()));
            }
            Some(field) => {
                let told: Rc<str> = told.into();
                names.insert(field, told.clone());
                columns.insert(*column, Some((field, told)));
                continue;
            }
        }
        columns.insert(*column, None);
    }
    let required: &[Field] = match part {
        Part::Collections => &[Field::OwnReference, Field::Title, Field::Kind],
        Part::Items => &[Field::OwnReference, Field::ItemLabel],
        Part::Rounds => &[Field::OwnReference],
    };
    for field in required.iter().filter(|field| !seen.contains(field)) {
        errors.add(&row, field.label(), format!("Kolumnen ”{}” saknas. Den måste finnas.", field.label()));
        missing.insert(*field);
    }
    (part == Part::Collections || seen.contains(&Field::OwnReference)).then(|| (Headings { columns, names: Rc::new(names) }, rows))
}

/// A row's cells under their headings.
fn record(row: &Row, prefix: &str, headings: &Headings, errors: &mut Errors) -> Record {
    let number = format!("{prefix}{}", row.number);
    let mut values = Vec::with_capacity(row.cells.len());
    for (column, cell) in &row.cells {
        match headings.columns.get(column) {
            Some(Some((field, heading))) => values.push(Value { field: *field, column: heading.clone(), cell: cell.clone() }),
            Some(None) => {}
            None => errors.add(&number, letters(*column), "Kolumnen har ingen rubrik. Skriv en rubrik på första raden, eller töm cellen."),
        }
    }
    Record { row: number, headings: headings.names.clone(), values, ..Record::default() }
}

/// A column's letters as spreadsheets show them: `A`, `AB`.
fn letters(column: u32) -> String {
    let (mut rest, mut letters) = (u64::from(column) + 1, Vec::new());
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 16_383].map(letters), ["A", "Z", "AA", "XFD"]);
        assert_eq!(letters(u32::MAX), "MWLQKWV");
    }
}
