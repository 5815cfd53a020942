//! A page of a group of the queue.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::super::collection_rows::term;
use super::super::super::{Result, Tx, unknown_code};
use super::{Filter, Queued, Reader, Scope, Slice, of_body};
use crate::domain::consultation::queue::Group;
use crate::domain::consultation::{CaseKind, Opinion, Outcome, State};
use crate::sql;

/// A row of the view of the queue.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
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
    replied: bool,
    awaited: i64,
    awaited_body: Option<String>,
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
            replied: self.replied,
            awaited: (self.awaited, self.awaited_body),
            assignee: self.assignee_id.map(|id| (id, self.assignee.unwrap_or_else(|| "en borttagen person".to_owned()))),
        })
    }
}

/// A page of a group: what is not over by the day it is wanted, the earliest first; what is over, the latest first.
///
/// # Errors
/// As the engine says.
pub async fn page(tx: &mut Tx, scope: &Scope, filter: &Filter, reader: Reader, slice: Slice) -> Result<Vec<Queued>> {
    let rows = match (scope.body.as_str(), slice.group) {
        ("", Group::Over) => past(tx, scope, filter, slice).await?,
        ("", _) => live(tx, scope, filter, reader, slice).await?,
        (body, Group::Over) => of_body::past(tx, body, filter, slice).await?,
        (body, _) => of_body::live(tx, body, filter, reader, slice).await?,
    };
    let limit = usize::try_from(slice.limit).unwrap_or_default();
    rows.into_iter().take(limit).map(Row::into_queued).collect()
}

async fn live(tx: &mut Tx, scope: &Scope, filter: &Filter, reader: Reader, slice: Slice) -> Result<Vec<Row>> {
    let states = slice.group.states();
    let [first, second, third, more] = filter.patterns();
    // as many as there are placeholders, with the last one repeated
    let state = |at: usize| states.get(at).or(states.last()).map_or("", |state| state.code());
    sql!(
        "WITH own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($20..)),
              seen AS (
                SELECT b.consultation_id, b.body_code, b.since FROM consultation_body b
                WHERE $1 AND b.state IN ($11, $12, $13, $14)
                UNION ALL
                SELECT b.consultation_id, b.body_code, b.since
                FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
                WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ($11, $12, $13, $14)),
              found AS (
                SELECT s.consultation_id, s.body_code
                FROM seen s JOIN consultation c ON c.id = s.consultation_id
                WHERE (NOT $15 OR c.person_id = $2) AND (NOT $16 OR c.wanted_on < $3)
                  AND (NOT $17 OR EXISTS (
                    SELECT 1 FROM consultation_message m
                    WHERE m.consultation_id = s.consultation_id AND m.body_code = s.body_code AND m.step = 'reply' AND m.at = s.since))
                  AND ($4 OR c.id IN (
                    SELECT x.consultation_id FROM consultation_words x
                    WHERE ($5 = '' OR x.agency_code = $5) AND ($6 = '' OR x.area_code = $6)
                      AND ($7 = '' OR x.words LIKE $7 ESCAPE '!') AND ($8 = '' OR x.words LIKE $8 ESCAPE '!')
                      AND ($9 = '' OR x.words LIKE $9 ESCAPE '!') AND ($10 = '' OR x.words LIKE $10 ESCAPE '!')))
                ORDER BY c.wanted_on, c.requested_at, c.number, s.body_code
                LIMIT $18 OFFSET $19)
         SELECT q.number, q.collection, q.title, q.kind, q.form_unchanged, q.entered, q.agency, q.body_code, q.body, q.state, q.requested_at,
                q.wanted_on, q.answered_at, q.opinion, q.outcome, q.since, q.assignee_id, q.assignee, q.replied, q.awaited, q.awaited_body
         FROM found f JOIN consultation_queued q ON q.consultation_id = f.consultation_id AND q.body_code = f.body_code
         ORDER BY q.wanted_on, q.requested_at, q.number, q.body_code",
        scope.all,
        reader.person,
        reader.today,
        filter.is_empty(),
        &filter.agency,
        &filter.area,
        first,
        second,
        third,
        more,
        state(0),
        state(1),
        state(2),
        state(3),
        slice.group == Group::Mine,
        slice.group == Group::Overdue,
        slice.group == Group::Replied,
        slice.limit,
        slice.offset,
    )
    .list(scope.agencies.iter())
    .all(tx)
    .await
}

async fn past(tx: &mut Tx, scope: &Scope, filter: &Filter, slice: Slice) -> Result<Vec<Row>> {
    let [first, second, third, more] = filter.patterns();
    sql!(
        "WITH own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($11..)),
              seen AS (
                SELECT b.consultation_id, b.body_code, b.since FROM consultation_body b
                WHERE $1 AND b.state IN ('closed', 'withdrawn')
                UNION ALL
                SELECT b.consultation_id, b.body_code, b.since
                FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
                WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ('closed', 'withdrawn')),
              found AS (
                SELECT s.consultation_id, s.body_code FROM seen s
                WHERE $2 OR s.consultation_id IN (
                    SELECT x.consultation_id FROM consultation_words x
                    WHERE ($3 = '' OR x.agency_code = $3) AND ($4 = '' OR x.area_code = $4)
                      AND ($5 = '' OR x.words LIKE $5 ESCAPE '!') AND ($6 = '' OR x.words LIKE $6 ESCAPE '!')
                      AND ($7 = '' OR x.words LIKE $7 ESCAPE '!') AND ($8 = '' OR x.words LIKE $8 ESCAPE '!'))
                ORDER BY s.since DESC, s.consultation_id, s.body_code LIMIT $9 OFFSET $10)
         SELECT q.number, q.collection, q.title, q.kind, q.form_unchanged, q.entered, q.agency, q.body_code, q.body, q.state, q.requested_at,
                q.wanted_on, q.answered_at, q.opinion, q.outcome, q.since, q.assignee_id, q.assignee, q.replied, q.awaited, q.awaited_body
         FROM found f JOIN consultation_queued q ON q.consultation_id = f.consultation_id AND q.body_code = f.body_code
         ORDER BY q.since DESC, q.consultation_id, q.body_code",
        scope.all,
        filter.is_empty(),
        &filter.agency,
        &filter.area,
        first,
        second,
        third,
        more,
        slice.limit,
        slice.offset,
    )
    .list(scope.agencies.iter())
    .all(tx)
    .await
}
