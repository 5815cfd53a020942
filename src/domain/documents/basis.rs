//! A plain account of a collection that is no enkät: 4 § förordning (1982:668) asks for no decision on it.

use super::Record;
use super::decision::handling;
use super::model::{Block, Document, line};
use super::parts;
use crate::domain::wording;

/// The account.
pub(super) fn build(record: &Record<'_>) -> Document {
    let content = &record.collection.content;
    let mut document = parts::head(record, "Underlag om insamlingen");
    document.date = Some(record.today);
    let blocks = &mut document.blocks;
    blocks.extend(parts::warning(record));
    blocks.push(Block::paragraph(parts::opening(record)));
    blocks.extend(parts::all_agencies(record.collection));
    blocks.extend(parts::on_behalf(record.collection).map(Block::paragraph));
    let mut facts = vec![("Slag".to_owned(), line(content.kind.label())), ("Hur ofta".to_owned(), line(wording::periodicity(content)))];
    facts.extend(wording::assignment(&content.assignment).map(|assignment| ("Uppdrag från".to_owned(), line(assignment))));
    blocks.push(Block::Facts(facts));
    blocks.push(Block::heading("Syfte"));
    blocks.extend(parts::or_blank(Some(&content.purpose), "ange syftet"));
    blocks.push(Block::heading("Skyldighet att lämna uppgifterna"));
    blocks.extend(parts::obligation(content));
    blocks.push(Block::heading("Uppgiftslämnare"));
    blocks.extend(parts::respondents(record));
    blocks.push(Block::heading("Hur uppgifterna lämnas"));
    blocks.extend(parts::how(record));
    blocks.push(Block::heading("Vad uppgifterna ska användas till"));
    blocks.extend(parts::or_blank(content.data_use.as_deref(), "ange vad uppgifterna ska användas till"));
    blocks.push(Block::heading("Samråd"));
    blocks.extend(parts::consultation(record));
    blocks.push(Block::heading("Uppgifter som begärs"));
    blocks.extend(parts::items(record));
    blocks.push(Block::heading("Omgångar"));
    blocks.extend(parts::rounds(record, record.today));
    if record.is_decided() {
        blocks.extend([Block::heading("Handläggning"), handling(record)]);
    }
    blocks.push(parts::registration(record));
    document
}

#[cfg(test)]
mod tests {
    use crate::domain::documents::{DocumentKind, samples};
    use crate::domain::terms::Kind;

    #[test]
    fn the_account_says_what_is_known_and_cites_no_fourth_section() {
        let text = samples::built(DocumentKind::Basis, &samples::collection(Kind::StateGrant)).expect("an account").text();
        for said in
            ["begär in uppgifter om statsbidrag", "Slag: statsbidrag", "Det är obligatoriskt att svara.", "Skolbibliotekarier (antal)"]
        {
            assert!(text.contains(said), "{said}\n{text}");
        }
        assert!(!text.contains("4 §"), "{text}");
    }
}
