//! The text of a Word document: its paragraphs, notes, headers and footers.

use super::text::MOST_TEXT;
use crate::intake::package::{BROKEN, Package};
use crate::intake::xml::{Node, Xml};

/// Where the body of the document stands.
const MAIN: &str = "word/document.xml";
/// The parts that hold further text.
const FURTHER: [&str; 4] = ["word/header", "word/footer", "word/footnotes", "word/endnotes"];

/// The text of a document.
///
/// # Errors
/// In Swedish, for a file that is broken or past the limits.
pub fn of_document(package: &mut Package<'_>) -> Result<String, String> {
    let mut parts = vec![MAIN.to_owned()];
    parts.extend(package.names().into_iter().filter(|name| name.ends_with(".xml") && FURTHER.iter().any(|start| name.starts_with(start))));
    let mut text = String::new();
    for part in parts {
        match package.text(&part)? {
            Some(xml) => read(&mut Xml::new(&xml), &mut text)?,
            None if part == MAIN => return Err(BROKEN.to_owned()),
            None => {}
        }
        // no more is kept anyway
        if text.len() > MOST_TEXT {
            break;
        }
    }
    Ok(text)
}

/// Adds the text of a part. Each paragraph is a line.
fn read(xml: &mut Xml<'_>, text: &mut String) -> Result<(), String> {
    while let Some(node) = xml.next()? {
        let Node::Start(tag) = node else { continue };
        match tag.local_name().as_ref() {
            "t" => text.push_str(&xml.text_within(&[])?),
            "p" | "br" | "cr" => text.push('\n'),
            "tab" | "tc" => text.push('\t'),
            // what an older program would show instead of what stands beside it
            "Fallback" => xml.skip()?,
            _ => {}
        }
    }
    text.push('\n');
    Ok(())
}
