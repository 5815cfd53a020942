//! What an attached form asks for, beside what is registered: what of it is collected already, and what of it the collection does not tell.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::consultations::attachments::is_seen;
use super::consultations::visible;
use super::overlaps::{self, Readable};
use crate::db::attachments::{self, Attachment};
use crate::db::collections::{self, Version};
use crate::db::{Db, pairs};
use crate::domain::access::Actor;
use crate::domain::collection::Collection;
use crate::domain::form_items::questions;
use crate::domain::identifier::ConsultationNumber;
use crate::domain::overlap::Planned;
use crate::domain::overlap::judge::{ALIKE, ITEMS_SHOWN};
use crate::error::{Error, Result};
use crate::search::Index;
use crate::search::overlap::{Asker, Finder, Known, Overlap, Record};
use crate::text::fold;

/// Collections whose items are looked at.
const MOST: usize = 20;

/// A registered item that a question is like.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// What the item is called.
    pub label: String,
    /// What it means.
    pub definition: Option<String>,
    /// The number of its collection.
    pub collection: String,
    /// The collection's title.
    pub title: String,
    /// The names of its responsible agencies.
    pub agencies: Vec<String>,
}

/// A question of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The question.
    pub words: String,
    /// The items that it is like, the likeliest first, at most [`ITEMS_SHOWN`].
    pub near: Vec<Near>,
    /// Whether the collection that the case is about has it among its items.
    pub is_registered: bool,
}

/// An attached form.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedForm {
    /// The file.
    pub attachment: Attachment,
    /// The collection that the case is about.
    pub collection: String,
    /// What it asks for; none where its text cannot be read.
    pub asked: Option<Vec<Asked>>,
}

/// Reads an attached form and compares it with what the actor may know of: never with the collection that the case is about, nor those that
/// it was copied from or to.
///
/// # Errors
/// `NotFound` where there is no such file that the actor may know of; `Busy` where so many others ask that it is not one's turn soon.
pub async fn look(
    db: &Db,
    index: &Index,
    actor: &Actor,
    (number, id): (ConsultationNumber, Uuid),
    today: NaiveDate,
) -> Result<AttachedForm> {
    let mut tx = db.read().await?;
    let seen = visible(&mut tx, actor, number, today).await?;
    let attachment = attachments::get(&mut tx, seen.case.id, id).await?.filter(|one| is_seen(&seen, one)).ok_or(Error::NotFound)?;
    let text = attachments::text(&mut tx, id).await?.filter(|text| !text.is_empty());
    let (own, version) = seen.case.version;
    let own = collections::load(&mut tx, &[own], Version::Numbered(version)).await?.pop().ok_or(Error::NotFound)?;
    let readable = Readable::by(&mut tx, Some(actor), today).await?;
    let except: HashSet<Uuid> = pairs::family_of_number(&mut tx, seen.collection).await?.into_iter().chain([own.id]).collect();
    drop(tx);
    let collection = seen.collection.to_string();
    let Some(text) = text else { return Ok(AttachedForm { attachment, collection, asked: None }) };
    let planned = planned(&own, questions(&text));
    if planned.items.is_empty() {
        return Ok(AttachedForm { attachment, collection, asked: Some(Vec::new()) });
    }
    let allowed = readable.clone();
    let visible = move |known: Known| !except.contains(&known.id) && allowed.allows(known.id, |today| known.is_open_on(today));
    let found = index.overlaps(Asker::SignedIn, planned.clone(), MOST, visible).await?;
    let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
    let read = overlaps::read(&mut db.read().await?, &ids, &readable).await?;
    let registered = registered(own, planned.clone()).await?;
    let asked =
        (0..).zip(planned.items).map(|(at, words)| Asked { near: near(at, &found, &read), is_registered: registered.contains(&at), words });
    Ok(AttachedForm { attachment, collection, asked: Some(asked.collect()) })
}

/// The form as what is compared.
fn planned(own: &Collection, items: Vec<String>) -> Planned {
    let content = &own.content;
    Planned { title: content.title.clone(), purpose: content.purpose.clone(), area: content.area.clone(), items }
}

/// The items that the question at a place is like.
fn near(at: usize, found: &[Overlap], read: &HashMap<Uuid, Collection>) -> Vec<Near> {
    let of_collection = |overlap: &Overlap| {
        let matches = overlap.judgement.items.get(at).cloned().unwrap_or_default();
        let id = overlap.id;
        matches.into_iter().filter(|one| one.score >= ALIKE).map(move |one| (id, one))
    };
    let mut all: Vec<_> = found.iter().flat_map(of_collection).collect();
    all.sort_by(|(_, a), (_, b)| b.score.total_cmp(&a.score));
    let told = all.into_iter().filter_map(|(id, one)| {
        let collection = read.get(&id).filter(|collection| !collection.status.is_over())?;
        let item = collection.content.items.get(one.item)?;
        Some(Near {
            label: item.label.clone(),
            definition: item.definition.clone(),
            collection: collection.number?.to_string(),
            title: collection.content.title.clone(),
            agencies: collection.responsible.iter().map(|one| one.organisation.name.clone()).collect(),
        })
    });
    told.take(ITEMS_SHOWN).collect()
}

/// The places of the questions that are among the items of the collection itself: by their words, or as the finder judges them.
async fn registered(own: Collection, planned: Planned) -> Result<HashSet<usize>> {
    let judge = move || {
        let labels: Vec<String> = own.content.items.iter().map(|item| fold(&item.label)).filter(|label| !label.is_empty()).collect();
        let named = |words: &String| {
            let words = fold(words);
            labels.iter().any(|label| words.contains(label.as_str()) || label.contains(&words))
        };
        let mut places: HashSet<usize> = (0..).zip(&planned.items).filter(|(_, words)| named(words)).map(|(at, _)| at).collect();
        // the items alone: that the form is the collection's own says nothing of a single question. Each item stands for one question
        let form = Planned { items: planned.items, ..Planned::default() };
        let found = Finder::of(&[Record::of(&own, 0)], NaiveDate::MAX).find(&form, 1, |_| true);
        places.extend(found.iter().flat_map(|one| one.judgement.alike()).map(|(at, _)| at));
        places
    };
    tokio::task::spawn_blocking(judge).await.map_err(Error::internal)
}
