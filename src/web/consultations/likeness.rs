//! The questions of an attached form, with what already asks for them and what of them the collection does not tell.

use askama::Template;
use axum::extract::{Path, State};

use super::number_of;
use crate::actions::attached_items::{Asked, AttachedForm, look};
use crate::error::Error;
use crate::state::AppState;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// The page.
#[derive(Debug, Template)]
#[template(path = "consultations/likeness.html")]
pub struct LikenessPage {
    /// The frame.
    pub layout: Layout,
    /// The number of the case.
    pub number: String,
    /// The collection that the case is about.
    pub collection: String,
    /// The file's name.
    pub name: String,
    /// Where the file is given out.
    pub href: String,
    /// Whether its text could be read.
    pub is_read: bool,
    /// Everything that it asks for.
    pub all: Vec<String>,
    /// What of it is like something that is collected already.
    pub alike: Vec<Asked>,
    /// What of it is not among the items of the collection.
    pub missing: Vec<String>,
}

/// `GET /samrad/{nr}/bilagor/{id}/likheter`
///
/// # Errors
/// There is no such file that the user may know of; too many ask at once.
pub async fn show(
    State(state): State<AppState>,
    user: User,
    Today(today): Today,
    Path((number, id)): Path<(String, String)>,
) -> PageResult {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let form = look(&state.db, &state.index, &user.actor, (number_of(&number)?, id), today).await?;
    page(&LikenessPage::new(Layout::new(&state, Visitor(Some(user)), "/samrad"), number, form))
}

impl LikenessPage {
    fn new(layout: Layout, number: String, form: AttachedForm) -> Self {
        let AttachedForm { attachment, collection, asked } = form;
        let is_read = asked.is_some();
        let asked = asked.unwrap_or_default();
        Self {
            layout,
            collection,
            href: format!("/samrad/{number}/bilagor/{}", attachment.id),
            number,
            name: attachment.name,
            is_read,
            all: asked.iter().map(|one| one.words.clone()).collect(),
            missing: asked.iter().filter(|one| !one.is_registered).map(|one| one.words.clone()).collect(),
            alike: asked.into_iter().filter(|one| !one.near.is_empty()).collect(),
        }
    }
}
