//! The questions of the form in which something is decided that depend on what is known.

use super::decide::Faults;
use crate::actions::consultations::closed::Held;
use crate::domain::decision::{DecisionPart, Exemption, Significance};
use crate::web::fields::{Asked, Question};
use crate::web::filters::capital;
use crate::web::form::Fields;

/// The question whether the decision rests on a case about an earlier draft.
pub(super) fn rests_question(held: &Held, fields: &Fields) -> Question {
    let number = held.number.to_string();
    let label = format!("Ja, beslutet grundas på samrådet {number} med {}", held.with);
    Question::new("samrad", "Gäller samrådet även det som beslutas?")
        .hint("Svara ja om ni ändrade efter samrådet, till exempel för att ta hänsyn till synpunkterna. Är det ett annat förslag behövs ett nytt samråd, om inget av undantagen gäller.")
        .choices([(number, label)], &[fields.get("samrad")])
        .asked(Asked::Ordinance("4 § 5"))
}

/// The questions of the ground on which consultation was left out, with what was chosen and typed.
pub(super) fn ground_questions((chosen, reason): (&str, String), optional: bool, faults: &Faults) -> (Question, Question) {
    let hint =
        if optional { "Fyll i om inget samråd har skett. 3 § har bara dessa tre grunder." } else { "3 § har bara dessa tre grunder." };
    let grounds = Exemption::ALL.iter().map(|ground| (ground.code(), capital(ground.label())));
    let ground = Question::new("grund", "Varför har samråd utelämnats?")
        .hint(hint)
        .choices(grounds, &[chosen])
        .asked(Asked::Ordinance("3 §"))
        .wrong(faults.of(DecisionPart::Exemption));
    let why = Question::new("skal", "Varför gäller grunden här?")
        .typed(reason)
        .asked(Asked::Ordinance("3 §"))
        .wrong(faults.of(DecisionPart::ExemptionReason));
    (ground, why)
}

/// The questions of how much a change changes.
pub(super) fn significance_questions(fields: &Fields, faults: &Faults) -> (Question, Question) {
    let terms = Significance::ALL.iter().map(|term| (term.code(), capital(term.label())));
    let how = Question::new("betydelse", "Är ändringen obetydlig?")
        .hint("Ändringen planerades med en fil, som inte säger det.")
        .more("En ändring som inte är obetydlig kräver samråd innan den beslutas, om inget av undantagen gäller. Ändrad titel, ändrat syfte, andra uppgiftslämnare eller andra uppgifter är sällan obetydligt.")
        .choices(terms, &[fields.get("betydelse")])
        .asked(Asked::Ordinance("3 §"))
        .wrong(faults.of(DecisionPart::Significance));
    let why = Question::new("betydelse_skal", "Varför bedömer ni det så?")
        .typed(fields.get("betydelse_skal"))
        .wrong(faults.of(DecisionPart::SignificanceReason));
    (how, why)
}
