//! A row of the queue.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::clock;
use crate::db::consultations::queue::Queued;
use crate::domain::consultation::State;
use crate::domain::working_days;
use crate::text;
use crate::web::filters::capital;

/// Who else of a case has not answered, in words; none where nobody is awaited.
#[must_use]
pub fn awaited(one: &Queued) -> Option<String> {
    let (many, first) = (one.awaited.0, one.awaited.1.as_deref()?);
    Some(if many > 1 { format!("{first} och {} till", many - 1) } else { first.to_owned() })
}

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// What the database has of it.
    pub one: Queued,
    /// The wanted day, written out.
    pub wanted: String,
    /// Whether it has passed without an answer.
    pub overdue: bool,
    /// How old it is, or how long it took, in working days.
    pub age: String,
    /// Where it is, in words.
    pub standing: String,
    /// Who has it.
    pub assignee: Option<String>,
    /// Whether somebody can still be given it.
    pub is_live: bool,
}

impl Row {
    /// A row as it is on `today`.
    #[must_use]
    pub fn new(one: Queued, today: NaiveDate) -> Self {
        let asked_on = clock::swedish_day(one.requested_at);
        let until = match (one.answered_at, one.state.is_over()) {
            (Some(at), _) => Some(clock::swedish_day(at)),
            (None, true) => Some(clock::swedish_day(one.since)),
            (None, false) => None,
        };
        let days = text::counted(working_days::between(asked_on, until.unwrap_or(today)), "arbetsdag", "arbetsdagar");
        let standing = match (one.state, one.opinion, one.outcome) {
            (State::Answered, Some(opinion), _) => match awaited(&one) {
                Some(others) => format!("Besvarat: {opinion}. Väntar på {others}."),
                None => format!("Besvarat: {opinion}"),
            },
            (State::Closed, _, Some(outcome)) => format!("Avslutat: {outcome}"),
            _ if one.replied => "Myndigheten har svarat".to_owned(),
            (state, ..) => capital(state.label()),
        };
        Self {
            wanted: text::written_date(one.wanted_on),
            overdue: one.wanted_on < today && until.is_none(),
            age: if until.is_some() { format!("tog {days}") } else { days },
            standing,
            assignee: one.assignee.as_ref().map(|(_, name)| name.clone()),
            is_live: !one.state.is_over(),
            one,
        }
    }

    /// The identity of who has it, as its form sends it.
    #[must_use]
    pub fn holder(&self) -> String {
        self.one.assignee.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default()
    }

    /// Whether this person has it.
    #[must_use]
    pub fn is_with(&self, person: &Uuid) -> bool {
        self.one.assignee.as_ref().is_some_and(|(id, _)| id == person)
    }
}
