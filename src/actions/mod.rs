//! Use cases: one function, one write transaction, one event. No HTML here.

pub mod collections;
pub mod declarations;
pub mod demo;
pub mod import;
pub mod reference;
pub mod sign_in;
