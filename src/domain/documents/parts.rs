//! What several documents say in the same way.

use chrono::NaiveDate;

use super::Record;
use super::consulted::Consulted;
use super::model::{Block, Document, Line, Span, line};
use crate::domain::collection::Collection;
use crate::domain::content::{Content, Item, Provision};
use crate::domain::ordinance::{self, survey_sections_apply};
use crate::domain::round::Round;
use crate::domain::terms::{Channel, ConsultationStated, Kind, Status};
use crate::domain::wording::{self, enumerated};
use crate::text;

/// Where a statute of the Swedish Code of Statutes can be read, by its number.
const STATUTES: &str = "https://rkrattsbaser.gov.se/sfst?bet=";
/// How many agencies the head of a document names; a longer list stands in the text.
const SENDERS: usize = 3;
/// The heading of the items where they stand last.
const ANNEX: &str = "Bilaga: Uppgifter som begärs";
/// How many items a letter names.
const ITEMS: usize = 40;

/// A statute as a link.
pub fn statute(name: &str, number: &str) -> Span {
    Span::link(name, &format!("{STATUTES}{number}"))
}

/// The ordinance that the register rests on, as a link.
pub fn ordinance() -> Span {
    statute("förordningen (1982:668) om statliga myndigheters inhämtande av uppgifter från näringsidkare och kommuner", "1982:668")
}

/// A document with its head and no body yet.
pub fn head(record: &Record<'_>, title: impl Into<String>) -> Document {
    let collection = record.collection;
    Document {
        title: title.into(),
        subject: collection.content.title.clone(),
        sender: sender(collection),
        diary_number: diary_numbers(collection),
        number: record.number(),
        date: None,
        blocks: Vec::new(),
    }
}

/// The names of the responsible agencies.
pub fn agencies(collection: &Collection) -> Vec<String> {
    collection.responsible.iter().map(|one| one.organisation.name.clone()).collect()
}

/// Who sends the document: the agencies by name, or the first and how many more.
pub fn sender(collection: &Collection) -> String {
    let names = agencies(collection);
    match names.as_slice() {
        [first, rest @ ..] if names.len() > SENDERS => format!("{first} och {} andra myndigheter", rest.len()),
        names => enumerated(names),
    }
}

/// The agency's diarienummer, or each agency's with its name where several have one.
fn diary_numbers(collection: &Collection) -> Option<String> {
    let known = collection.responsible.iter().filter_map(|one| Some((one.organisation.short_name(), one.diary_number.as_deref()?)));
    let known: Vec<(&str, &str)> = known.collect();
    match known.as_slice() {
        [] => None,
        [(_, number)] => Some((*number).to_owned()),
        many => Some(many.iter().map(|(name, number)| format!("{name} {number}")).collect::<Vec<_>>().join(", ")),
    }
}

/// The responsible agencies by name, where the head does not name them all.
pub fn all_agencies(collection: &Collection) -> Option<Block> {
    let names = agencies(collection);
    (names.len() > SENDERS).then(|| Block::paragraph(format!("Ansvariga myndigheter är {}.", enumerated(&names))))
}

/// The text, or a blank that says what belongs there.
pub fn or_blank(text: Option<&str>, what: &str) -> Vec<Block> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => Block::paragraphs(text).collect(),
        None => vec![Block::Paragraph(vec![Span::blank(what)])],
    }
}

/// The provisions as a list, leading to where they can be read.
pub fn provisions(content: &Content) -> Block {
    let one = |provision: &Provision| match &provision.url {
        Some(url) => vec![Span::link(&provision.citation, url)],
        None => line(&provision.citation),
    };
    Block::Bullets(content.provisions.iter().map(one).collect())
}

/// Who is asked: in words, and by name where there is a list.
pub fn respondents(record: &Record<'_>) -> Vec<Block> {
    let content = &record.collection.content;
    if content.respondents.is_empty() {
        return vec![Block::Paragraph(vec![Span::blank("ange vilka slags uppgiftslämnare som ska svara")])];
    }
    let mut blocks = vec![Block::paragraph(format!("{}.", capital(&content.respondents_in_words())))];
    if !record.listed.is_empty() {
        blocks.push(Block::paragraph(format!("Listan omfattar {}.", enumerated(record.listed))));
    }
    blocks
}

/// Whether and with whom consultation took place (3 § and 4 § point 5), with what each body answered in the register, and with the ground
/// where it was left out.
pub fn consultation(record: &Record<'_>) -> Vec<Block> {
    let (content, decision) = (&record.collection.content, record.decision);
    match content.consultation {
        ConsultationStated::Held => {
            let with = content.consulted.as_deref().map_or_else(|| Span::blank("ange med vem"), |with| Span::Text(with.to_owned()));
            let mut blocks = vec![Block::Paragraph(vec![Span::Text("Samråd har skett med ".into()), with, Span::Text(".".into())])];
            blocks.extend(record.consulted.into_iter().flat_map(Consulted::told));
            blocks
        }
        ConsultationStated::NotHeld => {
            let ground = decision.exemption.map(|ground| format!(" Grunden är att {} (3 §).", ground.clause())).unwrap_or_default();
            let mut blocks = vec![Block::paragraph(format!("Samråd har inte skett.{ground}"))];
            blocks.extend(decision.exemption_reason.as_deref().into_iter().flat_map(Block::paragraphs));
            blocks
        }
        ConsultationStated::Unstated => match record.consulted {
            Some(one) => {
                let mut blocks = vec![Block::paragraph(format!("Samråd har skett med {}.", enumerated(&one.names())))];
                blocks.extend(one.told());
                blocks
            }
            None => vec![Block::Paragraph(vec![Span::blank("ange om samråd har skett och i så fall med vem")])],
        },
    }
}

/// A column of the rounds: whether any of them says something there, its heading, and what one says.
type Column = (bool, &'static str, fn(&Round) -> String);

/// The rounds that are not over on `day`, or all of them where none is left, and for an enkät why a time to answer is short (5 §).
pub fn rounds(record: &Record<'_>, day: NaiveDate) -> Vec<Block> {
    let all = &record.collection.rounds;
    let ahead = |round: &&Round| round.deadline.as_ref().is_none_or(|deadline| deadline.counts_as() >= day);
    let mut shown: Vec<&Round> = all.iter().filter(ahead).collect();
    if shown.is_empty() {
        shown = all.iter().collect();
    }
    if shown.is_empty() {
        return vec![Block::Paragraph(vec![Span::blank("ange när frågorna skickas ut och när svaren senast ska lämnas")])];
    }
    // a column in which no occasion says anything is left out
    let (named, measured) =
        (shown.iter().any(|round| !round.label.is_empty()), shown.iter().any(|round| round.measured_period().is_some()));
    let columns: [Column; 4] = [
        (named, "Omgång", |round| round.label.clone()),
        (measured, "Mätperiod", |round| round.measured_period().unwrap_or_default()),
        (true, "Utskick", |round| round.dispatch.as_ref().map(wording::when).unwrap_or_default()),
        (true, "Sista svarsdag", |round| round.deadline.as_ref().map(wording::when).unwrap_or_default()),
    ];
    let columns: Vec<_> = columns.into_iter().filter(|(said, ..)| *said).collect();
    let rows = shown.iter().map(|round| columns.iter().map(|(.., cell)| cell(round)).collect()).collect();
    let mut blocks = vec![Block::Table(columns.iter().map(|(_, heading, _)| *heading).collect(), rows)];
    let must_explain = |round: &&&Round| survey_sections_apply(record.collection.content.kind) && ordinance::answer_time(round).is_short();
    for round in shown.iter().filter(must_explain) {
        let name = if round.label.is_empty() { String::new() } else { format!(" för omgång {}", round.label) };
        let start = format!("Svarstiden{name} är kortare än tre veckor (5 §). Skäl: ");
        let reason = round.short_time_reason.clone().map_or_else(|| Span::blank("ange skälen"), Span::Text);
        blocks.push(Block::Paragraph(vec![Span::Text(start), reason]));
    }
    blocks
}

/// The next round to answer, or the latest where none is left.
pub fn current_round<'a>(record: &Record<'a>) -> Option<&'a Round> {
    record.collection.next_round(record.today).or_else(|| record.collection.rounds.last())
}

/// The last day to answer, as a span: a blank where it is not set.
pub fn deadline(record: &Record<'_>) -> Span {
    current_round(record)
        .and_then(|round| round.deadline.as_ref())
        .map_or_else(|| Span::blank("ange sista svarsdag"), |when| Span::Text(wording::when(when)))
}

/// What is asked for, by name.
pub fn items(record: &Record<'_>) -> Vec<Block> {
    let items = &record.collection.content.items;
    if items.is_empty() {
        return vec![Block::Paragraph(vec![Span::blank("ange vilka uppgifter som begärs")])];
    }
    let mut blocks = vec![Block::Bullets(items.iter().take(ITEMS).map(|item| line(named(item))).collect())];
    if items.len() > ITEMS {
        let others = text::counted(i64::try_from(items.len() - ITEMS).unwrap_or(i64::MAX), "uppgift", "uppgifter");
        blocks.push(Block::paragraph(format!("Därutöver begärs {others}. Alla står på insamlingens sida.")));
    }
    blocks
}

/// An item with its unit.
fn named(item: &Item) -> String {
    let unit = item.unit.as_ref().map(|unit| format!(" ({unit})")).unwrap_or_default();
    format!("{}{unit}", item.label)
}

/// Every item as an annex, with what it means where that is said; nothing where no item is named.
pub fn annex(record: &Record<'_>) -> Vec<Block> {
    let items = &record.collection.content.items;
    let one = |item: &Item| match &item.definition {
        Some(definition) => line(format!("{}: {definition}", named(item))),
        None => line(named(item)),
    };
    if items.is_empty() { Vec::new() } else { vec![Block::heading(ANNEX), Block::Bullets(items.iter().map(one).collect())] }
}

/// How answers are given, in a sentence; none where nothing is said.
pub fn channel(content: &Content) -> Option<String> {
    let how = match content.channel {
        Channel::Api => "Svaren lämnas genom ett API",
        Channel::File => "Svaren lämnas som en fil som förs över",
        Channel::Web => "Svaren lämnas i ett webbformulär",
        Channel::Spreadsheet => "Svaren lämnas i ett kalkylblad",
        Channel::Paper => "Svaren lämnas på en blankett",
        Channel::Unstated => return content.channel_words.as_ref().map(|words| format!("Så lämnas svaren: {words}.")),
    };
    Some(match &content.channel_words {
        Some(words) if text::fold(words) != text::fold(content.channel.label()) => format!("{how} ({words})."),
        _ => format!("{how}."),
    })
}

/// How to answer and what to observe.
pub fn how(record: &Record<'_>) -> Vec<Block> {
    let content = &record.collection.content;
    let mut blocks: Vec<Block> = channel(content).map(Block::paragraph).into_iter().collect();
    blocks.extend(content.observe.as_deref().into_iter().flat_map(Block::paragraphs));
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(vec![Span::blank("ange hur svaren lämnas")]));
    }
    blocks
}

/// Whom to turn to.
pub fn contact(content: &Content) -> Block {
    let mut contact: Line = vec![Span::Text("Frågor besvaras av ".into())];
    contact.push(content.contact_function.clone().map_or_else(|| Span::blank("ange en funktion"), Span::Text));
    contact.push(Span::Text(", ".into()));
    contact.push(match &content.contact_email {
        Some(email) => Span::link(email, &format!("mailto:{email}")),
        None => Span::blank("ange en funktionsbrevlåda"),
    });
    contact.push(Span::Text(".".into()));
    Block::Paragraph(contact)
}

/// The number and the address where everybody can see that the request is genuine and how far it has come.
pub fn registration(record: &Record<'_>) -> Block {
    let address = record.status_address();
    let start = format!("Insamlingen är registrerad i Insamlingsregistret med nummer {}. Status: ", record.number());
    Block::Paragraph(vec![Span::Text(start), Span::link(&address, &address)])
}

/// Who collects and on whose behalf, where it is not the agency itself.
pub fn on_behalf(collection: &Collection) -> Option<String> {
    let own = |code: &str| collection.responsible.iter().any(|one| one.organisation.code == code);
    let collector = match (&collection.collector, &collection.collector_words) {
        (Some(collector), _) if own(&collector.code) => return None,
        (Some(collector), _) => collector.name.clone(),
        (None, words) => words.clone()?,
    };
    Some(format!("{collector} samlar in uppgifterna för {} räkning.", genitive(&sender(collection))))
}

/// A name in the genitive: `Skolverkets`, `Statens skolverks`; one that ends in s, x or z stays as it is.
fn genitive(name: &str) -> String {
    if name.ends_with(['s', 'x', 'z']) { name.to_owned() } else { format!("{name}s") }
}

/// What the agency asks for, in a sentence that suits the kind.
pub fn opening(record: &Record<'_>) -> String {
    let (sender, title) = (sender(record.collection), &record.collection.content.title);
    match record.collection.content.kind {
        Kind::Survey => format!("{sender} genomför enkäten ”{title}”."),
        Kind::OfficialStatistics => format!("{sender} samlar in uppgifter till den officiella statistiken: ”{title}”."),
        Kind::PrescribedReporting => format!("{sender} samlar in uppgifter som ska rapporteras enligt gällande bestämmelser: ”{title}”."),
        Kind::StateGrant => format!("{sender} begär in uppgifter om statsbidrag: ”{title}”."),
        Kind::Supervision => format!("{sender} begär in uppgifter för tillsyn: ”{title}”."),
        Kind::MandatoryPlan => format!("{sender} begär in en obligatorisk plan: ”{title}”."),
        Kind::CaseNotification => format!("{sender} tar emot anmälningar i enskilda ärenden: ”{title}”."),
    }
}

/// What a reader must know first of what is not in force.
pub fn warning(record: &Record<'_>) -> Option<Block> {
    let text = match record.collection.status {
        Status::Withdrawn => "Insamlingen är återkallad. Den genomförs inte.",
        _ if record.is_decided() => return None,
        _ => "Det här är ett förslag. Insamlingen är inte beslutad och innehållet kan ändras.",
    };
    Some(Block::Important(line(text)))
}

/// Whether answering is compulsory, with the provisions: comes first and cannot be missed (4 §).
pub fn obligation(content: &Content) -> Vec<Block> {
    use crate::domain::terms::Obligation;
    let mut blocks = match content.obligation {
        Obligation::Unstated => vec![Block::Important(vec![Span::blank("ange om det är obligatoriskt eller frivilligt att svara")])],
        stated => vec![Block::Important(line(wording::obligation(stated)))],
    };
    match (content.obligation, content.provisions.is_empty()) {
        (Obligation::Compulsory, true) => {
            let blank = Span::blank("ange den bestämmelse som gör det obligatoriskt att svara");
            blocks.push(Block::Paragraph(vec![Span::Text("Skyldigheten följer av ".into()), blank, Span::Text(".".into())]));
        }
        (Obligation::Compulsory, false) => blocks.extend([Block::paragraph("Skyldigheten följer av:"), provisions(content)]),
        (_, false) => blocks.extend([Block::paragraph("Uppgifterna begärs med stöd av:"), provisions(content)]),
        (_, true) => {}
    }
    blocks
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::{DocumentKind, samples};
    use crate::domain::round::When;

    #[test]
    fn many_agencies_are_named_in_the_text_and_counted_in_the_head() {
        let mut collection = samples::collection(Kind::Survey);
        assert_eq!(sender(&collection), "Skolverket och Statistiska centralbyrån");
        assert_eq!(diary_numbers(&collection).as_deref(), Some("Skolverket 2026:17, Statistiska centralbyrån A-2"));
        assert_eq!(all_agencies(&collection), None);
        let more = collection.responsible.clone();
        collection.responsible.extend(more);
        assert_eq!(sender(&collection), "Skolverket och 3 andra myndigheter");
        assert!(all_agencies(&collection).is_some());
    }

    #[test]
    fn only_an_enkat_must_say_why_time_is_short() {
        let told = |kind| {
            let mut collection = samples::collection(kind);
            collection.rounds[1].deadline = When::parse("2027-02-10").ok();
            samples::built(if kind == Kind::Survey { DocumentKind::Decision } else { DocumentKind::Basis }, &collection)
                .expect("a document")
                .text()
        };
        assert!(told(Kind::Survey).contains("kortare än tre veckor (5 §)"));
        assert!(!told(Kind::Supervision).contains("(5 §)"));
    }

    #[test]
    fn who_collects_for_another_is_told() {
        let mut collection = samples::collection(Kind::Survey);
        assert_eq!(on_behalf(&collection), None);
        collection.collector = Some(collection.responsible[1].organisation.clone());
        assert_eq!(on_behalf(&collection), None, "an agency that collects for itself");
        collection.collector = None;
        collection.collector_words = Some("Ett företag".into());
        collection.responsible.truncate(1);
        assert_eq!(on_behalf(&collection).as_deref(), Some("Ett företag samlar in uppgifterna för Skolverkets räkning."));
    }
}
