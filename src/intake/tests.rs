//! Whole files, read as the command line and the upload read them.

use std::collections::BTreeSet;

use super::directory::tests::directory;
use super::*;
use crate::domain::column::{COLLECTION_SHEET, columns};
use crate::domain::respondent::Selection;
use crate::domain::terms::{Answer, ItemSource, Kind, Periodicity, Status, Visibility};

mod hostile;
mod property;
mod workbooks;

pub(super) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day")
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<ReadCollection>, Vec<RowError>> {
    read_collections(Source { name: "fil", bytes }, "202100-0837", today(), &directory())
}

/// Every error as `row|column|message`.
pub(super) fn errors(bytes: &[u8]) -> Vec<String> {
    let list = read(bytes).err().unwrap_or_default();
    list.into_iter().map(|error| format!("{}|{}|{}", error.row, error.column, error.message)).collect()
}

fn has(errors: &[String], row_and_column: &str, part: &str) -> bool {
    errors.iter().any(|error| error.starts_with(row_and_column) && error.contains(part))
}

#[test]
fn the_smallest_file_is_three_columns() {
    let read = read("Egen referens;Titel;Slag\n42;Enkät om bibliotek;enkät\n".as_bytes()).expect("a collection");
    let parts = read[0].collection.parts();
    assert_eq!(read[0].row, "2");
    assert_eq!(parts.own_reference.as_deref(), Some("42"));
    assert_eq!((parts.status, parts.visibility, parts.content.kind), (Status::Planned, Visibility::Now, Kind::Survey));
    assert_eq!(parts.responsible, ["202100-0837"]);
}

#[test]
fn the_example_of_every_column_is_read() {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let headings: Vec<String> = columns().iter().map(|column| quoted(column.heading())).collect();
    let examples: Vec<String> = columns().iter().map(|column| quoted(column.example)).collect();
    let text = format!("{}\n{}\n", headings.join(","), examples.join(","));
    let read = read(text.as_bytes()).expect("the examples");
    let parts = read[0].collection.parts();
    let content = &parts.content;
    assert_eq!(content.area.as_deref(), Some("kultur-och-fritid"));
    assert_eq!(content.periodicity, Periodicity::Yearly);
    assert_eq!(content.respondents[0].selection, Selection::Listed(vec!["0180".into(), "1480".into()]));
    assert_eq!(content.respondents[1].selection, Selection::All);
    assert_eq!((content.items[0].source, content.items[0].personal_data), (ItemSource::System, Answer::No));
    assert_eq!(parts.rounds[0].deadline.as_ref().map(|when| when.counts_as().to_string()).as_deref(), Some("2027-03-28"));
    assert_eq!(parts.collector.as_deref(), Some("202100-0837"));
}

#[test]
fn repeated_rows_bring_items_and_rounds() {
    let text = "egen referens;titel;slag;uppgift;omgång;utskick\n\
                A;Ett;tillsyn;Antal;2026;2026-01-10\n\
                A;;;Andel;2026;2026-01-10\n\
                B;Två;tillsyn;;;\n\
                A;Ett;Tillsyn;;2027;2027-01-10\n";
    let errors = errors(text.as_bytes());
    assert!(has(&errors, "5|slag|", "annat värde"), "{errors:?}");
    let read = read(text.replace("Tillsyn", "tillsyn").as_bytes()).expect("two collections");
    let labels: Vec<&str> = read[0].collection.parts().content.items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["Antal", "Andel"]);
    let rounds: Vec<&str> = read[0].collection.parts().rounds.iter().map(|round| round.label.as_str()).collect();
    assert_eq!((rounds, read.len()), (vec!["2026", "2027"], 2));
}

#[test]
fn a_file_tells_which_fields_it_speaks_of() {
    let given = |text: &str| read(text.as_bytes()).expect("a collection").remove(0).given;
    let always = [Field::OwnReference, Field::Title, Field::Kind];
    let with = |more: &[Field]| always.iter().chain(more).copied().collect::<BTreeSet<Field>>();
    assert_eq!(given("egen referens;titel;slag\nA;T;tillsyn\n"), with(&[]));
    let empty_cells = "egen referens;titel;slag;visas öppet från;kommunkoder;enhet;utskick\nA;T;tillsyn;;;;\n";
    let leads = [Field::Respondents, Field::ItemLabel, Field::RoundLabel];
    let columns = [Field::Visibility, Field::RespondentCodes, Field::ItemUnit, Field::RoundDispatch];
    assert_eq!(given(empty_cells), with(&[&leads[..], &columns[..]].concat()));
    let line = r#"{"egen referens": "A", "titel": "T", "slag": "tillsyn""#;
    assert_eq!(given(&format!("{line}}}")), with(&[]));
    assert_eq!(given(&format!("{line}, \"syfte\": null, \"uppgiftslämnare\": []}}")), with(&[Field::Purpose, Field::Respondents]));
    assert_eq!(given(&format!("{line}, \"uppgifter\": [], \"omgångar\": null}}")), with(&[Field::ItemLabel, Field::RoundLabel]));
    // each object speaks for itself
    let both = read(format!("{line}, \"syfte\": \"s\"}}\n{}}}", line.replace("\"A\"", "\"B\"")).as_bytes()).expect("two collections");
    assert_eq!((both[0].given.clone(), both[1].given.clone()), (with(&[Field::Purpose]), with(&[])));
}

#[test]
fn every_error_is_told_by_row_and_column() {
    let text = "egen referens;titel;slag;område;ansvarig myndighet;kontakt e-post;utskick;sista svarsdag;status;beslutsdatum\n\
                A;;enket;Enerji;Skolverkt;x;2027-02-30;2027-v53;utkast;2026-11-22\n\
                ;Titel;enkät;;;;;;;\n\
                B;Titel;;;Miljönämnden;;2027-03-01;2027-03-10;;\n\
                C;Titel;enkät;;;;2027-03-01;2027-03-10;beslutad;\n";
    let errors = errors(text.as_bytes());
    for (place, part) in [
        ("2|titel|", "saknas"),
        ("2|slag|", "Menar du ”enkät”?"),
        ("2|område|", "Menar du ”Energi”?"),
        ("2|ansvarig myndighet|", "”Skolverkt” finns inte"),
        ("2|kontakt e-post|", "ingen e-postadress"),
        ("2|utskick|", "går inte att läsa som ett datum"),
        ("2|sista svarsdag|", "har 52 veckor"),
        ("2|status|", "”utkast” kan inte importeras"),
        ("2|beslutsdatum|", "efter i dag"),
        ("3|egen referens|", "saknas"),
        ("4|slag|", "Slag saknas"),
        ("4|ansvarig myndighet|", "202100-2247 eller 202100-2254"),
        ("5|skäl för kort svarstid|", "tre veckor"),
        ("5|svarsskyldighet|", "4 § 1"),
    ] {
        assert!(has(&errors, place, part), "{place} {part}: {errors:#?}");
    }
}

#[test]
fn duplicate_own_references_name_both_rows() {
    let text = "egen referens,titel,slag\nA,Ett,tillsyn\nB,Två,tillsyn\nA,Tre,tillsyn\nB,Två,tillsyn\n";
    let errors = errors(text.as_bytes());
    assert!(has(&errors, "4|titel|", "som rad 2"), "{errors:?}");
    assert!(has(&errors, "5|egen referens|", "på rad 3"), "{errors:?}");
    let lines = "{\"egen referens\":\"A\",\"titel\":\"Ett\",\"slag\":\"tillsyn\"}\n{\"egen referens\":\"A\",\"titel\":\"Ett\",\"slag\":\"tillsyn\"}";
    assert!(has(&super::tests::errors(lines.as_bytes()), "2|egen referens|", "på rad 1"));
}

#[test]
fn references_keep_every_digit() {
    let line = r#"{"egen referens": 12345678901234567, "titel": "T", "slag": "tillsyn"}"#;
    assert_eq!(read(line.as_bytes()).expect("a collection")[0].collection.parts().own_reference.as_deref(), Some("12345678901234567"));
    let lost = line.replace("12345678901234567", "1.2345678901234567e16");
    assert!(has(&errors(lost.as_bytes()), "1|egen referens|", "Skriv den som text"));
}

#[test]
fn headings_are_judged_before_rows() {
    let text = "egen referens;titell;titel;namn;;syfte\nA;x;Titel;y;z;s\n";
    let errors = errors(text.as_bytes());
    for (place, part) in
        [("1|titell|", "Menar du ”titel”?"), ("1|namn|", "två gånger"), ("1|slag|", "”slag” saknas"), ("2|E|", "ingen rubrik")]
    {
        assert!(has(&errors, place, part), "{place}: {errors:?}");
    }
    assert_eq!(errors.len(), 4, "{errors:?}");
    let none = super::tests::errors(b"a;b;c\n1;2;3\n");
    assert!(has(&none, "1||", "inga kända rubriker"), "{none:?}");
}

#[test]
fn json_lines_hold_lists_and_say_where_they_are_wrong() {
    let line = r#"{"egen referens": 7, "titel": "T", "slag": "survey", "bestämmelser": ["1 § lagen; a", "2 § lagen https://lag.example/2"],
        "automatisering övervägd": true, "uppgifter": [{"uppgift": "Antal", "källa": "system"}, {"definition": "x"}],
        "omgångar": [{"omgång": "2027", "utskick": "2027-v60"}], "uppgift": "fel", "okänd": 1}"#;
    let text = line.replace('\n', " ");
    let errors = errors(text.as_bytes());
    for (place, part) in [
        ("1|uppgifter 2: uppgift|", "namn saknas"),
        ("1|omgångar 1: utskick|", "Vecka 60"),
        ("1|uppgift|", "hör inte hemma"),
        ("1|okänd|", "okänd"),
    ] {
        assert!(has(&errors, place, part), "{place}: {errors:?}");
    }
    let good = text.replace(", {\"definition\": \"x\"}", "").replace("v60", "v12").replace(", \"uppgift\": \"fel\", \"okänd\": 1", "");
    let read = read(good.as_bytes()).expect("a collection");
    let content = &read[0].collection.parts().content;
    assert_eq!(content.provisions[0].citation, "1 § lagen; a");
    assert_eq!(content.provisions[1].url.as_deref(), Some("https://lag.example/2"));
    assert_eq!((content.automation_considered, content.items[0].source), (Answer::Yes, ItemSource::System));
}

#[test]
fn named_agencies_come_with_the_importing_one_first() {
    let text = "egen referens;titel;slag;ansvariga myndigheter;utförs av\nA;T;tillsyn;Länsstyrelserna;Ett konsultbolag\nB;T;tillsyn;\"Naturvårdsverket; scb\";SCB\n";
    let read = super::tests::read(text.as_bytes()).expect("two collections");
    assert_eq!(read[0].collection.parts().responsible, ["202100-2247", "202100-2254"]);
    assert_eq!(read[0].collection.parts().collector.as_deref(), Some("Ett konsultbolag"));
    assert_eq!(read[1].collection.parts().responsible, ["202100-0837", "202100-1975"]);
    assert_eq!(read[1].collection.parts().collector.as_deref(), Some("202100-0837"));
}
