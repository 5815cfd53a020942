//! How long a case has been with the body that is consulted, and how long with the agency.

use chrono::{DateTime, Utc};

use super::State;

/// Time with either side, in whole seconds, of the spells that are over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clocks {
    /// With the body: asked and not taken, or under review.
    pub body: i64,
    /// With the agency: questions are asked and not answered.
    pub agency: i64,
}

impl Clocks {
    /// With the spell in `state` from `since` until `now`.
    #[must_use]
    pub fn until(self, state: State, since: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let spell = (now - since).num_seconds().max(0);
        match state {
            State::Requested | State::InReview => Self { body: self.body + spell, ..self },
            State::AwaitingAgency => Self { agency: self.agency + spell, ..self },
            State::Answered | State::Closed | State::Withdrawn => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_for_whoever_is_waited_for() {
        let at = |hour: i64| DateTime::from_timestamp(hour * 3600, 0).expect("a moment");
        let clocks = Clocks::default()
            .until(State::Requested, at(0), at(5))
            .until(State::InReview, at(5), at(6))
            .until(State::AwaitingAgency, at(6), at(30))
            .until(State::InReview, at(30), at(31))
            .until(State::Answered, at(31), at(90));
        assert_eq!(clocks, Clocks { body: 7 * 3600, agency: 24 * 3600 });
    }
}
