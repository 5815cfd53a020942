//! The steps of the form, and which field is asked in which.

use super::DraftForm;
use crate::domain::field::Field;

terms! {
    /// A step of the form; the code stands in its address.
    Step {
        Basics = "grunder", "grunder";
        Legal = "rattslig-grund", "rättslig grund";
        Respondents = "uppgiftslamnare", "uppgiftslämnare";
        Items = "uppgifter", "uppgifter";
        Rounds = "omgangar", "omgångar";
        Channel = "kanal-och-kontakt", "kanal och kontakt";
        Review = "granska", "granska och registrera";
    }
}

impl Step {
    /// The step in which a field is asked.
    #[must_use]
    pub fn of(field: Field) -> Self {
        match field {
            _ if field.is_item() => Self::Items,
            _ if field.is_round() => Self::Rounds,
            Field::Periodicity | Field::PeriodicityWords => Self::Rounds,
            Field::Obligation
            | Field::Provisions
            | Field::Origin
            | Field::Observe
            | Field::DataUse
            | Field::Consultation
            | Field::Consulted => Self::Legal,
            Field::Respondents | Field::Selection | Field::RespondentCodes => Self::Respondents,
            Field::Channel
            | Field::ChannelWords
            | Field::DataPaths
            | Field::ContactFunction
            | Field::ContactEmail
            | Field::FurtherUsers
            | Field::AutomationConsidered
            | Field::AutomationComment
            | Field::Visibility
            | Field::SourceUrl
            | Field::Remark => Self::Channel,
            _ => Self::Basics,
        }
    }

    /// The fields of the step that have one answer each.
    pub fn texts(self) -> impl Iterator<Item = Field> {
        const APART: [Field; 7] = [
            Field::Responsible,
            Field::DataPaths,
            Field::Status,
            Field::DecidedOn,
            Field::Respondents,
            Field::Selection,
            Field::RespondentCodes,
        ];
        let all = Field::ALL.iter().copied();
        all.filter(move |field| Self::of(*field) == self && !field.is_item() && !field.is_round() && !APART.contains(field))
    }

    /// The next step; the last leads nowhere.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.iter().skip_while(|step| **step != self).nth(1).copied()
    }

    /// The step before; the first has none.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        Self::ALL.iter().take_while(|step| **step != self).last().copied()
    }

    /// Whether anything is answered in the step.
    #[must_use]
    pub fn is_begun(self, form: &DraftForm) -> bool {
        let apart = match self {
            Self::Respondents => !form.asked.is_empty() || !form.codes.is_empty(),
            Self::Items => !form.items.is_empty(),
            Self::Rounds => !form.rounds.is_empty(),
            Self::Channel => !form.data_paths.is_empty(),
            _ => false,
        };
        // what a page sends of itself says nothing
        apart || self.texts().any(|field| !matches!(form.text(field), "" | "unstated" | "now"))
    }
}
