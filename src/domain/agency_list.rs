//! The agency's list of its planned and decided enkäter (*förteckning*, 6 § förordning (1982:668)).

use chrono::NaiveDate;

use super::collection::Collection;
use super::content::Provision;
use super::ordinance::survey_sections_apply;
use super::organisation::{Organisation, OrganisationKind};
use super::round::When;
use super::terms::{Kind, Obligation, Status};
use super::wording;

/// The headings of the list as a table, in the order of [`Row`].
pub const HEADINGS: [&str; 19] = [
    "Del",
    "Nummer",
    "Titel",
    "Slag",
    "Diarienummer",
    "Status",
    "Beslutsdatum",
    "Svarsskyldighet",
    "Bestämmelser",
    "Uppgiftslämnare",
    "Hur ofta",
    "Nästa omgång",
    "Utskick",
    "Sista svarsdag",
    "Samråd",
    "Kontaktfunktion",
    "Kontakt e-post",
    "Ansvariga myndigheter",
    "Visas öppet",
];

/// What the part of the list that 6 § asks for is called.
pub const SURVEYS: &str = "Förteckning enligt 6 §";
/// What the other part is called.
pub const OTHERS: &str = "Övriga insamlingar";

/// An agency's list as it was on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyList {
    /// Whose list it is.
    pub agency: Organisation,
    /// The day it was made.
    pub made_on: NaiveDate,
    /// The day as of which the agency last said that it is complete.
    pub declared: Option<NaiveDate>,
    /// The planned and decided enkäter.
    pub surveys: Vec<Row>,
    /// Planned and decided collections of other kinds, which 6 § does not speak of.
    pub others: Vec<Row>,
}

/// A collection in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What sort of request it is.
    pub kind: Kind,
    /// The diarienummer of the agency whose list it is.
    pub diary_number: Option<String>,
    /// Planned or decided.
    pub status: Status,
    /// When the agency decided.
    pub decided_on: Option<NaiveDate>,
    /// Whether answering is compulsory.
    pub obligation: Obligation,
    /// The provisions it rests on.
    pub provisions: Vec<Provision>,
    /// Who is asked, in words.
    pub respondents: String,
    /// How often, in words.
    pub periodicity: String,
    /// What the next round is called.
    pub round: Option<String>,
    /// When the next round goes out.
    pub dispatch: Option<When>,
    /// The last day to answer the next round.
    pub deadline: Option<When>,
    /// Whether and with whom consultation took place, in words.
    pub consultation: Option<String>,
    /// The function to turn to.
    pub contact_function: Option<String>,
    /// Its mailbox.
    pub contact_email: Option<String>,
    /// The responsible agencies by name, in the order that the collection names them.
    pub responsible: Vec<String>,
    /// Whether everyone may read it on the day of the list.
    pub open: bool,
}

impl AgencyList {
    /// The list of `agency` on `made_on`, out of its collections in the order given. Only what is planned or decided stands in it.
    ///
    /// `codes` are those under which the agency's collections may be registered: its own, and those of agencies that it took over.
    #[must_use]
    pub fn new(
        agency: Organisation,
        codes: &[String],
        collections: Vec<Collection>,
        made_on: NaiveDate,
        declared: Option<NaiveDate>,
    ) -> Self {
        let living = collections.into_iter().filter(|one| matches!(one.status, Status::Planned | Status::Decided));
        let (surveys, others) = living.map(|one| Row::new(one, codes, made_on)).partition(|row| survey_sections_apply(row.kind));
        Self { agency, made_on, declared, surveys, others }
    }

    /// Every row with the part of the list that it stands in.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &Row)> {
        self.surveys.iter().map(|row| (SURVEYS, row)).chain(self.others.iter().map(|row| (OTHERS, row)))
    }

    /// Whether the agency has said that the list is complete, in a sentence.
    #[must_use]
    pub fn declaration(&self) -> String {
        match self.declared {
            Some(day) => format!("Förteckningen är fullständig per {day}."),
            None if self.agency.kind == OrganisationKind::Agency => "Myndigheten har inte förklarat förteckningen fullständig.".to_owned(),
            None => "Organisationen har inte förklarat förteckningen fullständig.".to_owned(),
        }
    }
}

impl Row {
    fn new(collection: Collection, codes: &[String], today: NaiveDate) -> Self {
        let next = collection.next_round(today).cloned();
        let own = |code: &String| codes.contains(code);
        let diary_number = collection.responsible.iter().find(|one| own(&one.organisation.code)).and_then(|one| one.diary_number.clone());
        let open = collection.is_open_on(today);
        let content = collection.content;
        Self {
            number: collection.number.map(|number| number.to_string()).unwrap_or_default(),
            kind: content.kind,
            diary_number,
            status: collection.status,
            decided_on: content.decided_on,
            obligation: content.obligation,
            respondents: content.respondents_in_words(),
            periodicity: wording::periodicity(&content),
            round: next.as_ref().map(|round| round.label.clone()).filter(|label| !label.is_empty()),
            dispatch: next.as_ref().and_then(|round| round.dispatch.clone()),
            deadline: next.and_then(|round| round.deadline),
            consultation: wording::consultation(&content),
            responsible: collection.responsible.into_iter().map(|one| one.organisation.name).collect(),
            open,
            title: content.title,
            provisions: content.provisions,
            contact_function: content.contact_function,
            contact_email: content.contact_email,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::samples;

    #[test]
    fn surveys_and_other_kinds_stand_apart_and_what_is_over_is_left_out() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let survey = samples::collection(Kind::Survey);
        let ended = Collection { status: Status::Ended, ..survey.clone() };
        let agency = survey.responsible[0].organisation.clone();
        let list = AgencyList::new(
            agency.clone(),
            std::slice::from_ref(&agency.code),
            vec![survey, ended, samples::collection(Kind::Supervision)],
            today,
            None,
        );
        assert_eq!(
            list.rows().map(|(part, row)| (part, row.kind)).collect::<Vec<_>>(),
            [(SURVEYS, Kind::Survey), (OTHERS, Kind::Supervision)]
        );
        let row = &list.surveys[0];
        assert_eq!(row.diary_number.as_deref(), Some("2026:17"));
        assert_eq!(row.deadline.as_ref().map(ToString::to_string).as_deref(), Some("2027-03-28"));
        assert!(list.declaration().contains("inte förklarat"));
        assert_eq!(AgencyList { declared: Some(today), ..list }.declaration(), "Förteckningen är fullständig per 2026-11-22.");
    }

    #[test]
    fn each_responsible_agency_sees_its_own_diary_number() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let joint = samples::collection(Kind::Survey);
        let second = joint.responsible[1].organisation.clone();
        let list = AgencyList::new(second.clone(), &[second.code], vec![joint], today, None);
        assert_eq!(list.surveys[0].diary_number.as_deref(), Some("A-2"));
        assert_eq!(list.surveys[0].responsible.len(), 2);
    }
}
