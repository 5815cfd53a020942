//! The only place that reads the time and makes identities, so that everything else takes them as arguments.

use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound, Utc};
use chrono_tz::{Europe::Stockholm, Tz};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// The present moment in whole microseconds, which is what PostgreSQL keeps.
#[must_use]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The moment by which work that may take so long has to be done, on the clock that only goes forward.
#[must_use]
pub fn deadline(within: Duration) -> Instant {
    Instant::now() + within
}

/// A new identity (UUIDv7: sorts by the time it was made).
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The calendar day in Sweden at `moment`.
///
/// Deadlines pass at midnight Swedish time, so the day is never read off UTC.
#[must_use]
pub fn swedish_day(moment: DateTime<Utc>) -> NaiveDate {
    swedish_time(moment).date_naive()
}

/// `moment` as a local Swedish date and time.
#[must_use]
pub fn swedish_time(moment: DateTime<Utc>) -> DateTime<Tz> {
    moment.with_timezone(&Stockholm)
}

/// The moment at which a day begins in Sweden; none at the ends of what calendars reach. The clocks never change at midnight.
#[must_use]
pub fn swedish_midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(Stockholm).earliest()?;
    Some(midnight.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> String {
        swedish_day(text.parse().expect("a moment")).to_string()
    }

    #[test]
    fn the_day_changes_at_swedish_midnight_in_winter_and_summer() {
        assert_eq!(day("2026-01-31T22:59:59Z"), "2026-01-31");
        assert_eq!(day("2026-01-31T23:00:00Z"), "2026-02-01");
        assert_eq!(day("2026-06-30T21:59:59Z"), "2026-06-30");
        assert_eq!(day("2026-06-30T22:00:00Z"), "2026-07-01");
    }

    #[test]
    fn a_day_begins_when_the_day_before_has_passed() {
        for text in ["2026-01-01", "2026-03-29", "2026-06-30", "2026-10-25"] {
            let begins = swedish_midnight(text.parse().expect("a day")).expect("a moment");
            assert_eq!((swedish_day(begins).to_string(), begins.to_rfc3339().ends_with(":00:00+00:00")), (text.to_owned(), true));
            assert_ne!(swedish_day(begins - chrono::TimeDelta::microseconds(1)).to_string(), text);
        }
    }

    #[test]
    fn the_clocks_change_on_the_last_sundays() {
        let hour = |text: &str| swedish_time(text.parse().expect("a moment")).format("%H").to_string();
        assert_eq!(hour("2026-03-29T00:59:59Z"), "01");
        assert_eq!(hour("2026-03-29T01:00:00Z"), "03");
        assert_eq!(hour("2026-10-25T00:59:59Z"), "02");
        assert_eq!(hour("2026-10-25T01:00:00Z"), "02");
    }
}
