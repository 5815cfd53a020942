//! JSON lines: one object for each collection, with the headings as keys, and lists of objects for items and rounds.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::sheet::Cell;

/// The longest line, in bytes: what two thousand items with long definitions take, with room to spare.
const MOST_LINE: usize = 8 * 1024 * 1024;

/// A JSON value that keeps the order of its keys, and keys given twice.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// A single value; none for `null` and blank text.
    Cell(Option<Cell>),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Pairs),
}

/// The keys and values of one object.
pub type Pairs = Vec<(String, Json)>;

/// Objects with the numbers of their lines.
pub type Objects = Vec<(u64, Pairs)>;

/// The objects of a file with the numbers of their lines.
///
/// # Errors
/// Every line that is not an object, by its number.
pub fn read(text: &str) -> Result<Objects, Vec<(u64, String)>> {
    let (mut objects, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        if line.len() > MOST_LINE {
            faults.push((number, "Raden är längre än 8\u{a0}MB.".to_owned()));
            continue;
        }
        match serde_json::from_str(line) {
            Ok(Json::Object(pairs)) => objects.push((number, pairs)),
            Ok(_) => faults.push((number, "Raden är inget JSON-objekt. Skriv ett objekt per rad.".to_owned())),
            Err(error) => {
                faults.push((number, format!("Raden är inte giltig JSON (tecken {}). Skriv ett helt objekt på varje rad.", error.column())))
            }
        }
    }
    if faults.is_empty() { Ok(objects) } else { Err(faults) }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Cell(None))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Cell(Some(Cell::Bool(value))))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Cell(Some(Cell::Number(value as f64))))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        // numbers too long to be counted with are designations
        let exact = value < 1_000_000_000_000_000;
        Ok(Json::Cell(Some(if exact { Cell::Number(value as f64) } else { Cell::Text(value.to_string()) })))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Cell(Some(Cell::Number(value))))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Cell(Cell::text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Json::Object(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keys_and_line_numbers_are_kept() {
        let objects = read("\n{\"a\": \" x \", \"a\": 2, \"b\": [true, null]}\n").expect("an object");
        let text = |text: &str| Json::Cell(Cell::text(text));
        let list = Json::List(vec![Json::Cell(Some(Cell::Bool(true))), Json::Cell(None)]);
        let pairs = vec![("a".to_owned(), text("x")), ("a".to_owned(), Json::Cell(Some(Cell::Number(2.0)))), ("b".to_owned(), list)];
        assert_eq!(objects, [(2, pairs)]);
    }

    #[test]
    fn every_bad_line_is_named() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        let faults = read(&format!("{{\n[1]\n{{}}\n{deep}\n{{\"a\":1}} x")).expect_err("faults");
        assert_eq!(faults.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 4, 5]);
    }
}
