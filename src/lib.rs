//! Insamlingsregistret: the coordination register of data collections in Swedish public administration.

pub mod clock;
pub mod db;
pub mod domain;
pub mod error;
pub mod text;
