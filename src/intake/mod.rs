//! Files of collections, judged: bytes in, checked collections or every error out. No database, nothing waits.
//!
//! `file` tells what a file is by its content; `xlsx`, `ods`, `delimited` and `jsonl` read it within the limits of `sheet`;
//! `headings` tells what each column is; `tables` and `records` put rows together; `build` makes collections and has them checked.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::field::Field;
use crate::domain::new_collection::NewCollection;

pub mod attachment;
mod build;
mod cells;
mod choices;
mod decode;
mod delimited;
pub mod demonstration;
mod directory;
mod errors;
mod file;
mod headings;
mod jsonl;
mod line;
mod ods;
mod package;
pub mod planned;
mod records;
pub mod reference;
mod respondents;
mod sheet;
mod tables;
#[cfg(test)]
mod tests;
mod xlsx;
mod xlsx_parts;
mod xml;

pub use crate::domain::column::columns;
pub use directory::Directory;
pub use errors::{MOST_ERRORS, RowError};
pub use records::MOST_COLLECTIONS;
pub use sheet::{MOST_BYTES, MOST_CELLS};

use errors::Errors;

/// A file as it came.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name, for messages; what the file is, its content tells.
    pub name: &'a str,
    /// All of it.
    pub bytes: &'a [u8],
}

/// A collection of a file, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCollection {
    /// The row where it stands.
    pub row: String,
    /// The fields that the file says something of. What is not among them is left as the register has it; an empty cell under a
    /// heading is among them, and means empty. [`Field::Respondents`] is there if any column tells who is asked, [`Field::ItemLabel`]
    /// and [`Field::RoundLabel`] if the file has anything for items or rounds.
    pub given: BTreeSet<Field>,
    /// What the row says. Agencies and the subject area are codes; so is the collector, where the directory knows it.
    pub collection: NewCollection,
}

/// Reads a file of collections: all of them, or everything that is wrong.
///
/// `default_agency` is the code of the agency that answers for collections that name none; `today` is the Swedish calendar day.
///
/// # Errors
/// Every error by row and column, at most [`MOST_ERRORS`] and a last line that counts the rest.
pub fn read_collections(
    source: Source<'_>,
    default_agency: &str,
    today: NaiveDate,
    directory: &Directory,
) -> Result<Vec<ReadCollection>, Vec<RowError>> {
    let mut errors = Errors::default();
    let (entries, missing) = match file::read(source) {
        Ok(file::Content::Table(workbook)) => tables::from_workbook(workbook, &mut errors),
        Ok(file::Content::Objects(objects)) => (records::from_objects(objects, &mut errors), BTreeSet::new()),
        Err(faults) => return Err(faults.into_list()),
    };
    if entries.too_many() {
        return Err(vec![RowError::file(records::too_many_collections())]);
    }
    let judge = build::Judge { directory, default_agency, today, missing };
    let list = entries.into_list();
    if list.is_empty() && errors.is_empty() {
        errors.add("", "", "Filen innehåller inga insamlingar.");
    }
    let read: Vec<ReadCollection> = list.iter().filter_map(|entry| judge.judge(entry, &mut errors)).collect();
    if errors.is_empty() { Ok(read) } else { Err(errors.into_list()) }
}
