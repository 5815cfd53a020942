//! What a decision says of consultation (4 § 5), where a case about what is decided has been closed.

use crate::db::Tx;
use crate::db::consultations::steps::{self, Listed};
use crate::db::involved::Involved;
use crate::domain::consultation::Outcome;
use crate::domain::content::Content;
use crate::domain::identifier::ConsultationNumber;
use crate::domain::terms::ConsultationStated;
use crate::domain::wording;
use crate::error::Result;

/// Fills in with whom consultation took place where the content does not say it and a case about what is planned is closed; answers which
/// case that is. What the agency has written itself stands.
///
/// # Errors
/// As the database says.
pub async fn fill(tx: &mut Tx, known: &Involved, content: &mut Content) -> Result<Option<ConsultationNumber>> {
    let is_named = content.consultation == ConsultationStated::Held && content.consulted.is_some();
    if is_named || content.consultation == ConsultationStated::NotHeld {
        return Ok(None);
    }
    let parts = steps::of_collection(tx, known.id).await?;
    let decided = known.decided_version.unwrap_or_default();
    let is_about = |one: &&Listed| one.closed_at.is_some() && one.version > decided;
    let Some(latest) = parts.iter().find(is_about) else { return Ok(None) };
    let bodies: Vec<String> = parts.iter().filter(|one| one.number == latest.number).map(with).collect();
    content.consultation = ConsultationStated::Held;
    content.consulted = Some(wording::enumerated(&bodies));
    Ok(Some(latest.number))
}

/// The body, with what is to be known beside its name.
fn with(part: &Listed) -> String {
    match (part.opinion, part.outcome) {
        (None, _) => format!("{} (svarade inte)", part.name),
        (Some(_), Some(Outcome::NotAgreed)) => format!("{} (ej överens)", part.name),
        _ => part.name.clone(),
    }
}
