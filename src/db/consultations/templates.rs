//! Answer templates, each body's own.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Result, Tx};
use crate::domain::consultation::template::Wording;
use crate::sql;

/// A template as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Identity.
    pub id: Uuid,
    /// What it says.
    pub wording: Wording,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

type Row = (Uuid, String, String, DateTime<Utc>);

fn into_template((id, title, words, changed_at): Row) -> Template {
    Template { id, wording: Wording { title, words }, changed_at }
}

/// The templates of a body, by name in Swedish order.
///
/// # Errors
/// As the engine says.
pub async fn of_body(tx: &mut Tx, body: &str) -> Result<Vec<Template>> {
    let rows: Vec<Row> =
        sql!("SELECT id, title, words, changed_at FROM answer_template WHERE body_code = $1 ORDER BY title COLLATE \"sv-x-icu\", id", body)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(into_template).collect())
}

/// One template of a body.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, body: &str, id: Uuid) -> Result<Option<Template>> {
    let row: Option<Row> =
        sql!("SELECT id, title, words, changed_at FROM answer_template WHERE body_code = $1 AND id = $2", body, id).optional(tx).await?;
    Ok(row.map(into_template))
}

/// Lets nobody else write the templates of a body until the transaction ends.
///
/// # Errors
/// As the engine says.
pub async fn lock(tx: &mut Tx, body: &str) -> Result<()> {
    sql!("UPDATE organisation SET name = name WHERE code = $1", body).run(tx).await?;
    Ok(())
}

/// Writes a new template.
///
/// # Errors
/// As the engine says.
pub async fn insert(tx: &mut Tx, id: Uuid, body: &str, wording: &Wording, now: DateTime<Utc>) -> Result<()> {
    sql!(
        "INSERT INTO answer_template (id, body_code, title, words, changed_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        body,
        &wording.title,
        &wording.words,
        now
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Writes what a template says now.
///
/// # Errors
/// As the engine says.
pub async fn update(tx: &mut Tx, id: Uuid, wording: &Wording, now: DateTime<Utc>) -> Result<()> {
    sql!("UPDATE answer_template SET title = $2, words = $3, changed_at = $4 WHERE id = $1", id, &wording.title, &wording.words, now)
        .run(tx)
        .await?;
    Ok(())
}

/// Takes a template away.
///
/// # Errors
/// As the engine says.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<()> {
    sql!("DELETE FROM answer_template WHERE id = $1", id).run(tx).await?;
    Ok(())
}
