//! A file as sheets of cells, whatever format it came in, and the limits that no file may pass.

use chrono::NaiveDate;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 50 * 1024 * 1024;
/// The most filled cells in a file.
pub const MOST_CELLS: usize = 200_000;
/// The most text that the cells of a file may hold together, in bytes: one long text shared by every cell stays small on disk.
const MOST_TEXT: usize = 64 * 1024 * 1024;
/// The most sheets in a file.
pub const MOST_SHEETS: usize = 100;

/// The content of a filled cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text without white space at its ends, lines parted by `\n`; never empty.
    Text(String),
    /// A number.
    Number(f64),
    /// A calendar day.
    Date(NaiveDate),
    /// True or false.
    Bool(bool),
    /// Several texts (jsonl only).
    List(Vec<String>),
    /// A formula that gave an error (`#N/A`), or whose value was never saved.
    Fault(String),
}

impl Cell {
    /// A cell of text; nothing if there is only white space.
    #[must_use]
    pub fn text(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() {
            return None;
        }
        let unix = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
        Some(Self::Text(unix))
    }

    /// Whether a person sees the same in both cells. Long texts are not copied for it.
    #[must_use]
    pub fn is_shown_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            // what is no text is short
            (Self::Text(text), other) | (other, Self::Text(text)) => *text == other.shown(),
            (a, b) => a.shown() == b.shown(),
        }
    }

    /// What a person sees in the cell.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Fault(text) => text.clone(),
            Self::Number(number) => shown_number(*number),
            Self::Date(date) => date.to_string(),
            Self::Bool(true) => "ja".to_owned(),
            Self::Bool(false) => "nej".to_owned(),
            Self::List(texts) => texts.join("; "),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Fault(text) => text.len(),
            Self::List(texts) => texts.iter().map(String::len).sum(),
            _ => 0,
        }
    }
}

/// A whole number without decimals (`42`), others with a comma (`1,5`).
fn shown_number(number: f64) -> String {
    let text = if number.abs() >= 1e15 { format!("{number:e}") } else { number.to_string() };
    text.replace('.', ",")
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number as a spreadsheet shows it, from 1.
    pub number: u64,
    /// The filled cells by column, from 0, in order.
    pub cells: Vec<(u32, Cell)>,
}

/// One sheet: only its rows with something in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name; empty for a text file.
    pub name: String,
    /// The filled rows from the top.
    pub rows: Vec<Row>,
}

/// A file with its sheets.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    /// In the order of the file.
    pub sheets: Vec<Sheet>,
}

/// Counts filled cells and their text while a file is read, so that reading stops at the limit and not after it.
#[derive(Debug, Default)]
pub struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    /// Counts one cell.
    ///
    /// # Errors
    /// When the file holds more than any file may.
    pub fn take(&mut self, cell: &Cell) -> Result<(), String> {
        self.take_many(cell, 1)
    }

    /// Counts the same cell several times over.
    ///
    /// # Errors
    /// When the file holds more than any file may.
    pub fn take_many(&mut self, cell: &Cell, times: u64) -> Result<(), String> {
        let times = usize::try_from(times).unwrap_or(usize::MAX);
        self.cells = self.cells.saturating_add(times);
        self.text = self.text.saturating_add(cell.bytes().saturating_mul(times));
        if self.cells > MOST_CELLS {
            return Err("Filen har fler än 200\u{a0}000 ifyllda celler. Dela upp den i flera filer.".to_owned());
        }
        if self.text > MOST_TEXT {
            return Err(
                "Filens celler innehåller tillsammans mer text än vad som kan läsas (64\u{a0}MB). Dela upp den i flera filer.".to_owned()
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_shown_as_people_see_them() {
        assert_eq!(Cell::Number(42.0).shown(), "42");
        assert_eq!(Cell::Number(1.5).shown(), "1,5");
        assert_eq!(Cell::Number(1e300).shown(), "1e300");
        assert!(Cell::Number(42.0).is_shown_as(&Cell::Text("42".into())) && !Cell::Bool(true).is_shown_as(&Cell::Text("nej".into())));
        assert_eq!(Cell::text("  \u{a0} "), None);
        assert_eq!(Cell::text(" a\r\nb\rc ").map(|cell| cell.shown()).as_deref(), Some("a\nb\nc"));
    }

    #[test]
    fn the_budget_stops_at_its_limits() {
        let mut budget = Budget::default();
        let long = Cell::Text("a".repeat(1_000_000));
        assert!(budget.take_many(&long, 60).is_ok());
        assert!(budget.take_many(&long, 10).is_err_and(|message| message.contains("64")));
        assert!(Budget::default().take_many(&Cell::Bool(true), u64::MAX).is_err_and(|message| message.contains("200\u{a0}000")));
    }
}
