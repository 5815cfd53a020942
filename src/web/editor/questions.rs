//! The questions of each step that have one answer: label, help in plain language, who asks.

use super::super::fields::{Asked, ErrorLine, Question, label_of};
use crate::domain::column::column_of;
use crate::domain::draft::compare::opens;
use crate::domain::draft::input::{selection_name, size_name};
use crate::domain::draft::{DraftForm, Known, Step};
use crate::domain::field::{Fault, Field};
use crate::domain::terms::{
    Answer, AssignmentKind, Channel, ConsultationStated, DataPath, Kind, Obligation, Origin, Periodicity, RespondentKind, Visibility,
};

/// How a question is drawn.
#[derive(Debug)]
pub enum Piece {
    /// One line of text.
    Text(Question),
    /// Several lines.
    Area(Question),
    /// One of many.
    Select(Question),
    /// One of a few.
    Radios(Question),
    /// Some of a few.
    Boxes(Question),
}

/// Questions that belong together.
#[derive(Debug)]
pub struct Section {
    /// Its heading; none for the first of a page.
    pub heading: Option<&'static str>,
    /// What it is about.
    pub lead: Option<&'static str>,
    /// Whether it is folded away until it is wanted.
    pub folded: bool,
    /// The questions.
    pub pieces: Vec<Piece>,
}

impl Section {
    fn new(heading: Option<&'static str>, lead: Option<&'static str>, pieces: Vec<Piece>) -> Self {
        Self { heading, lead, folded: false, pieces }
    }

    /// Folded away, unless something in it is answered or wrong.
    fn folded(self, open: bool) -> Self {
        Self { folded: !open, ..self }
    }
}

/// What is wrong with a form, by field.
#[derive(Debug, Default)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// What is wrong with a field.
    #[must_use]
    pub fn of(&self, field: Field) -> Option<String> {
        self.at(field, None)
    }

    /// What is wrong with a cell of a row.
    #[must_use]
    pub fn at(&self, field: Field, index: Option<usize>) -> Option<String> {
        let here = self.0.iter().filter(|fault| fault.field == field && fault.index == index);
        let messages: Vec<&str> = here.map(|fault| fault.message.as_str()).collect();
        (!messages.is_empty()).then(|| messages.join(" "))
    }

    /// Every fault as a line of the error summary; `page` is the address of the step where it is not the same page.
    #[must_use]
    pub fn lines(&self, page: impl Fn(Step) -> String) -> Vec<ErrorLine> {
        let line = |fault: &Fault| {
            let row = match (fault.index, fault.field.is_item()) {
                (Some(at), true) => format!(", rad {}", at + 1),
                // the message names the kind
                _ if of_kind(fault).is_some() => String::new(),
                (Some(at), false) => format!(" i omgång {}", at + 1),
                (None, _) => String::new(),
            };
            let text = format!("{}{row}: {}", label(fault.field), fault.message);
            ErrorLine { href: format!("{}#{}", page(Step::of(fault.field)), anchor(fault)), text }
        };
        self.0.iter().map(line).collect()
    }
}

/// The kind of respondents that a fault is about, where it is about one.
fn of_kind(fault: &Fault) -> Option<RespondentKind> {
    let is_one = matches!(fault.field, Field::Selection | Field::RespondentCodes);
    fault.index.filter(|_| is_one).and_then(|at| RespondentKind::ALL.get(at).copied())
}

/// The identity of the element where a fault is put right.
fn anchor(fault: &Fault) -> String {
    if let Some(kind) = of_kind(fault) {
        return format!("f-{}", if fault.field == Field::Selection { size_name(kind) } else { selection_name(kind) });
    }
    match (fault.field, fault.index) {
        (Field::Responsible, _) => "f-responsible_add".to_owned(),
        (Field::Selection | Field::RespondentCodes | Field::Respondents, _) => "f-respondents".to_owned(),
        (Field::ItemLabel, None) => "f-item_label-0".to_owned(),
        (Field::RoundLabel, None) => "f-round_label-0".to_owned(),
        (field, Some(at)) => format!("f-{}-{at}", field.code()),
        (field, None) => format!("f-{}", field.code()),
    }
}

/// The label of a field: its heading, with a longer one where the heading alone does not say what is asked.
#[must_use]
pub fn label(field: Field) -> String {
    match field {
        Field::Area => "Ämnesområde".to_owned(),
        Field::Collector => "Utförs av".to_owned(),
        Field::Observe => "Vad uppgiftslämnaren ska iaktta".to_owned(),
        Field::DataUse => "Vad uppgifterna ska användas till".to_owned(),
        Field::Consultation => "Har samråd skett?".to_owned(),
        Field::Obligation => "Måste de tillfrågade svara?".to_owned(),
        Field::AutomationConsidered => "Har ni övervägt att hämta uppgifterna automatiskt?".to_owned(),
        Field::AutomationComment => "Vad kom ni fram till?".to_owned(),
        Field::AssignmentDepartment => "Departement som gav uppdraget".to_owned(),
        Field::AssignmentFinalReport => "Uppdraget slutredovisas".to_owned(),
        Field::ContactEmail => "Funktionens e-postadress".to_owned(),
        Field::FurtherUsers => "Andra som använder uppgifterna".to_owned(),
        Field::SourceUrl => "Öppen webbsida om insamlingen".to_owned(),
        Field::PeriodicityWords => "Periodicitet med egna ord".to_owned(),
        Field::ChannelWords => "Kanal med egna ord".to_owned(),
        Field::Channel => "Hur lämnas svaren?".to_owned(),
        Field::Visibility => "När ska insamlingen visas öppet?".to_owned(),
        field => label_of(field),
    }
}

/// Makes questions of a form.
pub struct Asker<'a> {
    /// What is typed.
    pub form: &'a DraftForm,
    /// What it may refer to.
    pub known: &'a Known,
    /// What is wrong with it, as far as it is to be told.
    pub faults: &'a Faults,
    /// Whether it changes a collection that is registered.
    pub change: bool,
}

impl Asker<'_> {
    /// The question of a field.
    #[must_use]
    pub fn question(&self, field: Field) -> Question {
        let question = Question::new(field.code(), label(field)).typed(self.form.text(field)).asked(self.asked(field));
        let question = question.wrong(self.faults.of(field));
        match hint(field) {
            Some(hint) => question.hint(hint),
            None => question,
        }
    }

    /// Whether it is an enkät, or may become one.
    fn is_survey(&self) -> bool {
        self.form.kind().is_none_or(|kind| kind == Kind::Survey)
    }

    /// Who asks: 4 § speaks of enkäter only.
    fn asked(&self, field: Field) -> Asked {
        let place = match field {
            Field::Provisions if self.is_survey() => return Asked::WhereCompulsory,
            Field::Obligation => "4 § 1",
            Field::Observe => "4 § 3",
            Field::DataUse => "4 § 4",
            Field::Consultation | Field::Consulted => "4 § 5",
            Field::Title | Field::Kind => return Asked::Plainly,
            _ => return Asked::Register,
        };
        if self.is_survey() { Asked::Ordinance(place) } else { Asked::Register }
    }

    fn text(&self, field: Field) -> Piece {
        Piece::Text(self.question(field))
    }

    fn short(&self, field: Field) -> Piece {
        Piece::Text(self.question(field).short())
    }

    fn area(&self, field: Field, lines: usize) -> Piece {
        Piece::Area(self.question(field).lines(lines))
    }

    /// A closed list; what is not answered counts as `otherwise`.
    fn chosen(&self, field: Field, all: Vec<(&'static str, &'static str)>, otherwise: &str) -> Question {
        let typed = self.form.text(field);
        let chosen = if typed.is_empty() { otherwise } else { typed };
        let all = all.into_iter().map(|(code, label)| (code.to_owned(), super::super::filters::capital(label)));
        self.question(field).choices(all, &[chosen])
    }

    /// The questions of a step that have one answer each.
    #[must_use]
    pub fn sections(&self, step: Step) -> Vec<Section> {
        match step {
            Step::Basics => self.basics(),
            Step::Legal => self.legal(),
            Step::Rounds => self.rounds(),
            Step::Channel => self.channel(),
            Step::Respondents | Step::Items | Step::Review => Vec::new(),
        }
    }

    fn answered(&self, fields: &[Field]) -> bool {
        fields.iter().any(|field| !matches!(self.form.text(*field), "" | "unstated") || self.faults.of(*field).is_some())
    }

    fn basics(&self) -> Vec<Section> {
        let kinds = self.chosen(Field::Kind, terms(Kind::ALL, Kind::code, Kind::label), "");
        let kinds = kinds
            .explain("survey", "Frågor som myndigheten själv har bestämt. 4–6 §§ förordningen (1982:668) gäller.")
            .explain("official_statistics", "Statistik enligt lagen (2001:99).")
            .explain("prescribed_reporting", "Rapportering som en lag, förordning eller föreskrift räknar upp.")
            .explain("state_grant", "Ansökan om ett statsbidrag, eller redovisning av hur det har använts.")
            .explain("supervision", "Uppgifter som en myndighet begär in för sin tillsyn.")
            .explain("mandatory_plan", "En plan som kommuner eller regioner enligt lag eller förordning ska ta fram och lämna in.")
            .explain("case_notification", "En anmälan varje gång något inträffar, ett ärende i taget.");
        let areas = [(String::new(), "Välj område".to_owned())].into_iter().chain(self.known.areas.iter().cloned());
        let area = self.question(Field::Area).choices(areas, &[self.form.text(Field::Area)]);
        let departments = self.known.departments.iter().map(|name| (name.clone(), name.clone()));
        let departments = [(String::new(), "Inget departement".to_owned())].into_iter().chain(departments);
        let department = self.question(Field::AssignmentDepartment).choices(departments, &[self.form.text(Field::AssignmentDepartment)]);
        let mut more = vec![Field::Collector, Field::OwnReference];
        if !self.change {
            more.push(Field::DiaryNumber);
        }
        let assignment = [
            Field::AssignmentKind,
            Field::AssignmentDepartment,
            Field::AssignmentInstrument,
            Field::AssignmentDated,
            Field::AssignmentFinalReport,
        ];
        let assignment_kind =
            self.chosen(Field::AssignmentKind, terms(AssignmentKind::ALL, AssignmentKind::code, AssignmentKind::label), "unstated");
        let main = vec![self.text(Field::Title), Piece::Radios(kinds), self.area(Field::Purpose, 4), Piece::Select(area)];
        let lead = if self.change {
            "Fyll i det här om någon annan samlar in åt er, eller om insamlingen har en egen referens hos er. Diarienumret ändrar ni på insamlingens sida."
        } else {
            "Fyll i det här om någon annan samlar in åt er, eller om insamlingen har en egen beteckning hos er."
        };
        let about = "Vad som ligger bakom insamlingen.";
        vec![
            Section::new(None, None, main),
            Section::new(Some("Vem som samlar in, och era beteckningar"), Some(lead), more.iter().map(|field| self.text(*field)).collect())
                .folded(self.answered(&more)),
            Section::new(
                Some("Uppdraget"),
                Some(about),
                vec![
                    Piece::Select(assignment_kind),
                    Piece::Select(department),
                    self.text(Field::AssignmentInstrument),
                    self.short(Field::AssignmentDated),
                    self.short(Field::AssignmentFinalReport),
                ],
            )
            .folded(self.answered(&assignment)),
        ]
    }

    fn legal(&self) -> Vec<Section> {
        let obligation = self
            .chosen(Field::Obligation, terms(Obligation::ALL, Obligation::code, Obligation::label), "unstated")
            .explain("compulsory", "Ange bestämmelsen nedan.")
            .explain("voluntary", "Det ska framgå tydligt av enkäten att den är frivillig.")
            .explain("unstated", "Går bra så länge insamlingen är planerad.");
        let consultation = self
            .chosen(Field::Consultation, terms(ConsultationStated::ALL, ConsultationStated::code, ConsultationStated::label), "unstated")
            .more("Innan myndigheten beslutar om ett nytt formulär, eller ändrar ett så att ändringen inte är obetydlig, samråder den med en organisation som företräder uppgiftslämnarna (3 §). Samråd får utelämnas om det är uppenbart obehövligt, om det skulle motverka syftet eller om tiden inte medger det. Är ändringen obetydlig behöver formuläret inget nytt samråd. För en enkät gäller samråd fortfarande urval och tid, om inget undantag gäller.");
        let origin = self.chosen(Field::Origin, terms(Origin::ALL, Origin::code, Origin::label), "unstated");
        let lead = "Beslutet om en enkät ska ange fem punkter (4 §). De behövs inte för att registrera insamlingen som planerad, men när den ska beslutas.";
        vec![
            Section::new(
                None,
                self.is_survey().then_some(lead),
                vec![
                    Piece::Radios(obligation),
                    self.area(Field::Provisions, 3),
                    self.area(Field::Observe, 3),
                    self.area(Field::DataUse, 3),
                    Piece::Radios(consultation),
                    self.text(Field::Consulted),
                ],
            ),
            Section::new(Some("Varifrån kravet kommer"), None, vec![Piece::Radios(origin)]),
        ]
    }

    fn rounds(&self) -> Vec<Section> {
        let periodicity = self.chosen(Field::Periodicity, terms(Periodicity::ALL, Periodicity::code, Periodicity::label), "unstated");
        vec![Section::new(None, None, vec![Piece::Select(periodicity), self.text(Field::PeriodicityWords)])]
    }

    fn channel(&self) -> Vec<Section> {
        let channel = self.chosen(Field::Channel, terms(Channel::ALL, Channel::code, Channel::label), "unstated");
        let paths: Vec<&str> = self.form.data_paths.iter().map(String::as_str).collect();
        let all = terms(DataPath::ALL, DataPath::code, DataPath::label).into_iter();
        let paths = self.question(Field::DataPaths).choices(all.map(|(code, label)| (code, super::super::filters::capital(label))), &paths);
        let visibility = self
            .chosen(Field::Visibility, terms(Visibility::ALL, Visibility::code, opens), "now")
            .explain("now", "Så snart insamlingen är registrerad. Kommunerna kan planera, och andra myndigheter kan se vad som redan begärs.")
            .explain("at_dispatch", "Den dag då frågorna skickas ut första gången. Ange utskicksdagen bland omgångarna.")
            .explain("never", "Bara de ansvariga myndigheterna, den som utför insamlingen och registrets administratör ser den här. Uppgifterna är ändå normalt allmän handling. Välj det om öppenhet skulle motverka syftet, till exempel vid tillsyn som inte ska förvarnas.");
        let automation = self.chosen(Field::AutomationConsidered, terms(Answer::ALL, Answer::code, Answer::label), "unstated");
        vec![
            Section::new(None, None, vec![Piece::Radios(visibility)]),
            Section::new(Some("Så lämnas svaren"), None, vec![Piece::Select(channel), self.text(Field::ChannelWords), Piece::Boxes(paths)]),
            Section::new(
                Some("Kontakt"),
                Some("Ange en funktion, aldrig en persons namn."),
                vec![self.text(Field::ContactFunction), Piece::Text(self.question(Field::ContactEmail).kind("email"))],
            ),
            Section::new(
                Some("Mer om uppgifterna"),
                None,
                vec![
                    self.area(Field::FurtherUsers, 2),
                    Piece::Radios(automation),
                    self.area(Field::AutomationComment, 2),
                    self.text(Field::SourceUrl),
                    self.area(Field::Remark, 2),
                ],
            ),
        ]
    }
}

/// One sentence of help: that of the file's column, or words that suit a form better.
fn hint(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::Provisions => {
            "En bestämmelse på varje rad, till exempel 18 § bibliotekslagen (2013:801). En webbadress får stå efter bestämmelsen."
        }
        Field::FurtherUsers => "En på varje rad.",
        Field::Visibility => "Vem som helst kan läsa om det som visas öppet.",
        Field::Purpose => "Varför uppgifterna behövs. Det avgör också vilka uppgifter som får begäras (2 §).",
        Field::OwnReference => "Er egen beteckning på insamlingen, om ni har en. Den ska vara unik hos er.",
        Field::Collector => "Den som samlar in i praktiken, om det är någon annan än ni. En myndighet får då ändra uppgifterna här.",
        Field::AssignmentDated | Field::AssignmentFinalReport => "Till exempel 2026-01-15.",
        Field::Title => "Vad insamlingen heter, så att den som får frågorna känner igen den.",
        field => column_of(field)?.help,
    })
}

/// Code and label of every term.
fn terms<T: Copy>(all: &[T], code: fn(T) -> &'static str, label: fn(T) -> &'static str) -> Vec<(&'static str, &'static str)> {
    all.iter().map(|term| (code(*term), label(*term))).collect()
}
