//! A body's answer as a document: a page to print, and docx.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use uuid::Uuid;

use super::{Named, number_of};
use crate::actions::consultations::{Seen, points, visible};
use crate::clock;
use crate::db::Tx;
use crate::db::collections::{self, Version};
use crate::db::consultations::points::{self as kept, Point, Then};
use crate::domain::documents::model::{self, Block, Document, Span};
use crate::domain::documents::opinion::{Given, build};
use crate::error::{Error, Result};
use crate::publish::docx::docx;
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::filters;
use crate::web::layout::{Layout, Today};
use crate::web::page::page;
use crate::web::papers::documents::DOCX;
use crate::web::papers::list::file;
use crate::web::user::{User, Visitor};

/// `GET /samrad/{nr}/yttrande/{organ}`, and with `.docx` the same document as a file.
///
/// # Errors
/// There is no such case that the user may read, or the body has not answered.
pub async fn show(
    State(state): State<AppState>,
    user: User,
    Today(today): Today,
    Path((number, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let body = name.strip_suffix(".docx").unwrap_or(&name);
    let mut tx = state.db.read().await?;
    let seen = visible(&mut tx, &user.actor, number_of(&number)?, today).await?;
    let document = document(&mut tx, &seen, body).await?;
    drop(tx);
    if body.len() < name.len() {
        return Ok(file(DOCX, &format!("yttrande-{number}-{body}.docx"), docx(&document)?));
    }
    let layout = Layout::new(&state, Visitor(Some(user)), "/samrad");
    page(&OpinionPage { layout, number, body: body.to_owned(), document })
}

/// What a body answered in a case, as a document.
///
/// # Errors
/// `NotFound` where it has not answered.
pub async fn document(tx: &mut Tx, seen: &Seen, body: &str) -> Result<Document> {
    let case = &seen.case;
    let part = case.parts.iter().find(|part| part.body == body).ok_or(Error::NotFound)?;
    let (Some(opinion), Some(answered_at)) = (part.opinion, part.answered_at) else { return Err(Error::NotFound) };
    let asked = collections::load(tx, &[case.version.0], Version::Numbered(case.version.1)).await?.pop().ok_or(Error::NotFound)?;
    let items = points::items(tx, seen).await?;
    let points = kept::points(tx, case.id).await?;
    let points: Vec<[String; 4]> = points.iter().filter(|one| one.body == body && one.is_live()).map(|one| cells(one, &items)).collect();
    let named = Named::of(tx, seen, part.retold_by().into_iter()).await?;
    let retold_by = part.retold_by().map(|by| named.get(by));
    let (agency, name, collection) = (named.get(&case.agency), named.get(&part.body), seen.collection.to_string());
    Ok(build(&Given {
        number: &case.number.to_string(),
        collection: (&collection, &asked.content.title),
        agency: (&agency, case.asking.diary_number.as_deref()),
        body: (&name, part.diary_number.as_deref()),
        days: (clock::swedish_day(case.requested_at), clock::swedish_day(answered_at)),
        opinion: (opinion, part.answer.as_deref()),
        retold_by: retold_by.as_deref(),
        assessments: [part.coordination.as_deref(), part.feasibility.as_deref()],
        points: &points,
    }))
}

/// A point as a row: number, what it is about, words, and what the agency had replied when the body answered. A document that is filed does
/// not change afterwards.
fn cells(point: &Point, items: &[(Uuid, String)]) -> [String; 4] {
    let reply = match point.then() {
        Then::Reply(replied) => replied.reply.in_words(),
        Then::Nothing => "Inget svar".to_owned(),
        Then::Unknown => "Svaret gavs eller ändrades efter yttrandet".to_owned(),
    };
    [point.position.to_string(), points::subject(point, items), point.written.words.clone(), reply]
}

/// A body's answer as a page.
#[derive(Debug, Template)]
#[template(path = "consultations/opinion.html")]
pub struct OpinionPage {
    /// The frame, which is not printed.
    pub layout: Layout,
    /// The case's number.
    pub number: String,
    /// The body, by code.
    pub body: String,
    /// The document.
    pub document: Document,
}
