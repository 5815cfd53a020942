//! What the page of a collection shows of it.

use super::*;
use crate::clock;
use crate::db::whole::Stamp;
use crate::domain::collection::{Collection, Responsible};
use crate::domain::content::{Content, Provision};
use crate::domain::organisation::{Organisation, OrganisationKind};
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::{Round, When};
use crate::domain::terms::{Answer, ItemSource, RespondentKind, Visibility};

fn agency(name: &str) -> Responsible {
    let organisation = Organisation {
        code: "202100-0837".into(),
        kind: OrganisationKind::Agency,
        name: name.into(),
        abbreviation: None,
        in_ordinance_scope: true,
        ended_on: None,
    };
    Responsible { organisation, diary_number: Some("2026:1".into()) }
}

fn item(label: &str, definition: Option<&str>) -> Item {
    let definition = definition.map(str::to_owned);
    Item { label: label.into(), definition, unit: None, source: ItemSource::System, personal_data: Answer::No }
}

fn round(label: &str, dispatch: &str, deadline: &str) -> Round {
    Round { label: label.into(), dispatch: When::parse(dispatch).ok(), deadline: When::parse(deadline).ok(), ..Round::default() }
}

fn sample() -> Collection {
    let mut content = Content::titled(Kind::Survey, "Räkenskaper <script>");
    content.purpose = "Första stycket.\n\nAndra stycket.".into();
    content.obligation = Obligation::Compulsory;
    content.provisions = vec![
        Provision { citation: "6 § lagen (2001:99)".into(), url: Some("https://example.org/lag".into()) },
        Provision { citation: "Föreskriften".into(), url: Some("javascript:alert(1)".into()) },
    ];
    content.respondents = vec![RespondentGroup { kind: RespondentKind::Municipality, selection: Selection::Listed(vec!["0180".into()]) }];
    content.items = vec![item("Antal elever", Some("Folkbokförda")), item("Nettokostnad", None)];
    content.remark = Some("Exempel.".into());
    Collection {
        id: uuid::Uuid::nil(),
        number: CollectionNumber::parse("2026-0042"),
        status: Status::Planned,
        visibility: Visibility::Now,
        open_from: None,
        own_reference: Some("B001".into()),
        responsible: vec![agency("Statistiska centralbyrån")],
        collector: None,
        collector_words: Some("Ett konsultbolag".into()),
        version: 1,
        planned_version: Some(1),
        content,
        area_name: None,
        rounds: vec![
            round("2026", "2026-02-01", "2026-03-01"),
            round("2027", "2027-03-01", "2027-03-21"),
            round("2028", "2028-01-01", "2028-v12"),
        ],
        confirmed_on: None,
        collector_diary_number: None,
        created_at: clock::now(),
        changed_at: clock::now(),
    }
}

fn render(collection: Collection) -> String {
    render_with(collection, Vec::new())
}

fn render_with(collection: Collection, listed: Vec<Organisation>) -> String {
    let whole = Whole {
        collection,
        listed,
        events: Vec::new(),
        planned: Vec::new(),
        consultations: Vec::new(),
        overlaps: Vec::new(),
        planned_visibility: None,
        actors: std::collections::HashMap::new(),
        stamp: Stamp { touched_at: clock::now(), others_touched_at: None, flagged: 0, decisions: 0, decided_at: None },
    };
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
    ShowPage::new(Layout { demonstration: false, section: "/insamlingar", user: None }, whole, today).render().expect("a page")
}

#[test]
fn the_page_tells_what_why_and_with_what_right() {
    let html = render(sample());
    for text in [
        "2026-0042",
        "Räkenskaper &#60;script&#62;",
        "<p>Andra stycket.</p>",
        "label compulsory",
        "href=\"https://example.org/lag\"",
        "<li>Föreskriften</li>",
        "Antal elever",
        "Folkbokförda",
        "Ett konsultbolag",
        "Exempel.",
        "Kortare tid än tre veckor. Skäl är inte angivet.",
        "vecka\u{a0}12, 2028",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("javascript:"));
}

#[test]
fn the_next_round_is_the_first_that_has_not_passed_while_the_collection_lives() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
    let marks = |collection: &Collection| -> Vec<(String, bool, bool)> {
        round_rows(collection, today, When::to_string).into_iter().map(|row| (row.label, row.past, row.next)).collect()
    };
    let named = |label: &str, past, next| (label.to_owned(), past, next);
    let mut collection = sample();
    assert_eq!(marks(&collection), [named("2028", false, false), named("2027", false, true), named("2026", true, false)]);
    assert!(render(collection.clone()).contains("Nästa svarsdag"));
    for status in [Status::Ended, Status::Withdrawn] {
        collection.status = status;
        assert!(marks(&collection).iter().all(|(_, _, next)| !next), "{status:?}");
        assert_eq!(collection.next_deadline(today), None);
        assert!(!render(collection.clone()).contains("Nästa svarsdag"), "{status:?}");
    }
}

#[test]
fn whoever_is_no_agency_is_not_called_one() {
    let mut collection = sample();
    collection.content.purpose.clear();
    collection.content.items.clear();
    collection.content.obligation = Obligation::Unstated;
    let of_agency = render(collection.clone());
    assert!(of_agency.contains("Myndigheten har inte angett något syfte") && of_agency.contains("tills myndigheten har beslutat"));
    collection.responsible[0].organisation.kind = OrganisationKind::Body;
    let html = render(collection);
    for text in ["något syfte", "vilka uppgifter", "om de som tillfrågas"] {
        assert!(html.contains(&format!("Organisationen har inte angett {text}")), "{text}");
    }
    assert!(!html.contains("yndigheten har") && html.contains("tills organisationen har beslutat"));
}

#[test]
fn late_answers_and_short_lists_are_told() {
    let mut collection = sample();
    assert!(!render(collection.clone()).contains("Stänger"));
    collection.rounds[0].closes = When::parse("2026-04-30").ok();
    let html = render_with(collection, vec![agency("Stockholms kommun").organisation]);
    assert!(html.contains("data-label=\"Stänger\">2026-04-30") && html.contains("Visa den som står i listan"));
}

#[test]
fn many_agencies_are_folded_and_outsiders_marked() {
    let mut collection = sample();
    collection.responsible = ["Länsstyrelsen A", "Länsstyrelsen B", "Länsstyrelsen C", "Länsstyrelsen D"].map(agency).into();
    collection.responsible[0].organisation.in_ordinance_scope = false;
    collection.status = Status::Decided;
    let html = render(collection);
    assert!(html.contains("och 3\u{a0}andra") && html.contains("Visa de 3 andra") && html.contains("Länsstyrelsen D"));
    assert!(html.contains("omfattas inte av 1 §") && html.contains("En ändring är planerad"));
}
