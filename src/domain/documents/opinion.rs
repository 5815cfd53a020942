//! What a body answers in a consultation, as a document to file.

use chrono::NaiveDate;

use super::model::{Block, Document, line};
use super::parts::{capital, ordinance};
use crate::domain::consultation::Opinion;
use crate::domain::consultation::entered::retold;
use crate::text;

/// What the document is made of.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The number of the case.
    pub number: &'a str,
    /// The collection's number and title, in the version that was asked about.
    pub collection: (&'a str, &'a str),
    /// The agency that asked, and its own diarienummer.
    pub agency: (&'a str, Option<&'a str>),
    /// The body, and its own diarienummer.
    pub body: (&'a str, Option<&'a str>),
    /// The day on which it was asked, and the day on which it answered.
    pub days: (NaiveDate, NaiveDate),
    /// The opinion, and in words.
    pub opinion: (Opinion, Option<&'a str>),
    /// Who has entered it afterwards, where the body has not said it itself.
    pub retold_by: Option<&'a str>,
    /// The two assessments: coordination; feasibility and quality.
    pub assessments: [Option<&'a str>; 2],
    /// The points, each as number, what it is about, words and the agency's reply.
    pub points: &'a [[String; 4]],
}

/// The document.
#[must_use]
pub fn build(given: &Given<'_>) -> Document {
    let (number, title) = given.collection;
    let asked = format!("{} begärde den {} samråd om insamlingen {number} enligt 3 § ", given.agency.0, text::written_date(given.days.0));
    let mut blocks = vec![Block::Paragraph(vec![super::model::Span::Text(asked), ordinance(), super::model::Span::Text(".".to_owned())])];
    let diary = given.agency.1.map(|number| ("Myndighetens diarienummer".to_owned(), line(number)));
    let opinion = ("Yttrande".to_owned(), line(capital(given.opinion.0.label())));
    let case = ("Ärende i registret".to_owned(), line(given.number));
    blocks.push(Block::Facts([opinion, case].into_iter().chain(diary).collect()));
    if let Some(by) = given.retold_by {
        blocks.push(Block::Important(line(format!("Yttrandet är {}.", retold(by, given.body.0)))));
    }
    if let Some(words) = given.opinion.1 {
        blocks.push(Block::heading("Yttrandet i ord"));
        blocks.extend(Block::paragraphs(words));
    }
    for (heading, words) in ["Bedömning: samordning", "Bedömning: genomförbarhet och kvalitet"].into_iter().zip(given.assessments) {
        let Some(words) = words else { continue };
        blocks.push(Block::heading(heading));
        blocks.extend(Block::paragraphs(words));
    }
    if !given.points.is_empty() {
        blocks.push(Block::heading("Synpunkter"));
        let rows = given.points.iter().map(|cells| cells.to_vec()).collect();
        blocks.push(Block::Table(vec!["Nr", "Gäller", "Synpunkt", "Myndighetens svar före yttrandet"], rows));
    }
    blocks.push(Block::paragraph("Yttrandet är inget beslut. Myndigheten beslutar om insamlingen."));
    Document {
        title: "Yttrande i samråd".to_owned(),
        subject: title.to_owned(),
        sender: given.body.0.to_owned(),
        diary_number: given.body.1.map(str::to_owned),
        number: number.to_owned(),
        date: Some(given.days.1),
        blocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_who_answers_whom_about_what() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).expect("a day");
        let points = [["1", "Fråga", "Ta bort fråga 3.", "Godtas"].map(str::to_owned)];
        let given = Given {
            number: "S2026-0007",
            collection: ("2026-0042", "Skolbibliotek"),
            agency: ("Skolverket", Some("2026:1")),
            body: ("Sveriges Kommuner och Regioner", Some("26/7")),
            days: (day(2), day(16)),
            opinion: (Opinion::Objections, Some("Ett.\nTvå.")),
            retold_by: None,
            assessments: [Some("Finns redan."), None],
            points: &points,
        };
        let document = build(&given);
        let text = document.text();
        for said in [
            "Yttrande i samråd",
            "Skolverket begärde den 2\u{a0}mars 2026 samråd om insamlingen 2026-0042",
            "Yttrande: Synpunkter",
            "Ärende i registret: S2026-0007",
            "Myndighetens diarienummer: 2026:1",
            "Bedömning: samordning\nFinns redan.",
            "1 | Fråga | Ta bort fråga 3. | Godtas",
            "26/7",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        assert!(!text.contains("genomförbarhet") && document.date == Some(day(16)));
        let bare = build(&Given { opinion: (Opinion::NoObjection, None), points: &[], ..given });
        assert!(!bare.text().contains("Synpunkter") && bare.text().contains("Ingen erinran"));
        let said = "Yttrandet är infört i efterhand av Skolverket, inte bekräftat av Sveriges Kommuner och Regioner.";
        assert!(!text.contains("inte bekräftat") && build(&Given { retold_by: Some("Skolverket"), ..given }).text().contains(said));
    }
}
