//! Rounds: dates in rows, and how rounds follow the versions of their collection.

use chrono::{Datelike, NaiveDate, Weekday};
use uuid::Uuid;

use super::{Result, Tx, unknown_code};
use crate::domain::round::{Round, When, same_occasions};
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

pub(super) fn from_columns(form: Option<String>, on: Option<NaiveDate>, words: Option<String>) -> Result<Option<When>> {
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
    id: Uuid,
    version: i64,
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

/// The rounds of several collections, each with the collection it belongs to, in order.
///
/// `version`: those up to this one; 0: up to the version in force; -1: those of the planned revision where one stands beside that.
///
/// # Errors
/// As the engine says.
pub async fn of(tx: &mut Tx, collections: &[Uuid], version: i64) -> Result<Vec<(Uuid, Round)>> {
    let rows: Vec<RoundRow> = sql!(
        "SELECT r.id, r.version, r.collection_id, r.label, r.measured_from, r.measured_to, r.dispatch_form, r.dispatch_on,
                r.dispatch_words, r.deadline_form, r.deadline_on, r.deadline_words, r.closes_form, r.closes_on, r.closes_words,
                r.published_form, r.published_on, r.published_words, r.short_time_reason
         FROM round r JOIN collection c ON c.id = r.collection_id
         WHERE CASE WHEN $1 < 0 AND c.planned_version IS NOT NULL AND c.decided_version IS NOT NULL THEN r.version = c.planned_version
                    WHEN $1 > 0 THEN r.version <= $1 ELSE r.version <= COALESCE(c.decided_version, c.planned_version) END
           AND r.collection_id IN ($2..) ORDER BY r.collection_id, r.position",
        version
    )
    .list(collections.iter().copied())
    .all(tx)
    .await?;
    rows.into_iter().map(|row| Ok((row.collection_id, row.into_round()?))).collect()
}

/// Writes rounds as belonging to one version of a collection.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, collection: Uuid, version: i64, rounds: &[Round]) -> Result<()> {
    let rows = (0i64..).zip(rounds).map(|(position, round)| {
        let when = [&round.dispatch, &round.deadline, &round.closes, &round.published].map(|when| to_columns(when.as_ref()));
        (position, round, when)
    });
    sql!(
        "INSERT INTO round (id, collection_id, version, position, label, measured_from, measured_to, short_time_reason,
                            dispatch_form, dispatch_on, dispatch_words, deadline_form, deadline_on, deadline_words,
                            closes_form, closes_on, closes_words, published_form, published_on, published_words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
        (position, round, [dispatch, deadline, closes, published]) in rows =>
        clock::new_id(), collection, version, position, &round.label, round.measured_from, round.measured_to, &round.short_time_reason,
        dispatch.0, dispatch.1, dispatch.2, deadline.0, deadline.1, deadline.2,
        closes.0, closes.1, closes.2, published.0, published.1, published.2,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Takes away the rounds of versions after `version`: the proposal of a revision that was replaced or decided.
///
/// # Errors
/// As the engine says.
pub async fn clear_proposal(tx: &mut Tx, collection: Uuid, version: i64) -> Result<()> {
    sql!("DELETE FROM round WHERE collection_id = $1 AND version > $2", collection, version).run(tx).await?;
    Ok(())
}

/// Brings the stored rounds of a collection in line with `rounds`.
///
/// An occasion that is still there keeps its identity, and its version too if it has begun by `today`; others belong to `version`. What
/// `rounds` leaves out is taken away.
///
/// # Errors
/// As the engine says.
pub async fn replace(tx: &mut Tx, collection: Uuid, version: i64, rounds: &[Round], today: NaiveDate) -> Result<()> {
    let rows: Vec<RoundRow> = sql!(
        "SELECT id, version, collection_id, label, measured_from, measured_to, dispatch_form, dispatch_on, dispatch_words,
                deadline_form, deadline_on, deadline_words, closes_form, closes_on, closes_words,
                published_form, published_on, published_words, short_time_reason
         FROM round WHERE collection_id = $1 ORDER BY version, position",
        collection,
    )
    .all(tx)
    .await?;
    let keys: Vec<(Uuid, i64)> = rows.iter().map(|row| (row.id, row.version)).collect();
    let known: Vec<Round> = rows.into_iter().map(RoundRow::into_round).collect::<Result<_>>()?;
    let places = same_occasions(&known, rounds);
    for ((position, round), place) in (0i64..).zip(rounds).zip(&places) {
        let (id, version) = place.map_or_else(
            || (clock::new_id(), version),
            |place| {
                let (id, old_version) = keys[place];
                (id, if known[place].has_begun(today) { old_version } else { version })
            },
        );
        put(tx, &RoundKey { id, collection, version, position }, round).await?;
    }
    for (place, (id, _)) in keys.iter().enumerate() {
        if !places.contains(&Some(place)) {
            sql!("DELETE FROM round WHERE id = $1", *id).run(tx).await?;
        }
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

/// Writes a round, or what it says now if it is known: what points at a round stays with it.
async fn put(tx: &mut Tx, key: &RoundKey, round: &Round) -> Result<()> {
    let dispatch = to_columns(round.dispatch.as_ref());
    let deadline = to_columns(round.deadline.as_ref());
    let closes = to_columns(round.closes.as_ref());
    let published = to_columns(round.published.as_ref());
    sql!(
        "INSERT INTO round (id, collection_id, version, position, label, measured_from, measured_to,
                            dispatch_form, dispatch_on, dispatch_words, deadline_form, deadline_on, deadline_words,
                            closes_form, closes_on, closes_words, published_form, published_on, published_words, short_time_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, position = excluded.position, label = excluded.label,
           measured_from = excluded.measured_from, measured_to = excluded.measured_to, dispatch_form = excluded.dispatch_form,
           dispatch_on = excluded.dispatch_on, dispatch_words = excluded.dispatch_words, deadline_form = excluded.deadline_form,
           deadline_on = excluded.deadline_on, deadline_words = excluded.deadline_words, closes_form = excluded.closes_form,
           closes_on = excluded.closes_on, closes_words = excluded.closes_words, published_form = excluded.published_form,
           published_on = excluded.published_on, published_words = excluded.published_words,
           short_time_reason = excluded.short_time_reason",
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
