//! What leaves the register, read back.

use chrono::NaiveDate;

use super::template::template;
use crate::domain::column::{COLLECTION_SHEET, Form, ITEM_SHEET, LIST_SHEET, README_SHEET, ROUND_SHEET, columns};
use crate::domain::field::Field;
use crate::intake::{Directory, Source, read_collections};

use calamine::Reader;

fn written() -> Vec<u8> {
    let areas = [("energi".to_owned(), "Energi".to_owned()), ("djur".to_owned(), "Djur".to_owned())];
    template(&areas, &["Kulturdepartementet".to_owned()]).expect("a template")
}

fn sheets(bytes: &[u8]) -> Vec<(String, calamine::Range<calamine::Data>)> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
    book.worksheets()
}

fn texts(range: &calamine::Range<calamine::Data>) -> Vec<Vec<String>> {
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn every_field_has_a_column_and_no_data_row_stands_in_the_way() {
    let sheets = sheets(&written());
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [README_SHEET, COLLECTION_SHEET, ITEM_SHEET, ROUND_SHEET, LIST_SHEET]);
    let mut fields: Vec<Field> = Vec::new();
    for (name, range) in &sheets[1..4] {
        let rows = texts(range);
        assert_eq!(rows.len(), 1, "{name}");
        fields.extend(rows[0].iter().map(|heading| Field::from_label(heading).expect("a known heading")));
    }
    assert_eq!(fields.len(), Field::ALL.len() + 2, "the own reference stands on all three");
    assert!(Field::ALL.iter().all(|field| fields.contains(field)));
}

#[test]
fn instructions_explain_every_column_and_lists_hold_every_word() {
    let sheets = sheets(&written());
    let (instructions, lists) = (texts(&sheets[0].1), texts(&sheets[4].1));
    for column in columns() {
        assert!(instructions.iter().any(|row| row.contains(&column.help.to_owned()) && row.contains(&column.example.to_owned())));
        let listed = lists[0].iter().position(|heading| heading.to_lowercase() == column.heading().to_lowercase());
        for word in column.form.choices() {
            let at = listed.expect("a list");
            assert!(lists.iter().any(|row| row[at] == word), "{word}");
        }
    }
    assert!(lists.iter().flatten().any(|word| word == "Energi") && lists.iter().flatten().any(|word| word == "Kulturdepartementet"));
}

#[test]
fn drop_downs_point_at_their_lists() {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(written())).expect("an archive");
    let text = std::io::read_to_string(archive.by_name("xl/worksheets/sheet2.xml").expect("the sheet")).expect("its text");
    let lists = sheets(&written()).remove(4).1;
    let headings = texts(&lists).remove(0);
    for (at, heading) in headings.iter().enumerate() {
        let words = (1..lists.height()).filter(|row| lists.get((*row, at)).is_some_and(|cell| !cell.to_string().is_empty())).count();
        let letter = char::from(b'A' + u8::try_from(at).expect("a few lists"));
        let source = format!("Listor!${letter}$2:${letter}${}", words + 1);
        let on_main = columns().iter().any(|column| column.sheet() == COLLECTION_SHEET && column.heading() == heading.to_lowercase());
        assert_eq!(text.contains(&source), on_main, "{heading} {source}");
    }
}

#[test]
fn times_that_may_be_uncertain_stay_as_they_are_typed() {
    let bytes = written();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).expect("an archive");
    let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).expect("the part")).expect("its text");
    let (rounds, styles) = (part("xl/worksheets/sheet4.xml"), part("xl/styles.xml"));
    let formats: Vec<&str> = styles.split("<cellXfs").nth(1).expect("styles").split("<xf numFmtId=\"").skip(1).collect();
    let attribute = |tag: &str, name: &str| tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
    let names: Vec<String> = texts(&sheets(&bytes).remove(3).1).remove(0);
    for tag in rounds.split("<col ").skip(1) {
        let (first, last): (usize, usize) = (attribute(tag, "min").expect("a column"), attribute(tag, "max").expect("a column"));
        let style: usize = attribute(tag, "style").expect("a style");
        for name in &names[first - 1..last] {
            let column = columns().iter().find(|column| column.heading() == name.to_lowercase()).expect("a column");
            // 49 is the format of text
            assert_eq!(formats[style].starts_with("49\""), !matches!(column.form, Form::Date), "{name}");
        }
    }
}

#[test]
fn an_unfilled_template_holds_no_collections_and_is_always_the_same() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
    let bytes = written();
    let errors =
        read_collections(Source { name: "mall.xlsx", bytes: &bytes }, "202100-0837", today, &Directory::new()).expect_err("nothing in it");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "Filen innehåller inga insamlingar.");
    assert_eq!(bytes, written());
}
