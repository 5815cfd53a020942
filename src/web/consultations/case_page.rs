//! What the page of a case shows.

use std::collections::HashMap;

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::Named;
use super::attachments::AttachmentsPart;
use super::entered::brought::Brought;
use super::forms::{Form, ONESELF, Own, Sent, StepForm, Taken, Typing, point, steps};
use super::parts::{PartView, PointView};
use super::thread::{Line, notes, thread};
use crate::actions::consultations::{Seen, Side, visible};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::Part;
use crate::db::consultations::forwarding::{self, Expert};
use crate::db::consultations::said::{self, Message, Point};
use crate::db::consultations::templates;
use crate::db::events::Event;
use crate::db::{Tx, events, pairs, people};
use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::collection_parts::{RoundRow, round_rows};
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters::{self, capital};
use crate::web::layout::Layout;
use crate::web::outside::part::OutsidePart;
use crate::web::overlap::flags::{Flags, flags};
use crate::web::user::{User, Visitor};
use crate::web::view::{Fact, Facts, Link};

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
    /// What was just done.
    pub said: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// What was typed in a form that is not offered any more.
    pub left: Vec<String>,
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
    /// The points.
    pub points: Vec<PointView>,
    /// The form of a point: kind, item and words.
    pub point: Option<(Question, Question, Question)>,
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
}

impl Read {
    async fn of(tx: &mut Tx, user: &User, number: ConsultationNumber, today: NaiveDate) -> Result<Self> {
        let seen = visible(tx, &user.actor, number, today).await?;
        let asked = asked_version(tx, &seen).await?;
        let lineages = pairs::lineages(tx, seen.case.version.0, seen.case.version.1).await?;
        let items = lineages.into_iter().zip(asked.content.items.iter().map(|item| item.label.clone())).collect();
        let messages = said::messages(tx, seen.case.id).await?;
        let points = said::points(tx, seen.case.id).await?;
        let events = events::of(tx, "consultation", &number.to_string()).await?;
        let named = Named::of(tx, &seen, messages.iter().map(|one| &one.organisation).chain(events.iter().map(|one| &one.actor))).await?;
        let own = Own { taken: taken(tx, &seen, user).await?, templates: templates(tx, &seen).await? };
        let flags = flags(tx, user, &asked, seen.side == Side::Agency, today).await?;
        let attachments = AttachmentsPart::read(tx, &seen, "").await?;
        let experts = forwarding::experts(tx, seen.case.id).await?;
        let outside = OutsidePart::read(tx, &seen, today).await?;
        Ok(Self { seen, asked, items, messages, points, events, named, own, flags, attachments, experts, outside })
    }
}

/// The version that is asked about. Of what is planned now the rounds are those of the plan.
async fn asked_version(tx: &mut Tx, seen: &Seen) -> Result<Collection> {
    let (id, version) = seen.case.version;
    let version = if seen.known.planned_version == Some(version) { Version::Newest } else { Version::Numbered(version) };
    collections::load(tx, &[id], version).await?.pop().ok_or(Error::NotFound)
}

/// Who has the part of the reader's own body; nobody else is told.
async fn taken(tx: &mut Tx, seen: &Seen, user: &User) -> Result<Taken> {
    let mut taken = Taken::new();
    for part in seen.case.parts.iter().filter(|part| seen.reads_internal(&part.body)) {
        let Some(person) = part.assignee else { continue };
        let name = match people::get(tx, person).await? {
            _ if person == user.actor.person => ONESELF.to_owned(),
            Some(person) => person.name.or(person.email).unwrap_or_else(|| "en borttagen person".to_owned()),
            None => continue,
        };
        taken.insert(part.body.clone(), name);
    }
    Ok(taken)
}

/// The templates of the body that the reader speaks for: identity and name.
async fn templates(tx: &mut Tx, seen: &Seen) -> Result<Vec<(String, String)>> {
    let Some(part) = seen.own_part() else { return Ok(Vec::new()) };
    let all = templates::of_body(tx, &part.body).await?;
    Ok(all.into_iter().map(|one| (one.id.to_string(), one.wording.title)).collect())
}

impl CasePage {
    /// The page for a reader, with what was sent if something could not be taken.
    ///
    /// # Errors
    /// `NotFound` where there is no such case that the reader may know of.
    pub async fn read(state: &AppState, user: User, number: ConsultationNumber, sent: Option<&Sent>) -> Result<Self> {
        let now = clock::now();
        let today = clock::swedish_day(now);
        let mut tx = state.db.read().await?;
        let read = Read::of(&mut tx, &user, number, today).await?;
        drop(tx);
        Ok(Self::new(Layout::new(state, Visitor(Some(user)), "/samrad"), &read, sent, now))
    }

    fn new(layout: Layout, read: &Read, sent: Option<&Sent>, now: DateTime<Utc>) -> Self {
        let Read { seen, asked, named, .. } = read;
        let (typing, today) = (Typing(sent), clock::swedish_day(now));
        let case = &seen.case;
        let content = &asked.content;
        let part = |part: &Part| PartView::new(part, named, read.own.taken.get(&part.body).cloned(), (case.entered, now));
        let over = case.parts.iter().any(|part| part.state.is_over());
        let speaks = seen.side != Side::Reader && !over;
        let mut page = Self {
            layout,
            number: case.number.to_string(),
            collection: seen.collection.to_string(),
            title: content.title.clone(),
            linked: seen.side != Side::Body || seen.known.parties(today).open,
            entered: case.entered,
            said: None,
            errors: Vec::new(),
            left: Vec::new(),
            notices: notices(seen, today),
            closing: case.closing.clone(),
            brought: Brought::of(seen, named),
            agency: named.get(&case.agency),
            facts: facts(seen, asked),
            asked: asked_for(seen, asked),
            units: content.items.iter().any(|item| item.unit.is_some()),
            items: content.items.clone(),
            rounds: round_rows(asked, today),
            flags: Flags::default(),
            attachments: read.attachments.clone(),
            parts: case.parts.iter().map(part).collect(),
            points: read.points.iter().map(|one| PointView::new(one, seen, named, &read.items, typing)).collect(),
            point: point(seen, &read.items, typing),
            lines: thread(&read.messages, &read.events, named, &read.attachments),
            notes: notes(&read.messages, &read.experts, seen, named),
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
            Form::Point | Form::PointReply(_) | Form::PointCheck(_) => "#synpunkter".to_owned(),
        };
        let point = self.point.iter().flat_map(|(kind, item, words)| [kind, item, words]);
        let points = self.points.iter().flat_map(PointView::questions);
        let questions = point.chain(points).chain(&self.say).chain(&self.note).filter_map(Question::error_line);
        let steps = self.steps.iter().filter(|step| step.refusal.is_none()).flat_map(StepForm::error_lines);
        let errors: Vec<ErrorLine> = steps.chain(questions).collect();
        let is_offered = match sent.form {
            Form::Say => self.say.is_some(),
            Form::Note => self.note.is_some(),
            Form::Point => self.point.is_some(),
            Form::PointReply(id) => self.points.iter().any(|one| one.id == id && one.replying.is_some()),
            Form::PointCheck(id) => self.points.iter().any(|one| one.id == id && one.checking.is_some()),
            _ => self.steps.iter().any(|step| step.anchor() == anchor && step.refusal.is_none()),
        };
        // a form that is gone is not led to; what was typed in it stands first
        self.left = if is_offered { Vec::new() } else { sent.words() };
        let first = if self.left.is_empty() { "#h-korthet" } else { "#h-kvar" };
        let href = if is_offered { anchor } else { first.to_owned() };
        let top = sent.top.clone().map(|text| ErrorLine { href, text });
        self.errors = top.into_iter().chain(errors).collect();
    }
}

fn say(seen: &Seen, typing: Typing<'_>) -> Question {
    let to = if seen.side == Side::Agency { "Skriv till dem som svarar" } else { "Skriv till myndigheten" };
    typing.text(Form::Say, "inlagg", to, "").hint("Alla som är med i samrådet kan läsa. Läget i ärendet ändras inte.")
}

/// What is said first.
fn notices(seen: &Seen, today: NaiveDate) -> Vec<String> {
    let case = &seen.case;
    let day = |at: DateTime<Utc>| text::written_date(clock::swedish_day(at));
    let closed = case.closed_at.zip(case.outcome);
    let waits = case.parts.iter().any(|part| part.opinion.is_none() && !part.state.is_over());
    let late = (waits && case.asking.wanted_on < today)
        .then(|| format!("Svar skulle ha lämnats senast den {}.", text::written_date(case.asking.wanted_on)));
    let missing = case.outcome.is_some() && case.parts.iter().any(|part| part.opinion.is_none());
    [
        closed.map(|(at, outcome)| format!("Samrådet avslutades den {}: {outcome}.", day(at))),
        match (case.removed_at, case.withdrawn_at) {
            (Some(at), _) => Some(format!("Ärendet togs bort den {}, eftersom det var infört av misstag. Det räknas inte.", day(at))),
            (None, at) => at.map(|at| format!("Myndigheten återkallade begäran den {}.", day(at))),
        },
        late,
        missing.then(|| "Alla har inte svarat.".to_owned()),
        (seen.is_changed_since() && !case.entered)
            .then(|| "Insamlingen har ändrats efter att samrådet begärdes. Här visas den som den var då.".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is asked for, in short.
fn facts(seen: &Seen, asked: &Collection) -> Vec<Fact> {
    let (case, content) = (&seen.case, &asked.content);
    let form = if case.asking.form_unchanged { "Oförändrat: bara urval och tid" } else { "Formulär, urval och tid" };
    let day = |at: DateTime<Utc>| text::written_date(clock::swedish_day(at));
    Facts::default()
        .with("Svar senast", text::written_date(case.asking.wanted_on))
        .with("Begärt", day(case.requested_at))
        .with("Gäller", form)
        .with("Räknas som", capital(case.asking.kind.label()))
        .with("Svarsskyldighet", capital(content.obligation.label()))
        .with("Uppgiftslämnare", capital(&content.respondents_in_words()))
        .maybe("Myndighetens diarienummer", case.asking.diary_number.clone())
        .maybe("Kontakt", content.contact_function.clone())
        .linked("E-post", content.contact_email.as_ref().map(|one| Link { name: one.clone(), href: Some(format!("mailto:{one}")) }))
        .done()
}

/// What is asked for, in length.
fn asked_for(seen: &Seen, asked: &Collection) -> Vec<(&'static str, String)> {
    let asking = &seen.case.asking;
    let purpose = Some(asked.content.purpose.clone()).filter(|words| !words.is_empty());
    let all = [
        ("Syfte", purpose),
        ("Vad uppgifterna ska användas till", asked.content.data_use.clone()),
        ("Urval", asking.selection.clone()),
        ("Tid", asking.timing.clone()),
        ("Redan diskuterat", asking.discussed.clone()),
        ("Varför tiden är kort", asking.short_time_reason.clone()),
    ];
    all.into_iter().filter_map(|(heading, words)| words.map(|words| (heading, words))).collect()
}
