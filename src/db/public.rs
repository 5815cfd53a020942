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

/// The pairs that people have decided on and not rejected, both of whose collections are open on `today`: the collection that asks, and the
/// number of the other one. Whether the decision holds is told by [`super::pairs::confirmed_of`].
///
/// # Errors
/// As the engine says.
pub async fn decided_pairs(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(Uuid, String)>> {
    sql!(
        "SELECT DISTINCT c.id, d.number FROM overlap o
         JOIN overlap_verdict v ON v.overlap_id = o.id AND v.kind <> 'rejected'
         JOIN collection c ON c.id = o.collection_id AND c.open_from <= $1 AND c.status <> 'draft' AND c.number IS NOT NULL
         JOIN collection d ON d.id = o.other_id AND d.open_from <= $1 AND d.status <> 'draft' AND d.number IS NOT NULL",
        today
    )
    .all(tx)
    .await
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
