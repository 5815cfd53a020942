//! Two people in one form, or a collection that changed under a change: both versions beside each other, field by field. The person
//! chooses; neither is lost before that.

use askama::Template;
use axum::response::{IntoResponse, Redirect};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::filters;
use super::super::form::{CSRF, Fields};
use super::super::layout::Layout;
use super::super::page::PageResult;
use super::super::user::User;
use super::body::href;
use super::review::heading;
use super::written_moment;
use crate::actions::drafts::submit::rebase;
use crate::clock;
use crate::db::drafts::Draft;
use crate::domain::draft::{DraftForm, Known, Step};
use crate::domain::field::Field;
use crate::error::Error;
use crate::state::AppState;

/// How the name of a choice begins.
const CHOICE: &str = "val_";
/// The choice of what is saved already.
const SAVED: &str = "sparat";

/// A field in which two versions differ.
#[derive(Debug)]
pub struct Difference {
    /// The name of the choice.
    pub name: String,
    /// The field's heading.
    pub heading: String,
    /// What this person wanted.
    pub mine: Vec<String>,
    /// What is saved.
    pub theirs: Vec<String>,
}

/// Both versions.
#[derive(Debug, Template)]
#[template(path = "editor/conflict.html")]
pub struct ConflictPage {
    /// The frame.
    pub layout: Layout,
    /// The title.
    pub title: String,
    /// What has happened, in a sentence.
    pub happened: String,
    /// Where the choice is sent.
    pub action: String,
    /// What is sent with it.
    pub hidden: Vec<(String, String)>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// What stands over the saved version.
    pub theirs: &'static str,
}

fn differences(mine: &DraftForm, theirs: &DraftForm, known: &Known) -> Vec<Difference> {
    let difference = |field: Field| Difference {
        name: format!("{CHOICE}{}", field.code()),
        heading: heading(field),
        mine: mine.shown(field, known),
        theirs: theirs.shown(field, known),
    };
    mine.differences(theirs).into_iter().map(difference).collect()
}

impl ConflictPage {
    /// Somebody saved the same step meanwhile.
    #[must_use]
    pub fn of_step(layout: Layout, mine: &DraftForm, saved: &Draft, step: Step, fields: &Fields, known: &Known) -> Self {
        let mut hidden = mine.pairs(step);
        hidden.push(("revision".to_owned(), saved.revision.to_string()));
        let button = fields.get("gor");
        // what was to follow still follows, but nothing that would add to what is sent
        let button = if ["spara", "tillbaka", "granska"].contains(&button) { button } else { "nasta" };
        hidden.push(("gor".to_owned(), button.to_owned()));
        let who = saved.changed_by.clone().map_or_else(|| "En kollega".to_owned(), |who| format!("{who} (hos er)"));
        Self {
            layout,
            title: saved.form.title(),
            happened: format!("{who} sparade utkastet den {}, medan du arbetade.", written_moment(saved.changed_at)),
            action: href(saved.id, step),
            hidden,
            differences: differences(mine, &saved.form, known),
            theirs: "Det som är sparat",
        }
    }

    /// The collection was changed after the change was begun.
    #[must_use]
    pub fn of_change(layout: Layout, draft: &Draft, theirs: &DraftForm, changed_at: DateTime<Utc>, known: &Known) -> Self {
        let hidden = vec![
            ("gor".to_owned(), "forena".to_owned()),
            ("revision".to_owned(), draft.revision.to_string()),
            ("based_on".to_owned(), changed_at.to_rfc3339()),
        ];
        Self {
            layout,
            title: draft.form.title(),
            happened: format!("Insamlingen ändrades den {}, efter att du började på din ändring.", written_moment(changed_at)),
            action: href(draft.id, Step::Review),
            hidden,
            // a collection says nothing of a change that is only being written
            differences: differences(&draft.form, &DraftForm { change: draft.form.change.clone(), ..theirs.clone() }, known),
            theirs: "Insamlingen nu",
        }
    }
}

/// The fields in which the saved answer was chosen.
pub(super) fn kept(fields: &Fields) -> Vec<Field> {
    let chosen = fields.pairs().iter().filter(|(name, value)| name != CSRF && value == SAVED);
    chosen.filter_map(|(name, _)| Field::from_code(name.strip_prefix(CHOICE)?)).collect()
}

/// Lets a change start from what the collection says now, with the choices made.
pub(super) async fn settle(state: &AppState, user: &User, id: Uuid, fields: &Fields) -> PageResult {
    let wrong = || Error::Invalid("Formuläret är ofullständigt. Gå tillbaka till utkastet och försök igen.".to_owned());
    let based_on: DateTime<Utc> = fields.get("based_on").parse().map_err(|_| wrong())?;
    let revision = fields.get("revision").parse().map_err(|_| wrong())?;
    rebase(&state.db, &user.actor, (id, revision), based_on, &kept(fields), clock::now()).await?;
    Ok(Redirect::to(&href(id, Step::Review)).into_response())
}
