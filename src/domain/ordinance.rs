//! Förordning (1982:668) om statliga myndigheters inhämtande av uppgifter från näringsidkare och kommuner, as checks with reasons.

use super::content::Content;
use super::field::Field;
use super::new_collection::CollectionParts;
use super::round::{Round, When};
use super::terms::{ConsultationStated, Kind, Obligation};

/// The fewest days from dispatch to deadline (5 §): three weeks.
pub const FEWEST_DAYS_TO_ANSWER: i64 = 21;

/// What is asked for when the time to answer is short.
pub const SHORT_TIME_MESSAGE: &str = "Svarstiden är kortare än tre veckor från utskicket (5 §). Ange särskilda skäl, eller den lag eller förordning som sätter en annan tid.";

/// Whether 4–6 §§ (the five points of the decision, the time to answer and the agency's list) apply to a kind: they speak of enkäter.
#[must_use]
pub fn survey_sections_apply(kind: Kind) -> bool {
    kind == Kind::Survey
}

/// Whether an enkät asks others, or at other times, than before: consultation is about that too (3 § second paragraph).
#[must_use]
pub fn changes_selection_or_timing(before: &CollectionParts, after: &CollectionParts) -> bool {
    let times = |parts: &CollectionParts| -> Vec<(Option<When>, Option<When>)> {
        parts.rounds.iter().map(|round| (round.dispatch.clone(), round.deadline.clone())).collect()
    };
    let is_survey = [before, after].into_iter().any(|parts| survey_sections_apply(parts.content.kind));
    is_survey
        && (before.content.respondents != after.content.respondents
            || before.content.periodicity != after.content.periodicity
            || times(before) != times(after))
}

/// The time a round gives to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerTime {
    /// Dispatch or deadline is not known, or only as a period in words.
    Unknown,
    /// Whole days from dispatch to deadline.
    Days(i64),
}

impl AnswerTime {
    /// Whether it is known to be less than three weeks.
    #[must_use]
    pub fn is_short(self) -> bool {
        matches!(self, Self::Days(days) if days < FEWEST_DAYS_TO_ANSWER)
    }
}

/// Days from dispatch to deadline: dispatch day + 21 passes, + 20 asks for a reason (5 §).
#[must_use]
pub fn answer_time(round: &Round) -> AnswerTime {
    // a period in words may end long after the day that will be set: nothing is known of the time it gives
    let day = |when: &Option<When>| match when {
        Some(When::Uncertain { .. }) | None => None,
        Some(stated) => Some(stated.counts_as()),
    };
    match (day(&round.dispatch), day(&round.deadline)) {
        (Some(dispatch), Some(deadline)) => AnswerTime::Days((deadline - dispatch).num_days()),
        _ => AnswerTime::Unknown,
    }
}

/// One of the five points that a decision on an enkät states (4 §).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionPoint {
    /// 1: the provision that makes answering compulsory, or that there is no obligation.
    Provision,
    /// 2: kinds of respondents.
    Respondents,
    /// 3: what the respondent must observe.
    Observe,
    /// 4: what the data will be used for.
    DataUse,
    /// 5: whether and with whom consultation took place.
    Consultation,
}

impl DecisionPoint {
    /// The field in which the point is stated.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::Provision => Field::Obligation,
            Self::Respondents => Field::Respondents,
            Self::Observe => Field::Observe,
            Self::DataUse => Field::DataUse,
            Self::Consultation => Field::Consultation,
        }
    }

    /// What is to be filled in, in Swedish, with the point of the ordinance.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Provision => "Ange om de tillfrågade måste svara, och enligt vilken bestämmelse, eller att det är frivilligt (4 § 1).",
            Self::Respondents => "Ange vilka slags uppgiftslämnare som ska svara (4 § 2).",
            Self::Observe => "Skriv vad uppgiftslämnaren ska iaktta (4 § 3).",
            Self::DataUse => "Skriv vad uppgifterna ska användas till (4 § 4).",
            Self::Consultation => "Ange om samråd har skett, och i så fall med vem (4 § 5).",
        }
    }
}

/// The points of 4 § that `content` lacks. Empty for other kinds than enkäter.
#[must_use]
pub fn missing_for_decision(content: &Content) -> Vec<DecisionPoint> {
    if !survey_sections_apply(content.kind) {
        return Vec::new();
    }
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let provision = match content.obligation {
        Obligation::Compulsory => !content.provisions.is_empty(),
        Obligation::Voluntary => true,
        Obligation::Unstated => false,
    };
    let consultation = match content.consultation {
        ConsultationStated::Held => said(&content.consulted),
        ConsultationStated::NotHeld => true,
        ConsultationStated::Unstated => false,
    };
    [
        (provision, DecisionPoint::Provision),
        (!content.respondents.is_empty(), DecisionPoint::Respondents),
        (said(&content.observe), DecisionPoint::Observe),
        (said(&content.data_use), DecisionPoint::DataUse),
        (consultation, DecisionPoint::Consultation),
    ]
    .into_iter()
    .filter_map(|(present, point)| (!present).then_some(point))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Provision;
    use crate::domain::respondent::{RespondentGroup, Selection};
    use crate::domain::terms::RespondentKind;

    fn round(dispatch: &str, deadline: &str) -> Round {
        Round { dispatch: When::parse(dispatch).ok(), deadline: When::parse(deadline).ok(), ..Round::default() }
    }

    #[test]
    fn three_weeks_are_counted_from_the_day_of_dispatch() {
        assert!(!answer_time(&round("2027-03-01", "2027-03-22")).is_short());
        assert!(answer_time(&round("2027-03-01", "2027-03-21")).is_short());
        assert!(!answer_time(&Round::default()).is_short());
        assert!(!answer_time(&round("kvartal 2 2027", "kvartal 2 2027")).is_short());
    }

    #[test]
    fn a_decided_survey_states_the_five_points() {
        let mut content = Content::titled(Kind::Survey, "Enkät");
        assert_eq!(missing_for_decision(&content).len(), 5);
        content.obligation = Obligation::Compulsory;
        content.respondents = vec![RespondentGroup { kind: RespondentKind::Municipality, selection: Selection::All }];
        content.observe = Some("Lämna uppgifter för hela kommunen.".into());
        content.data_use = Some("Uppföljning.".into());
        content.consultation = ConsultationStated::Held;
        assert_eq!(missing_for_decision(&content), [DecisionPoint::Provision, DecisionPoint::Consultation]);
        content.provisions = vec![Provision { citation: "1 § lagen".into(), url: None }];
        content.consulted = Some("SKR".into());
        assert_eq!(missing_for_decision(&content), []);
        content.obligation = Obligation::Voluntary;
        content.provisions.clear();
        assert_eq!(missing_for_decision(&content), []);
    }

    #[test]
    fn other_kinds_are_decided_without_the_five_points() {
        assert_eq!(missing_for_decision(&Content::titled(Kind::Supervision, "Tillsyn")), []);
    }
}
