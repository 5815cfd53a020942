//! Use cases: one function, one write transaction, one event. No HTML here.

pub mod answer_templates;
pub mod attached_items;
pub mod beside;
pub mod collections;
pub mod comparing;
pub mod configuring;
pub mod consultations;
pub mod copies;
pub mod declarations;
pub mod demo;
pub mod demo_cases;
mod demo_form;
mod demo_outside;
pub mod drafts;
pub mod export;
pub mod import;
pub mod mail;
pub mod overlap_scores;
pub mod overlaps;
pub mod pairs;
pub mod people;
pub mod queue;
pub mod reading;
pub mod reference;
pub mod reminders;
pub mod sign_in;
pub mod watching;
pub mod word_list;

use crate::state::{AppState, Register};

pub use crate::mail::messages::Origin;

/// The register as its letters name it.
#[must_use]
pub fn origin(state: &AppState) -> Origin {
    Origin { base_url: state.config.base_url.clone(), demonstration: state.register == Register::Demonstration }
}
