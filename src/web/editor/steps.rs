//! The steps of the form: shown, saved, and what follows.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::super::failure::Failure;
use super::super::form::{Fields, Posted};
use super::super::layout::Layout;
use super::super::overlap::nearby::Nearby;
use super::super::page::{PageResult, page};
use super::super::user::{User, Visitor};
use super::body::{LEADING, StepPage, View, href};
use super::{conflict, review, with_status};
use crate::actions::drafts::submit::reference_fault;
use crate::actions::drafts::{self, Saved, Saving};
use crate::clock;
use crate::db::Tx;
use crate::db::drafts::Draft;
use crate::domain::draft::input::REMOVING;
use crate::domain::draft::rule::RuleFault;
use crate::domain::draft::{DraftForm, DraftRound, Known, Step};
use crate::domain::field::{Fault, Field};
use crate::domain::terms::Periodicity;
use crate::error::Error;
use crate::state::AppState;

/// Where in the form somebody is.
pub type Place = (String, String);

/// Reads the identity and the step of an address.
fn place((id, step): &Place) -> Result<(Uuid, Step), Error> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    Step::from_code(step).map(|step| (id, step)).ok_or(Error::NotFound)
}

/// `GET /utkast/{id}`: leads to the step that was saved last.
///
/// # Errors
/// There is no such form in the person's own organisation.
pub async fn first(State(state): State<AppState>, user: User, Path(id): Path<String>) -> Result<Response, Failure> {
    let (id, step) = place(&(id, Step::Basics.code().to_owned()))?;
    let draft = drafts::open(&mut state.db.read().await?, &user.actor, id, clock::now()).await?;
    let last = Step::from_code(&draft.form.step).unwrap_or(step);
    Ok(Redirect::to(&href(id, last)).into_response())
}

/// `GET /utkast/{id}/{steg}`: `?visa=fel` tells what is wrong, `?rader=20` gives more empty rows.
///
/// # Errors
/// There is no such form in the person's own organisation.
pub async fn show(State(state): State<AppState>, user: User, Path(at): Path<Place>, RawQuery(query): RawQuery) -> PageResult {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    match show_step(&state, user.clone(), &at, &query).await {
        Err(failure) if failure.is_not_found() && Step::from_code(&at.1).is_some() => {
            review::led_on(&state, &user, &at.0).await?.ok_or(failure)
        }
        other => other,
    }
}

async fn show_step(state: &AppState, user: User, at: &Place, query: &Fields) -> PageResult {
    let (id, step) = place(at)?;
    let mut tx = state.db.read().await?;
    let draft = drafts::open(&mut tx, &user.actor, id, clock::now()).await?;
    let known = drafts::known(&mut tx).await?;
    let told = query.get("visa") == "fel";
    let mut faults = draft.form.parse(&known).err().unwrap_or_default();
    if told && step == Step::Basics {
        faults.extend(own_reference_fault(&mut tx, &user, &draft).await?);
    }
    drop(tx);
    if step == Step::Review {
        return page(&review::read(state, &user, &known, &draft, review::Said::default()).await?);
    }
    let layout = Layout::new(state, Visitor(Some(user.clone())), "");
    let done = match query.get("sparat") {
        "omgangar" => Some("Omgångarna är tillagda. Kontrollera datumen."),
        "inga" => Some("Inga omgångar är tillagda. De som regeln ger finns redan."),
        "regel" => Some("Omgångarna är tillagda enligt regeln. Du ser deras datum när du granskar."),
        "borttagen" => Some("Omgången är borttagen."),
        "tillagd" => Some("Uppgifterna är sparade."),
        _ => None,
    };
    let free = query.get("rader").parse().unwrap_or_default();
    let view = View { draft: &draft, known: &known, faults, told, rule: Vec::new(), free, done };
    page(&beside(state, &user, StepPage::new(layout, view, step), &draft).await)
}

/// The page of a step with what is like the form beside it.
async fn beside(state: &AppState, user: &User, step: StepPage, draft: &Draft) -> StepPage {
    let nearby = Nearby::beside(state, user, draft, clock::swedish_day(clock::now())).await;
    StepPage { nearby, ..step }
}

/// `POST /utkast/{id}/{steg}`: saves whatever was typed, and does what the button says.
///
/// # Errors
/// There is no such form in the person's own organisation.
pub async fn save(State(state): State<AppState>, Path(at): Path<Place>, Posted { user, fields }: Posted) -> PageResult {
    match save_step(&state, &user, &at, &fields).await {
        // the button was pressed twice: the first time did it
        Err(failure) if failure.is_not_found() => review::led_on(&state, &user, &at.0).await?.ok_or(failure),
        other => other,
    }
}

async fn save_step(state: &AppState, user: &User, at: &Place, fields: &Fields) -> PageResult {
    let (id, step) = place(at)?;
    let known = drafts::known(&mut state.db.read().await?).await?;
    let revision = fields.get("revision").parse().unwrap_or_default();
    if fields.get("gor") == "forena" {
        return conflict::settle(state, user, id, fields).await;
    }
    let keep = conflict::kept(fields);
    let saving = Saving { id, revision, step, pairs: fields.pairs(), keep: &keep };
    if conflict::is_unanswered(fields) {
        return unanswered(state, user, &known, &saving, fields).await;
    }
    let draft = match drafts::save(&state.db, &user.actor, &known, &saving, clock::now()).await? {
        // nobody registers what a colleague wrote after the page was made
        Saved::Unseen(draft) if step == Step::Review && fields.get("gor") == "registrera" => {
            return review::unseen(state, user, &known, &draft).await;
        }
        Saved::Done(draft) | Saved::Unseen(draft) => *draft,
        Saved::Differs { mine, saved } => return differs(state, user, &known, (&mine, &saved), step, fields),
    };
    follow(state, user, &known, draft, step, fields).await
}

/// Shows what this person wanted beside what somebody else has saved.
fn differs(state: &AppState, user: &User, known: &Known, (mine, saved): (&DraftForm, &Draft), step: Step, fields: &Fields) -> PageResult {
    let layout = Layout::new(state, Visitor(Some(user.clone())), "");
    let base = conflict::base(fields);
    let choices = conflict::Choices::Proposed(&base);
    with_status(StatusCode::CONFLICT, &conflict::ConflictPage::of_step(layout, mine, saved, step, (fields, choices), known))
}

/// The page of both versions again, where a choice is missing: nothing is saved that nobody chose.
async fn unanswered(state: &AppState, user: &User, known: &Known, saving: &Saving<'_>, fields: &Fields) -> PageResult {
    let saved = drafts::open(&mut state.db.read().await?, &user.actor, saving.id, clock::now()).await?;
    let mine = drafts::as_sent(&saved, known, &Saving { keep: &[], ..*saving });
    let layout = Layout::new(state, Visitor(Some(user.clone())), "");
    let page = conflict::ConflictPage::of_step(layout, &mine, &saved, saving.step, (fields, conflict::Choices::Sent(fields)), known);
    with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What follows when a step is saved.
async fn follow(state: &AppState, user: &User, known: &Known, draft: Draft, step: Step, fields: &Fields) -> PageResult {
    let to = |step: Step, rest: &str| Ok(Redirect::to(&format!("{}{rest}", href(draft.id, step))).into_response());
    let button = fields.get("gor");
    if let Some(step) = button.strip_prefix(LEADING).and_then(Step::from_code) {
        return to(step, "");
    }
    match button {
        // saving has taken the row out
        _ if button.starts_with(REMOVING) => to(step, "?sparat=borttagen#omgangar"),
        "spara" => Ok(Redirect::to("/skrivbord?sparat=utkast").into_response()),
        "tillbaka" => to(step.previous().unwrap_or(step), ""),
        "lagg-till" => to(step, "?sparat=tillagd#f-responsible_add"),
        "kryssa" => to(step, "?sparat=tillagd#f-respondents"),
        "rader" => to(step, &format!("?rader=10#f-item_label-{}", draft.form.items.len())),
        "omgang" => to(step, &format!("#f-round_label-{}", draft.form.rounds.len())),
        "skapa" => generate(state, user, known, &draft, fields).await,
        "registrera" if step == Step::Review => review::submit(state, user, known, &draft).await,
        "granska" => to(Step::Review, ""),
        _ => go_on(state, user, known, draft, step, fields).await,
    }
}

/// Leads to the next step, unless something is wrong in this one. A rule that has not made its occasions yet makes them.
async fn go_on(state: &AppState, user: &User, known: &Known, mut draft: Draft, step: Step, fields: &Fields) -> PageResult {
    let mut said = "";
    if step == Step::Rounds && draft.form.rounds.is_empty() && draft.form.rule.is_begun() {
        let made = match rounds_of_rule(&draft) {
            Ok(made) => made,
            Err(wrong) => return wrong_rule(state, user, known, &draft, wrong).await,
        };
        draft = match drafts::alter(&state.db, &user.actor, &draft, |form| form.add_rounds(&made), clock::now()).await? {
            Saved::Done(draft) | Saved::Unseen(draft) => *draft,
            Saved::Differs { mine, saved } => return differs(state, user, known, (&mine, &saved), step, fields),
        };
        said = "?sparat=regel";
    }
    let mut faults = draft.form.parse(known).err().unwrap_or_default();
    if step == Step::Basics {
        faults.extend(own_reference_fault(&mut state.db.read().await?, user, &draft).await?);
    }
    if faults.iter().any(|fault| Step::of(fault.field) == step) {
        let view = View { draft: &draft, known, faults, told: true, rule: Vec::new(), free: 0, done: None };
        let layout = Layout::new(state, Visitor(Some(user.clone())), "");
        let shown = beside(state, user, StepPage::new(layout, view, step), &draft).await;
        return with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    Ok(Redirect::to(&format!("{}{said}", href(draft.id, step.next().unwrap_or(step)))).into_response())
}

/// What the register says of the own reference that is typed.
async fn own_reference_fault(tx: &mut Tx, user: &User, draft: &Draft) -> Result<Option<Fault>, Error> {
    let typed = Some(draft.form.text(Field::OwnReference).trim()).filter(|typed| !typed.is_empty());
    reference_fault(tx, &user.actor, draft, typed, clock::now()).await
}

/// Makes the occasions of the rule, beside those that are there.
async fn generate(state: &AppState, user: &User, known: &Known, draft: &Draft, fields: &Fields) -> PageResult {
    let made = match rounds_of_rule(draft) {
        Ok(made) => made,
        Err(wrong) => return wrong_rule(state, user, known, draft, wrong).await,
    };
    let mut with_made = draft.form.clone();
    with_made.add_rounds(&made);
    let said = if with_made.rounds.len() > draft.form.rounds.len() { "omgangar" } else { "inga" };
    let add = |form: &mut DraftForm| form.add_rounds(&made);
    if let Saved::Differs { mine, saved } = drafts::alter(&state.db, &user.actor, draft, add, clock::now()).await? {
        return differs(state, user, known, (&mine, &saved), Step::Rounds, fields);
    }
    Ok(Redirect::to(&format!("{}?sparat={said}#omgangar", href(draft.id, Step::Rounds))).into_response())
}

/// The occasions of a form's rule, or what is wrong with it.
fn rounds_of_rule(draft: &Draft) -> Result<Vec<DraftRound>, Vec<RuleFault>> {
    let periodicity = Periodicity::from_code(draft.form.text(Field::Periodicity)).unwrap_or(Periodicity::Unstated);
    draft.form.rule.rounds(periodicity)
}

async fn wrong_rule(state: &AppState, user: &User, known: &Known, draft: &Draft, wrong: Vec<RuleFault>) -> PageResult {
    let faults = draft.form.parse(known).err().unwrap_or_default();
    let view = View { draft, known, faults, told: false, rule: wrong, free: 0, done: None };
    let layout = Layout::new(state, Visitor(Some(user.clone())), "");
    let shown = beside(state, user, StepPage::new(layout, view, Step::Rounds), draft).await;
    with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

/// `POST /utkast/{id}/ta-bort`: takes the form away, once that has been asked for twice.
///
/// # Errors
/// There is no such form in the person's own organisation; somebody saved it meanwhile.
pub async fn remove(State(state): State<AppState>, Path(id): Path<String>, Posted { user, fields }: Posted) -> Result<Response, Failure> {
    let (parsed, _) = place(&(id.clone(), Step::Review.code().to_owned()))?;
    let revision = fields.get("revision").parse().unwrap_or_default();
    match drafts::remove(&state.db, &user.actor, parsed, revision, clock::now()).await {
        Ok(()) => Ok(Redirect::to("/skrivbord?sparat=borttaget").into_response()),
        Err(Error::NotFound) => Ok(review::led_on(&state, &user, &id).await?.ok_or(Error::NotFound)?),
        Err(other) => Err(other.into()),
    }
}
