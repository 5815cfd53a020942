//! Insamlingsregistret: the coordination register of data collections in Swedish public administration.

pub mod actions;
pub mod clock;
pub mod config;
pub mod db;
pub mod domain;
pub mod error;
pub mod intake;
pub mod jobs;
pub mod mail;
pub mod publish;
pub mod search;
pub mod secret;
pub mod server;
pub mod state;
pub mod text;
pub mod web;
