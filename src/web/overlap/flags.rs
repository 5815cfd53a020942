//! The flags of a collection, as its parties see them on its page.

use chrono::NaiveDate;
use uuid::Uuid;

use super::letter;
use crate::actions::pairs::{pair, standings};
use crate::db::pairs::Answered;
use crate::db::pairs::waiting::titled;
use crate::db::{Tx, pairs};
use crate::domain::access::{Action, may};
use crate::error::{Error, Result};
use crate::web::user::User;

/// A flag.
#[derive(Debug)]
pub struct Flag {
    /// Its identity.
    pub id: Uuid,
    /// The number of the other collection.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it stands: `Obesvarad: väntar på ert svar`, `Ert svar: vi samordnar oss`.
    pub standing: String,
}

/// The flags of a collection that the user may know of, the likeliest first; not those that people have rejected.
///
/// # Errors
/// As the database says.
pub async fn flags(tx: &mut Tx, user: &User, collection: Uuid, today: NaiveDate) -> Result<Vec<Flag>> {
    let mut overlaps = pairs::of_collection(tx, collection).await?;
    overlaps.retain(|one| one.gone_at.is_none());
    let mut standings = standings(tx, &overlaps).await?;
    let mut flags = Vec::new();
    for overlap in overlaps {
        let Some((standing, answered)) = standings.remove(&overlap.id) else { continue };
        if standing.is_rejected {
            continue;
        }
        let pair = match pair(tx, &user.actor, overlap.id, today).await {
            Ok(pair) => pair,
            Err(Error::NotFound) => continue,
            Err(other) => return Err(other),
        };
        let asks = pair.asking.id == collection;
        let other = if asks { pair.met.id } else { pair.asking.id };
        let Some(other) = titled(tx, &[other]).await?.pop() else { continue };
        let speaks = may(&user.actor, Action::Edit(pair.asking.parties(today)));
        let standing = in_words(answered.filter(|_| !standing.is_unanswered()).as_ref(), asks, speaks);
        flags.push(Flag { id: overlap.id, number: other.number, title: other.title, standing });
    }
    Ok(flags)
}

/// Where a flag stands. `asks`: it is told on the page of the collection that asks; `speaks`: to those who may answer.
fn in_words(answered: Option<&Answered>, asks: bool, speaks: bool) -> String {
    let said = |who: &str, one: &Answered| {
        let letter = letter(one).map(|letter| format!(". {letter}")).unwrap_or_default();
        format!("{who}: {}{letter}", one.answer.kind.label())
    };
    match answered {
        Some(one) if asks => said("ert svar", one),
        Some(one) => said("de svarar", one),
        None if speaks => "obesvarad: väntar på ert svar".to_owned(),
        None => "obesvarad: den andra myndigheten har inte svarat".to_owned(),
    }
}
