//! The register's key figures, counted over what is open.

use chrono::NaiveDate;

use super::{Result, Tx};
use crate::sql;

/// What the start page counts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyFigures {
    /// Collections planned or decided.
    pub collections: i64,
    /// Those that must be answered.
    pub compulsory: i64,
    /// Those that are voluntary.
    pub voluntary: i64,
    /// Those that ask municipalities.
    pub asking_municipalities: i64,
    /// Single items asked for.
    pub items: i64,
    /// Agencies and other bodies that answer for at least one.
    pub agencies: i64,
    /// Rounds whose deadline falls within the days given.
    pub rounds_ahead: i64,
}

/// The figures on `today`, with rounds up to and with `until`.
///
/// # Errors
/// As the engine says.
pub async fn key_figures(tx: &mut Tx, today: NaiveDate, until: NaiveDate) -> Result<KeyFigures> {
    sql!(
        "WITH shown AS (
           SELECT c.id, v.version, v.obligation FROM collection c
           JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
           WHERE c.open_from <= $1 AND c.status IN ('planned', 'decided'))
         SELECT COUNT(*) AS collections,
                COUNT(*) FILTER (WHERE obligation = 'compulsory') AS compulsory,
                COUNT(*) FILTER (WHERE obligation = 'voluntary') AS voluntary,
                COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM respondent_group g
                  WHERE g.collection_id = shown.id AND g.version = shown.version AND g.kind = 'municipality')) AS asking_municipalities,
                (SELECT COUNT(*) FROM item i JOIN shown s ON s.id = i.collection_id AND s.version = i.version) AS items,
                (SELECT COUNT(DISTINCT a.agency_code) FROM collection_agency a JOIN shown s ON s.id = a.collection_id AND s.version = a.version) AS agencies,
                (SELECT COUNT(*) FROM round r JOIN shown s ON s.id = r.collection_id AND r.version <= s.version
                  WHERE r.deadline_on >= $1 AND r.deadline_on <= $2) AS rounds_ahead
         FROM shown",
        today,
        until,
    )
    .one(tx)
    .await
}
