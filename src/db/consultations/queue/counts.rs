//! How many parts of cases stand in each group of the queue.

use super::super::super::{Result, Tx};
use super::{Filter, Reader, Scope};
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
    let [first, second, third, more] = filter.patterns();
    if !scope.body.is_empty() {
        return sql!(
            concat!(
                "WITH ",
                sought!(),
                ", ",
                live_of_body!(),
                counted!(),
                is_replied!(),
                ") AS replied,
                  (SELECT COUNT(*) FROM consultation_body p WHERE p.body_code = $8 AND p.state IN ('closed', 'withdrawn')
                     AND ($7 OR p.consultation_id IN (SELECT consultation_id FROM sought))) AS done
                FROM live s"
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
        )
        .one(tx)
        .await;
    }
    // each branch is found by its own index; what is over is only counted, without a look at its case where nothing is left out
    sql!(
        concat!(
            "WITH own AS (SELECT p.collection_id AS id FROM collection_party p WHERE p.code IN ($11..)), ",
            sought!(),
            ", ",
            past_of_many!(),
            ", ",
            live_of_many!(),
            counted!(),
            is_replied!(),
            ") AS replied,
              (SELECT COUNT(*) FROM past p WHERE $7 OR p.consultation_id IN (SELECT consultation_id FROM sought)) AS done
            FROM live s"
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
    )
    .list(scope.agencies.iter())
    .one(tx)
    .await
}
