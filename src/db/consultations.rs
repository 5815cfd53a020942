//! Consultations: cases with one part for each body that is consulted.

pub mod configured;
pub mod entered;
pub mod figures;
pub mod forwarding;
pub mod listed;
pub mod points;
pub mod queue;
pub mod reference;
pub mod said;
pub mod steps;
pub mod templates;
pub mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::register::next_serial;
use super::{Result, Tx, unknown_code};
use crate::domain::consultation::asking::Asking;
use crate::domain::consultation::clocks::Clocks;
use crate::domain::consultation::{CaseKind, Opinion, Outcome, State};
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::domain::terms::RespondentKind;
use crate::sql;

/// The series of consultation numbers.
const CONSULTATIONS: &str = "consultation";

/// A case with all its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Identity.
    pub id: Uuid,
    /// The public number.
    pub number: ConsultationNumber,
    /// The collection and the version of it that is asked about.
    pub version: (Uuid, i64),
    /// What is asked for. Its bodies are those of the parts.
    pub asking: Asking,
    /// The case came by mail and was entered afterwards.
    pub entered: bool,
    /// The agency that asks, by code.
    pub agency: String,
    /// Who asked; none once taken out.
    pub person: Option<Uuid>,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What the agency said as it closed the case.
    pub closing: Option<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// When the side that did not enter it said that what was entered is right.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was taken away, as it was entered by mistake; it is withdrawn then too.
    pub removed_at: Option<DateTime<Utc>>,
    /// When anything in it last changed.
    pub changed_at: DateTime<Utc>,
    /// One part for each body, in the order in which they were asked.
    pub parts: Vec<Part>,
}

/// One body's part of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The body, by code.
    pub body: String,
    /// Where it is.
    pub state: State,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The spells that are over.
    pub clocks: Clocks,
    /// The handläggare of the body who has it.
    pub assignee: Option<Uuid>,
    /// The body's own diarienummer.
    pub diary_number: Option<String>,
    /// The first assessment: coordination.
    pub coordination: Option<String>,
    /// The second: feasibility and quality.
    pub feasibility: Option<String>,
    /// What was answered.
    pub opinion: Option<Opinion>,
    /// In words.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom; none once taken out.
    pub answered_by: Option<Uuid>,
    /// Counts the writes.
    pub revision: i64,
    /// Which organisation entered it, by code, where it came by mail.
    pub entered_by: Option<String>,
}

impl Part {
    /// Which organisation entered what the body is said to have answered, by code, where the body has not said it itself.
    #[must_use]
    pub fn retold_by(&self) -> Option<&String> {
        let is_entered = self.answered_by.is_none() && (self.opinion.is_some() || self.revision == 0);
        self.entered_by.as_ref().filter(|by| **by != self.body && is_entered)
    }
}

/// Who asks, when and about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Identity.
    pub id: Uuid,
    /// The collection and its version.
    pub version: (Uuid, i64),
    /// The case came by mail and is entered afterwards.
    pub entered: bool,
    /// The agency, by code.
    pub agency: String,
    /// The person.
    pub person: Option<Uuid>,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// The bodies that are suggested for each kind of respondents.
///
/// # Errors
/// As the engine says.
pub async fn configured(tx: &mut Tx) -> Result<BTreeMap<RespondentKind, Vec<String>>> {
    let rows: Vec<(String, String)> =
        sql!("SELECT respondent_kind, body_code FROM consulted_body ORDER BY respondent_kind, body_code DESC").all(tx).await?;
    let mut configured: BTreeMap<RespondentKind, Vec<String>> = BTreeMap::new();
    for (kind, body) in rows {
        let kind = term!(RespondentKind, kind)?;
        configured.entry(kind).or_default().push(body);
    }
    Ok(configured)
}

/// Replaces what is suggested.
///
/// # Errors
/// As the engine says.
pub async fn configure(tx: &mut Tx, configured: &BTreeMap<RespondentKind, Vec<String>>) -> Result<()> {
    sql!("DELETE FROM consulted_body").run(tx).await?;
    let rows = configured.iter().flat_map(|(kind, bodies)| bodies.iter().map(move |body| (kind.code(), body)));
    sql!("INSERT INTO consulted_body (respondent_kind, body_code) VALUES ($1, $2)"; (kind, body) in rows => kind, body).run(tx).await?;
    Ok(())
}

/// Writes a case that is asked for, under the year's next number.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, asked: &Asked, asking: &Asking, year: i64) -> Result<ConsultationNumber> {
    let number = ConsultationNumber::new(year, next_serial(tx, CONSULTATIONS, year).await?).ok_or(sqlx::Error::RowNotFound)?;
    sql!(
        "INSERT INTO consultation (id, number, collection_id, version, kind, form_unchanged, entered, wanted_on, short_time_reason, selection,
           timing, discussed, agency_code, diary_number, person_id, requested_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
        asked.id,
        number.to_string(),
        asked.version.0,
        asked.version.1,
        asking.kind.code(),
        asking.form_unchanged,
        asked.entered,
        asking.wanted_on,
        &asking.short_time_reason,
        &asking.selection,
        &asking.timing,
        &asking.discussed,
        &asked.agency,
        &asking.diary_number,
        asked.person,
        asked.at,
    )
    .run(tx)
    .await?;
    sql!(
        "INSERT INTO consultation_body (consultation_id, body_code, position, state, since, body_seconds, agency_seconds, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        (body, position) in asking.bodies.iter().zip(1_i64..) =>
        asked.id, body, position, State::Requested.code(), asked.at, 0_i64, 0_i64, 0_i64
    )
    .run(tx)
    .await?;
    words::write(tx, asked.id).await?;
    Ok(number)
}

/// Moves one body's part of a case into a state, with what its clocks show by then. Answers whether `revision` was still that of the part;
/// where it was not, somebody else has written in between, and nothing is changed.
///
/// # Errors
/// As the engine says.
pub async fn advance(tx: &mut Tx, id: Uuid, body: &str, state: State, clocks: Clocks, now: DateTime<Utc>, revision: i64) -> Result<bool> {
    let changed = sql!(
        "UPDATE consultation_body SET state = $3, body_seconds = $4, agency_seconds = $5, since = $6, revision = revision + 1
         WHERE consultation_id = $1 AND body_code = $2 AND revision = $7",
        id,
        body,
        state.code(),
        clocks.body,
        clocks.agency,
        now,
        revision,
    )
    .run(tx)
    .await?;
    if changed > 0 {
        sql!("UPDATE consultation SET changed_at = $2 WHERE id = $1", id, now).run(tx).await?;
    }
    Ok(changed > 0)
}

/// Whether consultation has ever been asked for.
///
/// # Errors
/// As the engine says.
pub async fn is_any(tx: &mut Tx) -> Result<bool> {
    let row: Option<(Uuid,)> = sql!("SELECT id FROM consultation LIMIT 1").optional(tx).await?;
    Ok(row.is_some())
}

/// The collection that the case with this number is about.
///
/// # Errors
/// As the engine says.
pub async fn collection_of(tx: &mut Tx, number: ConsultationNumber) -> Result<Option<Uuid>> {
    let row: Option<(Uuid,)> = sql!("SELECT collection_id FROM consultation WHERE number = $1", number.to_string()).optional(tx).await?;
    Ok(row.map(|(collection,)| collection))
}

/// The number of the collection that a case is about.
///
/// # Errors
/// As the engine says.
pub async fn collection_number(tx: &mut Tx, collection: Uuid) -> Result<CollectionNumber> {
    let (number,): (String,) = sql!("SELECT number FROM collection WHERE id = $1 AND number IS NOT NULL", collection).one(tx).await?;
    CollectionNumber::parse(&number).ok_or_else(|| unknown_code("number", &number))
}

#[derive(sqlx::FromRow)]
struct CaseRow {
    id: Uuid,
    number: String,
    collection_id: Uuid,
    version: i64,
    kind: String,
    form_unchanged: bool,
    entered: bool,
    wanted_on: NaiveDate,
    short_time_reason: Option<String>,
    selection: Option<String>,
    timing: Option<String>,
    discussed: Option<String>,
    agency_code: String,
    diary_number: Option<String>,
    person_id: Option<Uuid>,
    requested_at: DateTime<Utc>,
    outcome: Option<String>,
    closing: Option<String>,
    closed_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct PartRow {
    body_code: String,
    state: String,
    since: DateTime<Utc>,
    body_seconds: i64,
    agency_seconds: i64,
    assignee_id: Option<Uuid>,
    diary_number: Option<String>,
    coordination: Option<String>,
    feasibility: Option<String>,
    opinion: Option<String>,
    answer: Option<String>,
    answered_at: Option<DateTime<Utc>>,
    answered_by: Option<Uuid>,
    revision: i64,
    entered_by: Option<String>,
}

/// The case with this number, whoever may see it.
///
/// # Errors
/// As the engine says.
pub async fn by_number(tx: &mut Tx, number: ConsultationNumber) -> Result<Option<Case>> {
    let row: Option<CaseRow> = sql!(
        "SELECT id, number, collection_id, version, kind, form_unchanged, entered, wanted_on, short_time_reason, selection, timing, discussed,
                agency_code, diary_number, person_id, requested_at, outcome, closing, closed_at, withdrawn_at, confirmed_at,
                removed_at, changed_at
         FROM consultation WHERE number = $1",
        number.to_string(),
    )
    .optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let parts: Vec<PartRow> = sql!(
        "SELECT body_code, state, since, body_seconds, agency_seconds, assignee_id, diary_number, coordination, feasibility, opinion, answer,
                answered_at, answered_by, revision, entered_by
         FROM consultation_body WHERE consultation_id = $1 ORDER BY position",
        row.id,
    )
    .all(tx)
    .await?;
    let parts = parts.into_iter().map(PartRow::into_part).collect::<Result<Vec<Part>>>()?;
    row.into_case(parts).map(Some)
}

impl CaseRow {
    fn into_case(self, parts: Vec<Part>) -> Result<Case> {
        let asking = Asking {
            bodies: parts.iter().map(|part| part.body.clone()).collect(),
            kind: term!(CaseKind, self.kind)?,
            form_unchanged: self.form_unchanged,
            wanted_on: self.wanted_on,
            short_time_reason: self.short_time_reason,
            selection: self.selection,
            timing: self.timing,
            discussed: self.discussed,
            diary_number: self.diary_number,
        };
        Ok(Case {
            id: self.id,
            number: ConsultationNumber::parse(&self.number).ok_or_else(|| unknown_code("number", &self.number))?,
            version: (self.collection_id, self.version),
            asking,
            entered: self.entered,
            agency: self.agency_code,
            person: self.person_id,
            requested_at: self.requested_at,
            outcome: self.outcome.map(|code| term!(Outcome, code)).transpose()?,
            closing: self.closing,
            closed_at: self.closed_at,
            withdrawn_at: self.withdrawn_at,
            confirmed_at: self.confirmed_at,
            removed_at: self.removed_at,
            changed_at: self.changed_at,
            parts,
        })
    }
}

impl PartRow {
    fn into_part(self) -> Result<Part> {
        Ok(Part {
            body: self.body_code,
            state: term!(State, self.state)?,
            since: self.since,
            clocks: Clocks { body: self.body_seconds, agency: self.agency_seconds },
            assignee: self.assignee_id,
            diary_number: self.diary_number,
            coordination: self.coordination,
            feasibility: self.feasibility,
            opinion: self.opinion.map(|code| term!(Opinion, code)).transpose()?,
            answer: self.answer,
            answered_at: self.answered_at,
            answered_by: self.answered_by,
            revision: self.revision,
            entered_by: self.entered_by,
        })
    }
}
