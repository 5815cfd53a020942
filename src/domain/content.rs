//! What a collection asks and why: the part of the record that is revised, one content for each version.

use chrono::NaiveDate;

use super::respondent::RespondentGroup;
use super::terms::{Answer, AssignmentKind, Channel, ConsultationStated, DataPath, ItemSource, Kind, Obligation, Origin, Periodicity};

/// The content of one version of a collection. Plain data: [`super::collection::NewCollection`] is what has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// What sort of request it is.
    pub kind: Kind,
    /// Its name.
    pub title: String,
    /// Why the data are needed (2 §).
    pub purpose: String,
    /// Code of the subject area.
    pub area: Option<String>,
    /// The assignment behind it.
    pub assignment: Assignment,
    /// National or from the EU.
    pub origin: Origin,
    /// Whether answering is compulsory (4 § point 1).
    pub obligation: Obligation,
    /// The provisions it rests on.
    pub provisions: Vec<Provision>,
    /// Who is asked (4 § point 2).
    pub respondents: Vec<RespondentGroup>,
    /// What the respondent must observe (4 § point 3).
    pub observe: Option<String>,
    /// What the data will be used for (4 § point 4).
    pub data_use: Option<String>,
    /// Whether consultation took place (4 § point 5).
    pub consultation: ConsultationStated,
    /// With whom, in words.
    pub consulted: Option<String>,
    /// When the agency decided.
    pub decided_on: Option<NaiveDate>,
    /// How often.
    pub periodicity: Periodicity,
    /// How often, in the agency's words.
    pub periodicity_words: Option<String>,
    /// How answers are given.
    pub channel: Channel,
    /// How answers are given, in the agency's words.
    pub channel_words: Option<String>,
    /// The ways in which the data can travel.
    pub data_paths: Vec<DataPath>,
    /// The function to turn to.
    pub contact_function: Option<String>,
    /// Its function mailbox.
    pub contact_email: Option<String>,
    /// Others who use the data.
    pub further_users: Vec<String>,
    /// Whether a data-driven automation was considered (eSam ES2024-02).
    pub automation_considered: Answer,
    /// What came of considering it.
    pub automation_comment: Option<String>,
    /// A public page about it.
    pub source_url: Option<String>,
    /// A remark shown on the page.
    pub remark: Option<String>,
    /// What is asked for.
    pub items: Vec<Item>,
}

impl Content {
    /// An otherwise empty content: what a form or a row starts from.
    #[must_use]
    pub fn titled(kind: Kind, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            purpose: String::new(),
            area: None,
            assignment: Assignment::default(),
            origin: Origin::Unstated,
            obligation: Obligation::Unstated,
            provisions: Vec::new(),
            respondents: Vec::new(),
            observe: None,
            data_use: None,
            consultation: ConsultationStated::Unstated,
            consulted: None,
            decided_on: None,
            periodicity: Periodicity::Unstated,
            periodicity_words: None,
            channel: Channel::Unstated,
            channel_words: None,
            data_paths: Vec::new(),
            contact_function: None,
            contact_email: None,
            further_users: Vec::new(),
            automation_considered: Answer::Unstated,
            automation_comment: None,
            source_url: None,
            remark: None,
            items: Vec::new(),
        }
    }

    /// The respondents in words: `alla kommuner och alla regioner`.
    #[must_use]
    pub fn respondents_in_words(&self) -> String {
        let words: Vec<String> = self.respondents.iter().map(RespondentGroup::in_words).collect();
        match words.as_slice() {
            [] => "ej angivet".to_owned(),
            [one] => one.clone(),
            [most @ .., last] => format!("{} och {last}", most.join(", ")),
        }
    }
}

/// The assignment behind a collection (*uppdrag från*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// What sort of assignment.
    pub kind: AssignmentKind,
    /// The ministry that gave it.
    pub department: Option<String>,
    /// Its designation, such as `Fi2025/01234`.
    pub instrument: Option<String>,
    /// Its date.
    pub dated: Option<NaiveDate>,
    /// When it is finally reported.
    pub final_report_on: Option<NaiveDate>,
}

impl Default for Assignment {
    fn default() -> Self {
        Self { kind: AssignmentKind::Unstated, department: None, instrument: None, dated: None, final_report_on: None }
    }
}

/// A provision that a collection rests on (*bestämmelse*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// As it is cited: `26 kap. 25 § skollagen (2010:800)`.
    pub citation: String,
    /// Where it can be read.
    pub url: Option<String>,
}

/// One datum asked for (*uppgift*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is called.
    pub label: String,
    /// What it means.
    pub definition: Option<String>,
    /// The unit it is counted in.
    pub unit: Option<String>,
    /// Where a municipality finds it.
    pub source: ItemSource,
    /// Whether it is personal data.
    pub personal_data: Answer,
}
