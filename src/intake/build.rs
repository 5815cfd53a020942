//! An entry's cells made into a collection, and checked by the domain.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::ReadCollection;
use super::cells::Cells;
use super::directory::{Directory, Found};
use super::errors::Errors;
use super::records::{Entry, Record};
use super::respondents;
use crate::domain::column::{IMPORTED_STATUS, column_of};
use crate::domain::content::{Assignment, Content, Item, Provision};
use crate::domain::field::{Fault, Field};
use crate::domain::identifier::OrgNumber;
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::round::Round;
use crate::domain::terms::{
    Answer, AssignmentKind, Channel, ConsultationStated, ItemSource, Kind, Obligation, Origin, Periodicity, Status, Visibility,
};
use crate::text;

/// What every entry of a file is judged against.
pub struct Judge<'a> {
    /// What the file may refer to.
    pub directory: &'a Directory,
    /// The agency that answers for collections that name none.
    pub default_agency: &'a str,
    /// The Swedish calendar day.
    pub today: NaiveDate,
    /// Required columns that the file lacks as a whole, which is told once.
    pub missing: BTreeSet<Field>,
}

impl Judge<'_> {
    /// Makes a collection of an entry. Nothing if anything is wrong with it, and everything wrong is told.
    pub fn judge(&self, entry: &Entry, errors: &mut Errors) -> Option<ReadCollection> {
        let mut failed: BTreeSet<(Field, Option<usize>)> = self.missing.iter().map(|field| (*field, None)).collect();
        let mut cells = Cells::new(&entry.head, errors);
        let mut parts = self.head(&mut cells, &entry.reference);
        failed.extend(cells.failed().map(|field| (field, None)));
        for (at, record) in entry.items.iter().enumerate() {
            let mut cells = Cells::new(record, errors);
            parts.content.items.push(item(&mut cells));
            failed.extend(cells.failed().map(|field| (field, Some(at))));
        }
        for (at, record) in entry.rounds.iter().enumerate() {
            let mut cells = Cells::new(record, errors);
            parts.rounds.push(round(&mut cells));
            failed.extend(cells.failed().map(|field| (field, Some(at))));
        }
        let checked = NewCollection::new(parts);
        for fault in checked.as_ref().err().into_iter().flatten() {
            // what a cell failed at is told already, and what rests on it cannot be judged
            if !failed.contains(&(fault.field, fault.index)) && !self.missing.contains(&fault.field) {
                let record = place_of(entry, fault);
                errors.add(record.row.clone(), record.column(fault.field), fault.message.clone());
            }
        }
        checked.ok().filter(|_| failed.is_empty()).map(|collection| ReadCollection {
            row: entry.head.row.clone(),
            given: entry.given.clone(),
            collection,
        })
    }

    /// The collection without its items and rounds.
    fn head(&self, cells: &mut Cells<'_>, reference: &str) -> CollectionParts {
        if !cells.has(Field::Kind) && !self.missing.contains(&Field::Kind) {
            let allowed = column_of(Field::Kind).map(|column| column.form.in_words()).unwrap_or_default();
            cells.fail(Field::Kind, format!("Slag saknas. Tillåtet: {allowed}."));
        }
        // a kind without rules of its own stands in for one that cannot be read
        let kind: Kind = cells.choice(Field::Kind).unwrap_or(Kind::OfficialStatistics);
        let title = cells.text(Field::Title).unwrap_or_default();
        let mut content = Content::titled(kind, title);
        self.content(cells, &mut content);
        CollectionParts {
            own_reference: Some(reference.to_owned()),
            responsible: self.responsible(cells),
            diary_number: cells.text(Field::DiaryNumber),
            collector: self.collector(cells),
            status: cells.choice_of(Field::Status, &IMPORTED_STATUS).unwrap_or(Status::Planned),
            visibility: cells.choice(Field::Visibility).unwrap_or(Visibility::Now),
            content,
            rounds: Vec::new(),
        }
    }

    fn content(&self, cells: &mut Cells<'_>, content: &mut Content) {
        content.purpose = cells.text(Field::Purpose).unwrap_or_default();
        content.area = cells.text(Field::Area).and_then(|area| cells.take(Field::Area, self.directory.area(&area)));
        content.assignment = self.assignment(cells);
        content.origin = cells.choice(Field::Origin).unwrap_or(Origin::Unstated);
        content.obligation = cells.choice(Field::Obligation).unwrap_or(Obligation::Unstated);
        content.provisions = cells.texts(Field::Provisions).iter().map(|text| provision(text)).collect();
        content.respondents = respondents::read(cells, self.directory);
        content.observe = cells.text(Field::Observe);
        content.data_use = cells.text(Field::DataUse);
        content.consultation = cells.choice(Field::Consultation).unwrap_or(ConsultationStated::Unstated);
        content.consulted = cells.text(Field::Consulted);
        content.decided_on = cells.day(Field::DecidedOn);
        if let Some(day) = content.decided_on.filter(|day| *day > self.today) {
            cells.fail(Field::DecidedOn, format!("Beslutsdatumet {day} ligger efter i dag ({}).", self.today));
        }
        content.periodicity = cells.choice(Field::Periodicity).unwrap_or(Periodicity::Unstated);
        content.periodicity_words = cells.text(Field::PeriodicityWords);
        content.channel = cells.choice(Field::Channel).unwrap_or(Channel::Unstated);
        content.channel_words = cells.text(Field::ChannelWords);
        content.data_paths = cells.choices(Field::DataPaths);
        content.contact_function = cells.text(Field::ContactFunction);
        content.contact_email = cells.text(Field::ContactEmail);
        content.further_users = cells.texts(Field::FurtherUsers);
        content.automation_considered = cells.choice(Field::AutomationConsidered).unwrap_or(Answer::Unstated);
        content.automation_comment = cells.text(Field::AutomationComment);
        content.source_url = cells.text(Field::SourceUrl);
        content.remark = cells.text(Field::Remark);
    }

    fn assignment(&self, cells: &mut Cells<'_>) -> Assignment {
        let department = cells.text(Field::AssignmentDepartment);
        Assignment {
            kind: cells.choice(Field::AssignmentKind).unwrap_or(AssignmentKind::Unstated),
            department: department.and_then(|name| cells.take(Field::AssignmentDepartment, self.directory.department(&name))),
            instrument: cells.text(Field::AssignmentInstrument),
            dated: cells.day(Field::AssignmentDated),
            final_report_on: cells.day(Field::AssignmentFinalReport),
        }
    }

    /// The codes of the responsible agencies, the importing one first if it is among them.
    fn responsible(&self, cells: &mut Cells<'_>) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for typed in cells.texts(Field::Responsible) {
            if cells.is_hopeless(Field::Responsible) {
                break;
            }
            let message = match self.directory.organisation(&typed) {
                Found::Codes(found) => {
                    for code in found {
                        if !codes.contains(&code) {
                            codes.push(code);
                        }
                    }
                    continue;
                }
                Found::Ambiguous(codes) => {
                    format!(
                        "Flera organisationer heter ”{}”. Ange organisationsnummer: {}.",
                        text::shorten(&typed, 60),
                        codes.join(" eller ")
                    )
                }
                Found::Nobody => self.unknown_organisation(&typed, !cells.is_crowded()),
            };
            cells.fail(Field::Responsible, message);
        }
        if !cells.has(Field::Responsible) {
            return vec![self.default_agency.to_owned()];
        }
        // a stable sort: false comes before true
        codes.sort_by_key(|code| code != self.default_agency);
        codes
    }

    fn unknown_organisation(&self, typed: &str, suggest: bool) -> String {
        let shown = text::shorten(typed, 60);
        let near = suggest.then(|| self.directory.nearest_organisation(typed)).flatten();
        let near = near.map(|name| format!(" Menar du ”{name}”?")).unwrap_or_default();
        format!("Myndigheten ”{shown}” finns inte i registret.{near} Ange organisationsnummer (202100-0837) eller myndighetens namn.")
    }

    /// Who collects: the code where the directory knows it, else the words.
    fn collector(&self, cells: &mut Cells<'_>) -> Option<String> {
        let typed = cells.text(Field::Collector)?;
        match self.directory.organisation(&typed) {
            Found::Codes(codes) if codes.len() == 1 => codes.into_iter().next(),
            Found::Nobody if OrgNumber::parse(&typed).is_some() => {
                cells.fail(
                    Field::Collector,
                    format!("Organisationsnumret {typed} finns inte i registret. Skriv organisationens namn i stället."),
                );
                None
            }
            _ => Some(typed),
        }
    }
}

/// The record that a fault belongs to.
fn place_of<'e>(entry: &'e Entry, fault: &Fault) -> &'e Record {
    let list = if fault.field.is_item() { &entry.items } else { &entry.rounds };
    fault.index.and_then(|at| list.get(at)).unwrap_or(&entry.head)
}

/// A provision; a web address at its end is where it can be read.
fn provision(text: &str) -> Provision {
    match text.rsplit_once(char::is_whitespace) {
        Some((citation, url)) if url.starts_with("https://") || url.starts_with("http://") => {
            Provision { citation: citation.trim_end().to_owned(), url: Some(url.to_owned()) }
        }
        _ => Provision { citation: text.to_owned(), url: None },
    }
}

fn item(cells: &mut Cells<'_>) -> Item {
    Item {
        label: cells.text(Field::ItemLabel).unwrap_or_default(),
        definition: cells.text(Field::ItemDefinition),
        unit: cells.text(Field::ItemUnit),
        source: cells.choice(Field::ItemSource).unwrap_or(ItemSource::Unknown),
        personal_data: cells.choice(Field::ItemPersonalData).unwrap_or(Answer::Unstated),
    }
}

fn round(cells: &mut Cells<'_>) -> Round {
    Round {
        label: cells.text(Field::RoundLabel).unwrap_or_default(),
        measured_from: cells.day(Field::RoundMeasuredFrom),
        measured_to: cells.day(Field::RoundMeasuredTo),
        dispatch: cells.when(Field::RoundDispatch),
        deadline: cells.when(Field::RoundDeadline),
        closes: cells.when(Field::RoundCloses),
        published: cells.when(Field::RoundPublished),
        short_time_reason: cells.text(Field::RoundShortTimeReason),
    }
}
