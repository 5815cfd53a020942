//! A case that came by mail to several bodies at once: the part of each is entered by itself, and the case counts once.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::entering::{Ground, Refusal, moment_of, of_case, standing, tell};
use super::{add_event, locked};
use crate::actions::Origin;
use crate::clock;
use crate::db::consultations::{Case, entered};
use crate::db::{Tx, case as cases, decisions};
use crate::domain::access::Actor;
use crate::domain::consultation::entered::{Entered, EnteredFault, EnteredPart, Judging};
use crate::error::Result;

/// When the bodies of a case answered, but for one of them.
pub(super) fn answered(case: &Case, but: &str) -> Vec<NaiveDate> {
    case.parts.iter().filter(|part| part.body != but).filter_map(|part| part.answered_at).map(clock::swedish_day).collect()
}

/// What is entered for one of the bodies of a case, with what the case says of what is common to them where it says nothing itself.
pub(super) fn filled(case: &Case, one: &Entered) -> Entered {
    let or = |own: &Option<String>, known: &Option<String>| own.clone().or_else(|| known.clone());
    let (asked, mut filled) = (&case.asking, one.clone());
    filled.asking.selection = or(&one.asking.selection, &asked.selection);
    filled.asking.timing = or(&one.asking.timing, &asked.timing);
    filled.asking.discussed = or(&one.asking.discussed, &asked.discussed);
    filled.asking.diary_number = or(&one.asking.diary_number, &asked.diary_number);
    filled.closed.iter_mut().filter(|_| case.outcome.is_some()).for_each(|closed| closed.words = or(&closed.words, &case.closing));
    filled
}

/// What is entered for another body of a case, with what the case says where it says nothing itself. `is_party`: whether whoever enters it
/// may see the case.
///
/// # Errors
/// Everything that is wrong with it, or that it says otherwise than the case. A party is told of what; to anybody else it is one refusal, as
/// many tries would else tell what the case says.
pub(super) fn fitted(case: &Case, one: &Entered, by: Judging<'_>, is_party: bool) -> Result<Entered, Vec<EnteredFault>> {
    let fitted = filled(case, one);
    let known = case.parts.first().map_or_else(|| fitted.clone(), |first| of_case(case, first));
    let differs: Vec<EnteredPart> = fitted.changes(&known).into_iter().map(|(part, ..)| part).filter(|part| part.is_shared()).collect();
    if !differs.is_empty() && !is_party {
        let why = format!(
            "Det ni har fört in om begäran, eller om hur den slutade, skiljer sig från {}, som är infört om samma begäran till en annan. \
             Stäm av med myndigheten vad som är rätt.",
            case.number
        );
        return Err(vec![(EnteredPart::CameOn, why)]);
    }
    let others = answered(case, "");
    fitted.check(Judging { others: &others, ..by })?;
    let why = || format!("Skiljer sig från {}, som är infört om samma begäran till en annan. Stäm av vad som är rätt.", case.number);
    let faults: Vec<EnteredFault> = differs.into_iter().map(|part| (part, why())).collect();
    if faults.is_empty() { Ok(fitted) } else { Err(faults) }
}

/// Judges that another body's part is put beside those of a case: it is as it was entered, and no decision tells of it.
///
/// # Errors
/// Why not.
pub(super) async fn check(tx: &mut Tx, case: &Case) -> Result<(), Refusal> {
    let goes_on = case.parts.iter().any(|part| part.revision > 0);
    if !goes_on && !decisions::is_rested_on(tx, case.id).await? {
        return Ok(());
    }
    let why =
        format!("Ärendet {} om samma begäran kan inte få fler som tillfrågades: det har gått vidare sedan det fördes in.", case.number);
    Err(Refusal::Parts(vec![(EnteredPart::CameOn, why)]))
}

/// Puts the body's part beside those of the case.
pub(super) async fn join(
    tx: &mut Tx,
    origin: &Origin,
    actor: &Actor,
    (ground, case): (&Ground, &Case),
    one: &Entered,
    now: DateTime<Utc>,
) -> Result<()> {
    let body = one.asking.bodies.first().map(String::as_str).unwrap_or_default();
    let position = i64::try_from(case.parts.len()).unwrap_or(i64::MAX).saturating_add(1);
    entered::add_part(tx, case.id, body, position, moment_of(one.came_on, now)).await?;
    let assignee = ground.by_body.then_some(actor.person);
    entered::put_part(tx, case.id, body, standing(one, ground.by_body, (assignee, Some(&actor.organisation)), now)).await?;
    let seen = locked(tx, actor, case.number, now).await?;
    cases::touch(tx, ground.known.id, now).await?;
    let letters = tell(tx, origin, &seen, one, now).await?;
    let detail = letters.with(json!({ "collection": seen.collection.to_string(), "came_on": one.came_on, "body": body }));
    add_event(tx, actor, "consultation.entered", case.number, detail, now).await
}
