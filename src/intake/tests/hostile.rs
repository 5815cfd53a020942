//! Files that want to do harm, or that somebody spoilt: each is refused in Swedish, or read as harmless text.

use super::super::package::tests::zipped;
use super::workbooks::{ods, ods_row};
use super::*;

/// The only message about a file. A bomb that goes off takes the machine's memory and never gets here.
fn refused(bytes: &[u8]) -> String {
    let errors = errors(bytes);
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.into_iter().next().unwrap_or_default()
}

fn xlsx(sheet: &str, strings: &str) -> Vec<u8> {
    let relation = |id: &str, kind: &str, target: &str| format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>");
    let root = format!("<Relationships>{}</Relationships>", relation("r1", "officeDocument", "xl/workbook.xml"));
    let parts = relation("r1", "worksheet", "worksheets/sheet1.xml") + &relation("r2", "sharedStrings", "sharedStrings.xml");
    let relations = format!("<Relationships>{parts}</Relationships>");
    zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", b"<workbook xmlns:r=\"r\"><sheets><sheet name=\"Blad1\" r:id=\"r1\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ])
}

#[test]
fn broken_empty_and_foreign_files_are_named() {
    let good = xlsx("<worksheet><sheetData/></worksheet>", "<sst/>");
    for (bytes, part) in [
        (&b""[..], "är tom"),
        (b" \r\n", "är tom"),
        (b"PK\x03\x04 and no more", "trasig"),
        (&good[..good.len() / 2], "trasig"),
        (&good[..], "inga insamlingar"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "en bild"),
        (b"\xff\xd8\xff\xe0", "en bild"),
        (b"\x1f\x8b\x08\0", "packat arkiv"),
        (b"<html><table></table></html>", "webbsida"),
        (b"[{\"titel\": 1}]", "JSON-lista"),
        (b"a\0b", "NUL"),
        (b"\x01\x02\x03\xff\xfe\x81", "teckenkodning"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", "(xls)"),
    ] {
        let message = refused(bytes);
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn archives_that_are_no_workbook_are_named() {
    for (parts, part) in [
        (vec![("a.txt", &b"x"[..])], "zip-arkiv"),
        (vec![("[Content_Types].xml", b""), ("word/document.xml", b"<x/>")], "dokument"),
        (vec![("[Content_Types].xml", b""), ("xl/workbook.bin", b"")], "xlsb"),
        (vec![("[Content_Types].xml", b"")], "trasig"),
        (vec![("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")], "inget kalkylblad"),
        (vec![("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x>")], "trasig"),
    ] {
        let message = refused(&zipped(&parts));
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn files_behind_a_password_are_named() {
    let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let office = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600], &wide].concat();
    assert!(refused(&office).contains("lösenord"));
    let manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>";
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet";
    let document = zipped(&[("mimetype", mimetype), ("content.xml", b"\x01\x02"), ("META-INF/manifest.xml", manifest)]);
    assert!(refused(&document).contains("lösenord"));
    assert!(refused(&zipped(&[("mimetype", mimetype), ("encrypted-package", b"\x01")])).contains("lösenord"));
}

#[test]
fn two_hundred_megabytes_are_refused_unread() {
    assert!(refused(&vec![0; 200 * 1024 * 1024]).contains("Filen är 200 MB. Högst 50 MB"));
}

#[test]
fn a_small_ods_that_repeats_itself_is_refused() {
    let cell =
        "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    let wide = ods(&format!(
        "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row></table:table>"
    ));
    assert!(wide.len() < 1_200, "{}", wide.len());
    assert!(refused(&wide).contains("200\u{a0}000 ifyllda celler"));
    let beyond = "18446744073709551615";
    let tall = format!(
        "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"{beyond}\">{cell}</table:table-row></table:table>"
    );
    assert!(refused(&ods(&tall)).contains("200\u{a0}000"));
    let blanks =
        format!("<table:table table:name=\"a\">{}</table:table>", ods_row(&["<text:s text:c=\"4000000000\"/>".repeat(2_000).as_str()]));
    assert!(refused(&ods(&blanks)).contains("1\u{a0}MB text"));
    let long = "a".repeat(100_000);
    let copied = format!(
        "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"10000\"><table:table-cell office:value-type=\"string\"><text:p>{long}</text:p></table:table-cell></table:table-row></table:table>"
    );
    assert!(refused(&ods(&copied)).contains("64\u{a0}MB"));
    let empty = format!(
        "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"{beyond}\"><table:table-cell table:number-columns-repeated=\"{beyond}\"/></table:table-row></table:table>"
    );
    assert!(refused(&ods(&empty)).contains("inga insamlingar"));
}

#[test]
fn workbook_tricks_are_refused() {
    let sheet = |cells: &str| format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{cells}</sheetData></worksheet>");
    let claims = "<sst uniqueCount=\"99999999999999999999\"><si><t>x</t></si></sst>";
    assert!(refused(&xlsx(&sheet(""), claims)).contains("inga insamlingar"));
    let shared = format!("<sst><si><t>{}</t></si></sst>", "a".repeat(1_000_000));
    let many = "<row><c t=\"s\"><v>0</v></c></row>".repeat(100);
    assert!(refused(&xlsx(&sheet(&many), &shared)).contains("64\u{a0}MB"));
    let rows = "<row><c t=\"b\"><v>1</v></c></row>".repeat(250_000);
    assert!(refused(&xlsx(&sheet(&rows), "<sst/>")).contains("200\u{a0}000 ifyllda celler"));
    for cells in [
        "<row r=\"0\"/>",
        "<row r=\"4294967297\"/>",
        "<row><c r=\"ZZZZZZZ1\"><v>1</v></c></row>",
        "<row><c t=\"s\"><v>7</v></c></row>",
        "<row><c><v>1e999</v></c></row>",
        "<row><c><v>x</v></c></row>",
        "<row><c>",
        "&lol;",
    ] {
        assert!(refused(&xlsx(&sheet(cells), "<sst/>")).contains("trasig"), "{cells}");
    }
    let entity = format!("<!DOCTYPE x [<!ENTITY lol \"lol\">]>{}", sheet("<row><c t=\"str\"><v>&lol;</v></c></row>"));
    assert!(refused(&xlsx(&entity, "<sst/>")).contains("trasig"));
}

#[test]
fn a_million_rows_and_two_thousand_and_one_collections_are_refused() {
    assert!(refused("a;b;c\n".repeat(1_000_000).as_bytes()).contains("200\u{a0}000 ifyllda celler"));
    let rows: String = (0..=MOST_COLLECTIONS).map(|at| format!("{at};T;tillsyn\n")).collect();
    assert!(refused(format!("egen referens;titel;slag\n{rows}").as_bytes()).contains("fler än 2000 insamlingar"));
}

#[test]
fn repeated_rows_past_the_limit_are_refused_where_it_is_passed() {
    let rows: String = (0..60_000).map(|at| format!("A;;;U{at}\n")).collect();
    let items = format!("egen referens;titel;slag;uppgift\nA;T;tillsyn;\n{rows}");
    let many = refused(items.as_bytes());
    assert!(many.starts_with("2003|uppgift|") && many.contains("fler uppgifter än de 2000"), "{many}");
    let rounds = refused(items.replace(";uppgift", ";omgång").as_bytes());
    assert!(rounds.starts_with("503|omgång|") && rounds.contains("fler omgångar än de 500"), "{rounds}");
    // every row is held against the long text of the first; copying it each time would take minutes
    let long = format!("egen referens;titel;slag;syfte;uppgift\nA;T;tillsyn;{};\n{}", "x".repeat(1_000_000), "A;;;y;z\n".repeat(60_000));
    assert_eq!(errors(long.as_bytes()).len(), MOST_ERRORS + 1);
}

#[test]
fn errors_carry_nothing_that_a_terminal_obeys() {
    let text = "egen referens;titel;slag;\u{1b}]0;t\nA;T;\u{1b}[2J\tpip\u{7}\u{202e};x;y\n\"B\nC\";T;\"fel\n1;2;3\"\n";
    let read = read(text.as_bytes()).expect_err("errors");
    let line = |text: &str| !text.contains(|c: char| c.is_control() || c == '\u{202e}');
    assert!(read.len() >= 4 && read.iter().all(|error| line(&error.row) && line(&error.column) && line(&error.message)), "{read:?}");
}

#[test]
fn json_lines_are_refused_while_they_are_read() {
    let line = |items: &str| format!("{{\"egen referens\":\"A\",\"titel\":\"T\",\"slag\":\"tillsyn\",\"uppgifter\":[{items}]}}\n");
    for value in ["null", "{}", "[]", "\"\"", "[[[[1]]]]"] {
        let wide = line(&format!("{}{value}", format!("{value},").repeat(200_000)));
        assert!(refused(wide.as_bytes()).contains("200\u{a0}000 värden"), "{value}");
    }
    assert!(refused("{\"egen referens\":1}\n".repeat(MOST_COLLECTIONS + 1).as_bytes()).contains("fler än 2000 insamlingar"));
    let bad = errors(format!("{{\n{}", "x\n".repeat(100_000)).as_bytes());
    assert_eq!((bad.len(), bad[0].split('|').next()), (MOST_ERRORS + 1, Some("1")));
}

#[test]
fn a_file_of_nothing_but_errors_ends_in_a_count() {
    let rows: String = (0..2_000).map(|at| format!("{at};T;{};{}\n", "fel".repeat(20), "x,".repeat(300))).collect();
    let errors = errors(format!("egen referens;titel;slag;ansvariga myndigheter\n{rows}").as_bytes());
    assert_eq!(errors.len(), MOST_ERRORS + 1);
    assert!(errors[MOST_ERRORS].contains("fel till som inte visas"));
}

#[test]
fn long_titles_and_control_characters_are_told_by_row() {
    let text = format!("egen referens;titel;slag;syfte\nA;{};tillsyn;ett\u{7}pip\n", "x".repeat(100_000));
    let errors = errors(text.as_bytes());
    assert!(has(&errors, "2|titel|", "100000 tecken"), "{errors:?}");
    assert!(has(&errors, "2|syfte|", "U+0007"), "{errors:?}");
}

#[test]
fn statements_markup_and_formulas_are_plain_text() {
    for text in [
        "'; DROP TABLE collections; --",
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http://x\")",
        "+46",
        "@SUM(A1)",
        "{{ 7*7 }}",
        "%00../../x",
        "\u{202f}å\u{1f600}",
    ] {
        let cell = serde_json::to_string(text).expect("a string");
        let fields = [
            "egen referens",
            "titel",
            "syfte",
            "diarienummer",
            "utförs av",
            "att iaktta",
            "användning",
            "samråd med",
            "anmärkning",
            "uppdragets beteckning",
        ];
        let pairs: Vec<String> = fields.iter().map(|field| format!("\"{field}\": {cell}")).collect();
        let line = format!("{{{}, \"slag\": \"tillsyn\", \"uppgifter\": [{{\"uppgift\": {cell}}}]}}", pairs.join(", "));
        let read = read(line.as_bytes()).expect("a collection");
        let parts = read[0].collection.parts();
        let kept = text.trim();
        assert_eq!((parts.own_reference.as_deref(), parts.content.title.as_str()), (Some(kept), kept));
        assert_eq!((parts.content.purpose.as_str(), parts.content.items[0].label.as_str()), (kept, kept));
        assert_eq!(parts.content.remark.as_deref(), Some(kept));
    }
    let closed = errors("egen referens;titel;slag;status;periodicitet\nA;T;' OR 1=1;<b>;\"--\"\n".as_bytes());
    assert_eq!(closed.len(), 3, "{closed:?}");
}

#[test]
fn a_wrong_ending_does_no_harm() {
    let bytes = "egen referens;titel;slag\nA;T;tillsyn\n".as_bytes();
    for name in ["a.xlsx", "a.pdf", "a", ""] {
        assert!(read_collections(Source { name, bytes }, "202100-0837", today(), &directory()).is_ok(), "{name}");
    }
}
