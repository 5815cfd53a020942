//! What is kept about whoever is signed in, and what one can do about it.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::actions::people::{self as deeds, LAST_MANAGER};
use crate::db::people;
use crate::domain::access::{Action, may};
use crate::domain::person::Person;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::fields::{ErrorLine, Question};
use crate::web::form::Posted;
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};
use crate::web::view::{Fact, Facts};
use crate::{clock, text};

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    sparat: String,
}

/// `GET /konto`
///
/// # Errors
/// The database does not answer.
pub async fn show(State(state): State<AppState>, user: User, Query(asked): Query<Asked>) -> PageResult {
    let mut shown = OwnPage::load(&state, &user, None).await?;
    shown.saved = (asked.sparat == "namn").then_some("Namnet är sparat.");
    page(&shown)
}

/// `POST /konto`: the name one wants to go by.
///
/// # Errors
/// The database does not answer.
pub async fn rename(State(state): State<AppState>, Posted { user, fields }: Posted) -> PageResult {
    match deeds::rename(&state.db, &user.actor, fields.get("namn"), clock::now()).await {
        Ok(()) => Ok(Redirect::to("/konto?sparat=namn").into_response()),
        Err(Error::Invalid(message)) => {
            let mut again = OwnPage::load(&state, &user, None).await?;
            again.name = again.name.typed(fields.get("namn")).wrong(Some(message));
            again.errors = again.name.error_line().into_iter().collect();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /konto/logga-ut-overallt`: ends every session of the person, this one too.
///
/// # Errors
/// The database does not answer.
pub async fn leave_everywhere(State(state): State<AppState>, Posted { user, .. }: Posted) -> PageResult {
    deeds::sign_out_everywhere(&state.db, &user.actor, clock::now()).await?;
    Ok(Redirect::to("/").into_response())
}

/// `POST /konto/ta-bort`: takes oneself out.
///
/// # Errors
/// The database does not answer.
pub async fn erase(State(state): State<AppState>, Posted { user, fields }: Posted) -> PageResult {
    let message = if fields.has("saker") {
        match deeds::erase(&state.db, &user.actor, user.actor.person, fields.has("bekraftat"), clock::now()).await {
            Ok(()) => return Ok(Redirect::to("/").into_response()),
            Err(Error::Invalid(message)) => message,
            Err(error) => return Err(error.into()),
        }
    } else {
        "Kryssa i rutan som säger att du ska tas bort.".to_owned()
    };
    let again = OwnPage::load(&state, &user, Some(message)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
}

/// What is kept about somebody.
#[derive(Debug, Template)]
#[template(path = "account/own.html")]
pub struct OwnPage {
    /// The frame.
    pub layout: Layout,
    /// What was just done.
    pub saved: Option<&'static str>,
    /// What is kept.
    pub facts: Vec<Fact>,
    /// The name.
    pub name: Question,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// What is wrong with taking oneself out.
    pub error: Option<String>,
    /// Whether to ask if the organisation may be left without anybody who looks after its people.
    pub last_manager: bool,
    /// Whether one looks after the organisation's people.
    pub manages: bool,
    /// Whether one may watch consultations: what one watches is kept too.
    pub watches: bool,
}

impl OwnPage {
    async fn load(state: &AppState, user: &User, error: Option<String>) -> Result<Self> {
        let person = people::get(&mut state.db.read().await?, user.actor.person).await?.ok_or(Error::NotFound)?;
        let day = |at| text::written_date(clock::swedish_day(at));
        let Person { email, name, role, manager, created_at, last_seen_at, .. } = person;
        let facts = Facts::default()
            .maybe("E-postadress", email)
            .maybe("Namn", name.clone())
            .maybe("Organisation", Some(user.organisation_name.clone()))
            .maybe("Roll", Some(role.label().to_owned()))
            .maybe("Ansvar", manager.then(|| "organisationens personer".to_owned()))
            .maybe("Inbjuden", Some(day(created_at)))
            .maybe("Senast inloggad", last_seen_at.map(day))
            .done();
        let mut name =
            Question::new("namn", "Namn").hint("Behövs inte. Syns för dem som ansvarar för personerna.").typed(name.unwrap_or_default());
        name.autocomplete = Some("name");
        Ok(Self {
            layout: Layout::new(state, Visitor(Some(user.clone())), "/konto"),
            saved: None,
            facts,
            name,
            errors: Vec::new(),
            last_manager: error.as_deref() == Some(LAST_MANAGER),
            error,
            manages: may(&user.actor, Action::ManagePeople(&user.actor.organisation)),
            watches: may(&user.actor, Action::Watch),
        })
    }
}
