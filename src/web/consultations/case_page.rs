//! What the page of a case shows.

use std::collections::HashMap;

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::Named;
use super::attachments::AttachmentsPart;
use super::case_facts::{asked_for, facts, notices};
use super::done::said;
use super::entered::brought::Brought;
use super::forms::{ONESELF, Own, StepForm, Taken, steps};
use super::parts::PartView;
use super::point_view::{PointForm, PointView, point};
use super::sent::{Form, Sent, Typing};
use super::thread::{Line, notes, thread};
use crate::actions::consultations::points::{mark_of, visible_points};
use crate::actions::consultations::{Seen, Side, visible};
use crate::actions::queue::colleagues;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::Part;
use crate::db::consultations::forwarding::{self, Expert};
use crate::db::consultations::points::Point;
use crate::db::consultations::said::{self, Message};
use crate::db::consultations::templates;
use crate::db::events::Event;
use crate::db::{Tx, decisions, events, pairs, people};
use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::identifier::ConsultationNumber;
use crate::domain::person::Person;
use crate::domain::wording;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::collection_parts::{RoundRow, round_rows};
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters;
use crate::web::layout::Layout;
use crate::web::outside::part::OutsidePart;
use crate::web::overlap::flags::{Flags, flags};
use crate::web::user::{User, Visitor};
use crate::web::view::Fact;

/// The page of a case.
#[derive(Debug, Template)]
#[template(path = "consultations/case.html")]
pub struct CasePage {
    /// The frame.
    pub layout: Layout,
    /// Its number.
    pub number: String,
    /// The collection's number.
    pub collection: String,
    /// The collection's title, in the version that is asked about.
    pub title: String,
    /// Whether the reader may read the collection's own page.
    pub linked: bool,
    /// It came by mail and was entered afterwards.
    pub entered: bool,
    /// Whether it is over.
    pub over: bool,
    /// What was just done: colour and words.
    pub said: Option<(&'static str, String)>,
    /// Whether what was sent is refused as a whole, and no field is wrong.
    pub refused: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// What was typed in a form that is not offered any more, each under what was asked.
    pub left: Vec<(&'static str, String)>,
    /// Said first: that the day for an answer has passed, how the case ended.
    pub notices: Vec<String>,
    /// What the agency said as it closed the case.
    pub closing: Option<String>,
    /// What became of what was entered afterwards.
    pub brought: Option<Brought>,
    /// The agency's name.
    pub agency: String,
    /// What is asked for, in short.
    pub facts: Vec<Fact>,
    /// What is asked for, in length: each with its heading.
    pub asked: Vec<(&'static str, String)>,
    /// What the collection asks for.
    pub items: Vec<Item>,
    /// Whether any item has a unit.
    pub units: bool,
    /// Its rounds.
    pub rounds: Vec<RoundRow>,
    /// Overlaps found, with the agency's answers.
    pub flags: Flags,
    /// The files.
    pub attachments: AttachmentsPart,
    /// The bodies' parts.
    pub parts: Vec<PartView>,
    /// The points that are sent.
    pub points: Vec<PointView>,
    /// Those that the reader's body prepares.
    pub prepared: Vec<PointView>,
    /// Which they are, for the forms that send them.
    pub mark: String,
    /// The form of a new point.
    pub point: Option<PointForm>,
    /// What was done and written.
    pub lines: Vec<Line>,
    /// The body's own notes.
    pub notes: Vec<Line>,
    /// What the reader's side can do.
    pub steps: Vec<StepForm>,
    /// A word to the other side.
    pub say: Option<Question>,
    /// A note of the body's own.
    pub note: Option<Question>,
    /// Those who were asked outside.
    pub outside: OutsidePart,
    /// Giving the case to somebody of the reader's body.
    pub give: Option<Give>,
}

/// The form in which a case is given to somebody.
#[derive(Debug)]
pub struct Give {
    /// The body whose part it is, by name.
    pub body: String,
    /// Who reads the page.
    pub me: Uuid,
    /// Who has it.
    pub holder: Option<Uuid>,
    /// The reader's colleagues, by identity and name.
    pub others: Vec<(Uuid, String)>,
}

impl Give {
    fn new(seen: &Seen, named: &Named, own: &Own, me: Uuid) -> Option<Self> {
        let part = seen.own_part().filter(|part| !part.state.is_over())?;
        let others = own.colleagues.iter().filter(|(id, _)| *id != me).cloned().collect();
        Some(Self { body: named.get(&part.body), me, holder: part.assignee, others })
    }

    /// Whether a person has it.
    #[must_use]
    pub fn is_with(&self, person: &Uuid) -> bool {
        self.holder.as_ref() == Some(person)
    }

    /// The identity of who has it, as the form sends it.
    #[must_use]
    pub fn held_by(&self) -> String {
        self.holder.map(|id| id.to_string()).unwrap_or_default()
    }
}

/// Said of somebody who has been taken out.
pub(super) const GONE: &str = "en borttagen person";

/// What a person is called among colleagues.
pub(super) fn shown_name(person: &Person) -> String {
    person.name.as_ref().or(person.email.as_ref()).cloned().unwrap_or_else(|| GONE.to_owned())
}

/// Why the page is shown.
#[derive(Debug, Clone, Copy, Default)]
pub enum Shown<'a> {
    /// Somebody opens it.
    #[default]
    Opened,
    /// Something was just done: its code.
    Done(&'a str),
    /// Something that was sent could not be taken.
    Again(&'a Sent),
}

/// What the page is made of.
struct Read {
    seen: Seen,
    asked: Collection,
    items: Vec<(Uuid, String)>,
    messages: Vec<Message>,
    points: Vec<Point>,
    events: Vec<Event>,
    named: Named,
    own: Own,
    flags: Flags,
    attachments: AttachmentsPart,
    experts: HashMap<Uuid, Expert>,
    outside: OutsidePart,
    rested_on: bool,
}

impl Read {
    async fn of(tx: &mut Tx, user: &User, number: ConsultationNumber, today: NaiveDate) -> Result<Self> {
        let seen = visible(tx, &user.actor, number, today).await?;
        let asked = asked_version(tx, &seen).await?;
        let lineages = pairs::lineages(tx, seen.case.version.0, seen.case.version.1).await?;
        let items = lineages.into_iter().zip(asked.content.items.iter().map(|item| item.label.clone())).collect();
        let messages = said::messages(tx, seen.case.id).await?;
        let points = visible_points(tx, &seen).await?;
        let events = events::of(tx, "consultation", &number.to_string()).await?;
        let named = Named::of(tx, &seen, messages.iter().map(|one| &one.organisation).chain(events.iter().map(|one| &one.actor))).await?;
        let prepared = points.iter().filter(|one| one.sent_at.is_none()).count();
        let own = own(tx, &seen, user, prepared).await?;
        let flags = flags(tx, user, &asked, seen.side == Side::Agency, today).await?;
        let attachments = AttachmentsPart::read(tx, &seen, "").await?;
        let experts = forwarding::experts(tx, seen.case.id).await?;
        let outside = OutsidePart::read(tx, &seen, today).await?;
        let rested_on = seen.case.entered && decisions::is_rested_on(tx, seen.case.id).await?;
        Ok(Self { seen, asked, items, messages, points, events, named, own, flags, attachments, experts, outside, rested_on })
    }
}

/// The version that is asked about. Of what is planned now the rounds are those of the plan.
async fn asked_version(tx: &mut Tx, seen: &Seen) -> Result<Collection> {
    let (id, version) = seen.case.version;
    let version = if seen.known.planned_version == Some(version) { Version::Newest } else { Version::Numbered(version) };
    collections::load(tx, &[id], version).await?.pop().ok_or(Error::NotFound)
}

/// What only the reader's own body knows; `prepared`: how many points it has prepared.
async fn own(tx: &mut Tx, seen: &Seen, user: &User, prepared: usize) -> Result<Own> {
    let Some(part) = seen.own_part() else { return Ok(Own::default()) };
    let named = |person: &Person| (person.id, shown_name(person));
    let all = people::of_organisation(tx, &part.body).await?;
    let mut taken = Taken::new();
    if let Some(person) = part.assignee {
        let name =
            if person == user.actor.person { Some(ONESELF.to_owned()) } else { people::get(tx, person).await?.as_ref().map(shown_name) };
        taken.extend(name.map(|name| (part.body.clone(), name)));
    }
    Ok(Own {
        taken,
        templates: templates(tx, seen).await?,
        colleagues: colleagues(tx, &part.body).await?.iter().map(named).collect(),
        people: all.iter().map(named).collect(),
        prepared,
    })
}

/// The templates of the body that the reader speaks for: identity and name.
async fn templates(tx: &mut Tx, seen: &Seen) -> Result<Vec<(String, String)>> {
    let Some(part) = seen.own_part() else { return Ok(Vec::new()) };
    let all = templates::of_body(tx, &part.body).await?;
    Ok(all.into_iter().map(|one| (one.id.to_string(), one.wording.title)).collect())
}

impl CasePage {
    /// The page for a reader, with what was done or with what was sent if something could not be taken.
    ///
    /// # Errors
    /// `NotFound` where there is no such case that the reader may know of.
    pub async fn read(state: &AppState, user: User, number: ConsultationNumber, shown: Shown<'_>) -> Result<Self> {
        let now = clock::now();
        let today = clock::swedish_day(now);
        let mut tx = state.db.read().await?;
        let read = Read::of(&mut tx, &user, number, today).await?;
        drop(tx);
        let give = Give::new(&read.seen, &read.named, &read.own, user.actor.person);
        let sent = if let Shown::Again(sent) = shown { Some(sent) } else { None };
        let done = if let Shown::Done(code) = shown { said(&read.seen, &read.named, &read.events, code) } else { None };
        let layout = Layout::new(state, Visitor(Some(user)), "/samrad");
        Ok(Self { said: done, give, ..Self::new(layout, &read, sent, now) })
    }

    fn new(layout: Layout, read: &Read, sent: Option<&Sent>, now: DateTime<Utc>) -> Self {
        let Read { seen, asked, named, .. } = read;
        // what somebody has changed meanwhile stands in its form, and what was typed stands first
        let in_forms = Typing(sent.filter(|sent| !sent.is_kept_apart()));
        let view = |one: &Point| PointView::new(one, seen, named, &read.items, in_forms);
        let (typing, today) = (Typing(sent), clock::swedish_day(now));
        let case = &seen.case;
        let content = &asked.content;
        let part = |part: &Part| PartView::new(part, named, read.own.taken.get(&part.body).cloned(), case.removed_at.is_some(), now);
        let over = case.parts.iter().any(|part| part.state.is_over());
        let speaks = seen.side != Side::Reader && !over;
        let mut page = Self {
            layout,
            number: case.number.to_string(),
            collection: seen.collection.to_string(),
            title: content.title.clone(),
            linked: seen.side != Side::Body || seen.known.parties(today).open,
            entered: case.entered,
            over,
            said: None,
            give: None,
            refused: sent.is_some_and(|sent| sent.top.is_some()),
            errors: Vec::new(),
            left: Vec::new(),
            notices: notices(seen, today),
            closing: case.closing.clone(),
            brought: Brought::of(seen, named, read.rested_on),
            agency: named.get(&case.agency),
            facts: facts(seen, asked),
            asked: asked_for(seen, asked),
            units: content.items.iter().any(|item| item.unit.is_some()),
            items: content.items.clone(),
            rounds: round_rows(asked, today, wording::when),
            flags: Flags::default(),
            attachments: read.attachments.clone(),
            parts: case.parts.iter().map(part).collect(),
            points: read.points.iter().filter(|one| one.sent_at.is_some()).map(view).collect(),
            prepared: read.points.iter().filter(|one| one.sent_at.is_none()).map(view).collect(),
            mark: mark_of(&read.points),
            point: point(seen, &read.items, typing),
            lines: thread(seen, (&read.messages, &read.points), &read.events, named, &read.attachments),
            notes: notes(&read.messages, &read.experts, seen, (named, &read.own.people)),
            steps: steps(seen, (named, &read.own), typing, today),
            say: speaks.then(|| say(seen, typing)),
            note: seen.own_part().map(|_| {
                typing
                    .text(Form::Note, "anteckning", "Ny anteckning", "")
                    .hint("Bara ni ser den. Den kan ändå vara allmän handling hos er.")
            }),
            outside: read.outside.clone(),
        };
        page.flags = read.flags.clone();
        page.tell(sent);
        page
    }

    /// Puts what is wrong first, and what was typed where its form is not offered any more.
    fn tell(&mut self, sent: Option<&Sent>) {
        let Some(sent) = sent else { return };
        let anchor = match sent.form {
            Form::Take => "#ta".to_owned(),
            Form::AskAgency => "#fraga".to_owned(),
            // each body that asks has a form of its own
            Form::Reply => format!("#svara-{}", sent.fields.get("organ")),
            Form::Answer => "#yttrande".to_owned(),
            Form::Close => "#avsluta".to_owned(),
            Form::Withdraw => "#aterkalla".to_owned(),
            Form::Say => "#inlagg".to_owned(),
            Form::Note => "#anteckning".to_owned(),
            Form::PointReply(id) | Form::PointCheck(id) | Form::PointChange(id) | Form::PointTakeBack(id) => format!("#synpunkt-{id}"),
            Form::Point | Form::SendPoints => "#synpunkter".to_owned(),
        };
        let point = self.point.iter().flat_map(|(kind, item, words)| [kind, item, words]);
        let points = self.points.iter().chain(&self.prepared).flat_map(PointView::questions);
        let questions = point.chain(points).chain(&self.say).chain(&self.note).filter_map(Question::error_line);
        let steps = self.steps.iter().filter(|step| step.refusal.is_none()).flat_map(StepForm::error_lines);
        let errors: Vec<ErrorLine> = steps.chain(questions).collect();
        let is_offered = match sent.form {
            Form::PointChange(_) if sent.is_kept_apart() => false,
            Form::Say => self.say.is_some(),
            Form::Note => self.note.is_some(),
            Form::Point => self.point.is_some(),
            Form::SendPoints => !self.prepared.is_empty(),
            Form::PointReply(_) | Form::PointCheck(_) | Form::PointChange(_) | Form::PointTakeBack(_) => {
                self.points.iter().chain(&self.prepared).any(|one| one.offers(sent.form))
            }
            _ => self.steps.iter().any(|step| step.anchor() == anchor && step.refusal.is_none()),
        };
        // a form that is gone is not led to; what was typed in it stands first
        self.left = if is_offered { Vec::new() } else { sent.typed() };
        let first = if self.left.is_empty() { "#h-korthet" } else { "#h-kvar" };
        let href = if is_offered { anchor } else { first.to_owned() };
        let again = if is_offered && sent.crossed && sent.form != Form::SendPoints {
            " Det du skrev finns kvar, så att du kan skicka det igen."
        } else {
            ""
        };
        let top = sent.top.as_ref().map(|text| ErrorLine { href, text: format!("{text}{again}") });
        self.errors = top.into_iter().chain(errors).collect();
    }
}

fn say(seen: &Seen, typing: Typing<'_>) -> Question {
    let to = if seen.side == Side::Agency { "Skriv till dem som svarar" } else { "Skriv till myndigheten" };
    typing.text(Form::Say, "inlagg", to, "").hint("Alla som är med i samrådet kan läsa. Läget i ärendet ändras inte.")
}
