//! Rows of import files.

use serde_json::{Value, json};

/// A row with nothing but what is required.
pub fn row(reference: &str, title: &str) -> Value {
    json!({ "egen referens": reference, "titel": title, "slag": "enkät" })
}

/// A row with every kind of field, asking all municipalities and one region.
pub fn full_row(reference: &str, title: &str) -> Value {
    json!({
        "egen referens": reference,
        "titel": title,
        "slag": "enkät",
        "syfte": "Följa upp det som kommunerna gör.",
        "status": "beslutad",
        "diarienummer": "2026/17",
        "utförs av": "Statskontoret",
        "uppdrag från": "regeringsuppdrag",
        "ursprung": "nationellt",
        "svarsskyldighet": "frivillig",
        "bestämmelser": "förordning (2016:822)",
        "uppgiftslämnare": "kommuner; regioner",
        "urval": "lista",
        "kommunkoder": "1480; 0180; R-14",
        "att iaktta": "Svara i formuläret.",
        "användning": "En rapport till regeringen.",
        "samråd": "ja",
        "samråd med": "Sveriges Kommuner och Regioner",
        "beslutsdatum": "2026-03-01",
        "periodicitet": "varje år",
        "kanal": "webbformulär",
        "kontaktfunktion": "Statistiktjänsten",
        "kontakt e-post": "statistik@myndigheten.example",
        "uppgifter": [
            { "uppgift": "Antal elever", "definition": "Folkbokförda i kommunen.", "enhet": "antal", "källa i kommunen": "finns i system", "personuppgifter": "nej" },
            { "uppgift": "Kostnad per elev", "enhet": "kronor" },
        ],
        "omgångar": [{ "omgång": "2027", "utskick": "2027-01-11", "sista svarsdag": "2027-v12" }],
    })
}

/// `row` with other values.
pub fn with(mut row: Value, changes: &[(&str, &str)]) -> Value {
    for (key, value) in changes {
        row[*key] = Value::from(*value);
    }
    row
}
