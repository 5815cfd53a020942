//! What was done and written in a case, as a thread; and the notes that a body keeps to itself.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::Named;
use super::attachments::AttachmentsPart;
use crate::actions::consultations::Seen;
use crate::actions::consultations::points::enumerated;
use crate::db::consultations::forwarding::Expert;
use crate::db::consultations::points::Point;
use crate::db::consultations::said::Message;
use crate::db::events::Event;
use crate::domain::consultation::entered::EnteredPart;
use crate::domain::consultation::life::Step;
use crate::domain::consultation::point::Check;
use crate::domain::consultation::{Opinion, Outcome};
use crate::text::{self, day_in_words};
use crate::web::view::written_moment;

/// Something that was done or written.
#[derive(Debug)]
pub struct Line {
    /// When, in words.
    pub day: String,
    /// When, for the machine.
    pub iso: String,
    /// Which organisation.
    pub who: String,
    /// What it did.
    pub what: String,
    /// What it wrote.
    pub words: Option<String>,
}

fn line(at: DateTime<Utc>, who: String, what: String, words: Option<String>) -> Line {
    Line { day: written_moment(at), iso: at.to_rfc3339(), who, what, words }
}

/// Everything that both sides of a case read, the first first.
#[must_use]
pub fn thread(
    seen: &Seen,
    (messages, points): (&[Message], &[Point]),
    events: &[Event],
    named: &Named,
    files: &AttachmentsPart,
) -> Vec<Line> {
    let written = messages.iter().filter(|one| !one.internal).map(|one| {
        let what = match one.step {
            Some(Step::AskAgency) => "ställer frågor",
            Some(Step::Reply) => "svarar på frågorna",
            Some(Step::Withdraw) => "återkallar begäran",
            _ => "skriver",
        };
        (one.at, line(one.at, named.get(&one.organisation), what.to_owned(), Some(one.words.clone())))
    });
    // of what happens at one moment the first comes first
    let done = events.iter().rev().filter_map(|one| {
        let what = done(&one.action, &one.detail)?;
        let what = with_files(what, &one.detail, files);
        Some((one.at, line(one.at, named.get(&one.actor), what, None)))
    });
    let points = sent(points, named).into_iter().chain(of_points(points, named, seen.case.parts.len() > 1));
    let mut all: Vec<(DateTime<Utc>, Line)> = written.chain(points).chain(done).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, line)| line).collect()
}

/// The points that were sent, those that were sent together in one line.
fn sent(points: &[Point], named: &Named) -> Vec<(DateTime<Utc>, Line)> {
    let together = |a: &Point, b: &Point| a.body == b.body && a.sent_at == b.sent_at;
    let line = |points: &[Point]| {
        let first = points.first()?;
        let numbers: Vec<i64> = points.iter().map(|one| one.position).collect();
        let at = first.sent_at?;
        Some((at, line(at, named.get(&first.body), format!("skickar {}", enumerated(&numbers)), None)))
    };
    points.chunk_by(together).filter_map(line).collect()
}

/// What came of the points: each reply, with what was replied before, and what was taken back. Where several bodies were asked, each counts
/// its own points, and it is said whose a replied one is.
fn of_points<'a>(points: &'a [Point], named: &'a Named, several: bool) -> impl Iterator<Item = (DateTime<Utc>, Line)> + 'a {
    points.iter().filter(|one| one.sent_at.is_some()).flat_map(move |one| {
        let number = one.position;
        let from = if several { format!(" från {}", named.get(&one.body)) } else { String::new() };
        let before = [None].into_iter().chain(one.replies.iter().map(Some));
        let replied = one.replies.iter().zip(before).map(move |(replied, before)| {
            let kind = replied.reply.kind;
            let what = match before {
                Some(before) => format!("ändrar sitt svar på synpunkt {number}{from} till {kind}. Tidigare: {}", before.reply.in_words()),
                None => format!("svarar på synpunkt {number}{from}: {kind}"),
            };
            (replied.at, line(replied.at, named.get(&replied.organisation), what, replied.reply.reason.clone()))
        });
        let back = one.taken_back.iter().map(move |(at, reason)| {
            (*at, line(*at, named.get(&one.body), format!("tar tillbaka synpunkt {number}"), Some(reason.clone())))
        });
        replied.chain(back)
    })
}

/// What was done, with the names of the files that came with it as far as the reader may see them.
fn with_files(what: String, detail: &Value, files: &AttachmentsPart) -> String {
    let several = detail["attachments"].as_array().into_iter().flatten();
    let names: Vec<&str> = several.chain([&detail["attachment"]]).filter_map(|id| files.name_of(id.as_str()?)).collect();
    if names.is_empty() { what } else { format!("{what}: {}", names.join(", ")) }
}

/// What an event tells; none where a message or a point tells it.
fn done(action: &str, detail: &Value) -> Option<String> {
    let label = |key: &str| detail[key].as_str().unwrap_or_default().to_owned();
    Some(match action {
        "consultation.requested" => "begär samråd".to_owned(),
        "consultation.entered" => "för in ärendet i efterhand".to_owned(),
        "consultation.confirmed" => "bekräftar det som är infört".to_owned(),
        "consultation.objected" => "invänder mot det som är infört".to_owned(),
        "consultation.corrected" => format!("rättar det som är infört: {}", corrected(detail)),
        "consultation.removed" => "tar bort ärendet, som var infört i efterhand".to_owned(),
        "consultation.taken" => "börjar granska".to_owned(),
        "consultation.answered" => {
            let opinion = Opinion::from_code(&label("opinion"))?;
            format!("lämnar yttrande: {opinion}")
        }
        "consultation.closed" => {
            let outcome = Outcome::from_code(&label("outcome"))?;
            format!("avslutar samrådet: {outcome}")
        }
        "consultation.point_checked" => {
            let found = match Check::from_code(&label("checked")) {
                Some(check) => format!("stämmer av synpunkt {} mot det formulär som skickades: {check}", detail["point"]),
                None => format!("tar bort avprickningen av synpunkt {}", detail["point"]),
            };
            detail["note"].as_str().map_or_else(|| found.clone(), |note| format!("{found}. {note}"))
        }
        // where the collection took the case along, a message tells it with the reason
        "consultation.withdrawn" if detail["because"].is_null() => "återkallar begäran".to_owned(),
        "consultation.attached" if detail["internal"] == false => "bifogar en fil".to_owned(),
        "consultation.attachment_taken_back" if detail["internal"] == false => format!("återtar en fil: {}", label("name")),
        // that somebody outside reads the draft is told to both sides; who it is, and what it says, is the body's own
        "consultation.forwarded" => "frågar en sakkunnig om utkastet".to_owned(),
        "consultation.reference_asked" => {
            let asked = detail["asked"].as_array().map_or(0, Vec::len);
            let asked = i64::try_from(asked).unwrap_or(i64::MAX);
            format!("frågar {} om utkastet", text::counted(asked, "kommun eller region", "kommuner och regioner"))
        }
        _ => return None,
    })
}

/// What a correction changed, with both values where they are short.
fn corrected(detail: &Value) -> String {
    let one = |change: &Value| {
        let text = |key: &str| change[key].as_str().unwrap_or_default();
        let label = EnteredPart::from_code(text("part")).map(EnteredPart::label)?;
        let values = [text("old"), text("new")].map(|value| if value.is_empty() { "–".to_owned() } else { day_in_words(value) });
        let is_short = values.iter().all(|value| value.chars().count() <= 60);
        Some(if is_short { format!("{label} (från {} till {})", values[0], values[1]) } else { label.to_owned() })
    };
    let changes = detail["changes"].as_array().into_iter().flatten().filter_map(one);
    changes.collect::<Vec<_>>().join(", ")
}

/// The notes that the reader may see, the first first; `experts`: those that were written by somebody whom the body asked; `people`: the
/// names of the body's own.
#[must_use]
pub fn notes(
    messages: &[Message],
    experts: &HashMap<Uuid, Expert>,
    seen: &Seen,
    (named, people): (&Named, &HashMap<Uuid, String>),
) -> Vec<Line> {
    let own = |one: &&Message| one.internal && one.body.as_deref().is_some_and(|body| seen.reads_internal(body));
    let line = |one: &Message| {
        let writer = one.person.and_then(|person| people.get(&person)).cloned();
        let (who, what) = match experts.get(&one.id) {
            Some(expert) => ("En sakkunnig som ni har frågat".to_owned(), told_by(expert)),
            None => (writer.unwrap_or_else(|| named.get(&one.organisation)), "antecknar".to_owned()),
        };
        line(one.at, who, what, Some(one.words.clone()))
    };
    messages.iter().filter(own).map(line).collect()
}

/// What a sakkunnig did, with function and address as far as they are known.
fn told_by(expert: &Expert) -> String {
    let known: Vec<&str> = [&expert.signed, &expert.email].into_iter().flatten().map(String::as_str).collect();
    if known.is_empty() { "svarar".to_owned() } else { format!("svarar ({})", known.join(", ")) }
}
