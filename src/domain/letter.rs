//! Mail before it is sent.

use chrono::{DateTime, Utc};

/// A rendered mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is about, as a code for the log, the measures and the administrator: `sign_in`, `invitation`, `confirm`, …
    pub kind: &'static str,
    /// The e-mail address it goes to.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// The part for those who read plain text.
    pub text: String,
    /// The part for those who read HTML; says the same.
    pub html: String,
    /// When what it brings is of no use any more, as a link to sign in with. It is not sent after that.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What a kind of letter is called; the code itself where it is unknown.
#[must_use]
pub fn kind_in_words(kind: &str) -> &str {
    match kind {
        "sign_in" => "Länk för inloggning",
        "invitation" => "Inbjudan",
        "confirm" => "Påminnelse om bekräftelse",
        "coordinate" => "Förslag om samordning",
        "consultation" => "Steg i ett samråd",
        "watched" => "Nya samråd som någon bevakar",
        "account_warning" => "Varning om att kontot stängs",
        "forwarded" => "Utkast till en sakkunnig",
        "reference" => "Fråga till en referenskommun",
        "reference_reminder" => "Påminnelse till en referenskommun",
        other => other,
    }
}
