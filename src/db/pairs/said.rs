//! What was said of overlaps: answers, remarks and decisions. Nothing is taken away; the latest counts.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::super::collection_rows::term;
use super::super::{Result, Tx, unknown_code};
use super::{Found, ItemPair, portions};
use crate::clock;
use crate::domain::overlap::answer::{Answer, AnswerKind};
use crate::domain::overlap::verdict::VerdictKind;
use crate::sql;

/// Who said something, for whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The organisation, by code.
    pub organisation: String,
    /// The person; none once taken out, or for the program.
    pub person: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// An answer with who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The pair.
    pub overlap: Uuid,
    /// What was answered.
    pub answer: Answer,
    /// The substance that it was given to: of the collection and of the other one.
    pub substances: (String, String),
    /// The letters that it brought about.
    pub sent: Sent,
    /// By whom.
    pub said: Said,
}

impl Answered {
    /// Whether both collections still say what they said then.
    #[must_use]
    pub fn fits(&self, found: &Found) -> bool {
        self.substances.0 == found.substance && self.substances.1 == found.other_substance
    }
}

/// The letters that propose to join.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// How many.
    pub letters: i64,
    /// The function mailbox that they went to; none where they went to those who register for the agency, whose addresses nobody learns.
    pub mailbox: Option<String>,
}

/// A remark with who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The pair.
    pub overlap: Uuid,
    /// Whether it objects to the overlap.
    pub objects: bool,
    /// What it says.
    pub words: String,
    /// By whom.
    pub said: Said,
}

/// A decision with who took it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The pair.
    pub overlap: Uuid,
    /// How much is the same.
    pub kind: VerdictKind,
    /// The items that are the same.
    pub items: Vec<ItemPair>,
    /// Why.
    pub reason: Option<String>,
    /// The substance that was looked at: of the collection and of the other one.
    pub substances: (String, String),
    /// By whom.
    pub said: Said,
}

impl Judged {
    /// The decision that holds of those on a pair, given the latest first: the latest that was made of what both say now.
    #[must_use]
    pub fn in_force<'a>(all: &'a [Self], found: &Found) -> Option<&'a Self> {
        all.iter().find(|one| one.holds(found))
    }

    /// Whether it still holds: neither collection has changed in substance since.
    #[must_use]
    pub fn holds(&self, found: &Found) -> bool {
        self.substances.0 == found.substance && self.substances.1 == found.other_substance
    }
}

/// Writes an answer.
///
/// # Errors
/// As the engine says.
pub async fn add_answer(tx: &mut Tx, answered: &Answered) -> Result<()> {
    let Answered { overlap, answer, substances, sent, said } = answered;
    sql!(
        "INSERT INTO overlap_answer
           (id, overlap_id, kind, reason, substance, other_substance, letters, mailbox, organisation_code, person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        clock::new_id(),
        *overlap,
        answer.kind.code(),
        &answer.reason,
        &substances.0,
        &substances.1,
        sent.letters,
        &sent.mailbox,
        &said.organisation,
        said.person,
        said.at,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// The answers to these pairs, of each the latest first.
///
/// # Errors
/// As the engine says.
pub async fn answers(tx: &mut Tx, overlaps: &[Uuid]) -> Result<Vec<Answered>> {
    type Text = Option<String>;
    type Row = (Uuid, String, Text, String, String, i64, Text, String, Option<Uuid>, DateTime<Utc>);
    let mut rows: Vec<Row> = Vec::new();
    for some in portions(overlaps) {
        let query = sql!(
            "SELECT overlap_id, kind, reason, substance, other_substance, letters, mailbox, organisation_code, person_id, at
             FROM overlap_answer WHERE overlap_id IN ($1..) ORDER BY at DESC, id DESC",
        );
        rows.extend(query.list(some).all::<Row>(tx).await?);
    }
    let convert = |(overlap, kind, reason, substance, other, letters, mailbox, organisation, person, at): Row| {
        Ok(Answered {
            overlap,
            answer: Answer { kind: term!(AnswerKind, kind)?, reason },
            substances: (substance, other),
            sent: Sent { letters, mailbox },
            said: Said { organisation, person, at },
        })
    };
    rows.into_iter().map(convert).collect()
}

/// Writes a remark, of what both collections were last seen to say.
///
/// # Errors
/// As the engine says.
pub async fn add_remark(tx: &mut Tx, remark: &Remark) -> Result<()> {
    let Remark { overlap, objects, words, said } = remark;
    sql!(
        "INSERT INTO overlap_remark (id, overlap_id, objects, words, substance, other_substance, organisation_code, person_id, at)
         SELECT $1, o.id, $3, $4, o.substance, o.other_substance, $5, $6, $7 FROM overlap o WHERE o.id = $2",
        clock::new_id(),
        *overlap,
        *objects,
        words,
        &said.organisation,
        said.person,
        said.at,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// The remarks on these pairs, of each the first first.
///
/// # Errors
/// As the engine says.
pub async fn remarks(tx: &mut Tx, overlaps: &[Uuid]) -> Result<Vec<Remark>> {
    type Row = (Uuid, bool, String, String, Option<Uuid>, DateTime<Utc>);
    let mut rows: Vec<Row> = Vec::new();
    for some in portions(overlaps) {
        let query = sql!(
            "SELECT overlap_id, objects, words, organisation_code, person_id, at FROM overlap_remark
             WHERE overlap_id IN ($1..) ORDER BY at, id",
        );
        rows.extend(query.list(some).all::<Row>(tx).await?);
    }
    let convert = |(overlap, objects, words, organisation, person, at): Row| Remark {
        overlap,
        objects,
        words,
        said: Said { organisation, person, at },
    };
    Ok(rows.into_iter().map(convert).collect())
}

/// Writes a decision.
///
/// # Errors
/// As the engine says.
pub async fn add_verdict(tx: &mut Tx, judged: &Judged) -> Result<()> {
    sql!(
        "INSERT INTO overlap_verdict (id, overlap_id, kind, items, reason, substance, other_substance, organisation_code, person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        clock::new_id(),
        judged.overlap,
        judged.kind.code(),
        Json(&judged.items),
        &judged.reason,
        &judged.substances.0,
        &judged.substances.1,
        &judged.said.organisation,
        judged.said.person,
        judged.said.at,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// The decisions on these pairs, of each the latest first.
///
/// # Errors
/// As the engine says.
pub async fn verdicts(tx: &mut Tx, overlaps: &[Uuid]) -> Result<Vec<Judged>> {
    type Row = (Uuid, String, Json<Vec<ItemPair>>, Option<String>, String, String, String, Option<Uuid>, DateTime<Utc>);
    let mut rows: Vec<Row> = Vec::new();
    for some in portions(overlaps) {
        let query = sql!(
            "SELECT overlap_id, kind, items, reason, substance, other_substance, organisation_code, person_id, at FROM overlap_verdict
             WHERE overlap_id IN ($1..) ORDER BY at DESC, id DESC",
        );
        rows.extend(query.list(some).all::<Row>(tx).await?);
    }
    let convert = |(overlap, kind, Json(items), reason, substance, other, organisation, person, at): Row| {
        let said = Said { organisation, person, at };
        Ok(Judged { overlap, kind: term!(VerdictKind, kind)?, items, reason, substances: (substance, other), said })
    };
    rows.into_iter().map(convert).collect()
}
