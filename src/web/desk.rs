//! The desk: what needs doing, and what whoever is signed in can do now.

pub mod cases;
pub mod other;

use askama::Template;
use axum::extract::{Query, State};
use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;

use self::cases::CaseList;
use self::other::OtherDesk;
use super::editor::listed_title;
use super::filters;
use super::layout::{Layout, Today};
use super::outside::waiting::waiting as asked;
use super::overlap::waiting::WaitingPairs;
use super::page::{PageResult, page};
use super::user::{User, Visitor};
use super::view::written;
use crate::actions::pairs::{self, sight};
use crate::clock;
use crate::db::desk::{self, OwnCollection, SoonRound};
use crate::db::drafts::{self, DraftRow};
use crate::db::pairs::review::{self, Wanted};
use crate::db::{declarations, involved, organisations, people};
use crate::domain::access::{Action, may};
use crate::domain::life::{due_from, is_unconfirmed};
use crate::domain::round::When;
use crate::domain::terms::Status;
use crate::error::Result;
use crate::state::AppState;
use crate::text;

/// How far ahead rounds are told.
const AHEAD: Days = Days::new(30);
/// After how many months the list is to be declared complete anew.
const MONTHS_BETWEEN_DECLARATIONS: Months = Months::new(12);
/// The most rows of each list of what needs doing.
const MOST: usize = 8;
/// The most collections of the list; a search reaches the rest.
const MOST_COLLECTIONS: usize = 200;

/// What the address may say.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// A search among the organisation's own collections.
    #[serde(default)]
    q: String,
    /// What was just done.
    sparat: Option<String>,
    /// To which collection.
    nummer: Option<String>,
}

/// `GET /skrivbord`
///
/// # Errors
/// The database does not answer.
pub async fn show(State(state): State<AppState>, user: User, Today(today): Today, Query(params): Query<Params>) -> PageResult {
    let layout = Layout::new(&state, Visitor(Some(user.clone())), "/skrivbord");
    let role = user.actor.role;
    if !may(&user.actor, Action::WorkFor(&user.actor.organisation)) {
        let manages = may(&user.actor, Action::ManagePeople(&user.actor.organisation));
        let to_review = if may(&user.actor, Action::ReviewOverlaps) { Some(to_review(&state, &user, today).await?) } else { None };
        let mut tx = state.db.read().await?;
        let (cases, asked) = (cases::waiting(&mut tx, &user, today).await?, asked(&mut tx, &user, today).await?);
        return page(&OtherDesk { layout, organisation: user.organisation_name, role, manages, cases, to_review, asked });
    }
    let facts = read(&state, &user, today).await?;
    page(&DeskPage::new(layout, &user, facts, &params, today))
}

/// How many pairs wait for a reviewer.
async fn to_review(state: &AppState, user: &User, today: NaiveDate) -> Result<String> {
    let every = Wanted { sight: sight(&user.actor, today), area: "", agency: "", standing: "", limit: 1, offset: 0 };
    let waiting = review::waiting(&mut state.db.read().await?, every).await?;
    Ok(match waiting.total {
        0 => "Inga par av liknande insamlingar väntar på bedömning.".to_owned(),
        some => format!("{} av liknande insamlingar väntar på bedömning.", text::counted(some, "par", "par")),
    })
}

/// What the desk of an agency is made of.
#[derive(Debug, Default)]
struct Facts {
    drafts: Vec<DraftRow>,
    collections: Vec<OwnCollection>,
    rounds: Vec<SoonRound>,
    declared: Option<NaiveDate>,
    in_scope: bool,
    people: Option<usize>,
    pairs: WaitingPairs,
    cases: Vec<CaseList>,
}

async fn read(state: &AppState, user: &User, today: NaiveDate) -> Result<Facts> {
    let own = &user.actor.organisation;
    let mut tx = state.db.read().await?;
    let codes = involved::stands_for(&mut tx, own, today).await?;
    let people = if may(&user.actor, Action::ManagePeople(own)) {
        let open = people::of_organisation(&mut tx, own).await?.into_iter().filter(|person| person.closed_at.is_none());
        Some(open.count())
    } else {
        None
    };
    let unanswered = pairs::all_unanswered(&mut tx, &user.actor, today).await?;
    let news = pairs::news(&mut tx, &user.actor, clock::now()).await?;
    Ok(Facts {
        pairs: WaitingPairs::new(&unanswered, &news),
        cases: cases::waiting(&mut tx, user, today).await?,
        drafts: drafts::of_organisations(&mut tx, &codes).await?,
        collections: desk::collections(&mut tx, &codes, today).await?,
        rounds: desk::rounds(&mut tx, &codes, today, today + AHEAD).await?,
        declared: declarations::latest(&mut tx, own).await?,
        in_scope: organisations::get(&mut tx, own).await?.is_some_and(|one| one.in_ordinance_scope),
        people,
    })
}

/// The desk of an agency.
#[derive(Debug, Template)]
#[template(path = "desk/agency.html")]
pub struct DeskPage {
    /// The frame.
    pub layout: Layout,
    /// The organisation's name.
    pub organisation: String,
    /// Its code.
    pub code: String,
    /// What was just done.
    pub said: Option<String>,
    /// Whether nothing is registered and nothing begun: how to begin is told.
    pub empty: bool,
    /// Forms that are being filled in.
    pub drafts: Vec<DraftLine>,
    /// What waits for a decision.
    pub waiting: Vec<Line>,
    /// How many wait beyond those.
    pub more_waiting: usize,
    /// What is due for confirmation.
    pub due: Vec<Line>,
    /// How many are due beyond those.
    pub more_due: usize,
    /// Rounds that open or close soon.
    pub rounds: Vec<RoundLine>,
    /// What is to be said of the yearly declaration.
    pub declaration: Option<String>,
    /// What was searched for.
    pub text: String,
    /// The organisation's collections.
    pub collections: Vec<CollectionLine>,
    /// How many there are in all.
    pub total: String,
    /// How many were found beyond those shown.
    pub more_collections: usize,
    /// Overlaps that wait for an answer or were spoken of.
    pub pairs: WaitingPairs,
    /// Consultations that wait.
    pub cases: Vec<CaseList>,
    /// How many people the organisation has, for whoever looks after them.
    pub people: Option<String>,
}

/// A form that is being filled in.
#[derive(Debug)]
pub struct DraftLine {
    /// Where it is filled in.
    pub href: String,
    /// The title so far.
    pub title: String,
    /// What it is, when and by whom it was saved.
    pub about: String,
}

/// A collection that something is to be done with.
#[derive(Debug)]
pub struct Line {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What there is to say of it.
    pub about: String,
}

/// A round that opens or closes soon.
#[derive(Debug)]
pub struct RoundLine {
    /// The collection's number.
    pub number: String,
    /// Its title and the round's label.
    pub title: String,
    /// What happens when.
    pub about: String,
}

/// A collection in the list.
#[derive(Debug)]
pub struct CollectionLine {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// Whether it must be marked as *obekräftad*.
    pub unconfirmed: bool,
    /// What else there is to say: not open, collected for others, a planned change.
    pub about: Vec<&'static str>,
    /// The next deadline, written out.
    pub next_deadline: Option<String>,
}

impl DeskPage {
    fn new(layout: Layout, user: &User, facts: Facts, params: &Params, today: NaiveDate) -> Self {
        let Facts { drafts, collections, rounds, declared, in_scope, people, pairs, cases } = facts;
        let waiting = collections.iter().filter(|one| one.responsible && (one.revision || one.status == Status::Planned));
        let (waiting, more_waiting) = limited(waiting.map(waiting_line).collect());
        let mut due: Vec<&OwnCollection> = collections.iter().filter(|one| one.responsible && is_due(one, today)).collect();
        due.sort_by_key(|one| one.last_said);
        let (due, more_due) = limited(due.into_iter().map(|one| due_line(one, today)).collect());
        let wanted = text::fold(&params.q);
        let found = |one: &&OwnCollection| text::fold(&one.title).contains(&wanted) || one.number.contains(&wanted);
        let found: Vec<&OwnCollection> = collections.iter().filter(found).collect();
        let surveys = in_scope && !collections.is_empty();
        Self {
            layout,
            organisation: user.organisation_name.clone(),
            code: user.actor.organisation.clone(),
            said: said(params),
            empty: drafts.is_empty() && collections.is_empty(),
            drafts: drafts.into_iter().map(draft_line).collect(),
            waiting,
            more_waiting,
            due,
            more_due,
            rounds: rounds.into_iter().take(MOST).map(|round| round_line(round, today)).collect(),
            declaration: if surveys { declaration(declared, today) } else { None },
            text: params.q.clone(),
            total: text::counted(i64::try_from(collections.len()).unwrap_or(i64::MAX), "insamling", "insamlingar"),
            more_collections: found.len().saturating_sub(MOST_COLLECTIONS),
            collections: found.into_iter().take(MOST_COLLECTIONS).map(|one| collection_line(one, today)).collect(),
            pairs,
            cases,
            people: people.map(|count| text::counted(i64::try_from(count).unwrap_or(i64::MAX), "person", "personer")),
        }
    }
}

fn limited(mut lines: Vec<Line>) -> (Vec<Line>, usize) {
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    (lines, more)
}

fn said(params: &Params) -> Option<String> {
    let number = || params.nummer.as_deref().and_then(crate::domain::identifier::CollectionNumber::parse);
    match params.sparat.as_deref()? {
        "bekraftad" => number().map(|number| format!("{number} är bekräftad. Uppgifterna gäller oförändrade.")),
        "utkast" => Some("Utkastet är sparat. Du hittar det under ”Påbörjat”.".to_owned()),
        "borttaget" => Some("Utkastet är borttaget.".to_owned()),
        _ => None,
    }
}

fn draft_line(draft: DraftRow) -> DraftLine {
    let title = listed_title(&draft);
    let what = draft.number.map_or_else(|| "Ny insamling".to_owned(), |number| format!("Ändring av {number}"));
    let day = text::written_date(clock::swedish_day(draft.changed_at));
    let by = draft.changed_by.map(|by| format!(" av {by}")).unwrap_or_default();
    DraftLine { href: format!("/utkast/{}", draft.id), title, about: format!("{what}, sparad {day}{by}") }
}

fn waiting_line(one: &OwnCollection) -> Line {
    let about = if one.revision { "Planerad ändring" } else { "Planerad, inte beslutad" };
    Line { number: one.number.clone(), title: one.title.clone(), about: about.to_owned() }
}

fn is_due(one: &OwnCollection, today: NaiveDate) -> bool {
    matches!(one.status, Status::Planned | Status::Decided) && due_from(one.last_said).is_some_and(|from| from <= today)
}

fn due_line(one: &OwnCollection, today: NaiveDate) -> Line {
    let since = text::written_date(one.last_said);
    let label = if is_unconfirmed(one.status, one.last_said, today) { "Visas som obekräftad. " } else { "" };
    Line { number: one.number.clone(), title: one.title.clone(), about: format!("{label}Senast ändrad eller bekräftad {since}.") }
}

fn round_line(round: SoonRound, today: NaiveDate) -> RoundLine {
    let ahead = |when: &Option<When>| when.as_ref().filter(|when| when.counts_as() >= today).map(written);
    let parts =
        [ahead(&round.dispatch).map(|when| format!("Utskick {when}")), ahead(&round.deadline).map(|when| format!("Sista svarsdag {when}"))];
    let about = parts.into_iter().flatten().collect::<Vec<_>>().join(". ");
    let label = if round.label.is_empty() { String::new() } else { format!(", {}", round.label) };
    RoundLine { number: round.number, title: format!("{}{label}", round.title), about }
}

fn collection_line(one: &OwnCollection, today: NaiveDate) -> CollectionLine {
    let about = [
        (!one.open).then_some("visas inte öppet"),
        (!one.responsible).then_some("utförs åt en annan myndighet"),
        one.revision.then_some("ändring planerad"),
    ];
    CollectionLine {
        number: one.number.clone(),
        title: one.title.clone(),
        status: one.status,
        unconfirmed: is_unconfirmed(one.status, one.last_said, today),
        about: about.into_iter().flatten().collect(),
        next_deadline: one.next_deadline.map(text::written_date),
    }
}

/// What is to be said of the yearly declaration, when it is time.
fn declaration(declared: Option<NaiveDate>, today: NaiveDate) -> Option<String> {
    match declared {
        None => Some("Myndigheten har inte förklarat att förteckningen är fullständig.".to_owned()),
        Some(day) if day.checked_add_months(MONTHS_BETWEEN_DECLARATIONS).is_some_and(|again| again <= today) => {
            Some(format!("Förteckningen förklarades fullständig den {}. Det är dags igen.", text::written_date(day)))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Actor, Role};

    fn user(role: Role) -> User {
        let actor = Actor { person: uuid::Uuid::nil(), organisation: "202100-0837".into(), role, manager: true };
        User { actor, name: "Statistikfunktionen".into(), organisation_name: "SCB".into(), csrf: "hemlig".into() }
    }

    fn own(title: &str, status: Status, said: &str) -> OwnCollection {
        OwnCollection {
            number: "2026-0042".into(),
            title: title.into(),
            status,
            open: false,
            responsible: true,
            revision: status == Status::Decided,
            last_said: said.parse().expect("a day"),
            next_deadline: NaiveDate::from_ymd_opt(2027, 3, 15),
        }
    }

    fn render(facts: Facts, q: &str) -> String {
        let layout = Layout { demonstration: false, section: "/skrivbord", user: Some(user(Role::Agency)) };
        let params = Params { q: q.into(), sparat: Some("bekraftad".into()), nummer: Some("2026-0042".into()) };
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        DeskPage::new(layout, &user(Role::Agency), facts, &params, today).render().expect("a page")
    }

    #[test]
    fn a_desk_tells_what_needs_doing() {
        let round = SoonRound {
            number: "2026-0042".into(),
            title: "Enkät".into(),
            label: "2026".into(),
            dispatch: When::parse("2026-11-01").ok(),
            deadline: When::parse("2026-12-01").ok(),
        };
        let collections = vec![own("Enkät om <b>", Status::Decided, "2025-10-01"), own("Statistik", Status::Planned, "2026-11-01")];
        let facts = Facts { collections, rounds: vec![round], in_scope: true, people: Some(1), ..Facts::default() };
        let html = render(facts, "");
        for text in [
            "Enkät om &#60;b&#62;",
            "Visas som obekräftad. Senast ändrad eller bekräftad 1\u{a0}oktober 2025.",
            "Planerad, inte beslutad",
            "Planerad ändring",
            "Sista svarsdag 1\u{a0}december 2026",
            "inte förklarat att förteckningen är fullständig",
            "1\u{a0}person",
            "2026-0042 är bekräftad",
            "action=\"/insamlingar/2026-0042/bekrafta\"",
            "Visas inte öppet, ändring planerad",
            ">15\u{a0}mars 2027<",
        ] {
            assert!(html.contains(text), "{text}\n{html}");
        }
        assert!(!html.contains("Utskick 1"), "what has gone out is no news");
    }

    #[test]
    fn an_empty_desk_tells_how_to_begin_and_a_search_finds_its_own() {
        let html = render(Facts::default(), "");
        assert!(html.contains("/insamlingar/ny") && html.contains("Så börjar ni"));
        let collections = vec![own("Enkät", Status::Ended, "2026-10-01"), own("Statistik", Status::Ended, "2026-11-01")];
        let html = render(Facts { collections, ..Facts::default() }, "STATISTIK");
        assert!(html.contains(">Statistik<") && !html.contains(">Enkät<"));
    }
}
