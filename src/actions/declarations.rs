//! An agency's word that its list (6 § förordning (1982:668)) is complete.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use crate::clock;
use crate::db::events::Event;
use crate::db::{Db, agency_list, declarations, events, involved, organisations};
use crate::domain::access::{Action, Actor, may};
use crate::error::{Error, Result};

/// Declares that the list of the actor's own organisation is complete at `now`. Said twice on one day it is written once.
///
/// # Errors
/// `Forbidden` for others, `Invalid` for an organisation that has ended, in Swedish; else as the database says.
pub async fn declare(db: &Db, actor: &Actor, organisation: &str, now: DateTime<Utc>) -> Result<NaiveDate> {
    if !may(actor, Action::Declare(organisation)) {
        return Err(Error::Forbidden);
    }
    let today = clock::swedish_day(now);
    let mut tx = db.write().await?;
    let known = organisations::get(&mut tx, organisation).await?.ok_or(Error::NotFound)?;
    if known.ended_on.is_some_and(|day| day <= today) {
        return Err(Error::Invalid(
            "Myndigheten har upphört. Den som har tagit över uppgifterna förklarar sin egen förteckning.".to_owned(),
        ));
    }
    if declarations::latest(&mut tx, organisation).await? == Some(today) {
        return Ok(today);
    }
    declarations::add(&mut tx, organisation, today, now, Some(actor.person)).await?;
    let codes = involved::stands_for(&mut tx, organisation, today).await?;
    let count = agency_list::collections(&mut tx, &codes, today, true).await?.len();
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: "list.declared".to_owned(),
        subject_kind: "organisation".to_owned(),
        subject: organisation.to_owned(),
        detail: json!({ "source": "form", "as_of": today, "collections": count }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(today)
}
