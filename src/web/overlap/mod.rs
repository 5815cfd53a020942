//! Overlaps as people handle them: the list to review, and the page of each pair.

pub mod confirmed;
pub mod flags;
pub mod nearby;
pub mod pair;
pub mod review;
pub mod side;
