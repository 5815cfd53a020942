//! What a form answers for collections that probably ask for the same already. It is kept as typed, and becomes an answer to a flag once
//! the collection is registered.

use serde::{Deserialize, Serialize};

use super::DraftForm;
use super::input::harmless;
use crate::domain::identifier::CollectionNumber;
use crate::domain::overlap::answer::{Answer, AnswerFaults, AnswerKind};

/// How the name begins under which the choice for a collection is sent; its number follows.
pub const CHOICE: &str = "svar_";
/// How the name begins under which the explanation of the choice is sent; the number follows.
pub const REASON: &str = "skal_";
/// The most collections that a form answers for: many more than a page shows.
const MOST: usize = 50;

/// What is answered for a collection, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftAnswer {
    /// The choice, by code; empty as long as it is put off.
    pub kind: String,
    /// The explanation.
    pub reason: String,
}

impl DraftAnswer {
    /// The answer, if one is given: nobody has to before consultation.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn given(&self) -> Result<Option<Answer>, AnswerFaults> {
        if self.kind.is_empty() && self.reason.trim().is_empty() { Ok(None) } else { Answer::parse(&self.kind, &self.reason).map(Some) }
    }

    /// The answer as a line of text.
    #[must_use]
    pub fn in_words(&self) -> String {
        let kind = AnswerKind::from_code(&self.kind).map_or("inget svar", AnswerKind::label);
        if self.reason.trim().is_empty() { kind.to_owned() } else { format!("{kind}. {}", self.reason.trim()) }
    }
}

impl DraftForm {
    /// Takes over what a page sent for collections that probably ask for the same. What a page does not show stays.
    pub(super) fn apply_answers(&mut self, pairs: &[(String, String)]) {
        for (name, value) in pairs {
            let part = name.strip_prefix(CHOICE).map(|number| (number, true));
            let part = part.or_else(|| name.strip_prefix(REASON).map(|number| (number, false)));
            let Some((number, is_choice)) = part else { continue };
            let Some(number) = CollectionNumber::parse(number).map(|number| number.to_string()) else { continue };
            if self.answers.len() >= MOST && !self.answers.contains_key(&number) {
                continue;
            }
            let answer = self.answers.entry(number).or_default();
            if is_choice {
                answer.kind = AnswerKind::from_code(value).map(|kind| kind.code().to_owned()).unwrap_or_default();
            } else {
                answer.reason = harmless(value);
            }
        }
        self.answers.retain(|_, answer| *answer != DraftAnswer::default());
    }

    /// The way back from [`DraftForm::apply_answers`].
    pub(super) fn answer_pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let pairs = |(number, answer): (&String, &DraftAnswer)| {
            [(format!("{CHOICE}{number}"), answer.kind.clone()), (format!("{REASON}{number}"), answer.reason.clone())]
        };
        self.answers.iter().flat_map(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(form: &DraftForm, pairs: &[(&str, &str)]) -> DraftForm {
        let mut form = form.clone();
        let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        form.apply_answers(&pairs);
        form
    }

    #[test]
    fn answers_are_kept_as_typed_and_put_off_by_choosing_nothing() {
        let empty = DraftForm::default();
        let form =
            applied(&empty, &[("svar_2026-0012", "differs"), ("skal_2026-0012", " "), ("svar_2025-0001", ""), ("skal_2025-0001", "")]);
        assert_eq!(form.answers.len(), 1);
        let typed = &form.answers["2026-0012"];
        assert!(typed.given().expect_err("a difference without a reason").reason.is_some());
        let form = applied(&form, &[("svar_2026-0012", "differs"), ("skal_2026-0012", "Gäller folkhögskolor.")]);
        assert_eq!(form.answers["2026-0012"].in_words(), "insamlingen skiljer sig. Gäller folkhögskolor.");
        assert!(form.answers["2026-0012"].given().expect("an answer").is_some());
        let back: Vec<(String, String)> = form.answer_pairs().collect();
        let mut again = DraftForm::default();
        again.apply_answers(&back);
        assert_eq!(again.answers, form.answers);
        let put_off = applied(&form, &[("svar_2026-0012", ""), ("skal_2026-0012", "")]);
        assert!(put_off.answers.is_empty());
        let unanswered = applied(&empty, &[("svar_2026-0012", ""), ("skal_2026-0012", "Ord utan val")]);
        assert!(unanswered.answers["2026-0012"].given().expect_err("words without a choice").kind.is_some());
    }

    #[test]
    fn nothing_else_than_numbers_and_choices_is_taken() {
        let many: Vec<(String, String)> = (1..=200).map(|at| (format!("svar_2026-{at:04}"), "reuse".to_owned())).collect();
        let mut form = DraftForm::default();
        form.apply_answers(&many);
        assert_eq!(form.answers.len(), MOST);
        assert!(
            applied(&DraftForm::default(), &[("svar_<b>", "reuse"), ("svar_2026-0001", "allt"), ("svar_", "reuse")]).answers.is_empty()
        );
        let nul = applied(&DraftForm::default(), &[("skal_2026-0001", "a\u{0}b")]);
        assert_eq!(nul.answers["2026-0001"].reason, "a\u{fffd}b");
    }
}
