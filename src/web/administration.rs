//! The administrator's page: mail that waits or could not be sent, how far collections have been compared, and whether the jobs run.

pub mod consultation;
pub mod years;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::failure::Failure;
use super::fields::{ErrorLine, Question};
use super::form::Posted;
use super::layout::Layout;
use super::page::{PageResult, page};
use super::user::{User, Visitor};
use super::view::written_moment;
use crate::actions::consultations::outside;
use crate::actions::mail;
use crate::clock;
use crate::db::outbox::{self, Counts, Listed};
use crate::db::pairs::checks::{self, Standing};
use crate::db::{self, Db, Tx, people};
use crate::domain::access::Action;
use crate::domain::letter::kind_in_words;
use crate::domain::overlap::weights::METHOD;
use crate::domain::person;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text::whole;

/// How many mails of each kind the page lists.
const MOST_ROWS: i64 = 200;

/// What the page is told of in its address.
#[derive(Debug, Deserialize)]
pub struct Params {
    sparat: Option<String>,
}

/// A mail as the page shows it.
#[derive(Debug)]
struct Row {
    id: Uuid,
    kind: String,
    recipient: String,
    written: String,
    next: String,
    attempts: i64,
    reason: String,
    can_be_sent: bool,
}

impl Row {
    fn new(mail: Listed, now: DateTime<Utc>) -> Self {
        Self {
            id: mail.id,
            kind: kind_in_words(&mail.kind).to_owned(),
            recipient: mail.recipient,
            written: written_moment(mail.created_at),
            next: written_moment(mail.due_at),
            attempts: mail.attempts,
            reason: mail.last_error.unwrap_or_default(),
            can_be_sent: mail.expires_at.is_none_or(|at| at > now),
        }
    }
}

#[derive(Template)]
#[template(path = "administration.html")]
struct Page {
    layout: Layout,
    notice: Option<&'static str>,
    counts: Counts,
    dead: Vec<Row>,
    waiting: Vec<Row>,
    way: &'static str,
    database: &'static str,
    index_follows: bool,
    index_looked: String,
    outbox_looked: String,
    comparing: Option<Comparing>,
    address: Question,
}

/// How the comparing of collections comes along.
#[derive(Debug)]
struct Comparing {
    compared: String,
    latest: String,
    unanswered: String,
    undecided: String,
}

impl Comparing {
    /// Nothing where nobody could answer, so that nothing is compared.
    async fn of(tx: &mut Tx) -> db::Result<Option<Self>> {
        if !people::is_anybody(tx).await? {
            return Ok(None);
        }
        let Standing { collections, due, latest, unanswered, undecided } = checks::standing(tx, METHOD).await?;
        Ok(Some(Self {
            compared: format!("{} av {} jämförda med metod {METHOD}", whole(collections - due), whole(collections)),
            latest: latest.map_or_else(|| "ingen än".to_owned(), written_moment),
            unanswered: whole(unanswered),
            undecided: whole(undecided),
        }))
    }
}

/// `GET /administration`
///
/// # Errors
/// `Forbidden` unless an administrator asks; the database does not answer.
pub async fn show(State(state): State<AppState>, user: User, Query(params): Query<Params>) -> PageResult {
    page(&Page::read(&state, user, params.sparat.as_deref().and_then(notice), address("", None)).await?)
}

/// The address of somebody without an account that is to be taken away.
fn address(typed: &str, wrong: Option<String>) -> Question {
    Question::new("epost", "E-postadress").kind("email").short().typed(typed).wrong(wrong)
}

/// `POST /administration/adress`: takes the address of somebody without an account away before its time.
///
/// # Errors
/// `Forbidden` unless an administrator asks.
pub async fn forget(State(state): State<AppState>, Posted { user, fields }: Posted) -> PageResult {
    user.require(Action::Administer)?;
    let typed = fields.get("epost");
    let done = match person::email(typed) {
        Ok(email) => outside::forget_guest(&state.db, &user.actor, &email, clock::now()).await,
        Err(why) => Err(Error::Invalid(why)),
    };
    let why = match done {
        Ok(0) => "Adressen finns inte hos någon som har fått en länk.".to_owned(),
        Ok(_) => return Ok(Redirect::to("/administration?sparat=adress").into_response()),
        Err(Error::Invalid(why)) => why,
        Err(other) => return Err(other.into()),
    };
    let shown = Page::read(&state, user, None, address(typed, Some(why))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
}

impl Page {
    async fn read(state: &AppState, user: User, notice: Option<&'static str>, address: Question) -> Result<Self> {
        user.require(Action::Administer)?;
        let now = clock::now();
        let mut tx = state.db.read().await?;
        let rows = |mails: Vec<Listed>| mails.into_iter().map(|mail| Row::new(mail, now)).collect();
        let (dead, waiting) = (outbox::dead(&mut tx, MOST_ROWS).await?, outbox::waiting(&mut tx, MOST_ROWS).await?);
        let looked = |job: &str| state.pulse.last(job).map_or_else(|| "inte sedan starten".to_owned(), written_moment);
        Ok(Self {
            notice,
            counts: outbox::counts(&mut tx, now - TimeDelta::days(1)).await?,
            dead: rows(dead),
            waiting: rows(waiting),
            way: match &state.config.smtp_url {
                Some(_) => "till e-postservern",
                None => "till filer i datamappen, eftersom ingen e-postserver är inställd",
            },
            database: match &state.db {
                Db::Sqlite { .. } => "SQLite i datamappen",
                Db::Postgres(_) => "PostgreSQL",
            },
            index_follows: state.readiness.is_following(),
            index_looked: looked("index"),
            outbox_looked: looked("outbox"),
            comparing: Comparing::of(&mut tx).await?,
            layout: Layout::new(state, Visitor(Some(user)), "/administration"),
            address,
        })
    }

    fn errors(&self) -> Vec<ErrorLine> {
        self.address.error_line().into_iter().collect()
    }
}

/// What a form of the page led to.
fn notice(code: &str) -> Option<&'static str> {
    match code {
        "igen" => Some("Meddelandet skickas nu. Läs in sidan igen om en stund för att se hur det gick."),
        "bort" => Some("Meddelandet är borttaget."),
        "adress" => Some("Adressen är borttagen, och meddelanden till den som inte har skickats."),
        "inget" => Some("Inget ändrades: meddelandet har redan skickats, håller på att skickas eller går inte att skicka längre."),
        _ => None,
    }
}

/// `POST /administration/mejl/{id}/igen`
///
/// # Errors
/// `Forbidden` unless an administrator asks; there is no such mail.
pub async fn try_again(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> std::result::Result<Response, Failure> {
    let done = mail::try_again(&state.db, &posted.user.actor, identity(&id)?, clock::now()).await?;
    state.nudge.mail();
    Ok(back(done, "igen"))
}

/// `POST /administration/mejl/{id}/bort`
///
/// # Errors
/// `Forbidden` unless an administrator asks; there is no such mail.
pub async fn remove(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> std::result::Result<Response, Failure> {
    let done = mail::remove(&state.db, &posted.user.actor, identity(&id)?, clock::now()).await?;
    Ok(back(done, "bort"))
}

fn identity(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| Error::NotFound)
}

fn back(done: bool, code: &str) -> Response {
    Redirect::to(&format!("/administration?sparat={}", if done { code } else { "inget" })).into_response()
}
