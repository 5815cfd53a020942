//! The queue: the parts of cases that somebody works with, by group, a page at a time. Two statements whatever the number of rows.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use crate::domain::consultation::queue::Group;
use crate::domain::consultation::{CaseKind, Opinion, Outcome, State};
use crate::sql;
use crate::text;

/// Whose cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Those in which this body is consulted, by code; empty: none of them.
    pub body: String,
    /// Everybody's.
    pub all: bool,
    /// Those about collections of which any of these organisations is a party.
    pub agencies: Vec<String>,
}

/// What of a queue is asked for beside its group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Cases of this agency only, by code; empty: of any.
    pub agency: String,
    /// Of collections of this subject area only, by code; empty: of any.
    pub area: String,
    /// Only with these words in the title, or in the number of the case or of the collection; empty: all.
    pub words: String,
}

impl Filter {
    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agency.is_empty() && self.area.is_empty() && self.words.trim().is_empty()
    }

    /// The words as `LIKE … ESCAPE '!'` takes them; empty where nothing is searched for.
    fn pattern(&self) -> String {
        let words = text::fold(&self.words);
        if words.is_empty() {
            return words;
        }
        let escaped: String = words.chars().flat_map(|c| matches!(c, '!' | '%' | '_').then_some('!').into_iter().chain([c])).collect();
        format!("%{escaped}%")
    }
}

/// Who reads the queue, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub person: Uuid,
    /// The day in Sweden.
    pub today: NaiveDate,
}

/// Which rows of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The group.
    pub group: Group,
    /// The most rows.
    pub limit: i64,
    /// How many are passed over.
    pub offset: i64,
}

/// How many parts there are in each group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Not answered.
    pub open: i64,
    /// Asked for and not taken.
    pub new: i64,
    /// The reader's own, and not over.
    pub mine: i64,
    /// Waiting for the agency.
    pub awaiting: i64,
    /// Not answered, and the wanted day has passed.
    pub overdue: i64,
    /// Answered and not closed.
    pub answered: i64,
    /// Closed or withdrawn.
    pub done: i64,
}

impl Counts {
    /// The count of a group.
    #[must_use]
    pub fn of(&self, group: Group) -> i64 {
        match group {
            Group::Open => self.open,
            Group::New => self.new,
            Group::Mine => self.mine,
            Group::Awaiting => self.awaiting,
            Group::Overdue => self.overdue,
            Group::Answered => self.answered,
            Group::Over => self.done,
        }
    }
}

/// One body's part of a case, in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The number of the case.
    pub number: String,
    /// The number of the collection.
    pub collection: String,
    /// The title that is asked about.
    pub title: String,
    /// What kind of case it is.
    pub kind: CaseKind,
    /// Only selection and timing are asked about.
    pub form_unchanged: bool,
    /// It came by mail and was entered afterwards.
    pub entered: bool,
    /// The agency that asks.
    pub agency: String,
    /// The body: code and name.
    pub body: (String, String),
    /// Where it is.
    pub state: State,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When an answer is wanted.
    pub wanted_on: NaiveDate,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// What was answered.
    pub opinion: Option<Opinion>,
    /// How the case ended.
    pub outcome: Option<Outcome>,
    /// When it came into its state.
    pub since: DateTime<Utc>,
    /// The handläggare who has it: identity and name or address.
    pub assignee: Option<(Uuid, String)>,
}

/// A page of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Queued>,
    /// How many there are on all pages; 0 where the page is beyond the last one.
    pub total: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: String,
    collection: String,
    title: String,
    kind: String,
    form_unchanged: bool,
    entered: bool,
    agency: String,
    body_code: String,
    body: String,
    state: String,
    requested_at: DateTime<Utc>,
    wanted_on: NaiveDate,
    answered_at: Option<DateTime<Utc>>,
    opinion: Option<String>,
    outcome: Option<String>,
    since: DateTime<Utc>,
    assignee_id: Option<Uuid>,
    assignee: Option<String>,
    total: i64,
}

impl Row {
    fn into_queued(self) -> Result<Queued> {
        Ok(Queued {
            number: self.number,
            collection: self.collection,
            title: self.title,
            kind: term!(CaseKind, self.kind)?,
            form_unchanged: self.form_unchanged,
            entered: self.entered,
            agency: self.agency,
            body: (self.body_code, self.body),
            state: term!(State, self.state)?,
            requested_at: self.requested_at,
            wanted_on: self.wanted_on,
            answered_at: self.answered_at,
            opinion: self.opinion.map(|code| term!(Opinion, code)).transpose()?,
            outcome: self.outcome.map(|code| term!(Outcome, code)).transpose()?,
            since: self.since,
            assignee: self.assignee_id.map(|id| (id, self.assignee.unwrap_or_else(|| "en borttagen person".to_owned()))),
        })
    }
}

/// How many parts there are in each group.
///
/// # Errors
/// As the engine says.
pub async fn counts(tx: &mut Tx, scope: &Scope, filter: &Filter, reader: Reader) -> Result<Counts> {
    // each branch is found by its own index; what is over is only counted, without a look at its case where nothing is left out
    sql!(
        "WITH party AS (SELECT code FROM organisation WHERE code IN ($9..)),
              own AS (SELECT a.collection_id AS id FROM collection_agency a JOIN party p ON p.code = a.agency_code
                        JOIN collection k ON k.id = a.collection_id AND (a.version = k.decided_version OR a.version = k.planned_version)
                      UNION
                      SELECT w.collection_id FROM collection_version w JOIN party p ON p.code = w.collector_code
                        JOIN collection k ON k.id = w.collection_id AND (w.version = k.decided_version OR w.version = k.planned_version)),
              live AS (
                SELECT b.consultation_id, b.state, b.assignee_id FROM consultation_body b
                WHERE b.body_code = $1 AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
                UNION ALL
                SELECT b.consultation_id, b.state, b.assignee_id FROM consultation_body b
                WHERE $2 AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
                UNION ALL
                SELECT b.consultation_id, b.state, b.assignee_id FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
                WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')),
              past AS (
                SELECT b.consultation_id FROM consultation_body b WHERE b.body_code = $1 AND b.state IN ('closed', 'withdrawn')
                UNION ALL
                SELECT b.consultation_id FROM consultation_body b WHERE $2 AND b.state IN ('closed', 'withdrawn')
                UNION ALL
                SELECT b.consultation_id FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
                WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ('closed', 'withdrawn')),
              sought AS (
                SELECT x.id FROM consultation_sought x
                WHERE ($6 = '' OR x.agency_code = $6) AND ($7 = '' OR x.area_code = $7)
                  AND ($8 = '' OR x.number LIKE $8 ESCAPE '!' OR x.collection LIKE $8 ESCAPE '!' OR x.title LIKE $8 ESCAPE '!'))
         SELECT COUNT(*) FILTER (WHERE s.state <> 'answered') AS open,
                COUNT(*) FILTER (WHERE s.state = 'requested') AS new,
                COUNT(*) FILTER (WHERE CASE WHEN $1 = '' THEN c.person_id ELSE s.assignee_id END = $3) AS mine,
                COUNT(*) FILTER (WHERE s.state = 'awaiting_agency') AS awaiting,
                COUNT(*) FILTER (WHERE s.state <> 'answered' AND c.wanted_on < $4) AS overdue,
                COUNT(*) FILTER (WHERE s.state = 'answered') AS answered,
                (SELECT COUNT(*) FROM past p WHERE $5 OR p.consultation_id IN (SELECT id FROM sought)) AS done
         FROM live s JOIN consultation c ON c.id = s.consultation_id
         WHERE $5 OR c.id IN (SELECT id FROM sought)",
        &scope.body,
        scope.all,
        reader.person,
        reader.today,
        filter.is_empty(),
        &filter.agency,
        &filter.area,
        filter.pattern(),
    )
    .list(scope.agencies.iter())
    .one(tx)
    .await
}

/// A page of a group: what is not over by the day it is wanted, the earliest first; what is over, the latest first.
///
/// # Errors
/// As the engine says.
pub async fn page(tx: &mut Tx, scope: &Scope, filter: &Filter, reader: Reader, slice: Slice) -> Result<Page> {
    let states = slice.group.states();
    // as many as there are placeholders, with the last one repeated
    let state = |at: usize| states.get(at).or(states.last()).map_or("", |state| state.code());
    let rows: Vec<Row> = sql!(
        "WITH party AS (SELECT code FROM organisation WHERE code IN ($18..)),
              own AS (SELECT a.collection_id AS id FROM collection_agency a JOIN party p ON p.code = a.agency_code
                        JOIN collection k ON k.id = a.collection_id AND (a.version = k.decided_version OR a.version = k.planned_version)
                      UNION
                      SELECT w.collection_id FROM collection_version w JOIN party p ON p.code = w.collector_code
                        JOIN collection k ON k.id = w.collection_id AND (w.version = k.decided_version OR w.version = k.planned_version)),
              seen AS (
                SELECT b.consultation_id, b.body_code, b.assignee_id, b.since FROM consultation_body b
                WHERE b.body_code = $1 AND b.state IN ($9, $10, $11, $12)
                UNION ALL
                SELECT b.consultation_id, b.body_code, b.assignee_id, b.since FROM consultation_body b
                WHERE $2 AND b.state IN ($9, $10, $11, $12)
                UNION ALL
                SELECT b.consultation_id, b.body_code, b.assignee_id, b.since
                FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
                WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ($9, $10, $11, $12)),
              found AS (
                SELECT s.consultation_id, s.body_code, COUNT(*) OVER () AS total
                FROM seen s JOIN consultation c ON c.id = s.consultation_id
                WHERE (NOT $13 OR CASE WHEN $1 = '' THEN c.person_id ELSE s.assignee_id END = $3) AND (NOT $14 OR c.wanted_on < $4)
                  AND ($5 OR EXISTS (
                    SELECT 1 FROM consultation_sought x
                    WHERE x.id = c.id AND ($6 = '' OR x.agency_code = $6) AND ($7 = '' OR x.area_code = $7)
                      AND ($8 = '' OR x.number LIKE $8 ESCAPE '!' OR x.collection LIKE $8 ESCAPE '!' OR x.title LIKE $8 ESCAPE '!')))
                ORDER BY CASE WHEN $15 THEN NULL ELSE c.wanted_on END, CASE WHEN $15 THEN s.since ELSE NULL END DESC, c.requested_at,
                         c.number, s.body_code
                LIMIT $16 OFFSET $17)
         SELECT c.number, k.number AS collection, v.title, c.kind, c.form_unchanged, c.entered, ag.name AS agency, b.body_code, o.name AS body, b.state,
                c.requested_at, c.wanted_on, b.answered_at, b.opinion, c.outcome, b.since, b.assignee_id,
                COALESCE(p.name, p.email) AS assignee, f.total
         FROM found f
         JOIN consultation c ON c.id = f.consultation_id
         JOIN consultation_body b ON b.consultation_id = f.consultation_id AND b.body_code = f.body_code
         JOIN collection k ON k.id = c.collection_id
         JOIN collection_version v ON v.collection_id = c.collection_id AND v.version = c.version
         JOIN organisation ag ON ag.code = c.agency_code
         JOIN organisation o ON o.code = b.body_code
         LEFT JOIN person p ON p.id = b.assignee_id
         ORDER BY CASE WHEN $15 THEN NULL ELSE c.wanted_on END, CASE WHEN $15 THEN b.since ELSE NULL END DESC, c.requested_at, c.number,
                  b.body_code",
        &scope.body,
        scope.all,
        reader.person,
        reader.today,
        filter.is_empty(),
        &filter.agency,
        &filter.area,
        filter.pattern(),
        state(0),
        state(1),
        state(2),
        state(3),
        slice.group == Group::Mine,
        slice.group == Group::Overdue,
        slice.group == Group::Over,
        slice.limit,
        slice.offset,
    )
    .list(scope.agencies.iter())
    .all(tx)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok(Page { rows: rows.into_iter().map(Row::into_queued).collect::<Result<_>>()?, total })
}

/// The agencies that have asked, by name in Swedish order: all of them, or those that asked one body.
///
/// # Errors
/// As the engine says.
pub async fn agencies(tx: &mut Tx, scope: &Scope) -> Result<Vec<(String, String)>> {
    sql!(
        "SELECT o.code, o.name FROM organisation o
         WHERE EXISTS (SELECT 1 FROM consultation c WHERE c.agency_code = o.code
           AND ($2 OR EXISTS (SELECT 1 FROM consultation_body b WHERE b.consultation_id = c.id AND b.body_code = $1)))
         ORDER BY o.name COLLATE \"sv-x-icu\", o.code",
        &scope.body,
        scope.all,
    )
    .all(tx)
    .await
}

/// Gives a body's part of a case to one of its handläggare, or to none, if it is still with `seen`. Answers whether it was. It counts as a
/// step: whoever does something else on a page from before finds out.
///
/// # Errors
/// As the engine says.
pub async fn assign(tx: &mut Tx, case: Uuid, body: &str, person: Option<Uuid>, seen: Option<Uuid>) -> Result<bool> {
    let changed = sql!(
        "UPDATE consultation_body SET assignee_id = $3, revision = revision + 1
         WHERE consultation_id = $1 AND body_code = $2 AND assignee_id IS NOT DISTINCT FROM $4",
        case,
        body,
        person,
        seen,
    )
    .run(tx)
    .await?;
    Ok(changed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_a_pattern() {
        let words = |words: &str| Filter { words: words.to_owned(), ..Filter::default() }.pattern();
        assert_eq!(words(" 100 %  AV_ALLA! "), "%100 !% av!_alla!!%");
        assert_eq!(words("  "), "");
    }
}
