//! The last step: the whole record as it will be shown, everything that is wrong, and the button that registers.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::super::fields::{ErrorLine, Question};
use super::super::filters;
use super::super::layout::Layout;
use super::super::life::done;
use super::super::overlap::asked::Asked;
use super::super::overlap::nearby;
use super::super::page::PageResult;
use super::super::user::{User, Visitor};
use super::body::{StepLink, href, step_links};
use super::questions::{Faults, label};
use super::{conflict, with_status};
use crate::actions::beside::{Alike, Answering, Unclear};
use crate::actions::collections::change::Change;
use crate::actions::drafts::submit::{Gone, Submitted, gone, submit as submit_draft};
use crate::actions::origin;
use crate::clock;
use crate::db::drafts::Draft;
use crate::db::involved;
use crate::domain::access::{Action, may};
use crate::domain::decision::{DecisionPart, Exemption, PartFault, Significance};
use crate::domain::draft::compare::CHANGE_AS_A_WHOLE;
use crate::domain::draft::{Base, DraftForm, Known, Step};
use crate::domain::field::{Fault, Field};
use crate::domain::identifier::CollectionNumber;
use crate::domain::ordinance;
use crate::domain::terms::ConsultationStated;
use crate::error::Result;
use crate::state::AppState;

/// Said where somebody else has saved meanwhile.
const BY_A_COLLEAGUE: &str = "En kollega sparade utkastet medan du granskade.";

/// What the last try to register came to.
#[derive(Debug, Default)]
pub struct Said {
    /// Faults that only the register could find.
    pub faults: Vec<Fault>,
    /// What is wrong with what is said of the change as a decision.
    pub parts: Vec<PartFault>,
    /// What is wrong with what is answered for collections that ask for the same.
    pub unclear: Unclear,
    /// Why the change itself was refused.
    pub refused: Option<String>,
    /// That the form has been saved meanwhile, in words.
    pub saved_meanwhile: Option<String>,
}

/// The questions of a change, and what is wrong with it.
#[derive(Debug)]
pub struct ChangeBody {
    /// Whether the change is insignificant.
    pub significance: Question,
    /// Why.
    pub reason: Question,
    /// When and by whom an insignificant one is decided already; none where it cannot be decided at once.
    pub decision: Vec<Question>,
    /// On what ground consultation is left out, and why it holds, where none was held.
    pub ground: Option<(Question, Question)>,
    /// Whether something of the decision is filled in or wrong.
    pub open: bool,
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
    /// What the page was made of.
    pub base: Base,
    /// The title typed so far.
    pub title: String,
    /// The collection that it changes.
    pub number: Option<String>,
    /// The steps.
    pub steps: Vec<StepLink>,
    /// What is wrong, each leading to its step and field.
    pub errors: Vec<ErrorLine>,
    /// What is left for the decision, each leading to its step and field.
    pub missing: Vec<ErrorLine>,
    /// That the form has been saved meanwhile, in words.
    pub saved_meanwhile: Option<String>,
    /// The answers by step.
    pub parts: Vec<Part>,
    /// For a change of what is decided: the questions about it.
    pub change: Option<ChangeBody>,
    /// The collections that probably ask for the same.
    pub asked: Asked,
}

impl ReviewPage {
    /// The page of a form; `at_once`: whether its change may be decided as it is written.
    #[must_use]
    pub fn new(layout: Layout, draft: &Draft, known: &Known, (at_once, asked): (bool, Asked), said: Said) -> Self {
        let form = &draft.form;
        let parsed = form.parse(known);
        let missing = parsed.as_ref().map(|new| ordinance::missing_for_decision(&new.parts().content)).unwrap_or_default();
        let mut faults = parsed.err().unwrap_or_default();
        faults.extend(said.faults);
        let steps = step_links(draft, &faults, Step::Review);
        let mut errors = Faults(faults).lines(|step| format!("{}?visa=fel", href(draft.id, step)));
        let change = draft.decided.then(|| ChangeBody::new(form, at_once, &said.parts));
        errors.extend(asked.error_lines());
        errors.extend(change.iter().flat_map(ChangeBody::error_lines));
        errors.extend(said.refused.iter().map(|text| ErrorLine { href: "#granskat".to_owned(), text: text.clone() }));
        let missing = missing.iter().map(|point| ErrorLine {
            href: format!("{}#f-{}", href(draft.id, Step::of(point.field())), point.field().code()),
            text: point.message().to_owned(),
        });
        let part = |step: &Step| {
            let shown = DraftForm::fields().filter(|field| Step::of(*field) == *step && is_answered(form, *field));
            let rows = shown.map(|field| (heading(field), form.shown(field, known))).filter(|(_, lines)| !lines.is_empty()).collect();
            Part { name: filters::capital(step.label()), href: href(draft.id, *step), rows }
        };
        Self {
            layout,
            id: draft.id,
            revision: draft.revision,
            base: Base::of_step(form, Step::Review),
            title: form.title(),
            number: draft.number.map(|number| number.to_string()),
            steps,
            errors,
            missing: missing.collect(),
            saved_meanwhile: said.saved_meanwhile,
            parts: Step::ALL.iter().filter(|step| **step != Step::Review).map(part).collect(),
            change,
            asked,
        }
    }

    /// Whether its form has fields, which are saved when the page is left.
    #[must_use]
    pub fn has_fields(&self) -> bool {
        self.change.is_some() || self.asked.asks()
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
        CHANGE_AS_A_WHOLE => "Om ändringen och liknande insamlingar".to_owned(),
        field => label(field),
    }
}

impl ChangeBody {
    fn new(form: &DraftForm, at_once: bool, faults: &[PartFault]) -> Self {
        let typed = |part: DecisionPart| form.change.get(part.code()).cloned().unwrap_or_default();
        let fault = |part| {
            let told: Vec<&str> = faults.iter().filter(|fault| fault.part == part).map(|fault| fault.message.as_str()).collect();
            (!told.is_empty()).then(|| told.join(" "))
        };
        let chosen = typed(DecisionPart::Significance);
        let terms = Significance::ALL.iter().map(|term| (term.code(), filters::capital(term.label())));
        let significance = Question::new(DecisionPart::Significance.code(), "Är ändringen obetydlig?")
            .hint("Insamlingen är beslutad. Då beror det på ändringen om den får beslutas utan nytt samråd (3 §).")
            .more("En ändring som inte är obetydlig kräver samråd innan den beslutas, om inte något av undantagen gäller. Ändrad titel, ändrat syfte, andra uppgiftslämnare eller andra uppgifter är sällan obetydligt.")
            .choices(terms, &[&chosen])
            .wrong(fault(DecisionPart::Significance));
        let text = |part: DecisionPart, label: &str| Question::new(part.code(), label).typed(typed(part)).wrong(fault(part));
        let decision = vec![
            text(DecisionPart::DecidedOn, "Beslutsdag")
                .hint("Fyll i om en obetydlig ändring redan är beslutad, till exempel 2026-11-20.")
                .short(),
            text(DecisionPart::DecisionMaker, "Beslutsfattare").hint("Funktionen, till exempel enhetschef."),
            text(DecisionPart::Rapporteur, "Föredragande").hint("Funktionen."),
            text(DecisionPart::Participants, "Andra som deltog").hint("Funktioner."),
        ];
        let chosen = typed(DecisionPart::Exemption);
        let grounds = Exemption::ALL.iter().map(|ground| (ground.code(), filters::capital(ground.label())));
        let ground = Question::new(DecisionPart::Exemption.code(), "Varför har samråd utelämnats?")
            .hint("Behövs om urvalet eller tiden för en enkät ändras. 3 § har bara dessa tre grunder.")
            .choices(grounds, &[&chosen])
            .wrong(fault(DecisionPart::Exemption));
        let why = text(DecisionPart::ExemptionReason, "Varför gäller grunden här?");
        let said = |one: &Question| !one.value.is_empty() || one.error.is_some();
        let grounded = !chosen.is_empty() || ground.error.is_some() || said(&why);
        let open = decision.iter().any(said) || grounded;
        // what was filled in while it was possible stays in sight, so that it can be taken away
        let shown = at_once || open;
        let asks_ground = shown && (form.text(Field::Consultation) == ConsultationStated::NotHeld.code() || grounded);
        Self {
            significance,
            reason: text(DecisionPart::SignificanceReason, "Varför bedömer ni det så?"),
            decision: if shown { decision } else { Vec::new() },
            ground: asks_ground.then_some((ground, why)),
            open,
        }
    }

    fn error_lines(&self) -> Vec<ErrorLine> {
        let ground = self.ground.iter().flat_map(|(ground, why)| [ground, why]);
        [&self.significance, &self.reason].into_iter().chain(&self.decision).chain(ground).filter_map(Question::error_line).collect()
    }
}

/// Whether the change of a form may be decided as it is written: by whoever is responsible, and while no other change waits.
pub(super) async fn may_decide_at_once(state: &AppState, user: &User, draft: &Draft) -> Result<bool> {
    let Some(number) = draft.number.filter(|_| draft.decided) else { return Ok(false) };
    let today = clock::swedish_day(clock::now());
    let known = involved::by_number(&mut state.db.read().await?, number, today).await?;
    Ok(known.is_some_and(|known| !known.has_revision() && may(&user.actor, Action::Decide(known.parties(today)))))
}

/// The page of a form.
pub(super) async fn read(state: &AppState, user: &User, known: &Known, draft: &Draft, said: Said) -> Result<ReviewPage> {
    let found = nearby::alike(state, user, draft, clock::swedish_day(clock::now())).await;
    with_alike(state, user, known, draft, (found.as_deref(), said)).await
}

/// The same where it is known what the form is like.
async fn with_alike(
    state: &AppState,
    user: &User,
    known: &Known,
    draft: &Draft,
    (found, said): (Option<&[Alike]>, Said),
) -> Result<ReviewPage> {
    let layout = Layout::new(state, Visitor(Some(user.clone())), "");
    let at_once = may_decide_at_once(state, user, draft).await?;
    let mut tx = state.db.read().await?;
    let asked = Asked::of(&mut tx, draft, found, &said.unclear, clock::swedish_day(clock::now())).await?;
    Ok(ReviewPage::new(layout, draft, known, (at_once, asked), said))
}

/// What is saved now, for somebody who wanted to register what an older page showed.
pub(super) async fn unseen(state: &AppState, user: &User, known: &Known, draft: &Draft) -> PageResult {
    let own = draft.is_by(Some(user.actor.person));
    let happened = if own { format!("{}.", conflict::SAVED_ELSEWHERE) } else { BY_A_COLLEAGUE.to_owned() };
    let said = Said { saved_meanwhile: Some(happened), ..Said::default() };
    with_status(StatusCode::CONFLICT, &read(state, user, known, draft, said).await?)
}

/// The collection's page, which tells what came of the form.
fn registered(number: CollectionNumber, change: Option<Change>) -> Response {
    let code = match change {
        None => "registrerad",
        Some(Change::None) => "oforandrad",
        Some(Change::Changed) => "andrad",
        Some(Change::Revised) => "planerad",
    };
    done(number, code)
}

/// Where a form that is gone leads: to what came of it.
pub(super) async fn led_on(state: &AppState, user: &User, id: &str) -> Result<Option<Response>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let gone = gone(&mut state.db.read().await?, &user.actor, id).await?;
    Ok(gone.map(|gone| match gone {
        Gone::Submitted { number, change, is_newest: true } => registered(number, change),
        Gone::Submitted { number, .. } => Redirect::to(&format!("/insamlingar/{number}")).into_response(),
        Gone::Removed => Redirect::to("/skrivbord?sparat=borttaget").into_response(),
    }))
}

/// Registers the collection, or writes the change.
pub(super) async fn submit(state: &AppState, user: &User, known: &Known, draft: &Draft) -> PageResult {
    let found = nearby::alike(state, user, draft, clock::swedish_day(clock::now())).await;
    let answering = Answering { origin: &origin(state), alike: found.as_deref() };
    let at = (draft.id, draft.revision);
    let (status, said) = match submit_draft(&state.db, &user.actor, known, at, &answering, clock::now()).await? {
        Submitted::Registered(number) => {
            state.nudge.mail();
            return Ok(registered(number, None));
        }
        Submitted::Changed(number, change) => {
            state.nudge.mail();
            return Ok(registered(number, Some(change)));
        }
        Submitted::Overtaken(theirs, changed_at) => {
            let choices = conflict::Choices::Proposed(&draft.form.begun);
            let layout = Layout::new(state, Visitor(Some(user.clone())), "");
            let page = conflict::ConflictPage::of_change(layout, draft, (&theirs, changed_at), choices, known);
            return with_status(StatusCode::CONFLICT, &page);
        }
        Submitted::Saved => (StatusCode::CONFLICT, Said { saved_meanwhile: Some(BY_A_COLLEAGUE.to_owned()), ..Said::default() }),
        Submitted::Faults(faults) => {
            // what the form itself can tell is told by the page
            let faults = if draft.form.parse(known).is_ok() { faults } else { Vec::new() };
            (StatusCode::UNPROCESSABLE_ENTITY, Said { faults, ..Said::default() })
        }
        Submitted::Undecided(parts) => (StatusCode::UNPROCESSABLE_ENTITY, Said { parts, ..Said::default() }),
        Submitted::Unclear(unclear) => (StatusCode::UNPROCESSABLE_ENTITY, Said { unclear, ..Said::default() }),
        Submitted::Refused(message) => (StatusCode::UNPROCESSABLE_ENTITY, Said { refused: Some(message), ..Said::default() }),
    };
    with_status(status, &with_alike(state, user, known, draft, (found.as_deref(), said)).await?)
}
