//! The queue: in which groups a body or an agency works through the parts of its cases.

use super::State;

terms! {
    /// A group of the queue. The codes stand in the address.
    Group {
        Open = "pagaende", "pågående";
        New = "nya", "nya";
        Mine = "mina", "mina";
        Replied = "svarat", "myndigheten har svarat";
        Awaiting = "vantar", "väntar på myndigheten";
        Overdue = "forsenade", "försenade";
        Answered = "besvarade", "besvarade";
        Over = "avslutade", "avslutade";
    }
}

impl Group {
    /// The states that its parts are in.
    #[must_use]
    pub fn states(self) -> &'static [State] {
        match self {
            Self::Open | Self::Overdue => &[State::Requested, State::InReview, State::AwaitingAgency],
            Self::New => &[State::Requested],
            Self::Mine => &[State::Requested, State::InReview, State::AwaitingAgency, State::Answered],
            Self::Replied => &[State::InReview],
            Self::Awaiting => &[State::AwaitingAgency],
            Self::Answered => &[State::Answered],
            Self::Over => &[State::Closed, State::Withdrawn],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_stands_in_a_group_and_what_is_over_in_one_only() {
        for state in State::ALL {
            let groups: Vec<Group> = Group::ALL.iter().copied().filter(|group| group.states().contains(state)).collect();
            assert!(!groups.is_empty(), "{state}");
            assert_eq!(state.is_over(), groups == [Group::Over], "{state}: {groups:?}");
        }
    }
}
