//! Where a collection begins: does the ordinance reach it (1 §), and in which of three ways is it registered.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::failure::Failure;
use super::super::fields::Question;
use super::super::form::{Fields, Posted};
use super::super::layout::Layout;
use super::super::page::{PageResult, page};
use super::super::user::{User, Visitor};
use super::body::href;
use super::listed_title;
use crate::actions::collections::check_living;
use crate::actions::drafts::{self, Beginning};
use crate::clock;
use crate::db::{drafts as stored, involved, organisations};
use crate::domain::access::Action;
use crate::domain::draft::Step;
use crate::domain::field::Field;
use crate::domain::identifier::CollectionNumber;
use crate::error::Error;
use crate::state::AppState;
use crate::text;

/// The most earlier collections that the page lists.
const MOST_SHOWN: usize = 20;

/// What the scope test says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Not answered yet.
    Open,
    /// 1 § reaches the collection.
    Inside,
    /// It does not: the collection may be registered of free will.
    Outside,
}

/// A form that is begun.
#[derive(Debug)]
pub struct Begun {
    /// Where it is filled in: at the step that was saved last.
    pub href: String,
    /// The title so far.
    pub title: String,
    /// The collection that it changes.
    pub number: Option<String>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "editor/start.html")]
pub struct StartPage {
    /// The frame.
    pub layout: Layout,
    /// The name of the organisation.
    pub organisation: String,
    /// The questions of the scope test.
    pub test: Vec<Question>,
    /// What the test says.
    pub scope: Scope,
    /// Why it says so.
    pub reason: &'static str,
    /// Number and title of earlier collections that may be copied.
    pub earlier: Vec<(String, String)>,
    /// How many there are beyond those shown.
    pub more: usize,
    /// What is searched for among them.
    pub search: String,
    /// Whether there is any earlier one at all.
    pub any: bool,
    /// Forms that are begun.
    pub drafts: Vec<Begun>,
}

/// Judges the answers to the scope test.
fn judge(in_scope: bool, answers: &Fields) -> (Scope, &'static str) {
    if !in_scope {
        return (Scope::Outside, "Er organisation omfattas inte av 1 §. Insamlingen registreras frivilligt, och det står på sidan om er.");
    }
    match (answers.get("formular"), answers.get("mottagare")) {
        ("ja", "ja") => (Scope::Inside, "Förordningen gäller insamlingen. Den hör till er förteckning (6 §) om den är en enkät."),
        ("nej", _) => (
            Scope::Outside,
            "Förordningen gäller blanketter och andra formulär, oavsett medium. Ni kan ändå registrera insamlingen frivilligt.",
        ),
        (_, "nej") => (
            Scope::Outside,
            "Förordningen gäller formulär som huvudsakligen används av näringsidkare eller kommuner. Ni kan ändå registrera insamlingen frivilligt.",
        ),
        _ => (Scope::Open, ""),
    }
}

/// `GET /insamlingar/ny`
///
/// # Errors
/// The person registers nothing.
pub async fn show(State(state): State<AppState>, user: User, RawQuery(query): RawQuery) -> PageResult {
    user.require(Action::WorkFor(&user.actor.organisation))?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let mut tx = state.db.read().await?;
    let own = organisations::get(&mut tx, &user.actor.organisation).await?.ok_or(Error::NotFound)?;
    let today = clock::swedish_day(clock::now());
    check_living(&mut tx, &own.code, today).await?;
    let codes = involved::stands_for(&mut tx, &own.code, today).await?;
    let all = stored::copyable(&mut tx, &codes).await?;
    let drafts = stored::of_organisations(&mut tx, &codes).await?;
    let begun =
        |draft: stored::DraftRow| Begun { href: format!("/utkast/{}", draft.id), title: listed_title(&draft), number: draft.number };
    let drafts = drafts.into_iter().map(begun).collect();
    drop(tx);
    let any = !all.is_empty();
    let search = query.get("sok").to_owned();
    let wanted = text::fold(&search);
    let mut earlier: Vec<(String, String)> =
        all.into_iter().filter(|(number, title)| number.contains(&wanted) || text::fold(title).contains(&wanted)).collect();
    let more = earlier.len().saturating_sub(MOST_SHOWN);
    earlier.truncate(MOST_SHOWN);
    let (scope, reason) = judge(own.in_ordinance_scope, &query);
    let yes_or_no =
        |name: &'static str, label: &'static str| Question::new(name, label).choices([("ja", "Ja"), ("nej", "Nej")], &[query.get(name)]);
    let test = vec![
        yes_or_no("formular", "Samlar ni in med ett formulär?")
            .hint("Papper, webb, kalkylblad eller fil: mediet spelar ingen roll. Det räknas även när någon annan samlar in åt er."),
        yes_or_no("mottagare", "Svarar huvudsakligen kommuner, regioner eller företag?")
            .hint("Ni bedömer själva vad som är huvudsakligen."),
    ];
    let test = if own.in_ordinance_scope { test } else { Vec::new() };
    let layout = Layout::new(&state, Visitor(Some(user)), "");
    page(&StartPage { layout, organisation: own.name, test, scope, reason, earlier, more, search, any, drafts })
}

/// `POST /insamlingar/ny`: begins a form.
///
/// # Errors
/// The person registers nothing, or there is nothing to copy.
pub async fn begin(State(state): State<AppState>, Posted { user, fields }: Posted) -> Result<Response, Failure> {
    let beginning = match fields.get("kopia") {
        "" => Beginning::Empty { voluntary: fields.get("frivillig") == "ja" },
        number => Beginning::Copy(CollectionNumber::parse(number).ok_or(Error::NotFound)?),
    };
    let id = drafts::begin(&state.db, &user.actor, beginning, clock::now()).await?;
    Ok(Redirect::to(&href(id, Step::Basics)).into_response())
}

/// `POST /insamlingar/{nr}/andra`: begins a change, or leads to the one that is begun; with `falt` to the step and field that is to be filled in.
///
/// # Errors
/// There is no such collection, or it is not the person's to change.
pub async fn change(
    State(state): State<AppState>,
    Path(number): Path<String>,
    Posted { user, fields }: Posted,
) -> Result<Response, Failure> {
    let number = CollectionNumber::parse(&number).ok_or(Error::NotFound)?;
    let id = drafts::begin_change(&state.db, &user.actor, number, clock::now()).await?;
    let to = match Field::from_code(fields.get("falt")) {
        Some(field) => format!("{}#f-{}", href(id, Step::of(field)), field.code()),
        None => href(id, Step::Basics),
    };
    Ok(Redirect::to(&to).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ordinance_reaches_forms_that_municipalities_answer() {
        let scope = |query: &str| judge(true, &Fields::parse(query.as_bytes())).0;
        assert_eq!(scope("formular=ja&mottagare=ja"), Scope::Inside);
        assert_eq!((scope("formular=nej"), scope("formular=ja&mottagare=nej")), (Scope::Outside, Scope::Outside));
        assert_eq!((scope(""), scope("formular=ja&mottagare=kanske")), (Scope::Open, Scope::Open));
        assert_eq!(judge(false, &Fields::parse(b"formular=ja&mottagare=ja")).0, Scope::Outside);
    }
}
