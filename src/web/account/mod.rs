//! Accounts: signing in and out, the people of an organisation, and what was done.

pub mod browser;
pub mod own;
pub mod people;
pub mod person;
pub mod sign_in;
pub mod source;
pub mod trail;
