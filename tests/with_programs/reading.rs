//! Files as office programs write them: judged by their content, and their text read by the program's own limited process.

use std::io::Write;
use std::process::Stdio;

use insamlingsregister::actions::reading::COMMAND;
use insamlingsregister::intake::attachment::judge;

use crate::Work;
use crate::libreoffice::{convert, written};
use crate::program::command;

/// Letters that fonts like to join, and those that only some alphabets have.
const WORDS: &str = "Officiella affärer: åtgärder för äldre på ön";
// LibreOffice draws nothing of the first paragraph of a web page that has become a text document
const FORM: &str = "<html><body><p>Blankett</p><h1>Officiella affärer: åtgärder för äldre på ön</h1>\
    <table><tr><td>Fråga 1</td><td>Antal lärare</td></tr></table></body></html>";
/// A pdf behind a password.
const LOCKED: &str = "pdf:writer_pdf_Export:{\"EncryptFile\":{\"type\":\"boolean\",\"value\":\"true\"},\
    \"DocumentOpenPassword\":{\"type\":\"string\",\"value\":\"hemligt\"}}";

/// The trials, which need LibreOffice Writer.
pub fn trials() -> Vec<(String, Work)> {
    vec![("files_of_office_programs_are_read_where_they_can_be".to_owned(), Box::new(are_read))]
}

fn are_read() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    std::fs::write(folder.path().join("form.html"), FORM).map_err(|error| error.to_string())?;
    convert(folder.path(), "form.html", "odt:writer8")?;
    for (format, ending) in [("docx:MS Word 2007 XML", "docx"), ("pdf:writer_pdf_Export", "pdf")] {
        convert(folder.path(), "out/form.odt", format)?;
        let text = text_of(&written(folder.path(), &format!("form.{ending}"))?)?.ok_or_else(|| format!("no text is read of {ending}"))?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" "); // a heading may be broken into lines
        for words in [WORDS, "Fråga 1", "Antal lärare"] {
            if !text.contains(words) {
                return Err(format!("{ending}: ”{words}” is not in: {text}"));
            }
        }
    }
    convert(folder.path(), "out/form.odt", LOCKED)?;
    match text_of(&written(folder.path(), "form.pdf")?)? {
        None => Ok(()),
        Some(text) => Err(format!("a pdf behind a password was read: {text}")),
    }
}

/// What the program reads of a file; none where it cannot.
fn text_of(bytes: &[u8]) -> Result<Option<String>, String> {
    let media = judge(bytes)?;
    let said = |error: std::io::Error| error.to_string();
    let mut child = command(&[])
        .args([COMMAND, media.code()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(said)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(bytes).map_err(said)?;
    }
    let output = child.wait_with_output().map_err(said)?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}
