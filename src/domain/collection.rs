//! A collection as it is read: identity, life, content and rounds.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::content::Content;
use super::identifier::CollectionNumber;
use super::new_collection::CollectionParts;
use super::organisation::Organisation;
use super::round::{Round, When};
use super::terms::{Status, Visibility};

/// The agency's part in a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsible {
    /// The agency.
    pub organisation: Organisation,
    /// Its own diarienummer.
    pub diary_number: Option<String>,
}

/// A collection as it is read: identity, life, and the content of the version shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Identity.
    pub id: Uuid,
    /// The public number; none for a draft.
    pub number: Option<CollectionNumber>,
    /// Where it is in its life.
    pub status: Status,
    /// From when it is shown openly, as chosen.
    pub visibility: Visibility,
    /// The first day on which it is shown openly; none: never, or not yet known.
    pub open_from: Option<NaiveDate>,
    /// The agency's own reference.
    pub own_reference: Option<String>,
    /// The responsible agencies, the registering one first.
    pub responsible: Vec<Responsible>,
    /// Who collects in practice, if the register knows the organisation.
    pub collector: Option<Organisation>,
    /// Who collects in practice, in words, when it is not an organisation of the register.
    pub collector_words: Option<String>,
    /// The number of the version shown, from 1.
    pub version: i64,
    /// The version that is planned beside a decided one, if there is one.
    pub planned_version: Option<i64>,
    /// What it asks and why.
    pub content: Content,
    /// The name of the subject area.
    pub area_name: Option<String>,
    /// Its occasions by deadline.
    pub rounds: Vec<Round>,
    /// The day on which it was last said to hold unchanged, if it has been.
    pub confirmed_on: Option<NaiveDate>,
    /// The collector's own diarienummer.
    pub collector_diary_number: Option<String>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
}

impl Collection {
    /// The record as it would be typed anew: what a change is compared with.
    #[must_use]
    pub fn as_parts(&self) -> CollectionParts {
        CollectionParts {
            own_reference: self.own_reference.clone(),
            responsible: self.responsible.iter().map(|r| r.organisation.code.clone()).collect(),
            diary_number: self.responsible.first().and_then(|r| r.diary_number.clone()),
            collector: self.collector.as_ref().map(|o| o.code.clone()).or_else(|| self.collector_words.clone()),
            status: self.status,
            visibility: self.visibility,
            content: self.content.clone(),
            rounds: self.rounds.clone(),
        }
    }

    /// The next round to answer on or after `today`. A collection that has ended or been withdrawn has none, whatever rounds it had.
    #[must_use]
    pub fn next_round(&self, today: NaiveDate) -> Option<&Round> {
        if !matches!(self.status, Status::Planned | Status::Decided) {
            return None;
        }
        let day = |round: &Round| round.deadline.as_ref().map(When::counts_as);
        self.rounds.iter().filter(|round| day(round).is_some_and(|on| on >= today)).min_by_key(|round| day(round))
    }

    /// The deadline of the next round to answer on or after `today`.
    #[must_use]
    pub fn next_deadline(&self, today: NaiveDate) -> Option<&When> {
        self.next_round(today).and_then(|round| round.deadline.as_ref())
    }

    /// Whether everyone may read it on `today`.
    #[must_use]
    pub fn is_open_on(&self, today: NaiveDate) -> bool {
        self.status != Status::Draft && self.open_from.is_some_and(|from| from <= today)
    }
}

/// The first day on which a collection is shown openly.
///
/// *Utskick* is the first dispatch of any round; without one the day is not known and nothing is shown.
#[must_use]
pub fn open_from(visibility: Visibility, registered: NaiveDate, rounds: &[Round]) -> Option<NaiveDate> {
    match visibility {
        Visibility::Now => Some(registered),
        Visibility::AtDispatch => rounds.iter().filter_map(|round| round.dispatch.as_ref()).map(When::counts_as).min(),
        Visibility::Never => None,
    }
}
