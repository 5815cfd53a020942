//! What the form of a case that came by mail says.

use chrono::NaiveDate;

use crate::domain::consultation::asking::Asking;
use crate::domain::consultation::entered::{Answered, Closed, Entered, EnteredFault, EnteredPart};
use crate::domain::consultation::{CaseKind, Opinion, Outcome};
use crate::web::form::Fields;

/// The name of the field in which a part stands.
#[must_use]
pub fn field_of(part: EnteredPart) -> &'static str {
    match part {
        EnteredPart::Collection => "insamling",
        EnteredPart::Body => "organ",
        EnteredPart::Version => "galler",
        EnteredPart::Kind => "slag",
        EnteredPart::CameOn => "kom",
        EnteredPart::WantedOn => "svar_onskat",
        EnteredPart::Selection => "urval",
        EnteredPart::Timing => "tid",
        EnteredPart::Discussed => "diskuterat",
        EnteredPart::AgencyDiary => "diarienummer_myndighet",
        EnteredPart::BodyDiary => "diarienummer_organ",
        EnteredPart::AnsweredOn => "besvarat",
        EnteredPart::Opinion => "yttrande",
        EnteredPart::Words => "ord",
        EnteredPart::ClosedOn => "avslutat",
        EnteredPart::Outcome => "utfall",
        EnteredPart::Closing => "syn",
    }
}

/// Reads a form piece by piece.
struct Reader<'a> {
    fields: &'a Fields,
    faults: Vec<EnteredFault>,
}

impl Reader<'_> {
    fn get(&self, part: EnteredPart) -> &str {
        self.fields.get(field_of(part))
    }

    fn text(&self, part: EnteredPart) -> Option<String> {
        Some(self.get(part).to_owned()).filter(|text| !text.is_empty())
    }

    fn add(&mut self, part: EnteredPart, fault: &str) {
        self.faults.push((part, fault.to_owned()));
    }

    /// A day; none where nothing is typed, or something else, which is a fault.
    fn day(&mut self, part: EnteredPart) -> Option<NaiveDate> {
        let typed = self.text(part)?;
        let day = typed.parse().ok();
        if day.is_none() {
            self.add(part, "Skriv dagen så här: 2025-03-18.");
        }
        day
    }

    /// A day that must be there.
    fn needed(&mut self, part: EnteredPart, missing: &str) -> Option<NaiveDate> {
        if self.text(part).is_none() {
            self.add(part, missing);
        }
        self.day(part)
    }

    /// What was answered: nothing at all, or a day and an opinion.
    fn answered(&mut self) -> Option<Answered> {
        let opinion = Opinion::from_code(self.get(EnteredPart::Opinion));
        let words = self.text(EnteredPart::Words);
        let typed = self.text(EnteredPart::AnsweredOn).is_some();
        let on = self.day(EnteredPart::AnsweredOn);
        if opinion.is_none() && (typed || words.is_some()) {
            self.add(EnteredPart::Opinion, "Välj vad yttrandet blev.");
        }
        if opinion.is_some() && !typed {
            self.add(EnteredPart::AnsweredOn, "Skriv när svaret lämnades.");
        }
        Some(Answered { on: on?, opinion: opinion?, words })
    }

    /// How it ended: not at all, or a day and an outcome.
    fn closed(&mut self) -> Option<Closed> {
        let outcome = Outcome::from_code(self.get(EnteredPart::Outcome));
        let words = self.text(EnteredPart::Closing);
        let typed = self.text(EnteredPart::ClosedOn).is_some();
        let on = self.day(EnteredPart::ClosedOn);
        if outcome.is_none() && (typed || words.is_some()) {
            self.add(EnteredPart::Outcome, "Välj hur samrådet slutade.");
        }
        if outcome.is_some() && !typed {
            self.add(EnteredPart::ClosedOn, "Skriv när samrådet avslutades.");
        }
        Some(Closed { on: on?, outcome: outcome?, words })
    }
}

/// What the form says; `bodies`: those that the reader can choose among, its own alone where it is one.
///
/// # Errors
/// What is missing or cannot be read, in the order of the form.
pub fn entered(fields: &Fields, bodies: &[String]) -> Result<Entered, Vec<EnteredFault>> {
    let mut reader = Reader { fields, faults: Vec::new() };
    let body = match reader.text(EnteredPart::Body) {
        Some(body) => Some(body),
        None if bodies.len() == 1 => bodies.first().cloned(),
        None => None,
    };
    if body.is_none() {
        reader.add(EnteredPart::Body, "Välj vem som tillfrågades.");
    }
    let kind = CaseKind::from_code(reader.get(EnteredPart::Kind));
    if kind.is_none() {
        reader.add(EnteredPart::Kind, "Välj vad ärendet räknas som.");
    }
    let came_on = reader.needed(EnteredPart::CameOn, "Skriv när ärendet kom.");
    let wanted_on = reader.needed(EnteredPart::WantedOn, "Skriv när svar önskades.");
    let (answered, closed) = (reader.answered(), reader.closed());
    let whole = body.zip(kind).zip(came_on.zip(wanted_on)).filter(|_| reader.faults.is_empty());
    let Some(((body, kind), (came_on, wanted_on))) = whole else {
        let mut faults = reader.faults;
        faults.sort_by_key(|(part, _)| *part);
        return Err(faults);
    };
    Ok(Entered {
        asking: Asking {
            bodies: vec![body],
            kind,
            form_unchanged: fields.has("oforandrat"),
            wanted_on,
            short_time_reason: None,
            selection: reader.text(EnteredPart::Selection),
            timing: reader.text(EnteredPart::Timing),
            discussed: reader.text(EnteredPart::Discussed),
            diary_number: reader.text(EnteredPart::AgencyDiary),
        },
        came_on,
        body_diary: reader.text(EnteredPart::BodyDiary),
        answered,
        closed,
    })
}

/// The fields of a form that says this.
#[must_use]
pub fn fields(one: &Entered) -> Fields {
    let (asking, answered, closed) = (&one.asking, one.answered.as_ref(), one.closed.as_ref());
    let value = |part, words| match part {
        EnteredPart::Kind => asking.kind.code().to_owned(),
        EnteredPart::Opinion => answered.map_or("", |one| one.opinion.code()).to_owned(),
        EnteredPart::Outcome => closed.map_or("", |one| one.outcome.code()).to_owned(),
        _ => words,
    };
    let said = one.said().into_iter().map(|(part, words)| (field_of(part).to_owned(), value(part, words)));
    let unchanged = asking.form_unchanged.then(|| ("oforandrat".to_owned(), "ja".to_owned()));
    let body = asking.bodies.first().map(|body| (field_of(EnteredPart::Body).to_owned(), body.clone()));
    Fields::of(said.chain(unchanged).chain(body))
}
