//! The tables of the statistics, each with its chart.

use std::collections::BTreeMap;

use crate::domain::consultation::statistics::{CaseFigures, Choice, Chosen, End, Figures, Sum, Told, Year};
use crate::domain::consultation::{CaseKind, Opinion, Outcome};
use crate::domain::terms::Obligation;
use crate::domain::wording;
use crate::publish::figures::{Cell, Sheet};
use crate::text;
use crate::web::chart::{Chart, Value, lying, standing};
use crate::web::filters::capital;

/// The most rows of a table that stands open.
const MOST_OPEN: usize = 20;
/// The columns of a table of cases.
const CASES: [&str; 5] = ["Ärenden", "Yttranden", TO_OPINION, WITH_BODY, WITH_AGENCY];
/// The median times, as columns.
const TO_OPINION: &str = "Mediantid från begäran till yttrande, dagar";
const WITH_BODY: &str = "Mediantid hos samrådsparten, dagar";
const WITH_AGENCY: &str = "Mediantid hos myndigheten, dagar";

/// Said of tables that would tell whose a case is.
const OPEN_ONLY: &str = "Bara ärenden om insamlingar som visas öppet.";

/// A table with what stands around it.
#[derive(Debug)]
pub struct Section {
    /// Its identity on the page.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it shows, where the heading does not say it.
    pub about: Option<String>,
    /// The figures.
    pub sheet: Sheet,
    /// The chart; none where there is nothing to draw.
    pub chart: Option<Chart>,
}

impl Section {
    /// Whether the table is folded until somebody asks for it.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.sheet.rows.len() > MOST_OPEN
    }
}

fn cells(sum: &Sum) -> Vec<Cell> {
    let [all, body, agency] = days(sum);
    vec![Cell::Count(Some(sum.cases)), Cell::Count(Some(sum.answered)), all, body, agency]
}

/// The median times: from the request to the opinion, with the body, with the agency.
fn days(sum: &Sum) -> [Cell; 3] {
    [sum.answer_days, sum.body_days, sum.agency_days].map(Cell::Days)
}

/// The size of a cell, where it is a number that is known.
fn size(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Count(count) => count.map(|count| count as f64),
        Cell::Days(days) => *days,
        Cell::Text(_) => None,
    }
}

/// A table with a lying bar for the first figure of each row.
fn section(id: &'static str, title: &'static str, drawn: &str, sheet: Sheet) -> Section {
    let values: Vec<Value> = sheet
        .rows
        .iter()
        .filter_map(|(label, cells)| cells.first().map(|cell| (label, cell)))
        .map(|(label, cell)| Value { label: label.clone(), size: size(cell), words: cell.written(), outlined: false })
        .collect();
    let chart = values.iter().any(|value| value.size.is_some()).then(|| lying(id, drawn, &values));
    Section { id, title, about: None, sheet, chart }
}

/// A table of cases by group: the groups with their names, in the order given.
fn of_cases(
    (id, name, title, first): (&'static str, &'static str, &'static str, &'static str),
    groups: impl IntoIterator<Item = (String, Sum)>,
) -> Section {
    let rows = groups.into_iter().map(|(label, sum)| (label, cells(&sum))).collect();
    section(id, title, &format!("Ärenden, {}", title.to_lowercase()), Sheet { name, first, columns: CASES.into(), rows })
}

/// All tables of a choice.
#[must_use]
pub fn sections(figures: &Figures, choice: &Choice) -> Vec<Section> {
    let chosen = figures.chosen(choice);
    let obligations = named(&chosen, |case| case.obligation, Obligation::ALL, Obligation::label);
    let kinds = named(&chosen, |case| case.kind, CaseKind::ALL, CaseKind::label);
    let open = chosen.open();
    let agencies = alphabetical(open.by(|case| case.agency.as_str()), |code| figures.name(code).to_owned());
    let known = |what: Option<&str>, missing: &str| what.map_or_else(|| missing.to_owned(), |code| figures.name(code).to_owned());
    let areas = alphabetical(open.by(|case| case.area.as_deref()), |code| known(code, "Inget område angivet"));
    let departments = alphabetical(open.by(|case| case.department.as_deref()), |name| known(name, "Inget departement angivet"));
    let mut sections = vec![years(figures, choice)];
    if chosen.is_empty() {
        return sections;
    }
    sections.extend([
        times(figures, &chosen),
        of_cases(("slag", "Slag av ärende", "Efter slag av ärende", "Slag"), kinds),
        of_cases(("skyldighet", "Skyldighet att svara", "Efter skyldighet att svara", "Skyldighet"), obligations),
        ends(&chosen),
        opinions(&chosen),
        points(&chosen),
        Section { about: Some(OPEN_ONLY.to_owned()), ..of_cases(("myndighet", "Myndighet", "Efter myndighet", "Myndighet"), agencies) },
        Section { about: Some(OPEN_ONLY.to_owned()), ..of_cases(("omrade", "Område", "Efter område", "Område"), areas) },
        Section {
            about: Some(format!("Departementet bakom uppdraget att samla in uppgifterna, som myndigheten har angett det. {OPEN_ONLY}")),
            ..of_cases(("departement", "Departement", "Efter departement", "Departement"), departments)
        },
    ]);
    sections
}

/// Groups by a term, in the terms' own order, those without cases too.
fn named<T: Copy + Ord>(
    chosen: &Chosen<'_>,
    key: impl Fn(&CaseFigures) -> T,
    all: &[T],
    label: impl Fn(T) -> &'static str,
) -> Vec<(String, Sum)> {
    let mut groups = chosen.by(key);
    let sum = |term: &T| groups.remove(term).map_or_else(Sum::default, |group| group.sum(None));
    let sums: Vec<Sum> = all.iter().map(sum).collect();
    all.iter().map(|term| capital(label(*term))).zip(sums).collect()
}

/// Groups by name, in Swedish order; what has no name comes last.
fn alphabetical<K: Ord + Copy>(groups: BTreeMap<K, Chosen<'_>>, name: impl Fn(K) -> String) -> Vec<(String, Sum)> {
    let mut rows: Vec<(String, Sum)> = groups.into_iter().map(|(key, group)| (name(key), group.sum(None))).collect();
    rows.sort_by(|(a, _), (b, _)| {
        let last = |name: &str| name.starts_with("Inget ");
        last(a).cmp(&last(b)).then_with(|| text::swedish_order(a, b))
    });
    rows
}

/// Cases by year, whatever year is chosen, with the years before the register.
fn years(figures: &Figures, choice: &Choice) -> Section {
    let every = Choice { year: None, ..choice.clone() };
    let rows: Vec<(i64, Vec<Cell>, bool)> =
        figures.years(&every).iter().map(|one| (one.year, cells_of(one), !one.totals.is_empty())).collect();
    let value = |(year, cells, outlined): &(i64, Vec<Cell>, bool)| {
        let cell = cells.first()?;
        Some((*year, Value { label: year.to_string(), size: size(cell), words: cell.written(), outlined: *outlined }))
    };
    let values: Vec<(i64, Value)> = rows.iter().filter_map(value).collect();
    let columns = CASES.into_iter().chain(["Källa"]).collect();
    let rows = rows.into_iter().map(|(year, cells, _)| (year.to_string(), cells)).collect();
    Section {
        id: "ar",
        title: "Per år",
        about: Some("Ett ärende räknas det år då det begärdes.".to_owned()),
        chart: (!values.is_empty()).then(|| standing("ar", "Ärenden per år", &values)),
        sheet: Sheet { name: "Per år", first: "År", columns, rows },
    }
}

/// What is said of a year: the total, and the rest of the cases that are in the register.
fn cells_of(year: &Year<'_>) -> Vec<Cell> {
    let known = year.chosen.count();
    let mut cells = match known {
        0 => vec![Cell::Count(None), Cell::Count(None), Cell::Days(None), Cell::Days(None), Cell::Days(None)],
        _ => cells(&year.chosen.sum(None)),
    };
    if let Some(total) = cells.first_mut() {
        *total = Cell::Count(Some(year.cases));
    }
    cells.push(Cell::Text(source(year, known)));
    cells
}

/// Where the total of a year comes from, where not all of its cases are in the register.
fn source(year: &Year<'_>, known: i64) -> String {
    let Some(source) = year.source() else { return String::new() };
    let bodies: Vec<String> = year.totals.iter().map(|one| format!("{} för {}", text::whole(one.cases), one.body)).collect();
    let told = match known {
        0 => "Bara antalet är känt".to_owned(),
        1 => "Varav 1 i registret. Det övriga gäller bara det ärendet. Antalet är känt".to_owned(),
        _ => format!("Varav {} i registret. Det övriga gäller bara de ärendena. Antalet är känt", text::whole(known)),
    };
    format!("{told}: {}. Källa: {source}", wording::enumerated(&bodies))
}

/// How long it takes, by body.
fn times(figures: &Figures, chosen: &Chosen<'_>) -> Section {
    let row = |body: &str| {
        let sum = chosen.sum(Some(body));
        let counts = [sum.answered, sum.cases].map(|count| Cell::Count(Some(count)));
        (figures.name(body).to_owned(), days(&sum).into_iter().chain(counts).collect())
    };
    let rows = chosen.bodies().into_iter().map(row).collect();
    let columns = vec![TO_OPINION, WITH_BODY, WITH_AGENCY, "Yttranden", "Ärenden"];
    let about = "Tiden räknas i kalenderdagar från begäran till yttrande och delas upp på den som ärendet väntade på: samrådsparten, eller \
                 myndigheten när den hade frågor att svara på. Ärenden som kom per mejl och har förts in efteråt räknas inte med i tiderna.";
    Section {
        about: Some(about.to_owned()),
        ..section(
            "svarstid",
            "Svarstider",
            "Mediantid från begäran till yttrande, i dagar",
            Sheet { name: "Svarstider", first: "Samrådspart", columns, rows },
        )
    }
}

/// How the cases ended.
fn ends(chosen: &Chosen<'_>) -> Section {
    let counts = chosen.ends();
    let row = |end: Option<End>, label: &str| (capital(label), vec![Cell::Count(Some(counts.get(&end).copied().unwrap_or_default()))]);
    let mut rows: Vec<_> = Outcome::ALL.iter().map(|outcome| row(Some(End::Closed(*outcome)), outcome.label())).collect();
    rows.push(row(Some(End::Withdrawn), "återkallat av myndigheten"));
    rows.push(row(None, "inte avslutat"));
    section(
        "utfall",
        "Hur ärendena slutade",
        "Ärenden efter hur de slutade",
        Sheet { name: "Hur ärendena slutade", first: "Utfall", columns: vec!["Ärenden"], rows },
    )
}

/// What the bodies answered.
fn opinions(chosen: &Chosen<'_>) -> Section {
    let counts = chosen.opinions();
    let row = |told: Told, label: &str| (capital(label), vec![Cell::Count(Some(counts.get(&told).copied().unwrap_or_default()))]);
    let mut rows: Vec<_> = Opinion::ALL.iter().map(|opinion| row(Told::Opinion(*opinion), opinion.label())).collect();
    rows.push(row(Told::Later, "lämnat, ärendet är inte avslutat"));
    rows.push(row(Told::Nothing, "inget yttrande"));
    Section {
        about: Some(
            "Ett ärende med flera samrådsparter har ett yttrande från var och en. Ett yttrande är ett råd: myndigheten beslutar. Vad det \
             innebär visas när ärendet är avslutat."
                .to_owned(),
        ),
        ..section(
            "yttrande",
            "Yttranden",
            "Yttranden efter innebörd",
            Sheet { name: "Yttranden", first: "Yttrande", columns: vec!["Antal"], rows },
        )
    }
}

/// How the agencies met the points.
fn points(chosen: &Chosen<'_>) -> Section {
    let points = chosen.sum(None).points;
    let counts = [
        ("Godtas", points.accepted),
        ("Godtas delvis", points.partly),
        ("Godtas inte", points.rejected),
        ("Inget svar än", points.unanswered),
    ];
    let rows = counts.map(|(label, count)| (label.to_owned(), vec![Cell::Count(Some(count))])).into();
    Section {
        about: Some("Vad myndigheterna svarar på samrådsparternas synpunkter, räknat per synpunkt.".to_owned()),
        ..section(
            "synpunkter",
            "Synpunkter",
            "Synpunkter efter myndighetens svar",
            Sheet { name: "Synpunkter", first: "Svar", columns: vec!["Synpunkter"], rows },
        )
    }
}
