//! A page of a group of the queue.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::super::collection_rows::term;
use super::super::super::{Result, Tx, unknown_code};
use super::{Filter, Queued, Reader, Scope, Slice};
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
    let rows: Vec<Row> = match (scope.body.as_str(), slice.group) {
        ("", Group::Over) => past_of_many(tx, scope, filter, slice).await?,
        (body, Group::Over) if filter.is_empty() => past_in_order(tx, body, slice).await?,
        (body, Group::Over) => past_sought(tx, body, filter, slice).await?,
        _ => live(tx, scope, filter, reader, slice).await?,
    };
    let limit = usize::try_from(slice.limit).unwrap_or_default();
    rows.into_iter().take(limit).map(Row::into_queued).collect()
}

async fn live(tx: &mut Tx, scope: &Scope, filter: &Filter, reader: Reader, slice: Slice) -> Result<Vec<Row>> {
    let [first, second, third, more] = filter.patterns();
    let states = slice.group.states();
    // as many as there are placeholders, with the last one repeated
    let state = |at: usize| states.get(at).or(states.last()).map_or("", |state| state.code());
    let only = |group: Group| slice.group == group;
    if !scope.body.is_empty() {
        return sql!(
            concat!(
                "WITH ",
                sought!(),
                ", ",
                live_of_body!(),
                ", ",
                live_found!(),
                is_replied!(),
                ") ORDER BY s.wanted_on, s.requested_at, s.number LIMIT 100 OFFSET $18) ",
                rows!(),
                " ORDER BY q.wanted_on, q.requested_at, q.number"
            ),
            &filter.agency,
            &filter.area,
            first,
            second,
            third,
            more,
            filter.is_empty(),
            &scope.body,
            reader.person,
            reader.today,
            state(0),
            state(1),
            state(2),
            state(3),
            only(Group::Mine),
            only(Group::Overdue),
            only(Group::Replied),
            slice.offset,
        )
        .all(tx)
        .await;
    }
    sql!(
        concat!(
            "WITH own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($19..)), ",
            sought!(),
            ", ",
            live_of_many!(),
            ", ",
            live_found!(),
            is_replied!(),
            ") ORDER BY s.wanted_on, s.requested_at, s.number, s.body_code LIMIT 100 OFFSET $18) ",
            rows!(),
            " ORDER BY q.wanted_on, q.requested_at, q.number, q.body_code"
        ),
        &filter.agency,
        &filter.area,
        first,
        second,
        third,
        more,
        filter.is_empty(),
        scope.all,
        reader.person,
        reader.today,
        state(0),
        state(1),
        state(2),
        state(3),
        only(Group::Mine),
        only(Group::Overdue),
        only(Group::Replied),
        slice.offset,
    )
    .list(scope.agencies.iter())
    .all(tx)
    .await
}

async fn past_of_many(tx: &mut Tx, scope: &Scope, filter: &Filter, slice: Slice) -> Result<Vec<Row>> {
    let [first, second, third, more] = filter.patterns();
    sql!(
        concat!(
            "WITH own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($10..)), ",
            sought!(),
            ", ",
            past_of_many!(),
            ", found AS (
               SELECT s.consultation_id, s.body_code FROM past s
               WHERE $7 OR s.consultation_id IN (SELECT consultation_id FROM sought)
               ORDER BY s.since DESC, s.consultation_id, s.body_code LIMIT 100 OFFSET $9) ",
            rows!(),
            " ORDER BY q.since DESC, q.consultation_id, q.body_code"
        ),
        &filter.agency,
        &filter.area,
        first,
        second,
        third,
        more,
        filter.is_empty(),
        scope.all,
        slice.offset,
    )
    .list(scope.agencies.iter())
    .all(tx)
    .await
}

/// What is over of a body, which an index has in this order.
async fn past_in_order(tx: &mut Tx, body: &str, slice: Slice) -> Result<Vec<Row>> {
    sql!(
        concat!(
            "WITH found AS (
               SELECT b.consultation_id, b.body_code FROM consultation_body b
               WHERE b.body_code = $1 AND b.state IN ('closed', 'withdrawn')
               ORDER BY b.since DESC, b.consultation_id LIMIT 100 OFFSET $2) ",
            rows!(),
            " ORDER BY q.since DESC, q.consultation_id"
        ),
        body,
        slice.offset,
    )
    .all(tx)
    .await
}

async fn past_sought(tx: &mut Tx, body: &str, filter: &Filter, slice: Slice) -> Result<Vec<Row>> {
    let [first, second, third, more] = filter.patterns();
    sql!(
        concat!(
            "WITH ",
            sought!(),
            ", found AS (
               SELECT b.consultation_id, b.body_code FROM consultation_body b
               WHERE b.body_code = $8 AND b.state IN ('closed', 'withdrawn')
                 AND ($7 OR b.consultation_id IN (SELECT consultation_id FROM sought))
               ORDER BY b.since DESC, b.consultation_id LIMIT 100 OFFSET $9) ",
            rows!(),
            " ORDER BY q.since DESC, q.consultation_id"
        ),
        &filter.agency,
        &filter.area,
        first,
        second,
        third,
        more,
        filter.is_empty(),
        body,
        slice.offset,
    )
    .all(tx)
    .await
}
