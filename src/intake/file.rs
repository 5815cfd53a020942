//! What a file is, told by its content: a wrong ending on its name does no harm.

use super::errors::Errors;
use super::jsonl::{self, Objects};
use super::package::{ENCRYPTED, Package};
use super::sheet::{MOST_BYTES, Workbook};
use super::{Source, decode, delimited, ods, xlsx};

/// The formats that are read, for messages.
const ALLOWED: &str = "Spara den som xlsx, ods, csv eller jsonl.";

/// A file that has been read.
#[derive(Debug)]
pub enum Content {
    /// A table, on one or several sheets.
    Table(Workbook),
    /// JSON objects with their line numbers.
    Objects(Objects),
}

/// Reads a file of any format within the limits.
///
/// # Errors
/// In Swedish: what the file is instead, or which limit it passes.
pub fn read(source: Source<'_>) -> Result<Content, Errors> {
    let whole = |message: String| Errors::of_file(message);
    let bytes = source.bytes;
    if bytes.len() > MOST_BYTES {
        return Err(whole(format!("Filen är {} MB. Högst {} MB kan läsas.", bytes.len().div_ceil(1024 * 1024), MOST_BYTES / 1024 / 1024)));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(whole(format!("Filen ”{}” är tom.", shown_name(source.name))));
    }
    if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| bytes.starts_with(*magic)) {
        return archive(bytes).map(Content::Table).map_err(whole);
    }
    if let Some(message) = refused(bytes) {
        return Err(whole(message));
    }
    let text = decode::decode(bytes).map_err(whole)?;
    match text.trim_start().chars().next() {
        Some('{') => jsonl::read(&text).map(Content::Objects),
        Some('[') if text.trim_start_matches(['[', ' ', '\r', '\n', '\t']).starts_with('{') => Err(whole(
            "Filen är en JSON-lista. Skriv ett objekt per rad, utan hakparenteser och kommatecken mellan raderna (jsonl).".to_owned(),
        )),
        Some('<') => Err(whole(format!("Filen är en webbsida eller XML-fil och inget kalkylblad. {ALLOWED}"))),
        _ => delimited::read(&text).map(Content::Table),
    }
}

/// The name of the file without folders, cut to a length that fits a message.
fn shown_name(name: &str) -> String {
    crate::text::shorten(name.rsplit(['/', '\\']).next().unwrap_or_default(), 80)
}

/// Reads a zip archive: xlsx, ods or something else.
fn archive(bytes: &[u8]) -> Result<Workbook, String> {
    let mut package = Package::open(bytes)?;
    if package.has("content.xml") {
        let kind = package.text("mimetype")?.unwrap_or_default();
        if !kind.trim().starts_with("application/vnd.oasis.opendocument.spreadsheet") {
            return Err(format!("Filen är ett OpenDocument-dokument men inget kalkylblad. {ALLOWED}"));
        }
        return ods::read(&mut package);
    }
    if package.has("encrypted-package") {
        return Err(ENCRYPTED.to_owned());
    }
    if package.has("xl/workbook.bin") {
        return Err(format!("Filen är en binär Excelfil (xlsb). {ALLOWED}"));
    }
    if !package.has("[Content_Types].xml") {
        return Err(format!("Filen är ett zip-arkiv och inget kalkylblad. Packa upp den först. {ALLOWED}"));
    }
    if package.has("word/document.xml") || package.has("ppt/presentation.xml") {
        return Err(format!("Filen är ett dokument eller en presentation och inget kalkylblad. {ALLOWED}"));
    }
    xlsx::read(&mut package)
}

/// Why a file that is no text and no archive is refused.
fn refused(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(wide.len()).any(|window| window == wide);
        return Some(if encrypted { ENCRYPTED.to_owned() } else { format!("Filen är i ett äldre Officeformat (xls). {ALLOWED}") });
    }
    let kinds: [(&[u8], &str); 9] = [
        (b"%PDF", "ett pdf-dokument"),
        (b"\x89PNG", "en bild"),
        (b"\xff\xd8\xff", "en bild"),
        (b"GIF8", "en bild"),
        (b"{\\rtf", "ett textdokument (rtf)"),
        (b"\x1f\x8b", "ett packat arkiv (gzip)"),
        (b"7z\xbc\xaf", "ett packat arkiv (7z)"),
        (b"Rar!", "ett packat arkiv (rar)"),
        (b"\x7fELF", "ett program"),
    ];
    let (_, kind) = kinds.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    Some(format!("Filen är {kind} och inget kalkylblad. {ALLOWED}"))
}
