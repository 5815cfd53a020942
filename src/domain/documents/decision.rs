//! The decision on an enkät, with the five points of 4 § förordning (1982:668) in the order of the law.

use super::Record;
use super::model::{Block, Document, Line, Span, line};
use super::parts;
use crate::domain::terms::{Obligation, Status};

/// The decision, or the proposal for one where nothing is decided.
pub(super) fn build(record: &Record<'_>) -> Document {
    let content = &record.collection.content;
    let decided = record.is_decided();
    let mut document = parts::head(record, if decided { "Beslut om enkät" } else { "Förslag till beslut om enkät" });
    document.date = content.decided_on.filter(|_| decided);
    let blocks = &mut document.blocks;
    blocks.extend(parts::warning(record));
    blocks.push(Block::heading("Beslut"));
    let verb = if decided { "beslutar" } else { "föreslås besluta" };
    let start =
        format!("{} {verb} att genomföra enkäten ”{}”. Beslutet anger det som 4 § ", parts::sender(record.collection), content.title);
    blocks.push(Block::Paragraph(vec![Span::Text(start), parts::ordinance(), Span::Text(" kräver.".into())]));
    blocks.extend(parts::all_agencies(record.collection));
    blocks.extend(parts::on_behalf(record.collection).map(Block::paragraph));
    if !content.items.is_empty() {
        blocks.push(Block::paragraph("Uppgifterna som begärs står i bilagan."));
    }
    blocks.push(Block::heading("Syfte"));
    blocks.extend(parts::or_blank(Some(&content.purpose), "ange syftet"));
    five_points(record, blocks);
    blocks.push(Block::heading("Omgångar och svarstid"));
    // what was decided stays the same however late it is printed
    blocks.extend(parts::rounds(record, document.date.unwrap_or(record.today)));
    blocks.push(Block::heading("Handläggning"));
    blocks.extend(change(record));
    blocks.push(handling(record));
    if decided || record.collection.status != Status::Withdrawn {
        blocks.push(signature(record));
    }
    blocks.push(parts::registration(record));
    blocks.extend(parts::annex(record));
    document
}

/// Points 1 to 5, each under its own heading.
fn five_points(record: &Record<'_>, blocks: &mut Vec<Block>) {
    let content = &record.collection.content;
    blocks.push(Block::heading("1. Skyldighet att lämna uppgifterna"));
    match content.obligation {
        Obligation::Compulsory if content.provisions.is_empty() => {
            blocks.push(Block::Paragraph(vec![Span::blank("ange den bestämmelse som gör det obligatoriskt att svara")]));
        }
        Obligation::Compulsory => {
            blocks.extend([Block::paragraph("Det är obligatoriskt att svara. Skyldigheten följer av:"), parts::provisions(content)]);
        }
        Obligation::Voluntary => {
            blocks.push(Block::paragraph("Det finns ingen skyldighet att lämna uppgifterna."));
            if !content.provisions.is_empty() {
                blocks.extend([Block::paragraph("Uppgifterna begärs med stöd av:"), parts::provisions(content)]);
            }
        }
        Obligation::Unstated => blocks.push(Block::Paragraph(vec![Span::blank(
            "ange den bestämmelse som gör det obligatoriskt att svara, eller att det inte finns någon skyldighet",
        )])),
    }
    blocks.push(Block::heading("2. Uppgiftslämnare"));
    blocks.extend(parts::respondents(record));
    blocks.push(Block::heading("3. Vad uppgiftslämnaren ska iaktta"));
    blocks.extend(parts::or_blank(content.observe.as_deref(), "ange vad uppgiftslämnaren ska iaktta"));
    blocks.push(Block::heading("4. Vad uppgifterna ska användas till"));
    blocks.extend(parts::or_blank(content.data_use.as_deref(), "ange vad uppgifterna ska användas till"));
    blocks.push(Block::heading("5. Samråd"));
    blocks.extend(parts::consultation(record));
}

/// How much the version changes what was decided before, where that has been judged.
fn change(record: &Record<'_>) -> Vec<Block> {
    let Some(significance) = record.decision.significance else { return Vec::new() };
    let mut blocks = vec![Block::paragraph(format!(
        "Beslutet ändrar en enkät som har beslutats tidigare. Ändringen bedöms som {}.",
        significance.label()
    ))];
    blocks.extend(record.decision.significance_reason.as_deref().into_iter().flat_map(Block::paragraphs));
    blocks
}

/// When and by whom; functions, never names.
pub(super) fn handling(record: &Record<'_>) -> Block {
    let decision = record.decision;
    let or_blank = |text: &Option<String>, what: &str| -> Line { text.clone().map_or_else(|| vec![Span::blank(what)], line) };
    let day = record.collection.content.decided_on.filter(|_| record.is_decided()).map(crate::text::written_date);
    let mut facts = vec![
        ("Beslutsdatum".to_owned(), or_blank(&day, "ange datum")),
        ("Beslutande".to_owned(), or_blank(&decision.decision_maker, "ange vem som beslutar")),
        ("Föredragande".to_owned(), or_blank(&decision.rapporteur, "ange vem som föredrar")),
    ];
    facts.extend(decision.participants.clone().map(|others| ("Övriga som har deltagit".to_owned(), line(others))));
    Block::Facts(facts)
}

fn signature(record: &Record<'_>) -> Block {
    let decision = record.decision;
    let signers = [(&decision.decision_maker, "Beslutande"), (&decision.rapporteur, "Föredragande")];
    Block::Signature(signers.into_iter().map(|(function, role)| function.clone().unwrap_or_else(|| role.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use crate::domain::content::{Item, Provision};
    use crate::domain::decision::{Decision, Exemption, Significance};
    use crate::domain::documents::model::{Block, Document, Span};
    use crate::domain::documents::{DocumentKind, Record, build, samples};
    use crate::domain::round::When;
    use crate::domain::terms::{ConsultationStated, Kind, Obligation, Status};
    use chrono::NaiveDate;

    fn built(change: impl FnOnce(&mut crate::domain::collection::Collection)) -> Document {
        let mut collection = samples::collection(Kind::Survey);
        change(&mut collection);
        samples::built(DocumentKind::Decision, &collection).expect("a decision")
    }

    /// What stands under a heading.
    fn under(document: &Document, heading: &str) -> String {
        let text = document.text();
        let rest = text.split(&format!("\n{heading}\n")).nth(1).unwrap_or_else(|| panic!("no {heading} in {text}"));
        rest.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_five_points_stand_in_the_order_of_the_law() {
        let document = built(|_| ());
        assert_eq!((document.title.as_str(), document.date.map(|day| day.to_string()).as_deref()), ("Beslut om enkät", Some("2026-10-01")));
        let points: Vec<&str> = document
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Heading(text) if text.starts_with(|c: char| c.is_ascii_digit()) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(
            points,
            [
                "1. Skyldighet att lämna uppgifterna",
                "2. Uppgiftslämnare",
                "3. Vad uppgiftslämnaren ska iaktta",
                "4. Vad uppgifterna ska användas till",
                "5. Samråd"
            ]
        );
        let text = document.text();
        for said in [
            "26 kap. 25 § skollagen (2010:800)",
            "Alla kommuner.",
            "Svara för alla skolenheter med kommunal huvudman.",
            "En redovisning till regeringen.",
            "Samråd har skett med Sveriges Kommuner och Regioner.",
            "Svaren ska visa var stöd behövs.",
            "Beslutande: Generaldirektören",
            "Föredragande: Utredaren vid statistikenheten",
            "Övriga som har deltagit: Rättschefen och enhetschefen",
            "Beslutsdatum: 1\u{a0}oktober 2026",
            "Omgång | Utskick | Sista svarsdag\n2027 | 1\u{a0}februari 2027 | 28\u{a0}mars 2027",
            "Uppgifterna som begärs står i bilagan.",
            "Bilaga: Uppgifter som begärs\nSkolbibliotekarier",
            "\nElever med tillgång till skolbibliotek",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        assert!(!text.contains('['), "nothing is left to fill in: {text}");
        assert!(!text.contains("2026-02-27"), "what is over is left out");
    }

    #[test]
    fn the_annex_has_every_item_with_what_it_means_and_a_period_its_column() {
        let many = built(|collection| {
            let item = collection.content.items[0].clone();
            let item = |at: usize| Item { label: format!("Uppgift {at}"), definition: Some("Den 15 oktober.".into()), ..item.clone() };
            collection.content.items = (1..=60).map(item).collect();
            collection.rounds.iter_mut().for_each(|round| round.measured_to = NaiveDate::from_ymd_opt(2026, 12, 31));
        });
        assert!(under(&many, "Bilaga: Uppgifter som begärs").starts_with("Uppgift 1"));
        let text = many.text();
        assert!(text.contains("Uppgift 60") && text.contains(": Den 15 oktober."), "{text}");
        assert!(text.contains("Omgång | Mätperiod | Utskick | Sista svarsdag\n2027 | till 2026-12-31 | "), "{text}");
        let none = built(|collection| collection.content.items.clear()).text();
        assert!(!none.contains("Bilaga") && !none.contains("bilagan"));
    }

    #[test]
    fn voluntary_means_that_there_is_no_duty() {
        let document = built(|collection| {
            collection.content.obligation = Obligation::Voluntary;
            collection.content.provisions.clear();
        });
        assert_eq!(under(&document, "1. Skyldighet att lämna uppgifterna"), "Det finns ingen skyldighet att lämna uppgifterna.");
    }

    #[test]
    fn what_is_not_decided_is_a_proposal_with_blanks() {
        let document = built(|collection| {
            collection.status = Status::Planned;
            collection.content.obligation = Obligation::Unstated;
            collection.content.observe = None;
            collection.content.data_use = Some("  ".into());
            collection.content.consultation = ConsultationStated::Unstated;
            collection.content.respondents.clear();
            collection.rounds.clear();
        });
        assert_eq!((document.title.as_str(), document.date), ("Förslag till beslut om enkät", None));
        assert!(document.text().contains("Det här är ett förslag."));
        for (heading, blank) in [
            ("1. Skyldighet att lämna uppgifterna", "[ange den bestämmelse"),
            ("2. Uppgiftslämnare", "[ange vilka slags"),
            ("3. Vad uppgiftslämnaren ska iaktta", "[ange vad uppgiftslämnaren"),
            ("4. Vad uppgifterna ska användas till", "[ange vad uppgifterna"),
            ("5. Samråd", "[ange om samråd"),
            ("Omgångar och svarstid", "[ange när"),
        ] {
            assert!(under(&document, heading).starts_with(blank), "{heading}: {}", under(&document, heading));
        }
    }

    #[test]
    fn left_out_consultation_short_time_and_changes_have_their_reasons() {
        let mut collection = samples::collection(Kind::Survey);
        collection.content.consultation = ConsultationStated::NotHeld;
        collection.rounds[1].deadline = When::parse("2027-02-10").ok();
        collection.rounds[1].short_time_reason = Some("Regeringen vill ha svar i februari.".into());
        let decision = Decision {
            exemption: Some(Exemption::NoTime),
            exemption_reason: Some("Uppdraget kom i januari.".into()),
            significance: Some(Significance::Significant),
            significance_reason: Some("Två nya frågor.".into()),
            ..Decision::default()
        };
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let record = Record {
            collection: &collection,
            decision: &decision,
            consulted: None,
            later: None,
            listed: &[],
            base_url: "https://register.example",
            today,
        };
        let text = build(DocumentKind::Decision, &record).expect("a decision").text();
        for said in [
            "Samråd har inte skett. Grunden är att tiden inte medger samråd (3 §).",
            "Uppdraget kom i januari.",
            "kortare än tre veckor (5 §). Skäl: Regeringen vill ha svar i februari.",
            "Ändringen bedöms som inte obetydlig.",
            "Två nya frågor.",
            "[ange vem som beslutar]",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
    }

    #[test]
    fn grounds_are_told_as_clauses() {
        let told = Exemption::ALL.iter().map(|ground| format!("Grunden är att {}.", ground.clause())).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                "Grunden är att samråd är uppenbart obehövligt.",
                "Grunden är att samråd skulle motverka syftet med insamlingen.",
                "Grunden är att tiden inte medger samråd.",
            ]
        );
    }

    #[test]
    fn a_decision_stays_what_it_was_when_its_rounds_are_over_or_it_is_withdrawn() {
        let early = chrono::NaiveDate::from_ymd_opt(2026, 2, 1);
        let document = built(|collection| {
            collection.content.decided_on = early;
            collection.status = Status::Withdrawn;
        });
        assert_eq!((document.title.as_str(), document.date), ("Beslut om enkät", early));
        let text = document.text();
        for said in [
            "27\u{a0}februari 2026",
            "28\u{a0}mars 2027",
            "Insamlingen är återkallad.",
            "beslutar att genomföra",
            "Beslutande: Generaldirektören",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        let never = built(|collection| {
            collection.status = Status::Withdrawn;
            collection.planned_version = Some(collection.version);
        });
        assert_eq!((never.title.as_str(), never.date), ("Förslag till beslut om enkät", None));
    }

    #[test]
    fn provisions_lead_to_where_they_can_be_read_and_nowhere_else() {
        let document = built(|collection| {
            collection.content.provisions.push(Provision { citation: "Föreskriften".into(), url: Some("javascript:alert(1)".into()) });
        });
        let lines = document.blocks.iter().find_map(|block| match block {
            Block::Bullets(lines) => Some(lines.clone()),
            _ => None,
        });
        let lines = lines.expect("the provisions");
        assert!(matches!(&lines[0][0], Span::Link { href, .. } if href == "https://lag.example/2010:800"));
        assert_eq!(lines[1], [Span::Text("Föreskriften".into())]);
    }
}
