//! A body gives its opinion, also at once on what nobody has taken.

use serde_json::json;

use super::letters::{Told, name_of, to_agency};
use super::steps::{Doing, advance};
use super::{Seen, add_event, locked, own, points, visible};
use crate::actions::collections::retried;
use crate::clock;
use crate::db::consultations::points as kept;
use crate::db::consultations::{Part, steps};
use crate::db::{Db, Tx};
use crate::domain::consultation::life::{self, Step};
use crate::domain::consultation::opinion::Answer;
use crate::domain::consultation::{Opinion, State};
use crate::error::{Error, Result};

/// Why nobody answers a case that a colleague has been given before taking it over.
pub const HELD: &str = "En kollega har fått ärendet. Ta över det först.";

/// Gives a body's opinion, and sends what is prepared along; `shown`: as [`points::send`] has it.
///
/// # Errors
/// `NotFound`; `Forbidden` where the actor speaks for no body of it; `Invalid` where its life does not allow it or a colleague has been
/// given it; `Conflict` where somebody else of the body has done something meanwhile.
pub async fn answer(db: &Db, doing: Doing<'_>, given: &Answer, shown: Option<&str>) -> Result<()> {
    retried(|| answer_once(db, doing, given, shown)).await
}

async fn answer_once(db: &Db, doing: Doing<'_>, given: &Answer, shown: Option<&str>) -> Result<()> {
    let Doing { actor, number, now, .. } = doing;
    let mut tx = db.write().await?;
    let seen = locked(&mut tx, actor, number, now).await?;
    let part = own(&seen)?;
    let assessed =
        (&part.coordination, &part.feasibility, &part.diary_number) == (&given.coordination, &given.feasibility, &given.diary_number);
    if part.answered_by == Some(actor.person) && assessed && (part.opinion, &part.answer) == (Some(given.opinion), &given.answer) {
        return Ok(()); // sent twice
    }
    if part.state == State::Answered && part.revision != doing.revision {
        return Err(Error::Conflict);
    }
    life::to_answer(part.state).map_err(Error::Invalid)?;
    let (seen, doing) = if part.state == State::Requested { taken_first(&mut tx, &seen, doing).await? } else { (seen, doing) };
    let part = own(&seen)?;
    advance(&mut tx, &seen, part, Step::Answer, doing).await?;
    let sent = points::send_along(&mut tx, &seen, part, shown, now).await?;
    if given.opinion == Opinion::NoObjection && !sent.is_empty() {
        let why = "Ni har förberett synpunkter som inte är skickade. Ta bort dem, eller välj ett annat yttrande än ”ingen erinran”.";
        return Err(Error::Invalid(why.to_owned()));
    }
    steps::answer(&mut tx, seen.case.id, &part.body, given, (actor.person, now)).await?;
    kept::freeze_replies(&mut tx, seen.case.id, &part.body).await?;
    let letters = tell_answer(&mut tx, doing, &seen, part, given).await?;
    let detail = json!({ "opinion": given.opinion.code(), "points": points::numbers(&sent), "letters": letters });
    add_event(&mut tx, actor, "consultation.answered", number, detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a case that is only asked for, for whoever answers it at once: the agency gets the opinion, and no letter of a review before it.
async fn taken_first<'a>(tx: &mut Tx, seen: &Seen, doing: Doing<'a>) -> Result<(Seen, Doing<'a>)> {
    let Doing { actor, number, now, .. } = doing;
    let part = own(seen)?;
    if part.assignee.is_some_and(|holder| holder != actor.person) {
        return Err(Error::Invalid(HELD.to_owned()));
    }
    advance(tx, seen, part, Step::Take, doing).await?;
    steps::assign(tx, seen.case.id, &part.body, Some(actor.person)).await?;
    add_event(tx, actor, "consultation.taken", number, json!({}), now).await?;
    let seen = visible(tx, actor, number, clock::swedish_day(now)).await?;
    let revision = own(&seen)?.revision;
    Ok((seen, Doing { revision, ..doing }))
}

/// Writes a body's opinion to the agency: unless a text of it is very long, the letter can be filed as it is.
async fn tell_answer(tx: &mut Tx, doing: Doing<'_>, seen: &Seen, part: &Part, given: &Answer) -> Result<usize> {
    let name = name_of(tx, &part.body).await?;
    let mut live = kept::points(tx, seen.case.id).await?;
    live.retain(|one| one.body == part.body && one.is_live());
    let own = format!("Diarienummer hos {name}");
    let facts = [
        ("Ärende i registret".to_owned(), Some(seen.case.number.to_string())),
        (own, given.diary_number.clone()),
        ("Ert diarienummer".to_owned(), seen.case.asking.diary_number.clone()),
    ];
    let texts = [
        ("Yttrandet i ord", &given.answer),
        ("Bedömning: samordning", &given.coordination),
        ("Bedömning: genomförbarhet och kvalitet", &given.feasibility),
    ];
    let texts = texts.into_iter().filter_map(|(heading, words)| Some((heading.to_owned(), words.clone()?)));
    let path = format!("/yttrande/{}", part.body);
    let told = Told {
        subject: "yttrande",
        what: format!("{name} har lämnat sitt yttrande: {}. Yttrandet är inget beslut. Myndigheten beslutar.", given.opinion),
        facts: facts.into_iter().filter_map(|(term, value)| Some((term, value?))).collect(),
        texts: texts.chain(points::told(&live, &points::items(tx, seen).await?, true)).collect(),
        documents: vec![("Yttrande att diarieföra", path.clone()), ("Yttrande som Word-fil", format!("{path}.docx"))],
        ..Told::default()
    };
    to_agency(tx, doing.origin, seen, &told, doing.now).await
}
