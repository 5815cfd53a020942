//! The table of overlaps that people have confirmed, as both collections' pages tell of them.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::Table;
use crate::domain::overlap::answer::Answer;
use crate::domain::overlap::verdict::VerdictKind;

/// An overlap that people have confirmed, both of whose collections everyone may read.
#[derive(Debug, Clone)]
pub struct ConfirmedOverlap {
    /// The number of the collection that was registered later, whose agency is asked.
    pub collection: String,
    /// The number of the other one.
    pub other: String,
    /// How much is the same.
    pub kind: VerdictKind,
    /// The name of the body that confirmed it.
    pub body: String,
    /// When.
    pub confirmed_on: NaiveDate,
    /// The items that are the same: as the first collection words them, and as the other does.
    pub items: Vec<(String, String)>,
    /// Why.
    pub reason: Option<String>,
    /// What the agency that is asked answered, with its name.
    pub answer: Option<(Answer, String)>,
    /// The names of those who object, though not what they say.
    pub objects: Vec<String>,
}

pub(super) fn table(overlaps: &[ConfirmedOverlap]) -> Table {
    let row = |one: &ConfirmedOverlap| -> Vec<Value> {
        let (own, others): (Vec<&String>, Vec<&String>) = one.items.iter().map(|(own, other)| (own, other)).unzip();
        let answer = one.answer.as_ref();
        vec![
            json!(one.collection),
            json!(one.other),
            json!(one.kind.code()),
            json!(one.body),
            json!(one.confirmed_on),
            json!(own),
            json!(others),
            json!(one.reason),
            json!(answer.map(|(_, who)| who)),
            json!(answer.map(|(answer, _)| answer.kind.code())),
            json!(answer.and_then(|(answer, _)| answer.reason.as_ref())),
            json!(one.objects),
        ]
    };
    Table {
        name: "overlapp",
        what: "en rad för varje par av insamlingar som någon har bedömt begär samma uppgifter",
        columns: &[
            ("collection", "numret på den insamling som registrerades senare"),
            ("other", "numret på den andra insamlingen"),
            ("kind", "full (samma uppgifter), partial (delvis samma) eller single_items (enstaka uppgifter är samma)"),
            ("confirmedBy", "vem som har bedömt paret"),
            ("confirmedOn", "när"),
            ("items", "uppgifter som är samma, så som den första insamlingen begär dem"),
            ("otherItems", "samma uppgifter så som den andra insamlingen begär dem, i samma ordning"),
            ("reason", "motivering"),
            ("answeredBy", "myndighet som har svarat om den första insamlingen"),
            ("answer", "reuse (återanvänder uppgifterna), coordinate (samordnar sig) eller differs (insamlingen skiljer sig)"),
            ("answerReason", "myndighetens förklaring"),
            ("objections", "vilka som har invänt"),
        ],
        rows: overlaps.iter().map(row).collect(),
    }
}
