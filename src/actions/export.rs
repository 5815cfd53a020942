//! Everything public as files in a folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use uuid::Uuid;

use super::demo;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::{Db, Tx, organisations, pairs, public};
use crate::domain::collection::Collection;
use crate::domain::identifier::CollectionNumber;
use crate::error::{Error, Result};
use crate::publish::export::{ConfirmedOverlap, Contents, files};

/// How many collections are read at a time.
const AT_ONCE: usize = 200;

/// Writes everything that is open on `today` to `folder`, whole or not at all; answers how many collections. `base_url` is the register's address.
///
/// # Errors
/// `Invalid`, in Swedish, where the folder is not empty or cannot be written; else as the database says.
pub async fn export(db: &Db, folder: &Path, base_url: &str, today: NaiveDate) -> Result<usize> {
    let unwritable = |error: std::io::Error| Error::Invalid(format!("Mappen {} kan inte skrivas: {error}.", folder.display()));
    let is_there = folder.symlink_metadata().is_ok();
    if is_there && std::fs::read_dir(folder).map_err(unwritable)?.next().is_some() {
        return Err(Error::Invalid(format!("Mappen {} är inte tom. Ange en ny eller tom mapp.", folder.display())));
    }
    let contents = read(db, base_url, today).await?;
    let unfinished = beside(folder)?;
    std::fs::create_dir(&unfinished).map_err(unwritable)?;
    let written = (|| -> Result<()> {
        for (name, bytes) in files(&contents)? {
            let file = unfinished.join(name);
            std::fs::write(&file, bytes).map_err(unwritable)?;
            std::fs::File::open(&file).and_then(|file| file.sync_all()).map_err(unwritable)?;
        }
        // an empty folder makes way for the finished one
        std::fs::rename(&unfinished, folder).map_err(unwritable)
    })();
    if written.is_err() {
        let _gone_or_not = std::fs::remove_dir_all(&unfinished);
    }
    written.map(|()| contents.collections.len())
}

async fn read(db: &Db, base_url: &str, today: NaiveDate) -> Result<Contents> {
    let demonstration = demo::is_demonstration(db).await?;
    let mut tx = db.read().await?;
    let ids = public::collections(&mut tx, today).await?;
    let mut open = Vec::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        open.extend(collections::load(&mut tx, ids, Version::InForce).await?);
    }
    open.sort_by_key(|collection| collection.number);
    Ok(Contents {
        overlaps: overlaps(&mut tx, &open, today).await?,
        collections: open,
        organisations: public::organisations(&mut tx).await?,
        municipalities: organisations::municipalities(&mut tx).await?,
        regions: organisations::regions(&mut tx).await?,
        day: today,
        base_url: base_url.to_owned(),
        demonstration,
    })
}

/// The confirmed overlaps between these collections, in their order.
async fn overlaps(tx: &mut Tx, open: &[Collection], today: NaiveDate) -> Result<Vec<ConfirmedOverlap>> {
    let decided: HashSet<(Uuid, String)> = public::decided_pairs(tx, today).await?.into_iter().collect();
    let asking: HashSet<Uuid> = decided.iter().map(|(id, _)| *id).collect();
    let mut overlaps = Vec::new();
    for collection in open.iter().filter(|one| asking.contains(&one.id)) {
        let Some(number) = collection.number else { continue };
        let mut confirmed = pairs::confirmed_of(tx, collection.id).await?;
        // those that ask about this one are told of at their own place
        confirmed.retain(|one| one.holds && decided.contains(&(collection.id, one.number.clone())));
        confirmed.sort_by_key(|one| CollectionNumber::parse(&one.number));
        overlaps.extend(confirmed.into_iter().map(|one| ConfirmedOverlap {
            collection: number.to_string(),
            other: one.number,
            kind: one.kind,
            body: one.body,
            confirmed_on: clock::swedish_day(one.at),
            items: one.items,
            reason: one.reason,
            answer: one.answer,
            objects: one.objects,
        }));
    }
    Ok(overlaps)
}

/// A name beside `folder` for what is not finished.
fn beside(folder: &Path) -> Result<PathBuf> {
    let name = folder.file_name().ok_or_else(|| Error::Invalid(format!("{} är inget namn på en mapp.", folder.display())))?;
    Ok(folder.with_file_name(format!(".{}.{}", name.to_string_lossy(), clock::new_id().simple())))
}
