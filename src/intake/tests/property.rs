//! Any bytes and any table: never a panic, and either every collection or errors.

use proptest::prelude::*;

use super::super::line::one_line;
use super::super::package::tests::zipped;
use super::workbooks::{ods, ods_row};
use super::*;
use crate::domain::field::Field;

/// What can stand in a cell, wanted or not.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "\\PC{0,20}",
        any::<String>(),
        "[0-9]{1,9}",
        "20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}",
        "20[0-9]{2}-v[0-9]{1,2}",
        prop::sample::select(columns().iter().map(|column| column.example.to_owned()).collect::<Vec<_>>()),
    ]
}

fn csv_of(rows: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("a record");
    }
    writer.into_inner().expect("the bytes")
}

fn judged(bytes: &[u8]) -> Result<(), TestCaseError> {
    match read(bytes) {
        Ok(read) => prop_assert!(!read.is_empty()),
        Err(errors) => prop_assert!(!errors.is_empty() && errors.iter().all(|error| !error.message.is_empty())),
    }
    Ok(())
}

/// Text that a cell keeps exactly: nothing that is trimmed, no line ends but `\n`, no control characters.
fn kept() -> impl Strategy<Value = String> {
    "[\\p{L}0-9<>&\"';,=|_-]([\\p{L}0-9<>&\"';,=|_ \\n-]{0,30}[\\p{L}0-9<>&\"';,=|_-])?"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        judged(&bytes)?;
    }

    #[test]
    fn any_text_under_real_headings_is_judged(fields in prop::sample::subsequence(Field::ALL.to_vec(), 1..40), rows in prop::collection::vec(prop::collection::vec(cell(), 0..45), 0..6)) {
        let headings = fields.iter().map(|field| field.label().to_owned()).collect();
        let table: Vec<Vec<String>> = std::iter::once(headings).chain(rows).collect();
        judged(&csv_of(&table, b';'))?;
    }

    #[test]
    fn any_json_line_is_judged(keys in prop::collection::vec((prop::sample::select(Field::ALL.to_vec()), cell()), 0..12), tail in "[\\[\\]{}\",:a1 ]{0,20}") {
        let pairs: Vec<String> = keys.iter().map(|(field, value)| format!("\"{}\": {}", field.label(), serde_json::to_string(value).expect("a string"))).collect();
        judged(format!("{{{}}}\n{{{tail}", pairs.join(",")).as_bytes())?;
    }

    #[test]
    fn a_damaged_ods_is_judged(at in 0_usize..2_000, with in any::<u8>(), text in "[<>/&;a-z:\"= -]{0,30}") {
        let table = format!("<table:table table:name=\"a\">{}{}{text}</table:table>", ods_row(&["egen referens", "titel", "slag"]), ods_row(&["A", "T", "tillsyn"]));
        let mut bytes = ods(&table);
        judged(&bytes)?;
        let length = bytes.len();
        bytes[at % length] = with;
        judged(&bytes)?;
    }

    #[test]
    fn damaged_workbook_parts_are_judged(part in 0_usize..5, at in any::<prop::sample::Index>(), text in "[<>/&;a-z:\"= 0-9-]{0,12}") {
        let mut parts = [
            ("_rels/.rels", "<Relationships><Relationship Id=\"r1\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned()),
            ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Blad1\" r:id=\"r1\"/></sheets></workbook>".to_owned()),
            ("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship Id=\"r2\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>".to_owned()),
            ("xl/s.xml", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>titel</t></is></c><c s=\"1\"><v>46461</v></c></row></sheetData></worksheet>".to_owned()),
            ("xl/styles.xml", "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy\"/></numFmts><cellXfs><xf/><xf numFmtId=\"170\"/></cellXfs></styleSheet>".to_owned()),
        ];
        let place = at.index(parts[part].1.len());
        parts[part].1.insert_str(place, &text);
        let mut list: Vec<(&str, &[u8])> = vec![("[Content_Types].xml", b"<Types/>")];
        list.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
        judged(&zipped(&list))?;
    }

    #[test]
    fn a_written_table_is_read_back(rows in prop::collection::vec((kept(), kept(), kept()), 1..8), delimiter in prop::sample::select(vec![b';', b',', b'\t']), bom in any::<bool>()) {
        let headings = ["egen referens", "titel", "slag", "syfte", "anmärkning"].map(str::to_owned).to_vec();
        let written = rows.iter().enumerate().map(|(at, (title, purpose, remark))| vec![format!("R-{at}"), title.clone(), "tillsyn".to_owned(), purpose.clone(), remark.clone()]);
        let table: Vec<Vec<String>> = std::iter::once(headings).chain(written).collect();
        let mut bytes = if bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        bytes.extend(csv_of(&table, delimiter));
        let read = read(&bytes).map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
        prop_assert_eq!(read.len(), rows.len());
        for ((at, (title, purpose, remark)), read) in rows.iter().enumerate().zip(&read) {
            let parts = read.collection.parts();
            prop_assert_eq!(parts.own_reference.clone(), Some(format!("R-{at}")));
            prop_assert_eq!((&parts.content.title, &parts.content.purpose, parts.content.remark.as_ref()), (&one_line(title), purpose, Some(remark)));
        }
    }
}
