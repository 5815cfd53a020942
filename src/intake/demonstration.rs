//! Reading the examples that the demonstration register is built from.

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Deserialize;

use crate::domain::content::{Content, Item};
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::{Round, When};
use crate::domain::schedule::{Schedule, YearlyDay};
use crate::domain::terms::{Answer, Channel, ItemSource, Kind, Periodicity, RespondentKind, Status, Visibility};
use crate::intake::{self, Directory, Source};

const BASE: &str = include_str!("../../static/demo/base.jsonl");
const ALIASES: &str = include_str!("../../static/demo/agency_aliases.csv");
const CLASSIFICATION: &str = include_str!("../../static/demo/classification.csv");
const REAL: &str = include_str!("../../static/demo/real.jsonl");

/// The years that have rounds.
const YEARS: (i32, i32) = (2024, 2027);

/// What every written example says of itself.
const EXAMPLE_REMARK: &str = "Exemplet är skrivet för demonstration. Syfte, uppgifter, omgångar och kontakt kan avvika från verkligheten, och bestämmelserna är inte kontrollerade och visas därför inte.";

#[derive(Deserialize)]
struct Example {
    id: String,
    agency: String,
    title: String,
    purpose: String,
    area: String,
    items: Vec<ExampleItem>,
}

#[derive(Deserialize)]
struct ExampleItem {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Alias {
    spelling: String,
    codes: String,
}

#[derive(Deserialize)]
struct Classification {
    id: String,
    kind: String,
    periodicity: String,
    periodicity_text: String,
    channel: String,
    channel_text: String,
    respondents: String,
    selection: String,
    deadlines: String,
}

/// The collections of the demonstration register in a fixed order: the real ones first, then the written examples that they do not
/// replace. The same at every call but for what `directory` knows.
///
/// # Errors
/// In English, naming the record: the files are the program's own.
pub fn collections(directory: &Directory, today: NaiveDate) -> Result<Vec<NewCollection>, String> {
    let examples: Vec<Example> =
        BASE.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("base.jsonl: {error}"))).collect::<Result<_, _>>()?;
    let aliases: HashMap<String, Vec<String>> = rows::<Alias>("agency_aliases.csv", ALIASES)?
        .into_iter()
        .map(|alias| (alias.spelling, alias.codes.split(';').map(str::to_owned).collect()))
        .collect();
    let classes: HashMap<String, Classification> =
        rows::<Classification>("classification.csv", CLASSIFICATION)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut collections = Vec::new();
    let mut replaced = Vec::new();
    for line in REAL.lines() {
        let (collection, replaces) = real(line, &examples, directory, today)?;
        collections.push(collection);
        replaced.extend(replaces);
    }
    for example in examples.iter().filter(|example| !replaced.contains(&example.id)) {
        let codes = aliases.get(&example.agency).ok_or_else(|| format!("no alias for {}", example.agency))?;
        let class = classes.get(&example.id).ok_or_else(|| format!("no class for {}", example.id))?;
        collections.push(written(example, codes, class, directory)?);
    }
    Ok(collections)
}

fn rows<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<Vec<T>, String> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().map_err(|error| format!("{file}: {error}"))
}

/// A collection that exists, with what a written example lends it.
fn real(line: &str, examples: &[Example], directory: &Directory, today: NaiveDate) -> Result<(NewCollection, Option<String>), String> {
    let mut record: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(line).map_err(|error| format!("real.jsonl: {error}"))?;
    let replaces = record.remove("ersätter").and_then(|id| id.as_str().map(str::to_owned));
    let deadlines: Vec<String> = record
        .remove("deadlines")
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| format!("real.jsonl: {error}"))?
        .unwrap_or_default();
    let text = serde_json::Value::Object(record).to_string();
    let source = Source { name: "real.jsonl", bytes: text.as_bytes() };
    let read = intake::read_collections(source, "", today, directory).map_err(|errors| format!("real.jsonl: {errors:?}"))?;
    let mut parts = read.into_iter().next().ok_or("real.jsonl: an empty record")?.collection.parts().clone();
    let reference = parts.own_reference.clone().unwrap_or_default();
    let lender = replaces.as_deref().and_then(|id| examples.iter().find(|example| example.id == id));
    if let Some(example) = lender {
        parts.content.purpose.clone_from(&example.purpose);
        parts.content.area = Some(directory.area(&example.area)?);
        parts.content.items = items(example);
    } else {
        let items = parts.content.items.iter_mut();
        items
            .filter(|item| item.source == ItemSource::Unknown)
            .for_each(|item| item.source = item_source(&format!("{reference}{}", item.label)));
    }
    parts.rounds = generated_rounds(&reference, parts.content.periodicity, &deadlines);
    for round in &mut parts.rounds {
        (round.measured_from, round.measured_to) = (None, None); // the source does not say, and a guess would look like a fact
    }
    checked(parts).map(|collection| (collection, replaces))
}

/// A written example.
fn written(example: &Example, codes: &[String], class: &Classification, directory: &Directory) -> Result<NewCollection, String> {
    let term = |what: &str| format!("{}: unknown {what}", example.id);
    let mut content = Content::titled(Kind::from_code(&class.kind).ok_or_else(|| term("kind"))?, &example.title);
    content.purpose.clone_from(&example.purpose);
    content.area = Some(directory.area(&example.area)?);
    content.periodicity = Periodicity::from_code(&class.periodicity).ok_or_else(|| term("periodicity"))?;
    content.periodicity_words = Some(class.periodicity_text.clone());
    content.channel = Channel::from_code(&class.channel).ok_or_else(|| term("channel"))?;
    content.channel_words = Some(class.channel_text.clone());
    for kind in class.respondents.split(';') {
        let kind = RespondentKind::from_code(kind).ok_or_else(|| term("respondent"))?;
        // a sample is drawn among municipalities; others are asked whole
        let size = class.selection.strip_prefix("sample:").filter(|_| kind == RespondentKind::Municipality);
        let selection = match size {
            Some(size) => Selection::Sample(size.parse().map_err(|_| term("sample"))?),
            None => Selection::All,
        };
        content.respondents.push(RespondentGroup { kind, selection });
    }
    content.contact_function = Some("Uppgiftsinsamling".to_owned());
    content.contact_email = Some("uppgiftsinsamling@myndighet.example".to_owned());
    content.remark = Some(EXAMPLE_REMARK.to_owned());
    content.items = items(example);
    let deadlines: Vec<String> = class.deadlines.split(';').filter(|day| !day.is_empty()).map(str::to_owned).collect();
    let rounds = generated_rounds(&example.id, content.periodicity, &deadlines);
    checked(CollectionParts {
        own_reference: Some(example.id.clone()),
        responsible: codes.to_vec(),
        diary_number: None,
        collector: None,
        status: Status::Planned,
        visibility: Visibility::Now,
        content,
        rounds,
    })
}

fn checked(parts: CollectionParts) -> Result<NewCollection, String> {
    let reference = parts.own_reference.clone().unwrap_or_default();
    NewCollection::new(parts).map_err(|faults| format!("{reference}: {faults:?}"))
}

fn items(example: &Example) -> Vec<Item> {
    let item = |item: &ExampleItem| Item {
        label: item.text.clone(),
        definition: None,
        unit: None,
        source: item_source(&item.id),
        personal_data: Answer::Unstated,
    };
    example.items.iter().map(item).collect()
}

/// A number below `of` that depends on `key` alone (FNV-1a), so that every demonstration is the same.
fn spread(key: &str, of: u64) -> u64 {
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) % of
}

/// Sources spread so that hours can be estimated: 45 % in systems, 40 % by hand, 7 % missing, 8 % not known.
fn item_source(key: &str) -> ItemSource {
    match spread(key, 100) {
        0..45 => ItemSource::System,
        45..85 => ItemSource::Manual,
        85..92 => ItemSource::Missing,
        _ => ItemSource::Unknown,
    }
}

/// Rounds of the years 2024–2027: at the deadlines that are known, else spread over the year.
fn generated_rounds(key: &str, periodicity: Periodicity, known: &[String]) -> Vec<Round> {
    let times = match periodicity {
        Periodicity::Monthly => 12,
        Periodicity::Quarterly => 4,
        Periodicity::ThreeTimesAYear => 3,
        Periodicity::TwiceAYear => 2,
        // nothing is known of when these are carried out
        Periodicity::Continuous | Periodicity::OnEvent | Periodicity::Unstated => return Vec::new(),
        _ => 1,
    };
    let mut deadlines: Vec<YearlyDay> = known.iter().filter_map(|day| YearlyDay::parse(day)).collect();
    if deadlines.is_empty() {
        let step = 12 / times;
        let first = u32::try_from(spread(key, u64::from(step))).unwrap_or(0);
        let day = 1 + u32::try_from(spread(&format!("{key} day"), 28)).unwrap_or(0);
        deadlines = (0..times).map(|at| YearlyDay::Date(first + at * step + 1, day)).collect();
    }
    let is_guess = known.is_empty();
    let rarely = times == 1;
    let schedule = Schedule {
        periodicity,
        deadlines,
        days_to_answer: if rarely { 28 + 7 * spread(&format!("{key} answer"), 4) } else { 21 },
        days_to_publication: if rarely { 90 + 30 * spread(&format!("{key} publication"), 7) } else { 60 },
        phase: i32::try_from(spread(&format!("{key} phase"), 60)).unwrap_or(0),
    };
    let mut rounds = schedule.rounds(YEARS.0, YEARS.1);
    if is_guess {
        rounds.iter_mut().for_each(to_working_day);
    }
    rounds
}

/// Moves a made-up deadline from a weekend to the Monday after.
fn to_working_day(round: &mut Round) {
    if let Some(When::Day(day)) = round.deadline {
        let days = match day.weekday() {
            Weekday::Sat => 2,
            Weekday::Sun => 1,
            _ => 0,
        };
        round.deadline = Some(When::Day(day + Days::new(days)));
    }
}
