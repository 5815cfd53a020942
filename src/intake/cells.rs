//! Cells as typed values: text, lists, words of closed lists, days and periods.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::choices::{Choice, choose};
use super::errors::Errors;
use super::line::one_line;
use super::records::Record;
use super::sheet::Cell;
use crate::domain::column::column_of;
use crate::domain::field::Field;
use crate::domain::round::When;
use crate::text;

/// After this many faults in one cell the rest of it is not looked at.
const MOST_FAULTS: usize = 20;

/// The most characters of a cell that is parted into a list: as many as a spreadsheet's cell can hold.
const MOST_IN_LIST: usize = 32_767;

/// Reads the cells of one record; what is wrong is told once for each cell.
pub struct Cells<'a> {
    record: &'a Record,
    errors: &'a mut Errors,
    failed: BTreeMap<Field, usize>,
}

impl<'a> Cells<'a> {
    /// A reader of this record.
    pub fn new(record: &'a Record, errors: &'a mut Errors) -> Self {
        Self { record, errors, failed: BTreeMap::new() }
    }

    /// The fields whose cells were told to be wrong.
    pub fn failed(self) -> impl Iterator<Item = Field> {
        self.failed.into_keys()
    }

    /// Whether so much is wrong with a cell that the rest of it need not be looked at.
    pub fn is_hopeless(&self, field: Field) -> bool {
        self.failed.get(&field).is_some_and(|faults| *faults >= MOST_FAULTS)
    }

    /// Whether the file has many errors already.
    pub fn is_crowded(&self) -> bool {
        self.errors.is_crowded()
    }

    /// Tells what is wrong with a field's cell.
    pub fn fail(&mut self, field: Field, message: impl AsRef<str>) {
        *self.failed.entry(field).or_default() += 1;
        self.errors.add(self.record.row.clone(), self.record.column(field), message);
    }

    /// Whether the cell is filled.
    pub fn has(&self, field: Field) -> bool {
        self.record.value(field).is_some()
    }

    /// The value or, if it is wrong, nothing and the reason told.
    pub fn take<T>(&mut self, field: Field, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.fail(field, message)).ok()
    }

    /// The cell as text; on one line unless the field holds running text.
    pub fn text(&mut self, field: Field) -> Option<String> {
        self.typed(field).map(|text| if field.has_lines() { text } else { one_line(&text) })
    }

    /// The cell as it was typed.
    fn typed(&mut self, field: Field) -> Option<String> {
        match &self.record.value(field)?.cell {
            Cell::Fault(fault) => {
                self.fail(field, format!("Cellen innehåller {fault}. Skriv in värdet i stället."));
                None
            }
            Cell::List(_) => {
                self.fail(field, "Värdet ska vara en text, inte en lista.");
                None
            }
            cell => Some(cell.shown()),
        }
    }

    /// The texts of a cell, parted by semicolons and line breaks; a list stands as it is. None of a cell that is too long.
    pub fn texts(&mut self, field: Field) -> Vec<String> {
        let Some(value) = self.record.value(field) else { return Vec::new() };
        let length = match &value.cell {
            Cell::Text(text) => text.chars().count(),
            Cell::List(texts) => texts.iter().map(|text| text.chars().count() + 1).sum(),
            _ => 0,
        };
        if length > MOST_IN_LIST {
            let most = text::whole(MOST_IN_LIST as i64);
            // several readers look at the same cell
            if !self.failed.contains_key(&field) {
                self.fail(field, format!("Cellen är {} tecken lång. Högst {most} får plats.", text::whole(length as i64)));
            }
            return Vec::new();
        }
        if let Cell::List(texts) = &value.cell {
            return texts.iter().map(|text| one_line(text)).collect();
        }
        let text = self.typed(field).unwrap_or_default();
        text.split([';', '\n']).map(one_line).filter(|part| !part.is_empty()).collect()
    }

    /// A word of a closed list, among those allowed.
    pub fn choice_of<T: Choice>(&mut self, field: Field, allowed: &[T]) -> Option<T> {
        let text = self.text(field)?;
        self.take(field, choose(&text, allowed))
    }

    /// A word of a closed list.
    pub fn choice<T: Choice>(&mut self, field: Field) -> Option<T> {
        self.choice_of(field, T::EVERY)
    }

    /// Several words of a closed list, each once.
    pub fn choices<T: Choice>(&mut self, field: Field) -> Vec<T> {
        let mut chosen = Vec::new();
        for text in self.texts(field) {
            if self.is_hopeless(field) {
                break;
            }
            if let Some(term) = self.take(field, choose(&text, T::EVERY))
                && !chosen.contains(&term)
            {
                chosen.push(term);
            }
        }
        chosen
    }

    /// A day, a week or an uncertain period.
    pub fn when(&mut self, field: Field) -> Option<When> {
        let text = self.text(field)?;
        self.take(field, When::parse(&dashed(&text)))
    }

    /// A calendar day.
    pub fn day(&mut self, field: Field) -> Option<NaiveDate> {
        match self.when(field)? {
            When::Day(day) => Some(day),
            other => {
                let form = column_of(field).map(|column| column.form.in_words()).unwrap_or_default();
                self.fail(field, format!("”{}” är ingen bestämd dag. Skriv {form}.", text::shorten(&other.to_string(), 40)));
                None
            }
        }
    }
}

/// `20270315` as `2027-03-15`; anything else as it is.
fn dashed(text: &str) -> String {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::terms::{Answer, DataPath};
    use crate::intake::records::Value;

    fn with<T>(cell: Cell, read: impl FnOnce(&mut Cells<'_>) -> T) -> (T, Vec<String>) {
        let value = Value { field: Field::Remark, column: "Anm.".into(), cell };
        let record = Record { row: "4".into(), values: vec![value], ..Record::default() };
        let mut errors = Errors::default();
        let result = read(&mut Cells::new(&record, &mut errors));
        (result, errors.into_list().into_iter().map(|error| format!("{}|{}|{}", error.row, error.column, error.message)).collect())
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn days_are_read_from_dates_texts_and_digits() {
        let date = NaiveDate::from_ymd_opt(2027, 3, 15);
        for cell in [Cell::Date(date.expect("a day")), text("2027-03-15"), text("15 mars 2027"), Cell::Number(20_270_315.0)] {
            assert_eq!(with(cell, |cells| cells.day(Field::Remark)), (date, Vec::new()));
        }
        let (day, errors) = with(text("våren 2027"), |cells| cells.day(Field::Remark));
        assert_eq!(day, None);
        assert!(errors[0].starts_with("4|Anm.|”våren 2027” är ingen bestämd dag."), "{errors:?}");
        let (when, errors) = with(text("2027-v53"), |cells| cells.when(Field::Remark));
        assert_eq!((when, errors), (None, vec!["4|Anm.|Vecka 53 finns inte år 2027, som har 52 veckor.".to_owned()]));
    }

    #[test]
    fn lists_are_parted_and_every_wrong_word_is_told() {
        let (paths, errors) = with(text("öppna data; fax;\nfil"), |cells| cells.choices::<DataPath>(Field::Remark));
        assert_eq!(paths, [DataPath::OpenDataFile]);
        assert_eq!(errors.len(), 2);
        let list = Cell::List(vec!["a; b".to_owned()]);
        assert_eq!(with(list, |cells| cells.texts(Field::Remark)).0, ["a; b"]);
    }

    #[test]
    fn long_cells_are_refused_before_they_are_parted() {
        let message = "4|Anm.|Cellen är 8\u{a0}000\u{a0}000 tecken lång. Högst 32\u{a0}767 får plats.";
        let (texts, errors) =
            with(text(&"a;".repeat(4_000_000)), |cells| [cells.texts(Field::Remark), cells.texts(Field::Remark)].concat());
        assert_eq!((texts.len(), errors), (0, vec![message.to_owned()]));
        let list = Cell::List(vec!["a".to_owned(); 20_000]);
        assert_eq!(with(list, |cells| cells.texts(Field::Remark)).0.len(), 0);
        assert_eq!(with(text(&"a;".repeat(16_000)), |cells| cells.texts(Field::Remark)).0.len(), 16_000);
    }

    #[test]
    fn only_running_text_keeps_its_lines() {
        let lines = "a\n\tb  c";
        let read = |field| {
            let value = Value { field, column: "x".into(), cell: text(lines) };
            let record = Record { row: "4".into(), values: vec![value], ..Record::default() };
            Cells::new(&record, &mut Errors::default()).text(field)
        };
        assert_eq!((read(Field::Purpose).as_deref(), read(Field::Title).as_deref()), (Some(lines), Some("a b c")));
        assert_eq!(with(text("a \t b;\nc"), |cells| cells.texts(Field::Remark)).0, ["a b", "c"]);
    }

    #[test]
    fn truth_values_answer_and_errors_are_told() {
        assert_eq!(with(Cell::Bool(true), |cells| cells.choice(Field::Remark)), (Some(Answer::Yes), Vec::new()));
        let (value, errors) = with(Cell::Fault("felvärdet #N/A".into()), |cells| cells.text(Field::Remark));
        assert_eq!((value, errors), (None, vec!["4|Anm.|Cellen innehåller felvärdet #N/A. Skriv in värdet i stället.".to_owned()]));
    }
}
