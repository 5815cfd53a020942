//! Finding registered collections that already ask for what somebody plans to ask for.
//!
//! Held in memory, filled from the search index at every start and following it after that: 20 000 collections are read in half a second.
//!
//! - `grams`: how texts become grams
//! - `store`, `weights`: what is held, and what it weighs
//! - `query`, `find`, `best`: from a planned collection to measures of likeness
//! - `load`: following the search index
//! - `ask`: the finder that goes with an index, and whose turn it is to search
//!
//! What the measures mean is judged in [`crate::domain::overlap`].

mod ask;
mod best;
mod find;
mod grams;
mod load;
mod query;
mod store;
mod weights;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::NaiveDate;
use uuid::Uuid;

use self::store::{Entry, Store};
use self::weights::Weights;
use super::schema::day;
use crate::domain::overlap::weights::MODEL;
use crate::domain::overlap::{Evidence, Judgement, Likeness, Planned};

pub use self::ask::Asker;
pub(super) use self::ask::Following;
pub use self::store::Record;

/// A finder whose places are mostly taken by what is gone is filled anew from this share on.
const MOST_GONE: f64 = 0.3;

/// A collection that can be found, as much as a filter needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Identity.
    pub id: Uuid,
    open_from: i64,
}

impl Known {
    /// Whether everyone may see it on `today`.
    #[must_use]
    pub fn is_open_on(self, today: NaiveDate) -> bool {
        self.open_from <= day(today)
    }
}

/// A registered collection that may overlap with a planned one.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Identity.
    pub id: Uuid,
    /// The stamp of what was compared.
    pub stamp: i64,
    /// How alike they are.
    pub likeness: Likeness,
    /// What that means.
    pub judgement: Judgement,
}

/// Finds overlaps. Never waits for more than moments, also while what it holds changes.
#[derive(Debug, Default)]
pub struct Finder {
    store: RwLock<Store>,
}

impl Finder {
    /// A finder that holds these. What a gram weighs goes by those that are open on `today`.
    #[must_use]
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>, today: NaiveDate) -> Self {
        let mut store = Store::default();
        records.into_iter().for_each(|record| store.put(record));
        store.settle();
        store.weigh(day(today));
        Self { store: RwLock::new(store) }
    }

    /// How many collections it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().counts().0
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in what changed, as of `today`. What is new is found, and what is gone is not, when this returns.
    pub fn update(&self, changed: &[Record], gone: &[Uuid], today: NaiveDate) {
        let mut store = self.write();
        gone.iter().for_each(|id| store.remove(*id));
        changed.iter().for_each(|record| store.put(record));
        drop(store);
        // weighing takes a while; searches meanwhile go by the old weights
        let weights = Weights::of(&self.read(), day(today));
        self.write().weights = weights;
    }

    /// The stamp of a collection as it is held.
    #[must_use]
    pub fn stamp(&self, id: Uuid) -> Option<i64> {
        self.read().stamp(id)
    }

    /// The stamp of every collection held.
    fn stamps(&self) -> HashMap<Uuid, i64> {
        self.read().stamps().collect()
    }

    /// Whether so much is gone that it is better to begin anew.
    fn is_worn(&self) -> bool {
        let (held, gone) = self.read().counts();
        gone as f64 > MOST_GONE * (held + gone) as f64
    }

    fn replace(&self, store: Store) {
        *self.write() = store;
    }

    /// How alike the collections that `visible` lets through are to `planned`: those that may overlap, and at least `most` where there
    /// are so many. In no order.
    pub fn evidence(&self, planned: &Planned, most: usize, visible: impl Fn(Known) -> bool) -> Vec<(Uuid, Evidence)> {
        let mut all = Vec::new();
        self.look(planned, most, visible, |entry, evidence| all.push((entry.id, evidence)));
        all
    }

    /// The `most` collections that are most probably overlapped by `planned`, best first, of those that `visible` lets through.
    pub fn find(&self, planned: &Planned, most: usize, visible: impl Fn(Known) -> bool) -> Vec<Overlap> {
        let mut found: Vec<(f64, Overlap)> = Vec::new();
        let order = |a: &(f64, Overlap), b: &(f64, Overlap)| b.0.total_cmp(&a.0).then(a.1.id.cmp(&b.1.id));
        let mut least = f64::NEG_INFINITY;
        // of each only what is told: all measures of hundreds of large forms would take all memory
        self.look(planned, most, visible, |entry, evidence| {
            let log_odds = evidence.log_odds(&MODEL);
            if log_odds < least {
                return;
            }
            let judgement = evidence.judge(&MODEL);
            found.push((log_odds, Overlap { id: entry.id, stamp: entry.stamp, likeness: evidence.likeness(), judgement }));
            if found.len() > most.saturating_mul(2) {
                found.sort_by(order);
                found.truncate(most);
                least = found.last().map_or(least, |last| last.0);
            }
        });
        found.sort_by(order);
        found.truncate(most);
        found.into_iter().map(|(_, overlap)| overlap).collect()
    }

    fn look(&self, planned: &Planned, most: usize, visible: impl Fn(Known) -> bool, mut with: impl FnMut(&Entry, Evidence)) {
        let store = self.read();
        let visible = |entry: &Entry| visible(Known { id: entry.id, open_from: entry.open_from });
        find::candidates(&store, planned, most, &visible, &mut with);
    }

    fn read(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }
}
