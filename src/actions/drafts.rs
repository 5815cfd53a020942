//! Filling in the form of a collection: begun, saved step by step, and registered or taken away.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::collections::{Right, check_living, involved, retried};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::drafts::{self, Draft, NewDraft};
use crate::db::events::{self, Event};
use crate::db::{Db, Tx, areas, involved as parties, organisations, register};
use crate::domain::access::{Action, Actor, may};
use crate::domain::draft::{DraftForm, Known, Step};
use crate::domain::field::Field;
use crate::domain::identifier::CollectionNumber;
use crate::error::{Error, Result};

pub mod submit;

/// What forms may refer to.
///
/// # Errors
/// As the database says.
pub async fn known(tx: &mut Tx) -> Result<Known> {
    let mut known = Known::default();
    known.areas = areas::all(tx).await?;
    known.departments = organisations::departments(tx).await?;
    known.municipalities = organisations::municipalities(tx).await?;
    known.regions = organisations::regions(tx).await?;
    let other_names = organisations::other_names(tx).await?.into_iter().map(|other| (other.organisation_code, other.name));
    known.add_agencies(drafts::agencies(tx).await?, other_names);
    Ok(known)
}

/// A form of the actor's own organisation, or of one that it has taken over from.
///
/// # Errors
/// `NotFound` where there is none, or it is somebody else's: nobody learns what others work with.
pub async fn open(tx: &mut Tx, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Draft> {
    let draft = drafts::get(tx, id).await?.ok_or(Error::NotFound)?;
    if may(actor, Action::WorkFor(&draft.organisation)) {
        return Ok(draft);
    }
    let successor = parties::living(tx, &draft.organisation, clock::swedish_day(now)).await?;
    if may(actor, Action::WorkFor(&successor)) { Ok(draft) } else { Err(Error::NotFound) }
}

/// How a form begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Empty. `voluntary`: the agency judges that 1 § does not reach the collection.
    Empty {
        /// Whether it is registered of free will.
        voluntary: bool,
    },
    /// As a copy of an earlier collection of the organisation.
    Copy(CollectionNumber),
}

/// What the page says of a collection that 1 § does not reach.
pub const VOLUNTARY: &str = "Registrerad frivilligt. Myndigheten bedömer att insamlingen inte omfattas av 1 § förordningen (1982:668).";

/// Begins the form of a new collection for the actor's organisation.
///
/// # Errors
/// `Forbidden` for those who register nothing; `Invalid` where the organisation has ended; `NotFound` where there is nothing to copy.
pub async fn begin(db: &Db, actor: &Actor, beginning: Beginning, now: DateTime<Utc>) -> Result<Uuid> {
    if !may(actor, Action::WorkFor(&actor.organisation)) {
        return Err(Error::Forbidden);
    }
    let mut tx = db.write().await?;
    check_living(&mut tx, &actor.organisation, clock::swedish_day(now)).await?;
    let (form, detail) = match beginning {
        Beginning::Empty { voluntary } => {
            let mut form = DraftForm::empty(&actor.organisation);
            if voluntary {
                form.texts.insert(Field::Remark, VOLUNTARY.to_owned());
            }
            (form, json!({ "source": "form" }))
        }
        Beginning::Copy(number) => {
            let earlier = involved(&mut tx, actor, number, Right::Edit, clock::swedish_day(now)).await?;
            let collection = collections::load(&mut tx, &[earlier.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
            let copy = DraftForm::copy_of(&collection.as_parts(), &actor.organisation);
            let form = DraftForm { copied_from: Some(number.to_string()), ..copy };
            (form, json!({ "source": "form", "copy_of": number.to_string() }))
        }
    };
    let id = clock::new_id();
    let draft = NewDraft { id, organisation: &actor.organisation, changes: None, form: &form, person: actor.person };
    drafts::insert(&mut tx, &draft, now).await?;
    add_event(&mut tx, actor, "draft.begun", id, detail, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Begins a change of a collection, or leads to the one that the organisation has begun already.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` where the organisation has ended or the collection's life does not allow it.
pub async fn begin_change(db: &Db, actor: &Actor, number: CollectionNumber, now: DateTime<Utc>) -> Result<Uuid> {
    if !may(actor, Action::WorkFor(&actor.organisation)) {
        return Err(Error::Forbidden);
    }
    let mut tx = db.write().await?;
    let today = clock::swedish_day(now);
    let subject = involved(&mut tx, actor, number, Right::Edit, today).await?;
    check_living(&mut tx, &actor.organisation, today).await?;
    subject.standing(today).check(crate::domain::life::Step::Revise).map_err(Error::Invalid)?;
    // of two who begin at once the second finds what the first has begun
    register::lock(&mut tx, subject.id).await?;
    let codes = parties::stands_for(&mut tx, &actor.organisation, today).await?;
    if let Some(begun) = drafts::of_change(&mut tx, &codes, subject.id).await? {
        return Ok(begun);
    }
    let collection = collections::load(&mut tx, &[subject.id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let form = DraftForm::of_change(&collection.as_parts());
    let id = clock::new_id();
    let changes = Some((subject.id, collection.changed_at));
    let draft = NewDraft { id, organisation: &actor.organisation, changes, form: &form, person: actor.person };
    drafts::insert(&mut tx, &draft, now).await?;
    add_event(&mut tx, actor, "draft.begun", id, json!({ "source": "form", "collection": number.to_string() }), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// What somebody wants to save.
#[derive(Debug, Clone, Copy)]
pub struct Saving<'a> {
    /// The form.
    pub id: Uuid,
    /// The revision that the page was made of.
    pub revision: i64,
    /// The step of the page.
    pub step: Step,
    /// What the page sent.
    pub pairs: &'a [(String, String)],
    /// The fields in which what is saved already is to stand, chosen after a conflict.
    pub keep: &'a [Field],
}

/// What came of saving.
#[derive(Debug)]
pub enum Saved {
    /// The form as it is now.
    Done(Box<Draft>),
    /// Somebody else saved meanwhile, and this one adds nothing: the form as it is saved, which this person has not seen.
    Unseen(Box<Draft>),
    /// Somebody else saved meanwhile and says something else: what this one wanted, and what is saved.
    Differs {
        /// The form as this person wanted it.
        mine: Box<DraftForm>,
        /// The form as it is saved.
        saved: Box<Draft>,
    },
}

/// Saves a step. Nothing is judged: what is wrong is kept as typed.
///
/// # Errors
/// `NotFound` where the form is gone or somebody else's.
pub async fn save(db: &Db, actor: &Actor, known: &Known, saving: &Saving<'_>, now: DateTime<Utc>) -> Result<Saved> {
    retried(|| {
        change_form(db, actor, saving.id, saving.revision, now, |draft| {
            draft.form = as_sent(draft, known, saving);
        })
    })
    .await
}

/// The form as a page wants it.
#[must_use]
pub fn as_sent(draft: &Draft, known: &Known, saving: &Saving<'_>) -> DraftForm {
    let mut form = draft.form.clone();
    form.apply(saving.step, saving.pairs, known, &registrant(draft));
    for field in saving.keep {
        form.take(*field, &draft.form);
    }
    if form != draft.form {
        saving.step.code().clone_into(&mut form.step);
    }
    form
}

/// Adds what is not a field of a page: the occasions of a rule, or a row less.
///
/// # Errors
/// As [`save`].
pub async fn alter(db: &Db, actor: &Actor, draft: &Draft, change: impl Fn(&mut DraftForm), now: DateTime<Utc>) -> Result<Saved> {
    retried(|| change_form(db, actor, draft.id, draft.revision, now, |draft| change(&mut draft.form))).await
}

/// Who registers the collection of a form: the first of its responsible agencies, which for a new one is the organisation itself.
fn registrant(draft: &Draft) -> String {
    let first = draft.form.responsible.first().filter(|_| draft.number.is_some());
    first.cloned().unwrap_or_else(|| draft.organisation.clone())
}

async fn change_form(db: &Db, actor: &Actor, id: Uuid, revision: i64, now: DateTime<Utc>, change: impl Fn(&mut Draft)) -> Result<Saved> {
    let mut tx = db.write().await?;
    let saved = open(&mut tx, actor, id, now).await?;
    let mut draft = saved.clone();
    change(&mut draft);
    let fields = saved.form.differences(&draft.form);
    // what a page sends by itself, where nobody has answered, writes nothing over
    if draft.form == saved.form || (fields.is_empty() && saved.revision != revision) {
        let seen = saved.revision == revision;
        return Ok(if seen { Saved::Done(Box::new(saved)) } else { Saved::Unseen(Box::new(saved)) });
    }
    if saved.revision != revision {
        return Ok(Saved::Differs { mine: Box::new(draft.form), saved: Box::new(saved) });
    }
    if !drafts::update(&mut tx, &draft, actor.person, now).await? {
        return Err(Error::Conflict);
    }
    let codes: Vec<&str> = fields.iter().map(|field| field.code()).collect();
    add_event(&mut tx, actor, "draft.saved", id, json!({ "source": "form", "fields": codes }), now).await?;
    tx.commit().await?;
    draft.revision += 1;
    Ok(Saved::Done(Box::new(draft)))
}

/// Takes a form away.
///
/// # Errors
/// `NotFound` where it is gone or somebody else's; `Conflict` where somebody saved it after `revision`.
pub async fn remove(db: &Db, actor: &Actor, id: Uuid, revision: i64, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let draft = open(&mut tx, actor, id, now).await?;
    if draft.revision != revision || !drafts::delete(&mut tx, id, revision).await? {
        return Err(Error::Conflict);
    }
    add_event(&mut tx, actor, "draft.removed", id, json!({ "source": "form" }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes what was done with a form; which fields, never what they say.
async fn add_event(tx: &mut Tx, actor: &Actor, action: &str, id: Uuid, detail: Value, now: DateTime<Utc>) -> Result<()> {
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: actor.organisation.clone(),
        person: Some(actor.person),
        action: action.to_owned(),
        subject_kind: "draft".to_owned(),
        subject: id.to_string(),
        detail,
    };
    events::add(tx, &event).await?;
    Ok(())
}
