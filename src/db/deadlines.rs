//! The deadlines ahead: of everyone, of an agency, of those asked.

use chrono::NaiveDate;
use uuid::Uuid;

use super::rounds::from_columns;
use super::{Result, Tx};
use crate::domain::round::When;
use crate::sql;

/// A deadline ahead, as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    /// The collection.
    pub collection: Uuid,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The round's label.
    pub label: String,
    /// The last day to answer.
    pub deadline: When,
    /// Whether answering is compulsory, as a code.
    pub obligation: String,
}

type DeadlineRow = (Uuid, String, String, String, String, NaiveDate, Option<String>, String);

fn into_deadline(row: DeadlineRow) -> Result<Option<Deadline>> {
    let (collection, number, title, label, form, on, words, obligation) = row;
    let deadline = from_columns(Some(form), Some(on), words)?;
    Ok(deadline.map(|deadline| Deadline { collection, number, title, label, deadline, obligation }))
}

/// The next deadlines from `today` on among the collections open on that day, soonest first.
///
/// # Errors
/// As the engine says.
pub async fn ahead(tx: &mut Tx, today: NaiveDate, limit: i64) -> Result<Vec<Deadline>> {
    let rows: Vec<DeadlineRow> = sql!(
        "SELECT c.id, c.number, v.title, r.label, r.deadline_form, r.deadline_on, r.deadline_words, v.obligation
         FROM round r JOIN collection c ON c.id = r.collection_id
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         WHERE r.version <= v.version AND r.deadline_on >= $1 AND c.open_from <= $1 AND c.status IN ('planned', 'decided') AND c.number IS NOT NULL
         ORDER BY r.deadline_on, c.number, r.position LIMIT $2",
        today,
        limit,
    )
    .all(tx)
    .await?;
    rows.into_iter().filter_map(|row| into_deadline(row).transpose()).collect()
}

/// The next deadlines from `today` on of the collections that an agency answers for, soonest first.
///
/// # Errors
/// As the engine says.
pub async fn ahead_of(tx: &mut Tx, agency: &str, today: NaiveDate, limit: i64) -> Result<Vec<Deadline>> {
    let rows: Vec<DeadlineRow> = sql!(
        "SELECT c.id, c.number, v.title, r.label, r.deadline_form, r.deadline_on, r.deadline_words, v.obligation
         FROM collection_agency ca JOIN collection c ON c.id = ca.collection_id JOIN round r ON r.collection_id = c.id
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         WHERE ca.agency_code = $1 AND ca.version = v.version AND r.version <= v.version AND r.deadline_on >= $2 AND c.open_from <= $2 AND c.status IN ('planned', 'decided')
           AND c.number IS NOT NULL
         ORDER BY r.deadline_on, c.number, r.position LIMIT $3",
        agency,
        today,
        limit,
    )
    .all(tx)
    .await?;
    rows.into_iter().filter_map(|row| into_deadline(row).transpose()).collect()
}

/// The deadlines from `today` up to and with `until` of the collections that ask the organisation `code` (all of `kind`, a sample of
/// them, or it by name), soonest first.
///
/// # Errors
/// As the engine says.
pub async fn ahead_for(tx: &mut Tx, code: &str, kind: &str, today: NaiveDate, until: NaiveDate) -> Result<Vec<Deadline>> {
    let rows: Vec<DeadlineRow> = sql!(
        "SELECT c.id, c.number, v.title, r.label, r.deadline_form, r.deadline_on, r.deadline_words, v.obligation
         FROM round r JOIN collection c ON c.id = r.collection_id
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         JOIN respondent_group g ON g.collection_id = v.collection_id AND g.version = v.version AND g.kind = $2
         WHERE r.version <= v.version AND r.deadline_on >= $3 AND r.deadline_on <= $4 AND c.open_from <= $3 AND c.status IN ('planned', 'decided')
           AND c.number IS NOT NULL
           AND (g.selection <> 'listed' OR EXISTS (SELECT 1 FROM respondent_listed l
                WHERE l.collection_id = v.collection_id AND l.version = v.version AND l.kind = g.kind AND l.organisation_code = $1))
         ORDER BY r.deadline_on, c.number, r.position",
        code,
        kind,
        today,
        until,
    )
    .all(tx)
    .await?;
    rows.into_iter().filter_map(|row| into_deadline(row).transpose()).collect()
}
