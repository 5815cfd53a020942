//! Whether a planned collection asks for what is already collected (*liknande uppgifter*): judged, and explained.
//!
//! The finder in `search` measures how alike texts are; here the measures become a probability, a tier and words. What is compared is
//! what is asked about whom, not how it is put: 2 § förordningen (1982:668) limits what may be asked for, whatever it is called.
//!
//! - `weights`: every number of the method, and where it comes from
//! - `judge`: from measures to a judgement
//! - `explain`: the judgement in words
//! - `answer`, `verdict`: what agencies answer to a flag, and what people decide of it
//! - `substance`, `contrast`: what a judgement depends on, and what differs between two texts
//! - `groups`: what hangs together by what people have confirmed
//! - `fit`, `scores`: how the numbers were found, and how good they are

pub mod answer;
pub mod contrast;
pub mod explain;
pub mod fit;
pub mod groups;
pub mod judge;
pub mod scores;
pub mod substance;
pub mod verdict;
pub mod weights;

use super::wording;

pub use judge::{Evidence, Judgement, Likeness, Tier};

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

/// What is wrong with a text that explains something, in Swedish.
#[must_use]
pub fn words_fault(words: &str) -> Option<String> {
    wording::fault(words, answer::MOST_CHARACTERS)
}
