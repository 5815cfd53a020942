//! One of the two collections of a pair, as it stands beside the other.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::overlap::contrast::{Run, contrast};
use crate::domain::overlap::verdict::Same;
use crate::domain::round::Round;
use crate::domain::terms::Status;
use crate::domain::wording;
use crate::web::filters::capital;
use crate::web::view::{Fact, Facts, Link, written};

/// What is read once somebody wants to know more.
const IN_LENGTH: [&str; 2] = ["Syfte", "Uppgiftslämnare"];

/// One side.
#[derive(Debug)]
pub struct Side {
    /// The number.
    pub number: String,
    /// The title.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// The responsible agencies.
    pub agencies: Vec<Link>,
    /// Purpose, respondents, periodicity, last and next round, contact.
    pub facts: Vec<Fact>,
}

impl Side {
    /// What is shown of a collection on `today`.
    #[must_use]
    pub fn new(collection: &Collection, today: NaiveDate) -> Self {
        let content = &collection.content;
        let told = |round: Option<&Round>| round.and_then(in_words).unwrap_or_else(|| "Ingen angiven".to_owned());
        let contact = content.contact_email.as_ref().map(|mailbox| Link { name: mailbox.clone(), href: Some(format!("mailto:{mailbox}")) });
        let facts = Facts::default()
            .maybe("Syfte", Some(content.purpose.clone()).filter(|purpose| !purpose.is_empty()))
            .with("Uppgiftslämnare", capital(&content.respondents_in_words()))
            .with("Hur ofta", capital(&wording::periodicity(content)))
            .with("Senaste omgången", told(latest(collection, today)))
            .with("Nästa omgång", told(collection.next_round(today)))
            .with("Kontakt", content.contact_function.clone().unwrap_or_else(|| "Ej angiven".to_owned()))
            .linked("E-post", contact);
        Self {
            number: collection.number.map(|number| number.to_string()).unwrap_or_default(),
            title: content.title.clone(),
            status: collection.status,
            agencies: collection.responsible.iter().map(|one| Link::from(&one.organisation)).collect(),
            facts: facts.done(),
        }
    }
}

impl Side {
    /// How often, when, and whom to ask.
    #[must_use]
    pub fn in_short(&self) -> Vec<&Fact> {
        self.facts.iter().filter(|fact| !IN_LENGTH.contains(&fact.term)).collect()
    }

    /// The purpose and who is asked.
    #[must_use]
    pub fn in_length(&self) -> Vec<&Fact> {
        self.facts.iter().filter(|fact| IN_LENGTH.contains(&fact.term)).collect()
    }
}

/// The last round that is over.
fn latest(collection: &Collection, today: NaiveDate) -> Option<&Round> {
    let deadline = |round: &&Round| round.deadline.as_ref().map(|deadline| deadline.counts_as());
    collection.rounds.iter().filter(|round| deadline(round).is_some_and(|day| day < today)).max_by_key(deadline)
}

/// The last day to answer, and the period that is measured where it is known: `Sista svarsdag 16 mars 2026. Avser 2025-01-01 – 2025-12-31`.
fn in_words(round: &Round) -> Option<String> {
    let deadline = written(round.deadline.as_ref()?);
    let measured = round.measured_period().map(|period| format!(". Avser {period}")).unwrap_or_default();
    Some(format!("Sista svarsdag {deadline}{measured}"))
}

/// The words of a text that only it has, for those who do not see that they are marked.
#[must_use]
pub fn only_here(runs: &[Run]) -> Option<String> {
    let words: Vec<&str> = runs.iter().filter(|run| run.differs).map(|run| run.words.trim()).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Two items that are alike, what differs marked.
#[derive(Debug)]
pub struct ItemRow {
    /// The item of the collection that asks.
    pub label: Vec<Run>,
    /// What it means.
    pub definition: Vec<Run>,
    /// The item of the other one.
    pub other_label: Vec<Run>,
    /// What it means.
    pub other_definition: Vec<Run>,
    /// Both as one text, for who chooses among them.
    pub spoken: String,
    /// Which they are, as a form sends it; empty where one of them is not registered.
    pub code: String,
}

impl ItemRow {
    /// The row of two items given by lineage; none where either is gone.
    #[must_use]
    pub fn of(asking: &[(Uuid, Item)], met: &[(Uuid, Item)], pair: Same) -> Option<Self> {
        let find = |items: &[(Uuid, Item)], id: Uuid| items.iter().find(|(lineage, _)| *lineage == id).map(|(_, item)| item.clone());
        let (item, other) = (find(asking, pair.item)?, find(met, pair.other)?);
        let text = |item: &Item| item.definition.clone().unwrap_or_default();
        Some(Self { code: pair.code(), ..Self::new((&item.label, &text(&item)), (&other.label, &text(&other))) })
    }

    /// The row of two items, each as label and definition.
    #[must_use]
    pub fn new(item: (&str, &str), other: (&str, &str)) -> Self {
        // what only one side explains differs from nothing
        let explained = if item.1.is_empty() || other.1.is_empty() { (other.1, item.1) } else { (item.1, other.1) };
        Self {
            label: contrast(item.0, other.0),
            definition: contrast(item.1, explained.1),
            other_label: contrast(other.0, item.0),
            other_definition: contrast(other.1, explained.0),
            spoken: format!("”{}” och ”{}”", item.0, other.0),
            code: String::new(),
        }
    }
}
