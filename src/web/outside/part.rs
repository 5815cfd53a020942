//! What stands on a case's page of those who were asked outside.

use chrono::NaiveDate;

use crate::actions::consultations::{Seen, Side};
use crate::db::Tx;
use crate::db::consultations::{forwarding, reference};
use crate::domain::consultation::forwarding::shows;
use crate::error::Result;
use crate::text;

/// Those who were asked outside, as the reader's side may know of them.
#[derive(Debug, Clone, Default)]
pub struct OutsidePart {
    /// Of sakkunniga, for a body.
    pub experts: Option<String>,
    /// Of reference municipalities: for a body, and for the agency once a body lets it read what they answer.
    pub references: Option<String>,
}

impl OutsidePart {
    /// Whether the reader is told nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.experts.is_none() && self.references.is_none()
    }

    /// What the reader of a case is told.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, seen: &Seen, today: NaiveDate) -> Result<Self> {
        let Some(part) = seen.own_part() else {
            let shared = seen.side == Side::Agency && !reference::shared(tx, seen.case.id).await?.is_empty();
            let references = shared.then(|| "Några kommuner och regioner har sagt vad insamlingen skulle innebära för dem.".to_owned());
            return Ok(Self { experts: None, references });
        };
        let links = forwarding::of_body(tx, seen.case.id, &part.body).await?;
        let holds = links.iter().filter(|one| shows(one.last_day, one.taken_back_at.is_some(), part.state, today).is_ok()).count();
        let answers = links.iter().map(|one| one.answers).sum();
        let experts = if links.is_empty() {
            "Ingen sakkunnig är tillfrågad.".to_owned()
        } else {
            let held = text::counted(whole(holds), "länk till en sakkunnig gäller", "länkar till sakkunniga gäller");
            format!("{held}. {} har kommit.", text::counted(answers, "svar", "svar"))
        };
        let asked = reference::of_case(tx, seen.case.id).await?.into_iter();
        let asked: Vec<bool> =
            asked.filter(|one| one.body == part.body && one.taken_back_at.is_none()).map(|one| one.answered_at.is_some()).collect();
        let answered = asked.iter().filter(|answered| **answered).count();
        let references = if asked.is_empty() {
            "Ingen referenskommun är tillfrågad.".to_owned()
        } else {
            format!("{answered} av {} har svarat.", text::counted(whole(asked.len()), "referenskommun", "referenskommuner"))
        };
        Ok(Self { experts: Some(experts), references: Some(references) })
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
