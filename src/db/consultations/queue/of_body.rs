//! The queue of one body, which is the one that grows: statements of its own, which read little of the cases of twenty years. The most rows and
//! the states stand in the texts, and not as arguments, as PostgreSQL plans a prepared statement without knowing its arguments.

use super::super::super::{Result, Tx};
use super::page::Row;
use super::{Counts, Filter, Reader, Slice};
use crate::domain::consultation::queue::Group;
use crate::sql;

/// How many of a body's parts there are in each group.
///
/// # Errors
/// As the engine says.
pub async fn counts(tx: &mut Tx, body: &str, filter: &Filter, reader: Reader) -> Result<Counts> {
    let [first, second, third, more] = filter.patterns();
    sql!(
        "WITH sought AS (
                SELECT x.consultation_id FROM consultation_words x
                WHERE ($5 = '' OR x.agency_code = $5) AND ($6 = '' OR x.area_code = $6)
                  AND ($7 = '' OR x.words LIKE $7 ESCAPE '!') AND ($8 = '' OR x.words LIKE $8 ESCAPE '!')
                  AND ($9 = '' OR x.words LIKE $9 ESCAPE '!') AND ($10 = '' OR x.words LIKE $10 ESCAPE '!')),
              live AS (
                SELECT b.consultation_id, b.body_code, b.state, b.since, b.assignee_id, c.wanted_on
                FROM consultation_body b JOIN consultation c ON c.id = b.consultation_id
                WHERE b.body_code = $1 AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
                  AND ($4 OR b.consultation_id IN (SELECT consultation_id FROM sought)))
         SELECT COUNT(*) FILTER (WHERE s.state <> 'answered') AS open,
                COUNT(*) FILTER (WHERE s.state = 'requested') AS new,
                COUNT(*) FILTER (WHERE s.assignee_id = $2) AS mine,
                COUNT(*) FILTER (WHERE s.state = 'awaiting_agency') AS awaiting,
                COUNT(*) FILTER (WHERE s.state = 'in_review' AND EXISTS (
                  SELECT 1 FROM consultation_message m WHERE m.consultation_id = s.consultation_id AND m.body_code = s.body_code
                    AND m.step = 'reply' AND m.at = s.since)) AS replied,
                COUNT(*) FILTER (WHERE s.state <> 'answered' AND s.wanted_on < $3) AS overdue,
                COUNT(*) FILTER (WHERE s.state = 'answered') AS answered,
                (SELECT COUNT(*) FROM consultation_body p WHERE p.body_code = $1 AND p.state IN ('closed', 'withdrawn')
                   AND ($4 OR p.consultation_id IN (SELECT consultation_id FROM sought))) AS done
         FROM live s",
        body,
        reader.person,
        reader.today,
        filter.is_empty(),
        &filter.agency,
        &filter.area,
        first,
        second,
        third,
        more,
    )
    .one(tx)
    .await
}

/// What is not over, by the day it is wanted.
///
/// # Errors
/// As the engine says.
pub(super) async fn live(tx: &mut Tx, body: &str, filter: &Filter, reader: Reader, slice: Slice) -> Result<Vec<Row>> {
    let [first, second, third, more] = filter.patterns();
    let states = slice.group.states();
    // as many as there are placeholders, with the last one repeated
    let state = |at: usize| states.get(at).or(states.last()).map_or("", |state| state.code());
    sql!(
        "WITH found AS (
                SELECT b.consultation_id, b.body_code
                FROM consultation_body b JOIN consultation c ON c.id = b.consultation_id
                WHERE b.body_code = $1 AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
                  AND b.state IN ($11, $12, $13, $14)
                  AND (NOT $15 OR b.assignee_id = $2) AND (NOT $16 OR c.wanted_on < $3)
                  AND (NOT $17 OR EXISTS (
                    SELECT 1 FROM consultation_message m
                    WHERE m.consultation_id = b.consultation_id AND m.body_code = b.body_code AND m.step = 'reply' AND m.at = b.since))
                  AND ($4 OR b.consultation_id IN (
                    SELECT x.consultation_id FROM consultation_words x
                    WHERE ($5 = '' OR x.agency_code = $5) AND ($6 = '' OR x.area_code = $6)
                      AND ($7 = '' OR x.words LIKE $7 ESCAPE '!') AND ($8 = '' OR x.words LIKE $8 ESCAPE '!')
                      AND ($9 = '' OR x.words LIKE $9 ESCAPE '!') AND ($10 = '' OR x.words LIKE $10 ESCAPE '!')))
                ORDER BY c.wanted_on, c.requested_at, c.number
                LIMIT 100 OFFSET $18)
         SELECT q.number, q.collection, q.title, q.kind, q.form_unchanged, q.entered, q.agency, q.body_code, q.body, q.state, q.requested_at,
                q.wanted_on, q.answered_at, q.opinion, q.outcome, q.since, q.assignee_id, q.assignee, q.replied, q.awaited, q.awaited_body
         FROM found f JOIN consultation_queued q ON q.consultation_id = f.consultation_id AND q.body_code = f.body_code
         ORDER BY q.wanted_on, q.requested_at, q.number",
        body,
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
        slice.offset,
    )
    .all(tx)
    .await
}

/// What is over, the latest first.
///
/// # Errors
/// As the engine says.
pub(super) async fn past(tx: &mut Tx, body: &str, filter: &Filter, slice: Slice) -> Result<Vec<Row>> {
    if filter.is_empty() {
        // an index has them in this order
        return sql!(
            "WITH found AS (
                SELECT b.consultation_id, b.body_code FROM consultation_body b
                WHERE b.body_code = $1 AND b.state IN ('closed', 'withdrawn')
                ORDER BY b.since DESC, b.consultation_id LIMIT 100 OFFSET $2)
         SELECT q.number, q.collection, q.title, q.kind, q.form_unchanged, q.entered, q.agency, q.body_code, q.body, q.state, q.requested_at,
                q.wanted_on, q.answered_at, q.opinion, q.outcome, q.since, q.assignee_id, q.assignee, q.replied, q.awaited, q.awaited_body
         FROM found f JOIN consultation_queued q ON q.consultation_id = f.consultation_id AND q.body_code = f.body_code
         ORDER BY q.since DESC, q.consultation_id",
            body,
            slice.offset,
        )
        .all(tx)
        .await;
    }
    let [first, second, third, more] = filter.patterns();
    sql!(
        "WITH found AS (
                SELECT b.consultation_id, b.body_code FROM consultation_body b
                WHERE b.body_code = $1 AND b.state IN ('closed', 'withdrawn')
                  AND b.consultation_id IN (
                    SELECT x.consultation_id FROM consultation_words x
                    WHERE ($2 = '' OR x.agency_code = $2) AND ($3 = '' OR x.area_code = $3)
                      AND ($4 = '' OR x.words LIKE $4 ESCAPE '!') AND ($5 = '' OR x.words LIKE $5 ESCAPE '!')
                      AND ($6 = '' OR x.words LIKE $6 ESCAPE '!') AND ($7 = '' OR x.words LIKE $7 ESCAPE '!'))
                ORDER BY b.since DESC, b.consultation_id LIMIT 100 OFFSET $8)
         SELECT q.number, q.collection, q.title, q.kind, q.form_unchanged, q.entered, q.agency, q.body_code, q.body, q.state, q.requested_at,
                q.wanted_on, q.answered_at, q.opinion, q.outcome, q.since, q.assignee_id, q.assignee, q.replied, q.awaited, q.awaited_body
         FROM found f JOIN consultation_queued q ON q.consultation_id = f.consultation_id AND q.body_code = f.body_code
         ORDER BY q.since DESC, q.consultation_id",
        body,
        &filter.agency,
        &filter.area,
        first,
        second,
        third,
        more,
        slice.offset,
    )
    .all(tx)
    .await
}
