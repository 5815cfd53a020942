//! What is already collected of what somebody is writing, beside the form.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use uuid::Uuid;

use super::side::{ItemRow, Side};
use crate::actions::drafts;
use crate::actions::overlaps::Readable;
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::pairs;
use crate::domain::access::Actor;
use crate::domain::collection::Collection;
use crate::domain::content::Item;
use crate::domain::draft::{DraftForm, DraftItem, Step};
use crate::domain::field::Field;
use crate::domain::identifier::CollectionNumber;
use crate::domain::overlap::{Planned, Tier, explain};
use crate::error::{Error, Result};
use crate::search::overlap::{Known, Overlap};
use crate::state::AppState;
use crate::text;
use crate::web::filters;
use crate::web::form::Posted;
use crate::web::layout::Today;
use crate::web::page::{PageResult, page};

/// Collections looked at.
const MOST: usize = 8;
/// Collections shown that may be like it: more would help nobody.
const MOST_SIMILAR: usize = 3;
/// Items shown of each.
const MOST_ITEMS: usize = 6;
/// From this score on two items are shown beside each other.
const ALIKE: f64 = 0.5;

/// What is shown beside the form.
#[derive(Debug, Default)]
pub struct Nearby {
    /// Those that probably ask for the same.
    pub flagged: Vec<Match>,
    /// Those that may be like it, folded.
    pub similar: Vec<Match>,
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
    /// Why it is shown.
    pub why: String,
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

    /// Looks for what is like `form`, among what `actor` may read. `own` is the collection that the form changes.
    ///
    /// # Errors
    /// As the database says.
    pub async fn of(state: &AppState, actor: &Actor, form: &DraftForm, own: Option<CollectionNumber>, today: NaiveDate) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let readable = Readable::by(&mut tx, Some(actor), today).await?;
        // never what the form changes, nor what it was copied from, nor the copies of either
        let mut except = HashSet::new();
        for number in own.into_iter().chain(form.copied_from.as_deref().and_then(CollectionNumber::parse)) {
            except.extend(pairs::family_of_number(&mut tx, number).await?);
        }
        drop(tx);
        let searched = readable.clone();
        let visible = move |known: Known| !except.contains(&known.id) && searched.allows(known.id, |today| known.is_open_on(today));
        let found = state.index.overlaps(planned(form), MOST, visible).await?;
        let found: Vec<Overlap> = found.into_iter().filter(|one| one.judgement.tier != Tier::Unlike).collect();
        let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
        let read = collections::load(&mut state.db.read().await?, &ids, Version::InForce).await?;
        // the database has the last word on who may know of what
        let read = read.iter().filter(|one| readable.allows(one.id, |today| one.is_open_on(today)));
        let by_id: HashMap<Uuid, &Collection> = read.map(|one| (one.id, one)).collect();
        let items: Vec<&DraftItem> = form.items.iter().filter(|item| !item.is_empty()).collect();
        let mut this = Self::default();
        for one in &found {
            let Some(collection) = by_id.get(&one.id) else { continue };
            let shown = Match::new(one, collection, &items, today);
            if one.judgement.tier == Tier::Flagged { this.flagged.push(shown) } else { this.similar.push(shown) }
        }
        this.similar.truncate(MOST_SIMILAR);
        Ok(this)
    }
}

impl Match {
    fn new(found: &Overlap, collection: &Collection, items: &[&DraftItem], today: NaiveDate) -> Self {
        let held = &collection.content.items;
        let alike = found.judgement.items.iter().enumerate().filter_map(|(at, best)| {
            let best = best.first().filter(|best| best.score >= ALIKE)?;
            Some((best.score, items.get(at)?, held.get(best.item)?))
        });
        let mut alike: Vec<(f64, &&DraftItem, &Item)> = alike.collect();
        alike.sort_by(|a, b| b.0.total_cmp(&a.0));
        let rows = alike.into_iter().take(MOST_ITEMS).map(|(_, typed, item)| {
            let definition = item.definition.clone().unwrap_or_default();
            ItemRow::new((&typed.label, &typed.definition), (&item.label, &definition))
        });
        let why = explain::reasons(&found.evidence, &found.judgement).join(", ");
        Self { side: Side::new(collection, today), why: filters::capital(&why), items: rows.collect() }
    }
}

/// The form as what is compared.
fn planned(form: &DraftForm) -> Planned {
    let item = |item: &DraftItem| match item.definition.trim() {
        "" => item.label.clone(),
        definition => format!("{}. {definition}", item.label),
    };
    Planned {
        title: form.text(Field::Title).to_owned(),
        purpose: form.text(Field::Purpose).to_owned(),
        area: Some(form.text(Field::Area).to_owned()).filter(|area| !area.is_empty()),
        items: form.items.iter().filter(|one| !one.is_empty()).map(item).collect(),
    }
}

/// `POST /utkast/{id}/{steg}/liknande`: what is like the form as it stands on the page. Nothing is saved.
///
/// # Errors
/// There is no such form in the person's own organisation.
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
    page(&Fragment { nearby: Nearby::of(&state, &user.actor, &draft.form, draft.number, today).await? })
}
