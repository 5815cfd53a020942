//! Why a registered collection is shown, in plain Swedish.

use super::judge::{Judgement, Likeness, Tier};

/// From these cosines of the whole texts on they are said to be worded alike, and nearly the same.
const WORDED_ALIKE: f64 = 0.25;
const NEARLY_THE_SAME: f64 = 0.9;

/// The reasons for a judgement, the strongest first; as sentences without capital and full stop.
#[must_use]
pub fn reasons(likeness: &Likeness, judgement: &Judgement) -> Vec<String> {
    let planned = judgement.items.len();
    let alike = judgement.alike().len();
    let mut reasons = Vec::new();
    if likeness.whole >= NEARLY_THE_SAME {
        reasons.push("texterna är nästan desamma".to_owned());
    }
    match alike {
        0 if likeness.by_title && judgement.tier > Tier::Unlike => reasons.push("titeln liknar det som redan samlas in".to_owned()),
        0 => {}
        1 if planned == 1 => reasons.push("uppgiften liknar en uppgift som redan samlas in".to_owned()),
        1 => reasons.push(format!("1 av {planned} uppgifter liknar en uppgift som redan samlas in")),
        _ => reasons.push(format!("{alike} av {planned} uppgifter liknar uppgifter som redan samlas in")),
    }
    if (WORDED_ALIKE..NEARLY_THE_SAME).contains(&likeness.whole) {
        reasons.push(format!(
            "{} har många ord gemensamma",
            if likeness.by_title { "det ni har skrivit hittills och insamlingen" } else { "texterna" }
        ));
    }
    if likeness.same_area {
        reasons.push("ämnesområdet är detsamma".to_owned());
    }
    if reasons.is_empty() {
        reasons.push("några ord är gemensamma".to_owned());
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::super::judge::Evidence;
    use super::super::weights::MODEL;
    use super::*;

    fn said(whole: f64, same_area: bool, rows: &[&[f64]]) -> String {
        let registered = rows.first().map_or(0, |row| row.len());
        let evidence = Evidence { whole, same_area, by_title: false, words: vec![3; rows.len()], alike: rows.concat(), registered };
        reasons(&evidence.likeness(), &evidence.judge(&MODEL)).join("; ")
    }

    #[test]
    fn items_are_counted_and_the_area_named() {
        let text = said(0.4, true, &[&[0.9, 0.0], &[0.0, 0.8], &[0.0, 0.0]]);
        assert_eq!(
            text,
            "2 av 3 uppgifter liknar uppgifter som redan samlas in; texterna har många ord gemensamma; ämnesområdet är detsamma"
        );
        assert_eq!(said(0.3, false, &[&[0.9]]).split("; ").next(), Some("uppgiften liknar en uppgift som redan samlas in"));
    }

    #[test]
    fn the_same_text_is_said_to_be() {
        assert!(said(1.0, false, &[&[1.0]]).starts_with("texterna är nästan desamma; "));
    }

    #[test]
    fn a_title_alone_is_named() {
        let evidence = Evidence { whole: 0.2, same_area: false, by_title: true, words: vec![2], alike: vec![0.9], registered: 1 };
        assert_eq!(reasons(&evidence.likeness(), &evidence.judge(&MODEL)), ["titeln liknar det som redan samlas in"]);
        let alike = Evidence { whole: 0.4, ..evidence };
        let said = reasons(&alike.likeness(), &alike.judge(&MODEL)).join("; ");
        assert!(
            said.contains("det ni har skrivit hittills och insamlingen har många ord gemensamma")
                && !said.contains("syfte")
                && !said.contains("texterna"),
            "{said}"
        );
    }

    #[test]
    fn there_is_always_a_reason() {
        assert_eq!(said(0.05, false, &[&[0.0]]), "några ord är gemensamma");
        assert_eq!(said(0.0, false, &[]), "några ord är gemensamma");
    }
}
