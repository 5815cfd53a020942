//! Consultation (*samråd*, 3 § förordning (1982:668)): an agency asks those who represent the respondents before it decides. What they
//! answer is an opinion, never a decision.

pub mod asking;
pub mod attachment;
pub mod clocks;
pub mod configured;
pub mod entered;
pub mod forwarding;
pub mod life;
pub mod opinion;
pub mod point;
pub mod queue;
pub mod reference;
pub mod statistics;
pub mod template;

terms! {
    /// Where a body's part of a case is. The case is closed once, for all its bodies.
    State {
        Requested = "requested", "begärt";
        InReview = "in_review", "under granskning";
        AwaitingAgency = "awaiting_agency", "väntar på myndigheten";
        Answered = "answered", "besvarat";
        Closed = "closed", "avslutat";
        Withdrawn = "withdrawn", "återkallat";
    }
}

impl State {
    /// Whether nothing more happens: neither side is waited for.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn)
    }

    /// Whether the body is waited for.
    #[must_use]
    pub fn is_with_body(self) -> bool {
        matches!(self, Self::Requested | Self::InReview)
    }
}

terms! {
    /// What a body answers (*yttrande*).
    Opinion {
        NoObjection = "no_objection", "ingen erinran";
        Objections = "objections", "synpunkter";
        AdviseAgainst = "advise_against", "avstyrker";
    }
}

terms! {
    /// How a case ends, said by the agency; a body that never answered has the last.
    Outcome {
        Agreed = "agreed", "överens";
        NotAgreed = "not_agreed", "ej överens";
        Joined = "joined_with_another_collection", "samordnas med annan insamling";
        Reused = "existing_data_reused", "befintliga uppgifter används";
        NoAnswer = "no_answer_received", "inget svar";
    }
}

terms! {
    /// What a case is about in the yearly statistics: one kind per case.
    CaseKind {
        New = "new", "ny";
        Changed = "changed", "ändrad";
        Recurring = "recurring", "återkommande";
        OneOff = "one_off", "engångsinsamling";
    }
}
