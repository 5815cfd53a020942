//! The finder that goes with an index: filled when it is first asked for, and asked from where nothing may wait on a thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
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
    /// Those who have signed in: as many search at once as there are cores, so that everything else gets its turn.
    people: Queue,
    /// Everyone else: one at a time, so that a crawler keeps nobody from work.
    everyone: Queue,
}

/// Turns to search, and places to wait for one.
#[derive(Debug)]
struct Queue {
    turns: Arc<Semaphore>,
    places: Semaphore,
    patience: Duration,
}

impl Queue {
    fn new(turns: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(turns)), places: Semaphore::new(PLACES), patience: PATIENCE }
    }

    /// One's turn, after at most `patience`.
    ///
    /// # Errors
    /// `Busy` at once where everyone who may wait already does, and where one has waited for too long.
    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(turn);
        }
        let _place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        let turn = timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await;
        turn.map_err(|_| Error::Busy)?.map_err(Error::internal)
    }
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
/// How many wait for a turn: at twenty milliseconds each, whoever comes last still is answered at once.
const PLACES: usize = 8;

impl Default for Following {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            finder: Finder::default(),
            is_filled: AtomicBool::default(),
            taking_in: Mutex::default(),
            people: Queue::new(cores),
            everyone: Queue::new(1),
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
    /// When the index is damaged; `Busy` where so many others ask that it is not one's turn soon.
    pub async fn overlaps(
        &self,
        asker: Asker,
        planned: Planned,
        most: usize,
        visible: impl Fn(Known) -> bool + Send + 'static,
    ) -> Result<Vec<Overlap>> {
        let queue = match asker {
            Asker::SignedIn => &self.inner.following.people,
            Asker::Anyone => &self.inner.following.everyone,
        };
        let turn = queue.turn().await?;
        let index = self.clone();
        let find = move || {
            let found = index.finder().map(|finder| finder.find(&planned, most, visible));
            drop(turn); // only here: a search goes on even where nobody waits for it any more
            found
        };
        tokio::task::spawn_blocking(find).await.map_err(Error::internal)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_few_wait_for_a_while_and_everyone_beyond_is_refused_at_once() {
        let queue = Arc::new(Queue::new(1));
        let first = queue.turn().await.expect("a turn");
        let waits = |queue: &Arc<Queue>| {
            let queue = Arc::clone(queue);
            tokio::spawn(async move { queue.turn().await.map(drop) })
        };
        let waiting: Vec<_> = (0..PLACES).map(|_| waits(&queue)).collect();
        while queue.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(timeout(Duration::ZERO, queue.turn()).await, Ok(Err(Error::Busy))), "there is no place left");
        drop(first);
        for one in waiting {
            assert!(one.await.expect("it ends").is_ok(), "they come one after the other");
        }
        let impatient = Queue { patience: Duration::from_millis(1), ..Queue::new(1) };
        let _held = impatient.turn().await.expect("a turn");
        assert!(matches!(impatient.turn().await, Err(Error::Busy)), "nobody waits for ever");
    }
}
