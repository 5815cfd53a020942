//! What every request and job shares, built the same way by the program and its tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Config;
use crate::db::Db;
use crate::search::Index;

/// The shared state. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The search index, a cache of the database.
    pub index: Index,
    /// The configuration.
    pub config: Arc<Config>,
    /// What kind of register this is.
    pub register: Register,
    /// Whether requests can be served.
    pub readiness: Readiness,
}

/// What kind of register this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Register {
    /// The real one.
    Real,
    /// One with demonstration data; every page says so.
    Demonstration,
}

/// Whether the register is migrated and its index complete. Starts as not ready; never goes back.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// From now on requests can be served.
    pub fn declare(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether requests can be served.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
