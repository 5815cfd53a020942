//! The people of an organisation: listed and invited.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::actions::people::{self as deeds, Invitation};
use crate::db::{organisations, people};
use crate::domain::access::{Action, Actor, Role, may, may_give};
use crate::domain::organisation::Organisation;
use crate::domain::person::{self, Person};
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::web::fields::{ErrorLine, Question};
use crate::web::filters;
use crate::web::form::{Fields, Posted};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};
use crate::{actions, clock, text};

/// What the page may be asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    organisation: Option<String>,
    #[serde(default)]
    sparat: String,
}

/// `GET /personer`: the people of the own organisation, or for administrators of any.
///
/// # Errors
/// `Forbidden` for those who do not look after the organisation's people.
pub async fn list(State(state): State<AppState>, user: User, Query(asked): Query<Asked>) -> PageResult {
    let code = asked.organisation.as_deref().filter(|code| !code.is_empty()).unwrap_or(&user.actor.organisation).to_owned();
    user.require(Action::ManagePeople(&code))?;
    let around = surroundings(&state, &user, &code).await?;
    page(&ListPage::new(&state, &user, around, &Fields::default(), Vec::new()).saying(saved(&asked.sparat)))
}

/// `POST /personer`: invites.
///
/// # Errors
/// `Forbidden` for those who do not look after the organisation's people.
pub async fn invite(State(state): State<AppState>, Posted { user, fields }: Posted) -> PageResult {
    let code = fields.get("organisation").to_owned();
    user.require(Action::ManagePeople(&code))?;
    let around = surroundings(&state, &user, &code).await?;
    let mut faults: Vec<(&str, String)> = Vec::new();
    let role = around.roles.iter().copied().find(|role| role.code() == fields.get("roll"));
    if role.is_none() {
        faults.push(("roll", "Välj en roll.".to_owned()));
    }
    let email = person::email(fields.get("epost")).map_err(|message| faults.push(("epost", message)));
    let name = person::name(fields.get("namn")).map_err(|message| faults.push(("namn", message)));
    if let (Some(role), Ok(email), Ok(name)) = (role, email, name) {
        let invitation = Invitation { email, name, organisation: code.clone(), role, manager: fields.has("ansvarig") };
        let origin = actions::origin(&state);
        match deeds::invite_by_mail(&state.db, &invitation, &user.actor, &origin, clock::now()).await {
            Ok(_) => {
                state.nudge.mail();
                return Ok(Redirect::to(&format!("/personer?organisation={code}&sparat=inbjuden")).into_response());
            }
            Err(Error::Invalid(message)) => faults.push(("epost", message)),
            Err(error) => return Err(error.into()),
        }
    }
    let answer = page(&ListPage::new(&state, &user, around, &fields, faults))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

/// What was done, in words.
pub(super) fn saved(code: &str) -> Option<&'static str> {
    Some(match code {
        "inbjuden" => "Inbjudan är på väg. Länken i den gäller i sju dagar.",
        "andrad" => "Ändringen är sparad.",
        "stangd" => "Kontot är stängt. Personen är utloggad överallt och kan bjudas in igen.",
        "borttagen" => "Personen är borttagen. Adress och namn finns inte längre i registret.",
        _ => return None,
    })
}

/// The roles that `actor` can give somebody in an organisation.
#[must_use]
pub fn roles_to_give(actor: &Actor, organisation: &Organisation) -> Vec<Role> {
    let all = Role::ALL.iter().copied();
    all.filter(|role| role.fits(organisation.kind) && may_give(actor, *role, &organisation.code)).collect()
}

/// The questions of role and responsibility, as both the invitation and the change ask them.
pub(super) fn role_questions(roles: &[Role], role: &str, manager: bool) -> (Question, Question) {
    let sentence = |role: &Role| (role.code(), sentence_of(role.label()));
    let only = if let [only] = roles { only.code() } else { role };
    let role = Question::new("roll", "Roll").choices(roles.iter().map(sentence), &[only]);
    let chosen: &[&str] = if manager { &["ja"] } else { &[] };
    let manager = Question::new("ansvarig", "Ansvar").choices([("ja", "Bjuder in, ändrar och tar bort organisationens personer")], chosen);
    (role, manager)
}

fn sentence_of(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What the page is made of beside what was typed.
struct Surroundings {
    organisation: Organisation,
    people: Vec<Person>,
    roles: Vec<Role>,
    others: Vec<(String, String, i64)>,
}

async fn surroundings(state: &AppState, user: &User, code: &str) -> Result<Surroundings> {
    let mut tx = state.db.read().await?;
    let organisation = organisations::get(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let people = people::of_organisation(&mut tx, code).await?;
    let others = if may(&user.actor, Action::Administer) { people::organisations(&mut tx).await? } else { Vec::new() };
    let roles = roles_to_give(&user.actor, &organisation);
    Ok(Surroundings { organisation, people, roles, others })
}

/// The people of an organisation.
#[derive(Debug, Template)]
#[template(path = "account/people.html")]
pub struct ListPage {
    /// The frame.
    pub layout: Layout,
    /// What was just done.
    pub saved: Option<&'static str>,
    /// The organisation.
    pub organisation: Organisation,
    /// Its people.
    pub rows: Vec<PersonRow>,
    /// What the invitation asks.
    pub questions: Vec<Question>,
    /// Role and responsibility.
    pub role: Question,
    /// Whether the person looks after others.
    pub manager: Question,
    /// What is wrong with the invitation.
    pub errors: Vec<ErrorLine>,
    /// Every organisation that has people, for administrators: address, name, how many.
    pub others: Vec<(String, String, String)>,
    /// Whether one may choose the organisation.
    pub administers: bool,
}

/// A person in the list.
#[derive(Debug)]
pub struct PersonRow {
    /// The page where the person is changed.
    pub href: String,
    /// The name, else the address.
    pub name: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: &'static str,
    /// Whether the person looks after others.
    pub manager: bool,
    /// The day of the latest sign-in.
    pub seen: String,
    /// Whether the account is closed.
    pub closed: bool,
}

impl From<Person> for PersonRow {
    fn from(person: Person) -> Self {
        let closed = !person.is_open();
        let email = person.email.unwrap_or_default();
        Self {
            href: format!("/personer/{}", person.id),
            name: person.name.unwrap_or_else(|| email.clone()),
            email,
            role: person.role.label(),
            manager: person.manager,
            seen: person.last_seen_at.map_or_else(|| "aldrig".to_owned(), |at| text::written_date(clock::swedish_day(at))),
            closed,
        }
    }
}

impl ListPage {
    fn new(state: &AppState, user: &User, around: Surroundings, typed: &Fields, faults: Vec<(&str, String)>) -> Self {
        let fault = |name: &str| faults.iter().find(|(field, _)| *field == name).map(|(_, message)| message.clone());
        let email = Question::new("epost", "E-postadress").kind("email").typed(typed.get("epost")).wrong(fault("epost"));
        let name = Question::new("namn", "Namn").hint("Behövs inte. Syns för dem som ansvarar för personerna.").typed(typed.get("namn"));
        let name = name.wrong(fault("namn"));
        let (role, manager) = role_questions(&around.roles, typed.get("roll"), typed.has("ansvarig"));
        let role = role.wrong(fault("roll"));
        let errors = [&email, &name, &role].into_iter().filter_map(|question| question.error_line()).collect();
        let others =
            around.others.into_iter().map(|(code, name, count)| (format!("/personer?organisation={code}"), name, text::whole(count)));
        Self {
            layout: Layout::new(state, Visitor(Some(user.clone())), "/personer"),
            saved: None,
            organisation: around.organisation,
            rows: around.people.into_iter().map(PersonRow::from).collect(),
            questions: vec![email, name],
            role,
            manager,
            errors,
            others: others.collect(),
            administers: may(&user.actor, Action::Administer),
        }
    }

    fn saying(self, saved: Option<&'static str>) -> Self {
        Self { saved, ..self }
    }
}
