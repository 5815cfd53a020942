//! The zip archive inside xlsx and ods: which parts it has, and their text, never more than the limits allow.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

/// The most parts in an archive. A workbook has a few dozen.
const MOST_PARTS: usize = 5_000;
/// The most text that is taken out of an archive, in bytes.
const MOST_INFLATED: u64 = 100 * 1024 * 1024;
/// The most that a part may shrink when packed; real sheets stay below 100, deflate ends at 1 032.
const MOST_RATIO: u64 = 400;
/// Below this size, in bytes, nobody is hurt whatever the ratio.
const HARMLESS: u64 = 10 * 1024 * 1024;

/// What is said of an archive that cannot be read.
pub const BROKEN: &str = "Filen är trasig och går inte att öppna. Spara om den i kalkylprogrammet och försök igen.";
/// What is said of an archive behind a password.
pub const ENCRYPTED: &str = "Filen är skyddad med lösenord. Ta bort lösenordet och spara om den.";
/// What is said of a file that swells beyond every limit.
pub const BOMB: &str = "Filen innehåller mer data än vad som kan läsas när den packas upp (högst 100\u{a0}MB). Dela upp den i flera filer.";

/// An open archive with what is left to take out of it.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Package<'a> {
    /// Opens the list of parts; nothing is unpacked.
    ///
    /// # Errors
    /// For a broken archive, and for one with too many parts.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        // counted before the directory is read, which takes memory for each part
        let parts = bytes.windows(4).filter(|window| *window == b"PK\x01\x02").take(MOST_PARTS + 1).count();
        if parts > MOST_PARTS {
            return Err(format!("Filen är ett arkiv med fler än {MOST_PARTS} delar och är inget kalkylblad."));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| BROKEN.to_owned())?;
        Ok(Self { archive, left: MOST_INFLATED })
    }

    /// Whether there is a part with this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The names of all parts, in lower case.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.archive.file_names_raw().map(|name| String::from_utf8_lossy(name).to_lowercase()).collect()
    }

    /// Whether the parts together claim to be larger than what is ever taken out.
    #[must_use]
    pub fn claims_too_much(&mut self) -> bool {
        let sizes = (0..self.archive.len()).map(|at| self.archive.by_index_raw(at).map_or(0, |part| part.size()));
        sizes.fold(0_u64, u64::saturating_add) > MOST_INFLATED
    }

    /// The text of a part, or nothing if there is no such part.
    ///
    /// # Errors
    /// When it is behind a password, broken, not UTF-8, or larger than the limits, whatever size it claims to have.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        self.text_within(name, MOST_INFLATED)
    }

    /// The text of a part that is never larger than `most` bytes in anybody's file.
    ///
    /// # Errors
    /// As [`Self::text`]; when it is larger than that.
    pub fn text_within(&mut self, name: &str, most: u64) -> Result<Option<String>, String> {
        if !self.has(name) {
            return Ok(None);
        }
        let part = match self.archive.by_name(name) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => return Err(ENCRYPTED.to_owned()),
            Err(_) => return Err(BROKEN.to_owned()),
        };
        let (declared, packed) = (part.size(), part.compressed_size());
        // a part that claims too much is refused before anything is unpacked
        if declared > self.left.min(most) {
            return Err(BOMB.to_owned());
        }
        let allowed = self.left.min(packed.saturating_mul(MOST_RATIO).max(HARMLESS)).min(most);
        let mut bytes = Vec::with_capacity(usize::try_from(declared.min(HARMLESS)).unwrap_or_default());
        // one byte more than allowed tells a part at the limit from one beyond it
        let read = part.take(allowed + 1).read_to_end(&mut bytes).map_err(|_| BROKEN.to_owned())? as u64;
        if read > allowed {
            return Err(BOMB.to_owned());
        }
        self.left -= read;
        String::from_utf8(bytes).map(Some).map_err(|_| BROKEN.to_owned())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// An archive of these parts.
    pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
            writer.write_all(content).expect("its content");
        }
        writer.finish().expect("an archive").into_inner()
    }

    /// Changes the declared inflated size of every part in the directories, as a forger would.
    fn with_declared_size(mut bytes: Vec<u8>, size: u32) -> Vec<u8> {
        for at in 0..bytes.len().saturating_sub(30) {
            let offset = match &bytes[at..at + 4] {
                b"PK\x03\x04" => 22,
                b"PK\x01\x02" => 24,
                _ => continue,
            };
            bytes[at + offset..at + offset + 4].copy_from_slice(&size.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn parts_are_read_by_name() {
        let bytes = zipped(&[("a.xml", b"<a/>"), ("b.xml", "å".as_bytes())]);
        let mut package = Package::open(&bytes).expect("a package");
        assert_eq!(package.text("b.xml"), Ok(Some("å".to_owned())));
        assert_eq!(package.text("c.xml"), Ok(None));
    }

    #[test]
    fn a_bomb_is_refused_by_what_it_is_and_by_what_it_claims() {
        let zeros = vec![b' '; 101 * 1024 * 1024];
        let bytes = zipped(&[("a.xml", &zeros)]);
        assert!(bytes.len() < 200_000);
        let message = |bytes: &[u8]| Package::open(bytes).and_then(|mut package| package.text("a.xml")).expect_err("refused");
        assert_eq!(message(&bytes), BOMB);
        let modest = with_declared_size(bytes, 1_000);
        assert!([BOMB, BROKEN].contains(&message(&modest).as_str()));
        let dense = zipped(&[("a.xml", &zeros[..60 * 1024 * 1024])]);
        assert_eq!(message(&dense), BOMB, "60 MB of blanks pack beyond the ratio");
        assert_eq!(message(&with_declared_size(zipped(&[("a.xml", b"<a/>")]), 200 * 1024 * 1024)), BOMB);
    }

    #[test]
    fn an_archive_of_many_parts_is_refused() {
        let names: Vec<String> = (0..=MOST_PARTS).map(|at| format!("{at}")).collect();
        let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        assert!(Package::open(&zipped(&parts)).err().is_some_and(|message| message.contains("5000")));
    }

    #[test]
    fn half_an_archive_is_broken() {
        let bytes = zipped(&[("a.xml", b"<a/>")]);
        assert_eq!(Package::open(&bytes[..bytes.len() / 2]).err().as_deref(), Some(BROKEN));
    }
}
