//! What is said once something is done in a case: what it was, and who has been written to.

use serde_json::Value;

use crate::actions::consultations::{Side, visible};
use crate::clock;
use crate::db::{Tx, events};
use crate::domain::access::Actor;
use crate::domain::identifier::ConsultationNumber;
use crate::error::Result;
use crate::text;

/// Something that can be done: the code in the address, what is said, and the event that tells of it where somebody is written to.
type Done = (&'static str, &'static str, Option<&'static str>);

const DONE: &[Done] = &[
    ("begart", "Samråd är begärt.", Some("consultation.requested")),
    ("infort", "Ärendet är infört. Nu kan du bifoga de filer som hörde till det.", Some("consultation.entered")),
    ("bekraftat", "Ni har bekräftat att det som fördes in stämmer.", Some("consultation.confirmed")),
    ("invant", "Invändningen är skickad och står i tråden.", Some("consultation.objected")),
    ("rattat", "Rättelsen är sparad.", Some("consultation.corrected")),
    ("borttaget", "Ärendet är borttaget.", Some("consultation.removed")),
    ("taget", "Du granskar nu ärendet.", Some("consultation.taken")),
    ("fragat", "Frågorna är skickade.", Some("consultation.asked")),
    ("svarat", "Svaret är skickat.", Some("consultation.replied")),
    ("yttrat", "Yttrandet är lämnat.", Some("consultation.answered")),
    ("avslutat", "Samrådet är avslutat.", Some("consultation.closed")),
    ("aterkallat", "Begäran är återkallad.", Some("consultation.withdrawn")),
    ("inlagg", "Inlägget är skickat.", Some("consultation.wrote")),
    ("anteckning", "Anteckningen är sparad. Bara ni ser den.", None),
    ("synpunkt", "Synpunkten är sparad.", Some("consultation.pointed")),
    ("punktsvar", "Svaret på synpunkten är sparat.", Some("consultation.point_replied")),
    ("avprickad", "Synpunkten är avprickad.", Some("consultation.point_checked")),
    ("oavprickad", "Avprickningen är borttagen.", Some("consultation.point_checked")),
    ("bilaga", "Bilagan är sparad.", None),
];

/// What is said of what the reader has just done in a case; none where the code names nothing.
///
/// # Errors
/// `NotFound` where there is no such case that the reader may know of.
pub async fn said(tx: &mut Tx, actor: &Actor, number: ConsultationNumber, code: &str) -> Result<Option<String>> {
    let Some((_, words, action)) = DONE.iter().find(|(known, ..)| *known == code) else { return Ok(None) };
    let Some(action) = action else { return Ok(Some((*words).to_owned())) };
    let side = visible(tx, actor, number, clock::swedish_day(clock::now())).await?.side;
    let told = events::of(tx, "consultation", &number.to_string()).await?.into_iter().find(|one| one.action == *action);
    let letters = told.and_then(|one| letters(&one.detail)).map(|many| written_to(side, many));
    Ok(Some([Some((*words).to_owned()), letters].into_iter().flatten().collect::<Vec<_>>().join(" ")))
}

/// How many were written to, as an event tells it.
fn letters(detail: &Value) -> Option<i64> {
    detail["letters"].as_i64()
}

/// How many of the other side were written to; and what to do where nobody could be.
fn written_to(side: Side, many: i64) -> String {
    let whom = if side == Side::Agency { "dem som ska svara" } else { "myndigheten" };
    match many {
        0 => format!(
            "Inget mejl är skickat: registret har ingen adress till {whom}. Hör av dig på annat sätt, och be den som driver registret att \
             bjuda in dem."
        ),
        1 => format!("Ett mejl om det går till {whom}."),
        _ => format!("{} om det går till {whom}.", text::counted(many, "mejl", "mejl")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_said_to_have_been_written_to_who_has_no_address() {
        assert!(written_to(Side::Body, 0).starts_with("Inget mejl är skickat: registret har ingen adress till myndigheten."));
        assert_eq!(written_to(Side::Agency, 1), "Ett mejl om det går till dem som ska svara.");
        assert_eq!(written_to(Side::Body, 3), "3\u{a0}mejl om det går till myndigheten.");
    }
}
