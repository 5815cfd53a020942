//! Two people in one form, or a collection that changed under a change: both versions beside each other, field by field. The person
//! chooses; neither is lost before that.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::fields::ErrorLine;
use super::super::filters;
use super::super::form::{CSRF, Fields};
use super::super::layout::Layout;
use super::super::page::PageResult;
use super::super::user::{User, Visitor};
use super::body::{LEADING, href};
use super::review::heading;
use super::{with_status, written_moment};
use crate::actions::drafts;
use crate::actions::drafts::submit::{self, rebase};
use crate::clock;
use crate::db::drafts::Draft;
use crate::domain::draft::compare::Side;
use crate::domain::draft::{Base, DraftForm, Known, Step};
use crate::domain::field::Field;
use crate::error::Error;
use crate::state::AppState;

/// How the name of a choice begins.
const CHOICE: &str = "val_";
/// The choice of what is saved already.
const SAVED: &str = "sparat";
/// Said where no choice was made.
const UNCHOSEN: &str = "Välj vad som ska gälla.";

/// Said where the same person has saved meanwhile.
pub(super) const SAVED_ELSEWHERE: &str = "Du har sparat utkastet i en annan flik eller på en tidigare sida";

/// The choice of what this person wants.
const MINE: &str = "mitt";
/// The name under which the page tells which choices it asks for.
const ASKED: &str = "skillnad";
/// The name under which a page tells what it was made of.
const BASE: &str = "bas";

/// A field in which two versions differ.
#[derive(Debug)]
pub struct Difference {
    /// The name of the choice.
    pub name: String,
    /// The code of the field.
    pub field: &'static str,
    /// The field's heading.
    pub heading: String,
    /// What this person wanted.
    pub mine: Vec<String>,
    /// What is saved.
    pub theirs: Vec<String>,
    /// What is chosen already: the side that alone has changed it.
    pub chosen: Option<Side>,
    /// Whether the choice is missing in what was sent.
    pub missing: bool,
}

impl Difference {
    /// Whether what this person wanted is chosen.
    #[must_use]
    pub fn is_mine(&self) -> bool {
        self.chosen == Some(Side::Mine)
    }

    /// Whether what is saved is chosen.
    #[must_use]
    pub fn is_theirs(&self) -> bool {
        self.chosen == Some(Side::Theirs)
    }
}

/// Where the choices come from that the page shows as made.
#[derive(Debug, Clone, Copy)]
pub enum Choices<'a> {
    /// From what both versions grew from.
    Proposed(&'a Base),
    /// From what was sent, in which some are missing.
    Sent(&'a Fields),
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
    /// Which choices are missing.
    pub errors: Vec<ErrorLine>,
    /// Where the choice is sent.
    pub action: String,
    /// What is sent with it.
    pub hidden: Vec<(String, String)>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// What stands over the saved version.
    pub theirs: &'static str,
}

fn differences(mine: &DraftForm, theirs: &DraftForm, known: &Known, choices: Choices<'_>) -> Vec<Difference> {
    let difference = |field: Field| {
        let chosen = match choices {
            Choices::Proposed(base) => base.changed_by(field, mine, theirs),
            Choices::Sent(fields) => choice(fields, field.code()),
        };
        Difference {
            name: format!("{CHOICE}{}", field.code()),
            field: field.code(),
            heading: heading(field),
            mine: mine.shown(field, known),
            theirs: theirs.shown(field, known),
            chosen,
            missing: chosen.is_none() && matches!(choices, Choices::Sent(_)),
        }
    };
    mine.differences(theirs).into_iter().map(difference).collect()
}

fn error_lines(differences: &[Difference]) -> Vec<ErrorLine> {
    let line = |one: &Difference| ErrorLine { href: format!("#{}-mitt", one.name), text: format!("{}: {UNCHOSEN}", one.heading) };
    differences.iter().filter(|one| one.missing).map(line).collect()
}

/// What was chosen for a field.
fn choice(fields: &Fields, code: &str) -> Option<Side> {
    match fields.get(&format!("{CHOICE}{code}")) {
        MINE => Some(Side::Mine),
        SAVED => Some(Side::Theirs),
        _ => None,
    }
}

/// Whether a choice is missing that the page asked for.
pub(super) fn is_unanswered(fields: &Fields) -> bool {
    fields.all(ASKED).any(|code| choice(fields, code).is_none())
}

/// What a page was made of.
pub(super) fn base(fields: &Fields) -> Base {
    Base::parse(fields.get(BASE))
}

impl ConflictPage {
    /// Somebody saved the same step meanwhile.
    #[must_use]
    pub fn of_step(
        layout: Layout,
        mine: &DraftForm,
        saved: &Draft,
        step: Step,
        (fields, choices): (&Fields, Choices<'_>),
        known: &Known,
    ) -> Self {
        let differences = differences(mine, &saved.form, known, choices);
        let mut hidden = mine.pairs(step);
        hidden.push(("revision".to_owned(), saved.revision.to_string()));
        hidden.push((BASE.to_owned(), Base::of_step(&saved.form, step).to_string()));
        hidden.extend(differences.iter().map(|one| (ASKED.to_owned(), one.field.to_owned())));
        let button = fields.get("gor");
        // what was to follow still follows, but nothing that would add to what is sent
        let follows = ["spara", "tillbaka", "granska"].contains(&button) || button.starts_with(LEADING);
        let button = if follows { button } else { "nasta" };
        hidden.push(("gor".to_owned(), button.to_owned()));
        let at = written_moment(saved.changed_at);
        let happened = if saved.is_by(layout.user.as_ref().map(|user| user.actor.person)) {
            format!("{SAVED_ELSEWHERE}, den {at}.")
        } else {
            let who = saved.changed_by.clone().map_or_else(|| "En kollega".to_owned(), |who| format!("{who} (hos er)"));
            format!("{who} sparade utkastet den {at}, medan du arbetade.")
        };
        Self {
            layout,
            title: saved.form.title(),
            happened,
            errors: error_lines(&differences),
            action: href(saved.id, step),
            hidden,
            differences,
            theirs: "Det som är sparat",
        }
    }

    /// The collection was changed after the change was begun.
    #[must_use]
    pub fn of_change(
        layout: Layout,
        draft: &Draft,
        (theirs, changed_at): (&DraftForm, DateTime<Utc>),
        choices: Choices<'_>,
        known: &Known,
    ) -> Self {
        let hidden = vec![
            ("gor".to_owned(), "forena".to_owned()),
            ("revision".to_owned(), draft.revision.to_string()),
            ("based_on".to_owned(), changed_at.to_rfc3339()),
        ];
        // a collection says nothing of a change that is only being written
        let theirs = DraftForm { change: draft.form.change.clone(), ..theirs.clone() };
        let differences = differences(&draft.form, &theirs, known, choices);
        Self {
            layout,
            title: draft.form.title(),
            happened: format!("Insamlingen ändrades den {}, efter att du började på din ändring.", written_moment(changed_at)),
            errors: error_lines(&differences),
            action: href(draft.id, Step::Review),
            hidden,
            differences,
            theirs: "Insamlingen nu",
        }
    }
}

/// The fields in which the saved answer was chosen.
pub(super) fn kept(fields: &Fields) -> Vec<Field> {
    let chosen = fields.pairs().iter().filter(|(name, value)| name != CSRF && value == SAVED);
    chosen.filter_map(|(name, _)| Field::from_code(name.strip_prefix(CHOICE)?)).collect()
}

/// Lets a change start from what the collection says now, once a choice is made for every difference.
pub(super) async fn settle(state: &AppState, user: &User, id: Uuid, fields: &Fields) -> PageResult {
    let wrong = || Error::Invalid("Formuläret är ofullständigt. Gå tillbaka till utkastet och försök igen.".to_owned());
    let based_on: DateTime<Utc> = fields.get("based_on").parse().map_err(|_| wrong())?;
    let revision = fields.get("revision").parse().map_err(|_| wrong())?;
    let now = clock::now();
    let mut tx = state.db.read().await?;
    let draft = drafts::open(&mut tx, &user.actor, id, now).await?;
    let theirs = submit::newest(&mut tx, &user.actor, &draft, now).await?;
    let known = drafts::known(&mut tx).await?;
    drop(tx);
    let layout = Layout::new(state, Visitor(Some(user.clone())), "");
    let asked = ConflictPage::of_change(layout, &draft, (&theirs.0, theirs.1), Choices::Sent(fields), &known);
    if !asked.errors.is_empty() {
        return with_status(StatusCode::UNPROCESSABLE_ENTITY, &asked);
    }
    rebase(&state.db, &user.actor, (id, revision), based_on, &kept(fields), now).await?;
    Ok(Redirect::to(&href(id, Step::Review)).into_response())
}
