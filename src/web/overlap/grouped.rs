//! What hangs together by what people have confirmed, of what the reader may know of: groups of collections, and items that are the same.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::db::pairs::common::{self, Member, Settled};
use crate::db::pairs::review::Sight;
use crate::db::pairs::{self, Worded};
use crate::db::{Tx, collections};
use crate::domain::organisation::Organisation;
use crate::domain::overlap::groups::{Decision, groups};
use crate::error::Result;

/// An item: its collection and its lineage.
pub type ItemKey = (Uuid, Uuid);

/// Collections that are connected by confirmed overlaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The collections, the first registered first.
    pub collections: Vec<Uuid>,
    /// How many items at least two of them have in common.
    pub items: usize,
}

/// Items that people have said are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The items, those of the first registered collection first.
    pub items: Vec<ItemKey>,
    /// How many agencies ask for it.
    pub agencies: usize,
}

/// Everything that hangs together, and what it is called.
#[derive(Debug, Default)]
pub struct Grouped {
    /// The groups, the biggest first.
    pub groups: Vec<Group>,
    /// The items that at least two agencies ask for, those of most agencies first.
    pub clusters: Vec<Cluster>,
    members: HashMap<Uuid, Member>,
    agencies: HashMap<Uuid, Vec<Organisation>>,
    words: HashMap<ItemKey, Worded>,
}

impl Grouped {
    /// Reads what the reader may know of.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, sight: Sight) -> Result<Self> {
        let settled: Vec<Settled> = common::settled(tx, sight).await?.into_iter().filter(|one| one.decision.joins()).collect();
        let ids: BTreeSet<Uuid> = settled.iter().flat_map(|one| [one.decision.ends.0, one.decision.ends.1]).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut this = Self {
            members: common::members(tx, &ids).await?,
            agencies: collections::agencies(tx, &ids).await?,
            words: pairs::worded(tx, &ids).await?,
            ..Self::default()
        };
        this.join(&settled);
        Ok(this)
    }

    fn join(&mut self, settled: &[Settled]) {
        let same = settled.iter().flat_map(|one| {
            let (a, b) = one.decision.ends;
            let Decision { kind, holds, .. } = one.decision;
            one.items.iter().map(move |item| Decision { ends: ((a, item.item), (b, item.other)), kind, holds })
        });
        let known = |one: &Decision<ItemKey>| self.words.contains_key(&one.ends.0) && self.words.contains_key(&one.ends.1);
        let same: Vec<Decision<ItemKey>> = same.filter(known).collect();
        let clusters = groups(&same);
        let decisions: Vec<Decision<Uuid>> = settled.iter().map(|one| one.decision).collect();
        let group = |collections: Vec<Uuid>| {
            let within = |cluster: &&Vec<ItemKey>| cluster.first().is_some_and(|(id, _)| collections.binary_search(id).is_ok());
            Group { items: clusters.iter().filter(within).count(), collections }
        };
        let mut found: Vec<Group> = groups(&decisions).into_iter().map(group).collect();
        found.sort_by_key(|one| std::cmp::Reverse((one.collections.len(), one.items)));
        let asked = |items: Vec<ItemKey>| Cluster { agencies: self.asking(&items), items };
        let mut asked: Vec<Cluster> = clusters.iter().cloned().map(asked).filter(|one| one.agencies > 1).collect();
        asked.sort_by_key(|one| std::cmp::Reverse((one.agencies, one.items.len())));
        (self.groups, self.clusters) = (found, asked);
    }

    /// How many different agencies are responsible for the collections of these items.
    fn asking(&self, items: &[ItemKey]) -> usize {
        let codes = items.iter().flat_map(|(id, _)| self.agencies(*id)).map(|one| one.code.as_str());
        codes.collect::<BTreeSet<_>>().len()
    }

    /// The responsible agencies of a collection.
    #[must_use]
    pub fn agencies(&self, collection: Uuid) -> &[Organisation] {
        self.agencies.get(&collection).map_or(&[], Vec::as_slice)
    }

    /// A collection as it is named.
    #[must_use]
    pub fn member(&self, collection: Uuid) -> Option<&Member> {
        self.members.get(&collection)
    }

    /// An item as it is worded.
    #[must_use]
    pub fn item(&self, key: ItemKey) -> Option<&Worded> {
        self.words.get(&key)
    }
}
