//! Points: what a body wants changed, one by one. The agency replies; only the body checks off, against the form that was sent.

use super::super::overlap::words_fault;
use super::State;
use super::life::{Step, after};

terms! {
    /// What a point is about.
    PointKind {
        Question = "question", "fråga";
        Selection = "selection", "urval";
        Timing = "timing", "tid";
        Burden = "burden", "uppgiftslämnarbörda";
        Overlap = "overlap", "liknande uppgifter";
        Feasibility = "feasibility", "genomförbarhet";
        Quality = "quality", "kvalitet";
    }
}

terms! {
    /// What the agency does about a point.
    ReplyKind {
        Accepted = "accepted", "godtas";
        Partly = "partly", "godtas delvis";
        Rejected = "rejected", "godtas inte";
    }
}

terms! {
    /// What the body found in the form that was sent.
    Check {
        Done = "done", "infört";
        NotDone = "not_done", "inte infört";
    }
}

/// Judges that a body whose part is in `state` writes a point.
///
/// # Errors
/// Why not: it has not begun, or it has answered.
pub fn may_write(state: State) -> Result<(), String> {
    after(state, Step::Answer).map(|_| ())
}

/// Judges that the agency replies to a point of a body whose part is in `state`. What the body has checked off, it has judged as it was.
///
/// # Errors
/// Why not.
pub fn may_reply(state: State, checked: Option<Check>) -> Result<(), String> {
    match (state, checked) {
        (State::Closed | State::Withdrawn, _) => after(state, Step::Reply).map(|_| ()),
        (_, Some(_)) => Err("Synpunkten är redan avprickad.".to_owned()),
        _ => Ok(()),
    }
}

/// Judges that a body checks a point off, or takes that back: once it has answered, and also after the case is closed, as the form is sent
/// later.
///
/// # Errors
/// Why not.
pub fn may_check(state: State) -> Result<(), String> {
    match state {
        State::Answered | State::Closed => Ok(()),
        State::Withdrawn => after(state, Step::Answer).map(|_| ()),
        State::Requested | State::InReview | State::AwaitingAgency => {
            Err("Lämna yttrandet först. Synpunkterna prickas av mot det formulär som sedan skickas.".to_owned())
        }
    }
}

/// The agency's reply to a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What is done about it.
    pub kind: ReplyKind,
    /// Why; what is accepted whole needs none.
    pub reason: Option<String>,
}

/// What is wrong with a reply, in Swedish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyFaults {
    /// With the choice.
    pub kind: Option<String>,
    /// With the reason.
    pub reason: Option<String>,
}

impl Reply {
    /// Reads a reply as it was typed.
    ///
    /// # Errors
    /// No choice is made; what is not accepted whole has no reason; a reason that is too long or holds control characters.
    pub fn parse(kind: &str, reason: &str) -> Result<Self, ReplyFaults> {
        let (kind, reason) = (ReplyKind::from_code(kind), reason.trim());
        let mut faults = ReplyFaults { kind: None, reason: words_fault(reason) };
        if kind.is_none() {
            faults.kind = Some("Välj om ni godtar synpunkten.".to_owned());
        }
        if matches!(kind, Some(ReplyKind::Partly | ReplyKind::Rejected)) && reason.is_empty() {
            faults.reason = Some("Skriv varför ni inte godtar hela synpunkten.".to_owned());
        }
        match kind {
            Some(kind) if faults == ReplyFaults::default() => {
                Ok(Self { kind, reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()) })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_written_during_the_review_and_checked_off_also_after_it() {
        assert!(may_write(State::InReview).is_ok() && may_write(State::AwaitingAgency).is_ok());
        for state in [State::Requested, State::Answered, State::Closed, State::Withdrawn] {
            assert!(may_write(state).is_err(), "{state}");
        }
        assert!(may_reply(State::Answered, None).is_ok() && may_reply(State::Answered, Some(Check::Done)).is_err());
        assert!(may_reply(State::Closed, None).is_err() && may_reply(State::Withdrawn, None).is_err());
        assert!(may_check(State::Answered).is_ok() && may_check(State::Closed).is_ok());
        for state in [State::Requested, State::InReview, State::AwaitingAgency, State::Withdrawn] {
            assert!(may_check(state).is_err(), "{state}");
        }
    }

    #[test]
    fn what_is_not_accepted_whole_needs_a_reason() {
        assert_eq!(Reply::parse("accepted", " "), Ok(Reply { kind: ReplyKind::Accepted, reason: None }));
        assert!(Reply::parse("partly", "").is_err_and(|faults| faults.reason.is_some() && faults.kind.is_none()));
        assert!(Reply::parse("rejected", "").is_err());
        assert_eq!(Reply::parse("rejected", "Lagen kräver det.").map(|reply| reply.reason), Ok(Some("Lagen kräver det.".to_owned())));
        assert!(Reply::parse("", "").is_err_and(|faults| faults.kind.is_some()));
    }
}
