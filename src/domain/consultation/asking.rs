//! What an agency asks for, and the one judgement of it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use super::CaseKind;
use crate::domain::round::Round;
use crate::domain::terms::{Periodicity, RespondentKind, Status};
use crate::domain::wording;
use crate::domain::working_days;
use crate::text;

/// The most characters of each text.
pub const MOST_CHARACTERS: usize = 20_000;
/// The longest time for an answer: a day beyond it is a slip of the pen, and days up to it can be counted.
const MOST_TIME: TimeDelta = TimeDelta::days(36_600);

/// Working days for an answer below which the agency says why, where the administrator has not chosen otherwise (*registrets förval*).
pub const WORKING_DAYS: i64 = 10;

/// The most characters of a diarienummer.
pub const MOST_OF_DIARY_NUMBER: usize = 100;

terms! {
    /// A part of what is asked for, as the form has it.
    AskingPart {
        Bodies = "bodies", "vilka samrådet gäller";
        Kind = "kind", "slag av ärende";
        WantedOn = "wanted_on", "när ni vill ha svar";
        ShortTimeReason = "short_time_reason", "skäl för den korta tiden";
        Selection = "selection", "urval";
        Timing = "timing", "tid";
        Discussed = "discussed", "vad som redan är diskuterat";
        DiaryNumber = "diary_number", "ert diarienummer";
    }
}

/// What an agency asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The bodies, by code, without repeats.
    pub bodies: Vec<String>,
    /// What the case is counted as.
    pub kind: CaseKind,
    /// The form is as it was: only selection and timing are asked about (3 § second paragraph).
    pub form_unchanged: bool,
    /// The last day of the time for an answer.
    pub wanted_on: NaiveDate,
    /// Why there is less time than the register's own default.
    pub short_time_reason: Option<String>,
    /// Who is asked, and how they are chosen.
    pub selection: Option<String>,
    /// When they are asked, and how long they have.
    pub timing: Option<String>,
    /// What has been discussed already.
    pub discussed: Option<String>,
    /// The agency's own diarienummer.
    pub diary_number: Option<String>,
}

/// What an asking is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judging<'a> {
    /// The day in Sweden.
    pub today: NaiveDate,
    /// Working days below which the time asks for a reason: the administrator's parameter (*registrets förval*).
    pub working_days: i64,
    /// Codes of the bodies that can be consulted.
    pub known: &'a [String],
    /// It is an enkät: selection and timing are always asked about (3 §).
    pub survey: bool,
    /// The case came by mail and is entered afterwards: its days have passed.
    pub entered: bool,
}

/// What is wrong with a part, in Swedish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskingFault {
    /// The part.
    pub part: AskingPart,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl Asking {
    /// Judges what is asked for.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the parts.
    pub fn check(&self, by: &Judging<'_>) -> Result<(), Vec<AskingFault>> {
        let mut faults = Vec::new();
        let mut add = |part, message: String| faults.push(AskingFault { part, message });
        if self.bodies.is_empty() {
            add(AskingPart::Bodies, "Välj minst en som företräder dem som ska svara.".to_owned());
        } else if self.bodies.iter().any(|code| !by.known.contains(code)) {
            add(AskingPart::Bodies, "Välj bland dem som står i listan.".to_owned());
        }
        if let Some(message) = self.time_fault(by) {
            let is_day = self.wanted_on < by.today || self.wanted_on > by.today + MOST_TIME;
            add(if is_day { AskingPart::WantedOn } else { AskingPart::ShortTimeReason }, message);
        }
        for (part, text, why) in [
            (
                AskingPart::Selection,
                &self.selection,
                "Skriv vilka som ska svara och hur de väljs ut. För en enkät gäller samrådet också urvalet (3 §).",
            ),
            (
                AskingPart::Timing,
                &self.timing,
                "Skriv när frågorna skickas och när svaren ska vara inne. För en enkät gäller samrådet också tiden (3 §).",
            ),
        ] {
            if by.survey && !by.entered && text.is_none() {
                add(part, why.to_owned());
            }
        }
        for (part, text, most) in [
            (AskingPart::ShortTimeReason, &self.short_time_reason, MOST_CHARACTERS),
            (AskingPart::Selection, &self.selection, MOST_CHARACTERS),
            (AskingPart::Timing, &self.timing, MOST_CHARACTERS),
            (AskingPart::Discussed, &self.discussed, MOST_CHARACTERS),
            (AskingPart::DiaryNumber, &self.diary_number, MOST_OF_DIARY_NUMBER),
        ] {
            if let Some(message) = text.as_deref().and_then(|text| wording::fault(text, most)) {
                add(part, message);
            }
        }
        faults.sort_by_key(|fault| fault.part);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// What is wrong with the time for an answer.
    fn time_fault(&self, by: &Judging<'_>) -> Option<String> {
        if by.entered {
            return None;
        }
        if self.wanted_on < by.today {
            return Some("Dagen har passerat. Ange i dag eller en senare dag.".to_owned());
        }
        if self.wanted_on > by.today + MOST_TIME {
            return Some("Dagen ligger för långt fram. Kontrollera årtalet.".to_owned());
        }
        let days = working_days::between(by.today, self.wanted_on);
        let is_short = days < by.working_days && self.short_time_reason.is_none();
        is_short.then(|| {
            format!(
                "Det är {} till dess. Skriv varför de som ska svara får mindre än {} arbetsdagar (registrets förval).",
                text::counted(days, "arbetsdag", "arbetsdagar"),
                by.working_days
            )
        })
    }
}

/// Judges that consultation is asked for about a collection of this status.
///
/// # Errors
/// Why not, and what can be done instead.
pub fn may_ask(status: Status) -> Result<(), String> {
    let reason = match status {
        Status::Planned | Status::Decided => return Ok(()),
        Status::Draft => "Utkastet är inte registrerat. Registrera insamlingen som planerad först.",
        Status::Ended => "Insamlingen är avslutad. Samråd begärs innan något nytt beslutas.",
        Status::Withdrawn => "Insamlingen är återkallad. Den genomförs inte.",
    };
    Err(reason.to_owned())
}

/// When those asked get the questions and when their answers are due, a line for each round that is not over on `today`.
#[must_use]
pub fn timing_in_words(rounds: &[Round], today: NaiveDate) -> String {
    let line = |round: &Round| {
        let sent = round.dispatch.as_ref().map(|when| format!("skickas {}", when.in_text()));
        let due = round.deadline.as_ref().map(|when| format!("svar senast {}", when.in_text()));
        let parts: Vec<String> = sent.into_iter().chain(due).collect();
        (!parts.is_empty()).then(|| format!("{}: {}.", round.label, parts.join(", ")))
    };
    rounds.iter().filter(|round| !is_over(round, today)).filter_map(line).collect::<Vec<_>>().join("\n")
}

/// The bodies that configuration suggests for those who are asked, in its order and without repeats.
#[must_use]
pub fn suggested(configured: &BTreeMap<RespondentKind, Vec<String>>, respondents: &[RespondentKind]) -> Vec<String> {
    let mut bodies: Vec<String> = Vec::new();
    for code in respondents.iter().filter_map(|kind| configured.get(kind)).flatten() {
        if !bodies.contains(code) {
            bodies.push(code.clone());
        }
    }
    bodies
}

/// What kind of case it is, as far as the register knows: `in_force`: something is decided already; `changed`: what is asked says something
/// else; `repeated`: a round of it has been. What is decided nowhere may be new or have been asked for long: only the agency knows.
#[must_use]
pub fn suggested_kind(in_force: bool, changed: bool, repeated: bool, periodicity: Periodicity) -> Option<CaseKind> {
    match (in_force, changed, periodicity) {
        (true, true, _) => Some(CaseKind::Changed),
        (true, false, _) => Some(CaseKind::Recurring),
        (false, _, Periodicity::Once) => Some(CaseKind::OneOff),
        (false, ..) => repeated.then_some(CaseKind::Recurring),
    }
}

/// Whether a round is over on `today`.
#[must_use]
pub fn is_over(round: &Round, today: NaiveDate) -> bool {
    round.deadline.as_ref().or(round.dispatch.as_ref()).is_some_and(|when| when.counts_as() < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
    }

    fn asking() -> Asking {
        Asking {
            bodies: vec!["SKR".to_owned()],
            kind: CaseKind::New,
            form_unchanged: false,
            wanted_on: day(12, 4),
            short_time_reason: None,
            selection: Some("Alla kommuner.".to_owned()),
            timing: Some("Skickas i januari, svar senast vecka 12.".to_owned()),
            discussed: None,
            diary_number: None,
        }
    }

    fn parts(asking: &Asking, judging: &Judging<'_>) -> Vec<AskingPart> {
        asking.check(judging).err().into_iter().flatten().map(|fault| fault.part).collect()
    }

    #[test]
    fn less_than_ten_working_days_asks_for_a_reason() {
        let known = ["SKR".to_owned(), "NNR".to_owned()];
        let judging = Judging { today: day(11, 20), working_days: 10, known: &known, survey: true, entered: false };
        assert_eq!(parts(&asking(), &judging), [], "ten days, from a Friday to a Friday two weeks later");
        let short = Asking { wanted_on: day(12, 3), ..asking() };
        assert_eq!(parts(&short, &judging), [AskingPart::ShortTimeReason]);
        assert_eq!(parts(&Asking { short_time_reason: Some("Riksdagen beslutade nyss.".to_owned()), ..short.clone() }, &judging), []);
        assert_eq!(parts(&short, &Judging { working_days: 5, ..judging }), [], "the administrator's choice");
        assert_eq!(parts(&Asking { wanted_on: day(11, 19), ..asking() }, &judging), [AskingPart::WantedOn]);
        let far = NaiveDate::from_ymd_opt(9026, 12, 4).expect("a day");
        assert_eq!(parts(&Asking { wanted_on: far, ..asking() }, &judging), [AskingPart::WantedOn], "a slip of the pen");
        assert_eq!(parts(&Asking { wanted_on: day(11, 19), ..asking() }, &Judging { entered: true, ..judging }), []);
    }

    #[test]
    fn an_enkat_is_asked_about_selection_and_timing_too() {
        let known = ["SKR".to_owned()];
        let judging = Judging { today: day(11, 2), working_days: 10, known: &known, survey: true, entered: false };
        let bare = Asking { selection: None, timing: None, ..asking() };
        assert_eq!(parts(&bare, &judging), [AskingPart::Selection, AskingPart::Timing]);
        assert_eq!(parts(&bare, &Judging { survey: false, ..judging }), []);
        assert_eq!(parts(&Asking { bodies: Vec::new(), ..asking() }, &judging), [AskingPart::Bodies]);
        assert_eq!(parts(&Asking { bodies: vec!["NNR".to_owned()], ..asking() }, &judging), [AskingPart::Bodies], "not configured");
    }

    #[test]
    fn rounds_to_come_are_said_in_words() {
        let round = |label: &str, sent: &str, due: &str| {
            let when = |text: &str| crate::domain::round::When::parse(text).ok();
            Round { label: label.into(), dispatch: when(sent), deadline: when(due), ..Round::default() }
        };
        let rounds = [round("2025", "2025-02-01", "2025-03-01"), round("2027", "2027-01-11", "2027-v12"), round("2028", "", "")];
        let words = "2027: skickas 11\u{a0}januari 2027, svar senast vecka\u{a0}12, 2027.";
        assert_eq!(timing_in_words(&rounds, day(11, 20)), words);
        assert!(may_ask(Status::Planned).is_ok() && may_ask(Status::Decided).is_ok());
        assert!(may_ask(Status::Ended).is_err() && may_ask(Status::Withdrawn).is_err() && may_ask(Status::Draft).is_err());
    }

    #[test]
    fn what_nobody_knows_is_not_suggested() {
        use Periodicity::{Once, Yearly};
        assert_eq!(suggested_kind(true, true, true, Yearly), Some(CaseKind::Changed));
        assert_eq!(suggested_kind(true, false, false, Yearly), Some(CaseKind::Recurring));
        assert_eq!(suggested_kind(false, false, false, Once), Some(CaseKind::OneOff));
        assert_eq!(suggested_kind(false, false, true, Yearly), Some(CaseKind::Recurring), "asked for before it was registered");
        assert_eq!(suggested_kind(false, false, false, Yearly), None);
    }

    #[test]
    fn configuration_says_who_is_suggested() {
        let (skr, nnr) = ("SKR".to_owned(), "NNR".to_owned());
        let configured = BTreeMap::from([
            (RespondentKind::Municipality, vec![skr.clone()]),
            (RespondentKind::Region, vec![skr.clone()]),
            (RespondentKind::Business, vec![nnr.clone()]),
        ]);
        assert_eq!(suggested(&configured, &[RespondentKind::Region, RespondentKind::Business, RespondentKind::Municipality]), [skr, nnr]);
        assert!(suggested(&configured, &[RespondentKind::Other]).is_empty());
    }
}
