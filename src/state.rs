//! What every request and job shares, built the same way by the program and its tests.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::config::Config;
use crate::db::Db;
use crate::db::consultations::figures::KeptFigures;
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
    /// What the statistics of consultation are counted from, kept while no case changes.
    pub figures: KeptFigures,
    /// The configuration.
    pub config: Arc<Config>,
    /// What kind of register this is.
    pub register: Register,
    /// Whether the program runs as `demo`, where the links that try out each role work.
    pub demonstration_links: bool,
    /// Whether requests can be served.
    pub readiness: Readiness,
    /// Wakes the jobs.
    pub nudge: Nudge,
    /// When the jobs of this instance last looked.
    pub pulse: Pulse,
    /// Reads the text of attached files.
    pub reading: Reading,
    /// Where whole cases are packed into archives.
    pub packing: Places,
    /// Where such archives are sent from, which takes as long as whoever reads them.
    pub sending: Places,
}

/// The most files that are taken in at once: each takes some times its size in memory.
const MOST_AT_ONCE: usize = 4;
/// The most archives that are packed at once: each takes a processor.
const MOST_PACKED: usize = 2;
/// The most archives that are sent at once: each takes its size on the disk.
const MOST_SENT: usize = 20;
/// How long somebody waits for a place before being asked to come back.
const PATIENCE: Duration = Duration::from_secs(3);

/// Places for what only a few may do at once, and each person once.
#[derive(Debug, Clone)]
pub struct Places {
    shared: Arc<Semaphore>,
    own: Arc<Mutex<HashMap<Uuid, Weak<Semaphore>>>>,
}

/// One of the places, and the only one of whoever has it; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    _own: OwnedSemaphorePermit,
    _shared: OwnedSemaphorePermit,
}

/// Why somebody gets no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// The person has one already.
    Own,
    /// Others have all of them.
    Full,
}

impl Places {
    fn of(count: usize) -> Self {
        Self { shared: Arc::new(Semaphore::new(count)), own: Arc::default() }
    }

    /// Places for packing archives.
    #[must_use]
    pub fn for_packing() -> Self {
        Self::of(MOST_PACKED)
    }

    /// Places for sending archives.
    #[must_use]
    pub fn for_sending() -> Self {
        Self::of(MOST_SENT)
    }

    /// A place, given back when it is dropped; none where none becomes free soon.
    pub async fn soon(&self) -> Option<OwnedSemaphorePermit> {
        soon(&self.shared).await
    }

    /// A place for a person, who has no other.
    ///
    /// # Errors
    /// None becomes free soon.
    pub async fn one_for(&self, person: Uuid) -> Result<Place, NoPlace> {
        let own = soon(&self.own(person)).await.ok_or(NoPlace::Own)?;
        let shared = self.soon().await.ok_or(NoPlace::Full)?;
        Ok(Place { _own: own, _shared: shared })
    }

    /// The place of a person, which is forgotten when nobody has it or waits for it.
    fn own(&self, person: Uuid) -> Arc<Semaphore> {
        let mut all = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, one| one.strong_count() > 0);
        let known = all.get(&person).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let one = Arc::new(Semaphore::new(1));
            all.insert(person, Arc::downgrade(&one));
            one
        })
    }
}

async fn soon(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    tokio::time::timeout(PATIENCE, Arc::clone(places).acquire_owned()).await.ok()?.ok()
}

/// What reads the text of files: this program, started anew for each, a few at once.
#[derive(Debug, Clone)]
pub struct Reading {
    program: Arc<Path>,
    /// Places for taking files in.
    pub places: Places,
}

impl Reading {
    /// Reads with the program of this path.
    #[must_use]
    pub fn with(program: &Path) -> Self {
        Self { program: program.into(), places: Places::of(MOST_AT_ONCE) }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }
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

/// Wakes jobs that have got something to do, so that nobody waits for their next look. Whoever misses a nudge finds the work anyway.
#[derive(Debug, Clone, Default)]
pub struct Nudge(Arc<Notify>);

impl Nudge {
    /// Tells, after a commit, that there is mail in the outbox.
    pub fn mail(&self) {
        self.0.notify_one();
    }

    /// Waits until somebody tells that there is mail.
    pub async fn mailed(&self) {
        self.0.notified().await;
    }
}

/// When each job of this instance last looked for work.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<BTreeMap<&'static str, DateTime<Utc>>>>);

impl Pulse {
    /// Notes that a job looks for work.
    pub fn beat(&self, job: &'static str, now: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job, now);
    }

    /// When a job last looked; none where it never did.
    #[must_use]
    pub fn last(&self, job: &str) -> Option<DateTime<Utc>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(job).copied()
    }
}
