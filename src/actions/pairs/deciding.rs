//! What reviewers decide of a flagged pair: made of what they were shown, and holding until that changes.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{Pair, event, in_force, pair, said, shown_anew};
use crate::actions::collections::retried;
use crate::clock;
use crate::db::pairs::{self, Found, ItemPair, Judged, checks};
use crate::db::{Db, Tx, events};
use crate::domain::access::{Action, Actor, may};
use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::overlap::substance::substance;
use crate::domain::overlap::verdict::{Choices, ITEMS_CHANGED, Same, Verdict};
use crate::error::{Error, Result};
use crate::secret;

/// Both collections of a pair as they are now, in the version in force: what a reviewer looks at.
#[derive(Debug, Clone)]
pub struct Sides {
    /// The collection that asks.
    pub asking: Collection,
    /// The other one.
    pub met: Collection,
    /// The items of the first with their lineages.
    pub own: Vec<(Uuid, Item)>,
    /// The items of the other.
    pub others: Vec<(Uuid, Item)>,
}

impl Sides {
    /// Reads both.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, pair: &Pair) -> Result<Self> {
        let (asking, met) = (in_force(tx, pair.asking.id).await?, in_force(tx, pair.met.id).await?);
        let (own, others) = (with_lineages(tx, &asking).await?, with_lineages(tx, &met).await?);
        Ok(Self { asking, met, own, others })
    }

    /// The digests of their substance: what a decision is made of.
    #[must_use]
    pub fn digests(&self) -> (String, String) {
        let digest = |one: &Collection| secret::digest(&substance(&one.content));
        (digest(&self.asking), digest(&self.met))
    }

    /// The pairs of items that the method found and that still stand in both, the most alike first.
    #[must_use]
    pub fn shown<'a>(&self, found: &'a Found) -> Vec<&'a ItemPair> {
        let holds = |items: &[(Uuid, Item)], id: Uuid| items.iter().any(|(lineage, _)| *lineage == id);
        found.items.iter().filter(|one| holds(&self.own, one.item) && holds(&self.others, one.other)).collect()
    }

    /// What a reviewer can choose among.
    #[must_use]
    pub fn choices(&self, found: &Found) -> Choices {
        let ids = |items: &[(Uuid, Item)]| items.iter().map(|(lineage, _)| *lineage).collect();
        Choices { shown: self.shown(found).into_iter().map(ItemPair::same).collect(), items: [ids(&self.own), ids(&self.others)] }
    }

    /// These pairs of items, the most alike first; those that the method did not find last. None where an item is not asked for any more.
    fn chosen(&self, found: &Found, same: &BTreeSet<Same>) -> Option<Vec<ItemPair>> {
        let choices = self.choices(found);
        let shown = self.shown(found);
        let pair = |one: &Same| {
            let found = shown.iter().find(|item| item.same() == *one).map(|item| **item);
            choices.holds(*one).then(|| found.unwrap_or(ItemPair { item: one.item, other: one.other, score: 0.0 }))
        };
        let mut items: Vec<ItemPair> = same.iter().map(pair).collect::<Option<_>>()?;
        items.sort_by(|a, b| b.score.total_cmp(&a.score));
        Some(items)
    }
}

/// The items of a collection with their lineages.
async fn with_lineages(tx: &mut Tx, collection: &Collection) -> Result<Vec<(Uuid, Item)>> {
    let lineages = pairs::lineages(tx, collection.id, collection.version).await?;
    Ok(lineages.into_iter().zip(collection.content.items.iter().cloned()).collect())
}

/// The digests of both collections that a page was made of, as its form sends them back.
pub type Seen<'a> = (&'a str, &'a str);

/// The pair, kept from everyone else who would write of it until the transaction ends.
pub(super) async fn held(tx: &mut Tx, actor: &Actor, id: Uuid, today: NaiveDate) -> Result<Pair> {
    checks::lock(tx, id).await?;
    pairs::lock(tx, id).await?;
    pair(tx, actor, id, today).await
}

/// Has what is said of a pair be of what its reader saw. Where the two have not been compared as they are now, what is said holds at once,
/// and they still are compared.
///
/// # Errors
/// `Conflict` where either collection changed in substance after the page was made.
pub(super) async fn hold_to(tx: &mut Tx, pair: &mut Pair, sides: &Sides, seen: Seen<'_>) -> Result<()> {
    let substances = sides.digests();
    if (substances.0.as_str(), substances.1.as_str()) != seen {
        return Err(Error::Conflict);
    }
    let found = &mut pair.overlap.found;
    if (&found.substance, &found.other_substance) != (&substances.0, &substances.1) {
        pairs::set_substances(tx, pair.overlap.id, &substances).await?;
        checks::again(tx, found.collection).await?;
        (found.substance, found.other_substance) = substances;
    }
    Ok(())
}

/// Writes a reviewer's decision on what the page showed.
///
/// # Errors
/// `NotFound`; `Forbidden`, also where the reviewer's own organisation is the one that is asked; `Conflict` where either collection changed
/// in substance after the page was made, or somebody has decided since; `Invalid` where a chosen item is not asked for any more.
pub async fn decide(db: &Db, actor: &Actor, id: Uuid, verdict: &Verdict, seen: Reviewed<'_>, now: DateTime<Utc>) -> Result<()> {
    retried(|| decide_once(db, actor, id, verdict, seen, now)).await
}

/// What a reviewer's page was made of.
#[derive(Debug, Clone, Copy)]
pub struct Reviewed<'a> {
    /// The digests of both collections.
    pub sides: Seen<'a>,
    /// The decision that stood last on it, as [`mark`] has it.
    pub latest: &'a str,
}

/// What tells the latest decision on a pair from those before it, given the latest first; empty where there is none.
#[must_use]
pub fn mark(verdicts: &[Judged]) -> String {
    verdicts.first().map(|one| one.said.at.timestamp_micros().to_string()).unwrap_or_default()
}

async fn decide_once(db: &Db, actor: &Actor, id: Uuid, verdict: &Verdict, seen: Reviewed<'_>, now: DateTime<Utc>) -> Result<()> {
    if !may(actor, Action::ReviewOverlaps) {
        return Err(Error::Forbidden);
    }
    let mut tx = db.write().await?;
    let today = clock::swedish_day(now);
    let mut pair = held(&mut tx, actor, id, today).await?;
    if !may(actor, Action::SettleOverlap(pair.asking.parties(today))) {
        return Err(Error::Forbidden);
    }
    let sides = Sides::read(&mut tx, &pair).await?;
    hold_to(&mut tx, &mut pair, &sides, seen.sides).await?;
    let found = &pair.overlap.found;
    let items = sides.chosen(found, &verdict.items).ok_or_else(|| Error::Invalid(ITEMS_CHANGED.to_owned()))?;
    let substances = (found.substance.clone(), found.other_substance.clone());
    let judged = Judged { overlap: id, kind: verdict.kind, items, reason: verdict.reason.clone(), substances, said: said(actor, now) };
    let earlier = pairs::verdicts(&mut tx, &[id]).await?;
    let same = |latest: &Judged| Judged { said: judged.said.clone(), ..latest.clone() } == judged;
    if earlier.first().is_some_and(same) {
        return Ok(tx.commit().await?); // sent twice
    }
    if mark(&earlier) != seen.latest {
        return Err(Error::Conflict);
    }
    pairs::add_verdict(&mut tx, &judged).await?;
    shown_anew(&mut tx, &pair, now).await?;
    let detail = json!({ "met": pair.numbers[1].to_string(), "verdict": verdict.kind.code() });
    events::add(&mut tx, &event(actor, "overlap.decided", id, detail, now)).await?;
    tx.commit().await?;
    Ok(())
}
