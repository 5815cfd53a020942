//! Workbooks with several sheets, written by a library and by hand.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::super::package::tests::zipped;
use super::*;

/// An ods of this table content.
pub fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\">\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest/>"),
    ])
}

/// A row of text cells in an ods.
pub fn ods_row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"))
        .collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

fn write_rows(sheet: &mut rust_xlsxwriter::Worksheet, name: &str, rows: &[&[&str]]) {
    sheet.set_name(name).expect("a name");
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write(row, column, *cell).expect("a cell");
        }
    }
}

#[test]
fn items_and_rounds_stand_on_their_own_sheets() {
    let mut book = Workbook::new();
    write_rows(book.add_worksheet(), "Läs mig först", &[&["vad som helst"]]);
    write_rows(book.add_worksheet(), "Insamlingar", &[&["Egen referens", "Titel", "Slag"], &["A", "T", "enkät"], &["B", "U", "tillsyn"]]);
    write_rows(book.add_worksheet(), "Uppgifter", &[&["Egen referens", "Namn", "Källa"], &["B", "Antal", "manuellt"], &["C", "x"], &["A"]]);
    let dated = Format::new().set_num_format("yyyy-mm-dd");
    let rounds = book.add_worksheet();
    write_rows(rounds, "Omgångar", &[&["Egen referens", "Omgång", "Utskick", "Titel"], &["A", "2027"]]);
    let date = ExcelDateTime::from_ymd(2027, 3, 15).expect("a date");
    rounds.write_with_format(1, 2, &date, &dated).expect("a date cell");
    write_rows(book.add_worksheet(), "Eget", &[&["x"]]);
    let bytes = book.save_to_buffer().expect("a workbook");
    let errors = errors(&bytes);
    for (place, part) in [
        ("||", "Bladet ”Eget” känns inte igen"),
        ("Uppgifter!3|Egen referens|", "”C”"),
        ("Uppgifter!4|Namn|", "namn saknas"),
        ("Omgångar!1|Titel|", "hör inte hemma"),
    ] {
        assert!(has(&errors, place, part), "{place}: {errors:?}");
    }
}

#[test]
fn a_sheet_of_items_speaks_of_items_even_when_it_has_none() {
    let mut book = Workbook::new();
    write_rows(book.add_worksheet(), "Insamlingar", &[&["Egen referens", "Titel", "Slag"], &["A", "T", "tillsyn"]]);
    write_rows(book.add_worksheet(), "Uppgifter", &[&["Egen referens", "Uppgift"]]);
    let read = read(&book.save_to_buffer().expect("a workbook")).expect("a collection");
    assert!(read[0].given.contains(&Field::ItemLabel) && !read[0].given.contains(&Field::RoundLabel), "{:?}", read[0].given);
}

#[test]
fn cells_have_the_types_of_a_spreadsheet() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write_rows(
        sheet,
        "Blad1",
        &[&["egen referens", "titel", "slag", "kommunkoder", "beslutsdatum", "syfte", "automatisering övervägd", "anmärkning"]],
    );
    sheet.write(1, 0, 42).expect("a number");
    sheet.write(1, 1, Formula::new("=\"a\"&\"b\"").set_result("ab")).expect("a formula");
    sheet.write(1, 2, "tillsyn").expect("a text");
    sheet.write(1, 3, 180).expect("a number");
    let dated = Format::new().set_num_format("[$-41D]d mmmm yyyy;@");
    sheet.write_with_format(1, 4, ExcelDateTime::from_ymd(2026, 9, 1).expect("a date"), &dated).expect("a date cell");
    sheet.write(1, 5, "rad 1\nrad 2 _x0041_ <b> & 'å'").expect("a text");
    sheet.write(1, 6, true).expect("a truth");
    sheet.write(1_048_575, 16_383, "långt bort").expect("a cell");
    let far = book.save_to_buffer().expect("a workbook");
    assert_eq!(
        errors(&far),
        [
            "1048576|XFD|Kolumnen har ingen rubrik. Skriv en rubrik på första raden, eller töm cellen.".to_owned(),
            "1048576|egen referens|Egen referens saknas. Varje rad ska ha den referens som insamlingen har hos myndigheten.".to_owned()
        ]
    );
    let sheet = book.worksheet_from_index(0).expect("the sheet");
    sheet.write(1_048_575, 16_383, " ").expect("a blank");
    let read = read(&book.save_to_buffer().expect("a workbook")).expect("a collection");
    let parts = read[0].collection.parts();
    assert_eq!(parts.own_reference.as_deref(), Some("42"));
    assert_eq!(parts.content.title, "ab");
    assert_eq!(parts.content.respondents[0].selection, Selection::Listed(vec!["0180".into()]));
    assert_eq!(parts.content.decided_on, NaiveDate::from_ymd_opt(2026, 9, 1));
    assert_eq!(parts.content.purpose, "rad 1\nrad 2 _x0041_ <b> & 'å'");
    assert_eq!(parts.content.automation_considered, Answer::Yes);
}

#[test]
fn months_in_words_are_not_their_first_day() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write_rows(sheet, "Blad1", &[&["egen referens", "titel", "slag", "utskick", "sista svarsdag", "stänger"], &["A", "T", "tillsyn"]]);
    let first = ExcelDateTime::from_ymd(2027, 3, 1).expect("a date");
    for (column, format) in [(3, "mmm/yy"), (4, "yyyy\\-mm"), (5, "yyyy\\-mm\\-dd")] {
        sheet.write_with_format(1, column, &first, &Format::new().set_num_format(format)).expect("a date cell");
    }
    let read = read(&book.save_to_buffer().expect("a workbook")).expect("a collection");
    let round = &read[0].collection.parts().rounds[0];
    let shown = [&round.dispatch, &round.deadline, &round.closes].map(|when| when.as_ref().map(ToString::to_string).unwrap_or_default());
    assert_eq!(shown, ["mars 2027", "mars 2027", "2027-03-01"]);
    assert_eq!(round.dispatch.as_ref().map(|when| when.counts_as().to_string()).as_deref(), Some("2027-03-31"));
}

#[test]
fn formulas_without_a_value_and_error_values_are_told() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write_rows(sheet, "Blad1", &[&["egen referens", "titel", "slag"], &["A", "", "tillsyn"]]);
    sheet.write(1, 1, Formula::new("=NA()").set_result("#N/A")).expect("a formula");
    let bytes = book.save_to_buffer().expect("a workbook");
    assert!(has(&errors(&bytes), "2|titel|", "#N/A"), "{:?}", errors(&bytes));
    let table = format!(
        "<table:table table:name=\"Blad1\">{}<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"7\"/>\
         <table:table-cell table:formula=\"of:=A1\"/><table:table-cell office:value-type=\"string\" office:string-value=\"\" \
         calcext:value-type=\"error\"><text:p>#REF!</text:p></table:table-cell></table:table-row></table:table>",
        ods_row(&["egen referens", "titel", "slag"])
    );
    let errors = errors(&ods(&table));
    assert!(has(&errors, "2|titel|", "utan uträknat värde") && has(&errors, "2|slag|", "#REF!"), "{errors:?}");
}

#[test]
fn open_document_cells_are_read_as_they_are_shown() {
    let table = format!(
        "<table:table table:name=\"{COLLECTION_SHEET}\"><table:table-column table:number-columns-repeated=\"16384\"/>\
         <table:table-header-rows>{}</table:table-header-rows>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
         <table:table-row><table:table-cell office:value-type=\"string\"><office:annotation><text:p>not this</text:p></office:annotation>\
         <text:p>A<text:s text:c=\"2\"/><text:span>b</text:span></text:p><text:p>c</text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated=\"1\" office:value-type=\"string\"><text:p>T &amp; t</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"string\"><text:p>tillsyn</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2026-09-01T08:00:00\"><text:p>1 sep</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"><text:p>SANT</text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated=\"16379\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048571\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
         </table:table>",
        ods_row(&["egen referens", "titel", "slag", "beslutsdatum", "samråd"])
    );
    let read = read(&ods(&table)).expect("a collection");
    let parts = read[0].collection.parts();
    assert_eq!((read[0].row.as_str(), parts.own_reference.as_deref()), ("4", Some("A b c")));
    assert_eq!(parts.content.title, "T & t");
    assert_eq!(parts.content.decided_on, NaiveDate::from_ymd_opt(2026, 9, 1));
    assert_eq!(parts.content.consultation.label(), "ja");
}

#[test]
fn another_reader_finds_the_same_cells() {
    let bytes = crate::publish::template::template(&[("energi".to_owned(), "Energi".to_owned())], &[]).expect("a template");
    let mut other: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&bytes)).expect("a workbook");
    let ours = super::super::xlsx::read(&mut super::super::package::Package::open(&bytes).expect("a package")).expect("a workbook");
    let theirs = calamine::Reader::worksheets(&mut other);
    assert_eq!(ours.sheets.len(), theirs.len());
    for (ours, (name, range)) in ours.sheets.iter().zip(theirs) {
        let cells = range.used_cells().map(|(row, column, cell)| (row as u64 + 1, column as u32, cell.to_string())).collect::<Vec<_>>();
        let shown = ours.rows.iter().flat_map(|row| row.cells.iter().map(|(column, cell)| (row.number, *column, cell.shown())));
        assert_eq!((ours.name.as_str(), shown.collect::<Vec<_>>()), (name.as_str(), cells));
    }
}
