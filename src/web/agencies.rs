//! Agencies A–Ö and an agency's page.

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;

use super::agenda::{self, AgendaRow, Under};
use super::filters;
use super::layout::{Layout, Today};
use super::page::{PageResult, page};
use super::params::ListParams;
use super::user::Visitor;
use super::view::{Fact, Facts, Link};
use crate::db::collections::{self, Summary};
use crate::db::organisations::{self, AgencyFacts, Past};
use crate::db::{deadlines, declarations};
use crate::domain::organisation::{Organisation, OrganisationKind};
use crate::error::Error;
use crate::search::Facet;
use crate::state::AppState;
use crate::text;

/// The letters of the Swedish alphabet, in order.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ";

/// How many of an agency's collections its page lists; the rest are a click away in the list of collections.
const MOST_ROWS: usize = 300;

/// How many deadlines stand beside them.
const UPCOMING: i64 = 6;

/// `GET /myndigheter`
///
/// # Errors
/// The database does not answer.
pub async fn list(State(state): State<AppState>, visitor: Visitor, Today(today): Today) -> PageResult {
    let mut tx = state.db.read().await?;
    let askers = organisations::askers(&mut tx, today).await?;
    page(&ListPage::new(Layout::new(&state, visitor, "/myndigheter"), askers))
}

/// `GET /myndigheter/{orgnr}`
///
/// # Errors
/// There is no such agency or other body.
pub async fn show(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Path(code): Path<String>) -> PageResult {
    let mut tx = state.db.read().await?;
    let agency = organisations::get(&mut tx, &code).await?.ok_or(Error::NotFound)?;
    if !matches!(agency.kind, OrganisationKind::Agency | OrganisationKind::Body) {
        return Err(Error::NotFound.into());
    }
    let facts = organisations::facts(&mut tx, &code).await?.ok_or(Error::NotFound)?;
    let successor = match &facts.successor_code {
        Some(code) => organisations::get(&mut tx, code).await?,
        None => None,
    };
    let past = organisations::past(&mut tx, &code).await?;
    let rows = collections::of_agency(&mut tx, &code, today).await?;
    let deadlines = deadlines::ahead_of(&mut tx, &code, today, UPCOMING).await?;
    let upcoming = agenda::from_known(deadlines, &[], Under::Month);
    let declared = declarations::latest(&mut tx, &code).await?;
    let around = Surroundings { facts, past, successor, rows, upcoming, declared };
    page(&ShowPage::new(Layout::new(&state, visitor, "/myndigheter"), agency, around))
}

/// Agencies A–Ö.
#[derive(Debug, Template)]
#[template(path = "agencies/list.html")]
pub struct ListPage {
    /// What every page has.
    pub layout: Layout,
    /// How many there are: `259 myndigheter`.
    pub total: String,
    /// The alphabet.
    pub letters: Vec<Letter>,
    /// The agencies under their letters.
    pub groups: Vec<LetterGroup>,
}

/// A letter of the alphabet, and whether any agency stands under it.
#[derive(Debug)]
pub struct Letter {
    /// The letter.
    pub name: char,
    /// Whether any agency begins with it.
    pub present: bool,
}

/// The agencies under one letter.
#[derive(Debug)]
pub struct LetterGroup {
    /// The letter.
    pub letter: char,
    /// The agencies.
    pub agencies: Vec<AgencyRow>,
}

/// An agency in the list.
#[derive(Debug)]
pub struct AgencyRow {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Its abbreviation.
    pub short: Option<String>,
    /// How many collections it has, if any.
    pub count: Option<String>,
}

impl ListPage {
    /// The list of `askers`, which come in Swedish order, each with how many collections it has.
    ///
    /// An organisation that has ended is shown only while collections hang on it.
    #[must_use]
    pub fn new(layout: Layout, askers: Vec<(Organisation, i64)>) -> Self {
        let mut groups: Vec<LetterGroup> = Vec::new();
        let (mut agencies, mut total) = (0, 0);
        for (organisation, count) in askers.into_iter().filter(|(one, count)| one.ended_on.is_none() || *count > 0) {
            total += 1;
            agencies += i64::from(organisation.kind == OrganisationKind::Agency);
            let letter = text::index_letter(&organisation.name);
            let row = AgencyRow {
                href: organisation.path().unwrap_or_default(),
                count: (count > 0).then(|| text::whole(count)),
                name: organisation.name,
                short: organisation.abbreviation,
            };
            match groups.last_mut() {
                Some(group) if group.letter == letter => group.agencies.push(row),
                _ => groups.push(LetterGroup { letter, agencies: vec![row] }),
            }
        }
        let present = |letter| groups.iter().any(|group| group.letter == letter);
        let letters = ALPHABET.chars().map(|name| Letter { name, present: present(name) }).collect();
        let others = (total > agencies).then(|| text::counted(total - agencies, "annan organisation", "andra organisationer"));
        let total = text::counted(agencies, "statlig myndighet", "statliga myndigheter");
        let total = others.map_or_else(|| total.clone(), |others| format!("{total} och {others}"));
        Self { layout, total, letters, groups }
    }
}

/// An agency's page.
#[derive(Debug, Template)]
#[template(path = "agencies/show.html")]
pub struct ShowPage {
    /// What every page has.
    pub layout: Layout,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Number, ministry, website …
    pub facts: Vec<Fact>,
    /// What the page calls it.
    pub registrant: &'static str,
    /// What it has said of its list as complete; none where 6 § asks for no list.
    pub declaration: Option<String>,
    /// What a reader should know first.
    pub notices: Vec<String>,
    /// How many collections it has.
    pub count: String,
    /// Its collections by title, at most [`MOST_ROWS`].
    pub rows: Vec<Summary>,
    /// The list of all of them, when there are more.
    pub all: Option<String>,
    /// Its next deadlines.
    pub upcoming: Vec<AgendaRow>,
}

/// What the page is made of beside the agency itself.
#[derive(Debug)]
pub struct Surroundings {
    /// More about it.
    pub facts: AgencyFacts,
    /// Earlier names, and whose tasks it has taken over.
    pub past: Past,
    /// Who took over.
    pub successor: Option<Organisation>,
    /// Its collections by title.
    pub rows: Vec<Summary>,
    /// Its next deadlines.
    pub upcoming: Vec<AgendaRow>,
    /// The day as of which it last said that its list is complete.
    pub declared: Option<NaiveDate>,
}

impl ShowPage {
    /// The page of `agency`.
    #[must_use]
    pub fn new(layout: Layout, agency: Organisation, around: Surroundings) -> Self {
        let mut rows = around.rows;
        let count = text::whole(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        let all = (rows.len() > MOST_ROWS).then(|| ListParams::default().toggled(Facet::Agency, &agency.code).href());
        rows.truncate(MOST_ROWS);
        let website = around.facts.website.as_ref().map(|name| Link { name: name.clone(), href: Some(format!("https://{name}/")) });
        let registrant = if agency.kind == OrganisationKind::Agency { "Myndigheten" } else { "Organisationen" };
        let number = (agency.kind == OrganisationKind::Agency).then(|| agency.code.clone());
        let named = |names: Vec<String>| (!names.is_empty()).then(|| names.join(", "));
        let facts = Facts::default()
            .maybe("Organisationsnummer", number)
            .maybe("Förkortning", agency.abbreviation)
            .maybe("Departement", around.facts.department)
            .linked("Webbplats", website)
            .maybe("Hette tidigare", named(around.past.former))
            .maybe("Har tagit över uppgifter från", named(around.past.taken_over))
            .linked("Uppgifterna övertagna av", around.successor.as_ref().map(Link::from))
            .done();
        let ended = agency.ended_on.map(|day| format!("Organisationen upphörde den {}.", text::written_date(day)));
        let outside = "Organisationen omfattas inte av 1 § förordningen (1982:668). Insamlingarna redovisas frivilligt.";
        let outside = (!agency.in_ordinance_scope).then(|| outside.to_owned());
        let notices = [ended, outside, around.facts.note].into_iter().flatten().collect();
        let declaration = match around.declared {
            Some(day) => Some(format!("{registrant} har intygat att förteckningen är fullständig per {}.", text::written_date(day))),
            None => agency.in_ordinance_scope.then(|| format!("{registrant} har inte intygat att förteckningen är fullständig.")),
        };
        Self {
            layout,
            code: agency.code,
            name: agency.name,
            facts,
            registrant,
            declaration,
            notices,
            count,
            rows,
            all,
            upcoming: around.upcoming,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agency(name: &str) -> Organisation {
        Organisation {
            code: "202100-0837".into(),
            kind: OrganisationKind::Agency,
            name: name.into(),
            abbreviation: Some("X".into()),
            in_ordinance_scope: true,
            ended_on: None,
        }
    }

    #[test]
    fn agencies_stand_under_their_letters() {
        let askers = vec![(agency("Boverket"), 8), (agency("Brottsförebyggande rådet"), 0), (agency("Åklagarmyndigheten"), 1)];
        let page = ListPage::new(Layout { demonstration: false, section: "/myndigheter", user: None }, askers);
        assert_eq!(page.groups.iter().map(|group| (group.letter, group.agencies.len())).collect::<Vec<_>>(), [('B', 2), ('Å', 1)]);
        assert_eq!(page.total, "3\u{a0}statliga myndigheter");
        let html = page.render().expect("a page");
        assert!(html.contains("bokstav-Å") && html.contains("/myndigheter/202100-0837"));
        assert!(!html.contains("Demonstrationsdata"));
    }

    #[test]
    fn an_agency_that_ended_names_its_successor() {
        let mut ended = agency("Gamla verket");
        ended.ended_on = chrono::NaiveDate::from_ymd_opt(2025, 12, 31);
        ended.in_ordinance_scope = false;
        let facts = AgencyFacts { website: Some("www.scb.se".into()), department: None, scb_group: None, note: None, successor_code: None };
        let around = Surroundings {
            facts,
            past: Past { former: vec!["Äldre verket".into()], taken_over: vec!["Lilla verket".into()] },
            successor: Some(agency("Nya verket")),
            rows: Vec::new(),
            upcoming: Vec::new(),
            declared: chrono::NaiveDate::from_ymd_opt(2025, 11, 1),
        };
        let html = ShowPage::new(Layout { demonstration: false, section: "", user: None }, ended, around).render().expect("a page");
        for text in [
            "upphörde den 31\u{a0}december 2025",
            "Nya verket",
            "<dt>Hette tidigare</dt><dd>Äldre verket</dd>",
            "<dt>Har tagit över uppgifter från</dt><dd>Lilla verket</dd>",
            "https://www.scb.se/",
            "omfattas inte av 1 §",
            "fullständig per 1\u{a0}november 2025",
        ] {
            assert!(html.contains(text), "{text}");
        }
    }
}
