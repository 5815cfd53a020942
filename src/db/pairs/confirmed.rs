//! The overlaps that people have confirmed, as both collections' pages tell of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, collections, unknown_code};
use super::{ItemPair, Worded, portions, worded};
use crate::domain::organisation::Organisation;
use crate::domain::overlap::answer::{Answer, AnswerKind};
use crate::domain::overlap::verdict::VerdictKind;
use crate::domain::terms::Status;
use crate::sql;

/// An overlap that people have confirmed, as both collections' pages tell of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmed {
    /// The number of the collection at the other end.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The names of its responsible agencies.
    pub agencies: Vec<String>,
    /// Where it is in its life.
    pub status: Status,
    /// From when it is shown openly.
    pub open_from: Option<NaiveDate>,
    /// How much is the same.
    pub kind: VerdictKind,
    /// The items that are the same: as this collection words them, and as the other does.
    pub items: Vec<(String, String)>,
    /// Why.
    pub reason: Option<String>,
    /// The name of the body that confirmed it.
    pub body: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether both say what they said then. Where not, it is only told that it was.
    pub holds: bool,
    /// What the agency that asks answered since the pair was flagged, with its name.
    pub answer: Option<(Answer, String)>,
    /// The names of those who object to it as both are worded now, though not what they say.
    pub objects: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    collection_id: Uuid,
    other_id: Uuid,
    number: String,
    title: String,
    status: String,
    open_from: Option<NaiveDate>,
    kind: String,
    items: Json<Vec<ItemPair>>,
    reason: Option<String>,
    body: String,
    at: DateTime<Utc>,
    holds: bool,
    answer: Option<String>,
    answer_reason: Option<String>,
    who: Option<String>,
}

/// What is told beside the decisions.
struct Around {
    /// What items are called.
    words: HashMap<(Uuid, Uuid), Worded>,
    /// Who is responsible for each collection.
    agencies: HashMap<Uuid, Vec<Organisation>>,
    /// Who objects to each pair.
    objecting: HashMap<Uuid, Vec<String>>,
}

impl Row {
    /// As `collection` tells of it.
    fn told(self, collection: Uuid, around: &mut Around) -> Result<Confirmed> {
        let answer = match (self.answer, self.who) {
            (Some(kind), Some(who)) => Some((Answer { kind: term!(AnswerKind, kind)?, reason: self.answer_reason }, who)),
            _ => None,
        };
        let (asking, met) = (self.collection_id, self.other_id);
        let pair = |one: &ItemPair| {
            let words = &around.words;
            let (item, other) = (words.get(&(asking, one.item))?.label.clone(), words.get(&(met, one.other))?.label.clone());
            Some(if asking == collection { (item, other) } else { (other, item) })
        };
        let items = self.items.iter().filter_map(pair).collect();
        let objects = around.objecting.remove(&self.id).unwrap_or_default();
        let other = if asking == collection { met } else { asking };
        let agencies = around.agencies.get(&other).into_iter().flatten().map(|one| one.name.clone()).collect();
        let Self { number, title, open_from, reason, body, at, holds, .. } = self;
        let (status, kind) = (term!(Status, self.status)?, term!(VerdictKind, self.kind)?);
        Ok(Confirmed { number, title, agencies, status, open_from, kind, items, reason, body, at, holds, answer, objects })
    }
}

/// The confirmed overlaps of a collection, the latest decision first; also those of which only an earlier wording was decided on, as long
/// as they are flagged.
///
/// # Errors
/// As the engine says.
pub async fn confirmed_of(tx: &mut Tx, collection: Uuid) -> Result<Vec<Confirmed>> {
    let rows: Vec<Row> = sql!(
        "SELECT o.id, o.collection_id, o.other_id, c.number, cv.title, c.status, c.open_from, v.kind, v.items, v.reason, body.name AS body, v.at,
                v.substance = o.substance AND v.other_substance = o.other_substance AS holds, a.kind AS answer, a.reason AS answer_reason, who.name AS who
         FROM overlap o
         JOIN overlap_verdict v ON v.overlap_id = o.id
         JOIN organisation body ON body.code = v.organisation_code
         JOIN collection c ON c.id = CASE WHEN o.collection_id = $1 THEN o.other_id ELSE o.collection_id END
         JOIN collection_version cv ON cv.collection_id = c.id AND cv.version = COALESCE(c.decided_version, c.planned_version)
         LEFT JOIN overlap_answer a ON a.overlap_id = o.id
           AND (a.at >= o.found_at OR (a.substance = o.substance AND a.other_substance = o.other_substance)) AND NOT EXISTS (
           SELECT 1 FROM overlap_answer later WHERE later.overlap_id = o.id AND (later.at > a.at OR (later.at = a.at AND later.id > a.id)))
         LEFT JOIN organisation who ON who.code = a.organisation_code
         WHERE (o.collection_id = $1 OR o.other_id = $1) AND v.kind <> 'rejected' AND c.number IS NOT NULL
           AND (o.gone_at IS NULL OR (v.substance = o.substance AND v.other_substance = o.other_substance))
           AND NOT EXISTS (SELECT 1 FROM overlap_verdict h WHERE h.overlap_id = o.id AND (
             (h.substance = o.substance AND h.other_substance = o.other_substance)
               > (v.substance = o.substance AND v.other_substance = o.other_substance)
             OR ((h.substance = o.substance AND h.other_substance = o.other_substance)
               = (v.substance = o.substance AND v.other_substance = o.other_substance)
               AND (h.at > v.at OR (h.at = v.at AND h.id > v.id)))))
         ORDER BY v.at DESC, c.number",
        collection,
    )
    .all(tx)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut both: Vec<Uuid> = rows.iter().flat_map(|row| [row.collection_id, row.other_id]).collect();
    both.sort_unstable();
    both.dedup();
    let mut around = Around {
        words: worded(tx, &both).await?,
        agencies: collections::agencies(tx, &both).await?,
        objecting: objecting(tx, &ids).await?,
    };
    rows.into_iter().map(|row| row.told(collection, &mut around)).collect()
}

/// The names of the organisations that object to what these pairs say now, by pair.
async fn objecting(tx: &mut Tx, overlaps: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>> {
    let mut names: HashMap<Uuid, Vec<String>> = HashMap::new();
    for some in portions(overlaps) {
        let query = sql!(
            "SELECT DISTINCT r.overlap_id, w.name FROM overlap_remark r JOIN organisation w ON w.code = r.organisation_code
             JOIN overlap o ON o.id = r.overlap_id AND o.substance = r.substance AND o.other_substance = r.other_substance
             WHERE r.objects AND r.overlap_id IN ($1..) ORDER BY w.name",
        );
        for (overlap, name) in query.list(some).all::<(Uuid, String)>(tx).await? {
            names.entry(overlap).or_default().push(name);
        }
    }
    Ok(names)
}
