//! Registering with a filled-in file: judged whole, and every fault shown by row and column.

use askama::Template;
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::super::failure::Failure;
use super::super::form::{CSRF, is_foreign};
use super::super::layout::Layout;
use super::super::page::{PageResult, page};
use super::super::user::{User, Visitor, refused_form};
use super::with_status;
use crate::actions;
use crate::actions::import::{self, ImportError, Mode};
use crate::clock;
use crate::domain::access::Action;
use crate::error::Error;
use crate::secret;
use crate::state::AppState;
use crate::text;

/// The most bytes of the request: the largest file, and what the form adds.
pub const MOST_BYTES: usize = import::MOST_BYTES + 64 * 1024;

/// A fault of the file.
#[derive(Debug)]
pub struct FaultRow {
    /// The row as the spreadsheet numbers it.
    pub row: String,
    /// The heading of the column.
    pub column: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// The page.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What the file did or would do; none before a file is sent.
    pub done: Option<String>,
    /// Whether it was only tried.
    pub tried: bool,
    /// What is wrong with the sending itself.
    pub error: Option<String>,
    /// What is wrong with the file.
    pub faults: Vec<FaultRow>,
    /// The name of the file.
    pub name: String,
}

/// The page where a file is sent.
#[derive(Debug, Template)]
#[template(path = "editor/upload.html")]
pub struct UploadPage {
    /// The frame.
    pub layout: Layout,
    /// What came of the file.
    pub outcome: Outcome,
}

/// `GET /insamlingar/ny/fil`
///
/// # Errors
/// The person registers nothing.
pub async fn show(State(state): State<AppState>, user: User) -> PageResult {
    user.require(Action::WorkFor(&user.actor.organisation))?;
    page(&UploadPage { layout: Layout::new(&state, Visitor(Some(user)), ""), outcome: Outcome::default() })
}

/// What the form holds.
#[derive(Debug, Default)]
struct Sent {
    csrf: String,
    button: String,
    name: String,
    bytes: Bytes,
}

async fn read(mut form: Multipart) -> Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            CSRF => sent.csrf = field.text().await?,
            "gor" => sent.button = field.text().await?,
            "fil" => {
                sent.name = text::shorten(field.file_name().unwrap_or_default(), 200);
                sent.bytes = field.bytes().await?;
            }
            _ => {}
        }
    }
    Ok(sent)
}

/// `POST /insamlingar/ny/fil`: tries the file, or registers what it holds. All of it or nothing.
///
/// # Errors
/// The person registers nothing, the form is not from a page of ours, or the register failed.
pub async fn send(State(state): State<AppState>, user: User, headers: HeaderMap, form: Multipart) -> Result<Response, Failure> {
    let foreign = is_foreign(&headers, &state.config.base_url);
    let sent = match read(form).await {
        Ok(sent) => sent,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
        Err(_) => return Err(refused_form()),
    };
    if foreign || !secret::same(&sent.csrf, &user.csrf) {
        return Err(refused_form());
    }
    user.require(Action::WorkFor(&user.actor.organisation))?;
    let tried = sent.button == "prova";
    let mode = if tried { Mode::DryRun } else { Mode::Write };
    let name = sent.name.clone();
    let outcome = if sent.bytes.is_empty() {
        Err(Outcome { error: Some("Välj en fil som inte är tom.".to_owned()), ..Outcome::default() })
    } else {
        match import::by_person(&state.db, &actions::origin(&state), &user.actor, (&sent.name, &sent.bytes), mode, clock::now()).await {
            Ok(summary) => Ok(Outcome { done: Some(in_words(&summary, tried)), tried, name, ..Outcome::default() }),
            Err(ImportError::Rows(rows)) => {
                let faults = rows.into_iter().map(|fault| FaultRow { row: fault.row, column: fault.column, message: fault.message });
                Err(Outcome { faults: faults.collect(), name, ..Outcome::default() })
            }
            Err(ImportError::Failed(Error::Invalid(message))) => Err(Outcome { error: Some(message), name, ..Outcome::default() }),
            Err(ImportError::Failed(error)) => return Err(error.into()),
        }
    };
    let layout = Layout::new(&state, Visitor(Some(user)), "");
    match outcome {
        Ok(outcome) => page(&UploadPage { layout, outcome }),
        Err(outcome) => with_status(StatusCode::UNPROCESSABLE_ENTITY, &UploadPage { layout, outcome }),
    }
}

/// What a file did, or would do.
fn in_words(summary: &import::Summary, tried: bool) -> String {
    let counts = [
        (summary.registered, "ny", "nya"),
        (summary.changed, "ändrad", "ändrade"),
        (summary.revised, "beslutad med en ändring som nu är planerad", "beslutade med ändringar som nu är planerade"),
        (summary.unchanged, "oförändrad", "oförändrade"),
    ];
    let counted =
        |(count, one, many): (usize, &str, &str)| (count > 0).then(|| text::counted(i64::try_from(count).unwrap_or(i64::MAX), one, many));
    let words: Vec<String> = counts.into_iter().filter_map(counted).collect();
    let words = words.join(", ");
    if tried {
        format!("Filen är rätt ifylld. Om du läser in den blir det: {words}. Inget är sparat än.")
    } else {
        format!("Filen är inläst: {words}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_did_is_said_in_words() {
        let summary = import::Summary { registered: 1, changed: 2, revised: 0, unchanged: 3 };
        assert_eq!(in_words(&summary, false), "Filen är inläst: 1\u{a0}ny, 2\u{a0}ändrade, 3\u{a0}oförändrade.");
        assert!(in_words(&summary, true).contains("Inget är sparat än"));
    }
}
