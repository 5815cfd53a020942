//! The flags that wait for a reviewer.

use askama::Template;
use axum::extract::State;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::collections::{self, Version};
use crate::db::pairs::{self, Overlap};
use crate::domain::access::Action;
use crate::domain::collection::Collection;
use crate::domain::overlap::answer::AnswerKind;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::filters;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// The most flags on the page.
const MOST: i64 = 100;

/// `GET /liknande`: for SKR, analysts and administrators.
///
/// # Errors
/// The user is none of them.
pub async fn list(State(state): State<AppState>, user: User, Today(today): Today) -> PageResult {
    user.require(Action::ReviewOverlaps)?;
    let mut tx = state.db.read().await?;
    let mut rows = Vec::new();
    for overlap in pairs::to_review(&mut tx, MOST).await? {
        rows.extend(Row::read(&mut tx, overlap, &user, today).await?);
    }
    drop(tx);
    page(&ReviewPage { layout: Layout::new(&state, Visitor(Some(user)), "/liknande"), rows })
}

/// One of the two collections of a flag.
#[derive(Debug)]
pub struct Named {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its first responsible agency.
    pub agency: String,
}

impl From<&Collection> for Named {
    fn from(collection: &Collection) -> Self {
        let agency = collection.responsible.first().map(|one| one.organisation.name.clone());
        Self {
            number: collection.number.map(|number| number.to_string()).unwrap_or_default(),
            title: collection.content.title.clone(),
            agency: agency.unwrap_or_default(),
        }
    }
}

/// A flag.
#[derive(Debug)]
pub struct Row {
    /// Its identity.
    pub id: Uuid,
    /// The collection that asks.
    pub asking: Named,
    /// The other one.
    pub met: Named,
    /// How many items are alike.
    pub items: usize,
    /// What the agency that asks has answered.
    pub answer: Option<AnswerKind>,
}

impl Row {
    /// The row, if the user may know of both collections.
    async fn read(tx: &mut Tx, overlap: Overlap, user: &User, today: NaiveDate) -> Result<Option<Self>> {
        let pair = match crate::actions::pairs::pair(tx, &user.actor, overlap.id, today).await {
            Ok(pair) => pair,
            Err(Error::NotFound) => return Ok(None),
            Err(other) => return Err(other),
        };
        let mut both = collections::load(tx, &[pair.asking.id, pair.met.id], Version::InForce).await?;
        both.sort_by_key(|one| one.id != pair.asking.id);
        let [asking, met] = both.as_slice() else { return Ok(None) };
        let answer = pairs::answers(tx, &[overlap.id]).await?.first().map(|one| one.answer.kind);
        Ok(Some(Self { id: overlap.id, asking: asking.into(), met: met.into(), items: overlap.found.items.len(), answer }))
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "overlap/review.html")]
pub struct ReviewPage {
    /// The frame.
    pub layout: Layout,
    /// The flags, the likeliest first.
    pub rows: Vec<Row>,
}
