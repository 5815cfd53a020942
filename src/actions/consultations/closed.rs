//! What a decision says of consultation (4 § 5), and on which closed case it rests: that case alone, whatever is closed or entered later.

use uuid::Uuid;

use crate::actions::collections::change::differs_in_day_only;
use crate::db::Tx;
use crate::db::collections::{self, Version};
use crate::db::consultations::steps::{self, Listed};
use crate::db::decisions::{self, InForce};
use crate::db::involved::Involved;
use crate::db::versions;
use crate::domain::collection::Collection;
use crate::domain::consultation::Outcome;
use crate::domain::content::Content;
use crate::domain::decision::Significance;
use crate::domain::identifier::ConsultationNumber;
use crate::domain::overlap::substance::substance;
use crate::domain::terms::{ConsultationStated, Status};
use crate::domain::wording;
use crate::error::{Error, Result};

/// A closed case on which a decision may rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The case.
    pub id: Uuid,
    /// Its number.
    pub number: ConsultationNumber,
    /// With whom consultation took place, in words: those of the agency, where it has said it itself.
    pub with: String,
    /// Whether the agency has said it itself.
    pub is_named: bool,
    /// Whether what is decided says the same in substance as what was asked about. Where it does not, only the agency knows whether it was
    /// changed because of the consultation or is another proposal.
    pub is_same: bool,
}

/// The closed case about what is planned of a collection after its `decided` version, the latest; none where the content says that no
/// consultation took place.
///
/// # Errors
/// As the database says.
pub async fn held(tx: &mut Tx, (collection, decided): (Uuid, Option<i64>), content: &Content) -> Result<Option<Held>> {
    if content.consultation == ConsultationStated::NotHeld {
        return Ok(None);
    }
    let parts = steps::of_collection(tx, collection).await?;
    // what a body has entered binds nobody before the agency has confirmed it
    let is_about = |one: &&Listed| one.closed_at.is_some() && one.version > decided.unwrap_or_default() && !one.unconfirmed;
    let Some(latest) = parts.iter().find(is_about) else { return Ok(None) };
    let asked = collections::load(tx, &[collection], Version::Numbered(latest.version)).await?.pop();
    let bodies: Vec<String> = parts.iter().filter(|one| one.id == latest.id).map(with).collect();
    let named = content.consulted.clone().filter(|_| content.consultation == ConsultationStated::Held);
    Ok(Some(Held {
        id: latest.id,
        number: latest.number,
        is_named: named.is_some(),
        with: named.unwrap_or_else(|| wording::enumerated(&bodies)),
        is_same: asked.is_some_and(|asked| substance(&asked.content) == substance(content)),
    }))
}

/// The case on which a decision rests, and writes into the content with whom consultation took place where the agency has not said it
/// itself. `said`: the case that whoever decides was shown, and where it was about something else in substance, says that the decision
/// rests on.
///
/// # Errors
/// `Conflict` where another case is closed meanwhile; as the database says.
pub async fn fill(tx: &mut Tx, known: &Involved, content: &mut Content, said: Option<ConsultationNumber>) -> Result<Option<Held>> {
    let held = held(tx, (known.id, known.decided_version), content).await?;
    let (Some(held), Some(said)) = (&held, said) else {
        // a case that the page did not show, or one that is not there any more
        let is_as_shown = held.is_none_or(|held| !held.is_same) && said.is_none();
        return if is_as_shown { Ok(None) } else { Err(Error::Conflict) };
    };
    if held.number != said {
        return Err(Error::Conflict);
    }
    content.consultation = ConsultationStated::Held;
    content.consulted = Some(held.with.clone());
    Ok(Some(held.clone()))
}

/// Says in a collection that is planned, and does not say it itself, with whom consultation took place about just that: as its page and its
/// documents tell.
///
/// # Errors
/// As the database says.
pub async fn told(tx: &mut Tx, collection: &mut Collection) -> Result<()> {
    let is_silent = collection.content.consultation == ConsultationStated::Unstated && collection.status == Status::Planned;
    if is_silent && let Some(held) = held(tx, (collection.id, None), &collection.content).await?.filter(|held| held.is_same) {
        collection.content.consultation = ConsultationStated::Held;
        collection.content.consulted = Some(held.with);
    }
    Ok(())
}

/// The case on which a decision by a file rests: a file is shown no case, and says that consultation took place only by what it decides
/// being what was asked about.
///
/// # Errors
/// As the database says.
pub async fn of_file(tx: &mut Tx, about: (Uuid, Option<i64>), content: &Content) -> Result<Option<Uuid>> {
    Ok(held(tx, about, content).await?.filter(|held| held.is_same).map(|held| held.id))
}

/// The case on which the decision in force rests, for a change of it that needs none of its own (3 §).
///
/// # Errors
/// As the database says.
pub async fn carried(
    tx: &mut Tx,
    (collection, decided): (Uuid, Option<i64>),
    content: &Content,
    significance: Option<Significance>,
) -> Result<Option<Uuid>> {
    let needs_none = significance == Some(Significance::Insignificant) && content.consultation != ConsultationStated::NotHeld;
    match decided.filter(|_| needs_none) {
        Some(decided) => Ok(decisions::rests_on(tx, collection, decided).await?),
        None => Ok(None),
    }
}

/// Whether a decided version goes on with what was consulted about before the one it follows (3 §): a change that is insignificant, and what
/// is decided on the same case. None: where it says the same.
fn goes_on(newer: &InForce, older: &InForce) -> Option<bool> {
    match (newer.case, newer.significance) {
        (Some(case), _) => Some(older.case == Some(case)),
        (None, Some(significance)) => Some(significance == Significance::Insignificant),
        (None, None) => None,
    }
}

/// How many of the decided versions, the newest first, share the basis of the first of them.
async fn sharing(tx: &mut Tx, collection: Uuid, in_force: &[InForce]) -> Result<usize> {
    let mut count = in_force.len().min(1);
    for (newer, older) in in_force.iter().zip(in_force.iter().skip(1)) {
        let shares = match goes_on(newer, older) {
            Some(shares) => shares,
            None => says_the_same(tx, collection, (newer.version, older.version)).await?,
        };
        if !shares {
            break;
        }
        count += 1;
    }
    Ok(count)
}

/// Whether two versions differ in nothing but the day of the decision: a slip put right.
async fn says_the_same(tx: &mut Tx, collection: Uuid, (newer, older): (i64, i64)) -> Result<bool> {
    // with the rounds that each was decided with: a later version takes over those that had not begun
    let mut decided = versions::decided_before(tx, collection).await?;
    decided.extend(collections::load(tx, &[collection], Version::InForce).await?);
    let of = |version| decided.iter().find(|one| one.version == version).map(Collection::as_parts);
    Ok(of(newer).zip(of(older)).is_some_and(|(newer, older)| differs_in_day_only(&older, &newer)))
}

/// The case about rounds to come that was closed last after a decided version came into force, or one whose basis it shares; `parts`: those
/// of the collection's cases.
///
/// # Errors
/// As the database says.
pub async fn later<'a>(tx: &mut Tx, parts: &'a [Listed], (collection, version): (Uuid, i64)) -> Result<Option<&'a Listed>> {
    let in_force = decisions::in_force(tx, collection, version).await?;
    let count = sharing(tx, collection, &in_force).await?;
    let is_after = |one: &&Listed| {
        let decided = in_force.iter().take(count).find(|decided| decided.version == one.version);
        !one.entered && decided.zip(one.closed_at).is_some_and(|(decided, closed)| closed > decided.since)
    };
    Ok(parts.iter().filter(is_after).max_by_key(|one| one.closed_at))
}

/// The body, with what is to be known beside its name.
fn with(part: &Listed) -> String {
    match (part.opinion, part.outcome) {
        (None, _) => format!("{} (svarade inte)", part.name),
        (Some(_), Some(Outcome::NotAgreed)) => format!("{} (ej överens)", part.name),
        _ => part.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn what_changes_nothing_of_substance_shares_the_basis_of_what_was_before() {
        let (first, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let decided = |version, significance, case| InForce { version, since: DateTime::UNIX_EPOCH, significance, case };
        let slight = Some(Significance::Insignificant);
        let goes_on = |newer, older| goes_on(&newer, &older);
        assert_eq!(goes_on(decided(5, slight, Some(first)), decided(3, slight, Some(first))), Some(true));
        assert_eq!(goes_on(decided(3, None, Some(first)), decided(1, None, Some(first))), Some(true), "a slip in the day put right");
        assert_eq!(goes_on(decided(3, slight, Some(other)), decided(1, None, Some(first))), Some(false), "it has a case of its own");
        assert_eq!(goes_on(decided(3, slight, None), decided(2, Some(Significance::Significant), None)), Some(true));
        assert_eq!(goes_on(decided(2, Some(Significance::Significant), None), decided(1, None, None)), Some(false));
        assert_eq!(goes_on(decided(2, None, None), decided(1, slight, None)), None, "what it says tells");
    }
}
