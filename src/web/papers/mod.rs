//! What an agency gets back: its list, the documents of its collections, the short address on the form, and whole cases.

pub mod case;
pub mod consulted;
pub mod documents;
pub mod list;
pub mod own_case;
pub mod read;
mod sending;
pub mod status;
