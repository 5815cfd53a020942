//! Work beside the requests: loops that run until the program stops.

pub mod index;
pub mod outbox;
