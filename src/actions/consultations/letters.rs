//! Who is written to at each step of a case.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::actions::Origin;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::consultations::Part;
use crate::db::{Tx, involved, organisations, outbox, people};
use crate::domain::access::Role;
use crate::error::{Error, Result};
use crate::mail::messages::{CaseStep, Named};
use crate::text;

use super::steps::Doing;
use super::{Seen, Side};

/// What is told.
#[derive(Default)]
pub(super) struct Told<'a> {
    /// As the subject has it.
    pub subject: &'a str,
    /// In a sentence.
    pub what: String,
    /// What was written.
    pub words: Option<&'a str>,
    /// Whether whoever is told is asked to write something in the case.
    pub asks: bool,
    /// What is told in short, each under its name.
    pub facts: Vec<(String, String)>,
    /// What is told at length, each under its heading.
    pub texts: Vec<(String, String)>,
    /// Documents: what each is called, and where it is under the case.
    pub documents: Vec<(&'static str, String)>,
}

/// Writes to the agency of a case; answers how many letters there are.
pub(super) async fn to_agency(tx: &mut Tx, origin: &Origin, seen: &Seen, told: &Told<'_>, now: DateTime<Utc>) -> Result<usize> {
    let addresses = of_agency(tx, seen, now).await?;
    send(tx, origin, seen, told, (addresses, ""), now).await
}

/// Writes about points of a body to the side that did not do it: to the agency, or to the body. `place`: where on the page.
pub(super) async fn about_points(
    tx: &mut Tx,
    doing: Doing<'_>,
    seen: &Seen,
    told: &Told<'_>,
    (body, place): (&str, &str),
) -> Result<usize> {
    let part = seen.case.parts.iter().find(|part| part.body == body).filter(|_| seen.side == Side::Agency);
    let addresses = match part {
        Some(part) => of_body(tx, part).await?,
        None => of_agency(tx, seen, doing.now).await?,
    };
    send(tx, doing.origin, seen, told, (addresses, place), doing.now).await
}

async fn of_agency(tx: &mut Tx, seen: &Seen, now: DateTime<Utc>) -> Result<BTreeSet<String>> {
    let mut addresses = BTreeSet::new();
    let asked = collections::load(tx, &[seen.case.version.0], Version::Numbered(seen.case.version.1)).await?.pop();
    addresses.extend(asked.and_then(|one| one.content.contact_email));
    if let Some(person) = seen.case.person {
        // who has moved to another agency is no part of the case any more
        let speaks = |code: &String| seen.known.responsible.contains(code) || seen.known.collectors.contains(code);
        let asker =
            people::get(tx, person).await?.filter(|one| one.closed_at.is_none() && one.role == Role::Agency && speaks(&one.organisation));
        addresses.extend(asker.and_then(|one| one.email));
    }
    if addresses.is_empty() {
        let living = involved::living(tx, &seen.case.agency, clock::swedish_day(now)).await?;
        addresses = of_role(tx, &living, Role::Agency).await?;
    }
    Ok(addresses)
}

/// Writes to those who have a body's part: its handläggare, or everybody of the body where nobody has taken it.
pub(super) async fn to_body(tx: &mut Tx, origin: &Origin, seen: &Seen, part: &Part, told: &Told<'_>, now: DateTime<Utc>) -> Result<usize> {
    let addresses = of_body(tx, part).await?;
    send(tx, origin, seen, told, (addresses, ""), now).await
}

async fn of_body(tx: &mut Tx, part: &Part) -> Result<BTreeSet<String>> {
    let mut addresses = BTreeSet::new();
    if let Some(person) = part.assignee {
        let assignee = people::get(tx, person).await?.filter(|one| one.closed_at.is_none() && one.organisation == part.body);
        addresses.extend(assignee.and_then(|one| one.email));
    }
    if addresses.is_empty() {
        addresses = of_role(tx, &part.body, Role::Skr).await?;
    }
    Ok(addresses)
}

/// The letters of one telling.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// How many.
    pub many: usize,
    /// The organisations, by code, that got some.
    pub reached: Vec<String>,
    /// Those that got none: nobody there has an address in the register.
    pub without: Vec<String>,
}

impl Letters {
    /// Counts those to an organisation.
    pub fn add(&mut self, organisation: &str, many: usize) {
        self.many += many;
        if many > 0 { &mut self.reached } else { &mut self.without }.push(organisation.to_owned());
    }

    /// What an event tells of them beside the rest of its detail.
    pub fn with(self, mut detail: Value) -> Value {
        detail["letters"] = json!(self.many);
        if !self.reached.is_empty() {
            detail["reached"] = json!(self.reached);
        }
        if !self.without.is_empty() {
            detail["without"] = json!(self.without);
        }
        detail
    }
}

impl From<usize> for Letters {
    fn from(many: usize) -> Self {
        Self { many, ..Self::default() }
    }
}

/// Writes to all bodies of a case but the own.
pub(super) async fn to_bodies(tx: &mut Tx, origin: &Origin, seen: &Seen, told: &Told<'_>, now: DateTime<Utc>) -> Result<Letters> {
    let mut letters = Letters::default();
    let is_own = |part: &&Part| seen.side == Side::Body && part.body == seen.organisation;
    for part in seen.case.parts.iter().filter(|part| !is_own(part)) {
        let many = to_body(tx, origin, seen, part, told, now).await?;
        letters.add(&part.body, many);
    }
    Ok(letters)
}

/// Which of these organisations get letters about a case that nobody has taken: somebody there has an address in the register.
///
/// # Errors
/// As the database says.
pub async fn reached(tx: &mut Tx, bodies: &[String]) -> Result<Vec<String>> {
    let mut reached = Vec::new();
    for body in bodies {
        if !of_role(tx, body, Role::Skr).await?.is_empty() {
            reached.push(body.clone());
        }
    }
    Ok(reached)
}

/// The name of an organisation.
pub(super) async fn name_of(tx: &mut Tx, code: &str) -> Result<String> {
    Ok(organisations::get(tx, code).await?.map_or_else(|| code.to_owned(), |one| one.name))
}

async fn of_role(tx: &mut Tx, organisation: &str, role: Role) -> Result<BTreeSet<String>> {
    let people = people::of_organisation(tx, organisation).await?.into_iter();
    Ok(people.filter(|one| one.role == role && one.closed_at.is_none()).filter_map(|one| one.email).collect())
}

/// The most characters of a text that a letter holds.
const MOST_IN_LETTER: usize = 4_000;

/// A text as a letter holds it: of a very long one the beginning. The letter leads to the rest.
fn extract(words: &str) -> String {
    if words.chars().count() <= MOST_IN_LETTER {
        return words.to_owned();
    }
    format!("{}\n\n(Texten är förkortad. Hela texten finns i registret.)", text::shorten(words, MOST_IN_LETTER))
}

/// Writes to these addresses, with a link to a place on the page of the case.
async fn send(
    tx: &mut Tx,
    origin: &Origin,
    seen: &Seen,
    told: &Told<'_>,
    (addresses, place): (BTreeSet<String>, &str),
    now: DateTime<Utc>,
) -> Result<usize> {
    let version = Version::Numbered(seen.case.version.1);
    let asked = collections::load(tx, &[seen.case.version.0], version).await?.pop().ok_or(Error::NotFound)?;
    let case = format!("{}/samrad/{}", origin.base_url, seen.case.number);
    let message = CaseStep {
        origin: origin.clone(),
        number: seen.case.number.to_string(),
        subject: told.subject.to_owned(),
        what: told.what.clone(),
        words: told.words.map(extract),
        asks: told.asks,
        facts: told.facts.clone(),
        texts: told.texts.iter().map(|(heading, words)| (heading.clone(), extract(words))).collect(),
        documents: told.documents.iter().map(|(name, path)| ((*name).to_owned(), format!("{case}{path}"))).collect(),
        collection: Named {
            number: seen.collection.to_string(),
            title: asked.content.title,
            address: format!("{}/insamlingar/{}", origin.base_url, seen.collection),
        },
        address: format!("{case}{place}"),
    };
    for address in &addresses {
        outbox::add(tx, &message.letter(address, now)?, now).await?;
    }
    Ok(addresses.len())
}
