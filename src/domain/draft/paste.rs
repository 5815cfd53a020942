//! Cells that were copied out of a spreadsheet: tabs between columns, line breaks between rows, quotation marks around what holds either.

use super::DraftItem;
use crate::domain::field::Field;
use crate::text;

/// The rows of pasted text, each with its cells; rows without anything are left out.
#[must_use]
pub fn rows(pasted: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut letters = pasted.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        let Some(row) = rows.last_mut() else { break };
        let Some(cell) = row.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            // a mark inside a cell is a mark; one at its beginning quotes, if it is closed at all
            '"' if cell.is_empty() && closes(&letters) => quoted = true,
            '\t' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            '\r' => {}
            other => cell.push(other),
        }
    }
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

/// Whether a quotation that has just begun ends before a tab, a line break or the end of the text.
fn closes(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut rest = rest.clone();
    while let Some(letter) = rest.next() {
        if letter == '"' {
            match rest.peek() {
                Some('"') => drop(rest.next()),
                Some('\t' | '\n' | '\r') | None => return true,
                Some(_) => return false,
            }
        }
    }
    false
}

/// Items out of pasted text: name, definition, unit, source, personal data. A first row that holds the headings is left out; what stands
/// beyond the fifth column is put with the definition, so that nothing is lost.
#[must_use]
pub fn items(pasted: &str) -> Vec<DraftItem> {
    let rows = rows(pasted);
    let is_heading = |row: &Vec<String>| {
        let first = text::fold(row.first().map_or("", String::as_str));
        [text::fold(Field::ItemLabel.label()).as_str(), "uppgifter", "namn"].contains(&first.as_str())
            && row.get(1).is_none_or(|second| text::fold(second) == Field::ItemDefinition.label())
            && rows.len() > 1
    };
    let skip = usize::from(rows.first().is_some_and(is_heading));
    let item = |row: &Vec<String>| {
        let mut item = DraftItem::default();
        for ((_, cell), typed) in item.cells().into_iter().zip(row) {
            *cell = typed.trim().to_owned();
        }
        for extra in row.iter().skip(5).filter(|cell| !cell.trim().is_empty()) {
            item.definition = format!("{} {}", item.definition, extra.trim()).trim().to_owned();
        }
        item
    };
    rows.iter().skip(skip).map(item).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_are_parted() {
        let items = items("Uppgift\tDefinition\r\nAntal barn\t\"Inskrivna\n15 oktober\"\tantal\tfinns i system\tnej\r\n\r\nKostnad\r\n");
        assert_eq!(items.len(), 2);
        assert_eq!((items[0].label.as_str(), items[0].definition.as_str()), ("Antal barn", "Inskrivna\n15 oktober"));
        assert_eq!(
            (items[0].source.as_str(), items[0].personal_data.as_str(), items[1].label.as_str()),
            ("finns i system", "nej", "Kostnad")
        );
    }

    #[test]
    fn marks_that_quote_nothing_stay() {
        assert_eq!(
            rows("\"Ett\" hus\t5\" rör\n\"öppet"),
            [["\"Ett\" hus", "5\" rör"].map(str::to_owned).to_vec(), vec!["\"öppet".to_owned()]]
        );
        assert_eq!(rows("\"a \"\"b\"\"\"\tc"), [["a \"b\"".to_owned(), "c".to_owned()]]);
        assert_eq!(items("a\tb\tc\td\te\tf")[0].definition, "b f");
        assert!(items(" \n\t\n").is_empty());
        assert_eq!(items("Namn").len(), 1, "a single row is no heading");
    }
}
