//! The rules of the field. Pure: nothing here waits, reads a clock, a file or a database.

#[macro_use]
pub mod terms;
pub mod access;
pub mod agency_list;
pub mod collection;
pub mod column;
pub mod consultation;
pub mod content;
pub mod decision;
pub mod documents;
pub mod draft;
pub mod field;
pub mod form_items;
pub mod history;
pub mod identifier;
pub mod letter;
pub mod life;
pub mod new_collection;
pub mod ordinance;
pub mod organisation;
pub mod overlap;
pub mod person;
pub mod reference;
pub mod respondent;
pub mod revision;
pub mod round;
pub mod schedule;
pub mod sign_in;
pub mod watching;
pub mod word_list;
pub mod wording;
pub mod working_days;
