//! Keeping the index in step with the database: complete at start, then following what changes.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Document, Index, Names, Synonyms, Writer};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::{Db, areas, organisations, word_lists};
use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::respondent::Selection;
use crate::domain::terms::Obligation;
use crate::domain::word_list::{FIRST, WordList};
use crate::error::{Error, Result};

/// How many collections are read from the database at a time.
const BATCH: usize = 500;

/// How far back a look for changes reaches: longer than any transaction takes and any two instances' clocks differ, since a change
/// bears the time of its transaction's start but is seen first at its end.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// Holds the index's only writer and brings it what the database has.
pub struct Sync {
    db: Db,
    index: Index,
    /// None after a fault: what the writer then held back is not known, so the next look takes a new one.
    writer: Option<Arc<Mutex<Writer>>>,
    /// What the index holds: the time of the last touch of each collection, µs.
    held: HashMap<Uuid, i64>,
    /// When the last look began that succeeded.
    looked_at: DateTime<Utc>,
    /// The version of the word list that is searched with; none yet at start.
    words: Option<i64>,
}

impl Sync {
    /// Takes the writer. Nothing is read yet.
    ///
    /// # Errors
    /// Another process holds the writer, or the index is damaged.
    pub fn new(db: Db, index: Index) -> Result<Self> {
        let writer = Some(Arc::new(Mutex::new(index.writer()?)));
        let held = index.stamps()?;
        Ok(Self { db, index, writer, held, looked_at: DateTime::<Utc>::UNIX_EPOCH, words: None })
    }

    /// Compares the whole index with the whole database and brings over what differs. Answers how many collections that were.
    ///
    /// Run at start, so that an index that was killed at any point is complete again, and now and then as a safeguard.
    ///
    /// # Errors
    /// As database and index say; what was committed stays.
    pub async fn complete(&mut self) -> Result<usize> {
        let began = clock::now();
        self.writer()?;
        self.learn_names().await?;
        let stored = collections::stamps(&mut self.db.read().await?).await?;
        let known: HashSet<Uuid> = stored.iter().map(|(id, _)| *id).collect();
        let gone: Vec<Uuid> = self.held.keys().filter(|id| !known.contains(id)).copied().collect();
        self.bring(&stored, &gone, began).await
    }

    /// Reads every collection anew, whatever the index holds.
    ///
    /// # Errors
    /// As [`Sync::complete`].
    pub async fn rebuild(&mut self) -> Result<usize> {
        self.held.values_mut().for_each(|stamp| *stamp = i64::MIN);
        self.complete().await
    }

    /// Brings over what changed lately. Answers how many collections that were.
    ///
    /// # Errors
    /// As [`Sync::complete`].
    pub async fn follow(&mut self) -> Result<usize> {
        if self.writer.is_none() {
            return self.complete().await; // after a fault nothing is known of what the index got
        }
        let began = clock::now();
        let since = self.complete_until();
        let mut tx = self.db.read().await?;
        let changed = collections::touched_since(&mut tx, since).await?;
        let words = word_lists::last_version(&mut tx).await?;
        drop(tx);
        if self.words != Some(words) {
            self.learn_names().await?;
        }
        if changed.iter().all(|(id, at)| self.held.get(id) == Some(&at.timestamp_micros())) {
            self.looked_since(began);
            return Ok(0);
        }
        self.learn_names().await?;
        self.bring(&changed, &[], began).await
    }

    /// Notes when the last look began.
    fn looked_since(&mut self, began: DateTime<Utc>) {
        self.looked_at = began;
        self.index.set_complete_until(self.complete_until());
    }

    /// From when on something may have been touched that no look has seen.
    fn complete_until(&self) -> DateTime<Utc> {
        self.looked_at.checked_sub_signed(OVERLAP).unwrap_or(DateTime::<Utc>::UNIX_EPOCH)
    }

    /// Ends the writer's threads in order.
    ///
    /// # Errors
    /// As the index says.
    pub fn finish(self) -> Result<()> {
        let Some(writer) = self.writer else { return Ok(()) };
        match Arc::try_unwrap(writer) {
            Ok(writer) => writer.into_inner().unwrap_or_else(PoisonError::into_inner).finish(),
            Err(_) => Err(Error::internal("the index is still being written")),
        }
    }

    /// Puts what differs, deletes what is gone, and commits both at once; after a fault the writer is given up.
    async fn bring(&mut self, stored: &[(Uuid, DateTime<Utc>)], gone: &[Uuid], began: DateTime<Utc>) -> Result<usize> {
        let brought = self.try_to_bring(stored, gone).await;
        match brought {
            Ok(_) => self.looked_since(began),
            Err(_) => self.writer = None,
        }
        brought
    }

    async fn try_to_bring(&mut self, stored: &[(Uuid, DateTime<Utc>)], gone: &[Uuid]) -> Result<usize> {
        let writer = self.writer()?;
        let behind: HashMap<Uuid, i64> =
            stored.iter().map(|(id, at)| (*id, at.timestamp_micros())).filter(|(id, stamp)| self.held.get(id) != Some(stamp)).collect();
        if behind.is_empty() && gone.is_empty() {
            return Ok(0);
        }
        let names = self.names().await?;
        let ids: Vec<Uuid> = behind.keys().copied().collect();
        for ids in ids.chunks(BATCH) {
            let read = collections::load(&mut self.db.read().await?, ids, Version::InForce).await?;
            let stamp = |collection: &Collection| behind.get(&collection.id).copied().unwrap_or_default();
            let documents: Vec<Document> = read.iter().map(|collection| document(collection, stamp(collection), &names)).collect();
            on_a_thread(&writer, move |writer| documents.iter().try_for_each(|document| writer.put(document))).await?;
        }
        let gone_now = gone.to_vec();
        on_a_thread(&writer, move |writer| {
            gone_now.into_iter().for_each(|id| writer.delete(id));
            writer.commit("")
        })
        .await?;
        self.held.retain(|id, _| !gone.contains(id));
        let brought = behind.len() + gone.len();
        self.held.extend(behind);
        Ok(brought)
    }

    /// The writer, taken anew after a fault; what the index holds is then asked for again.
    fn writer(&mut self) -> Result<Arc<Mutex<Writer>>> {
        if let Some(writer) = &self.writer {
            return Ok(Arc::clone(writer));
        }
        let writer = Arc::new(Mutex::new(self.index.writer()?));
        self.held = self.index.stamps()?;
        self.writer = Some(Arc::clone(&writer));
        Ok(writer)
    }

    /// Every name of each organisation that asks.
    async fn names(&self) -> Result<HashMap<String, Vec<String>>> {
        let mut tx = self.db.read().await?;
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        for (code, name, abbreviation) in organisations::asker_names(&mut tx).await? {
            names.entry(code).or_default().extend([Some(name), abbreviation].into_iter().flatten());
        }
        for other in organisations::other_names(&mut tx).await? {
            names.entry(other.organisation_code).or_default().push(other.name);
        }
        Ok(names)
    }

    /// Tells the index what organisations and areas are called, and which names and words mean the same.
    async fn learn_names(&mut self) -> Result<()> {
        let names = self.names().await?;
        let mut tx = self.db.read().await?;
        let areas = areas::all(&mut tx).await?;
        let version = word_lists::last_version(&mut tx).await?;
        let saved = word_lists::get(&mut tx, version).await?;
        drop(tx);
        // what is saved can be read: it was when it was saved
        let words = WordList::parse(saved.as_ref().map_or(FIRST, |saved| &saved.words)).unwrap_or_default();
        let first = names.iter().filter_map(|(code, names)| Some((code.clone(), names.first()?.clone())));
        self.index.set_names(Names::new(first, areas));
        self.index.set_synonyms(Synonyms::new(names.into_values().chain(words.groups().iter().cloned())));
        self.words = Some(version);
        Ok(())
    }
}

/// Runs something that may wait for the disk, on a thread that may.
async fn on_a_thread(writer: &Arc<Mutex<Writer>>, work: impl FnOnce(&mut Writer) -> Result<()> + Send + 'static) -> Result<()> {
    let writer = Arc::clone(writer);
    tokio::task::spawn_blocking(move || work(&mut writer.lock().unwrap_or_else(PoisonError::into_inner))).await.map_err(Error::internal)?
}

/// What the index holds of a collection. `stamp` was read before the collection: if that changes meanwhile, the next look sees it.
fn document(collection: &Collection, stamp: i64, names: &HashMap<String, Vec<String>>) -> Document {
    let content = &collection.content;
    let askers = collection.responsible.iter().map(|responsible| &responsible.organisation).chain(&collection.collector);
    let agency_names = askers.flat_map(|asker| names.get(&asker.code).into_iter().flatten().cloned());
    let number = collection.number.map(|number| number.to_string()).unwrap_or_default();
    Document {
        id: collection.id,
        stamp,
        number_order: number.replace('-', "").parse().unwrap_or(0),
        number,
        title: content.title.clone(),
        purpose: content.purpose.clone(),
        body: body(collection),
        items: content.items.iter().map(item_text).collect(),
        agency_codes: collection.responsible.iter().map(|responsible| responsible.organisation.code.clone()).collect(),
        agency_names: agency_names.chain(collection.collector_words.clone()).collect(),
        area: content.area.clone(),
        status: collection.status.code(),
        kind: content.kind.code(),
        obligation: content.obligation.code(),
        periodicity: content.periodicity.code(),
        channel: content.channel.code(),
        respondents: respondents(collection),
        open_from: collection.open_from,
    }
}

/// An item as it is searched and compared.
pub(super) fn item_text(item: &Item) -> String {
    match &item.definition {
        Some(definition) => format!("{}. {definition}", item.label),
        None => item.label.clone(),
    }
}

/// The other texts that a search reaches.
fn body(collection: &Collection) -> String {
    let content = &collection.content;
    let provisions = content.provisions.iter().map(|provision| provision.citation.as_str());
    let texts = [&content.observe, &content.data_use, &content.consulted, &content.assignment.department, &content.assignment.instrument];
    let own = [&collection.area_name, &collection.own_reference, &content.periodicity_words, &content.channel_words];
    let texts = texts.into_iter().chain(own).flatten().map(String::as_str);
    // «obligatorisk enkät» finds what is one, also where its texts do not say so
    let obligation = (content.obligation != Obligation::Unstated).then(|| content.obligation.label());
    let terms = iter::once(content.kind.label()).chain(obligation);
    provisions.chain(terms).chain(texts).chain(content.further_users.iter().map(String::as_str)).collect::<Vec<_>>().join("\n")
}

/// Codes of those listed; a marker for a whole kind, which a sample is drawn from.
fn respondents(collection: &Collection) -> Vec<String> {
    let codes = collection.content.respondents.iter().flat_map(|group| match &group.selection {
        Selection::Listed(codes) => codes.clone(),
        Selection::All | Selection::Sample(_) => vec![format!("all:{}", group.kind.code())],
    });
    codes.collect()
}
