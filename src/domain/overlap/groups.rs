//! What hangs together by what people have confirmed: collections that ask for the same, and items that are the same.

use std::collections::BTreeMap;

use super::verdict::VerdictKind;

/// A decision on two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<T> {
    /// The two.
    pub ends: (T, T),
    /// How much is the same.
    pub kind: VerdictKind,
    /// Whether it was made of what both say now.
    pub holds: bool,
}

impl<T> Decision<T> {
    /// Whether it joins the two.
    #[must_use]
    pub fn joins(&self) -> bool {
        self.holds && self.kind != VerdictKind::Rejected
    }
}

/// The things that decisions join, directly or through others; the biggest group first, each in order.
#[must_use]
pub fn groups<T: Ord + Copy>(decisions: &[Decision<T>]) -> Vec<Vec<T>> {
    let mut above: BTreeMap<T, T> = BTreeMap::new();
    for decision in decisions.iter().filter(|one| one.joins()) {
        let (a, b) = (top(&mut above, decision.ends.0), top(&mut above, decision.ends.1));
        above.insert(a.max(b), a.min(b));
    }
    let members: Vec<T> = above.keys().copied().collect();
    let mut groups: BTreeMap<T, Vec<T>> = BTreeMap::new();
    for member in members {
        groups.entry(top(&mut above, member)).or_default().push(member);
    }
    let mut groups: Vec<Vec<T>> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

/// The first of those that a thing is joined with, which stands for all of them.
fn top<T: Ord + Copy>(above: &mut BTreeMap<T, T>, one: T) -> T {
    let mut at = one;
    loop {
        let next = *above.entry(at).or_insert(at);
        if next == at {
            break;
        }
        at = next;
    }
    // what was climbed once is not climbed again
    above.insert(one, at);
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full(a: u32, b: u32) -> Decision<u32> {
        Decision { ends: (a, b), kind: VerdictKind::Full, holds: true }
    }

    #[test]
    fn chains_and_cycles_are_one_group_and_the_biggest_comes_first() {
        assert_eq!(groups(&[full(9, 8), full(1, 2), full(3, 4), full(2, 3)]), [vec![1, 2, 3, 4], vec![8, 9]]);
        assert_eq!(groups(&[full(1, 2), full(2, 3), full(3, 1)]), [vec![1, 2, 3]]);
        assert_eq!(groups(&[full(5, 6), full(7, 6)]), [vec![5, 6, 7]]);
        assert_eq!(groups::<u32>(&[]), Vec::<Vec<u32>>::new());
        assert_eq!(groups(&[full(1, 1)]), Vec::<Vec<u32>>::new(), "one is no group");
    }

    #[test]
    fn what_is_rejected_or_no_longer_holds_joins_nothing() {
        let rejected = Decision { kind: VerdictKind::Rejected, ..full(2, 3) };
        let lapsed = Decision { holds: false, ..full(4, 5) };
        assert_eq!(groups(&[full(1, 2), rejected, full(3, 4), lapsed]), [vec![1, 2], vec![3, 4]]);
        let partial = Decision { kind: VerdictKind::Partial, ..full(2, 3) };
        let single = Decision { kind: VerdictKind::SingleItems, ..full(3, 4) };
        assert_eq!(groups(&[full(1, 2), partial, single]), [vec![1, 2, 3, 4]]);
    }

    proptest! {
        #[test]
        fn everybody_is_in_one_group_with_those_joined_to_it(pairs in prop::collection::vec((0u32..30, 0u32..30), 0..60)) {
            let found = groups(&pairs.iter().map(|(a, b)| full(*a, *b)).collect::<Vec<_>>());
            for (a, b) in pairs.iter().filter(|(a, b)| a != b) {
                let holding = |one: u32| found.iter().filter(|group| group.contains(&one)).count();
                prop_assert_eq!((holding(*a), holding(*b)), (1, 1));
                prop_assert!(found.iter().any(|group| group.contains(a) && group.contains(b)));
            }
            prop_assert!(found.windows(2).all(|two| two[0].len() >= two[1].len()));
        }
    }
}
