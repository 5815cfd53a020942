//! What whoever gives data for official statistics is told (7 § förordning (2001:100)).

use super::model::{Block, Document, Span};
use super::{Record, consulted, parts};

/// The information, point by point in the order of the section.
pub(super) fn build(record: &Record<'_>) -> Document {
    let content = &record.collection.content;
    let mut document = parts::head(record, "Information till uppgiftslämnare om officiell statistik");
    let blocks = &mut document.blocks;
    let text = |text: &str| Span::Text(text.to_owned());
    blocks.extend(parts::warning(record));
    blocks.push(Block::paragraph(parts::opening(record)));
    blocks.push(Block::Paragraph(vec![
        text("Informationen lämnas enligt 7 § "),
        parts::statute("förordningen (2001:100) om den officiella statistiken", "2001:100"),
        text("."),
    ]));
    blocks.push(Block::Paragraph(vec![text("Sista dag att svara är "), parts::deadline(record), text(".")]));
    blocks.push(Block::heading("Ändamålet"));
    blocks.extend(parts::or_blank(Some(&content.purpose), "ange ändamålet"));
    blocks.extend(content.data_use.as_deref().into_iter().flat_map(Block::paragraphs));
    blocks.push(Block::heading("Bestämmelser om skyldigheten att svara"));
    blocks.extend(parts::obligation(content));
    blocks.push(Block::heading("Vem som samlar in och för vems räkning"));
    blocks.push(Block::paragraph(
        parts::on_behalf(record.collection).unwrap_or_else(|| format!("{} samlar in uppgifterna.", parts::sender(record.collection))),
    ));
    blocks.extend(parts::all_agencies(record.collection));
    blocks.push(Block::heading("Samråd"));
    blocks.extend(parts::consultation(record));
    blocks.extend(consulted::later(record));
    blocks.extend(consulted::views(record));
    blocks.push(Block::heading("Sekretess"));
    blocks.push(Block::Paragraph(vec![
        text("Uppgifter om enskildas personliga eller ekonomiska förhållanden skyddas vid framställning av statistik av sekretess enligt 24 kap. 8 § "),
        parts::statute("offentlighets- och sekretesslagen (2009:400)", "2009:400"),
        text(". "),
        Span::blank("ange om andra bestämmelser om sekretess kan gälla för uppgifterna"),
    ]));
    blocks.push(Block::heading("Hur uppgifterna bevaras"));
    blocks.push(Block::Paragraph(vec![Span::blank("ange vad som gäller för bevarande och gallring av uppgifterna")]));
    blocks.push(Block::heading("Om uppgifterna inte lämnas"));
    blocks.push(Block::Paragraph(vec![Span::blank("ange vilka påföljder som kan bli aktuella, eller att det inte finns några")]));
    blocks.push(Block::heading("Hur ni svarar"));
    blocks.extend(parts::how(record));
    blocks.push(Block::heading("Frågor"));
    blocks.push(parts::contact(content));
    blocks.push(parts::registration(record));
    document
}

#[cfg(test)]
mod tests {
    use crate::domain::documents::{DocumentKind, samples};
    use crate::domain::terms::Kind;

    #[test]
    fn the_seven_points_are_there_and_what_is_not_known_is_a_blank() {
        let mut collection = samples::collection(Kind::OfficialStatistics);
        collection.collector_words = Some("Statistikbyrån".into());
        let text = samples::built(DocumentKind::Notice, &collection).expect("the information").text();
        let points = [
            "Ändamålet",
            "Bestämmelser om skyldigheten att svara",
            "Vem som samlar in och för vems räkning",
            "Samråd",
            "Sekretess",
            "Hur uppgifterna bevaras",
            "Om uppgifterna inte lämnas",
        ];
        let places: Vec<usize> =
            points.iter().map(|point| text.find(&format!("\n{point}\n")).unwrap_or_else(|| panic!("no {point}"))).collect();
        assert!(places.is_sorted(), "{places:?}");
        for said in [
            "7 § förordningen (2001:100)",
            "Statistikbyrån samlar in uppgifterna för Skolverket och Statistiska centralbyråns räkning.",
            "24 kap. 8 § offentlighets- och sekretesslagen (2009:400)",
            "[ange vad som gäller för bevarande",
            "[ange vilka påföljder",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
    }
}
