//! A case that came by mail and is entered afterwards: its days have passed, and they stand in an order that can have happened.

pub mod rules;

use chrono::NaiveDate;

use super::asking::{self, Asking, AskingPart, MOST_CHARACTERS, MOST_OF_DIARY_NUMBER};
use super::life;
use super::{CaseKind, Opinion, Outcome, State};
use crate::domain::wording;

/// The first year of the ordinance: nothing is consulted under it before.
const FIRST_YEAR: i32 = 1982;

terms! {
    /// A part of what is entered, as the form has it.
    EnteredPart {
        Collection = "collection", "insamling";
        Body = "body", "vem som tillfrågades";
        Version = "version", "vilken version det gällde";
        Kind = "kind", "slag av ärende";
        CameOn = "came_on", "dagen då ärendet kom";
        WantedOn = "wanted_on", "dagen då svar önskades";
        Selection = "selection", "urval";
        Timing = "timing", "tid";
        Discussed = "discussed", "vad som redan var diskuterat";
        AgencyDiary = "agency_diary", "myndighetens diarienummer";
        BodyDiary = "body_diary", "diarienummer hos den som svarade";
        AnsweredOn = "answered_on", "dagen för svaret";
        Opinion = "opinion", "yttrande";
        Words = "words", "svaret i ord";
        ClosedOn = "closed_on", "dagen då samrådet avslutades";
        Outcome = "outcome", "hur samrådet slutade";
        Closing = "closing", "myndighetens syn";
    }
}

/// What a body answered by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// When.
    pub on: NaiveDate,
    /// What.
    pub opinion: Opinion,
    /// In words.
    pub words: Option<String>,
}

/// How a case that is entered ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub on: NaiveDate,
    /// How.
    pub outcome: Outcome,
    /// The agency's view.
    pub words: Option<String>,
}

/// A case that came by mail, to one body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// What was asked for, of one body.
    pub asking: Asking,
    /// When it came.
    pub came_on: NaiveDate,
    /// The body's own diarienummer.
    pub body_diary: Option<String>,
    /// What was answered; none where nothing was.
    pub answered: Option<Answered>,
    /// How it ended; none where it goes on in the register.
    pub closed: Option<Closed>,
}

impl EnteredPart {
    /// Whether it is the same for all bodies that were asked.
    #[must_use]
    pub fn is_shared(self) -> bool {
        !matches!(self, Self::Body | Self::BodyDiary | Self::AnsweredOn | Self::Opinion | Self::Words)
    }
}

/// Said beside what somebody else has entered as a body's words: `by` and `body`, by name.
#[must_use]
pub fn retold(by: &str, body: &str) -> String {
    format!("infört i efterhand av {by}, inte bekräftat av {body}")
}

/// What is wrong with a part, in Swedish.
pub type EnteredFault = (EnteredPart, String);

/// What a case that is entered is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judging<'a> {
    /// Codes of the bodies that can be consulted.
    pub known: &'a [String],
    /// The day in Sweden.
    pub today: NaiveDate,
    /// When the other bodies of the same case answered.
    pub others: &'a [NaiveDate],
}

impl Entered {
    /// In which state the body's part is once it is entered. What nobody has answered is under review where the body itself enters it.
    #[must_use]
    pub fn state(&self, by_body: bool) -> State {
        match (&self.closed, &self.answered) {
            (Some(_), _) => State::Closed,
            (None, Some(_)) => State::Answered,
            (None, None) if by_body => State::InReview,
            (None, None) => State::Requested,
        }
    }

    /// The last day on which the body was waited for, where it is over.
    #[must_use]
    pub fn waited_until(&self) -> Option<NaiveDate> {
        self.answered.as_ref().map(|one| one.on).or(self.closed.as_ref().map(|one| one.on))
    }

    /// What is said of each part, in the order of the form; nothing where it is left out.
    #[must_use]
    pub fn said(&self) -> Vec<(EnteredPart, String)> {
        let (asking, answered, closed) = (&self.asking, self.answered.as_ref(), self.closed.as_ref());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let unchanged = if asking.form_unchanged { ", oförändrat formulär" } else { "" };
        vec![
            (EnteredPart::Kind, format!("{}{unchanged}", asking.kind)),
            (EnteredPart::CameOn, day(Some(self.came_on))),
            (EnteredPart::WantedOn, day(Some(asking.wanted_on))),
            (EnteredPart::Selection, text(&asking.selection)),
            (EnteredPart::Timing, text(&asking.timing)),
            (EnteredPart::Discussed, text(&asking.discussed)),
            (EnteredPart::AgencyDiary, text(&asking.diary_number)),
            (EnteredPart::BodyDiary, text(&self.body_diary)),
            (EnteredPart::AnsweredOn, day(answered.map(|one| one.on))),
            (EnteredPart::Opinion, answered.map(|one| one.opinion.to_string()).unwrap_or_default()),
            (EnteredPart::Words, answered.and_then(|one| one.words.clone()).unwrap_or_default()),
            (EnteredPart::ClosedOn, day(closed.map(|one| one.on))),
            (EnteredPart::Outcome, closed.map(|one| one.outcome.to_string()).unwrap_or_default()),
            (EnteredPart::Closing, closed.and_then(|one| one.words.clone()).unwrap_or_default()),
        ]
    }

    /// The parts of which `before` says something else: what it says, and what this says.
    #[must_use]
    pub fn changes(&self, before: &Self) -> Vec<(EnteredPart, String, String)> {
        let both = before.said().into_iter().zip(self.said());
        both.filter(|((_, old), (_, new))| old != new).map(|((part, old), (_, new))| (part, old, new)).collect()
    }

    /// Judges what is entered.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn check(&self, by: Judging<'_>) -> Result<(), Vec<EnteredFault>> {
        let Judging { known, today, others } = by;
        let asked = asking::Judging { today, working_days: 0, known, survey: false, entered: true };
        let mut faults: Vec<EnteredFault> =
            self.asking.check(&asked).err().into_iter().flatten().map(|fault| (part_of(fault.part), fault.message)).collect();
        faults.extend(self.day_faults(today));
        faults.extend(self.fault_beside(others));
        faults.extend(self.closing_fault(!others.is_empty()).map(|fault| (EnteredPart::Outcome, fault)));
        if self.asking.form_unchanged && self.asking.kind == CaseKind::New {
            let why = "”Ny” går inte ihop med att formuläret var oförändrat. Välj ett annat slag, eller ta bort krysset.";
            faults.push((EnteredPart::Kind, why.to_owned()));
        }
        let answer = self.answered.as_ref().and_then(|one| one.words.as_deref());
        let closing = self.closed.as_ref().and_then(|one| one.words.as_deref());
        for (part, text, most) in [
            (EnteredPart::BodyDiary, self.body_diary.as_deref(), MOST_OF_DIARY_NUMBER),
            (EnteredPart::Words, answer, MOST_CHARACTERS),
            (EnteredPart::Closing, closing, MOST_CHARACTERS),
        ] {
            faults.extend(text.and_then(|text| wording::fault(text, most)).map(|fault| (part, fault)));
        }
        if self.answered.as_ref().is_some_and(|one| one.opinion != Opinion::NoObjection && one.words.is_none()) {
            faults.push((EnteredPart::Words, "Skriv vad svaret sade: synpunkterna, eller varför insamlingen avstyrktes.".to_owned()));
        }
        if self.closed.as_ref().is_some_and(|one| one.outcome == Outcome::NotAgreed && one.words.is_none()) {
            let why = "Skriv myndighetens syn. När de två inte är överens visas bådas syn öppet.";
            faults.push((EnteredPart::Closing, why.to_owned()));
        }
        faults.sort_by_key(|(part, _)| *part);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// What is wrong with the days: they follow each other, and have passed.
    fn day_faults(&self, today: NaiveDate) -> Vec<EnteredFault> {
        let mut faults = Vec::new();
        let mut add = |part, fault: &str| faults.push((part, fault.to_owned()));
        if self.came_on > today {
            add(EnteredPart::CameOn, "Dagen har inte kommit än. Ange den dag då ärendet kom.");
        } else if NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).is_some_and(|first| self.came_on < first) {
            add(EnteredPart::CameOn, "Dagen ligger före förordningen (1982:668). Kontrollera årtalet.");
        }
        if self.asking.wanted_on < self.came_on {
            add(EnteredPart::WantedOn, "Svar kan inte ha önskats före den dag då ärendet kom.");
        } else if self.asking.wanted_on.signed_duration_since(self.came_on).num_days() > 366 * 5 {
            add(EnteredPart::WantedOn, "Dagen ligger för långt efter den då ärendet kom. Kontrollera årtalet.");
        }
        if let Some(answered) = &self.answered {
            if answered.on < self.came_on {
                add(EnteredPart::AnsweredOn, "Svaret kan inte ha lämnats före den dag då ärendet kom.");
            } else if answered.on > today {
                add(EnteredPart::AnsweredOn, "Dagen har inte kommit än.");
            }
        }
        if let Some(closed) = &self.closed {
            if closed.on > today {
                add(EnteredPart::ClosedOn, "Dagen har inte kommit än.");
            } else if closed.on < self.answered.as_ref().map_or(self.came_on, |answered| answered.on) {
                add(EnteredPart::ClosedOn, "Samrådet kan inte ha avslutats innan svaret lämnades.");
            }
        }
        faults
    }

    /// What does not go with the days on which the other bodies of the case answered.
    fn fault_beside(&self, others: &[NaiveDate]) -> Option<EnteredFault> {
        let (first, last) = (others.iter().min()?, others.iter().max()?);
        if *first < self.came_on {
            return Some((EnteredPart::CameOn, "En annan som tillfrågades har svarat före den dagen.".to_owned()));
        }
        let is_early = self.closed.as_ref().is_some_and(|closed| closed.on < *last);
        is_early.then(|| (EnteredPart::ClosedOn, "En annan som tillfrågades har svarat efter den dagen.".to_owned()))
    }

    /// Why the case cannot have ended so. `other`: another body answered.
    fn closing_fault(&self, other: bool) -> Option<String> {
        let closed = self.closed.as_ref()?;
        match (&self.answered, closed.outcome) {
            (None, Outcome::NoAnswer) if other => Some("En annan som tillfrågades har svarat. Välj hur samrådet slutade.".to_owned()),
            (None, _) if other => None,
            (Some(_), Outcome::NoAnswer) => Some("Ni har angett ett svar. Välj hur samrådet slutade.".to_owned()),
            (None, Outcome::NoAnswer) if closed.on <= self.asking.wanted_on => {
                Some("”Inget svar” gäller först dagen efter den då svar önskades.".to_owned())
            }
            (None, Outcome::NoAnswer) => None,
            (None, _) => Some("Ange när svaret lämnades och vad det sade, eller välj ”inget svar”.".to_owned()),
            (Some(answered), outcome) => life::close(&[State::Answered], outcome, self.asking.wanted_on, answered.on).err(),
        }
    }
}

/// The part of the form in which a part of what was asked for stands.
fn part_of(part: AskingPart) -> EnteredPart {
    match part {
        AskingPart::Bodies => EnteredPart::Body,
        AskingPart::Kind => EnteredPart::Kind,
        AskingPart::WantedOn | AskingPart::ShortTimeReason => EnteredPart::WantedOn,
        AskingPart::Selection => EnteredPart::Selection,
        AskingPart::Timing => EnteredPart::Timing,
        AskingPart::Discussed => EnteredPart::Discussed,
        AskingPart::DiaryNumber => EnteredPart::AgencyDiary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::consultation::CaseKind;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, month, day).expect("a day")
    }

    fn entered() -> Entered {
        Entered {
            asking: Asking {
                bodies: vec!["SKR".to_owned()],
                kind: CaseKind::Recurring,
                form_unchanged: false,
                wanted_on: day(3, 20),
                short_time_reason: None,
                selection: None,
                timing: None,
                discussed: None,
                diary_number: None,
            },
            came_on: day(3, 3),
            body_diary: None,
            answered: Some(Answered { on: day(3, 18), opinion: Opinion::Objections, words: Some("Ta bort fråga 3.".to_owned()) }),
            closed: Some(Closed { on: day(4, 1), outcome: Outcome::Agreed, words: None }),
        }
    }

    fn parts(one: &Entered) -> Vec<EnteredPart> {
        beside(one, &[])
    }

    fn beside(one: &Entered, others: &[NaiveDate]) -> Vec<EnteredPart> {
        let by = Judging { known: &["SKR".to_owned()], today: day(6, 1), others };
        one.check(by).err().into_iter().flatten().map(|(part, _)| part).collect()
    }

    #[test]
    fn what_is_new_has_no_unchanged_form() {
        let unchanged = |kind| Entered { asking: Asking { kind, form_unchanged: true, ..entered().asking }, ..entered() };
        assert_eq!(parts(&unchanged(CaseKind::New)), [EnteredPart::Kind]);
        assert_eq!(parts(&unchanged(CaseKind::Recurring)), []);
        let before = entered();
        let changes = unchanged(CaseKind::Recurring).changes(&before);
        assert_eq!(changes, [(EnteredPart::Kind, "återkommande".to_owned(), "återkommande, oförändrat formulär".to_owned())]);
        assert_eq!(before.changes(&before), []);
    }

    #[test]
    fn a_body_beside_another_may_have_been_silent() {
        use EnteredPart::{CameOn, ClosedOn, Outcome as Ended};
        let silent = Entered { answered: None, ..entered() };
        assert_eq!(beside(&silent, &[day(3, 18)]), []);
        assert_eq!(beside(&silent, &[day(3, 2), day(4, 1)]), [CameOn]);
        assert_eq!(beside(&silent, &[day(4, 2)]), [ClosedOn]);
        let ended = Some(Closed { on: day(4, 1), outcome: Outcome::NoAnswer, words: None });
        assert_eq!(beside(&Entered { closed: ended, ..silent }, &[day(3, 18)]), [Ended]);
    }

    #[test]
    fn days_stand_in_an_order_that_can_have_happened() {
        use EnteredPart::{AnsweredOn, CameOn, ClosedOn, WantedOn};
        assert_eq!(parts(&entered()), []);
        let answered = |on| Some(Answered { on, opinion: Opinion::NoObjection, words: None });
        let closed = |on| Some(Closed { on, outcome: Outcome::Agreed, words: None });
        assert_eq!(parts(&Entered { answered: answered(day(3, 3)), closed: closed(day(3, 3)), ..entered() }), [], "all on one day");
        assert_eq!(parts(&Entered { answered: answered(day(3, 2)), ..entered() }), [AnsweredOn]);
        assert_eq!(parts(&Entered { answered: answered(day(6, 2)), closed: None, ..entered() }), [AnsweredOn], "in the future");
        assert_eq!(parts(&Entered { closed: closed(day(3, 17)), ..entered() }), [ClosedOn]);
        assert_eq!(parts(&Entered { closed: closed(day(6, 2)), ..entered() }), [ClosedOn]);
        let early = NaiveDate::from_ymd_opt(1981, 12, 31).expect("a day");
        assert_eq!(parts(&Entered { came_on: early, ..entered() }), [CameOn, WantedOn]);
        let late = Entered { came_on: day(6, 2), answered: None, closed: None, ..entered() };
        assert_eq!(parts(&late), [CameOn, WantedOn]);
    }

    #[test]
    fn how_it_ended_fits_what_was_answered() {
        use EnteredPart::{Body, Closing, Outcome as Ended, Words};
        let closed = |on, outcome| Some(Closed { on, outcome, words: None });
        let silent = Entered { answered: None, ..entered() };
        assert_eq!(parts(&silent), [Ended]);
        assert_eq!(
            parts(&Entered { closed: closed(day(3, 20), Outcome::NoAnswer), ..silent.clone() }),
            [Ended],
            "the day itself is theirs"
        );
        assert_eq!(parts(&Entered { closed: closed(day(3, 21), Outcome::NoAnswer), ..silent.clone() }), []);
        assert_eq!(parts(&Entered { closed: closed(day(4, 1), Outcome::NoAnswer), ..entered() }), [Ended]);
        assert_eq!(parts(&Entered { closed: closed(day(4, 1), Outcome::NotAgreed), ..entered() }), [Closing]);
        let wordless = Some(Answered { on: day(3, 18), opinion: Opinion::AdviseAgainst, words: None });
        assert_eq!(parts(&Entered { answered: wordless, ..entered() }), [Words]);
        let nnr = Asking { bodies: vec!["NNR".to_owned()], ..entered().asking };
        assert_eq!(parts(&Entered { asking: nnr, ..entered() }), [Body]);
        assert_eq!([entered().state(true), silent.state(true)], [State::Closed; 2]);
        let open = Entered { closed: None, ..silent };
        assert_eq!((open.state(true), open.state(false), open.waited_until()), (State::InReview, State::Requested, None));
        assert_eq!(Entered { closed: None, ..entered() }.state(false), State::Answered);
    }
}
