//! Reading collections.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::collection_rows::{CollectionRow, ItemRow, term};
use super::involved::last_said;
use super::organisations::{self, into_organisation};
use super::{Result, Tx, rounds, unknown_code};
use crate::domain::collection::{Collection, Responsible};
use crate::domain::content::Provision;
use crate::domain::identifier::CollectionNumber;
use crate::domain::life;
use crate::domain::organisation::Organisation;
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::terms::{Obligation, Periodicity, RespondentKind, Status};
use crate::sql;

/// The collection with this number if it is open on `today`.
///
/// # Errors
/// As the engine says.
pub async fn open_by_number(tx: &mut Tx, number: CollectionNumber, today: NaiveDate) -> Result<Option<Collection>> {
    let row: Option<(Uuid,)> = sql!("SELECT id FROM collection WHERE number = $1", number.to_string()).optional(tx).await?;
    let Some((id,)) = row else { return Ok(None) };
    Ok(load(tx, &[id], Version::InForce).await?.pop().filter(|collection| collection.is_open_on(today)))
}

/// Which version of a collection is read where a revision stands beside the decided one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The decided one, else the planned one: what everyone sees.
    InForce,
    /// The planned one, else the decided one: what a further change starts from.
    Newest,
    /// That of this number, from 1: what was decided earlier. Of its rounds only those that had begun before the next one.
    Numbered(i64),
}

impl Version {
    /// As the statements below have it: the number, or which one where it depends on the collection.
    fn selector(self) -> i64 {
        match self {
            Self::InForce => 0,
            Self::Newest => -1,
            Self::Numbered(number) => number,
        }
    }
}

/// Whole collections by identity, in no order; unknown identities are left out.
///
/// # Errors
/// As the engine says.
pub async fn load(tx: &mut Tx, ids: &[Uuid], version: Version) -> Result<Vec<Collection>> {
    let version = version.selector();
    let rows: Vec<CollectionRow> = sql!(
        "SELECT c.id, c.number, c.status, v.visibility, c.open_from, c.own_reference, c.decided_version, c.planned_version,
                c.created_at, c.changed_at, c.confirmed_on, c.collector_diary_number, v.version, v.kind, v.title, v.purpose, v.area_code, ar.name AS area_name,
                v.assignment_kind, v.assignment_department, v.assignment_instrument, v.assignment_dated, v.assignment_final_report_on,
                v.origin, v.obligation, v.observe, v.data_use, v.consultation, v.consulted, v.decided_on,
                v.collector_code, v.collector_words, v.periodicity, v.periodicity_words, v.channel, v.channel_words, v.data_paths,
                v.contact_function, v.contact_email, v.further_users, v.automation_considered, v.automation_comment,
                v.source_url, v.remark
         FROM collection c
         JOIN collection_version v ON v.collection_id = c.id AND v.version = CASE WHEN $1 < 0 THEN COALESCE(c.planned_version, c.decided_version)
           WHEN $1 > 0 THEN $1 ELSE COALESCE(c.decided_version, c.planned_version) END
         LEFT JOIN area ar ON ar.code = v.area_code WHERE c.id IN ($2..)",
        version
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    let collectors: Vec<String> = rows.iter().filter_map(|row| row.collector_code.clone()).collect();
    let collectors: HashMap<String, Organisation> = if collectors.is_empty() {
        HashMap::new()
    } else {
        organisations::get_many(tx, &collectors).await?.into_iter().map(|o| (o.code.clone(), o)).collect()
    };
    let mut collections = Vec::with_capacity(rows.len());
    let mut place = HashMap::with_capacity(rows.len());
    for row in rows {
        place.insert(row.id, collections.len());
        let collector = row.collector_code.as_ref().and_then(|code| collectors.get(code)).cloned();
        collections.push(Collection { collector, ..row.into_collection()? });
    }
    for (id, responsible) in agencies_of(tx, ids, version).await? {
        at(&mut collections, &place, id, |c| c.responsible.push(responsible));
    }
    for (id, provision) in provisions_of(tx, ids, version).await? {
        at(&mut collections, &place, id, |c| c.content.provisions.push(provision));
    }
    for (id, kind, selection, code) in respondents_of(tx, ids, version).await? {
        at(&mut collections, &place, id, |c| add_respondent(&mut c.content.respondents, kind, selection, code));
    }
    for (id, item) in items_of(tx, ids, version).await? {
        at(&mut collections, &place, id, |c| c.content.items.push(item));
    }
    for (id, round) in rounds::of(tx, ids, version).await? {
        at(&mut collections, &place, id, |c| c.rounds.push(round));
    }
    Ok(collections)
}

fn at(collections: &mut [Collection], place: &HashMap<Uuid, usize>, id: Uuid, change: impl FnOnce(&mut Collection)) {
    if let Some(collection) = place.get(&id).and_then(|at| collections.get_mut(*at)) {
        change(collection);
    }
}

/// Rows come group by group; the codes of a list follow each other.
fn add_respondent(groups: &mut Vec<RespondentGroup>, kind: RespondentKind, selection: Selection, code: Option<String>) {
    if let (Some(RespondentGroup { kind: last, selection: Selection::Listed(codes) }), Some(code)) = (groups.last_mut(), &code)
        && *last == kind
    {
        codes.push(code.clone());
        return;
    }
    let selection = match selection {
        Selection::Listed(_) => Selection::Listed(code.into_iter().collect()),
        other => other,
    };
    groups.push(RespondentGroup { kind, selection });
}

/// The responsible agencies of collections, in the version in force and in their order.
///
/// # Errors
/// As the engine says.
pub async fn agencies(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Organisation>>> {
    let mut agencies: HashMap<Uuid, Vec<Organisation>> = HashMap::with_capacity(ids.len());
    // both engines limit how many values one statement takes
    for some in ids.chunks(500) {
        for (id, responsible) in agencies_of(tx, some, Version::InForce.selector()).await? {
            agencies.entry(id).or_default().push(responsible.organisation);
        }
    }
    Ok(agencies)
}

async fn agencies_of(tx: &mut Tx, ids: &[Uuid], version: i64) -> Result<Vec<(Uuid, Responsible)>> {
    type Row = (Uuid, Option<String>, String, String, String, Option<String>, bool, Option<NaiveDate>);
    let rows: Vec<Row> = sql!(
        "SELECT a.collection_id, a.diary_number, o.code, o.kind, o.name, o.abbreviation, o.in_ordinance_scope, o.ended_on
         FROM collection_agency a JOIN organisation o ON o.code = a.agency_code
         JOIN collection c ON c.id = a.collection_id AND a.version = CASE WHEN $1 < 0 THEN COALESCE(c.planned_version, c.decided_version)
           WHEN $1 > 0 THEN $1 ELSE COALESCE(c.decided_version, c.planned_version) END
         WHERE a.collection_id IN ($2..) ORDER BY a.collection_id, a.position",
        version
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    let convert = |(id, diary_number, a, b, c, d, e, f): Row| {
        Ok((id, Responsible { organisation: into_organisation((a, b, c, d, e, f))?, diary_number }))
    };
    rows.into_iter().map(convert).collect()
}

async fn provisions_of(tx: &mut Tx, ids: &[Uuid], version: i64) -> Result<Vec<(Uuid, Provision)>> {
    let rows: Vec<(Uuid, String, Option<String>)> = sql!(
        "SELECT p.collection_id, p.citation, p.url FROM provision p
         JOIN collection c ON c.id = p.collection_id AND p.version = CASE WHEN $1 < 0 THEN COALESCE(c.planned_version, c.decided_version)
           WHEN $1 > 0 THEN $1 ELSE COALESCE(c.decided_version, c.planned_version) END
         WHERE p.collection_id IN ($2..) ORDER BY p.collection_id, p.position",
        version,
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id, citation, url)| (id, Provision { citation, url })).collect())
}

async fn respondents_of(tx: &mut Tx, ids: &[Uuid], version: i64) -> Result<Vec<(Uuid, RespondentKind, Selection, Option<String>)>> {
    type Row = (Uuid, String, String, Option<i64>, Option<String>);
    let rows: Vec<Row> = sql!(
        "SELECT g.collection_id, g.kind, g.selection, g.sample_size, l.organisation_code FROM respondent_group g
         JOIN collection c ON c.id = g.collection_id AND g.version = CASE WHEN $1 < 0 THEN COALESCE(c.planned_version, c.decided_version)
           WHEN $1 > 0 THEN $1 ELSE COALESCE(c.decided_version, c.planned_version) END
         LEFT JOIN respondent_listed l ON l.collection_id = g.collection_id AND l.version = g.version AND l.kind = g.kind
         WHERE g.collection_id IN ($2..) ORDER BY g.collection_id, g.position, l.organisation_code",
        version,
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    let convert = |(id, kind, selection, size, code): Row| {
        let selection = match (selection.as_str(), size) {
            ("all", _) => Selection::All,
            ("listed", _) => Selection::Listed(Vec::new()),
            ("sample", Some(size)) => Selection::Sample(size),
            (other, _) => return Err(unknown_code("selection", other)),
        };
        Ok((id, term!(RespondentKind, kind)?, selection, code))
    };
    rows.into_iter().map(convert).collect()
}

async fn items_of(tx: &mut Tx, ids: &[Uuid], version: i64) -> Result<Vec<(Uuid, crate::domain::content::Item)>> {
    let rows: Vec<ItemRow> = sql!(
        "SELECT i.collection_id, i.label, i.definition, i.unit, i.source, i.personal_data FROM item i
         JOIN collection c ON c.id = i.collection_id AND i.version = CASE WHEN $1 < 0 THEN COALESCE(c.planned_version, c.decided_version)
           WHEN $1 > 0 THEN $1 ELSE COALESCE(c.decided_version, c.planned_version) END
         WHERE i.collection_id IN ($2..) ORDER BY i.collection_id, i.position",
        version,
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    rows.into_iter().map(|row| Ok((row.collection_id, row.into_item()?))).collect()
}

/// A collection as a row of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Identity.
    pub id: Uuid,
    /// The public number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// Whether answering is compulsory.
    pub obligation: Obligation,
    /// How often.
    pub periodicity: Periodicity,
    /// The name of the subject area.
    pub area_name: Option<String>,
    /// The responsible agencies.
    pub agencies: Vec<Organisation>,
    /// The next deadline on or after the day asked for, as the day it counts as.
    pub next_deadline: Option<NaiveDate>,
    /// Whether nobody has changed or confirmed it for thirteen months.
    pub unconfirmed: bool,
}

type SummaryRow = (Uuid, String, String, String, String, String, Option<String>, Option<NaiveDate>, Option<NaiveDate>, DateTime<Utc>);

pub(super) async fn into_summaries(tx: &mut Tx, rows: Vec<SummaryRow>, today: NaiveDate) -> Result<Vec<Summary>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let mut agencies: HashMap<Uuid, Vec<Organisation>> = HashMap::with_capacity(rows.len());
    for (id, responsible) in agencies_of(tx, &ids, Version::InForce.selector()).await? {
        agencies.entry(id).or_default().push(responsible.organisation);
    }
    let convert = |(id, number, title, status, obligation, periodicity, area_name, next_deadline, confirmed_on, changed_at): SummaryRow| {
        let status = term!(Status, status)?;
        Ok(Summary {
            unconfirmed: life::is_unconfirmed(status, last_said(confirmed_on, changed_at), today),
            id,
            number,
            title,
            status,
            obligation: term!(Obligation, obligation)?,
            periodicity: term!(Periodicity, periodicity)?,
            area_name,
            agencies: agencies.remove(&id).unwrap_or_default(),
            next_deadline,
        })
    };
    rows.into_iter().map(convert).collect()
}

/// Summaries of the collections with these identities that are open on `today`, in the order of `ids`.
///
/// # Errors
/// As the engine says.
pub async fn summaries(tx: &mut Tx, ids: &[Uuid], today: NaiveDate) -> Result<Vec<Summary>> {
    let rows: Vec<SummaryRow> = sql!(
        "SELECT c.id, c.number, v.title, c.status, v.obligation, v.periodicity, ar.name,
                (SELECT MIN(r.deadline_on) FROM round r WHERE r.collection_id = c.id AND r.version <= v.version
                   AND c.status IN ('planned', 'decided') AND r.deadline_on >= $1), c.confirmed_on, c.changed_at
         FROM collection c
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         LEFT JOIN area ar ON ar.code = v.area_code
         WHERE c.open_from <= $1 AND c.status <> 'draft' AND c.number IS NOT NULL AND c.id IN ($2..)",
        today,
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    let mut summaries = into_summaries(tx, rows, today).await?;
    let place: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    summaries.sort_by_key(|summary| place.get(&summary.id).copied());
    Ok(summaries)
}

/// The collections that an agency answers for and that are open on `today`, by title in Swedish order.
///
/// # Errors
/// As the engine says.
pub async fn of_agency(tx: &mut Tx, code: &str, today: NaiveDate) -> Result<Vec<Summary>> {
    let rows: Vec<SummaryRow> = sql!(
        "SELECT c.id, c.number, v.title, c.status, v.obligation, v.periodicity, ar.name,
                (SELECT MIN(r.deadline_on) FROM round r WHERE r.collection_id = c.id AND r.version <= v.version
                   AND c.status IN ('planned', 'decided') AND r.deadline_on >= $2), c.confirmed_on, c.changed_at
         FROM collection_agency ca JOIN collection c ON c.id = ca.collection_id
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         LEFT JOIN area ar ON ar.code = v.area_code
         WHERE ca.agency_code = $1 AND ca.version = v.version AND c.open_from <= $2 AND c.status <> 'draft' AND c.number IS NOT NULL
         ORDER BY v.title COLLATE \"sv-x-icu\", c.number",
        code,
        today,
    )
    .all(tx)
    .await?;
    into_summaries(tx, rows, today).await
}

/// The collections open on `today` that ask the organisation `code` (all of `kind`, a sample of them, or it by name), by title.
///
/// # Errors
/// As the engine says.
pub async fn asking(tx: &mut Tx, code: &str, kind: RespondentKind, today: NaiveDate) -> Result<Vec<Summary>> {
    let rows: Vec<SummaryRow> = sql!(
        "SELECT c.id, c.number, v.title, c.status, v.obligation, v.periodicity, ar.name,
                (SELECT MIN(r.deadline_on) FROM round r WHERE r.collection_id = c.id AND r.version <= v.version
                   AND c.status IN ('planned', 'decided') AND r.deadline_on >= $3), c.confirmed_on, c.changed_at
         FROM respondent_group g JOIN collection c ON c.id = g.collection_id
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         LEFT JOIN area ar ON ar.code = v.area_code
         WHERE g.kind = $2 AND g.version = v.version AND c.open_from <= $3 AND c.status IN ('planned', 'decided')
           AND c.number IS NOT NULL
           AND (g.selection <> 'listed' OR EXISTS (SELECT 1 FROM respondent_listed l
                WHERE l.collection_id = v.collection_id AND l.version = v.version AND l.kind = g.kind AND l.organisation_code = $1))
         ORDER BY v.title COLLATE \"sv-x-icu\", c.number",
        code,
        kind.code(),
        today,
    )
    .all(tx)
    .await?;
    into_summaries(tx, rows, today).await
}

/// The collections open on `today` that changed last, the latest first.
///
/// # Errors
/// As the engine says.
pub async fn latest(tx: &mut Tx, today: NaiveDate, limit: i64) -> Result<Vec<Summary>> {
    let ids: Vec<(Uuid,)> = sql!(
        "SELECT id FROM collection WHERE open_from <= $1 AND status <> 'draft' AND number IS NOT NULL
         ORDER BY changed_at DESC, number DESC LIMIT $2",
        today,
        limit,
    )
    .all(tx)
    .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.into_iter().map(|(id,)| id).collect();
    summaries(tx, &ids, today).await
}

/// Identity and time of the last touch of every collection, drafts left out: what a complete index holds.
///
/// # Errors
/// As the engine says.
pub async fn stamps(tx: &mut Tx) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    sql!("SELECT id, touched_at FROM collection WHERE status <> 'draft'").all(tx).await
}

/// Identity and time of the last touch of the collections touched at or after `since`.
///
/// # Errors
/// As the engine says.
pub async fn touched_since(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    sql!("SELECT id, touched_at FROM collection WHERE touched_at >= $1 AND status <> 'draft' ORDER BY touched_at", since).all(tx).await
}

/// How many collections there are, drafts and hidden ones among them.
///
/// # Errors
/// As the engine says.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = sql!("SELECT COUNT(*) FROM collection").one(tx).await?;
    Ok(count)
}
