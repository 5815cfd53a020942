//! The files of a case as its pages show them; `templates/consultations/attachments.html` draws it.

use std::collections::HashMap;

use crate::actions::configuring::Number;
use crate::actions::consultations::attachments::{is_seen, may_attach, may_take_back};
use crate::actions::consultations::{Seen, Side};
use crate::clock;
use crate::db::attachments::{Attachment, Legible, of_case, texts};
use crate::db::{Tx, organisations};
use crate::domain::consultation::attachment::{MediaType, excerpt, shown_size};
use crate::error::Result;
use crate::text;

/// How many characters of a file are shown on each side of what was found.
const AROUND: usize = 90;
/// The longest question, in characters.
const MOST_ASKED: usize = 100;

/// A file in the list.
#[derive(Debug, Clone)]
pub struct AttachmentRow {
    /// Where it is given out.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What it is and how large: `Word, 12 kB`.
    pub kind: String,
    /// Who attached it.
    pub who: String,
    /// When, in words.
    pub day: String,
    /// When, as `2026-11-22`.
    pub iso: String,
    /// Only the body that attached it sees it.
    pub internal: bool,
    /// Why the file is not searched.
    pub note: Option<&'static str>,
    /// Where its questions are compared with what is registered; none where it has no text.
    pub likeness: Option<String>,
    /// Where in it the words stand that were searched for.
    pub excerpt: Option<String>,
    /// Where the reader may take it back; none where that is not the reader's or too late.
    pub take_back: Option<String>,
}

/// The files of a case, and the form where the reader may attach one.
#[derive(Debug, Clone)]
pub struct AttachmentsPart {
    /// The number of the case.
    pub number: String,
    /// The files that the reader may see; where something is searched for, those that have it.
    pub rows: Vec<AttachmentRow>,
    /// How many files the reader may see in all.
    pub all: usize,
    /// What is searched for.
    pub q: String,
    /// Whether the reader may attach.
    pub may_attach: bool,
    /// Whether the reader may keep a file to its own organisation: its name.
    pub keeps_for: Option<String>,
    /// The largest file that is taken, in megabytes.
    pub megabytes: i64,
    /// What is wrong with the file that was sent.
    pub error: Option<String>,
}

impl AttachmentsPart {
    /// The files of a case as its reader sees them; `q`: only those that hold these words.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, seen: &Seen, q: &str) -> Result<Self> {
        let files: Vec<(Attachment, Legible)> =
            of_case(tx, seen.case.id).await?.into_iter().filter(|(one, _)| is_seen(seen, one)).collect();
        let mut codes: Vec<String> = files.iter().map(|(one, _)| one.organisation.clone()).collect();
        codes.push(seen.organisation.clone());
        let names: HashMap<String, String> =
            organisations::get_many(tx, &codes).await?.into_iter().map(|one| (one.code, one.name)).collect();
        let q: String = q.trim().chars().take(MOST_ASKED).collect();
        let texts: HashMap<_, _> = if q.is_empty() { HashMap::new() } else { texts(tx, seen.case.id).await?.into_iter().collect() };
        let all = files.len();
        let number = seen.case.number.to_string();
        let row = |(one, legible): (Attachment, Legible)| {
            let take_back = may_take_back(seen, &one).is_ok().then(|| format!("/samrad/{number}/bilagor/{}/aterta", one.id));
            let found = texts.get(&one.id).and_then(|text| excerpt(text, &q, AROUND));
            let is_named = excerpt(&one.name, &q, AROUND).is_some();
            let is_shown = q.is_empty() || found.is_some() || is_named;
            is_shown.then(|| AttachmentRow { take_back, ..AttachmentRow::new(&number, one, legible, &names, found) })
        };
        let rows = files.into_iter().filter_map(row).collect();
        let keeps_for = (seen.side == Side::Body).then(|| names.get(&seen.organisation).cloned()).flatten();
        let megabytes = Number::Megabytes.get(tx).await?;
        Ok(Self { rows, all, megabytes, may_attach: may_attach(seen, false).is_ok(), keeps_for, number, q, error: None })
    }

    /// The name of a file of the list, by its identity.
    #[must_use]
    pub fn name_of(&self, id: &str) -> Option<&str> {
        self.rows.iter().find(|row| row.href.rsplit('/').next() == Some(id)).map(|row| row.name.as_str())
    }

    /// The same, with what is wrong with the file that was sent.
    #[must_use]
    pub fn with_error(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }
}

impl AttachmentRow {
    fn new(number: &str, one: Attachment, legible: Legible, names: &HashMap<String, String>, excerpt: Option<String>) -> Self {
        let kind = match one.media {
            MediaType::Pdf => "Pdf",
            MediaType::Docx => "Word",
            MediaType::Xlsx => "Excel",
            MediaType::Png | MediaType::Jpeg | MediaType::Gif | MediaType::Webp => "Bild",
        };
        let note = match legible {
            Legible::Not if one.media.has_text() => Some("Filens text kunde inte läsas, så den är inte sökbar."),
            Legible::Empty => Some("Filen har ingen text att söka i. Den är kanske inskannad."),
            _ => None,
        };
        let day = clock::swedish_day(one.at);
        Self {
            href: format!("/samrad/{number}/bilagor/{}", one.id),
            likeness: (legible == Legible::Text).then(|| format!("/samrad/{number}/bilagor/{}/likheter", one.id)),
            kind: format!("{kind}, {}", shown_size(one.size)),
            who: names.get(&one.organisation).cloned().unwrap_or(one.organisation),
            day: text::written_date(day),
            iso: day.to_string(),
            name: one.name,
            internal: one.internal,
            note,
            excerpt,
            take_back: None,
        }
    }
}
