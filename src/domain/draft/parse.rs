//! What the register can make of a form: a checked collection, or everything that is wrong.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::known::{Found, Known};
use super::{DraftForm, DraftItem, DraftRound};
use crate::domain::content::{Assignment, Content, Item, Provision};
use crate::domain::field::{Fault, Field};
use crate::domain::new_collection::{CollectionParts, NewCollection};
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::{Round, When};
use crate::domain::terms::{
    Answer, AssignmentKind, Channel, ConsultationStated, DataPath, ItemSource, Kind, Obligation, Origin, Periodicity, RespondentKind,
    Status, Visibility,
};
use crate::text;

/// Gathers faults while the form is read.
struct Reader<'a> {
    form: &'a DraftForm,
    known: &'a Known,
    faults: Vec<Fault>,
}

impl DraftForm {
    /// Makes a planned collection of the form.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn parse(&self, known: &Known) -> Result<NewCollection, Vec<Fault>> {
        let mut reader = Reader { form: self, known, faults: Vec::new() };
        let parts = reader.parts();
        let mut faults = reader.faults;
        let told: BTreeSet<(Field, Option<usize>)> = faults.iter().map(|fault| (fault.field, fault.index)).collect();
        let checked = NewCollection::new(parts);
        if let Err(more) = &checked {
            // what could not be read is told already, and what rests on it cannot be judged; whom is told by kind
            let of_kind = told.iter().any(|(field, _)| matches!(field, Field::Selection | Field::RespondentCodes));
            let is_told = |fault: &Fault| {
                told.contains(&(fault.field, fault.index)) || (of_kind && matches!(fault.field, Field::Selection | Field::RespondentCodes))
            };
            faults.extend(more.iter().filter(|fault| !is_told(fault)).cloned());
        }
        match checked {
            Ok(collection) if faults.is_empty() => Ok(collection),
            _ => {
                faults.sort_by_key(|fault| (super::Step::of(fault.field), fault.index, fault.field));
                Err(faults)
            }
        }
    }
}

impl Reader<'_> {
    fn fault(&mut self, field: Field, index: Option<usize>, message: impl Into<String>) {
        self.faults.push(Fault { field, index, message: message.into() });
    }

    /// A text without blanks around it, if there is any.
    fn text(&self, field: Field) -> Option<String> {
        Some(self.form.text(field).trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The lines of a list.
    fn lines(&self, field: Field) -> Vec<String> {
        self.form.text(field).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// A word of a closed list, by code or label.
    fn choice<T>(
        &mut self,
        at: (Field, Option<usize>),
        typed: &str,
        all: &[T],
        find: fn(&str) -> Option<T>,
        label: fn(T) -> &'static str,
    ) -> Option<T>
    where
        T: Copy,
    {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let found = find(typed);
        if found.is_none() {
            let allowed: Vec<&str> = all.iter().map(|term| label(*term)).collect();
            self.fault(at.0, at.1, format!("”{}” går inte att använda. Tillåtet: {}.", text::shorten(typed, 60), allowed.join(", ")));
        }
        found
    }

    fn day(&mut self, at: (Field, Option<usize>), typed: &str) -> Option<NaiveDate> {
        match self.when(at, typed)? {
            When::Day(day) => Some(day),
            other => {
                self.fault(
                    at.0,
                    at.1,
                    format!("”{}” är ingen bestämd dag. Skriv ett datum, till exempel 2027-03-15.", text::shorten(&other.to_string(), 40)),
                );
                None
            }
        }
    }

    fn when(&mut self, at: (Field, Option<usize>), typed: &str) -> Option<When> {
        if typed.trim().is_empty() {
            return None;
        }
        When::parse(typed).map_err(|message| self.fault(at.0, at.1, message)).ok()
    }

    fn parts(&mut self) -> CollectionParts {
        macro_rules! choice {
            ($field:ident, $term:ident) => {{
                let typed = self.form.text(Field::$field).to_owned();
                let find = |typed: &str| $term::from_code(typed).or_else(|| $term::from_label(typed));
                self.choice((Field::$field, None), &typed, $term::ALL, find, $term::label)
            }};
        }
        let kind = choice!(Kind, Kind);
        if self.form.text(Field::Kind).trim().is_empty() {
            self.fault(Field::Kind, None, "Välj vilket slags insamling det är.");
        }
        // a kind without rules of its own stands in for one that is not chosen
        let mut content = Content::titled(kind.unwrap_or(Kind::OfficialStatistics), self.text(Field::Title).unwrap_or_default());
        content.purpose = self.text(Field::Purpose).unwrap_or_default();
        content.area = self.area();
        let (dated, final_report_on) = (self.form.text(Field::AssignmentDated), self.form.text(Field::AssignmentFinalReport));
        content.assignment = Assignment {
            kind: choice!(AssignmentKind, AssignmentKind).unwrap_or(AssignmentKind::Unstated),
            department: self.department(),
            instrument: self.text(Field::AssignmentInstrument),
            dated: self.day((Field::AssignmentDated, None), dated),
            final_report_on: self.day((Field::AssignmentFinalReport, None), final_report_on),
        };
        content.origin = choice!(Origin, Origin).unwrap_or(Origin::Unstated);
        content.obligation = choice!(Obligation, Obligation).unwrap_or(Obligation::Unstated);
        content.provisions = self.lines(Field::Provisions).iter().map(|line| provision(line)).collect();
        content.respondents = self.respondents();
        content.observe = self.text(Field::Observe);
        content.data_use = self.text(Field::DataUse);
        content.consultation = choice!(Consultation, ConsultationStated).unwrap_or(ConsultationStated::Unstated);
        content.consulted = self.text(Field::Consulted);
        content.periodicity = choice!(Periodicity, Periodicity).unwrap_or(Periodicity::Unstated);
        content.periodicity_words = self.text(Field::PeriodicityWords);
        content.channel = choice!(Channel, Channel).unwrap_or(Channel::Unstated);
        content.channel_words = self.text(Field::ChannelWords);
        content.data_paths = self.form.data_paths.iter().filter_map(|code| DataPath::from_code(code)).collect();
        content.contact_function = self.text(Field::ContactFunction);
        content.contact_email = self.text(Field::ContactEmail);
        content.further_users = self.lines(Field::FurtherUsers);
        content.automation_considered = choice!(AutomationConsidered, Answer).unwrap_or(Answer::Unstated);
        content.automation_comment = self.text(Field::AutomationComment);
        content.source_url = self.text(Field::SourceUrl);
        content.remark = self.text(Field::Remark);
        content.items = self.form.items.iter().enumerate().map(|(at, item)| self.item(at, item)).collect();
        let visibility = choice!(Visibility, Visibility).unwrap_or(Visibility::Now);
        CollectionParts {
            own_reference: self.text(Field::OwnReference),
            responsible: self.responsible(),
            diary_number: self.text(Field::DiaryNumber),
            collector: self.collector(),
            status: Status::Planned,
            visibility,
            content,
            rounds: self.form.rounds.iter().enumerate().map(|(at, round)| self.round(at, round)).collect(),
        }
    }

    fn area(&mut self) -> Option<String> {
        let typed = self.text(Field::Area)?;
        let found = self.known.areas.iter().find(|(code, name)| *code == typed || text::fold(name) == text::fold(&typed));
        if found.is_none() {
            self.fault(Field::Area, None, "Välj ett av registrets ämnesområden.");
        }
        found.map(|(code, _)| code.clone())
    }

    fn department(&mut self) -> Option<String> {
        let typed = self.text(Field::AssignmentDepartment)?;
        let found = self.known.departments.iter().find(|name| text::fold(name) == text::fold(&typed));
        if found.is_none() {
            self.fault(Field::AssignmentDepartment, None, "Välj ett av departementen.");
        }
        found.cloned()
    }

    fn responsible(&mut self) -> Vec<String> {
        let adding = self.form.adding.trim();
        if !adding.is_empty() {
            let shown = text::shorten(adding, 60);
            self.fault(Field::Responsible, None, format!("”{shown}” är inte tillagd. Välj en myndighet i listan, eller töm fältet."));
        }
        let (known, unknown): (Vec<String>, Vec<String>) =
            self.form.responsible.iter().cloned().partition(|code| self.known.agency(code).is_some());
        if let Some(code) = unknown.first() {
            self.fault(Field::Responsible, None, format!("Myndigheten ”{}” finns inte i registret.", text::shorten(code, 40)));
        }
        known
    }

    /// Who collects: the code where the register knows it, else the words.
    fn collector(&self) -> Option<String> {
        let typed = self.text(Field::Collector)?;
        match self.known.find(&typed) {
            Found::Codes(codes) if codes.len() == 1 => codes.into_iter().next(),
            _ => Some(typed),
        }
    }

    fn respondents(&mut self) -> Vec<RespondentGroup> {
        if let Some(code) = self.form.codes.iter().find(|code| !self.known.is_place(code)) {
            self.fault(Field::RespondentCodes, None, format!("Koden ”{}” finns inte.", text::shorten(code, 40)));
        }
        let mut groups = Vec::new();
        for kind in RespondentKind::ALL {
            let codes = self.form.codes_of(*kind);
            // ticked municipalities alone say who is asked
            if self.form.asked.contains(kind) || !codes.is_empty() {
                let selection = self.selection(*kind, codes);
                groups.push(RespondentGroup { kind: *kind, selection });
            }
        }
        groups
    }

    /// How those of a kind are chosen. Faults bear the place of the kind among all: of [`Field::Selection`] the size of a sample, of
    /// [`Field::RespondentCodes`] the choice between all and those that are ticked.
    fn selection(&mut self, kind: RespondentKind, codes: Vec<String>) -> Selection {
        let place = RespondentKind::ALL.iter().position(|one| *one == kind);
        match self.form.selections.get(&kind).map_or("", String::as_str) {
            "sample" => {
                let typed = self.form.sizes.get(&kind).map_or("", |size| size.trim());
                let size: Option<i64> = typed.replace([' ', '\u{a0}'], "").parse().ok();
                if size.is_none_or(|size| !(1..=10_000_000).contains(&size)) {
                    self.fault(Field::Selection, place, format!("Skriv hur många {} som ingår i urvalet, med siffror.", kind.label()));
                }
                let most = match kind {
                    RespondentKind::Municipality => self.known.municipalities.len(),
                    RespondentKind::Region => self.known.regions.len(),
                    _ => usize::MAX,
                };
                if size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > most)) {
                    self.fault(Field::Selection, place, format!("Urvalet är större än antalet {}, som är {most}.", kind.label()));
                }
                Selection::Sample(size.unwrap_or(1).max(1))
            }
            "listed" if kind.has_codes() => {
                if codes.is_empty() {
                    let message = format!("Du har valt de {} som är markerade, men ingen är markerad.", kind.label());
                    self.fault(Field::RespondentCodes, place, message);
                }
                Selection::Listed(codes)
            }
            "all" if !codes.is_empty() => {
                let message = format!(
                    "Du har valt alla {0} men också kryssat för {1}. Välj ”de som är markerade” eller ta bort kryssen.",
                    kind.label(),
                    codes.len()
                );
                self.fault(Field::RespondentCodes, place, message);
                Selection::All
            }
            _ if !codes.is_empty() => Selection::Listed(codes),
            _ => Selection::All,
        }
    }

    fn item(&mut self, at: usize, item: &DraftItem) -> Item {
        let optional = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let source = |typed: &str| ItemSource::from_code(typed).or_else(|| ItemSource::from_label(typed));
        let answer = |typed: &str| Answer::from_code(typed).or_else(|| Answer::from_label(typed));
        let source = self.choice((Field::ItemSource, Some(at)), &item.source, ItemSource::ALL, source, ItemSource::label);
        let personal = self.choice((Field::ItemPersonalData, Some(at)), &item.personal_data, Answer::ALL, answer, Answer::label);
        Item {
            label: item.label.split_whitespace().collect::<Vec<_>>().join(" "),
            definition: optional(&item.definition),
            unit: optional(&item.unit),
            source: source.unwrap_or(ItemSource::Unknown),
            personal_data: personal.unwrap_or(Answer::Unstated),
        }
    }

    fn round(&mut self, at: usize, round: &DraftRound) -> Round {
        let place = |field| (field, Some(at));
        Round {
            label: round.label.trim().to_owned(),
            measured_from: self.day(place(Field::RoundMeasuredFrom), &round.measured_from),
            measured_to: self.day(place(Field::RoundMeasuredTo), &round.measured_to),
            dispatch: self.when(place(Field::RoundDispatch), &round.dispatch),
            deadline: self.when(place(Field::RoundDeadline), &round.deadline),
            closes: self.when(place(Field::RoundCloses), &round.closes),
            published: self.when(place(Field::RoundPublished), &round.published),
            short_time_reason: Some(round.short_time_reason.trim()).filter(|reason| !reason.is_empty()).map(str::to_owned),
        }
    }
}

/// A provision; a web address at the end of the line is where it can be read.
fn provision(line: &str) -> Provision {
    match line.rsplit_once(char::is_whitespace) {
        Some((citation, url)) if url.starts_with("https://") || url.starts_with("http://") => {
            Provision { citation: citation.trim_end().to_owned(), url: Some(url.to_owned()) }
        }
        _ => Provision { citation: line.to_owned(), url: None },
    }
}
