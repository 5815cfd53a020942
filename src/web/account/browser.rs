//! The secret by which the browser is known that asked for a link. It is given only to whoever opens the sign-in page, and only that
//! page and the links below it see it.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use tower_sessions::cookie::time::Duration;

use crate::secret;
use crate::state::AppState;

/// The name of the cookie.
const COOKIE: &str = "insamling-inloggning";
/// Where the browser sends it.
const PATH: &str = "/logga-in";
/// How long it lasts: longer than a link, since the form may lie open a while before it is sent.
const LASTS: Duration = Duration::hours(1);

/// The browser's secret, if it has one.
#[must_use]
pub fn secret_of(jar: &CookieJar) -> Option<&str> {
    jar.get(COOKIE).map(Cookie::value).filter(|value| value.len() == 43)
}

/// Gives the browser its secret, or more time for the one that it has.
///
/// # Errors
/// The operating system gave no chance.
pub fn known(jar: CookieJar, state: &AppState) -> Result<(CookieJar, String), crate::error::Error> {
    let value = match secret_of(&jar) {
        Some(value) => value.to_owned(),
        None => secret::new().map_err(crate::error::Error::internal)?,
    };
    let cookie = Cookie::build((COOKIE, value.clone()))
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.config.base_url.starts_with("https://"))
        .max_age(LASTS);
    Ok((jar.add(cookie), value))
}

/// Takes the secret back from a browser that is signed in.
pub fn forgotten(jar: CookieJar) -> CookieJar {
    if jar.get(COOKIE).is_none() {
        return jar;
    }
    jar.remove(Cookie::build(COOKIE).path(PATH))
}
