//! One collection's cells, from wherever in the file they stand, before anything is made of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::errors::Errors;
use super::headings::{self, Part};
use super::jsonl::{Json, Objects, Pairs};
use super::line::one_line;
use super::sheet::Cell;
use crate::domain::field::Field;
use crate::domain::new_collection::{MOST_ITEMS, MOST_ROUNDS};
use crate::text;

/// The most collections in a file.
pub const MOST_COLLECTIONS: usize = 2_000;

/// What is said of a file with more collections than that.
#[must_use]
pub fn too_many_collections() -> String {
    format!("Filen har fler än {MOST_COLLECTIONS} insamlingar. Dela upp den i flera filer.")
}

/// A filled cell under a known heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub field: Field,
    /// The heading as it stands in the file.
    pub column: Rc<str>,
    /// The cell.
    pub cell: Cell,
}

/// The cells of one collection, item or round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// The row as errors name it.
    pub row: String,
    /// What stands before the heading of a cell that is not there: `uppgifter 2: ` in jsonl, else nothing.
    pub place: String,
    /// The headings of its sheet, also of cells that are empty.
    pub headings: Rc<Names>,
    /// The cells, one for each field at most.
    pub values: Vec<Value>,
}

/// The headings of a sheet as they stand in the file.
pub type Names = BTreeMap<Field, Rc<str>>;

impl Record {
    /// The cell of a field, if it is filled.
    #[must_use]
    pub fn value(&self, field: Field) -> Option<&Value> {
        self.values.iter().find(|value| value.field == field)
    }

    /// The heading of a field as errors name it.
    #[must_use]
    pub fn column(&self, field: Field) -> String {
        let typed = self.value(field).map(|value| &value.column).or_else(|| self.headings.get(&field));
        typed.map_or_else(|| format!("{}{}", self.place, field.label()), |heading| heading.to_string())
    }
}

/// A collection with its items and rounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its own reference.
    pub reference: String,
    /// The collection's own cells.
    pub head: Record,
    /// Its items in order.
    pub items: Vec<Record>,
    /// Its rounds in order.
    pub rounds: Vec<Record>,
    /// The fields that the file says something of, if only that they are empty.
    pub given: BTreeSet<Field>,
}

/// The entries of a file by own reference, in order.
#[derive(Debug, Default)]
pub struct Entries {
    list: Vec<Entry>,
    by_reference: HashMap<String, usize>,
    /// What rows have said of items and rounds, by entry.
    said: HashSet<(usize, Part, String)>,
    /// The entries of which it is told that they have too many items or rounds.
    full: HashSet<(usize, Part)>,
}

impl Entries {
    /// Every entry in the order of the file.
    #[must_use]
    pub fn into_list(self) -> Vec<Entry> {
        self.list
    }

    /// Whether the file holds more collections than any file may.
    #[must_use]
    pub fn too_many(&self) -> bool {
        self.list.len() > MOST_COLLECTIONS
    }

    /// Adds a row of the table of collections: a new collection, or more items and rounds of one that was there before.
    pub fn add_row(&mut self, record: Record, errors: &mut Errors) {
        let Some(reference) = own_reference(&record, errors) else { return };
        let Record { row, headings, values, .. } = record;
        let (items, rest): (Vec<Value>, Vec<Value>) = values.into_iter().partition(|value| value.field.is_item());
        let (rounds, head): (Vec<Value>, Vec<Value>) = rest.into_iter().partition(|value| value.field.is_round());
        let part = |values: Vec<Value>| {
            (!values.is_empty()).then(|| Record { row: row.clone(), headings: headings.clone(), values, ..Record::default() })
        };
        let (items, rounds, head) =
            (part(items), part(rounds), Record { row: row.clone(), headings: headings.clone(), values: head, ..Record::default() });
        let at = self.by_reference.get(&reference).copied().unwrap_or(self.list.len());
        if let Some(entry) = self.list.get(at) {
            if let Some((column, message)) = contradiction(entry, &head, items.is_none() && rounds.is_none()) {
                errors.add(row, column, message);
                return;
            }
        } else {
            self.by_reference.insert(reference.clone(), at);
            self.list.push(Entry { reference, head, items: Vec::new(), rounds: Vec::new(), given: BTreeSet::new() });
        }
        for (part, record) in [(Part::Items, items), (Part::Rounds, rounds)] {
            // a row that repeats an item beside another round says nothing new of the item, and the other way round
            if let Some(record) = record
                && !self.full.contains(&(at, part))
                && self.said.insert((at, part, spelt_out(&record)))
            {
                self.append(at, part, record, errors);
            }
        }
    }

    /// Adds an item or round to an entry; where there is no room for more, that is told once.
    fn append(&mut self, at: usize, part: Part, record: Record, errors: &mut Errors) {
        let Some(entry) = self.list.get_mut(at) else { return };
        let (list, field, most, what) = match part {
            Part::Items => (&mut entry.items, Field::ItemLabel, MOST_ITEMS, "uppgifter"),
            _ => (&mut entry.rounds, Field::RoundLabel, MOST_ROUNDS, "omgångar"),
        };
        if list.len() < most {
            list.push(record);
        } else if self.full.insert((at, part)) {
            let reference = text::shorten(&entry.reference, 60);
            let message = format!("Insamlingen ”{reference}” har fler {what} än de {most} som en insamling kan ha. Resten är inte läst.");
            errors.add(record.row.clone(), record.column(field), message);
        }
    }

    /// Tells every entry which fields the headings of the file's sheets name.
    pub fn give(&mut self, fields: impl IntoIterator<Item = Field>) {
        let given = with_leads(fields);
        self.list.iter_mut().for_each(|entry| entry.given.clone_from(&given));
    }

    /// Adds a row of the sheet of items or rounds.
    pub fn add_part(&mut self, part: Part, mut record: Record, errors: &mut Errors) {
        let Some(reference) = own_reference(&record, errors) else { return };
        let Some(at) = self.by_reference.get(&reference).copied() else {
            let column = record.column(Field::OwnReference);
            let message = format!("Ingen insamling i filen har den egna referensen ”{}”.", text::shorten(&reference, 60));
            return errors.add(record.row, column, message);
        };
        record.values.retain(|value| value.field != Field::OwnReference);
        self.append(at, part, record, errors);
    }
}

/// The fields, and with any field of a group the one that stands for the whole group.
fn with_leads(fields: impl IntoIterator<Item = Field>) -> BTreeSet<Field> {
    let lead = |field: Field| match field {
        Field::Selection | Field::RespondentCodes => Field::Respondents,
        _ if field.is_item() => Field::ItemLabel,
        _ if field.is_round() => Field::RoundLabel,
        _ => field,
    };
    fields.into_iter().flat_map(|field| [field, lead(field)]).collect()
}

/// The own reference of a row; a whole number stands without decimals.
fn own_reference(record: &Record, errors: &mut Errors) -> Option<String> {
    let wrong = match record.value(Field::OwnReference).map(|value| &value.cell) {
        Some(Cell::Fault(fault)) => format!("Cellen innehåller {fault}. Skriv referensen som text."),
        Some(Cell::List(_)) => "Den egna referensen ska vara en text, inte en lista.".to_owned(),
        // spreadsheets keep fifteen digits; the rest of a longer number is lost before the file is saved
        Some(Cell::Number(number)) if number.abs() >= 1e15 => {
            "Referensen är ett tal med fler siffror än vad som sparas. Skriv den som text.".to_owned()
        }
        Some(cell) => return Some(one_line(&cell.shown())),
        None => "Egen referens saknas. Varje rad ska ha den referens som insamlingen har hos myndigheten.".to_owned(),
    };
    errors.add(record.row.clone(), record.column(Field::OwnReference), wrong);
    None
}

/// Why a row cannot be more of the same collection: another value in a cell, or nothing new.
fn contradiction(entry: &Entry, head: &Record, adds_nothing: bool) -> Option<(String, String)> {
    let first = &entry.head.row;
    let reference = text::shorten(&entry.reference, 60);
    let differs = |value: &&Value| entry.head.value(value.field).is_none_or(|known| !known.cell.is_shown_as(&value.cell));
    if let Some(value) = head.values.iter().find(differs) {
        let message = format!(
            "Raden har samma egna referens (”{reference}”) som rad {first} men ett annat värde här. Två insamlingar kan inte ha samma \
             referens. Hör raden till samma insamling: upprepa värdet eller lämna cellen tom."
        );
        return Some((value.column.to_string(), message));
    }
    adds_nothing.then(|| {
        let message = format!("Den egna referensen ”{reference}” finns redan på rad {first}. Varje insamling ska ha en egen referens.");
        (head.column(Field::OwnReference), message)
    })
}

/// All that a record says, the same text only for the same cells.
fn spelt_out(record: &Record) -> String {
    let cells: Vec<(Field, &Cell)> = record.values.iter().map(|value| (value.field, &value.cell)).collect();
    format!("{cells:?}")
}

/// Takes the entries out of JSON objects; all that is wrong with keys and shapes goes to `errors`.
pub fn from_objects(objects: Objects, errors: &mut Errors) -> Entries {
    let mut entries = Entries::default();
    for (line, pairs) in objects {
        let row = line.to_string();
        let mut parts = Vec::new();
        let mut cells = Vec::new();
        let mut given = Vec::new();
        for (key, json) in pairs {
            given.extend(lead_of_key(&key));
            match (part_of_key(&key), json) {
                (Some(part), Json::List(list)) => parts.push((part, key, list)),
                (Some(_), Json::Cell(None)) => {}
                (Some(_), _) => errors.add(row.clone(), key, "Värdet ska vara en lista av objekt."),
                (None, json) => cells.push((key, json)),
            }
        }
        let head = Record { values: values(&row, "", cells, Part::Collections, errors), row: row.clone(), ..Record::default() };
        let Some(reference) = own_reference(&head, errors) else { continue };
        let (mut items, mut rounds) = (Vec::new(), Vec::new());
        for (part, key, list) in parts {
            let records = if part == Part::Items { &mut items } else { &mut rounds };
            for (at, json) in (records.len() + 1..).zip(list) {
                let place = format!("{key} {at}: ");
                match json {
                    Json::Object(pairs) => {
                        given.extend(pairs.iter().filter_map(|(key, _)| headings::field_of(key, part)));
                        records.push(Record {
                            values: values(&row, &place, pairs, part, errors),
                            row: row.clone(),
                            place,
                            ..Record::default()
                        });
                    }
                    _ => errors.add(row.clone(), place.trim_end_matches(": "), "Varje del av listan ska vara ett objekt."),
                }
            }
        }
        if let Some(at) = entries.by_reference.get(&reference) {
            let first = entries.list.get(*at).map(|entry| entry.head.row.clone()).unwrap_or_default();
            let message = format!(
                "Den egna referensen ”{}” finns redan på rad {first}. Varje insamling ska ha en egen referens.",
                text::shorten(&reference, 60)
            );
            errors.add(row, head.column(Field::OwnReference), message);
            continue;
        }
        entries.by_reference.insert(reference.clone(), entries.list.len());
        entries.list.push(Entry { reference, head, items, rounds, given: with_leads(given) });
    }
    entries
}

/// The key under which the items or rounds of an object stand.
fn part_of_key(key: &str) -> Option<Part> {
    match text::fold(key).as_str() {
        "uppgifter" | "items" => Some(Part::Items),
        "omgångar" | "rounds" => Some(Part::Rounds),
        _ => None,
    }
}

/// What a key of a collection's object says something of.
fn lead_of_key(key: &str) -> Option<Field> {
    match part_of_key(key) {
        Some(Part::Items) => Some(Field::ItemLabel),
        Some(Part::Rounds) => Some(Field::RoundLabel),
        _ => headings::field_of(key, Part::Collections),
    }
}

/// The cells of one object.
fn values(row: &str, place: &str, pairs: Pairs, part: Part, errors: &mut Errors) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for (key, json) in pairs {
        let column: Rc<str> = format!("{place}{}", text::shorten(&key, 80)).into();
        let Some(field) = headings::field_of(&key, part) else {
            errors.add(row, &*column, headings::unknown_message(&key, part));
            continue;
        };
        let belongs = if part == Part::Collections { !field.is_item() && !field.is_round() } else { headings::belongs(field, part) };
        if !belongs {
            errors.add(row, &*column, "Nyckeln hör inte hemma här. Uppgifter och omgångar skrivs i listorna ”uppgifter” och ”omgångar”.");
        } else if values.iter().any(|value| value.field == field) {
            errors.add(row, &*column, format!("Nyckeln ”{}” finns två gånger.", field.label()));
        } else {
            match cell(json) {
                Ok(Some(cell)) => values.push(Value { field, column, cell }),
                Ok(None) => {}
                Err(message) => errors.add(row, &*column, message),
            }
        }
    }
    values
}

/// A JSON value as a cell: a single value, or a list of them.
fn cell(json: Json) -> Result<Option<Cell>, String> {
    let wrong = || "Värdet ska vara en text, ett tal, sant eller falskt, eller en lista av texter.".to_owned();
    match json {
        Json::Cell(cell) => Ok(cell),
        Json::Object(_) => Err(wrong()),
        Json::List(list) => {
            let mut texts = Vec::new();
            for json in list {
                match json {
                    Json::Cell(Some(cell)) => texts.push(cell.shown()),
                    Json::Cell(None) => {}
                    _ => return Err(wrong()),
                }
            }
            Ok((!texts.is_empty()).then_some(Cell::List(texts)))
        }
    }
}
