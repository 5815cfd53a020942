//! The form in which a body asks reference municipalities: up to ten by name, each with an address, an answer day and a few words.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::actions::consultations::reference::{Place, place_named};
use crate::domain::consultation::reference::{MOST_ASKED, ReferenceAsking, day_fault, words_fault};
use crate::domain::{person, working_days};
use crate::text;
use crate::web::editor::rows::Cell;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::Fields;

/// How many rows are shown before the others are unfolded.
pub const SHOWN: usize = 5;
/// How many working days the form proposes for an answer.
const WORKING_DAYS: usize = 10;

/// The form.
#[derive(Debug)]
pub struct ReferencesForm {
    /// Name and address, row by row.
    pub rows: Vec<[Cell; 2]>,
    /// The answer day.
    pub last_day: Question,
    /// A few words.
    pub words: Question,
    /// The names to choose among.
    pub names: Vec<String>,
    /// Whether more rows than the first ones are filled.
    pub unfolded: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
}

/// What is known before anything is typed.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Those who can be asked.
    pub places: &'a [Place],
    /// The address at which each was asked last, by code.
    pub addresses: &'a BTreeMap<String, String>,
    /// The day in Sweden.
    pub today: NaiveDate,
}

/// What is wrong, by the name of the field, and the addresses that are proposed in place of none.
#[derive(Debug, Default)]
pub struct Faults {
    wrong: Vec<(String, String)>,
    proposed: BTreeMap<usize, String>,
    top: Option<String>,
}

impl Faults {
    /// What is wrong with all of it.
    #[must_use]
    pub fn refused(why: String) -> Self {
        Self { top: Some(why), ..Self::default() }
    }
}

fn name_field(row: usize) -> String {
    format!("kommun-{row}")
}

fn address_field(row: usize) -> String {
    format!("adress-{row}")
}

/// Reads what was typed.
///
/// # Errors
/// Everything that is wrong. An address that is left out is proposed from the last time, and is to be looked at before it is used.
pub fn parse(fields: &Fields, known: Known<'_>) -> Result<ReferenceAsking, Faults> {
    let mut faults = Faults::default();
    let mut asked: Vec<(String, String)> = Vec::new();
    for row in 1..=MOST_ASKED {
        let (name, address) = (fields.get(&name_field(row)), fields.get(&address_field(row)));
        if name.is_empty() && address.is_empty() {
            continue;
        }
        let place = place_named(known.places, name);
        match place {
            None => faults.wrong.push((name_field(row), name_fault(name))),
            Some(place) if asked.iter().any(|(code, _)| *code == place.code) => {
                faults.wrong.push((name_field(row), format!("{} står redan i en annan rad.", place.name)));
            }
            Some(_) => {}
        }
        let last = place.and_then(|place| known.addresses.get(&place.code)).filter(|_| address.is_empty());
        if let Some(last) = last {
            faults.proposed.insert(row, last.clone());
            let why = "Adressen är den som användes senast. Kontrollera den och skicka igen.";
            faults.wrong.push((address_field(row), why.to_owned()));
            continue;
        }
        match person::email(address) {
            Ok(email) => asked.extend(place.map(|place| (place.code.clone(), email))),
            Err(why) => faults.wrong.push((address_field(row), why)),
        }
    }
    if asked.is_empty() && faults.wrong.is_empty() {
        faults.wrong.push((name_field(1), "Skriv minst en kommun eller region.".to_owned()));
    }
    let last_day = fields.get("svar_senast").parse::<NaiveDate>().ok();
    match last_day {
        None => faults.wrong.push(("svar_senast".to_owned(), "Skriv dagen så här: 2026-12-04.".to_owned())),
        Some(day) => faults.wrong.extend(day_fault(day, known.today).map(|why| ("svar_senast".to_owned(), why))),
    }
    let words = fields.get("ord");
    faults.wrong.extend(words_fault(words).map(|why| ("ord".to_owned(), why)));
    match last_day {
        Some(last_day) if faults.wrong.is_empty() => {
            Ok(ReferenceAsking { asked, words: Some(words.to_owned()).filter(|words| !words.is_empty()), last_day })
        }
        _ => Err(faults),
    }
}

fn name_fault(name: &str) -> String {
    if name.is_empty() {
        return "Skriv vilken kommun eller region adressen gäller.".to_owned();
    }
    format!("”{}” är ingen kommun eller region. Välj i listan som visas när du skriver.", text::shorten(name, 60))
}

impl ReferencesForm {
    /// The form with what was typed in it, if anything was.
    #[must_use]
    pub fn new(fields: Option<&Fields>, faults: &Faults, known: Known<'_>) -> Self {
        let typed = |name: &str| fields.map_or("", |fields| fields.get(name)).to_owned();
        let fault = |name: &str| faults.wrong.iter().find(|(at, _)| at == name).map(|(_, why)| why.clone());
        let cell = |name: String, heading: &str, value: String| Cell {
            heading: heading.to_owned(),
            id: format!("f-{name}"),
            question: Question::new(name.clone(), heading).typed(value).wrong(fault(&name)),
            long: false,
        };
        let row = |row: usize| {
            let address = faults.proposed.get(&row).cloned().unwrap_or_else(|| typed(&address_field(row)));
            [cell(name_field(row), "Kommun eller region", typed(&name_field(row))), cell(address_field(row), "E-postadress", address)]
        };
        let rows: Vec<[Cell; 2]> = (1..=MOST_ASKED).map(row).collect();
        let day = fields.map_or_else(|| working_days::after(known.today, WORKING_DAYS).to_string(), |_| typed("svar_senast"));
        let last_day = Question::new("svar_senast", "Svar senast").kind("date").short().typed(day).wrong(fault("svar_senast"));
        let words = Question::new("ord", "Vad vill ni veta?")
            .hint("Sidan frågar alltid om timmar, vilka uppgifter som kan lämnas och var de finns. Skriv det som är särskilt med utkastet.")
            .lines(4)
            .typed(typed("ord"))
            .wrong(fault("ord"));
        let line = |(at, cell): (usize, &Cell)| {
            let why = cell.question.error.as_ref()?;
            Some(ErrorLine { href: format!("#{}", cell.id), text: format!("{}, rad {}: {why}", cell.heading, at + 1) })
        };
        let top = faults.top.iter().map(|text| ErrorLine { href: "#f-kommun-1".to_owned(), text: text.clone() });
        let in_rows = rows.iter().enumerate().flat_map(|(at, row)| row.iter().map(move |cell| (at, cell))).filter_map(line);
        let errors = top.chain(in_rows).chain([&last_day, &words].into_iter().filter_map(Question::error_line)).collect();
        let is_filled = |cell: &Cell| !cell.question.value.is_empty() || cell.question.error.is_some();
        Self {
            unfolded: rows.iter().skip(SHOWN).flatten().any(is_filled),
            rows,
            last_day,
            words,
            names: known.places.iter().map(|place| place.name.clone()).collect(),
            errors,
        }
    }
}
