//! OpenDocument spreadsheets (.ods), read as a stream: a cell or row that says it is repeated is counted before it is repeated.

use chrono::NaiveDate;
use quick_xml::events::BytesStart;

use super::package::{BROKEN, ENCRYPTED, Package};
use super::sheet::{Budget, Cell, MOST_SHEETS, Row, Sheet, Workbook};
use super::xml::{Node, Xml, attribute};

/// The most blanks that one `text:s` may stand for; more is no text.
const MOST_BLANKS: usize = 1_000;

/// The longest text of one cell, in bytes; the longest that any column takes is far below.
const MOST_CELL_TEXT: usize = 1024 * 1024;

/// Reads every sheet.
///
/// # Errors
/// In Swedish, for a file that is broken, behind a password or past the limits.
pub fn read(package: &mut Package<'_>) -> Result<Workbook, String> {
    let manifest = package.text("META-INF/manifest.xml")?.unwrap_or_default();
    if manifest.contains("encryption-data") || package.has("encrypted-package") {
        return Err(ENCRYPTED.to_owned());
    }
    let content = package.text("content.xml")?.ok_or_else(|| BROKEN.to_owned())?;
    let mut xml = Xml::new(&content);
    let (mut sheets, mut budget) = (Vec::new(), Budget::default());
    while let Some(node) = xml.next()? {
        let Node::Start(tag) = node else { continue };
        match tag.name().as_ref() {
            // deleted cells linger here
            "table:tracked-changes" => xml.skip()?,
            "table:table" => {
                let name = attribute(&tag, "table:name").unwrap_or_default().into_owned();
                sheets.push(Sheet { name, rows: read_rows(&mut xml, &mut budget)? });
                if sheets.len() > MOST_SHEETS {
                    return Err(format!("Filen har fler än {MOST_SHEETS} blad."));
                }
            }
            _ => {}
        }
    }
    Ok(Workbook { sheets })
}

/// The rows up to the end of the table that was just started.
fn read_rows(xml: &mut Xml<'_>, budget: &mut Budget) -> Result<Vec<Row>, String> {
    let (mut rows, mut number, mut depth) = (Vec::new(), 1_u64, 1_usize);
    while depth > 0 {
        match xml.next()?.ok_or_else(|| BROKEN.to_owned())? {
            Node::Start(tag) if tag.name().as_ref() == "table:table-row" => {
                let repeats = repeated(&tag, "table:number-rows-repeated");
                let cells = read_cells(xml, budget)?;
                if !cells.is_empty() {
                    for (_, cell) in &cells {
                        budget.take_many(cell, repeats - 1)?;
                    }
                    rows.extend((0..repeats).map(|at| Row { number: number.saturating_add(at), cells: cells.clone() }));
                }
                number = number.saturating_add(repeats);
            }
            // drawings and forms lie beside the rows
            Node::Start(tag) if !tag.name().as_ref().starts_with("table:table-") => xml.skip()?,
            Node::Start(_) => depth += 1,
            Node::End => depth -= 1,
            Node::Text(_) => {}
        }
    }
    Ok(rows)
}

/// The filled cells up to the end of the row that was just started.
fn read_cells(xml: &mut Xml<'_>, budget: &mut Budget) -> Result<Vec<(u32, Cell)>, String> {
    let (mut cells, mut column) = (Vec::new(), 0_u64);
    loop {
        match xml.next()?.ok_or_else(|| BROKEN.to_owned())? {
            Node::Start(tag) if matches!(tag.name().as_ref(), "table:table-cell" | "table:covered-table-cell") => {
                let repeats = repeated(&tag, "table:number-columns-repeated");
                if let Some(cell) = read_cell(xml, &tag)? {
                    budget.take_many(&cell, repeats)?;
                    let at = |at: u64| u32::try_from(column.saturating_add(at)).unwrap_or(u32::MAX);
                    cells.extend((0..repeats).map(|offset| (at(offset), cell.clone())));
                }
                column = column.saturating_add(repeats);
            }
            Node::Start(_) => xml.skip()?,
            Node::End => return Ok(cells),
            Node::Text(_) => {}
        }
    }
}

/// How many times a cell or row stands for itself, at least once.
fn repeated(tag: &BytesStart<'_>, name: &str) -> u64 {
    attribute(tag, name).and_then(|value| value.trim().parse().ok()).unwrap_or(1).max(1)
}

/// The value of the cell that was just started, read to its end.
fn read_cell(xml: &mut Xml<'_>, tag: &BytesStart<'_>) -> Result<Option<Cell>, String> {
    let text = paragraphs(xml)?;
    let value = |name| attribute(tag, name).map(std::borrow::Cow::into_owned);
    let has_formula = attribute(tag, "table:formula").is_some();
    let is_error = attribute(tag, "calcext:value-type").is_some_and(|kind| kind == "error");
    // older programs keep the error as text only
    if is_error || (has_formula && text.starts_with('#') && text.ends_with(['!', '?', 'A'])) {
        return Ok(Some(Cell::Fault(format!("felvärdet {}", if text.is_empty() { "#FEL" } else { text.trim() }))));
    }
    let cell = match value("office:value-type").as_deref() {
        Some("float" | "percentage" | "currency") => {
            value("office:value").and_then(|number| number.trim().parse().ok()).filter(|number: &f64| number.is_finite()).map(Cell::Number)
        }
        Some("date") => value("office:date-value").as_deref().and_then(iso_day).map(Cell::Date),
        Some("boolean") => value("office:boolean-value").map(|truth| Cell::Bool(truth == "true")),
        Some("string") => value("office:string-value").filter(|given| !given.is_empty()).as_deref().and_then(Cell::text),
        _ => None,
    };
    let cell = cell.or_else(|| Cell::text(&text));
    Ok(match cell {
        None if has_formula && value("office:value-type").is_none() => Some(Cell::Fault("en formel utan uträknat värde".to_owned())),
        cell => cell,
    })
}

/// The day in `2027-03-15` or `2027-03-15T08:00:00`.
pub(super) fn iso_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

/// The paragraphs of the cell that was just started, a line each; notes and drawings are not its text.
fn paragraphs(xml: &mut Xml<'_>) -> Result<String, String> {
    let (mut text, mut lines, mut depth, mut in_paragraph) = (String::new(), 0, 1_usize, 0_usize);
    while depth > 0 {
        if text.len() > MOST_CELL_TEXT {
            return Err("En cell i filen innehåller mer än 1\u{a0}MB text. Så lång text får inte plats.".to_owned());
        }
        match xml.next()?.ok_or_else(|| BROKEN.to_owned())? {
            Node::Start(tag) => match tag.name().as_ref() {
                "text:p" | "text:h" => {
                    if lines > 0 {
                        text.push('\n');
                    }
                    lines += 1;
                    depth += 1;
                    in_paragraph = depth;
                }
                "text:s" => {
                    let blanks = attribute(&tag, "text:c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                    text.extend(std::iter::repeat_n(' ', blanks.min(MOST_BLANKS)));
                    depth += 1;
                }
                "text:tab" => {
                    text.push('\t');
                    depth += 1;
                }
                "text:line-break" => {
                    text.push('\n');
                    depth += 1;
                }
                "text:span" | "text:a" => depth += 1,
                _ => xml.skip()?,
            },
            Node::End => {
                if in_paragraph == depth {
                    in_paragraph = 0;
                }
                depth -= 1;
            }
            Node::Text(more) if in_paragraph > 0 => text.push_str(&more),
            Node::Text(_) => {}
        }
    }
    Ok(text)
}
