//! Rounds: dates in rows, and the deadlines ahead.

use chrono::{Datelike, NaiveDate, Weekday};
use uuid::Uuid;

use super::{Result, Tx, unknown_code};
use crate::domain::round::{Round, When};
use crate::{clock, sql};

/// A date as three columns: its form, the day it counts as, and the words of an uncertain one.
type WhenColumns = (Option<&'static str>, Option<NaiveDate>, Option<String>);

fn to_columns(when: Option<&When>) -> WhenColumns {
    match when {
        None => (None, None, None),
        Some(When::Day(day)) => (Some("day"), Some(*day), None),
        Some(week @ When::Week { .. }) => (Some("week"), Some(week.counts_as()), None),
        Some(When::Uncertain { words, last_day }) => (Some("uncertain"), Some(*last_day), Some(words.clone())),
    }
}

fn from_columns(form: Option<String>, on: Option<NaiveDate>, words: Option<String>) -> Result<Option<When>> {
    let (Some(form), Some(on)) = (form, on) else { return Ok(None) };
    match form.as_str() {
        "day" => Ok(Some(When::Day(on))),
        "week" if on.weekday() == Weekday::Sun => Ok(Some(When::Week { year: on.iso_week().year(), week: on.iso_week().week() })),
        "uncertain" => Ok(Some(When::Uncertain { words: words.unwrap_or_default(), last_day: on })),
        other => Err(unknown_code("form of date", other)),
    }
}

#[derive(sqlx::FromRow)]
struct RoundRow {
    collection_id: Uuid,
    label: String,
    measured_from: Option<NaiveDate>,
    measured_to: Option<NaiveDate>,
    dispatch_form: Option<String>,
    dispatch_on: Option<NaiveDate>,
    dispatch_words: Option<String>,
    deadline_form: Option<String>,
    deadline_on: Option<NaiveDate>,
    deadline_words: Option<String>,
    closes_form: Option<String>,
    closes_on: Option<NaiveDate>,
    closes_words: Option<String>,
    published_form: Option<String>,
    published_on: Option<NaiveDate>,
    published_words: Option<String>,
    short_time_reason: Option<String>,
}

impl RoundRow {
    fn into_round(self) -> Result<Round> {
        Ok(Round {
            label: self.label,
            measured_from: self.measured_from,
            measured_to: self.measured_to,
            dispatch: from_columns(self.dispatch_form, self.dispatch_on, self.dispatch_words)?,
            deadline: from_columns(self.deadline_form, self.deadline_on, self.deadline_words)?,
            closes: from_columns(self.closes_form, self.closes_on, self.closes_words)?,
            published: from_columns(self.published_form, self.published_on, self.published_words)?,
            short_time_reason: self.short_time_reason,
        })
    }
}

/// The rounds of several collections, each with the collection it belongs to, by position.
///
/// # Errors
/// As the engine says.
pub async fn of(tx: &mut Tx, collections: &[Uuid]) -> Result<Vec<(Uuid, Round)>> {
    let rows: Vec<RoundRow> = sql!(
        "SELECT collection_id, label, measured_from, measured_to, dispatch_form, dispatch_on, dispatch_words,
                deadline_form, deadline_on, deadline_words, closes_form, closes_on, closes_words,
                published_form, published_on, published_words, short_time_reason
         FROM round WHERE collection_id IN ($1..) ORDER BY collection_id, position"
    )
    .list(collections.iter().copied())
    .all(tx)
    .await?;
    rows.into_iter().map(|row| Ok((row.collection_id, row.into_round()?))).collect()
}

/// Writes the rounds of a new collection as belonging to one of its versions.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, collection: Uuid, version: i64, rounds: &[Round]) -> Result<()> {
    for (position, round) in (0i64..).zip(rounds) {
        let key = RoundKey { id: clock::new_id(), collection, version, position };
        insert_one(tx, &key, round).await?;
    }
    Ok(())
}

/// Brings the stored rounds of a collection in line with `rounds`.
///
/// An occasion that is still there keeps its identity and the version it belongs to, new ones belong to `version`, others are taken away.
///
/// # Errors
/// As the engine says.
pub async fn replace(tx: &mut Tx, collection: Uuid, version: i64, rounds: &[Round]) -> Result<()> {
    let mut stored: Vec<(Uuid, i64)> =
        sql!("SELECT id, version FROM round WHERE collection_id = $1 ORDER BY position", collection).all(tx).await?;
    let mut known: Vec<Round> = of(tx, &[collection]).await?.into_iter().map(|(_, round)| round).collect();
    sql!("DELETE FROM round WHERE collection_id = $1", collection).run(tx).await?;
    for (position, round) in (0i64..).zip(rounds) {
        let place = known.iter().position(|old| old == round).or_else(|| known.iter().position(|old| old.is_same_occasion(round)));
        let (id, version) = place.map_or_else(
            || (clock::new_id(), version),
            |place| {
                known.remove(place);
                stored.remove(place)
            },
        );
        insert_one(tx, &RoundKey { id, collection, version, position }, round).await?;
    }
    Ok(())
}

/// Which round is written.
struct RoundKey {
    id: Uuid,
    collection: Uuid,
    version: i64,
    position: i64,
}

async fn insert_one(tx: &mut Tx, key: &RoundKey, round: &Round) -> Result<()> {
    let dispatch = to_columns(round.dispatch.as_ref());
    let deadline = to_columns(round.deadline.as_ref());
    let closes = to_columns(round.closes.as_ref());
    let published = to_columns(round.published.as_ref());
    sql!(
        "INSERT INTO round (id, collection_id, version, position, label, measured_from, measured_to,
                            dispatch_form, dispatch_on, dispatch_words, deadline_form, deadline_on, deadline_words,
                            closes_form, closes_on, closes_words, published_form, published_on, published_words, short_time_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        key.id,
        key.collection,
        key.version,
        key.position,
        &round.label,
        round.measured_from,
        round.measured_to,
        dispatch.0,
        dispatch.1,
        dispatch.2,
        deadline.0,
        deadline.1,
        deadline.2,
        closes.0,
        closes.1,
        closes.2,
        published.0,
        published.1,
        published.2,
        &round.short_time_reason,
    )
    .run(tx)
    .await?;
    Ok(())
}

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
         WHERE r.deadline_on >= $1 AND c.open_from <= $1 AND c.status IN ('planned', 'decided') AND c.number IS NOT NULL
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
         WHERE ca.agency_code = $1 AND r.deadline_on >= $2 AND c.open_from <= $2 AND c.status IN ('planned', 'decided')
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
         WHERE r.deadline_on >= $3 AND r.deadline_on <= $4 AND c.open_from <= $3 AND c.status IN ('planned', 'decided')
           AND c.number IS NOT NULL
           AND (g.selection <> 'listed' OR EXISTS (SELECT 1 FROM respondent_listed l
                WHERE l.collection_id = v.collection_id AND l.version = v.version AND l.organisation_code = $1))
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
