//! What a body answers: two assessments, an opinion and words. It never decides.

use super::Opinion;
use super::asking::{MOST_CHARACTERS, MOST_OF_DIARY_NUMBER};
use crate::domain::wording;

terms! {
    /// A part of what a body answers, as the form has it.
    AnswerPart {
        Coordination = "coordination", "bedömning: samordning";
        Feasibility = "feasibility", "bedömning: genomförbarhet och kvalitet";
        Opinion = "opinion", "yttrande";
        Words = "words", "yttrandet i ord";
        DiaryNumber = "diary_number", "ert diarienummer";
    }
}

/// What a body answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The assessment of coordination.
    pub coordination: Option<String>,
    /// The assessment of feasibility and quality.
    pub feasibility: Option<String>,
    /// The opinion.
    pub opinion: Opinion,
    /// In words.
    pub answer: Option<String>,
    /// The body's own diarienummer.
    pub diary_number: Option<String>,
}

/// An answer as it was typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Typed<'a> {
    /// The assessment of coordination.
    pub coordination: &'a str,
    /// The assessment of feasibility and quality.
    pub feasibility: &'a str,
    /// The code of the opinion.
    pub opinion: &'a str,
    /// In words.
    pub words: &'a str,
    /// The body's own diarienummer.
    pub diary_number: &'a str,
}

impl Answer {
    /// Reads an answer as it was typed.
    ///
    /// # Errors
    /// Everything that is wrong, in Swedish: no opinion; objections that are not put into words; a text that is too long.
    pub fn parse(typed: Typed<'_>) -> Result<Self, Vec<(AnswerPart, String)>> {
        let mut faults = Vec::new();
        let mut text = |part, words: &str, most| {
            let words = words.trim();
            faults.extend(wording::fault(words, most).map(|fault| (part, fault)));
            Some(words.to_owned()).filter(|words| !words.is_empty())
        };
        let coordination = text(AnswerPart::Coordination, typed.coordination, MOST_CHARACTERS);
        let feasibility = text(AnswerPart::Feasibility, typed.feasibility, MOST_CHARACTERS);
        let answer = text(AnswerPart::Words, typed.words, MOST_CHARACTERS);
        let diary_number = text(AnswerPart::DiaryNumber, typed.diary_number, MOST_OF_DIARY_NUMBER);
        let opinion = Opinion::from_code(typed.opinion);
        if opinion.is_none() {
            faults.push((AnswerPart::Opinion, "Välj ert yttrande.".to_owned()));
        }
        if answer.is_none() && matches!(opinion, Some(Opinion::Objections | Opinion::AdviseAgainst)) {
            faults.push((AnswerPart::Words, "Skriv vad ni vill att myndigheten ändrar, eller varför ni avstyrker.".to_owned()));
        }
        faults.sort_by_key(|(part, _)| *part);
        match opinion {
            Some(opinion) if faults.is_empty() => Ok(Self { coordination, feasibility, opinion, answer, diary_number }),
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objections_are_put_into_words_and_no_objection_need_not_be() {
        let parts = |typed| Answer::parse(typed).err().into_iter().flatten().map(|(part, _)| part).collect::<Vec<_>>();
        let none = Typed { opinion: "no_objection", ..Typed::default() };
        assert_eq!(Answer::parse(none).map(|answer| (answer.opinion, answer.answer)), Ok((Opinion::NoObjection, None)));
        assert_eq!(parts(Typed { opinion: "objections", words: " ", ..none }), [AnswerPart::Words]);
        assert_eq!(parts(Typed { opinion: "advise_against", ..none }), [AnswerPart::Words]);
        assert_eq!(parts(Typed { opinion: "", coordination: "a\u{0}b", ..none }), [AnswerPart::Coordination, AnswerPart::Opinion]);
        let long = "1".repeat(MOST_OF_DIARY_NUMBER + 1);
        assert_eq!(parts(Typed { diary_number: &long, ..none }), [AnswerPart::DiaryNumber]);
        let said = Answer::parse(Typed { opinion: "objections", words: " Ta bort fråga 3. ", ..none });
        assert_eq!(said.map(|answer| answer.answer), Ok(Some("Ta bort fråga 3.".to_owned())));
    }
}
