//! A collection's whole case as one archive for the agency's diarium: documents, data, history, and a list of what is in it.

use std::io::{Seek, Write};

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::delimited;
use crate::clock;
use crate::domain::collection::Collection;
use crate::domain::history::FieldChange;
use crate::domain::round::When;
use crate::error::{Error, Result};

/// A file in the archive.
pub type Entry = (String, Vec<u8>);

/// Something that happened to the collection, as the case tells it. Never who, only which organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: DateTime<Utc>,
    /// Which organisation did it, by name.
    pub organisation: String,
    /// What was done, in words.
    pub what: String,
    /// The fields that changed, with both values where they are known.
    pub changes: Vec<FieldChange>,
}

/// The items as csv.
///
/// # Errors
/// Only if the text cannot be written.
pub fn items(collection: &Collection) -> Result<Vec<u8>> {
    let rows = (1..).zip(&collection.content.items).map(|(at, item): (usize, _)| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (source, personal) = (item.source.label().to_owned(), item.personal_data.label().to_owned());
        vec![at.to_string(), item.label.clone(), text(&item.definition), text(&item.unit), source, personal]
    });
    delimited::write(&["Nr", "Uppgift", "Definition", "Enhet", "Källa i kommunen", "Personuppgifter"], rows.collect::<Vec<_>>())
}

/// The rounds as csv.
///
/// # Errors
/// Only if the text cannot be written.
pub fn rounds(collection: &Collection) -> Result<Vec<u8>> {
    let when = |when: &Option<When>| when.as_ref().map(ToString::to_string).unwrap_or_default();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let rows = collection.rounds.iter().map(|round| {
        let reason = round.short_time_reason.clone().unwrap_or_default();
        let dates = [&round.dispatch, &round.deadline, &round.closes, &round.published].map(when);
        [vec![round.label.clone(), day(round.measured_from), day(round.measured_to)], dates.to_vec(), vec![reason]].concat()
    });
    let headings =
        ["Omgång", "Mätperiod från", "Mätperiod till", "Utskick", "Sista svarsdag", "Stänger", "Publiceras", "Skäl för kort svarstid"];
    delimited::write(&headings, rows.collect::<Vec<_>>())
}

/// The history as csv, oldest first: a row for each field that changed.
///
/// # Errors
/// Only if the text cannot be written.
pub fn history(happenings: &[Happening]) -> Result<Vec<u8>> {
    let rows = happenings.iter().flat_map(|one| {
        let at = clock::swedish_time(one.at).format("%Y-%m-%d %H:%M:%S").to_string();
        let start = vec![at, one.organisation.clone(), one.what.clone()];
        let mut rows: Vec<Vec<String>> = one
            .changes
            .iter()
            .map(|change| [start.clone(), vec![change.field.label().to_owned(), change.old.clone(), change.new.clone()]].concat())
            .collect();
        if rows.is_empty() {
            rows.push([start, vec![String::new(); 3]].concat());
        }
        rows
    });
    delimited::write(&["Tidpunkt", "Organisation", "Händelse", "Uppgift", "Före", "Efter"], rows.collect::<Vec<_>>())
}

/// An archive that is written as far as its entries have come, so that no more than one of them is in memory.
pub struct Archive<W: Write + Seek> {
    writer: ZipWriter<W>,
    list: String,
}

impl<W: Write + Seek> Archive<W> {
    /// An archive without entries.
    #[must_use]
    pub fn new(into: W) -> Self {
        Self { writer: ZipWriter::new(into), list: String::new() }
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// Only if the archive cannot be written.
    pub fn add(&mut self, (name, bytes): &Entry) -> Result<()> {
        // with the checksum that `sha256sum` gives
        self.list.push_str(&format!("{}  {}  {name}\r\n", checksum(bytes), bytes.len()));
        let options = SimpleFileOptions::default().compression_method(method(name));
        self.writer.start_file(name.as_str(), options).map_err(failed)?;
        Ok(self.writer.write_all(bytes)?)
    }

    /// Adds a last entry, the list of all others with their sizes and checksums. The same entries are the same bytes.
    ///
    /// # Errors
    /// Only if the archive cannot be written.
    pub fn finish(mut self, about: &str) -> Result<W> {
        let list = format!("{about}\r\n\r\nInnehåll (SHA-256, storlek i byte, fil):\r\n{}", self.list);
        self.add(&("innehall.txt".to_owned(), list.into_bytes()))?;
        self.writer.finish().map_err(failed)
    }
}

fn failed(error: zip::result::ZipError) -> Error {
    Error::Internal(error.into())
}

/// How a file is packed: what is packed already is stored as it is.
fn method(name: &str) -> CompressionMethod {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "docx" | "xlsx" | "pdf" | "png" | "jpg" | "jpeg" | "gif" | "webp" => CompressionMethod::Stored,
        _ => CompressionMethod::Deflated,
    }
}

fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::samples;
    use crate::domain::field::Field;
    use crate::domain::terms::Kind;
    use std::io::{Cursor, Read};

    #[test]
    fn the_archive_lists_what_it_holds_in_order() {
        let packed = || {
            let mut archive = Archive::new(Cursor::new(Vec::new()));
            for entry in [("b.txt".to_owned(), b"abc".to_vec()), ("a.csv".to_owned(), Vec::new())] {
                archive.add(&entry).expect("an entry");
            }
            archive.finish("Ärendet 2026-0042").expect("an archive").into_inner()
        };
        let bytes = packed();
        assert!(bytes == packed(), "the same entries are the same bytes");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut names = Vec::new();
        for at in 0..archive.len() {
            names.push(archive.by_index(at).expect("an entry").name().expect("a name").into_owned());
        }
        assert_eq!(names, ["b.txt", "a.csv", "innehall.txt"]);
        let mut list = String::new();
        archive.by_name("innehall.txt").expect("the list").read_to_string(&mut list).expect("text");
        assert!(list.starts_with("Ärendet 2026-0042\r\n"), "{list}");
        assert!(list.contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  3  b.txt"), "{list}");
    }

    #[test]
    fn what_is_packed_already_is_stored_as_it_is() {
        assert_eq!(["a.PDF", "b.docx"].map(method), [CompressionMethod::Stored; 2]);
        assert_eq!(["data/a.json", "utan ändelse"].map(method), [CompressionMethod::Deflated; 2]);
    }

    #[test]
    fn items_rounds_and_history_are_tables() {
        let collection = samples::collection(Kind::Survey);
        let text = |bytes: Result<Vec<u8>>| String::from_utf8(bytes.expect("a table")).expect("text");
        assert!(text(items(&collection)).contains("1;Skolbibliotekarier;Räknat den 15 oktober.;antal;finns i system;nej\r\n"));
        assert!(text(rounds(&collection)).contains("2027;;;2027-02-01;2027-03-28;;;\r\n"));
        let change = FieldChange { field: Field::Title, old: "=Förr".into(), new: "Nu".into() };
        let at = "2026-06-30T22:00:00Z".parse().expect("a moment");
        let happenings = [
            Happening { at, organisation: "Skolverket".into(), what: "Registrerades".into(), changes: Vec::new() },
            Happening { at, organisation: "Skolverket".into(), what: "Ändrades".into(), changes: vec![change] },
        ];
        let history = text(history(&happenings));
        assert!(history.contains("2026-07-01 00:00:00;Skolverket;Registrerades;;;\r\n"), "{history}");
        assert!(history.contains(";Ändrades;titel;'=Förr;Nu\r\n"), "{history}");
    }
}
