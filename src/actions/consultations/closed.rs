//! What a decision says of consultation (4 § 5), where a case about what is decided has been closed.

use crate::db::Tx;
use crate::db::collections::{self, Version};
use crate::db::consultations::steps::{self, Listed};
use crate::db::involved::Involved;
use crate::domain::consultation::Outcome;
use crate::domain::content::Content;
use crate::domain::identifier::ConsultationNumber;
use crate::domain::overlap::substance::substance;
use crate::domain::terms::ConsultationStated;
use crate::domain::wording;
use crate::error::{Error, Result};

/// A closed case on which a decision may rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub number: ConsultationNumber,
    /// With whom consultation took place, in words.
    pub with: String,
    /// Whether what is decided says the same in substance as what was asked about. Where it does not, only the agency knows whether it was
    /// changed because of the consultation or is another proposal.
    pub is_same: bool,
}

/// The closed case about what is planned, the latest; none where the content itself says whether consultation took place: what the agency
/// has written stands.
///
/// # Errors
/// As the database says.
pub async fn held(tx: &mut Tx, known: &Involved, content: &Content) -> Result<Option<Held>> {
    let is_named = content.consultation == ConsultationStated::Held && content.consulted.is_some();
    if is_named || content.consultation == ConsultationStated::NotHeld {
        return Ok(None);
    }
    let parts = steps::of_collection(tx, known.id).await?;
    let decided = known.decided_version.unwrap_or_default();
    let is_about = |one: &&Listed| one.closed_at.is_some() && one.version > decided;
    let Some(latest) = parts.iter().find(is_about) else { return Ok(None) };
    let asked = collections::load(tx, &[known.id], Version::Numbered(latest.version)).await?.pop();
    let bodies: Vec<String> = parts.iter().filter(|one| one.number == latest.number).map(with).collect();
    Ok(Some(Held {
        number: latest.number,
        with: wording::enumerated(&bodies),
        is_same: asked.is_some_and(|asked| substance(&asked.content) == substance(content)),
    }))
}

/// Writes into the content with whom consultation took place; answers whether it did. `said`: the case that whoever decides was shown, and
/// where it was about something else in substance, says that the decision rests on.
///
/// # Errors
/// `Conflict` where another case is closed meanwhile; as the database says.
pub async fn fill(tx: &mut Tx, known: &Involved, content: &mut Content, said: Option<ConsultationNumber>) -> Result<bool> {
    let held = held(tx, known, content).await?;
    let (Some(held), Some(said)) = (&held, said) else {
        // a case that the page did not show, or one that is not there any more
        let is_as_shown = held.is_none_or(|held| !held.is_same) && said.is_none();
        return if is_as_shown { Ok(false) } else { Err(Error::Conflict) };
    };
    if held.number != said {
        return Err(Error::Conflict);
    }
    content.consultation = ConsultationStated::Held;
    content.consulted = Some(held.with.clone());
    Ok(true)
}

/// The body, with what is to be known beside its name.
fn with(part: &Listed) -> String {
    match (part.opinion, part.outcome) {
        (None, _) => format!("{} (svarade inte)", part.name),
        (Some(_), Some(Outcome::NotAgreed)) => format!("{} (ej överens)", part.name),
        _ => part.name.clone(),
    }
}
