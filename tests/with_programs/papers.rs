//! What agencies get back, opened by LibreOffice: documents and the list.

use chrono::{DateTime, NaiveDate};
use insamlingsregister::domain::agency_list::AgencyList;
use insamlingsregister::domain::collection::{Collection, Responsible};
use insamlingsregister::domain::content::{Content, Provision};
use insamlingsregister::domain::decision::Decision;
use insamlingsregister::domain::documents::{DocumentKind, Record, build};
use insamlingsregister::domain::identifier::CollectionNumber;
use insamlingsregister::domain::organisation::{Organisation, OrganisationKind};
use insamlingsregister::domain::round::{Round, When};
use insamlingsregister::domain::terms::{Kind, Obligation, Status, Visibility};
use insamlingsregister::publish::agency_list::workbook;
use insamlingsregister::publish::docx::docx;

use crate::Work;
use crate::libreoffice::{CSV_UTF_8, convert, written};

/// What programs like to misread, and what XML does not take.
const TRICKY: &str = "=1+1 <w:t> & ”å ä ö” ]]> 'q'";

/// What a word processor opens.
pub fn documents() -> Vec<(String, Work)> {
    vec![("libreoffice_opens_every_document".to_owned(), Box::new(every_document_opens))]
}

/// What a spreadsheet program opens.
pub fn lists() -> Vec<(String, Work)> {
    vec![("libreoffice_opens_the_list".to_owned(), Box::new(the_list_opens))]
}

fn collection(kind: Kind) -> Collection {
    let mut content = Content::titled(kind, TRICKY);
    content.purpose = "Regeringen vill veta hur skolbiblioteken bemannas.".into();
    content.obligation = Obligation::Compulsory;
    content.provisions = vec![Provision { citation: "2 § lagen".into(), url: Some("https://lag.example/?a=1&b=2".into()) }];
    content.observe = Some("Svara för hela kommunen.".into());
    content.decided_on = NaiveDate::from_ymd_opt(2026, 10, 1);
    let organisation = Organisation {
        code: "202100-4185".into(),
        kind: OrganisationKind::Agency,
        name: "Skolverket".into(),
        abbreviation: None,
        in_ordinance_scope: true,
        ended_on: None,
    };
    let when = |text| When::parse(text).ok();
    Collection {
        id: uuid::Uuid::nil(),
        number: CollectionNumber::parse("2026-0042"),
        status: Status::Decided,
        visibility: Visibility::Now,
        open_from: NaiveDate::from_ymd_opt(2026, 9, 1),
        own_reference: None,
        responsible: vec![Responsible { organisation, diary_number: Some("2026:17".into()) }],
        collector: None,
        collector_words: None,
        collector_diary_number: None,
        confirmed_on: None,
        version: 1,
        planned_version: None,
        content,
        area_name: None,
        rounds: vec![Round { label: "2027".into(), dispatch: when("2027-02-01"), deadline: when("2027-03-28"), ..Round::default() }],
        created_at: DateTime::UNIX_EPOCH,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default()
}

fn every_document_opens() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let decision = Decision { decision_maker: Some("Generaldirektören".into()), ..Decision::default() };
    for kind in [Kind::Survey, Kind::OfficialStatistics] {
        let collection = collection(kind);
        let record = Record {
            collection: &collection,
            decision: &decision,
            consulted: None,
            later: None,
            listed: &[],
            base_url: "https://register.example",
            today: today(),
        };
        for one in DocumentKind::of(kind) {
            let document = build(one, &record).ok_or("no document")?;
            let name = format!("{}-{}", kind.code(), one.code());
            let bytes = docx(&document).map_err(|error| error.to_string())?;
            std::fs::write(folder.path().join(format!("{name}.docx")), bytes).map_err(|error| error.to_string())?;
            convert(folder.path(), &format!("{name}.docx"), "txt:Text (encoded):UTF8")?;
            let text = String::from_utf8_lossy(&written(folder.path(), &format!("{name}.txt"))?).replace('\u{a0}', " ");
            for said in [document.title.as_str(), TRICKY, "Skolverket", "Diarienummer 2026:17", "2026-0042", "28 mars 2027", "2 § lagen"] {
                if !text.contains(said) {
                    return Err(format!("{name} lacks {said}: {text}"));
                }
            }
            convert(folder.path(), &format!("{name}.docx"), "pdf")?;
            if !written(folder.path(), &format!("{name}.pdf"))?.starts_with(b"%PDF") {
                return Err(format!("{name} makes no pdf"));
            }
        }
    }
    Ok(())
}

fn the_list_opens() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let survey = collection(Kind::Survey);
    let agency = survey.responsible.first().ok_or("no agency")?.organisation.clone();
    let codes = [agency.code.clone()];
    let list = AgencyList::new(agency, &codes, vec![survey, collection(Kind::StateGrant)], today(), Some(today()));
    let bytes = workbook(&list).map_err(|error| error.to_string())?;
    std::fs::write(folder.path().join("lista.xlsx"), bytes).map_err(|error| error.to_string())?;
    convert(folder.path(), "lista.xlsx", CSV_UTF_8)?;
    for (sheet, said) in [
        ("Förteckning enligt 6 §", TRICKY),
        ("Förteckning enligt 6 §", "2026-10-01"),
        ("Förteckning enligt 6 §", "2027-03-28"),
        ("Övriga insamlingar", "statsbidrag"),
        ("Om förteckningen", "Förteckningen är fullständig per 2026-11-22."),
    ] {
        let bytes = written(folder.path(), &format!("lista-{sheet}.csv"))?;
        let text = String::from_utf8_lossy(&bytes);
        if !text.contains(said) {
            return Err(format!("{sheet} lacks {said}: {text}"));
        }
    }
    Ok(())
}
