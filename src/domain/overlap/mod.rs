//! Whether a planned collection asks for what is already collected (*liknande uppgifter*): judged, and explained.
//!
//! The finder in `search` measures how alike texts are; here the measures become a probability, a tier and words. What is compared is
//! what is asked about whom, not how it is put: 2 § förordningen (1982:668) limits what may be asked for, whatever it is called.
//!
//! - `weights`: every number of the method, and where it comes from
//! - `judge`: from measures to a judgement
//! - `explain`: the judgement in words
//! - `fit`, `scores`: how the numbers were found, and how good they are

pub mod explain;
pub mod fit;
pub mod judge;
pub mod scores;
pub mod weights;

pub use judge::{Evidence, Judgement, Tier};

/// A collection that somebody plans, as far as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    /// The title.
    pub title: String,
    /// The purpose.
    pub purpose: String,
    /// The subject area, named as the register that it is compared with names areas.
    pub area: Option<String>,
    /// One text per item: label and definition.
    pub items: Vec<String>,
}
