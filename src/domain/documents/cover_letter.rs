//! The letter that goes out with the questions (*missiv*).

use super::Record;
use super::model::{Block, Document, Span};
use super::parts;

/// The letter. Its date is left to whoever sends it.
pub(super) fn build(record: &Record<'_>) -> Document {
    let content = &record.collection.content;
    let mut document = parts::head(record, "Begäran om uppgifter");
    let blocks = &mut document.blocks;
    blocks.extend(parts::warning(record));
    blocks.push(Block::Paragraph(vec![Span::blank("ange datum")]));
    let to = if content.respondents.is_empty() { Span::blank("ange mottagare") } else { Span::Text(content.respondents_in_words()) };
    blocks.push(Block::Paragraph(vec![Span::Text("Till ".into()), to]));
    blocks.push(Block::paragraph(parts::opening(record)));
    blocks.extend(parts::on_behalf(record.collection).map(Block::paragraph));
    blocks.extend(parts::obligation(content));
    let start = Span::Text("Vi ber er att svara senast ".into());
    blocks.push(Block::Paragraph(vec![start, parts::deadline(record), Span::Text(".".into())]));
    blocks.push(Block::heading("Varför vi frågar"));
    blocks.extend(parts::or_blank(Some(&content.purpose), "ange syftet"));
    blocks.extend(parts::or_blank(content.data_use.as_deref(), "ange vad uppgifterna ska användas till"));
    blocks.push(Block::heading("Så svarar ni"));
    blocks.extend(parts::how(record));
    blocks.push(Block::heading("Frågor"));
    blocks.push(parts::contact(content));
    blocks.push(parts::registration(record));
    blocks.push(Block::paragraph("Med vänlig hälsning"));
    let signer = record.decision.decision_maker.clone().unwrap_or_else(|| parts::sender(record.collection));
    blocks.push(Block::Signature(vec![signer]));
    document
}

#[cfg(test)]
mod tests {
    use crate::domain::documents::{DocumentKind, samples};
    use crate::domain::terms::{Channel, Kind, Obligation};

    #[test]
    fn the_letter_says_to_whom_why_when_and_how() {
        let mut collection = samples::collection(Kind::Survey);
        collection.content.channel = Channel::Web;
        collection.content.obligation = Obligation::Voluntary;
        let text = samples::built(DocumentKind::CoverLetter, &collection).expect("a letter").text();
        for said in [
            "Begäran om uppgifter\nLäget i skolbiblioteken\n",
            "Till alla kommuner",
            "Det är frivilligt att svara.",
            "Vi ber er att svara senast 28\u{a0}mars 2027.",
            "Svaren lämnas i ett webbformulär.",
            "Med vänlig hälsning\nGeneraldirektören",
            "[ange datum]",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
    }
}
