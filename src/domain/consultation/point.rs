//! Points: what a body wants changed, one by one. The agency replies; only the body checks off, against the form that was sent.

use super::super::documents::parts::capital;
use super::super::overlap::words_fault;
use super::State;
use super::life::{Step, after};

terms! {
    /// What a point is about.
    PointKind {
        Question = "question", "formulärets frågor";
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

/// What a point is about, in words: `Kvalitet: Antal elever`.
#[must_use]
pub fn about(kind: PointKind, item: Option<&str>) -> String {
    let kind = capital(kind.label());
    item.map_or_else(|| kind.clone(), |label| format!("{kind}: {label}"))
}

/// Judges that the agency replies to a point of a body whose part is in `state`. What the body has checked off, it has judged as it was.
///
/// # Errors
/// Why not.
pub fn may_reply(state: State, taken_back: bool, checked: Option<Check>) -> Result<(), String> {
    match (state, checked) {
        (State::Closed | State::Withdrawn, _) => after(state, Step::Reply).map(|_| ()),
        _ if taken_back => Err("Synpunkten är tillbakatagen. Ni behöver inte svara på den.".to_owned()),
        (_, Some(_)) => Err("Synpunkten är redan avprickad.".to_owned()),
        _ => Ok(()),
    }
}

/// Judges that a body checks a point off, or takes that back: once it has answered, and also after the case is closed, as the form is sent
/// later. `live`: the point is sent and not taken back.
///
/// # Errors
/// Why not.
pub fn may_check(state: State, live: bool) -> Result<(), String> {
    match state {
        State::Answered | State::Closed if !live => Err("Synpunkten är tillbakatagen eller aldrig skickad.".to_owned()),
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
    /// All of it in words: `Godtas delvis: bara för gymnasiet.`
    #[must_use]
    pub fn in_words(&self) -> String {
        let kind = capital(self.kind.label());
        self.reason.as_ref().map_or_else(|| kind.clone(), |reason| format!("{kind}: {reason}"))
    }

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
        assert!(may_reply(State::Answered, false, None).is_ok() && may_reply(State::Answered, false, Some(Check::Done)).is_err());
        assert!(may_reply(State::Closed, false, None).is_err() && may_reply(State::Withdrawn, false, None).is_err());
        assert!(may_reply(State::InReview, true, None).is_err(), "nobody stands by it");
        assert!(may_check(State::Answered, true).is_ok() && may_check(State::Closed, true).is_ok());
        assert!(may_check(State::Answered, false).is_err() && may_check(State::Closed, false).is_err());
        for state in [State::Requested, State::InReview, State::AwaitingAgency, State::Withdrawn] {
            assert!(may_check(state, true).is_err(), "{state}");
        }
    }

    #[test]
    fn what_a_point_and_a_reply_say_is_put_into_words() {
        assert_eq!(about(PointKind::Quality, Some("Antal elever")), "Kvalitet: Antal elever");
        assert_eq!(about(PointKind::Question, None), "Formulärets frågor");
        let reply = Reply { kind: ReplyKind::Partly, reason: Some("Bara för gymnasiet.".to_owned()) };
        assert_eq!(reply.in_words(), "Godtas delvis: Bara för gymnasiet.");
        assert_eq!(Reply { reason: None, ..reply }.in_words(), "Godtas delvis");
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
