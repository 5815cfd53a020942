//! Forms that are being filled in.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::organisations::{OrganisationRow, into_organisation};
use super::{Result, Tx};
use crate::domain::draft::DraftForm;
use crate::domain::identifier::CollectionNumber;
use crate::domain::organisation::Organisation;
use crate::sql;

/// A form as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Identity.
    pub id: Uuid,
    /// The organisation that works with it, by code. Nobody else sees it.
    pub organisation: String,
    /// The collection that it changes; none for a new one.
    pub number: Option<CollectionNumber>,
    /// Whether that collection has been decided: how much a change changes is asked only then.
    pub decided: bool,
    /// When what it started from was written: the collection's `changed_at` then.
    pub based_on: Option<DateTime<Utc>>,
    /// What is typed.
    pub form: DraftForm,
    /// Counts the saves.
    pub revision: i64,
    /// When it was last saved.
    pub changed_at: DateTime<Utc>,
    /// The function or name of whoever saved last, where it is known.
    pub changed_by: Option<String>,
    /// Who saved last.
    pub person: Option<Uuid>,
}

impl Draft {
    /// Whether it was this person who saved last.
    #[must_use]
    pub fn is_by(&self, person: Option<Uuid>) -> bool {
        self.person.is_some() && self.person == person
    }
}

/// A form in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DraftRow {
    /// Identity.
    pub id: Uuid,
    /// The title typed so far.
    pub title: String,
    /// The number of the collection that it changes; none for a new one.
    pub number: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last saved.
    pub changed_at: DateTime<Utc>,
    /// The function or name of whoever saved last, where it is known.
    pub changed_by: Option<String>,
}

/// A form to be stored.
#[derive(Debug)]
pub struct NewDraft<'a> {
    /// Identity.
    pub id: Uuid,
    /// The organisation that works with it.
    pub organisation: &'a str,
    /// The collection that it changes, with the time of what it starts from.
    pub changes: Option<(Uuid, DateTime<Utc>)>,
    /// What it starts with.
    pub form: &'a DraftForm,
    /// Who begins.
    pub person: Uuid,
}

/// Stores a new form.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, draft: &NewDraft<'_>, now: DateTime<Utc>) -> Result<()> {
    sql!(
        "INSERT INTO draft (id, organisation_code, collection_id, based_on, title, form, revision, created_at, changed_at, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $8)",
        draft.id,
        draft.organisation,
        draft.changes.map(|(collection, _)| collection),
        draft.changes.map(|(_, based_on)| based_on),
        draft.form.title(),
        Json(draft.form),
        now,
        draft.person,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// A form.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Draft>> {
    type Row =
        (String, Option<String>, Option<i64>, Option<DateTime<Utc>>, Json<DraftForm>, i64, DateTime<Utc>, Option<String>, Option<Uuid>);
    let row: Option<Row> = sql!(
        "SELECT d.organisation_code, c.number, c.decided_version, d.based_on, d.form, d.revision, d.changed_at, p.name, d.changed_by
         FROM draft d LEFT JOIN collection c ON c.id = d.collection_id LEFT JOIN person p ON p.id = d.changed_by WHERE d.id = $1",
        id,
    )
    .optional(tx)
    .await?;
    Ok(row.map(|(organisation, number, decided_version, based_on, Json(form), revision, changed_at, changed_by, person)| {
        let number = number.and_then(|number| CollectionNumber::parse(&number));
        Draft { id, organisation, number, decided: decided_version.is_some(), based_on, form, revision, changed_at, changed_by, person }
    }))
}

/// Stores what a form says now, if nobody has saved it since `draft.revision`. Answers whether it was stored.
///
/// # Errors
/// As the engine says.
pub async fn update(tx: &mut Tx, draft: &Draft, person: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let changed = sql!(
        "UPDATE draft SET form = $1, title = $2, based_on = $3, revision = revision + 1, changed_at = $4, changed_by = $5
         WHERE id = $6 AND revision = $7",
        Json(&draft.form),
        draft.form.title(),
        draft.based_on,
        now,
        person,
        draft.id,
        draft.revision,
    )
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Takes a form away, if nobody has saved it since `revision`. Answers whether it was there.
///
/// # Errors
/// As the engine says.
pub async fn delete(tx: &mut Tx, id: Uuid, revision: i64) -> Result<bool> {
    Ok(sql!("DELETE FROM draft WHERE id = $1 AND revision = $2", id, revision).run(tx).await? == 1)
}

/// The forms of an organisation and of those that it took over from, the one saved last first.
///
/// # Errors
/// As the engine says.
pub async fn of_organisations(tx: &mut Tx, codes: &[String]) -> Result<Vec<DraftRow>> {
    sql!(
        "SELECT d.id, d.title, c.number, d.created_at, d.changed_at, COALESCE(p.name, p.email) AS changed_by
         FROM draft d LEFT JOIN collection c ON c.id = d.collection_id LEFT JOIN person p ON p.id = d.changed_by
         WHERE d.organisation_code IN ($1..) ORDER BY d.changed_at DESC, d.id"
    )
    .list(codes.iter())
    .all(tx)
    .await
}

/// The form that one of these organisations has begun of a change of a collection, the one saved last.
///
/// # Errors
/// As the engine says.
pub async fn of_change(tx: &mut Tx, codes: &[String], collection: Uuid) -> Result<Option<Uuid>> {
    let row: Option<(Uuid,)> = sql!(
        "SELECT id FROM draft WHERE collection_id = $1 AND organisation_code IN ($2..) ORDER BY changed_at DESC, id LIMIT 1",
        collection,
    )
    .list(codes.iter())
    .optional(tx)
    .await?;
    Ok(row.map(|(id,)| id))
}

/// Whether one of these organisations has registered a collection with this own reference.
///
/// # Errors
/// As the engine says.
pub async fn has_reference(tx: &mut Tx, codes: &[String], reference: &str) -> Result<bool> {
    let (count,): (i64,) = sql!("SELECT COUNT(*) FROM collection WHERE own_reference = $1 AND owner_code IN ($2..)", reference)
        .list(codes.iter())
        .one(tx)
        .await?;
    Ok(count > 0)
}

/// Everyone who can be responsible for a collection, those that have ended too.
///
/// # Errors
/// As the engine says.
pub async fn agencies(tx: &mut Tx) -> Result<Vec<Organisation>> {
    let rows: Vec<OrganisationRow> = sql!(
        "SELECT code, kind, name, abbreviation, in_ordinance_scope, ended_on FROM organisation
         WHERE kind IN ('agency', 'body') ORDER BY name COLLATE \"sv-x-icu\", code"
    )
    .all(tx)
    .await?;
    rows.into_iter().map(into_organisation).collect()
}

/// The collections that any of these organisations answers for, as number and title, the one changed last first: what can be copied.
///
/// # Errors
/// As the engine says.
pub async fn copyable(tx: &mut Tx, codes: &[String]) -> Result<Vec<(String, String)>> {
    sql!(
        "SELECT c.number, v.title FROM collection c
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.planned_version, c.decided_version)
         WHERE c.number IS NOT NULL AND EXISTS (SELECT 1 FROM collection_agency a
           WHERE a.collection_id = c.id AND a.version = v.version AND a.agency_code IN ($1..))
         ORDER BY c.changed_at DESC, c.number DESC"
    )
    .list(codes.iter())
    .all(tx)
    .await
}
