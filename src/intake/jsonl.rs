//! JSON lines: one object for each collection, with the headings as keys, and lists of objects for items and rounds.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::errors::Errors;
use super::records::{MOST_COLLECTIONS, too_many_collections};
use super::sheet::{Cell, MOST_CELLS};

/// The longest line, in bytes: what two thousand items with long definitions take, with room to spare.
const MOST_LINE: usize = 8 * 1024 * 1024;

/// What is said of a file with more values than any file may have; those that are empty count too, for they take room as well.
const TOO_MANY_VALUES: &str = "Filen har fler än 200\u{a0}000 värden. Dela upp den i flera filer.";

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

/// The objects of a file with the numbers of their lines. Values are counted as they are read, and reading stops at the limits.
///
/// # Errors
/// Every line that is not an object, by its number; or the limit that the file passes, alone.
pub fn read(text: &str) -> Result<Objects, Errors> {
    let (mut objects, mut faults, mut values) = (Vec::new(), Errors::default(), 0_usize);
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        if line.len() > MOST_LINE {
            faults.add(number.to_string(), "", "Raden är längre än 8\u{a0}MB.");
            continue;
        }
        let mut reader = serde_json::Deserializer::from_str(line);
        let json = Counted(&mut values).deserialize(&mut reader).and_then(|json| reader.end().map(|()| json));
        if values > MOST_CELLS {
            return Err(Errors::of_file(TOO_MANY_VALUES));
        }
        match json {
            Ok(Json::Object(_)) if objects.len() == MOST_COLLECTIONS => return Err(Errors::of_file(too_many_collections())),
            Ok(Json::Object(pairs)) => objects.push((number, pairs)),
            Ok(_) => faults.add(number.to_string(), "", "Raden är inget JSON-objekt. Skriv ett objekt per rad."),
            Err(error) => {
                let message = format!("Raden är inte giltig JSON (tecken {}). Skriv ett helt objekt på varje rad.", error.column());
                faults.add(number.to_string(), "", message);
            }
        }
    }
    if faults.is_empty() { Ok(objects) } else { Err(faults) }
}

/// Reads one value and counts it, with all that is in it.
struct Counted<'c>(&'c mut usize);

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        *self.0 += 1;
        if *self.0 > MOST_CELLS {
            return Err(D::Error::custom(TOO_MANY_VALUES));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
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
        while let Some(value) = list.next_element_seed(Counted(self.0))? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key()? {
            pairs.push((key, map.next_value_seed(Counted(self.0))?));
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
    fn reading_stops_at_the_limits() {
        let first = |text: &str| read(text).expect_err("refused").into_list().remove(0).message;
        let nulls = format!("{{\"a\":[{}null]}}\n", "null,".repeat(50_000));
        assert!(read(&nulls.repeat(3)).is_ok());
        // what stands past the limit is never looked at, so that the missing end is not what is told
        assert_eq!(first(&format!("{}{}", nulls.repeat(3), nulls.replace("null]}", ""))), TOO_MANY_VALUES);
        assert_eq!(first(&format!("{{{}", "\"a\":1,".repeat(MOST_CELLS + 1))), TOO_MANY_VALUES);
        assert!(read(&"{}\n".repeat(MOST_COLLECTIONS)).is_ok());
        assert_eq!(first(&"{}\n".repeat(MOST_COLLECTIONS + 1)), too_many_collections());
    }

    #[test]
    fn every_bad_line_is_named() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        let faults = read(&format!("{{\n[1]\n{{}}\n{deep}\n{{\"a\":1}} x")).expect_err("faults");
        assert_eq!(faults.into_list().iter().map(|fault| fault.row.clone()).collect::<Vec<_>>(), ["1", "2", "4", "5"]);
    }
}
