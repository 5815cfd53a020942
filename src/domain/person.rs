//! People who may sign in: what is known of them, and for how long.

use chrono::{DateTime, Months, TimeDelta, Utc};
use uuid::Uuid;

use super::access::Role;

/// Months without a sign-in after which a person is warned.
const WARNED_AFTER: Months = Months::new(12);
/// Months without a sign-in after which an account is closed.
const CLOSED_AFTER: Months = Months::new(13);
/// How long a warning stands before the account is closed, also where the register itself was away.
const NOTICE: TimeDelta = TimeDelta::days(14);

/// A person with an account, closed ones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identity.
    pub id: Uuid,
    /// The address, in lower case; none once the person has been taken out.
    pub email: Option<String>,
    /// The name, if it is known.
    pub name: Option<String>,
    /// The organisation, by code.
    pub organisation: String,
    /// The role.
    pub role: Role,
    /// Whether the person looks after the organisation's people.
    pub manager: bool,
    /// When the person was last invited.
    pub created_at: DateTime<Utc>,
    /// The latest sign-in.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When the person was warned that the account is about to be closed.
    pub warned_at: Option<DateTime<Utc>>,
    /// When the account was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When name and address were taken out.
    pub erased_at: Option<DateTime<Utc>>,
}

/// What is due for an account that nobody uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// A warning.
    Warning,
    /// Closing.
    Closing,
}

impl Person {
    /// Whether the person can sign in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none() && self.email.is_some()
    }

    /// From when on the account has not been used: the latest sign-in or, where that came later, the invitation.
    fn unused_from(&self) -> DateTime<Utc> {
        self.last_seen_at.map_or(self.created_at, |seen| seen.max(self.created_at))
    }

    /// What is due for the account at `now`: warned after twelve months without a sign-in, closed after thirteen.
    #[must_use]
    pub fn due(&self, now: DateTime<Utc>) -> Due {
        let last = self.unused_from();
        let (warned_from, closed_from) = (last + WARNED_AFTER, last + CLOSED_AFTER);
        match self.warned_at.filter(|at| *at >= warned_from) {
            _ if !self.is_open() || now < warned_from => Due::Nothing,
            None => Due::Warning,
            Some(warned) if now >= closed_from && now >= warned + NOTICE => Due::Closing,
            Some(_) => Due::Nothing,
        }
    }

    /// When an account that is warned at `now` is closed, if nobody signs in.
    #[must_use]
    pub fn closes_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        (self.unused_from() + CLOSED_AFTER).max(now + NOTICE)
    }

    /// From when on nobody who signed in later is due: where to look for accounts that [`Person::due`] says something of.
    #[must_use]
    pub fn unused_since(now: DateTime<Utc>) -> DateTime<Utc> {
        now - WARNED_AFTER
    }
}

/// The address as it is kept, in lower case.
///
/// # Errors
/// It is no e-mail address; the text is Swedish and says what is allowed.
pub fn email(text: &str) -> Result<String, String> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Err("Skriv en e-postadress.".to_owned());
    }
    let local_ok = |local: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
        (1..=64).contains(&local.len()) && local.bytes().all(allowed) && !local.split('.').any(str::is_empty)
    };
    let domain_ok = |domain: &str| {
        let label = |label: &str| {
            let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
        };
        domain.contains('.') && domain.split('.').all(label)
    };
    match text.rsplit_once('@') {
        Some((local, domain)) if text.len() <= 254 && local_ok(local) && domain_ok(domain) => Ok(text),
        _ => Err("Skriv adressen som namn@organisation.se, utan å, ä och ö.".to_owned()),
    }
}

/// A name as it is kept; none where it is empty.
///
/// # Errors
/// It is too long or no plain text; the text is Swedish and says what is allowed.
pub fn name(text: &str) -> Result<Option<String>, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > 100 || text.chars().any(char::is_control) {
        return Err("Skriv ett namn på högst 100 tecken.".to_owned());
    }
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().expect("a moment")
    }

    fn person(last_seen: &str) -> Person {
        Person {
            id: Uuid::nil(),
            email: Some("statistik@scb.example".into()),
            name: None,
            organisation: "202100-0837".into(),
            role: Role::Agency,
            manager: false,
            created_at: at("2020-01-01"),
            last_seen_at: Some(at(last_seen)),
            warned_at: None,
            closed_at: None,
            erased_at: None,
        }
    }

    #[test]
    fn an_unused_account_is_warned_of_and_then_closed() {
        let unused = person("2025-01-15");
        assert_eq!(unused.due(at("2026-01-14")), Due::Nothing);
        assert_eq!(unused.due(at("2026-01-15")), Due::Warning);
        let warned = Person { warned_at: Some(at("2026-01-15")), ..unused.clone() };
        assert_eq!(warned.due(at("2026-02-14")), Due::Nothing);
        assert_eq!(warned.due(at("2026-02-15")), Due::Closing);
        let late = Person { warned_at: Some(at("2026-06-01")), ..unused.clone() };
        assert_eq!((unused.due(at("2026-06-01")), late.due(at("2026-06-14"))), (Due::Warning, Due::Nothing), "nobody is closed unwarned");
        assert_eq!(late.due(at("2026-06-15")), Due::Closing);
        assert_eq!(Person { closed_at: Some(at("2026-02-15")), ..warned }.due(at("2027-01-01")), Due::Nothing);
    }

    #[test]
    fn a_warning_from_before_the_latest_sign_in_counts_for_nothing() {
        let back = Person { warned_at: Some(at("2025-01-10")), ..person("2025-01-15") };
        assert_eq!(back.due(at("2026-03-01")), Due::Warning);
        let never = Person { last_seen_at: None, ..person("2025-01-15") };
        assert_eq!(never.due(at("2021-01-01")), Due::Warning, "an invitation that was never used");
        let again = Person { created_at: at("2026-04-01"), ..person("2025-01-15") };
        assert_eq!((again.due(at("2026-04-02")), again.due(at("2027-04-01"))), (Due::Nothing, Due::Warning), "invited back");
    }

    #[test]
    fn a_warning_tells_the_day_of_closing() {
        let unused = person("2025-01-15");
        assert_eq!(unused.closes_at(at("2026-01-15")), at("2026-02-15"));
        assert_eq!(unused.closes_at(at("2026-06-01")), at("2026-06-15"));
        assert_eq!((name("  A  B "), name(" ")), (Ok(Some("A B".to_owned())), Ok(None)));
        assert!(name("a\u{7}b").is_err() && name(&"a".repeat(101)).is_err());
    }

    #[test]
    fn addresses_are_kept_in_lower_case_and_wrong_ones_refused() {
        assert_eq!(email(" Statistik+a@SCB.example "), Ok("statistik+a@scb.example".to_owned()));
        let long = format!("{}@scb.example", "a".repeat(65));
        for wrong in
            ["", "a", "a@b", "@scb.example", "a b@scb.example", "a@scb..example", "a@-scb.example", "a\n@scb.example", "a,b@x.se", &long]
        {
            assert!(email(wrong).is_err(), "{wrong:?}");
        }
    }
}
