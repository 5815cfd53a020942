//! What an agency answers to a flag: consultation waits for it, deciding does not. It is disclosed, never a veto.

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

#[cfg(test)]
mod tests {
    use super::*;

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
