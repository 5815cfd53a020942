//! The finder that goes with an index: filled when it is first asked for, and asked from where nothing may wait on a thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::super::Index;
use super::{Finder, Known, Overlap};
use crate::domain::overlap::Planned;
use crate::error::{Error, Result};

/// A finder with what keeps it in step with its index.
#[derive(Debug)]
pub(in crate::search) struct Following {
    finder: Finder,
    is_filled: AtomicBool,
    /// One at a time takes in what changed.
    taking_in: Mutex<()>,
    /// Who may search: as many at once as there are cores, so that everything else gets its turn.
    turns: Arc<Semaphore>,
    /// The same for everyone who has not signed in: one at a time, so that a crawler keeps nobody from work.
    open_turns: Arc<Semaphore>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Somebody who has signed in.
    SignedIn,
    /// Anyone.
    Anyone,
}

/// The longest that somebody waits for a turn: a form must not wait for others' questions.
const PATIENCE: Duration = Duration::from_secs(3);

impl Default for Following {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            finder: Finder::default(),
            is_filled: AtomicBool::default(),
            taking_in: Mutex::default(),
            turns: Arc::new(Semaphore::new(cores)),
            open_turns: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Index {
    /// The finder of overlaps, which holds what the index held at the last commit. Filled when it is first asked for, since a register that
    /// is only read needs none; that takes a second at twenty thousand collections, so ask on a thread that may wait.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn finder(&self) -> Result<&Finder> {
        let this = &self.inner.following;
        if !this.is_filled.load(Ordering::Acquire) {
            let _alone = this.taking_in.lock().unwrap_or_else(PoisonError::into_inner);
            if !this.is_filled.load(Ordering::Acquire) {
                this.finder.follow(&self.snapshot(), &self.inner.fields)?;
                this.is_filled.store(true, Ordering::Release);
            }
        }
        Ok(&this.finder)
    }

    /// Has the finder, if anybody has asked for it, take in what the index shows now.
    ///
    /// # Errors
    /// When the index is damaged.
    pub(in crate::search) fn follow(&self) -> Result<()> {
        let this = &self.inner.following;
        let _alone = this.taking_in.lock().unwrap_or_else(PoisonError::into_inner);
        if this.is_filled.load(Ordering::Acquire) { this.finder.follow(&self.snapshot(), &self.inner.fields) } else { Ok(()) }
    }

    /// What [`Finder::find`] answers, found on a thread that may take its time, when it is one's turn. Hold no transaction meanwhile.
    ///
    /// # Errors
    /// When the index is damaged, or others have asked so much that it was nobody's turn for some seconds.
    pub async fn overlaps(
        &self,
        asker: Asker,
        planned: Planned,
        most: usize,
        visible: impl Fn(Known) -> bool + Send + 'static,
    ) -> Result<Vec<Overlap>> {
        let turns = match asker {
            Asker::SignedIn => &self.inner.following.turns,
            Asker::Anyone => &self.inner.following.open_turns,
        };
        let turn = timeout(PATIENCE, Arc::clone(turns).acquire_owned()).await.map_err(Error::internal)?.map_err(Error::internal)?;
        let index = self.clone();
        let find = move || {
            let found = index.finder().map(|finder| finder.find(&planned, most, visible));
            drop(turn); // only here: a search goes on even where nobody waits for it any more
            found
        };
        tokio::task::spawn_blocking(find).await.map_err(Error::internal)?
    }
}
