//! The shape of collections in JSON. Terms are their English codes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::db::collections::Summary;
use crate::db::involved::last_said;
use crate::domain::collection::{Collection, Responsible};
use crate::domain::content::{Assignment, Content, Item};
use crate::domain::life;
use crate::domain::organisation::Organisation;
use crate::domain::respondent::{RespondentGroup, Selection};
use crate::domain::round::{Round, When};

/// An organisation that asks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganisationBody {
    code: String,
    name: String,
    abbreviation: Option<String>,
    in_ordinance_scope: bool,
}

impl From<Organisation> for OrganisationBody {
    fn from(o: Organisation) -> Self {
        Self { code: o.code, name: o.name, abbreviation: o.abbreviation, in_ordinance_scope: o.in_ordinance_scope }
    }
}

/// A row of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct SummaryBody {
    number: String,
    title: String,
    status: &'static str,
    obligation: &'static str,
    periodicity: &'static str,
    area: Option<String>,
    agencies: Vec<OrganisationBody>,
    next_deadline: Option<NaiveDate>,
    unconfirmed: bool,
    url: String,
}

impl SummaryBody {
    /// The row; `base_url` is the register's address.
    pub(super) fn new(row: Summary, base_url: &str) -> Self {
        Self {
            url: format!("{base_url}/insamlingar/{}", row.number),
            number: row.number,
            title: row.title,
            status: row.status.code(),
            obligation: row.obligation.code(),
            periodicity: row.periodicity.code(),
            area: row.area_name,
            agencies: row.agencies.into_iter().map(OrganisationBody::from).collect(),
            next_deadline: row.next_deadline,
            unconfirmed: row.unconfirmed,
        }
    }
}

/// The whole record.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct CollectionBody {
    number: Option<String>,
    title: String,
    status: &'static str,
    kind: &'static str,
    purpose: String,
    area: Option<String>,
    version: i64,
    planned_version: Option<i64>,
    own_reference: Option<String>,
    agencies: Vec<ResponsibleBody>,
    collector: Option<CollectorBody>,
    assignment: AssignmentBody,
    origin: &'static str,
    obligation: &'static str,
    provisions: Vec<ProvisionBody>,
    respondents: Vec<RespondentBody>,
    observe: Option<String>,
    data_use: Option<String>,
    consultation: &'static str,
    consulted: Option<String>,
    decided_on: Option<NaiveDate>,
    periodicity: &'static str,
    periodicity_words: Option<String>,
    channel: &'static str,
    channel_words: Option<String>,
    data_paths: Vec<&'static str>,
    contact: ContactBody,
    further_users: Vec<String>,
    automation_considered: &'static str,
    automation_comment: Option<String>,
    source_url: Option<String>,
    remark: Option<String>,
    items: Vec<ItemBody>,
    rounds: Vec<RoundBody>,
    confirmed_on: Option<NaiveDate>,
    unconfirmed: bool,
    registered_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponsibleBody {
    #[serde(flatten)]
    organisation: OrganisationBody,
    diary_number: Option<String>,
}

#[derive(Debug, Serialize)]
struct CollectorBody {
    code: Option<String>,
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AssignmentBody {
    kind: &'static str,
    department: Option<String>,
    instrument: Option<String>,
    dated: Option<NaiveDate>,
    final_report_on: Option<NaiveDate>,
}

#[derive(Debug, Serialize)]
struct ProvisionBody {
    citation: String,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RespondentBody {
    kind: &'static str,
    selection: &'static str,
    sample_size: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ContactBody {
    function: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemBody {
    label: String,
    definition: Option<String>,
    unit: Option<String>,
    source: &'static str,
    personal_data: &'static str,
}

/// A date with what was said and the day it counts as.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WhenBody {
    text: String,
    counts_as: NaiveDate,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RoundBody {
    label: String,
    measured_from: Option<NaiveDate>,
    measured_to: Option<NaiveDate>,
    dispatch: Option<WhenBody>,
    deadline: Option<WhenBody>,
    closes: Option<WhenBody>,
    published: Option<WhenBody>,
    short_time_reason: Option<String>,
}

impl CollectionBody {
    /// The record on `today`; `base_url` is the register's address.
    pub(super) fn new(c: Collection, today: NaiveDate, base_url: &str) -> Self {
        let number = c.number.map(|number| number.to_string());
        let Content { assignment, provisions, respondents, data_paths, items, .. } = c.content;
        Self {
            url: format!("{base_url}/insamlingar/{}", number.as_deref().unwrap_or_default()),
            number,
            title: c.content.title,
            status: c.status.code(),
            kind: c.content.kind.code(),
            purpose: c.content.purpose,
            area: c.area_name,
            version: c.version,
            planned_version: c.planned_version,
            own_reference: c.own_reference,
            agencies: c.responsible.into_iter().map(ResponsibleBody::from).collect(),
            collector: collector(c.collector, c.collector_words),
            assignment: assignment.into(),
            origin: c.content.origin.code(),
            obligation: c.content.obligation.code(),
            provisions: provisions.into_iter().map(|p| ProvisionBody { citation: p.citation, url: p.url }).collect(),
            respondents: respondents.into_iter().map(RespondentBody::from).collect(),
            observe: c.content.observe,
            data_use: c.content.data_use,
            consultation: c.content.consultation.code(),
            consulted: c.content.consulted,
            decided_on: c.content.decided_on,
            periodicity: c.content.periodicity.code(),
            periodicity_words: c.content.periodicity_words,
            channel: c.content.channel.code(),
            channel_words: c.content.channel_words,
            data_paths: data_paths.into_iter().map(|path| path.code()).collect(),
            contact: ContactBody { function: c.content.contact_function, email: c.content.contact_email },
            further_users: c.content.further_users,
            automation_considered: c.content.automation_considered.code(),
            automation_comment: c.content.automation_comment,
            source_url: c.content.source_url,
            remark: c.content.remark,
            items: items.into_iter().map(ItemBody::from).collect(),
            rounds: c.rounds.into_iter().map(RoundBody::from).collect(),
            confirmed_on: c.confirmed_on,
            unconfirmed: life::is_unconfirmed(c.status, last_said(c.confirmed_on, c.changed_at), today),
            registered_at: c.created_at,
            changed_at: c.changed_at,
        }
    }
}

fn collector(organisation: Option<Organisation>, words: Option<String>) -> Option<CollectorBody> {
    match organisation {
        Some(organisation) => Some(CollectorBody { code: Some(organisation.code), name: organisation.name }),
        None => words.map(|name| CollectorBody { code: None, name }),
    }
}

impl From<Responsible> for ResponsibleBody {
    fn from(responsible: Responsible) -> Self {
        Self { organisation: responsible.organisation.into(), diary_number: responsible.diary_number }
    }
}

impl From<Assignment> for AssignmentBody {
    fn from(a: Assignment) -> Self {
        Self { kind: a.kind.code(), department: a.department, instrument: a.instrument, dated: a.dated, final_report_on: a.final_report_on }
    }
}

impl From<RespondentGroup> for RespondentBody {
    fn from(group: RespondentGroup) -> Self {
        let (kind, selection) = (group.kind.code(), group.selection.code());
        let (sample_size, codes) = match group.selection {
            Selection::All => (None, Vec::new()),
            Selection::Listed(codes) => (None, codes),
            Selection::Sample(size) => (Some(size), Vec::new()),
        };
        Self { kind, selection, sample_size, codes }
    }
}

impl From<Item> for ItemBody {
    fn from(item: Item) -> Self {
        Self {
            label: item.label,
            definition: item.definition,
            unit: item.unit,
            source: item.source.code(),
            personal_data: item.personal_data.code(),
        }
    }
}

impl From<&When> for WhenBody {
    fn from(when: &When) -> Self {
        Self { text: when.to_string(), counts_as: when.counts_as() }
    }
}

impl From<Round> for RoundBody {
    fn from(round: Round) -> Self {
        let when = |when: &Option<When>| when.as_ref().map(WhenBody::from);
        Self {
            dispatch: when(&round.dispatch),
            deadline: when(&round.deadline),
            closes: when(&round.closes),
            published: when(&round.published),
            label: round.label,
            measured_from: round.measured_from,
            measured_to: round.measured_to,
            short_time_reason: round.short_time_reason,
        }
    }
}
