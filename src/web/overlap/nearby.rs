//! What is already collected of what somebody is writing, beside the form.

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use uuid::Uuid;

use super::side::{ItemRow, Side};
use crate::actions::beside::{self, Alike};
use crate::actions::drafts;
use crate::clock;
use crate::db::drafts::Draft;
use crate::domain::draft::{DraftItem, Step};
use crate::domain::overlap::explain;
use crate::error::{Error, Result};
use crate::search::overlap::Overlap;
use crate::state::AppState;
use crate::text;
use crate::web::filters;
use crate::web::form::Posted;
use crate::web::layout::Today;
use crate::web::page::{PageResult, page};
use crate::web::user::User;

/// Collections shown that may be like it: more would help nobody.
const MOST_SIMILAR: usize = 3;
/// Items shown of each.
const MOST_ITEMS: usize = 6;

/// What is shown beside the form.
#[derive(Debug, Default)]
pub struct Nearby {
    /// Those that probably ask for the same.
    pub flagged: Vec<Match>,
    /// Those that may be like it, folded.
    pub similar: Vec<Match>,
    /// Whether it cannot be told now.
    pub failed: bool,
}

/// The same by itself, while somebody types.
#[derive(Debug, Template)]
#[template(path = "overlap/nearby.html")]
struct Fragment {
    nearby: Nearby,
}

/// A registered collection that is like the one that is being written.
#[derive(Debug)]
pub struct Match {
    /// What it is.
    pub side: Side,
    /// Why it is shown, in sentences.
    pub why: String,
    /// Whether it is the agency's own.
    pub is_own: bool,
    /// The items that are alike.
    pub items: Vec<ItemRow>,
}

impl Nearby {
    /// What is said once to those who do not see the page, and only where it is something else than before.
    #[must_use]
    pub fn said(&self) -> String {
        let count = |many: usize| text::counted(i64::try_from(many).unwrap_or(i64::MAX), "insamling", "insamlingar");
        match (self.flagged.len(), self.similar.len()) {
            (0, 0) => String::new(),
            (0, similar) => format!("{} liknar det ni skriver.", filters::capital(&count(similar))),
            (flagged, _) => format!("{} begär troligen samma uppgifter.", filters::capital(&count(flagged))),
        }
    }

    /// Looks for what is like a form. Where that fails, the form does not.
    pub async fn beside(state: &AppState, user: &User, draft: &Draft, today: NaiveDate) -> Self {
        Self::told(alike(state, user, draft, today).await, draft, today)
    }

    fn told(found: Option<Vec<Alike>>, draft: &Draft, today: NaiveDate) -> Self {
        match found {
            Some(found) => Self::of(&found, draft, today),
            None => Self { failed: true, ..Self::default() },
        }
    }

    fn of(found: &[Alike], draft: &Draft, today: NaiveDate) -> Self {
        let mut this = Self::default();
        for one in found {
            let shown = Match::new(one, draft, today);
            if one.is_flagged() { this.flagged.push(shown) } else { this.similar.push(shown) }
        }
        this.similar.truncate(MOST_SIMILAR);
        this
    }
}

/// What is like a form, unless that cannot be told now: whoever writes is not kept from it by a fault of ours.
pub async fn alike(state: &AppState, user: &User, draft: &Draft, today: NaiveDate) -> Option<Vec<Alike>> {
    logged(beside::alike(&state.db, &state.index, &user.actor, draft, today).await)
}

fn logged(found: Result<Vec<Alike>>) -> Option<Vec<Alike>> {
    let log = |error: &Error| match error {
        Error::Busy => tracing::debug!("too many ask at once to compare a form with the register"),
        error => tracing::error!(%error, "a form was not compared with the register"),
    };
    found.inspect_err(log).ok()
}

impl Match {
    /// A collection beside a form.
    #[must_use]
    pub fn new(one: &Alike, draft: &Draft, today: NaiveDate) -> Self {
        let Alike { overlap: Overlap { likeness, judgement, .. }, collection, is_own } = one;
        let items: Vec<&DraftItem> = draft.form.items.iter().filter(|item| !item.is_empty()).collect();
        let held = &collection.content.items;
        let alike = judgement.alike().into_iter().filter_map(|(at, best)| Some((items.get(at)?, held.get(best.item)?)));
        let rows = alike.take(MOST_ITEMS).map(|(typed, item)| {
            let definition = item.definition.clone().unwrap_or_default();
            ItemRow::new((&typed.label, &typed.definition), (&item.label, &definition))
        });
        let why: Vec<String> = explain::reasons(likeness, judgement).iter().map(|one| format!("{}.", filters::capital(one))).collect();
        Self { side: Side::new(collection, today), why: why.join(" "), is_own: *is_own, items: rows.collect() }
    }
}

/// `POST /utkast/{id}/{steg}/liknande`: what is like the form as it stands on the page. Nothing is saved.
///
/// # Errors
/// There is no such form in the person's own organisation; too many ask at once: then the page keeps what it shows, and says that it is old.
pub async fn show(
    State(state): State<AppState>,
    Today(today): Today,
    Path((id, step)): Path<(Uuid, String)>,
    posted: Posted,
) -> PageResult {
    let Posted { user, fields } = posted;
    let step = Step::from_code(&step).ok_or(Error::NotFound)?;
    let mut tx = state.db.read().await?;
    let mut draft = drafts::open(&mut tx, &user.actor, id, clock::now()).await?;
    let known = drafts::known(&mut tx).await?;
    drop(tx);
    draft.form.apply(step, fields.pairs(), &known, &draft.organisation);
    let found = match beside::alike(&state.db, &state.index, &user.actor, &draft, today).await {
        Err(Error::Busy) => return Err(Error::Busy.into()),
        found => logged(found),
    };
    page(&Fragment { nearby: Nearby::told(found, &draft, today) })
}
