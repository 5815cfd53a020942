//! The parts of an Excel workbook around its sheets: which sheets there are, the texts they share, and which styles are dates.

use std::collections::HashMap;

use super::package::{BROKEN, Package};
use super::xml::{Node, Xml, attribute};

/// A part's relations by their id: what they are (the last word of their type) and where they lead.
type Relations = HashMap<String, (String, String)>;

/// What a style shows of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateStyle {
    /// No date.
    #[default]
    None,
    /// A calendar day, perhaps with a time.
    Day,
    /// A month without its day.
    Month,
    /// A year alone.
    Year,
}

/// A workbook without its cells.
#[derive(Debug, Default)]
pub struct Book {
    /// Name and part of every worksheet, in order.
    pub sheets: Vec<(String, String)>,
    /// The texts that cells share.
    pub strings: Vec<String>,
    /// Whether dates count from 1904.
    pub from_1904: bool,
    date_styles: Vec<DateStyle>,
}

impl Book {
    /// What numbers in this style are shown as.
    #[must_use]
    pub fn date_style(&self, style: usize) -> DateStyle {
        self.date_styles.get(style).copied().unwrap_or_default()
    }
}

/// Reads the workbook's parts.
///
/// # Errors
/// In Swedish, for a file that is broken or past the limits.
pub fn book(package: &mut Package<'_>) -> Result<Book, String> {
    let root = relations(package, "_rels/.rels", "")?;
    let main = by_kind(&root, "officeDocument").unwrap_or_else(|| "xl/workbook.xml".to_owned());
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
    let related = relations(package, &format!("{folder}/_rels/{file}.rels"), folder)?;
    let text = package.text(&main)?.ok_or_else(|| BROKEN.to_owned())?;
    let mut book = Book::default();
    let mut xml = Xml::new(&text);
    while let Some(node) = xml.next()? {
        let Node::Start(tag) = node else { continue };
        match tag.local_name().as_ref() {
            "workbookPr" => book.from_1904 = attribute(&tag, "date1904").is_some_and(|value| matches!(value.as_ref(), "1" | "true")),
            "sheet" => {
                let id =
                    tag.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == "id" && a.key.prefix().is_some());
                let target = id.and_then(|id| related.get(id.value.as_ref()));
                // a sheet of only a chart has no cells
                if let Some((_, part)) = target.filter(|(kind, _)| kind == "worksheet") {
                    book.sheets.push((attribute(&tag, "name").unwrap_or_default().into_owned(), part.clone()));
                }
            }
            _ => {}
        }
    }
    if let Some(part) = by_kind(&related, "sharedStrings") {
        book.strings = shared_strings(&package.text(&part)?.unwrap_or_default())?;
    }
    if let Some(part) = by_kind(&related, "styles") {
        book.date_styles = date_styles(&package.text(&part)?.unwrap_or_default())?;
    }
    Ok(book)
}

fn by_kind(relations: &Relations, kind: &str) -> Option<String> {
    relations.values().find(|(is, _)| is == kind).map(|(_, part)| part.clone())
}

/// The relations in a part, their targets as names of parts.
fn relations(package: &mut Package<'_>, part: &str, folder: &str) -> Result<Relations, String> {
    let text = package.text(part.trim_start_matches('/'))?.unwrap_or_default();
    let mut xml = Xml::new(&text);
    let mut found = Relations::new();
    while let Some(node) = xml.next()? {
        let Node::Start(tag) = node else { continue };
        if let (Some(id), Some(kind), Some(target)) = (attribute(&tag, "Id"), attribute(&tag, "Type"), attribute(&tag, "Target")) {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.insert(id.into_owned(), (kind, part_name(folder, &target)));
        }
    }
    Ok(found)
}

/// The name of the part that a target leads to from a folder: `worksheets/sheet1.xml`, `/xl/styles.xml` or `../xl/styles.xml`.
fn part_name(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

/// The texts that cells share, in order.
fn shared_strings(text: &str) -> Result<Vec<String>, String> {
    let mut xml = Xml::new(text);
    let mut strings = Vec::new();
    while let Some(node) = xml.next()? {
        if let Node::Start(tag) = node
            && tag.local_name().as_ref() == "si"
        {
            // rPh is how a text is pronounced
            strings.push(unescaped(&text_runs(&mut xml)?));
        }
    }
    Ok(strings)
}

/// The text in the `t` elements up to the end of the element that was just started.
pub(super) fn text_runs(xml: &mut Xml<'_>) -> Result<String, String> {
    let (mut text, mut depth) = (String::new(), 1_usize);
    while depth > 0 {
        match xml.next()?.ok_or_else(|| BROKEN.to_owned())? {
            Node::Start(tag) => match tag.local_name().as_ref() {
                "t" => text.push_str(&xml.text_within(&[])?),
                "r" => depth += 1,
                _ => xml.skip()?,
            },
            Node::End => depth -= 1,
            Node::Text(_) => {}
        }
    }
    Ok(text)
}

/// Undoes Excel's way of writing characters that XML cannot hold: `_x000D_` is a carriage return.
pub(super) fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 7).filter(|code| code.ends_with('_') && code.bytes().take(4).all(|b| b.is_ascii_hexdigit()));
        let character = code.and_then(|code| u32::from_str_radix(&code[..4], 16).ok()).and_then(char::from_u32);
        let length = if let Some(character) = character {
            out.push_str(&rest[..at]);
            out.push(character);
            at + 7
        } else {
            out.push_str(&rest[..at + 2]);
            at + 2
        };
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// For every cell style, what numbers in it are shown as.
fn date_styles(text: &str) -> Result<Vec<DateStyle>, String> {
    let mut xml = Xml::new(text);
    let (mut formats, mut styles, mut in_cells) = (HashMap::new(), Vec::new(), 0_usize);
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(tag) => match tag.local_name().as_ref() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (attribute(&tag, "numFmtId"), attribute(&tag, "formatCode")) {
                        formats.insert(id.into_owned(), date_style(&code));
                    }
                }
                "cellXfs" => in_cells = 1,
                "xf" if in_cells == 1 => {
                    let id = attribute(&tag, "numFmtId").unwrap_or_default();
                    styles.push(formats.get(id.as_ref()).copied().unwrap_or_else(|| built_in(&id)));
                    xml.skip()?;
                }
                _ if in_cells > 0 => in_cells += 1,
                _ => {}
            },
            Node::End => in_cells = in_cells.saturating_sub(1),
            Node::Text(_) => {}
        }
    }
    Ok(styles)
}

/// What the formats are that every workbook has by number.
fn built_in(id: &str) -> DateStyle {
    match id.parse() {
        Ok(17_u32) => DateStyle::Month,
        Ok(14..=16 | 22 | 27..=31 | 36 | 50..=58) => DateStyle::Day,
        _ => DateStyle::None,
    }
}

/// What a number format shows of a date; its first section decides.
fn date_style(code: &str) -> DateStyle {
    let (mut letters, mut in_brackets) = (String::new(), String::new());
    let mut characters = code.chars().map(|character| character.to_ascii_lowercase());
    while let Some(character) = characters.next() {
        match character {
            ';' => break,
            '"' => drop(characters.by_ref().find(|c| *c == '"')),
            '[' => in_brackets.extend(characters.by_ref().take_while(|c| *c != ']')),
            '\\' | '_' | '*' => drop(characters.next()),
            letter => letters.push(letter),
        }
    }
    // minutes stand beside hours or seconds; hours past a day stand in brackets
    let has_time = letters.contains(['h', 's']) || matches!(in_brackets.as_str(), "h" | "hh" | "s" | "ss");
    match (letters.contains('d'), letters.contains('m'), letters.contains('y')) {
        (true, _, _) => DateStyle::Day,
        (false, _, true) if has_time => DateStyle::Day,
        (false, true, _) if !has_time => DateStyle::Month,
        (false, false, true) => DateStyle::Year,
        _ => DateStyle::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_formats_tell_dates_from_numbers() {
        for date in ["yyyy-mm-dd", "[$-41D]d mmmm yyyy;@", "YYYY\\-MM\\-DD", "yyyy\\-mm\\-dd\\ hh:mm", "d/m", "yyyy/m hh:mm"] {
            assert_eq!(date_style(date), DateStyle::Day, "{date}");
        }
        for month in ["mmm/yy", "[$-41D]mmmm\\ yyyy;@", "yyyy-mm", "mmmm", "YYYY\"-\"MM;dd"] {
            assert_eq!(date_style(month), DateStyle::Month, "{month}");
        }
        assert_eq!(
            (date_style("yyyy"), built_in("17"), built_in("14"), built_in("49")),
            (DateStyle::Year, DateStyle::Month, DateStyle::Day, DateStyle::None)
        );
        for number in
            ["General", "0.00", "#,##0\\ \"dagar\"", "[Red]-0;0", "_-* #,##0\\ _k_r_-", "hh:mm:ss", "mm:ss", "[h]:mm", "0;yyyy", "@"]
        {
            assert_eq!(date_style(number), DateStyle::None, "{number}");
        }
    }

    #[test]
    fn escaped_characters_are_restored() {
        assert_eq!(unescaped("a_x000D_b_x005F_x000D_ _x00 _xå_x"), "a\rb_x000D_ _x00 _xå_x");
        assert_eq!(unescaped("_xD800_"), "_xD800_");
    }

    #[test]
    fn targets_lead_to_parts() {
        assert_eq!(part_name("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(part_name("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(part_name("xl/a", "../../../../styles.xml"), "styles.xml");
        assert_eq!(part_name("", "xl/workbook.xml"), "xl/workbook.xml");
    }

    #[test]
    fn shared_texts_are_joined_from_their_runs() {
        let text = "<sst uniqueCount=\"999999999999999999\"><si><t>a</t></si><si> <r><rPr/><t>b </t></r>\n<r><t>c</t></r><rPh><t>x</t></rPh></si><si/></sst>";
        assert_eq!(shared_strings(text), Ok(vec!["a".to_owned(), "b c".to_owned(), String::new()]));
    }
}
