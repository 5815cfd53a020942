//! What stands of consultations beside a collection: links for those who may read the cases, and how they ended for everyone.

use chrono::NaiveDate;

use crate::clock;
use crate::db::Tx;
use crate::db::consultations::steps::{self, Listed};
use crate::db::involved::Involved;
use crate::domain::access::{Action, CaseParties, may};
use crate::domain::consultation::entered::retold;
use crate::domain::consultation::{Opinion, Outcome};
use crate::error::Result;
use crate::text;
use crate::web::user::User;

/// A link to a case.
#[derive(Debug)]
pub struct CaseLink {
    /// Its number.
    pub number: String,
    /// Where it is with whom: `begärt den 2 mars 2026, SKR: under granskning`.
    pub about: String,
}

/// The cases of a collection that the user may read, the latest first.
///
/// # Errors
/// As the database says.
pub async fn cases(tx: &mut Tx, user: &User, known: &Involved, today: NaiveDate) -> Result<Vec<CaseLink>> {
    let parts = steps::of_collection(tx, known.id).await?;
    let cases = parts.chunk_by(|a, b| a.number == b.number).filter(|parts| {
        let bodies: Vec<String> = parts.iter().map(|part| part.body.clone()).collect();
        may(&user.actor, Action::ReadCase(CaseParties { collection: known.parties(today), bodies: &bodies }))
    });
    Ok(cases.filter_map(link).collect())
}

fn link(parts: &[Listed]) -> Option<CaseLink> {
    let first = parts.first()?;
    let day = text::written_date(clock::swedish_day(first.requested_at));
    let states: Vec<String> = parts.iter().map(|part| format!("{}: {}", part.name, part.state.label())).collect();
    Some(CaseLink { number: first.number.to_string(), about: format!("begärt den {day}. {}", states.join(", ")) })
}

/// How a case ended, as everyone reads it.
#[derive(Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// When it was closed, in words.
    pub day: String,
    /// When, as `2026-11-22`.
    pub iso: String,
    /// How it ended.
    pub outcome: &'static str,
    /// That it was entered afterwards and by whom, where it came by mail.
    pub entered: Option<String>,
    /// What each body answered.
    pub bodies: Vec<BodySaid>,
    /// The agency's view, where the two did not agree.
    pub closing: Option<String>,
}

/// What a body answered.
#[derive(Debug, PartialEq, Eq)]
pub struct BodySaid {
    /// Its name.
    pub name: String,
    /// Its opinion and the day, or that it did not answer.
    pub what: String,
    /// Its view, where the two did not agree or it advised against.
    pub words: Option<String>,
}

/// What a body answered, and who says so where it is not the body.
fn what(part: &Listed) -> String {
    let what = match part.opinion.zip(part.answered_at) {
        Some((opinion, at)) => format!("{opinion} den {}", text::written_date(clock::swedish_day(at))),
        None => "har inte svarat".to_owned(),
    };
    part.retold_by.as_ref().map_or_else(|| what.clone(), |by| format!("{what} ({})", retold(by, &part.name)))
}

/// How the closed cases among these parts ended; they stand in the order of the cases.
#[must_use]
pub fn disclosed(parts: &[Listed]) -> Vec<Disclosed> {
    let ended = |parts: &[Listed]| {
        let first = parts.first()?;
        let (at, outcome) = first.closed_at.zip(first.outcome)?;
        let day = clock::swedish_day(at);
        // both views are told where the two did not agree; else the opinion alone. Advice against is told in words whatever the agency says
        // of how it ended
        let tells = outcome == Outcome::NotAgreed;
        let is_told = |part: &Listed| tells || part.opinion == Some(Opinion::AdviseAgainst);
        let said =
            |part: &Listed| BodySaid { name: part.name.clone(), what: what(part), words: part.answer.clone().filter(|_| is_told(part)) };
        Some(Disclosed {
            day: text::written_date(day),
            iso: day.to_string(),
            outcome: outcome.label(),
            entered: first.entered.then(|| match &first.entered_by {
                Some(who) => format!("infört i efterhand av {who}"),
                None => "infört i efterhand".to_owned(),
            }),
            bodies: parts.iter().map(said).collect(),
            closing: first.closing.clone().filter(|_| tells),
        })
    };
    parts.chunk_by(|a, b| a.number == b.number).filter_map(ended).collect()
}
