//! How many parts of cases stand in each group of the queue.

use super::super::super::{Result, Tx};
use super::{Filter, Reader, Scope, of_body};
use crate::domain::consultation::queue::Group;
use crate::sql;

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
    /// With the body again since the agency replied.
    pub replied: i64,
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
            Group::Replied => self.replied,
            Group::Overdue => self.overdue,
            Group::Answered => self.answered,
            Group::Over => self.done,
        }
    }
}

/// How many parts there are in each group.
///
/// # Errors
/// As the engine says.
pub async fn counts(tx: &mut Tx, scope: &Scope, filter: &Filter, reader: Reader) -> Result<Counts> {
    if !scope.body.is_empty() {
        return of_body::counts(tx, &scope.body, filter, reader).await;
    }
    let [first, second, third, more] = filter.patterns();
    // each branch is found by its own index; what is over is only counted, without a look at its case where nothing is left out
    sql!(
        "WITH own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($11..)),
              live AS (
                SELECT b.consultation_id, b.body_code, b.state, b.since FROM consultation_body b
                WHERE $1 AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
                UNION ALL
                SELECT b.consultation_id, b.body_code, b.state, b.since FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
                WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')),
              past AS (
                SELECT b.consultation_id FROM consultation_body b WHERE $1 AND b.state IN ('closed', 'withdrawn')
                UNION ALL
                SELECT b.consultation_id FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
                WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ('closed', 'withdrawn')),
              sought AS (
                SELECT x.consultation_id AS id FROM consultation_words x
                WHERE ($5 = '' OR x.agency_code = $5) AND ($6 = '' OR x.area_code = $6)
                  AND ($7 = '' OR x.words LIKE $7 ESCAPE '!') AND ($8 = '' OR x.words LIKE $8 ESCAPE '!')
                  AND ($9 = '' OR x.words LIKE $9 ESCAPE '!') AND ($10 = '' OR x.words LIKE $10 ESCAPE '!'))
         SELECT COUNT(*) FILTER (WHERE s.state <> 'answered') AS open,
                COUNT(*) FILTER (WHERE s.state = 'requested') AS new,
                COUNT(*) FILTER (WHERE c.person_id = $2) AS mine,
                COUNT(*) FILTER (WHERE s.state = 'awaiting_agency') AS awaiting,
                COUNT(*) FILTER (WHERE s.state = 'in_review' AND EXISTS (
                  SELECT 1 FROM consultation_message m WHERE m.consultation_id = s.consultation_id AND m.body_code = s.body_code
                    AND m.step = 'reply' AND m.at = s.since)) AS replied,
                COUNT(*) FILTER (WHERE s.state <> 'answered' AND c.wanted_on < $3) AS overdue,
                COUNT(*) FILTER (WHERE s.state = 'answered') AS answered,
                (SELECT COUNT(*) FROM past p WHERE $4 OR p.consultation_id IN (SELECT id FROM sought)) AS done
         FROM live s JOIN consultation c ON c.id = s.consultation_id
         WHERE $4 OR c.id IN (SELECT id FROM sought)",
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
    )
    .list(scope.agencies.iter())
    .one(tx)
    .await
}
