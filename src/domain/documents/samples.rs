//! Collections that the tests of lists and documents are made from.

use chrono::{DateTime, NaiveDate};

use crate::domain::collection::{Collection, Responsible};
use crate::domain::content::{Content, Item, Provision};
use crate::domain::decision::Decision;
use crate::domain::documents::consulted::Consulted;
use crate::domain::documents::model::Document;
use crate::domain::documents::{DocumentKind, Record, build};
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::{Organisation, OrganisationKind};
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::{Round, When};
use crate::domain::terms::{Answer, ConsultationStated, ItemSource, Kind, Obligation, Periodicity, RespondentKind, Status, Visibility};

/// An agency.
pub fn agency(code: &str, name: &str) -> Organisation {
    let (code, name) = (code.into(), name.into());
    Organisation { code, kind: OrganisationKind::Agency, name, abbreviation: None, in_ordinance_scope: true, ended_on: None }
}

/// A decided collection of two agencies with everything that 4 § asks for.
pub fn collection(kind: Kind) -> Collection {
    let mut content = Content::titled(kind, "Läget i skolbiblioteken");
    content.purpose = "Regeringen vill veta hur skolbiblioteken bemannas.\n\nSvaren ska visa var stöd behövs.".into();
    content.obligation = Obligation::Compulsory;
    content.provisions =
        vec![Provision { citation: "26 kap. 25 § skollagen (2010:800)".into(), url: Some("https://lag.example/2010:800".into()) }];
    content.respondents = vec![RespondentGroup { kind: RespondentKind::Municipality, selection: Selection::All }];
    content.observe = Some("Svara för alla skolenheter med kommunal huvudman.".into());
    content.data_use = Some("En redovisning till regeringen.".into());
    content.consultation = ConsultationStated::Held;
    content.consulted = Some("Sveriges Kommuner och Regioner".into());
    content.decided_on = NaiveDate::from_ymd_opt(2026, 10, 1);
    content.periodicity = Periodicity::Yearly;
    content.contact_function = Some("Statistiktjänsten".into());
    content.contact_email = Some("statistik@myndigheten.example".into());
    let item = |label: &str| Item {
        label: label.into(),
        definition: Some("Räknat den 15 oktober.".into()),
        unit: Some("antal".into()),
        source: ItemSource::System,
        personal_data: Answer::No,
    };
    content.items = vec![item("Skolbibliotekarier"), item("Elever med tillgång till skolbibliotek")];
    let round = |dispatch: &str, deadline: &str| Round {
        label: deadline[..4].into(),
        dispatch: When::parse(dispatch).ok(),
        deadline: When::parse(deadline).ok(),
        ..Round::default()
    };
    let responsible = [("202100-4185", "Skolverket", "2026:17"), ("202100-0837", "Statistiska centralbyrån", "A-2")];
    let responsible =
        responsible.map(|(code, name, diary)| Responsible { organisation: agency(code, name), diary_number: Some(diary.into()) }).into();
    Collection {
        id: uuid::Uuid::nil(),
        number: CollectionNumber::parse("2026-0042"),
        status: Status::Decided,
        visibility: Visibility::Now,
        open_from: NaiveDate::from_ymd_opt(2026, 9, 1),
        own_reference: Some("B-1".into()),
        responsible,
        collector: None,
        collector_words: None,
        collector_diary_number: None,
        confirmed_on: None,
        version: 1,
        planned_version: None,
        content,
        area_name: Some("Utbildning".into()),
        rounds: vec![round("2026-01-12", "2026-02-27"), round("2027-02-01", "2027-03-28")],
        created_at: DateTime::UNIX_EPOCH,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

/// Who decided on it.
pub fn decision() -> Decision {
    Decision {
        decision_maker: Some("Generaldirektören".into()),
        rapporteur: Some("Utredaren vid statistikenheten".into()),
        participants: Some("Rättschefen och enhetschefen".into()),
        ..Decision::default()
    }
}

/// A document of `collection`, made on 22 November 2026.
pub fn built(kind: DocumentKind, collection: &Collection) -> Option<Document> {
    told(kind, collection, None, None)
}

/// The same of a collection about which a case is closed.
pub fn consulted(kind: DocumentKind, collection: &Collection, consulted: &Consulted) -> Document {
    told(kind, collection, Some(consulted), None).expect("a document")
}

/// The same with the case that the decision rests on and a later one.
pub fn told(kind: DocumentKind, collection: &Collection, consulted: Option<&Consulted>, later: Option<&Consulted>) -> Option<Document> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
    let decision = decision();
    build(kind, &Record { collection, decision: &decision, consulted, later, listed: &[], base_url: "https://register.example", today })
}
