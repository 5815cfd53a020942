//! The queue: the parts of cases that somebody works with, by group, a page at a time. Two statements whatever the number of rows.

#[macro_use]
mod texts;
mod counts;
mod page;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use counts::{Counts, counts};
pub use page::page;

use super::super::{Result, Tx};
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

    /// The words as `LIKE … ESCAPE '!'` takes them, each by itself and in any order; those beyond the fourth in their order. Empty where
    /// nothing more is searched for.
    fn patterns(&self) -> [String; 4] {
        let escape = |word: &str| -> String {
            word.chars().flat_map(|c| matches!(c, '!' | '%' | '_').then_some('!').into_iter().chain([c])).collect()
        };
        let folded = text::fold(&self.words);
        let mut words = folded.split(' ').filter(|word| !word.is_empty());
        let mut pattern = |many: usize| {
            let these: Vec<String> = words.by_ref().take(many).map(escape).collect();
            if these.is_empty() { String::new() } else { format!("%{}%", these.join("%")) }
        };
        [pattern(1), pattern(1), pattern(1), pattern(usize::MAX)]
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
    /// The most rows, a hundred at most.
    pub limit: i64,
    /// How many are passed over.
    pub offset: i64,
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
    /// Whether the agency's reply was what brought it there.
    pub replied: bool,
    /// The other bodies of the case that have not answered: how many, and the name of the first one.
    pub awaited: (i64, Option<String>),
    /// The handläggare who has it: identity and name or address.
    pub assignee: Option<(Uuid, String)>,
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
    fn what_is_typed_is_never_a_pattern_and_its_words_stand_in_any_order() {
        let words = |words: &str| Filter { words: words.to_owned(), ..Filter::default() }.patterns();
        assert_eq!(words(" 100 %  AV_ALLA! "), ["%100%", "%!%%", "%av!_alla!!%", ""]);
        assert_eq!(words("ett två tre fyra fem"), ["%ett%", "%två%", "%tre%", "%fyra%fem%"]);
        assert_eq!(words("  "), ["", "", "", ""]);
    }
}
