//! The flags of a collection, as its parties see them on its page.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::letter;
use crate::actions::overlaps::Readable;
use crate::actions::pairs::standings;
use crate::clock;
use crate::db::pairs::waiting::{Titled, titled};
use crate::db::pairs::{Answered, Judged};
use crate::db::{Tx, collections, involved, organisations, pairs};
use crate::domain::collection::Collection;
use crate::domain::wording;
use crate::error::Result;
use crate::text;
use crate::web::user::User;

/// Flags in sight; the others are folded.
const MOST: usize = 8;

/// A flag.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its identity.
    pub id: Uuid,
    /// The number of the other collection.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The names of its responsible agencies.
    pub agencies: String,
    /// How alike the two are: how many of their items.
    pub alike: String,
    /// Where it stands: `Obesvarad: väntar på ert svar`, `Ert svar: vi samordnar oss`.
    pub standing: String,
}

/// The flags of a collection.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// Those that people have not decided on: what the register has found.
    pub found: Vec<Flag>,
    /// They, as far as they are folded.
    pub more: Vec<Flag>,
    /// Those that people have confirmed.
    pub confirmed: Vec<Flag>,
}

impl Flags {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.confirmed.is_empty()
    }
}

/// The flags of a collection that the user, who speaks for it or is consulted about it, may know of, the likeliest first; not those that
/// people have rejected. `speaks`: the user is asked about them.
///
/// # Errors
/// As the database says.
pub async fn flags(tx: &mut Tx, user: &User, collection: &Collection, speaks: bool, today: NaiveDate) -> Result<Flags> {
    let mut overlaps = pairs::of_collection(tx, collection.id).await?;
    overlaps.retain(|one| one.gone_at.is_none());
    let standings = standings(tx, &overlaps).await?;
    overlaps.retain(|one| standings.get(&one.id).is_some_and(|(standing, _)| !standing.is_rejected));
    let other = |one: &pairs::Overlap| if one.found.collection == collection.id { one.found.other } else { one.found.collection };
    let others: Vec<Uuid> = overlaps.iter().map(other).collect();
    let readable = Readable::by(tx, Some(&user.actor), today).await?;
    let is_open = |one: &Titled, today: NaiveDate| one.open_from.is_some_and(|from| from <= today);
    let mut named = titled(tx, &others).await?;
    named.retain(|one| readable.allows(one.id, |today| is_open(one, today)));
    let named: HashMap<Uuid, Titled> = named.into_iter().map(|one| (one.id, one)).collect();
    let own = collection.number.map(|number| number.to_string()).unwrap_or_default();
    let numbers: Vec<String> = named.values().map(|one| one.number.clone()).chain([own.clone()]).collect();
    let responsible = involved::responsible_for(tx, &numbers, today).await?;
    let responsible = |number: &String| responsible.get(number).map_or(&[][..], Vec::as_slice);
    let ids: Vec<Uuid> = overlaps.iter().map(|one| one.id).collect();
    let decided = decided(tx, &ids).await?;
    let agencies = collections::agencies(tx, &others).await?;
    let mut flags = Flags::default();
    for overlap in &overlaps {
        let (Some(other), Some((standing, answered))) = (named.get(&other(overlap)), standings.get(&overlap.id)) else { continue };
        let theirs = responsible(&other.number);
        let both = !involved::in_common(responsible(&own), theirs).is_empty();
        let shown = !speaks && (overlap.found.collection == collection.id || both);
        let speaks = speaks && (overlap.found.collection == collection.id || theirs.contains(&user.actor.organisation));
        let answered = answered.as_ref().filter(|_| !standing.is_unanswered());
        let agencies = agencies.get(&other.id).into_iter().flatten().map(|one| one.name.clone()).collect::<Vec<_>>();
        let agencies = wording::enumerated(&agencies);
        let flag = |standing: String| Flag {
            id: overlap.id,
            number: other.number.clone(),
            title: other.title.clone(),
            agencies: agencies.clone(),
            alike: alike(overlap.found.items.len()),
            standing,
        };
        match decided.get(&overlap.id).and_then(|(all, names)| Some((Judged::in_force(all, &overlap.found)?, names))) {
            Some((judged, names)) => {
                let is_public = is_open(other, today) && collection.is_open_on(today);
                flags.confirmed.push(flag(confirmed(judged, names, is_public)));
            }
            None => flags.found.push(flag(in_words(answered, (speaks, shown), both))),
        }
    }
    flags.more = flags.found.split_off(flags.found.len().min(MOST));
    Ok(flags)
}

/// How alike two collections are, by how many of their items are.
fn alike(items: usize) -> String {
    match items {
        0 => "texterna i sin helhet liknar varandra".to_owned(),
        some => format!("uppgifter som liknar varandra: {some}"),
    }
}

type Decided = HashMap<Uuid, (Vec<Judged>, HashMap<String, String>)>;

/// The decisions on these pairs, with the names of those who took them.
async fn decided(tx: &mut Tx, ids: &[Uuid]) -> Result<Decided> {
    let verdicts = pairs::verdicts(tx, ids).await?;
    let codes: Vec<String> = verdicts.iter().map(|one| one.said.organisation.clone()).collect();
    let names: HashMap<String, String> = organisations::names(tx, &codes).await?.into_iter().collect();
    let mut decided = Decided::new();
    for one in verdicts {
        decided.entry(one.overlap).or_insert_with(|| (Vec::new(), names.clone())).0.push(one);
    }
    Ok(decided)
}

/// What people have decided, and whether everyone may read it.
fn confirmed(judged: &Judged, names: &HashMap<String, String>, is_public: bool) -> String {
    let body = names.get(&judged.said.organisation).unwrap_or(&judged.said.organisation);
    let day = text::written_date(clock::swedish_day(judged.said.at));
    let public =
        if is_public { "Det visas öppet på båda insamlingarnas sidor." } else { "Det visas öppet när båda insamlingarna gör det." };
    format!("{body} den {day}: {}. {public}", judged.kind.label())
}

/// Where a flag stands. `speaks`: the reader's agency is the one that answers; `shown`: the one that answers is that of the collection shown,
/// for which the reader does not speak; `both`: an agency is responsible for both collections.
fn in_words(answered: Option<&Answered>, (speaks, shown): (bool, bool), both: bool) -> String {
    match answered {
        Some(one) => {
            let letter = letter(one).map(|letter| format!(". {letter}")).unwrap_or_default();
            let who = match (speaks, shown) {
                (true, _) => "ert svar",
                (_, true) => "myndighetens svar",
                _ => "de svarar",
            };
            format!("{who}: {}{letter}", one.answer.kind.said(both))
        }
        None if speaks => "obesvarad: väntar på ert svar".to_owned(),
        None if shown => "obesvarad: myndigheten har inte svarat".to_owned(),
        None => "obesvarad: den andra myndigheten har inte svarat".to_owned(),
    }
}
