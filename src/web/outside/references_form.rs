//! The form in which a body asks reference municipalities: up to ten by name, each with an address, an answer day and a few words.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::actions::consultations::places::{Place, place_named};
use crate::actions::consultations::reference::Asked;
use crate::domain::consultation::forwarding::check_agreed;
use crate::domain::consultation::reference::{MOST_ASKED, ReferenceAsking, day_fault, proposed_day, words_fault};
use crate::domain::person;
use crate::domain::wording::enumerated;
use crate::text;
use crate::web::editor::rows::Cell;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::Fields;

/// How many rows are shown before the others are unfolded.
pub const SHOWN: usize = 5;

/// The form.
#[derive(Debug)]
pub struct ReferencesForm {
    /// Name and address, row by row.
    pub rows: Vec<[Cell; 2]>,
    /// The answer day.
    pub last_day: Question,
    /// A few words.
    pub words: Question,
    /// That the agency is asked, where the collection is not open.
    pub agreed: Option<Question>,
    /// The names to choose among.
    pub names: Vec<String>,
    /// Whether more rows than the first ones are filled.
    pub unfolded: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// Whose addresses are filled in from the last time, to be looked at.
    pub proposed: Option<String>,
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
    /// When the agency wants the body's own answer.
    pub wanted_on: NaiveDate,
    /// Whether the collection is not open.
    pub hidden: bool,
}

/// What is wrong, by the name of the field, and the addresses that are proposed in place of none, with whose they are: those are to be looked
/// at, and are no fault.
#[derive(Debug, Default)]
pub struct Faults {
    wrong: Vec<(String, String)>,
    proposed: BTreeMap<usize, (String, String)>,
    top: Option<String>,
}

impl Faults {
    /// What is wrong with all of it.
    #[must_use]
    pub fn refused(why: String) -> Self {
        Self { top: Some(why), ..Self::default() }
    }

    /// Whether something is wrong.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.wrong.is_empty() || self.top.is_some()
    }

    /// Somebody in a row of the form is asked already.
    #[must_use]
    pub fn asked(fields: &Fields, places: &[Place], asked: Asked) -> Self {
        let is_meant = |row: &usize| place_named(places, fields.get(&name_field(*row))).is_some_and(|place| place.code == asked.code);
        let row = (1..=MOST_ASKED).find(is_meant).unwrap_or(1);
        Self { wrong: vec![(name_field(row), asked.why)], ..Self::default() }
    }
}

/// The field in which a body says that it has asked the agency.
pub const AGREED: &str = "avstamt";

/// The question whether the agency is asked before a draft that is not open is sent to somebody.
#[must_use]
pub fn agreed(fields: Option<&Fields>, wrong: Option<String>) -> Question {
    let chosen = if fields.is_some_and(|fields| fields.has(AGREED)) { "ja" } else { "" };
    Question::new(AGREED, "Insamlingen visas inte öppet")
        .hint("Den som får länken får läsa om den ändå. Titeln står inte i mejlet. Myndigheten ser i ärendet att ni har frågat.")
        .choices([("ja", "Vi har stämt av med myndigheten att utkastet skickas")], &[chosen])
        .wrong(wrong)
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
            faults.proposed.insert(row, (place.map(|place| place.name.clone()).unwrap_or_default(), last.clone()));
            continue;
        }
        match person::email(address) {
            Ok(email) => asked.extend(place.map(|place| (place.code.clone(), email))),
            Err(why) => faults.wrong.push((address_field(row), why)),
        }
    }
    if asked.is_empty() && faults.wrong.is_empty() && faults.proposed.is_empty() {
        faults.wrong.push((name_field(1), "Skriv minst en kommun eller region.".to_owned()));
    }
    let last_day = fields.get("svar_senast").parse::<NaiveDate>().ok();
    match last_day {
        None => faults.wrong.push(("svar_senast".to_owned(), "Skriv dagen så här: 2026-12-04.".to_owned())),
        Some(day) => faults.wrong.extend(day_fault(day, known.today).map(|why| ("svar_senast".to_owned(), why))),
    }
    let words = fields.get("ord");
    faults.wrong.extend(words_fault(words).map(|why| ("ord".to_owned(), why)));
    let agreed = fields.has(AGREED);
    faults.wrong.extend(check_agreed(known.hidden, agreed).err().map(|why| (AGREED.to_owned(), why)));
    match last_day {
        Some(last_day) if faults.wrong.is_empty() && faults.proposed.is_empty() => {
            Ok(ReferenceAsking { asked, words: Some(words.to_owned()).filter(|words| !words.is_empty()), last_day, agreed })
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
            let address = faults.proposed.get(&row).map(|(_, address)| address.clone()).unwrap_or_else(|| typed(&address_field(row)));
            [cell(name_field(row), "Kommun eller region", typed(&name_field(row))), cell(address_field(row), "E-postadress", address)]
        };
        let rows: Vec<[Cell; 2]> = (1..=MOST_ASKED).map(row).collect();
        let day = fields.map_or_else(|| proposed_day(known.today, known.wanted_on).to_string(), |_| typed("svar_senast"));
        let last_day = Question::new("svar_senast", "Svar senast").kind("date").short().typed(day).wrong(fault("svar_senast"));
        let words = Question::new("ord", "Vad vill ni veta?")
            .hint("Sidan frågar alltid om timmar, vilka uppgifter som kan lämnas och var de finns. Skriv det som är särskilt med utkastet.")
            .lines(4)
            .typed(typed("ord"))
            .wrong(fault("ord"));
        let agreed = known.hidden.then(|| agreed(fields, fault(AGREED)));
        let line = |(at, cell): (usize, &Cell)| {
            let why = cell.question.error.as_ref()?;
            Some(ErrorLine { href: format!("#{}", cell.id), text: format!("{}, rad {}: {why}", cell.heading, at + 1) })
        };
        let top = faults.top.iter().map(|text| ErrorLine { href: "#f-kommun-1".to_owned(), text: text.clone() });
        let in_rows = rows.iter().enumerate().flat_map(|(at, row)| row.iter().map(move |cell| (at, cell))).filter_map(line);
        let errors = top.chain(in_rows).chain([&last_day, &words].into_iter().chain(&agreed).filter_map(Question::error_line)).collect();
        let whose: Vec<String> = faults.proposed.values().map(|(name, _)| name.clone()).collect();
        let proposed = (!whose.is_empty()).then(|| enumerated(&whose));
        let is_filled = |cell: &Cell| !cell.question.value.is_empty() || cell.question.error.is_some();
        Self {
            unfolded: rows.iter().skip(SHOWN).flatten().any(is_filled),
            rows,
            last_day,
            words,
            agreed,
            names: known.places.iter().map(|place| place.name.clone()).collect(),
            errors,
            proposed,
        }
    }
}
