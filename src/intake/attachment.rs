//! Files that people attach to a case, judged by their content: bytes in, a kind or a refusal out. Their names play no part.

pub mod text;
mod words;

use std::borrow::Cow;

use super::package::{ENCRYPTED, Package};
use super::xml::{Node, Xml, attribute};
use crate::domain::consultation::attachment::{CEILING_BYTES, MediaType};

/// The kinds that are taken, for messages.
const ALLOWED: &str = "Bifoga pdf, Word (docx), Excel (xlsx) eller en bild (png, jpeg, gif eller webp).";
/// What is said of a file that holds macros.
const MACROS: &str = "Filen innehåller makron, som kan vara skadliga. Spara den utan makron (docx eller xlsx) och bifoga den igen.";
/// What is said of a file that cannot be opened.
const BROKEN: &str = "Filen är trasig och går inte att öppna. Spara om den i programmet som den kommer från och bifoga den igen.";
/// What is said of a file that swells beyond every limit.
const BOMB: &str = "Filen innehåller mer än 100\u{a0}MB när den packas upp och tas därför inte emot. Dela upp den i flera filer.";

/// What a file is.
///
/// # Errors
/// In Swedish: why it is not taken, and what is.
pub fn judge(bytes: &[u8]) -> Result<MediaType, String> {
    if bytes.is_empty() {
        return Err("Filen är tom. Välj en fil med innehåll.".to_owned());
    }
    if bytes.len() > CEILING_BYTES {
        return Err(too_large(bytes.len(), CEILING_BYTES));
    }
    if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| bytes.starts_with(*magic)) {
        return archive(bytes);
    }
    let kind = infer::get(bytes).map(|kind| kind.mime_type());
    // the library takes for pdf what says so anywhere near its beginning, and so may a page with script
    let kind = kind.filter(|kind| *kind != MediaType::Pdf.code() || bytes.starts_with(b"%PDF-"));
    if kind == Some(MediaType::Pdf.code()) && !is_whole_pdf(bytes) {
        return Err(BROKEN.to_owned());
    }
    let taken = kind.and_then(MediaType::from_code).filter(|media| !matches!(media, MediaType::Docx | MediaType::Xlsx));
    taken.ok_or_else(|| format!("{} {ALLOWED}", refusal(bytes, kind)))
}

/// Whether a pdf holds what every one has: objects, and at its end where they are found. Readers mend much, but not that.
fn is_whole_pdf(bytes: &[u8]) -> bool {
    let holds = |word: &[u8]| bytes.windows(word.len()).rev().any(|window| window == word);
    holds(b" obj") && (holds(b"startxref") || holds(b"trailer"))
}

/// What is said of a file beyond the limit, in bytes.
#[must_use]
pub fn too_large(size: usize, most: usize) -> String {
    format!("Filen är {} MB. Högst {} MB tas emot.", size.div_ceil(1024 * 1024), most / 1024 / 1024)
}

/// Why a file that is no archive is not taken.
fn refusal(bytes: &[u8], kind: Option<&str>) -> Cow<'static, str> {
    // since 2007 such a container is either of the years before, or a new file behind a password
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Cow::Borrowed(if holds_wide(bytes, "EncryptedPackage") { ENCRYPTED } else { "Filen är i ett äldre Officeformat." });
    }
    let start = &bytes[..bytes.len().min(1024)];
    let is_text = !start.iter().any(|byte| matches!(byte, 0..=8 | 14..=26));
    let start = String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    let named = match kind.unwrap_or_default() {
        "application/x-executable" | "application/vnd.microsoft.portable-executable" | "application/x-mach-binary" => "ett program",
        "application/rtf" => "ett textdokument (rtf)",
        _ if start.starts_with("#!") => "ett program",
        _ if start.starts_with("<svg") || (start.starts_with("<?xml") && start.contains("<svg")) => {
            "en svg-bild, som kan innehålla program"
        }
        _ if start.starts_with('<') => "en webbsida eller en xml-fil",
        _ if is_text => "en textfil",
        _ => return Cow::Borrowed("Filen är av ett slag som registret inte känner igen."),
    };
    Cow::Owned(format!("Filen är {named}."))
}

/// Whether the bytes hold a word in UTF-16, as the old containers write their names.
fn holds_wide(bytes: &[u8], word: &str) -> bool {
    let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wide.len()).any(|window| window == wide)
}

/// What a zip archive is, by the parts that it says it has.
fn archive(bytes: &[u8]) -> Result<MediaType, String> {
    let mut package = Package::open(bytes).map_err(|_| BROKEN.to_owned())?;
    if package.claims_too_much() {
        return Err(BOMB.to_owned());
    }
    if !package.has("[Content_Types].xml") {
        return Err(format!("Filen är ett arkiv (zip eller liknande). Packa upp den och bifoga filerna var för sig. {ALLOWED}"));
    }
    let kinds = kinds_of_parts(&mut package).map_err(|_| BROKEN.to_owned())?;
    let is_any = |words: &[&str]| kinds.iter().any(|kind| words.iter().any(|word| kind.contains(word)));
    let has_code = package.names().iter().any(|name| name.ends_with("vbaproject.bin") || name.contains("/macrosheets/"));
    if has_code || is_any(&["macroenabled", "vbaproject", "excel.intlmacrosheet", "ms-excel.macrosheet"]) {
        return Err(MACROS.to_owned());
    }
    let main = "openxmlformats-officedocument.";
    if is_any(&[&format!("{main}wordprocessingml.document.main+xml")]) {
        Ok(MediaType::Docx)
    } else if is_any(&[&format!("{main}spreadsheetml.sheet.main+xml")]) {
        Ok(MediaType::Xlsx)
    } else {
        Err(format!("Filen är varken ett Worddokument (docx) eller ett kalkylblad (xlsx). {ALLOWED}"))
    }
}

/// The most that the list of parts may hold, in bytes: a line of some hundred for each.
const MOST_OF_KINDS: u64 = 1024 * 1024;

/// The kinds of the parts of an Office file, in lower case.
fn kinds_of_parts(package: &mut Package<'_>) -> Result<Vec<String>, String> {
    let text = package.text_within("[Content_Types].xml", MOST_OF_KINDS)?.unwrap_or_default();
    let (mut xml, mut kinds) = (Xml::new(&text), Vec::new());
    while let Some(node) = xml.next()? {
        if let Node::Start(tag) = node
            && let Some(kind) = attribute(&tag, "ContentType")
        {
            kinds.push(kind.to_lowercase());
        }
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests;
