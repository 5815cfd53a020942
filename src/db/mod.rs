//! All SQL of the register. One text serves SQLite and PostgreSQL; functions take a transaction first.

pub mod agency_list;
pub mod areas;
pub mod attachments;
pub mod backup;
pub mod case;
pub mod collection_rows;
pub mod collections;
pub mod consultations;
pub mod deadlines;
pub mod decisions;
pub mod declarations;
pub mod desk;
pub mod drafts;
pub mod engine;
pub mod events;
pub mod figures;
pub mod involved;
pub mod organisations;
pub mod outbox;
pub mod overlaps;
pub mod pairs;
pub mod people;
pub mod public;
pub mod query;
pub mod register;
pub mod reminders;
pub mod rounds;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod trail;
pub mod versions;
pub mod watching;
pub mod whole;
pub mod wipe;
pub mod word_lists;

pub use engine::{Db, Tx};
pub use query::{Query, Record, Value};

/// What a database function answers.
pub type Result<T, E = sqlx::Error> = std::result::Result<T, E>;

/// A stored code that the program does not know: the database is newer than the program, or was edited by hand.
pub(crate) fn unknown_code(what: &str, code: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("unknown {what} in the database: {code:?}").into())
}
