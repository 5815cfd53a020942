//! The last step: the whole record as it will be shown, everything that is wrong, and the button that registers.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use uuid::Uuid;

use super::super::fields::{ErrorLine, Question};
use super::super::filters;
use super::super::layout::Layout;
use super::super::page::PageResult;
use super::super::user::{User, Visitor};
use super::body::{StepLink, href, step_links};
use super::questions::{Faults, label};
use super::{conflict, with_status};
use crate::actions::collections::change::Change;
use crate::actions::drafts::submit::{Submitted, submit as submit_draft};
use crate::clock;
use crate::db::drafts::Draft;
use crate::domain::decision::Significance;
use crate::domain::draft::compare::CHANGE_AS_A_WHOLE;
use crate::domain::draft::{DraftForm, Known, Step};
use crate::domain::field::{Fault, Field};
use crate::domain::ordinance;
use crate::state::AppState;

/// What the last try to register came to.
#[derive(Debug, Default)]
pub struct Said {
    /// Faults that only the register could find.
    pub faults: Vec<Fault>,
    /// Why the change itself was refused.
    pub refused: Option<String>,
    /// That somebody else has saved meanwhile.
    pub saved_meanwhile: bool,
}

/// The questions of a change, and what is wrong with it.
#[derive(Debug)]
pub struct ChangeBody {
    /// Whether the change is insignificant.
    pub significance: Question,
    /// Why.
    pub reason: Question,
    /// When and by whom an insignificant one is decided already.
    pub decision: Vec<Question>,
}

/// A step's answers.
#[derive(Debug)]
pub struct Part {
    /// The step's name.
    pub name: String,
    /// Where they are changed.
    pub href: String,
    /// What is answered.
    pub rows: Vec<(String, Vec<String>)>,
}

/// The last step.
#[derive(Debug, Template)]
#[template(path = "editor/review.html")]
pub struct ReviewPage {
    /// The frame.
    pub layout: Layout,
    /// The form.
    pub id: Uuid,
    /// Its revision.
    pub revision: i64,
    /// The title typed so far.
    pub title: String,
    /// The collection that it changes.
    pub number: Option<String>,
    /// The steps.
    pub steps: Vec<StepLink>,
    /// What is wrong, each leading to its step and field.
    pub errors: Vec<ErrorLine>,
    /// What is left for the decision, in words.
    pub missing: Vec<&'static str>,
    /// Whether somebody else has saved meanwhile.
    pub saved_meanwhile: bool,
    /// The answers by step.
    pub parts: Vec<Part>,
    /// For a change of what is decided: the questions about it.
    pub change: Option<ChangeBody>,
}

impl ReviewPage {
    /// The page of a form.
    #[must_use]
    pub fn new(layout: Layout, draft: &Draft, known: &Known, said: Said) -> Self {
        let form = &draft.form;
        let parsed = form.parse(known);
        let missing = parsed.as_ref().map(|new| ordinance::missing_for_decision(&new.parts().content)).unwrap_or_default();
        let mut faults = parsed.err().unwrap_or_default();
        faults.extend(said.faults);
        let steps = step_links(draft, &faults, Step::Review);
        let mut errors = Faults(faults).lines(|step| format!("{}?visa=fel", href(draft.id, step)));
        errors.extend(said.refused.iter().map(|text| ErrorLine { href: "#f-significance".to_owned(), text: text.clone() }));
        let part = |step: &Step| {
            let shown = DraftForm::fields().filter(|field| Step::of(*field) == *step && is_answered(form, *field));
            let rows = shown.map(|field| (heading(field), form.shown(field, known))).filter(|(_, lines)| !lines.is_empty()).collect();
            Part { name: filters::capital(step.label()), href: href(draft.id, *step), rows }
        };
        Self {
            layout,
            id: draft.id,
            revision: draft.revision,
            title: form.title(),
            number: draft.number.map(|number| number.to_string()),
            steps,
            errors,
            missing: missing.iter().map(|point| point.message()).collect(),
            saved_meanwhile: said.saved_meanwhile,
            parts: Step::ALL.iter().filter(|step| **step != Step::Review).map(part).collect(),
            change: draft.decided.then(|| ChangeBody::new(form)),
        }
    }
}

/// Whether an answer is worth a line: *ej angivet* is none.
fn is_answered(form: &DraftForm, field: Field) -> bool {
    form.text(field) != "unstated"
}

/// The heading of a field where it stands for a whole.
pub(super) fn heading(field: Field) -> String {
    match field {
        Field::ItemLabel => "Uppgifter".to_owned(),
        Field::RoundLabel => "Omgångar".to_owned(),
        CHANGE_AS_A_WHOLE => "Om ändringen".to_owned(),
        field => label(field),
    }
}

impl ChangeBody {
    fn new(form: &DraftForm) -> Self {
        let typed = |name: &str| form.change.get(name).cloned().unwrap_or_default();
        let chosen = typed("significance");
        let terms = Significance::ALL.iter().map(|term| (term.code(), filters::capital(term.label())));
        let significance = Question::new("significance", "Är ändringen obetydlig?")
            .hint("Insamlingen är beslutad. Då beror det på ändringen om den får beslutas utan nytt samråd (3 §).")
            .more("En ändring som inte är obetydlig kräver samråd innan den beslutas, om inte något av undantagen gäller. Ändrad titel, ändrat syfte, andra uppgiftslämnare eller andra uppgifter är sällan obetydligt.")
            .choices(terms, &[&chosen]);
        let text = |name: &'static str, label: &str| Question::new(name, label).typed(typed(name));
        Self {
            significance,
            reason: text("significance_reason", "Varför bedömer ni det så?"),
            decision: vec![
                text("decided_on", "Beslutsdag").hint("Fyll i om en obetydlig ändring redan är beslutad, till exempel 2026-11-20.").short(),
                text("decision_maker", "Beslutsfattare").hint("Funktionen, till exempel enhetschef."),
                text("rapporteur", "Föredragande").hint("Funktionen."),
                text("participants", "Andra som deltog").hint("Funktioner."),
            ],
        }
    }
}

/// What is saved now, for somebody who wanted to register what an older page showed.
pub(super) fn unseen(state: &AppState, user: &User, known: &Known, draft: &Draft) -> PageResult {
    let layout = Layout::new(state, Visitor(Some(user.clone())), "");
    let said = Said { saved_meanwhile: true, ..Said::default() };
    with_status(StatusCode::CONFLICT, &ReviewPage::new(layout, draft, known, said))
}

/// Registers the collection, or writes the change.
pub(super) async fn submit(state: &AppState, user: &User, known: &Known, draft: &Draft) -> PageResult {
    let layout = || Layout::new(state, Visitor(Some(user.clone())), "");
    let refused = |status, said| with_status(status, &ReviewPage::new(layout(), draft, known, said));
    match submit_draft(&state.db, &user.actor, known, draft.id, draft.revision, clock::now()).await? {
        Submitted::Registered(number) => Ok(Redirect::to(&format!("/insamlingar/{number}?sparat=registrerad")).into_response()),
        Submitted::Changed(number, change) => {
            let code = match change {
                Change::None => "oforandrad",
                Change::Changed => "andrad",
                Change::Revised => "planerad",
            };
            Ok(Redirect::to(&format!("/insamlingar/{number}?sparat={code}")).into_response())
        }
        Submitted::Faults(faults) => {
            // what the form itself can tell is told by the page
            let faults = if draft.form.parse(known).is_ok() { faults } else { Vec::new() };
            refused(StatusCode::UNPROCESSABLE_ENTITY, Said { faults, ..Said::default() })
        }
        Submitted::Refused(message) => refused(StatusCode::UNPROCESSABLE_ENTITY, Said { refused: Some(message), ..Said::default() }),
        Submitted::Saved => refused(StatusCode::CONFLICT, Said { saved_meanwhile: true, ..Said::default() }),
        Submitted::Overtaken(theirs, changed_at) => {
            let page = conflict::ConflictPage::of_change(layout(), draft, &theirs, changed_at, known);
            with_status(StatusCode::CONFLICT, &page)
        }
    }
}
