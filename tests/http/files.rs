//! Files to attach, made from nothing, and the forms that send them.

use std::io::{Cursor, Write};
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use insamlingsregister::actions;
use insamlingsregister::actions::consultations::attachments::{Sent, attach};
use insamlingsregister::actions::consultations::steps::Doing;
use insamlingsregister::clock;
use insamlingsregister::domain::access::Actor;
use insamlingsregister::domain::identifier::ConsultationNumber;
use pdf_extract::{Document, EncryptionState, EncryptionVersion, Permissions};
use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::client::Client;
use crate::support::{Answer, TestApp};

/// A png picture, as far as anybody looks.
pub const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";

/// Attaches a picture to a case, and answers its identity.
pub async fn picture_in(app: &TestApp, actor: &Actor, case: &str) -> Uuid {
    let (origin, number) = (actions::origin(&app.state), ConsultationNumber::parse(case).expect("a number"));
    let doing = Doing { origin: &origin, actor, number, revision: 0, now: clock::now() };
    let sent = Sent { name: "bild.png".to_owned(), bytes: Arc::new(PICTURE.to_vec()), internal: false };
    attach(&app.state.db, &app.state.reading, doing, sent).await.expect("a file")
}

/// The body of a form with a file, as a browser writes it.
pub fn parts(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Vec<u8> {
    let field = |(name, value): &(&str, &str)| format!("--del\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let mut body: Vec<u8> = fields.iter().flat_map(|one| field(one).into_bytes()).collect();
    // browsers write a quotation mark and line ends in a name as percent signs with digits
    let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let head = format!("--del\r\nContent-Disposition: form-data; name=\"fil\"; filename=\"{name}\"\r\nContent-Type: x/y\r\n\r\n");
    body.extend(head.into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--del--\r\n");
    body
}

pub fn posting(case: &str, body: Vec<u8>) -> Request<Body> {
    let request = Request::post(format!("/samrad/{case}/bilagor")).header(header::CONTENT_TYPE, "multipart/form-data; boundary=del");
    request.body(Body::from(body)).expect("a request")
}

impl Client<'_> {
    /// Attaches a file to a case.
    pub async fn attach(&self, case: &str, name: &str, bytes: &[u8]) -> Answer {
        self.send(posting(case, parts(&[("csrf", &self.csrf)], name, bytes))).await
    }

    /// The same, for its own organisation alone.
    pub async fn attach_internal(&self, case: &str, name: &str, bytes: &[u8]) -> Answer {
        self.send(posting(case, parts(&[("csrf", &self.csrf), ("intern", "ja")], name, bytes))).await
    }
}

/// An archive of these parts.
pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
        writer.write_all(content).expect("its content");
    }
    writer.finish().expect("an archive").into_inner()
}

/// A Word document of one part.
pub fn document(xml: &str) -> Vec<u8> {
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let types = format!("<Types><Override PartName=\"/word/document.xml\" ContentType=\"{kind}\"/></Types>");
    zipped(&[("[Content_Types].xml", types.as_bytes()), ("word/document.xml", xml.as_bytes())])
}

/// A workbook with one sheet.
pub fn workbook(sheet: &str) -> Vec<u8> {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    let types = format!("<Types><Override PartName=\"/xl/workbook.xml\" ContentType=\"{kind}\"/></Types>");
    let book = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Frågor\" r:id=\"r1\"/></sheets></workbook>";
    let related = "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    zipped(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", related.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// A pdf of one page that says `words`, with `more` in its last dictionary.
pub fn pdf(words: &str, more: &str) -> Vec<u8> {
    pdf_of(format!("BT /F1 12 Tf 72 720 Td ({words}) Tj ET").as_bytes(), "", more)
}

/// A pdf of one page with this content, written as `filter` says.
pub fn pdf_of(page: &[u8], filter: &str, more: &str) -> Vec<u8> {
    let head = format!("<< /Length {} {filter} >>\nstream\n", page.len());
    let objects: [Vec<u8>; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        [head.as_bytes(), page, b"\nendstream"].concat(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
    ];
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = String::new();
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (start, size) = (bytes.len(), objects.len() + 1);
    let end =
        format!("xref\n0 {size}\n0000000000 65535 f \n{places}trailer\n<< /Size {size} /Root 1 0 R {more} >>\nstartxref\n{start}\n%%EOF\n");
    bytes.extend(end.into_bytes());
    bytes
}

/// A pdf of one page that says `words`, encrypted: it opens with this password.
pub fn locked_pdf(words: &str, password: &str) -> Vec<u8> {
    let mut document = Document::load_mem(&pdf(words, "/ID [<00> <00>]")).expect("a pdf");
    let permissions = Permissions::PRINTABLE;
    let version = EncryptionVersion::V1 { document: &document, owner_password: "den som skrev", user_password: password, permissions };
    let state = EncryptionState::try_from(version).expect("a way to encrypt");
    document.encrypt(&state).expect("encrypted");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("written");
    bytes
}

/// Blanks as deflate packs it at its best: one blank, and "258 times what came last" again and again.
pub fn blanks(size: u32) -> Vec<u8> {
    let (mut packed, mut bits, mut held) = (vec![0x78, 0x9c], 0_u32, 0_u32);
    let mut write = |value: u32, count: u32| {
        bits |= value << held;
        held += count;
        while held >= 8 {
            packed.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    };
    // the last block, with the codes that every reader knows; codes are written from their highest bit
    write(0b011, 3);
    write((0x30_u32 + u32::from(b' ')).reverse_bits() >> 24, 8);
    for _ in 0..size / 258 {
        write(0b1100_0101_u32.reverse_bits() >> 24, 8);
        write(0, 5);
    }
    write(0, 7 + 8);
    // and the checksum (Adler-32) of so many blanks
    let many = 1 + 258 * u128::from(size / 258);
    let (low, high) = ((1 + 32 * many) % 65_521, (many + 32 * many * (many + 1) / 2) % 65_521);
    packed.extend(((high << 16 | low) as u32).to_be_bytes());
    packed
}
