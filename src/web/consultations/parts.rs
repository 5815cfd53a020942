//! The pieces of a case's page: what each body has done, and the points.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Named;
use super::forms::{Form, Typing};
use super::points::UNCHECKED;
use crate::actions::consultations::{Seen, Side};
use crate::clock;
use crate::db::consultations::Part;
use crate::db::consultations::said::Point;
use crate::domain::consultation::State;
use crate::domain::consultation::point::{Check, ReplyKind, may_check, may_reply};
use crate::text;
use crate::web::fields::Question;
use crate::web::filters::capital;
use crate::web::view::{Fact, Facts};

/// A body's part of a case.
#[derive(Debug)]
pub struct PartView {
    /// The body's name.
    pub name: String,
    /// Where its part is.
    pub state: State,
    /// Since when, how long it has been with either side, the diarienummer.
    pub facts: Vec<Fact>,
    /// What was answered, where it was: `Synpunkter`.
    pub opinion: Option<String>,
    /// In words.
    pub answer: Option<String>,
    /// The two assessments, each with its heading.
    pub assessments: Vec<(&'static str, String)>,
    /// The code, where an answer can be had as a document.
    pub document: Option<String>,
}

impl PartView {
    /// The part as it stands `now`; `taken`: who has it, as far as the reader may know; `entered`: nothing is known of questions by mail.
    #[must_use]
    pub fn new(part: &Part, named: &Named, taken: Option<String>, (entered, now): (bool, DateTime<Utc>)) -> Self {
        let clocks = part.clocks.until(part.state, part.since, now);
        let day = |at: DateTime<Utc>| text::written_date(clock::swedish_day(at));
        let unanswered = part.opinion.is_none() && part.state == State::Closed;
        let facts = Facts::default()
            .with("Läge", format!("{} sedan den {}", capital(part.state.label()), day(part.since)))
            .maybe("Handläggs av", taken)
            .with("Hos samrådsparten", spell(clocks.body))
            .maybe("Hos myndigheten", (!entered || clocks.agency > 0).then(|| spell(clocks.agency)))
            .maybe("Yttrade sig", part.answered_at.map(day))
            .maybe("Yttrande", unanswered.then_some("Har inte svarat"))
            .maybe("Diarienummer", part.diary_number.clone());
        let assessments = [("Samordning", &part.coordination), ("Genomförbarhet och kvalitet", &part.feasibility)].into_iter();
        Self {
            name: named.get(&part.body),
            state: part.state,
            facts: facts.done(),
            opinion: part.opinion.map(|opinion| capital(opinion.label())),
            answer: part.answer.clone(),
            assessments: assessments.filter_map(|(heading, words)| words.clone().map(|words| (heading, words))).collect(),
            document: part.opinion.map(|_| part.body.clone()),
        }
    }
}

/// A length of time as people say it, from seconds: `3 dagar`, `5 timmar`.
#[must_use]
pub fn spell(seconds: i64) -> String {
    match seconds {
        ..1 => "Ingen tid".to_owned(),
        1..3_600 => "Mindre än en timme".to_owned(),
        3_600..86_400 => text::counted(seconds / 3_600, "timme", "timmar"),
        _ => text::counted(seconds / 86_400, "dag", "dagar"),
    }
}

/// A point as the reader sees it.
#[derive(Debug)]
pub struct PointView {
    /// Its identity.
    pub id: Uuid,
    /// Its number among the body's.
    pub position: i64,
    /// The body's name.
    pub who: String,
    /// What it is about: kind and item.
    pub about: String,
    /// The words.
    pub words: String,
    /// The agency's reply: `Godtas delvis`.
    pub reply: Option<String>,
    /// Why.
    pub reply_reason: Option<String>,
    /// What the body found in the form that was sent.
    pub check: Option<String>,
    /// In words.
    pub check_note: Option<String>,
    /// The form in which the agency replies: choice and reason.
    pub replying: Option<(Question, Question)>,
    /// The form in which the body checks it off: choice and note.
    pub checking: Option<(Question, Question)>,
}

impl PointView {
    /// The point as the reader of a case sees it; `items`: what is asked for, by lineage.
    #[must_use]
    pub fn new(point: &Point, seen: &Seen, named: &Named, items: &[(Uuid, String)], typing: Typing<'_>) -> Self {
        let state = seen.case.parts.iter().find(|part| part.body == point.body).map_or(State::Withdrawn, |part| part.state);
        let item = point.written.item.and_then(|id| items.iter().find(|(lineage, _)| *lineage == id));
        let kind = capital(point.written.kind.label());
        let may_reply = seen.side == Side::Agency && may_reply(state, point.check).is_ok();
        let may_check = seen.reads_internal(&point.body) && may_check(state).is_ok();
        Self {
            id: point.id,
            position: point.position,
            who: named.get(&point.body),
            about: item.map_or_else(|| kind.clone(), |(_, label)| format!("{kind}: {label}")),
            words: point.written.words.clone(),
            reply: point.reply.as_ref().map(|reply| capital(reply.kind.label())),
            reply_reason: point.reply.as_ref().and_then(|reply| reply.reason.clone()),
            check: point.check.map(|check| capital(check.label())),
            check_note: point.check_note.clone(),
            replying: may_reply.then(|| replying(point, typing)),
            checking: may_check.then(|| checking(point, typing)),
        }
    }

    /// The questions of its forms.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.replying.iter().chain(&self.checking).flat_map(|(choice, words)| [choice, words])
    }
}

/// A question that says which point it is about.
fn of_point(question: Question, number: i64) -> Question {
    Question { label: format!("{} (synpunkt {number})", question.label), ..question }
}

fn replying(point: &Point, typing: Typing<'_>) -> (Question, Question) {
    let form = Form::PointReply(point.id);
    let kinds = ReplyKind::ALL.iter().map(|kind| (kind.code().to_owned(), capital(kind.label()))).collect();
    let known = point.reply.as_ref();
    let choice = typing.choice(form, &format!("svar-{}", point.id), "Ert svar", kinds, known.map_or("", |reply| reply.kind.code()));
    let known = known.and_then(|reply| reply.reason.clone()).unwrap_or_default();
    let reason = typing.text(form, &format!("skal-{}", point.id), "Skäl", &known).hint("Krävs om ni inte godtar hela synpunkten.").lines(2);
    (of_point(choice, point.position), of_point(reason, point.position))
}

fn checking(point: &Point, typing: Typing<'_>) -> (Question, Question) {
    let form = Form::PointCheck(point.id);
    let undo = point.check.map(|_| (UNCHECKED.to_owned(), "Inte avstämd än".to_owned()));
    let checks = Check::ALL.iter().map(|check| (check.code().to_owned(), capital(check.label()))).chain(undo).collect();
    let known = point.check.map_or("", Check::code);
    let choice = typing.choice(form, &format!("avprickad-{}", point.id), "Avstämd mot det formulär som skickades", checks, known);
    let known = point.check_note.as_deref().unwrap_or_default();
    let note = typing.text(form, &format!("anteckning-{}", point.id), "Kommentar", known);
    (of_point(choice, point.position), of_point(note, point.position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_are_said_in_days_or_hours() {
        assert_eq!(spell(0), "Ingen tid");
        assert_eq!(spell(59), "Mindre än en timme");
        assert_eq!(spell(3_600), "1\u{a0}timme");
        assert_eq!(spell(86_399), "23\u{a0}timmar");
        assert_eq!(spell(3 * 86_400), "3\u{a0}dagar");
    }
}
