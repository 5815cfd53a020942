//! A whole consultation as one document, for the diarium: what was asked for, what each body answered, the points and the thread.

use super::model::{Block, Document, line};

/// A heading with what stands under it: terms and words.
pub type Part = (String, Vec<(String, String)>);

/// What the document is made of, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The number of the case.
    pub number: String,
    /// The collection's number and title, in the version that was asked about.
    pub collection: (String, String),
    /// The agency that asked, and its own diarienummer.
    pub agency: (String, Option<String>),
    /// When and how, in short.
    pub facts: Vec<(String, String)>,
    /// What was asked for: headings with words.
    pub asked: Vec<(String, String)>,
    /// What each body has done.
    pub bodies: Vec<Part>,
    /// The points: number, body, what it is about, words, the agency's reply, what the body found in the form that was sent.
    pub points: Vec<Vec<String>>,
    /// What was done and written: when, who, what, words.
    pub thread: Vec<Vec<String>>,
    /// The files: name, who, when, size, checksum.
    pub files: Vec<Vec<String>>,
}

/// The document.
#[must_use]
pub fn build(given: &Given) -> Document {
    let facts = |all: &[(String, String)]| Block::Facts(all.iter().map(|(term, words)| (term.clone(), line(words.clone()))).collect());
    let mut blocks = vec![facts(&given.facts)];
    for (heading, words) in &given.asked {
        blocks.push(Block::heading(heading));
        blocks.extend(Block::paragraphs(words));
    }
    for (name, told) in &given.bodies {
        blocks.extend([Block::heading(name), facts(told)]);
    }
    let tables = [
        ("Synpunkter", vec!["Nr", "Från", "Gäller", "Synpunkt", "Myndighetens svar", "Avstämd"], &given.points),
        ("Tråd", vec!["Tidpunkt", "Vem", "Vad", "Text"], &given.thread),
        ("Bilagor", vec!["Namn", "Från", "Bifogad", "Storlek", "SHA-256"], &given.files),
    ];
    for (heading, columns, rows) in tables {
        if !rows.is_empty() {
            blocks.extend([Block::heading(heading), Block::Table(columns, rows.clone())]);
        }
    }
    Document {
        title: format!("Samråd {}", given.number),
        subject: given.collection.1.clone(),
        sender: given.agency.0.clone(),
        diary_number: given.agency.1.clone(),
        number: given.collection.0.clone(),
        date: None,
        blocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_stands_under_its_heading_and_what_there_is_not_has_none() {
        let text = |one: &str| one.to_owned();
        let given = Given {
            number: text("S2026-0007"),
            collection: (text("2026-0042"), text("Skolbibliotek")),
            agency: (text("Skolverket"), Some(text("2026:1"))),
            facts: vec![(text("Begärt"), text("2 mars 2026"))],
            asked: vec![(text("Urval"), text("Alla kommuner."))],
            bodies: vec![(text("SKR"), vec![(text("Yttrande"), text("Avstyrker"))])],
            thread: vec![["2026-03-02", "SKR", "skriver", "Hej."].map(text).to_vec()],
            ..Given::default()
        };
        let said = build(&given).text();
        for part in [
            "Samråd S2026-0007\nSkolbibliotek",
            "Begärt: 2 mars",
            "Urval\nAlla kommuner.",
            "SKR\nYttrande: Avstyrker",
            "SKR | skriver | Hej.",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
        assert!(!said.contains("Synpunkter") && !said.contains("Bilagor"), "{said}");
    }
}
