//! What the register writes to people. Each message says why it came and from where, and is the same in plain text and in HTML.

use askama::Template;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::letter::Letter;
use crate::error::{Error, Result};
use crate::text;

/// The most characters of a title in a subject.
const MOST_OF_TITLE: usize = 80;

/// The register that a message comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its address, without a slash at the end.
    pub base_url: String,
    /// Whether it is a demonstration, which every message of it says.
    pub demonstration: bool,
}

/// A link to sign in with, for whoever asked for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The register.
    pub origin: Origin,
    /// The link, whole.
    pub address: String,
    /// How long it holds, in minutes.
    pub minutes: i64,
}

/// An invitation, with a link to sign in with for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The register.
    pub origin: Origin,
    /// The name of the organisation that the person is to act for.
    pub organisation: String,
    /// What the person is to be, in Swedish: `handläggare`, …
    pub role: String,
    /// The link, whole.
    pub address: String,
    /// How long it holds, in days.
    pub days: i64,
}

/// One collection that a message names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The address of its page, whole.
    pub address: String,
}

/// Collections that are to be confirmed: nobody has said for about a year that they still hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The register.
    pub origin: Origin,
    /// The name of the agency that is responsible for them.
    pub organisation: String,
    /// The collections, at least one.
    pub collections: Vec<Named>,
}

/// A proposal to join two collections that ask for the same data, to the agency whose collection was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coordinate {
    /// The register.
    pub origin: Origin,
    /// The name of the agency that proposes it.
    pub from: String,
    /// The collection that it plans.
    pub planned: Named,
    /// The collection that was met.
    pub met: Named,
    /// What the agency writes about it.
    pub words: Option<String>,
    /// The function mailbox of the planned collection.
    pub contact: Option<String>,
    /// Where the two agencies write to each other, whole.
    pub address: String,
}

/// Something that was done in a consultation, to those of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStep {
    /// The register.
    pub origin: Origin,
    /// The number of the case.
    pub number: String,
    /// What was done, as the subject has it: `har frågor`.
    pub subject: String,
    /// What was done, in a sentence.
    pub what: String,
    /// What was written with it.
    pub words: Option<String>,
    /// Whether whoever reads it is asked to write something in the case.
    pub asks: bool,
    /// What is told in short, each under its name.
    pub facts: Vec<(String, String)>,
    /// What is told at length, each under its heading.
    pub texts: Vec<(String, String)>,
    /// Documents: name and address, whole.
    pub documents: Vec<(String, String)>,
    /// The collection that the case is about.
    pub collection: Named,
    /// The address of the case, whole.
    pub address: String,
}

/// A consultation that somebody watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Its number.
    pub number: String,
    /// The name of the agency that asks.
    pub agency: String,
    /// The collection that it is about.
    pub collection: Named,
    /// When an answer is wanted.
    pub wanted_on: NaiveDate,
}

/// New consultations, to somebody who watches them: one at once, or those of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCases {
    /// The register.
    pub origin: Origin,
    /// The consultations, at least one.
    pub cases: Vec<NewCase>,
    /// Where the person sees and takes away what it watches, whole.
    pub address: String,
}

/// A warning to somebody whose account is about to be closed because nobody has used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountWarning {
    /// The register.
    pub origin: Origin,
    /// The name of the organisation that the person acts for.
    pub organisation: String,
    /// The day on which the account is closed.
    pub closes_on: NaiveDate,
}

/// Gives a message its kind, its two templates and the way from there to a letter.
macro_rules! letter {
    ($message:ident, $kind:literal, $text:tt, $html:tt) => {
        impl $message {
            /// The letter to `recipient`, written at `now`.
            ///
            /// # Errors
            /// A template failed, which is a fault of ours.
            pub fn letter(&self, recipient: &str, now: DateTime<Utc>) -> Result<Letter> {
                #[derive(Template)]
                #[template(path = $text)]
                struct Text<'a> {
                    message: &'a $message,
                }
                #[derive(Template)]
                #[template(path = $html)]
                struct Html<'a> {
                    message: &'a $message,
                    subject: &'a str,
                }
                let subject = self.subject();
                let text = Text { message: self }.render().map_err(|error| Error::Internal(error.into()))?;
                let html = Html { message: self, subject: &subject }.render().map_err(|error| Error::Internal(error.into()))?;
                let expires_at = self.lasts().map(|lasts| now + lasts);
                Ok(Letter { kind: $kind, recipient: recipient.to_owned(), subject, text, html, expires_at })
            }
        }
    };
}

letter!(SignIn, "sign_in", "mail/sign_in.txt", "mail/sign_in.html");
letter!(Invitation, "invitation", "mail/invitation.txt", "mail/invitation.html");
letter!(Confirm, "confirm", "mail/confirm.txt", "mail/confirm.html");
letter!(Coordinate, "coordinate", "mail/coordinate.txt", "mail/coordinate.html");
letter!(CaseStep, "consultation", "mail/consultation.txt", "mail/consultation.html");
letter!(NewCases, "watched", "mail/watched.txt", "mail/watched.html");
letter!(AccountWarning, "account_warning", "mail/account_warning.txt", "mail/account_warning.html");

impl SignIn {
    fn subject(&self) -> String {
        "Din länk till Insamlingsregistret".to_owned()
    }

    fn lasts(&self) -> Option<TimeDelta> {
        TimeDelta::try_minutes(self.minutes)
    }
}

impl Invitation {
    fn subject(&self) -> String {
        "Inbjudan till Insamlingsregistret".to_owned()
    }

    fn lasts(&self) -> Option<TimeDelta> {
        TimeDelta::try_days(self.days)
    }
}

impl Confirm {
    fn subject(&self) -> String {
        let count = i64::try_from(self.collections.len()).unwrap_or(i64::MAX);
        format!("Bekräfta {}", text::counted(count, "insamling", "insamlingar"))
    }

    fn lasts(&self) -> Option<TimeDelta> {
        None
    }
}

impl Coordinate {
    fn subject(&self) -> String {
        format!("Förslag om att samordna {} och {}", self.planned.number, self.met.number)
    }

    fn lasts(&self) -> Option<TimeDelta> {
        None
    }
}

impl CaseStep {
    fn subject(&self) -> String {
        format!("Samråd {}: {}", self.number, self.subject)
    }

    /// What is done by the link.
    fn link(&self) -> &'static str {
        if self.asks { "Läs och svara i registret" } else { "Läs ärendet i registret" }
    }

    fn lasts(&self) -> Option<TimeDelta> {
        None
    }
}

impl NewCase {
    /// The day on which an answer is wanted, in words.
    fn day(&self) -> String {
        text::written_date(self.wanted_on)
    }
}

impl NewCases {
    fn subject(&self) -> String {
        match self.cases.as_slice() {
            [one] => format!("Nytt samråd: {}", text::shorten(&one.collection.title, MOST_OF_TITLE)),
            many => format!("{} nya samråd", many.len()),
        }
    }

    fn lasts(&self) -> Option<TimeDelta> {
        None
    }
}

impl AccountWarning {
    fn subject(&self) -> String {
        format!("Ditt konto stängs den {}", self.day())
    }

    /// The day of closing in words.
    fn day(&self) -> String {
        text::written_date(self.closes_on)
    }

    fn lasts(&self) -> Option<TimeDelta> {
        None
    }
}

/// Letters to those who have no account. After the macro above, which they use.
pub mod outside;

#[cfg(test)]
mod tests;
