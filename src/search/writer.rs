//! The only way to change the index.

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, TantivyError};
use uuid::Uuid;

use super::index::{Index, locked, seal};
use super::schema::Document;
use crate::error::{Error, Result};

/// The most memory that waiting documents take, bytes.
const HEAP: usize = 20_000_000;

/// Changes the index. There is one at a time over all processes; commits and drops of it may take a second, so it lives outside of
/// the threads that serve requests.
pub struct Writer {
    index: Index,
    writer: IndexWriter,
}

impl Index {
    /// The one writer. It belongs to the sync job; a request never has one.
    ///
    /// # Errors
    /// When another process (or another writer of this one) has it.
    pub fn writer(&self) -> Result<Writer> {
        Writer::new(self.clone())
    }
}

impl Writer {
    fn new(index: Index) -> Result<Self> {
        let options = IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(1).memory_budget_per_thread(HEAP).build();
        let writer = index.inner.index.writer_with_options(options).map_err(|error| match error {
            TantivyError::LockFailure(error, _) => locked(&error),
            other => Error::internal(other),
        })?;
        // few segments make searches quick, and the deleted are cleared away while the index is small anyway
        let mut merges = LogMergePolicy::default();
        merges.set_min_num_segments(4);
        merges.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(merges));
        Ok(Self { index, writer })
    }

    /// Adds a collection, or replaces what the index held of it. Seen after the next commit.
    ///
    /// # Errors
    /// When the disk is full or the index was damaged while open.
    pub fn put(&mut self, document: &Document) -> Result<()> {
        let fields = &self.index.inner.fields;
        self.writer.delete_term(fields.identity(document.id));
        self.writer.add_document(document.to_fields(fields)).map_err(Error::internal)?;
        Ok(())
    }

    /// Removes a collection, if the index holds it. Seen after the next commit.
    pub fn delete(&mut self, id: Uuid) {
        self.writer.delete_term(self.index.inner.fields.identity(id));
    }

    /// Writes everything since the last commit at once, together with what to remember, and shows it to the readers.
    ///
    /// # Errors
    /// When the disk is full or the index was damaged while open; then nothing of it counts.
    pub fn commit(&mut self, payload: &str) -> Result<()> {
        let mut prepared = self.writer.prepare_commit().map_err(Error::internal)?;
        prepared.set_payload(&seal(payload));
        prepared.commit().map_err(Error::internal)?;
        self.index.reload()
    }

    /// What the last commit was told to remember; none before the first commit.
    ///
    /// # Errors
    /// When the index was damaged while open.
    pub fn payload(&self) -> Result<Option<String>> {
        self.index.payload()
    }

    /// Gives the index back once merges under way are done and their result is shown.
    ///
    /// # Errors
    /// When a merge failed.
    pub fn finish(self) -> Result<()> {
        self.writer.wait_merging_threads().map_err(Error::internal)?;
        self.index.reload()
    }
}
