//! What a version of a collection says of itself as a decision and as a change (*beslut*), and the one judgement of it.

use chrono::NaiveDate;

/// The most characters of who decided and took part.
const LONGEST_FUNCTION: usize = 500;
/// The most characters of a reason.
const LONGEST_REASON: usize = 20_000;

terms! {
    /// Whether a change is one that 3 § förordning (1982:668) asks consultation about.
    Significance {
        Insignificant = "insignificant", "obetydlig";
        Significant = "significant", "inte obetydlig";
    }
}

terms! {
    /// The closed grounds on which consultation may be left out (3 § förordning (1982:668)).
    Exemption {
        Unnecessary = "unnecessary", "samråd är uppenbart obehövligt";
        ContraryToPurpose = "contrary_to_purpose", "samråd skulle motverka syftet med insamlingen";
        NoTime = "no_time", "tiden medger inte samråd";
    }
}

impl Exemption {
    /// The ground as a clause after ”att”: Swedish puts ”inte” before the verb there.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::Unnecessary | Self::ContraryToPurpose => self.label(),
            Self::NoTime => "tiden inte medger samråd",
        }
    }
}

terms! {
    /// A part of a decision, as forms ask for it.
    DecisionPart {
        Significance = "significance", "hur mycket som ändras";
        SignificanceReason = "significance_reason", "skäl";
        DecidedOn = "decided_on", "beslutsdag";
        DecisionMaker = "decision_maker", "beslutsfattare";
        Rapporteur = "rapporteur", "föredragande";
        Participants = "participants", "andra som deltog";
        Exemption = "exemption", "grund för att utelämna samråd";
        ExemptionReason = "exemption_reason", "skäl för grunden";
    }
}

/// What is wrong with a part of a decision, in Swedish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFault {
    /// The part.
    pub part: DecisionPart,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// What a decision is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judging {
    /// Whether it must say how much it changes: something is in force.
    pub significance: bool,
    /// The day on which it was taken; none where it is only planned.
    pub decided_on: Option<NaiveDate>,
    /// Whether the change is decided as it is written, which only an insignificant one may be.
    pub at_once: bool,
    /// Whether it must rest on a ground for leaving consultation out.
    pub ground: bool,
    /// The day in Sweden.
    pub today: NaiveDate,
}

/// The facts of a decision beside what the version itself holds. People stand here by function, never by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// How much the version changes; none for what is new or not judged yet.
    pub significance: Option<Significance>,
    /// Why it was judged so.
    pub significance_reason: Option<String>,
    /// The ground on which consultation was left out, if it was.
    pub exemption: Option<Exemption>,
    /// Why that ground holds.
    pub exemption_reason: Option<String>,
    /// Who decided, by function.
    pub decision_maker: Option<String>,
    /// Who presented the case (*föredragande*), by function.
    pub rapporteur: Option<String>,
    /// Others who took part in the final handling, by function.
    pub participants: Option<String>,
}

impl Decision {
    /// Judges what is said, wherever it is said: on the page where something planned is decided, and in a form whose change is decided at
    /// once.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the parts.
    pub fn check(&self, by: &Judging) -> Result<(), Vec<PartFault>> {
        let mut faults = Vec::new();
        let mut add = |part, message: &str| faults.push(PartFault { part, message: message.to_owned() });
        if by.significance
            && let Some(message) = significance_fault(self, by.at_once)
        {
            add(
                if self.significance.is_some() && !said(&self.significance_reason) {
                    DecisionPart::SignificanceReason
                } else {
                    DecisionPart::Significance
                },
                message,
            );
        }
        if by.decided_on.is_some_and(|day| day > by.today) {
            add(DecisionPart::DecidedOn, "Beslutsdatumet ligger i framtiden. Ange dagen då beslutet fattades.");
        }
        if by.decided_on.is_some() && !said(&self.decision_maker) {
            add(DecisionPart::DecisionMaker, "Skriv vem som fattade beslutet, till exempel avdelningschefen.");
        }
        if by.ground && self.exemption.is_none() {
            add(DecisionPart::Exemption, "Inget samråd har skett. Ange på vilken av de tre grunderna i 3 § det har utelämnats.");
        } else if by.ground && !said(&self.exemption_reason) {
            add(DecisionPart::ExemptionReason, "Skriv varför grunden gäller den här insamlingen.");
        }
        let texts = [
            (DecisionPart::SignificanceReason, &self.significance_reason, true),
            (DecisionPart::DecisionMaker, &self.decision_maker, false),
            (DecisionPart::Rapporteur, &self.rapporteur, false),
            (DecisionPart::Participants, &self.participants, false),
            (DecisionPart::ExemptionReason, &self.exemption_reason, true),
        ];
        for (part, text, has_lines) in texts {
            let fault = text.as_deref().map(|text| if has_lines { check_reason(text) } else { check_function(text) });
            faults.extend(fault.and_then(Result::err).map(|message| PartFault { part, message }));
        }
        faults.sort_by_key(|fault| fault.part);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

fn said(text: &Option<String>) -> bool {
    text.as_ref().is_some_and(|text| !text.trim().is_empty())
}

/// What is wrong with what is said of how much a change of something decided changes (3 §).
fn significance_fault(decision: &Decision, at_once: bool) -> Option<&'static str> {
    match decision.significance {
        None => Some("Ange om ändringen är obetydlig eller inte (3 §)."),
        Some(_) if !said(&decision.significance_reason) => Some("Skriv varför du bedömer ändringen så."),
        Some(Significance::Significant) if at_once => Some(
            "En ändring som inte är obetydlig beslutas för sig, efter samråd eller med stöd av ett undantag (3 §). Lämna beslutsdagen tom och spara ändringen som planerad.",
        ),
        Some(_) => None,
    }
}

/// Judges a text of several lines: a reason.
///
/// # Errors
/// What is wrong with it, in Swedish.
pub fn check_reason(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length > LONGEST_REASON {
        return Err(format!("Texten är {length} tecken lång. Högst {LONGEST_REASON} får plats."));
    }
    match text.chars().find(|c| crate::text::is_unfit(*c) && !matches!(c, '\n' | '\t')) {
        Some(_) => Err("Texten innehåller ett styrtecken som inte får förekomma. Ta bort det.".to_owned()),
        None => Ok(()),
    }
}

/// Judges one line: who decided or took part.
fn check_function(text: &str) -> Result<(), String> {
    if text.chars().count() > LONGEST_FUNCTION || text.chars().any(crate::text::is_unfit) {
        return Err(format!("Skriv högst {LONGEST_FUNCTION} tecken på en rad, utan styrtecken."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn parts(decision: &Decision, by: Judging) -> Vec<DecisionPart> {
        decision.check(&by).err().unwrap_or_default().into_iter().map(|fault| fault.part).collect()
    }

    fn planned() -> Judging {
        Judging { significance: false, decided_on: None, at_once: false, ground: false, today: day("2026-11-22") }
    }

    #[test]
    fn what_is_decided_says_who_decided_and_not_in_the_future() {
        let decided = Judging { decided_on: Some(day("2026-11-23")), ..planned() };
        assert_eq!(parts(&Decision::default(), planned()), []);
        assert_eq!(parts(&Decision::default(), decided), [DecisionPart::DecidedOn, DecisionPart::DecisionMaker]);
        let long = Decision { decision_maker: Some("x".repeat(501)), participants: Some("rad\nrad".into()), ..Decision::default() };
        assert_eq!(parts(&long, planned()), [DecisionPart::DecisionMaker, DecisionPart::Participants]);
        let unreadable = Decision { rapporteur: Some("\u{fffd}".into()), significance_reason: Some("\u{7}".into()), ..Decision::default() };
        assert_eq!(parts(&unreadable, planned()), [DecisionPart::SignificanceReason, DecisionPart::Rapporteur]);
    }

    #[test]
    fn how_much_a_change_changes_is_said_with_its_reason() {
        let change = Judging { significance: true, ..planned() };
        let mut decision = Decision::default();
        assert_eq!(parts(&decision, change), [DecisionPart::Significance]);
        decision.significance = Some(Significance::Significant);
        assert_eq!(parts(&decision, change), [DecisionPart::SignificanceReason]);
        decision.significance_reason = Some("Syftet är ett annat.\nFler frågor.".into());
        assert_eq!(parts(&decision, change), []);
        assert_eq!(parts(&decision, Judging { at_once: true, ..change }), [DecisionPart::Significance]);
    }

    #[test]
    fn consultation_is_left_out_on_a_ground_with_a_reason() {
        let asked = Judging { ground: true, ..planned() };
        let mut decision = Decision::default();
        assert_eq!(parts(&decision, asked), [DecisionPart::Exemption]);
        decision.exemption = Some(Exemption::NoTime);
        assert_eq!(parts(&decision, asked), [DecisionPart::ExemptionReason]);
        decision.exemption_reason = Some("Uppdraget kom i går.".into());
        assert_eq!(parts(&decision, asked), []);
    }
}
