//! A register of any size, the same at every run: words of the demonstration's examples put together anew.

use std::ops::Range;

use fastrand::Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Outcome;

/// Items of every collection.
const ITEMS: usize = 8;
/// Rounds of every collection, one for each year.
const YEARS: Range<i32> = 2024..2028;
/// How many agencies share the collections.
const AGENCIES: usize = 100;

#[derive(Deserialize)]
struct Example {
    title: String,
    purpose: String,
    area: String,
    items: Vec<ExampleItem>,
}

#[derive(Deserialize)]
struct ExampleItem {
    text: String,
}

/// What the collections are put together from.
pub struct Corpus {
    titles: Vec<Vec<String>>,
    sentences: Vec<String>,
    areas: Vec<String>,
    items: Vec<String>,
    /// Organisation numbers of agencies.
    pub agencies: Vec<String>,
    municipalities: Vec<String>,
}

impl Corpus {
    /// Reads the examples and the reference data.
    pub fn read() -> Outcome<Self> {
        let root = env!("CARGO_MANIFEST_DIR");
        let text = std::fs::read_to_string(format!("{root}/static/demo/base.jsonl"))?;
        let examples: Vec<Example> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let column = |file: &str, name: &str| -> Outcome<Vec<String>> {
            let mut reader = csv::Reader::from_path(format!("{root}/static/reference/{file}.csv"))?;
            let rows: Vec<std::collections::HashMap<String, String>> = reader.deserialize().collect::<Result<_, _>>()?;
            Ok(rows
                .into_iter()
                .filter(|row| row.get("ended_on").is_none_or(String::is_empty))
                .filter_map(|mut row| row.remove(name))
                .collect())
        };
        let mut areas: Vec<String> = examples.iter().map(|example| example.area.clone()).collect();
        areas.sort_unstable();
        areas.dedup();
        Ok(Self {
            titles: examples.iter().map(|example| example.title.split(' ').map(str::to_owned).collect()).collect(),
            sentences: examples.iter().flat_map(|example| example.purpose.split_inclusive(". ").map(|s| s.trim().to_owned())).collect(),
            areas,
            items: examples.iter().flat_map(|example| example.items.iter().map(|item| item.text.clone())).collect(),
            agencies: column("agencies", "orgnr")?.into_iter().take(AGENCIES).collect(),
            municipalities: column("municipalities", "code")?,
        })
    }

    /// A file of collections as `import` reads it; `reference` begins every own reference.
    pub fn file(&self, reference: &str, numbers: Range<usize>) -> String {
        numbers.map(|number| self.collection(reference, number).to_string() + "\n").collect()
    }

    fn collection(&self, reference: &str, number: usize) -> Value {
        let mut rng = Rng::with_seed(number as u64);
        let decided = rng.u8(..10) < 3;
        let (selection, codes) = self.selection(&mut rng);
        let purpose = [(); 3].map(|()| self.sentence(&mut rng)).join(" ");
        let mut row = json!({
            "egen referens": format!("{reference}-{number:05}"),
            "titel": self.title(&mut rng),
            "slag": one_of(&mut rng, &["enkät", "enkät", "officiell statistik", "annan föreskriven rapportering", "tillsyn", "statsbidrag"]),
            "syfte": purpose,
            "område": rng.choice(&self.areas),
            "status": if decided { "beslutad" } else { "planerad" },
            "diarienummer": format!("2026/{number:05}"),
            "ursprung": one_of(&mut rng, &["nationellt", "nationellt", "EU"]),
            "svarsskyldighet": one_of(&mut rng, &["obligatorisk", "frivillig"]),
            "bestämmelser": "4 § förordningen (1982:668)",
            "uppgiftslämnare": if selection == "alla" && rng.bool() { "kommuner; regioner" } else { "kommuner" },
            "urval": selection,
            "att iaktta": self.sentence(&mut rng),
            "användning": self.sentence(&mut rng),
            "samråd": "ja",
            "samråd med": "SKR",
            "periodicitet": one_of(&mut rng, &["varje år", "varje år", "varje år", "vartannat år", "varje kvartal"]),
            "kanal": one_of(&mut rng, &["webbformulär", "kalkylblad", "filöverföring", "API"]),
            "kontaktfunktion": "Uppgiftsinsamling",
            "kontakt e-post": "uppgiftsinsamling@myndighet.example",
            "uppgifter": (0..ITEMS).map(|_| self.item(&mut rng)).collect::<Vec<_>>(),
            "omgångar": YEARS.map(|year| round(&mut rng, year)).collect::<Vec<_>>(),
        });
        if decided {
            row["beslutsdatum"] = json!("2026-01-15");
        }
        if !codes.is_empty() {
            row["kommunkoder"] = json!(codes);
        }
        row
    }

    /// The beginning of one title and the end of another.
    fn title(&self, rng: &mut Rng) -> String {
        let part = |rng: &mut Rng| rng.choice(&self.titles).cloned().unwrap_or_default();
        let (first, second) = (part(rng), part(rng));
        let words = first.iter().take(first.len().div_ceil(2)).chain(second.iter().skip(second.len() / 2));
        words.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn sentence(&self, rng: &mut Rng) -> &str {
        rng.choice(&self.sentences).map_or("", String::as_str)
    }

    fn item(&self, rng: &mut Rng) -> Value {
        let text = rng.choice(&self.items);
        let definition = rng.bool().then(|| self.sentence(rng));
        let source = one_of(rng, &["finns i system", "finns i system", "tas fram manuellt", "saknas", "inte känt"]);
        json!({ "uppgift": text, "definition": definition, "källa i kommunen": source, "personuppgifter": "nej" })
    }

    /// Most ask all, some a sample, some a list.
    fn selection(&self, rng: &mut Rng) -> (String, String) {
        match rng.u8(..10) {
            0 => (rng.u8(20..200).to_string(), String::new()),
            1 => ("lista".to_owned(), rng.choose_multiple(self.municipalities.iter().map(String::as_str), 12).join("; ")),
            _ => ("alla".to_owned(), String::new()),
        }
    }
}

fn round(rng: &mut Rng, year: i32) -> Value {
    let month = rng.u8(2..12);
    json!({
        "omgång": year.to_string(),
        "utskick": format!("{year}-{month:02}-01"),
        "sista svarsdag": format!("{year}-{month:02}-{:02}", rng.u8(23..29)),
        "publiceras": format!("{year}-12-15"),
    })
}

fn one_of<'t>(rng: &mut Rng, texts: &[&'t str]) -> &'t str {
    rng.choice(texts).copied().unwrap_or_default()
}

/// Words that stand in the examples as they are, so that a search without word forms finds them too.
const PLAIN: [&str; 12] = [
    "elever",
    "förskola",
    "hemtjänst",
    "budget",
    "personalkostnader",
    "kostnad grundskola",
    "statsbidrag",
    "vatten",
    "tillsyn boende",
    "ansökan tillstånd",
    "kommunens riktlinjer",
    "äldreomsorg bemanning",
];

/// What visitors type: one word, two words, compounds that stand nowhere, misspellings, abbreviations, with facets and without.
const VISITORS: [&str; 16] = [
    "q=elever",
    "q=förskola",
    "q=antal elever",
    "q=kostnad grundskola",
    "q=elevantal",
    "q=bostadsbyggande",
    "q=hemtjänstkostnader",
    "q=förskolla",
    "q=personalkosnader",
    "q=SCB",
    "q=MSB",
    "q=IVO tillsyn",
    "q=statsbidrag&svar=compulsory",
    "q=äldreomsorg&status=planned&slag=survey",
    "q=tillstånd&periodicitet=yearly&kanal=web",
    "q=uppgifter om kommunens verksamhet",
];

/// Addresses of the register's search for plain words, and of the peer's for the same.
pub fn plain_searches(path: &str, key: &str) -> Vec<String> {
    PLAIN.iter().map(|words| format!("{path}{key}={}", encoded(words))).collect()
}

/// Addresses of the register's search as visitors make it.
pub fn visitors_searches(path: &str) -> Vec<String> {
    VISITORS.iter().map(|query| format!("{path}{}", encoded(query))).collect()
}

/// A query string with everything but its signs percent-encoded.
fn encoded(query: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'=').remove(b'&');
    percent_encoding::utf8_percent_encode(query, KEPT).to_string()
}
