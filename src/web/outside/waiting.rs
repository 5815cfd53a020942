//! Questions about drafts that wait for a municipality or region, as its desk tells of them.

use chrono::NaiveDate;

use crate::actions::consultations::outside::Draft;
use crate::db::Tx;
use crate::db::consultations::reference;
use crate::domain::access::Role;
use crate::error::Result;
use crate::text;
use crate::web::user::User;

/// The most questions that a desk shows.
const MOST: usize = 20;

/// A question.
#[derive(Debug)]
pub struct QuestionLine {
    /// Where it is answered.
    pub href: String,
    /// The title of the collection.
    pub title: String,
    /// Who asks, until when, and whether it is answered.
    pub about: String,
}

/// What the municipality or region of whoever is signed in is asked, the most urgent first.
///
/// # Errors
/// As the database says.
pub async fn waiting(tx: &mut Tx, user: &User, today: NaiveDate) -> Result<Vec<QuestionLine>> {
    if user.actor.role != Role::Municipality {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for one in reference::open_of(tx, &user.actor.organisation, today).await?.into_iter().take(MOST) {
        let draft = Draft::read(tx, one.number, &one.body, today).await?;
        let answered = if one.answered_at.is_some() { "Ni har svarat och kan ändra" } else { "Svara" };
        let until = text::written_date(one.last_day);
        lines.push(QuestionLine {
            href: format!("/skrivbord/referens/{}", one.id),
            about: format!("Från {}. {answered} till och med den {until}.", draft.body),
            title: draft.asked.content.title,
        });
    }
    Ok(lines)
}
