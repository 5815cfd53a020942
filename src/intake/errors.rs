//! Everything that is wrong with a file, by row and column.

/// The most errors that are told one by one.
pub const MOST_ERRORS: usize = 1_000;

/// One thing that is wrong, and what is allowed.
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
    /// An error of the whole file.
    #[must_use]
    pub fn file(message: impl Into<String>) -> Self {
        Self { row: String::new(), column: String::new(), message: message.into() }
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
    pub fn of_file(message: impl Into<String>) -> Self {
        Self { told: vec![RowError::file(message)], untold: 0 }
    }

    /// Adds an error.
    pub fn add(&mut self, row: impl Into<String>, column: impl Into<String>, message: impl Into<String>) {
        if self.told.len() < MOST_ERRORS {
            self.told.push(RowError { row: row.into(), column: column.into(), message: message.into() });
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
