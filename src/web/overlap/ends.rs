//! What collections and their items are called, for lists of pairs: read at once for all rows.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::db::pairs::review::{End, Listed};
use crate::db::pairs::{self, ItemPair, Worded};
use crate::db::{Tx, collections, involved};
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
    responsible: HashMap<String, Vec<String>>,
}

impl Ends {
    /// Of every collection in these rows, as they are on `today`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, rows: &[&Listed], today: NaiveDate) -> Result<Self> {
        let mut ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.ends.0.id, row.ends.1.id]).collect();
        ids.sort_unstable();
        ids.dedup();
        let numbers: Vec<String> = rows.iter().flat_map(|row| [row.ends.0.number.clone(), row.ends.1.number.clone()]).collect();
        let responsible = involved::responsible_for(tx, &numbers, today).await?;
        Ok(Self { agencies: collections::agencies(tx, &ids).await?, words: pairs::worded(tx, &ids).await?, responsible })
    }

    /// Whether an agency is responsible for both collections of a row.
    #[must_use]
    pub fn are_shared(&self, (asking, met): &(End, End)) -> bool {
        let responsible = |end: &End| self.responsible.get(&end.number).map_or(&[][..], Vec::as_slice);
        !involved::in_common(responsible(asking), responsible(met)).is_empty()
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
