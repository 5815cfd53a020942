//! Writing collections: identity, versions and what hangs on them.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::case::{self, Moments};
use super::{Result, Tx};
use crate::domain::content::{Content, Item};
use crate::domain::identifier::CollectionNumber;
use crate::domain::new_collection::CollectionParts;
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::Round;
use crate::domain::terms::Status;
use crate::{clock, sql, text};

/// The series of collection numbers.
const COLLECTIONS: &str = "collection";

/// The next number of a year.
///
/// # Errors
/// As the engine says; `RowNotFound` if the year has run out of numbers.
pub async fn next_number(tx: &mut Tx, year: i64) -> Result<CollectionNumber> {
    CollectionNumber::new(year, next_serial(tx, COLLECTIONS, year).await?).ok_or(sqlx::Error::RowNotFound)
}

/// The next running number of a series within a year.
pub(super) async fn next_serial(tx: &mut Tx, series: &str, year: i64) -> Result<i64> {
    let (latest,): (i64,) = sql!(
        "INSERT INTO number_counter (series, year, latest) VALUES ($1, $2, 1)
         ON CONFLICT (series, year) DO UPDATE SET latest = number_counter.latest + 1 RETURNING latest",
        series,
        year,
    )
    .one(tx)
    .await?;
    Ok(latest)
}

/// Identity and life of a collection, as written.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Identity.
    pub id: Uuid,
    /// The public number; none for a draft.
    pub number: Option<CollectionNumber>,
    /// Where it is in its life.
    pub status: Status,
    /// The first day on which it is shown openly.
    pub open_from: Option<NaiveDate>,
    /// The registering agency.
    pub owner_code: String,
    /// Its own reference.
    pub own_reference: Option<String>,
    /// The version in force.
    pub decided_version: Option<i64>,
    /// The version planned.
    pub planned_version: Option<i64>,
}

impl Identity {
    /// Whether everyone may read the collection on `today`, once this is written.
    #[must_use]
    pub fn is_open_on(&self, today: NaiveDate) -> bool {
        self.status != Status::Draft && self.open_from.is_some_and(|from| from <= today)
    }
}

/// Writes a new collection's identity.
///
/// # Errors
/// As the engine says: a unique violation where the agency has the own reference already.
pub async fn insert(tx: &mut Tx, c: &Identity, now: DateTime<Utc>) -> Result<()> {
    sql!(
        "INSERT INTO collection (id, number, status, open_from, owner_code, own_reference, decided_version, planned_version,
                                 created_at, changed_at, touched_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)",
        c.id,
        c.number.map(|number| number.to_string()),
        c.status.code(),
        c.open_from,
        &c.owner_code,
        &c.own_reference,
        c.decided_version,
        c.planned_version,
        now,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes a known collection's life and own reference anew; the owner stays. Answers false where it is no longer as it was `since`: somebody
/// else changed it meanwhile.
///
/// # Errors
/// As the engine says.
pub async fn update(tx: &mut Tx, c: &Identity, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
    let Some(Moments { changed, touched }) = case::moments(tx, c.id, now).await? else { return Ok(false) };
    let written = sql!(
        "UPDATE collection SET number = $2, status = $3, open_from = $4, decided_version = $5, planned_version = $6, changed_at = $8,
                               touched_at = $9, own_reference = $10
         WHERE id = $1 AND changed_at = $7",
        c.id,
        c.number.map(|number| number.to_string()),
        c.status.code(),
        c.open_from,
        c.decided_version,
        c.planned_version,
        since,
        changed,
        touched,
        &c.own_reference,
    )
    .run(tx)
    .await?;
    Ok(written > 0)
}

/// Makes every other write to a collection wait until this transaction is done: what is read after it is what is there.
///
/// # Errors
/// As the engine says.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!("UPDATE collection SET id = id WHERE id = $1", id).run(tx).await?;
    Ok(())
}

/// Writes on which day the decision of a planned version was taken, by which it comes into force with these rounds.
///
/// # Errors
/// As the engine says.
pub async fn date_decision(tx: &mut Tx, key: (Uuid, i64), decided_on: NaiveDate, rounds: &[Round], now: DateTime<Utc>) -> Result<()> {
    sql!(
        "UPDATE collection_version SET decided_on = $3, in_force_at = $4, decided_rounds = $5 WHERE collection_id = $1 AND version = $2",
        key.0,
        key.1,
        decided_on,
        now,
        Json(rounds),
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes whether consultation took place about a planned version, and with whom: as a closed case says, or a ground for leaving it out.
///
/// # Errors
/// As the engine says.
pub async fn state_consultation(tx: &mut Tx, key: (Uuid, i64), content: &Content) -> Result<()> {
    sql!(
        "UPDATE collection_version SET consultation = $3, consulted = $4 WHERE collection_id = $1 AND version = $2",
        key.0,
        key.1,
        content.consultation.code(),
        &content.consulted
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes the responsible agencies of a version. `diary_number` is the owner's; the others keep what they had in the version before.
///
/// # Errors
/// As the engine says.
pub async fn insert_agencies(tx: &mut Tx, (id, version): (Uuid, i64), codes: &[String], diary_number: Option<&str>) -> Result<()> {
    let before: Vec<(String, Option<String>)> =
        sql!("SELECT agency_code, diary_number FROM collection_agency WHERE collection_id = $1 ORDER BY version", id).all(tx).await?;
    let before: HashMap<String, Option<String>> = before.into_iter().collect();
    let own = |position, code| if position == 0 { diary_number } else { before.get(code).and_then(Option::as_deref) };
    sql!(
        "INSERT INTO collection_agency (collection_id, version, agency_code, position, diary_number) VALUES ($1, $2, $3, $4, $5)";
        (position, code) in (0i64..).zip(codes) => id, version, code, position, own(position, code),
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Who collects in practice: an organisation of the register, or words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collector {
    /// The organisation's code.
    pub code: Option<String>,
    /// The words, when it is not an organisation of the register.
    pub words: Option<String>,
}

/// The lineages of known items by folded label; an item that is written takes the first of its label.
pub type Lineages = HashMap<String, VecDeque<Uuid>>;

/// Writes one version of a collection with everything that hangs on it but agencies and rounds.
///
/// `lineages` lets an item keep its own through revisions. `in_force`: it is decided as it is written.
///
/// # Errors
/// As the engine says.
pub async fn insert_version(
    tx: &mut Tx,
    key: (Uuid, i64),
    parts: &CollectionParts,
    collector: &Collector,
    lineages: Lineages,
    (in_force, now): (bool, DateTime<Utc>),
) -> Result<()> {
    insert_scalars(tx, key, parts, collector, (in_force, now)).await?;
    let content = &parts.content;
    let (id, version) = key;
    sql!(
        "INSERT INTO provision (collection_id, version, position, citation, url) VALUES ($1, $2, $3, $4, $5)";
        (position, provision) in (0i64..).zip(&content.provisions) => id, version, position, &provision.citation, &provision.url,
    )
    .run(tx)
    .await?;
    insert_respondents(tx, key, &content.respondents).await?;
    insert_items(tx, key, &content.items, lineages).await
}

async fn insert_scalars(
    tx: &mut Tx,
    key: (Uuid, i64),
    parts: &CollectionParts,
    collector: &Collector,
    (in_force, now): (bool, DateTime<Utc>),
) -> Result<()> {
    let c = &parts.content;
    sql!(
        "INSERT INTO collection_version (collection_id, version, created_at, visibility, kind, title, purpose, area_code, assignment_kind,
           assignment_department, assignment_instrument, assignment_dated, assignment_final_report_on, origin, obligation, observe, data_use,
           consultation, consulted, decided_on, collector_code, collector_words, periodicity, periodicity_words, channel, channel_words,
           data_paths, contact_function, contact_email, further_users, automation_considered, automation_comment, source_url, remark,
           in_force_at, decided_rounds)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
           $28, $29, $30, $31, $32, $33, $34, $35, $36)",
        key.0,
        key.1,
        now,
        parts.visibility.code(),
        c.kind.code(),
        &c.title,
        &c.purpose,
        &c.area,
        c.assignment.kind.code(),
        &c.assignment.department,
        &c.assignment.instrument,
        c.assignment.dated,
        c.assignment.final_report_on,
        c.origin.code(),
        c.obligation.code(),
        &c.observe,
        &c.data_use,
        c.consultation.code(),
        &c.consulted,
        c.decided_on,
        &collector.code,
        &collector.words,
        c.periodicity.code(),
        &c.periodicity_words,
        c.channel.code(),
        &c.channel_words,
        Json(&c.data_paths),
        &c.contact_function,
        &c.contact_email,
        Json(&c.further_users),
        c.automation_considered.code(),
        &c.automation_comment,
        &c.source_url,
        &c.remark,
        in_force.then_some(now),
        in_force.then_some(Json(&parts.rounds)),
    )
    .run(tx)
    .await?;
    Ok(())
}

async fn insert_respondents(tx: &mut Tx, (id, version): (Uuid, i64), groups: &[RespondentGroup]) -> Result<()> {
    for (position, group) in (0i64..).zip(groups) {
        let size = if let Selection::Sample(size) = group.selection { Some(size) } else { None };
        sql!(
            "INSERT INTO respondent_group (collection_id, version, position, kind, selection, sample_size) VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            version,
            position,
            group.kind.code(),
            group.selection.code(),
            size,
        )
        .run(tx)
        .await?;
        if let Selection::Listed(codes) = &group.selection {
            sql!(
                "INSERT INTO respondent_listed (collection_id, version, kind, organisation_code) VALUES ($1, $2, $3, $4)";
                code in codes => id, version, group.kind.code(), code,
            )
            .run(tx)
            .await?;
        }
    }
    Ok(())
}

async fn insert_items(tx: &mut Tx, (id, version): (Uuid, i64), items: &[Item], mut known: Lineages) -> Result<()> {
    let rows = (0i64..).zip(items).map(|(position, item)| {
        let own_id = clock::new_id();
        let lineage = known.get_mut(&text::fold(&item.label)).and_then(VecDeque::pop_front).unwrap_or(own_id);
        (position, item, own_id, lineage)
    });
    sql!(
        "INSERT INTO item (id, collection_id, version, position, lineage, label, definition, unit, source, personal_data)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        (position, item, own_id, lineage) in rows =>
        own_id, id, version, position, lineage, &item.label, &item.definition, &item.unit, item.source.code(), item.personal_data.code(),
    )
    .run(tx)
    .await?;
    Ok(())
}

/// The lineages of every item that the collection has had, those of the newest version first.
///
/// # Errors
/// As the engine says.
pub async fn lineages(tx: &mut Tx, id: Uuid) -> Result<Lineages> {
    let rows: Vec<(String, Uuid)> =
        sql!("SELECT label, lineage FROM item WHERE collection_id = $1 ORDER BY version DESC, position", id).all(tx).await?;
    let mut lineages = Lineages::new();
    for (label, lineage) in rows {
        let of_label = lineages.entry(text::fold(&label)).or_default();
        if !of_label.contains(&lineage) {
            of_label.push_back(lineage);
        }
    }
    Ok(lineages)
}

/// What is known of a collection before it is changed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Known {
    /// Identity.
    pub id: Uuid,
    /// The own reference.
    pub own_reference: String,
    /// The version in force.
    pub decided_version: Option<i64>,
    /// The version planned.
    pub planned_version: Option<i64>,
    /// The newest version there is.
    pub latest_version: i64,
}

/// The collections that an agency, or one of those that it took over from (`line`), has registered with an own reference; its own last.
///
/// # Errors
/// As the engine says.
pub async fn known_of(tx: &mut Tx, owner_code: &str, line: &[String]) -> Result<Vec<Known>> {
    sql!(
        "SELECT c.id, c.own_reference, c.decided_version, c.planned_version,
                (SELECT MAX(v.version) FROM collection_version v WHERE v.collection_id = c.id) AS latest_version
         FROM collection c WHERE c.own_reference IS NOT NULL AND c.owner_code IN ($2..)
         ORDER BY CASE WHEN c.owner_code = $1 THEN 1 ELSE 0 END, c.created_at, c.id",
        owner_code,
    )
    .list(line.iter())
    .all(tx)
    .await
}
