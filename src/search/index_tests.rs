//! The index on disk: kept, replaced, lost, damaged in every way.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use tempfile::TempDir;
use uuid::Uuid;

use super::samples::{document, search, serials};
use super::{Index, Request};

/// An index with thirty collections, half of them replaced once.
fn filled(dir: &Path) -> Index {
    let (index, new) = Index::open(dir).expect("an index");
    assert!(new);
    let mut writer = index.writer().expect("the writer");
    for serial in 1..=30 {
        writer.put(&document(serial, "Elever i skolan")).expect("to put");
    }
    writer.commit("first").expect("to commit");
    for serial in 1..=15 {
        writer.put(&document(serial, "Avfall i hamnen")).expect("to put");
    }
    writer.commit("second, åäö").expect("to commit");
    writer.finish().expect("to finish");
    index
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let dir = TempDir::new().expect("a folder");
    drop(filled(dir.path()));
    let (index, new) = Index::open(dir.path()).expect("an index");
    assert!(!new);
    assert_eq!(index.payload().expect("a payload").as_deref(), Some("second, åäö"));
    assert_eq!((index.len(), search(&index, "elever").total, search(&index, "avfall").total), (30, 15, 15));
    let stamps = index.stamps().expect("stamps");
    assert_eq!((stamps.len(), stamps.get(&Uuid::from_u64_pair(2026, 7))), (30, Some(&70)));
}

#[test]
fn changes_are_seen_at_the_commit_and_not_before() {
    let index = Index::in_memory().expect("an index");
    let reader = index.clone();
    let mut writer = index.writer().expect("the writer");
    assert_eq!(writer.payload().expect("no payload"), None);
    writer.put(&document(1, "Elever")).expect("to put");
    writer.put(&document(2, "Elever")).expect("to put");
    assert_eq!(reader.len(), 0);
    writer.commit("1").expect("to commit");
    writer.delete(Uuid::from_u64_pair(2026, 1));
    writer.put(&document(2, "Avfall")).expect("to put");
    assert_eq!(serials(&search(&reader, "elever")), [2, 1]);
    writer.commit("2").expect("to commit");
    assert_eq!((search(&reader, "elever").total, serials(&search(&reader, "")).as_slice()), (0, &[2][..]));
    assert_eq!((reader.len(), writer.payload().expect("a payload").as_deref()), (1, Some("2")));
}

#[test]
fn what_was_never_committed_is_gone_and_the_rest_stays() {
    let dir = TempDir::new().expect("a folder");
    let index = filled(dir.path());
    let mut writer = index.writer().expect("the writer");
    writer.put(&document(99, "Halvfärdigt")).expect("to put");
    // as a killed process leaves it: no commit, no clean end
    std::mem::forget(writer);
    let copy = TempDir::new().expect("a folder");
    copy_files(dir.path(), copy.path());
    let (after, new) = Index::open(copy.path()).expect("an index");
    assert!(!new);
    assert_eq!((after.len(), search(&after, "halvfärdigt").total), (30, 0));
}

#[test]
fn there_is_one_writer_and_the_second_is_told_so() {
    let dir = TempDir::new().expect("a folder");
    let index = filled(dir.path());
    let first = index.writer().expect("the writer");
    let error = index.writer().err().expect("an error").to_string();
    assert!(error.contains("Ett annat program använder samma datamapp"), "{error}");
    // nor does anybody empty the folder meanwhile
    fs::write(dir.path().join("version"), "schema 0").expect("to write");
    assert!(Index::open(dir.path()).is_err());
    assert_eq!(search(&index, "avfall").total, 15);
    drop(first);
    assert!(Index::open(dir.path()).expect("an index").1);
}

#[test]
fn another_version_or_none_is_rebuilt() {
    for version in [None, Some(""), Some("schema 1"), Some("schema 999, analyser 999, release 9.9.9\n")] {
        let dir = TempDir::new().expect("a folder");
        drop(filled(dir.path()));
        let file = dir.path().join("version");
        match version {
            Some(text) => fs::write(&file, text).expect("to write"),
            None => fs::remove_file(&file).expect("to remove"),
        }
        rebuilt(dir.path(), &format!("version {version:?}"));
    }
}

#[test]
fn every_file_may_be_lost_cut_or_changed() {
    let whole = TempDir::new().expect("a folder");
    drop(filled(whole.path()));
    for name in names(whole.path()).iter().filter(|name| !name.ends_with(".lock")) {
        let length = fs::metadata(whole.path().join(name)).expect("a file").len() as usize;
        damage(whole.path(), name, "lost", |_| None);
        damage(whole.path(), name, "emptied", |_| Some(Vec::new()));
        damage(whole.path(), name, "cut", |bytes| Some(bytes[..length / 2].to_vec()));
        damage(whole.path(), name, "changed", |mut bytes| {
            bytes[length / 2] ^= 0x55;
            Some(bytes)
        });
        damage(whole.path(), name, "replaced", |bytes| Some(vec![0xa5; bytes.len()]));
    }
}

#[test]
fn every_changed_byte_of_the_list_of_segments_is_noticed_or_harmless() {
    let whole = TempDir::new().expect("a folder");
    drop(filled(whole.path()));
    let meta = fs::read(whole.path().join("meta.json")).expect("the list");
    let text = String::from_utf8(meta).expect("json");
    let schema = text.find("\"schema\"").expect("the schema")..text.find("\"opstamp\"").expect("the end of the schema");
    // the schema is long and compared as a whole: a few places in it are enough
    for at in (0..text.len()).filter(|at| at % if schema.contains(at) { 211 } else { 5 } == 0) {
        damage(whole.path(), "meta.json", &format!("changed at {at}"), |mut bytes| {
            bytes[at] ^= 1;
            Some(bytes)
        });
    }
}

#[test]
fn other_files_in_the_folder_are_left_alone() {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("anteckningar.txt"), "viktigt").expect("to write");
    drop(filled(dir.path()));
    fs::write(dir.path().join("meta.json"), "").expect("to write");
    rebuilt(dir.path(), "meta.json emptied");
    assert_eq!(fs::read_to_string(dir.path().join("anteckningar.txt")).expect("the notes"), "viktigt");
}

#[test]
fn many_small_commits_leave_few_segments_and_right_answers() {
    let index = Index::in_memory().expect("an index");
    let mut writer = index.writer().expect("the writer");
    for round in 0..60 {
        writer.put(&document(round % 7, &format!("Omgång nummer{round}"))).expect("to put");
        writer.commit(&round.to_string()).expect("to commit");
    }
    writer.finish().expect("to finish");
    assert_eq!(index.len(), 7);
    assert_eq!(search(&index, "nummer59").total, 1);
    assert_eq!(search(&index, "nummer5 ").total, 0, "replaced long ago");
    let segments = index.snapshot().searcher.segment_readers().len();
    assert!(segments <= 12, "{segments} segments");
}

/// Copies the index, damages one file and opens it: it must either be whole or be rebuilt and say so, and then work.
fn damage(whole: &Path, name: &str, how: &str, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) {
    let dir = TempDir::new().expect("a folder");
    copy_files(whole, dir.path());
    let file = dir.path().join(name);
    match change(fs::read(&file).expect("the file")) {
        Some(bytes) => fs::write(&file, bytes).expect("to write"),
        None => fs::remove_file(&file).expect("to remove"),
    }
    let (index, new) = Index::open(dir.path()).unwrap_or_else(|error| panic!("{name} {how}: {error}"));
    if new {
        works(&index, &format!("{name} {how}"));
    } else {
        assert_eq!((index.len(), search(&index, "elever").total, search(&index, "avfall").total), (30, 15, 15), "{name} {how}");
        assert_eq!(index.payload().expect("a payload").as_deref(), Some("second, åäö"), "{name} {how}");
    }
}

fn rebuilt(dir: &Path, why: &str) {
    let (index, new) = Index::open(dir).expect("an index");
    assert!(new, "{why}");
    works(&index, why);
    drop(index);
    assert!(!Index::open(dir).expect("an index").1, "{why}: whole from then on");
}

/// A rebuilt index is empty and can be filled.
fn works(index: &Index, why: &str) {
    assert!(index.is_empty() && index.payload().expect("no payload").is_none(), "{why}");
    let mut writer = index.writer().expect("the writer");
    writer.put(&document(1, "Elever")).expect("to put");
    writer.commit("again").expect("to commit");
    let later = NaiveDate::from_ymd_opt(2030, 1, 1).expect("a date");
    assert_eq!(index.search(&Request::new("elever", later)).expect("results").total, 1, "{why}");
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("the folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
}

fn copy_files(from: &Path, to: &Path) {
    for name in names(from) {
        fs::copy(from.join(&name), to.join(&name)).expect("to copy");
    }
}
