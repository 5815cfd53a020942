//! What stands on a case's page of those who were asked outside.

use chrono::NaiveDate;

use crate::actions::consultations::Seen;
use crate::db::Tx;
use crate::db::consultations::forwarding;
use crate::domain::consultation::forwarding::shows;
use crate::error::Result;
use crate::text;

/// Those who were asked outside, as the reader's side may know of them.
#[derive(Debug, Clone, Default)]
pub struct OutsidePart {
    /// Of sakkunniga; none for those who asked none and cannot.
    pub experts: Option<String>,
}

impl OutsidePart {
    /// Whether the reader is told nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.experts.is_none()
    }

    /// What the reader of a case is told.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, seen: &Seen, today: NaiveDate) -> Result<Self> {
        let Some(part) = seen.own_part() else { return Ok(Self::default()) };
        let links = forwarding::of_body(tx, seen.case.id, &part.body).await?;
        let holds = links.iter().filter(|one| shows(one.last_day, one.taken_back_at.is_some(), part.state, today).is_ok()).count();
        let answers = links.iter().map(|one| one.answers).sum();
        let experts = if links.is_empty() {
            "Ingen sakkunnig är tillfrågad.".to_owned()
        } else {
            let (asked, holds) = (i64::try_from(links.len()).unwrap_or(i64::MAX), i64::try_from(holds).unwrap_or(i64::MAX));
            let asked = text::counted(asked, "gång", "gånger");
            format!(
                "Skickat {asked}. {} gäller. {} har kommit.",
                text::counted(holds, "länk", "länkar"),
                text::counted(answers, "svar", "svar")
            )
        };
        Ok(Self { experts: Some(experts) })
    }
}
