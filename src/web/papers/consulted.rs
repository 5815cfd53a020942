//! The consultations about a collection as files of its whole case: what both sides read of each, and nothing that a body keeps to itself.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::documents::AlonePage;
use crate::actions::consultations::points::{items, subject};
use crate::actions::consultations::{Seen, visible};
use crate::clock;
use crate::db::attachments::{self, Attachment};
use crate::db::collections::{self, Version};
use crate::db::consultations::points::{self, Point, Replied};
use crate::db::consultations::{Part, said};
use crate::db::{Tx, events};
use crate::domain::access::Actor;
use crate::domain::consultation::attachment::{safe_name, shown_size};
use crate::domain::consultation::entered::retold;
use crate::domain::documents::case::{Given, build};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::publish::case::{Entry, Happening};
use crate::publish::docx::docx;
use crate::text;
use crate::web::assets;
use crate::web::consultations::attachments::AttachmentsPart;
use crate::web::consultations::thread::Line;
use crate::web::consultations::{Named, opinion, thread};
use crate::web::filters::capital;

/// A consultation in the archive.
#[derive(Debug)]
pub struct Consulted {
    /// Its number.
    pub number: ConsultationNumber,
    /// Its documents and data.
    pub entries: Vec<Entry>,
    /// Its files, which are read last.
    pub files: Vec<Attachment>,
    /// What was done in it, as its thread tells.
    pub happenings: Vec<Happening>,
}

impl Consulted {
    /// Where a file of it stands in the archive, by its place among them.
    #[must_use]
    pub fn path(&self, at: usize, file: &Attachment) -> String {
        path(self.number, at, file)
    }
}

fn path(number: ConsultationNumber, at: usize, file: &Attachment) -> String {
    let folder = if file.internal { "egna/bilagor" } else { "bilagor" };
    format!("samrad/{number}/{folder}/{:02}-{}", at + 1, safe_name(&file.name))
}

/// The consultations about a collection that `actor` may read, the first first.
///
/// # Errors
/// As the database says.
pub async fn all(tx: &mut Tx, actor: &Actor, collection: Uuid, today: NaiveDate) -> Result<Vec<Consulted>> {
    let mut all = Vec::new();
    for (_, number) in attachments::cases_of(tx, collection).await? {
        let number = ConsultationNumber::parse(&number).ok_or(Error::NotFound)?;
        match visible(tx, actor, number, today).await {
            Ok(seen) => all.push(one(tx, &seen).await?),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(all)
}

/// What one consultation is made of.
struct Read {
    named: Named,
    title: String,
    purpose: String,
    messages: Vec<said::Message>,
    events: Vec<events::Event>,
    points: Vec<Point>,
    items: Vec<(Uuid, String)>,
    files: Vec<Attachment>,
    shown: AttachmentsPart,
}

/// What both sides of a consultation read of it.
///
/// # Errors
/// As the database says.
pub async fn one(tx: &mut Tx, seen: &Seen) -> Result<Consulted> {
    let case = &seen.case;
    let number = case.number;
    let asked = collections::load(tx, &[case.version.0], Version::Numbered(case.version.1)).await?.pop().ok_or(Error::NotFound)?;
    let mut messages = said::messages(tx, case.id).await?;
    messages.retain(|one| !one.internal);
    let events = events::of(tx, "consultation", &number.to_string()).await?;
    let files = attachments::of_case(tx, case.id).await?.into_iter().map(|(one, _)| one).filter(|one| !one.internal).collect::<Vec<_>>();
    let others = messages.iter().map(|one| &one.organisation).chain(events.iter().map(|one| &one.actor));
    let named = Named::of(tx, seen, others.chain(files.iter().map(|one| &one.organisation))).await?;
    // what a body prepares is its own
    let mut points = points::points(tx, case.id).await?;
    points.retain(|one| one.sent_at.is_some());
    let items = items(tx, seen).await?;
    let shown = AttachmentsPart::read(tx, seen, "").await?;
    let read = Read { named, title: asked.content.title, purpose: asked.content.purpose, messages, events, points, items, files, shown };
    let folder = format!("samrad/{number}/");
    let lines = thread::thread(seen, (&read.messages, &read.points), &read.events, &read.named, &read.shown);
    let happenings = lines.iter().filter_map(|line| happening(number, line)).collect();
    let document = build(&given(seen, &read, lines));
    let mut entries = vec![(format!("{folder}samrad.docx"), docx(&document)?)];
    let html = AlonePage { document }.render().map_err(|error| Error::Internal(error.into()))?;
    entries.push((format!("{folder}samrad.html"), html.into_bytes()));
    for part in case.parts.iter().filter(|part| part.opinion.is_some()) {
        let document = opinion::document(tx, seen, &part.body).await?;
        entries.push((format!("{folder}yttrande-{}.docx", part.body), docx(&document)?));
        let html = AlonePage { document }.render().map_err(|error| Error::Internal(error.into()))?;
        entries.push((format!("{folder}yttrande-{}.html", part.body), html.into_bytes()));
    }
    entries.push((format!("{folder}handling.css"), assets::bytes("css/document.css")?));
    let metadata = serde_json::to_vec_pretty(&metadata(seen, &read)).map_err(Error::internal)?;
    entries.push((format!("{folder}metadata.json"), metadata));
    Ok(Consulted { number, entries, files: read.files, happenings })
}

/// What was done in a case, for the history of its collection.
fn happening(number: ConsultationNumber, line: &Line) -> Option<Happening> {
    let at = line.iso.parse().ok()?;
    Some(Happening { at, organisation: line.who.clone(), what: format!("Samråd {number}: {}", line.what), changes: Vec::new() })
}

fn day(at: DateTime<Utc>) -> String {
    text::written_date(clock::swedish_day(at))
}

/// The document of a consultation.
fn given(seen: &Seen, read: &Read, lines: Vec<Line>) -> Given {
    let (case, asking) = (&seen.case, &seen.case.asking);
    let named =
        |terms: Vec<(&str, Option<String>)>| terms.into_iter().filter_map(|(term, words)| Some((term.to_owned(), words?))).collect();
    let form = if asking.form_unchanged { "oförändrat formulär: bara urval och tid" } else { "formulär, urval och tid" };
    let facts = vec![
        ("Begärt", Some(day(case.requested_at))),
        ("Svar önskat senast", Some(text::written_date(asking.wanted_on))),
        ("Gäller", Some(form.to_owned())),
        ("Räknas som", Some(asking.kind.label().to_owned())),
        ("Inkom per mejl och fördes in efteråt", case.entered.then(|| entered_by(seen, &read.named))),
        ("Bekräftat av myndigheten", case.confirmed_at.filter(|_| seen.is_entered_by_body()).map(day)),
        ("Borttaget, eftersom det var infört av misstag", case.removed_at.map(day)),
        ("Återkallat", case.withdrawn_at.map(day)),
        ("Avslutat", case.closed_at.map(day)),
        ("Utfall", case.outcome.map(|outcome| outcome.label().to_owned())),
        (
            if seen.is_view_unconfirmed() { "Myndighetens syn, återgiven och inte bekräftad" } else { "Myndighetens syn" },
            case.closing.clone(),
        ),
    ];
    let asked = vec![
        (
            if case.entered { "Syfte, som det står i registret" } else { "Syfte" },
            Some(read.purpose.clone()).filter(|words| !words.is_empty()),
        ),
        ("Urval", asking.selection.clone()),
        ("Tid", asking.timing.clone()),
        ("Redan diskuterat", asking.discussed.clone()),
        ("Varför tiden är kort", asking.short_time_reason.clone()),
    ];
    let body = |part: &Part| {
        let retold = part.retold_by().map(|by| retold(&read.named.get(by), &read.named.get(&part.body)));
        let told = vec![
            ("Läge", Some(part.state.label().to_owned())),
            ("Diarienummer", part.diary_number.clone()),
            ("Yttrade sig", part.answered_at.map(day)),
            ("Yttrande", Some(part.opinion.map_or("inget", |opinion| opinion.label()).to_owned())),
            ("Vem som säger det", retold),
            ("Yttrandet i ord", part.answer.clone()),
            ("Bedömning: samordning", part.coordination.clone()),
            ("Bedömning: genomförbarhet och kvalitet", part.feasibility.clone()),
        ];
        (read.named.get(&part.body), named(told))
    };
    let file =
        |one: &Attachment| vec![one.name.clone(), read.named.get(&one.organisation), day(one.at), shown_size(one.size), one.digest.clone()];
    Given {
        number: case.number.to_string(),
        collection: (seen.collection.to_string(), read.title.clone()),
        agency: (read.named.get(&case.agency), asking.diary_number.clone()),
        facts: named(facts),
        asked: named(asked),
        bodies: case.parts.iter().map(body).collect(),
        points: read.points.iter().map(|one| point(one, read)).collect(),
        thread: lines.into_iter().map(|line| vec![line.day, line.who, line.what, line.words.unwrap_or_default()]).collect(),
        files: read.files.iter().map(file).collect(),
    }
}

/// That a case was entered afterwards, and by whom where it is known.
fn entered_by(seen: &Seen, named: &Named) -> String {
    let by = seen.case.parts.first().and_then(|part| part.entered_by.as_ref());
    by.map_or_else(|| "ja".to_owned(), |by| format!("ja, av {}", named.get(by)))
}

fn point(one: &Point, read: &Read) -> Vec<String> {
    let reply = match (&one.taken_back, one.reply()) {
        (Some((at, reason)), _) => format!("Synpunkten togs tillbaka den {}: {reason}", day(*at)),
        (None, Some(replied)) => format!("{}\n({})", replied.reply.in_words(), day(replied.at)),
        (None, None) => "Inget svar".to_owned(),
    };
    let check = match (one.check, &one.check_note) {
        (Some(check), Some(note)) => format!("{}: {note}", capital(check.label())),
        (Some(check), None) => capital(check.label()),
        (None, _) => "Nej".to_owned(),
    };
    let sent = one.sent_at.map(day).unwrap_or_default();
    let from = format!("{}, {sent}", read.named.get(&one.body));
    vec![one.position.to_string(), from, subject(one, &read.items), one.written.words.clone(), reply, check]
}

/// The case as data, in the terms of the open data. No person is named.
fn metadata(seen: &Seen, read: &Read) -> Value {
    let (case, asking) = (&seen.case, &seen.case.asking);
    let part = |part: &Part| {
        json!({
            "body": part.body, "name": read.named.get(&part.body), "state": part.state, "diaryNumber": part.diary_number,
            "opinion": part.opinion, "answeredAt": part.answered_at, "secondsWithBody": part.clocks.body,
            "secondsWithAgency": part.clocks.agency,
        })
    };
    let reply =
        |one: &Replied| json!({ "organisation": one.organisation, "reply": one.reply.kind, "reason": one.reply.reason, "at": one.at });
    let point = |one: &Point| {
        json!({
            "body": one.body, "number": one.position, "kind": one.written.kind, "item": one.written.item, "writtenAt": one.at,
            "words": one.written.words, "sentAt": one.sent_at,
            "takenBackAt": one.taken_back.as_ref().map(|(at, _)| at), "takenBackReason": one.taken_back.as_ref().map(|(_, reason)| reason),
            "reply": one.reply().map(|replied| replied.reply.kind), "repliedAt": one.reply().map(|replied| replied.at),
            "replies": one.replies.iter().map(reply).collect::<Vec<_>>(), "replyAtOpinion": one.opinion_reply,
            "checked": one.check, "checkedNote": one.check_note, "checkedAt": one.checked_at,
        })
    };
    let file = |(at, one): (usize, &Attachment)| {
        json!({
            "name": one.name, "nameInArchive": path(case.number, at, one), "organisation": one.organisation, "mediaType": one.media,
            "size": one.size, "sha256": one.digest, "at": one.at,
        })
    };
    json!({
        "number": case.number.to_string(), "collection": seen.collection.to_string(), "version": case.version.1, "title": read.title,
        "agency": case.agency, "diaryNumber": asking.diary_number, "kind": asking.kind, "formUnchanged": asking.form_unchanged,
        "entered": case.entered, "requestedAt": case.requested_at, "wantedOn": asking.wanted_on, "closedAt": case.closed_at,
        "withdrawnAt": case.withdrawn_at, "outcome": case.outcome,
        "bodies": case.parts.iter().map(part).collect::<Vec<_>>(),
        "points": read.points.iter().map(point).collect::<Vec<_>>(),
        "messages": read.messages.len(),
        "attachments": read.files.iter().enumerate().map(file).collect::<Vec<_>>(),
    })
}
