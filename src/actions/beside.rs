//! What is already collected of what a form says: shown beside it, and answered in it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::overlaps::{self, Readable};
use super::{Origin, comparing, pairs};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::drafts::Draft;
use crate::db::pairs::{self as kept, Found};
use crate::db::{Db, Tx, involved};
use crate::domain::access::{Action, Actor, may};
use crate::domain::collection::Collection;
use crate::domain::draft::{DraftForm, DraftItem};
use crate::domain::field::Field;
use crate::domain::identifier::CollectionNumber;
use crate::domain::overlap::answer::{Answer, AnswerFaults};
use crate::domain::overlap::weights::METHOD;
use crate::domain::overlap::{Planned, Tier};
use crate::error::{Error, Result};
use crate::search::Index;
use crate::search::overlap::{Asker, Known, Overlap};

/// Collections looked at.
const MOST: usize = 8;

/// A registered collection that is like what a form says.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// How alike they are.
    pub overlap: Overlap,
    /// The collection, in force.
    pub collection: Collection,
    /// Whether an agency that is responsible for the form is responsible for it too.
    pub is_own: bool,
}

impl Alike {
    /// Whether the agency of the form is asked about it. What has ended or was withdrawn is told of, never asked about.
    #[must_use]
    pub fn is_flagged(&self) -> bool {
        self.overlap.judgement.tier == Tier::Flagged && !self.collection.status.is_over()
    }
}

/// What is like a form, of what `actor` may read, the likeliest first: never the collection that it changes, nor those that either was
/// copied from or to.
///
/// # Errors
/// As database and index say. Nobody's work should fail for that.
pub async fn alike(db: &Db, index: &Index, actor: &Actor, draft: &Draft, today: NaiveDate) -> Result<Vec<Alike>> {
    let mut tx = db.read().await?;
    let readable = Readable::by(&mut tx, Some(actor), today).await?;
    let mut except = HashSet::new();
    for number in draft.number.into_iter().chain(draft.form.copied_from.as_deref().and_then(CollectionNumber::parse)) {
        except.extend(kept::family_of_number(&mut tx, number).await?);
    }
    drop(tx);
    let seen = readable.clone();
    let visible = move |known: Known| !except.contains(&known.id) && seen.allows(known.id, |today| known.is_open_on(today));
    let found = index.overlaps(Asker::SignedIn, planned(&draft.form), MOST, visible).await?;
    let found: Vec<Overlap> = found.into_iter().filter(|one| one.judgement.tier != Tier::Unlike).collect();
    let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
    let mut tx = db.read().await?;
    let mut read = overlaps::read(&mut tx, &ids, &readable).await?;
    let own = own_of(&mut tx, draft, &read, today).await?;
    let alike = |overlap: Overlap| {
        let collection = read.remove(&overlap.id)?;
        Some(Alike { is_own: own.contains(&collection.id), overlap, collection })
    };
    Ok(found.into_iter().filter_map(alike).collect())
}

/// Those of these collections that an agency is responsible for which is also responsible for the form: see [`involved::in_common`].
async fn own_of(tx: &mut Tx, draft: &Draft, read: &HashMap<Uuid, Collection>, today: NaiveDate) -> Result<HashSet<Uuid>> {
    if read.is_empty() {
        return Ok(HashSet::new());
    }
    let name = |number: &CollectionNumber| number.to_string();
    let numbers: Vec<String> = read.values().filter_map(|one| one.number).chain(draft.number).map(|number| name(&number)).collect();
    let responsible = involved::responsible_for(tx, &numbers, today).await?;
    let of = |number: Option<CollectionNumber>| number.and_then(|number| responsible.get(&name(&number))).map_or(&[][..], Vec::as_slice);
    let mut own = of(draft.number).to_vec();
    for code in draft.form.responsible.iter().chain([&draft.organisation]) {
        own.push(involved::living(tx, code, today).await?);
    }
    let shared = read.values().filter(|one| !involved::in_common(&own, of(one.number)).is_empty());
    Ok(shared.map(|one| one.id).collect())
}

/// The form as what is compared.
fn planned(form: &DraftForm) -> Planned {
    let item = |item: &DraftItem| match item.definition.trim() {
        "" => item.label.clone(),
        definition => format!("{}. {definition}", item.label),
    };
    Planned {
        title: form.text(Field::Title).to_owned(),
        purpose: form.text(Field::Purpose).to_owned(),
        area: Some(form.text(Field::Area).to_owned()).filter(|area| !area.is_empty()),
        items: form.items.iter().filter(|one| !one.is_empty()).map(item).collect(),
    }
}

/// What is wrong with what a form answers for a collection, by its number.
pub type Unclear = Vec<(CollectionNumber, AnswerFaults)>;

/// What a form answers for, as it is submitted.
#[derive(Debug)]
pub struct Answering<'a> {
    /// The register as its letters name it.
    pub origin: &'a Origin,
    /// What is like the form; none where that cannot be told now, and the form is taken at its word.
    pub alike: Option<&'a [Alike]>,
}

impl Answering<'_> {
    /// What the form answers for the collections that are flagged, each with how alike it is, where that is known. An answer for what is
    /// not flagged any more answers nothing.
    /// Beside them what is wrong with an answer.
    pub(super) fn given<'a>(&'a self, form: &'a DraftForm) -> (Vec<Given<'a>>, Unclear) {
        let (mut given, mut unclear) = (Vec::new(), Unclear::new());
        for (number, answer) in &form.answers {
            let Some(number) = CollectionNumber::parse(number) else { continue };
            let flagged = self.alike.map(|all| all.iter().find(|one| one.collection.number == Some(number) && one.is_flagged()));
            match (flagged, answer.given()) {
                (Some(None), _) | (_, Ok(None)) => {}
                (flagged, Ok(Some(answer))) => given.push(Given { number, answer, alike: flagged.flatten() }),
                (Some(Some(_)), Err(faults)) => unclear.push((number, faults)),
                // the page could not show what is wrong: it is asked about again once the register has compared
                (None, Err(_)) => {}
            }
        }
        (given, unclear)
    }
}

/// What a form answers for a collection.
#[derive(Debug)]
pub(super) struct Given<'a> {
    number: CollectionNumber,
    answer: Answer,
    alike: Option<&'a Alike>,
}

/// Writes what a form answered, once its collection has its number: the pairs as the comparing job would, and the answers to them.
/// Answers what is wrong with an answer that the register cannot take.
pub(super) async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    origin: &Origin,
    number: CollectionNumber,
    given: &[Given<'_>],
    now: DateTime<Utc>,
) -> Result<Unclear> {
    let mut unclear = Unclear::new();
    let today = clock::swedish_day(now);
    let Some(own) = involved::by_number(tx, number, today).await? else { return Ok(unclear) };
    // the agency that registered last is asked
    for one in given.iter().filter(|one| one.number < number) {
        let Some(met) = involved::by_number(tx, one.number, today).await? else { continue };
        if !may(actor, Action::Read(met.parties(today))) {
            continue;
        }
        if let Some(kept) = kept::between(tx, own.id, met.id).await?
            && pairs::settled(tx, &kept).await?.is_some()
        {
            continue; // a colleague has answered since, or it is rejected: the page says so and asks nothing
        }
        let id = put(tx, (own.id, met.id), one.alike, now).await?;
        let pair = pairs::pair(tx, actor, id, today).await?;
        match pairs::answer_within(tx, origin, actor, &pair, &one.answer, now).await {
            Err(Error::Invalid(why)) => unclear.push((one.number, AnswerFaults { kind: Some(why), reason: None })),
            other => other?,
        }
    }
    Ok(unclear)
}

/// What is wrong with the answers of a change of `own`, without those for what is settled since: the page asks nothing of it any more.
pub(super) async fn still_asked(tx: &mut Tx, own: Option<CollectionNumber>, unclear: Unclear, today: NaiveDate) -> Result<Unclear> {
    let Some(own) = own else { return Ok(unclear) };
    let Some(own) = involved::by_number(tx, own, today).await? else { return Ok(unclear) };
    let mut asked = Unclear::new();
    for (number, faults) in unclear {
        let Some(met) = involved::by_number(tx, number, today).await? else { continue };
        let settled = match kept::between(tx, own.id, met.id).await? {
            Some(pair) => pairs::settled(tx, &pair).await?,
            None => None,
        };
        if settled.is_none() {
            asked.push((number, faults));
        }
    }
    Ok(asked)
}

/// The pair of two collections, which stands as it is where it is flagged already.
async fn put(tx: &mut Tx, (own, met): (Uuid, Uuid), alike: Option<&Alike>, now: DateTime<Utc>) -> Result<Uuid> {
    if let Some(flagged) = kept::between(tx, own, met).await?.filter(|one| one.gone_at.is_none()) {
        return Ok(flagged.id);
    }
    let load = collections::load(tx, &[own], Version::Newest).await?.pop();
    let own = load.ok_or(Error::NotFound)?;
    let substance = comparing::digest(&own);
    let found = match alike {
        Some(Alike { overlap, collection, .. }) => {
            let lineages = [kept::lineages(tx, own.id, own.version).await?, kept::lineages(tx, met, collection.version).await?];
            comparing::pair((&own, substance), collection, overlap, [&lineages[0], &lineages[1]])
        }
        None => {
            let met = collections::load(tx, &[met], Version::InForce).await?.pop().ok_or(Error::NotFound)?;
            let (collection, other, other_substance) = (own.id, met.id, comparing::digest(&met));
            Found { collection, other, probability: 0.0, items: Vec::new(), substance, other_substance, method: METHOD }
        }
    };
    Ok(kept::put(tx, &found, now).await?)
}
