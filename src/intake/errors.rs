//! Everything that is wrong with a file, by row and column.

use super::line::harmless;

/// The most errors that are told one by one.
pub const MOST_ERRORS: usize = 1_000;

/// One thing that is wrong, and what is allowed. Each text is one line that no terminal takes for a command, whatever was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The row as a spreadsheet numbers it (`4`), with its sheet if that is not the first one (`Uppgifter!7`); empty for the whole file.
    pub row: String,
    /// The heading as it stands in the file; empty for the whole row.
    pub column: String,
    /// What is wrong and what is allowed, in Swedish.
    pub message: String,
}

impl RowError {
    /// An error of a cell.
    fn new(row: &str, column: &str, message: &str) -> Self {
        Self { row: harmless(row), column: harmless(column), message: harmless(message) }
    }

    /// An error of the whole file.
    #[must_use]
    pub fn file(message: impl AsRef<str>) -> Self {
        Self::new("", "", message.as_ref())
    }
}

/// Gathers errors; past [`MOST_ERRORS`] they are only counted.
#[derive(Debug, Default)]
pub struct Errors {
    told: Vec<RowError>,
    untold: usize,
}

impl Errors {
    /// One error of the whole file.
    #[must_use]
    pub fn of_file(message: impl AsRef<str>) -> Self {
        Self { told: vec![RowError::file(message)], untold: 0 }
    }

    /// Adds an error.
    pub fn add(&mut self, row: impl AsRef<str>, column: impl AsRef<str>, message: impl AsRef<str>) {
        if self.told.len() < MOST_ERRORS {
            self.told.push(RowError::new(row.as_ref(), column.as_ref(), message.as_ref()));
        } else {
            self.untold += 1;
        }
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Whether so much is wrong that looking for what was meant takes more time than it gives.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.told.len() >= MOST_ERRORS / 10
    }

    /// Every error told, and a last line on how many more there are.
    #[must_use]
    pub fn into_list(mut self) -> Vec<RowError> {
        if self.untold > 0 {
            let more = crate::text::counted(i64::try_from(self.untold).unwrap_or(i64::MAX), "fel till", "fel till");
            self.told.push(RowError::file(format!("Dessutom finns {more} som inte visas.")));
        }
        self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_one_harmless_line() {
        let mut errors = Errors::default();
        errors.add("Blad\t1!\n4", "ti\ttel\u{1b}[31m", "”a\r\nb\u{7}” är\u{a0}fel");
        let error = errors.into_list().remove(0);
        assert_eq!((error.row.as_str(), error.column.as_str()), ("Blad 1! 4", "ti tel\u{fffd}[31m"));
        assert_eq!(error.message, "”a b\u{fffd}” är\u{a0}fel");
    }

    #[test]
    fn errors_past_the_limit_are_counted() {
        let mut errors = Errors::default();
        for row in 0..1_234 {
            errors.add(row.to_string(), "titel", "fel");
        }
        let list = errors.into_list();
        assert_eq!(list.len(), MOST_ERRORS + 1);
        assert_eq!(list[MOST_ERRORS], RowError::file("Dessutom finns 234\u{a0}fel till som inte visas."));
    }
}
