//! The life of a consultation: the one transition table. Each refusal has its reason in Swedish, which both disables the button and
//! refuses the request.

use chrono::NaiveDate;

use super::{Outcome, State};

terms! {
    /// What either side does with a case.
    Step {
        Take = "take", "börja granska";
        AskAgency = "ask_agency", "ställa frågor till myndigheten";
        Reply = "reply", "svara på frågorna";
        Answer = "answer", "lämna yttrande";
        Close = "close", "avsluta samrådet";
        Withdraw = "withdraw", "återkalla begäran";
    }
}

/// The state of a body's part after a step. Closing stands for itself in [`close`], as it depends on more than the state.
///
/// # Errors
/// Why the step cannot be taken now, and what can be done instead.
pub fn after(state: State, step: Step) -> Result<State, String> {
    let refused = match (step, state) {
        (_, State::Closed) => "Samrådet är avslutat.",
        (_, State::Withdrawn) => "Begäran är återkallad.",
        (Step::Withdraw, _) => return Ok(State::Withdrawn),
        (Step::Take, State::Requested) => return Ok(State::InReview),
        (Step::Take, State::Answered) => "Yttrandet är redan lämnat.",
        (Step::Take, _) => "Granskningen har redan börjat.",
        (Step::AskAgency, State::InReview) => return Ok(State::AwaitingAgency),
        (Step::AskAgency | Step::Answer, State::Requested) => "Börja granska ärendet först.",
        (Step::AskAgency, State::AwaitingAgency) => "Frågorna är redan ställda. Vänta på myndighetens svar.",
        (Step::AskAgency, State::Answered) => "Yttrandet är redan lämnat. Vill ni veta något mer kan ni skriva i tråden.",
        (Step::Answer, State::Answered) => {
            "Yttrandet är redan lämnat. Det kan inte ändras. Blev något fel: skriv det i tråden, så får myndigheten ett mejl om det."
        }
        (Step::Reply, State::AwaitingAgency) => return Ok(State::InReview),
        (Step::Reply, _) => "Ingen fråga väntar på ert svar.",
        (Step::Answer, State::InReview | State::AwaitingAgency) => return Ok(State::Answered),
        (Step::Close, State::Answered) => return Ok(State::Closed),
        (Step::Close, _) => "Yttrandet är inte lämnat än.",
    };
    Err(refused.to_owned())
}

/// Judges that an opinion is given from a state. Who answers a case that is only asked for takes it by that: both steps are one.
///
/// # Errors
/// As [`after`].
pub fn to_answer(state: State) -> Result<State, String> {
    let reviewed = if state == State::Requested { after(state, Step::Take)? } else { state };
    after(reviewed, Step::Answer)
}

/// Judges that the agency closes a case with `outcome` on `today`, when its bodies' parts are in `states` and an answer was wanted by
/// `wanted_on`.
///
/// # Errors
/// Why not: something is still awaited, or the outcome says something else than what was answered.
pub fn close(states: &[State], outcome: Outcome, wanted_on: NaiveDate, today: NaiveDate) -> Result<(), String> {
    if let Some(over) = states.iter().find(|state| state.is_over()) {
        return after(*over, Step::Close).map(|_| ());
    }
    let answered = states.contains(&State::Answered);
    let missing = states.iter().any(|state| *state != State::Answered);
    if missing && today <= wanted_on {
        let why = "Alla har inte svarat, och dagen då ni ville ha svar har inte passerat. Vänta till dagen efter, eller återkalla begäran.";
        return Err(why.to_owned());
    }
    match outcome {
        Outcome::NoAnswer if answered => Err("Någon har svarat. Välj hur samrådet slutade.".to_owned()),
        Outcome::NoAnswer => Ok(()),
        _ if answered => Ok(()),
        _ => Err("Ingen har svarat. Samrådet kan bara avslutas med ”inget svar”.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).expect("a day")
    }

    #[test]
    fn every_step_leads_where_the_life_cycle_says() {
        use State::{Answered, AwaitingAgency, Closed, InReview, Requested, Withdrawn};
        let allowed = [
            (Requested, Step::Take, InReview),
            (InReview, Step::AskAgency, AwaitingAgency),
            (AwaitingAgency, Step::Reply, InReview),
            (InReview, Step::Answer, Answered),
            (AwaitingAgency, Step::Answer, Answered),
            (Answered, Step::Close, Closed),
            (Requested, Step::Withdraw, Withdrawn),
            (InReview, Step::Withdraw, Withdrawn),
            (AwaitingAgency, Step::Withdraw, Withdrawn),
            (Answered, Step::Withdraw, Withdrawn),
        ];
        for state in State::ALL {
            for step in Step::ALL {
                let expected = allowed.iter().find(|(from, by, _)| from == state && by == step).map(|(_, _, to)| *to);
                match (after(*state, *step), expected) {
                    (Ok(to), Some(expected)) => assert_eq!(to, expected, "{state} {step}"),
                    (Err(reason), None) => assert!(reason.ends_with('.') && reason.len() > 10, "{reason}"),
                    (found, expected) => panic!("{state}, {step}: {found:?} instead of {expected:?}"),
                }
            }
        }
    }

    #[test]
    fn an_opinion_is_given_also_on_what_nobody_has_taken() {
        for state in [State::Requested, State::InReview, State::AwaitingAgency] {
            assert_eq!(to_answer(state), Ok(State::Answered), "{state}");
        }
        for state in [State::Answered, State::Closed, State::Withdrawn] {
            assert!(to_answer(state).is_err(), "{state}");
        }
    }

    #[test]
    fn a_case_without_answer_is_closed_only_after_the_wanted_day() {
        for state in [State::Requested, State::InReview, State::AwaitingAgency] {
            assert!(close(&[state], Outcome::NoAnswer, day(20), day(20)).is_err(), "the day itself is theirs");
            assert_eq!(close(&[state], Outcome::NoAnswer, day(20), day(21)), Ok(()));
            assert!(close(&[state], Outcome::Agreed, day(20), day(21)).is_err());
        }
        assert_eq!(close(&[State::Answered], Outcome::NotAgreed, day(20), day(2)), Ok(()));
        assert!(close(&[State::Answered], Outcome::NoAnswer, day(20), day(21)).is_err());
        assert!(close(&[State::Answered, State::Requested], Outcome::Agreed, day(20), day(20)).is_err());
        assert_eq!(close(&[State::Answered, State::Requested], Outcome::Agreed, day(20), day(21)), Ok(()));
        assert!(close(&[State::Closed], Outcome::Agreed, day(20), day(21)).is_err());
        assert!(close(&[State::Withdrawn], Outcome::NoAnswer, day(20), day(21)).is_err());
    }
}
