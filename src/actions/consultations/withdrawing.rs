//! Cases that are withdrawn because what they ask about is gone: the collection is withdrawn or ended, or the change is not planned any more.

use serde_json::json;
use uuid::Uuid;

use super::letters::{Letters, Told, name_of, to_bodies};
use super::steps::end;
use super::{Seen, Side};
use crate::actions::Origin;
use crate::actions::collections::Circumstances;
use crate::clock;
use crate::db::consultations::said::{self, Message};
use crate::db::consultations::{self, steps as written};
use crate::db::events::Event;
use crate::db::{Tx, events, involved};
use crate::domain::consultation::State;
use crate::domain::consultation::life::Step;
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};

/// What became of what the cases are about.
#[derive(Debug, Clone, Copy)]
pub struct Gone<'a> {
    /// What was done, as the event of the collection has it.
    pub action: &'static str,
    /// The cases are those about versions after this one.
    pub after: i64,
    /// The reason that was given.
    pub reason: Option<&'a str>,
}

impl Gone<'_> {
    /// Who did what, for a letter and for the thread.
    fn told(&self, agency: &str) -> String {
        let what = match self.action {
            "collection.withdrawn" => "har återkallat insamlingen",
            "collection.ended" => "har avslutat insamlingen",
            _ => "planerar inte längre den ändring som samrådet gäller",
        };
        format!("{agency} {what}. Samrådet är därför återkallat, och ni behöver inte göra något mer.")
    }
}

/// Withdraws the open cases about a collection in the transaction that takes away what they are about; the collection is locked. Without
/// `origin` nobody is written to.
///
/// # Errors
/// As the database says; `Conflict`.
pub async fn withdraw_with(tx: &mut Tx, origin: Option<&Origin>, at: &Circumstances, collection: Uuid, gone: Gone<'_>) -> Result<()> {
    for number in written::open_after(tx, collection, gone.after).await? {
        withdraw(tx, origin, at, number, gone).await?;
    }
    Ok(())
}

async fn withdraw(tx: &mut Tx, origin: Option<&Origin>, at: &Circumstances, number: ConsultationNumber, gone: Gone<'_>) -> Result<()> {
    written::lock(tx, number, at.now).await?;
    let case = consultations::by_number(tx, number).await?.ok_or(Error::NotFound)?;
    if case.closed_at.is_some() || case.withdrawn_at.is_some() {
        return Ok(()); // the two sides were done while this waited for them
    }
    let collection = consultations::collection_number(tx, case.version.0).await?;
    let known = involved::by_number(tx, collection, at.today).await?.ok_or(Error::NotFound)?;
    let seen = Seen { case, known, collection, side: Side::Agency, organisation: at.acting.clone() };
    end(tx, &seen, State::Withdrawn, at.now).await?;
    written::withdraw(tx, seen.case.id, at.now).await?;
    let what = gone.told(&name_of(tx, &at.acting).await?);
    let words = gone.reason.map_or_else(|| what.clone(), |reason| format!("{what}\n\n{reason}"));
    let message = Message {
        id: clock::new_id(),
        body: None,
        internal: false,
        step: Some(Step::Withdraw),
        words,
        organisation: at.acting.clone(),
        person: at.person,
        at: at.now,
    };
    said::add_message(tx, seen.case.id, &message).await?;
    let told = Told { subject: "återkallat", what, words: gone.reason, ..Told::default() };
    let letters = match origin {
        Some(origin) => to_bodies(tx, origin, &seen, &told, at.now).await?,
        None => Letters::default(),
    };
    let event = Event {
        id: clock::new_id(),
        at: at.now,
        actor: at.acting.clone(),
        person: at.person,
        action: "consultation.withdrawn".to_owned(),
        subject_kind: "consultation".to_owned(),
        subject: number.to_string(),
        detail: letters.with(json!({ "because": gone.action })),
    };
    events::add(tx, &event).await?;
    Ok(())
}
