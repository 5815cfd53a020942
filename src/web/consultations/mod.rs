//! Consultation as both sides see it: asking, and the page of each case with its steps.

pub mod ask;
mod ask_page;
pub mod attachments;
pub mod beside;
pub mod case;
pub mod case_facts;
pub mod case_page;
pub mod done;
pub mod entered;
pub mod forms;
pub mod likeness;
pub mod opinion;
pub mod parts;
pub mod point_view;
pub mod points;
pub mod sent;
pub mod steps;
pub mod templates;
pub mod thread;

use std::collections::{HashMap, HashSet};

use crate::actions::consultations::Seen;
use crate::db::{Tx, organisations};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};

/// The number in an address.
///
/// # Errors
/// `NotFound` where it is none.
pub fn number_of(text: &str) -> Result<ConsultationNumber> {
    ConsultationNumber::parse(text).ok_or(Error::NotFound)
}

/// Names of organisations by code.
#[derive(Debug, Default)]
pub struct Named(HashMap<String, String>);

impl Named {
    /// Those of the parties of a case, and of these others.
    ///
    /// # Errors
    /// As the database says.
    pub async fn of<'a>(tx: &mut Tx, seen: &'a Seen, others: impl Iterator<Item = &'a String>) -> Result<Self> {
        let parties = seen.case.asking.bodies.iter().chain([&seen.case.agency]);
        let codes: HashSet<String> = parties.chain(others).cloned().collect();
        let codes: Vec<String> = codes.into_iter().collect();
        Ok(Self(organisations::names(tx, &codes).await?.into_iter().collect()))
    }

    /// The name, or the code where there is none.
    #[must_use]
    pub fn get(&self, code: &str) -> String {
        self.0.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }
}
