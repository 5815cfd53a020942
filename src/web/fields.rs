//! What a form asks for, with what was typed and what is wrong with it; `templates/form.html` draws it.

use std::borrow::Cow;

use crate::domain::field::Field;

/// Who wants to know: the ordinance or the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// *Krävs enligt …* with the place in förordning (1982:668): `4 § 1`.
    Ordinance(&'static str),
    /// *Krävs om svaret är obligatoriskt* (4 § 1 förordning (1982:668)).
    WhereCompulsory,
    /// *Registrets fråga*: nobody must answer.
    Register,
    /// It goes without saying.
    Plainly,
}

impl Asked {
    /// The words of the tag beside the label, if it has one.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Ordinance(place) => Some(format!("krävs enligt {}", place.replace(' ', "\u{a0}"))),
            Self::WhereCompulsory => Some("krävs om svaret är obligatoriskt (4\u{a0}§\u{a0}1)".to_owned()),
            Self::Register => Some("registrets fråga".to_owned()),
            Self::Plainly => None,
        }
    }
}

/// One answer of several to choose among.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What stands beside it.
    pub label: String,
    /// More, in small letters.
    pub hint: Option<&'static str>,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A question of a form: a text, a choice or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name under which the answer is sent; also the identity on the page.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// What was typed; for choices see [`Question::choices`].
    pub value: String,
    /// One sentence of help.
    pub hint: Option<Cow<'static, str>>,
    /// More help, to unfold.
    pub more: Option<&'static str>,
    /// Who wants to know.
    pub asked: Asked,
    /// What is wrong with the answer.
    pub error: Option<String>,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// The type of the `<input>`: `text`, `email`, `url`, `search`.
    pub kind: &'static str,
    /// Lines of a text area.
    pub lines: usize,
    /// What the browser may fill in by itself.
    pub autocomplete: Option<&'static str>,
    /// Whether the answer is short: a number, a date, a week.
    pub short: bool,
}

impl Question {
    /// A question that has a text for answer.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            value: String::new(),
            hint: None,
            more: None,
            asked: Asked::Plainly,
            error: None,
            choices: Vec::new(),
            kind: "text",
            lines: 3,
            autocomplete: None,
            short: false,
        }
    }

    /// What was typed.
    #[must_use]
    pub fn typed(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// One sentence of help.
    #[must_use]
    pub fn hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// More help, to unfold.
    #[must_use]
    pub fn more(self, more: &'static str) -> Self {
        Self { more: Some(more), ..self }
    }

    /// Who wants to know.
    #[must_use]
    pub fn asked(self, asked: Asked) -> Self {
        Self { asked, ..self }
    }

    /// What is wrong, if anything.
    #[must_use]
    pub fn wrong(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }

    /// The type of the `<input>`.
    #[must_use]
    pub fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// Lines of a text area.
    #[must_use]
    pub fn lines(self, lines: usize) -> Self {
        Self { lines, ..self }
    }

    /// A short answer: a number, a date, a week.
    #[must_use]
    pub fn short(self) -> Self {
        Self { short: true, ..self }
    }

    /// What can be chosen, as value and label; those whose value is among `chosen` are.
    #[must_use]
    pub fn choices<V: Into<String>, L: Into<String>>(self, all: impl IntoIterator<Item = (V, L)>, chosen: &[&str]) -> Self {
        let choice = |(value, label): (V, L)| {
            let value: String = value.into();
            Choice { chosen: chosen.contains(&value.as_str()), label: label.into(), hint: None, value }
        };
        Self { choices: all.into_iter().map(choice).collect(), ..self }
    }

    /// More about one of the choices, given by value.
    #[must_use]
    pub fn explain(mut self, value: &str, hint: &'static str) -> Self {
        self.choices.iter_mut().filter(|choice| choice.value == value).for_each(|choice| choice.hint = Some(hint));
        self
    }

    /// The identity of the first element that takes an answer.
    #[must_use]
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// What describes the answer to a screen reader, as `aria-describedby` wants it; empty if nothing does.
    #[must_use]
    pub fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("f-{}-hjalp", self.name));
        let error = self.error.as_ref().map(|_| format!("f-{}-fel", self.name));
        [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The line of the error summary, if something is wrong.
    #[must_use]
    pub fn error_line(&self) -> Option<ErrorLine> {
        let colon = if self.label.ends_with('?') { "" } else { ":" };
        self.error.as_ref().map(|message| ErrorLine { href: format!("#{}", self.id()), text: format!("{}{colon} {message}", self.label) })
    }
}

/// A line of the error summary: what is wrong, leading to where it can be put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorLine {
    /// The field, perhaps on another page.
    pub href: String,
    /// The field's label and what is wrong.
    pub text: String,
}

/// The heading of a field as a label: with a capital.
#[must_use]
pub fn label_of(field: Field) -> String {
    super::filters::capital(field.label())
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;

    #[derive(Template)]
    #[template(
        source = "{% import \"form.html\" as f %}{% call f::summary(errors) %}{% endcall %}{% call f::text(q) %}{% endcall %}{% call f::area(q) %}{% endcall %}{% call f::radios(q) %}{% endcall %}{% call f::boxes(q) %}{% endcall %}{% call f::select(q) %}{% endcall %}",
        ext = "html"
    )]
    struct Sample {
        q: Question,
        errors: Vec<ErrorLine>,
    }

    #[test]
    fn a_question_shows_its_help_its_value_and_its_fault() {
        let q = Question::new("titel", "Titel")
            .typed("<b>\"Enkät\"")
            .hint("Vad den heter.")
            .more("Mer om detta.")
            .asked(Asked::Ordinance("4 § 1"))
            .wrong(Some("Titeln är för lång.".into()))
            .choices([("a", "Första"), ("b", "Andra")], &["b"])
            .explain("b", "Den andra.");
        let errors = q.error_line().into_iter().collect();
        let html = Sample { q, errors }.render().expect("a form");
        for part in [
            "href=\"#f-titel\"",
            "Titel: Titeln är för lång.",
            "aria-describedby=\"f-titel-hjalp f-titel-fel\"",
            "aria-invalid=\"true\"",
            "id=\"f-titel-fel\"",
            "krävs enligt 4\u{a0}§\u{a0}1",
            "value=\"b\" checked",
            "<option value=\"b\" selected",
            "Den andra.",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
        assert!(!html.contains("<b>"), "what is typed is never markup");
    }

    #[test]
    fn what_is_right_has_no_summary() {
        let q = Question::new("titel", "Titel");
        assert_eq!((q.described_by().as_str(), q.error_line()), ("", None));
        let html = Sample { q, errors: Vec::new() }.render().expect("a form");
        assert!(!html.contains("ds-error-summary") && !html.contains("aria-invalid") && !html.contains("aria-describedby"));
    }
}
