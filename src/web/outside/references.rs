//! The reference municipalities of a case: a body asks them, sees what they answer and lets the agency see it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::confirm::ConfirmPage;
use super::references_form::{Faults, Known, ReferencesForm, SHOWN, parse};
use super::summary::Summary;
use crate::actions;
use crate::actions::consultations::outside::Draft;
use crate::actions::consultations::places::{Place, place_name, places};
use crate::actions::consultations::reference;
use crate::actions::consultations::steps::Doing;
use crate::actions::consultations::{Seen, Side, visible};
use crate::clock;
use crate::db::Tx;
use crate::db::consultations::reference as kept;
use crate::domain::consultation::forwarding::may_ask_outside;
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};
use crate::state::AppState;
use crate::text;
use crate::web::consultations::{Named, number_of};
use crate::web::form::{Fields, Posted};
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub struct Params {
    /// What was just done.
    #[serde(default)]
    sparat: String,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "outside/references.html")]
pub struct ReferencesPage {
    /// The frame.
    pub layout: Layout,
    /// The case.
    pub number: String,
    /// What was just done.
    pub said: Option<&'static str>,
    /// What was answered: the own body's, or what bodies let the agency read. Each with the body's name.
    pub summaries: Vec<(String, Summary)>,
    /// The body's own view of it: none for the agency.
    pub own: Option<OwnPart>,
}

/// What the body alone sees and does.
#[derive(Debug)]
pub struct OwnPart {
    /// The agency's name.
    pub agency: String,
    /// When the agency was let in.
    pub shared: Option<String>,
    /// Why nobody more can be asked.
    pub refusal: Option<String>,
    /// When the agency wants the body's own answer, in words.
    pub wanted: String,
    /// The form in which more are asked.
    pub form: ReferencesForm,
}

impl OwnPart {
    /// The rows that are shown at once.
    fn first(&self) -> usize {
        SHOWN
    }
}

/// The case, for a body of it and for the agency where a body lets it in; with the bodies whose answers are shown.
async fn readable(tx: &mut Tx, user: &User, number: ConsultationNumber, today: NaiveDate) -> Result<(Seen, Vec<String>)> {
    let seen = visible(tx, &user.actor, number, today).await?;
    let bodies = match (seen.side, seen.own_part()) {
        (Side::Body, Some(part)) => vec![part.body.clone()],
        (Side::Agency, _) => kept::shared(tx, seen.case.id).await?.into_iter().map(|(body, _)| body).collect(),
        _ => Vec::new(),
    };
    if bodies.is_empty() { Err(Error::NotFound) } else { Ok((seen, bodies)) }
}

impl ReferencesPage {
    async fn read(
        state: &AppState,
        user: User,
        number: ConsultationNumber,
        sent: Option<&Fields>,
        faults: Faults,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let today = clock::swedish_day(now);
        let mut tx = state.db.read().await?;
        let (seen, bodies) = readable(&mut tx, &user, number, today).await?;
        let named = Named::of(&mut tx, &seen, std::iter::empty()).await?;
        let mut summaries = Vec::new();
        for body in bodies {
            let draft = Draft::read(&mut tx, number, &body, today).await?;
            let labels = draft.asked.content.items.iter().map(|item| item.label.clone());
            let items: Vec<(Uuid, String)> = draft.lineages.iter().copied().zip(labels).collect();
            summaries.push((named.get(&body), Summary::read(&mut tx, seen.case.id, &body, &items, today).await?));
        }
        let own = match seen.own_part() {
            Some(part) => {
                let shared = kept::shared(&mut tx, seen.case.id).await?.into_iter().find(|(body, _)| *body == part.body);
                let known = Kept::read(&mut tx, &seen, &part.body, today).await?;
                Some(OwnPart {
                    agency: named.get(&seen.case.agency),
                    shared: shared.map(|(_, at)| text::written_date(clock::swedish_day(at))),
                    refusal: may_ask_outside(part.state).err(),
                    wanted: text::written_date(seen.case.asking.wanted_on),
                    form: ReferencesForm::new(sent, &faults, known.known(today)),
                })
            }
            None => None,
        };
        Ok(Self { layout: Layout::new(state, Visitor(Some(user)), "/samrad"), number: number.to_string(), said: None, summaries, own })
    }
}

/// What the form is judged by.
struct Kept {
    places: Vec<Place>,
    addresses: BTreeMap<String, String>,
    wanted_on: NaiveDate,
    hidden: bool,
}

impl Kept {
    async fn read(tx: &mut Tx, seen: &Seen, body: &str, today: NaiveDate) -> Result<Self> {
        let addresses = kept::addresses(tx, body).await?.into_iter().collect();
        let (wanted_on, hidden) = (seen.case.asking.wanted_on, !seen.known.parties(today).open);
        Ok(Self { places: places(tx).await?, addresses, wanted_on, hidden })
    }

    fn known(&self, today: NaiveDate) -> Known<'_> {
        Known { places: &self.places, addresses: &self.addresses, today, wanted_on: self.wanted_on, hidden: self.hidden }
    }
}

/// `GET /samrad/{nr}/referens`
///
/// # Errors
/// There is no such case whose body the user speaks for, and none whose answers the user may read.
pub async fn show(State(state): State<AppState>, user: User, Path(number): Path<String>, Query(params): Query<Params>) -> PageResult {
    let said = match params.sparat.as_str() {
        "fragat" => Some("Frågan är skickad. Var och en får ett mejl med en egen länk."),
        "atertagen" => Some("Frågan är återtagen. Länken visar inget mer. Har någon svarat står svaret kvar, men det räknas inte."),
        "delat" => Some("Myndigheten kan nu läsa svaren och har fått ett mejl."),
        _ => None,
    };
    let shown = ReferencesPage::read(&state, user, number_of(&number)?, None, Faults::default(), clock::now()).await?;
    page(&ReferencesPage { said, ..shown })
}

/// `POST /samrad/{nr}/referens`: asks.
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn ask(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let (number, now) = (number_of(&number)?, clock::now());
    let Posted { user, fields } = posted;
    let today = clock::swedish_day(now);
    let mut tx = state.db.read().await?;
    let seen = visible(&mut tx, &user.actor, number, today).await?;
    let body = seen.own_part().map(|part| part.body.clone()).ok_or(Error::Forbidden)?;
    let kept = Kept::read(&mut tx, &seen, &body, today).await?;
    drop(tx);
    let faults = match parse(&fields, kept.known(today)) {
        Err(faults) => faults,
        Ok(asking) => {
            let origin = actions::origin(&state);
            let doing = Doing { origin: &origin, actor: &user.actor, number, revision: 0, now };
            match reference::ask(&state.db, doing, &asking).await {
                Ok(Ok(_)) => {
                    state.nudge.mail();
                    return Ok(Redirect::to(&format!("/samrad/{number}/referens?sparat=fragat")).into_response());
                }
                Ok(Err(asked)) => Faults::asked(&fields, &kept.places, asked),
                Err(Error::Invalid(why)) => Faults::refused(why),
                Err(other) => return Err(other.into()),
            }
        }
    };
    // an address that is proposed is to be looked at, and nothing is wrong with it
    let status = if faults.is_any() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = ReferencesPage::read(&state, user, number, Some(&fields), faults, now).await?;
    Ok((status, page(&shown)?).into_response())
}

/// `GET /samrad/{nr}/referens/{id}/aterta`
///
/// # Errors
/// There is no such question that the user's body has asked.
pub async fn ask_take_back(State(state): State<AppState>, user: User, Path((number, id)): Path<(String, String)>) -> PageResult {
    let (number, today) = (number_of(&number)?, clock::swedish_day(clock::now()));
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let mut tx = state.db.read().await?;
    let seen = visible(&mut tx, &user.actor, number, today).await?;
    let part = seen.own_part().ok_or(Error::Forbidden)?;
    let asked = kept::get(&mut tx, id).await?.filter(|one| one.number == number && one.body == part.body).ok_or(Error::NotFound)?;
    let name = place_name(&mut tx, &asked.organisation).await?;
    drop(tx);
    let first = match asked.answered_at {
        Some(_) => "Svaret räknas inte längre, men det står kvar hos er som återtaget. Det går inte att ångra.",
        None => "Ett mejl som inte har hunnit skickas tas bort. Det går inte att ångra, men ni kan fråga på nytt.",
    };
    page(&ConfirmPage {
        trail: ("Referenskommuner", format!("/samrad/{number}/referens")),
        texts: vec![format!("Länken till {name} visar inget mer."), first.to_owned()],
        action: format!("/samrad/{number}/referens/{id}/aterta"),
        ..ConfirmPage::new(&state, user, number, format!("Återta frågan till {name}?"), "Återta frågan")
    })
}

/// `GET /samrad/{nr}/referens/dela`
///
/// # Errors
/// There is no such case whose body the user speaks for.
pub async fn ask_share(State(state): State<AppState>, user: User, Path(number): Path<String>) -> PageResult {
    let (number, today) = (number_of(&number)?, clock::swedish_day(clock::now()));
    let seen = visible(&mut state.db.read().await?, &user.actor, number, today).await?;
    seen.own_part().ok_or(Error::Forbidden)?;
    let texts = [
        "Myndigheten ser allt som har svarats, med namnen på dem som har svarat men utan adresser. Den ser också det som svaras senare.",
        "De som svarar har fått veta att ni kan dela svaren. Det går inte att ångra, och myndigheten får ett mejl.",
    ];
    page(&ConfirmPage {
        trail: ("Referenskommuner", format!("/samrad/{number}/referens")),
        texts: texts.map(str::to_owned).to_vec(),
        action: format!("/samrad/{number}/referens/dela"),
        ..ConfirmPage::new(&state, user, number, "Dela svaren med myndigheten?".to_owned(), "Dela svaren")
    })
}

/// `POST /samrad/{nr}/referens/{id}/aterta`
///
/// # Errors
/// There is no such question that the user's body has asked.
pub async fn take_back(State(state): State<AppState>, Path((number, id)): Path<(String, String)>, posted: Posted) -> PageResult {
    let number = number_of(&number)?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let origin = actions::origin(&state);
    let doing = Doing { origin: &origin, actor: &posted.user.actor, number, revision: 0, now: clock::now() };
    reference::take_back(&state.db, doing, id).await?;
    Ok(Redirect::to(&format!("/samrad/{number}/referens?sparat=atertagen")).into_response())
}

/// `POST /samrad/{nr}/referens/dela`: lets the agency read the answers.
///
/// # Errors
/// There is no such case whose body the user speaks for, or nobody has answered.
pub async fn share(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> PageResult {
    let number = number_of(&number)?;
    let origin = actions::origin(&state);
    let doing = Doing { origin: &origin, actor: &posted.user.actor, number, revision: 0, now: clock::now() };
    reference::share(&state.db, doing).await?;
    state.nudge.mail();
    Ok(Redirect::to(&format!("/samrad/{number}/referens?sparat=delat")).into_response())
}
