//! Finding what already asks for what somebody plans to ask for: in the register, or in a file.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::overlap_scores::{finder_of, place_of};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::{Db, Tx, areas, involved, overlaps};
use crate::domain::access::{Actor, Role};
use crate::domain::collection::Collection;
use crate::domain::overlap::explain::reasons;
use crate::domain::overlap::{Judgement, Planned, Tier, judge};
use crate::error::Result;
use crate::intake::planned::Line;
use crate::publish::similar::{ItemMatch, Match, PlannedItem, Registered, Similar};
use crate::search::Index;
use crate::search::overlap::{Asker, Finder, Known, Overlap, Record};
use crate::text::fold;

pub use crate::intake::planned::one as read_one;

/// How many collections are answered with, unless something else is asked for.
pub const DEFAULT_MATCHES: usize = 5;
/// Collections read from the database at a time.
const BATCH: usize = 500;

/// Answers the planned collections of a file from the registered ones of another.
#[must_use]
pub fn in_file(base: &[Line], planned: &[Line], most: usize) -> Vec<Similar> {
    let finder = finder_of(base);
    let answer = |line: &Line| {
        let found = finder.find(&line.planned(), most, |_| true);
        let matches = found.into_iter().map(|overlap| {
            let registered = &base[place_of(overlap.id)];
            let name = |item: usize| (registered.items[item].id.clone(), None);
            let items = item_answers(line.items.iter().map(|item| item.id.clone()), &overlap.judgement, name);
            matched(registered.id.clone(), &overlap, None, items)
        });
        Similar { id: line.id.clone(), matches: matches.collect() }
    };
    planned.iter().map(answer).collect()
}

fn matched(collection: String, overlap: &Overlap, registered: Option<Registered>, items: Vec<PlannedItem>) -> Match {
    Match {
        collection,
        score: overlap.judgement.probability,
        flagged: Some(overlap.judgement.tier == Tier::Flagged),
        why: reasons(&overlap.likeness, &overlap.judgement),
        registered,
        items,
    }
}

/// Names the items of a judgement: the planned ones in order, the registered ones by `name`, which may also give their text.
fn item_answers(
    planned: impl Iterator<Item = String>,
    judgement: &Judgement,
    name: impl Fn(usize) -> (String, Option<String>),
) -> Vec<PlannedItem> {
    let answer = |(item, found): (String, &Vec<judge::ItemMatch>)| {
        let matches = found.iter().map(|found| {
            let (item, text) = name(found.item);
            ItemMatch { item, score: found.score, text }
        });
        PlannedItem { item, matches: matches.collect() }
    };
    planned.zip(&judgement.items).map(answer).collect()
}

/// Which collections somebody may know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readable {
    /// All.
    All,
    /// Those that are open on a day, and these.
    OpenAnd(NaiveDate, HashSet<Uuid>),
}

impl Readable {
    /// What `actor` may know of on `today`, as [`crate::domain::access`] has it; nobody: everyone.
    ///
    /// # Errors
    /// As the database says.
    pub async fn by(tx: &mut Tx, actor: Option<&Actor>, today: NaiveDate) -> Result<Self> {
        let hidden = match actor {
            Some(actor) if actor.role == Role::Admin => return Ok(Self::All),
            Some(actor) if actor.role == Role::Agency => {
                let codes = involved::stands_for(tx, &actor.organisation, today).await?;
                overlaps::hidden_of(tx, &codes, today).await?
            }
            _ => Vec::new(),
        };
        Ok(Self::OpenAnd(today, hidden.into_iter().collect()))
    }

    /// Whether a collection is among them; `is_open` tells whether everyone may read it on a day.
    pub fn allows(&self, id: Uuid, is_open: impl Fn(NaiveDate) -> bool) -> bool {
        match self {
            Self::All => true,
            Self::OpenAnd(today, also) => is_open(*today) || also.contains(&id),
        }
    }
}

/// A planned collection that the register is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who asks.
    pub asker: Asker,
    /// What it is called.
    pub id: String,
    /// What its items are called.
    pub items: Vec<String>,
    /// What is compared; the area by code.
    pub planned: Planned,
    /// Collections that are no overlap: itself, what it was copied from and the copies of either.
    pub except: Vec<Uuid>,
}

impl Question {
    /// A planned collection of a file or a request, whose area may be a name or a code.
    /// `areas`: code and name of every area.
    #[must_use]
    pub fn planned(areas: &[(String, String)], line: &Line) -> Self {
        let mut planned = line.planned();
        planned.area = planned.area.as_deref().map(fold).and_then(|named| {
            let known = areas.iter().find(|(code, name)| fold(code) == named || fold(name) == named);
            known.map(|(code, _)| code.clone())
        });
        let items = line.items.iter().map(|item| item.id.clone()).collect();
        Self { asker: Asker::SignedIn, id: line.id.clone(), items, planned, except: Vec::new() }
    }

    /// A collection of the register: never an overlap with its `family`, as [`crate::db::pairs::family`] answers it.
    #[must_use]
    pub fn registered(asker: Asker, collection: &Collection, family: Vec<Uuid>) -> Self {
        let number = number_of(collection);
        let record = Record::of(collection, 0);
        Self {
            asker,
            items: (1..=record.items.len()).map(|place| format!("{number}.{place}")).collect(),
            id: number,
            planned: Planned { title: record.title, purpose: record.purpose, area: record.area, items: record.items },
            except: family,
        }
    }
}

fn number_of(collection: &Collection) -> String {
    collection.number.map(|number| number.to_string()).unwrap_or_default()
}

/// These collections as they are in force. The finder may lag behind: the database has the last word on who may know of what.
pub(super) async fn read(tx: &mut Tx, ids: &[Uuid], readable: &Readable) -> Result<HashMap<Uuid, Collection>> {
    let read = collections::load(tx, ids, Version::InForce).await?;
    let read = read.into_iter().filter(|collection| readable.allows(collection.id, |today| collection.is_open_on(today)));
    Ok(read.map(|collection| (collection.id, collection)).collect())
}

/// Answers from the register, as far as `readable` goes. `base_url` is the register's address. Hold no transaction meanwhile: one is begun
/// once it is found what is to be read.
///
/// # Errors
/// As database and index say.
pub async fn in_register(db: &Db, index: &Index, question: Question, readable: Readable, most: usize, base_url: &str) -> Result<Similar> {
    let (except, searched) = (question.except.clone(), readable.clone());
    let visible = move |known: Known| searched.allows(known.id, |today| known.is_open_on(today)) && !except.contains(&known.id);
    let found = index.overlaps(question.asker, question.planned.clone(), most, visible).await?;
    answer(&mut db.read().await?, &found, &question, &readable, base_url).await
}

/// What was found, as the register tells of it.
async fn answer(tx: &mut Tx, found: &[Overlap], question: &Question, readable: &Readable, base_url: &str) -> Result<Similar> {
    let ids: Vec<Uuid> = found.iter().map(|overlap| overlap.id).collect();
    let read = read(tx, &ids, readable).await?;
    let matches = found.iter().filter_map(|overlap| Some((overlap, read.get(&overlap.id)?))).map(|(overlap, collection)| {
        let number = number_of(collection);
        let items = &collection.content.items;
        let name = |item: usize| (format!("{number}.{}", item + 1), items.get(item).map(|item| item.label.clone()));
        let registered = Registered {
            title: collection.content.title.clone(),
            agencies: collection.responsible.iter().map(|responsible| responsible.organisation.name.clone()).collect(),
            status: collection.status.code(),
            url: format!("{base_url}/insamlingar/{number}"),
        };
        matched(number.clone(), overlap, Some(registered), item_answers(question.items.iter().cloned(), &overlap.judgement, name))
    });
    Ok(Similar { id: question.id.clone(), matches: matches.collect() })
}

/// Answers the planned collections of a file from the whole register, as whoever runs it may. Reads the database and needs no index.
///
/// # Errors
/// As the database says.
pub async fn of_file(db: &Db, planned: &[Line], most: usize, base_url: &str) -> Result<Vec<Similar>> {
    let mut tx = db.read().await?;
    let mut records = Vec::new();
    let ids: Vec<Uuid> = collections::stamps(&mut tx).await?.into_iter().map(|(id, _)| id).collect();
    for ids in ids.chunks(BATCH) {
        records.extend(collections::load(&mut tx, ids, Version::InForce).await?.iter().map(|collection| Record::of(collection, 0)));
    }
    let finder = Finder::of(&records, clock::swedish_day(clock::now()));
    let areas = areas::all(&mut tx).await?;
    let mut answers = Vec::with_capacity(planned.len());
    for line in planned {
        let question = Question::planned(&areas, line);
        let found = finder.find(&question.planned, most, |_| true);
        answers.push(answer(&mut tx, &found, &question, &Readable::All, base_url).await?);
    }
    Ok(answers)
}
