//! One person: changed, invited again, closed and taken out.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use uuid::Uuid;

use super::people::{PersonRow, role_questions, roles_to_give};
use crate::actions::people::{self as deeds, Change, Invitation, LAST_MANAGER};
use crate::db::{organisations, people};
use crate::domain::organisation::Organisation;
use crate::domain::person::Person;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::fields::Question;
use crate::web::filters;
use crate::web::form::Posted;
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};
use crate::{actions, clock};

/// `GET /personer/{id}`
///
/// # Errors
/// `Forbidden` for those who do not look after the person; `NotFound` where there is no such person.
pub async fn show(State(state): State<AppState>, user: User, Path(id): Path<Uuid>) -> PageResult {
    page(&PersonPage::load(&state, &user, id, None).await?)
}

/// `POST /personer/{id}`: changes role and responsibility.
///
/// # Errors
/// As [`show`].
pub async fn change(State(state): State<AppState>, Path(id): Path<Uuid>, Posted { user, fields }: Posted) -> PageResult {
    let found = PersonPage::load(&state, &user, id, None).await?;
    let Some(role) = found.roles.iter().copied().find(|role| role.code() == fields.get("roll")) else {
        return again(&state, &user, id, "Välj en roll.").await;
    };
    let change = Change { role, manager: fields.has("ansvarig"), confirmed: fields.has("bekraftat") };
    let done = deeds::change(&state.db, &user.actor, id, change, clock::now()).await.map(|_| "andrad");
    finish(&state, &user, &found.person, done).await
}

/// `POST /personer/{id}/bjud-in`: invites again, which opens a closed account.
///
/// # Errors
/// As [`show`].
pub async fn invite_again(State(state): State<AppState>, Path(id): Path<Uuid>, Posted { user, .. }: Posted) -> PageResult {
    let Person { email, organisation, role, manager, .. } = PersonPage::load(&state, &user, id, None).await?.person;
    let email = email.ok_or(Error::NotFound)?;
    let invitation = Invitation { email, name: None, organisation: organisation.clone(), role, manager };
    let origin = actions::origin(&state);
    let person = deeds::invite_by_mail(&state.db, &invitation, &user.actor, &origin, clock::now()).await;
    let (person, done) = match person {
        Ok(person) => (person, Ok("inbjuden")),
        Err(Error::Invalid(message)) => return again(&state, &user, id, &message).await,
        Err(error) => return Err(error.into()),
    };
    state.nudge.mail();
    finish(&state, &user, &person, done).await
}

/// `POST /personer/{id}/stang`: closes the account.
///
/// # Errors
/// As [`show`].
pub async fn close(State(state): State<AppState>, Path(id): Path<Uuid>, Posted { user, fields }: Posted) -> PageResult {
    let person = PersonPage::load(&state, &user, id, None).await?.person;
    let done = deeds::close(&state.db, &user.actor, id, fields.has("bekraftat"), clock::now()).await.map(|()| "stangd");
    finish(&state, &user, &person, done).await
}

/// `POST /personer/{id}/ta-bort`: takes the person out.
///
/// # Errors
/// As [`show`].
pub async fn erase(State(state): State<AppState>, Path(id): Path<Uuid>, Posted { user, fields }: Posted) -> PageResult {
    let person = PersonPage::load(&state, &user, id, None).await?.person;
    if !fields.has("saker") {
        return again(&state, &user, id, "Kryssa i rutan som säger att personen ska tas bort.").await;
    }
    let done = deeds::erase(&state.db, &user.actor, id, fields.has("bekraftat"), clock::now()).await.map(|()| "borttagen");
    finish(&state, &user, &person, done).await
}

/// Goes on to the list, or shows the page again with what is wrong.
async fn finish(state: &AppState, user: &User, person: &Person, done: Result<&'static str>) -> PageResult {
    match done {
        // whoever has closed or taken out itself sees no list any more
        Ok("stangd" | "borttagen") if person.id == user.actor.person => Ok(Redirect::to("/").into_response()),
        Ok(code) => Ok(Redirect::to(&format!("/personer?organisation={}&sparat={code}", person.organisation)).into_response()),
        Err(Error::Invalid(message)) => again(state, user, person.id, &message).await,
        Err(error) => Err(error.into()),
    }
}

async fn again(state: &AppState, user: &User, id: Uuid, message: &str) -> PageResult {
    let answer = page(&PersonPage::load(state, user, id, Some(message.to_owned())).await?)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

/// One person.
#[derive(Debug, Template)]
#[template(path = "account/person.html")]
pub struct PersonPage {
    /// The frame.
    pub layout: Layout,
    /// Whose page it is.
    pub person: Person,
    /// The person in words.
    pub row: PersonRow,
    /// The organisation.
    pub organisation: Organisation,
    /// What can be given.
    pub roles: Vec<crate::domain::access::Role>,
    /// Role and responsibility.
    pub role: Question,
    /// Whether the person looks after others.
    pub manager: Question,
    /// What is wrong.
    pub error: Option<String>,
    /// Whether to ask if the organisation may be left without anybody who looks after its people.
    pub last_manager: bool,
}

impl PersonPage {
    async fn load(state: &AppState, user: &User, id: Uuid, error: Option<String>) -> Result<Self> {
        let mut tx = state.db.read().await?;
        let person = people::get(&mut tx, id).await?.filter(|person| person.email.is_some()).ok_or(Error::NotFound)?;
        if !deeds::may_touch(&user.actor, &person) {
            return Err(Error::Forbidden);
        }
        let organisation = organisations::get(&mut tx, &person.organisation).await?.ok_or(Error::NotFound)?;
        let mut roles = roles_to_give(&user.actor, &organisation);
        if !roles.contains(&person.role) {
            roles.push(person.role); // what somebody is may stay, whoever gave it
        }
        let (role, manager) = role_questions(&roles, person.role.code(), person.manager);
        Ok(Self {
            layout: Layout::new(state, Visitor(Some(user.clone())), "/personer"),
            row: PersonRow::from(person.clone()),
            person,
            organisation,
            roles,
            role,
            manager,
            last_manager: error.as_deref() == Some(LAST_MANAGER),
            error,
        })
    }
}
