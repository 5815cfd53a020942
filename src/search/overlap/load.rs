//! Following the search index, which holds every text that is compared.

use std::collections::HashSet;

use tantivy::schema::document::Value;
use tantivy::{DocAddress, TantivyDocument};
use uuid::Uuid;

use super::super::request::Facet;
use super::super::schema::{Fields, NEVER, day};
use super::super::snapshot::Snapshot;
use super::super::sync::item_text;
use super::Finder;
use super::store::{Record, Store};
use crate::clock;
use crate::domain::collection::Collection;
use crate::error::{Error, Result};

impl Record {
    /// A collection of the register, as the search index would give it.
    #[must_use]
    pub fn of(collection: &Collection, stamp: i64) -> Self {
        let content = &collection.content;
        Self {
            id: collection.id,
            stamp,
            title: content.title.clone(),
            purpose: content.purpose.clone(),
            area: content.area.clone(),
            items: content.items.iter().map(item_text).collect(),
            open_from: collection.open_from.map_or(NEVER, day),
        }
    }
}

impl Finder {
    /// Takes in what a generation of the search index has that differs from what is held.
    ///
    /// # Errors
    /// When the index is damaged.
    pub(in crate::search) fn follow(&self, snapshot: &Snapshot, fields: &Fields) -> Result<()> {
        let today = clock::swedish_day(clock::now());
        let stamps = snapshot.stamps()?;
        let held = self.stamps();
        let gone: Vec<Uuid> = held.keys().filter(|id| !stamps.contains_key(id)).copied().collect();
        let changed: HashSet<Uuid> = stamps.iter().filter(|(id, stamp)| held.get(id) != Some(stamp)).map(|(id, _)| *id).collect();
        if changed.is_empty() && gone.is_empty() {
            return Ok(());
        }
        if held.is_empty() || self.is_worn() {
            let mut store = Store::default();
            read(snapshot, fields, |id| stamps.get(&id).copied(), |record| store.put(&record))?;
            store.settle();
            store.weigh(day(today));
            self.replace(store);
            return Ok(());
        }
        let mut records = Vec::with_capacity(changed.len());
        let stamp = |id| changed.contains(&id).then(|| stamps.get(&id).copied()).flatten();
        read(snapshot, fields, stamp, |record| records.push(record))?;
        self.update(&records, &gone, today);
        Ok(())
    }
}

/// Reads the living collections that `stamp` knows out of the index.
fn read(snapshot: &Snapshot, fields: &Fields, stamp: impl Fn(Uuid) -> Option<i64>, mut with: impl FnMut(Record)) -> Result<()> {
    for ((reader, facts), segment) in snapshot.searcher.segment_readers().iter().zip(&snapshot.facts).zip(0..) {
        for doc in reader.doc_ids_alive() {
            let id = facts.ids[doc as usize];
            let Some(stamp) = stamp(id) else { continue };
            let texts: TantivyDocument = snapshot.searcher.doc(DocAddress::new(segment, doc)).map_err(Error::internal)?;
            let all = |field| texts.get_all(field).filter_map(|value| value.as_str().map(str::to_owned));
            let first = |field| all(field).next().unwrap_or_default();
            let area = facts.codes(Facet::Area, doc).first();
            with(Record {
                id,
                stamp,
                title: first(fields.title),
                purpose: first(fields.purpose),
                area: area.and_then(|code| snapshot.codes[Facet::Area as usize].get(*code as usize).cloned()),
                items: all(fields.items).collect(),
                open_from: facts.open_from[doc as usize],
            });
        }
    }
    Ok(())
}
