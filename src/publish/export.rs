//! Everything public as files: each table as csv for spreadsheets and as jsonl for programs, and a text that says what they hold.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

mod overlaps;

pub use overlaps::ConfirmedOverlap;

use super::delimited;
use crate::domain::collection::Collection;
use crate::domain::organisation::{Municipality, Region};
use crate::domain::reference::ReferenceOrganisation;
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::When;
use crate::error::Result;
use crate::text;

/// What is exported.
#[derive(Debug, Clone)]
pub struct Contents {
    /// The collections that everyone may read.
    pub collections: Vec<Collection>,
    /// The overlaps between them that people have confirmed.
    pub overlaps: Vec<ConfirmedOverlap>,
    /// The organisations.
    pub organisations: Vec<ReferenceOrganisation>,
    /// The municipalities.
    pub municipalities: Vec<Municipality>,
    /// The regions.
    pub regions: Vec<Region>,
    /// The day on which they are read.
    pub day: NaiveDate,
    /// The register's address.
    pub base_url: String,
    /// Whether the register is a demonstration.
    pub demonstration: bool,
}

/// A table: its name, its columns with what they mean, its rows.
struct Table {
    name: &'static str,
    what: &'static str,
    columns: &'static [(&'static str, &'static str)],
    rows: Vec<Vec<Value>>,
}

/// Name and content of every file.
///
/// # Errors
/// Never in practice: the tables have as many cells as headings.
pub fn files(contents: &Contents) -> Result<Vec<(String, Vec<u8>)>> {
    let tables = [
        collections(contents),
        items(contents),
        rounds(contents),
        overlaps::table(&contents.overlaps),
        organisations(contents),
        municipalities(contents),
        regions(contents),
    ];
    let mut files = vec![("läs mig.txt".to_owned(), read_me(contents, &tables).into_bytes())];
    for table in &tables {
        let headings: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let rows = table.rows.iter().map(|row| row.iter().map(cell).collect());
        files.push((format!("{}.csv", table.name), delimited::write(&headings, rows)?));
        files.push((format!("{}.jsonl", table.name), lines(&headings, &table.rows).into_bytes()));
    }
    Ok(files)
}

/// A value as a cell: lists with semicolons between, what is missing empty.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join("; "),
        Value::Bool(true) => "ja".to_owned(),
        Value::Bool(false) => "nej".to_owned(),
        other => other.to_string(),
    }
}

/// One JSON object a line.
fn lines(headings: &[&str], rows: &[Vec<Value>]) -> String {
    let object = |row: &Vec<Value>| -> Map<String, Value> {
        headings.iter().zip(row).map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    rows.iter().map(|row| format!("{}\n", Value::Object(object(row)))).collect()
}

fn read_me(contents: &Contents, tables: &[Table]) -> String {
    let mut text = format!(
        "Insamlingsregistret, {}\n\nAllt som är öppet i registret den {}.\nLicens: CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/deed.sv\n",
        contents.base_url, contents.day
    );
    if contents.demonstration {
        text.push_str("\nRegistret är en demonstration. Insamlingarna är exempel och säger inget om vad en myndighet faktiskt begär.\n");
    }
    text.push_str(
        "\nVarje tabell finns som csv (UTF-8, semikolon mellan kolumnerna, avsedd för kalkylprogram) och som jsonl (ett JSON-objekt per rad).\n\
         I csv står en apostrof före en text som ett kalkylprogram annars skulle räkna på. I jsonl står alla texter oförändrade.\n\
         Koderna är desamma som i registrets JSON-gränssnitt. Datum skrivs 2027-03-15. Ett datum kan vara ungefärligt: då säger texten hur,\n\
         och kolumnen som slutar med CountsAs vilken dag det räknas som.\n",
    );
    for table in tables {
        text.push_str(&format!(
            "\n{} ({}): {}\n",
            table.name,
            text::counted(i64::try_from(table.rows.len()).unwrap_or(i64::MAX), "rad", "rader"),
            table.what
        ));
        for (name, meaning) in table.columns {
            text.push_str(&format!("  {name}: {meaning}\n"));
        }
    }
    text
}

fn number(collection: &Collection) -> String {
    collection.number.map(|number| number.to_string()).unwrap_or_default()
}

fn collections(contents: &Contents) -> Table {
    let row = |c: &Collection| {
        let content = &c.content;
        let codes = |code: fn(&crate::domain::collection::Responsible) -> Value| c.responsible.iter().map(code).collect::<Vec<_>>();
        vec![
            json!(number(c)),
            json!(content.title),
            json!(c.status.code()),
            json!(content.kind.code()),
            json!(codes(|r| json!(r.organisation.code))),
            json!(codes(|r| json!(r.organisation.name))),
            json!(codes(|r| json!(r.diary_number))),
            json!(c.own_reference),
            json!(c.collector.as_ref().map(|o| o.name.clone()).or_else(|| c.collector_words.clone())),
            json!(content.purpose),
            json!(c.area_name),
            json!(content.assignment.kind.code()),
            json!(content.assignment.department),
            json!(content.assignment.instrument),
            json!(content.origin.code()),
            json!(content.obligation.code()),
            json!(content.provisions.iter().map(|p| p.citation.clone()).collect::<Vec<_>>()),
            json!(content.respondents.iter().map(RespondentGroup::in_words).collect::<Vec<_>>()),
            json!(listed(&content.respondents)),
            json!(content.observe),
            json!(content.data_use),
            json!(content.consultation.code()),
            json!(content.consulted),
            json!(content.decided_on),
            json!(content.periodicity.code()),
            json!(content.channel.code()),
            json!(content.contact_function),
            json!(content.contact_email),
            json!(content.source_url),
            json!(content.remark),
            json!(c.created_at),
            json!(c.changed_at),
            json!(format!("{}/insamlingar/{}", contents.base_url, number(c))),
        ]
    };
    Table {
        name: "insamlingar",
        what: "en rad för varje insamling, i den version som gäller",
        columns: &[
            ("number", "registrets nummer"),
            ("title", "titel"),
            ("status", "planned, decided, ended eller withdrawn"),
            ("kind", "slag"),
            ("agencyCodes", "ansvariga myndigheters organisationsnummer"),
            ("agencies", "ansvariga myndigheter"),
            ("diaryNumbers", "deras diarienummer, i samma ordning"),
            ("ownReference", "myndighetens egen referens"),
            ("collector", "vem som samlar in i praktiken, om en annan"),
            ("purpose", "syfte"),
            ("area", "område"),
            ("assignmentKind", "uppdrag från"),
            ("assignmentDepartment", "departement som gav uppdraget"),
            ("assignmentInstrument", "uppdragets beteckning"),
            ("origin", "nationellt eller EU"),
            ("obligation", "compulsory, voluntary eller unstated"),
            ("provisions", "bestämmelser"),
            ("respondents", "vilka som ombeds svara, i ord"),
            ("respondentCodes", "kommunkoder och regionkoder, om bara vissa ombeds svara"),
            ("observe", "vad den som svarar ska iaktta"),
            ("dataUse", "vad uppgifterna ska användas till"),
            ("consultation", "om samråd har hållits"),
            ("consulted", "med vem"),
            ("decidedOn", "beslutsdatum"),
            ("periodicity", "hur ofta"),
            ("channel", "hur svaren lämnas"),
            ("contactFunction", "funktion att vända sig till"),
            ("contactEmail", "dess e-postadress"),
            ("sourceUrl", "sida om insamlingen"),
            ("remark", "anmärkning"),
            ("registeredAt", "när den registrerades"),
            ("changedAt", "när den senast ändrades"),
            ("url", "sida i registret"),
        ],
        rows: contents.collections.iter().map(row).collect(),
    }
}

fn listed(groups: &[RespondentGroup]) -> Vec<String> {
    let codes = groups.iter().filter_map(|group| match &group.selection {
        Selection::Listed(codes) => Some(codes.as_slice()),
        Selection::All | Selection::Sample(_) => None,
    });
    codes.flatten().cloned().collect()
}

fn items(contents: &Contents) -> Table {
    let rows = contents.collections.iter().flat_map(|c| {
        (1..).zip(&c.content.items).map(move |(at, item)| {
            let (source, personal) = (item.source.code(), item.personal_data.code());
            vec![json!(number(c)), json!(at), json!(item.label), json!(item.definition), json!(item.unit), json!(source), json!(personal)]
        })
    });
    Table {
        name: "uppgifter",
        what: "en rad för varje uppgift som en insamling begär",
        columns: &[
            ("collection", "insamlingens nummer"),
            ("position", "uppgiftens plats i insamlingen, från 1"),
            ("label", "uppgift"),
            ("definition", "definition"),
            ("unit", "enhet"),
            ("source", "var kommunen hittar den"),
            ("personalData", "om den är en personuppgift"),
        ],
        rows: rows.collect(),
    }
}

fn rounds(contents: &Contents) -> Table {
    let words = |when: &Option<When>| json!(when.as_ref().map(When::to_string));
    let day = |when: &Option<When>| json!(when.as_ref().map(When::counts_as));
    let rows = contents.collections.iter().flat_map(|c| {
        c.rounds.iter().map(move |round| {
            vec![
                json!(number(c)),
                json!(round.label),
                json!(round.measured_from),
                json!(round.measured_to),
                words(&round.dispatch),
                day(&round.dispatch),
                words(&round.deadline),
                day(&round.deadline),
                words(&round.closes),
                day(&round.closes),
                words(&round.published),
                day(&round.published),
                json!(round.short_time_reason),
            ]
        })
    });
    Table {
        name: "omgangar",
        what: "en rad för varje omgång av en insamling",
        columns: &[
            ("collection", "insamlingens nummer"),
            ("label", "omgång"),
            ("measuredFrom", "mätperiodens första dag"),
            ("measuredTo", "mätperiodens sista dag"),
            ("dispatch", "utskick"),
            ("dispatchCountsAs", "dagen som utskicket räknas som"),
            ("deadline", "sista svarsdag"),
            ("deadlineCountsAs", "dagen som sista svarsdag räknas som"),
            ("closes", "stänger"),
            ("closesCountsAs", "dagen som stängningen räknas som"),
            ("published", "publicering"),
            ("publishedCountsAs", "dagen som publiceringen räknas som"),
            ("shortTimeReason", "skäl till kortare svarstid än tre veckor (5 §)"),
        ],
        rows: rows.collect(),
    }
}

fn organisations(contents: &Contents) -> Table {
    let row = |o: &ReferenceOrganisation| {
        let (kind, scope, ended) = (o.kind.code(), o.in_ordinance_scope, o.ended_on);
        vec![
            json!(o.code),
            json!(kind),
            json!(o.name),
            json!(o.abbreviation),
            json!(o.website),
            json!(scope),
            json!(ended),
            json!(o.successor_code),
        ]
    };
    Table {
        name: "organisationer",
        what: "myndigheter, kommuner, regioner och andra organisationer",
        columns: &[
            ("code", "organisationsnummer, kommunkod, regionkod eller förkortning"),
            ("kind", "agency, body, municipality eller region"),
            ("name", "namn"),
            ("abbreviation", "förkortning"),
            ("website", "webbplats"),
            ("inOrdinanceScope", "om förordningen (1982:668) gäller organisationens enkäter"),
            ("endedOn", "när den upphörde"),
            ("successorCode", "vem som tog över"),
        ],
        rows: contents.organisations.iter().map(row).collect(),
    }
}

fn municipalities(contents: &Contents) -> Table {
    let row = |m: &Municipality| {
        let (people, year) = (m.population, m.population_year);
        vec![
            json!(m.code),
            json!(m.name),
            json!(m.county_code),
            json!(m.county_name),
            json!(people),
            json!(year),
            json!(m.skr_group),
            json!(m.skr_group_name),
        ]
    };
    Table {
        name: "kommuner",
        what: "Sveriges kommuner",
        columns: &[
            ("code", "kommunkod"),
            ("name", "namn"),
            ("countyCode", "länskod"),
            ("county", "län"),
            ("population", "invånare"),
            ("populationYear", "invånare den 31 december detta år"),
            ("skrGroup", "SKR:s kommungrupp"),
            ("skrGroupName", "kommungruppens namn"),
        ],
        rows: contents.municipalities.iter().map(row).collect(),
    }
}

fn regions(contents: &Contents) -> Table {
    let row = |r: &Region| {
        vec![json!(r.code), json!(r.name), json!(r.county_code), json!(r.county_name), json!(r.population), json!(r.population_year)]
    };
    Table {
        name: "regioner",
        what: "Sveriges regioner",
        columns: &[
            ("code", "regionkod"),
            ("name", "namn"),
            ("countyCode", "länskod"),
            ("county", "län"),
            ("population", "invånare"),
            ("populationYear", "invånare den 31 december detta år"),
        ],
        rows: contents.regions.iter().map(row).collect(),
    }
}
