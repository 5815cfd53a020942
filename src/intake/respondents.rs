//! Who is asked: kinds, selection and codes of one row, put together into one group for each kind.

use super::cells::Cells;
use super::directory::Directory;
use crate::domain::field::Field;
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::terms::RespondentKind;
use crate::text;

/// A selection as it is typed, before the codes are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    All,
    Listed,
    Sample(i64),
}

/// The groups of a row. What is wrong is told, and the rest is used.
pub fn read(cells: &mut Cells<'_>, directory: &Directory) -> Vec<RespondentGroup> {
    let mut kinds: Vec<RespondentKind> = cells.choices(Field::Respondents);
    let codes = codes(cells, directory);
    if !cells.has(Field::Respondents) {
        // codes alone say who is asked
        for (kind, _) in &codes {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
    }
    if let Some((kind, code)) = codes.iter().find(|(kind, _)| !kinds.contains(kind)) {
        let message = format!("Koden {code} hör till {}, som inte står bland uppgiftslämnarna.", kind.label());
        cells.fail(Field::RespondentCodes, message);
    }
    let Some(typed) = selections(cells, &kinds, !codes.is_empty()) else { return Vec::new() };
    let mut groups = Vec::with_capacity(kinds.len());
    for (kind, typed) in kinds.into_iter().zip(typed) {
        let own: Vec<String> = codes.iter().filter(|(of, _)| *of == kind).map(|(_, code)| code.clone()).collect();
        let selection = match typed {
            Typed::Listed => Selection::Listed(own),
            Typed::All if own.is_empty() => Selection::All,
            Typed::All => {
                cells.fail(
                    Field::RespondentCodes,
                    format!("Urvalet är alla {}, men koder är angivna. Skriv ”lista” eller ta bort koderna.", kind.label()),
                );
                Selection::All
            }
            Typed::Sample(size) => {
                if let Some(count) = directory.count(kind).filter(|count| *count < size) {
                    cells.fail(Field::Selection, format!("Urvalet {size} är större än antalet {}, som är {count}.", kind.label()));
                }
                Selection::Sample(size)
            }
        };
        groups.push(RespondentGroup { kind, selection });
    }
    groups
}

/// The codes of a row in order, each once.
fn codes(cells: &mut Cells<'_>, directory: &Directory) -> Vec<(RespondentKind, String)> {
    let mut codes = Vec::new();
    for typed in cells.texts(Field::RespondentCodes) {
        for typed in typed.split([',', ' ', '\t', '\u{a0}']).filter(|typed| !typed.is_empty()) {
            if cells.is_hopeless(Field::RespondentCodes) {
                return Vec::new();
            }
            match directory.place(typed) {
                Some(code) => codes.push(code),
                None => cells.fail(
                    Field::RespondentCodes,
                    format!(
                        "Koden ”{}” finns inte. Skriv kommunkoder med fyra siffror (0180) och regionkoder som R-14.",
                        text::shorten(typed, 40)
                    ),
                ),
            }
        }
    }
    codes.sort_by(|a, b| a.1.cmp(&b.1));
    codes.dedup();
    codes
}

/// One selection for each kind: the same for all of them, or as many as there are kinds. Nothing if the cell is wrong.
fn selections(cells: &mut Cells<'_>, kinds: &[RespondentKind], has_codes: bool) -> Option<Vec<Typed>> {
    if !cells.has(Field::Selection) {
        let typed = |kind: &RespondentKind| if has_codes && kind.has_codes() { Typed::Listed } else { Typed::All };
        return Some(kinds.iter().map(typed).collect());
    }
    let texts = cells.texts(Field::Selection);
    let mut typed = Vec::new();
    for text in &texts {
        typed.push(cells.take(Field::Selection, selection(text))?);
    }
    match typed.as_slice() {
        _ if kinds.is_empty() => {
            if !cells.has(Field::Respondents) {
                cells.fail(Field::Respondents, "Ett urval är angivet, men inte vilka uppgiftslämnare det gäller.");
            }
            None
        }
        [Typed::Sample(_)] if kinds.len() > 1 => {
            let message =
                "Ange urvalet för varje slag av uppgiftslämnare, i samma ordning och åtskilda med semikolon, till exempel ”80; alla”.";
            cells.fail(Field::Selection, message);
            None
        }
        // those that have no codes cannot be listed
        [Typed::Listed] if kinds.iter().any(|kind| kind.has_codes()) => {
            Some(kinds.iter().map(|kind| if kind.has_codes() { Typed::Listed } else { Typed::All }).collect())
        }
        [one] => Some(vec![*one; kinds.len()]),
        many if many.len() == kinds.len() => Some(typed),
        many => {
            let message = format!(
                "{} urval är angivna för {} slag av uppgiftslämnare. Ange ett för alla, eller ett för varje.",
                many.len(),
                kinds.len()
            );
            cells.fail(Field::Selection, message);
            None
        }
    }
}

/// `alla`, `lista`, `80`, `urval 80` or `urval av 80 kommuner`.
fn selection(typed: &str) -> Result<Typed, String> {
    let folded = text::fold(typed);
    match folded.as_str() {
        "alla" | "samtliga" | "all" | "totalundersökning" => return Ok(Typed::All),
        "lista" | "listade" | "listed" | "enligt lista" => return Ok(Typed::Listed),
        _ => {}
    }
    let rest = ["ett ", "urval", ":", " ", "av ", "om "].iter().fold(folded.as_str(), |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ' ').filter(|c| *c != ' ').collect();
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let plain = after.chars().all(|c| c.is_alphabetic() || c == ' ');
    digits
        .parse()
        .ok()
        .filter(|size| plain && *size <= 10_000_000)
        .map(Typed::Sample)
        .ok_or_else(|| format!("”{}” är inget urval. Tillåtet: alla, lista eller ett antal (till exempel 80).", text::shorten(typed, 40)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::directory::tests::directory;
    use crate::intake::errors::Errors;
    use crate::intake::records::{Record, Value};
    use crate::intake::sheet::Cell;

    fn groups(kinds: &str, selection: &str, codes: &str) -> Result<String, String> {
        let value = |field, text| Cell::text(text).map(|cell| Value { field, column: "x".into(), cell });
        let values = [value(Field::Respondents, kinds), value(Field::Selection, selection), value(Field::RespondentCodes, codes)];
        let record = Record { row: "2".into(), values: values.into_iter().flatten().collect(), ..Record::default() };
        let mut errors = Errors::default();
        let groups = read(&mut Cells::new(&record, &mut errors), &directory());
        match errors.into_list().first() {
            Some(error) => Err(error.message.clone()),
            None => Ok(groups.iter().map(RespondentGroup::in_words).collect::<Vec<_>>().join(" + ").replace('\u{a0}', " ")),
        }
    }

    #[test]
    fn groups_are_put_together() {
        for (kinds, selection, codes, expected) in [
            ("kommuner", "", "", "alla kommuner"),
            ("kommuner; regioner", "alla", "", "alla kommuner + alla regioner"),
            ("", "", "180; R-14", "en kommun enligt lista + en region enligt lista"),
            ("kommuner", "lista", "0180, 1480", "2 kommuner enligt lista"),
            ("kommuner; företag", "lista", "0180 1480", "2 kommuner enligt lista + alla företag"),
            ("kommuner; regioner", "lista; alla", "0180;1480", "2 kommuner enligt lista + alla regioner"),
            ("företag; regioner", "urval av 2 000 företag; alla", "", "ett urval av 2000 företag + alla regioner"),
            ("", "", "", ""),
        ] {
            assert_eq!(groups(kinds, selection, codes).as_deref(), Ok(expected), "{kinds}|{selection}|{codes}");
        }
    }

    #[test]
    fn contradictions_are_told() {
        for (kinds, selection, codes, part) in [
            ("kommuner", "alla", "0180", "Skriv ”lista”"),
            ("regioner", "lista", "0180", "inte står bland"),
            ("kommuner", "lista", "9999", "finns inte"),
            ("kommuner", "många", "", "är inget urval"),
            ("kommuner; regioner", "80", "", "för varje slag"),
            ("kommuner", "80", "", "större än antalet"),
            ("kommuner", "alla; lista", "", "2 urval"),
            ("", "alla", "", "inte vilka uppgiftslämnare"),
            ("kommuner", "99999999999999999999", "", "är inget urval"),
        ] {
            assert!(groups(kinds, selection, codes).is_err_and(|message| message.contains(part)), "{kinds}|{selection}|{codes}");
        }
    }
}
