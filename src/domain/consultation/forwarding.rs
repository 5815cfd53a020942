//! Forwarding a draft to somebody without an account: a sakkunnig whom a body asks. The link reads; what is answered lands among the body's own
//! notes.

use chrono::{Days, NaiveDate, TimeDelta};

use super::State;
use crate::domain::{person, wording};

/// How many days a link holds where nothing else is chosen.
pub const DAYS: u64 = 14;
/// How many days a link may hold.
pub const MOST_DAYS: u64 = 30;
/// How many answers one link takes.
pub const MOST_ANSWERS: usize = 5;
/// How many links of a body to one case may hold at once.
pub const MOST_LINKS: usize = 20;
/// How many forms without an account one network address may send within an hour: a town hall often shares one.
pub const MOST_PER_SOURCE: i64 = 60;
/// How long the address is kept after its link has ended. A month is promised; what is swept once a day may be a day and more late, and the
/// shortest month has 28 days.
pub const ADDRESS_KEPT: TimeDelta = TimeDelta::days(26);

/// The most characters of what is asked.
const MOST_OF_QUESTION: usize = 2_000;
/// The most characters of an answer.
const MOST_OF_ANSWER: usize = 20_000;
/// The most characters of a function.
const MOST_OF_FUNCTION: usize = 100;

terms! {
    /// A part of what is forwarded, as the form has it.
    ForwardPart {
        Email = "email", "e-postadress";
        Words = "words", "vad du vill veta";
        Days = "days", "hur länge länken gäller";
        Agreed = "agreed", "att det är avstämt";
    }
}

/// What is forwarded to whom, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// The address, in lower case.
    pub email: String,
    /// What is asked.
    pub words: String,
    /// How many days the link holds.
    pub days: u64,
    /// The body says that it has asked the agency.
    pub agreed: bool,
}

/// Judges that a draft is shown outside; `hidden`: its collection is not open, so that its agency has to know.
///
/// # Errors
/// Why not, in Swedish.
pub fn check_agreed(hidden: bool, agreed: bool) -> Result<(), String> {
    let why = "Insamlingen visas inte öppet. Stäm av med myndigheten innan utkastet skickas, och kryssa för det.";
    if hidden && !agreed { Err(why.to_owned()) } else { Ok(()) }
}

impl Forward {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Everything that is wrong, in Swedish.
    pub fn parse(email: &str, words: &str, days: &str) -> Result<Self, Vec<(ForwardPart, String)>> {
        let mut faults = Vec::new();
        let email = person::email(email).map_err(|why| faults.push((ForwardPart::Email, why))).unwrap_or_default();
        let words = words.trim();
        if words.is_empty() {
            faults.push((ForwardPart::Words, "Skriv vad du vill att den sakkunniga svarar på.".to_owned()));
        }
        faults.extend(wording::fault(words, MOST_OF_QUESTION).map(|why| (ForwardPart::Words, why)));
        let days = days.trim().parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
        if days.is_none() {
            faults.push((ForwardPart::Days, format!("Skriv ett antal dagar från 1 till {MOST_DAYS}.")));
        }
        match days {
            Some(days) if faults.is_empty() => Ok(Self { email, words: words.to_owned(), days, agreed: false }),
            _ => Err(faults),
        }
    }

    /// The last day on which the link holds.
    #[must_use]
    pub fn last_day(&self, today: NaiveDate) -> NaiveDate {
        today.checked_add_days(Days::new(self.days)).unwrap_or(today)
    }
}

/// Judges that a body whose part is in `state` asks somebody outside.
///
/// # Errors
/// Why not.
pub fn may_ask_outside(state: State) -> Result<(), String> {
    match state {
        State::Requested | State::InReview | State::AwaitingAgency | State::Answered => Ok(()),
        State::Closed => Err("Samrådet är avslutat, så ingen mer kan tillfrågas.".to_owned()),
        State::Withdrawn => Err("Begäran är återkallad, så ingen mer kan tillfrågas.".to_owned()),
    }
}

/// Why a link shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// There is no such link.
    Unknown,
    /// Its last day has passed.
    Old,
    /// Whoever sent it has taken it back.
    TakenBack,
    /// The agency has withdrawn what the link shows.
    Withdrawn,
}

/// Judges that a link shows its draft on `today`.
///
/// # Errors
/// Why not.
pub fn shows(last_day: NaiveDate, taken_back: bool, state: State, today: NaiveDate) -> Result<(), Ended> {
    match state {
        _ if taken_back => Err(Ended::TakenBack),
        State::Withdrawn => Err(Ended::Withdrawn),
        _ if last_day < today => Err(Ended::Old),
        _ => Ok(()),
    }
}

/// What a sakkunnig answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpertAnswer {
    /// In words.
    pub words: String,
    /// As what, if that is said.
    pub signed: Option<String>,
}

/// What is wrong with an answer, in Swedish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerFaults {
    /// With the words.
    pub words: Option<String>,
    /// With the function.
    pub signed: Option<String>,
}

impl ExpertAnswer {
    /// Reads what was typed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(words: &str, signed: &str) -> Result<Self, AnswerFaults> {
        let (words, signed) = (words.trim(), signed.trim());
        let missing = words.is_empty().then(|| "Skriv ditt svar.".to_owned());
        let is_odd = signed.chars().count() > MOST_OF_FUNCTION || signed.chars().any(char::is_control);
        let faults = AnswerFaults {
            words: missing.or_else(|| wording::fault(words, MOST_OF_ANSWER)),
            signed: is_odd.then(|| format!("Skriv funktionen på en rad med högst {MOST_OF_FUNCTION} tecken.")),
        };
        if faults != AnswerFaults::default() {
            return Err(faults);
        }
        Ok(Self { words: words.to_owned(), signed: Some(signed.to_owned()).filter(|signed| !signed.is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).expect("a day")
    }

    #[test]
    fn a_draft_is_forwarded_for_a_month_at_most() {
        let parts =
            |email, words, days| Forward::parse(email, words, days).err().into_iter().flatten().map(|(part, _)| part).collect::<Vec<_>>();
        assert_eq!(parts("", " ", "0"), [ForwardPart::Email, ForwardPart::Words, ForwardPart::Days]);
        assert_eq!(parts("a@skr.example", "Går det?", "31"), [ForwardPart::Days]);
        assert_eq!(parts("a@skr.example", &"a".repeat(MOST_OF_QUESTION + 1), "30"), [ForwardPart::Words]);
        let forward = Forward::parse(" A@SKR.example", " Går det? ", "14").expect("sound");
        assert_eq!((forward.email.as_str(), forward.words.as_str(), forward.last_day(day(1))), ("a@skr.example", "Går det?", day(15)));
    }

    #[test]
    fn a_link_shows_its_draft_until_its_day_unless_it_is_taken_back() {
        assert_eq!(shows(day(20), false, State::InReview, day(20)), Ok(()));
        assert_eq!(shows(day(20), false, State::Closed, day(20)), Ok(()), "what was sent may be read again");
        assert_eq!(shows(day(20), false, State::InReview, day(21)), Err(Ended::Old));
        assert_eq!(shows(day(20), true, State::InReview, day(19)), Err(Ended::TakenBack));
        assert_eq!(shows(day(20), false, State::Withdrawn, day(19)), Err(Ended::Withdrawn));
        assert!(may_ask_outside(State::Requested).is_ok() && may_ask_outside(State::Closed).is_err());
    }

    #[test]
    fn what_is_hidden_is_shown_outside_once_its_agency_knows() {
        assert!(check_agreed(false, false).is_ok() && check_agreed(true, true).is_ok());
        assert!(check_agreed(true, false).is_err_and(|why| why.contains("Stäm av med myndigheten")));
    }

    #[test]
    fn an_answer_says_something_and_fits() {
        assert_eq!(ExpertAnswer::parse(" Ja. ", " "), Ok(ExpertAnswer { words: "Ja.".into(), signed: None }));
        let faults = ExpertAnswer::parse(" ", &"a".repeat(101)).expect_err("nothing is said, by too much");
        assert!(faults.words.is_some() && faults.signed.is_some());
        assert!(ExpertAnswer::parse(&"a".repeat(MOST_OF_ANSWER + 1), "").is_err() && ExpertAnswer::parse("Ja", "a\u{7}").is_err());
    }
}
