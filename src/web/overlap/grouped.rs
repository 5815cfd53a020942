//! What hangs together by what people have confirmed, of what the reader may know of: groups of collections, and items that are the same.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::db::pairs::common::{self, Member, Settled};
use crate::db::pairs::review::Sight;
use crate::db::pairs::{self, Worded};
use crate::db::{Tx, collections, involved};
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
    /// By the code of an agency that has ended: who took over.
    living: HashMap<String, String>,
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
        let codes: BTreeSet<String> = this.agencies.values().flatten().map(|one| one.code.clone()).collect();
        for code in codes {
            let living = involved::living(tx, &code, sight.today).await?;
            this.living.insert(code, living);
        }
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
        let asked = |items: Vec<ItemKey>| Some(Cluster { agencies: self.asking(&items)?, items });
        let mut asked: Vec<Cluster> = clusters.iter().cloned().filter_map(asked).collect();
        asked.sort_by_key(|one| std::cmp::Reverse((one.agencies, one.items.len())));
        (self.groups, self.clusters) = (found, asked);
    }

    /// How many different agencies ask for these items, as they are called today, by collections that are not over. None where it is one
    /// and the same agency, or the same that ask jointly.
    fn asking(&self, items: &[ItemKey]) -> Option<usize> {
        let is_asked = |id: &Uuid| self.members.get(id).is_some_and(|member| !member.status.is_over());
        let askers: BTreeSet<BTreeSet<&str>> = items
            .iter()
            .filter(|(id, _)| is_asked(id))
            .map(|(id, _)| self.agencies(*id).iter().map(|one| self.living(&one.code)).collect())
            .collect();
        let agencies = askers.iter().flatten().collect::<BTreeSet<_>>().len();
        (askers.len() > 1).then_some(agencies)
    }

    /// The code of whoever does an agency's work today.
    fn living<'a>(&'a self, code: &'a str) -> &'a str {
        self.living.get(code).map_or(code, String::as_str)
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
