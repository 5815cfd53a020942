//! Finding collections: a full-text index (tantivy) that is a disposable cache of the database, with Swedish analysis.
//!
//! - `schema`, `analysis`, `endings`: what is indexed and how text becomes words
//! - `index`, `writer`, `snapshot`: the folder on disk, the one writer, the generation that searches read
//! - `vocabulary`, `synonyms`: the words that exist, their compounds and misspellings; bodies with several names
//! - `names`: what the counted codes are called
//! - `query`, `plan`, `prepare`, `evaluate`, `tally`, `find`: from what was typed to hits and counts
//! - `sync`: following the database
//! - `overlap`: collections that ask for the same, held in memory beside the index
//! - `highlight`, `suggest`: what is shown of a hit, and of none

mod analysis;
mod endings;
mod evaluate;
mod find;
mod highlight;
mod index;
mod names;
pub mod overlap;
mod plan;
mod prepare;
mod query;
mod request;
mod schema;
mod snapshot;
mod suggest;
mod sync;
mod synonyms;
mod tally;
mod vocabulary;
mod writer;

pub use index::Index;
pub use names::Names;
pub use request::{Facet, Facets, Filters, Hit, Request, Results, Segment, Sort, Suggestion, Understood};
pub use schema::Document;
pub use sync::Sync;
pub use synonyms::Synonyms;
pub use writer::Writer;

#[cfg(test)]
mod find_tests;
#[cfg(test)]
mod index_tests;
#[cfg(test)]
mod relevance;
#[cfg(test)]
mod samples;
