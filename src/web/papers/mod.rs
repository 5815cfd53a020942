//! What an agency gets back: its list, and the documents of its collections.

pub mod list;
