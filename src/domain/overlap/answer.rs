//! What an agency answers to a flag: consultation waits for it, deciding does not. It is disclosed, never a veto.

use chrono::{DateTime, Utc};

use super::words_fault;

/// The most characters of a reason or a remark.
pub const MOST_CHARACTERS: usize = 2_000;

terms! {
    /// What the agency does about an overlap.
    AnswerKind {
        Reuse = "reuse", "vi återanvänder deras uppgifter";
        Coordinate = "coordinate", "vi samordnar oss";
        Differs = "differs", "insamlingen skiljer sig";
    }
}

impl AnswerKind {
    /// What it means where the agency speaks for both collections (`both`), or else for one.
    #[must_use]
    pub fn said(self, both: bool) -> &'static str {
        match self {
            Self::Reuse if both => "vi använder uppgifterna vi redan har",
            Self::Coordinate if both => "vi slår ihop dem",
            other => other.label(),
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What the agency does.
    pub kind: AnswerKind,
    /// Why the collections differ, or how the two agencies are to go about it.
    pub reason: Option<String>,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerFaults {
    /// With the choice, in Swedish.
    pub kind: Option<String>,
    /// With the reason, in Swedish.
    pub reason: Option<String>,
}

impl Answer {
    /// Reads an answer as it was typed.
    ///
    /// # Errors
    /// No choice is made; a difference without a reason; a reason that is too long or holds control characters.
    pub fn parse(kind: &str, reason: &str) -> Result<Self, AnswerFaults> {
        let reason = reason.trim();
        let chosen = AnswerKind::from_code(kind);
        let mut faults = AnswerFaults { kind: None, reason: words_fault(reason) };
        if chosen.is_none() {
            faults.kind = Some("Välj hur ni gör med uppgifter som redan samlas in.".to_owned());
        }
        if chosen == Some(AnswerKind::Differs) && reason.is_empty() {
            faults.reason = Some("Skriv på vilket sätt er insamling skiljer sig, till exempel att den gäller andra personer.".to_owned());
        }
        match chosen {
            Some(kind) if faults == AnswerFaults::default() => {
                Ok(Self { kind, reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()) })
            }
            _ => Err(faults),
        }
    }
}

/// Where a flag stands: what it depends on whether it still wants an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Since when it is flagged without a break.
    pub found_at: DateTime<Utc>,
    /// Whether the method no longer flags it.
    pub is_gone: bool,
    /// Whether people have decided that the two do not ask for the same, and that still holds.
    pub is_rejected: bool,
    /// When it was last answered, and whether both collections say what they said then.
    pub answered: Option<(DateTime<Utc>, bool)>,
}

impl Standing {
    /// Whether the agency that asks still has to answer: before consultation it must have.
    ///
    /// A flag that is gone or rejected needs no answer. An answer counts as long as the flag stands, whatever is changed meanwhile: who
    /// is asked again at every change learns to answer without reading. Once the flag has been gone and is found anew, an earlier answer
    /// counts only if both collections say what it was given to.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        let counts = self.answered.is_some_and(|(at, fits)| fits || at >= self.found_at);
        !self.is_gone && !self.is_rejected && !counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wants_one_answer_as_long_as_it_stands() {
        let [before, found_at, after] = [1, 2, 3].map(|second| DateTime::from_timestamp(second, 0).expect("a moment"));
        let open = Standing { found_at, is_gone: false, is_rejected: false, answered: None };
        assert!(open.is_unanswered());
        assert!(!Standing { is_gone: true, ..open }.is_unanswered() && !Standing { is_rejected: true, ..open }.is_unanswered());
        for (answered, wants) in [((after, true), false), ((after, false), false), ((before, true), false), ((before, false), true)] {
            assert_eq!(Standing { answered: Some(answered), ..open }.is_unanswered(), wants, "{answered:?}");
        }
    }

    #[test]
    fn a_difference_is_explained_and_the_others_need_not_be() {
        assert_eq!(Answer::parse("reuse", " "), Ok(Answer { kind: AnswerKind::Reuse, reason: None }));
        let explained = Answer { kind: AnswerKind::Differs, reason: Some("Gäller folkhögskolor.".into()) };
        assert_eq!(Answer::parse("differs", " Gäller folkhögskolor. "), Ok(explained));
        let faults = Answer::parse("differs", " ").expect_err("a fault");
        assert!(faults.kind.is_none() && faults.reason.is_some());
        assert!(Answer::parse("", "ord").expect_err("a fault").kind.is_some());
        assert!(Answer::parse("reuse", "a\u{0}b").expect_err("a fault").reason.is_some());
        assert!(Answer::parse("reuse", &"å".repeat(MOST_CHARACTERS)).is_ok());
        assert!(Answer::parse("reuse", &"å".repeat(MOST_CHARACTERS + 1)).is_err());
    }
}
