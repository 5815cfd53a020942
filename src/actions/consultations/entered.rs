//! What becomes of a case that was entered afterwards: whoever entered it corrects it, the other side confirms or objects, and either takes
//! away what was entered by mistake.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::entering::{Refusal, moment_of, of_case, of_day, standing, to_others};
use super::joining::answered;
use super::letters::{Told, name_of};
use super::steps::{Doing, check_closing, check_words, is_repeated, message};
use super::{Seen, Side, add_event, locked, visible};
use crate::actions::collections::retried;
use crate::clock;
use crate::db::consultations::{Part, entered, said};
use crate::db::{Db, Tx, case, decisions, events, register};
use crate::domain::consultation::entered::{Entered, EnteredPart, Judging};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};

/// Said where the case goes on in the register.
const GOES_ON: &str = "Ärendet har fortsatt i registret sedan det fördes in. Skriv i tråden vad som är fel.";
/// Said where a decision must stay as it was taken.
const RESTED_ON: &str = "Ett beslut grundas på ärendet, så det kan inte ändras. Skriv i stället vad som är fel.";

impl Seen {
    /// Whether the reader's side entered a part of the case.
    #[must_use]
    pub fn entered(&self, part: &Part) -> bool {
        let is_body = |code: &String| self.case.parts.iter().any(|part| part.body == *code);
        part.entered_by.as_ref().is_some_and(|by| match self.side {
            Side::Agency => !is_body(by),
            Side::Body => *by == self.organisation,
            Side::Reader => false,
        })
    }

    /// The parts that the reader's side entered, and can correct.
    pub fn own_entries(&self) -> impl Iterator<Item = &Part> {
        self.case.parts.iter().filter(|part| self.entered(part))
    }

    /// Whether a body entered a part of the case, and with it what is the agency's to say.
    #[must_use]
    pub fn is_entered_by_body(&self) -> bool {
        self.case.parts.iter().any(|part| part.entered_by.as_ref() == Some(&part.body))
    }

    /// Whether the reader's side can confirm what a body entered: only the agency stands for what is common to all.
    #[must_use]
    pub fn may_confirm(&self) -> bool {
        self.side == Side::Agency && self.is_entered_by_body()
    }

    /// Whether another side entered something that the reader's side can object to.
    #[must_use]
    pub fn may_object(&self) -> bool {
        let is_theirs = |part: &Part| part.entered_by.is_some() && !self.entered(part);
        match self.side {
            Side::Agency => self.case.parts.iter().any(is_theirs),
            Side::Body => self.own_part().is_some_and(is_theirs),
            Side::Reader => false,
        }
    }

    /// Why the reader's side cannot take the case away, where it could be changed.
    #[must_use]
    pub fn keeps(&self) -> Option<&'static str> {
        let is_first = self.case.parts.first().is_some_and(|first| self.entered(first));
        if self.side == Side::Body && self.case.parts.len() > 1 && !is_first {
            return Some("Ärendet gäller också en annan som tillfrågades. Skriv i tråden, så kan den som förde in det ta bort det.");
        }
        let is_settled = self.case.confirmed_at.is_some() && self.own_entries().next().is_none();
        is_settled.then_some("Ni har bekräftat ärendet. Skriv i tråden, så kan den som förde in det ta bort det.")
    }

    /// Whether a body has entered the agency's view, and the agency has not confirmed it: nobody but the two sides reads it.
    #[must_use]
    pub fn is_view_unconfirmed(&self) -> bool {
        self.is_entered_by_body() && self.case.confirmed_at.is_none()
    }
}

/// Why what was entered cannot be changed or taken away.
///
/// # Errors
/// `NotFound` where it was not entered afterwards; `Forbidden` where the reader speaks for neither side; `Invalid` with why.
pub async fn changeable(tx: &mut Tx, seen: &Seen) -> Result<()> {
    if !seen.case.entered {
        return Err(Error::NotFound);
    }
    if seen.side == Side::Reader {
        return Err(Error::Forbidden);
    }
    let why = if seen.case.removed_at.is_some() {
        "Ärendet är borttaget."
    } else if seen.case.withdrawn_at.is_some() || seen.case.parts.iter().any(|part| part.revision > 0) {
        GOES_ON
    } else if decisions::is_rested_on(tx, seen.case.id).await? {
        RESTED_ON
    } else {
        return Ok(());
    };
    Err(Error::Invalid(why.to_owned()))
}

/// The case for a write on which a decision may rest: the collection is locked first, as where somebody decides.
async fn locked_with_collection(tx: &mut Tx, doing: Doing<'_>) -> Result<Seen> {
    let seen = visible(tx, doing.actor, doing.number, clock::swedish_day(doing.now)).await?;
    register::lock(tx, seen.case.version.0).await?;
    locked(tx, doing.actor, doing.number, doing.now).await
}

/// How often what was entered has been corrected: whoever confirms says which of them was read.
///
/// # Errors
/// As the database says.
pub async fn corrections(tx: &mut Tx, number: ConsultationNumber) -> Result<i64> {
    let events = events::of(tx, "consultation", &number.to_string()).await?;
    let corrected = events.iter().filter(|one| matches!(one.action.as_str(), "consultation.corrected" | "consultation.entered")).count();
    Ok(i64::try_from(corrected).unwrap_or(i64::MAX))
}

/// The agency confirms what a body entered. `closing`: its view as it says it itself. The revision is the count of [`corrections`].
///
/// # Errors
/// `NotFound`; `Forbidden` where no body entered anything; `Invalid` where the agency's view is missing, or it was confirmed with another;
/// `Conflict` where what was entered has been corrected meanwhile.
pub async fn confirm(db: &Db, doing: Doing<'_>, closing: &str) -> Result<()> {
    retried(|| confirm_once(db, doing, closing.trim())).await
}

async fn confirm_once(db: &Db, doing: Doing<'_>, closing: &str) -> Result<()> {
    let Doing { origin, actor, number, now, revision } = doing;
    let mut tx = db.write().await?;
    let seen = locked_with_collection(&mut tx, doing).await?;
    if !seen.may_confirm() {
        return Err(Error::Forbidden);
    }
    if seen.case.removed_at.is_some() {
        return Err(Error::Invalid("Ärendet är borttaget.".to_owned()));
    }
    let old = seen.case.closing.as_deref();
    let new = match seen.case.outcome.filter(|_| seen.side == Side::Agency) {
        Some(outcome) => {
            check_closing(outcome, closing).map_err(Error::Invalid)?;
            Some(closing).filter(|words| !words.is_empty())
        }
        None => old,
    };
    if seen.case.confirmed_at.is_some() {
        // sent twice; another view would change what is told already
        let why = "Ni har redan bekräftat ärendet och er syn. Skriv i tråden om något är fel.";
        return if new == old { Ok(()) } else { Err(Error::Invalid(why.to_owned())) };
    }
    if corrections(&mut tx, number).await? != revision {
        return Err(Error::Conflict);
    }
    entered::confirm(&mut tx, seen.case.id, new, Some(now)).await?;
    case::touch(&mut tx, seen.case.version.0, now).await?;
    let who = name_of(&mut tx, &actor.organisation).await?;
    let told =
        Told { subject: "bekräftat", what: format!("{who} bekräftar att det som fördes in stämmer."), words: new, ..Told::default() };
    let letters = to_others(&mut tx, origin, &seen, &told, now).await?;
    let changes: Vec<_> = if new == old { Vec::new() } else { vec![change(EnteredPart::Closing, old, new)] };
    add_event(&mut tx, actor, "consultation.confirmed", number, letters.with(json!({ "changes": changes })), now).await?;
    tx.commit().await?;
    Ok(())
}

/// A value before and after, as an event keeps it.
fn change(part: EnteredPart, old: Option<&str>, new: Option<&str>) -> serde_json::Value {
    json!({ "part": part.code(), "old": old.unwrap_or_default(), "new": new.unwrap_or_default() })
}

/// Objects to what the other side entered: the words stand in the thread, also where the case is over.
///
/// # Errors
/// As [`confirm`]; `Invalid` where nothing is written.
pub async fn object(db: &Db, doing: Doing<'_>, words: &str) -> Result<()> {
    let words = words.trim();
    check_words(words, "Skriv vad som är fel.").map_err(Error::Invalid)?;
    retried(|| object_once(db, doing, words)).await
}

async fn object_once(db: &Db, doing: Doing<'_>, words: &str) -> Result<()> {
    let Doing { origin, actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    if !seen.may_object() {
        return Err(Error::Forbidden);
    }
    let written = message(doing, (seen.own_part().map(|part| part.body.clone()), None), words);
    if is_repeated(&mut tx, &seen, &written).await? {
        return Ok(());
    }
    said::add_message(&mut tx, seen.case.id, &written).await?;
    let who = name_of(&mut tx, &actor.organisation).await?;
    let told = Told {
        subject: "det stämmer inte",
        what: format!("{who} invänder mot det som ni har fört in."),
        words: Some(words),
        ..Told::default()
    };
    let letters = to_others(&mut tx, origin, &seen, &told, now).await?;
    add_event(&mut tx, actor, "consultation.objected", number, letters.with(json!({})), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Corrects what the own side entered of a body's part. What the agency has confirmed as its view stays as it is, and what a body corrects
/// is to be confirmed again.
///
/// # Errors
/// Everything that is wrong with what is entered; `NotFound`; `Forbidden` where the own side did not enter it; `Invalid`.
pub async fn correct(db: &Db, doing: Doing<'_>, body: &str, one: &Entered) -> Result<(), Refusal> {
    // only what the database says is tried again
    let work = || async {
        match correct_once(db, doing, body, one).await {
            Err(Refusal::Error(error)) => Err(error),
            other => Ok(other),
        }
    };
    retried(work).await?
}

async fn correct_once(db: &Db, doing: Doing<'_>, body: &str, one: &Entered) -> Result<(), Refusal> {
    let Doing { origin, actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked_with_collection(&mut tx, doing).await?;
    changeable(&mut tx, &seen).await?;
    let part = seen.own_entries().find(|part| part.body == body).ok_or(Error::Forbidden)?;
    let before = of_case(&seen.case, part);
    let mut one = one.clone();
    if seen.side == Side::Body && seen.case.confirmed_at.is_some() {
        // the agency has said itself what its view is
        one.closed.iter_mut().for_each(|closed| closed.words.clone_from(&seen.case.closing));
    }
    let others = answered(&seen.case, body);
    one.check(Judging { known: &[body.to_owned()], today: clock::swedish_day(now), others: &others }).map_err(Refusal::Parts)?;
    if before.closed.is_some() && one.closed.is_none() {
        let why = "Ärendet är avslutat. Ska det pågå, ta bort det och för in det på nytt.";
        return Err(Refusal::Parts(vec![(EnteredPart::Outcome, why.to_owned())]));
    }
    let same_day = of_day(&mut tx, seen.case.version.0, one.came_on, now).await?;
    if let Some(other) = same_day.iter().find(|other| other.id != seen.case.id && other.parts.iter().any(|part| part.body == body)) {
        let why = format!("Ett ärende om insamlingen som kom den dagen är redan infört: {}.", other.number);
        return Err(Refusal::Parts(vec![(EnteredPart::CameOn, why)]));
    }
    let changes = one.changes(&before);
    if changes.is_empty() {
        return Ok(()); // sent twice
    }
    if seen.case.parts.first().is_none_or(|first| !seen.entered(first)) {
        // what is common to all is for whoever entered the case to say
        let why = "Det här gäller alla som tillfrågades, och en annan har fört in det. Skriv i tråden vad som är fel.";
        let shared = changes.iter().map(|(part, ..)| *part).filter(|part| part.is_shared());
        let faults: Vec<_> = shared.map(|part| (part, why.to_owned())).collect();
        if !faults.is_empty() {
            return Err(Refusal::Parts(faults));
        }
    }
    rewrite(&mut tx, &seen, part, &one, now).await?;
    let closing = one.closed.as_ref().and_then(|closed| closed.words.as_deref());
    entered::confirm(&mut tx, seen.case.id, closing, (seen.side == Side::Agency).then_some(now)).await?;
    case::touch(&mut tx, seen.case.version.0, now).await?;
    let who = name_of(&mut tx, &actor.organisation).await?;
    let labels: Vec<&str> = changes.iter().map(|(part, ..)| part.label()).collect();
    let what = format!("{who} har rättat det som fördes in: {}. Läs det och bekräfta att det stämmer.", labels.join(", "));
    let letters = to_others(&mut tx, origin, &seen, &Told { subject: "rättat", what, ..Told::default() }, now).await?;
    let changes: Vec<_> = changes.iter().map(|(part, old, new)| change(*part, Some(old), Some(new))).collect();
    add_event(&mut tx, actor, "consultation.corrected", number, letters.with(json!({ "body": body, "changes": changes })), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes a corrected case.
async fn rewrite(tx: &mut Tx, seen: &Seen, part: &Part, one: &Entered, now: DateTime<Utc>) -> Result<()> {
    let id = seen.case.id;
    entered::correct(tx, id, &one.asking, moment_of(one.came_on, now)).await?;
    let entered_by = part.entered_by.as_deref().unwrap_or(&seen.organisation);
    let standing = standing(one, seen.side == Side::Body, (part.assignee, entered_by), now);
    entered::put_part(tx, id, &part.body, standing).await?;
    if let Some(closed) = &one.closed {
        let at = moment_of(closed.on, now);
        entered::close(tx, id, (closed.outcome, closed.words.as_deref()), at).await?;
        entered::end_parts(tx, id, at).await?;
    }
    Ok(())
}

/// Takes away a case that was entered by mistake: it is kept as withdrawn with who did it and why, and counts nowhere.
///
/// # Errors
/// `NotFound`; `Forbidden`; `Invalid` where no reason is given, or where it cannot be taken away any more.
pub async fn remove(db: &Db, doing: Doing<'_>, words: &str) -> Result<()> {
    let words = words.trim();
    check_words(words, "Skriv varför ärendet tas bort.").map_err(Error::Invalid)?;
    retried(|| remove_once(db, doing, words)).await
}

async fn remove_once(db: &Db, doing: Doing<'_>, words: &str) -> Result<()> {
    let Doing { origin, actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked_with_collection(&mut tx, doing).await?;
    let written = message(doing, (seen.own_part().map(|part| part.body.clone()), None), words);
    if seen.case.removed_at.is_some() && is_repeated(&mut tx, &seen, &written).await? {
        return Ok(()); // sent twice
    }
    changeable(&mut tx, &seen).await?;
    if let Some(why) = seen.keeps() {
        return Err(Error::Invalid(why.to_owned()));
    }
    entered::remove(&mut tx, seen.case.id, now).await?;
    said::add_message(&mut tx, seen.case.id, &written).await?;
    case::touch(&mut tx, seen.case.version.0, now).await?;
    let who = name_of(&mut tx, &actor.organisation).await?;
    let what = format!("{who} har tagit bort ärendet, som var infört i efterhand. Det räknas inte längre.");
    let letters =
        to_others(&mut tx, origin, &seen, &Told { subject: "borttaget", what, words: Some(words), ..Told::default() }, now).await?;
    let kept: Vec<_> = seen.case.parts.iter().map(|part| json!({ "body": part.body, "said": kept(&seen, part) })).collect();
    add_event(&mut tx, actor, "consultation.removed", number, letters.with(json!({ "kept": kept })), now).await?;
    tx.commit().await?;
    Ok(())
}

/// What was entered of a part, as the event keeps it.
fn kept(seen: &Seen, part: &Part) -> serde_json::Value {
    let said = of_case(&seen.case, part).said();
    said.into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(part, words)| (part.code().to_owned(), words.into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
