//! Signing in by a link: how long a link works, in whose browser, and how many may be asked for.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::access::Role;

terms! {
    /// Why a sign-in link was made.
    Purpose {
        SignIn = "sign_in", "inloggning";
        Invitation = "invitation", "inbjudan";
        Demonstration = "demonstration", "demonstration";
    }
}

/// How far back the asked links are counted.
pub const WINDOW: TimeDelta = TimeDelta::hours(1);
/// How many links one e-mail address may be asked for within [`WINDOW`].
pub const MOST_PER_ADDRESS: i64 = 5;
/// How many links one network address may ask for within [`WINDOW`]: an agency's people often share one.
pub const MOST_PER_SOURCE: i64 = 30;

impl Purpose {
    /// How long a link of this purpose works.
    #[must_use]
    pub fn lifetime(self) -> TimeDelta {
        match self {
            Self::SignIn => TimeDelta::minutes(15),
            Self::Invitation => TimeDelta::days(7),
            // removed when the next demonstration starts
            Self::Demonstration => TimeDelta::days(3650),
        }
    }
}

/// A link as it is kept: whose, why, for which browser and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whom it signs in.
    pub person: Uuid,
    /// Why it was made.
    pub purpose: Purpose,
    /// Digest of the secret of the browser that asked; none where any browser may use it.
    pub browser_digest: Option<String>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

/// Why a link signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such link, or its account is closed.
    Unknown,
    /// It has been used.
    Used,
    /// Its time is over.
    Expired,
    /// It was asked for in another browser.
    OtherBrowser,
}

impl Link {
    /// Whether the link signs somebody in at `now`, in the browser whose secret has the digest `browser`. Links of a demonstration work
    /// only while the program runs one.
    ///
    /// # Errors
    /// Why it does not.
    pub fn check(&self, browser: Option<&str>, demonstration: bool, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.purpose == Purpose::Demonstration {
            return if demonstration { Ok(()) } else { Err(Refusal::Unknown) };
        }
        if self.used_at.is_some() {
            return Err(Refusal::Used);
        }
        if self.expires_at <= now {
            return Err(Refusal::Expired);
        }
        match &self.browser_digest {
            Some(asked) if browser != Some(asked.as_str()) => Err(Refusal::OtherBrowser),
            _ => Ok(()),
        }
    }
}

/// `path` where it is an address of this site to go on to after signing in: `/insamlingar?q=a`, but neither `//elsewhere` nor the pages
/// of signing in and out themselves.
#[must_use]
pub fn onward(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let foreign = rest.starts_with(['/', '\\']) || path.contains('\\') || path.chars().any(char::is_control);
    (!foreign && path.len() <= 2000 && !rest.starts_with("logga-")).then_some(path)
}

/// Where somebody of this role begins.
#[must_use]
pub fn first_page(role: Role) -> &'static str {
    if role == Role::Admin { "/administration" } else { "/skrivbord" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(purpose: Purpose, browser: Option<&str>) -> (Link, DateTime<Utc>) {
        let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a moment");
        let browser_digest = browser.map(str::to_owned);
        (Link { person: Uuid::nil(), purpose, browser_digest, expires_at: now + purpose.lifetime(), used_at: None }, now)
    }

    #[test]
    fn a_link_works_once_for_fifteen_minutes_in_one_browser() {
        let (link, now) = link(Purpose::SignIn, Some("a"));
        let last = now + TimeDelta::seconds(15 * 60 - 1);
        assert_eq!(link.check(Some("a"), false, last), Ok(()));
        assert_eq!(link.check(Some("a"), false, now + TimeDelta::minutes(15)), Err(Refusal::Expired));
        assert_eq!(link.check(Some("b"), true, now), Err(Refusal::OtherBrowser));
        assert_eq!(link.check(None, true, now), Err(Refusal::OtherBrowser));
        assert_eq!(Link { used_at: Some(now), ..link }.check(Some("a"), false, now), Err(Refusal::Used));
    }

    #[test]
    fn an_invitation_works_seven_days_anywhere() {
        let (link, now) = link(Purpose::Invitation, None);
        assert_eq!(link.check(None, false, now + TimeDelta::days(6)), Ok(()));
        assert_eq!(link.check(None, false, now + TimeDelta::days(7)), Err(Refusal::Expired));
    }

    #[test]
    fn links_of_a_demonstration_work_again_but_only_there() {
        let (link, now) = link(Purpose::Demonstration, None);
        let used = Link { used_at: Some(now), ..link };
        assert_eq!(used.check(None, true, now), Ok(()));
        assert_eq!(used.check(None, false, now), Err(Refusal::Unknown));
    }

    #[test]
    fn one_goes_on_to_own_pages_only() {
        for own in ["/", "/insamlingar?q=a&sida=2", "/utkast/1/2"] {
            assert_eq!(onward(own), Some(own));
        }
        for foreign in ["", "//ond.example", "/\\ond.example", "https://ond.example", "/a\\b", "/\tx", "/logga-ut", "insamlingar"] {
            assert_eq!(onward(foreign), None, "{foreign:?}");
        }
    }
}
