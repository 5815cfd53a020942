//! What cases are found by in the queue: words of the title that is asked about, the numbers, and every name of the agency, the former ones
//! too. They are folded here and kept, as SQLite by itself folds only what is ASCII.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::super::{Result, Tx};
use crate::sql;
use crate::text;

/// Rows written in one statement.
const AT_ONCE: usize = 500;

/// What the words of a case are made of.
#[derive(sqlx::FromRow)]
struct Source {
    id: Uuid,
    number: String,
    collection: String,
    title: String,
    agency: String,
    agency_name: String,
    area: Option<String>,
}

/// Writes the words of a case that is new.
///
/// # Errors
/// As the engine says.
pub(super) async fn write(tx: &mut Tx, case: Uuid) -> Result<()> {
    let sources = sql!(
        "SELECT n.id, n.number, n.collection, n.title, n.agency, n.agency_name, n.area FROM consultation_named n WHERE n.id = $1",
        case,
    )
    .all(tx)
    .await?;
    insert(tx, sources).await
}

/// Writes the words of all cases that have none: after a migration, or where an agency has got another name. Whoever calls this keeps others
/// from it meanwhile.
///
/// # Errors
/// As the engine says.
pub async fn fill(tx: &mut Tx) -> Result<()> {
    let sources = sql!(
        "SELECT n.id, n.number, n.collection, n.title, n.agency, n.agency_name, n.area FROM consultation_named n
         WHERE NOT EXISTS (SELECT 1 FROM consultation_words x WHERE x.consultation_id = n.id)"
    )
    .all(tx)
    .await?;
    insert(tx, sources).await
}

/// Takes away the words of an agency's cases, as it is called something else now: [`fill`] writes them anew.
///
/// # Errors
/// As the engine says.
pub async fn forget(tx: &mut Tx, agency: &str) -> Result<()> {
    sql!("DELETE FROM consultation_words WHERE agency_code = $1", agency).run(tx).await?;
    Ok(())
}

async fn insert(tx: &mut Tx, sources: Vec<Source>) -> Result<()> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for source in &sources {
        if !names.contains_key(&source.agency) {
            names.insert(source.agency.clone(), other_names(tx, &source.agency).await?);
        }
    }
    let words = |source: &Source| {
        let others = names.get(&source.agency).map_or("", String::as_str);
        text::fold(&format!("{} {} {others} {} {}", source.title, source.agency_name, source.number, source.collection))
    };
    for some in sources.chunks(AT_ONCE) {
        sql!(
            "INSERT INTO consultation_words (consultation_id, agency_code, area_code, words) VALUES ($1, $2, $3, $4)";
            source in some => source.id, &source.agency, &source.area, words(source)
        )
        .run(tx)
        .await?;
    }
    Ok(())
}

/// The other names of an agency: former ones, abbreviations, spellings.
async fn other_names(tx: &mut Tx, agency: &str) -> Result<String> {
    let names: Vec<(String,)> =
        sql!("SELECT name FROM organisation_name WHERE organisation_code = $1 ORDER BY name", agency).all(tx).await?;
    Ok(names.into_iter().map(|(name,)| name).collect::<Vec<_>>().join(" "))
}
