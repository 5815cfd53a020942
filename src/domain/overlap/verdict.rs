//! What a reviewer decides of a flagged pair: SKR, eSam's analysts. People decide, never the method.

use std::collections::BTreeSet;

use super::words_fault;

terms! {
    /// How much of the two collections is the same.
    VerdictKind {
        Full = "full", "samma uppgifter";
        Partial = "partial", "delvis samma uppgifter";
        SingleItems = "single_items", "enstaka uppgifter är samma";
        Rejected = "rejected", "inte samma uppgifter";
    }
}

/// A decision on an overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How much is the same.
    pub kind: VerdictKind,
    /// Which of the pairs of items shown are the same, by their place among them.
    pub items: BTreeSet<usize>,
    /// Why.
    pub reason: Option<String>,
}

/// What is wrong with a decision, in Swedish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerdictFaults {
    /// With the choice.
    pub kind: Option<String>,
    /// With the items.
    pub items: Option<String>,
    /// With the reason.
    pub reason: Option<String>,
}

impl Verdict {
    /// Reads a decision as it was typed. `shown` is how many pairs of items the page showed.
    ///
    /// # Errors
    /// No choice is made; single items without saying which; a rejection without a reason; a reason that is too long.
    pub fn parse(kind: &str, items: &[&str], shown: usize, reason: &str) -> Result<Self, VerdictFaults> {
        let reason = reason.trim();
        let chosen = VerdictKind::from_code(kind);
        let read: Option<BTreeSet<usize>> = items.iter().map(|item| item.parse().ok().filter(|at| *at < shown)).collect();
        let mut faults = VerdictFaults { reason: words_fault(reason), ..VerdictFaults::default() };
        if chosen.is_none() {
            faults.kind = Some("Välj om insamlingarna begär samma uppgifter.".to_owned());
        }
        if read.is_none() {
            faults.items = Some("Uppgifterna har ändrats. Markera dem igen.".to_owned());
        }
        let items = read.unwrap_or_default();
        if chosen == Some(VerdictKind::SingleItems) && items.is_empty() && faults.items.is_none() {
            faults.items = Some("Markera vilka uppgifter som är samma.".to_owned());
        }
        if chosen == Some(VerdictKind::Rejected) && reason.is_empty() {
            faults.reason = Some("Skriv varför uppgifterna inte är samma. Då behöver ingen fråga igen.".to_owned());
        }
        match chosen {
            Some(kind) if faults == VerdictFaults::default() => {
                let items = if kind == VerdictKind::Rejected { BTreeSet::new() } else { items };
                Ok(Self { kind, items, reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()) })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_explained_and_single_items_are_named() {
        let full = Verdict::parse("full", &["0", "2"], 3, "").expect("a decision");
        assert_eq!((full.kind, full.items), (VerdictKind::Full, BTreeSet::from([0, 2])));
        assert!(Verdict::parse("rejected", &[], 3, " ").expect_err("a fault").reason.is_some());
        assert!(Verdict::parse("rejected", &["1"], 3, "Olika skolformer.").expect("a decision").items.is_empty());
        assert!(Verdict::parse("single_items", &[], 3, "").expect_err("a fault").items.is_some());
        assert!(Verdict::parse("full", &["3"], 3, "").expect_err("a fault").items.is_some());
        assert!(Verdict::parse("kanske", &[], 3, "").expect_err("a fault").kind.is_some());
    }
}
