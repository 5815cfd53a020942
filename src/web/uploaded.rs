//! Forms that are sent with files: the fields as text, each file as far as its limits go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRef, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::form::{CSRF, Fields, is_foreign, sender};
use super::user::{User, refused_form, unreadable_form};
use super::{editor, kept};
use crate::domain::consultation::attachment::CEILING_BYTES;
use crate::secret;
use crate::state::{AppState, NoPlace, Place, Places};

/// The most bytes of a request that are passed by: so many that whoever sends a file that is too large is told so by a page.
pub const MOST_PASSED: usize = CEILING_BYTES + 30 * 1024 * 1024;
/// The most bytes of files that are kept of one form.
pub const MOST_KEPT: usize = CEILING_BYTES;
/// What the fields that are no files may hold together, in bytes: several texts as long as they may be.
const MOST_TEXT: usize = 512 * 1024;
/// What a field costs beside what it holds, in bytes: nobody sends a million empty ones.
const PER_FIELD: usize = 64;
/// How long a form with files may take to come in.
const MOST_TIME: Duration = Duration::from_secs(120);

/// For so many seconds a form may come in as slowly as it likes.
const GRACE_SECONDS: usize = 10;
/// How many bytes a second it brings on the whole after that: the few places are for those who use them.
const LEAST_PER_SECOND: usize = 32 * 1024;

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
    /// Why the files are not kept, where they are not.
    pub unkept: Option<Unkept>,
    /// One of the few places for those whose files are taken into memory at once.
    _place: Option<Place>,
}

/// Why no files are kept, however small they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unkept {
    /// Others send files, and nobody was ready in time.
    Busy,
    /// The same person sends files already.
    Own,
    /// They did not come in time, or too slowly.
    Late,
    /// They came before the secret of the form, which no form of ours sends so.
    Unproved,
}

impl Unkept {
    /// What whoever sent them is told.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Busy => "Många skickar filer just nu. Vänta en stund, välj filerna på nytt och skicka igen.",
            Self::Own => "Du skickar redan filer i ett annat fönster. Vänta tills det är klart, välj filerna på nytt och skicka igen.",
            Self::Late => "Det tog för lång tid att ta emot filerna. Välj färre eller mindre filer och skicka igen.",
            Self::Unproved => "Formuläret kunde inte tas emot. Gå tillbaka, läs in sidan på nytt, välj filerna och skicka igen.",
        }
    }

    /// The same page, as an answer: whoever comes back in a while may find a place.
    #[must_use]
    pub fn answer(self, page: Response) -> Response {
        match self {
            Self::Busy | Self::Own => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "30")], page).into_response(),
            Self::Late => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
            Self::Unproved => (StatusCode::BAD_REQUEST, page).into_response(),
        }
    }
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

/// How fast a form comes in while it has a place.
#[derive(Debug, Default)]
struct Pace {
    has_place: AtomicBool,
    bytes: AtomicUsize,
}

impl Pace {
    fn came(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Ends when whoever has a place has sent too slowly, on the whole, for it.
    async fn too_slow(&self) {
        let mut seconds = 0;
        loop {
            sleep(Duration::from_secs(1)).await;
            seconds += usize::from(self.has_place.load(Ordering::Relaxed));
            if seconds >= GRACE_SECONDS && self.bytes.load(Ordering::Relaxed) < seconds * LEAST_PER_SECOND {
                return;
            }
        }
    }
}

/// A form that comes in, as far as it has.
struct Incoming<'a> {
    pairs: Vec<(String, String)>,
    files: Vec<UploadedFile>,
    text: usize,
    kept: usize,
    place: Option<Place>,
    pace: Arc<Pace>,
    unkept: Option<Unkept>,
    /// Who sends it; nobody where the sign-in is over.
    person: Option<Uuid>,
    /// The secret that the form must have shown before a byte of a file is kept; none: no file is.
    secret: Option<&'a str>,
    shown: bool,
    places: &'a Places,
    most: usize,
}

impl Incoming<'_> {
    async fn all(&mut self, mut form: Multipart) -> Result<(), Unread> {
        while let Some(mut field) = form.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                None => self.text(name, &mut field).await?,
                Some(file) => self.file(file, &mut field).await?,
            }
        }
        Ok(())
    }

    async fn text(&mut self, name: String, field: &mut Field<'_>) -> Result<(), Unread> {
        let (bytes, size) = limited(field, &[], MOST_TEXT.saturating_sub(self.text), &self.pace).await?;
        self.text = self.text.saturating_add(size + name.len() + PER_FIELD);
        if self.text > MOST_TEXT {
            return Err(Unread::TooLarge);
        }
        let value = String::from_utf8(bytes).map_err(|_| Unread::Broken)?;
        self.shown |= name == CSRF && self.secret.is_some_and(|secret| secret::same(&value, secret));
        self.pairs.push((name, value));
        Ok(())
    }

    async fn file(&mut self, name: String, field: &mut Field<'_>) -> Result<(), Unread> {
        self.text = self.text.saturating_add(name.len() + PER_FIELD);
        if self.text > MOST_TEXT {
            return Err(Unread::TooLarge);
        }
        // a field in which no file was chosen comes without name and content, and needs no place
        let first = loop {
            match field.chunk().await? {
                Some(chunk) if chunk.is_empty() => {}
                other => break other,
            }
        };
        let Some(first) = first else {
            self.files.extend((!name.is_empty()).then(|| UploadedFile { name, ..UploadedFile::default() }));
            return Ok(());
        };
        if self.place.is_none() && self.unkept.is_none() {
            self.take_place().await;
        }
        let most = if self.place.is_some() { self.most - self.kept } else { 0 };
        let (bytes, size) = limited(field, &first, most, &self.pace).await?;
        self.kept += bytes.len();
        self.files.push(UploadedFile { name, bytes, size });
        Ok(())
    }

    /// Takes a place for whoever has shown the secret of the form.
    async fn take_place(&mut self) {
        let Some(person) = self.person.filter(|_| self.shown) else {
            self.unkept = Some(Unkept::Unproved);
            return;
        };
        match self.places.one_for(person).await {
            Ok(place) => {
                self.place = Some(place);
                self.pace.has_place.store(true, Ordering::Relaxed);
            }
            Err(NoPlace::Own) => self.unkept = Some(Unkept::Own),
            Err(NoPlace::Full) => self.unkept = Some(Unkept::Busy),
        }
    }
}

/// What a field holds from its `first` bytes on, as far as it is no more than `most` bytes, and how much it is. The rest is passed by.
async fn limited(field: &mut Field<'_>, first: &[u8], most: usize, pace: &Pace) -> Result<(Vec<u8>, usize), MultipartError> {
    let mut size = first.len();
    pace.came(size);
    let mut kept = if size <= most { first.to_vec() } else { Vec::new() };
    while let Some(chunk) = field.chunk().await? {
        size = size.saturating_add(chunk.len());
        pace.came(chunk.len());
        if size <= most {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    Ok((kept, size))
}

/// A form, with files if there are any, before it is read: whoever may not send it is told so first.
#[derive(Debug)]
pub struct Sending {
    user: Result<User, Response>,
    address: Uri,
    request: Request,
}

impl<S: Send + Sync> FromRequest<S> for Sending
where
    AppState: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let app = AppState::from_ref(state);
        let (mut parts, body) = request.into_parts();
        let user = User::from_request_parts(&mut parts, state).await;
        if is_foreign(&parts.headers, &app.config.base_url) {
            return Err(user.err().unwrap_or_else(|| refused_form().into_response()));
        }
        Ok(Self { user, address: parts.uri.clone(), request: Request::from_parts(parts, body) })
    }
}

impl Sending {
    /// Who sends it; nobody where the sign-in is over.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref().ok()
    }

    /// Reads the form, of whose files it keeps `most` bytes. Those of somebody who is signed out are passed by: what was typed is given
    /// back, as of other forms.
    ///
    /// # Errors
    /// What is answered instead of taking the form.
    pub async fn read(self, app: &AppState, most: usize) -> Result<(User, Uploaded), Response> {
        let Self { user, address, request } = self;
        // a form that was given back comes without files
        if kept::is_form(request.headers()) {
            let body = to_bytes(request.into_body(), editor::MOST_BYTES).await.map_err(|_| Unread::TooLarge.into_response())?;
            let fields = Fields::read(&body).ok_or_else(|| unreadable_form().into_response())?;
            let user = sender(app, user, (&address, &fields), true).map_err(|answer| *answer)?;
            return Ok((user, Uploaded { fields, ..Uploaded::default() }));
        }
        let form = match (Multipart::from_request(request, app).await, user) {
            (Ok(form), user) => (form, user),
            (Err(_), Err(to_sign_in)) => return Err(to_sign_in),
            (Err(unread), Ok(_)) => return Err(unread.into_response()),
        };
        let (form, user) = form;
        let mut into = Incoming {
            pairs: Vec::new(),
            files: Vec::new(),
            text: 0,
            kept: 0,
            place: None,
            pace: Arc::default(),
            unkept: None,
            person: user.as_ref().ok().map(|user| user.actor.person),
            secret: user.as_ref().ok().map(|user| user.csrf.as_str()),
            shown: false,
            places: &app.reading.places,
            most,
        };
        let pace = Arc::clone(&into.pace);
        let read = async {
            tokio::select! {
                read = into.all(form) => Some(read),
                () = pace.too_slow() => None,
            }
        };
        match timeout(MOST_TIME, read).await {
            Ok(Some(read)) => read.map_err(IntoResponse::into_response)?,
            Ok(None) | Err(_) => into.unkept = Some(Unkept::Late),
        }
        let Incoming { pairs, files, place, unkept, .. } = into;
        let uploaded = Uploaded { fields: Fields::of(pairs), files, unkept, _place: place };
        let user = sender(app, user, (&address, &uploaded.fields), true).map_err(|answer| *answer)?;
        Ok((user, uploaded))
    }
}
