//! Municipalities and regions that can be asked to look at a draft, and what they are called.

use super::letters::name_of;
use crate::db::{Tx, organisations};
use crate::error::Result;
use crate::text;

/// A municipality or region that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its code.
    pub code: String,
    /// What it is called in full: `Luleå kommun`.
    pub name: String,
    /// Its name without the word kommun.
    pub short: String,
}

/// Those who can be asked, by name.
///
/// # Errors
/// As the database says.
pub async fn places(tx: &mut Tx) -> Result<Vec<Place>> {
    let municipalities = organisations::municipalities(tx).await?.into_iter();
    let mut places: Vec<Place> = municipalities.map(|one| Place { name: one.long_name(), code: one.code, short: one.name }).collect();
    let regions = organisations::regions(tx).await?.into_iter();
    places.extend(regions.map(|one| Place { code: one.code, name: one.name.clone(), short: one.name }));
    Ok(places)
}

/// The place that a typed name or code means.
#[must_use]
pub fn place_named<'a>(places: &'a [Place], typed: &str) -> Option<&'a Place> {
    let folded = text::fold(typed);
    let is_meant = |one: &&Place| [&one.name, &one.short, &one.code].into_iter().any(|name| text::fold(name) == folded);
    places.iter().find(is_meant)
}

/// What a municipality or region is called in full.
///
/// # Errors
/// As the database says.
pub async fn place_name(tx: &mut Tx, code: &str) -> Result<String> {
    match organisations::municipality(tx, code).await? {
        Some(one) => Ok(one.long_name()),
        None => name_of(tx, code).await,
    }
}
