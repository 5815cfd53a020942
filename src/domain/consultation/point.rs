//! Points: what a body wants changed, one by one. The agency replies; only the body checks off, against the form that was sent.

use super::super::overlap::words_fault;

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
    fn what_is_not_accepted_whole_needs_a_reason() {
        assert_eq!(Reply::parse("accepted", " "), Ok(Reply { kind: ReplyKind::Accepted, reason: None }));
        assert!(Reply::parse("partly", "").is_err_and(|faults| faults.reason.is_some() && faults.kind.is_none()));
        assert!(Reply::parse("rejected", "").is_err());
        assert_eq!(Reply::parse("rejected", "Lagen kräver det.").map(|reply| reply.reason), Ok(Some("Lagen kräver det.".to_owned())));
        assert!(Reply::parse("", "").is_err_and(|faults| faults.kind.is_some()));
    }
}
