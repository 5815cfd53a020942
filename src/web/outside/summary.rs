//! What the reference municipalities of a body have answered: who, hours, item by item, comments.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::actions::consultations::places::place_name;
use crate::clock;
use crate::db::Tx;
use crate::db::consultations::reference::{self, Request};
use crate::domain::consultation::reference::{ItemAnswer, Tally, hours_in_words, hours_of, median, tally};
use crate::error::Result;
use crate::text;
use crate::web::view::{Fact, Facts};

/// Somebody who was asked.
#[derive(Debug)]
pub struct AskedRow {
    /// The question.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// At which address, for the body alone.
    pub email: Option<String>,
    /// Whether it has answered, and when.
    pub standing: String,
    /// How many hours it would take; empty where it has not answered.
    pub hours: String,
    /// Whether the question can be taken back.
    pub holds: bool,
}

/// What is said of an item.
#[derive(Debug)]
pub struct ItemLine {
    /// What it is called.
    pub label: String,
    /// Whether it can be answered: `2 ja, 1 delvis`.
    pub answerable: String,
    /// Where it is found: `1 i ett system`.
    pub found_in: String,
    /// In words, each with who says it.
    pub said: Vec<(String, String)>,
}

/// What those whom one body has asked have answered.
#[derive(Debug)]
pub struct Summary {
    /// The body, by code.
    pub body: String,
    /// Those who were asked. What somebody answered whose question was taken back is not counted.
    pub asked: Vec<AskedRow>,
    /// How many have answered, the hours in the middle.
    pub facts: Vec<Fact>,
    /// How many have answered.
    pub answered: usize,
    /// What is said of the items.
    pub items: Vec<ItemLine>,
    /// What else is said, each with who says it.
    pub comments: Vec<(String, String)>,
}

impl Summary {
    /// What those whom a body has asked in a case have answered. `items`: what is asked for, with lineages.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, case: Uuid, body: &str, items: &[(Uuid, String)], today: NaiveDate) -> Result<Self> {
        let requests = reference::of_case(tx, case).await?.into_iter();
        let requests: Vec<Request> = requests.filter(|one| one.body == body).collect();
        let mut names = BTreeMap::new();
        for one in &requests {
            names.insert(one.id, place_name(tx, &one.organisation).await?);
        }
        let counts = |id: &Uuid| requests.iter().any(|one| one.id == *id && one.taken_back_at.is_none());
        let said: Vec<(Uuid, ItemAnswer)> = reference::items(tx, case).await?.into_iter().filter(|(id, _)| counts(id)).collect();
        Ok(Self::new(body, &requests, &names, &said, items, today))
    }

    fn new(
        body: &str,
        requests: &[Request],
        names: &BTreeMap<Uuid, String>,
        said: &[(Uuid, ItemAnswer)],
        items: &[(Uuid, String)],
        today: NaiveDate,
    ) -> Self {
        let name = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
        let counts = tally(said.iter().map(|(_, one)| one));
        let item = |(lineage, label): &(Uuid, String)| {
            let of = said.iter().filter(|(_, one)| one.item == *lineage);
            let tally = counts.get(lineage).cloned().unwrap_or_default();
            ItemLine {
                label: label.clone(),
                answerable: in_words(tally.answerable.iter().map(|(one, count)| (one.label(), *count))),
                found_in: in_words(tally.found_in.iter().map(|(one, count)| (one.label(), *count))),
                said: of.filter_map(|(id, one)| one.words.clone().map(|words| (name(id), words))).collect(),
            }
        };
        let counted: Vec<&Request> = requests.iter().filter(|one| one.taken_back_at.is_none()).collect();
        let comments = counted.iter().filter_map(|one| one.comment.clone().map(|words| (name(&one.id), words)));
        Self {
            body: body.to_owned(),
            asked: requests.iter().map(|one| AskedRow::new(one, name(&one.id), today)).collect(),
            facts: facts(&counted),
            answered: counted.iter().filter(|one| one.answered_at.is_some()).count(),
            items: if counts.values().all(|tally| *tally == Tally::default()) && said.is_empty() {
                Vec::new()
            } else {
                items.iter().map(item).collect()
            },
            comments: comments.collect(),
        }
    }
}

/// `2 ja, 1 delvis`.
fn in_words<'a>(counts: impl Iterator<Item = (&'a str, usize)>) -> String {
    let words: Vec<String> = counts.map(|(label, count)| format!("{count}\u{a0}{label}")).collect();
    if words.is_empty() { "inget svar".to_owned() } else { words.join(", ") }
}

fn facts(requests: &[&Request]) -> Vec<Fact> {
    let answered: Vec<&&Request> = requests.iter().filter(|one| one.answered_at.is_some()).collect();
    let mut minutes: Vec<i64> = answered.iter().filter_map(|one| one.minutes).collect();
    minutes.sort_unstable();
    let middle = median(minutes.clone()).map(|middle| format!("{} (median, n\u{a0}=\u{a0}{})", hours_in_words(middle), minutes.len()));
    let range = minutes.first().zip(minutes.last()).filter(|(least, most)| least < most);
    let unknown = answered.len() - minutes.len();
    Facts::default()
        .with("Har svarat", format!("{} av {}", answered.len(), requests.len()))
        .maybe("Uppskattad tid", middle)
        .maybe("Lägst och högst", range.map(|(least, most)| format!("{}–{}", hours_of(*least), hours_in_words(*most))))
        .maybe("Vet inte tiden", (unknown > 0).then(|| unknown.to_string()))
        .done()
}

impl AskedRow {
    fn new(one: &Request, name: String, today: NaiveDate) -> Self {
        let day = |at| text::written_date(clock::swedish_day(at));
        let reminded = one.reminded_at.map(|at| format!(" Påmind den {}.", day(at))).unwrap_or_default();
        let answered = one.answered_at.map(|at| format!("Svarade den {}. ", day(at))).unwrap_or_default();
        let back = one.taken_back_at.map(|at| format!("{answered}Frågan är återtagen den {} och räknas inte.", day(at)));
        let standing = match one.answered_at {
            _ if back.is_some() => back.unwrap_or_default(),
            Some(at) => format!("Svarade den {}.", day(at)),
            None if one.last_day < today => format!("Svarade inte. Svarsdagen var den {}.", text::written_date(one.last_day)),
            None => format!("Har inte svarat. Svarsdag den {}.{reminded}", text::written_date(one.last_day)),
        };
        let hours = match (one.answered_at, one.minutes) {
            _ if one.taken_back_at.is_some() => String::new(),
            (None, _) => String::new(),
            (Some(_), Some(minutes)) => hours_in_words(minutes),
            (Some(_), None) => "Vet inte".to_owned(),
        };
        Self { id: one.id, name, email: one.email.clone(), standing, hours, holds: one.taken_back_at.is_none() }
    }
}
