//! What an agency asks for, and the one judgement of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::CaseKind;
use crate::domain::terms::{Periodicity, RespondentKind};
use crate::domain::wording;
use crate::domain::working_days;

/// The most characters of each text.
pub const MOST_CHARACTERS: usize = 20_000;

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
            add(if self.wanted_on < by.today { AskingPart::WantedOn } else { AskingPart::ShortTimeReason }, message);
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
        for (part, text) in [
            (AskingPart::ShortTimeReason, &self.short_time_reason),
            (AskingPart::Selection, &self.selection),
            (AskingPart::Timing, &self.timing),
            (AskingPart::Discussed, &self.discussed),
        ] {
            if let Some(message) = text.as_deref().and_then(|text| wording::fault(text, MOST_CHARACTERS)) {
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
        let days = working_days::between(by.today, self.wanted_on);
        let is_short = days < by.working_days && self.short_time_reason.is_none();
        is_short.then(|| {
            format!(
                "Det är {days} arbetsdagar till dess. Skriv varför de som ska svara får mindre än {} arbetsdagar (registrets förval).",
                by.working_days
            )
        })
    }
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

/// What kind of case it is, as the form suggests: `in_force`: something is decided already; `changed`: what is asked says something else.
#[must_use]
pub fn suggested_kind(in_force: bool, changed: bool, periodicity: Periodicity) -> CaseKind {
    match (in_force, changed, periodicity) {
        (true, true, _) => CaseKind::Changed,
        (true, false, _) => CaseKind::Recurring,
        (false, _, Periodicity::Once) => CaseKind::OneOff,
        (false, ..) => CaseKind::New,
    }
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
