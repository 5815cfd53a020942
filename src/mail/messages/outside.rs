//! Letters to those who have no account: a sakkunnig whom a body asks about a draft, and reference municipalities.

use askama::Template;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Named, Origin};
use crate::domain::letter::Letter;
use crate::error::{Error, Result};
use crate::text;

/// A draft that is forwarded to a sakkunnig.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The register.
    pub origin: Origin,
    /// The name of the body that asks.
    pub body: String,
    /// The name of the agency whose draft it is.
    pub agency: String,
    /// The collection.
    pub collection: Named,
    /// What is asked.
    pub words: String,
    /// The link, whole.
    pub address: String,
    /// The last day on which it holds.
    pub last_day: NaiveDate,
    /// How long it holds from now on.
    pub lasts: TimeDelta,
}

/// A question to a reference municipality, or a reminder of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The register.
    pub origin: Origin,
    /// The name of the body that asks.
    pub body: String,
    /// The name of the agency whose draft it is.
    pub agency: String,
    /// The name of who is asked.
    pub asked: String,
    /// The collection.
    pub collection: Named,
    /// What the body wants to know beside the questions of the page.
    pub words: Option<String>,
    /// The link, whole.
    pub address: String,
    /// The last day to answer.
    pub last_day: NaiveDate,
    /// How long that is from now on.
    pub lasts: TimeDelta,
}

/// A reminder of a question to a reference municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceReminder {
    /// The register.
    pub origin: Origin,
    /// The question.
    pub of: Reference,
}

letter!(Forwarded, "forwarded", "mail/forwarded.txt", "mail/forwarded.html");
letter!(Reference, "reference", "mail/reference.txt", "mail/reference.html");
letter!(ReferenceReminder, "reference_reminder", "mail/reference_reminder.txt", "mail/reference_reminder.html");

impl Forwarded {
    fn subject(&self) -> String {
        format!("Ett utkast att bedöma: {}", self.collection.number)
    }

    /// The last day in words.
    fn day(&self) -> String {
        text::written_date(self.last_day)
    }

    fn lasts(&self) -> Option<TimeDelta> {
        Some(self.lasts)
    }
}

impl Reference {
    fn subject(&self) -> String {
        format!("Fråga till {} om ett utkast: {}", self.asked, self.collection.number)
    }

    /// The last day in words.
    fn day(&self) -> String {
        text::written_date(self.last_day)
    }

    fn lasts(&self) -> Option<TimeDelta> {
        Some(self.lasts)
    }
}

impl ReferenceReminder {
    fn subject(&self) -> String {
        format!("Påminnelse: svara senast den {} om {}", self.of.day(), self.of.collection.number)
    }

    fn lasts(&self) -> Option<TimeDelta> {
        self.of.lasts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Origin { base_url: "https://register.example".to_owned(), demonstration: false }
    }

    fn collection() -> Named {
        Named { number: "2026-0001".to_owned(), title: "Elever <i>".to_owned(), address: String::new() }
    }

    fn now() -> DateTime<Utc> {
        "2026-11-22T08:00:00Z".parse().expect("a moment")
    }

    #[test]
    fn a_forwarded_draft() {
        let message = Forwarded {
            origin: origin(),
            body: "Sveriges Kommuner och Regioner".to_owned(),
            agency: "Skolverket".to_owned(),
            collection: collection(),
            words: "Går fråga 3 att svara på?".to_owned(),
            address: "https://register.example/delat/hemlig".to_owned(),
            last_day: NaiveDate::from_ymd_opt(2026, 12, 6).expect("a day"),
            lasts: TimeDelta::days(14),
        };
        let letter = message.letter("sakkunnig@skr.example", now()).expect("the templates render");
        assert_eq!((letter.kind, letter.subject.as_str()), ("forwarded", "Ett utkast att bedöma: 2026-0001"));
        assert_eq!(letter.expires_at, Some("2026-12-06T08:00:00Z".parse().expect("a moment")));
        let text = "Sveriges Kommuner och Regioner ber dig som sakkunnig att läsa ett utkast.

Insamlingen: 2026-0001 Elever <i>
Myndigheten: Skolverket

Frågan till dig:
Går fråga 3 att svara på?

Läs utkastet och svara på sidan:
https://register.example/delat/hemlig

Du behöver inget konto. Länken gäller till och med den 6\u{a0}december 2026. \
Lämna den inte till någon annan: den som har länken kan läsa utkastet.

-- 
Du får meddelandet därför att någon på Sveriges Kommuner och Regioner angav din e-postadress. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.";
        assert_eq!(letter.text.trim_end(), text);
        let html =
            ["Elever &#60;i&#62;", "<blockquote>Går fråga 3 att svara på?</blockquote>", "href=\"https://register.example/delat/hemlig\""];
        assert!(html.iter().all(|part| letter.html.contains(part)), "{}", letter.html);
    }

    #[test]
    fn a_question_to_a_reference_municipality_and_its_reminder() {
        let message = Reference {
            origin: origin(),
            body: "Sveriges Kommuner och Regioner".to_owned(),
            agency: "Skolverket".to_owned(),
            asked: "Luleå kommun".to_owned(),
            collection: collection(),
            words: None,
            address: "https://register.example/referens/hemlig".to_owned(),
            last_day: NaiveDate::from_ymd_opt(2026, 12, 6).expect("a day"),
            lasts: TimeDelta::days(14),
        };
        let asked = message.letter("skola@lulea.example", now()).expect("the templates render");
        assert_eq!((asked.kind, asked.subject.as_str()), ("reference", "Fråga till Luleå kommun om ett utkast: 2026-0001"));
        let text = "Sveriges Kommuner och Regioner ber Luleå kommun att titta på ett utkast till insamling.

Insamlingen: 2026-0001 Elever <i>
Myndigheten: Skolverket

Öppna länken och svara på sidan: ungefär hur många timmar det skulle ta, vilka uppgifter ni kan lämna och var ni hittar dem.
https://register.example/referens/hemlig

Svara senast den 6\u{a0}december 2026. Till dess kan ni ändra svaret. \
Det är frivilligt att svara och uppskattningar räcker. Ni behöver inget konto. Ge bara länken till dem hos er som ska läsa utkastet.

-- 
Meddelandet går till den adress som Sveriges Kommuner och Regioner har angett för Luleå kommun. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.";
        assert_eq!(asked.text.trim_end(), text);
        let with = Reference { words: Some("Hur är det med <friskolor>?".to_owned()), ..message };
        let told = with.letter("skola@lulea.example", now()).expect("the templates render");
        assert!(told.text.contains("\n\nHur är det med <friskolor>?\n\n") && told.html.contains("&#60;friskolor&#62;"), "{}", told.text);
        let reminder = ReferenceReminder { origin: origin(), of: with }.letter("skola@lulea.example", now()).expect("the templates render");
        assert_eq!(reminder.subject, "Påminnelse: svara senast den 6\u{a0}december 2026 om 2026-0001");
        assert!(reminder.text.contains("har inte fått något svar från Luleå kommun") && reminder.text.contains("/referens/hemlig"));
        assert!(reminder.html.contains("Ni får inga fler påminnelser."), "{}", reminder.html);
    }
}
