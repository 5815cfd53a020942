//! What is written in a case: the thread with its notes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use crate::domain::consultation::life::Step;
use crate::sql;

/// Something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Identity.
    pub id: Uuid,
    /// The body whose part it belongs to, by code; none where it is said to all.
    pub body: Option<String>,
    /// Whether only that body reads it.
    pub internal: bool,
    /// The step that it was written with.
    pub step: Option<Step>,
    /// The words.
    pub words: String,
    /// Who wrote it: the organisation, by code.
    pub organisation: String,
    /// The person; none once taken out.
    pub person: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes a message.
///
/// # Errors
/// As the engine says.
pub async fn add_message(tx: &mut Tx, case: Uuid, one: &Message) -> Result<()> {
    sql!(
        "INSERT INTO consultation_message (id, consultation_id, body_code, internal, step, words, organisation_code, person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        one.id,
        case,
        &one.body,
        one.internal,
        one.step.map(Step::code),
        &one.words,
        &one.organisation,
        one.person,
        one.at
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Everything that was written in a case, the first first, notes included: whoever shows them sees to it who may read them.
///
/// # Errors
/// As the engine says.
pub async fn messages(tx: &mut Tx, case: Uuid) -> Result<Vec<Message>> {
    type Row = (Uuid, Option<String>, bool, Option<String>, String, String, Option<Uuid>, DateTime<Utc>);
    let rows: Vec<Row> = sql!(
        "SELECT id, body_code, internal, step, words, organisation_code, person_id, at FROM consultation_message
         WHERE consultation_id = $1 ORDER BY at, id",
        case
    )
    .all(tx)
    .await?;
    let convert = |(id, body, internal, step, words, organisation, person, at): Row| {
        let step = step.map(|code| term!(Step, code)).transpose()?;
        Ok(Message { id, body, internal, step, words, organisation, person, at })
    };
    rows.into_iter().map(convert).collect()
}
