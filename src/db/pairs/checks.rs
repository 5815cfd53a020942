//! Which collections have been compared with all others, up to which change of theirs; and whose turn it is to compare.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Result, Tx};
use super::{Overlap, Row, overlap};
use crate::domain::identifier::CollectionNumber;
use crate::domain::terms::Status;
use crate::sql;

/// A collection that is to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// Identity.
    pub id: Uuid,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// How often it has been asked to be compared again.
    pub asked: i64,
}

/// At most `most` collections that changed since they were compared, were asked to be compared again, or were compared by an earlier
/// version of the method; those after `after` in the order in which they were registered.
///
/// # Errors
/// As the engine says.
pub async fn due(tx: &mut Tx, method: i64, after: Uuid, most: i64) -> Result<Vec<Due>> {
    sql!(
        "SELECT c.id, c.changed_at, COALESCE(k.asked, 0) AS asked FROM collection c LEFT JOIN overlap_check k ON k.collection_id = c.id
         WHERE c.id > $2 AND c.number IS NOT NULL AND c.status <> 'draft'
           AND (k.changed_at IS NULL OR k.changed_at <> c.changed_at OR k.method < $1 OR k.asked <> k.compared)
         ORDER BY c.id LIMIT $3",
        method,
        after,
        most,
    )
    .all(tx)
    .await
}

/// Writes up to which change, and which asking, a collection has been compared. `false`, and nothing written, where it has changed or was
/// asked to be compared again since it was read: what was found then may not hold. Until the transaction ends nobody else can ask.
///
/// # Errors
/// As the engine says.
pub async fn done(tx: &mut Tx, compared: &Due, method: i64, now: DateTime<Utc>) -> Result<bool> {
    let written = sql!(
        "INSERT INTO overlap_check (collection_id, changed_at, asked, compared, method, compared_at)
         SELECT c.id, c.changed_at, $3, $3, $4, $5 FROM collection c WHERE c.id = $1 AND c.changed_at = $2
         ON CONFLICT (collection_id) DO UPDATE SET changed_at = excluded.changed_at, compared = excluded.compared,
           method = excluded.method, compared_at = excluded.compared_at
           WHERE overlap_check.asked = excluded.asked",
        compared.id,
        compared.changed_at,
        compared.asked,
        method,
        now,
    )
    .run(tx)
    .await?;
    Ok(written > 0)
}

/// What of a collection at the other end tells whether a pair is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Its number; none where it has none yet.
    pub number: Option<CollectionNumber>,
    /// Whether it has ended or was withdrawn.
    pub is_over: bool,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// Whether it has been compared as it is: whatever is found of it later has not been seen from its side.
    pub is_compared: bool,
}

/// These collections as other ends; `method`: the version by which they are to have been compared.
///
/// # Errors
/// As the engine says.
pub async fn ends(tx: &mut Tx, method: i64, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, End>> {
    type Row = (Uuid, Option<String>, String, DateTime<Utc>, i64);
    let rows: Vec<Row> = sql!(
        "SELECT c.id, c.number, c.status, c.changed_at,
           CAST(CASE WHEN k.changed_at = c.changed_at AND k.method >= $1 AND k.asked = k.compared THEN 1 ELSE 0 END AS BIGINT)
         FROM collection c LEFT JOIN overlap_check k ON k.collection_id = c.id WHERE c.id IN ($2..)",
        method,
    )
    .list(ids)
    .all(tx)
    .await?;
    let end = |(id, number, status, changed_at, is_compared): Row| {
        let number = number.as_deref().and_then(CollectionNumber::parse);
        let is_over = Status::from_code(&status).is_some_and(Status::is_over);
        (id, End { number, is_over, changed_at, is_compared: is_compared > 0 })
    };
    Ok(rows.into_iter().map(end).collect())
}

/// Has a collection compared once more, also where it is being compared at this moment.
///
/// # Errors
/// As the engine says.
pub async fn again(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!(
        "INSERT INTO overlap_check (collection_id, asked, compared, method) VALUES ($1, 1, 0, 0)
         ON CONFLICT (collection_id) DO UPDATE SET asked = overlap_check.asked + 1",
        id,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Has whoever compares the collection of a pair that asks wait until the transaction ends. Before [`super::lock`], as the comparing does it.
///
/// # Errors
/// As the engine says.
pub async fn lock(tx: &mut Tx, pair: Uuid) -> Result<()> {
    sql!(
        "UPDATE overlap_check SET collection_id = collection_id WHERE collection_id = (SELECT o.collection_id FROM overlap o WHERE o.id = $1)",
        pair,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// When each of these collections last changed.
///
/// # Errors
/// As the engine says.
pub async fn changes(tx: &mut Tx, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, DateTime<Utc>>> {
    let rows: Vec<(Uuid, DateTime<Utc>)> = sql!("SELECT id, changed_at FROM collection WHERE id IN ($1..)").list(ids).all(tx).await?;
    Ok(rows.into_iter().collect())
}

/// When each collection that was touched at or after `since` last changed.
///
/// # Errors
/// As the engine says.
pub async fn changed_since(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    sql!("SELECT id, changed_at FROM collection WHERE touched_at >= $1 AND number IS NOT NULL AND status <> 'draft'", since).all(tx).await
}

/// The pairs of which any of these collections is part, of those that the method still flags or that somebody has said something of.
///
/// # Errors
/// As the engine says.
pub async fn flags_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Overlap>> {
    let rows: Vec<Row> = sql!(
        "SELECT o.id, o.collection_id, o.other_id, o.probability, o.items, o.substance, o.other_substance, o.method, o.found_at, o.gone_at
         FROM overlap o WHERE (o.collection_id IN ($1..) OR o.other_id IN ($1..))
           AND (o.gone_at IS NULL OR EXISTS (SELECT 1 FROM overlap_answer a WHERE a.overlap_id = o.id)
             OR EXISTS (SELECT 1 FROM overlap_verdict v WHERE v.overlap_id = o.id))
         ORDER BY o.id",
    )
    .list(ids.iter().copied())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(overlap).collect())
}

/// The lineages of the items of the versions in force, each collection's in the order of its items.
///
/// # Errors
/// As the engine says.
pub async fn lineages_of(tx: &mut Tx, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let rows: Vec<(Uuid, Uuid)> = sql!(
        "SELECT i.collection_id, i.lineage FROM item i
         JOIN collection c ON c.id = i.collection_id AND i.version = COALESCE(c.decided_version, c.planned_version)
         WHERE i.collection_id IN ($1..) ORDER BY i.collection_id, i.position",
    )
    .list(ids)
    .all(tx)
    .await?;
    let mut lineages: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (id, lineage) in rows {
        lineages.entry(id).or_default().push(lineage);
    }
    Ok(lineages)
}

/// Takes the turn to compare until `until`, or keeps it. `false` where another instance of the program has it.
///
/// # Errors
/// As the engine says.
pub async fn take_turn(tx: &mut Tx, holder: Uuid, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool> {
    let written = sql!(
        "INSERT INTO overlap_turn (id, holder, held_until) VALUES (1, $1, $3)
         ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
           WHERE overlap_turn.holder = excluded.holder OR overlap_turn.held_until < $2",
        holder,
        now,
        until,
    )
    .run(tx)
    .await?;
    Ok(written > 0)
}

/// Gives the turn back, if `holder` has it.
///
/// # Errors
/// As the engine says.
pub async fn leave_turn(tx: &mut Tx, holder: Uuid) -> Result<()> {
    sql!("DELETE FROM overlap_turn WHERE holder = $1", holder).run(tx).await?;
    Ok(())
}

/// How far the comparing has come, and what it waits for from people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// Collections that are compared.
    pub collections: i64,
    /// Those of them that are to be compared or compared anew.
    pub due: i64,
    /// When one was last compared.
    pub latest: Option<DateTime<Utc>>,
    /// Flags that their agencies have still to answer, as [`crate::domain::overlap::answer::Standing`] has it.
    pub unanswered: i64,
    /// Flags that no decision holds for.
    pub undecided: i64,
}

/// How far the comparing by this version of the method has come.
///
/// # Errors
/// As the engine says.
pub async fn standing(tx: &mut Tx, method: i64) -> Result<Standing> {
    sql!(
        "WITH state AS (
           SELECT CASE WHEN k.changed_at IS NULL OR k.changed_at <> c.changed_at OR k.method < $1 OR k.asked <> k.compared
             THEN 1 ELSE 0 END AS is_due
           FROM collection c LEFT JOIN overlap_check k ON k.collection_id = c.id WHERE c.number IS NOT NULL AND c.status <> 'draft'),
         flag AS (
           SELECT (SELECT v.kind FROM overlap_verdict v
               WHERE v.overlap_id = o.id AND v.substance = o.substance AND v.other_substance = o.other_substance
               ORDER BY v.at DESC, v.id DESC LIMIT 1) AS decided,
             (SELECT COUNT(*) FROM overlap_answer a WHERE a.overlap_id = o.id
               AND (a.at >= o.found_at OR (a.substance = o.substance AND a.other_substance = o.other_substance))
               AND NOT EXISTS (SELECT 1 FROM overlap_answer later
                 WHERE later.overlap_id = o.id AND (later.at > a.at OR (later.at = a.at AND later.id > a.id)))) AS answers
           FROM overlap o WHERE o.gone_at IS NULL)
         SELECT (SELECT COUNT(*) FROM state) AS collections, (SELECT COUNT(*) FROM state WHERE is_due = 1) AS due,
           (SELECT MAX(compared_at) FROM overlap_check) AS latest,
           (SELECT COUNT(*) FROM flag WHERE answers = 0 AND (decided IS NULL OR decided <> 'rejected')) AS unanswered,
           (SELECT COUNT(*) FROM flag WHERE decided IS NULL) AS undecided",
        method,
    )
    .one(tx)
    .await
}
