//! Everything that is public, for whoever takes all of it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::organisation::OrganisationKind;
use crate::domain::reference::ReferenceOrganisation;
use crate::sql;

/// The identities of the collections open on `today`, by number.
///
/// # Errors
/// As the engine says.
pub async fn collections(tx: &mut Tx, today: NaiveDate) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql!(
        "SELECT id FROM collection WHERE open_from <= $1 AND status <> 'draft' AND number IS NOT NULL ORDER BY LENGTH(number), number",
        today
    )
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Every organisation, by code.
///
/// # Errors
/// As the engine says.
pub async fn organisations(tx: &mut Tx) -> Result<Vec<ReferenceOrganisation>> {
    type Row = (String, String, String, Option<String>, Option<String>, bool, Option<NaiveDate>, Option<String>, Option<String>);
    let rows: Vec<Row> = sql!(
        "SELECT code, kind, name, abbreviation, website, in_ordinance_scope, ended_on, successor_code, note FROM organisation ORDER BY code"
    )
    .all(tx)
    .await?;
    let convert = |(code, kind, name, abbreviation, website, in_ordinance_scope, ended_on, successor_code, note): Row| {
        let kind = term!(OrganisationKind, kind)?;
        Ok(ReferenceOrganisation { code, kind, name, abbreviation, website, in_ordinance_scope, ended_on, successor_code, note })
    };
    rows.into_iter().map(convert).collect()
}
