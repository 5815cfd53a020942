//! A collection before it is written: what was typed or read, and every check that needs no register.

use super::content::{Content, Item};
use super::field::{Fault, Field};
use super::ordinance::{self, AnswerTime};
use super::respondent::Selection;
use super::round::Round;
use super::terms::{Kind, Status, Visibility};
use crate::text::is_unfit;

/// The most items that one collection may have.
pub const MOST_ITEMS: usize = 2_000;
/// The most rounds that one collection may have.
pub const MOST_ROUNDS: usize = 500;
/// The most provisions that one collection may rest on.
pub const MOST_PROVISIONS: usize = 200;
/// The most further users that one collection may name.
pub const MOST_FURTHER_USERS: usize = 200;

/// What is typed or read of a collection before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionParts {
    /// The agency's own reference, unique for the agency.
    pub own_reference: Option<String>,
    /// Codes of the responsible agencies, the registering one first.
    pub responsible: Vec<String>,
    /// The registering agency's diarienummer.
    pub diary_number: Option<String>,
    /// Who collects in practice, in words or by code (*utförs av*).
    pub collector: Option<String>,
    /// Planned, decided or ended.
    pub status: Status,
    /// From when it is shown openly.
    pub visibility: Visibility,
    /// What it asks and why.
    pub content: Content,
    /// Its occasions.
    pub rounds: Vec<Round>,
}

/// A collection that passed every check and may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCollection(CollectionParts);

impl NewCollection {
    /// Checks everything that can be judged without the register, and puts the rounds in order.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn new(mut parts: CollectionParts) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        check_texts(&parts, &mut faults);
        check_respondents(&parts, &mut faults);
        check_items(&parts.content.items, &mut faults);
        check_rounds(&parts, &mut faults);
        if parts.status == Status::Decided {
            for missing in ordinance::missing_for_decision(&parts.content) {
                faults.push(fault(missing.field(), missing.message()));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        parts.rounds.sort_by_key(Round::order);
        Ok(Self(parts))
    }

    /// What was checked.
    #[must_use]
    pub fn parts(&self) -> &CollectionParts {
        &self.0
    }
}

fn fault(field: Field, message: impl Into<String>) -> Fault {
    Fault { field, index: None, message: message.into() }
}

fn check_texts(parts: &CollectionParts, faults: &mut Vec<Fault>) {
    let content = &parts.content;
    if content.title.trim().is_empty() {
        faults.push(fault(Field::Title, "Titeln saknas. Skriv vad insamlingen heter."));
    }
    if parts.responsible.is_empty() {
        faults.push(fault(Field::Responsible, "Ange minst en ansvarig myndighet."));
    }
    let texts = [
        (Field::Title, Some(&content.title)),
        (Field::Purpose, Some(&content.purpose)),
        (Field::OwnReference, parts.own_reference.as_ref()),
        (Field::DiaryNumber, parts.diary_number.as_ref()),
        (Field::Collector, parts.collector.as_ref()),
        (Field::AssignmentDepartment, content.assignment.department.as_ref()),
        (Field::AssignmentInstrument, content.assignment.instrument.as_ref()),
        (Field::Observe, content.observe.as_ref()),
        (Field::DataUse, content.data_use.as_ref()),
        (Field::Consulted, content.consulted.as_ref()),
        (Field::PeriodicityWords, content.periodicity_words.as_ref()),
        (Field::ChannelWords, content.channel_words.as_ref()),
        (Field::ContactFunction, content.contact_function.as_ref()),
        (Field::ContactEmail, content.contact_email.as_ref()),
        (Field::AutomationComment, content.automation_comment.as_ref()),
        (Field::SourceUrl, content.source_url.as_ref()),
        (Field::Remark, content.remark.as_ref()),
    ];
    for (field, text) in texts {
        if let Some(message) = text.and_then(|text| text_fault(field, text)) {
            faults.push(fault(field, message));
        }
    }
    check_lists(content, faults);
    if let Some(email) = content.contact_email.as_deref().filter(|email| !is_email(email)) {
        faults.push(fault(
            Field::ContactEmail,
            format!("”{email}” är ingen e-postadress. Ange en funktionsbrevlåda, till exempel statistik@myndigheten.example."),
        ));
    }
    let urls = content.source_url.iter().map(|url| (Field::SourceUrl, url));
    let urls = urls.chain(content.provisions.iter().filter_map(|p| p.url.as_ref()).map(|url| (Field::Provisions, url)));
    for (field, url) in urls {
        if !is_web_address(url) {
            faults.push(fault(field, "Adressen ska börja med https:// eller http://."));
        }
    }
}

/// The lists of texts: how many there are, and the first of each that is wrong.
fn check_lists(content: &Content, faults: &mut Vec<Fault>) {
    let counts = [
        (Field::FurtherUsers, content.further_users.len(), MOST_FURTHER_USERS),
        (Field::Provisions, content.provisions.len(), MOST_PROVISIONS),
    ];
    for (field, count, most) in counts.into_iter().filter(|(_, count, most)| count > most) {
        faults.push(fault(field, format!("{count} är fler än de {most} som en insamling kan ha.")));
    }
    let users = content.further_users.iter().find_map(|text| text_fault(Field::FurtherUsers, text));
    let provisions = content.provisions.iter().flat_map(|provision| [Some(&provision.citation), provision.url.as_ref()]);
    let provisions = provisions.flatten().find_map(|text| text_fault(Field::Provisions, text));
    for (field, message) in [(Field::FurtherUsers, users), (Field::Provisions, provisions)] {
        faults.extend(message.map(|message| fault(field, message)));
    }
}

/// What is wrong with one text, if anything: its length, or characters that no text has.
fn text_fault(field: Field, text: &str) -> Option<String> {
    let (length, most) = (text.chars().count(), field.most_characters());
    if length > most {
        return Some(format!("Texten är {length} tecken lång. Högst {most} får plats."));
    }
    if !field.has_lines() && text.contains(['\n', '\t']) {
        return Some("Texten ska stå på en rad. Ta bort radbrytningar och tabbar.".to_owned());
    }
    let wrong = text.chars().find(|c| is_unfit(*c) && !matches!(c, '\n' | '\t'))?;
    if wrong == char::REPLACEMENT_CHARACTER {
        return Some("Texten innehåller ett tecken som inte gick att läsa (\u{fffd}). Skriv det på nytt.".to_owned());
    }
    Some(format!("Texten innehåller ett styrtecken (U+{:04X}) som inte får förekomma. Ta bort det.", u32::from(wrong)))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._-+".contains(c));
    plain(local) && plain(domain) && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
}

fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"'".contains(c)))
}

fn check_respondents(parts: &CollectionParts, faults: &mut Vec<Fault>) {
    for group in &parts.content.respondents {
        match &group.selection {
            Selection::Sample(size) if *size < 1 => faults.push(fault(Field::Selection, "Urvalets storlek ska vara minst 1.")),
            Selection::Listed(codes) if codes.is_empty() => faults
                .push(fault(Field::RespondentCodes, format!("Urvalet är en lista, men inga koder för {} är angivna.", group.kind.label()))),
            Selection::Listed(_) if !group.kind.has_codes() => {
                faults
                    .push(fault(Field::Selection, format!("Bara kommuner och regioner kan listas med kod, inte {}.", group.kind.label())));
            }
            _ => {}
        }
    }
}

fn check_items(items: &[Item], faults: &mut Vec<Fault>) {
    if items.len() > MOST_ITEMS {
        faults.push(fault(Field::ItemLabel, format!("{} uppgifter är fler än de {MOST_ITEMS} som en insamling kan ha.", items.len())));
    }
    for (index, item) in items.iter().enumerate() {
        if item.label.trim().is_empty() {
            faults.push(Fault { field: Field::ItemLabel, index: Some(index), message: "Uppgiftens namn saknas.".into() });
        }
        let texts = [
            (Field::ItemLabel, Some(&item.label)),
            (Field::ItemDefinition, item.definition.as_ref()),
            (Field::ItemUnit, item.unit.as_ref()),
        ];
        for (field, text) in texts {
            if let Some(message) = text.and_then(|text| text_fault(field, text)) {
                faults.push(Fault { field, index: Some(index), message });
            }
        }
    }
}

fn check_rounds(parts: &CollectionParts, faults: &mut Vec<Fault>) {
    if parts.rounds.len() > MOST_ROUNDS {
        faults.push(fault(
            Field::RoundLabel,
            format!("{} omgångar är fler än de {MOST_ROUNDS} som en insamling kan ha.", parts.rounds.len()),
        ));
    }
    for (index, round) in parts.rounds.iter().enumerate() {
        let mut add = |field, message: String| faults.push(Fault { field, index: Some(index), message });
        if let (Some(from), Some(to)) = (round.measured_from, round.measured_to)
            && from > to
        {
            add(Field::RoundMeasuredTo, format!("Mätperioden slutar {to}, före sin början {from}."));
        }
        let time = ordinance::answer_time(round);
        if let (Some(dispatch), Some(deadline), AnswerTime::Days(..0)) = (&round.dispatch, &round.deadline, time) {
            add(Field::RoundDeadline, format!("{deadline} ligger före utskicket {dispatch}. Ange en senare dag, eller flytta utskicket."));
        } else if parts.content.kind == Kind::Survey && round.short_time_reason.is_none() && time.is_short() {
            add(Field::RoundShortTimeReason, ordinance::SHORT_TIME_MESSAGE.to_owned());
        }
        for (field, text) in [(Field::RoundLabel, Some(&round.label)), (Field::RoundShortTimeReason, round.short_time_reason.as_ref())] {
            if let Some(message) = text.and_then(|text| text_fault(field, text)) {
                add(field, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Provision;
    use crate::domain::respondent::RespondentGroup;
    use crate::domain::round::When;
    use crate::domain::terms::RespondentKind;

    fn parts() -> CollectionParts {
        CollectionParts {
            own_reference: Some("A-1".into()),
            responsible: vec!["202100-0837".into()],
            diary_number: None,
            collector: None,
            status: Status::Planned,
            visibility: Visibility::Now,
            content: Content::titled(Kind::Survey, "Enkät om bibliotek"),
            rounds: Vec::new(),
        }
    }

    fn faults(parts: CollectionParts) -> Vec<Field> {
        NewCollection::new(parts).err().unwrap_or_default().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_title_and_an_agency_are_enough_for_a_planned_one() {
        assert_eq!(faults(parts()), []);
        let mut empty = parts();
        empty.content.title = "  ".into();
        empty.responsible.clear();
        assert_eq!(faults(empty), [Field::Title, Field::Responsible]);
    }

    #[test]
    fn control_characters_long_texts_and_addresses_are_refused() {
        let mut wrong = parts();
        wrong.content.title = "a".repeat(100_000);
        wrong.content.purpose = "noll\0byte".into();
        wrong.content.contact_email = Some("inte en adress".into());
        wrong.content.source_url = Some("javascript:alert(1)".into());
        assert_eq!(faults(wrong), [Field::Title, Field::Purpose, Field::ContactEmail, Field::SourceUrl]);
    }

    #[test]
    fn only_running_text_has_lines() {
        let mut lines = parts();
        lines.content.purpose = "Ett stycke.\n\n\tEtt till.".into();
        assert_eq!(faults(lines.clone()), []);
        lines.content.title = "Två\nrader".into();
        lines.own_reference = Some("A\t1".into());
        lines.content.further_users = vec!["En\nannan".into()];
        assert_eq!(faults(lines), [Field::Title, Field::OwnReference, Field::FurtherUsers]);
    }

    #[test]
    fn lists_have_an_end_and_addresses_a_length() {
        let provision = |url: Option<String>| Provision { citation: "1 § lagen (2001:99)".into(), url };
        let mut full = parts();
        full.content.further_users = vec!["Alla kommuner".into(); MOST_FURTHER_USERS];
        full.content.provisions = vec![provision(Some("https://lag.example/1".into())); MOST_PROVISIONS];
        assert_eq!(faults(full.clone()), []);
        full.content.further_users.push("En till".into());
        full.content.provisions.push(provision(None));
        assert_eq!(faults(full), [Field::FurtherUsers, Field::Provisions]);
        let mut long = parts();
        long.content.provisions = vec![provision(Some(format!("https://lag.example/{}", "a".repeat(100_000))))];
        assert_eq!(faults(long), [Field::Provisions]);
    }

    #[test]
    fn a_list_needs_codes_and_a_sample_a_size() {
        let mut wrong = parts();
        wrong.content.respondents = vec![
            RespondentGroup { kind: RespondentKind::Municipality, selection: Selection::Listed(vec![]) },
            RespondentGroup { kind: RespondentKind::Business, selection: Selection::Listed(vec!["1".into()]) },
            RespondentGroup { kind: RespondentKind::Region, selection: Selection::Sample(0) },
        ];
        assert_eq!(faults(wrong), [Field::RespondentCodes, Field::Selection, Field::Selection]);
    }

    #[test]
    fn rounds_end_after_they_begin_and_give_three_weeks() {
        let mut wrong = parts();
        let round =
            |dispatch, deadline| Round { dispatch: When::parse(dispatch).ok(), deadline: When::parse(deadline).ok(), ..Round::default() };
        wrong.rounds = vec![round("2027-03-01", "2027-02-01"), round("2027-03-01", "2027-03-10"), round("2027-03-01", "2027-03-22")];
        let told = NewCollection::new(wrong.clone()).expect_err("faults");
        assert!(!told[0].message.contains("svarsdag"), "the field's name stands before it: {}", told[0].message);
        assert_eq!(faults(wrong), [Field::RoundDeadline, Field::RoundShortTimeReason]);
    }
}
