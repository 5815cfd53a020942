//! Style sheets, scripts and pictures, embedded in the program.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::RustEmbed;

use super::failure::Failure;
use crate::error::Error;

/// What browsers may fetch. Reference and demonstration data are embedded elsewhere and not served.
#[derive(RustEmbed)]
#[folder = "static/"]
#[include = "css/*.css"]
#[include = "js/*.js"]
#[include = "img/*"]
#[include = "vendor/**/*.css"]
#[include = "vendor/**/*.js"]
struct Assets;

/// Serves one file; browsers keep it and ask whether it has changed.
pub async fn serve(Path(path): Path<String>, request: HeaderMap) -> Result<Response, Failure> {
    let file = Assets::get(&path).ok_or(Error::NotFound)?;
    let tag: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let headers = [
        (header::CONTENT_TYPE, content_type(&path).to_owned()),
        (header::CACHE_CONTROL, "public, max-age=300".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    let known = request.get(header::IF_NONE_MATCH).is_some_and(|have| have.as_bytes() == tag.as_bytes());
    if known { Ok((StatusCode::NOT_MODIFIED, headers).into_response()) } else { Ok((headers, file.data).into_response()) }
}

/// What nobody but people who are signed in can use.
const FOR_PEOPLE: [&str; 11] = [
    "/administration",
    "/handelser",
    "/insamlingar/ny",
    "/konto",
    "/liknande",
    "/logga-in",
    "/logga-ut",
    "/personer",
    "/samrad",
    "/skrivbord",
    "/utkast",
];

/// `GET /robots.txt`: search engines may read whatever is open.
pub async fn robots() -> Response {
    let lines: String = FOR_PEOPLE.iter().map(|path| format!("Disallow: {path}\n")).collect();
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("User-agent: *\n{lines}")).into_response()
}

/// `GET /favicon.ico`, which browsers ask for beside what a page says.
pub async fn icon() -> Redirect {
    Redirect::permanent("/static/img/mark.svg")
}

/// The content of one file, for what leaves the register with its style sheet beside it.
///
/// # Errors
/// There is no such file.
pub fn bytes(path: &str) -> Result<Vec<u8>, Error> {
    Assets::get(path).map(|file| file.data.into_owned()).ok_or(Error::NotFound)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
