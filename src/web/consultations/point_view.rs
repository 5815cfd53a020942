//! The points of a case as its reader sees them, with what the reader can do about each.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Named;
use super::points::UNCHECKED;
use super::sent::{Form, Typing};
use crate::actions::consultations::points::{state_of, subject};
use crate::actions::consultations::{Seen, Side};
use crate::clock;
use crate::db::consultations::points::{Point, Replied};
use crate::domain::consultation::point::{Check, PointKind, ReplyKind, may_check, may_reply, may_write};
use crate::text;
use crate::web::fields::Question;
use crate::web::filters::capital;

/// A reply of the agency's.
#[derive(Debug)]
pub struct ReplyView {
    /// What it says: `godtas delvis`.
    pub label: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// When, in words.
    pub day: String,
    /// Whether it was given after the opinion, which tells of an earlier one.
    pub later: bool,
}

impl ReplyView {
    fn new(replied: &Replied, later: bool) -> Self {
        Self { label: replied.reply.kind.label(), reason: replied.reply.reason.clone(), day: day(replied.at), later }
    }
}

/// The form of a point: kind, item and words.
pub type PointForm = (Question, Question, Question);

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
    /// When it was written, as its form says it.
    pub written: i64,
    /// When it was sent, in words; none while it is prepared.
    pub sent: Option<String>,
    /// When it was taken back, in words, and why.
    pub taken_back: Option<(String, String)>,
    /// The agency's replies, the newest first.
    pub replies: Vec<ReplyView>,
    /// What the body found in the form that was sent, and when, in words.
    pub check: Option<(String, Option<String>)>,
    /// In words.
    pub check_note: Option<String>,
    /// The form in which the agency replies: choice and reason.
    pub replying: Option<(Question, Question)>,
    /// The form in which the body checks it off: choice and note.
    pub checking: Option<(Question, Question)>,
    /// The form in which the body changes it while it is prepared.
    pub changing: Option<PointForm>,
    /// Whether the body can only take it away, as it was never sent and the case is over.
    pub removable: bool,
    /// The form in which the body takes it back: why.
    pub taking_back: Option<Question>,
}

fn day(at: DateTime<Utc>) -> String {
    text::written_date(clock::swedish_day(at))
}

impl PointView {
    /// The point as the reader of a case sees it; `items`: what is asked for, by lineage.
    #[must_use]
    pub fn new(point: &Point, seen: &Seen, named: &Named, items: &[(Uuid, String)], typing: Typing<'_>) -> Self {
        let state = state_of(seen, &point.body);
        let (sent, taken_back, own) = (point.sent_at.is_some(), point.taken_back.is_some(), seen.reads_internal(&point.body));
        let may_reply = seen.side == Side::Agency && may_reply(state, taken_back, point.check).is_ok();
        let may_check = own && may_check(state, point.is_live()).is_ok();
        let may_write = own && may_write(state).is_ok();
        let answered = seen.case.parts.iter().find(|part| part.body == point.body).and_then(|part| part.answered_at);
        let stood = point.opinion_reply.and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
        let reply = |(at, replied): (usize, &Replied)| ReplyView::new(replied, answered.is_some() && at >= stood);
        Self {
            id: point.id,
            position: point.position,
            who: named.get(&point.body),
            about: subject(point, items),
            words: point.written.words.clone(),
            written: point.at.timestamp_micros(),
            sent: point.sent_at.map(day),
            taken_back: point.taken_back.as_ref().map(|(at, reason)| (day(*at), reason.clone())),
            replies: point.replies.iter().enumerate().map(reply).rev().collect(),
            check: point.check.map(|check| (capital(check.label()), point.checked_at.map(day))),
            check_note: point.check_note.clone(),
            replying: may_reply.then(|| replying(point, typing)),
            checking: may_check.then(|| checking(point, typing)),
            changing: (may_write && !sent).then(|| changing(point, items, typing)),
            removable: own && !sent && state.is_over(),
            taking_back: (may_write && sent && !taken_back).then(|| taking_back(point, typing)),
        }
    }

    /// The questions of its forms.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        let two = self.replying.iter().chain(&self.checking).flat_map(|(choice, words)| [choice, words]);
        let three = self.changing.iter().flat_map(|(kind, item, words)| [kind, item, words]);
        two.chain(three).chain(&self.taking_back)
    }

    /// Whether a form of it is offered.
    #[must_use]
    pub fn offers(&self, form: Form) -> bool {
        match form {
            Form::PointReply(id) => self.id == id && self.replying.is_some(),
            Form::PointCheck(id) => self.id == id && self.checking.is_some(),
            Form::PointChange(id) => self.id == id && (self.changing.is_some() || self.removable),
            Form::PointTakeBack(id) => self.id == id && self.taking_back.is_some(),
            _ => false,
        }
    }

    /// Whether something is wrong in its form that changes it or takes it back, which then stands open.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.questions().any(|question| question.error.is_some())
    }
}

/// A question that says which point it is about.
fn of_point(question: Question, number: i64) -> Question {
    Question { label: format!("{} (synpunkt {number})", question.label), ..question }
}

fn replying(point: &Point, typing: Typing<'_>) -> (Question, Question) {
    let form = Form::PointReply(point.id);
    let kinds = ReplyKind::ALL.iter().map(|kind| (kind.code().to_owned(), capital(kind.label()))).collect();
    let known = point.reply().map(|replied| &replied.reply);
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

fn changing(point: &Point, items: &[(Uuid, String)], typing: Typing<'_>) -> PointForm {
    let written = &point.written;
    let item = written.item.map(|id| id.to_string()).unwrap_or_default();
    let known = (written.kind.code(), item.as_str(), written.words.as_str());
    let (kind, item, words) = asking(Form::PointChange(point.id), &format!("-{}", point.id), known, items, typing);
    (of_point(kind, point.position), of_point(item, point.position), of_point(words, point.position))
}

fn taking_back(point: &Point, typing: Typing<'_>) -> Question {
    let name = format!("varfor-{}", point.id);
    let why = typing.text(Form::PointTakeBack(point.id), &name, "Varför tar ni tillbaka den?", "").lines(2);
    of_point(why, point.position).hint("Synpunkten står kvar som tillbakatagen, och myndigheten får ett mejl med skälet.")
}

/// The questions about a point; `end`: what their names end in; `known`: what stands there at first.
fn asking(form: Form, end: &str, known: (&str, &str, &str), items: &[(Uuid, String)], typing: Typing<'_>) -> PointForm {
    let kinds = PointKind::ALL.iter().map(|kind| (kind.code().to_owned(), capital(kind.label()))).collect();
    let whole = (String::new(), "Hela insamlingen".to_owned());
    let items = items.iter().map(|(id, label)| (id.to_string(), label.clone()));
    (
        typing.choice(form, &format!("punktslag{end}"), "Vad gäller synpunkten?", kinds, known.0),
        typing.choice(form, &format!("uppgift{end}"), "Vilken uppgift?", [whole].into_iter().chain(items).collect(), known.1),
        typing.text(form, &format!("synpunkt{end}"), "Vad vill ni att myndigheten ändrar?", known.2),
    )
}

/// The form of a new point, where the reader's body may write one.
#[must_use]
pub fn point(seen: &Seen, items: &[(Uuid, String)], typing: Typing<'_>) -> Option<PointForm> {
    may_write(seen.own_part()?.state).ok()?;
    Some(asking(Form::Point, "", ("question", "", ""), items, typing))
}
