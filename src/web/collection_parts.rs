//! The parts of a collection's page that take some working out: notices, facts, rounds.

use chrono::NaiveDate;

use super::view::{Fact, Facts, Link, written};
use crate::db::involved::last_said;
use crate::domain::collection::Collection;
use crate::domain::content::{Assignment, Content};
use crate::domain::organisation::OrganisationKind;
use crate::domain::round::{Round, When};
use crate::domain::terms::{Answer, AssignmentKind, ConsultationStated, Obligation, Origin, Status};
use crate::domain::{life, ordinance};
use crate::text;

/// Said of a collection that 1 § does not reach.
const OUTSIDE_SCOPE: &str = "Den ansvariga organisationen omfattas inte av 1 § förordningen (1982:668). Insamlingen redovisas frivilligt.";

/// A round in the table.
#[derive(Debug)]
pub struct RoundRow {
    /// What the agency calls it.
    pub label: String,
    /// The measured period.
    pub measured: String,
    /// When the questions go out.
    pub dispatch: String,
    /// The last day to answer.
    pub deadline: String,
    /// When it closes for late answers.
    pub closes: String,
    /// What there is to say of a short time to answer.
    pub short_time: Option<String>,
    /// When the results are published.
    pub published: String,
    /// Whether its deadline has passed.
    pub past: bool,
    /// Whether it is the next to answer.
    pub next: bool,
}

/// What a page calls whoever is responsible: SKR and RKA are no agencies.
pub(super) fn asker(collection: &Collection) -> &'static str {
    let others_only = collection.responsible.iter().all(|one| one.organisation.kind != OrganisationKind::Agency);
    if others_only && !collection.responsible.is_empty() { "Organisationen" } else { "Myndigheten" }
}

pub(super) fn obligation_text(obligation: Obligation, asker: &str) -> String {
    match obligation {
        Obligation::Compulsory => "De som tillfrågas är skyldiga att svara.".to_owned(),
        Obligation::Voluntary => "Det är frivilligt att svara.".to_owned(),
        Obligation::Unstated => format!("{asker} har inte angett om de som tillfrågas är skyldiga att svara."),
    }
}

/// What is said of a collection that nobody has changed or confirmed since `last_said`.
fn unconfirmed(last_said: NaiveDate, asker: &str) -> String {
    let day = text::written_date(last_said);
    format!("Insamlingen är obekräftad. {asker} har inte ändrat eller bekräftat uppgifterna sedan den {day}.")
}

pub(super) fn notices(collection: &Collection, today: NaiveDate) -> Vec<String> {
    let last_said = last_said(collection.confirmed_on, collection.changed_at);
    let asker = asker(collection);
    let status = match collection.status {
        Status::Planned => Some(format!("Insamlingen är planerad. Innehållet kan ändras tills {} har beslutat.", asker.to_lowercase())),
        Status::Ended => Some("Insamlingen är avslutad. Inga fler omgångar genomförs.".to_owned()),
        Status::Withdrawn => Some(format!("{asker} har återkallat insamlingen. Den genomförs inte.")),
        Status::Draft | Status::Decided => None,
    };
    let revision = collection.planned_version.filter(|_| collection.status == Status::Decided);
    let outside = collection.responsible.iter().any(|one| !one.organisation.in_ordinance_scope);
    let ended = collection.responsible.iter().find(|one| one.organisation.ended_on.is_some());
    [
        status,
        revision.map(|_| "En ändring är planerad. Sidan visar det som gäller tills ändringen är beslutad.".to_owned()),
        life::is_unconfirmed(collection.status, last_said, today).then(|| unconfirmed(last_said, asker)),
        ended.map(|one| format!("{} har upphört. Organisationens sida visar vem som har tagit över.", one.organisation.name)),
        outside.then(|| OUTSIDE_SCOPE.to_owned()),
        collection.content.remark.clone(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn legal_facts(content: &Content) -> Vec<Fact> {
    let consultation = match (content.consultation, &content.consulted) {
        (ConsultationStated::Held, Some(with)) => Some(format!("ja, med {with}")),
        (ConsultationStated::Unstated, _) => None,
        (stated, _) => Some(stated.label().to_owned()),
    };
    Facts::default()
        .maybe("Uppdrag från", assignment(&content.assignment))
        .maybe("Slutredovisas", content.assignment.final_report_on.map(text::written_date))
        .maybe("Ursprung", (content.origin != Origin::Unstated).then(|| content.origin.label()))
        .maybe("Samråd", consultation)
        .maybe("Beslutad", content.decided_on.map(text::written_date))
        .done()
}

/// The assignment in one line: `regeringsuppdrag, Finansdepartementet, Fi2025/01234, 3 april 2025`.
fn assignment(assignment: &Assignment) -> Option<String> {
    let kind = (assignment.kind != AssignmentKind::Unstated).then(|| assignment.kind.label().to_owned());
    let parts = [kind, assignment.department.clone(), assignment.instrument.clone(), assignment.dated.map(text::written_date)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

pub(super) fn facts(collection: &Collection, today: NaiveDate) -> Vec<Fact> {
    let content = &collection.content;
    let next = collection.next_deadline(today).map(written);
    let paths: Vec<&str> = content.data_paths.iter().map(|path| path.label()).collect();
    let diary: Vec<&str> = collection.responsible.iter().filter_map(|one| one.diary_number.as_deref()).collect();
    let automation = (content.automation_considered != Answer::Unstated).then(|| {
        let answer = content.automation_considered.label();
        content.automation_comment.as_ref().map_or_else(|| answer.to_owned(), |comment| format!("{answer}: {comment}"))
    });
    let listed = |texts: &[&str]| (!texts.is_empty()).then(|| texts.join(", "));
    let users: Vec<&str> = content.further_users.iter().map(String::as_str).collect();
    Facts::default()
        .maybe("Nästa svarsdag", next)
        .with("Hur ofta", worded(content.periodicity.label(), content.periodicity_words.as_deref()))
        .with("Uppgiftslämnare", content.respondents_in_words())
        .with("Kanal", worded(content.channel.label(), content.channel_words.as_deref()))
        .maybe("Datavägar", listed(&paths))
        .maybe("Fler användare av uppgifterna", listed(&users))
        .maybe("Datadriven automatisering övervägd", automation)
        .maybe("Diarienummer", listed(&diary))
        .maybe("Utförarens diarienummer", collection.collector_diary_number.clone())
        .maybe("Bekräftad", collection.confirmed_on.map(text::written_date))
        .maybe("Egen referens", collection.own_reference.clone())
        .done()
}

/// A term with the agency's own words for it, unless they say the same.
fn worded(label: &str, words: Option<&str>) -> String {
    match words {
        Some(words) if text::fold(words) == text::fold(label) => label.to_owned(),
        Some(words) => format!("{label} ({words})"),
        None => label.to_owned(),
    }
}

pub(super) fn contact(content: &Content) -> Vec<Fact> {
    let mail = content.contact_email.as_ref().map(|address| Link { name: address.clone(), href: Some(format!("mailto:{address}")) });
    Facts::default().maybe("Funktion", content.contact_function.clone()).linked("E-post", mail).done()
}

pub(super) fn round_rows(collection: &Collection, today: NaiveDate, written: fn(&When) -> String) -> Vec<RoundRow> {
    let next = collection.next_round(today);
    let shown = |when: &Option<When>| when.as_ref().map(written).unwrap_or_default();
    let row = |round: &Round| {
        let reason = round.short_time_reason.as_deref();
        let short = ordinance::answer_time(round).is_short();
        RoundRow {
            label: round.label.clone(),
            measured: round.measured_period().unwrap_or_default(),
            dispatch: shown(&round.dispatch),
            deadline: shown(&round.deadline),
            closes: shown(&round.closes),
            short_time: short.then(|| format!("Kortare tid än tre veckor. {}", reason.unwrap_or("Skäl är inte angivet."))),
            published: shown(&round.published),
            past: round.deadline.as_ref().is_some_and(|deadline| deadline.counts_as() < today),
            next: next.is_some_and(|next| std::ptr::eq(next, round)),
        }
    };
    collection.rounds.iter().rev().map(row).collect()
}
