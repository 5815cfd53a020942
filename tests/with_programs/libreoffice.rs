//! The template filled in, opened and saved again by LibreOffice in every format that the intake reads.

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::NaiveDate;
use insamlingsregister::domain::column::{Column, Form, columns};
use insamlingsregister::domain::new_collection::CollectionParts;
use insamlingsregister::intake::{Directory, Source, read_collections};
use insamlingsregister::publish::template::template;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::Work;

/// Semicolons, double quotes, UTF-8, cells as they are shown, every sheet in a file of its own.
pub const CSV_UTF_8: &str = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1";
/// Commas and Windows-1252.
const CSV_WINDOWS: &str = "csv:Text - txt - csv (StarCalc):44,34,1,1,,0,false,true,false,false,false,-1";
/// What people write that programs like to misread.
const TRICKY: &str = "=1+1; «0180» <b>& \"q\" 'å'\nrad två";

/// Every trial of this suite.
pub fn trials() -> Vec<(String, Work)> {
    vec![
        ("libreoffice_saves_the_template_as_xlsx".to_owned(), Box::new(|| survives("xlsx"))),
        ("libreoffice_saves_the_template_as_ods".to_owned(), Box::new(|| survives("ods"))),
        (
            "libreoffice_saves_the_template_as_csv".to_owned(),
            Box::new(|| [CSV_UTF_8, CSV_WINDOWS].into_iter().try_for_each(survives_as_csv)),
        ),
        ("libreoffice_formats_that_are_not_read_are_named".to_owned(), Box::new(others_are_named)),
    ]
}

/// Saves a file in another format, in a profile of its own so that trials can run beside each other.
pub fn convert(folder: &Path, file: &str, format: &str) -> Result<(), String> {
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()))
        .args(["--headless", "--convert-to", format, "--outdir"])
        .arg(folder.join("out"))
        .arg(folder.join(file))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("soffice: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// A folder with the filled template in it.
fn folder() -> Result<(tempfile::TempDir, Vec<u8>), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let filled = filled_template()?;
    std::fs::write(folder.path().join("mall.xlsx"), &filled).map_err(|error| error.to_string())?;
    Ok((folder, filled))
}

/// A file that LibreOffice wrote.
pub fn written(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    std::fs::read(folder.join("out").join(name)).map_err(|error| format!("{name}: {error}"))
}

fn survives(format: &str) -> Result<(), String> {
    let (folder, filled) = folder()?;
    let expected = read("mall.xlsx", &filled)?;
    if expected.len() != 2 || expected[0].content.items.is_empty() || expected[0].rounds.is_empty() {
        return Err(format!("the filled template is not what was filled in: {expected:?}"));
    }
    convert(folder.path(), "mall.xlsx", format)?;
    let saved = written(folder.path(), &format!("mall.{format}"))?;
    equal(&read(format, &saved)?, &expected)?;
    let (before, after) = (drop_downs(&filled)?, drop_downs(&saved)?);
    if format == "xlsx" && after < before {
        return Err(format!("{after} of {before} drop-down lists are left"));
    }
    Ok(())
}

/// A text file has one sheet: the collections without items and rounds.
fn survives_as_csv(format: &str) -> Result<(), String> {
    let (folder, filled) = folder()?;
    let mut expected = read("mall.xlsx", &filled)?;
    for parts in &mut expected {
        parts.content.items.clear();
        parts.rounds.clear();
    }
    convert(folder.path(), "mall.xlsx", format)?;
    equal(&read("mall.csv", &written(folder.path(), "mall-Insamlingar.csv")?)?, &expected)
}

fn others_are_named() -> Result<(), String> {
    let (folder, _) = folder()?;
    for (format, part) in [("xls", "äldre Officeformat (xls)"), ("fods", "XML-fil"), ("pdf", "pdf-dokument"), ("html", "webbsida")] {
        convert(folder.path(), "mall.xlsx", format)?;
        let message = read(format, &written(folder.path(), &format!("mall.{format}"))?).err().unwrap_or_default();
        if !message.contains(part) {
            return Err(format!("{format}: {message}"));
        }
    }
    Ok(())
}

fn equal(read: &[CollectionParts], expected: &[CollectionParts]) -> Result<(), String> {
    if read == expected { Ok(()) } else { Err(format!("read back:\n{read:#?}\nexpected:\n{expected:#?}")) }
}

fn read(name: &str, bytes: &[u8]) -> Result<Vec<CollectionParts>, String> {
    let mut directory = Directory::new();
    directory.add_organisation("202100-0837", ["Statistiska centralbyrån"]);
    directory.add_area("kultur-och-fritid", "Kultur och fritid");
    directory.add_department("Kulturdepartementet", None);
    ["0180", "1480", "R-01"].into_iter().for_each(|code| directory.add_place(code));
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).ok_or("no day")?;
    let read = read_collections(Source { name, bytes }, "202100-0837", today, &directory);
    let read = read
        .map_err(|errors| errors.iter().map(|error| format!("{}|{}|{}\n", error.row, error.column, error.message)).collect::<String>())?;
    Ok(read.into_iter().map(|read| read.collection.parts().clone()).collect())
}

/// How many cells ranges of the sheet of collections have a drop-down list.
fn drop_downs(bytes: &[u8]) -> Result<usize, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let Ok(mut part) = archive.by_name("xl/worksheets/sheet2.xml") else { return Ok(0) };
    let mut text = String::new();
    part.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text.matches("<dataValidation ").count())
}

/// The template with the example of every column, and a second collection with tricky text.
fn filled_template() -> Result<Vec<u8>, String> {
    let areas = [("kultur-och-fritid".to_owned(), "Kultur och fritid".to_owned())];
    let bytes = template(&areas, &["Kulturdepartementet".to_owned()]).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|error| error.to_string())?;
        let name = part.name().map_err(|error| error.to_string())?.into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).map_err(|error| error.to_string())?;
        let sheet = match name.as_str() {
            "xl/worksheets/sheet2.xml" => Some("Insamlingar"),
            "xl/worksheets/sheet3.xml" => Some("Uppgifter"),
            "xl/worksheets/sheet4.xml" => Some("Omgångar"),
            _ => None,
        };
        if let Some(sheet) = sheet {
            let text = String::from_utf8(content).map_err(|error| error.to_string())?;
            content = filled_sheet(&text, sheet).into_bytes();
        }
        writer.start_file(name, SimpleFileOptions::default()).map_err(|error| error.to_string())?;
        writer.write_all(&content).map_err(|error| error.to_string())?;
    }
    Ok(writer.finish().map_err(|error| error.to_string())?.into_inner())
}

fn filled_sheet(text: &str, sheet: &str) -> String {
    let of_sheet: Vec<&Column> = columns().iter().filter(|column| column.sheet() == sheet).collect();
    let mut examples: Vec<(Form, &str)> = of_sheet.iter().map(|column| (column.form, column.example)).collect();
    if sheet != "Insamlingar" {
        examples.insert(0, (Form::Text, columns()[0].example));
    }
    let second = [(Form::Text, "0017"), (Form::Text, TRICKY), (Form::Text, "tillsyn")];
    let rows = if sheet == "Insamlingar" { vec![examples, second.to_vec()] } else { vec![examples] };
    let rows: String = (2..).zip(rows).map(|(row, cells)| format!("<row r=\"{row}\">{}</row>", cells_of(text, &cells))).collect();
    text.replace("</sheetData>", &format!("{rows}</sheetData>"))
}

/// The cells of a row; days are numbers in the style of their column, as when they are typed.
fn cells_of(sheet: &str, cells: &[(Form, &str)]) -> String {
    let cell = |(at, (form, text)): (usize, &(Form, &str))| {
        let style = style_of(sheet, at + 1);
        match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            Ok(day) if matches!(form, Form::Date) => {
                let serial = (day - NaiveDate::default()).num_days() + 25_569;
                format!("<c s=\"{style}\"><v>{serial}</v></c>")
            }
            _ => {
                let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
                format!("<c s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{escaped}</t></is></c>")
            }
        }
    };
    cells.iter().enumerate().map(cell).collect()
}

/// The style that the sheet gives a column, from 1.
fn style_of(sheet: &str, column: usize) -> String {
    let number = |tag: &str, name: &str| -> Option<usize> { tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?.parse().ok() };
    let covers = |tag: &&str| number(tag, "min").is_some_and(|min| min <= column) && number(tag, "max").is_some_and(|max| max >= column);
    sheet
        .split("<col ")
        .skip(1)
        .map(|tag| tag.split('>').next().unwrap_or_default())
        .map(|tag| format!(" {tag}"))
        .find(|tag| covers(&tag.as_str()))
        .and_then(|tag| number(&tag, "style"))
        .unwrap_or_default()
        .to_string()
}
