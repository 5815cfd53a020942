use super::text::{MOST_TEXT, Unread, text};
use super::*;
use crate::intake::package::tests::zipped;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

/// An Office file whose main part is of this kind, with further parts.
fn office(kind: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let types = format!(
        "<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/m.xml\" ContentType=\"{kind}\"/></Types>"
    );
    zipped(&[&[("[Content_Types].xml", types.as_bytes())], parts].concat())
}

fn document(body: &str) -> Vec<u8> {
    office(WORD, &[("word/document.xml", body.as_bytes())])
}

fn workbook(sheet: &str) -> Vec<u8> {
    let book = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Frågor\" r:id=\"r1\"/></sheets></workbook>";
    let related = "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    let parts: [(&str, &[u8]); 3] = [
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", related.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    office(EXCEL, &parts)
}

fn refused(bytes: &[u8]) -> String {
    let message = judge(bytes).expect_err("refused");
    assert!(message.ends_with('.') && message.len() > 20, "{message}");
    message
}

#[test]
fn kinds_are_told_by_content() {
    assert_eq!(judge(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF"), Ok(MediaType::Pdf));
    assert_eq!(judge(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Ok(MediaType::Png));
    assert_eq!(judge(b"\xff\xd8\xff\xe0\0\x10JFIF"), Ok(MediaType::Jpeg));
    assert_eq!(judge(b"GIF89a\x01\0\x01\0"), Ok(MediaType::Gif));
    assert_eq!(judge(b"RIFF\x24\0\0\0WEBPVP8 "), Ok(MediaType::Webp));
    assert_eq!(judge(&document("<document/>")), Ok(MediaType::Docx));
    assert_eq!(judge(&workbook("<worksheet/>")), Ok(MediaType::Xlsx));
}

#[test]
fn programs_pages_and_pictures_with_script_are_refused_whatever_they_are_called() {
    let mut windows = b"MZ\x90\0".to_vec();
    windows.resize(0x40, 0);
    windows[0x3c] = 0x40;
    windows.extend(b"PE\0\0\x64\x86");
    windows.resize(300, 0);
    let linux = [&b"\x7fELF\x02\x01\x01"[..], &[0; 60]].concat();
    for program in [&windows[..], &linux, b"#!/bin/sh\nrm -rf /\n"] {
        assert!(refused(program).contains("ett program"), "{program:?}");
    }
    assert!(refused(b"<svg xmlns=\"x\"><script>alert(1)</script></svg>").contains("svg"));
    assert!(refused(b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg onload=\"x\"/>").contains("svg"));
    for page in [&b"<!DOCTYPE html><script>alert(1)</script>"[..], b"  <html>%PDF-1.7</html>", b"<!-- %PDF-1.7 --><script>"] {
        assert!(refused(page).contains("webbsida"), "{page:?}");
    }
    assert!(refused(b"Hej").contains("textfil"));
    assert!(refused(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]).contains("äldre"));
    assert!(refused(&[7, 1, 0, 2, 200, 201]).contains("känner"));
}

#[test]
fn empty_and_too_large_files_are_refused() {
    assert!(refused(b"").contains("tom"));
    let mut large = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF".to_vec();
    large.resize(CEILING_BYTES, b' ');
    assert_eq!(judge(&large), Ok(MediaType::Pdf), "the limit itself is allowed");
    large.push(b' ');
    assert!(refused(&large).contains("51 MB"), "{}", refused(&large));
}

#[test]
fn macros_archives_and_half_files_are_refused() {
    let macros = office(WORD, &[("word/vbaProject.bin", b"x")]);
    assert!(refused(&macros).contains("makron"));
    assert!(refused(&office("application/vnd.ms-word.document.macroEnabled.main+xml", &[])).contains("makron"));
    assert!(refused(&office("application/vnd.ms-excel.sheet.macroEnabled.main+xml", &[])).contains("makron"));
    assert!(refused(&office(EXCEL, &[("xl/macrosheets/sheet1.xml", b"x")])).contains("makron"));
    assert!(refused(&zipped(&[("a.exe", b"MZ")])).contains("arkiv"));
    let slides = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";
    assert!(refused(&office(slides, &[])).contains("varken"));
    let whole = document("<document/>");
    assert!(refused(&whole[..whole.len() / 2]).contains("trasig"));
    for broken in [&b"%PDF-1.4\n<html>sidan</html>"[..], b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"] {
        assert!(refused(broken).contains("trasig"));
    }
}

#[test]
fn archives_that_swell_are_refused_by_what_they_claim_and_by_what_they_are() {
    let blanks = vec![b' '; 60 * 1024 * 1024];
    let two = office(WORD, &[("word/document.xml", &blanks), ("word/media/a.bin", &blanks)]);
    assert!(two.len() < 200_000 && refused(&two).contains("packas upp"));
    let one = office(WORD, &[("word/document.xml", &blanks)]);
    assert_eq!(judge(&one), Ok(MediaType::Docx));
    assert_eq!(text(MediaType::Docx, &one), Err(Unread::Refused(BOMB)), "sixty megabytes out of sixty kilobytes");
}

#[test]
fn documents_and_workbooks_that_declare_entities_are_hostile() {
    let lol = "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    let bomb = document(&format!("{lol}<document><p><t>&b;</t></p></document>"));
    assert!(matches!(text(MediaType::Docx, &bomb), Err(Unread::Refused(message)) if message.contains("xml")));
    let sheet = format!("{lol}<worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>");
    assert!(matches!(text(MediaType::Xlsx, &workbook(&sheet)), Err(Unread::Refused(_))));
}

#[test]
fn the_text_of_documents_and_workbooks_is_read() {
    let body = "<w:document><w:body><w:p><w:r><w:t>Antal </w:t></w:r><w:r><w:t>lärare</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Kön</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><w:delText>bort</w:delText><w:instrText>PAGE</w:instrText></w:r></w:p></w:body></w:document>";
    let bytes = office(WORD, &[("word/document.xml", body.as_bytes()), ("word/footnotes.xml", b"<f><p><t>Not</t></p></f>")]);
    assert_eq!(text(MediaType::Docx, &bytes).as_deref(), Ok("Antal lärare\nKön\nNot\n"));
    let sheet = "<worksheet><sheetData><row><c t=\"str\"><v>Antal elever</v></c><c><v>12</v></c></row></sheetData></worksheet>";
    assert_eq!(text(MediaType::Xlsx, &workbook(sheet)).as_deref(), Ok("Frågor\nAntal elever\t12\n"));
    let long = document(&format!("<document><p><t>{}</t></p></document>", "ord ".repeat(MOST_TEXT)));
    assert!(text(MediaType::Docx, &long).is_ok_and(|text| text.len() <= MOST_TEXT));
}

#[test]
fn damaged_files_give_no_text() {
    for bytes in [&b"%PDF-1.7\n%%EOF"[..], b"%PDF-1.7", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n99999999999\n%%EOF"] {
        assert_eq!(text(MediaType::Pdf, bytes), Err(Unread::Unreadable), "{bytes:?}");
    }
    assert_eq!(text(MediaType::Docx, &document("<document><p>")), Err(Unread::Unreadable));
    assert_eq!(text(MediaType::Docx, &office(WORD, &[])), Err(Unread::Unreadable));
    assert_eq!(text(MediaType::Png, b"\x89PNG"), Err(Unread::Unreadable));
}
