//! What every request and job shares, built the same way by the program and its tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Config;
use crate::db::Db;
use crate::db::whole::Kept;
use crate::search::Index;

/// The shared state. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The search index, a cache of the database.
    pub index: Index,
    /// Collections as their pages show them, kept while they are unchanged.
    pub kept: Kept,
    /// The configuration.
    pub config: Arc<Config>,
    /// What kind of register this is.
    pub register: Register,
    /// Whether the program runs as `demo`, where the links that try out each role work.
    pub demonstration_links: bool,
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

/// Whether the register can be used, and whether its index keeps up.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    complete: AtomicBool,
    behind: AtomicBool,
}

impl Readiness {
    /// The register is migrated and its index held everything once: from now on requests are served.
    pub fn declare(&self) {
        self.0.complete.store(true, Ordering::Release);
    }

    /// Whether requests are served.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.complete.load(Ordering::Acquire)
    }

    /// Tells whether the index could follow the database at the last look.
    pub fn set_following(&self, follows: bool) {
        self.0.behind.store(!follows, Ordering::Release);
    }

    /// Whether the index followed the database at the last look.
    #[must_use]
    pub fn is_following(&self) -> bool {
        !self.0.behind.load(Ordering::Acquire)
    }
}
