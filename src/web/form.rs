//! Forms that are sent by whoever is signed in: the fields in the order they came, once the form's secret is seen to be the session's.

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode;

use super::kept;
use super::user::{User, refused_form, unreadable_form};
use crate::secret;
use crate::state::AppState;
use crate::text::as_seen;

/// The name of the field with the session's secret.
pub const CSRF: &str = "csrf";

/// The fields of a form, in order; names may repeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form as it was sent; none where its letters are no valid UTF-8: nothing is stored that nobody typed.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        percent_decode(body).decode_utf8().ok()?;
        Some(Self::parse(body))
    }

    /// Reads `application/x-www-form-urlencoded`. What cannot be read becomes U+FFFD, and what cannot be seen is left out ([`as_seen`]).
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), as_seen(&value))).collect())
    }

    /// Fields as they were read otherwise, likewise.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name, as_seen(&value))).collect())
    }

    /// The first value of a field, without blanks around it; empty if the field is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field, in order, as typed.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether the field was sent at all: a ticked box, a pressed button.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Puts a value in place of what was sent in a field.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value));
    }

    /// Every field with its value.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// A form that the person who is signed in sent from a page of ours.
#[derive(Debug, Clone)]
pub struct Posted {
    /// Who sent it.
    pub user: User,
    /// What it says.
    pub fields: Fields,
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether the browser says that the request comes from a page of another site, by what a page can not hide. A page that tells nobody its
/// address sends `Origin` empty, which then says nothing.
#[must_use]
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// Whether the browser says that the request comes from a page of another site.
#[must_use]
pub fn is_foreign(headers: &HeaderMap, base_url: &str) -> bool {
    let host = text(headers, header::HOST.as_str()).unwrap_or_default();
    let own = |origin: &str| origin == base_url || origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host);
    is_from_elsewhere(headers) || text(headers, "origin").is_some_and(|origin| !own(origin))
}

/// Whoever sent a form, once its secret is seen to be that of the session; `kept`: whether what was typed is given back where it is not.
///
/// # Errors
/// What is answered instead of taking the form.
pub(super) fn sender(
    app: &AppState,
    user: Result<User, Response>,
    (address, fields): (&Uri, &Fields),
    kept: bool,
) -> Result<User, Box<Response>> {
    let given_back = |user: Option<&User>| if kept { kept::given_back(app, user, address, fields) } else { None };
    match user {
        Err(to_sign_in) => Err(Box::new(given_back(None).unwrap_or(to_sign_in))),
        Ok(user) if secret::same(fields.get(CSRF), &user.csrf) => Ok(user),
        Ok(user) => Err(Box::new(given_back(Some(&user)).unwrap_or_else(|| refused_form().into_response()))),
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted
where
    AppState: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let user = User::from_request_parts(&mut parts, state).await;
        let app = AppState::from_ref(state);
        let address = parts.uri.clone();
        // what another site sends is never given to somebody to send again
        if is_foreign(&parts.headers, &app.config.base_url) {
            return Err(user.err().unwrap_or_else(|| refused_form().into_response()));
        }
        let kept = kept::is_form(&parts.headers) && kept::is_typed_in(address.path());
        let user = match user {
            Err(to_sign_in) if !kept => return Err(to_sign_in),
            other => other,
        };
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await.map_err(IntoResponse::into_response)?;
        let fields = Fields::read(&body).ok_or_else(|| unreadable_form().into_response())?;
        let user = sender(&app, user, (&address, &fields), kept).map_err(|answer| *answer)?;
        Ok(Self { user, fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn fields_keep_their_order_and_their_letters() {
        let fields = Fields::parse("namn=%C3%85sa+&rad=1%0D%0A2&rad=3&knapp=".as_bytes());
        assert_eq!((fields.get("namn"), fields.get("saknas"), fields.has("knapp")), ("Åsa", "", true));
        assert_eq!(fields.all("rad").collect::<Vec<_>>(), ["1\n2", "3"]);
    }

    #[test]
    fn letters_that_are_no_text_are_not_read() {
        assert_eq!(Fields::read(b"namn=%C3%85sa").map(|fields| fields.get("namn").to_owned()).as_deref(), Some("Åsa"));
        for broken in [&b"namn=%FF"[..], b"namn=%C3&rad=%85", b"%E5=1", b"namn=\xe5sa"] {
            assert_eq!(Fields::read(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn other_sites_are_foreign() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs.iter().map(|(n, v)| (n.parse().expect("a name"), HeaderValue::from_static(v))).collect::<HeaderMap>()
        };
        let own = "https://register.example";
        assert!(!is_foreign(&headers(&[]), own));
        assert!(!is_foreign(&headers(&[("origin", own), ("sec-fetch-site", "same-origin")]), own));
        assert!(!is_foreign(&headers(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]), own));
        for foreign in
            [("origin", "https://ond.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
        {
            assert!(is_foreign(&headers(&[foreign]), own), "{foreign:?}");
        }
    }
}
