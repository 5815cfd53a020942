//! A form of a case that was sent and could not be taken: what was typed in it, and what is wrong.

use uuid::Uuid;

use crate::domain::consultation::point::{Check, PointKind, ReplyKind};
use crate::domain::consultation::{Opinion, Outcome};
use crate::web::fields::Question;
use crate::web::filters::capital;
use crate::web::form::Fields;

/// A form of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Begin to review.
    Take,
    /// Ask the agency.
    AskAgency,
    /// Reply to a body.
    Reply,
    /// Give an opinion.
    Answer,
    /// Close the case.
    Close,
    /// Withdraw it.
    Withdraw,
    /// Write to the other side.
    Say,
    /// Write a note.
    Note,
    /// Write a point.
    Point,
    /// Reply to this point.
    PointReply(Uuid),
    /// Check this point off.
    PointCheck(Uuid),
    /// Change this point, which is prepared.
    PointChange(Uuid),
    /// Take this point back.
    PointTakeBack(Uuid),
    /// Send what is prepared.
    SendPoints,
}

/// A form that was sent and could not be taken.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Which.
    pub form: Form,
    /// What was typed.
    pub fields: Fields,
    /// What is wrong with which field.
    pub faults: Vec<(String, String)>,
    /// What is wrong with all of it.
    pub top: Option<String>,
    /// Somebody else has done something meanwhile: it can be sent again where its form is still offered.
    pub crossed: bool,
}

impl Sent {
    /// What is wrong as a whole.
    #[must_use]
    pub fn refused(form: Form, fields: Fields, top: String) -> Self {
        Self { form, fields, faults: Vec::new(), top: Some(top), crossed: false }
    }

    /// Whether what was typed is not put into its form again, as a colleague's words stand there now.
    #[must_use]
    pub fn is_kept_apart(&self) -> bool {
        self.crossed && matches!(self.form, Form::PointChange(_))
    }

    /// What was typed and chosen, each under what was asked: shown where the form is not offered any more.
    #[must_use]
    pub fn typed(&self) -> Vec<(&'static str, String)> {
        let known = |name: &str| {
            let first = name.split('-').next().unwrap_or_default();
            TYPED.iter().find(|(known, _)| *known == first).map(|(_, asked)| *asked)
        };
        let all = self.fields.pairs().iter().filter(|(_, value)| !value.trim().is_empty());
        all.filter_map(|(name, value)| Some((known(name)?, in_words(value)))).collect()
    }
}

/// The fields in which somebody says something, and what is asked there.
const TYPED: [(&str, &str); 15] = [
    ("svar", "Ert svar"),
    ("yttrande", "Yttrandet i ord"),
    ("samordning", "Er bedömning: samordning"),
    ("genomforbarhet", "Er bedömning: genomförbarhet och kvalitet"),
    ("diarienummer", "Ert diarienummer"),
    ("ord", "Er text"),
    ("inlagg", "Inlägg"),
    ("anteckning", "Anteckning"),
    ("utfall", "Hur samrådet slutade"),
    ("avslut", "Er syn"),
    ("punktslag", "Vad synpunkten gäller"),
    ("synpunkt", "Synpunkten"),
    ("skal", "Skäl"),
    ("avprickad", "Avstämd mot det formulär som skickades"),
    ("varfor", "Varför synpunkten tas tillbaka"),
];

/// The label of what was chosen; what was typed as it is.
fn in_words(value: &str) -> String {
    let opinion = Opinion::from_code(value).map(Opinion::label);
    let label = opinion
        .or_else(|| Outcome::from_code(value).map(Outcome::label))
        .or_else(|| PointKind::from_code(value).map(PointKind::label))
        .or_else(|| ReplyKind::from_code(value).map(ReplyKind::label))
        .or_else(|| Check::from_code(value).map(Check::label));
    label.map_or_else(|| value.to_owned(), capital)
}

/// What was typed in a form, if it was this one.
#[derive(Debug, Clone, Copy)]
pub struct Typing<'a>(pub Option<&'a Sent>);

impl Typing<'_> {
    /// The sent form, if it is this one.
    fn of(&self, form: Form) -> Option<&Sent> {
        self.0.filter(|sent| sent.form == form)
    }

    /// A question of a form with what was typed and what is wrong; `known`: what stands there at first.
    #[must_use]
    pub fn text(&self, form: Form, name: &str, label: &str, known: &str) -> Question {
        let sent = self.of(form);
        let typed = sent.map_or(known, |sent| sent.fields.get(name));
        Question::new(name, label).typed(typed).wrong(sent.and_then(|sent| fault(sent, name)))
    }

    /// A choice of a form, likewise.
    #[must_use]
    pub fn choice(&self, form: Form, name: &str, label: &str, all: Vec<(String, String)>, known: &str) -> Question {
        let sent = self.of(form);
        let chosen = sent.map_or(known, |sent| sent.fields.get(name)).to_owned();
        Question::new(name, label).choices(all, &[&chosen]).wrong(sent.and_then(|sent| fault(sent, name)))
    }
}

fn fault(sent: &Sent, name: &str) -> Option<String> {
    sent.faults.iter().find(|(field, _)| *field == name).map(|(_, message)| message.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_was_typed_is_given_back_under_what_was_asked() {
        let fields =
            Fields::parse("csrf=x&revision=3&svar=advise_against&yttrande=Nej.%0ATv%C3%A5&diarienummer=26%2F7&skal-1=+".as_bytes());
        let sent = Sent::refused(Form::Answer, fields, String::new());
        let typed = sent.typed();
        let said: Vec<(&str, &str)> = typed.iter().map(|(asked, words)| (*asked, words.as_str())).collect();
        assert_eq!(said, [("Ert svar", "Avstyrker"), ("Yttrandet i ord", "Nej.\nTvå"), ("Ert diarienummer", "26/7")]);
    }
}
