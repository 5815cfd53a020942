//! Reading planned collections (jsonl) that are compared with registered ones, and what people have said of their overlaps.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::new_collection::MOST_ITEMS;
use crate::domain::overlap::Planned;

/// The most bytes of such a file.
pub const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// The most bytes of one collection.
const MOST_LINE: usize = 8 * 1024 * 1024;

/// A collection of a file. What else a line says is not read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// What the file calls it.
    pub id: String,
    /// The title.
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    /// The purpose.
    #[serde(default, deserialize_with = "text")]
    pub purpose: String,
    /// The subject area by name or code.
    #[serde(default)]
    pub area: Option<String>,
    /// What is asked for.
    #[serde(default, deserialize_with = "list")]
    pub items: Vec<LineItem>,
    /// Which registered collections people say that it overlaps with.
    #[serde(default)]
    pub duplicates: Vec<String>,
    /// How much people say that it overlaps: `full`, `partial`, `single` or `none`.
    #[serde(default)]
    pub overlap: Option<String>,
}

/// An item of a collection of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct LineItem {
    /// What the file calls it.
    pub id: String,
    /// The item.
    #[serde(default, deserialize_with = "text")]
    pub text: String,
    /// Which registered items people say ask for the same.
    #[serde(default)]
    pub matches: Vec<String>,
}

/// `null` is no text.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// `null` is no list.
fn list<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<LineItem>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Line {
    /// What is compared.
    #[must_use]
    pub fn planned(&self) -> Planned {
        Planned {
            title: self.title.clone(),
            purpose: self.purpose.clone(),
            area: self.area.clone(),
            items: self.items.iter().map(|item| item.text.clone()).collect(),
        }
    }
}

/// Reads one planned collection, as a line or as a body of the API.
///
/// # Errors
/// In Swedish: what is wrong, without where.
pub fn one(text: &str) -> Result<Line, String> {
    let line: Line = serde_json::from_str(text).map_err(|error| in_words(text, &error))?;
    if line.items.len() > MOST_ITEMS {
        return Err(format!("{} uppgifter är fler än de {MOST_ITEMS} som en insamling kan ha.", line.items.len()));
    }
    Ok(line)
}

/// What is wrong with a line.
fn in_words(text: &str, error: &serde_json::Error) -> String {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return format!("Det är inte giltig JSON (tecken {}). Skriv ett helt objekt på varje rad.", error.column());
    }
    let expected = "Skriv ett objekt med id, title, purpose, area och items, där varje uppgift har id och text.";
    format!("Fälten är inte som de ska (tecken {}). {expected}", error.column())
}

/// Reads a file, one collection a line; blank lines are left out.
///
/// # Errors
/// In Swedish: the first line that is wrong, by its number, and why.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "Filen är inte skriven i UTF-8. Spara om den som UTF-8.".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line): &(u64, &str)| !line.trim().is_empty()) {
        if line.len() > MOST_LINE {
            return Err(format!("Rad {number}: Raden är längre än 8\u{a0}MB."));
        }
        lines.push(one(line).map_err(|message| format!("Rad {number}: {message}"))?);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_whatever_else_it_says() {
        let lines = read(
            "\u{feff}{\"id\":\"Q1\",\"agency\":\"SCB\",\"title\":\"Elever\",\"area\":null,\"items\":[{\"id\":\"Q1.1\",\"text\":\"Antal\"}],\"annat\":[1]}\n\n{\"id\":\"Q2\",\"title\":null,\"items\":null}\n"
                .as_bytes(),
        )
        .expect("read");
        assert_eq!((lines.len(), lines[0].items[0].text.as_str()), (2, "Antal"));
        assert_eq!(lines[1], Line { id: "Q2".into(), ..Line::default() });
        assert_eq!(lines[0].planned(), Planned { title: "Elever".into(), items: vec!["Antal".into()], ..Planned::default() });
    }

    #[test]
    fn faults_are_told_by_line() {
        let wrong = |text: &str| read(text.as_bytes()).expect_err("a fault");
        assert!(wrong("{\"id\":\"Q1\"}\n{\"id\":").starts_with("Rad 2: Det är inte giltig JSON"));
        assert!(wrong("\n[1]").starts_with("Rad 2: Fälten är inte som de ska"));
        assert!(wrong("{\"title\":\"utan id\"}").starts_with("Rad 1: Fälten"));
        assert!(wrong("{\"id\":\"Q\",\"items\":[{\"text\":\"utan id\"}]}").contains("id och text"));
        let many = format!("{{\"id\":\"Q\",\"items\":[{}]}}", vec!["{\"id\":\"i\"}"; 2_001].join(","));
        assert!(wrong(&many).starts_with("Rad 1: 2001 uppgifter"));
        assert!(read(&[0xff, 0xfe]).is_err() && read(b"").expect("nothing").is_empty());
    }
}
