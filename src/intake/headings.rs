//! Column headings: which field each one names, in the words that agencies use.

use crate::domain::column::{COLLECTION_SHEET, ITEM_SHEET, LIST_SHEET, README_SHEET, ROUND_SHEET};
use crate::domain::field::Field;
use crate::text::{self, near};

/// What a sheet holds: this decides which columns it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Collections, with or without items and rounds in repeated rows.
    Collections,
    /// Items, each with the own reference of its collection.
    Items,
    /// Rounds, each with the own reference of its collection.
    Rounds,
}

/// How a sheet is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetRole {
    /// It holds rows of a part.
    Rows(Part),
    /// Instructions or lists of the template.
    Ignored,
    /// Its name says nothing.
    Unknown,
}

/// Other headings that are accepted for a field, folded.
const SYNONYMS: &[(Field, &[&str])] = &[
    (Field::OwnReference, &["referens", "eget id", "id", "egen beteckning", "myndighetens referens", "insamlingens referens"]),
    (Field::Title, &["namn", "rubrik", "benämning", "insamling", "insamlingens namn", "insamlingens titel"]),
    (Field::Kind, &["typ", "insamlingstyp", "typ av insamling", "slag av insamling"]),
    (Field::Purpose, &["ändamål", "beskrivning", "varför"]),
    (Field::Area, &["ämnesområde", "ämne", "verksamhetsområde"]),
    (Field::Status, &["läge", "tillstånd"]),
    (Field::Responsible, &["ansvarig myndighet", "myndighet", "myndigheter", "ansvarig", "ansvariga"]),
    (Field::DiaryNumber, &["dnr", "diarienr", "ärendenummer"]),
    (Field::Collector, &["utförare", "samlas in av", "insamlande myndighet", "insamlare"]),
    (Field::AssignmentKind, &["uppdrag", "slag av uppdrag", "uppdragstyp", "bakgrund"]),
    (Field::AssignmentDepartment, &["departementet", "uppdragets departement"]),
    (Field::AssignmentInstrument, &["uppdragsbeteckning", "beteckning"]),
    (Field::AssignmentDated, &["uppdragsdatum"]),
    (Field::AssignmentFinalReport, &["slutredovisning", "uppdraget slutredovisas"]),
    (Field::Origin, &["nationellt eller eu"]),
    (Field::Obligation, &["obligatorisk eller frivillig", "obligatorisk/frivillig", "uppgiftsskyldighet", "frivillighet"]),
    (Field::Provisions, &["bestämmelse", "rättslig grund", "lagstöd", "författningsstöd", "författning"]),
    (Field::Respondents, &["uppgiftslämnare, slag", "slag av uppgiftslämnare", "svarande", "respondenter", "målgrupp"]),
    (Field::Selection, &["urvalsstorlek", "urval av uppgiftslämnare"]),
    (Field::RespondentCodes, &["kommunkod", "kommun- och regionkoder", "koder", "regionkoder"]),
    (Field::Observe, &["iaktta", "att iakttas", "vad uppgiftslämnaren ska iaktta", "anvisningar"]),
    (Field::DataUse, &["uppgifternas användning", "används till", "vad uppgifterna ska användas till"]),
    (Field::Consultation, &["samråd har skett", "har samråd skett"]),
    (Field::Consulted, &["samrådspart", "samrådsparter", "samråd har skett med"]),
    (Field::DecidedOn, &["beslutad den", "datum för beslut"]),
    (Field::Periodicity, &["frekvens", "hur ofta"]),
    (Field::PeriodicityWords, &["periodicitet, kommentar", "periodicitet, text"]),
    (Field::Visibility, &["synlighet", "visas öppet", "visas från"]),
    (Field::Channel, &["svarssätt", "insamlingssätt", "insamlingskanal"]),
    (Field::ChannelWords, &["kanal, kommentar", "kanal, text"]),
    (Field::DataPaths, &["dataväg"]),
    (Field::ContactFunction, &["kontakt", "kontakt, funktion"]),
    (Field::ContactEmail, &["e-post", "epost", "kontaktens e-post", "kontakt epost", "funktionsbrevlåda"]),
    (Field::FurtherUsers, &["andra användare", "fler som använder uppgifterna"]),
    (Field::AutomationConsidered, &["automatisering har övervägts", "automatisering"]),
    (Field::AutomationComment, &["automatisering kommentar", "kommentar om automatisering"]),
    (Field::SourceUrl, &["webbadress", "länk", "url", "webbsida"]),
    (Field::Remark, &["kommentar", "anteckning", "övrigt"]),
    (Field::ItemLabel, &["uppgiftens namn", "variabel", "fråga", "uppgift, namn"]),
    (Field::ItemDefinition, &["uppgiftens definition", "förklaring"]),
    (Field::ItemUnit, &["uppgiftens enhet", "måttenhet"]),
    (Field::ItemSource, &["var uppgiften finns", "uppgiftens källa", "källa i kommunerna"]),
    (Field::ItemPersonalData, &["personuppgift", "är personuppgift"]),
    (Field::RoundLabel, &["omgångens namn", "insamlingsomgång"]),
    (Field::RoundMeasuredFrom, &["mätperiodens början", "mätperiod start", "mätperiod, från"]),
    (Field::RoundMeasuredTo, &["mätperiodens slut", "mätperiod slut", "mätperiod, till"]),
    (Field::RoundDispatch, &["utskicksdag", "utskicksdatum", "skickas ut"]),
    (Field::RoundDeadline, &["svarsdag", "sista svarsdatum", "sista dag att svara", "svar senast", "deadline"]),
    (Field::RoundCloses, &["stängs", "stängning"]),
    (Field::RoundPublished, &["publicering", "publiceringsdatum"]),
    (Field::RoundShortTimeReason, &["skäl för kortare svarstid", "skäl för kort tid", "särskilda skäl"]),
];

/// On the sheet of items or rounds a short heading can only mean one thing.
const ON_SHEET: &[(Part, &str, Field)] = &[
    (Part::Items, "namn", Field::ItemLabel),
    (Part::Items, "benämning", Field::ItemLabel),
    (Part::Items, "källa", Field::ItemSource),
    (Part::Items, "beskrivning", Field::ItemDefinition),
    (Part::Items, "insamling", Field::OwnReference),
    (Part::Rounds, "namn", Field::RoundLabel),
    (Part::Rounds, "insamling", Field::OwnReference),
];

/// Folds a heading: case, white space, and the marks that people add to it, such as `*` or `(obligatoriskt)`.
fn folded(heading: &str) -> String {
    let folded = text::fold(&heading.replace(['_', '*', ':'], " "));
    match folded.split_once(" (") {
        Some((before, after)) if after.ends_with(')') => before.to_owned(),
        _ => folded,
    }
}

/// The field that a heading names on a sheet of this part.
#[must_use]
pub fn field_of(heading: &str, part: Part) -> Option<Field> {
    let folded = folded(heading);
    let here = ON_SHEET.iter().find(|(on, word, _)| *on == part && *word == folded).map(|(_, _, field)| *field);
    let by_name = || Field::from_label(&folded).or_else(|| Field::from_code(&folded.replace(' ', "_")));
    let by_synonym = || SYNONYMS.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(field, _)| *field);
    here.or_else(by_name).or_else(by_synonym)
}

/// Whether a heading names any field of a table of collections.
#[must_use]
pub fn is_known(heading: &str) -> bool {
    field_of(heading, Part::Collections).is_some()
}

/// Whether a field may stand on a sheet of this part.
#[must_use]
pub fn belongs(field: Field, part: Part) -> bool {
    match part {
        Part::Collections => true,
        Part::Items => field.is_item() || field == Field::OwnReference,
        Part::Rounds => field.is_round() || field == Field::OwnReference,
    }
}

/// What is said of a heading that names no field: the nearest one, or where all of them are described.
#[must_use]
pub fn unknown_message(heading: &str, part: Part) -> String {
    let folded = folded(heading);
    let fields = || Field::ALL.iter().copied().filter(|field| belongs(*field, part));
    match near::nearest(&folded, fields().map(Field::label)) {
        Some(label) => format!("Rubriken är okänd. Menar du ”{label}”?"),
        None => {
            let all: Vec<&str> = fields().map(Field::label).collect();
            format!("Rubriken är okänd. Tillåtna rubriker: {}.", all.join(", "))
        }
    }
}

/// How a sheet is to be read, by its name.
#[must_use]
pub fn role_of(sheet: &str) -> SheetRole {
    let name = text::fold(sheet);
    let is = |one: &str| text::fold(one) == name;
    match name.as_str() {
        _ if is(COLLECTION_SHEET) => SheetRole::Rows(Part::Collections),
        "insamling" | "enkäter" | "förteckning" | "samlingar" | "collections" => SheetRole::Rows(Part::Collections),
        _ if is(ITEM_SHEET) => SheetRole::Rows(Part::Items),
        "uppgift" | "variabler" | "frågor" | "items" => SheetRole::Rows(Part::Items),
        _ if is(ROUND_SHEET) => SheetRole::Rows(Part::Rounds),
        "omgång" | "insamlingsomgångar" | "tidplan" | "rounds" => SheetRole::Rows(Part::Rounds),
        _ if is(README_SHEET) || is(LIST_SHEET) => SheetRole::Ignored,
        _ => SheetRole::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_codes_and_synonyms_name_one_field_each() {
        for field in Field::ALL {
            assert_eq!(field_of(&field.label().to_uppercase(), Part::Collections), Some(*field));
            assert_eq!(field_of(field.code(), Part::Collections), Some(*field));
        }
        let mut words: Vec<&str> = SYNONYMS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        words.extend(Field::ALL.iter().map(|field| field.label()));
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
        assert!(words.iter().all(|word| folded(word) == *word));
        assert_eq!(SYNONYMS.len(), Field::ALL.len());
    }

    #[test]
    fn marks_around_a_heading_do_not_matter() {
        assert_eq!(field_of(" Titel * (obligatoriskt)", Part::Collections), Some(Field::Title));
        assert_eq!(field_of("Egen\nreferens:", Part::Rounds), Some(Field::OwnReference));
        assert_eq!(field_of("Källa", Part::Items), Some(Field::ItemSource));
        assert_eq!(field_of("Källa", Part::Collections), Some(Field::SourceUrl));
    }

    #[test]
    fn unknown_headings_get_the_nearest_known() {
        assert_eq!(unknown_message("Titell", Part::Collections), "Rubriken är okänd. Menar du ”titel”?");
        assert!(unknown_message("zzz", Part::Rounds).starts_with("Rubriken är okänd. Tillåtna rubriker: egen referens, omgång,"));
    }

    #[test]
    fn sheets_are_told_by_name() {
        assert_eq!(role_of(" UPPGIFTER "), SheetRole::Rows(Part::Items));
        assert_eq!(role_of("Läs mig först"), SheetRole::Ignored);
        assert_eq!(role_of("Blad1"), SheetRole::Unknown);
    }
}
