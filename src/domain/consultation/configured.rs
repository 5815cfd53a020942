//! What the administrator chooses for consultation: within which limits, and how it is read where nobody has chosen.

use chrono::{Datelike, NaiveDate};

use super::asking::WORKING_DAYS;
use super::attachment::{CEILING_BYTES, MOST_BYTES};
use super::statistics::EarlierYear;
use crate::text::{self, is_unfit};

/// The most working days below which a shorter time asks for a reason.
pub const MOST_WORKING_DAYS: i64 = 60;
/// The bytes of a megabyte.
const MEGABYTE: usize = 1024 * 1024;
/// The largest file that may be chosen, in megabytes.
pub const MOST_MEGABYTES: i64 = (CEILING_BYTES / MEGABYTE) as i64;
/// The largest file where nobody has chosen, in megabytes.
const MEGABYTES: i64 = (MOST_BYTES / MEGABYTE) as i64;
/// The most cases of a year.
const MOST_CASES: i64 = 10_000;
/// The most characters of a source.
const MOST_OF_SOURCE: usize = 500;
/// The first year that can be entered: that of the ordinance.
pub const FIRST_YEAR: i64 = 1982;

/// Working days below which the time for an answer asks for a reason, by what is kept of the choice.
#[must_use]
pub fn working_days(kept: Option<&str>) -> i64 {
    kept.and_then(|text| text.parse().ok()).filter(|days| (1..=MOST_WORKING_DAYS).contains(days)).unwrap_or(WORKING_DAYS)
}

/// The largest attached file in megabytes, by what is kept of the choice.
#[must_use]
pub fn megabytes(kept: Option<&str>) -> i64 {
    kept.and_then(|text| text.parse().ok()).filter(|most| (1..=MOST_MEGABYTES).contains(most)).unwrap_or(MEGABYTES)
}

/// A number of megabytes in bytes.
#[must_use]
pub fn in_bytes(megabytes: i64) -> usize {
    usize::try_from(megabytes).unwrap_or_default().saturating_mul(MEGABYTE)
}

/// Reads a whole number within limits, as it was typed.
///
/// # Errors
/// What is allowed, in Swedish.
pub fn within(typed: &str, (least, most): (i64, i64)) -> Result<i64, String> {
    let digits = typed.trim().replace(['\u{a0}', ' '], "");
    let number = if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None };
    number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        // a year has no blank in it
        let written = |number: i64| if number < 10_000 { number.to_string() } else { text::whole(number) };
        format!("Skriv ett helt tal från {} till {}.", written(least), written(most))
    })
}

terms! {
    /// A part of a year before the register, as the form has it.
    YearPart {
        Body = "body", "samrådspart";
        Year = "year", "år";
        Cases = "cases", "ärenden";
        Source = "source", "källa";
    }
}

/// Reads a year of which only the number of cases is known, as it was typed; `bodies`: codes of those it can be about.
///
/// # Errors
/// Everything that is wrong, in the order of the form.
pub fn year(
    (body, year, cases, source): (&str, &str, &str, &str),
    bodies: &[String],
    today: NaiveDate,
) -> Result<EarlierYear, Vec<(YearPart, String)>> {
    let mut faults = Vec::new();
    if !bodies.iter().any(|one| one == body) {
        faults.push((YearPart::Body, "Välj bland dem som står i listan.".to_owned()));
    }
    let mut read = |part, typed, limits| within(typed, limits).map_err(|fault| faults.push((part, fault))).ok();
    let year = read(YearPart::Year, year, (FIRST_YEAR, i64::from(today.year()) - 1));
    let cases = read(YearPart::Cases, cases, (0, MOST_CASES));
    let source = source.trim();
    if source.is_empty() {
        faults.push((YearPart::Source, "Skriv varifrån antalet kommer, så att det kan kontrolleras.".to_owned()));
    } else if source.contains(is_unfit) || source.chars().count() > MOST_OF_SOURCE {
        faults.push((YearPart::Source, format!("Skriv högst {MOST_OF_SOURCE} tecken på en rad, utan styrtecken.")));
    }
    match year.zip(cases).filter(|_| faults.is_empty()) {
        Some((year, cases)) => Ok(EarlierYear { body: body.to_owned(), year, cases, source: source.to_owned() }),
        None => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_chosen_or_cannot_be_chosen_is_the_default() {
        assert_eq!((working_days(None), working_days(Some("0")), working_days(Some("60")), working_days(Some("61"))), (10, 10, 60, 10));
        assert_eq!((megabytes(None), megabytes(Some("50")), megabytes(Some("0")), megabytes(Some("x"))), (20, 50, 20, 20));
        assert_eq!((in_bytes(1), in_bytes(50)), (1_048_576, CEILING_BYTES));
        assert_eq!((within(" 1 000 ", (0, 5_000)), within("5", (0, 5)), within("", (0, 5)).is_err()), (Ok(1_000), Ok(5), true));
        for odd in ["-1", "6", "1,5", "１", "99999999999999999999"] {
            assert_eq!(within(odd, (0, 5)), Err("Skriv ett helt tal från 0 till 5.".to_owned()), "{odd}");
        }
        assert_eq!(within("", (1980, 100_000)), Err("Skriv ett helt tal från 1980 till 100\u{a0}000.".to_owned()));
    }

    #[test]
    fn a_year_before_this_one_has_a_count_and_a_source() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let bodies = ["SKR".to_owned()];
        let read = |typed| year(typed, &bodies, today);
        let parts = |typed| read(typed).err().into_iter().flatten().map(|(part, _)| part).collect::<Vec<_>>();
        let known = EarlierYear { body: "SKR".to_owned(), year: 2025, cases: 0, source: "SKR".to_owned() };
        assert_eq!(read(("SKR", "2025", "0", " SKR ")), Ok(known));
        assert_eq!(parts(("SKR", "2026", "1", "SKR")), [YearPart::Year], "this year is counted from its cases");
        assert_eq!(parts(("", "i fjol", "-1", "")), [YearPart::Body, YearPart::Year, YearPart::Cases, YearPart::Source]);
        assert_eq!(parts(("SKR", "2019", "1", "rad\nrad")), [YearPart::Source]);
    }
}
