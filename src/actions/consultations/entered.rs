//! What becomes of a case that was entered afterwards: whoever entered it corrects it, the other side confirms or objects, and either takes
//! away what was entered by mistake.

use chrono::{DateTime, Datelike, Utc};
use serde_json::json;

use super::entering::{CONFIRM, READ, Refusal, moment_of, of_case, of_day, standing, to_others, to_sides};
use super::joining::answered;
use super::letters::{Told, name_of};
use super::steps::{Doing, check_closing, check_words, is_repeated, message};
use super::{Seen, Side, add_event, locked};
use crate::actions::collections::retried;
use crate::clock;
use crate::db::consultations::{self, Part, entered, said};
use crate::db::{Db, Tx, case, decisions, events, register};
use crate::domain::consultation::entered::rules::{Deed, Place, Refused, may};
use crate::domain::consultation::entered::{Entered, EnteredPart, Judging};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};

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

    /// Whether a body entered the case, and with it what is the agency's to say; one that joined says only what is its own.
    #[must_use]
    pub fn is_entered_by_body(&self) -> bool {
        self.case.parts.first().is_some_and(|first| first.entered_by.as_ref() == Some(&first.body))
    }

    /// How the case stands to the reader's side, as the rules ask; `rested_on`: whether a decision rests on it.
    #[must_use]
    pub fn place(&self, rested_on: bool) -> Place {
        let is_theirs = |part: &Part| part.entered_by.is_some() && !self.entered(part);
        let agency = self.side == Side::Agency;
        Place {
            agency,
            entered: self.own_entries().next().is_some(),
            entered_first: self.case.parts.first().is_some_and(|first| self.entered(first)),
            theirs: if agency { self.case.parts.iter().any(is_theirs) } else { self.own_part().is_some_and(is_theirs) },
            others: self.case.parts.iter().any(is_theirs),
            by_body: self.is_entered_by_body(),
            several: self.case.parts.len() > 1,
            confirmed: self.case.confirmed_at.is_some(),
            removed: self.case.removed_at.is_some(),
            goes_on: self.case.withdrawn_at.is_some() || self.case.parts.iter().any(|part| part.revision > 0),
            rested_on,
        }
    }

    /// Whether a body has entered the agency's view, and the agency has not confirmed it: nobody but the two sides reads it.
    #[must_use]
    pub fn is_view_unconfirmed(&self) -> bool {
        self.is_entered_by_body() && self.case.confirmed_at.is_none()
    }
}

/// How a case stands to the reader's side, as the rules ask.
///
/// # Errors
/// `NotFound` where it was not entered afterwards; `Forbidden` where the reader speaks for neither side.
pub async fn placed(tx: &mut Tx, seen: &Seen) -> Result<Place> {
    match (seen.case.entered, seen.side) {
        (false, _) => Err(Error::NotFound),
        (true, Side::Reader) => Err(Error::Forbidden),
        (true, _) => Ok(seen.place(decisions::is_rested_on(tx, seen.case.id).await?)),
    }
}

/// Refuses what the reader's side may not do.
///
/// # Errors
/// As [`placed`]; `Forbidden` where it is never that side's to do; `Invalid` with why it is not done now.
pub async fn check(tx: &mut Tx, seen: &Seen, deed: Deed) -> Result<()> {
    may(deed, placed(tx, seen).await?).map_err(Error::from)
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Never => Self::Forbidden,
            Refused::Now(why) => Self::Invalid(why.to_owned()),
        }
    }
}

/// The case for a write on which a decision may rest: the collection is locked first, as where somebody decides.
async fn locked_with_collection(tx: &mut Tx, doing: Doing<'_>) -> Result<Seen> {
    let collection = consultations::collection_of(tx, doing.number).await?.ok_or(Error::NotFound)?;
    register::lock(tx, collection).await?;
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
    let old = seen.case.closing.as_deref();
    let new = Some(closing).filter(|words| !words.is_empty() && seen.case.outcome.is_some());
    let place = placed(&mut tx, &seen).await?;
    // what is sent twice is confirmed once; another view would change what is told already
    if let Err(refused) = may(Deed::Confirm, place) {
        let is_repeated = place.confirmed && new == old && may(Deed::Confirm, Place { confirmed: false, ..place }).is_ok();
        return if is_repeated { Ok(()) } else { Err(refused.into()) };
    }
    if let Some(outcome) = seen.case.outcome {
        check_closing(outcome, closing).map_err(Error::Invalid)?;
    }
    if corrections(&mut tx, number).await? != revision {
        return Err(Error::Conflict);
    }
    if let Some((outcome, at)) = seen.case.outcome.zip(seen.case.closed_at) {
        entered::close(&mut tx, seen.case.id, (outcome, new), at).await?;
    }
    entered::confirm(&mut tx, seen.case.id, Some(now)).await?;
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

/// Whether the agency has said itself, here or by confirming the case, what its view is.
async fn has_spoken(tx: &mut Tx, seen: &Seen) -> Result<bool> {
    let trail = events::of(tx, "consultation", &seen.case.number.to_string()).await?;
    let is_said = |action: &str| matches!(action, "consultation.confirmed" | "consultation.closed");
    Ok(!seen.is_entered_by_body() || trail.iter().any(|event| is_said(&event.action)))
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
    check(&mut tx, &seen, Deed::Object).await?;
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

/// Corrects what the own side entered of a body's part; the revision is the count of [`corrections`]. What the agency has confirmed as its view stays as it is, and what a body corrects
/// is to be confirmed again.
///
/// # Errors
/// Everything that is wrong with what is entered; `NotFound`; `Forbidden` where the own side did not enter it; `Invalid`; `Conflict` where it
/// has been corrected meanwhile.
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
    let Doing { origin, actor, number, now, revision } = doing;
    let mut tx = db.write().await?;
    let seen = locked_with_collection(&mut tx, doing).await?;
    let place = placed(&mut tx, &seen).await?;
    may(Deed::Correct, place).map_err(Error::from)?;
    let part = seen.own_entries().find(|part| part.body == body).ok_or(Error::Forbidden)?;
    let before = of_case(&seen.case, part);
    let mut one = one.clone();
    if seen.side == Side::Body && has_spoken(&mut tx, &seen).await? {
        // the agency has said itself what its view is, and that stays also where the rest is to be confirmed again
        one.closed.iter_mut().for_each(|closed| closed.words.clone_from(&seen.case.closing));
    }
    let others = answered(&seen.case, body);
    one.check(Judging { known: &[body.to_owned()], today: clock::swedish_day(now), others: &others }).map_err(Refusal::Parts)?;
    let refused = |part, why: String| Err(Refusal::Parts(vec![(part, why)]));
    if before.closed.is_some() && one.closed.is_none() {
        return refused(EnteredPart::Outcome, "Ärendet är avslutat. Ska det pågå, ta bort det och för in det på nytt.".to_owned());
    }
    if i64::from(one.came_on.year()) != number.year() {
        let why = format!("Numret hör till {}. Ta bort ärendet och för in det på nytt.", number.year());
        return refused(EnteredPart::CameOn, why);
    }
    let same_day = of_day(&mut tx, seen.case.version.0, one.came_on, now).await?;
    if let Some(other) = same_day.iter().find(|other| other.id != seen.case.id && other.parts.iter().any(|part| part.body == body)) {
        return refused(EnteredPart::CameOn, format!("Ett ärende om insamlingen som kom den dagen är redan infört: {}.", other.number));
    }
    let changes = one.changes(&before);
    if changes.is_empty() {
        return Ok(()); // sent twice
    }
    if corrections(&mut tx, number).await? != revision {
        return Err(Error::Conflict.into());
    }
    let shared: Vec<EnteredPart> = changes.iter().map(|(part, ..)| *part).filter(|part| part.is_shared()).collect();
    match may(Deed::CorrectShared, place) {
        Err(Refused::Now(why)) if !shared.is_empty() => {
            return Err(Refusal::Parts(shared.into_iter().map(|part| (part, why.to_owned())).collect()));
        }
        Err(Refused::Never) => return Err(Error::Forbidden.into()),
        _ => {}
    }
    rewrite(&mut tx, &seen, body, &one, now).await?;
    if place.entered_first {
        // a part that was added says nothing of what is common to all
        entered::confirm(&mut tx, seen.case.id, (seen.side == Side::Agency).then_some(now)).await?;
    }
    case::touch(&mut tx, seen.case.version.0, now).await?;
    let who = name_of(&mut tx, &actor.organisation).await?;
    let labels: Vec<&str> = changes.iter().map(|(part, ..)| part.label()).collect();
    let about = if seen.case.parts.len() > 1 { format!(" om {}", name_of(&mut tx, body).await?) } else { String::new() };
    let told = |ask: &str| Told {
        subject: "rättat",
        what: format!("{who} har rättat det som fördes in{about}: {}. {ask}", labels.join(", ")),
        ..Told::default()
    };
    let (confirm, read) = (told(CONFIRM), told(READ));
    let to_agency = if place.by_body && place.entered_first { &confirm } else { &read };
    let letters = to_sides(&mut tx, origin, &seen, (to_agency, &read), now).await?;
    let changes: Vec<_> = changes.iter().map(|(part, old, new)| change(*part, Some(old), Some(new))).collect();
    add_event(&mut tx, actor, "consultation.corrected", number, letters.with(json!({ "body": body, "changes": changes })), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes a corrected case: what is said of one body, and where all of them stand by the days that are common to them.
async fn rewrite(tx: &mut Tx, seen: &Seen, body: &str, one: &Entered, now: DateTime<Utc>) -> Result<()> {
    let id = seen.case.id;
    entered::correct(tx, id, &one.asking, moment_of(one.came_on, now)).await?;
    for part in &seen.case.parts {
        let other = Entered { came_on: one.came_on, closed: one.closed.clone(), ..of_case(&seen.case, part) };
        let said = if part.body == body { one } else { &other };
        let by_body = part.entered_by.as_ref() == Some(&part.body);
        let standing = standing(said, by_body, (part.assignee, part.entered_by.as_deref()), now);
        entered::put_part(tx, id, &part.body, standing).await?;
    }
    if let Some(closed) = &one.closed {
        entered::close(tx, id, (closed.outcome, closed.words.as_deref()), moment_of(closed.on, now)).await?;
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
    check(&mut tx, &seen, Deed::Remove).await?;
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
