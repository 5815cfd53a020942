//! What is attached to cases: what lists show, the text to search in, and the content by itself.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::consultation::attachment::MediaType;
use crate::sql;

/// An attached file without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Identity.
    pub id: Uuid,
    /// The body that attached it; none: the agency.
    pub body: Option<String>,
    /// Only that body sees it.
    pub internal: bool,
    /// The name under which it is shown.
    pub name: String,
    /// What it is.
    pub media: MediaType,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of the content, in hexadecimal.
    pub digest: String,
    /// Who attached it, by code.
    pub organisation: String,
    /// Which person; none once taken out.
    pub person: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What could be read of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legible {
    /// It has text, which can be searched.
    Text,
    /// It was read and holds no text.
    Empty,
    /// It could not be read, or is a picture.
    Not,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    body_code: Option<String>,
    internal: bool,
    name: String,
    media_type: String,
    size: i64,
    digest: String,
    organisation_code: String,
    person_id: Option<Uuid>,
    at: DateTime<Utc>,
    legible: i64,
}

impl Row {
    fn into_attachment(self) -> Result<(Attachment, Legible)> {
        let legible = match self.legible {
            0 => Legible::Not,
            1 => Legible::Empty,
            _ => Legible::Text,
        };
        let attachment = Attachment {
            id: self.id,
            body: self.body_code,
            internal: self.internal,
            name: self.name,
            media: term!(MediaType, self.media_type)?,
            size: self.size,
            digest: self.digest,
            organisation: self.organisation_code,
            person: self.person_id,
            at: self.at,
        };
        Ok((attachment, legible))
    }
}

/// Writes a file of a case with its content and the text that was read of it.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, case: Uuid, attachment: &Attachment, text: Option<&str>, content: &[u8]) -> Result<()> {
    sql!(
        "INSERT INTO attachment (id, consultation_id, body_code, internal, name, media_type, size, digest, extract, organisation_code,
           person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        attachment.id,
        case,
        &attachment.body,
        attachment.internal,
        &attachment.name,
        attachment.media.code(),
        attachment.size,
        &attachment.digest,
        text,
        &attachment.organisation,
        attachment.person,
        attachment.at,
    )
    .run(tx)
    .await?;
    sql!("INSERT INTO attachment_content (attachment_id, content) VALUES ($1, $2)", attachment.id, content).run(tx).await?;
    Ok(())
}

/// The files of a case, the first attached first.
///
/// # Errors
/// As the engine says.
pub async fn of_case(tx: &mut Tx, case: Uuid) -> Result<Vec<(Attachment, Legible)>> {
    let rows: Vec<Row> = sql!(
        "SELECT id, body_code, internal, name, media_type, size, digest, organisation_code, person_id, at,
                CAST(CASE WHEN extract IS NULL THEN 0 WHEN extract = '' THEN 1 ELSE 2 END AS BIGINT) AS legible
         FROM attachment WHERE consultation_id = $1 ORDER BY at, id",
        case,
    )
    .all(tx)
    .await?;
    rows.into_iter().map(Row::into_attachment).collect()
}

/// A file of a case.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, case: Uuid, id: Uuid) -> Result<Option<Attachment>> {
    let row: Option<Row> = sql!(
        "SELECT id, body_code, internal, name, media_type, size, digest, organisation_code, person_id, at, CAST(0 AS BIGINT) AS legible
         FROM attachment WHERE consultation_id = $1 AND id = $2",
        case,
        id,
    )
    .optional(tx)
    .await?;
    Ok(row.map(Row::into_attachment).transpose()?.map(|(attachment, _)| attachment))
}

/// Takes a file away with its content.
///
/// # Errors
/// As the engine says.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!("DELETE FROM attachment_content WHERE attachment_id = $1", id).run(tx).await?;
    sql!("DELETE FROM attachment WHERE id = $1", id).run(tx).await?;
    Ok(())
}

/// The content of a file.
///
/// # Errors
/// As the engine says; `RowNotFound` where there is none.
pub async fn content(tx: &mut Tx, id: Uuid) -> Result<Vec<u8>> {
    let (content,): (Vec<u8>,) = sql!("SELECT content FROM attachment_content WHERE attachment_id = $1", id).one(tx).await?;
    Ok(content)
}

/// The text of a file; none where it could not be read.
///
/// # Errors
/// As the engine says; `RowNotFound` where there is no such file.
pub async fn text(tx: &mut Tx, id: Uuid) -> Result<Option<String>> {
    let (text,): (Option<String>,) = sql!("SELECT extract FROM attachment WHERE id = $1", id).one(tx).await?;
    Ok(text)
}

/// The text of each file of a case of which any could be read.
///
/// # Errors
/// As the engine says.
pub async fn texts(tx: &mut Tx, case: Uuid) -> Result<Vec<(Uuid, String)>> {
    sql!("SELECT id, extract FROM attachment WHERE consultation_id = $1 AND extract IS NOT NULL AND extract <> ''", case).all(tx).await
}

/// Marks a case as changed.
///
/// # Errors
/// As the engine says.
pub async fn mark_changed(tx: &mut Tx, case: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE consultation SET changed_at = $2 WHERE id = $1", case, now).run(tx).await?;
    Ok(())
}

/// The cases that ask about a collection: identity and number, the first first.
///
/// # Errors
/// As the engine says.
pub async fn cases_of(tx: &mut Tx, collection: Uuid) -> Result<Vec<(Uuid, String)>> {
    sql!("SELECT id, number FROM consultation WHERE collection_id = $1 ORDER BY requested_at, id", collection).all(tx).await
}
