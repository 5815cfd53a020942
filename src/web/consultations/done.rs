//! What is said once something is done in a case: what it was, and who has been written to.

use serde_json::Value;

use super::Named;
use crate::actions::consultations::{Seen, Side};
use crate::db::consultations::Part;
use crate::db::events::Event;
use crate::domain::wording::enumerated;
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
    ("tilldelat", "Ärendet har fått en handläggare.", None),
    ("lagt-tillbaka", "Ärendet har ingen handläggare längre.", None),
    (ALREADY, "Det var redan gjort. Inget nytt är sparat eller skickat.", None),
    (CROSSED, "Någon annan hann före. Inget är ändrat. Sidan visar hur det är nu.", None),
    ("fragat", "Frågorna är skickade.", Some("consultation.asked")),
    ("svarat", "Svaret är skickat.", Some("consultation.replied")),
    ("yttrat", "Yttrandet är lämnat.", Some("consultation.answered")),
    ("avslutat", "Samrådet är avslutat.", Some("consultation.closed")),
    ("aterkallat", "Begäran är återkallad.", Some("consultation.withdrawn")),
    ("inlagg", "Inlägget är skickat.", Some("consultation.wrote")),
    ("anteckning", "Anteckningen är sparad. Bara ni ser den.", None),
    ("synpunkt", "Synpunkten är sparad men inte skickad. Bara ni ser den.", None),
    ("synpunkt-andrad", "Synpunkten är ändrad. Den är inte skickad än.", None),
    ("synpunkt-borttagen", "Synpunkten är borttagen.", None),
    ("synpunkter", "Synpunkterna är skickade.", Some("consultation.pointed")),
    ("tillbakatagen", "Synpunkten är tillbakatagen.", Some("consultation.point_taken_back")),
    ("punktsvar", "Svaret på synpunkten är sparat.", Some("consultation.point_replied")),
    ("avprickad", "Synpunkten är avprickad.", Some("consultation.point_checked")),
    ("oavprickad", "Avprickningen är borttagen.", Some("consultation.point_checked")),
    ("bilaga", "Bilagan är sparad.", None),
];

/// Nothing was done, as it had been done before: a form that was sent twice.
pub const ALREADY: &str = "redan";

/// Nothing was done, as somebody else was quicker.
const CROSSED: &str = "upptaget";

/// What is said of what the reader has just done in a case, and in which colour; none where the code names nothing. `events`: what was done
/// in it, the newest first.
#[must_use]
pub fn said(seen: &Seen, named: &Named, events: &[Event], code: &str) -> Option<(&'static str, String)> {
    let (_, words, action) = DONE.iter().find(|(known, ..)| *known == code)?;
    let told = action.and_then(|action| events.iter().find(|one| one.action == action));
    let letters = told.and_then(|one| match one.detail["grouped"].as_bool() {
        Some(true) => Some(format!("{} har nyss fått ett mejl om det här, så inget nytt är skickat.", other(seen).1)),
        _ => one.detail["letters"].as_i64().map(|many| {
            let names = |key: &str| {
                let codes = one.detail[key].as_array().into_iter().flatten().filter_map(Value::as_str);
                codes.map(|code| named.get(code)).collect::<Vec<_>>()
            };
            written_to(other(seen).0, many, (&names("reached"), &names("without")), code == "begart")
        }),
    });
    let left_out = told.and_then(|one| left_out(&one.detail));
    let all = [Some((*words).to_owned()), left_out, letters].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let colour = match code {
        CROSSED => "warning",
        ALREADY => "info",
        _ => "success",
    };
    Some((colour, all))
}

/// Which files were not attached, because another one with the same content was.
fn left_out(detail: &Value) -> Option<String> {
    let names = detail["left_out"].as_array()?.iter().filter_map(Value::as_str).map(|name| format!("”{name}”"));
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| format!("Bifogades inte, eftersom samma innehåll redan finns i en annan fil: {}.", names.join(", ")))
}

/// The other side, as one writes to it and as a sentence begins with it.
fn other(seen: &Seen) -> (&'static str, &'static str) {
    let is_done = |part: &Part| part.state.is_over() || part.answered_at.is_some();
    match seen.side {
        Side::Agency if seen.case.parts.iter().all(is_done) => ("dem som tillfrågades", "De som tillfrågades"),
        Side::Agency => ("dem som ska svara", "De som ska svara"),
        _ => ("myndigheten", "Myndigheten"),
    }
}

/// How many were written to; and what to do where somebody could not be. `reached`, `without`: who got letters and for whom the register has
/// no address, as far as it is told; else it is the `other` side.
fn written_to(other: &str, many: i64, (reached, without): (&[String], &[String]), is_request: bool) -> String {
    let named = |names: &[String]| if names.is_empty() { other.to_owned() } else { enumerated(names) };
    let whom = named(reached);
    let went = match many {
        0 => {
            return format!(
                "Inget mejl är skickat: registret har ingen adress till {}. Hör av dig på annat sätt, och be den som driver registret att \
                 bjuda in dem.",
                named(without)
            );
        }
        1 => format!("Ett mejl om det går till {whom}."),
        _ => format!("{} om det går till {whom}.", text::counted(many, "mejl", "mejl")),
    };
    if without.is_empty() {
        return went;
    }
    let what = if is_request { "Skicka begäran dit själv." } else { "Hör av dig dit på annat sätt." };
    format!("{went} {} har ingen adress i registret och får inget mejl. {what}", enumerated(without))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_said_to_have_been_written_to_who_has_no_address() {
        let told = |other, many| written_to(other, many, (&[], &[]), false);
        assert!(told("myndigheten", 0).starts_with("Inget mejl är skickat: registret har ingen adress till myndigheten."));
        assert_eq!(told("dem som ska svara", 1), "Ett mejl om det går till dem som ska svara.");
        assert_eq!(told("myndigheten", 3), "3\u{a0}mejl om det går till myndigheten.");
        let names = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (agency, nnr) = (names(&["SCB"]), names(&["NNR"]));
        assert_eq!(
            written_to("dem som ska svara", 2, (&names(&["SKR"]), &nnr), true),
            "2\u{a0}mejl om det går till SKR. NNR har ingen adress i registret och får inget mejl. Skicka begäran dit själv."
        );
        // a body writes to the agency and to other bodies
        assert_eq!(
            written_to("myndigheten", 1, (&nnr, &agency), false),
            "Ett mejl om det går till NNR. SCB har ingen adress i registret och får inget mejl. Hör av dig dit på annat sätt."
        );
        assert_eq!(written_to("myndigheten", 2, (&names(&["SCB", "NNR"]), &[]), false), "2\u{a0}mejl om det går till SCB och NNR.");
        assert!(written_to("myndigheten", 0, (&[], &names(&["SCB", "NNR"])), false).contains("ingen adress till SCB och NNR."));
    }
}
