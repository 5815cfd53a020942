//! The files of a case: the list with its search, sending one, and giving one out.

mod part;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use uuid::Uuid;

pub use part::AttachmentsPart;

use super::number_of;
use crate::actions;
use crate::actions::configuring::Number;
use crate::actions::consultations::attachments::{self, Sent, too_large};
use crate::actions::consultations::steps::Doing;
use crate::actions::consultations::{Side, visible};
use crate::clock;
use crate::db::attachments::{self as kept, Attachment};
use crate::domain::consultation::configured::in_bytes;
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::form::Posted;
use crate::web::layout::{Layout, Today};
use crate::web::outside::confirm::ConfirmPage;
use crate::web::page::{PageResult, page};
use crate::web::uploaded::{Sending, Uploaded};
use crate::web::user::{User, Visitor};

/// What stands for itself in the name of a file in a header (RFC 8187).
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');
/// A file that is given out can do nothing, wherever it is opened.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// What the address may say beside the case.
#[derive(Debug, Default, Deserialize)]
pub struct Params {
    /// What is searched for in the files.
    #[serde(default)]
    q: String,
    /// What was just done.
    #[serde(default)]
    sparat: String,
}

/// The page of a case's files.
#[derive(Debug, Template)]
#[template(path = "consultations/attachments_page.html")]
pub struct AttachmentsPage {
    /// The frame.
    pub layout: Layout,
    /// The collection that is asked about.
    pub collection: String,
    /// Whether the reader may read the collection's own page.
    pub linked: bool,
    /// What was just done.
    pub said: Option<&'static str>,
    /// The files.
    pub attachments: AttachmentsPart,
}

impl AttachmentsPage {
    async fn read(state: &AppState, user: User, number: ConsultationNumber, (q, error): (&str, Option<String>)) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let today = clock::swedish_day(clock::now());
        let seen = visible(&mut tx, &user.actor, number, today).await?;
        let linked = seen.side != Side::Body || seen.known.parties(today).open;
        let attachments = AttachmentsPart::read(&mut tx, &seen, q).await?.with_error(error);
        let layout = Layout::new(state, Visitor(Some(user)), "/samrad");
        Ok(Self { layout, collection: seen.collection.to_string(), linked, said: None, attachments })
    }
}

/// `GET /samrad/{nr}/bilagor`
///
/// # Errors
/// There is no such case that the user may know of.
pub async fn list(State(state): State<AppState>, user: User, Path(number): Path<String>, Query(params): Query<Params>) -> PageResult {
    let shown = AttachmentsPage::read(&state, user, number_of(&number)?, (&params.q, None)).await?;
    let said = match params.sparat.as_str() {
        "ja" => Some("Filen är bifogad."),
        "atertagen" => Some("Bilagan är återtagen. Innehållet är borttaget."),
        _ => None,
    };
    page(&AttachmentsPage { said, ..shown })
}

/// `POST /samrad/{nr}/bilagor`: attaches a file.
///
/// # Errors
/// There is no such case, the user speaks for neither side of it, or the form is not from a page of ours.
pub async fn send(State(state): State<AppState>, Today(today): Today, Path(number): Path<String>, sending: Sending) -> PageResult {
    let number = number_of(&number)?;
    let mut most = 0;
    // nobody else's file is read at all
    if let Some(user) = sending.user() {
        let mut tx = state.db.read().await?;
        if visible(&mut tx, &user.actor, number, today).await?.side == Side::Reader {
            return Err(Error::Forbidden.into());
        }
        most = in_bytes(Number::Megabytes.get(&mut tx).await?);
    }
    let (user, uploaded) = match sending.read(&state, most).await {
        Ok(read) => read,
        Err(answer) => return Ok(answer),
    };
    let Uploaded { fields, mut files, unkept, .. } = uploaded;
    if let Some(why) = unkept {
        let shown = AttachmentsPage::read(&state, user, number, ("", Some(why.message().to_owned()))).await?;
        return Ok(why.answer(page(&shown)?.into_response()));
    }
    let Some(file) = files.pop() else {
        return refused(&state, user, number, StatusCode::UNPROCESSABLE_ENTITY, "Välj en fil.".to_owned()).await;
    };
    if !file.is_whole() {
        return refused(&state, user, number, StatusCode::PAYLOAD_TOO_LARGE, too_large(file.size, most)).await;
    }
    let sent = Sent { name: file.name, bytes: Arc::new(file.bytes), internal: fields.has("intern") };
    let origin = actions::origin(&state);
    let doing = Doing { origin: &origin, actor: &user.actor, number, revision: 0, now: clock::now() };
    match attachments::attach(&state.db, &state.reading, doing, sent).await {
        Ok(_) => {
            state.nudge.mail();
            Ok(Redirect::to(&format!("/samrad/{number}/bilagor?sparat=ja")).into_response())
        }
        Err(Error::Invalid(why)) => refused(&state, user, number, StatusCode::UNPROCESSABLE_ENTITY, why).await,
        Err(other) => Err(other.into()),
    }
}

async fn refused(state: &AppState, user: User, number: ConsultationNumber, status: StatusCode, why: String) -> PageResult {
    let shown = AttachmentsPage::read(state, user, number, ("", Some(why))).await?;
    Ok((status, page(&shown)?).into_response())
}

/// `GET /samrad/{nr}/bilagor/{id}`: the file, to save. It is never shown as a page of ours.
///
/// # Errors
/// There is no such file that the user may know of.
pub async fn download(State(state): State<AppState>, user: User, Path((number, id)): Path<(String, String)>) -> Result<Response, Failure> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let mut tx = state.db.read().await?;
    let (attachment, content) = attachments::open(&mut tx, &user.actor, number_of(&number)?, id, clock::now()).await?;
    drop(tx);
    Ok(given_out(&attachment, content))
}

/// `GET /samrad/{nr}/bilagor/{id}/aterta`
///
/// # Errors
/// There is no such file that the user may take back.
pub async fn ask_take_back(State(state): State<AppState>, user: User, Path((number, id)): Path<(String, String)>) -> PageResult {
    let (number, id): (_, Uuid) = (number_of(&number)?, id.parse().map_err(|_| Error::NotFound)?);
    let mut tx = state.db.read().await?;
    let seen = visible(&mut tx, &user.actor, number, clock::swedish_day(clock::now())).await?;
    let one = kept::get(&mut tx, seen.case.id, id).await?.filter(|one| attachments::is_seen(&seen, one)).ok_or(Error::NotFound)?;
    drop(tx);
    attachments::may_take_back(&seen, &one)?;
    let texts = [
        "Innehållet tas bort ur registret. I tråden står att filen fanns, vad den hette och att ni tog tillbaka den.",
        "Den som redan har hämtat filen har den kvar, och den kan vara allmän handling. Det går inte att ångra.",
    ];
    page(&ConfirmPage {
        trail: ("Bilagor", format!("/samrad/{number}/bilagor")),
        texts: texts.map(str::to_owned).to_vec(),
        action: format!("/samrad/{number}/bilagor/{id}/aterta"),
        ..ConfirmPage::new(&state, user, number, format!("Återta bilagan ”{}”?", one.name), "Återta bilagan")
    })
}

/// `POST /samrad/{nr}/bilagor/{id}/aterta`
///
/// # Errors
/// There is no such file that the user may take back.
pub async fn take_back(State(state): State<AppState>, Path((number, id)): Path<(String, String)>, posted: Posted) -> PageResult {
    let (number, id): (_, Uuid) = (number_of(&number)?, id.parse().map_err(|_| Error::NotFound)?);
    let origin = actions::origin(&state);
    let doing = Doing { origin: &origin, actor: &posted.user.actor, number, revision: 0, now: clock::now() };
    attachments::take_back(&state.db, doing, id).await?;
    Ok(Redirect::to(&format!("/samrad/{number}/bilagor?sparat=atertagen")).into_response())
}

/// A file as it is given out: to save, and unable to do anything wherever it is opened.
#[must_use]
pub fn given_out(attachment: &Attachment, content: Vec<u8>) -> Response {
    let headers: [(HeaderName, String); 4] = [
        (header::CONTENT_TYPE, attachment.media.code().to_owned()),
        (header::CONTENT_DISPOSITION, disposition(attachment)),
        (header::CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, content).into_response()
}

/// Under which name a file is saved: as it is, and in ASCII for those who do not know better.
fn disposition(attachment: &Attachment) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ' ') { c } else { '_' };
    let ascii: String = attachment.name.chars().map(plain).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(&attachment.name, NAME))
}
