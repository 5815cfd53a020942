//! What an organisation's desk shows: its collections, and their rounds that open or close soon. An organisation comes with those that it
//! took over from.

use chrono::{DateTime, NaiveDate, Utc};

use super::collection_rows::term;
use super::involved::last_said;
use super::rounds::from_columns;
use super::{Result, Tx, unknown_code};
use crate::domain::round::When;
use crate::domain::terms::Status;
use crate::sql;

/// A collection of which the organisation is a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCollection {
    /// Its number.
    pub number: String,
    /// Its title, in the newest version.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// Whether everyone may read it today.
    pub open: bool,
    /// Whether the organisation is responsible; else it collects.
    pub responsible: bool,
    /// Whether a change is planned beside the decided version.
    pub revision: bool,
    /// The day on which it was last registered, changed or confirmed.
    pub last_said: NaiveDate,
    /// The next deadline.
    pub next_deadline: Option<NaiveDate>,
}

/// The collections of which any of these organisations is a party, by title in Swedish order.
///
/// # Errors
/// As the engine says.
pub async fn collections(tx: &mut Tx, codes: &[String], today: NaiveDate) -> Result<Vec<OwnCollection>> {
    type Row =
        (String, String, String, Option<NaiveDate>, Option<i64>, Option<i64>, i64, Option<NaiveDate>, DateTime<Utc>, Option<NaiveDate>);
    let rows: Vec<Row> = sql!(
        "WITH party AS (SELECT code FROM organisation WHERE code IN ($2..)),
              own AS (SELECT DISTINCT a.collection_id AS id FROM collection_agency a JOIN party p ON p.code = a.agency_code
                      JOIN collection c ON c.id = a.collection_id AND (a.version = c.decided_version OR a.version = c.planned_version))
         SELECT c.number, v.title, c.status, c.open_from, c.decided_version, c.planned_version,
                (SELECT COUNT(*) FROM own WHERE own.id = c.id), c.confirmed_on, c.changed_at,
                (SELECT MIN(r.deadline_on) FROM round r WHERE r.collection_id = c.id AND r.deadline_on >= $1
                   AND c.status IN ('planned', 'decided'))
         FROM collection c
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.planned_version, c.decided_version)
         WHERE c.number IS NOT NULL AND c.status <> 'draft'
           AND c.id IN (SELECT p.collection_id FROM collection_party p JOIN party o ON o.code = p.code)
         ORDER BY v.title COLLATE \"sv-x-icu\", c.number",
        today,
    )
    .list(codes.iter())
    .all(tx)
    .await?;
    let convert = |(number, title, status, open_from, decided, planned, responsible, confirmed_on, changed_at, next_deadline): Row| {
        Ok(OwnCollection {
            number,
            title,
            status: term!(Status, status)?,
            open: open_from.is_some_and(|from| from <= today),
            responsible: responsible > 0,
            revision: decided.is_some() && planned.is_some(),
            last_said: last_said(confirmed_on, changed_at),
            next_deadline,
        })
    };
    rows.into_iter().map(convert).collect()
}

/// A round that opens or closes soon.
#[derive(Debug, Clone, PartialEq)]
pub struct SoonRound {
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The round's label.
    pub label: String,
    /// When the questions go out.
    pub dispatch: Option<When>,
    /// The last day to answer.
    pub deadline: Option<When>,
}

/// The rounds of these organisations' collections that are dispatched or due from `today` up to and with `until`, soonest first.
///
/// # Errors
/// As the engine says.
pub async fn rounds(tx: &mut Tx, codes: &[String], today: NaiveDate, until: NaiveDate) -> Result<Vec<SoonRound>> {
    type Text = Option<String>;
    type Row = (String, String, String, Text, Option<NaiveDate>, Text, Text, Option<NaiveDate>, Text);
    let rows: Vec<Row> = sql!(
        "WITH party AS (SELECT code FROM organisation WHERE code IN ($3..))
         SELECT c.number, v.title, r.label, r.dispatch_form, r.dispatch_on, r.dispatch_words, r.deadline_form, r.deadline_on, r.deadline_words
         FROM round r JOIN collection c ON c.id = r.collection_id
         JOIN collection_version v ON v.collection_id = c.id AND v.version = COALESCE(c.decided_version, c.planned_version)
         WHERE r.version <= v.version AND c.status IN ('planned', 'decided') AND c.number IS NOT NULL
           AND ((r.dispatch_on >= $1 AND r.dispatch_on <= $2) OR (r.deadline_on >= $1 AND r.deadline_on <= $2))
           AND (v.collector_code IN (SELECT code FROM party)
             OR EXISTS (SELECT 1 FROM collection_agency a JOIN party p ON p.code = a.agency_code
                        WHERE a.collection_id = c.id AND a.version = v.version))
         ORDER BY CASE WHEN r.dispatch_on >= $1 THEN r.dispatch_on ELSE r.deadline_on END, c.number, r.position",
        today,
        until,
    )
    .list(codes.iter())
    .all(tx)
    .await?;
    let convert = |(number, title, label, a, b, c, d, e, f): Row| {
        Ok(SoonRound { number, title, label, dispatch: from_columns(a, b, c)?, deadline: from_columns(d, e, f)? })
    };
    rows.into_iter().map(convert).collect()
}
