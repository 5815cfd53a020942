//! The pairs that reviewers look at, page by page: what waits for them and what they have decided.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use super::ItemPair;
use crate::domain::overlap::answer::AnswerKind;
use crate::domain::overlap::verdict::VerdictKind;
use crate::sql;

/// What of the pairs somebody may know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// On which day.
    pub today: NaiveDate,
    /// Whether also collections that are not open are seen.
    pub hidden: bool,
}

/// Which pairs are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What the reader may know of.
    pub sight: Sight,
    /// Either collection is of this subject area (code); empty: any.
    pub area: &'a str,
    /// An agency that is responsible for either, or took over from one that was (code); empty: any.
    pub agency: &'a str,
    /// `answered`, `unanswered` (what waits) or the code of a decision (what is decided); empty: all.
    pub standing: &'a str,
    /// The most pairs.
    pub limit: i64,
    /// How many are passed over.
    pub offset: i64,
}

/// One of the two collections of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Identity.
    pub id: Uuid,
    /// The number.
    pub number: String,
    /// The title in force.
    pub title: String,
}

/// The decision on a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// How much is the same.
    pub kind: VerdictKind,
    /// When.
    pub at: DateTime<Utc>,
    /// By which body.
    pub body: String,
    /// Whether it was made of what both collections say now.
    pub holds: bool,
}

/// A pair in a list of reviewers.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Identity.
    pub id: Uuid,
    /// How likely it is that they ask for the same data, 0 to 1.
    pub probability: f64,
    /// The items that are alike, the most alike first.
    pub items: Vec<ItemPair>,
    /// When it was first found.
    pub found_at: DateTime<Utc>,
    /// The collection that asks, and the other one.
    pub ends: (End, End),
    /// The latest answer, if it was given since the pair was flagged or of what both say now.
    pub answer: Option<AnswerKind>,
    /// Whether anybody objects to what both say now.
    pub objects: bool,
    /// The decision, where there is one.
    pub decided: Option<Decided>,
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The pairs.
    pub rows: Vec<Listed>,
    /// How many there are on all pages; 0 where the page is beyond the last one.
    pub total: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    probability: f64,
    items: Json<Vec<ItemPair>>,
    found_at: DateTime<Utc>,
    asking: Uuid,
    asking_number: String,
    asking_title: String,
    met: Uuid,
    met_number: String,
    met_title: String,
    answer: Option<String>,
    objects: bool,
    kind: Option<String>,
    at: Option<DateTime<Utc>>,
    body: Option<String>,
    holds: bool,
    total: i64,
}

impl Row {
    fn into_listed(self) -> Result<Listed> {
        let answer = match self.answer {
            Some(answer) => Some(term!(AnswerKind, answer)?),
            None => None,
        };
        let decided = match (self.kind, self.at, self.body) {
            (Some(kind), Some(at), Some(body)) => Some(Decided { kind: term!(VerdictKind, kind)?, at, body, holds: self.holds }),
            _ => None,
        };
        Ok(Listed {
            id: self.id,
            probability: self.probability,
            items: self.items.0,
            found_at: self.found_at,
            ends: (
                End { id: self.asking, number: self.asking_number, title: self.asking_title },
                End { id: self.met, number: self.met_number, title: self.met_title },
            ),
            answer,
            objects: self.objects,
            decided,
        })
    }
}

fn page(rows: Vec<Row>) -> Result<Page> {
    let total = rows.first().map_or(0, |row| row.total);
    Ok(Page { rows: rows.into_iter().map(Row::into_listed).collect::<Result<_>>()?, total })
}

/// The flagged pairs that no decision holds for, those that have most in common first: by what their items are alike, summed up.
///
/// # Errors
/// As the engine says.
pub async fn waiting(tx: &mut Tx, wanted: Wanted<'_>) -> Result<Page> {
    let rows: Vec<Row> = sql!(
        "WITH RECURSIVE line (code) AS (
           SELECT o.code FROM organisation o WHERE o.code = $4
           UNION SELECT o.code FROM organisation o JOIN line l ON l.code = o.successor_code WHERE o.ended_on <= $2)
         SELECT o.id, o.probability, o.items, o.found_at, c.id AS asking, c.number AS asking_number, cv.title AS asking_title,
                d.id AS met, d.number AS met_number, dv.title AS met_title, a.kind AS answer,
                EXISTS (SELECT 1 FROM overlap_remark r WHERE r.overlap_id = o.id AND r.objects
                  AND r.substance = o.substance AND r.other_substance = o.other_substance) AS objects,
                v.kind, v.at, body.name AS body, FALSE AS holds, COUNT(*) OVER () AS total
         FROM overlap o
         JOIN collection c ON c.id = o.collection_id
         JOIN collection_version cv ON cv.collection_id = c.id AND cv.version = COALESCE(c.decided_version, c.planned_version)
         JOIN collection d ON d.id = o.other_id
         JOIN collection_version dv ON dv.collection_id = d.id AND dv.version = COALESCE(d.decided_version, d.planned_version)
         LEFT JOIN overlap_answer a ON a.overlap_id = o.id
           AND (a.at >= o.found_at OR (a.substance = o.substance AND a.other_substance = o.other_substance)) AND NOT EXISTS (
           SELECT 1 FROM overlap_answer later WHERE later.overlap_id = o.id AND (later.at > a.at OR (later.at = a.at AND later.id > a.id)))
         LEFT JOIN overlap_verdict v ON v.overlap_id = o.id AND NOT EXISTS (
           SELECT 1 FROM overlap_verdict later WHERE later.overlap_id = o.id AND (later.at > v.at OR (later.at = v.at AND later.id > v.id)))
         LEFT JOIN organisation body ON body.code = v.organisation_code
         WHERE o.gone_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM overlap_verdict h WHERE h.overlap_id = o.id AND h.substance = o.substance AND h.other_substance = o.other_substance)
           AND c.number IS NOT NULL AND c.status <> 'draft' AND d.number IS NOT NULL AND d.status <> 'draft'
           AND ($1 OR (c.open_from <= $2 AND d.open_from <= $2))
           AND ($3 = '' OR cv.area_code = $3 OR dv.area_code = $3)
           AND ($4 = '' OR EXISTS (SELECT 1 FROM collection_agency g JOIN line l ON l.code = g.agency_code
             WHERE ((g.collection_id = c.id AND g.version = cv.version) OR (g.collection_id = d.id AND g.version = dv.version))))
           AND ($5 = '' OR ($5 = 'answered' AND a.id IS NOT NULL) OR ($5 = 'unanswered' AND a.id IS NULL))
         ORDER BY o.amount DESC, o.probability DESC, o.id LIMIT $6 OFFSET $7",
        wanted.sight.hidden,
        wanted.sight.today,
        wanted.area,
        wanted.agency,
        wanted.standing,
        wanted.limit,
        wanted.offset,
    )
    .all(tx)
    .await?;
    page(rows)
}

/// The pairs that people have decided on, the latest decision first: the decision that holds, or else the latest one.
///
/// # Errors
/// As the engine says.
pub async fn decided(tx: &mut Tx, wanted: Wanted<'_>) -> Result<Page> {
    let rows: Vec<Row> = sql!(
        "WITH RECURSIVE line (code) AS (
           SELECT o.code FROM organisation o WHERE o.code = $4
           UNION SELECT o.code FROM organisation o JOIN line l ON l.code = o.successor_code WHERE o.ended_on <= $2)
         SELECT o.id, o.probability, o.items, o.found_at, c.id AS asking, c.number AS asking_number, cv.title AS asking_title,
                d.id AS met, d.number AS met_number, dv.title AS met_title, a.kind AS answer,
                EXISTS (SELECT 1 FROM overlap_remark r WHERE r.overlap_id = o.id AND r.objects
                  AND r.substance = o.substance AND r.other_substance = o.other_substance) AS objects,
                v.kind, v.at, body.name AS body, v.substance = o.substance AND v.other_substance = o.other_substance AS holds,
                COUNT(*) OVER () AS total
         FROM overlap o
         JOIN collection c ON c.id = o.collection_id
         JOIN collection_version cv ON cv.collection_id = c.id AND cv.version = COALESCE(c.decided_version, c.planned_version)
         JOIN collection d ON d.id = o.other_id
         JOIN collection_version dv ON dv.collection_id = d.id AND dv.version = COALESCE(d.decided_version, d.planned_version)
         JOIN overlap_verdict v ON v.overlap_id = o.id
         JOIN organisation body ON body.code = v.organisation_code
         LEFT JOIN overlap_answer a ON a.overlap_id = o.id
           AND (a.at >= o.found_at OR (a.substance = o.substance AND a.other_substance = o.other_substance)) AND NOT EXISTS (
           SELECT 1 FROM overlap_answer later WHERE later.overlap_id = o.id AND (later.at > a.at OR (later.at = a.at AND later.id > a.id)))
         WHERE c.number IS NOT NULL AND c.status <> 'draft' AND d.number IS NOT NULL AND d.status <> 'draft'
           AND ($1 OR (c.open_from <= $2 AND d.open_from <= $2))
           AND ($3 = '' OR cv.area_code = $3 OR dv.area_code = $3)
           AND ($4 = '' OR EXISTS (SELECT 1 FROM collection_agency g JOIN line l ON l.code = g.agency_code
             WHERE ((g.collection_id = c.id AND g.version = cv.version) OR (g.collection_id = d.id AND g.version = dv.version))))
           AND ($5 = '' OR v.kind = $5)
           AND NOT EXISTS (SELECT 1 FROM overlap_verdict h WHERE h.overlap_id = o.id AND (
             (h.substance = o.substance AND h.other_substance = o.other_substance)
               > (v.substance = o.substance AND v.other_substance = o.other_substance)
             OR ((h.substance = o.substance AND h.other_substance = o.other_substance)
               = (v.substance = o.substance AND v.other_substance = o.other_substance)
               AND (h.at > v.at OR (h.at = v.at AND h.id > v.id)))))
         ORDER BY v.at DESC, o.id LIMIT $6 OFFSET $7",
        wanted.sight.hidden,
        wanted.sight.today,
        wanted.area,
        wanted.agency,
        wanted.standing,
        wanted.limit,
        wanted.offset,
    )
    .all(tx)
    .await?;
    page(rows)
}

/// Code and name of the agencies that are responsible for either collection of any pair, or took over from one that was, in Swedish
/// order.
///
/// # Errors
/// As the engine says.
pub async fn agencies(tx: &mut Tx, sight: Sight) -> Result<Vec<(String, String)>> {
    sql!(
        "WITH RECURSIVE line (code) AS (
           SELECT g.agency_code FROM overlap o
           JOIN collection c ON c.id = o.collection_id AND c.status <> 'draft'
           JOIN collection d ON d.id = o.other_id AND d.status <> 'draft'
           JOIN collection_agency g ON (g.collection_id = c.id AND g.version = COALESCE(c.decided_version, c.planned_version))
             OR (g.collection_id = d.id AND g.version = COALESCE(d.decided_version, d.planned_version))
           WHERE $1 OR (c.open_from <= $2 AND d.open_from <= $2)
           UNION SELECT w.successor_code FROM organisation w JOIN line l ON l.code = w.code
           WHERE w.ended_on <= $2 AND w.successor_code IS NOT NULL)
         SELECT w.code, w.name FROM organisation w JOIN line l ON l.code = w.code
         WHERE w.ended_on IS NULL OR w.ended_on > $2 OR w.successor_code IS NULL ORDER BY w.name COLLATE \"sv-x-icu\"",
        sight.hidden,
        sight.today,
    )
    .all(tx)
    .await
}
