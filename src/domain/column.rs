//! What each column of a file holds, in plain Swedish: one source for error messages, the template and the help page.

use super::field::Field;
use super::terms::Status;

mod table;

/// The sheet with one row for each collection.
pub const COLLECTION_SHEET: &str = "Insamlingar";
/// The sheet with one row for each item.
pub const ITEM_SHEET: &str = "Uppgifter";
/// The sheet with one row for each round.
pub const ROUND_SHEET: &str = "Omgångar";
/// The sheet with instructions, which is not read.
pub const README_SHEET: &str = "Läs mig först";
/// The sheet with the lists behind the drop-downs, which is not read.
pub const LIST_SHEET: &str = "Listor";

/// The states in which a collection may be imported; a draft is nobody else's business and a withdrawal is made in the register.
pub const IMPORTED_STATUS: [Status; 3] = [Status::Planned, Status::Decided, Status::Ended];

/// What a cell of a column may hold.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Any text.
    Text,
    /// Several texts with semicolons between them.
    Texts,
    /// One word of a closed list.
    Choice(fn() -> Vec<&'static str>),
    /// Several words of a closed list with semicolons between them.
    Choices(fn() -> Vec<&'static str>),
    /// A subject area of the register.
    Area,
    /// A ministry.
    Department,
    /// One organisation, by number or name, or in words.
    Organisation,
    /// Several organisations, by number or name.
    Organisations,
    /// `alla`, `lista` or a number.
    Selection,
    /// Municipality and region codes.
    Codes,
    /// A calendar day.
    Date,
    /// A day, a week or an uncertain period.
    When,
    /// A function mailbox.
    Email,
    /// A web address.
    WebAddress,
}

impl Form {
    /// The words of a closed list; empty for every other form.
    #[must_use]
    pub fn choices(self) -> Vec<&'static str> {
        match self {
            Self::Choice(list) | Self::Choices(list) => list(),
            _ => Vec::new(),
        }
    }

    /// What is allowed in words, after *Tillåtet:*.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Texts => "en eller flera texter, åtskilda med semikolon".to_owned(),
            Self::Choice(list) => list().join(", "),
            Self::Choices(list) => format!("en eller flera av följande, åtskilda med semikolon: {}", list().join(", ")),
            Self::Area => "ett av registrets ämnesområden".to_owned(),
            Self::Department => "ett departements namn".to_owned(),
            Self::Organisation => "organisationsnummer eller namn".to_owned(),
            Self::Organisations => "organisationsnummer eller namn, flera åtskilda med semikolon".to_owned(),
            Self::Selection => "alla, lista eller ett antal (till exempel 80). Ett värde för varje slag av uppgiftslämnare, åtskilda med semikolon, när de skiljer sig åt".to_owned(),
            Self::Codes => "kommunkoder med fyra siffror (0180) och regionkoder (R-14), åtskilda med semikolon".to_owned(),
            Self::Date => "ett datum, till exempel 2027-03-15".to_owned(),
            Self::When => "ett datum (2027-03-15), en vecka (2027-v12, räknas som dess söndag) eller en period (mars 2027, kvartal 2 2027, preliminärt, räknas som dess sista dag)".to_owned(),
            Self::Email => "en e-postadress till en funktionsbrevlåda".to_owned(),
            Self::WebAddress => "en webbadress som börjar med https:// eller http://".to_owned(),
        }
    }
}

/// A column of the file: what it is, what is allowed and why it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The field that it fills.
    pub field: Field,
    /// Whether every row must have it.
    pub required: bool,
    /// What a cell may hold.
    pub form: Form,
    /// What it means, in one or two sentences.
    pub help: &'static str,
    /// Why it is asked for, when a provision says so: `4 § 1 förordningen (1982:668)`.
    pub reference: Option<&'static str>,
    /// A value that is allowed.
    pub example: &'static str,
}

impl Column {
    /// The heading of the column.
    #[must_use]
    pub fn heading(&self) -> &'static str {
        self.field.label()
    }

    /// The sheet that the column belongs to.
    #[must_use]
    pub fn sheet(&self) -> &'static str {
        if self.field.is_item() {
            ITEM_SHEET
        } else if self.field.is_round() {
            ROUND_SHEET
        } else {
            COLLECTION_SHEET
        }
    }
}

/// Every column of the file, in the order of the template.
#[must_use]
pub fn columns() -> &'static [Column] {
    table::COLUMNS
}

/// The column of a field.
#[must_use]
pub fn column_of(field: Field) -> Option<&'static Column> {
    table::COLUMNS.iter().find(|column| column.field == field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_column_and_every_example_fits() {
        for field in Field::ALL {
            let columns: Vec<&Column> = columns().iter().filter(|column| column.field == *field).collect();
            assert_eq!(columns.len(), 1, "{}", field.label());
            let (example, choices) = (columns[0].example, columns[0].form.choices());
            assert!(choices.is_empty() || example.split("; ").all(|word| choices.contains(&word)), "{}: {example}", field.label());
            assert!(example.chars().count() <= field.most_characters());
            assert!(columns[0].help.ends_with('.'));
        }
        assert_eq!(columns().len(), Field::ALL.len());
    }

    #[test]
    fn lists_are_said_in_words() {
        let status = column_of(Field::Status).map(|column| column.form.in_words());
        assert_eq!(status.as_deref(), Some("planerad, beslutad, avslutad"));
    }
}
