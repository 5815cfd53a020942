//! What documents tell of a consultation that is closed: with whom, what each answered, and both views where the two did not agree.

use chrono::NaiveDate;

use super::Record;
use super::model::{Block, line, lines};
use super::parts::{capital, sender};
use crate::domain::consultation::entered::retold;
use crate::domain::consultation::{Opinion, Outcome};
use crate::domain::terms::ConsultationStated;
use crate::domain::wording::enumerated;
use crate::text::{shorten, written_date};

/// The most characters of each view: all of it stands on the collection's page.
const MOST_OF_VIEW: usize = 600;

/// A closed case of which a document tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consulted {
    /// Every body that was consulted, also those that did not answer.
    pub bodies: Vec<BodySaid>,
    /// How it ended.
    pub outcome: Outcome,
    /// What the agency said as it closed the case, or has confirmed.
    pub closing: Option<String>,
    /// When that was.
    pub closed_on: NaiveDate,
}

/// What a body answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodySaid {
    /// Its name.
    pub name: String,
    /// Its opinion and the day; none where it did not answer.
    pub opinion: Option<(Opinion, NaiveDate)>,
    /// In words.
    pub words: Option<String>,
    /// Who has entered that afterwards, by name, where the body has not said it itself.
    pub retold_by: Option<String>,
}

impl BodySaid {
    /// Said beside it where the body has not said it itself, in brackets after a blank.
    fn beside(&self) -> String {
        self.retold_by.as_ref().map(|by| format!(" ({})", retold(by, &self.name))).unwrap_or_default()
    }
}

impl Consulted {
    /// The names of all bodies.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.bodies.iter().map(|body| body.name.clone()).collect()
    }

    /// What each body answered, and how it ended.
    pub(super) fn told(&self) -> Vec<Block> {
        let said = |body: &BodySaid| match body.opinion {
            Some((opinion, day)) => line(format!("{}: {opinion} den {}{}", body.name, written_date(day), body.beside())),
            None => line(format!("{}: har inte svarat{}", body.name, body.beside())),
        };
        let ended = format!("Samrådet avslutades den {}: {}.", written_date(self.closed_on), self.outcome);
        vec![Block::Bullets(self.bodies.iter().map(said).collect()), Block::paragraph(ended)]
    }
}

/// A consultation about rounds to come that was closed after the decision: the decision does not tell of it, whoever is asked is told.
pub(super) fn later(record: &Record<'_>) -> Vec<Block> {
    let Some(later) = record.later else { return Vec::new() };
    let with = enumerated(&later.names());
    let mut blocks = vec![Block::paragraph(format!("Efter beslutet har samråd skett på nytt, inför kommande omgångar, med {with}."))];
    blocks.extend(later.told());
    blocks
}

/// Both views in short, where the agency and a body did not agree the last time: whoever is asked for data is told.
pub(super) fn views(record: &Record<'_>) -> Vec<Block> {
    let is_left_out = record.collection.content.consultation == ConsultationStated::NotHeld;
    let latest = record.later.or(record.consulted.filter(|_| !is_left_out));
    let Some(consulted) = latest.filter(|one| one.outcome == Outcome::NotAgreed) else { return Vec::new() };
    let said = consulted.bodies.iter().filter_map(|body| Some((body.name.clone(), body.beside(), body.words.as_deref()?)));
    let own = consulted.closing.as_deref().map(|words| (sender(record.collection), String::new(), words));
    let mut blocks = Vec::new();
    let mut is_cut = false;
    for (who, beside, words) in said.chain(own) {
        let words = lines(words).collect::<Vec<_>>().join("\n");
        let short = shorten(&words, MOST_OF_VIEW);
        is_cut |= short != words;
        blocks.extend(Block::paragraphs(&format!("{} anser{beside}: {short}", capital(&who))));
    }
    if is_cut {
        blocks.push(Block::paragraph("Hela texterna står på insamlingens sida i registret."));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::{DocumentKind, samples};
    use crate::domain::terms::Kind;

    /// A case in which one body objects and another one is silent.
    fn disagreed() -> Consulted {
        let day = NaiveDate::from_ymd_opt(2026, 9, 3).expect("a day");
        let skr = BodySaid {
            name: "SKR".into(),
            opinion: Some((Opinion::AdviseAgainst, day)),
            words: Some(format!("Uppgifterna finns redan.\n\nDet andra stycket. {}", "Mer text. ".repeat(100))),
            retold_by: None,
        };
        let nnr = BodySaid { name: "NNR".into(), opinion: None, words: None, retold_by: None };
        Consulted { bodies: vec![skr, nnr], outcome: Outcome::NotAgreed, closing: Some("Vi behöver dem.".into()), closed_on: day }
    }

    #[test]
    fn every_body_is_named_and_both_views_stand_in_the_notice_alone() {
        let consulted = disagreed();
        for kind in [Kind::Survey, Kind::OfficialStatistics] {
            let collection = samples::collection(kind);
            let notice = samples::consulted(DocumentKind::Notice, &collection, &consulted).text();
            for said in [
                "SKR: avstyrker den 3\u{a0}september 2026",
                "NNR: har inte svarat",
                "Samrådet avslutades den 3\u{a0}september 2026: ej överens.",
                "SKR anser: Uppgifterna finns redan.\nDet andra stycket. Mer text.",
                "Skolverket och Statistiska centralbyrån anser: Vi behöver dem.",
                "Hela texterna står på insamlingens sida",
            ] {
                assert!(notice.contains(said), "{said}\n{notice}");
            }
            let longest = notice.lines().map(|line| line.chars().count()).max();
            assert!(longest.is_some_and(|longest| longest < MOST_OF_VIEW + 20), "{notice}");
        }
        let decision = samples::consulted(DocumentKind::Decision, &samples::collection(Kind::Survey), &consulted).text();
        assert!(decision.contains("NNR: har inte svarat") && !decision.contains("anser:"), "{decision}");
    }

    #[test]
    fn what_somebody_else_has_entered_as_a_bodys_words_is_told_to_be_that() {
        let mut consulted = disagreed();
        consulted.bodies.iter_mut().for_each(|body| body.retold_by = Some("Skolverket".into()));
        let notice = samples::consulted(DocumentKind::Notice, &samples::collection(Kind::Survey), &consulted).text();
        for said in [
            "SKR: avstyrker den 3\u{a0}september 2026 (infört i efterhand av Skolverket, inte bekräftat av SKR)",
            "NNR: har inte svarat (infört i efterhand av Skolverket, inte bekräftat av NNR)",
            "SKR anser (infört i efterhand av Skolverket, inte bekräftat av SKR): Uppgifterna finns redan.",
        ] {
            assert!(notice.contains(said), "{said}\n{notice}");
        }
        let decision = samples::consulted(DocumentKind::Decision, &samples::collection(Kind::Survey), &consulted).text();
        assert!(decision.contains("inte bekräftat av SKR"), "{decision}");
    }

    #[test]
    fn who_was_consulted_is_known_before_the_agency_has_said_it_and_agreement_has_no_views() {
        let mut collection = samples::collection(Kind::Survey);
        collection.content.consultation = ConsultationStated::Unstated;
        let agreed = Consulted { outcome: Outcome::Agreed, ..disagreed() };
        let notice = samples::consulted(DocumentKind::Notice, &collection, &agreed).text();
        assert!(notice.contains("Samråd har skett med SKR och NNR.") && !notice.contains("anser:"), "{notice}");
        let later = Consulted { closed_on: NaiveDate::from_ymd_opt(2027, 2, 1).expect("a day"), ..disagreed() };
        let told = |kind, later| samples::told(kind, &samples::collection(Kind::Survey), Some(&agreed), later).expect("a document").text();
        let notice = told(DocumentKind::Notice, Some(&later));
        for said in [
            "inför kommande omgångar, med SKR och NNR",
            "avslutades den 3\u{a0}september 2026: överens",
            "den 1\u{a0}februari 2027: ej överens",
            "SKR anser:",
        ] {
            assert!(notice.contains(said), "{said}\n{notice}");
        }
        assert_eq!(told(DocumentKind::Decision, Some(&later)), told(DocumentKind::Decision, None), "what was decided stays as it was");
        collection.content.consultation = ConsultationStated::NotHeld;
        let left_out = samples::consulted(DocumentKind::Notice, &collection, &disagreed()).text();
        assert!(!left_out.contains("SKR"), "an earlier case is not about what it was left out for: {left_out}");
    }
}
