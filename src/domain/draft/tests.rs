use proptest::prelude::*;

use super::compare::Side;
use super::*;
use crate::domain::field::Fault;
use crate::domain::new_collection::NewCollection;
use crate::domain::organisation::{Municipality, Organisation, OrganisationKind, Region};
use crate::domain::respondent::RespondentGroup;
use crate::domain::terms::Visibility;

const SCB: &str = "202100-0837";

pub(super) fn known() -> Known {
    let agency = |code: &str, name: &str, abbreviation: Option<&str>| Organisation {
        code: code.into(),
        kind: OrganisationKind::Agency,
        name: name.into(),
        abbreviation: abbreviation.map(str::to_owned),
        in_ordinance_scope: true,
        ended_on: None,
    };
    let municipality = |code: &str, name: &str, county: &str, group: &str| Municipality {
        code: code.into(),
        name: name.into(),
        county_code: county.into(),
        county_name: format!("län {county}"),
        population: 1,
        population_year: 2025,
        skr_group: group.into(),
        skr_group_name: group.into(),
    };
    let region = Region {
        code: "R-14".into(),
        name: "Västra Götalandsregionen".into(),
        county_code: "14".into(),
        county_name: "län 14".into(),
        population: 1,
        population_year: 2025,
    };
    let mut known = Known::default();
    known.areas = vec![("culture".into(), "Kultur och fritid".into())];
    known.departments = vec!["Kulturdepartementet".into()];
    known.municipalities = vec![
        municipality("0180", "Stockholm", "01", "A1"),
        municipality("0114", "Upplands Väsby", "01", "A2"),
        municipality("1480", "Göteborg", "14", "A1"),
    ];
    known.regions = vec![region];
    let agencies = vec![
        agency(SCB, "Statistikmyndigheten SCB", Some("SCB")),
        agency("202100-2114", "Skolverket", None),
        agency("202100-2247", "Länsstyrelsen i Stockholms län", None),
        agency("202100-2254", "Länsstyrelsen i Uppsala län", None),
    ];
    known.add_agencies(agencies, [("202100-2114".to_owned(), "Skolöverstyrelsen".to_owned())]);
    known
}

fn sent(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn faults(form: &DraftForm) -> Vec<Fault> {
    form.parse(&known()).err().unwrap_or_default()
}

fn filled() -> DraftForm {
    let mut form = DraftForm::empty(SCB);
    let known = known();
    form.apply(
        Step::Basics,
        &sent(&[("title", "Enkät om bibliotek"), ("kind", "survey"), ("area", "culture"), (input::ADDING, "alla länsstyrelser")]),
        &known,
        SCB,
    );
    form.apply(
        Step::Legal,
        &sent(&[("obligation", "compulsory"), ("provisions", "18 § bibliotekslagen (2013:801) https://lag.example/18\n\n3 § lagen")]),
        &known,
        SCB,
    );
    form.apply(
        Step::Respondents,
        &sent(&[
            ("respondents", "municipality"),
            ("respondents", "region"),
            ("selection_region", "sample"),
            ("size_region", "1"),
            ("counties", "01"),
        ]),
        &known,
        SCB,
    );
    form.apply(
        Step::Items,
        &sent(&[("item_label", "Antal"), ("item_label", "Kostnad"), ("item_definition", "Hur många"), ("item_source", "system")]),
        &known,
        SCB,
    );
    form.apply(
        Step::Rounds,
        &sent(&[("round_label", "2027"), ("round_dispatch", "2027-03-01"), ("round_deadline", "2027-v13"), ("periodicity", "yearly")]),
        &known,
        SCB,
    );
    form.apply(
        Step::Channel,
        &sent(&[("data_paths", "web_form"), ("visibility", "at_dispatch"), ("further_users", "SKR\nKB")]),
        &known,
        SCB,
    );
    form
}

#[test]
fn a_form_becomes_a_collection_and_a_collection_the_same_form() {
    let form = filled();
    let collection = form.parse(&known()).expect("a collection");
    let parts = collection.parts();
    assert_eq!(parts.responsible, [SCB, "202100-2247", "202100-2254"]);
    assert_eq!(parts.content.respondents_in_words(), "2\u{a0}kommuner enligt lista och ett urval av en region");
    assert_eq!((parts.content.provisions.len(), parts.content.provisions[0].url.as_deref()), (2, Some("https://lag.example/18")));
    assert_eq!((parts.visibility, parts.content.items.len(), parts.rounds.len()), (Visibility::AtDispatch, 2, 1));
    let again = DraftForm::from_parts(parts).parse(&known()).expect("the same collection");
    assert_eq!(again, collection);
}

#[test]
fn every_field_survives_the_way_into_a_form_and_back() {
    let mut parts = filled().parse(&known()).expect("a collection").parts().clone();
    parts.content.respondents = vec![RespondentGroup { kind: RespondentKind::Municipality, selection: Selection::All }];
    parts.collector = Some("Ett konsultföretag".into());
    parts.content.assignment.department = Some("Kulturdepartementet".into());
    parts.content.assignment.dated = chrono::NaiveDate::from_ymd_opt(2026, 1, 2);
    parts.content.automation_comment = Some("Prövat.".into());
    parts.rounds[0].published = When::parse("kvartal 2 2027, preliminärt").ok();
    let collection = NewCollection::new(parts).expect("a collection");
    assert_eq!(DraftForm::from_parts(collection.parts()).parse(&known()).expect("the same"), collection);
    let copy = DraftForm::copy_of(collection.parts(), "202100-2247");
    let of_the_old = [Field::OwnReference, Field::Consultation, Field::Consulted, Field::AssignmentDated, Field::AssignmentFinalReport];
    assert!(copy.rounds.is_empty() && of_the_old.iter().all(|field| copy.text(*field).is_empty()));
    assert_eq!(copy.text(Field::AssignmentDepartment), "Kulturdepartementet");
    assert_eq!(copy.responsible, ["202100-2247", SCB, "202100-2254"]);
}

#[test]
fn everything_wrong_is_told_at_its_field_and_kept() {
    let known = known();
    let mut form = filled();
    form.apply(
        Step::Basics,
        &sent(&[("title", "  "), ("assignment_dated", "våren 2027"), (input::ADDING, "Finns inte"), ("area", "nej")]),
        &known,
        SCB,
    );
    form.apply(Step::Items, &sent(&[("item_label", ""), ("item_definition", "utan namn"), ("item_source", "gissas")]), &known, SCB);
    form.apply(Step::Rounds, &sent(&[("round_dispatch", "2027-02-30"), ("round_deadline", "2027-03-10")]), &known, SCB);
    form.apply(
        Step::Respondents,
        &sent(&[
            ("respondents", "municipality"),
            ("selection_municipality", "all"),
            ("codes", "0180"),
            ("respondents", "region"),
            ("size_region", "många"),
        ]),
        &known,
        SCB,
    );
    let fields: Vec<Field> = faults(&form).iter().map(|fault| fault.field).collect();
    assert_eq!(
        fields,
        [
            Field::Title,
            Field::Area,
            Field::Responsible,
            Field::AssignmentDated,
            Field::RespondentCodes,
            Field::Selection,
            Field::ItemLabel,
            Field::ItemSource,
            Field::RoundDispatch
        ]
    );
    assert_eq!(
        (form.text(Field::AssignmentDated), form.adding.as_str(), form.rounds[0].dispatch.as_str()),
        ("våren 2027", "Finns inte", "2027-02-30")
    );
    assert_eq!(form.title(), "Utan titel");
}

#[test]
fn nobody_sets_what_the_step_does_not_ask() {
    let mut form = filled();
    let before = form.clone();
    let foreign = sent(&[
        ("status", "decided"),
        ("owner", "202100-2114"),
        ("number", "2026-0001"),
        ("decided_on", "2026-01-01"),
        ("title", "Ny"),
        ("item_label", "Ny"),
    ]);
    form.apply(Step::Legal, &foreign, &known(), SCB);
    assert_eq!(form, before);
    form.apply(Step::Basics, &sent(&[("responsible", "202100-2114"), ("responsible", "påhittad")]), &known(), SCB);
    assert_eq!(form.responsible, [SCB, "202100-2114"], "one's own organisation cannot be taken out");
}

#[test]
fn short_time_asks_for_a_reason() {
    let mut form = filled();
    form.apply(Step::Rounds, &sent(&[("round_dispatch", "2027-03-01"), ("round_deadline", "2027-03-21")]), &known(), SCB);
    assert_eq!(faults(&form)[0].field, Field::RoundShortTimeReason);
    form.apply(
        Step::Rounds,
        &sent(&[("round_dispatch", "2027-03-01"), ("round_deadline", "2027-03-21"), ("round_short_time_reason", "Särskilda skäl.")]),
        &known(),
        SCB,
    );
    assert_eq!(faults(&form), []);
}

#[test]
fn two_forms_are_compared_and_put_together() {
    let (mine, mut theirs) = (filled(), filled());
    theirs.texts.insert(Field::Title, "Deras titel".into());
    theirs.items.pop();
    theirs.texts.remove(&Field::Obligation);
    let differences = mine.differences(&theirs);
    assert_eq!(differences, [Field::Title, Field::Obligation, Field::ItemLabel]);
    let mut both = mine.clone();
    both.take(Field::Title, &theirs);
    both.take(Field::Obligation, &theirs);
    assert_eq!((both.text(Field::Title), both.text(Field::Obligation), both.items.len()), ("Deras titel", "", 2));
    assert_eq!(mine.shown(Field::ItemLabel, &known()), ["Antal · Hur många · finns i system", "Kostnad"]);
    assert_eq!(
        mine.shown(Field::Respondents, &known()),
        ["2\u{a0}kommuner enligt lista: Upplands Väsby, Stockholm", "ett urval av en region"]
    );
    for field in DraftForm::fields() {
        let mut other = DraftForm::default();
        other.take(field, &mine);
        assert!(!other.differences(&mine).contains(&field), "{field}");
    }
}

#[test]
fn agencies_are_found_by_every_name() {
    use known::Found;
    let known = known();
    for typed in ["scb", "202100-0837", "2021000837", " Statistikmyndigheten  SCB "] {
        assert_eq!(known.find(typed), Found::Codes(vec![SCB.into()]), "{typed}");
    }
    assert_eq!(known.find("Skolöverstyrelsen"), Found::Codes(vec!["202100-2114".into()]));
    assert_eq!(known.find("länsstyrelsen"), Found::Perhaps(vec!["202100-2247".into(), "202100-2254".into()]));
    assert_eq!((known.find("xy"), known.find("Finns inte")), (Found::Perhaps(vec![]), Found::Perhaps(vec![])));
}

proptest! {
    /// Whatever is typed is what the form holds, in the database's spelling and after a page has sent it again.
    #[test]
    fn any_typed_text_round_trips(texts in prop::collection::vec("[^\u{0}\r]{0,40}", 12), rows in prop::collection::vec("[^\u{0}\r]{1,20}", 0..6)) {
        let mut form = filled();
        for (field, text) in Step::Basics.texts().chain(Step::Legal.texts()).chain(Step::Channel.texts()).zip(texts.iter().cycle()) {
            if text.is_empty() { form.texts.remove(&field); } else { form.texts.insert(field, text.clone()); }
        }
        form.items = rows.iter().map(|text| DraftItem { label: text.clone(), unit: text.clone(), ..DraftItem::default() }).filter(|item| !item.is_empty()).collect();
        form.rounds = rows.iter().map(|text| DraftRound { deadline: text.clone(), ..DraftRound::default() }).filter(|round| !round.is_empty()).collect();
        form.rule.deadline = texts[0].clone();
        let stored: DraftForm = serde_json::from_value(serde_json::to_value(&form).expect("json")).expect("a form");
        prop_assert_eq!(&stored, &form);
        let mut again = DraftForm::empty(SCB);
        for step in Step::ALL {
            again.apply(*step, &form.pairs(*step), &known(), SCB);
        }
        prop_assert_eq!(&again, &form);
        // reading never fails otherwise than in words
        if let Err(faults) = form.parse(&known()) {
            prop_assert!(faults.iter().all(|fault| !fault.message.is_empty()));
        }
    }
}

#[test]
fn who_changed_what_is_seen_by_what_both_grew_from() {
    let before = filled();
    let base = Base::parse(&Base::of(&before).to_string());
    assert_eq!(base, Base::of(&before), "it travels in a page");
    let (mut mine, mut theirs) = (before.clone(), before.clone());
    mine.texts.insert(Field::Title, "Min titel".into());
    theirs.items.pop();
    mine.texts.insert(Field::Purpose, "Mitt syfte".into());
    theirs.texts.insert(Field::Purpose, "Deras syfte".into());
    let side = |field| base.changed_by(field, &mine, &theirs);
    assert_eq!((side(Field::Title), side(Field::ItemLabel), side(Field::Purpose)), (Some(Side::Mine), Some(Side::Theirs), None));
    assert_eq!(Base::default().changed_by(Field::Title, &mine, &theirs), None, "nothing is known");
    // what a page sends by itself is no answer
    let mut sent = DraftForm::default();
    sent.texts.insert(Field::Origin, "unstated".into());
    sent.texts.insert(Field::Visibility, "now".into());
    assert_eq!(sent.differences(&DraftForm::default()), []);
}
