//! Forms that are sent with files: the fields as text, each file as far as its limits go.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRef, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;

use super::form::{CSRF, Fields, Posted, is_foreign};
use super::kept;
use super::user::{User, refused_form, unreadable_form};
use crate::domain::consultation::attachment::CEILING_BYTES;
use crate::secret;
use crate::state::AppState;

/// The most bytes of a request that are passed by: so many that whoever sends a file that is too large is told so by a page.
pub const MOST_PASSED: usize = CEILING_BYTES + 30 * 1024 * 1024;
/// The most bytes of files that are kept of one form.
pub const MOST_KEPT: usize = CEILING_BYTES;
/// What the fields that are no files may hold together, in bytes.
const MOST_TEXT: usize = 64 * 1024;

/// A file of a form.
#[derive(Debug, Default)]
pub struct UploadedFile {
    /// Its name, as the browser says.
    pub name: String,
    /// All of it; nothing where it is beyond the limits.
    pub bytes: Vec<u8>,
    /// How large it is, in bytes, also where it is not kept.
    pub size: usize,
}

impl UploadedFile {
    /// Whether it was kept as it came.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.bytes.len() == self.size
    }
}

/// What a form with files holds.
#[derive(Debug, Default)]
pub struct Uploaded {
    /// The fields that are no files.
    pub fields: Fields,
    /// The files, in order; none for a field that was left empty.
    pub files: Vec<UploadedFile>,
}

/// Why a form with files is not read.
#[derive(Debug)]
pub enum Unread {
    /// It is larger than what is passed by.
    TooLarge,
    /// It is cut off, or its letters are no text.
    Broken,
}

impl From<MultipartError> for Unread {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::Broken }
    }
}

impl IntoResponse for Unread {
    fn into_response(self) -> Response {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
            Self::Broken => unreadable_form().into_response(),
        }
    }
}

/// Reads a form with files; `most`: how many bytes of them are kept.
///
/// # Errors
/// Why it cannot be read.
pub async fn read(mut form: Multipart, most: usize) -> Result<Uploaded, Unread> {
    let (mut pairs, mut files, mut text, mut kept) = (Vec::new(), Vec::new(), 0_usize, 0_usize);
    while let Some(mut field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file) = field.file_name().map(str::to_owned) else {
            let (bytes, size) = limited(&mut field, MOST_TEXT - text).await?;
            text += size;
            if text > MOST_TEXT {
                return Err(Unread::TooLarge);
            }
            pairs.push((name, String::from_utf8(bytes).map_err(|_| Unread::Broken)?));
            continue;
        };
        let (bytes, size) = limited(&mut field, most - kept).await?;
        kept += bytes.len();
        // a field in which no file was chosen comes without name and content
        if size > 0 || !file.is_empty() {
            files.push(UploadedFile { name: file, bytes, size });
        }
    }
    Ok(Uploaded { fields: Fields::of(pairs), files })
}

/// What a field holds, as far as it is no more than `most` bytes, and how much it is. The rest is passed by.
async fn limited(field: &mut Field<'_>, most: usize) -> Result<(Vec<u8>, usize), MultipartError> {
    let (mut kept, mut size) = (Vec::new(), 0_usize);
    while let Some(chunk) = field.chunk().await? {
        size = size.saturating_add(chunk.len());
        if size <= most {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    Ok((kept, size))
}

/// A form, with files if there are any, that the person who is signed in sent from a page of ours. What was typed is given back where the
/// sign-in is over, as of other forms; the files have to be chosen anew.
#[derive(Debug)]
pub struct PostedWithFiles {
    /// Who sent it.
    pub user: User,
    /// What it holds.
    pub uploaded: Uploaded,
    /// One of the few whose files are taken into memory at once.
    _place: Option<OwnedSemaphorePermit>,
}

impl<S: Send + Sync> FromRequest<S> for PostedWithFiles
where
    AppState: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        // a form that was given back comes without files
        if kept::is_form(request.headers()) {
            let Posted { user, fields } = Posted::from_request(request, state).await?;
            return Ok(Self { user, uploaded: Uploaded { fields, files: Vec::new() }, _place: None });
        }
        let app = AppState::from_ref(state);
        let (mut parts, body) = request.into_parts();
        let user = User::from_request_parts(&mut parts, state).await;
        if is_foreign(&parts.headers, &app.config.base_url) {
            return Err(refused_form().into_response());
        }
        let (address, place) = (parts.uri.clone(), app.reading.place().await);
        let most = if user.is_ok() { MOST_KEPT } else { 0 };
        let form = Multipart::from_request(Request::from_parts(parts, body), state).await.map_err(IntoResponse::into_response)?;
        let uploaded = read(form, most).await.map_err(IntoResponse::into_response)?;
        let user = match user {
            Ok(user) => user,
            Err(to_sign_in) => return Err(kept::given_back(&app, None, &address, &uploaded.fields).unwrap_or(to_sign_in)),
        };
        if !secret::same(uploaded.fields.get(CSRF), &user.csrf) {
            let given_back = kept::given_back(&app, Some(&user), &address, &uploaded.fields);
            return Err(given_back.unwrap_or_else(|| refused_form().into_response()));
        }
        Ok(Self { user, uploaded, _place: place })
    }
}
