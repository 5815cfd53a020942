//! The history of a collection: what happened, by whom, and which values were changed into which.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use uuid::Uuid;

use super::{Subject, subject};
use crate::clock;
use crate::db::events::{Event, HIDDEN};
use crate::db::people;
use crate::db::whole::{self, Whole};
use crate::domain::access::{Action, may};
use crate::domain::field::Field;
use crate::domain::history::FieldChange;
use crate::error::Error;
use crate::state::AppState;
use crate::text;
use crate::web::filters::capital;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::Visitor;

/// An event in the history.
#[derive(Debug)]
pub struct EventRow {
    /// The day, `2026-11-21`.
    pub iso: String,
    /// The day written out.
    pub written: String,
    /// What happened.
    pub text: String,
    /// Which organisation did it, where the register knows it by name.
    pub who: Option<String>,
    /// Which person, for the person's own organisation.
    pub person: Option<String>,
    /// Why, where it was asked for.
    pub reason: Option<String>,
    /// Old and new values.
    pub changes: Vec<ChangeRow>,
}

/// A field with its value before and after.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// The field's heading.
    pub name: String,
    /// The value before, in lines.
    pub old: Vec<String>,
    /// The value after, in lines.
    pub new: Vec<String>,
}

impl From<&FieldChange> for ChangeRow {
    fn from(change: &FieldChange) -> Self {
        let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        let name = match change.field {
            Field::ItemLabel => "Uppgifter".to_owned(),
            Field::RoundLabel => "Omgångar".to_owned(),
            field => capital(field.label()),
        };
        Self { name, old: lines(&change.old), new: lines(&change.new) }
    }
}

/// An event in words: what, how and on whose behalf; never which person.
#[must_use]
pub fn event_row(event: &Event, names: &HashMap<String, String>) -> EventRow {
    let day = clock::swedish_day(event.at);
    let detail = &event.detail;
    let how = match detail["source"].as_str() {
        Some("import") => " genom import av en fil",
        Some("demonstration") => " som exempel i demonstrationen",
        _ => "",
    };
    let fields: Vec<&str> =
        detail["fields"].as_array().into_iter().flatten().filter_map(|f| Field::from_code(f.as_str()?)).map(Field::label).collect();
    let what = match event.action.as_str() {
        "collection.registered" => "Registrerades",
        "collection.changed" => "Ändrades",
        "collection.revised" => "En ändring planerades",
        "collection.confirmed" => "Bekräftades oförändrad",
        "collection.decided" => "Beslutades",
        "collection.ended" => "Avslutades",
        "collection.discarded" => "Den planerade ändringen togs bort",
        "collection.withdrawn" => "Återkallades",
        "collection.diary_number" => "Ett diarienummer angavs",
        _ => "Uppdaterades",
    };
    let told = matches!(event.action.as_str(), "collection.changed" | "collection.revised") && !fields.is_empty();
    let changed = if told { format!(": {}", fields.join(", ")) } else { String::new() };
    let changes = detail["changes"].as_array().into_iter().flatten();
    EventRow {
        iso: day.to_string(),
        written: text::written_date(day),
        text: format!("{what}{how}{changed}."),
        who: names.get(&event.actor).cloned(),
        person: None,
        reason: detail["reason"].as_str().map(str::to_owned),
        // a field that this program does not know is left out
        changes: changes.filter_map(|one| serde_json::from_value::<FieldChange>(one.clone()).ok()).map(|one| (&one).into()).collect(),
    }
}

/// A step that was taken while the collection was not open, as everyone may read it afterwards: neither what it changed nor why.
fn hidden_row(event: &Event, names: &HashMap<String, String>) -> EventRow {
    let detail = serde_json::json!({ "source": event.detail["source"] });
    event_row(&Event { detail, ..event.clone() }, names)
}

/// The history as everyone may read it, newest first: of what a collection said before it was open, nothing is told but that it changed.
#[must_use]
pub fn open_rows(whole: &Whole) -> Vec<EventRow> {
    let visibility = |event: &Event| event.detail["fields"].as_array().into_iter().flatten().any(|field| field == Field::Visibility.code());
    let opened = whole.events.iter().position(visibility).unwrap_or(usize::MAX);
    let is_before = |event: &Event| whole.collection.open_from.is_none_or(|from| clock::swedish_day(event.at) < from);
    // a change that is not decided says what nobody has been asked yet
    let waits = |event: &Event| {
        let version = event.detail["version"].as_i64().unwrap_or_default();
        event.action == "collection.revised" && version > whole.collection.version && !whole.shows_planned()
    };
    let row = |(at, event): (usize, &Event)| {
        let mut row = if event.detail[HIDDEN] == true { hidden_row(event, &whole.actors) } else { event_row(event, &whole.actors) };
        if at >= opened || is_before(event) || waits(event) {
            row.changes.clear();
            row.reason = None;
        }
        row
    };
    whole.events.iter().enumerate().map(row).collect()
}

/// The history as the parties read it, newest first.
#[must_use]
pub fn rows(whole: &Whole) -> Vec<EventRow> {
    whole.events.iter().map(|event| event_row(event, &whole.actors)).collect()
}

/// `GET /insamlingar/{nr}/historik`
///
/// # Errors
/// There is no such collection, or the visitor may not know of it.
pub async fn show(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Path(number): Path<String>) -> PageResult {
    let mut tx = state.db.read().await?;
    let Subject { number, known } = subject(&mut tx, &visitor, &number, today).await?;
    let whole = whole::by_number(&mut tx, &state.kept, number).await?.ok_or(Error::NotFound)?;
    let is_party = visitor.0.as_ref().is_some_and(|user| may(&user.actor, Action::Edit(known.parties(today))));
    let mut rows = if is_party { rows(&whole) } else { open_rows(&whole) };
    let mut people: HashMap<Uuid, Option<String>> = HashMap::new();
    for (event, row) in whole.events.iter().zip(&mut rows) {
        if let Some((id, user)) = event.person.zip(visitor.0.as_ref()) {
            let person = match people.get(&id) {
                Some(known) => known.clone(),
                None => {
                    let own = people::get(&mut tx, id).await?.filter(|person| may(&user.actor, Action::WorkFor(&person.organisation)));
                    own.map(|person| person.name.or(person.email).unwrap_or_else(|| person.role.label().to_owned()))
                }
            };
            people.insert(id, person.clone());
            row.person = person;
        }
    }
    let title = whole.collection.content.title.clone();
    page(&HistoryPage { layout: Layout::new(&state, visitor, "/insamlingar"), number: number.to_string(), title, rows })
}

/// The history of a collection.
#[derive(Debug, Template)]
#[template(path = "life/history.html")]
pub struct HistoryPage {
    /// The frame.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What happened, newest first.
    pub rows: Vec<EventRow>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn history_says_what_changed_into_what() {
        let event = Event {
            id: Uuid::nil(),
            at: "2026-11-21T23:30:00Z".parse().expect("a moment"),
            actor: "202100-0837".into(),
            person: None,
            action: "collection.changed".into(),
            subject_kind: "collection".into(),
            subject: String::new(),
            detail: json!({ "source": "import", "fields": ["title", "purpose", "no_such_field"], "changes": [
                { "field": "title", "old": "Enkät", "new": "Enkät om <b>" }, { "field": "no_such_field", "old": "", "new": "" },
                { "field": "item_label", "old": "A\nB", "new": "" }] }),
        };
        let names = HashMap::from([("202100-0837".to_owned(), "SCB".to_owned())]);
        let row = event_row(&event, &names);
        assert_eq!((row.iso.as_str(), row.text.as_str()), ("2026-11-22", "Ändrades genom import av en fil: titel, syfte."));
        let html = HistoryPage {
            layout: Layout { demonstration: false, section: "", user: None },
            number: "2026-0042".into(),
            title: "Enkät".into(),
            rows: vec![row],
        }
        .render()
        .expect("a page");
        for text in ["Enkät om &#60;b&#62;", "SCB", "<p>B</p>", "Inget", "Uppgifter"] {
            assert!(html.contains(text), "{text}\n{html}");
        }
        assert!(!html.contains("no_such_field"));
    }
}
