//! Working days in Sweden: neither Saturday, Sunday nor a public holiday (lag (1989:253) om allmänna helgdagar), nor one of the three eves
//! that are as free as a holiday in public administration.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// How many working days there are after `from`, up to and including `to`; 0 where `to` is not later.
#[must_use]
pub fn between(from: NaiveDate, to: NaiveDate) -> i64 {
    let days = from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| is_working_day(*day)).count();
    i64::try_from(days).unwrap_or(i64::MAX)
}

/// The last of `count` working days after `from`.
#[must_use]
pub fn after(from: NaiveDate, count: usize) -> NaiveDate {
    let mut days = from.iter_days().skip(1).filter(|day| is_working_day(*day));
    match count.checked_sub(1) {
        Some(skipped) => days.nth(skipped).unwrap_or(from),
        None => from,
    }
}

/// Whether work is done in public administration on a day.
#[must_use]
pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_free(day)
}

/// Holidays and eves that may fall on a weekday.
fn is_free(day: NaiveDate) -> bool {
    // Sundays are free anyway: Easter and Pentecost themselves, and the two Saturdays of midsummer and All Saints
    matches!((day.month(), day.day()), (1, 1 | 6) | (5, 1) | (6, 6) | (12, 24 | 25 | 26 | 31))
        || (day.month() == 6 && day.weekday() == Weekday::Fri && (19..=25).contains(&day.day()))
        || easter(day.year()).is_some_and(|easter| {
            let from_easter = (day - easter).num_days();
            matches!(from_easter, -2 | 1 | 39)
        })
}

/// Easter Sunday in the Gregorian calendar (the anonymous computus, Nature 1876).
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let leap = (b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 19 * a + 15).rem_euclid(30);
    let weekday = (32 + 2 * (b % 4) + 2 * (c / 4) - leap - c % 4).rem_euclid(7);
    let late = (a + 11 * leap + 22 * weekday) / 451;
    let days = leap + weekday - 7 * late + 114;
    let first = NaiveDate::from_ymd_opt(year, u32::try_from(days / 31).ok()?, 1)?;
    first.checked_add_days(Days::new(u64::try_from(days % 31).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    #[test]
    fn easter_falls_where_almanacs_have_it() {
        for (year, month, date) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2049, 4, 18)] {
            assert_eq!(easter(year), Some(day(year, month, date)), "{year}");
        }
    }

    #[test]
    fn holidays_are_no_working_days() {
        let free = [(1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (6, 6), (6, 19), (12, 24), (12, 25), (12, 31)];
        for (month, date) in free {
            assert!(!is_working_day(day(2026, month, date)), "{date}/{month}");
        }
        for (month, date) in [(4, 2), (4, 7), (5, 15), (6, 18), (12, 23), (12, 30)] {
            assert!(is_working_day(day(2026, month, date)), "{date}/{month}");
        }
    }

    #[test]
    fn days_are_counted_after_the_first_and_with_the_last() {
        let friday = day(2026, 11, 20);
        assert_eq!(between(friday, day(2026, 12, 4)), 10);
        assert_eq!(after(friday, 10), day(2026, 12, 4));
        assert_eq!(between(friday, friday), 0);
        assert_eq!(between(friday, day(2026, 11, 1)), 0);
        assert_eq!(between(day(2026, 12, 22), day(2026, 12, 29)), 3, "the 23rd, the 28th and the 29th");
        assert_eq!(after(friday, 0), friday);
    }
}
