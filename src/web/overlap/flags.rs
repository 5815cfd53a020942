//! The flags of a collection, as its parties see them on its page.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::actions::pairs::pair;
use crate::db::collections::{self, Version};
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
    /// Where it stands: `Svara`, `Vi samordnar oss`, `Den andra myndigheten har inte svarat`.
    pub standing: String,
}

/// The flags of a collection that the user may know of, the likeliest first.
///
/// # Errors
/// As the database says.
pub async fn flags(tx: &mut Tx, user: &User, collection: Uuid, today: NaiveDate) -> Result<Vec<Flag>> {
    let mut flags = Vec::new();
    for overlap in pairs::of_collection(tx, collection).await?.into_iter().filter(|one| one.gone_at.is_none()) {
        let pair = match pair(tx, &user.actor, overlap.id, today).await {
            Ok(pair) => pair,
            Err(Error::NotFound) => continue,
            Err(other) => return Err(other),
        };
        let asks = pair.asking.id == collection;
        let other = if asks { pair.met.id } else { pair.asking.id };
        let Some(other) = collections::load(tx, &[other], Version::InForce).await?.pop() else { continue };
        let answer = pairs::answers(tx, &[overlap.id]).await?.into_iter().next();
        let standing = match answer {
            Some(answer) if asks => format!("ert svar: {}", answer.answer.kind.label()),
            Some(answer) => format!("de svarar: {}", answer.answer.kind.label()),
            None if may(&user.actor, Action::Edit(pair.asking.parties(today))) => "väntar på ert svar".to_owned(),
            None => "den andra myndigheten har inte svarat".to_owned(),
        };
        let number = other.number.map(|number| number.to_string()).unwrap_or_default();
        flags.push(Flag { id: overlap.id, number, title: other.content.title.clone(), standing });
    }
    Ok(flags)
}
