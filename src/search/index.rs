//! The index on disk: opened, judged, rebuilt when it is damaged or older, and read.
//!
//! It is a disposable cache. Every file can be lost at any time: the next start notices and begins again with an empty index, which the
//! sync fills from the database.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use tantivy::directory::error::LockError;
use tantivy::directory::{INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::{Directory, IndexReader, IndexSettings, ReloadPolicy};
use uuid::Uuid;

use super::analysis::analysers;
use super::names::Names;
use super::overlap::Following;
use super::schema::{Fields, schema, version};
use super::snapshot::Snapshot;
use super::synonyms::Synonyms;
use crate::error::{Error, Result};

const VERSION_FILE: &str = "version";

/// The search index. Cloning is cheap and every clone sees the same.
#[derive(Clone)]
pub struct Index {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub index: tantivy::Index,
    pub fields: Fields,
    reader: IndexReader,
    snapshot: RwLock<Arc<Snapshot>>,
    synonyms: RwLock<Arc<Synonyms>>,
    names: RwLock<Arc<Names>>,
    pub following: Following,
    /// See [`Index::complete_until`], µs.
    complete_until: AtomicI64,
}

impl Index {
    /// Opens the index in a folder of its own. The flag says that it is new: there was none, or it was damaged or of another version.
    ///
    /// # Errors
    /// When the folder cannot be written, or when the index must be rebuilt while another process writes it.
    pub fn open(dir: &Path) -> Result<(Self, bool)> {
        fs::create_dir_all(dir)?;
        if fs::read_to_string(dir.join(VERSION_FILE)).is_ok_and(|found| found == version()) {
            // another process that commits meanwhile may take a file away under our eyes: a second look decides
            match Self::open_existing_safely(dir).or_else(|_| Self::open_existing_safely(dir)) {
                Ok(index) => return Ok((index, false)),
                Err(error) => tracing::warn!(%error, "the search index is damaged and is rebuilt"),
            }
        }
        Ok((Self::rebuild(dir)?, true))
    }

    /// An empty index in memory, for tests and for commands that need no folder.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn in_memory() -> Result<Self> {
        let (schema, fields) = schema();
        let index = tantivy::Index::builder().schema(schema).settings(settings()).create_in_ram().map_err(Error::internal)?;
        Self::start(index, fields)
    }

    /// A panic over a damaged file is one more way of being told that it is damaged.
    fn open_existing_safely(dir: &Path) -> Result<Self> {
        catch_unwind(AssertUnwindSafe(|| Self::open_existing(dir))).unwrap_or_else(|_| Err(Error::internal("reading it failed")))
    }

    fn open_existing(dir: &Path) -> Result<Self> {
        let (schema, fields) = schema();
        let index = tantivy::Index::open(MmapDirectory::open(dir).map_err(Error::internal)?).map_err(Error::internal)?;
        if index.schema() != schema {
            return Err(Error::internal("its schema is another"));
        }
        check_files(&index, dir)?;
        let this = Self::start(index, fields)?;
        sealed_payload(&this.inner.index)?;
        this.snapshot().check()?;
        Ok(this)
    }

    /// Empties the folder and begins a new index. The version file comes last: without it a half-made index is never trusted.
    fn rebuild(dir: &Path) -> Result<Self> {
        let directory = MmapDirectory::open(dir).map_err(Error::internal)?;
        let lock = directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| locked(&error))?;
        // the version goes first, so that being killed midway leaves nothing that looks whole
        let mut names: Vec<_> = fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect::<Result<_>>()?;
        names.sort_by_key(|name| name != VERSION_FILE);
        for name in names.iter().filter(|name| name.to_str().is_some_and(is_ours)) {
            fs::remove_file(dir.join(name))?;
        }
        let (schema, fields) = schema();
        let index = tantivy::Index::create(directory, schema, settings()).map_err(Error::internal)?;
        let this = Self::start(index, fields)?;
        let mut file = fs::File::create(dir.join(VERSION_FILE))?;
        file.write_all(version().as_bytes())?;
        file.sync_all()?;
        drop(lock);
        Ok(this)
    }

    fn start(mut index: tantivy::Index, fields: Fields) -> Result<Self> {
        index.set_tokenizers(analysers());
        index.set_fast_field_tokenizers(analysers());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(50);
        let reader = reader.try_into().map_err(Error::internal)?;
        let snapshot = Arc::new(Snapshot::build(reader.searcher(), fields.words)?);
        let (synonyms, names) = (RwLock::default(), RwLock::default());
        let (snapshot, following) = (RwLock::new(snapshot), Following::default());
        Ok(Self {
            inner: Arc::new(Inner { index, fields, reader, snapshot, synonyms, names, following, complete_until: AtomicI64::new(0) }),
        })
    }

    /// How many collections the index holds, whether open or not.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.snapshot().searcher.num_docs()
    }

    /// Whether the index holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the index holds: identity and stamp of every collection.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn stamps(&self) -> Result<HashMap<Uuid, i64>> {
        self.snapshot().stamps()
    }

    /// Up to which touch of a collection the index holds everything that the database has; what was touched later it may hold.
    #[must_use]
    pub fn complete_until(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.inner.complete_until.load(Ordering::Acquire)).unwrap_or_default()
    }

    pub(super) fn set_complete_until(&self, moment: DateTime<Utc>) {
        self.inner.complete_until.store(moment.timestamp_micros(), Ordering::Release);
    }

    /// What the last commit was told to remember, for instance how far in the database it reached; none before the first commit.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn payload(&self) -> Result<Option<String>> {
        sealed_payload(&self.inner.index)
    }

    /// Uses these names of bodies from the next search on.
    pub fn set_synonyms(&self, synonyms: Synonyms) {
        *self.inner.synonyms.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(synonyms);
    }

    pub(super) fn synonyms(&self) -> Arc<Synonyms> {
        Arc::clone(&self.inner.synonyms.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Uses these names of organisations and areas from now on.
    pub fn set_names(&self, names: Names) {
        *self.inner.names.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(names);
    }

    /// What organisations and areas are called.
    #[must_use]
    pub fn names(&self) -> Arc<Names> {
        Arc::clone(&self.inner.names.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.inner.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows what was committed last. Searches under way keep the generation that they began with.
    pub(super) fn reload(&self) -> Result<()> {
        self.inner.reader.reload().map_err(Error::internal)?;
        let snapshot = Arc::new(Snapshot::build(self.inner.reader.searcher(), self.inner.fields.words)?);
        *self.inner.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
        self.follow()
    }
}

fn settings() -> IndexSettings {
    // one thread less; there is little to compress
    IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() }
}

/// A clear error for a lock that somebody else holds.
pub(super) fn locked(error: &LockError) -> Error {
    match error {
        LockError::LockBusy => Error::Invalid(
            "Ett annat program använder samma datamapp. Avsluta det först, eller ange en annan mapp i INSAMLING_DATA_DIR.".to_owned(),
        ),
        LockError::IoError(error) => Error::internal(error),
    }
}

/// Only files that an index consists of are ever removed, whatever folder the configuration names by mistake.
fn is_ours(name: &str) -> bool {
    let segment = name.len() > 32 && name.bytes().take(32).all(|byte| byte.is_ascii_hexdigit());
    segment || matches!(name, VERSION_FILE | "meta.json" | ".managed.json") || name.starts_with(".tmp")
}

/// Reads every file of every segment and compares its checksum: about 30 ms for 20 000 collections.
fn check_files(index: &tantivy::Index, dir: &Path) -> Result<()> {
    let segments: Vec<String> =
        index.searchable_segment_ids().map_err(Error::internal)?.iter().map(tantivy::index::SegmentId::uuid_string).collect();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let of_segment = name.to_str().is_some_and(|name| segments.iter().any(|segment| name.starts_with(segment.as_str())));
        if of_segment && !index.directory().validate_checksum(Path::new(&name)).map_err(Error::internal)? {
            return Err(Error::internal(format!("{} is damaged", name.display())));
        }
    }
    Ok(())
}

/// Seals a payload with its checksum: tantivy guards its segments with checksums but not `meta.json`.
pub(super) fn seal(payload: &str) -> String {
    format!("{:016x} {payload}", checksum(payload))
}

/// The hash may differ between compilers, which only means that the index is rebuilt.
fn checksum(payload: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    payload.hash(&mut hasher);
    hasher.finish()
}

fn sealed_payload(index: &tantivy::Index) -> Result<Option<String>> {
    let metas = index.load_metas().map_err(Error::internal)?;
    let Some(sealed) = metas.payload else {
        // before the first commit there is nothing to remember, and no document either
        return if metas.segments.is_empty() { Ok(None) } else { Err(Error::internal("its payload is missing")) };
    };
    let (sum, payload) = sealed.split_once(' ').unwrap_or_default();
    if u64::from_str_radix(sum, 16).is_ok_and(|sum| sum == checksum(payload)) {
        Ok(Some(payload.to_owned()))
    } else {
        Err(Error::internal("its payload is damaged"))
    }
}
