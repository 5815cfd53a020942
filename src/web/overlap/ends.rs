//! What collections and their items are called, for lists of pairs: read at once for all rows.

use std::collections::HashMap;

use uuid::Uuid;

use crate::db::Tx;
use crate::db::collections;
use crate::db::pairs::review::{End, Listed};
use crate::db::pairs::{self, ItemPair, Worded};
use crate::domain::organisation::Organisation;
use crate::error::Result;
use crate::web::filters::joined;

/// One of the two collections of a pair.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its responsible agencies, in short.
    pub agencies: String,
}

/// The agencies of collections and the labels of their items.
#[derive(Debug, Default)]
pub struct Ends {
    agencies: HashMap<Uuid, Vec<Organisation>>,
    words: HashMap<(Uuid, Uuid), Worded>,
}

impl Ends {
    /// Of every collection in these rows.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, rows: &[&Listed]) -> Result<Self> {
        let mut ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.ends.0.id, row.ends.1.id]).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self { agencies: collections::agencies(tx, &ids).await?, words: pairs::worded(tx, &ids).await? })
    }

    /// The collection with its agencies.
    #[must_use]
    pub fn named(&self, end: &End) -> Named {
        let agencies = self.agencies.get(&end.id).map(|all| joined(all)).unwrap_or_default();
        Named { number: end.number.clone(), title: end.title.clone(), agencies }
    }

    /// What two items of two collections are called, if both still have them.
    #[must_use]
    pub fn labels(&self, ends: (Uuid, Uuid), items: ItemPair) -> Option<(String, String)> {
        let label = |key: (Uuid, Uuid)| self.words.get(&key).map(|item| item.label.clone());
        Some((label((ends.0, items.item))?, label((ends.1, items.other))?))
    }
}
