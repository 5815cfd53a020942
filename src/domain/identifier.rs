//! Numbers that identify organisations and collections, valid by construction.

use std::fmt;

/// An organisation number of a legal entity, written `202100-0837`; the last digit is a Luhn check digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrgNumber(String);

impl OrgNumber {
    /// Reads `202100-0837`, `2021000837` or either with the century prefix 16.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.trim().chars().filter(|c| *c != '-' && *c != ' ').collect();
        let digits = if digits.len() == 12 { digits.strip_prefix("16")? } else { &digits };
        let ten = digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit());
        // the third digit of a legal entity's number is at least 2, which tells it from a personal number
        let entity = digits.as_bytes().get(2).is_some_and(|third| *third >= b'2');
        (ten && entity && luhn(digits)).then(|| Self(format!("{}-{}", &digits[..6], &digits[6..])))
    }

    /// The number as it is written, `202100-0837`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrgNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The Luhn check: every other digit from the left doubled, the digit sum divisible by ten.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(at, byte)| {
            let value = u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A collection's public number, `2026-0042`: the year it was planned and a running number of at least four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CollectionNumber {
    year: i64,
    serial: i64,
}

impl CollectionNumber {
    /// A number from its parts; the serial counts from 1 within the year.
    #[must_use]
    pub fn new(year: i64, serial: i64) -> Option<Self> {
        ((1900..=9999).contains(&year) && (1..=9_999_999).contains(&serial)).then_some(Self { year, serial })
    }

    /// Reads exactly the written form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, serial) = text.split_once('-')?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !(4..=7).contains(&serial.len()) || !digits(year) || !digits(serial) {
            return None;
        }
        Self::new(year.parse().ok()?, serial.parse().ok()?).filter(|number| number.to_string() == text)
    }
}

impl fmt::Display for CollectionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:04}", self.year, self.serial)
    }
}

/// A consultation's number, `S2026-0007`: the year in which it was asked for and a running number of at least four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConsultationNumber(CollectionNumber);

impl ConsultationNumber {
    /// A number from its parts; the serial counts from 1 within the year.
    #[must_use]
    pub fn new(year: i64, serial: i64) -> Option<Self> {
        CollectionNumber::new(year, serial).map(Self)
    }

    /// Reads exactly the written form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix('S').and_then(CollectionNumber::parse).map(Self)
    }

    /// The year in which the case was asked for.
    #[must_use]
    pub fn year(self) -> i64 {
        self.0.year
    }
}

impl fmt::Display for ConsultationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisation_numbers_are_checked() {
        assert_eq!(OrgNumber::parse("2021000837").map(|n| n.to_string()).as_deref(), Some("202100-0837"));
        assert_eq!(OrgNumber::parse("16202100-0837").as_ref().map(OrgNumber::as_str), Some("202100-0837"));
        for wrong in ["202100-0838", "", "20210-0837", "19121212-1212", "202100-083x", "２02100-0837"] {
            assert_eq!(OrgNumber::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn collection_numbers_have_one_spelling() {
        let number = CollectionNumber::parse("2026-0042").expect("a number");
        assert_eq!(number.to_string(), "2026-0042");
        assert_eq!(CollectionNumber::new(2026, 12_345).map(|n| n.to_string()).as_deref(), Some("2026-12345"));
        for wrong in ["2026-42", "2026-00042", "26-0042", "2026-0000", "2026-0042 ", "٢٠٢٦-0042"] {
            assert_eq!(CollectionNumber::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn consultations_have_a_series_of_their_own() {
        let number = ConsultationNumber::new(2026, 7).expect("a number");
        assert_eq!(number.to_string(), "S2026-0007");
        assert_eq!(ConsultationNumber::parse("S2026-0007"), Some(number));
        for wrong in ["2026-0007", "s2026-0007", "S2026-7", "SS2026-0007"] {
            assert_eq!(ConsultationNumber::parse(wrong), None, "{wrong}");
        }
    }
}
