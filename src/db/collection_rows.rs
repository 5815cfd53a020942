//! Rows of a collection and its version, turned into the domain's values.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Result, unknown_code};
use crate::domain::collection::Collection;
use crate::domain::content::{Assignment, Content, Item};
use crate::domain::identifier::CollectionNumber;
use crate::domain::terms::{DataPath, Kind};

/// A stored code as its term.
macro_rules! term {
    ($term:ty, $code:expr) => {
        <$term>::from_code(&$code).ok_or_else(|| unknown_code(stringify!($term), &$code))
    };
}
pub(crate) use term;

/// A collection joined with the version shown.
#[derive(sqlx::FromRow)]
pub(super) struct CollectionRow {
    pub(super) id: Uuid,
    number: Option<String>,
    status: String,
    visibility: String,
    open_from: Option<NaiveDate>,
    own_reference: Option<String>,
    decided_version: Option<i64>,
    planned_version: Option<i64>,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    confirmed_on: Option<NaiveDate>,
    collector_diary_number: Option<String>,
    pub(super) version: i64,
    kind: String,
    title: String,
    purpose: String,
    area_code: Option<String>,
    area_name: Option<String>,
    assignment_kind: String,
    assignment_department: Option<String>,
    assignment_instrument: Option<String>,
    assignment_dated: Option<NaiveDate>,
    assignment_final_report_on: Option<NaiveDate>,
    origin: String,
    obligation: String,
    observe: Option<String>,
    data_use: Option<String>,
    consultation: String,
    consulted: Option<String>,
    decided_on: Option<NaiveDate>,
    pub(super) collector_code: Option<String>,
    collector_words: Option<String>,
    periodicity: String,
    periodicity_words: Option<String>,
    channel: String,
    channel_words: Option<String>,
    data_paths: Json<Vec<DataPath>>,
    contact_function: Option<String>,
    contact_email: Option<String>,
    further_users: Json<Vec<String>>,
    automation_considered: String,
    automation_comment: Option<String>,
    source_url: Option<String>,
    remark: Option<String>,
}

impl CollectionRow {
    /// The collection, still without what stands in other tables: agencies, provisions, respondents, items, rounds.
    pub(super) fn into_collection(self) -> Result<Collection> {
        let planned_beside = self.planned_version.filter(|_| self.decided_version.is_some());
        let mut content = Content::titled(term!(Kind, self.kind)?, self.title);
        content.purpose = self.purpose;
        content.area = self.area_code;
        content.assignment = Assignment {
            kind: term!(crate::domain::terms::AssignmentKind, self.assignment_kind)?,
            department: self.assignment_department,
            instrument: self.assignment_instrument,
            dated: self.assignment_dated,
            final_report_on: self.assignment_final_report_on,
        };
        content.origin = term!(crate::domain::terms::Origin, self.origin)?;
        content.obligation = term!(crate::domain::terms::Obligation, self.obligation)?;
        content.observe = self.observe;
        content.data_use = self.data_use;
        content.consultation = term!(crate::domain::terms::ConsultationStated, self.consultation)?;
        content.consulted = self.consulted;
        content.decided_on = self.decided_on;
        content.periodicity = term!(crate::domain::terms::Periodicity, self.periodicity)?;
        content.periodicity_words = self.periodicity_words;
        content.channel = term!(crate::domain::terms::Channel, self.channel)?;
        content.channel_words = self.channel_words;
        content.data_paths = self.data_paths.0;
        content.contact_function = self.contact_function;
        content.contact_email = self.contact_email;
        content.further_users = self.further_users.0;
        content.automation_considered = term!(crate::domain::terms::Answer, self.automation_considered)?;
        content.automation_comment = self.automation_comment;
        content.source_url = self.source_url;
        content.remark = self.remark;
        Ok(Collection {
            id: self.id,
            number: self.number.as_deref().and_then(CollectionNumber::parse),
            status: term!(crate::domain::terms::Status, self.status)?,
            visibility: term!(crate::domain::terms::Visibility, self.visibility)?,
            open_from: self.open_from,
            own_reference: self.own_reference,
            responsible: Vec::new(),
            collector: None,
            collector_words: self.collector_words,
            version: self.version,
            planned_version: planned_beside,
            content,
            area_name: self.area_name,
            rounds: Vec::new(),
            confirmed_on: self.confirmed_on,
            collector_diary_number: self.collector_diary_number,
            created_at: self.created_at,
            changed_at: self.changed_at,
        })
    }
}

/// One item as stored.
#[derive(sqlx::FromRow)]
pub(super) struct ItemRow {
    pub(super) collection_id: Uuid,
    label: String,
    definition: Option<String>,
    unit: Option<String>,
    source: String,
    personal_data: String,
}

impl ItemRow {
    pub(super) fn into_item(self) -> Result<Item> {
        Ok(Item {
            label: self.label,
            definition: self.definition,
            unit: self.unit,
            source: term!(crate::domain::terms::ItemSource, self.source)?,
            personal_data: term!(crate::domain::terms::Answer, self.personal_data)?,
        })
    }
}
