//! What everyone who is asked is told (4 § förordning (1982:668)), in plain words. Whether answering is compulsory comes first.

use super::model::{Block, Document, Span};
use super::{Record, consulted, parts};

/// The notice.
pub(super) fn build(record: &Record<'_>) -> Document {
    let content = &record.collection.content;
    let mut document = parts::head(record, "Meddelande till uppgiftslämnare");
    let blocks = &mut document.blocks;
    blocks.extend(parts::warning(record));
    blocks.push(Block::paragraph(parts::opening(record)));
    blocks.extend(parts::obligation(content));
    blocks.extend(parts::all_agencies(record.collection));
    blocks.extend(parts::on_behalf(record.collection).map(Block::paragraph));
    blocks.push(Block::heading("När svaren ska lämnas"));
    blocks.push(Block::Paragraph(vec![Span::Text("Sista dag att svara är ".into()), parts::deadline(record), Span::Text(".".into())]));
    blocks.push(Block::heading("Varför uppgifterna begärs"));
    blocks.extend(parts::or_blank(Some(&content.purpose), "ange syftet"));
    blocks.push(Block::heading("Vad uppgifterna ska användas till"));
    blocks.extend(parts::or_blank(content.data_use.as_deref(), "ange vad uppgifterna ska användas till"));
    blocks.push(Block::heading("Vem som ska svara"));
    blocks.extend(parts::respondents(record));
    blocks.push(Block::heading("Uppgifter som begärs"));
    blocks.extend(parts::items(record));
    blocks.push(Block::heading("Hur ni svarar"));
    blocks.extend(parts::how(record));
    blocks.push(Block::heading("Samråd"));
    blocks.extend(parts::consultation(record));
    blocks.extend(consulted::later(record));
    blocks.extend(consulted::views(record));
    blocks.push(Block::heading("Frågor"));
    blocks.push(parts::contact(content));
    blocks.push(parts::registration(record));
    document
}

#[cfg(test)]
mod tests {
    use crate::domain::documents::{DocumentKind, samples};
    use crate::domain::terms::{Kind, Obligation};

    #[test]
    fn what_must_be_answered_comes_before_everything_else() {
        let mut collection = samples::collection(Kind::Survey);
        let text =
            |collection: &crate::domain::collection::Collection| samples::built(DocumentKind::Notice, collection).expect("a notice").text();
        let compulsory = text(&collection);
        let place = |part: &str| compulsory.find(part).unwrap_or_else(|| panic!("no {part} in {compulsory}"));
        assert!(place("Det är obligatoriskt att svara.") < place("När svaren ska lämnas"));
        assert!(place("skollagen (2010:800)") < place("Varför uppgifterna begärs"));
        assert!(compulsory.contains("Sista dag att svara är 28\u{a0}mars 2027."));
        assert!(compulsory.contains("med nummer 2026-0042. Status: https://register.example/s/2026-0042"));
        assert!(compulsory.contains("Frågor besvaras av Statistiktjänsten, statistik@myndigheten.example."));
        collection.content.obligation = Obligation::Voluntary;
        assert!(text(&collection).contains("Det finns ingen skyldighet att lämna uppgifterna."));
        collection.content.obligation = Obligation::Unstated;
        assert!(text(&collection).contains("[ange om det är obligatoriskt eller frivilligt att svara]"));
    }

    #[test]
    fn each_kind_opens_in_its_own_words() {
        let mut openings = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            let document = samples::built(DocumentKind::Notice, &samples::collection(*kind)).expect("a notice");
            let text = document.text();
            openings.insert(text.lines().find(|line| line.contains('”')).map(str::to_owned));
        }
        assert_eq!(openings.len(), Kind::ALL.len(), "{openings:?}");
    }
}
