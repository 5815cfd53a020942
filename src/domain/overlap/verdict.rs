//! What a reviewer decides of a flagged pair: SKR, eSam's analysts. People decide, never the method.

use std::collections::BTreeSet;

use uuid::Uuid;

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

/// Two items that a reviewer may say are the same, by lineage: of the collection that asks and of the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Same {
    /// The item of the collection that asks.
    pub item: Uuid,
    /// The item of the other one.
    pub other: Uuid,
}

impl Same {
    /// As a form sends it: `item:other`. A row's number would mean another row once the items are compared anew.
    #[must_use]
    pub fn code(self) -> String {
        format!("{}:{}", self.item.simple(), self.other.simple())
    }

    /// Reads what a form sends.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let (item, other) = code.split_once(':')?;
        Some(Self { item: item.parse().ok()?, other: other.parse().ok()? })
    }
}

/// What is said where a chosen item is not asked for any more.
pub const ITEMS_CHANGED: &str = "Några av uppgifterna du hade markerat begärs inte längre. Markera på nytt bland dem som visas nu.";

/// What a reviewer can choose among.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The pairs of items that the method found.
    pub shown: BTreeSet<Same>,
    /// Every item of the collection that asks, and every item of the other one, by lineage: people may see what the method does not.
    pub items: [BTreeSet<Uuid>; 2],
}

impl Choices {
    /// Whether both items are asked for.
    #[must_use]
    pub fn holds(&self, pair: Same) -> bool {
        self.items[0].contains(&pair.item) && self.items[1].contains(&pair.other)
    }
}

/// A decision on an overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How much is the same.
    pub kind: VerdictKind,
    /// Which pairs of items are the same. All of those shown where everything is the same and none is named.
    pub items: BTreeSet<Same>,
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
    /// Reads a decision as it was typed. `items`: the chosen pairs of items, by code.
    ///
    /// # Errors
    /// No choice is made; single items without saying which; an item that is not asked for; a rejection without a reason; a reason that is
    /// too long.
    pub fn parse(kind: &str, items: &[&str], choices: &Choices, reason: &str) -> Result<Self, VerdictFaults> {
        let reason = reason.trim();
        let chosen = VerdictKind::from_code(kind);
        let read: Option<BTreeSet<Same>> = items.iter().map(|item| Same::parse(item).filter(|one| choices.holds(*one))).collect();
        let mut faults = VerdictFaults { reason: words_fault(reason), ..VerdictFaults::default() };
        if chosen.is_none() {
            faults.kind = Some("Välj om insamlingarna begär samma uppgifter.".to_owned());
        }
        if read.is_none() {
            faults.items = Some(ITEMS_CHANGED.to_owned());
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
                let items = match kind {
                    VerdictKind::Rejected => BTreeSet::new(),
                    VerdictKind::Full if items.is_empty() => choices.shown.clone(),
                    _ => items,
                };
                Ok(Self { kind, items, reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()) })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(shown: &BTreeSet<Same>) -> Choices {
        let ids = |from: u128| (from..from + 10).map(Uuid::from_u128).collect();
        Choices { shown: shown.clone(), items: [ids(0), ids(100)] }
    }

    fn same(number: u128) -> Same {
        Same { item: Uuid::from_u128(number), other: Uuid::from_u128(number + 100) }
    }

    #[test]
    fn a_rejection_is_explained_and_single_items_are_named() {
        let shown = BTreeSet::from([same(0), same(1), same(2)]);
        let choices = choices(&shown);
        let (first, second, third) = (same(0).code(), same(1).code(), same(2).code());
        let full = Verdict::parse("full", &[&first, &third], &choices, "").expect("a decision");
        assert_eq!((full.kind, full.items), (VerdictKind::Full, BTreeSet::from([same(0), same(2)])));
        assert_eq!(Verdict::parse("full", &[], &choices, "").expect("a decision").items, shown, "everything is the same");
        assert!(Verdict::parse("partial", &[], &choices, "").expect("a decision").items.is_empty());
        assert!(Verdict::parse("rejected", &[], &choices, " ").expect_err("a fault").reason.is_some());
        assert!(Verdict::parse("rejected", &[&second], &choices, "Olika skolformer.").expect("a decision").items.is_empty());
        assert!(Verdict::parse("single_items", &[], &choices, "").expect_err("a fault").items.is_some());
        assert!(Verdict::parse("kanske", &[], &choices, "").expect_err("a fault").kind.is_some());
    }

    #[test]
    fn only_items_that_are_asked_for_can_be_chosen() {
        let choices = choices(&BTreeSet::from([same(0)]));
        let beyond = Same { item: same(0).item, other: same(11).other };
        for odd in [same(11).code().as_str(), "0", "", ":", "a:b", &beyond.code()] {
            assert_eq!(Verdict::parse("full", &[odd], &choices, "").expect_err("a fault").items.as_deref(), Some(ITEMS_CHANGED), "{odd}");
        }
    }
}
