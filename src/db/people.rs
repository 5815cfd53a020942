//! The people who may sign in.

use uuid::Uuid;

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::access::{Actor, Role};
use crate::sql;

/// A person who can act: with an account that is not closed, in an organisation that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// What decides what the person may do.
    pub actor: Actor,
    /// The person's name, if it is known.
    pub name: Option<String>,
    /// The name of the organisation.
    pub organisation_name: String,
}

/// The person of a session, unless the account has been closed.
///
/// # Errors
/// As the engine says.
pub async fn acting(tx: &mut Tx, person: Uuid) -> Result<Option<Acting>> {
    type Row = (String, String, bool, Option<String>, String);
    let row: Option<Row> = sql!(
        "SELECT p.organisation_code, p.role, p.manager, p.name, o.name FROM person p JOIN organisation o ON o.code = p.organisation_code
         WHERE p.id = $1 AND p.closed_at IS NULL",
        person
    )
    .optional(tx)
    .await?;
    row.map(|(organisation, role, manager, name, organisation_name)| {
        let actor = Actor { person, organisation, role: term!(Role, role)?, manager };
        Ok(Acting { actor, name, organisation_name })
    })
    .transpose()
}
